"""Periods side by side: indices by hand, enclaves, intervals, and when the section is there."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from test_study_two_mode import context_of as context_of_events, two_mode

import netinnov as ni
from netinnov.network import split_periods
from netinnov.polycentricity import profile
from netinnov.study.sections import periods
from study_cases import context_of, facts_of, figures_of, said, tables_of

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
    assert changes.loc["primacy", ["first", "last", "change"]].tolist() == pytest.approx(
        [0.05, 0.5, 0.45]
    )
    assert changes["low"].isna().all()
    assert tables_of(periods, two)["periods"].view["links"].tolist() == [20, 21]


def test_a_period_has_the_numbers_of_a_profile_of_it(two):
    result = two.once(periods.compute)
    for when, part in split_periods(result.detection.plan.network).items():
        alone = profile(
            part,
            indices=list(periods.INDICES),
            rule=result.detection.rule,
            resamples=0,
            leave_one_out=False,
            null=None,
            rng=two.seed,
            restarts=3,
        )
        assert column(two, when).to_dict() == alone["value"].to_dict()


def test_the_order_of_rows_and_of_periods_changes_nothing(two):
    rows = (dated(RING, 2014) + dated(STAR, 2016))[::-1]
    turned = context_of(network(rows), **ALONE).once(periods.compute)
    pd.testing.assert_frame_equal(turned.table, two.once(periods.compute).table)


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


@pytest.mark.parametrize(("n", "trend"), [(2, False), (3, False), (4, True)])
def test_nothing_is_said_on_a_trend_from_fewer_than_four_periods(n, trend):
    rows = [row for k in range(n) for row in dated(STAR if k % 2 else RING, 2000 + k)]
    context = context_of(network(rows), **ALONE)
    assert ("rend" in said(periods, context)) is trend
    assert ("趋势" in said(periods, context, "zh")) is trend
    if trend:  # ring, star, ring, star
        assert "rises 1 time and falls 2 times" in said(periods, context)
        assert "上升 1 次，下降 2 次" in said(periods, context, "zh")


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
    assert "有联系的飞地分别为 1 个和 3 个（其中反向飞地 1 个和 2 个）" in said(
        periods, context, "zh"
    )
    assert figures_of(periods, context)["enclaves"].value == 2


def test_counts_are_whole_however_many(two):
    result = two.once(periods.compute)
    changes = pd.DataFrame(
        {
            "first": 51.0,
            "last": 75.0,
            "change": 24.0,
            "low": [np.nan, -26.5],
            "high": [np.nan, 133.2],
        },
        index=["reverse_enclaves", "n_centres"],
    )
    figures = {each.name: each for each in periods.key_figures(replace(result, changes=changes))}
    shown = figures["reverse_enclaves"]
    assert two.language.form(shown.value, shown.form, shown.digits) == "24"
    shown = figures["n_centres"]
    assert two.language.span(shown.low, shown.high, around=shown.value) == "−27 to 134"


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
    assert f"联系趋于集中：2014 时的集中程度相当于由 {number} 个规模相同的城市平分" in said(
        periods, context, "zh"
    )
    table = result.table.dropna(subset=["low", "high"])
    assert ((table["low"] <= table["value"]) & (table["value"] <= table["high"])).all()
    primacy = result.table[result.table["index"] == "primacy"]
    assert primacy[["low", "high"]].stack().between(0, 1).all()


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
    assert facts_of(periods, context)["shifted"] == []


def test_weights_that_are_whole_only_in_sum_count_no_events():
    halves = dated(RING, 2014, 1.5) + dated(RING, 2015, 0.5) + dated(STAR, 2016, 3.0)
    context = context_of(network(halves), **DRAWN)
    assert context.once(periods.compute).left_out == {"intervals": "why_no_counts"}


def test_of_very_many_periods_nothing_is_resampled(monkeypatch):
    monkeypatch.setattr(periods, "MOST_DRAWS", 2 * periods.FEWEST - 1)
    context = context_of(network(dated(RING, 2014) + dated(STAR, 2016)), **DRAWN)
    assert context.once(periods.compute).left_out == {"intervals": "why_many_periods"}
    assert "Not computed: intervals (with so many periods it would take long)." in said(
        periods, context
    )


def test_events_of_a_period_are_resampled_among_themselves(monkeypatch):
    monkeypatch.setattr(periods, "LEAST", 2)
    data = two_mode(3, events=30, periods=True)
    context = context_of_events(data, resamples=40, replicates=0)
    result = context.once(periods.compute)
    assert result.left_out == {}
    plan = result.detection.plan
    draws = {when: [] for when in (0, 1)}
    for when, part in split_periods(plan.network).items():
        rng = np.random.default_rng(1)
        draws[when] = [plan.participation.resampled(part, rng) for _ in range(200)]
        observed = part.adjacency("co_takes_part").toarray()
        np.fill_diagonal(observed, 0)
        drawn = np.array([each.adjacency("co_takes_part").toarray() for each in draws[when]])
        assert (drawn[:, observed == 0] == 0).all()
        error = drawn.std(axis=0) / math.sqrt(len(drawn))
        assert (np.abs(drawn.mean(axis=0) - observed) <= 4 * error + 1e-9).all()
    assert "resamples of the events of each period" in said(periods, context)


def test_numbers_of_enclaves_that_are_not_resampled_have_one_reason_for_it(two):
    result = two.once(periods.compute)
    changes = result.changes.dropna(subset="change").assign(low=0.0, high=1.0)
    changes.loc["enclaves"] = changes.loc["reverse_enclaves"] = [1.0, 2.0, 1.0, np.nan, np.nan]
    drawn = replace(result, changes=changes, left_out={})
    assert periods.facts(drawn)["shifted"] == ["enclaves", "reverse_enclaves"]
    events = replace(drawn, left_out={"interval of enclaves": "why_events_of_places"})
    assert periods.facts(events)["shifted"] == []


def test_periods_may_be_days_or_far_apart():
    for days in ((20200109, 20200110), (-500, 2**40)):
        context = context_of(network(dated(RING, days[0]) + dated(STAR, days[1])), **ALONE)
        known = facts_of(periods, context)
        assert (known["first"], known["last"]) == (str(days[0]), str(days[1]))
        (picture,) = periods.draw(context.once(periods.compute))
        assert picture.draw().get_xticks().tolist() == [*days]


def test_each_index_has_a_chart_with_a_point_a_period(two):
    (picture,) = periods.draw(two.once(periods.compute))
    axes = picture.draw().figure.axes
    assert [ax.get_title("left") for ax in axes[:2]] == [
        "slope of rank and size",
        "share of the largest",
    ]
    assert len(axes) == len(periods.INDICES)
    assert axes[1].lines[0].get_xydata().tolist() == [[2014, 0.05], [2016, 0.5]]
