"""Results of measures as further columns of the nodes, for files of other programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from netinnov._arguments import examples, shown
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork

Attributes = pd.DataFrame | Mapping[str, Any] | None


def with_attributes(network: MultilayerNetwork, attributes: Attributes) -> MultilayerNetwork:
    """The network with more columns of its nodes, which are not checked as tables of users are.

    A table has columns of its own names; in a mapping a value that differs by layer (a DataFrame
    nodes x layers) becomes a column a layer, and a partition is its labels.
    """
    if attributes is None:
        return network
    nodes = network.storage.nodes
    added: dict[str, pd.Series] = {}
    for name, column in _columns(attributes):
        if name in nodes or name in added:
            msg = f"`attributes`: the nodes have a column {name!r} already; choose another name."
            raise InputError(msg)
        unknown = column.index.difference(nodes.index)
        if not column.index.is_unique or len(unknown):
            msg = f"`attributes`: the index of {name!r} must be ids of nodes, each once"
            raise InputError(
                f"{msg}; not in the network: {examples(unknown)}." if len(unknown) else f"{msg}."
            )
        added[name] = column.reindex(nodes.index)
    table = pd.concat([nodes, pd.DataFrame(added, index=nodes.index)], axis=1)
    return MultilayerNetwork._of(replace(network.storage, _nodes=table, memo={}))


def _columns(attributes: Any) -> list[tuple[str, pd.Series]]:
    if isinstance(attributes, pd.DataFrame):
        return [(str(name), column) for name, column in attributes.items()]
    if not isinstance(attributes, Mapping):
        msg = (
            "`attributes` must be a DataFrame with a row for each node, or a mapping from names to "
        )
        raise InputError(f"{msg}Series over the nodes; found {shown(attributes)}.")
    columns = []
    for name, value in attributes.items():
        held = getattr(value, "membership", value)  # of a Partition
        if isinstance(held, pd.Series):
            own = [(str(name), held)]
        elif isinstance(held, pd.DataFrame):
            own = [(f"{name} {layer}", column) for layer, column in held.items()]
        else:
            msg = f"`attributes`: {name!r} must be a Series over the nodes, a DataFrame nodes x "
            raise InputError(f"{msg}layers or a Partition; found {shown(value)}.")
        columns += own if held is value else [(title, _codes(column)) for title, column in own]
    return columns


def _codes(labels: pd.Series) -> pd.Series:
    """Numbers of communities as whole numbers, missing where a node is in none."""
    missing = labels.isna()
    if labels.dtype.kind != "f" or not np.equal(np.mod(labels[~missing], 1), 0).all():
        return labels
    return labels.astype("Int64")
