"""Figures of models of prices and free flow: what is drawn is what the models say."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import QuadMesh

from figures import draw, entries
from netinnov.errors import InputError
from netinnov.mechanisms.cobweb import Cobweb, CoupledCobweb
from netinnov.mechanisms.free_flow import CorePeriphery, bifurcation_diagram, phase_map
from netinnov.plotting import plot_bifurcation, plot_cobweb, plot_phase_map, plot_stability_map


def web_of(ax):
    return np.column_stack(ax.lines[2].get_data())


def test_the_web_by_hand():
    # From 7: supply 1 + 0.8 * 7 = 6.6, price 3.4; from 3.4: supply 3.72, price 6.28.
    market = Cobweb(1.0, 0.8, demand_intercept=10, supply_intercept=1)
    ax = draw(plot_cobweb(market, start=7, periods=2))
    expected = [(6.6, 7), (6.6, 3.4), (6.6, 3.4), (3.72, 3.4), (3.72, 6.28)]
    np.testing.assert_allclose(web_of(ax), expected)
    assert entries(ax) == ["demand", "supply", "start", "rest"]
    assert ax.get_xlabel().endswith("Modelled, not observed.")


@pytest.mark.parametrize(("d", "fate"), [(0.8, "settles"), (1.0, "cycles"), (1.2, "explodes")])
def test_the_title_says_what_prices_do(d, fate):
    market = Cobweb(1.0, d, demand_intercept=10, supply_intercept=1)
    assert plot_cobweb(market, start=7).get_title(loc="left") == f"{fate}: root −{d:.2f}"


def test_corners_lie_on_both_curves_with_adaptive_expectations_too():
    market = Cobweb(1.0, 1.5, demand_intercept=10, supply_intercept=1, adaptation=0.3)
    ax = draw(plot_cobweb(market, start=1.0, periods=10))
    path = web_of(ax)
    starts, ends = path[::3], path[1::3]
    np.testing.assert_allclose(starts[:, 0], 1 + 1.5 * starts[:, 1])
    np.testing.assert_allclose(ends[:, 0], 10 - ends[:, 1])
    assert "settles" in ax.get_title(loc="left")


def test_lines_of_the_map_part_models_that_settle_from_those_that_do_not():
    ax = draw(plot_stability_map(regions=3, adaptation=0.8))
    line = ax.lines[1]
    for x, y in np.column_stack(line.get_data())[5:300:40]:
        for share, stable in ((0.999, True), (1.001, False)):
            model = CoupledCobweb([2] * 3, [2 * x] * 3, mobility=2 * y * share, adaptation=0.8)
            assert model.is_stable() is stable
    assert ax.lines[0].get_xdata()[0] == pytest.approx(2 / 0.8 - 1)


MODEL = CorePeriphery(5, 0.4)


def branches(ax, *, dashed):
    """Points of the branches; lines with two points at both ends of the axis are marks."""
    lines = [line for line in ax.lines if line.get_color() != "#767676"]
    return [np.column_stack(line.get_data()) for line in lines if line.is_dashed() == dashed]


@pytest.mark.slow
def test_every_rest_point_is_drawn_once_and_branches_are_whole(ax):
    diagram = bifurcation_diagram(MODEL.equilibria, np.linspace(0.05, 0.2, 200))
    plot_bifurcation(diagram, ax=ax)
    for stable in (True, False):
        points = np.concatenate(branches(ax, dashed=not stable))
        expected = diagram.loc[diagram["stable"] == stable, ["freeness", "share"]].to_numpy()
        order = [np.lexsort(table.T) for table in (points, expected)]
        np.testing.assert_allclose(points[order[0]], expected[order[1]])
    assert entries(ax) == ["stable", "unstable"]
    # Stable: the even split, both corners; unstable: two arms, one goes on as the even split.
    assert len(branches(ax, dashed=False)) == 3
    assert len(branches(ax, dashed=True)) == 2
    for line in branches(ax, dashed=False) + branches(ax, dashed=True):
        assert (np.diff(line[:, 0]) > 0).all()
        assert np.abs(np.diff(line[:, 1])).max(initial=0) <= 0.2


def test_points_are_marked_with_their_values_and_those_without_are_not(ax):
    diagram = bifurcation_diagram(MODEL.equilibria, [0.05, 0.1, 0.2])
    points = {"break point": MODEL.break_point(), "fold point": np.nan}
    plot_bifurcation(diagram, points=points, label="freeness of trade", ax=ax)
    assert entries(ax)[-1] == "break point: 0.143"
    assert not any("fold" in text for text in entries(ax))
    marks = [line for line in ax.lines if line.get_color() == "#767676"]
    assert [line.get_xdata()[0] for line in marks] == [MODEL.break_point()]
    assert ax.get_xlabel().split("\n") == ["freeness of trade", "Modelled, not observed."]


def test_a_map_has_a_cell_for_each_pair_and_its_shares_in_the_legend(ax):
    levels = np.linspace(0.05, 0.3, 11)
    phases = phase_map(MODEL, rows={"border": [0.0, 0.3, 0.6]}, columns={"freeness": levels})
    plot_phase_map(phases, curves={"break": pd.Series([0.14, 0.2], index=[0.0, 0.3])}, ax=ax)
    mesh = next(found for found in ax.collections if isinstance(found, QuadMesh))
    order = ["convergence", "either", "divergence"]
    expected = phases.map(order.index).to_numpy()
    np.testing.assert_array_equal(np.asarray(mesh.get_array()).reshape(phases.shape), expected)
    share = (expected == 0).mean()
    assert entries(ax)[0] == f"convergence: {round(100 * share, 1):g} %"
    assert entries(ax)[1].startswith("either, as it begins: ")
    assert entries(ax)[-1] == "break"
    assert (ax.get_ylabel(), ax.get_xlabel().split("\n")[0]) == ("border", "freeness")
    assert "Modelled" in ax.get_xlabel()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: plot_cobweb(Cobweb(1, 0.8), start=7), "prices need"),
        (lambda: plot_stability_map(regions=1), "`regions` must be .*at least 2"),
        (lambda: plot_stability_map(points={"x": (5.0, 0.1)}), "`points` must be .*at most 2"),
        (lambda: plot_bifurcation(pd.DataFrame({"k": [1]})), "'stable'. are missing"),
        (lambda: plot_bifurcation({}), "`diagram` must be a DataFrame"),
        (lambda: plot_phase_map(pd.DataFrame([["convergence"]])), r"`phases`.*found \(1, 1\)"),
        (
            lambda: plot_phase_map(pd.DataFrame([["convergence", "none"]] * 2)),
            "`phases` must hold convergence, either, divergence; found 'none'",
        ),
    ],
)
def test_what_cannot_be_drawn_is_refused(make, words):
    with pytest.raises(InputError, match=words):
        make()
