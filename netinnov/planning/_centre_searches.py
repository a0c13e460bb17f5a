"""Searches for the least-cost set of candidates after which a target holds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations

import numpy as np

from netinnov._typing import Floats
from netinnov.planning._plan_values import PlanValues


def holds(values: PlanValues, plan: Sequence[int], at_least: float) -> bool:
    """Whether the target holds with a plan."""
    return not values.is_better(at_least, values.scored(plan))


def all_sets(values: PlanValues, costs: Floats, at_least: float) -> list[int]:
    """All sets, the cheapest first, until one will do; else the one with the largest value."""
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
            best, most = plan, value
    return list(best)


def searched_set(values: PlanValues, costs: Floats, at_least: float) -> list[int]:
    """By gain for the cost, then without what is not needed, then with cheaper exchanges."""
    plan: list[int] = []
    outside = list(range(costs.size))
    while outside and not holds(values, plan, at_least):
        now = values.value(plan)
        gains = np.minimum(values.values(plan, outside), at_least) - now
        if not values.is_better(now + float(gains.max()), now):
            break
        worth = np.where(costs[outside] > 0, gains / np.maximum(costs[outside], 1e-300), np.inf)
        worth = np.where(gains > 0, worth, -np.inf)
        plan.append(outside.pop(int(np.argmax(worth))))
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
    """The plan with one candidate in place of a dearer one, if the target still holds."""
    for leaving in sorted(plan, key=lambda each: -costs[each]):
        rest = [each for each in plan if each != leaving]
        cheaper = [
            at
            for at in np.argsort(costs, kind="stable").tolist()
            if at not in plan and costs[at] < costs[leaving]
        ]
        for at in cheaper:
            if holds(values, [*rest, at], at_least):
                return [*rest, at]
    return None
