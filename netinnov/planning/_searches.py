"""Searches for the best plan: greedy, exchange, exact; and bounds on the best value."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, combinations, groupby
from typing import Literal, NamedTuple

import numpy as np

from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.planning._plan_values import PlanValues

Method = Literal["greedy", "exchange", "exact"]

MOST_SETS = 200_000  # plans that the exact method values at most


@dataclass(frozen=True)
class Limit:
    costs: Floats
    k: int | None = None
    budget: float = math.inf
    priced: bool = True

    def affordable(self, plan: Sequence[int]) -> list[int]:
        if self.k is not None and len(plan) >= self.k:
            return []
        left = self.budget * (1 + 1e-12) - self.cost(plan)
        return [at for at in range(self.costs.size) if at not in plan and self.costs[at] <= left]

    def allows(self, plan: Sequence[int]) -> bool:
        within = self.k is None or len(plan) <= self.k
        return within and self.cost(plan) <= self.budget * (1 + 1e-12)

    def cost(self, plan: Sequence[int]) -> float:
        return math.fsum(self.costs[list(plan)])

    def drawn(self, rng: np.random.Generator) -> list[int]:
        plan: list[int] = []
        for at in rng.permutation(self.costs.size).tolist()[: self.k]:
            if self.allows([*plan, at]):
                plan.append(at)
        return plan


class Step(NamedTuple):
    candidate: int
    value: float
    evaluations: int
    leaves: int | None = None


def chosen_by(steps: Sequence[Step]) -> list[int]:
    plan: list[int] = []
    for step in steps:
        plan = [at for at in plan if at != step.leaves] + [step.candidate]
    return plan


def searched(values: PlanValues, limit: Limit, method: Method, *, monotone: bool) -> list[Step]:
    if method == "exact" and not monotone:
        plans = all_plans(limit, "method='exact'", _MEND)
        steps = _in_order(values, plans[values.first_best(valued(values, plans))])
    else:
        steps = _greedy(values, limit)
        if method != "greedy":
            steps = _exchange(values, limit, steps)
        if method == "exact":
            steps = _in_order(values, _branch_and_bound(values, limit, chosen_by(steps)))
    if steps and math.isnan(steps[-1].value):
        raise InputError(
            "no plan was found whose scenarios can be carried out together, as each takes links "
            "away. Choose smaller ones, a smaller `k`, or method='exact'."
        )
    return steps


def _in_order(values: PlanValues, plan: Sequence[int]) -> list[Step]:
    reached = [values.value(plan[: at + 1]) for at in range(len(plan))]
    return [Step(at, value, values.evaluations) for at, value in zip(plan, reached, strict=True)]


def _greedy(values: PlanValues, limit: Limit) -> list[Step]:
    """With a budget the better of gain and gain per cost (Khuller, Moss and Naor 1999)."""
    by_gain = one_by_one(values, limit, by_cost=False)
    if limit.k is not None:
        return by_gain
    by_cost = one_by_one(values, limit, by_cost=True)
    better = by_cost and values.is_better(by_cost[-1].value, by_gain[-1].value)
    return by_cost if better else by_gain


def one_by_one(
    values: PlanValues, limit: Limit, *, by_cost: bool, enough: float = math.inf
) -> list[Step]:
    """Each the best addition; a value above ``enough`` counts no more than that."""
    plan: list[int] = []
    steps: list[Step] = []
    now = values.value([])
    while now < enough and (options := limit.affordable(plan)):
        with_each = np.minimum(values.values(plan, options), enough)
        best = values.first_best(with_each)
        if by_cost:
            better = [values.is_better(each, now) for each in with_each]
            scores = per_cost(np.where(better, with_each - now, 0.0), limit.costs[options])
            tolerance = 1e-9 * abs(scores.max())
            best = int(np.argmax(scores >= scores.max() - np.nan_to_num(tolerance, posinf=0.0)))
        at = options[best]
        value = float(with_each[best])
        if limit.k is None and not values.is_better(value, now):
            break  # money is not spent on what gains nothing
        plan.append(at)
        now = value
        steps.append(Step(at, value, values.evaluations))
    return steps


def per_cost(gains: Floats, costs: Floats) -> Floats:
    free = np.where(gains > 0, np.inf, np.where(gains < 0, -np.inf, 0.0))
    return np.where(costs > 0, gains / np.where(costs > 0, costs, 1.0), free)


def _exchange(values: PlanValues, limit: Limit, steps: Sequence[Step]) -> list[Step]:
    done = list(steps)
    plan = chosen_by(steps)
    now = steps[-1].value if steps else values.value([])
    while True:
        best: tuple[float, list[int], int] | None = None
        for leaving in [*plan, None]:
            if leaving is None and (best is not None or limit.k is not None):
                break
            rest = [at for at in plan if at != leaving]
            options = [at for at in limit.affordable(rest) if at != leaving]
            with_each = values.values(rest, options)
            for at, value in zip(options, with_each.tolist(), strict=True):
                if values.is_better(value, now if best is None else best[0]):
                    best = value, rest, at
        if best is None:
            return done
        now, rest, at = best
        leaves = next((each for each in plan if each not in rest), None)
        plan = [*rest, at]
        done.append(Step(at, now, values.evaluations, leaves))


_TOO_MANY = f"{{}} values at most {MOST_SETS:,} plans; here there are {{:,}} or more. {{}}."
_MEND = (
    "Take fewer candidates, a smaller `k`, method='exchange' (its `bound` says how far from the "
    "best it can be), or monotone=True if more candidates never lower the objective"
)


def all_plans(limit: Limit, search: str, mend: str) -> list[tuple[int, ...]]:
    n = limit.costs.size
    number = math.comb(n, limit.k) if limit.k is not None else 2**n
    if number > MOST_SETS:
        raise InputError(_TOO_MANY.format(search, number, mend))
    sizes = [limit.k] if limit.k is not None else range(n + 1)
    plans = chain.from_iterable(combinations(range(n), size) for size in sizes)
    return list(filter(limit.allows, plans))


def valued(values: PlanValues, plans: Sequence[tuple[int, ...]]) -> Floats:
    """Values of plans in the order of `all_plans`; those that begin alike are valued together."""
    parts: list[Floats] = []
    for (size, begun), group in groupby(plans, lambda plan: (len(plan), plan[:-1])):
        last = [at for plan in group for at in plan[-1:]]
        parts.append(values.values(begun, last) if size else np.array([values.value([])]))
    return np.concatenate(parts)


def _branch_and_bound(values: PlanValues, limit: Limit, start: Sequence[int]) -> list[int]:
    """Best plan of a monotone objective, bounded by f(plan + all still allowed)."""
    best: list[int] | None = None
    k = limit.k
    most = values.value(start)
    first_evaluation = values.evaluations

    def offer(plan: list[int], value: float) -> None:
        nonlocal best, most
        first_as_good = best is None and not values.is_better(most, value)
        if first_as_good or values.is_better(value, most):
            best = plan
            most = max(value, most)

    def search(plan: list[int], begin: int) -> None:
        options = [at for at in limit.affordable(plan) if at >= begin]
        if k is not None and len(plan) == k - 1:
            for at, value in zip(options, values.values(plan, options).tolist(), strict=True):
                offer([*plan, at], value)
            return
        for at in options:
            later = [each for each in options if each >= at]
            if k is not None and len(plan) + len(later) < k:
                return
            ceiling = values.value([*plan, *later])
            hopeless = best is not None and not values.is_better(ceiling, most)
            if not math.isnan(ceiling) and (hopeless or values.is_better(most, ceiling)):
                return  # what comes later is allowed less
            if values.evaluations - first_evaluation > MOST_SETS:
                raise InputError(_TOO_MANY.format("method='exact'", MOST_SETS, _MEND))
            larger = [*plan, at]
            if k is None:
                offer(larger, values.value(larger))
            search(larger, at + 1)

    if k is None:
        offer([], values.value([]))
    search([], 0)
    return list(start) if best is None else best


def bound_after(
    values: PlanValues, limit: Limit, plan: Sequence[int], *, monotone: bool, submodular: bool
) -> float:
    """Upper bound on the value of every plan within the limit; NaN where none is known."""
    n = limit.costs.size
    bounds = [values.value(range(n))] if monotone else []
    if submodular:
        # f(best) <= f(best and plan) needs a monotone f; from the empty plan it does not.
        base = list(plan) if monotone else []
        outside = [at for at in range(n) if at not in base]
        gains = np.maximum(values.values(base, outside) - values.value(base), 0.0)
        bounds.append(values.value(base) + _largest_gain(gains, limit.costs[outside], limit))
    return min(bounds, default=math.nan)


def _largest_gain(gains: Floats, costs: Floats, limit: Limit) -> float:
    """Fractional-knapsack bound on the sum of gains."""
    if limit.k is not None:
        return math.fsum(np.sort(gains)[::-1][: limit.k])
    total = 0.0
    left = limit.budget
    for at in np.argsort(-per_cost(gains, costs), kind="stable"):
        if costs[at] > left:
            return float(total + gains[at] * left / costs[at])
        total = total + float(gains[at])
        left = left - float(costs[at])
    return total
