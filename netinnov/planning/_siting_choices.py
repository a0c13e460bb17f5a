"""Plans for two objectives, and whether the same sites would be chosen with other data."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from netinnov._runtime.arguments import check_callable, check_mapping, check_rng
from netinnov._runtime.display import Tabled
from netinnov._runtime.parallel import run
from netinnov._typing import Amount, Count, Floats, Rng
from netinnov.errors import InputError
from netinnov.experiments import ResampledLinks
from netinnov.network import MultilayerNetwork
from netinnov.planning._plan_values import ROUNDING, Objective
from netinnov.planning._searches import Method, all_plans, chosen_by, searched, valued
from netinnov.planning._site_enclaves import Siting, prepared, seed_of, site_enclaves
from netinnov.polycentricity._resampled_flows import Change, changed
from netinnov.scenarios import Prices, Scenario

_COUNTS = ResampledLinks()


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
    k: Count | None = None,
    budget: Amount | None = None,
    prices: Prices | None = None,
    objectives: Mapping[str, Objective],
    replicates: Count = 1,
    rng: Rng = None,
) -> ParetoPlans:
    """Find the plans that no other plan beats in both of two objectives (Ehrgott 2005).

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
        Not two objectives, or more than 200,000 plans within the limit; as in `site_enclaves`.

    Examples
    --------
    >>> network = ni.build_network(pd.DataFrame({"source": list("abcd"), "target": list("bcde")}))
    >>> links = {a + b: ni.scenarios.NewLinks([(a, b)]) for a, b in ["ac", "bd", "ae"]}
    >>> both = {"efficiency": "efficiency", "equity": "equity"}
    >>> pareto_plans(network, candidates=links, k=1, objectives=both).plans["sites"].tolist()
    [('ae',)]
    """
    check_mapping("objectives", objectives, "from a name to an objective", filled=True)
    if len(objectives) != 2:
        raise InputError(f"`objectives` must name two objectives; found {len(objectives)}.")
    if taken := [name for name in ("sites", "cost") if name in objectives]:
        raise InputError(f"objectives must not have names of other columns of the plans: {taken}.")
    seed = seed_of(rng)
    limits = (k, budget, prices)
    sitings = [
        prepared(network, candidates, *limits, objective, replicates, seed)
        for objective in objectives.values()
    ]
    names, _, limit, _ = sitings[0]
    parts = [siting.values for siting in sitings]
    plans = all_plans(limit, "pareto_plans()", "Take fewer candidates or a smaller `k`")
    values = np.column_stack([valued(part, plans) for part in parts])
    front = _front(values)
    table = pd.DataFrame({"sites": [tuple(names[at] for at in plans[row]) for row in front]})
    for column, name in enumerate(objectives):
        table[name] = values[front, column]
    table["cost"] = [limit.cost(plans[row]) if limit.priced else math.nan for row in front]
    baseline = pd.Series([part.value([]) for part in parts], list(objectives), name="baseline")
    return ParetoPlans(table, baseline)


def _front(values: Floats) -> list[int]:
    """Undominated rows by falling first value; the first of equal rows."""
    tolerance = ROUNDING * np.fmax.reduce(np.abs(values))
    order = np.lexsort((np.arange(len(values)), -values[:, 1], -values[:, 0]))
    front: list[int] = []
    for row in order.tolist():
        if not front or values[row, 1] > values[front[-1], 1] + tolerance[1]:
            # A first value that is larger by rounding only is no reason to stay.
            if front and values[front[-1], 0] <= values[row, 0] + tolerance[0]:
                front.pop()
            front.append(row)
    return front


def siting_stability(
    network: MultilayerNetwork,
    *,
    candidates: Mapping[str, Scenario],
    k: Count | None = None,
    budget: Amount | None = None,
    prices: Prices | None = None,
    objective: Objective,
    method: Method = "greedy",
    monotone: bool | None = None,
    replicates: Count = 1,
    resample: Change = _COUNTS,
    resamples: Count = 100,
    rng: Rng = None,
    executor: Executor | int | None = None,
    progress: bool = True,
) -> pd.DataFrame:
    """Count how often each site is chosen when the data are resampled.

    A resample in which a candidate cannot be placed, or the objective is undefined, is left out.

    Parameters
    ----------
    network, candidates, k, budget, prices, objective, method, monotone, replicates
        As in `site_enclaves`.
    resample : function
        Draws the data again: `ResampledLinks` (needs weights that count events), `ResampledEvents`,
        or any function of a network and a Generator that keeps the nodes.
    resamples, rng, executor, progress
        Number of resamples; source of these and of placements; as in `compare_scenarios`.

    Returns
    -------
    DataFrame
        Index candidate; ``chosen`` (with the data as they are), ``share`` of resamples in which it
        is chosen (of equals the first), and ``resamples`` that could be planned for, alike in all.

    Raises
    ------
    InputError
        As in `site_enclaves`, and weights that are not counts where events are not given.

    Examples
    --------
    >>> links = pd.DataFrame({"source": list("abcd"), "target": list("bcde"), "weight": 99})
    >>> new = {a + b: ni.scenarios.NewLinks([(a, b)]) for a, b in ["ac", "ad", "ae"]}
    >>> options = {"candidates": new, "k": 1, "objective": "efficiency", "resamples": 5, "rng": 1}
    >>> table = siting_stability(ni.build_network(links), **options)
    >>> table["share"].to_dict()  # no link of 99 events is ever lost
    {'ac': 0.0, 'ad': 0.0, 'ae': 1.0}
    """
    expected = "a function of a network and a Generator, such as ResampledLinks()"
    check_callable("resample", resample, expected, made=True)
    first, *others = check_rng(rng).spawn(1 + resamples)
    options: dict[str, Any] = {
        "candidates": candidates,
        "k": k,
        "budget": budget,
        "monotone": monotone,
        "replicates": replicates,
        "prices": prices if k is None else None,
        "objective": objective,
    }
    observed = site_enclaves(network, method=method, rng=first, **options)
    prepare = partial(prepared, **options)
    task = partial(_sites, network=network, resample=resample, method=method, prepare=prepare)
    drawn = run(task, others, executor=executor, progress=progress, label="resamples")
    plans = [sites for sites in drawn if sites is not None]
    table = observed.candidates[["chosen"]].copy()
    times = np.array([sum(name in sites for sites in plans) for name in table.index], np.float64)
    return table.assign(share=times / len(plans) if plans else np.nan, resamples=len(plans))


def _sites(
    rng: np.random.Generator,
    *,
    network: MultilayerNetwork,
    resample: Change,
    method: Method,
    prepare: Callable[..., Siting],
) -> frozenset[str] | None:
    network = changed(network, resample, rng, "resample")
    try:
        names, values, limit, monotone = prepare(network, seed=seed_of(rng))
        steps = searched(values, limit, method, monotone=monotone)
        return frozenset(names[at] for at in chosen_by(steps))
    except InputError:
        return None
