"""Placebos: the same scenario with a home or host similar to the real one."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import numpy as np
import pandas as pd

from netinnov._runtime.arguments import as_list, as_whole, check_rng, check_type
from netinnov._typing import Mask, Rng
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork, check_network
from netinnov.scenarios import _placebo_candidates
from netinnov.scenarios._direct_links import DirectLinks
from netinnov.scenarios._enclave import ForwardEnclave, ReverseEnclave
from netinnov.scenarios._pair_draws import sides
from netinnov.scenarios._placebo_candidates import MATCH, Between, Matching, Replaced
from netinnov.scenarios._prices import Amounts, Priced
from netinnov.scenarios._rivals import BETWEEN, Combined, TalentAttraction

Matched = TypeVar(
    "Matched", ReverseEnclave, ForwardEnclave, TalentAttraction, DirectLinks, Combined
)


def placebo(
    network: MultilayerNetwork,
    scenario: Matched,
    *,
    match: Sequence[Matching] = MATCH,
    replace: Replaced = "host",
    nearest: int | None = None,
    caliper: float | None = None,
    rng: Rng = None,
) -> Matched:
    """Replace the host, or home, of a scenario with a similar place.

    Parameters
    ----------
    network : MultilayerNetwork
        Where the scenario would be applied.
    scenario : ReverseEnclave, ForwardEnclave, TalentAttraction, DirectLinks or Combined
        The real one; only the replaced place differs. Of combined ones see `MatchedPlacebo`, which
        takes another placebo in each replicate of an experiment.
    match : sequence of str and functions
        What the places must have in common: ``"strength"`` (of the nodes in the place),
        ``"distance"`` (km from the place that stays), ``"tie"`` (weight of the links with the
        place that stays), ``"population"``, any column of ``network.places``, or any function of
        two places, home and host, that gives a number or text: ``lambda home, host: ...``. Numbers
        are matched by distance, text and categories (a province) must be equal.
    replace : {"host", "home"}
        Which of the two is replaced.
    nearest : int, optional
        The placebo is drawn uniformly from this many most similar places. None: from all.
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
    some = MatchedPlacebo(scenario, match, replace, nearest, caliper).placebos(network)
    return cast(Matched, some[int(rng.integers(len(some)))])


