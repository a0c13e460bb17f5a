"""The section on where next: sites and the plan of centres, by hand, and what they refuse."""

import itertools

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from netinnov.centrality import strength
from netinnov.errors import InputError
from netinnov.polycentricity import effective_number
from netinnov.scenarios import NewLinks
from netinnov.study import _candidate_parks
from netinnov.study.sections import SECTIONS, _centre_plan as plans, _sites as siting
from study_cases import FEW, context_of, few_draws, figures_of, network_of, plain_text_of, tables_of

TREE = [("a", "b", 9), ("a", "c", 6), ("b", "d", 4), ("b", "e", 3), ("c", "f", 3), ("f", "g", 2)]
"""A tree whose ends e, d and g are far from each other."""

(where_next,) = (section for section in SECTIONS if section.name == "where_next")
OWN = {"share": 0.1}


@pytest.fixture(autouse=True)
def few_random_plans():
    with few_draws():
        yield


@pytest.fixture
def direct(monkeypatch):
    """A park is a direct link with a share of home's strength, so that plans are told by hand."""

    def links_in(network, pairs, _):
        own, ends = strength(network)["links"], pairs.itertuples()
        return {
            site: NewLinks([(home, host)], weight=OWN["share"] * own[home], layer="links")
            for site, home, host in ends
        }

    monkeypatch.setattr(_candidate_parks, "parks_in", links_in)


def places_of(ids="abcdefg", **columns):
    rng = np.random.default_rng(4)
    at = {"lon": rng.uniform(100, 104, len(ids)), "lat": rng.uniform(30, 33, len(ids))}
    return pd.DataFrame({"place": list(ids), **at, **columns})


def case(links=TREE, *, places=None, modelled=(), **settings):
    network = network_of(links, places=places, modelled=modelled)
    return context_of(network, experiment=False, **settings)


def notes_of(context, code="en"):
    return plain_text_of(where_next, context, code).notes


def efficiency(pairs):
    graph = nx.Graph()
    graph.add_nodes_from("abcdefg")
    graph.add_edges_from(pairs)
    return nx.global_efficiency(graph)


@pytest.mark.usefixtures("direct")
def test_the_chosen_links_are_those_that_raise_efficiency_most():
    context = case(siting={"k": 2, "homes": ["d", "e", "g"], "hosts": ["a", "c", "f"]})
    result = siting.compute(context)
    before = [row[:2] for row in TREE]
    pairs = list(itertools.product("deg", "acf"))
    best = max(efficiency([*before, *two]) for two in itertools.combinations(pairs, 2))
    assert result.plan.value == pytest.approx(best, rel=1e-12)
    facts = siting.facts(result)
    assert facts["gain"] == pytest.approx(best / efficiency(before) - 1)
    # All nine links together bound every plan of two.
    assert result.plan.bound == pytest.approx(efficiency([*before, *pairs]))
    assert (facts["n"], facts["chosen"]) == (9, 2)
    figures = {name: each.value for name, each in figures_of(siting, result).items()}
    assert figures["gain"] == facts["gain"]


@pytest.mark.slow
def test_a_plan_is_proposed_with_what_is_assumed_in_the_same_sentence():
    part = {"k": 2, "size": 3}
    context = case(siting=part)
    result = where_next.compute(context)
    said = plain_text_of(where_next, result)
    sentence = said.answer.split(". ")[0]
    search = "a search for what raises the efficiency"  # exchanges need not end at the best plan
    for words in ("3 new links each", "paid from outside while homes keep", search):
        assert words in sentence
    assert "(a model, not data)" not in sentence
    assert any("not a forecast" in note and "worse off" in note for note in said.notes)
    modelled = where_next.compute(case(modelled=["links"], siting=part))
    assert "(a model, not data)" in plain_text_of(where_next, modelled).answer


@pytest.mark.usefixtures("direct")
def test_plans_at_random_and_resamples_are_counted():
    context = case(siting={"k": 1, "homes": ["d", "e", "g"], "hosts": ["a", "c", "f"]})
    result = siting.compute(context)
    n = int((result.plan.placebo >= result.plan.value - 1e-12).sum())
    facts = siting.facts(result)
    assert (facts["as_good"], facts["random"]) == (n, 30)
    # Of 30 plans none as good is no proof of less than one in twenty.
    assert any("is not clearly better than chance" in note for note in notes_of(context))
    assert facts["resamples"] == 3
    table = tables_of(siting, result)["siting_candidates"].frame
    assert table["share_of_resamples"].isin([0, 1 / 3, 2 / 3, 1]).all()
    pairs = [row[:2] for row in TREE]
    with_each = [efficiency([*pairs, pair]) for pair in itertools.product("deg", "acf")]
    alone = [100 * (value / efficiency(pairs) - 1) for value in with_each]
    candidates = tables_of(siting, result)["siting_candidates"].frame
    assert candidates["gain_alone"].to_numpy() == pytest.approx(alone, rel=1e-9, abs=1e-9)


