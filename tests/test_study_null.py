"""The null model of a study: chosen from the data, with the reason, or none that tells nothing."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov.null_models import GravityNull, Rewire
from netinnov.study import _structure_plan
from netinnov.study.sections import centres, communities, profile
from study_cases import FEW, STARS, context_of, network_of, tables_of, text_of

PLACES = [f"p{k:02}" for k in range(14)]


def dense(*, located=False, left_out=0):
    """Flows between all of 14 places but some pairs, as their sizes make them, and noise."""
    rng = np.random.default_rng(5)
    size = rng.gamma(1, 4, 14) + 1
    pairs = [(a, b) for a in range(14) for b in range(a)][left_out:]
    links = [(PLACES[b], PLACES[a], int(1 + rng.poisson(9 * size[a] * size[b]))) for a, b in pairs]
    at = None
    if located:
        at = pd.DataFrame({"lon": rng.uniform(100, 120, 14), "lat": 30.0}, index=PLACES)
    return network_of(links, places=at)


def planned(network, **structure):
    return context_of(network, structure=FEW | structure).once(_structure_plan.plan)


def left_out(plan):
    return {each.result: each.why for each in plan.left_out}


def test_where_few_pairs_are_linked_links_are_rewired():
    plan = planned(network_of(STARS))
    assert (plan.null.name, plan.null.model) == ("degree", Rewire())
    # 7 of 28 pairs.
    assert plan.null.why == "chosen as 25 % of the pairs that the linked places can form are linked"
    assert plan.null.moved > 0.05
    assert plan.replicates == FEW["replicates"]


@pytest.mark.parametrize("located", [True, False])
def test_dense_flows_are_compared_with_gravity(located):
    plan = planned(dense(located=located, left_out=8))
    assert plan.null.name == "gravity"
    deterrence = "power" if located else None
    assert plan.null.model == GravityNull(deterrence, unit="dispersion")
    # 83 of 91 pairs.
    assert plan.null.why == "chosen as 91 % of the pairs that the linked places can form are linked"
    assert ("and their distance" in plan.null.described) == located


def test_two_places_at_one_point_have_no_power_of_their_distance():
    network = dense(located=True)
    places = network.places.assign(lon=[100.0, 100.0, *range(101, 113)])
    network = ni.build_network(network.nodes, network.links, places)
    assert planned(network).null.model == GravityNull("exponential", unit="dispersion")


def test_a_null_model_that_moves_next_to_nothing_gives_no_verdict():
    # With 2 of 91 pairs without a link hardly anything can be exchanged.
    context = context_of(dense(left_out=2), structure=FEW | {"null": "degree"})
    plan = context.once(_structure_plan.plan)
    assert plan.null.model is None
    assert plan.replicates == 0
    assert "the null model “degree” moves " in left_out(plan)["null model"]
    found = context.once(profile.compute)
    assert found.table[["z", "p", "null_mean"]].isna().all(axis=None)
    assert "Compared with" not in text_of(profile.tell(found))
    test = context.once(centres.compute).test
    assert math.isnan(test.p)
    assert test.untested == plan.null.why
    text = text_of(communities.offer(context.once(communities.compute)))
    assert "whether chance gives as much is not tested, as the null model “degree” moves" in text


@pytest.mark.parametrize("name", ["degree", "distance", "gravity"])
def test_the_null_model_that_is_asked_for_is_used(name):
    links = [(a, b, k + 1) for k, (a, b) in enumerate(pairwise(PLACES))]
    links += [(PLACES[0], b, 2) for b in PLACES[4::3]]
    places = pd.DataFrame({"lon": np.arange(14.0), "lat": np.arange(14.0) % 5}, index=PLACES)
    plan = planned(network_of(links, places=places), null=name)
    assert plan.null.name == name
    assert plan.null.why == "asked for in [structure]"


def test_a_null_model_that_does_not_fit_is_left_out_with_the_reason():
    plan = planned(network_of(STARS), null="distance")
    assert plan.null.model is None
    why = left_out(plan)["null model"]
    assert why.startswith("the null model “distance” does not fit these data: ")
    assert "oordinates" in why
    assert left_out(planned(network_of(STARS), null="none"))["null model"] == "not asked for"


def test_what_gravity_fixes_by_the_totals_is_not_compared_with_it():
    many = {"resamples": 0, "replicates": 40, "restarts": 1}
    context = context_of(dense(left_out=8), structure=many)
    result = context.once(profile.compute)
    compared = result.table.index[result.table["null_mean"].notna()].tolist()
    # Strengths are kept on average, and how many pairs get a flow depends on the unit of the draws.
    assert {*compared} <= {"entropy_index", "n_centres"}
    assert "entropy_index" in compared
    # Flows drawn from sizes alone are no more concentrated than such flows are.
    row = result.table.loc["entropy_index"]
    assert row["null_low"] <= row["value"] <= row["null_high"]
    text = text_of(profile.tell(result))
    assert "in which flows follow from the totals of the places alone (null model “gravity”" in text
    assert "Not compared: indices of strength and of symmetry, which the totals" in text


def test_the_direction_of_strengths_is_one_for_centres_and_indices():
    # a sends to all others, z receives from all.
    links = [("a", b, 5) for b in "bcdz"] + [(b, "z", 4) for b in "bcd"] + [("b", "c", 1)]
    for direction, largest in (("in", "z"), ("out", "a")):
        settings = FEW | {"direction": direction, "rule": "top"}
        context = context_of(network_of(links, directed=["links"]), structure=settings)
        found = context.once(centres.compute)
        assert found.table.index[found.table["centre"]].tolist() == [largest]
        strength = found.table["centrality"]
        value = context.once(profile.compute).value("primacy")
        assert value == pytest.approx(strength[largest] / strength.sum())
        assert context.once(profile.compute).value("n_centres") == 1


def test_the_report_says_which_null_model_and_how_much_it_moves():
    context = context_of(network_of(STARS))
    table = tables_of(centres, context.once(centres.compute))["structure"].frame
    settings = table.set_index("setting")["value"]
    assert settings["null model used"] == "degree"
    assert 0.05 < float(settings["share of links that the null model moves"]) <= 1
    text = text_of(profile.tell(context.once(profile.compute)))
    assert (
        "(null model “degree”, chosen as 25 % of the pairs that the linked "
        "places can form are linked; " in text
    )


def test_without_anything_to_compare_with_a_table_stands_for_the_figure():
    options = {"resamples": 0, "replicates": 0, "restarts": 1, "most_places": 3}
    context = context_of(network_of(STARS), structure=options)
    result = context.once(profile.compute)
    assert list(profile.draw(result)) == []
    assert tables_of(profile, result)["profile"].on_page
    shown = context_of(network_of(STARS)).once(profile.compute)
    assert not tables_of(profile, shown)["profile"].on_page
