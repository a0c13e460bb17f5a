"""Plans for two objectives: which cannot be better in one without being worse in the other."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, groupby

import numpy as np
import pandas as pd

from netinnov._runtime.arguments import as_whole, check_mapping
from netinnov._runtime.display import Tabled
from netinnov._typing import Floats, Rng
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.planning._objectives import Objective, judge_of
from netinnov.planning._plan_values import PlanValues, plan_values
from netinnov.planning._searches import Limit, chosen_by, exchange, greedy
from netinnov.planning._site_enclaves import placed, seed_of
from netinnov.scenarios import Prices, Scenario

MOST_PLANS = 20_000  # plans up to which all are valued


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class ParetoPlans(Tabled):
    """Plans that are best for some weight of two objectives, or between such plans.

    Attributes
    ----------
    plans : DataFrame
        A row a plan, by rising second objective: ``sites``, both objectives, ``cost`` (or NaN).
    baseline : Series
        Both objectives without any candidate.
    exact : bool
        Whether all plans were valued, so that none is missing.
    """

    _main = "plans"

    plans: pd.DataFrame
    baseline: pd.Series
    exact: bool


class _Weighted(PlanValues):
    def __init__(self, parts: Sequence[PlanValues], weights: Sequence[float]) -> None:
        self.parts, self.weights = parts, weights
        self.rounding = max(part.rounding for part in parts)

    @property
    def evaluations(self) -> int:  # type: ignore[override]
        return sum(part.evaluations for part in self.parts)

    def value(self, plan: Sequence[int]) -> float:
        return float(np.dot(self.weights, [part.value(plan) for part in self.parts]))

    def values(self, plan: Sequence[int], more: Sequence[int]) -> Floats:
        return np.asarray(np.dot(self.weights, [part.values(plan, more) for part in self.parts]))


def pareto_plans(
    network: MultilayerNetwork,
    *,
    candidates: Mapping[str, Scenario],
    k: int | None = None,
    budget: float | None = None,
    prices: Prices | None = None,
    objectives: Mapping[str, Objective],
    weights: int = 11,
    replicates: int = 1,
    rng: Rng = None,
) -> ParetoPlans:
    """Find the plans that no other plan beats in both of two objectives (the Pareto front).

    Up to 20,000 plans all are valued (``exact``). Beyond, plans are searched by exchange for
    weighted sums of both objectives, each in units of its rise by its own best plan; such searches
    miss what is not on the convex part of the front.

    Parameters
    ----------
    network, candidates, k, budget, prices
        As in `site_enclaves`.
    objectives : mapping of str to objective
        Two objectives by a name of your choice, each as in `site_enclaves`, larger being better.
    weights : int
        How many weights are tried where not all plans can be valued, 2 or more.
    replicates, rng
        As in `site_enclaves`, with the same placements for both objectives.

    Returns
    -------
    ParetoPlans

    Raises
    ------
    InputError
        Not two objectives, and as in `site_enclaves`.

    References
    ----------
    Ehrgott (2005), Multicriteria Optimization.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> links = pd.DataFrame({"source": list("abcd"), "target": list("bcde")})
    >>> network = ni.build_network(pd.DataFrame(index=list("abcde")), links)
    >>> links = {a + b: ni.scenarios.NewLinks([(a, b)]) for a, b in ["ac", "bd", "ae"]}
    >>> both = {"efficiency": "efficiency", "equity": "equity"}
    >>> pareto_plans(network, candidates=links, k=1, objectives=both).plans["sites"].tolist()
    [('ae',)]
    """
    check_mapping("objectives", objectives, "from a name to an objective", filled=True)
    if len(objectives) != 2:
        raise InputError(f"`objectives` must name two objectives; found {len(objectives)}.")
    if taken := [name for name in ("sites", "cost") if name in objectives]:
        raise InputError(f"objectives cannot be called as other columns of the plans: {taken}.")
    weights = as_whole("weights", weights, low=2)
    seed = seed_of(rng)
    replicates = as_whole("replicates", replicates, low=1)
    names, limit, placements = placed(network, candidates, k, budget, prices, replicates, seed)
    judges = [judge_of(objective, network, candidates) for objective in objectives.values()]
    parts = [plan_values(network, candidates, j, placements, replicates, seed) for j in judges]
    n = limit.costs.size
    exact = (math.comb(n, limit.k) if limit.k is not None else 2**n) <= MOST_PLANS
    sizes = [limit.k] if limit.k is not None else range(n + 1)
    every = chain.from_iterable(combinations(range(n), size) for size in sizes if exact)
    plans = list(filter(limit.allows, every)) or _weighted_plans(parts, limit, weights)
    values = np.column_stack([_scored(part, plans) for part in parts])
    front = _front(values, [part.rounding for part in parts])
    table = pd.DataFrame({"sites": [tuple(names[at] for at in plans[row]) for row in front]})
    for column, name in enumerate(objectives):
        table[name] = values[front, column]
    table["cost"] = [limit.cost(plans[row]) if limit.priced else math.nan for row in front]
    baseline = pd.Series([part.value([]) for part in parts], list(objectives), name="baseline")
    return ParetoPlans(table, baseline, exact)


def _scored(part: PlanValues, plans: Sequence[tuple[int, ...]]) -> Floats:
    values: list[Floats] = []
    for (size, begun), group in groupby(plans, lambda plan: (len(plan), plan[:-1])):
        last = [at for plan in group for at in plan[-1:]]
        values.append(part.values(begun, last) if size else np.array([part.value([])]))
    return np.concatenate(values)


def _weighted_plans(
    parts: Sequence[PlanValues], limit: Limit, weights: int
) -> list[tuple[int, ...]]:
    plans = [_searched(part, limit) for part in parts]
    rises = [part.value(plan) - part.value([]) for part, plan in zip(parts, plans, strict=True)]
    first, second = (abs(rise) or 1.0 for rise in rises)
    shares = np.linspace(0, 1, weights)[1:-1].tolist()
    sums = [_Weighted(parts, [share / first, (1 - share) / second]) for share in shares]
    return list(dict.fromkeys([*plans, *(_searched(each, limit) for each in sums)]))


def _searched(values: PlanValues, limit: Limit) -> tuple[int, ...]:
    steps = exchange(values, limit, greedy(values, limit, lazy=False))
    return tuple(sorted(chosen_by(steps)))


def _front(values: Floats, rounding: Sequence[float]) -> list[int]:
    """Undominated rows by falling first value; the first of equal rows."""
    tolerance = [each * np.abs(values[:, at]).max() for at, each in enumerate(rounding)]
    order = np.lexsort((np.arange(len(values)), -values[:, 1], -values[:, 0]))
    front: list[int] = []
    for row in order.tolist():
        if not front or values[row, 1] > values[front[-1], 1] + tolerance[1]:
            # A first value that is larger by rounding only is no reason to stay.
            if front and values[front[-1], 0] <= values[row, 0] + tolerance[0]:
                front.pop()
            front.append(row)
    return front
