"""What an experiment tries and measures: the enclave, its rivals, the same park at other hosts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from netinnov import centrality, polycentricity
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.scenarios import RIVALS, MatchedPlacebo, ReverseEnclave, placebo_candidates
from netinnov.scenarios._prices import Funding

if TYPE_CHECKING:
    from netinnov.study._measures import MeasuresPart
    from netinnov.study.sections._enclave_choice import ExperimentPart

EFFICIENCY, INEQUALITY = "global_efficiency", "access_inequality"
ACCESS, PAGERANK = "harmonic_centrality", "pagerank"
MIRROR = "park of the host at home"  # of an enclave in either direction


class Trial(NamedTuple):
    """An enclave or a rival."""

    kind: str
    funding: Funding
    scenario: Any

    @property
    def name(self) -> str:
        return f"{self.kind}, {self.funding}"


def enclaves(part: ExperimentPart, layer: str, called: str) -> list[Trial]:
    """The enclave, funded in each way; the first is the headline."""
    amounts = {"home", "host", "size", "volume", "volume_share", "pipeline_share"}
    park = partial(ReverseEnclave, **part.model_dump(include=amounts), layer=layer)
    return [Trial(called, paid, park(funding=paid)) for paid in part.funding]


def rivals_of(headline: Trial, cities: MultilayerNetwork, names: Sequence[str]) -> list[Trial]:
    """Rivals of the same size, without those that cannot be had."""
    trials = []
    for name in dict.fromkeys(names):
        scenario: Any = RIVALS[name].make(headline.scenario)
        if can_be_had(scenario, cities):
            trials.append(Trial(kind_of(name), headline.funding, scenario))
    return trials


def can_be_had(scenario: Any, cities: MultilayerNetwork) -> bool:
    try:
        scenario(cities, np.random.default_rng(0))
    except InputError:
        return False
    return True


def kind_of(rival: str) -> str:
    return MIRROR if rival == "forward enclave" else rival


def matched_on(cities: MultilayerNetwork) -> tuple[str, ...]:
    """What other hosts are like the real one in; without coordinates there is no distance."""
    located = cities.storage.places[["lon", "lat"]].notna().all(axis=None)
    return ("strength", "distance") if located else ("strength",)


def placebos(
    cities: MultilayerNetwork, trials: Sequence[Trial], nearest: int | None
) -> dict[str, MatchedPlacebo] | None:
    """The same parks at other hosts; None: not asked for, or there is none."""
    if nearest == 0:
        return None
    match = matched_on(cities)
    try:
        placebo_candidates(cities, trials[0].scenario, match=match)
    except InputError:
        return None
    return {
        trial.name: MatchedPlacebo(trial.scenario, match=match, nearest=nearest) for trial in trials
    }


def measures(options: MeasuresPart) -> dict[str, Callable[..., Any]]:
    @lru_cache(maxsize=8)  # three measures look at each network in turn, in several threads
    def harmonic(network: MultilayerNetwork, nodes: tuple[str, ...]) -> pd.Series:
        return centrality.harmonic_centrality(network, **options.paths, nodes=list(nodes))

    def access(network: MultilayerNetwork, *, nodes: list[str]) -> pd.Series:
        return harmonic(network, tuple(nodes))

    def efficiency(network: MultilayerNetwork, *, nodes: list[str]) -> float:
        return float(access(network, nodes=nodes).mean())

    def inequality(network: MultilayerNetwork, *, nodes: list[str]) -> float:
        return polycentricity.theil(access(network, nodes=nodes)[nodes])

    def pagerank(network: MultilayerNetwork, *, nodes: list[str]) -> pd.Series:
        # No jump leads to the park: home would gain by handing it on, however few links it has.
        return options.pagerank(network, nodes=nodes)

    return {EFFICIENCY: efficiency, INEQUALITY: inequality, ACCESS: access, PAGERANK: pagerank}
