"""Which of many possible enclaves to build: plans with a bound and a comparison with chance."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd

from netinnov._runtime.arguments import check_mapping, check_rng, examples
from netinnov._runtime.display import Tabled
from netinnov._typing import Amount, Count, Rng, Whole
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.planning._plan_values import InTurn, Objective, PlanValues, judge_of, plan_values
from netinnov.planning._searches import Limit, Method, Step, bound_after, chosen_by, searched
from netinnov.scenarios import Prices, Scenario
from netinnov.scenarios._prices import check_prices, check_scenario, cost_of


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


def site_enclaves(
    network: MultilayerNetwork,
    *,
    candidates: Mapping[str, Scenario],
    k: Count | None = None,
    budget: Amount | None = None,
    prices: Prices | None = None,
    objective: Objective,
    method: Method = "greedy",
    monotone: bool | None = None,
    submodular: bool | None = None,
    placebos: Whole = 0,
    replicates: Count = 1,
    rng: Rng = None,
) -> SitingPlan:
    """Choose the enclaves, or other scenarios, that raise an objective most together.

    Parameters
    ----------
    network : MultilayerNetwork
        The network before any of them; it is not changed.
    candidates : mapping of str to scenario
        What can be built, by name: any scenario, or a function of a network and a Generator; with
        `prices` it needs a method ``cost(prices, network)``.
    k : int, optional
        How many are built, exactly. Give `k` or `budget`.
    budget : float, optional
        What they may cost together, at `prices`.
    prices : Prices, optional
        Of a park, a local link and a unit of distance of a pipeline; needed with `budget`.
    objective : str or function
        What is raised; larger is better. A function of a network that returns a number, or a
        Series over nodes, which is summed; with a keyword ``nodes`` it gets the nodes of the
        baseline. By name: ``"efficiency"`` (`global_efficiency`), ``"home_access"`` (mean access
        of the homes of the candidates), ``"worst_access"`` (least access of any place),
        ``"equity"`` (1 - Gini index of access), ``"effective_number"`` (of places, order 1, by
        strength after `flatten`). Access is the mean harmonic centrality of the nodes of a place.
    method : {"greedy", "exchange", "exact"}
        One after the other, each the best addition; the same, then swaps until none improves the
        plan; the best of all, by branch and bound if monotone, else of at most 200,000 plans.
    monotone : bool, optional
        Whether more candidates never lower the objective. None: known of efficiency and access
        (but ``"equity"``) where all candidates only add links; else not assumed.
    submodular : bool, optional
        Whether what a candidate gains never grows when others are there. None: not assumed.
    placebos : int
        Plans drawn at random with the same `k` or `budget`, to compare with; 0 for none.
    replicates : int
        Random placements of each candidate, over which the objective is averaged.
    rng : None, int, SeedSequence or Generator
        Source of placements and of placebo plans.

    Returns
    -------
    SitingPlan

    Raises
    ------
    InputError
        No plan is within the limit, too many are, or the objective is not a finite number.

    Notes
    -----
    Candidates that only add nodes and links are each placed in `network`, with a generator of its
    own, and what they add is put together; if one takes links away, all are applied in their order,
    and a plan that cannot be carried out, as home has too few links for it, is left out.

    *Budget.* The greedy search is run by gain and by gain per cost, and the better plan counts; it
    ends when no candidate gains anything. *Bound.* The least of the value of the exact method, of
    all candidates (monotone), of the plan plus the largest gains that are left (submodular).

    References
    ----------
    Nemhauser, Wolsey and Fisher (1978), Mathematical Programming 14. Khuller, Moss and Naor (1999),
    Information Processing Letters 70.

    Examples
    --------
    >>> network = ni.build_network(pd.DataFrame({"source": list("abcd"), "target": list("bcde")}))
    >>> links = {a + b: ni.scenarios.NewLinks([(a, b)]) for a, b in ["ac", "ad", "ae"]}
    >>> plan = site_enclaves(network, candidates=links, k=1, objective="efficiency")
    >>> plan.sites, round(plan.value - plan.baseline, 3)
    (('ae',), 0.108)
    """
    seed = seed_of(rng)
    limits = k, budget, prices
    siting = prepared(network, candidates, *limits, objective, replicates, seed, monotone)
    names, values, limit, monotone = siting
    steps = searched(values, limit, method, monotone=monotone)
    plan = chosen_by(steps)
    value = values.value(plan)
    baseline = values.value([])
    bound = value
    gap = 0.0
    if method != "exact":
        bound = bound_after(values, limit, plan, monotone=monotone, submodular=bool(submodular))
        bound = bound if math.isnan(bound) else max(bound, value)
    if math.isnan(bound) or values.is_better(bound, value):
        gap = (bound - value) / (bound - baseline)
    # Of a stream that no candidate has.
    chance = np.random.default_rng(np.random.SeedSequence(seed.entropy, spawn_key=(2**32 - 1,)))
    drawn = [values.scored(limit.drawn(chance)) for _ in range(placebos)]
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


def prepared(
    network: MultilayerNetwork,
    candidates: Mapping[str, Scenario],
    k: int | None,
    budget: float | None,
    prices: Prices | None,
    objective: Objective,
    replicates: int,
    seed: np.random.SeedSequence,
    monotone: bool | None = None,
) -> Siting:
    names = check_candidates(candidates)
    limit = limit_of_plans(network, candidates, k, budget, prices)
    judge = judge_of(objective, network, candidates)
    values = plan_values(network, candidates, judge, replicates, seed)
    if monotone is None:
        monotone = judge.never_lowered and not isinstance(values.replicates[0], InTurn)
    return Siting(names, values, limit, monotone)


def seed_of(rng: Rng) -> np.random.SeedSequence:
    """One seed for all placements: the same `rng` places the same links, whatever the method."""
    return np.random.SeedSequence(check_rng(rng).integers(2**63, size=4).tolist())


def check_candidates(candidates: Mapping[str, Scenario]) -> list[str]:
    check_mapping("candidates", candidates, "from a name to a scenario", filled=True)
    for name, scenario in candidates.items():
        check_scenario(f"candidates[{name!r}]", scenario)
    return [str(name) for name in candidates]


def limit_of_plans(
    network: MultilayerNetwork,
    candidates: Mapping[str, Scenario],
    k: int | None,
    budget: float | None,
    prices: Prices | None,
) -> Limit:
    if (k is None) == (budget is None):
        n_given = "neither" if k is None else "both"
        raise InputError(f"give `k` (how many) or `budget` (at `prices`); found {n_given}.")
    n = len(candidates)
    if k is not None and k > n:
        raise InputError(f"`k` must be at most the number of candidates, {n}; found {k}.")
    if prices is None and k is None:
        raise InputError("`budget` needs `prices`: Prices(park=..., link=..., pipeline=...).")
    costs = np.zeros(n) if prices is None else costs_of(network, candidates, prices)
    if budget is None:
        return Limit(costs, k, priced=prices is not None)
    if costs.min() > budget * (1 + 1e-12):
        cheapest = list(candidates)[int(costs.argmin())]
        raise InputError(
            f"`budget` must pay for one candidate at least; {budget:g} is below the cheapest, "
            f"{cheapest!r} at {costs.min():g}. Raise it, or take smaller candidates."
        )
    return Limit(costs, budget=float(budget))


def costs_of(
    network: MultilayerNetwork, candidates: Mapping[str, Scenario], prices: Prices
) -> np.ndarray:
    check_prices(prices)
    costs = {name: cost_of(each, prices, network) for name, each in candidates.items()}
    if without := [name for name, cost in costs.items() if cost is None]:
        raise InputError(
            f"candidates need a method cost(prices, network), as ReverseEnclave and NewLinks have; "
            f"{len(without)} have none: {examples(without)}. Give `k` without `prices`."
        )
    return np.array(list(costs.values()), np.float64)


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
    values = siting.values
    n = len(siting.names)
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