@dataclass(frozen=True, slots=True)
class MatchedPlacebo(Priced):
    """A scenario at a randomly drawn placebo each time it is applied.

    Parameters
    ----------
    scenario : ReverseEnclave, ForwardEnclave, TalentAttraction, DirectLinks or Combined
        The real one.
    match, replace, nearest, caliper
        As in `placebo`.

    Notes
    -----
    As the placebo of an experiment its places are used in turn, see
    `experiments.compare_scenarios`. The cost is that of the real scenario, at its distance.

    Placebos are valid only as far as they are similar to the real place: see `beyond`, and the
    column ``beyond`` of `experiments.ExperimentResult.effects`.

    In *combined scenarios* only the places are replaced: all parts that share a host (or home)
    have the same placebo, and different hosts have different ones. Each is matched as in its first
    part, outside the homes and hosts of all parts. The first placebo has the most similar place
    for each host, the next ones the most similar of the remaining places: no place is in two
    placebos. So d hosts with n candidates have at most n // d placebos.

    Examples
    --------
    >>> import netinnov as ni
    >>> park = ni.ReverseEnclave("quzhou", "hangzhou", 10, 0.4)
    >>> MatchedPlacebo(park, match=["strength", "province"]).match
    ('strength', 'province')
    """

    scenario: Between | Combined
    match: Sequence[Matching] = MATCH
    replace: Replaced = "host"
    nearest: int | None = None
    caliper: float | None = None

    def __post_init__(self) -> None:
        _parts(self.scenario)
        _placebo_candidates.check_matching(self.replace, self.caliper)
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
        """
        real, _, drawn = self._matched(network)
        return [
            _replaced(self.scenario, self.replace, dict(zip(real, others, strict=True)))
            for others in drawn
        ]

    def beyond(self, network: MultilayerNetwork) -> str:
        """Describe in what the real place lies beyond all its placebos, and how far.

        Parameters
        ----------
        network : MultilayerNetwork
            Where they would be applied.

        Returns
        -------
        str
            Each matched number that is larger, or smaller, for the real place than for any of its
            placebos, such as ``"strength of hangzhou (900; placebos 20 to 150)"``; empty if there
            is none. A rank among such placebos reflects this gap as much as the place.
        """
        outside = []
        real, tables, drawn = self._matched(network)
        for at, (place, table) in enumerate(zip(real, tables, strict=True)):
            others = table.loc[[row[at] for row in drawn]]
            for name in table.columns.drop("gap"):
                if not _placebo_candidates.is_number(table[name]):
                    continue
                value = float(table[name].loc[place])
                low, high = float(others[name].min()), float(others[name].max())
                if not low <= value <= high:
                    among = " to ".join(dict.fromkeys(map(_digits, (low, high))))
                    outside.append(f"{name} of {place} ({_digits(value)}; placebos {among})")
        return ", ".join(outside)

    def _matched(
        self, network: MultilayerNetwork
    ) -> tuple[list[str], list[pd.DataFrame], list[list[str]]]:
        check_network(network)
        parts = _parts(self.scenario)
        first = {getattr(part, self.replace): part for part in reversed(parts)}
        real = list(dict.fromkeys(getattr(part, self.replace) for part in parts))
        free = _outside(network, [(part.home, part.host) for part in parts])
        tables = [
            _placebo_candidates.placebo_candidates(
                network, first[place], match=self.match, replace=self.replace, caliper=self.caliper
            )
            for place in real
        ]
        lists = []
        for table in tables:
            others = table.index[1:]
            others = others[free[network.storage.places.index.get_indexer(others)]]
            lists.append([str(other) for other in others])
        drawn = _disjoint_choices(lists, self.nearest)
        if not drawn:
            raise InputError(
                f"no places can stand in for the {self.replace}s {', '.join(map(repr, real))} at "
                "once, outside all homes and hosts. Match on less, or with a larger caliper."
            )
        return real, tables, drawn

    def _needs(self, network: MultilayerNetwork | None, kilometres: bool) -> Amounts:
        return self.scenario.amounts(network, kilometres=kilometres)


def _parts(scenario: object) -> list[Between]:
    if isinstance(scenario, Combined):
        return [part for each in scenario.scenarios for part in _parts(each)]
    check_type("scenario", scenario, *BETWEEN, Combined)
    return [cast(Between, scenario)]


def _replaced(scenario: Any, role: Replaced, places: Mapping[str, str]) -> Any:
    if isinstance(scenario, Combined):
        return Combined([_replaced(part, role, places) for part in scenario.scenarios])
    change: dict[str, Any] = {role: places[getattr(scenario, role)]}
    return dataclasses.replace(scenario, **change)


def _outside(network: MultilayerNetwork, pairs: Sequence[tuple[str, str]]) -> Mask:
    able = np.ones(len(network.storage.places), bool)
    for home, host in pairs:
        sides(network, home, host)
        able &= _placebo_candidates.can_stand_in(network, host, home, any_depth=True)
    return able


def _disjoint_choices(lists: Sequence[Sequence[str]], most: int | None) -> list[list[str]]:
    """Repeatedly take the first unused entry of each list, at most `most` times if any."""
    rounds: list[list[str]] = []
    used: set[str] = set()
    rest = [iter(some) for some in lists]
    while most is None or len(rounds) < most:
        chosen: list[str] = []
        for some in rest:
            other = next((each for each in some if each not in used), None)
            if other is None:
                return rounds
            chosen.append(other)
            used.add(other)
        rounds.append(chosen)
    return rounds


def _digits(value: float) -> str:
    return f"{value:,.0f}" if 1e4 <= abs(value) < 1e15 else f"{value:.4g}"
