"""Values of plans: the objective after all scenarios of a plan, the mean over placements."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, pairwise
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._network.paths import PathCosts, distances, lengths_of_links, positions
from netinnov._runtime.arguments import check_callable, check_number, did_you_mean, examples, shown
from netinnov._runtime.threads import in_threads, workers, worth_threads
from netinnov._typing import Codes, Direction, Floats, Integers
from netinnov.centrality import harmonic_centrality
from netinnov.centrality._counts import layer_factors, total_strength
from netinnov.connectivity import global_efficiency
from netinnov.errors import InputError, note_on_error
from netinnov.experiments._compare_scenarios import on_nodes
from netinnov.experiments._effect_statistics import spawned
from netinnov.network import MultilayerNetwork
from netinnov.planning import _placements
from netinnov.planning._placements import Placement
from netinnov.polycentricity import effective_number, gini
from netinnov.scenarios import Combined, Scenario, apply_scenario

AccessName: TypeAlias = Literal["efficiency", "home_access", "worst_access", "equity"]
ObjectiveName = Literal[AccessName, "effective_number"]
Objective: TypeAlias = ObjectiveName | Callable[..., float | pd.Series]
Plan: TypeAlias = tuple[int, ...]  # positions of candidates, ascending
Reduce: TypeAlias = Callable[[Floats], Floats]

_KNOWN = {"efficiency", "home_access", "worst_access"}  # new links never lower these
_MEAN: Any = partial(np.mean, axis=1)
_OF_PATHS = {"distance", "frictions", "nodes"}  # keywords that allow scoring link by link
HELD = 2**30  # bytes of all-pairs distances up to which values are updated from them
_HELD = 2**28  # bytes of distances of plans that are held
_BLOCK = 2**22  # entries of a block of gains: 32 MiB
_PLANS = 64  # networks of plans that are cached
ROUNDING = 1e-12  # relative difference of values that are equal


@dataclass(frozen=True)
class ByAccess:
    """An objective of access; `reduce` maps plans x nodes to one number a plan."""

    nodes: npt.NDArray[np.int32]
    reduce: Reduce
    costs: PathCosts


@dataclass(frozen=True)
class Judge:
    name: str
    function: Callable[[MultilayerNetwork], float]
    never_lowered: bool = False
    by_access: ByAccess | None = None
    by_strength: bool = False  # the effective number of places

    def __call__(self, network: MultilayerNetwork, plan: str) -> float:
        value: Any = self.function(network)
        check_number(f"objective {self.name} of {plan}", value)
        return float(value)


def judge_of(
    objective: Objective, network: MultilayerNetwork, candidates: Mapping[str, Any]
) -> Judge:
    if isinstance(objective, str):
        allowed = get_args(ObjectiveName)
        if objective not in allowed:
            msg = f"`objective` must be one of {', '.join(map(repr, allowed))}, or a function"
            near = did_you_mean(objective, allowed)
            raise InputError(f"{msg} of a network; found {objective!r}{near}.")
        if objective == "effective_number":
            of_places = partial(effective_places, network.n_nodes)
            return Judge(repr(objective), of_places, by_strength=True)
        by_access = _access_objective(objective, network, candidates)
        return _access_judge(repr(objective), by_access, objective in _KNOWN)
    check_callable("objective", objective, "a name or a function of a network", made=True)
    if (ours := _by_paths(objective, network)) is not None:
        return ours
    name = getattr(objective, "__name__", shown(objective))
    return Judge(name, partial(_of_user, objective, network.storage.node_names))


def _access_objective(
    name: AccessName, network: MultilayerNetwork, candidates: Mapping[str, Any]
) -> ByAccess:
    # A node without a place is a place of its own.
    code = network.storage.place_codes.astype(np.int64)
    own = np.where(code >= 0, code, len(network.storage.places) + np.arange(code.size))
    place = np.unique(own, return_inverse=True)[1]
    homes = _at_homes(network, candidates) if name == "home_access" else np.zeros(0, np.intp)
    reductions: dict[str, Reduce] = {
        "efficiency": _MEAN,
        "home_access": lambda access: _by_place(access, place)[:, np.unique(place[homes])].mean(1),
        "worst_access": lambda access: _by_place(access, place).min(axis=1),
        # 1 where all are 0.
        "equity": lambda access: 1 - np.nan_to_num([gini(row) for row in _by_place(access, place)]),
    }
    return ByAccess(positions(network, None), reductions[name], PathCosts())


def _access_judge(name: str, by_access: ByAccess, never_lowered: bool) -> Judge:
    def measure(network: MultilayerNetwork) -> float:
        names = network.storage.node_names.take(by_access.nodes)
        access = harmonic_centrality(network, nodes=list(names), **by_access.costs._asdict())
        return float(by_access.reduce(access.to_numpy(np.float64)[None, by_access.nodes])[0])

    return Judge(name, measure, never_lowered, by_access)


def _by_place(access: Floats, place: npt.NDArray[np.intp]) -> Floats:
    return np.stack([np.bincount(place, row) / np.bincount(place) for row in access])


def _at_homes(network: MultilayerNetwork, candidates: Mapping[str, Any]) -> npt.NDArray[np.bool_]:
    homes = {name: _homes(scenario) for name, scenario in candidates.items()}
    if without := [name for name, own in homes.items() if not own]:
        raise InputError(
            f"objective='home_access' needs candidates with a `home`; {len(without)} have none: "
            f"{examples(without)}. Give a function of a network as `objective` instead."
        )
    return network.storage.inside([home for own in homes.values() for home in own])


def _homes(scenario: Any) -> list[str]:
    if isinstance(scenario, Combined):
        return [home for part in scenario.scenarios for home in _homes(part)]
    home = getattr(scenario, "home", None)
    return [home] if isinstance(home, str) else []


def with_options(measure: Any) -> tuple[Any, dict[str, Any]]:
    """A function and the keywords bound to it; a switch cost of 0 is none."""
    options: dict[str, Any] = {}
    while isinstance(measure, partial) and not measure.args:
        measure, options = measure.func, measure.keywords | options
    if not options.get("switch_cost"):
        options.pop("switch_cost", None)
    return measure, options


def _by_paths(objective: Any, network: MultilayerNetwork) -> Judge | None:
    function, options = with_options(objective)
    if function not in (global_efficiency, harmonic_centrality):
        return None
    if not options.keys() <= _OF_PATHS:
        bound = partial(_of_user, objective, network.storage.node_names)
        return Judge(function.__name__, bound, never_lowered=True)
    nodes = positions(network, options.pop("nodes", None))
    reduce = _MEAN if function is global_efficiency else partial(np.sum, axis=1)
    return _access_judge(function.__name__, ByAccess(nodes, reduce, PathCosts(**options)), True)


def _of_user(objective: Callable[..., Any], nodes: pd.Index, network: MultilayerNetwork) -> Any:
    value = on_nodes(objective, nodes.tolist())(network)
    series = isinstance(value, pd.Series)
    return value.reindex(nodes).sum(skipna=False) if series else value


def effective_places(n: int, network: MultilayerNetwork, direction: Direction = "total") -> float:
    return effective_number(total_strength(network, direction)[:n])


@dataclass
class Evaluator:
    """Values of plans in one set of placements, each measured on its network."""

    start: MultilayerNetwork
    placements: Sequence[Placement]
    judge: Judge
    names: Sequence[str]

    def __post_init__(self) -> None:
        self.n = self.start.n_nodes

    def network(self, plan: Plan) -> MultilayerNetwork:
        return _placements.with_placements(self.start, [self.placements[at] for at in plan])

    def value(self, plan: Plan) -> float:
        return self.judge(self.network(plan), self.describe(plan))

    def values(self, plan: Plan, more: Integers) -> Floats:
        return np.array([self.value(tuple(sorted((*plan, at)))) for at in more.tolist()])

    def describe(self, plan: Plan) -> str:
        if not plan:
            return "the network without any candidate"
        return f"the plan {examples([self.names[at] for at in plan])}"


class ByDistance(Evaluator):
    """Holds all-pairs distances: d(s, t) = min(d(s, t), d(s, i) + l + d(j, t))."""

    def __post_init__(self) -> None:
        super().__post_init__()
        placements = self.placements
        assert self.judge.by_access is not None
        self.by_access = by_access = self.judge.by_access
        self.first = np.cumsum([0, *(each.source.size for each in placements)])
        self.first_new = np.cumsum([self.n, *(each.n_nodes for each in placements)])
        self.n_new = np.diff(self.first_new).astype(np.int32)
        self._links()
        everyone = np.arange(self.n, dtype=np.int32)
        blocks = [block for _, block in distances(self.start, everyone, by_access.costs)]
        every = np.concatenate([np.empty((0, self.n)), *blocks])
        self.kept: dict[Plan, Floats] = {(): every}

    def _links(self) -> None:
        storage = self.start.storage
        n = self.n
        placements = self.placements
        records = _placements.records_with(self.start, placements)
        layers = sorted(records)
        links = _placements.links_of(placements, n, layers)
        self.weight = links.weight
        layer, self.source, self.target = (
            each.astype(np.int64) for each in (links.layer, links.source, links.target)
        )
        self.both_ways = ~np.array([records[name].directed for name in layers], bool)[layer]
        total = int(self.first_new[-1])
        key = (layer * total + self.source) * total + self.target
        _, at, self.slot = np.unique(key, return_index=True, return_inverse=True)
        source = self.source[at]
        target = self.target[at]
        layer = layer[at]
        self.before = np.zeros(at.size)
        self.friction = np.zeros(at.size)
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

    def values(self, plan: Plan, more: Integers) -> Floats:
        from netinnov.kernels.added_links import access_gains

        distance_between = self._held(plan)
        where = self._numbers_of_nodes(plan)
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

    def _of(self, candidates: Integers, size: int, where: Integers, plan: Plan) -> tuple[Any, ...]:
        first = self.first[candidates]
        count = self.first[candidates + 1] - first
        cuts = np.append(0, np.cumsum(count))
        rows = np.arange(cuts[-1]) - np.repeat(cuts[:-1] - first, count)
        own = np.repeat(self.first_new[candidates] - size, count)

        def numbered(ends: Integers) -> Codes:
            return np.where(where[ends] >= 0, where[ends], ends - own).astype(np.int32)

        slot = self.slot[rows]
        length = np.ones(rows.size)
        if self.by_access.costs.distance != "unit":
            before = _of_plan(self.first, plan)
            added = np.bincount(self.slot[before], self.weight[before], self.before.size)
            length /= self.before[slot] + added[slot] + self.weight[rows]
        source = numbered(self.source[rows])
        target = numbered(self.target[rows])
        ways = self.both_ways[rows]
        return cuts, self.n_new[candidates], source, target, length + self.friction[slot], ways

    def _numbers_of_nodes(self, plan: Plan) -> Integers:
        where = np.full(int(self.first_new[-1]), -1, np.int64)
        in_plan = np.append(np.arange(self.n), _of_plan(self.first_new, plan))
        where[in_plan] = np.arange(in_plan.size)
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


def _of_plan(first: Integers, plan: Plan) -> Integers:
    parts = [np.arange(first[at], first[at + 1]) for at in plan]
    return np.concatenate([np.empty(0, np.int64), *parts])


class ByStrength(Evaluator):
    """Effective numbers from strengths, which placements add to."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.before = total_strength(self.start)
        added = []
        factor = dict(zip(self.start.layers, layer_factors(self.start), strict=True))
        for each in self.placements:
            weight = np.tile(each.weight * [factor[layer] for layer in each.layer], 2)
            added.append(np.bincount(np.append(each.source, each.target), weight, self.n)[: self.n])
        self.added = np.array(added, np.float64).reshape(-1, self.n)

    def values(self, plan: Plan, more: Integers) -> Floats:
        rows = self.before + self.added[list(plan)].sum(axis=0) + self.added[more]
        return np.array([effective_number(row) for row in rows])


