"""Sections on siting and on the plan of centres: defaults, errors, and what they say."""

from __future__ import annotations

import itertools
from dataclasses import replace

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from netinnov.centrality import harmonic_centrality, strength
from netinnov.errors import InputError
from netinnov.planning import CentreSupport
from netinnov.polycentricity import effective_number
from netinnov.study.sections import plan as plans, siting
from netinnov.study.sections._candidate_sites import candidates_of
from study_cases import context_of, network_of, tables_of, text_of

TREE = [("a", "b", 9), ("a", "c", 6), ("b", "d", 4), ("b", "e", 3), ("c", "f", 3), ("f", "g", 2)]
"""A tree whose ends e, d and g are far from each other."""

LINKS = {"form": "link", "placebos": 30, "resamples": 3}
PRICES = {"park": 2.0, "link": 1.0, "pipeline_km": 0.01}


def places_of(ids="abcdefg", **columns):
    rng = np.random.default_rng(4)
    at = {"lon": rng.uniform(100, 104, len(ids)), "lat": rng.uniform(30, 33, len(ids))}
    return pd.DataFrame({"place": list(ids), **at, **columns})


def case(links=TREE, *, places=None, modelled=(), **settings):
    network = network_of(links, places=places, modelled=modelled)
    return context_of(network, mechanisms=False, experiment=False, **settings)


def efficiency(pairs):
    graph = nx.Graph()
    graph.add_nodes_from("abcdefg")
    graph.add_edges_from(pairs)
    return nx.global_efficiency(graph)


def test_the_chosen_links_are_those_that_raise_efficiency_most():
    context = case(siting={**LINKS, "k": 2, "homes": ["d", "e", "g"], "hosts": ["a", "c", "f"]})
    result = siting.compute(context)
    before = [row[:2] for row in TREE]
    pairs = list(itertools.product("deg", "acf"))
    best = max(efficiency([*before, *two]) for two in itertools.combinations(pairs, 2))
    assert result.plan.value == pytest.approx(best, rel=1e-12)
    rise = 100 * (best / efficiency(before) - 1)
    said = text_of(siting.offer(result))
    assert f"raise global efficiency by {rise:.2g} %" in said
    # All nine links together bound every plan of two.
    most = 100 * (efficiency([*before, *pairs]) / efficiency(before) - 1)
    assert f"No plan of 2 can raise it by more than {most:.2g} %" in said
    assert "not a forecast" in said


def test_plans_at_random_and_resamples_are_counted():
    context = case(siting={**LINKS, "k": 1, "homes": ["d", "e", "g"], "hosts": ["a", "c", "f"]})
    result = siting.compute(context)
    n = int((result.plan.placebo >= result.plan.value - 1e-12).sum())
    assert result.random_share == n / 30
    said = "none does" if n == 0 else f"{n} {'does' if n == 1 else 'do'}"
    assert f"from the same candidates {said} as well" in text_of(siting.offer(result))
    table = tables_of(siting, result)["sites"].frame
    assert table["share_of_resamples"].isin([0, 1 / 3, 2 / 3, 1]).all()
    pairs = [row[:2] for row in TREE]
    with_each = [efficiency([*pairs, pair]) for pair in itertools.product("deg", "acf")]
    alone = [100 * (value / efficiency(pairs) - 1) for value in with_each]
    candidates = tables_of(siting, result)["siting_candidates"].frame
    assert candidates["gain_alone"].to_numpy() == pytest.approx(alone, rel=1e-9, abs=1e-9)


def test_an_enclave_is_told_on_placements_that_it_was_not_chosen_on():
    context = case(siting={"k": 1, "size": 3, "placements": 2, "placebos": 5, "resamples": 0})
    result = siting.compute(context)
    assert len(result.fresh) == siting.FRESH
    said = text_of(siting.offer(result))
    low, high = (
        100 * (result.fresh.quantile(q) / result.plan.baseline - 1) for q in (0.025, 0.975)
    )
    assert f"({low:.2g} % to {high:.2g} % in 95 % of 40 placements" in said
    assert "none were asked for" in text_of(siting.tell(result))


def test_homes_are_below_the_median_of_gdp_per_head():
    places = places_of(gdp=[9.0, 8, 7, 6, 5, 4, 1], population=[1.0, 1, 1, 1, 10, 10, 1])
    candidates = candidates_of(case(places=places, siting=LINKS))
    # Per head 9, 8, 7, 6, 0.5, 0.4 and 1: the median is 6.
    assert sorted(candidates.pairs["home"].unique()) == ["e", "f", "g"]
    assert "median of GDP per head: 3 of 7" in candidates.notes[0]


