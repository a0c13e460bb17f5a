"""The null model of a study: chosen from the data, with the reason, or none that tells nothing."""

import math
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from netinnov.errors import InputError
from netinnov.null_models import GravityNull, Rewire
from netinnov.study import sections
from netinnov.study.sections import centres, organised
from study_cases import FEW, STARS, context_of, facts_of, network_of, said

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
    return context_of(network, structure=FEW | structure).once(centres.CHECK)


def test_where_few_pairs_are_linked_links_are_rewired():
    plan = planned(network_of(STARS))
    # 7 of 28 pairs.
    assert plan.null == Rewire()
    assert plan.moved > 0.05


@pytest.mark.parametrize("located", [True, False])
def test_dense_flows_are_compared_with_gravity(located):
    plan = planned(dense(located=located, left_out=8))  # 83 of 91 pairs
    deterrence = "power" if located else None
    assert plan.null == GravityNull(deterrence, unit="dispersion")
    assert plan.null_code == ("null_gravity" if located else "null_totals")


@pytest.mark.parametrize(("missing", "code"), [(False, "null_gravity"), (True, "null_totals")])
def test_gravity_takes_the_distances_of_the_network(missing, code):
    far = np.add.outer(np.arange(14.0), 2 * np.arange(14.0)) + 1
    table = pd.DataFrame(far, PLACES, PLACES)
    if missing:
        table.iloc[[2, 5], [5, 2]] = np.nan
    for located in (True, False):
        network = dense(located=located, left_out=8).with_distances(table, unit="min")
        assert planned(network).null_code == code


def test_a_null_model_that_moves_next_to_nothing_gives_no_verdict():
    # With 2 of 91 pairs without a link hardly anything can be exchanged.
    context = context_of(dense(left_out=2), structure=FEW | {"null": "degree"})
    plan = context.once(centres.CHECK)
    assert plan.null is None
    assert plan.moved < 0.05
    assert plan.left_out["null model"] == "why_null_moves_little"
    found = context.once(centres.compute).profile
    assert found[["z", "p", "null_mean"]].isna().all(axis=None)
    assert facts_of(centres, context)["compared"] == 0
    test = context.once(centres.compute).detection.test
    assert math.isnan(test.p)
    assert test.untested == plan.null_code
    known = facts_of(organised, context)
    assert (known["tested"], known["untested"]) == (False, "why_null_moves_little")
    assert "is not tested: the null model hardly moves a link." in said(organised, context)


@pytest.mark.parametrize("name", ["degree", "distance", "gravity"])
def test_the_null_model_that_is_asked_for_is_used(name):
    links = [(a, b, k + 1) for k, (a, b) in enumerate(pairwise(PLACES))]
    links += [(PLACES[0], b, 2) for b in PLACES[4::3]]
    places = pd.DataFrame({"lon": np.arange(14.0), "lat": np.arange(14.0) % 5}, index=PLACES)
    plan = planned(network_of(links, places=places), null=name)
    assert plan.null_code == f"null_{name}"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("distance", "needs `lon` and `lat` of places"),
        (
            "curveball",
            'null = "curveball" in .structure. does not fit: .* events that .data. project',
        ),
    ],
)
def test_a_null_model_that_does_not_fit_is_refused(name, words):
    context = context_of(network_of(STARS), structure=FEW | {"null": name})
    (section,) = (each for each in sections.SECTIONS if each.name == "centres")
    with pytest.raises(InputError, match=words):
        context.once(section.check)


@pytest.mark.slow
def test_what_gravity_fixes_by_the_totals_is_not_compared_with_it():
    many = {"resamples": 0, "replicates": 40}
    context = context_of(dense(left_out=8), structure=many)
    result = context.once(centres.compute).profile
    compared = result.index[result["null_mean"].notna()].tolist()
    # Strengths are kept on average, and how many pairs get a flow depends on the unit of the draws.
    assert {*compared} <= {"entropy_index", "n_centres"}
    assert "entropy_index" in compared
    # Flows drawn from sizes alone are no more concentrated than such flows are.
    row = result.loc["entropy_index"]
    assert row["null_low"] <= row["value"] <= row["null_high"]
    known = facts_of(centres, context)
    assert known["null"] == "null_totals"
    assert known["compared"] == result["p"].notna().sum()
    assert f"of {known['compared']} ind" in said(centres, context)


def test_the_direction_of_strengths_is_one_for_centres_and_indices():
    # a sends to all others, z receives from all.
    links = [("a", b, 5) for b in "bcdz"] + [(b, "z", 4) for b in "bcd"] + [("b", "c", 1)]
    for direction, largest in (("in", "z"), ("out", "a")):
        settings = FEW | {"direction": direction, "rule": "head_tail"}
        context = context_of(network_of(links, directed=["links"]), structure=settings)
        found = context.once(centres.compute).detection
        assert found.table.index[found.table["centre"]].tolist() == [largest]
        strength = found.table["centrality"]
        value = context.once(centres.compute).profile.loc["primacy", "value"]
        assert value == pytest.approx(strength[largest] / strength.sum())
        assert context.once(centres.compute).profile.loc["n_centres", "value"] == 1
