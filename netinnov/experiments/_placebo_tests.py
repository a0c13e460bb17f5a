"""Placebos of an experiment, and when a comparison with them is not tested."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias, cast

import numpy as np
from numpy.random import Generator

from netinnov._network.layer_table import why_untested
from netinnov._runtime.arguments import check_callable, check_names
from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.experiments._decomposition import PairSums
from netinnov.experiments._experiment_result import BASELINE
from netinnov.network import MultilayerNetwork
from netinnov.null_models._identity import identity
from netinnov.scenarios import MatchedPlacebo, NoChange, RandomEnds, Scenario
from netinnov.scenarios._prices import draws_nothing

Placebo: TypeAlias = Scenario | Callable[[MultilayerNetwork, Generator], Scenario]

# Measures that new links move one way only: tests/experiments/test_monotone_measures.py
_MONOTONE = {
    *("access", "algebraic_connectivity", "core_number", "degree", "density", "edge_overlap"),
    *("effective_resistance", "global_efficiency", "harmonic_centrality", "kirchhoff_index"),
    *("largest_component", "overlapping_degree", "overlapping_strength", "reach"),
    *("robustness_curve", "strength"),
}
_FEW = 0.05  # share of placebos below which hardly any adds as much as the scenario


@dataclass(frozen=True, slots=True)
class PlaceboDraw:
    """A placebo of each replicate: made for it, or one of a list, in turn."""

    make: Placebo
    among: tuple[Scenario, ...]
    order: np.random.SeedSequence

    def of_replicate(
        self, network: MultilayerNetwork, rng: Generator, number: int
    ) -> tuple[Scenario | MultilayerNetwork, str]:
        change: Any
        if self.among:  # in random order, another one each time
            time, at = divmod(number, len(self.among))
            # Of its own, so that links are drawn as for the real one, and the first ones stay.
            turn = np.random.default_rng(spawned(self.order, time)).permutation(len(self.among))
            change = self.among[int(turn[at])]
        else:
            change = self.make(network, rng)
        return change, "" if isinstance(change, MultilayerNetwork) else identity(change)


def n_replicates(scenario: object, replicates: int, baseline: Scenario) -> int:
    """One if nothing is random, or one at each place of a placebo, the baseline being fixed too."""
    if not isinstance(scenario, PlaceboDraw):
        return 1 if draws_nothing(scenario) else replicates
    fixed = scenario.among and all(map(draws_nothing, (baseline, *scenario.among)))
    return len(scenario.among) if fixed else replicates


def spawned(seed: np.random.SeedSequence, *key: int) -> np.random.SeedSequence:
    return np.random.SeedSequence(seed.entropy, spawn_key=(*seed.spawn_key, *key))


def placebo_draws(
    placebo: Placebo | Mapping[str, Placebo] | None,
    scenarios: Mapping[str, Scenario],
    network: MultilayerNetwork,
    order: np.random.SeedSequence,
) -> tuple[dict[str, PlaceboDraw], dict[str, str]]:
    """Placebos by name, and the name of each scenario's placebo."""
    if isinstance(placebo, Mapping):
        names = check_names("placebo", placebo, list(scenarios))
        placebo_of = {name: f"placebo of {name}" for name in names}
        placebos = {placebo_of[name]: placebo[name] for name in names}
    else:
        placebos = {} if placebo is None else {"placebo": placebo}
        placebo_of = {name: each for name in scenarios for each in placebos}
    draws = {}
    for name, change in placebos.items():
        expected = "a scenario, or a function of a network and a Generator that gives one"
        check_callable("placebo", change, expected, made=True)
        if isinstance(change, NoChange):
            msg = "no change is not a placebo: it is one case, not a distribution, and a measure "
            msg += "that cannot fall when links are added (efficiency) would differ from it by "
            msg += "construction. Take the same scenario at a matched place (MatchedPlacebo) or "
            raise InputError(f"{msg}with random ends (RandomEnds).")
        if name in scenarios:
            raise InputError(f"a scenario cannot be called {name!r} where there is a placebo.")
        among = change.placebos(network) if isinstance(change, MatchedPlacebo) else ()
        draws[name] = PlaceboDraw(change, tuple(among), order)
    return draws, placebo_of


def totals_of(network: MultilayerNetwork) -> Floats:
    parts = [network.storage.simple_csr(layer) for layer in network.layers]
    weight = math.fsum(part.data.sum() for part in parts)
    totals = np.array([sum(part.indices.size for part in parts), weight], np.float64)
    return totals if network.directed else totals / 2


def refusals(
    network: MultilayerNetwork,
    scenarios: Mapping[str, Scenario],
    measures: Mapping[str, object],
    placebos: Mapping[str, PlaceboDraw],
    placebo_of: Mapping[str, str],
    totals: Floats,
    of: Mapping[Any, Any],
) -> dict[tuple[str, str], str]:
    """Why there is no p-value, by scenario and measure; `of` are rows of `totals` by scenario."""
    modelled, start = why_untested(network.storage.records, warn=False), totals[of[BASELINE]]
    reasons = {}
    for name, scenario in scenarios.items():
        unequal, reason = "", modelled or ("" if name in placebo_of else "no placebo")
        if not reason:
            against = placebos[placebo_of[name]].make
            # The same policy at another place, or with other ends, has as many links to give.
            elsewhere = isinstance(against, (MatchedPlacebo, RandomEnds))
            if not (elsewhere and cast(Any, against).scenario == scenario):
                both = (totals[of[each]] - start for each in (name, placebo_of[name]))
                unequal = _adds_otherwise(*both, margin=1e-9 * start.max(axis=0))
        for measure, function in measures.items():
            if reason or (unequal and is_monotone(function)):
                one_way = f"{unequal}, and new links can move this measure one way only"
                reasons[name, measure] = reason or one_way
    return reasons


def _adds_otherwise(scenario: Floats, placebo: Floats, *, margin: Floats) -> str:
    """Words if hardly any placebo adds as much, or as little, as the scenario on average."""
    mine, theirs = scenario.mean(axis=0), placebo.mean(axis=0)
    more = (mine > margin) & ((placebo >= mine - margin).mean(axis=0) < _FEW)
    less = (theirs > margin) & ((placebo <= mine + margin).mean(axis=0) < _FEW)
    for at, (total, fewer) in enumerate((("links", "fewer"), ("weight", "less"))):
        if more[at] or less[at]:
            how = "more" if more[at] else fewer
            net = f"net {mine[at]:.3g} against {theirs[at]:.3g} on average"
            return f"the scenario adds {how} {total} than its placebo does ({net})"
    return ""


def is_monotone(measure: object) -> bool:
    """Whether it is a measure of netinnov that new links can move one way only."""
    while isinstance(measure, partial):
        measure = measure.func
    ours = str(getattr(measure, "__module__", "")).startswith("netinnov.")
    return isinstance(measure, PairSums) or (ours and getattr(measure, "__name__", "") in _MONOTONE)
