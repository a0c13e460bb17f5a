"""Placebos: the same scenario with a home or host similar to the real one."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import numpy as np
import pandas as pd

from netinnov._runtime.arguments import as_list, as_whole, check_choice, check_rng, check_type
from netinnov._typing import Rng
from netinnov.network import MultilayerNetwork, check_network
from netinnov.scenarios._direct_links import DirectLinks
from netinnov.scenarios._enclave import ForwardEnclave, ReverseEnclave
from netinnov.scenarios._placebo_candidates import (
    MATCH,
    Between,
    Replaced,
    placebo_candidates,
)
from netinnov.scenarios._prices import Amounts, Priced
from netinnov.scenarios._rivals import BETWEEN, TalentAttraction

Matched = TypeVar("Matched", ReverseEnclave, ForwardEnclave, TalentAttraction, DirectLinks)


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
        ``"distance"`` (km from the place that stays), ``"tie"`` (weight of the links with the
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
        check_choice("replace", self.replace, Replaced)
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
