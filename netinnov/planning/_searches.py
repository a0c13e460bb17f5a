"""Searches for the best plan: greedy, exchange, exact; and bounds on the best value."""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.planning._plan_values import PlanValues

MOST_SETS = 200_000
"""Plans that the exact method values at most."""


@dataclass(frozen=True)
class Limit:
    """How many candidates a plan takes, or what it may cost; one of both."""

    costs: Floats
    k: int | None = None
    budget: float = math.inf
    priced: bool = True

    def affordable(self, plan: Sequence[int]) -> list[int]:
        """The candidates that the plan can take besides, in order."""
        if self.k is not None and len(plan) >= self.k:
            return []
        left = self._money_left(plan)
        return [at for at in range(self.costs.size) if at not in plan and self.costs[at] <= left]

    def allows(self, plan: Sequence[int]) -> bool:
        """Whether the plan is within the limit."""
        within = self.k is None or len(plan) <= self.k
        return within and self.cost(plan) <= self.budget * (1 + 1e-12)

    def cost(self, plan: Sequence[int]) -> float:
        """Total cost."""
        return math.fsum(self.costs[list(plan)])

    def drawn(self, rng: np.random.Generator) -> list[int]:
        """A plan at random: k candidates, or one after the other while the budget pays for it."""
        order: list[int] = rng.permutation(self.costs.size).tolist()
        if self.k is not None:
            return order[: self.k]
        plan: list[int] = []
        for at in order:
            if self.allows([*plan, at]):
                plan.append(at)
        return plan

    def _money_left(self, plan: Sequence[int]) -> float:
        return self.budget * (1 + 1e-12) - self.cost(plan)


class Step(NamedTuple):
    """One choice: the candidate, the value with it, how many plans were valued so far, and what
    leaves the plan for it."""

    candidate: int
    value: float
    evaluations: int
    leaves: int | None = None


def chosen_by(steps: Sequence[Step]) -> list[int]:
    """The plan after all steps, in order of choice."""
    plan: list[int] = []
    for step in steps:
        plan = [at for at in plan if at != step.leaves] + [step.candidate]
    return plan


def first_best(scores: Floats, tolerance: float) -> int:
    """The first of the largest scores."""
    return int(np.argmax(scores >= scores.max() - tolerance))


def greedy(values: PlanValues, limit: Limit, *, lazy: bool) -> list[Step]:
    """One candidate after the other, each the best addition.

    With a budget the better of two: by gain, and by gain per cost (Khuller, Moss and Naor 1999).
    """
    by_gain = _greedy(values, limit, lazy=lazy, per_cost=False)
    if limit.k is not None:
        return by_gain
    per_cost = _greedy(values, limit, lazy=lazy, per_cost=True)
    return (
        per_cost if values.is_better(_last(per_cost, values), _last(by_gain, values)) else by_gain
    )


def _last(steps: Sequence[Step], values: PlanValues) -> float:
    return steps[-1].value if steps else values.value([])


def _greedy(values: PlanValues, limit: Limit, *, lazy: bool, per_cost: bool) -> list[Step]:
    plan: list[int] = []
    steps: list[Step] = []
    now = values.value([])
    stale: dict[int, float] = {}
    while options := limit.affordable(plan):
        worth = limit.costs if per_cost else np.ones(limit.costs.size)
        if lazy and stale:
            at, value = _lazy_choice(values, plan, options, now, worth, stale)
        else:
            with_each = values.values(plan, options)
            stale = dict(zip(options, with_each - now, strict=True))
            scores = _scores(with_each - now, worth[options])
            rounding = values.rounding * max(abs(now), float(np.abs(with_each).max()))
            tolerance = 1e-9 * abs(scores.max()) if per_cost else rounding
            best = first_best(scores, tolerance if math.isfinite(tolerance) else 0.0)
            at, value = options[best], float(with_each[best])
        if limit.k is None and not values.is_better(value, now):
            break  # money is not spent on what gains nothing
        plan.append(at)
        now = value
        stale.pop(at, None)
        steps.append(Step(at, value, values.evaluations))
    return steps


def _scores(gains: Floats, worth: Floats) -> Floats:
    """Gain per cost; what is free and gains comes first."""
    free = np.where(gains > 0, np.inf, np.where(gains < 0, -np.inf, 0.0))
    return np.where(worth > 0, gains / np.where(worth > 0, worth, 1.0), free)


def _lazy_choice(
    values: PlanValues,
    plan: Sequence[int],
    options: Sequence[int],
    now: float,
    worth: Floats,
    stale: dict[int, float],
) -> tuple[int, float]:
    """The best addition where gains never grow: old gains are upper bounds (Minoux 1978)."""
    scores = _scores(np.array([stale[at] for at in options]), worth[options])
    queue = [(-float(score), at, False) for score, at in zip(scores, options, strict=True)]
    heapq.heapify(queue)
    fresh: dict[int, float] = {}
    while True:
        _, at, is_fresh = heapq.heappop(queue)
        if is_fresh:
            return at, fresh[at]
        fresh[at] = float(values.values(plan, [at])[0])
        stale[at] = fresh[at] - now
        score = float(_scores(np.array([stale[at]]), worth[[at]])[0])
        heapq.heappush(queue, (-score, at, True))