def test_homes_are_below_the_median_of_access_where_no_gdp_is_known():
    context = case(siting=LINKS)
    access = harmonic_centrality(context.cities)
    candidates = candidates_of(context)
    below = set(access.index[access < access.median()])
    assert set(candidates.pairs["home"]) == below
    assert not below & set(candidates.pairs["host"])
    assert "no GDP per head" in candidates.notes[0]


def test_a_column_of_the_places_says_who_is_home():
    places = places_of(income=[7.0, 6, 5, 4, 3, 2, np.nan])
    context = case(places=places, siting={**LINKS, "below": "income", "most_homes": 2})
    assert list(candidates_of(context).pairs["home"].unique()) == ["e", "f"]


def test_in_dense_flows_links_are_planned_by_their_weight():
    pairs = list(itertools.combinations("abcdefg", 2))
    weights = np.random.default_rng(2).integers(1, 90, len(pairs))
    context = case([(*pair, int(w)) for pair, w in zip(pairs, weights, strict=True)], siting={})
    candidates = candidates_of(context)
    assert (candidates.maker.form, candidates.maker.distance) == ("link", "inverse")
    home = candidates.pairs["home"].iloc[0]
    tenth = 0.1 * strength(context.cities)["links"][home]
    assert candidates.scenarios[candidates.pairs.index[0]].weight == pytest.approx(tenth)
    assert "linked already" in text_of(siting.tell(siting.compute(context)))


def test_hosts_that_do_as_much_are_told():
    # In a ring of six b and f are both two links from d; a, opposite, is three.
    ring = [(a, b) for a, b in itertools.pairwise("abcdefa")]
    own = {**LINKS, "k": 1, "homes": ["d"], "resamples": 0, "placebos": 0}
    said = text_of(siting.offer(siting.compute(case(ring, siting={**own, "hosts": ["b", "f"]}))))
    assert "d with f does exactly as much alone: only the order of the data decided" in said
    said = text_of(siting.offer(siting.compute(case(ring, siting={**own, "hosts": ["a", "b"]}))))
    assert "exactly as much" not in said


def test_more_hosts_as_strong_as_the_last_are_told():
    ring = [(a, b) for a, b in itertools.pairwise("abcdefga")]
    notes = candidates_of(case(ring, siting={**LINKS, "homes": ["d"], "most_hosts": 2})).notes
    assert any("4 other places have as much as the last of them." in note for note in notes)


def test_modelled_layers_are_marked():
    context = case(modelled=["links"], siting={**LINKS, "k": 1}, plan={})
    result = siting.compute(context)
    assert "links (modelled)" in text_of(siting.offer(result))
    assert "all links are modelled" in text_of(siting.tell(result))
    frame = tables_of(siting, result)["sites"].frame
    assert frame["modelled_layers"].eq("links (modelled)").all()
    assert "modelled layers" in text_of(plans.tell(plans.compute(context)))


