"""Placebos: the same scenario with a home or host that is like the real one."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, TypeVar, cast

import numpy as np
import pandas as pd

from netinnov._arguments import (
    as_whole,
    check_choice,
    check_names,
    check_number,
    check_rng,
    check_type,
)
from netinnov._geography import great_circle
from netinnov._shares import SHARE_OF_ORIGIN
from netinnov._typing import Codes, Floats, Rng
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork, check_network
from netinnov.scenarios._draws import Mask, Pairs, chosen_layer, linked_pairs
from netinnov.scenarios._enclave import ForwardEnclave, ReverseEnclave
from netinnov.scenarios._prices import Amounts, Priced
from netinnov.scenarios._rivals import BETWEEN, Combined, DirectLinks, TalentAttraction
from netinnov.scenarios._sites import inside, parents, sides

__all__ = ["MatchedPlacebo", "placebo", "placebo_candidates"]

Replaced: TypeAlias = Literal["host", "home"]
Between: TypeAlias = ReverseEnclave | ForwardEnclave | TalentAttraction | DirectLinks
Matched = TypeVar(
    "Matched", ReverseEnclave, ForwardEnclave, TalentAttraction, DirectLinks, Combined
)

_BUILT_IN = ("strength", "distance", "tie", "population")
_MATCH = ("strength", "distance")


def placebo(
    scenario: Matched,
    network: MultilayerNetwork,
    *,
    match: Sequence[str] = _MATCH,
    replace: Replaced = "host",
    nearest: int = 5,
    caliper: float | None = None,
    rng: Rng = None,
) -> Matched:
    """Give the scenario with another host, or home, that is like the real one.

    Parameters
    ----------
    scenario : ReverseEnclave, ForwardEnclave, TalentAttraction, DirectLinks or Combined
        The real one; all but the place that is replaced stays. Several of them combined: see
        `MatchedPlacebo`.
    network : MultilayerNetwork
        Where it would be applied.
    match : sequence of str
        What the places must have in common: ``"strength"`` (of the nodes that stand there),
        ``"distance"`` (km from the place that stays), ``"tie"`` (weight of the links with the
        place that stays), ``"population"``, or any column of ``network.places``. Numbers should
        be near, text and categories (a province) must be equal.
    replace : {"host", "home"}
        Which of the two is another one.
    nearest : int
        The placebo is drawn uniformly among so many places that are nearest to the real one.
    caliper : float, optional
        Largest gap that a placebo may have, see `placebo_candidates`. None: any.
    rng : None, int, SeedSequence or Generator
        Source of the random choice.

    Returns
    -------
    ReverseEnclave, ForwardEnclave, TalentAttraction, DirectLinks or Combined

    Raises
    ------
    InputError
        There is no candidate, or the real place lacks a value that should be matched.

    See Also
    --------
    placebo_candidates : all of them, with their values and how near they are.
    MatchedPlacebo : another placebo in each replicate of an experiment.

    Examples
    --------
    >>> import netinnov as ni
    >>> cities = ni.datasets.make_city_system(n_cities=8, rng=1)
    >>> home, host = cities.places.index[[-1, 0]]
    >>> other = placebo(ni.ReverseEnclave(home, host, 6, 0.5), cities, rng=1)
    >>> other.home == home, other.host == host
    (True, False)
    """
    rng = check_rng(rng)
    some = MatchedPlacebo(scenario, match, replace, nearest, caliper).placebos(network)
    return cast(Matched, some[int(rng.integers(len(some)))])


def placebo_candidates(
    scenario: Between,
    network: MultilayerNetwork,
    *,
    match: Sequence[str] = _MATCH,
    replace: Replaced = "host",
    caliper: float | None = None,
) -> pd.DataFrame:
    """List the places that could stand in for host, or home, the most similar first.

    Parameters
    ----------
    scenario : ReverseEnclave, ForwardEnclave, TalentAttraction or DirectLinks
        The real one.
    network : MultilayerNetwork
        Where it would be applied.
    match : sequence of str
        As in `placebo`.
    replace : {"host", "home"}
        Which of the two is another one.
    caliper : float, optional
        Largest gap of those that are listed. None: any.

    Returns
    -------
    DataFrame
        Index ``place``, the real one first; a column for each of `match`, as it is, and ``gap``:
        how far the place is from the real one.

    Raises
    ------
    InputError
        There is no candidate, or the real place lacks a value that should be matched.

    Notes
    -----
    *Candidates* are places in which nodes stand (in them or a place inside them), as many steps
    of ``parent`` from the top as the real one, outside home and host, and containing neither.
    Those that lack a value are left out, and those that differ in a category.

    *Gap*: the Euclidean distance between the numbers, after logarithms (a column with values
    below 0 stays as it is; a 0 counts half the smallest value above 0) and divided by their
    standard deviation. That is taken over the real place and all candidates that have the values,
    whatever their categories: of two that share a province, one alone would always be as far
    away as another. Ties are in the order of the table
    of places. Strength and tie are those of the scenario's layer, both directions added,
    self-links left out. In a layer of shares of each origin's total (``*_share_of_origin``)
    strength is what arrives, the sum of the shares that other nodes send: what leaves a node is
    100 % of it, whatever its size.

    Examples
    --------
    >>> import netinnov as ni
    >>> cities = ni.datasets.make_city_system(n_cities=8, rng=1)
    >>> home, host = cities.places.index[[-1, 0]]
    >>> table = placebo_candidates(ni.ReverseEnclave(home, host, 6, 0.5), cities)
    >>> table.index[0] == host, table.columns.tolist()
    (True, ['strength', 'distance', 'gap'])
    """
    check_type("scenario", scenario, *BETWEEN)
    check_network(network)
    _check_matching(replace, caliper)
    places = network._places
    names = check_names("match", match, list(dict.fromkeys([*_BUILT_IN, *places.columns])))
    sides(network, scenario.home, scenario.host)
    real = getattr(scenario, replace)
    stays = scenario.home if replace == "host" else scenario.host
    values = pd.DataFrame({name: _values(name, scenario, stays, network) for name in names})
    values.index = places.index
    at = values.index.get_indexer(pd.Index([real]))[0]
    lacking = [name for name in names if values[name].isna().iloc[at]]
    if lacking:
        raise InputError(
            f"{real!r} has no {' and no '.join(lacking)}, so nothing can be matched with it. "
            "Complete the table of places, or leave this out of `match`."
        )
    able = _candidates(network, real, stays)
    able[at] = True
    able &= values.notna().all(axis=1).to_numpy(bool)
    found = values[able]
    numeric = [name for name in names if _is_number(values[name])]
    # Scaled before categories leave few to take a standard deviation of.
    scaled = np.column_stack([np.zeros(len(found)), *(_scaled(found[name]) for name in numeric)])
    gap = np.sqrt(((scaled - scaled[found.index.get_loc(real)]) ** 2).sum(axis=1))
    alike = np.ones(len(found), bool)
    for name in names:
        if name not in numeric:
            alike &= (found[name] == values[name].iloc[at]).to_numpy(bool, na_value=False)
    found, gap = found[alike], gap[alike]
    found = found.assign(gap=gap)
    if caliper is not None:
        found = found[gap <= caliper]
    if len(found) < 2:
        near = "" if caliper is None else f", within the caliper of {caliper:g}"
        raise InputError(
            f"no place can stand in for the {replace} {real!r}: none has nodes, lies outside "
            f"{scenario.home!r} and {scenario.host!r}, and has the same categories and all of "
            f"{', '.join(names)}{near}. Match on less."
        )
    order = np.lexsort((np.arange(len(found)), found["gap"], found.index != real))
    return found.iloc[order]


@dataclass(frozen=True, slots=True)
class MatchedPlacebo(Priced):
    """A scenario at another placebo each time it is applied, drawn by chance.

    Parameters
    ----------
    scenario : ReverseEnclave, ForwardEnclave, TalentAttraction, DirectLinks or Combined
        The real one.
    match : sequence of str
        As in `placebo`.
    replace : {"host", "home"}
        Which of the two is another one.
    nearest : int
        The placebo is drawn uniformly among so many places that are nearest to the real one.
    caliper : float, optional
        Largest gap that a placebo may have, see `placebo_candidates`. None: any.

    Notes
    -----
    As the placebo of an experiment it takes its places in turn, see
    `experiments.compare_scenarios`. The cost is that of the real scenario, as if it were as far
    away.

    *Combined scenarios* stay as they are but for the places: all parts that share a host (or
    home) have the same placebo, and different ones have different placebos, so that as many parks
    stand in as many places. Each is matched as the first part that has it is, outside the homes
    and hosts of all parts. The first placebo takes the nearest to each, the next ones those that
    are nearest among the rest: no place is in two placebos, which would not be two then. So of d
    hosts with n candidates there are n // d placebos at most.

    Examples
    --------
    >>> import netinnov as ni
    >>> park = ni.ReverseEnclave("quzhou", "hangzhou", 10, 0.4)
    >>> MatchedPlacebo(park, match=["strength", "province"]).match
    ('strength', 'province')
    """

    scenario: Between | Combined
    match: Sequence[str] = _MATCH
    replace: Replaced = "host"
    nearest: int = 5
    caliper: float | None = None

    def __post_init__(self) -> None:
        _parts(self.scenario)
        _check_matching(self.replace, self.caliper)
        object.__setattr__(self, "nearest", as_whole("nearest", self.nearest, low=1))
        if not isinstance(self.match, str):
            object.__setattr__(self, "match", tuple(self.match))

    def __call__(
        self, network: MultilayerNetwork, rng: np.random.Generator, /
    ) -> MultilayerNetwork:
        # The choice of the place has its own stream, so that links are drawn as for the real one.
        (chooser,) = rng.spawn(1)
        some = self.placebos(network)
        return some[int(chooser.integers(len(some)))](network, rng)

    def placebos(self, network: MultilayerNetwork) -> list[Between | Combined]:
        """List the scenarios that are drawn from, the most similar first.

        Parameters
        ----------
        network : MultilayerNetwork
            Where they would be applied.

        Returns
        -------
        list of scenarios
            The real one is not among them.

        Raises
        ------
        InputError
            As in `placebo_candidates`.
        """
        check_network(network)
        parts = _parts(self.scenario)
        first = {getattr(part, self.replace): part for part in reversed(parts)}
        real = list(dict.fromkeys(getattr(part, self.replace) for part in parts))
        free = _outside(network, [(part.home, part.host) for part in parts])
        lists = []
        for place in real:
            table = placebo_candidates(
                first[place],
                network,
                match=self.match,
                replace=self.replace,
                caliper=self.caliper,
            )
            others = table.index[1:]
            others = others[free[network._places.index.get_indexer(others)]]
            lists.append([str(other) for other in others])
        drawn = _in_turn(lists, self.nearest)
        if not drawn:
            raise InputError(
                f"no places can stand in for the {self.replace}s {', '.join(map(repr, real))} at "
                "once, outside all homes and hosts. Match on less, or with a larger caliper."
            )
        return [
            _replaced(self.scenario, self.replace, dict(zip(real, others, strict=True)))
            for others in drawn
        ]

    def _needs(self, network: MultilayerNetwork | None, kilometres: bool) -> Amounts:
        return self.scenario.amounts(network, kilometres=kilometres)


def _check_matching(replace: Replaced, caliper: float | None) -> None:
    check_choice("replace", replace, Replaced)
    if caliper is not None:
        check_number("caliper", caliper, low=0)


def _parts(scenario: object) -> list[Between]:
    """List the scenarios of a combined one, or the one itself."""
    if isinstance(scenario, Combined):
        return [part for each in scenario.scenarios for part in _parts(each)]
    check_type("scenario", scenario, *BETWEEN, Combined)
    return [cast(Between, scenario)]


def _replaced(scenario: Any, role: Replaced, places: Mapping[str, str]) -> Any:
    """Give a scenario with some of its homes or hosts replaced by others."""
    if isinstance(scenario, Combined):
        return Combined([_replaced(part, role, places) for part in scenario.scenarios])
    change: dict[str, Any] = {role: places[getattr(scenario, role)]}
    return dataclasses.replace(scenario, **change)


def _outside(network: MultilayerNetwork, pairs: Sequence[tuple[str, str]]) -> Mask:
    """Tell which places lie outside all homes and hosts, and contain none of them."""
    able = np.ones(len(network._places), bool)
    for home, host in pairs:
        sides(network, home, host)
        able &= _candidates(network, host, home, any_depth=True)
    return able


def _in_turn(lists: Sequence[Sequence[str]], most: int) -> list[list[str]]:
    """Take the first of each list that nobody has taken, again and again."""
    found: list[list[str]] = []
    used: set[str] = set()
    while len(found) < most:
        taken: list[str] = []
        for some in lists:
            taken += [other for other in some if other not in used and other not in taken][:1]
        if len(taken) < len(lists):
            break
        found.append(taken)
        used |= set(taken)
    return found


def _values(name: str, scenario: Between, stays: str, network: MultilayerNetwork) -> Any:
    """Give the values of one covariate for all places."""
    places = network._places
    if name == "strength":
        pairs = _pairs(network, scenario)
        shares = chosen_layer(network, scenario.layer).endswith(SHARE_OF_ORIGIN)
        return _by_place(network, _node_strength(pairs, network.n_nodes, only_in=shares))
    if name == "tie":
        pairs = _pairs(network, scenario)
        code = network._place_codes
        there = inside(places, stays)[code] & (code >= 0)
        across = pairs.at(there[pairs.source] != there[pairs.target])
        return _by_place(network, np.where(there, 0.0, _node_strength(across, network.n_nodes)))
    if name == "distance":
        lon, lat = (places[column].to_numpy(np.float64) for column in ("lon", "lat"))
        at = places.index.get_loc(stays)
        return great_circle(lon[at], lat[at], lon, lat)
    return places[name].array


def _pairs(network: MultilayerNetwork, scenario: Between) -> Pairs:
    return linked_pairs(network, chosen_layer(network, scenario.layer))


def _node_strength(pairs: Pairs, n: int, *, only_in: bool = False) -> Floats:
    strength = np.bincount(pairs.target, pairs.weight, n)
    if not only_in:
        strength += np.bincount(pairs.source, pairs.weight, n)
    return np.asarray(strength, np.float64)


def _by_place(network: MultilayerNetwork, of_nodes: Floats) -> Floats:
    """Add up over the nodes that stand in each place or a place inside it."""
    code = network._place_codes
    known = code >= 0
    total = np.bincount(code[known], of_nodes[known], len(network._places)).astype(np.float64)
    parent = parents(network._places)
    depth = _depth(parent)
    for level in range(depth.max(initial=0), 0, -1):
        here = depth == level
        np.add.at(total, parent[here], total[here])
    return total


def _depth(parent: Codes) -> Codes:
    """Count the steps of `parent` from each place to the top."""
    depth = np.zeros(len(parent), np.int32)
    around = parent
    while (around >= 0).any():
        depth += around >= 0
        around = np.where(around >= 0, parent[around], -1)
    return depth


def _candidates(
    network: MultilayerNetwork, real: str, stays: str, *, any_depth: bool = False
) -> Mask:
    places = network._places
    parent = parents(places)
    depth = _depth(parent)
    able: Mask = _by_place(network, np.ones(network.n_nodes)) > 0
    if not any_depth:
        able &= depth == depth[places.index.get_loc(real)]
    for place in (real, stays):
        able &= ~inside(places, place)
        around = int(places.index.get_indexer(pd.Index([place]))[0])
        while around >= 0:
            able[around] = False
            around = int(parent[around])
    return able


def _is_number(values: pd.Series) -> bool:
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
