"""Placebos of an experiment: who stands in for the real scenario, and when there is no test."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from netinnov._arguments import check_callable, check_names
from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.experiments._decomposition import PairSums
from netinnov.experiments._describe import described
from netinnov.network import MultilayerNetwork
from netinnov.scenarios import MatchedPlacebo, NoChange, RandomEnds, Scenario

__all__ = [
    "Placebo",
    "PlaceboDraw",
    "drawn_placebos",
    "modelled_layers",
    "one_way",
    "refusals",
    "spawned",
    "tautologies",
]

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

_MODELLED = "_modelled"
"""How the name of a modelled layer ends; or its links have the status ``modelled``."""

_FEW = 0.05
"""Share of placebos below which hardly any adds as much as the scenario."""


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
        what = "a scenario, or a function of a network and a Generator that gives one"
        check_callable("placebo", change, what, made=True)
        if isinstance(change, NoChange):
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


def modelled_layers(network: MultilayerNetwork, named: Sequence[str] = ()) -> list[str]:
    """List the layers that are modelled: so called, so marked in their links, or named as such."""
    found = {name for name in network.layers if name.endswith(_MODELLED)}
    rows = network._link_rows()
    if rows.attributes is not None and "status" in rows.attributes:
        marked = rows.attributes["status"].eq("modelled").to_numpy(bool, na_value=False)
        found |= {network.layers[code] for code in np.unique(rows.layer[marked])}
    return [name for name in network.layers if name in found | set(named)]


def one_way(measures: Mapping[str, object], monotone: Sequence[str]) -> set[str]:
    """Name the measures that new links can move one way only."""
    declared = set(check_names("monotone", monotone, list(measures), of="`measures`"))
    return declared | {name for name, measure in measures.items() if _is_monotone(measure)}


def refusals(
    network: MultilayerNetwork,
    scenarios: Mapping[str, Scenario],
    measures: Mapping[str, object],
    whose: Mapping[str, str],
    *,
    modelled: Sequence[str],
) -> dict[tuple[str, str], str]:
    """Say for which scenario and measure there can be no p-value, and why."""
    layers = modelled_layers(network, check_names("modelled", modelled, network.layers))
    are = "is" if len(layers) == 1 else "are"
    reason = f"{', '.join(layers)} {are} modelled: a test would only repeat the model"
    return {
        (scenario, measure): reason if layers else "no placebo"
        for scenario in scenarios
        for measure in measures
        if layers or scenario not in whose
    }


def tautologies(
    scenarios: Mapping[str, Scenario],
    placebos: Mapping[str, PlaceboDraw],
    whose: Mapping[str, str],
    measures: Iterable[str],
    totals: Mapping[str, Floats],
    start: Floats,
) -> dict[tuple[str, str], str]:
    """Say which of the measures that new links move one way would be higher by construction.

    Parameters
    ----------
    measures : iterable of str
        Those that new links move one way only.
    totals : mapping of str to array
        Linked pairs and weight of the network in each replicate, of scenarios and placebos.
    start : array
        The same of the baseline.
    """
    found: dict[tuple[str, str], str] = {}
    for scenario, name in whose.items():
        against = placebos[name].make
        # The same policy at another place, or with other ends, has as many links to give.
        if isinstance(against, (MatchedPlacebo, RandomEnds)):
            same: object = against.scenario == scenarios[scenario]
            if same is True:
                continue
        reason = _adds_otherwise(totals[scenario] - start, totals[name] - start, start.max(axis=0))
        if reason:
            found |= {(scenario, measure): reason for measure in measures}
    return found


def _adds_otherwise(scenario: Floats, placebo: Floats, size: Floats) -> str:
    """Tell if hardly any placebo adds as many links, or as few, as the scenario on average does.

    Parameters
    ----------
    scenario, placebo : array
        Linked pairs and weight that each replicate adds to the baseline, net.
    size : array
        Those of the baseline, for the rounding of their sums.
    """
    margin = 1e-9 * size
    mine, theirs = scenario.mean(axis=0), placebo.mean(axis=0)
    for at, what in enumerate(("links", "weight")):
        least, most = mine[at] - margin[at], mine[at] + margin[at]
        word = ""
        if mine[at] > margin[at] and (placebo[:, at] >= least).mean() < _FEW:
            word = "more"
        elif theirs[at] > margin[at] and (placebo[:, at] <= most).mean() < _FEW:
            word = "less" if what == "weight" else "fewer"
        if word:
            return (
                f"the scenario adds {word} {what} than its placebo does (net {mine[at]:.3g} "
                f"against {theirs[at]:.3g} on average), and new links can move this measure one "
                "way only"
            )
    return ""


def _is_monotone(measure: object) -> bool:
    while isinstance(measure, partial):
        measure = measure.func
    if isinstance(measure, PairSums):
        return True
    ours = str(getattr(measure, "__module__", "")).startswith("netinnov.")
    return ours and getattr(measure, "__name__", "") in _MONOTONE
