"""Periods side by side: indices by hand, enclaves, intervals, and when the section is there."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov.study.sections import periods
from study_cases import context_of, facts_of, figures_of, projected, said, tables_of

ALONE = {"structure": {"resamples": 0, "replicates": 0}}
DRAWN = {"structure": {"resamples": 40, "replicates": 0}}
PLACES = [f"p{k:02}" for k in range(22)]
RING = [(PLACES[k], PLACES[(k + 1) % 20]) for k in range(20)]  # two places have no link
STAR = [("p00", other) for other in PLACES[1:]]


def dated(pairs, period, weight=10.0):
    return [(*pair, weight, period) for pair in pairs]


def network(rows, *, nodes=None, unit="trips", modelled=False):
    links = pd.DataFrame(rows, columns=["source", "target", "weight", "period"])
    links["period"] = links["period"].astype("Int64")
    table = pd.DataFrame({"place": PLACES}, index=PLACES) if nodes is None else nodes
    record = {"unit": unit, "modelled": modelled}
    return ni.build_network(table, links, layers={"links": record})


@pytest.fixture(scope="module")
def two():
    return context_of(network(dated(RING, 2014) + dated(STAR, 2016)), **ALONE)


def column(context, period, name="value"):
    table = context.once(periods.compute).table
    return table[table["period"] == period].set_index("index")[name]


def test_indices_of_each_period_by_hand_with_isolates_as_zero(two):
    # Twenty places of strength 20 and two of 0; then one of 210 and 21 of 10.
    ring, star = column(two, 2014), column(two, 2016)
    assert ring["rank_size"] == pytest.approx(0)  # zeros are not ranked
    assert (ring["primacy"], star["primacy"]) == (pytest.approx(1 / 20), pytest.approx(1 / 2))
    assert ring["gini"] == pytest.approx(2 / 22)
    # Pairs that differ: 21 of 200, twice; twice n times the sum of 420: 8400 / 18480.
    assert star["gini"] == pytest.approx(5 / 11)
    assert ring["effective_number"] == pytest.approx(20)
    assert star["effective_number"] == pytest.approx(math.sqrt(2 * 42))
    share = 20 / 22  # of places with degree 2: sd is 2 sqrt(pq), of the pair (0, 2) it is 1
    even = 1 - 2 * math.sqrt(share * (1 - share))
    assert ring["functional"] == pytest.approx(even * 20 / 231)
    degrees = np.array([21] + [1] * 21)
    assert star["functional"] == pytest.approx((1 - degrees.std() / 10.5) * 21 / 231)
    assert star["n_centres"] == 1
    changes = two.once(periods.compute).changes
    primacy = changes.loc["primacy", ["first", "last", "change"]].tolist()
    assert primacy == pytest.approx([0.05, 0.5, 0.45])
    assert changes["low"].isna().all()
    text = said(periods, replace(two.once(periods.compute), left_out={}))  # as if all were shifted
    assert "No change has one, as resampling" in text
    assert "2014 has 20 linked pairs of 20 places, 2016 21 of 22: more links alone" in text
    assert tables_of(periods, two)["periods"].view["links"].tolist() == [20, 21]


def test_the_order_of_rows_and_of_periods_changes_nothing(two):
    rows = (dated(RING, 2014) + dated(STAR, 2016))[::-1]
    turned = context_of(network(rows), **ALONE).once(periods.compute)
    pd.testing.assert_frame_equal(turned.table, two.once(periods.compute).table)


@pytest.mark.slow
def test_fewer_than_two_periods_of_twenty_links_have_no_section():
    inside = [("p00", "p00", 10.0, 2016)]  # a link inside a place joins no two
    for rows in (
        dated(RING, 2014) + dated(STAR[:19], 2016) + inside,
        dated(RING, 2014),
        dated(RING, None) + dated(STAR, None),
    ):
        assert context_of(network(rows), **ALONE).once(periods.compute) is None
    assert context_of(network(dated(RING, 2014)), structure=False).once(periods.compute) is None
    rows = dated(RING, 2014) + dated(STAR[:20], 2016) + dated(STAR[:3], 2015)
    context = context_of(network([*rows, *dated(RING[:1], None)]), **ALONE)
    known = facts_of(periods, context)
    assert (known["n"], known["few"], known["timeless"]) == (2, 1, 1)
    assert (known["first"], known["last"]) == ("2014", "2016")
    assert "1 period with fewer is left out; 1 linked pair without a period is in none" in said(
        periods, context
    )


@pytest.mark.slow
@pytest.mark.parametrize(("n", "trend"), [(3, False), (4, True)])
def test_nothing_is_said_on_a_trend_from_fewer_than_four_periods(n, trend):
    rows = [row for k in range(n) for row in dated(STAR if k % 2 else RING, 2000 + k)]
    context = context_of(network(rows), **ALONE)
    assert ("rend" in said(periods, context)) is trend
    if trend:  # ring, star, ring, star
        assert "rises 1 time and falls 2 times" in said(periods, context)


@pytest.mark.slow
def test_enclaves_of_a_period_are_the_nodes_with_a_link_in_it():
    parks = pd.DataFrame(
        {
            "place": ["p00", "p00", "p05", "p07"],
            "jurisdiction": ["p01", "p02", "p00", "p07"],
            "kind": "park",
        },
        index=["up_1", "up_2", "down", "at_home"],
    )
    nodes = pd.concat([pd.DataFrame({"place": PLACES}, index=PLACES), parks])
    nodes["jurisdiction"] = nodes["jurisdiction"].fillna(nodes["place"])
    nodes["kind"] = nodes["kind"].fillna("firm")
    rows = dated(RING, 2014) + dated(STAR, 2016)
    rows += dated([("up_1", "p00"), ("at_home", "p01")], 2014, 60.0)  # within its host, too
    rows += dated([("up_1", "p03"), ("up_2", "p03"), ("down", "p04")], 2016, 60.0)
    made = network(rows, nodes=nodes)
    population = pd.DataFrame({"population": [9e6] + [1e6] * 21}, index=PLACES)
    made = ni.MultilayerNetwork(
        made.nodes, made.links, places=population, layers=made.layer_table.T.to_dict()
    )
    context = context_of(made, **DRAWN)
    for index, n in (("enclaves", (1, 3)), ("reverse_enclaves", (1, 2))):
        assert (column(context, 2014)[index], column(context, 2016)[index]) == n
        # Sixty trips are never lost in a resample.
        assert column(context, 2016, "low")[index] == column(context, 2016, "high")[index] == n[1]
    assert "of enclaves with links: 1 and 3 (reverse: 1 and 2)" in said(periods, context)
    assert figures_of(periods, context)["enclaves"].value == 2


def test_enclaves_of_unknown_direction_are_told_without_one():
    # Homes without any link or population: nobody knows whether they rank below p00.
    parks = pd.DataFrame({"place": "p00", "jurisdiction": ["q1", "q2"], "kind": "park"})
    firms = pd.DataFrame({"place": PLACES, "jurisdiction": PLACES, "kind": "firm"}, PLACES)
    nodes = pd.concat([firms, parks.set_axis(["one", "two"])])
    rows = dated([*RING, ("one", "p05")], 2014) + dated([*STAR, ("two", "p05")], 2016)
    context = context_of(network(rows, nodes=nodes), **ALONE)
    result = context.once(periods.compute)
    assert result.changes.loc["enclaves", ["first", "last"]].tolist() == [1, 1]
    assert "reverse_enclaves" not in {*result.changes.index, *result.table["index"]}
    assert "of enclaves with links: 1 and 1." in said(periods, context)
    assert "reverse_enclaves" not in figures_of(periods, context)


def test_the_rule_of_centres_is_told(two):
    rule = "Centres are found by one rule in all periods: places whose mass stands out"
    assert rule in said(periods, two)


def test_a_period_of_one_event_is_not_compared():
    # In 2014 one event of eight members in as many places, in the other years two of them.
    events = [("a", 2014), ("b", 2015), ("c", 2015), ("d", 2016), ("e", 2016)]
    rows = [(f"m{k}", event, year) for event, year in events for k in range(8)]
    links = pd.DataFrame(rows, columns=["source", "target", "period"]).assign(layer="meets")
    places = pd.Series([f"P{k}" for k in range(8)], [f"m{k}" for k in range(8)])
    nodes = pd.DataFrame({"place": places, "kind": "member"})
    nodes = pd.concat([nodes, pd.DataFrame({"kind": "event"}, [*"abcde"])])
    context = projected(ni.build_network(nodes, links), onto="member", configuration=ALONE)
    known = facts_of(periods, context)
    assert (known["first"], known["last"], known["few"]) == ("2015", "2016", 1)
    assert "20 linked pairs of places or more and several events; 1 period" in said(
        periods, context
    )


def test_counts_are_whole_however_many(two):
    result = two.once(periods.compute)
    row = {"first": 51.0, "last": 75.0, "change": 24.0}
    ends = {"low": [np.nan, -26.5], "high": [np.nan, 133.2]}
    changes = pd.DataFrame(row | ends, index=["reverse_enclaves", "n_centres"])
    figures = {
        each.name: each for each in periods.key_figures(replace(result, changes=changes), {})
    }
    shown = figures["reverse_enclaves"]
    assert two.language.form(shown.value, shown.form, shown.digits) == "24"
    shown = figures["n_centres"]
    assert two.language.span(shown.low, shown.high, around=shown.value) == "−27 to 134"


@pytest.mark.slow
def test_clear_changes_are_told_with_their_intervals():
    ring = [(*pair, 100.0 + 20 * k, 2014) for k, pair in enumerate(RING)]
    star = [(*pair, 100.0 + 20 * k, 2016) for k, pair in enumerate(STAR)]
    context = context_of(network(ring + star), **DRAWN)
    result, known = context.once(periods.compute), facts_of(periods, context)
    change = result.changes.loc["effective_number"]
    assert change["low"] < change["change"] < change["high"] < 0
    assert "gini" in known["risen"]
    assert "effective_number" in known["fallen"]
    strength = ni.centrality.overlapping_strength(network(ring))
    number = f"{ni.polycentricity.effective_number(strength):.1f}"
    assert said(periods, context).startswith(
        f"Links concentrate: in 2014 they are as concentrated as if {number} equal places shared"
    )
    table = result.table.dropna(subset=["low", "high"])
    assert ((table["low"] <= table["value"]) & (table["value"] <= table["high"])).all()
    primacy = result.table[result.table["index"] == "primacy"]
    assert primacy[["low", "high"]].stack().between(0, 1).all()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"unit": "million euro"}, "why_no_counts"),
        ({"unit": "trips", "modelled": True}, "why_all_modelled"),
    ],
)
def test_what_counts_no_events_has_no_interval_and_the_page_says_why(options, why):
    context = context_of(network(dated(RING, 2014) + dated(STAR, 2016), **options), **DRAWN)
    result = context.once(periods.compute)
    assert result.left_out == {"intervals": why}
    assert result.table[["low", "high", "change_low", "change_high"]].isna().all(axis=None)
    assert "Not computed: intervals (" in said(periods, context)


def test_weights_that_are_whole_only_in_sum_count_no_events():
    halves = dated(RING, 2014, 1.5) + dated(RING, 2015, 0.5) + dated(STAR, 2016, 3.0)
    context = context_of(network(halves), **DRAWN)
    assert context.once(periods.compute).left_out == {"intervals": "why_no_counts"}


def test_each_index_has_a_chart_with_a_point_a_period(two):
    (picture,) = periods.draw(two.once(periods.compute))
    axes = picture.plot().figure.axes
    titles = [ax.get_title("left") for ax in axes[:2]]
    assert titles == ["slope of rank and size", "share of the largest"]
    assert len(axes) == len(periods.INDICES)
    assert axes[1].lines[0].get_xydata().tolist() == [[2014, 0.05], [2016, 0.5]]
