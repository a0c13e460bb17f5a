"""Placebos: the same scenario with a host similar to the real one."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pandas as pd
from numpy.random import Generator

from netinnov._network.columns import taken
from netinnov._network.hierarchy import related
from netinnov._network.paths import linked
from netinnov._network.place_distances import between
from netinnov._network.tables import codes_of
from netinnov._runtime.arguments import as_list, check_names, check_rng, check_type
from netinnov._typing import Count, Floats, Mask, Rng
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork, check_network
from netinnov.scenarios._pair_draws import Pairs, chosen_layer, linked_pairs, sides
from netinnov.scenarios._prices import Amounts, Priced
from netinnov.scenarios._rivals import BETWEEN, Between, Same

MATCH = ("strength", "distance")  # matched by default
_BUILT_IN = (*MATCH, "tie", "population")


def placebo_candidates(
    network: MultilayerNetwork, scenario: Between, *, match: Sequence[str] = MATCH
) -> pd.DataFrame:
    """List the placebo candidates for host, the most similar first.

    Parameters
    ----------
    network : MultilayerNetwork
        Where the scenario would be applied.
    scenario : ReverseEnclave, ForwardEnclave, TalentAttraction or DirectLinks
        The real one.
    match
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
    deviation over the real place and all candidates with the values. Strength and tie are those of
    the scenario's layer, both directions added; in a layer of shares strength is what arrives.

    Examples
    --------
    >>> cities = ni.datasets.make_city_system(n_cities=8, rng=1)
    >>> home, host = cities.places.index[[-1, 0]]
    >>> table = placebo_candidates(cities, ni.ReverseEnclave(home, host, 6, 0.5))
    >>> table.index[0] == host, table.columns.tolist()
    (True, ['strength', 'distance', 'gap'])
    """
    check_type("scenario", scenario, *BETWEEN)
    places = network.storage.places
    names = [*dict.fromkeys(check_names("match", match, [*_BUILT_IN, *places.columns]))]
    sides(network, scenario.home, scenario.host)
    real = scenario.host
    values = {name: _values(name, scenario, network) for name in names}
    table: pd.DataFrame = pd.DataFrame(values).set_axis(places.index)
    if lacking := [name for name in names if table[name].isna()[real]]:
        msg = f"{real!r} has no {' and no '.join(lacking)}, so nothing can be matched with it. "
        raise InputError(f"{msg}Complete the table of places, or leave this out of `match`.")
    able = _can_stand_in(network, scenario) | (places.index == real)
    table = table[able].dropna()
    # Scaled before categories leave few to take a standard deviation of.
    gap, alike = np.zeros(len(table)), np.ones(len(table), bool)
    for name in names:
        if pd.api.types.is_any_real_numeric_dtype(table[name]):
            scaled = _scaled(table[name])
            gap += (scaled - scaled[table.index.get_loc(real)]) ** 2
        else:
            alike &= (table[name] == table.loc[real, name]).to_numpy(bool, na_value=False)
    table = table.assign(gap=np.sqrt(gap))[alike]
    if len(table) < 2:
        raise InputError(
            f"no place can stand in for the host {real!r}: none has links, lies outside it and "
            f"{scenario.home!r}, and has the same categories and all of {', '.join(names)}. Match "
            "on less."
        )
    return table.iloc[np.lexsort((table["gap"], table.index != real))]


def _values(name: str, scenario: Between, network: MultilayerNetwork) -> Any:
    places = network.storage.places
    if name in ("strength", "tie"):
        layer, n = chosen_layer(network, scenario.layer), network.n_nodes
        pairs = linked_pairs(network, layer)
        if name == "strength":
            shares = network.storage.holds_shares(layer)
            return _by_place(network, _node_strength(pairs, n, only_in=shares))
        inner = network.storage.inside([scenario.home])
        across = pairs.at(inner[pairs.source] != inner[pairs.target])
        return _by_place(network, np.where(inner, 0.0, _node_strength(across, n)))
    if name == "distance":
        at = places.index.get_indexer(pd.Index([scenario.home]))
        return between(network.storage, at, np.arange(len(places)), directed=True)
    return places[name].array


def _node_strength(pairs: Pairs, n: int, *, only_in: bool = False) -> Floats:
    ends = (pairs.target,) if only_in else (pairs.target, pairs.source)
    return np.asarray(sum(np.bincount(end, pairs.weight, n) for end in ends), np.float64)


def _by_place(network: MultilayerNetwork, of_nodes: Floats) -> Floats:
    code, parent = network.storage.place_codes, network.storage.parents
    total = np.zeros(len(parent))
    while (known := code >= 0).any():
        total += np.bincount(code[known], of_nodes[known], len(parent))
        code = taken(parent, code)
    return total


def _can_stand_in(network: MultilayerNetwork, scenario: Between) -> Mask:
    """Places with linked nodes outside home and host, as many steps from the top as host."""
    parent, names = network.storage.parents, network.storage.place_names
    home, host = map(int, codes_of([scenario.home, scenario.host], names))
    able: Mask = _by_place(network, linked(network).astype(np.float64)) > 0
    steps, above = np.zeros(len(parent), np.intp), parent
    while (above >= 0).any():
        steps += above >= 0
        above = taken(parent, above)
    able &= steps == steps[host]
    return able & ~related(parent, home) & ~related(parent, host)


def _scaled(values: pd.Series) -> Floats:
    number = values.to_numpy(np.float64)
    if (number >= 0).all():
        above = number[number > 0]
        if not len(above):
            return np.zeros(len(values))
        number = np.log(np.where(number > 0, number, above.min() / 2))
    spread = number.std()
    return np.zeros(len(values)) if spread == 0 else number / spread


def placebo(
    network: MultilayerNetwork,
    scenario: Same,
    *,
    match: Sequence[str] = MATCH,
    nearest: Count | None = None,
    rng: Rng = None,
) -> Same:
    """Replace the host of a scenario with a similar place.

    Parameters
    ----------
    network, scenario
        As in `placebo_candidates`; only the host differs.
    match : sequence of str
        What the places must have in common: ``"strength"`` (of the nodes in the place),
        ``"distance"`` (from home), ``"tie"`` (weight of the links with home), ``"population"``, or
        any column of ``network.places``. Numbers are matched by distance, text and categories (a
        province) must be equal.
    nearest : int, optional
        The placebo is drawn uniformly from this many most similar places. None: from all.
    rng : None, int, SeedSequence or Generator
        Source of the random choice.

    Returns
    -------
    same type as scenario

    Examples
    --------
    >>> cities = ni.datasets.make_city_system(n_cities=8, rng=1)
    >>> home, host = cities.places.index[[-1, 0]]
    >>> placebo(cities, ni.ReverseEnclave(home, host, 6, 0.5), rng=1).host == host
    False
    """
    rng = check_rng(rng)
    return cast(Same, MatchedPlacebo(scenario, match, nearest)._drawn(network, rng))


@dataclass(frozen=True, slots=True)
class MatchedPlacebo(Priced):
    """A scenario at a randomly drawn placebo each time it is applied.

    Parameters
    ----------
    scenario : ReverseEnclave, ForwardEnclave, TalentAttraction or DirectLinks
        The real one, of the same cost.
    match, nearest
        As in `placebo`. As the placebo of an experiment its places are used in turn.

    Examples
    --------
    >>> park = ni.ReverseEnclave("quzhou", "hangzhou", 10, 0.4)
    >>> MatchedPlacebo(park, match=["strength", "province"]).match
    ('strength', 'province')
    """

    scenario: Between
    match: Sequence[str] = MATCH
    nearest: Count | None = None

    def __post_init__(self) -> None:
        check_type("scenario", self.scenario, *BETWEEN)
        object.__setattr__(self, "match", tuple(as_list("match", self.match)))

    def __call__(self, network: MultilayerNetwork, rng: Generator, /) -> MultilayerNetwork:
        # The choice of the place has its own stream, so that links are drawn as for the real one.
        (chooser,) = rng.spawn(1)
        return self._drawn(network, chooser)(network, rng)

    def _drawn(self, network: MultilayerNetwork, rng: Generator) -> Between:
        some = self.placebos(network)
        return some[int(rng.integers(len(some)))]

    def placebos(self, network: MultilayerNetwork) -> list[Between]:
        """List the scenarios that are drawn from, the most similar first, without the real one.

        Parameters
        ----------
        network : MultilayerNetwork
            Where they would be applied.

        Returns
        -------
        list of scenarios
        """
        check_network(network)
        table = placebo_candidates(network, self.scenario, match=self.match)
        places = table.index[1:][: self.nearest]
        return [dataclasses.replace(self.scenario, host=place) for place in places]

    def _needs(self, network: MultilayerNetwork) -> Amounts:
        return self.scenario.amounts(network)
