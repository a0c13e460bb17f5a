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
            msg = (
                f"`attributes`: the index of {name!r} must be ids of nodes, each once; not in the "
                f"network: {examples(unknown)}."
                if len(unknown)
                else f"`attributes`: the index of {name!r} must have each node once."
            )
            raise InputError(msg)
        added[name] = column.reindex(nodes.index)
    table = pd.concat([nodes, pd.DataFrame(added, index=nodes.index)], axis=1)
    return MultilayerNetwork._of(replace(network.storage, _nodes=table, memo={}))


def _columns(attributes: Any) -> list[tuple[str, pd.Series]]:
    if isinstance(attributes, pd.DataFrame):
        return [(str(name), column) for name, column in attributes.items()]
    if not isinstance(attributes, Mapping):
        msg = (
            "`attributes` must be a DataFrame with a row for each node, or a mapping from names to "
            f"Series over the nodes; found {shown(attributes)}."
        )
        raise InputError(msg)
    columns = []
    for name, value in attributes.items():
        labels = getattr(value, "membership", None)  # of a Partition
        held = value if labels is None else labels
        if isinstance(held, pd.Series):
            columns.append((str(name), held if labels is None else _codes(held)))
        elif isinstance(held, pd.DataFrame):
            for layer, column in held.items():
                column = column if labels is None else _codes(column)
                columns.append((f"{name} {layer}", column))
        else:
            msg = (
                f"`attributes`: {name!r} must be a Series over the nodes, a DataFrame nodes x "
                f"layers or a Partition; found {shown(value)}."
            )
            raise InputError(msg)
    return columns


def _codes(labels: pd.Series) -> pd.Series:
    """Numbers of communities as whole numbers, missing where a node is in none."""
    missing = labels.isna()
    if labels.dtype.kind != "f" or not np.equal(np.mod(labels[~missing], 1), 0).all():
        return labels
    return labels.astype("Int64")