def exchange(values: PlanValues, limit: Limit, steps: Sequence[Step]) -> list[Step]:
    """Swap one for one, the best swap each time, until none improves the plan."""
    done = list(steps)
    plan = [step.candidate for step in steps]
    now = _last(steps, values)
    while True:
        best: tuple[float, list[int], int] | None = None
        for leaving in plan:
            rest = [at for at in plan if at != leaving]
            options = [at for at in limit.affordable(rest) if at != leaving]
            with_each = values.values(rest, options)
            for at, value in zip(options, with_each.tolist(), strict=True):
                if values.is_better(value, now if best is None else best[0]):
                    best = value, rest, at
        if best is None and limit.k is None and (options := limit.affordable(plan)):
            with_each = values.values(plan, options)
            at = first_best(with_each, values.rounding * abs(with_each).max())
            if values.is_better(float(with_each[at]), now):
                best = float(with_each[at]), plan, options[at]
        if best is None:
            return done
        left = [at for at in plan if at not in best[1]]
        now, plan = best[0], [*best[1], best[2]]
        done.append(Step(best[2], now, values.evaluations, left[0] if left else None))


def branch_and_bound(values: PlanValues, limit: Limit, start: Sequence[int]) -> list[int]:
    """The best plan where the objective is monotone; of equal ones the first by candidates."""
    return _BranchAndBound(values, limit, start).best()


def enumerated(values: PlanValues, limit: Limit) -> list[int]:
    """The best of all plans; of equal ones the first by candidates, small ones before large."""
    n = limit.costs.size
    number = math.comb(n, limit.k) if limit.k is not None else 2**n
    if number > MOST_SETS:
        raise _too_many(number)
    best: list[int] = []
    value = -math.inf
    for rest, options in _by_last(limit, n):
        with_each = values.values(rest, options) if options else np.empty(0)
        for at, each in zip(options, with_each.tolist(), strict=True):
            if value == -math.inf or values.is_better(each, value):
                best, value = [*rest, at], each
    if limit.k is None and not values.is_better(value, values.value([])):
        return []
    return best


def _by_last(limit: Limit, n: int) -> Iterator[tuple[tuple[int, ...], list[int]]]:
    """All plans within the limit, those that differ in the last candidate together."""
    sizes = [limit.k - 1] if limit.k is not None else range(n)
    for size in sizes:
        for rest in itertools.combinations(range(n), size):
            if limit.allows(rest):
                begin = rest[-1] + 1 if rest else 0
                options = [at for at in range(begin, n) if limit.allows([*rest, at])]
                if options:
                    yield rest, options


def _too_many(number: int) -> InputError:
    return InputError(
        f"method='exact' values at most {MOST_SETS:,} plans; here there are {number:,} or more. "
        "Take fewer candidates, a smaller `k`, method='exchange' (its `bound` says how far from "
        "the best it can be), or monotone=True if more candidates never lower the objective."
    )


class _BranchAndBound:
    """Depth first in the order of candidates; f(plan + all still allowed) bounds a branch."""

    def __init__(self, values: PlanValues, limit: Limit, start: Sequence[int]) -> None:
        self.values, self.limit = values, limit
        self.plan: list[int] | None = None
        self.value = values.value(start)
        self.start = list(start)
        self.first_evaluation = values.evaluations

    def best(self) -> list[int]:
        """Search all branches that can hold a better plan."""
        if self.limit.k is None:
            self._offer([], self.values.value([]))
        self._search([], 0)
        return self.start if self.plan is None else self.plan

    def _offer(self, plan: list[int], value: float) -> None:
        first_as_good = self.plan is None and not self.values.is_better(self.value, value)
        if first_as_good or self.values.is_better(value, self.value):
            self.plan, self.value = plan, max(value, self.value)

    def _search(self, plan: list[int], begin: int) -> None:
        k = self.limit.k
        options = [at for at in self.limit.affordable(plan) if at >= begin]
        if k is not None and len(plan) == k - 1:
            if options:
                for at, value in zip(options, self.values.values(plan, options), strict=True):
                    self._offer([*plan, at], float(value))
            return
        for at in options:
            later = [each for each in options if each >= at]
            if k is not None and len(plan) + len(later) < k:
                return
            ceiling = self.values.value([*plan, *later])
            if self.values.is_better(self.value, ceiling) or (
                self.plan is not None and not self.values.is_better(ceiling, self.value)
            ):
                return  # what comes later is allowed less
            if self.values.evaluations - self.first_evaluation > MOST_SETS:
                raise _too_many(MOST_SETS)
            larger = [*plan, at]
            if k is None:
                self._offer(larger, self.values.value(larger))
            self._search(larger, at + 1)


def bound_after(
    values: PlanValues, limit: Limit, plan: Sequence[int], *, monotone: bool, submodular: bool
) -> float:
    """An upper bound on the value of every plan within the limit; NaN where none is known."""
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
    """The largest sum of gains within the limit, the last candidate in part."""
    if limit.k is not None:
        return math.fsum(np.sort(gains)[::-1][: limit.k])
    total, left = 0.0, limit.budget
    for at in np.argsort(-_scores(gains, costs), kind="stable"):
        if costs[at] > left:
            return float(total + gains[at] * left / costs[at])
        total, left = total + float(gains[at]), left - float(costs[at])
    return total
