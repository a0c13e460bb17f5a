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
from netinnov.planning._plan_values import ROUNDING, PlanValues, plan_values
from netinnov.planning._searches import refuse_many
from netinnov.planning._site_enclaves import placed, seed_of
from netinnov.scenarios import Prices, Scenario


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class ParetoPlans(Tabled):
    """Plans that no other plan beats in both of two objectives.

    Attributes
    ----------
    plans : DataFrame
        A row a plan, by rising second objective: ``sites``, both objectives, ``cost`` (or NaN).
    baseline : Series
        Both objectives without any candidate.
    """

    _main = "plans"

    plans: pd.DataFrame
    baseline: pd.Series


def pareto_plans(
    network: MultilayerNetwork,
    *,
    candidates: Mapping[str, Scenario],
    k: int | None = None,
    budget: float | None = None,
    prices: Prices | None = None,
    objectives: Mapping[str, Objective],
    replicates: int = 1,
    rng: Rng = None,
) -> ParetoPlans:
    """Find the plans that no other plan beats in both of two objectives (the Pareto front).

    All plans within the limit are valued, at most 200,000.

    Parameters
    ----------
    network, candidates, k, budget, prices
        As in `site_enclaves`.
    objectives : mapping of str to objective
        Two objectives by a name of your choice, each as in `site_enclaves`, larger being better.
    replicates, rng
        As in `site_enclaves`, with the same placements for both objectives.

    Returns
    -------
    ParetoPlans

    Raises
    ------
    InputError
        Not two objectives, too many plans, and as in `site_enclaves`.

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
    seed = seed_of(rng)
    replicates = as_whole("replicates", replicates, low=1)
    names, limit, placements = placed(network, candidates, k, budget, prices, replicates, seed)
    judges = [judge_of(objective, network, candidates) for objective in objectives.values()]
    parts = [plan_values(network, candidates, j, placements, replicates, seed) for j in judges]
    n = limit.costs.size
    refuse_many(limit, "pareto_plans()", "Take fewer candidates or a smaller `k`")
    sizes = [limit.k] if limit.k is not None else range(n + 1)
    every = chain.from_iterable(combinations(range(n), size) for size in sizes)
    plans = list(filter(limit.allows, every))
    values = np.column_stack([_scored(part, plans) for part in parts])
    front = _front(values)
    table = pd.DataFrame({"sites": [tuple(names[at] for at in plans[row]) for row in front]})
    for column, name in enumerate(objectives):
        table[name] = values[front, column]
    table["cost"] = [limit.cost(plans[row]) if limit.priced else math.nan for row in front]
    baseline = pd.Series([part.value([]) for part in parts], list(objectives), name="baseline")
    return ParetoPlans(table, baseline)


def _scored(part: PlanValues, plans: Sequence[tuple[int, ...]]) -> Floats:
    values: list[Floats] = []
    for (size, begun), group in groupby(plans, lambda plan: (len(plan), plan[:-1])):
        last = [at for plan in group for at in plan[-1:]]
        values.append(part.values(begun, last) if size else np.array([part.value([])]))
    return np.concatenate(values)


def _front(values: Floats) -> list[int]:
    """Undominated rows by falling first value; the first of equal rows."""
    tolerance = ROUNDING * np.abs(values).max(axis=0)
    order = np.lexsort((np.arange(len(values)), -values[:, 1], -values[:, 0]))
    front: list[int] = []
    for row in order.tolist():
        if not front or values[row, 1] > values[front[-1], 1] + tolerance[1]:
            # A first value that is larger by rounding only is no reason to stay.
            if front and values[front[-1], 0] <= values[row, 0] + tolerance[0]:
                front.pop()
            front.append(row)
    return front
