"""Placebos of an experiment, and when a comparison with them is not tested."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Any, TypeAlias

import numpy as np

from netinnov._network.significance import why_untested
from netinnov._runtime.arguments import check_callable, check_names
from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.experiments._decomposition import PairSums
from netinnov.network import MultilayerNetwork
from netinnov.null_models._identity import identity
from netinnov.scenarios import MatchedPlacebo, NoChange, RandomEnds, Scenario
from netinnov.scenarios._prices import draws_nothing

Placebo: TypeAlias = Scenario | Callable[[MultilayerNetwork, np.random.Generator], Scenario]

# Measures that new links move one way only: tests/experiments/test_monotone_measures.py
_MONOTONE = {
    *("access", "algebraic_connectivity", "core_number", "degree", "density", "edge_overlap"),
    *("effective_resistance", "global_efficiency", "harmonic_centrality", "kirchhoff_index"),
    *("largest_component", "overlapping_degree", "overlapping_strength", "reach"),
    *("robustness_curve", "strength"),
}
_TOTALS = ("links", "weight")  # what `totals_of` counts
_FEW = 0.05  # share of placebos below which hardly any adds as much as the scenario


@dataclass(frozen=True, slots=True)
class PlaceboDraw:
    """A placebo of each replicate: made for it, or one of a list, in turn."""

    make: Placebo
    among: tuple[Scenario, ...]
    order: np.random.SeedSequence

    def drawn(
        self, network: MultilayerNetwork, rng: np.random.Generator, number: int
    ) -> tuple[Scenario | MultilayerNetwork, str]:
        made: Any
        if self.among:  # in random order, another one each time
            time, at = divmod(number, len(self.among))
            # Of its own, so that links are drawn as for the real one, and the first ones stay.
            turn = np.random.default_rng(spawned(self.order, time)).permutation(len(self.among))
            made = self.among[int(turn[at])]
        else:
            made = self.make(network, rng)
        return made, "" if isinstance(made, MultilayerNetwork) else identity(made)


def n_replicates(scenario: object, replicates: int) -> int:
    """One if nothing is random, or one at each place of a placebo."""
    among = scenario.among if isinstance(scenario, PlaceboDraw) else (scenario,)
    return len(among) if among and all(map(draws_nothing, among)) else replicates


def spawned(seed: np.random.SeedSequence, *key: int) -> np.random.SeedSequence:
    return np.random.SeedSequence(
        seed.entropy, spawn_key=(*seed.spawn_key, *key), pool_size=seed.pool_size
    )


def drawn_placebos(
    placebo: Placebo | Mapping[str, Placebo] | None,
    scenarios: Mapping[str, Scenario],
    network: MultilayerNetwork,
    order: np.random.SeedSequence,
) -> tuple[dict[str, PlaceboDraw], dict[str, str]]:
    if placebo is None:
        return {}, {}
    if isinstance(placebo, Mapping):
        of = check_names("placebo", placebo, list(scenarios))
        named = {f"placebo of {name}": placebo[name] for name in of}
        placebo_of = {name: f"placebo of {name}" for name in of}
    else:
        named, placebo_of = {"placebo": placebo}, dict.fromkeys(scenarios, "placebo")
    drawn = {}
    for name, change in named.items():
        expected = "a scenario, or a function of a network and a Generator that gives one"
        check_callable("placebo", change, expected, made=True)
        if isinstance(change, NoChange):
            raise InputError(
                "no change is not a placebo: it is one case, not a distribution, and a measure "
                "that cannot fall when links are added (efficiency) would differ from it by "
                "construction. Take the same scenario at a matched place (MatchedPlacebo) or with "
                "random ends (RandomEnds)."
            )
        if name in scenarios:
            raise InputError(f"a scenario cannot be called {name!r} where there is a placebo.")
        some = change.placebos(network) if isinstance(change, MatchedPlacebo) else ()
        drawn[name] = PlaceboDraw(change, tuple(some), order)
    return drawn, placebo_of


def totals_of(network: MultilayerNetwork, *, directed: bool) -> Floats:
    parts = [network.storage.simple_csr(layer) for layer in network.layers]
    weight = math.fsum(part.data.sum() for part in parts)
    totals = np.array([sum(part.indices.size for part in parts), weight], np.float64)
    return totals if directed else totals / 2


def refusals(
    network: MultilayerNetwork,
    scenarios: Mapping[str, Scenario],
    measures: Mapping[str, object],
    placebo_of: Mapping[str, str],
    unequal: Mapping[str, str],
    one_sided: Collection[str],
) -> dict[tuple[str, str], str]:
    """Why there is no p-value, by scenario and measure."""
    modelled = why_untested(network, warn=False)
    reasons = {}
    for scenario, measure in product(scenarios, measures):
        reason = modelled or ("" if scenario in placebo_of else "no placebo")
        if not reason and scenario in unequal and measure in one_sided:
            reason = f"{unequal[scenario]}, and new links can move this measure one way only"
        if reason:
            reasons[scenario, measure] = reason
    return reasons


def tautologies(
    scenarios: Mapping[str, Scenario],
    placebos: Mapping[str, PlaceboDraw],
    placebo_of: Mapping[str, str],
    totals: Mapping[str, Floats],
    start: Floats,
) -> dict[str, str]:
    """Scenarios that add more, or less, than their placebo, and so differ by construction."""
    reasons: dict[str, str] = {}
    for scenario, name in placebo_of.items():
        against = placebos[name].make
        # The same policy at another place, or with other ends, has as many links to give.
        if isinstance(against, (MatchedPlacebo, RandomEnds)):
            same: object = against.scenario == scenarios[scenario]
            if same is True:
                continue
        mine, theirs = totals[scenario] - start, totals[name] - start
        if reason := _adds_otherwise(mine, theirs, start.max(axis=0)):
            reasons[scenario] = reason
    return reasons


def _adds_otherwise(scenario: Floats, placebo: Floats, size: Floats) -> str:
    """Words if hardly any placebo adds as much, or as little, as the scenario on average."""
    margin = 1e-9 * size
    mine, theirs = scenario.mean(axis=0), placebo.mean(axis=0)
    for at, total in enumerate(_TOTALS):
        least, most = mine[at] - margin[at], mine[at] + margin[at]
        word = ""
        if mine[at] > margin[at] and (placebo[:, at] >= least).mean() < _FEW:
            word = "more"
        elif theirs[at] > margin[at] and (placebo[:, at] <= most).mean() < _FEW:
            word = "less" if total == "weight" else "fewer"
        if word:
            return (
                f"the scenario adds {word} {total} than its placebo does (net {mine[at]:.3g} "
                f"against {theirs[at]:.3g} on average)"
            )
    return ""


def is_monotone(measure: object) -> bool:
    """Whether it is a measure of netinnov that new links can move one way only."""
    while isinstance(measure, partial):
        measure = measure.func
    ours = str(getattr(measure, "__module__", "")).startswith("netinnov.")
    return isinstance(measure, PairSums) or (ours and getattr(measure, "__name__", "") in _MONOTONE)
