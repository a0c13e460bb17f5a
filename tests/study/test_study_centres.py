"""How many centres the region has: what is computed, told, tested and left out."""

import math
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov.polycentricity import profile as profile_of
from netinnov.study.sections import centres
from study_cases import (
    FEW,
    STARS,
    context_of,
    facts_of,
    figures_of,
    network_of,
    said,
    tables_of,
    text_in,
)

OFF = {"structure": False}
DRAWN = ["low", "high", "null_mean", "null_low", "null_high", "z", "p"]


@pytest.fixture(scope="module")
def stars():
    return context_of(network_of(STARS))


def left_out(context):
    known = facts_of(centres, context)
    return dict(zip(known["left_out"], known["reasons"], strict=True))


def test_two_stars_have_two_centres_by_table_and_by_profile(stars):
    found = stars.once(centres.compute).detection
    assert sorted(found.centres.index) == ["a", "x"]
    assert (found.centres["support"] > 0.6).all()
    index = stars.once(centres.compute).profile
    assert index.loc["n_centres", "value"] == 2
    # Strengths 26, 9, 8, 7 twice: the larger holds 26 of 100.
    assert index.loc["primacy", "value"] == pytest.approx(0.26)
    assert figures_of(centres, stars)["primacy"].value == pytest.approx(0.26)
    # Most networks with these degrees are two stars, so that communities say nothing.
    assert found.test.by_chance
    assert found.rule == "outliers"
    by_hand = found.rules[["outliers", "head_tail", "core", "dominant_flow"]].mean(axis=1)
    assert found.rules["agreement"].tolist() == pytest.approx(by_hand.tolist())
    assert found.table["agreement"].equals(found.rules["agreement"])


def test_centres_are_told_with_their_support_and_by_other_rules(stars):
    known = facts_of(centres, stars)
    assert (known["n_centres"], {*known["centres"]}, known["places"]) == (2, {"a", "x"}, 8)
    assert known["rule"] == "outliers"
    assert known["share"] == pytest.approx(0.52)
    assert known["layers"] == ["links"]
    assert known["sure"]
    assert known["support"] == stars.once(centres.compute).detection.centres["support"].min()
    # Strengths 26, 9, 8, 7 twice: two above the mean of 12.5.
    by_others = dict(zip(known["others"], known["by_others"], strict=True))
    assert by_others["rule_head_tail"] == 2
    assert figures_of(centres, stars)["centres"].value == 2
    answer = text_in(centres, stars).answer
    assert answer.startswith("2 of 8 places are centres")
    assert ", with 52 % of all strength." in answer
    notes = " ".join(text_in(centres, stars).notes)
    assert "by strength, as not all distances are given" in notes
    assert "By other rules there would be 2 (places above the mean strength" in notes


def test_a_network_in_which_nobody_stands_out_is_told_to_have_no_centre():
    ring = context_of(network_of([(a, b, 5) for a, b in RING]), structure={"replicates": 0})
    assert facts_of(centres, ring)["n_centres"] == 0
    assert "No place stands out among 10 places" in text_in(centres, ring).answer
    assert "10 个城市中没有特别突出的城市" in said(centres, ring, "zh")


def test_modelled_links_change_nothing_of_what_was_observed(stars):
    model = [("b", "y", 90, "model"), ("c", "z", 1, "model")]
    both = context_of(network_of([*STARS, *model], modelled=["model"]))
    for name in ("table", "rules"):
        alone, together = (
            getattr(each.once(centres.compute).detection, name) for each in (stars, both)
        )
        pd.testing.assert_frame_equal(together, alone)
    profiles = (each.once(centres.compute).profile for each in (both, stars))
    pd.testing.assert_frame_equal(*profiles)
    plan = both.once(centres.CHECK)
    assert (plan.network.layers, plan.modelled) == (("links",), ())
    assert facts_of(centres, both)["beside"] == ["model"]
    assert "model (modelled) is kept apart and not tested" in said(centres, both)


def test_every_part_of_a_report_has_the_same_centres():
    # k is the strongest of its community of three, but holds 0.8 of 101.6.
    links = [*STARS, ("k", "l", 0.4), ("k", "m", 0.4)]
    context = context_of(network_of(links), structure={"replicates": 0})
    found, known = context.once(centres.compute).detection, facts_of(centres, context)
    assert found.centres.index.tolist() == ["a", "x"]
    assert found.rules.index[found.rules["outliers"] == 1].tolist() == ["a", "x"]
    assert context.once(centres.compute).profile.loc["n_centres", "value"] == 2
    assert known["n_centres"] == 2
    assert "2 of 11 places are centres: a and x, with 51 % of all strength." in said(
        centres, context
    )


