"""Centres, indices, communities, layers and brokers: what they compute, tell and leave out."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov.null_models import Rewire
from netinnov.study import _structure_plan
from netinnov.study._context import Context
from netinnov.study._null_choice import Null
from netinnov.study.sections import brokers, centres, communities, layers, profile
from study_cases import STARS, context_of, network_of, stand_in, tables_of, text_of, texts

DEGREE = Null("degree", Rewire(), "chosen as 25 % are linked", "with the same degrees", 0.5)
DRAWN = ["low", "high", "null_mean", "null_low", "null_high", "z", "p"]


@pytest.fixture(scope="module")
def stars() -> Context:
    return context_of(network_of(STARS))


def table(context, section):
    """The one table of the name of a section."""
    return tables_of(section, context.once(section.compute))


def left_out(context):
    return {each.result: each.why for each in context.once(_structure_plan.plan).left_out}


# -- centres and profile -----------------------------------------------------------------------


def test_two_stars_have_two_centres_by_table_and_by_profile(stars):
    result = stars.once(centres.compute)
    found = result.table
    assert found.index[found["centre"]].tolist() == ["a", "x"]
    assert (found.loc[["a", "x"], "support"] > 0.8).all()
    index = stars.once(profile.compute)
    assert index.value("n_centres") == 2
    # Strengths 26, 9, 8, 7 twice: the larger holds 26 of 100.
    assert index.value("primacy") == pytest.approx(0.26)
    # Most networks with these degrees are two stars, so that rules on communities say nothing.
    assert result.test.by_chance
    assert result.rule == "head_tail"
    assert result.asked == ["top", "head_tail", "core", "dominant_flow"]
    by_hand = result.rules[result.asked].mean(axis=1)
    assert result.rules["agreement"].tolist() == pytest.approx(by_hand.tolist())
    assert found["agreement"].equals(result.rules["agreement"])


def test_centres_are_told_with_their_support_and_by_other_rules(stars):
    result = stars.once(centres.compute)
    text = text_of(centres.tell(result))
    assert "those of the observed layer links." in text
    assert "The rule “head_tail”: places above the mean strength." in text
    assert "The number of centres depends on the rule: from " in text
    assert "Places by their role: " in text
    # A tenth of eight places is one, and a comes first; by the other rules a and x are centres.
    assert "By most of the 4 rules 2 of 8 places are centres: a (4) and x (3)." in text
    offered = text_of(centres.offer(result))
    said = r"2 of 8 places are centres by the rule “head_tail”: a \(\d+ %\) and x \(\d+ %\)\."
    assert re.match(rf"In the observed layer {said} In brackets: share of bootstrap", offered)
    assert "Ties" not in offered  # by this rule, places as strong are both centres or neither
    assert "so that rules that look at them are left out: “hubs” and “z”" in text
    assert "The rule “head_tail” stands in for “hubs”." in text


def test_a_tenth_of_few_places_is_told_as_their_number():
    result = context_of(network_of(STARS), structure={"rule": "top"}).once(centres.compute)
    said = (
        "The rule “top”: the place with most strength, a tenth of 8 places with links rounded up."
    )
    assert said in text_of(centres.tell(result))


def test_a_modelled_layer_whose_name_has_a_semicolon_is_told_as_modelled():
    # Names were joined by "; " and split again: "trade; services" was told as observed.
    network = network_of(STARS, layer="trade; services", modelled=["trade; services"])
    context = context_of(network)
    result = context.once(centres.compute)
    text = text_of(centres.tell(result))
    assert "those of the modelled layer trade; services (modelled)." in text
    assert "observed" not in text
    assert text_of(centres.offer(result)).startswith("In the modelled layer 2 of 8 places")
    assert tables_of(centres, result)["centres"].modelled == ("trade; services",)


def test_a_modelled_layer_is_marked_once():
    context = context_of(network_of(STARS, layer="flows", modelled=["flows"]))
    text = text_of(centres.tell(context.once(centres.compute)))
    assert "the modelled layer flows (modelled)." in text
    assert "(modelled) (modelled)" not in text


def test_modelled_links_change_nothing_of_what_was_observed(stars):
    model = [("b", "y", 90, "model"), ("c", "z", 1, "model")]
    both = context_of(network_of([*STARS, *model], modelled=["model"]))
    for compute, name in (
        (centres.compute, "table"),
        (centres.compute, "rules"),
        (profile.compute, "table"),
        (communities.compute, "flows"),
    ):
        alone, together = (getattr(each.once(compute), name) for each in (stars, both))
        pd.testing.assert_frame_equal(together, alone)
    plan = both.once(_structure_plan.plan)
    assert (plan.network.layers, plan.modelled_beside, plan.kind) == (
        ("links",),
        ("model",),
        "observed",
    )
    apart = table(both, profile)["profile_modelled"]
    assert not {*DRAWN, "low_without_one"} & {*apart.frame.columns}
    assert apart.modelled == ("model",)
    assert both.once(communities.compute).cohesion.loc["model", "inside"] == 0
    text = text_of(centres.tell(both.once(centres.compute)))
    assert "Apart from them: model (modelled). There are no intervals and no tests" in text
    assert "In model (modelled) alone the effective number of places is" in text_of(
        profile.tell(both.once(profile.compute))
    )


def test_in_a_tiny_network_nothing_is_rewired_and_no_draw_is_searched():
    few = {"resamples": 60, "replicates": 10, "restarts": 1}
    context = context_of(network_of([("a", "b", 9), ("b", "c", 5)]), structure=few)
    found = context.once(profile.compute).table
    assert found["null_mean"].isna().all()
    # The flows are resampled all the same, for what needs no communities.
    assert 0 < found.loc["primacy", "low"] < found.loc["primacy", "high"]
    assert math.isnan(found.loc["n_centres", "low"])
    assert found.loc["n_centres", "value"] >= 1
    # Multiples of a fiftieth: no more than 50 draws are searched.
    assert all((50 * context.once(centres.compute).table["support"]) % 1 == 0)
    assert "fewer than 4 places" in left_out(context)["null model"]
    assert "communities" in left_out(context)["interval of the number of centres"]
    square = [("a", "b", 9), ("b", "c", 5), ("c", "d", 4), ("d", "a", 1)]
    assert "null model" not in left_out(context_of(network_of(square)))


def test_how_long_many_draws_take_is_said_before_they_are_drawn(stars, monkeypatch):
    monkeypatch.setattr(profile, "LONG", 0.0)
    told = []
    context_of(network_of(STARS), say=told.append).once(profile.compute)
    assert told == []  # 28 draws of few links
    monkeypatch.setattr(profile, "WORTH_A_TRIAL", 1)
    slow = context_of(network_of(STARS), say=told.append).once(profile.compute)
    assert re.match(
        r"computing all indices 28 times more \(10 with resampled flows, 10 of random networks, "
        r"8 without a place\), about \d+ s; ",
        told[0],
    )
    pd.testing.assert_frame_equal(stars.once(profile.compute).table, slow.table)
    # Weights that count nothing are not resampled.
    halves = network_of([(a, b, weight + 0.5) for a, b, weight in STARS])
    context_of(halves, say=told.append).once(profile.compute)
    assert told[1].startswith("computing all indices 18 times more (0 with")


def test_what_is_modelled_only_is_not_tested():
    context = context_of(network_of(STARS, layer="model", modelled=["model"]))
    found = context.once(profile.compute).table
    assert found[DRAWN].isna().all(axis=None)
    assert found["low_without_one"].notna().any()
    assert context.once(centres.compute).table["support"].isna().all()
    assert "no evidence" in left_out(context)["null model"]
    assert context.once(profile.compute).modelled_beside == {}
    assert context.once(brokers.compute) is None
    assert (table(context, centres)["centres"].frame["modelled_layers"] == "model (modelled)").all()


def test_only_counts_have_intervals():
    context = context_of(network_of([(a, b, weight / 2) for a, b, weight in STARS]))
    found = context.once(profile.compute).table
    assert found[["low", "high"]].isna().all(axis=None)
    assert context.once(centres.compute).table["support"].isna().all()
    assert found["null_mean"].notna().any()
    assert "not whole numbers" in left_out(context)["intervals"]


@pytest.mark.parametrize("source", ["cordis", "patentsview"])
def test_links_of_projects_are_not_resampled_one_by_one(source):
    context = context_of(network_of(STARS), source=source)
    plan = context.once(_structure_plan.plan)
    assert (plan.resamples, plan.replicates) == (0, 0)
    assert "several links at once" in left_out(context)["intervals"]


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"most_places": 7}, "more than 7 places"),
        ({"resamples": 0, "replicates": 0}, "not asked for"),
    ],
)
def test_draws_can_be_left_out(options, why):
    context = context_of(network_of(STARS), structure={"restarts": 1, **options})
    found = context.once(profile.compute).table
    assert found[DRAWN].isna().all(axis=None)
    assert found["value"].notna().any()
    assert why in left_out(context)["intervals"]
    assert why in left_out(context)["null model"]
    assert ("the indices without each place in turn" in left_out(context)) == (
        "most_places" in options
    )
    assert why in text_of(centres.tell(context.once(centres.compute)))


def test_with_many_places_communities_are_not_searched_in_every_draw(stars, monkeypatch):
    monkeypatch.setattr(_structure_plan, "COSTLY", 7)
    context = context_of(network_of(STARS))
    found, before = (each.once(profile.compute).table for each in (context, stars))
    assert found.index.tolist() == before.index.tolist()
    assert found.loc["n_centres", "value"] == 2
    assert found.loc["n_centres", DRAWN].isna().all()
    rest = found.index.drop("n_centres")
    pd.testing.assert_frame_equal(found.loc[rest], before.loc[rest])
    assert "interval of the number of centres" in left_out(context)


def test_every_part_of_a_report_has_the_same_centres():
    # a holds 26 of 98 = 26.5 %, x 25 = 25.5 %.
    options = {"minimum_share": 0.26, "null": "none", "resamples": 20, "restarts": 1}
    links = [link if link[1] != "w" else ("x", "w", 6) for link in STARS]
    context = context_of(network_of(links), structure=options)
    result = context.once(centres.compute)
    assert result.table.index[result.table["centre"]].tolist() == ["a"]
    assert result.rules.index[result.rules["hubs"] == 1].tolist() == ["a"]
    assert context.once(profile.compute).value("n_centres") == 1
    assert "1 of 8 places is a centre by the rule “hubs”: a" in text_of(centres.offer(result))
    assert "each with at least 26 % of all strength" in text_of(centres.tell(result))


def test_the_rule_and_the_resolution_are_those_asked_for():
    options = {"rule": "top", "resolution": 0.0, "resamples": 0, "restarts": 1}
    context = context_of(network_of(STARS), structure=options)
    found = context.once(centres.compute).table
    # A tenth of eight places, rounded up; at resolution 0 all hang together in one community.
    assert found.index[found["centre"]].tolist() == ["a"]
    assert len(context.once(communities.compute).table) == 1
    settings = table(context, centres)["structure"].frame.set_index("setting")["value"]
    assert settings[["rule", "resolution"]].tolist() == ["top", "0.0"]


def index_table(**columns):
    row = {"value": 2.5, "low": np.nan, "high": np.nan, "bias": np.nan, "many_centres_if": "high"}
    row |= {"low_without_one": np.nan, "high_without_one": np.nan, "most_influential": None}
    row |= {"null_low": np.nan, "null_high": np.nan, "p": np.nan, "of": "strength"}
    return pd.DataFrame([row | columns], index=pd.Index(["effective_number"], name="index"))


def indices(**columns):
    plan = SimpleNamespace(replicates=10, null=DEGREE, modelled=(), resampled="flows")
    plan.network = SimpleNamespace(n_nodes=50)
    return profile.Profile(stand_in(names={"a": "A"}), index_table(**columns), {}, "hubs", plan)


def test_an_index_is_told_with_its_interval():
    assert texts(profile.offer(indices())) == [
        "Links are as concentrated as if 2.5 equal places shared them (effective number of places)."
    ]
    sure = indices(low=2.0, high=3.0, bias=0.3)
    assert "95 % interval 2 to 3)." in text_of(profile.offer(sure))
    close = indices(value=23.3, low=22.9, high=23.8, bias=0.1)  # not "23 (23 to 24)"
    assert "as if 23.3 equal" in text_of(profile.offer(close))
    assert "95 % interval 22.9 to 23.8)." in text_of(profile.offer(close))


def test_an_interval_that_resampling_shifts_is_not_told():
    shifted = indices(bias=0.7)
    assert "interval" not in text_of(profile.offer(shifted))
    said = "more than a quarter of the width of an interval, so that they have none: “effective"
    assert said in text_of(profile.tell(shifted))


def test_an_index_is_told_beside_random_networks_and_without_a_place():
    found = {"null_low": 1.0, "null_high": 2.0, "p": 0.02}
    text = text_of(profile.tell(indices(**found, most_influential="a")))
    assert (
        "“effective number of places”, the only index that can be, lies outside the middle 95 %"
        in text
    )
    assert "Compared with 10 random networks with the same degrees (null model “degree”, " in text
    assert (
        "chosen as 25 % are linked; 50 % of the links differ from the observed ones), “eff" in text
    )
    assert "Leaving out A changes 1 of 1 index more than leaving out any other place" in text


def test_indices_that_cannot_be_tested_are_not_counted():
    # The same in all random networks but for rounding, so without p.
    rows = {"effective_number": {"null_high": 2.5 + 2e-15, "p": np.nan}}
    rows |= {name: {"null_high": 2.0, "p": 0.02} for name in ("gini", "theil")}
    table = pd.concat([index_table(null_low=1.0, **row) for row in rows.values()]).set_axis([*rows])
    text = text_of(profile.tell(replace(indices(), table=table)))
    assert "2 of 2 indices that vary among them lie outside the middle 95 %" in text
    assert "random networks" not in text_of(profile.tell(replace(indices(), table=table.head(1))))


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({}, set()),
        ({"low": 2.0}, {"every event behind"}),
        ({"low_without_one": 2.0}, {"one place at a time"}),
        ({"null_low": 2.0, "p": 0.5}, {"among random networks", "no single p"}),
    ],
)
def test_how_to_read_the_profile_follows_from_what_was_drawn(columns, said):
    text = text_of(profile.explain(indices(**columns)))
    words = {"every event behind", "one place at a time", "among random networks", "no single p"}
    assert {word for word in words if word in text} == said
    assert ("On the profile" in text) == bool(said)


# -- communities, layers, brokers --------------------------------------------------------------


def test_weight_between_communities_is_counted_once(stars):
    # 24 inside each star, 2 between them: 48 of 50 ends of a star's links stay inside.
    result = stars.once(communities.compute)
    assert sorted(result.flows["weight"]) == [2, 24, 24]
    assert result.flows["share"].sum() == pytest.approx(1)
    assert result.table["strength"].tolist() == [50, 50]
    assert result.table["inside"].tolist() == pytest.approx([0.96, 0.96])
    assert sorted(result.table["strongest"]) == ["a", "x"]
    # Two communities with half of the ends each: 0.96 - 2 * 0.5^2 = 0.46.
    assert list(result.cohesion.index) == ["together", "links"]
    assert result.cohesion["inside"].tolist() == pytest.approx([0.96, 0.96])
    assert result.cohesion["modularity"].tolist() == pytest.approx([0.46, 0.46])
    text = text_of(communities.tell(result))
    assert "Called by their strongest places, they are " in text
    assert "Inside them lies 96 % of the weight." in text
    text = text_of(communities.offer(result))
    assert text.startswith(
        "The links make 2 communities (modularity 0.460, in 99 random networks 0.4"
    )
    assert "; one-sided p of 0." in text


def test_directed_weight_keeps_its_direction():
    context = context_of(network_of(STARS, directed=["links"]))
    flows = context.once(communities.compute).flows
    assert flows.loc[flows["source"] != flows["target"], "weight"].tolist() == [2]


def test_a_park_between_its_home_and_its_host_is_a_broker():
    # Firm f of Q, park p of Q in P, firms g of P and h of R, each linked to the park alone.
    # Ordered pairs: f-g and f-h with p of Q: f p g, f p h representative, and back gatekeeper;
    # g-h by way of p, three jurisdictions: liaison, both ways.
    nodes = pd.DataFrame(
        {"place": ["Q", "P", "P", "R"], "jurisdiction": ["Q", "Q", "P", "R"]}, index=list("fpgh")
    )
    network = network_of([("f", "p", 1), ("g", "p", 1), ("h", "p", 1)], nodes=nodes)
    result = context_of(network).once(brokers.compute)
    assert result.table.index.tolist() == ["p"]
    row = result.table.loc["p"]
    kinds = ["coordinator", "itinerant", "gatekeeper", "representative", "liaison", "together"]
    assert row[kinds].tolist() == [0, 0, 2, 2, 2, 6]
    assert row["enclave"]
    assert row["jurisdiction"] == "Q"
    text = text_of(brokers.tell(result))
    assert "1 node stands between two others" in text
    assert "most often p (6)" in text
    assert "Of the paths across jurisdictions 100 % lead through one" in text


def test_layers_are_compared_where_there_are_two(stars):
    assert stars.once(layers.compute) is None
    both = [*STARS, ("a", "b", 1, "other"), ("b", "c", 1, "other")]
    result = context_of(network_of(both, modelled=["other"])).once(layers.compute)
    # Seven linked pairs and two, one in common: 1 / 8.
    assert result.overlap.loc["links", "other"] == pytest.approx(1 / 8)
    text = text_of(layers.tell(result))
    assert "Of all pairs that are linked in links or other (modelled) 12 % are linked in both." in (
        text
    )
    # Places b and c gain a link, so b is second in one layer and first in the other.
    rho = result.correlation.loc["links", "other"]
    assert f"numbers of links in links and in other (modelled) is {rho:.2g}" in text
    assert "Most similar" not in text  # of one pair
    marked = tables_of(layers, result)["layer_overlap"].frame
    assert marked.columns.tolist() == ["links", "other (modelled)"]
    assert marked.index.tolist() == ["links", "other (modelled)"]


@pytest.mark.parametrize("links", [[], [("a", "a", 1)]], ids=["no links", "inside a place"])
def test_without_links_between_places_there_is_nothing_to_look_at(links):
    nodes = pd.DataFrame({"place": ["a", "b"]}, index=["a", "b"])
    context = context_of(network_of(links, nodes=nodes))
    for section in (centres, profile, communities, layers, brokers):
        assert context.once(section.compute) is None


@pytest.mark.parametrize("n", [2, 3])
def test_the_smallest_networks_have_a_structure(n):
    links = [(a, b, 1) for a, b in zip("ab", "bc", strict=True)][: n - 1]
    context = context_of(network_of(links))
    assert len(context.once(centres.compute).table) == n
    assert not math.isnan(context.once(profile.compute).value("primacy"))
    for section in (centres, profile, communities, brokers):
        result = context.once(section.compute)
        if result is not None:
            assert "nan" not in text_of(section.tell(result))


def test_sections_leave_the_network_as_it_was(small):
    before = ni.MultilayerNetwork(
        small.nodes, small.links, places=small.places, directed=small.directed
    )
    context = context_of(small)
    for section in (centres, profile, communities, layers, brokers):
        context.once(section.compute)
    assert small.equals(before)


def test_a_setting_that_is_left_out_is_shown_as_a_dash():
    result = centres.compute(context_of(network_of(STARS)))
    view = tables_of(centres, result)["structure"].view
    assert view.set_index("setting").loc["null", "value"] == "–"
    assert not view["value"].isin(["None", "nan"]).any()
