"""Placebos of an experiment: who stands in for the real scenario, and when there is no test."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from netinnov._arguments import check_names
from netinnov.errors import InputError
from netinnov.experiments._decomposition import PairSums
from netinnov.experiments._describe import described
from netinnov.network import MultilayerNetwork
from netinnov.scenarios import MatchedPlacebo, NoChange, Scenario

__all__ = ["Placebo", "PlaceboDraw", "drawn_placebos", "refusals", "spawned"]

Placebo: TypeAlias = Scenario | Callable[[MultilayerNetwork, np.random.Generator], Scenario]

_MONOTONE = {
    "access",
    "algebraic_connectivity",
    "core_number",
    "degree",
    "effective_resistance",
    "global_efficiency",
    "harmonic_centrality",
    "kirchhoff_index",
    "largest_component",
    "overlapping_degree",
    "overlapping_strength",
    "reach",
    "strength",
}
"""Measures of netinnov that new links move one way only."""


@dataclass(frozen=True, slots=True)
class PlaceboDraw:
    """A placebo of each replicate: made for it, or one of a list, in turn."""

    make: Placebo
    among: tuple[Scenario, ...] = ()
    order: np.random.SeedSequence | None = None

    def drawn(
        self, network: MultilayerNetwork, rng: np.random.Generator, number: int
    ) -> tuple[Scenario | MultilayerNetwork, str]:
        """Give a scenario and its name, or a network, which has none."""
        made: Any = self._in_turn(number) if self.among else self.make(network, rng)
        return made, "" if isinstance(made, MultilayerNetwork) else described(made)

    def _in_turn(self, number: int) -> Scenario:
        """Go through the list in an order by chance, another one each time."""
        assert self.order is not None
        time, at = divmod(number, len(self.among))
        # Of its own, so that links are drawn as for the real one, and the first stay if more come.
        order = np.random.default_rng(spawned(self.order, time)).permutation(len(self.among))
        return self.among[int(order[at])]


def spawned(seed: np.random.SeedSequence, *key: int) -> np.random.SeedSequence:
    """Give a child of a seed by its number, and leave the seed as it is."""
    return np.random.SeedSequence(
        seed.entropy, spawn_key=(*seed.spawn_key, *key), pool_size=seed.pool_size
    )


def drawn_placebos(
    placebo: Placebo | Mapping[str, Placebo] | None,
    scenarios: Mapping[str, Scenario],
    network: MultilayerNetwork,
    order: np.random.SeedSequence,
) -> tuple[dict[str, PlaceboDraw], dict[str, str]]:
    """Name the placebos; and which scenario has which."""
    if placebo is None:
        return {}, {}
    if isinstance(placebo, Mapping):
        of = check_names("placebo", placebo, list(scenarios))
        named = {f"placebo of {name}": placebo[name] for name in of}
        whose = {name: f"placebo of {name}" for name in of}
    else:
        named, whose = {"placebo": placebo}, dict.fromkeys(scenarios, "placebo")
    for name, change in named.items():
        given: object = change
        if not callable(given) or isinstance(given, type):
            msg = f"`placebo` must be a scenario, or a function that makes one; found {given!r}."
            raise InputError(msg)
        if isinstance(given, NoChange):
            raise InputError(
                "no change is no placebo: it is one case, not a distribution, and a measure that "
                "cannot fall when links are added (efficiency) would differ from it by "
                "construction. Take the same scenario at a matched place (MatchedPlacebo) or with "
                "random ends (RandomEnds)."
            )
        if name in scenarios:
            raise InputError(f"a scenario cannot be called {name!r} where there is a placebo.")
    drawn = {}
    for name, change in named.items():
        some = change.placebos(network) if isinstance(change, MatchedPlacebo) else ()
        drawn[name] = PlaceboDraw(change, tuple(some), order)
    return drawn, whose


def refusals(
    network: MultilayerNetwork,
    scenarios: Mapping[str, Scenario],
    measures: Mapping[str, object],
    placebos: Mapping[str, PlaceboDraw],
    whose: Mapping[str, str],
    *,
    modelled: Sequence[str],
    monotone: Sequence[str],
) -> dict[tuple[str, str], str]:
    """Say for which scenario and measure there is no p-value, and why."""
    layers = check_names("modelled", modelled, network.layers)
    one_way = set(check_names("monotone", monotone, list(measures)))
    one_way |= {name for name, measure in measures.items() if _is_monotone(measure)}
    found = {}
    for scenario, change in scenarios.items():
        for measure in measures:
            against = placebos[whose[scenario]].make if scenario in whose else None
            reason = ""
            if layers:
                are = "is" if len(layers) == 1 else "are"
                reason = f"{', '.join(layers)} {are} modelled: a test would only repeat the model"
            elif against is None:
                reason = "no placebo"
            elif measure in one_way and _adds(change, "new") and _adds(against, "reallocated"):
                reason = (
                    "the scenario adds links and the placebo does not, and new links can move "
                    "this measure one way only"
                )
            if reason:
                found[scenario, measure] = reason
    return found


def _is_monotone(measure: object) -> bool:
    while isinstance(measure, partial):
        measure = measure.func
    if isinstance(measure, PairSums):
        return True
    ours = str(getattr(measure, "__module__", "")).startswith("netinnov.")
    return ours and getattr(measure, "__name__", "") in _MONOTONE


def _adds(scenario: object, funding: str) -> bool:
    """Tell whether a scenario, or one inside it, is known to be paid in this way."""
    inside = [getattr(scenario, "scenario", None), *getattr(scenario, "scenarios", ())]
    found = getattr(scenario, "funding", None) == funding
    return found or any(part is not None and _adds(part, funding) for part in inside)