def test_an_enclave_is_told_on_placements_that_it_was_not_chosen_on():
    context = case(siting={"k": 1, "size": 3}, structure=FEW | {"resamples": 0})
    result = siting.compute(context)
    assert len(result.fresh) == siting.FRESH
    low, high = (result.fresh.quantile(q) / result.plan.baseline - 1 for q in (0.025, 0.975))
    gain = figures_of(siting, result)["gain"]
    assert (gain.low, gain.high) == pytest.approx((low, high))
    assert gain.value == pytest.approx(result.fresh.mean() / result.plan.baseline - 1)
    facts = siting.facts(result)
    assert (facts["fresh"], facts["resamples"]) == (siting.FRESH, 0)
    assert any("Links were not resampled" in note for note in notes_of(context))


@pytest.mark.usefixtures("direct")
def test_hosts_that_do_as_much_are_told():
    # In a ring of six b and f are both two links from d; a, opposite, is three.
    ring = [(a, b) for a, b in itertools.pairwise("abcdefa")]
    own = {"k": 1, "homes": ["d"]}
    facts = siting.facts(siting.compute(case(ring, siting={**own, "hosts": ["b", "f"]})))
    assert facts["ties"] == ["d@f"]
    facts = siting.facts(siting.compute(case(ring, siting={**own, "hosts": ["a", "b"]})))
    assert facts["ties"] == []


@pytest.mark.usefixtures("direct")
def test_modelled_layers_are_marked():
    context = case(modelled=["links"], siting={"k": 1}, plan={})
    result = siting.compute(context)
    facts = siting.facts(result)
    assert (facts["modelled"], facts["layer_modelled"]) == (["links"], True)
    assert facts["resamples"] == 0
    assert tables_of(siting, result)["siting_candidates"].modelled == ("links",)
    assert plans.facts(plans.compute(context))["plan_modelled"]