@dataclass
class InTurn(Evaluator):
    """Applies the scenarios of a plan one after the other, as some take links away."""

    scenarios: Sequence[Scenario]
    seed: np.random.SeedSequence
    replicate: int
    kept: dict[Plan, MultilayerNetwork] = field(default_factory=dict)

    def network(self, plan: Plan) -> MultilayerNetwork:
        if not plan:
            return self.start
        if plan not in self.kept:
            if len(self.kept) >= _PLANS:
                self.kept.clear()
            rng = np.random.default_rng(spawned(self.seed, self.replicate, plan[-1]))
            before = self.network(plan[:-1])
            with note_on_error(f"In {self.describe(plan)}."):
                after = apply_scenario(before, self.scenarios[plan[-1]], rng=rng)
            if not after.storage.node_names[: self.n].equals(self.start.storage.node_names):
                raise InputError(
                    f"{self.describe(plan)} must keep the nodes of the network, and their order; "
                    "drop links instead."
                )
            self.kept[plan] = after
        return self.kept[plan]

    def value(self, plan: Plan) -> float:
        """NaN if its scenarios can be carried out one by one, but not together."""
        try:
            network = self.network(plan)
        except InputError:
            if len(plan) < 2:
                raise
            return math.nan
        return self.judge(network, self.describe(plan))


