"""By what a study ranks places: by population, or by links that do not make the enclaves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd

from netinnov._network.columns import as_numbers
from netinnov._network.hierarchy import parents, ranks, units
from netinnov._runtime.arguments import examples
from netinnov.errors import InputError
from netinnov.linkages._enclaves import DIRECTIONS, find_enclaves, reached
from netinnov.network import MultilayerNetwork

POPULATION, STRENGTH, UNKNOWN = "population", "strength", "unknown"
_NONE = pd.Series(dtype=np.float64)


class Ranking(NamedTuple):
    """Numbers of places by kind; the first kind that both ends have counts."""

    numbers: dict[str, pd.Series]
    layers: tuple[str, ...]
    level: int | str | None

    def find(self, network: MultilayerNetwork) -> pd.DataFrame:
        table = find_enclaves(network, rank=_NONE, level=self.level)
        return table.assign(**self.directions(network, table["home"], table["host"]))

    def directions(
        self, network: MultilayerNetwork, homes: Iterable[str], hosts: Iterable[str]
    ) -> pd.DataFrame:
        """Columns direction and ranked_by, a row for each pair of a home and a host."""
        places = network.storage.places
        home, host = (places.index.get_indexer(pd.Index(ends)) for ends in (homes, hosts))
        direction = pd.Series(UNKNOWN, range(len(home)), dtype="str")
        by = pd.Series(pd.NA, direction.index, dtype="str")
        for name, numbers in self.numbers.items():
            value = ranks(numbers.reindex(places.index).to_numpy(np.float64), parents(places))
            new = pd.Series(np.take(DIRECTIONS, reached(value[home], value[host])), dtype="str")
            now = (direction == UNKNOWN) & (new != UNKNOWN)
            direction, by = direction.mask(now, new), by.mask(now, name)
        return pd.DataFrame({"direction": direction, "ranked_by": by})


def ranking(
    network: MultilayerNetwork, *, rank: str | None = None, level: int | str | None = None
) -> Ranking:
    """By a column, else by population, else by strength in observed layers.

    Strength leaves out links of the enclaves and layers that only join homes to their hosts.
    """
    if rank not in (None, STRENGTH):
        column = network.storage.places[rank]
        numbers, text = as_numbers(column)
        if text.any():
            msg = f"the column {rank!r} of the places must hold numbers to rank them by"
            raise InputError(f"{msg}; found {examples(column[text], str)}.")
        return Ranking({str(rank): pd.Series(numbers, column.index).dropna()}, (), level)
    strength, layers = _strength(network, level)
    by = {STRENGTH: strength}
    return Ranking(by if rank else by_population(network).numbers | by, layers, level)


def by_population(network: MultilayerNetwork) -> Ranking:
    numbers = network.storage.places["population"].dropna().astype(np.float64)
    return Ranking({POPULATION: numbers}, (), None)


def _strength(
    network: MultilayerNetwork, level: int | str | None
) -> tuple[pd.Series, tuple[str, ...]]:
    """Strength in the layers that do not make the enclaves, and these layers."""
    storage, places = network.storage, network.storage.places
    enclaves = find_enclaves(network, rank=_NONE, level=level)
    unit = units(storage.place_codes, places, level).astype(np.int64)
    unit[storage.positions("nodes", enclaves["node"])] = -1
    home, host = (places.index.get_indexer(pd.Index(enclaves[end])) for end in ("home", "host"))
    n = len(places)
    made = np.unique(home * n + host)
    rows = storage.link_rows()
    source, target = unit[rows.source], unit[rows.target]
    between = (source >= 0) & (target >= 0) & (source != target)
    strength, used = np.zeros(n), []
    for x, layer in enumerate(network.layers):
        if storage.records[layer].modelled or storage.holds_shares(layer):
            continue
        at = np.flatnonzero(between & (rows.layer == x))
        one, other = source[at], target[at]
        back = layer not in network.directed
        joins = np.isin(one * n + other, made) | (back & np.isin(other * n + one, made))
        if not joins.all():
            used.append(layer)
            strength += sum(np.bincount(end, rows.weight[at], n) for end in (one, other))
    return pd.Series(strength, places.index)[strength > 0], tuple(used)
