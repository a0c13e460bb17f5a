"""A plan of enclaves: what is chosen, how good it is, and what each candidate gains."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd

from netinnov._runtime.display import Tabled
from netinnov.planning._plan_values import PlanValues
from netinnov.planning._searches import Limit, Step, bound_after


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class SitingPlan(Tabled):
    """The enclaves that a plan builds, and how good it is.

    Attributes
    ----------
    sites : tuple of str
        Names of the chosen candidates; of greedy plans in the order of choice.
    value, baseline : float
        The objective after all of them, and without any.
    bound : float
        No plan within the limit has a larger value; NaN where nothing is known.
    gap : float
        ``(bound - value) / (bound - baseline)``: 0 is the best possible.
    placebo : Series
        Values of plans drawn at random within the same limit.
    placebo_share : float
        Share of these at least as good as the plan; NaN without any.
    steps : DataFrame
        A row a choice: ``name``, ``value`` with it, ``gain``, ``evaluations`` (plans valued so
        far) and ``leaves`` (the candidate that a swap takes out).
    cost : float
        Total cost; NaN without prices.
    candidates : DataFrame
        What `to_frame` gives.
    """

    _main = "candidates"

    sites: tuple[str, ...]
    value: float
    baseline: float
    bound: float
    gap: float
    placebo: pd.Series = field(repr=False)
    placebo_share: float
    steps: pd.DataFrame = field(repr=False)
    cost: float
    candidates: pd.DataFrame = field(repr=False)


class Siting(NamedTuple):
    names: list[str]
    values: PlanValues
    limit: Limit
    monotone: bool
    submodular: bool


def siting_plan(
    siting: Siting,
    steps: Sequence[Step],
    plan: list[int],
    placebos: int,
    seed: np.random.SeedSequence,
    *,
    exact: bool,
) -> SitingPlan:
    names, values, limit, monotone, submodular = siting
    value, baseline = values.value(plan), values.value([])
    bound, gap = value, 0.0
    if not exact:
        bound = bound_after(values, limit, plan, monotone=monotone, submodular=submodular)
        bound = bound if math.isnan(bound) else max(bound, value)
    if math.isnan(bound) or values.is_better(bound, value):
        gap = (bound - value) / (bound - baseline)
    # Of a stream that no candidate has.
    rng = np.random.default_rng(np.random.SeedSequence(seed.entropy, spawn_key=(2**32 - 1,)))
    drawn = [values.scored(limit.drawn(rng)) for _ in range(placebos)]
    as_good = [not values.is_better(value, each) for each in drawn]
    return SitingPlan(
        sites=tuple(names[at] for at in plan),
        value=value,
        baseline=baseline,
        bound=bound,
        gap=gap,
        placebo=pd.Series(drawn, name="placebo", dtype=np.float64),
        placebo_share=float(np.mean(as_good)) if drawn else math.nan,
        steps=_table_of_steps(names, steps, baseline),
        cost=limit.cost(plan) if limit.priced else math.nan,
        candidates=_table_of_candidates(siting, plan, baseline, value),
    )


def _table_of_steps(names: Sequence[str], steps: Sequence[Step], baseline: float) -> pd.DataFrame:
    leaving = [None if step.leaves is None else names[step.leaves] for step in steps]
    columns = {
        "name": pd.array([names[step.candidate] for step in steps], dtype="str"),
        "value": np.array([step.value for step in steps], np.float64),
        "gain": np.diff([baseline, *(step.value for step in steps)]),
        "evaluations": np.array([step.evaluations for step in steps], np.int64),
        "leaves": pd.array(leaving, dtype="str"),
    }
    return pd.DataFrame(columns)


def _table_of_candidates(
    siting: Siting, plan: list[int], baseline: float, value: float
) -> pd.DataFrame:
    values, n = siting.values, len(siting.names)
    outside = [at for at in range(n) if at not in plan]
    in_plan = np.empty(n)
    in_plan[outside] = values.values(plan, outside) - value
    for at in plan:
        in_plan[at] = value - values.scored([each for each in plan if each != at])
    order = pd.array([plan.index(at) + 1 if at in plan else pd.NA for at in range(n)], "Int64")
    columns = {
        "chosen": [at in plan for at in range(n)],
        "order": order,
        "gain_alone": values.values([], range(n)) - baseline,
        "gain_in_plan": in_plan,
        "cost": siting.limit.costs if siting.limit.priced else math.nan,
    }
    return pd.DataFrame(columns, index=pd.Index(siting.names, dtype="str", name="candidate"))
