"""The least-cost set of links and enclaves after which a region has the centres that it wants."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import scipy

from netinnov._runtime.display import Tabled
from netinnov._typing import Confidence, Count, Direction, Floats, Positive, PositiveShare, Rng
from netinnov.centrality._counts import total_strength
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.planning._plan_values import Judge, PlanValues, effective_places, plan_values
from netinnov.planning._searches import Limit, chosen_by, one_by_one
from netinnov.planning._site_enclaves import check_candidates, costs_of, seed_of
from netinnov.polycentricity import detect_centres
from netinnov.polycentricity._centre_rules import CentreRule
from netinnov.polycentricity._resampled_flows import interval, resampled, without_events
from netinnov.scenarios import Prices, Scenario

MOST_CANDIDATES = 12  # candidates up to which all sets are tried


@dataclass(frozen=True, slots=True)
class EffectiveNumber:
    """A target: at least so many effective centres.

    Parameters
    ----------
    at_least : float
        Effective number of places (of order 1) by strength after `flatten`, above 0.
    direction : {"total", "in", "out"}
        What strength counts in directed layers.
    """

    at_least: Positive
    direction: Direction = "total"


@dataclass(frozen=True, slots=True)
class CentreSupport:
    """A target: a place is a centre in at least this share of resampled flows.

    Parameters
    ----------
    place : str
        A node of the network.
    at_least : float
        Share of resamples, above 0 and at most 1.
    rule : {"outliers", "head_tail", "core", "dominant_flow"}
        What makes a place a centre, see `polycentricity.detect_centres`.
    """

    place: str
    at_least: PositiveShare = 0.8
    rule: CentreRule = "outliers"


@dataclass(frozen=True)
class _Measure:
    target: EffectiveNumber | CentreSupport
    n: int
    resamples: int
    seed: np.random.SeedSequence

    def __call__(self, network: MultilayerNetwork) -> float:
        if isinstance(self.target, EffectiveNumber):
            return effective_places(self.n, network, self.target.direction)
        if unknown := without_events(network):
            raise InputError(
                f"a support needs the number of events behind the flows, but {unknown.why()}; "
                "give a `unit` that is counted in the layer table."
            )
        options: Any = {
            "rule": self.target.rule,
            "resamples": self.resamples,
            "rng": self._fresh(),
            "executor": 1,
            "progress": False,
        }
        return float(detect_centres(network, **options)["support"][self.target.place])

    def interval(
        self, network: MultilayerNetwork, value: float, confidence: float
    ) -> tuple[float, float]:
        if isinstance(self.target, CentreSupport):
            test = scipy.stats.binomtest(round(value * self.resamples), self.resamples)
            around = test.proportion_ci(confidence, method="wilson")
            return float(around.low), float(around.high)
        if without_events(network):
            return math.nan, math.nan
        rng = self._fresh()
        drawn = [self(resampled(network, rng)) for _ in range(self.resamples)]
        possible = min(1.0, value), float(self.n)
        low, high, _ = interval(value, np.array(drawn), possible, confidence=confidence)
        return low, high

    def _fresh(self) -> np.random.Generator:
        key = np.random.SeedSequence(self.seed.entropy, spawn_key=(2**32 - 2,))
        return np.random.default_rng(key)


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class CentrePlan(Tabled):
    """What to build so that a target holds, and what that changes.

    Attributes
    ----------
    target : EffectiveNumber or CentreSupport
        What was asked for.
    sites : tuple of str
        Names of the chosen candidates, by step; of a target out of reach those that come nearest.
    cost : float
        Their total cost.
    reached : bool
        Whether the target holds with them.
    value, baseline : float
        What the target measures, with them and without any.
    steps : DataFrame
        A first row without any candidate, then one for each: ``name``, ``value``, ``low`` to
        ``high`` over resampled flows (NaN if the number of events is unknown) and ``cost``.
    exact : bool
        Whether no cheaper set will do: all sets were tried.
    places : DataFrame
        Index node; ``strength_before``, ``strength_after`` and their ``change``, all layers as one.
    """

    _main = "steps"

    target: EffectiveNumber | CentreSupport
    sites: tuple[str, ...]
    cost: float
    reached: bool
    value: float
    baseline: float
    steps: pd.DataFrame = field(repr=False)
    exact: bool
    places: pd.DataFrame = field(repr=False)


def plan_centres(
    network: MultilayerNetwork,
    *,
    target: EffectiveNumber | CentreSupport,
    candidates: Mapping[str, Scenario],
    prices: Prices | None = None,
    replicates: Count = 1,
    resamples: Count = 100,
    confidence: Confidence = 0.95,
    rng: Rng = None,
) -> CentrePlan:
    """Find the least-cost set of links and enclaves after which a target holds.

    Parameters
    ----------
    network : MultilayerNetwork
        Places and the flows between them.
    target : EffectiveNumber or CentreSupport
        What has to hold.
    candidates : mapping of str to scenario
        What can be built, by name, as in `site_enclaves`; with `prices` each needs a cost.
    prices : Prices, optional
        As in `site_enclaves`. None: each candidate costs 1, so that as few as possible are built.
    replicates, resamples : int
        Random placements of each candidate, over which the target is averaged; bootstrap resamples
        of the flows, for the target `CentreSupport` (known events only) and for intervals.
    confidence : float
        Of the intervals of the steps, above 0 and below 1.
    rng : None, int, SeedSequence or Generator
        Source of placements and resamples.

    Returns
    -------
    CentrePlan

    Raises
    ------
    InputError
        A place that is not a node, candidates without a cost, or a support of unknown events.

    Notes
    -----
    Up to 12 candidates all sets are tried, the cheapest first, so that the plan is exact. Beyond,
    candidates are added by gain for their cost, dropped where not needed, and exchanged for cheaper
    ones while the target holds. Intervals are those of `polycentricity.profile`, or Wilson's.

    References
    ----------
    Hill (1973), Diversity and evenness, Ecology 54.

    Examples
    --------
    >>> links = pd.DataFrame({"source": list("aaa"), "target": list("bcd"), "weight": [6, 1, 1]})
    >>> network = ni.build_network(links)
    >>> links = {x + y: ni.scenarios.NewLinks([(x, y)], weight=5) for x, y in ["cd", "ab"]}
    >>> plan = plan_centres(network, target=EffectiveNumber(3.5), candidates=links)
    >>> plan.sites, plan.reached
    (('cd',), True)
    """
    names = check_candidates(candidates)
    costs = np.ones(len(names)) if prices is None else costs_of(network, candidates, prices)
    seed = seed_of(rng)
    measure = _Measure(target, network.n_nodes, resamples, seed)
    if isinstance(target, CentreSupport):
        network.storage.positions("target.place", [target.place])
    direction = target.direction if isinstance(target, EffectiveNumber) else "total"
    by_strength = isinstance(target, EffectiveNumber) and direction == "total"
    judge = Judge(type(target).__name__, measure, by_strength=by_strength)
    values = plan_values(network, candidates, judge, replicates, seed)
    exact = len(names) <= MOST_CANDIDATES
    plan = (all_sets if exact else searched_set)(values, costs, target.at_least)
    rows = []
    for size in range(len(plan) + 1):
        part = plan[:size]
        value = values.value(part)
        after = values.replicates[0].network(tuple(sorted(part)))
        name = names[part[-1]] if part else None
        cost = math.fsum(costs[part])
        rows.append((name, value, *measure.interval(after, value, confidence), cost))
    old = total_strength(network, direction)
    new = total_strength(after, direction)[: network.n_nodes]
    strengths = {"strength_before": old, "strength_after": new, "change": new - old}
    steps = pd.DataFrame(rows, columns=["name", "value", "low", "high", "cost"])
    return CentrePlan(
        target=target,
        sites=tuple(names[at] for at in plan),
        cost=math.fsum(costs[plan]),
        reached=holds(values, plan, target.at_least),
        value=values.value(plan),
        baseline=values.value([]),
        steps=steps.astype({"name": "str"}),
        exact=exact,
        places=pd.DataFrame(strengths, network.nodes.index),
    )


def holds(values: PlanValues, plan: Sequence[int], at_least: float) -> bool:
    return not values.is_better(at_least, values.scored(plan))


def all_sets(values: PlanValues, costs: Floats, at_least: float) -> list[int]:
    n = costs.size
    plans = [plan for size in range(n + 1) for plan in combinations(range(n), size)]
    plans.sort(key=lambda plan: (math.fsum(costs[list(plan)]), len(plan)))
    best: tuple[int, ...] = ()
    most = values.value(best)
    for plan in plans:
        value = values.scored(plan)
        if not values.is_better(at_least, value):
            return list(plan)
        if values.is_better(value, most):
            best = plan
            most = value
    return list(best)


def searched_set(values: PlanValues, costs: Floats, at_least: float) -> list[int]:
    plan = chosen_by(one_by_one(values, Limit(costs), by_cost=True, enough=at_least))
    if not holds(values, plan, at_least):
        return plan
    for at in sorted(plan, key=lambda each: -costs[each]):
        fewer = [each for each in plan if each != at]
        if holds(values, fewer, at_least):
            plan = fewer
    while (cheaper := _exchanged(values, costs, at_least, plan)) is not None:
        plan = cheaper
    return plan


def _exchanged(
    values: PlanValues, costs: Floats, at_least: float, plan: list[int]
) -> list[int] | None:
    for leaving in sorted(plan, key=lambda each: -costs[each]):
        rest = [each for each in plan if each != leaving]
        for at in np.argsort(costs, kind="stable").tolist():
            cheaper = at not in plan and costs[at] < costs[leaving]
            if cheaper and holds(values, [*rest, at], at_least):
                return [*rest, at]
    return None
