"""Figures of cobwebs: what is drawn is what the models say."""

from __future__ import annotations

import matplotlib as mpl

mpl.use("Agg")

import numpy as np
import pytest
from matplotlib import pyplot as plt

from netinnov.errors import InputError
from netinnov.mechanisms.cobweb import Cobweb, CoupledCobweb
from netinnov.plotting import plot_cobweb, plot_stability_map
from netinnov.plotting._style import new_figure


@pytest.fixture(autouse=True)
def _closed():
    yield
    plt.close("all")


def drawn(ax):
    """Draw it, since errors of type and layout come then."""
    ax.figure.canvas.draw()
    return ax


def web_of(ax):
    return np.column_stack(ax.lines[2].get_data())


def test_the_web_by_hand():
    # From 7: supply 1 + 0.8 * 7 = 6.6, price 3.4; from 3.4: supply 3.72, price 6.28.
    market = Cobweb(1.0, 0.8, demand_intercept=10, supply_intercept=1)
    ax = drawn(plot_cobweb(market, start=7, periods=2))
    expected = [(6.6, 7), (6.6, 3.4), (6.6, 3.4), (3.72, 3.4), (3.72, 6.28)]
    np.testing.assert_allclose(web_of(ax), expected)
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == ["demand", "supply", "start", "rest"]


@pytest.mark.parametrize(("d", "fate"), [(0.8, "settles"), (1.0, "cycles"), (1.2, "explodes")])
def test_the_title_says_what_prices_do(d, fate):
    market = Cobweb(1.0, d, demand_intercept=10, supply_intercept=1)
    assert plot_cobweb(market, start=7).get_title(loc="left") == f"{fate}: root −{d:.2f}"


def test_corners_lie_on_both_curves_with_adaptive_expectations_too():
    market = Cobweb(1.0, 1.5, demand_intercept=10, supply_intercept=1, adaptation=0.3)
    ax = drawn(plot_cobweb(market, start=1.0, periods=10))
    path = web_of(ax)
    starts, ends = path[::3], path[1::3]
    np.testing.assert_allclose(starts[:, 0], 1 + 1.5 * starts[:, 1])
    np.testing.assert_allclose(ends[:, 0], 10 - ends[:, 1])
    assert "settles" in ax.get_title(loc="left")


def test_a_region_of_several_is_drawn():
    model = CoupledCobweb(
        [1, 1], [0.8, 0.8], mobility=0.15, demand_intercept=[10, 12], supply_intercept=[1, 1],
        regions=["home", "host"],
    )  # fmt: skip
    start = model.price() + 0.1
    ax = drawn(plot_cobweb(model, start=start, region="host", periods=5))
    assert ax.get_title(loc="left") == "host: explodes, spectral radius 1.10"
    prices = model.simulate(start=start, periods=5)[1:, 1]
    np.testing.assert_allclose(web_of(ax)[1::3, 1], prices)
    with pytest.raises(InputError, match="`region` must be one of"):
        plot_cobweb(model, start=start, region="hos")


def test_lines_of_the_map_part_models_that_settle_from_those_that_do_not():
    ax = drawn(plot_stability_map(regions=3, adaptation=0.8))
    line = ax.lines[1]
    for x, y in np.column_stack(line.get_data())[5:300:40]:
        for share, stable in ((0.999, True), (1.001, False)):
            model = CoupledCobweb([2] * 3, [2 * x] * 3, mobility=2 * y * share, adaptation=0.8)
            assert model.is_stable() is stable
    assert ax.lines[0].get_xdata()[0] == pytest.approx(2 / 0.8 - 1)


def test_names_of_models_stand_on_the_side_where_their_gap_does_not_turn():
    ax = plot_stability_map(points={"settles": (0.8, 0.05), "explodes": (0.8, 0.15)})
    assert {text.get_text(): text.get_ha() for text in ax.texts} == {
        "settles": "right",
        "explodes": "left",
    }


@pytest.mark.parametrize(
    "make",
    [
        lambda: plot_cobweb(Cobweb(1, 0.8, demand_intercept=10, supply_intercept=1), start=7),
        plot_stability_map,
    ],
)
def test_figures_say_that_they_are_modelled(make):
    assert make().get_xlabel().endswith("Modelled, not observed.")


def test_the_legend_of_a_web_does_not_cover_the_text_below_it():
    figure = new_figure(height=78)
    market = Cobweb(1.0, 0.8, demand_intercept=10, supply_intercept=1)
    for ax in figure.subplots(1, 3):
        plot_cobweb(market, start=7, ax=ax)
    figure.canvas.draw()
    for ax in figure.axes:
        assert not ax.get_legend().get_window_extent().overlaps(ax.xaxis.label.get_window_extent())


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: plot_cobweb(Cobweb(1, 0.8), start=7), "prices need"),
        (lambda: plot_stability_map(regions=1), "`regions` must be .*at least 2"),
        (lambda: plot_stability_map(points={"x": (5.0, 0.1)}), "`points` must be .*at most 2"),
    ],
)
def test_faults_are_named(make, words):
    with pytest.raises(InputError, match=words):
        make()
