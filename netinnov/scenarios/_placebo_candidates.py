"""Placebo candidates for the real home or host, and their similarity to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from netinnov._network.geography import great_circle
from netinnov._runtime.arguments import check_names, check_type
from netinnov._typing import Codes, Floats, Mask
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.scenarios._direct_links import DirectLinks
from netinnov.scenarios._enclave import ForwardEnclave, ReverseEnclave
from netinnov.scenarios._pair_draws import Pairs, chosen_layer, inside, linked_pairs, sides
from netinnov.scenarios._rivals import BETWEEN, TalentAttraction

Replaced: TypeAlias = Literal["host", "home"]
Between: TypeAlias = ReverseEnclave | ForwardEnclave | TalentAttraction | DirectLinks

MATCH = ("strength", "distance")  # matched by default

_BUILT_IN = ("strength", "distance", "tie", "population")


def placebo_candidates(
    network: MultilayerNetwork,
    scenario: Between,
    *,
    match: Sequence[str] = MATCH,
    replace: Replaced = "host",
) -> pd.DataFrame:
    """List the placebo candidates for host, or home, the most similar first.

    Parameters
    ----------
    network : MultilayerNetwork
        Where the scenario would be applied.
    scenario : ReverseEnclave, ForwardEnclave, TalentAttraction or DirectLinks
        The real one.
    match, replace
        As in `placebo`.

    Returns
    -------
    DataFrame
        Index ``place``, the real one first; a column for each of `match`, as it is, and ``gap``:
        the distance of the place from the real one in these values.

    Raises
    ------
    InputError
        There is no candidate, or the real place lacks a matched value.

    Notes
    -----
    *Candidates* are places with linked nodes (in them or in a place inside them), as many steps of
    ``parent`` from the top as the real one, outside home and host, and containing neither. Those
    that lack a value or differ in a category are left out.

    *Gap*: the Euclidean distance between the numbers, after logarithms (a column with values below
    0 stays as it is; a 0 counts half the smallest value above 0) and divided by their standard
    deviation over the real place and all candidates with the values, of any category. Ties are in
    the order of the table of places. Strength and tie are those of the scenario's layer, both
    directions added, self-links left out. In a layer of shares of each origin's total strength is
    what arrives, the sum of the shares that other nodes send.

    Examples
    --------
    >>> import netinnov as ni
    >>> cities = ni.datasets.make_city_system(n_cities=8, rng=1)
    >>> home, host = cities.places.index[[-1, 0]]
    >>> table = placebo_candidates(cities, ni.ReverseEnclave(home, host, 6, 0.5))
    >>> table.index[0] == host, table.columns.tolist()
    (True, ['strength', 'distance', 'gap'])
    """
    check_type("scenario", scenario, *BETWEEN)
    places = network.storage.places
    known = list(dict.fromkeys([*_BUILT_IN, *places.columns]))
    names = list(dict.fromkeys(check_names("match", match, known)))
    sides(network, scenario.home, scenario.host)
    real = getattr(scenario, replace)
    stays = scenario.home if replace == "host" else scenario.host
    able = _can_stand_in(network, real, stays)
    able[places.index.get_loc(real)] = True
    values = pd.DataFrame({name: _values(name, scenario, stays, network) for name in names})
    values.index = places.index
    at = values.index.get_indexer(pd.Index([real]))[0]
    if lacking := [name for name in names if values[name].isna().iloc[at]]:
        raise InputError(
            f"{real!r} has no {' and no '.join(lacking)}, so nothing can be matched with it. "
            "Complete the table of places, or leave this out of `match`."
        )
    able &= values.notna().all(axis=1).to_numpy(bool)
    table = values[able]
    numeric = [name for name in names if is_number(values[name])]
    # Scaled before categories leave few to take a standard deviation of.
    scaled = np.column_stack([np.zeros(len(table)), *(_scaled(table[name]) for name in numeric)])
    gap = np.sqrt(((scaled - scaled[table.index.get_loc(real)]) ** 2).sum(axis=1))
    alike = np.ones(len(table), bool)
    for name in names:
        if name not in numeric:
            alike &= (table[name] == values[name].iloc[at]).to_numpy(bool, na_value=False)
    gap = gap[alike]
    table = table[alike].assign(gap=gap)
    if len(table) < 2:
        raise InputError(
            f"no place can stand in for the {replace} {real!r}: none has links, lies outside "
            f"{scenario.home!r} and {scenario.host!r}, and has the same categories and all of "
            f"{', '.join(names)}. Match on less."
        )
    order = np.lexsort((np.arange(len(table)), table["gap"], table.index != real))
    return table.iloc[order]


def _values(name: str, scenario: Between, stays: str, network: MultilayerNetwork) -> Any:
    places = network.storage.places
    if name in ("strength", "tie"):
        layer, n = chosen_layer(network, scenario.layer), network.n_nodes
        pairs = linked_pairs(network, layer)
        if name == "strength":
            shares = network.storage.holds_shares(layer)
            return _by_place(network, _node_strength(pairs, n, only_in=shares))
        within = network.storage.inside([stays])
        across = pairs.at(within[pairs.source] != within[pairs.target])
        return _by_place(network, np.where(within, 0.0, _node_strength(across, n)))
    if name == "distance":
        lon, lat = (places[column].to_numpy(np.float64) for column in ("lon", "lat"))
        at = places.index.get_loc(stays)
        return great_circle(lon[at], lat[at], lon, lat)
    return places[name].array


def _node_strength(pairs: Pairs, n: int, *, only_in: bool = False) -> Floats:
    strength = np.bincount(pairs.target, pairs.weight, n)
    if not only_in:
        strength += np.bincount(pairs.source, pairs.weight, n)
    return np.asarray(strength, np.float64)


def _by_place(network: MultilayerNetwork, of_nodes: Floats) -> Floats:
    code = network.storage.place_codes
    known = code >= 0
    n_places = len(network.storage.places)
    total = np.bincount(code[known], of_nodes[known], n_places).astype(np.float64)
    parent = network.storage.parents
    depth = _depth(parent)
    for level in range(depth.max(initial=0), 0, -1):
        at_level = depth == level
        np.add.at(total, parent[at_level], total[at_level])
    return total


def _depth(parent: Codes) -> Codes:
    depth = np.zeros(len(parent), np.int32)
    around = parent
    while (around >= 0).any():
        depth += around >= 0
        around = np.where(around >= 0, parent[around], -1)
    return depth


def _can_stand_in(network: MultilayerNetwork, real: str, stays: str) -> Mask:
    """Places with linked nodes outside `real` and `stays`, at the depth of `real`."""
    places = network.storage.places
    parent = network.storage.parents
    depth = _depth(parent)
    linked = network.storage.presence("linked").any(axis=0)
    able: Mask = _by_place(network, linked.astype(np.float64)) > 0
    able &= depth == depth[places.index.get_loc(real)]
    for place in (real, stays):
        able &= ~inside(network, place)
        around = int(places.index.get_indexer(pd.Index([place]))[0])
        while around >= 0:
            able[around] = False
            around = int(parent[around])
    return able


def is_number(values: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)


def _scaled(values: pd.Series) -> Floats:
    number = values.to_numpy(np.float64)
    if (number >= 0).all():
        above = number[number > 0]
        if not len(above):
            return np.zeros(len(values))
        number = np.log(np.where(number > 0, number, above.min() / 2))
    spread = number.std()
    return np.zeros(len(values)) if spread == 0 else number / spread
