"""Values of plans: the objective after all scenarios of a plan, the mean over placements."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from netinnov._runtime.arguments import examples
from netinnov._typing import Floats
from netinnov.centrality._counts import layer_factors, total_strength
from netinnov.connectivity._laplacian import conductances, pseudoinverse
from netinnov.network import MultilayerNetwork
from netinnov.planning._by_distance import ByDistance
from netinnov.planning._objectives import Judge
from netinnov.planning._placements import HeldPlans, Placed, Placement, stream
from netinnov.polycentricity import effective_number
from netinnov.scenarios import Scenario, apply_scenario


class ByResistance(HeldPlans):
    """Minus n tr(M), by Woodbury updates ``M - M_T C (1 + M_TT C)^-1 M_T'``."""

    rounding = 1e-9

    def __init__(self, network: MultilayerNetwork, placements: Sequence[Placement]) -> None:
        super().__init__(network, placements)
        self.kept = {(): pseudoinverse(conductances(network, "objective='resistance'"))}
        self.touched = [_reduced(placement, self.n) for placement in placements]

    def values(self, plan: tuple[int, ...], more: npt.NDArray[np.int64]) -> Floats:
        inverse = self._held(plan)
        total = inverse.trace()
        falls = np.array([self._change(inverse, at)[0] for at in more.tolist()])
        return np.asarray(-self.n * (total - falls))

    def _change(self, inverse: Floats, at: int) -> tuple[float, Floats, Floats]:
        nodes, added = self.touched[at]
        columns = inverse[:, nodes]
        inner = added @ np.linalg.inv(np.eye(nodes.size) + columns[nodes] @ added)
        return float(np.sum(inner * (columns.T @ columns).T)), columns, inner

    def _with_last(self, before: Floats, plan: tuple[int, ...]) -> Floats:
        _, columns, inner = self._change(before, plan[-1])
        return before - columns @ inner @ columns.T


def _reduced(placement: Placement, n: int) -> tuple[npt.NDArray[np.int64], Floats]:
    """The old nodes of a placement, and its Laplacian on them after Kron reduction."""
    both = np.concatenate([placement.source, placement.target]).astype(np.int64)
    nodes, ends = np.unique(both, return_inverse=True)
    source, target = np.split(ends, 2)
    added = np.zeros((nodes.size, nodes.size))
    np.add.at(added, (source, target), -placement.weight)
    np.add.at(added, (target, source), -placement.weight)
    added[np.diag_indices(nodes.size)] -= added.sum(axis=1)
    old = nodes < n
    if not old.all():
        between = added[np.ix_(old, ~old)]
        inner = np.linalg.pinv(added[np.ix_(~old, ~old)], hermitian=True)
        added = added[np.ix_(old, old)] - between @ inner @ between.T
    return nodes[old], added


class ByStrength(Placed):
    def __init__(
        self, network: MultilayerNetwork, placements: Sequence[Placement], order: float
    ) -> None:
        super().__init__(network, placements)
        self.order = order
        self.before, added = total_strength(network), []
        factor = dict(zip(network.layers, layer_factors(network), strict=True))
        for each in placements:
            weight = np.tile(each.weight * [factor[layer] for layer in each.layer], 2)
            ends = np.concatenate([each.source, each.target])
            added.append(np.bincount(ends, weight, self.n)[: self.n])
        self.added = np.array(added, np.float64).reshape(-1, self.n)

    def values(self, plan: tuple[int, ...], more: npt.NDArray[np.int64]) -> Floats:
        together = self.before + self.added[list(plan)].sum(axis=0)
        rows = together + self.added[more]
        return np.array([effective_number(row, order=self.order) for row in rows])


Plan: TypeAlias = tuple[int, ...]  # positions of candidates, ascending
HELD = 2**30  # bytes of all-pairs distances up to which values are updated from them
_PLANS = 64  # networks of plans that are cached


Replicate: TypeAlias = "ByDistance | ByResistance | ByStrength | _InTurn | _Together"


class PlanValues:
    def __init__(self, replicates: Sequence[Replicate], judge: Judge, names: Sequence[str]) -> None:
        self.replicates = replicates
        self.judge = judge
        self.names = names
        self.rounding = replicates[0].rounding
        self.evaluations = 0
        self._kept: dict[Plan, float] = {}

    def is_better(self, value: float, other: float) -> bool:
        return value > other + self.rounding * max(abs(value), abs(other))

    def value(self, plan: Sequence[int]) -> float:
        key = tuple(sorted(plan))
        if key not in self._kept:
            self.evaluations += 1
            called = describe([self.names[at] for at in key])
            values = [self.judge(each.network(key), called) for each in self.replicates]
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


def describe(names: Sequence[str]) -> str:
    return f"the plan {examples(names)}" if names else "the network without any candidate"


def plan_values(
    network: MultilayerNetwork,
    candidates: Mapping[str, Scenario],
    judge: Judge,
    placements: list[list[Placement]] | None,
    replicates: int,
    seed: np.random.SeedSequence,
) -> PlanValues:
    names = list(candidates)
    if placements is None:
        scenarios = list(candidates.values())
        turns = [_InTurn(network, scenarios, judge, names, seed, r) for r in range(replicates)]
        return PlanValues(turns, judge, names)
    held = 8 * network.n_nodes**2 <= HELD
    way: Callable[[Sequence[Placement]], Replicate]
    if held and judge.by_access is not None:
        way = partial(ByDistance, network, by_access=judge.by_access)
    elif held and judge.by_resistance:
        way = partial(ByResistance, network)
    elif held and judge.by_strength is not None and _in_layers(network, placements):
        way = partial(ByStrength, network, order=judge.by_strength)
    else:
        way = partial(_Together, network, judge=judge, names=names)
    return PlanValues([way(placed) for placed in placements], judge, names)


def _in_layers(network: MultilayerNetwork, placements: list[list[Placement]]) -> bool:
    return all({*each.layer} <= {*network.layers} for placed in placements for each in placed)


class _Measured(ABC):
    judge: Judge
    names: Sequence[str]

    @abstractmethod
    def network(self, plan: Plan) -> MultilayerNetwork:
        """The network after all scenarios of a plan."""

    def values(self, plan: Plan, more: npt.NDArray[np.int64]) -> Floats:
        larger = [tuple(sorted((*plan, at))) for at in more.tolist()]
        called = [describe([self.names[at] for at in each]) for each in larger]
        return np.array(list(map(self.judge, map(self.network, larger), called)))


@dataclass(eq=False)
class _InTurn(_Measured):
    start: MultilayerNetwork
    scenarios: Sequence[Scenario]
    judge: Judge
    names: Sequence[str]
    seed: np.random.SeedSequence
    replicate: int
    kept: dict[Plan, MultilayerNetwork] = field(default_factory=dict)
    rounding: float = 1e-12

    def network(self, plan: Plan) -> MultilayerNetwork:
        if not plan:
            return self.start
        if plan not in self.kept:
            if len(self.kept) >= _PLANS:
                self.kept.clear()
            rng = stream(self.seed, self.replicate, plan[-1])
            before = self.network(plan[:-1])
            try:
                changed = apply_scenario(before, self.scenarios[plan[-1]], rng=rng)
            except Exception as error:
                error.add_note(f"In {describe([self.names[at] for at in plan])}.")
                raise
            self.kept[plan] = changed
        return self.kept[plan]


class _Together(Placed, _Measured):
    def __init__(
        self,
        network: MultilayerNetwork,
        placements: Sequence[Placement],
        judge: Judge,
        names: Sequence[str],
    ) -> None:
        super().__init__(network, placements)
        self.judge, self.names = judge, names