class PlanValues:
    """Means over replicates; plans are asked for in any order of their candidates."""

    def __init__(self, replicates: Sequence[Evaluator]) -> None:
        self.replicates = replicates
        self.evaluations = 0
        self._kept: dict[Plan, float] = {}

    def is_better(self, value: float, other: float) -> bool:
        """NaN, of a plan that cannot be carried out, is worse than any number."""
        if math.isnan(other):
            return not math.isnan(value)
        return value > other + ROUNDING * max(abs(value), abs(other))

    def first_best(self, values: Floats) -> int:
        most = np.fmax.reduce(values)
        size = np.fmax.reduce(np.abs(values))
        return int(np.argmax(values >= most - ROUNDING * size))

    def value(self, plan: Sequence[int]) -> float:
        key = tuple(sorted(plan))
        if key not in self._kept:
            self.evaluations += 1
            values = [each.value(key) for each in self.replicates]
            self._kept[key] = math.fsum(values) / len(values)
        return self._kept[key]

    def scored(self, plan: Sequence[int]) -> float:
        return float(self.values(plan[:-1], plan[-1:])[0]) if len(plan) else self.value(plan)

    def values(self, plan: Sequence[int], more: Sequence[int]) -> Floats:
        if not len(more):
            return np.empty(0)
        key = tuple(sorted(plan))
        asked = np.asarray(more, np.int64)
        self.evaluations += asked.size
        return np.asarray(np.mean([each.values(key, asked) for each in self.replicates], axis=0))


def plan_values(
    network: MultilayerNetwork,
    candidates: Mapping[str, Scenario],
    judge: Judge,
    replicates: int,
    seed: np.random.SeedSequence,
) -> PlanValues:
    names = list(candidates)
    placements = _placements.all_placements(network, candidates, replicates, seed)
    if placements is None:
        options = network, (), judge, names, list(candidates.values()), seed
        return PlanValues([InTurn(*options, replicate) for replicate in range(replicates)])
    kind = Evaluator
    layers = {*network.layers}
    if judge.by_access is not None and 8 * network.n_nodes**2 <= HELD:
        kind = ByDistance
    elif judge.by_strength and all(layers.issuperset(each.layer) for each in chain(*placements)):
        kind = ByStrength
    return PlanValues([kind(network, placed, judge, names) for placed in placements])
