"""Which indices are computed, and from which sizes: checked once, before any work."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

import pandas as pd

from netinnov._arguments import as_list, check_choice, check_names
from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.polycentricity._centre_rules import Options
from netinnov.polycentricity._checked_values import numbers
from netinnov.polycentricity._indices import INDICES, ON_VALUES, SIZE, Setting, distances_of

Sizes: TypeAlias = str | Mapping[str, float] | pd.Series | None


def checked_setting(
    network: MultilayerNetwork,
    sizes: Sizes,
    indices: Sequence[str] | None,
    top: Sequence[int],
    ddof: Literal[0, 1],
    options: Options,
) -> tuple[Setting, Floats | None]:
    """What is to be computed, the distances it needs, and one size a node."""
    check_choice("ddof", ddof, Literal[0, 1])
    direction = options.direction
    size = _sizes(network, sizes)
    known = list(INDICES)
    if size is not None:
        known += [SIZE + name for name in INDICES if name in ON_VALUES]
    names = known if indices is None else check_names("indices", indices, known)
    if not names:
        raise InputError("`indices` must name at least one index; found none.")
    tops = tuple(as_list("top", top, "whole numbers"))
    distances = None
    if any(name.endswith("urban_centrality_index") for name in names):
        distances = distances_of(network)
    shares = any(map(network.storage.holds_shares, network.layers))
    setting = Setting(tuple(names), direction, tops, ddof, options, shares, distances, math.nan)
    return setting, size


def _sizes(network: MultilayerNetwork, sizes: Sizes) -> Floats | None:
    """One size a node, in their order."""
    if sizes is None:
        return None
    nodes = network.storage.nodes.index
    if isinstance(sizes, str):
        if sizes in network.storage.nodes.columns:
            return numbers(network.storage.nodes[sizes].to_numpy())
        check_names(
            "sizes", [sizes], [*network.storage.nodes.columns, *network.storage.places.columns]
        )
        of_place = network.storage.places[sizes].to_numpy()
        at = network.storage.place_codes
        if (at < 0).any():
            missing = nodes[at < 0][:5].tolist()
            raise InputError(f"`sizes` of places: {missing} have no place.")
        return numbers(of_place[at])
    series = pd.Series(sizes)
    row = series.index.get_indexer(nodes)
    if (row < 0).any():
        msg = f"`sizes` must have a number for each node; {(row < 0).sum()} are not there, e.g. "
        raise InputError(f"{msg}{nodes[row < 0][:5].tolist()}.")
    return numbers(series.to_numpy()[row])