def test_what_is_modelled_only_is_not_tested():
    context = context_of(network_of(STARS, layer="model", modelled=["model"]))
    found = context.once(centres.compute).profile
    assert found[DRAWN].isna().all(axis=None)
    assert found["low_without_one"].notna().any()
    assert context.once(centres.compute).detection.table["support"].isna().all()
    assert left_out(context)["null model"] == "why_all_modelled"
    known = facts_of(centres, context)
    assert (known["compared"], known["beside"], known["sure"]) == (0, [], False)
    assert tables_of(centres, context)["centres"].modelled == ("model",)
    assert "intervals and null model (modelled links are no evidence)." in said(centres, context)
    assert "Looked at: the layer model (modelled)." in said(centres, context)


@pytest.mark.slow
@pytest.mark.parametrize("events", [None, 1_000])
def test_a_layer_in_money_has_intervals_by_its_events_only(events):
    # 12,000 euros are not 12,000 contracts: nobody knows how many are behind them.
    rng = np.random.default_rng(2)
    ids = [f"c{i}" for i in range(8)]
    rows = [(a, b, 100 * int(rng.integers(1, 9))) for a in ids for b in ids if a < b]
    nodes = pd.DataFrame({"place": ids}, index=ids)
    links = pd.DataFrame(rows, columns=["source", "target", "weight"]).assign(layer="contracts")
    record = {"contracts": {"unit": "EUR", "events": events}}
    network = ni.build_network(nodes, links, layers=record)
    context = context_of(network, structure={"resamples": 60, "replicates": 0})
    result = context.once(centres.compute).profile
    low, high = result.loc["primacy", ["low", "high"]]
    if events is None:
        assert np.isnan([low, high]).all()
        assert left_out(context)["intervals"] == "why_no_counts"
        return
    # The share of a place in all ends has a standard deviation of about sqrt(p (1 - p) / n).
    share = result.loc["primacy", "value"]
    sd = math.sqrt(share * (1 - 2 * share) / (2 * events))
    assert 1.5 * sd < high - low < 8 * sd


@pytest.mark.parametrize("source", ["cordis", "patentsview"])
def test_links_of_projects_are_not_resampled_one_by_one(source):
    context = context_of(network_of(STARS), source=source)
    plan = context.once(centres.CHECK)
    assert (plan.resamples, plan.null) == (0, None)
    assert left_out(context)["intervals"] == "why_joint_events"


def test_draws_can_be_left_out():
    context = context_of(network_of(STARS), structure={"resamples": 0, "replicates": 0})
    found = context.once(centres.compute).profile
    assert found[DRAWN].isna().all(axis=None)
    assert found["value"].notna().any()
    assert left_out(context) == dict.fromkeys(["intervals", "null model"], "why_not_asked")
    assert "Not computed: intervals and null model (not asked for)." in said(centres, context)
    assert text_in(centres, context).tables["profile"] == "Indices of polycentricity"
    assert "random" not in text_in(centres, context).figures["profile"][0]


def test_among_a_great_many_places_nothing_is_drawn():
    context = context_of(network_of([("hub", f"{k:04}") for k in range(1000)]))
    assert context.once(centres.compute).profile[DRAWN].isna().all(axis=None)
    assert left_out(context) == dict.fromkeys(["intervals", "null model"], "why_many_places")


def test_without_structure_there_is_no_section():
    assert context_of(network_of(STARS), **OFF).once(centres.compute) is None


def with_index(stars, *, rows=("effective_number",), **columns):
    """The stars with a profile written by hand: the same row for each index."""
    row = {"value": 2.5, "low": np.nan, "high": np.nan, "bias": np.nan, "many_centres_if": "high"}
    row |= {"low_without_one": np.nan, "high_without_one": np.nan, "most_influential": None}
    row |= {"null_low": np.nan, "null_high": np.nan, "p": np.nan, "of": "strength"}
    table = pd.DataFrame([row | columns] * len(rows), pd.Index(rows, name="index"))
    table = table.reindex([*rows, "n_centres", "primacy", "rank_size"])
    result = stars.once(centres.compute)
    return replace(result, profile=table)


@pytest.fixture(scope="module")
def tested():
    return context_of(network_of(STARS), structure=FEW | {"replicates": 39})


def effective(result):
    return figures_of(centres, result)["effective"]


def test_an_index_has_an_interval_whose_ends_differ_as_written(stars):
    assert effective(with_index(stars)).low is None
    figure = effective(with_index(stars, low=2.0, high=3.0, bias=0.3))
    assert (figure.value, figure.low, figure.high, figure.digits) == (2.5, 2.0, 3.0, 3)
    close = effective(with_index(stars, value=23.3, low=22.9, high=23.8, bias=0.1))
    assert close.digits == 3  # not "23 (23 to 24)"


def test_an_interval_that_resampling_shifts_is_left_out_and_counted(stars):
    result = with_index(stars, bias=0.7)
    assert effective(result).low is None
    assert centres.facts(result)["shifted"] == 1
    assert centres.facts(with_index(stars, bias=0.3, low=2.0, high=3.0))["shifted"] == 0