WRONG = {
    "no such home": ({"homes": ["aa"]}, r"siting.homes must be the id of one .*found 'aa'"),
    "no such host": ({"hosts": ["q"]}, r"siting.hosts must be the id of one"),
    "one place": ({"homes": ["a"], "hosts": ["a"]}, r"no pair of a home and another place"),
    "too many": ({"k": 99}, r"siting.k must be at most the number of candidates, \d+; found 99"),
    "no prices": ({"budget": 3.0}, r"siting.budget needs prices: give \[siting.prices\]"),
    "no coordinates": (
        {"budget": 3.0, "prices": PRICES},
        r"no plan can be paid for: .*coordinates",
    ),
    "no column": (
        {"below": "gpd"},
        r"siting.below must be a column of the places; 'gpd' is not one",
    ),
    "no layer": ({"layer": "link"}, r"not in the network: 'link' \(did you mean 'links'"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_planned_is_refused_before_anything_is_computed(name):
    settings, message = WRONG[name]
    with pytest.raises(InputError, match=message):
        siting.CHECK(case(siting=settings))


def test_a_budget_below_the_cheapest_is_refused():
    settings = {"budget": 0.1, "prices": PRICES}
    with pytest.raises(InputError, match="no plan can be paid for: `budget` must pay for one"):
        siting.CHECK(case(places=places_of(), siting=settings))


def test_places_that_are_all_alike_have_no_homes():
    ring = [(a, b) for a, b in itertools.pairwise("abcdea")]
    with pytest.raises(InputError, match=r"no two places have different values. Name the homes"):
        siting.CHECK(case(ring, siting={}))


def after(context, task, sites):
    network = task.network
    for site in sites:
        network = task.scenarios[site](network, np.random.default_rng(0))
    return effective_number(strength(network).sum(axis=1).to_numpy())


def test_the_plan_is_the_cheapest_set_that_reaches_the_target():
    own = {**LINKS, "homes": ["d", "e", "g"], "hosts": ["a", "f"], "volume_share": 0.9}
    own["prices"] = {"park": 1.0, "link": 1.0, "pipeline_km": 1.0}
    context = case(places=places_of(), siting=own, plan={"effective_number": 5.8, "resamples": 5})
    result = plans.compute(context)
    task = result.task
    costs = {site: each.cost(task.prices, task.network) for site, each in task.scenarios.items()}
    sets = [s for size in range(7) for s in itertools.combinations(costs, size)]
    enough = [s for s in sets if after(context, task, s) >= 5.8]
    assert enough
    assert () not in enough
    assert result.plan.cost == pytest.approx(min(sum(costs[x] for x in s) for s in enough))
    assert result.plan.value == pytest.approx(after(context, task, result.plan.sites))
    said = text_of(plans.offer(result))
    assert "no cheaper set of the 6 candidates reaches it" in said
    assert "not a forecast" in said


def test_a_target_out_of_reach_is_said_with_the_most_that_there_is():
    own = {**LINKS, "homes": ["d", "g"], "hosts": ["a", "f"]}
    context = case(siting=own, plan={"effective_number": 6.9, "resamples": 5})
    result = plans.compute(context)
    sets = [s for size in range(5) for s in itertools.combinations(result.task.scenarios, size)]
    most = max(after(context, result.task, s) for s in sets)
    said = text_of(plans.offer(result))
    assert "cannot be raised" in said
    assert f"the most that any set of them reaches is {most:.3g}" in said


@pytest.mark.parametrize(
    ("asked", "before", "value", "written"),
    [
        (125.3, 124.3, 124.98, ("124.3", "125.3", "is 125")),
        (125.2, 124.2, 125.04, ("124.2", "125.2", "is 125")),
        (1250.2, 1249.2, 1250.04, ("1,249.2", "1,250.2", "is 1,250.0")),
    ],
)
def test_a_target_that_is_not_reached_never_seems_to_be(asked, before, value, written):
    own = {**LINKS, "homes": ["d", "g"], "hosts": ["a", "f"]}
    result = plans.compute(case(siting=own, plan={"effective_number": 6.9, "resamples": 5}))
    target = replace(result.plan.target, at_least=asked)
    plan = replace(result.plan, target=target, baseline=before, value=value)
    said = text_of(plans.offer(replace(result, plan=plan)))
    assert f"from {written[0]} to {written[1]} with" in said
    assert f"reaches {written[2]}, with" in said
    first = plan.sentences()[0]
    assert f"{asked:g} is not reached" in first
    share = replace(plan, target=CentreSupport("g", 0.9), baseline=0.5, value=0.8998)
    assert "The target of 90.00 % is not reached. The best" in share.sentences()[0]
    assert "reaches is 89.98 %" in share.sentences()[0]


def test_nothing_is_built_where_the_target_holds():
    result = plans.compute(case(siting=LINKS, plan={"effective_number": 2.0}))
    assert "nothing has to be built" in text_of(plans.offer(result))
    assert "modelled" not in text_of(plans.tell(result))


def test_a_place_can_be_made_a_centre():
    own = {**LINKS, "homes": ["d", "g"], "hosts": ["a", "b", "f"], "volume_share": 30.0}
    wanted = {"place": "g", "share": 0.9, "resamples": 20}
    result = plans.compute(case(siting=own, plan=wanted))
    assert set(result.task.pairs["home"]) == {"g"}
    assert result.plan.reached
    assert result.plan.baseline < 0.9
    assert "in which g is a centre from" in text_of(plans.offer(result))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"place": "q"}, r"plan.place must be the id of one .*found 'q'"),
        ({"place": "a"}, r"plan.place needs links whose weights count events"),
    ],
)
def test_a_place_that_cannot_be_planned_for_is_refused(settings, message):
    links = [(*row[:2], row[2] + 0.5) for row in TREE]
    with pytest.raises(InputError, match=message):
        plans.CHECK(case(links, siting=LINKS, plan=settings))


def test_a_plan_that_changes_nothing_is_not_told():
    # All pairs are linked, and a link is 1 long whatever it weighs.
    links = [(a, b, 3) for a, b in itertools.combinations("abcdefg", 2)]
    part = {**LINKS, "k": 2, "homes": ["d", "e"], "hosts": ["a", "b"]}
    context = case(links, places=places_of(), siting=part, measures={"distance": "unit"})
    result = siting.compute(context)
    said = text_of(siting.offer(result))
    expected = "None of the 4 direct links that could be built raises global efficiency, so there "
    assert said == f"{expected}is no plan."
    assert "placements" not in text_of(siting.explain(result))  # nothing is drawn
    assert not list(siting.draw(result))
    assert not any(table.on_page for table in siting.tables(result))
