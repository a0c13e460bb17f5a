"""Values of plans: the objective after all scenarios of a plan, the mean over placements."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from netinnov._typing import Floats
from netinnov.centrality._counts import layer_factors, total_strength
from netinnov.network import MultilayerNetwork
from netinnov.planning._by_distance import ByDistance
from netinnov.planning._objectives import Judge
from netinnov.planning._placements import Evaluator, Placement, Plan, stream
from netinnov.polycentricity import effective_number
from netinnov.scenarios import Scenario, apply_scenario

HELD = 2**30  # bytes of all-pairs distances up to which values are updated from them
_PLANS = 64  # networks of plans that are cached
ROUNDING = 1e-12  # relative difference of values that are equal


class ByStrength(Evaluator):
    """Effective numbers from strengths, which placements add to."""

    def __init__(
        self,
        network: MultilayerNetwork,
        placements: Sequence[Placement],
        judge: Judge,
        names: Sequence[str],
    ) -> None:
        super().__init__(network, placements, judge, names)
        self.before, added = total_strength(network), []
        factor = dict(zip(network.layers, layer_factors(network), strict=True))
        for each in placements:
            weight = np.tile(each.weight * [factor[layer] for layer in each.layer], 2)
            ends = np.concatenate([each.source, each.target])
            added.append(np.bincount(ends, weight, self.n)[: self.n])
        self.added = np.array(added, np.float64).reshape(-1, self.n)

    def values(self, plan: Plan, more: npt.NDArray[np.int64]) -> Floats:
        rows = self.before + self.added[list(plan)].sum(axis=0) + self.added[more]
        order = self.judge.by_strength or 0.0
        return np.array([effective_number(row, order=order) for row in rows])


class InTurn(Evaluator):
    """Applies the scenarios of a plan one after the other, as some take links away."""

    def __init__(
        self,
        network: MultilayerNetwork,
        scenarios: Mapping[str, Scenario],
        judge: Judge,
        seed: np.random.SeedSequence,
        replicate: int,
    ) -> None:
        super().__init__(network, (), judge, list(scenarios))
        self.scenarios, self.seed, self.replicate = list(scenarios.values()), seed, replicate
        self.kept: dict[Plan, MultilayerNetwork] = {}

    def network(self, plan: Plan) -> MultilayerNetwork:
        if not plan:
            return self.start
        if plan not in self.kept:
            if len(self.kept) >= _PLANS:
                self.kept.clear()
            rng = stream(self.seed, self.replicate, plan[-1])
            before = self.network(plan[:-1])
            try:
                self.kept[plan] = apply_scenario(before, self.scenarios[plan[-1]], rng=rng)
            except Exception as error:
                error.add_note(f"In {self.describe(plan)}.")
                raise
        return self.kept[plan]


class PlanValues:
    """Means over replicates; plans are asked for in any order of their candidates."""

    def __init__(self, replicates: Sequence[Evaluator]) -> None:
        self.replicates = replicates
        self.evaluations = 0
        self._kept: dict[Plan, float] = {}

    def is_better(self, value: float, other: float) -> bool:
        return value > other + ROUNDING * max(abs(value), abs(other))

    def first_best(self, values: Floats) -> int:
        return int(np.argmax(values >= values.max() - ROUNDING * np.abs(values).max()))

    def value(self, plan: Sequence[int]) -> float:
        key = tuple(sorted(plan))
        if key not in self._kept:
            self.evaluations += 1
            values = [each.value(key) for each in self.replicates]
            self._kept[key] = math.fsum(values) / len(values)
        return self._kept[key]

    def scored(self, plan: Sequence[int]) -> float:
        if len(plan) == 0:
            return self.value(plan)
        return float(self.values(plan[:-1], plan[-1:])[0])

    def values(self, plan: Sequence[int], more: Sequence[int]) -> Floats:
        if not len(more):
            return np.empty(0)
        key, asked = tuple(sorted(plan)), np.asarray(more, np.int64)
        self.evaluations += asked.size
        return np.asarray(np.mean([each.values(key, asked) for each in self.replicates], axis=0))


def plan_values(
    network: MultilayerNetwork,
    candidates: Mapping[str, Scenario],
    judge: Judge,
    placements: list[list[Placement]] | None,
    replicates: int,
    seed: np.random.SeedSequence,
) -> PlanValues:
    if placements is None:
        return PlanValues([InTurn(network, candidates, judge, seed, r) for r in range(replicates)])
    kind = Evaluator
    if judge.by_access is not None and 8 * network.n_nodes**2 <= HELD:
        kind = ByDistance
    elif judge.by_strength is not None and _in_layers(network, placements):
        kind = ByStrength
    return PlanValues([kind(network, placed, judge, list(candidates)) for placed in placements])


def _in_layers(network: MultilayerNetwork, placements: list[list[Placement]]) -> bool:
    return all({*each.layer} <= {*network.layers} for placed in placements for each in placed)