@pytest.mark.slow
def test_an_index_is_held_against_random_networks(tested):
    result = with_index(tested, null_low=1.0, null_high=2.0, p=0.02)
    known = centres.facts(result)
    assert (known["compared"], known["towards_more"]) == (1, ["effective_number"])
    assert known["towards_fewer"] == []
    turned = with_index(tested, null_low=1.0, null_high=2.0, p=0.02, many_centres_if="low")
    assert centres.facts(turned)["towards_fewer"] == ["effective_number"]
    assert "towards fewer centres: effective number" in said(centres, turned)
    # Of 50 networks one is as extreme: beyond the 2.5 % quantile between two of them, p 4 / 51.
    near = centres.facts(with_index(tested, null_low=1.0, null_high=2.0, p=4 / 51))
    assert (near["compared"], near["towards_more"]) == (1, [])


def test_indices_that_differ_are_counted_by_p_that_is_corrected_for_all_of_them(tested):
    # Benjamini and Hochberg: of three, 0.01 x 3 / 1 and 0.04 x 3 / 2; 0.3 x 3 / 3.
    rows = ("effective_number", "gini", "theil")
    result = with_index(tested, rows=rows, null_low=1.0, null_high=2.0)
    table = result.profile.copy()
    table.loc[[*rows], "p"] = [0.04, 0.01, 0.3]
    some = replace(result, profile=table)
    assert centres.facts(some)["towards_more"] == ["gini"]
    written = tables_of(centres, some)["profile"]
    assert written.frame["p_corrected"].head(3).tolist() == pytest.approx([0.06, 0.03, 0.3])
    assert "p_corrected" in written.view
    assert "1 of 3 indices compared with 39 of them differs" in said(centres, some)
    # Twice the standard error of 0.05 = 2 x 0.025 among 39 networks: 4 x (0.025 x 0.975 / 39)^0.5.
    assert "a p of 0.05 is uncertain by 0.1)" in said(centres, some)


def test_indices_that_cannot_be_tested_are_not_counted(tested):
    # The same in all random networks but for rounding, so without p.
    rows = ("effective_number", "gini", "theil")
    result = with_index(tested, rows=rows, null_low=1.0, null_high=2.0, p=0.02)
    table = result.profile.copy()
    table.loc["effective_number", ["null_high", "p"]] = [2.5 + 2e-15, np.nan]
    known = centres.facts(replace(result, profile=table))
    assert (known["compared"], known["towards_more"]) == (2, ["gini", "theil"])
    alone = centres.facts(replace(result, profile=table.loc[["effective_number", "n_centres"]]))
    assert (alone["compared"], alone["towards_more"]) == (0, [])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rows", "shown"),
    [
        # Strengths 97, 100 and 97 of 294: exp of the entropy of their shares = 2.9997.
        ([("a", "b", 50), ("b", "c", 50), ("c", "a", 47)], "as if 3.00 equal places"),
        ([("a", "b", 1), ("b", "c", 1), ("c", "a", 1)], "Strength is the same at 3 places"),
    ],
)
def test_the_effective_number_does_not_reach_all_places_by_rounding(rows, shown):
    assert shown in text_in(centres, context_of(network_of(rows))).answer


@pytest.mark.parametrize(
    ("value", "shown"),
    [(23.54, "23.5"), (24 * (1 + 1e-15), "24"), (9.73, "9.73"), (0.9996, "1.00"), (1.0, "1")],
)
def test_zeros_at_the_end_tell_a_number_that_is_not_whole(value, shown, stars):
    assert f" as if {shown} equal place" in said(centres, with_index(stars, value=value))


@pytest.mark.parametrize("links", [[], [("a", "a", 1)]], ids=["no links", "inside a place"])
def test_without_links_between_places_there_is_nothing_to_look_at(links):
    nodes = pd.DataFrame({"place": ["a", "b"]}, index=["a", "b"])
    assert context_of(network_of(links, nodes=nodes)).once(centres.compute) is None


@pytest.mark.slow
@pytest.mark.parametrize("n", [2, 3])
def test_the_smallest_networks_have_a_structure(n):
    links = [(a, b, 1) for a, b in zip("ab", "bc", strict=True)][: n - 1]
    context = context_of(network_of(links))
    assert len(context.once(centres.compute).detection.table) == n
    assert not math.isnan(context.once(centres.compute).profile.loc["primacy", "value"])
    text = "".join(said(centres, context, code) for code in ("en", "zh"))
    assert not re.search(r"\bnan\b|None|not known|不详|\b1 places", text)


TEN = [f"E{i}" for i in range(10)]
RING = list(zip(TEN, TEN[1:] + TEN[:1], strict=True))


def test_an_index_at_its_end_has_no_interval():
    # Resampled, a ring of equal links is less even in every draw.
    table = profile_of(
        network_of(RING), indices=["effective_number"], resamples=50,
        null=None, rng=1, restarts=1, progress=False,
    )  # fmt: skip
    assert table.loc["effective_number", "bias"] < 0
    assert table[["low", "high"]].isna().all(axis=None)
    assert table["most_influential"].isna().all()
