"""Placebos: the same scenario with a home or host similar to the real one."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, TypeVar, cast

import numpy as np
import pandas as pd

from netinnov._network.distances import between
from netinnov._runtime.arguments import (
    as_list,
    as_whole,
    check_names,
    check_rng,
    check_type,
)
from netinnov._typing import Codes, Floats, Mask, Rng
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork, check_network
from netinnov.scenarios._direct_links import DirectLinks
from netinnov.scenarios._enclave import ForwardEnclave, ReverseEnclave
from netinnov.scenarios._pair_draws import Pairs, chosen_layer, inside, linked_pairs, sides
from netinnov.scenarios._prices import Amounts, Priced
from netinnov.scenarios._rivals import BETWEEN, TalentAttraction

Replaced: TypeAlias = Literal["host", "home"]
Between: TypeAlias = ReverseEnclave | ForwardEnclave | TalentAttraction | DirectLinks

MATCH = ("strength", "distance")  # matched by default

_BUILT_IN = ("strength", "distance", "tie", "population")

Matched = TypeVar("Matched", ReverseEnclave, ForwardEnclave, TalentAttraction, DirectLinks)


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
        at = places.index.get_indexer(pd.Index([stays]))
        return between(network.storage, at, np.arange(len(places)), directed=True)
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
    able: Mask = _by_place(network, np.asarray(linked, np.float64)) > 0
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


def placebo(
    network: MultilayerNetwork,
    scenario: Matched,
    *,
    match: Sequence[str] = MATCH,
    replace: Replaced = "host",
    nearest: int | None = None,
    rng: Rng = None,
) -> Matched:
    """Replace the host, or home, of a scenario with a similar place.

    Parameters
    ----------
    network : MultilayerNetwork
        Where the scenario would be applied.
    scenario : ReverseEnclave, ForwardEnclave, TalentAttraction or DirectLinks
        The real one; only the replaced place differs.
    match : sequence of str
        What the places must have in common: ``"strength"`` (of the nodes in the place),
        ``"distance"`` (from the place that stays), ``"tie"`` (weight of the links with the
        place that stays), ``"population"``, or any column of ``network.places``. Numbers are
        matched by distance, text and categories (a province) must be equal.
    replace : {"host", "home"}
        Which of the two is replaced.
    nearest : int, optional
        The placebo is drawn uniformly from this many most similar places. None: from all.
    rng : None, int, SeedSequence or Generator
        Source of the random choice.

    Returns
    -------
    ReverseEnclave, ForwardEnclave, TalentAttraction or DirectLinks

    Raises
    ------
    InputError
        There is no candidate, or the real place lacks a matched value.

    Examples
    --------
    >>> import netinnov as ni
    >>> cities = ni.datasets.make_city_system(n_cities=8, rng=1)
    >>> home, host = cities.places.index[[-1, 0]]
    >>> other = placebo(cities, ni.ReverseEnclave(home, host, 6, 0.5), rng=1)
    >>> other.home == home, other.host == host
    (True, False)
    """
    rng = check_rng(rng)
    some = MatchedPlacebo(scenario, match, replace, nearest).placebos(network)
    return cast(Matched, some[int(rng.integers(len(some)))])


@dataclass(frozen=True, slots=True)
class MatchedPlacebo(Priced):
    """A scenario at a randomly drawn placebo each time it is applied.

    Parameters
    ----------
    scenario : ReverseEnclave, ForwardEnclave, TalentAttraction or DirectLinks
        The real one.
    match, replace, nearest
        As in `placebo`.

    Notes
    -----
    As the placebo of an experiment its places are used in turn, see
    `experiments.compare_scenarios`. The cost is that of the real scenario, at its distance.

    Placebos are valid only as far as they are similar to the real place: see `placebo_candidates`.

    Examples
    --------
    >>> import netinnov as ni
    >>> park = ni.ReverseEnclave("quzhou", "hangzhou", 10, 0.4)
    >>> MatchedPlacebo(park, match=["strength", "province"]).match
    ('strength', 'province')
    """

    scenario: Between
    match: Sequence[str] = MATCH
    replace: Replaced = "host"
    nearest: int | None = None

    def __post_init__(self) -> None:
        check_type("scenario", self.scenario, *BETWEEN)
        if self.nearest is not None:
            object.__setattr__(self, "nearest", as_whole("nearest", self.nearest, low=1))
        object.__setattr__(self, "match", tuple(as_list("match", self.match)))

    def __call__(
        self, network: MultilayerNetwork, rng: np.random.Generator, /
    ) -> MultilayerNetwork:
        # The choice of the place has its own stream, so that links are drawn as for the real one.
        (chooser,) = rng.spawn(1)
        some = self.placebos(network)
        return some[int(chooser.integers(len(some)))](network, rng)

    def placebos(self, network: MultilayerNetwork) -> list[Between]:
        """List the scenarios that are drawn from, the most similar first.

        Parameters
        ----------
        network : MultilayerNetwork
            Where they would be applied.

        Returns
        -------
        list of scenarios
            The real one is not among them.
        """
        changes: list[dict[str, Any]] = [
            {self.replace: place} for place in self._similar(network).index[1:]
        ]
        return [dataclasses.replace(self.scenario, **change) for change in changes]

    def _similar(self, network: MultilayerNetwork) -> pd.DataFrame:
        """The real place and its placebos."""
        check_network(network)
        table = placebo_candidates(network, self.scenario, match=self.match, replace=self.replace)
        return table if self.nearest is None else table.head(self.nearest + 1)

    def _needs(self, network: MultilayerNetwork) -> Amounts:
        return self.scenario.amounts(network)
