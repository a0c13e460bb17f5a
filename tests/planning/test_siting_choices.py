"""Two objectives at once, and how often sites are chosen with other data."""

import itertools

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov.connectivity import global_efficiency
from netinnov.errors import InputError
from netinnov.planning import pareto_plans, site_enclaves, siting_stability
from netinnov.polycentricity import effective_number
from netinnov.scenarios import NewLinks, Prices

IDS = list("abcdefg")
BOTH = {"efficiency": "efficiency", "places": "effective_number"}


def case(seed: int):
    rng = np.random.default_rng(seed)
    order = rng.permutation(IDS)
    links = pd.DataFrame({"source": order[:-1], "target": order[1:], "weight": 5.0})
    places = pd.DataFrame({"lon": rng.uniform(0, 3, 7), "lat": 0.0}, index=IDS)
    network = ni.build_network(pd.DataFrame({"place": IDS}, index=IDS), links, places)
    pairs = [tuple(rng.choice(IDS, 2, replace=False)) for _ in range(6)]
    weights = rng.uniform(1, 9, 6)
    candidates = {
        f"c{at}": NewLinks([pair], weight=weight)
        for at, (pair, weight) in enumerate(zip(pairs, weights, strict=True))
    }
    return network, candidates


def values_of(network, candidates, plan) -> tuple[float, float]:
    for name in plan:
        network = candidates[name](network, np.random.default_rng(0))
    strength = ni.centrality.strength(network).sum(axis=1)
    return global_efficiency(network), effective_number(strength)


@pytest.mark.parametrize(
    "seed", [0, 1, 2, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(3, 6))]
)
def test_the_front_holds_what_no_plan_beats(seed):
    network, candidates = case(seed)
    plans = list(itertools.combinations(candidates, 2))
    values = {plan: values_of(network, candidates, plan) for plan in plans}
    front = pareto_plans(network, candidates=candidates, k=2, objectives=BOTH)
    for row in front.to_frame().itertuples():
        mine = values[row.sites]
        assert (row.efficiency, row.places) == pytest.approx(mine, rel=1e-9)
        assert not any(a > mine[0] + 1e-9 and b > mine[1] + 1e-9 for a, b in values.values())
    best = {(round(row.efficiency, 9), round(row.places, 9)) for row in front.plans.itertuples()}
    for a, b in values.values():
        beaten = any(x >= a - 1e-9 and y >= b - 1e-9 for x, y in best)
        assert beaten
    assert front.plans["efficiency"].is_monotonic_decreasing
    assert front.plans["places"].is_monotonic_increasing


def test_plans_within_a_budget_have_their_cost():
    network, candidates = case(2)
    prices = Prices(park=1, link=1, pipeline=1)
    costs = {name: scenario.cost(prices, network) for name, scenario in candidates.items()}
    front = pareto_plans(network, candidates=candidates, budget=300, prices=prices, objectives=BOTH)
    for row in front.plans.itertuples():
        assert row.cost == pytest.approx(sum(costs[name] for name in row.sites))
        assert row.cost <= 300


def test_one_objective_is_no_front():
    network, candidates = case(0)
    with pytest.raises(InputError, match="must name two objectives; found 1"):
        pareto_plans(network, candidates=candidates, k=1, objectives={"a": "efficiency"})
    both = {"cost": "efficiency", "b": "equity"}
    with pytest.raises(InputError, match=r"must not have names of other columns .*: \['cost'"):
        pareto_plans(network, candidates=candidates, k=1, objectives=both)


def test_shares_count_the_resamples_in_which_a_site_is_chosen():
    network, candidates = case(3)
    seen = []

    def resample(network, rng):
        again = ni.experiments.ResampledLinks()(network, rng)
        seen.append(again)
        return again

    options = {"candidates": candidates, "k": 2, "objective": "effective_number"}
    table = siting_stability(network, resample=resample, resamples=12, rng=1, executor=1, **options)
    plans = [site_enclaves(each, **options).sites for each in seen]
    for name in candidates:
        assert table.loc[name, "share"] == np.mean([name in plan for plan in plans])
    assert table["share"].sum() == pytest.approx(2)
    observed = site_enclaves(network, **options)
    assert table.index[table["chosen"]].tolist() == sorted(observed.sites)
    assert (table["resamples"] == 12).all()