WRONG = {
    "no such home": ({"homes": ["aa"]}, r"siting.homes.* not in the places of .*: 'aa'"),
    "no such host": ({"hosts": ["q"]}, r"siting.hosts.* not in the places of the report"),
    "one place": ({"homes": ["a"], "hosts": ["a"]}, r"no pair of a home and another place"),
    "too many": (
        {"k": 99},
        r"\[siting\] .*`k` must be at most the number of candidates, \d+; found 99",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_planned_is_refused_before_anything_is_computed(name):
    settings, message = WRONG[name]
    with pytest.raises(InputError, match=message):
        where_next.check(case(siting=settings))


def after(result, sites):
    network = result.context.cities
    for site in sites:
        scenario = result.siting.parks[site]
        network = scenario(network, np.random.default_rng(0))
    return effective_number(strength(network).sum(axis=1).to_numpy())


@pytest.mark.slow
@pytest.mark.usefixtures("direct")
def test_the_plan_is_the_smallest_set_that_reaches_the_target(monkeypatch):
    monkeypatch.setitem(OWN, "share", 0.9)
    own = {"homes": ["d", "e", "g"], "hosts": ["a", "f"]}
    context = case(places=places_of(), siting=own, plan={"effective_number": 5.8})
    result = plans.compute(context)
    parks = result.siting.parks
    sets = [s for size in range(7) for s in itertools.combinations(parks, size)]
    enough = [s for s in sets if after(result, s) >= 5.8]
    assert enough
    assert () not in enough
    assert len(result.plan.sites) == min(map(len, enough))
    assert result.plan.value == pytest.approx(after(result, result.plan.sites))
    facts = plans.facts(result)
    assert (facts["exact"], facts["reached"]) == (True, True)
    assert facts["candidates"] == 6
    said = plain_text_of(where_next, context)
    assert "the smallest set of such new links is" in said.answer
    assert any("not a forecast" in note for note in said.notes)


@pytest.mark.usefixtures("direct")
def test_a_target_out_of_reach_is_said_with_the_most_that_there_is():
    own = {"homes": ["d", "g"], "hosts": ["a", "f"]}
    context = case(siting=own, plan={"effective_number": 6.9})
    result = plans.compute(context)
    sites = result.siting.parks
    sets = [s for size in range(5) for s in itertools.combinations(sites, size)]
    most = max(after(result, s) for s in sets)
    facts = plans.facts(result)
    assert not facts["reached"]
    assert facts["after"] == pytest.approx(most)
    # Nothing is proposed: no figure and no table of the page shows it as built.
    assert [*figures_of(plans, result)] == ["before"]
    said = plain_text_of(where_next, context).answer
    assert "No set of 4 candidates that was tried raises" in said
    assert f"the most is {most:.3g}" in said
    near = case(siting=own, plan={"effective_number": facts["before"] + 1e-4})
    assert "from 5.5324 to 5.5325, the smallest" in plain_text_of(where_next, near).answer


@pytest.mark.usefixtures("direct")
def test_nothing_is_built_where_the_target_holds():
    result = plans.compute(case(siting={}, plan={"effective_number": 2.0}))
    facts = plans.facts(result)
    assert (facts["reached"], facts["plan_sites"], facts["plan_modelled"]) == (True, [], False)
    assert [*figures_of(plans, result)] == ["before"]
    notes = notes_of(case(siting={}, plan={"effective_number": 2.0}))
    assert not any("For the target" in note for note in notes)


@pytest.mark.usefixtures("direct")
def test_links_that_one_event_makes_have_no_interval_of_the_plan(monkeypatch):
    monkeypatch.setitem(OWN, "share", 0.9)
    network = network_of(TREE)
    own = {"siting": {"homes": ["d", "e", "g"]}, "plan": {"effective_number": 5.8}}
    options = {"experiment": False, **own}
    counted, joint = context_of(network, **options), context_of(network, **options)
    joint.loaded = joint.loaded._replace(joint_events=True)
    assert plans.facts(plans.compute(counted))["reached"]
    assert plans.compute(counted).plan.steps["low"].notna().any()
    assert plans.compute(joint).plan.steps[["low", "high"]].isna().all(axis=None)


@pytest.mark.usefixtures("direct")
def test_a_plan_that_changes_nothing_is_not_told():
    # All pairs are linked, and a link is 1 long whatever it weighs.
    links = [(a, b, 3) for a, b in itertools.combinations("abcdefg", 2)]
    part = {"k": 2, "homes": ["d", "e"], "hosts": ["a", "b"]}
    context = case(links, places=places_of(), siting=part, measures={"distance": "unit"})
    result = siting.compute(context)
    assert not siting.facts(result)["helps"]
    assert not figures_of(siting, result)
    assert not list(siting.draw(result))
    assert not any(table.on_page for table in siting.tables(result))
    said = plain_text_of(where_next, context)
    assert "no plan of 4 candidates was found that raises the efficiency" in said.answer
    assert "nothing is proposed" in said.answer


@pytest.mark.usefixtures("direct")
@pytest.mark.parametrize(("share", "helps"), [(1e-6, False), (0.1, True)])
def test_a_rise_that_nobody_would_notice_is_no_plan(monkeypatch, share, helps):
    # Links d - b and e - b get so much heavier, and so shorter: by a millionth, or by a tenth.
    monkeypatch.setitem(OWN, "share", share)
    part = {"k": 2, "homes": ["d", "e"], "hosts": ["b"]}
    context = case(siting=part, measures={"distance": "inverse"})
    result = siting.compute(context)
    assert result.plan.value > result.plan.baseline
    assert siting.facts(result)["helps"] is helps
    said = plain_text_of(where_next, context).answer
    assert ("by 0.01 % or more: none matters, and nothing is proposed" in said) is not helps


def test_places_that_are_not_linked_are_refused_by_name_of_the_part():
    """Their nodes may be, each with another of its own place."""
    nodes = pd.DataFrame({"place": [*"PPQQ"]}, index=[*"abcd"])
    network = network_of([("a", "b"), ("c", "d")], nodes=nodes)
    with pytest.raises(InputError, match=r"\[siting\] needs links between places; there are none"):
        where_next.check(context_of(network, siting={}))


@pytest.mark.slow
@pytest.mark.usefixtures("direct")
@pytest.mark.parametrize("left_out", ["siting", "plan"])
def test_either_part_may_be_false(left_out):
    own = {"homes": ["d", "e"], "hosts": ["a"]}
    parts = {"siting": own, "plan": {}} | {left_out: False}
    result = where_next.compute(case(**parts))
    assert left_out not in result.results
    names = {*tables_of(where_next, result)}
    assert ("siting_candidates" in names) == (left_out == "plan")
    assert ("plan_steps" in names) == (left_out == "siting")
    for code in ("en", "zh"):
        said = plain_text_of(where_next, result, code)
        assert said.answer
        assert {*figures_of(where_next, result)} <= {*said.labels}
        assert {each.name for each in where_next.draw(result)} <= {*said.figures}
