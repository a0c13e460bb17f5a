"""Values of plans: the objective after all scenarios of a plan, the mean over placements."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from netinnov._network.paths import PathCosts, distances, lengths_of_links
from netinnov._runtime.parallel import in_threads, workers, worth_threads
from netinnov._typing import Codes, Floats
from netinnov.centrality._counts import layer_factors, total_strength
from netinnov.network import MultilayerNetwork
from netinnov.planning._objectives import Judge
from netinnov.planning._placements import Evaluator, Placement, Plan, links_of, records_with, stream
from netinnov.polycentricity import effective_number
from netinnov.scenarios import Scenario, apply_scenario

Positions = npt.NDArray[np.int64]

HELD = 2**30  # bytes of all-pairs distances up to which values are updated from them
_HELD = 2**28  # bytes of distances of plans that are held
_BLOCK = 2**22  # entries of a block of gains: 32 MiB
_PLANS = 64  # networks of plans that are cached
ROUNDING = 1e-12  # relative difference of values that are equal


class ByDistance(Evaluator):
    """Holds all-pairs distances: d(s, t) = min(d(s, t), d(s, i) + l + d(j, t))."""

    def __post_init__(self) -> None:
        super().__post_init__()
        placements = self.placements
        assert self.judge.by_access is not None
        self.by_access = by_access = self.judge.by_access
        n_new = np.array([placement.n_nodes for placement in placements], np.int64)
        self.n_new = n_new.astype(np.int32)
        self.first_new = self.n + np.append(0, np.cumsum(n_new))
        sizes = np.array([placement.source.size for placement in placements], np.int64)
        self.first = np.append(0, np.cumsum(sizes))
        self._links()
        everyone = np.arange(self.n, dtype=np.int32)
        blocks = [block for _, block in distances(self.start, everyone, by_access.costs)]
        every = np.concatenate([np.empty((0, self.n)), *blocks])
        self.kept: dict[Plan, Floats] = {(): every}

    def _links(self) -> None:
        storage, n, placements = self.start.storage, self.n, self.placements
        records = records_with(self.start, placements)
        layers = sorted(records)
        links = links_of(placements, n, layers)
        self.weight = links.weight
        layer, self.source, self.target = (
            each.astype(np.int64) for each in (links.layer, links.source, links.target)
        )
        self.both_ways = ~np.array([records[name].directed for name in layers], bool)[layer]
        total = int(self.first_new[-1])
        key = (layer * total + self.source) * total + self.target
        _, at, self.slot = np.unique(key, return_index=True, return_inverse=True)
        source, target, layer = self.source[at], self.target[at], layer[at]
        self.before, self.friction = np.zeros(at.size), np.zeros(at.size)
        for name in storage.layers:
            mine = (layer == layers.index(name)) & (source < n) & (target < n)
            if mine.any():
                weights = self.start.adjacency(name)[source[mine], target[mine]]
                self.before[mine] = np.asarray(weights).ravel()
        if self.by_access.costs.frictions:
            every = self.network(tuple(range(len(placements))))
            costs = PathCosts("unit", 0.0, self.by_access.costs.frictions)
            ends = source.astype(np.int32), target.astype(np.int32)
            lengths = lengths_of_links(every, *ends, np.ones(at.size), costs, ~self.both_ways[at])
            self.friction = lengths - 1.0

    def values(self, plan: Plan, more: Positions) -> Floats:
        from netinnov.kernels.added_links import access_gains

        distance_between, where = self._held(plan), self._numbers_of_nodes(plan)
        nodes = self.by_access.nodes
        chosen = np.zeros(len(distance_between), bool)
        chosen[nodes] = True
        with np.errstate(divide="ignore"):
            inverse = 1.0 / distance_between[np.ix_(nodes, nodes)]
        np.fill_diagonal(inverse, 0.0)
        now = inverse.sum(axis=1)
        steps = more.size * self.n**2
        shared = min(more.size, 4 * workers(None)) if worth_threads(steps) else 1
        pieces = max(-(-more.size * len(distance_between) // _BLOCK), shared)
        cuts = np.linspace(0, more.size, pieces + 1).astype(int)

        def reduced(*links: Any) -> Floats:
            gains = access_gains(distance_between, chosen, *links)[:, nodes]
            return self.by_access.reduce((now + gains) / (now.size - 1))

        links = [self._of(more[i:j], len(distance_between), where, plan) for i, j in pairwise(cuts)]
        return np.concatenate(in_threads([partial(reduced, *each) for each in links], size=steps))

    def _of(
        self, candidates: Positions, size: int, where: Positions, plan: Plan
    ) -> tuple[Any, ...]:
        first = self.first[candidates]
        count = self.first[candidates + 1] - first
        cuts = np.append(0, np.cumsum(count))
        rows = np.arange(cuts[-1]) - np.repeat(cuts[:-1] - first, count)
        own = np.repeat(self.first_new[candidates] - size, count)

        def numbered(ends: Positions) -> Codes:
            return np.where(where[ends] >= 0, where[ends], ends - own).astype(np.int32)

        slot, length = self.slot[rows], np.ones(rows.size)
        if self.by_access.costs.distance != "unit":
            before = _of_plan(self.first, plan)
            added = np.bincount(self.slot[before], self.weight[before], self.before.size)
            length /= self.before[slot] + added[slot] + self.weight[rows]
        source, target = numbered(self.source[rows]), numbered(self.target[rows])
        ways = self.both_ways[rows]
        return cuts, self.n_new[candidates], source, target, length + self.friction[slot], ways

    def _numbers_of_nodes(self, plan: Plan) -> Positions:
        """Number of each node in the distances of a plan; -1 if it is absent."""
        where = np.full(int(self.first_new[-1]), -1, np.int64)
        where[: self.n] = np.arange(self.n)
        own = _of_plan(self.first_new, plan)
        where[own] = self.n + np.arange(own.size)
        return where

    def _held(self, plan: Plan) -> Floats:
        if plan not in self.kept:
            if len(self.kept) * 8 * self.n**2 >= _HELD:
                self.kept = {(): self.kept[()]}
            self.kept[plan] = self._with_last(self._held(plan[:-1]), plan)
        return self.kept[plan]

    def _with_last(self, before: Floats, plan: Plan) -> Floats:
        from netinnov.kernels.added_links import distances_with_links

        size = len(before) + int(self.n_new[plan[-1]])
        distance_between = np.full((size, size), np.inf)
        distance_between[: len(before), : len(before)] = before
        np.fill_diagonal(distance_between, 0.0)
        last = np.array(plan[-1:], np.int64)
        links = self._of(last, len(before), self._numbers_of_nodes(plan[:-1]), plan[:-1])
        return np.asarray(distances_with_links(distance_between, *links[2:]))


def _of_plan(first: Positions, plan: Plan) -> Positions:
    parts = [np.arange(first[at], first[at + 1]) for at in plan]
    return np.concatenate([np.empty(0, np.int64), *parts])


class ByStrength(Evaluator):
    """Effective numbers from strengths, which placements add to."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.before, added = total_strength(self.start), []
        factor = dict(zip(self.start.layers, layer_factors(self.start), strict=True))
        for each in self.placements:
            weight = np.tile(each.weight * [factor[layer] for layer in each.layer], 2)
            added.append(np.bincount(np.append(each.source, each.target), weight, self.n)[: self.n])
        self.added = np.array(added, np.float64).reshape(-1, self.n)

    def values(self, plan: Plan, more: Positions) -> Floats:
        rows = self.before + self.added[list(plan)].sum(axis=0) + self.added[more]
        return np.array([effective_number(row) for row in rows])


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
    elif judge.by_strength and _in_layers(network, placements):
        kind = ByStrength
    return PlanValues([kind(network, placed, judge, list(candidates)) for placed in placements])


def _in_layers(network: MultilayerNetwork, placements: list[list[Placement]]) -> bool:
    return all({*each.layer} <= {*network.layers} for placed in placements for each in placed)
