"""Figures of curves by name, and their legends, which end inside the page."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import netinnov as ni
from figures import assert_inside, axes, entries, intervals, new_figure, notes
from netinnov.errors import InputError
from netinnov.panels import event_study
from netinnov.plotting import plot_event_study, plot_reach, plot_robustness

TIMES = {"with": pd.Series([1.0, 2.0, 2.0, 5.0]), "without": pd.Series([4.0, 9.0, np.nan, np.nan])}


def test_shares_are_of_all_draws_and_half_is_marked_where_half_have_arrived():
    ax = plot_reach(TIMES, horizon=9)
    first, half, second, other = ax.lines[:4]
    np.testing.assert_allclose(first.get_ydata()[:7], [0, 0.25, 0.75, 0.75, 0.75, 1, 1])
    np.testing.assert_allclose(second.get_ydata(), [0, 0, 0, 0, *[0.25] * 5, 0.5])
    assert (half.get_xdata()[0], other.get_xdata()[0]) == (2, 9)
    assert entries(ax) == [
        "with, not reached by step 9: 0 %",
        "without, not reached by step 9: 50 %",
    ]
    assert len(plot_reach(TIMES, horizon=8).lines) == 4  # two stairs, one mark, the line of a half


def test_bands_are_those_of_wilson():
    times = pd.Series([1.0] * 7 + [3.0] * 5 + [np.nan] * 8)
    ax = plot_reach(times, horizon=3)
    corners = ax.collections[0].get_paths()[0].vertices
    low, high = stats.binomtest(7, 20).proportion_ci(0.95, method="wilson")
    at_one = corners[np.isclose(corners[:, 0], 1), 1]
    assert np.isclose(at_one, low, atol=1e-9).any()
    assert np.isclose(at_one, high, atol=1e-9).any()


@pytest.mark.parametrize(
    ("times", "options", "words"),
    [
        ({}, {"horizon": 5}, "at least one curve"),
        ({"a": [1, 2]}, {"horizon": 5}, "`times` of 'a' must be a Series"),
        (pd.Series([-1.0]), {"horizon": 5}, "no step below 0"),
        (pd.Series([], dtype=float), {"horizon": 5}, "at least one draw"),
        (TIMES, {"horizon": 0}, "`horizon`"),
    ],
)
def test_impossible_arguments_are_refused(times, options, words):
    with pytest.raises(InputError, match=words):
        plot_reach(times, **options)


pytest.importorskip("pyfixest", reason="needs pyfixest, of the extra econometrics")


@pytest.fixture(scope="module")
def study():
    rng = np.random.default_rng(1)
    ends = [(f"p{a}", f"p{b}") for a, b in combinations(range(9), 2)]
    rows = [(*pair, 1.0 + rng.poisson(20), t) for pair in ends for t in range(5)]
    links = pd.DataFrame(rows, columns=["source", "target", "weight", "period"])
    network = ni.build_network(pd.DataFrame(index=[f"p{k}" for k in range(9)]), links)
    openings = pd.DataFrame(
        {"home": ["p0", "p2", "p4", "p6"], "host": ["p1", "p3", "p5", "p7"], "opened": 3}
    ).assign(direction=["forward", "reverse"] * 2)
    whole = event_study(network, layer="links", openings=openings)
    parted = event_study(network, layer="links", openings=openings, by="direction")
    return whole, parted


def test_points_stand_at_their_estimates(study):
    whole, _ = study
    ax = plot_event_study(whole, ax=axes())
    known = whole.estimates[whole.estimates["event_time"] != -1]
    ((points, ends),) = intervals(ax).values()
    assert points.tolist() == known[["event_time", "estimate"]].to_numpy().tolist()
    assert ends[:, :, 1].tolist() == known[["low", "high"]].to_numpy().tolist()
    hollow = ax.lines[-1]
    assert (hollow.get_ydata().tolist(), hollow.get_markerfacecolor()) == ([0], "white")
    text = notes(ax)
    assert "4 treated pairs, 32 others" in text
    assert f"p = {whole.pre_trend_p:.2g}" in text
    assert ax.get_legend() is None


def test_groups_and_studies_stand_beside_one_another(study):
    whole, parted = study
    ax = plot_event_study(parted, ax=axes())
    assert entries(ax) == ["forward", "reverse"]
    truth = pd.Series({-1: 0.0, 0: 0.0})
    ax = plot_event_study({"a": whole, "b": parted}, truth=truth, ax=axes())
    assert entries(ax) == ["truth", "a", "b forward", "b reverse"]


def test_a_table_of_estimates_gives_the_points_of_its_study(study):
    for each in study:
        of_study, of_table = (plot_event_study(x, ax=axes()) for x in (each, each.to_frame()))
        for one, other in zip(of_study.lines, of_table.lines, strict=True):
            np.testing.assert_array_equal(one.get_xydata(), other.get_xydata())
        assert "treated pairs" not in notes(of_table)


def test_a_legend_ends_inside_its_part_of_the_page():
    figure = new_figure(height=90)
    for ax in figure.subplots(1, 2):
        curve = pd.Series([1.0, 0.5, 0.0])
        plot_robustness(
            dict.fromkeys(["links taken from the home region, then all", "b"], curve), ax=ax
        )
    assert_inside(figure)
    left, right = (ax.get_legend().get_window_extent() for ax in figure.axes)
    assert left.x1 < right.x0
