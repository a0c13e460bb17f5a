"""Figures of free flow: what is drawn are the numbers of the tables, and modelled is said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import QuadMesh
from matplotlib.colors import to_rgb

from netinnov.errors import InputError
from netinnov.mechanisms.free_flow import CorePeriphery, bifurcation_diagram, phase_map
from netinnov.plotting import plot_bifurcation, plot_phase_map
from netinnov.plotting._style import new_figure

MODEL = CorePeriphery(5, 0.4)


@pytest.fixture
def ax():
    return new_figure(height=120).add_subplot()


def texts(ax) -> list[str]:
    return [text.get_text() for text in ax.get_legend().get_texts()]


def drawn(ax, *, dashed: bool) -> list[np.ndarray]:
    """Points of the branches; lines with two points at both ends of the axis are marks."""
    lines = [line for line in ax.lines if line.get_color() != "#767676"]
    return [np.column_stack(line.get_data()) for line in lines if line.is_dashed() == dashed]


def test_every_rest_point_is_drawn_once_with_its_stability(ax):
    diagram = bifurcation_diagram(MODEL.equilibria, np.linspace(0.05, 0.2, 60))
    plot_bifurcation(diagram, ax=ax)
    for stable in (True, False):
        points = np.concatenate(drawn(ax, dashed=not stable))
        expected = diagram.loc[diagram["stable"] == stable, ["freeness", "share"]].to_numpy()
        order = [np.lexsort(table.T) for table in (points, expected)]
        np.testing.assert_allclose(points[order[0]], expected[order[1]])
    assert texts(ax) == ["stable", "unstable"]


def test_branches_are_whole_and_do_not_jump(ax):
    diagram = bifurcation_diagram(MODEL.equilibria, np.linspace(0.05, 0.2, 200))
    plot_bifurcation(diagram, ax=ax)
    # Stable: the even split and both corners. Unstable: two arms, one of which goes on as the even
    # split.
    assert len(drawn(ax, dashed=False)) == 3
    assert len(drawn(ax, dashed=True)) == 2
    for line in drawn(ax, dashed=False) + drawn(ax, dashed=True):
        assert (np.diff(line[:, 0]) > 0).all()
        assert np.abs(np.diff(line[:, 1])).max(initial=0) <= 0.2


def test_points_are_marked_with_their_values_and_those_without_are_not(ax):
    diagram = bifurcation_diagram(MODEL.equilibria, [0.05, 0.1, 0.2])
    points = {"break point": MODEL.break_point(), "fold point": np.nan}
    plot_bifurcation(diagram, points=points, label="freeness of trade", ax=ax)
    assert texts(ax)[-1] == "break point: 0.143"
    assert not any("fold" in text for text in texts(ax))
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
    assert texts(ax)[0] == f"convergence: {round(100 * share, 1):g}\N{NO-BREAK SPACE}%"
    assert texts(ax)[1].startswith("either, as it begins: ")
    assert texts(ax)[-1] == "break"
    assert (ax.get_ylabel(), ax.get_xlabel().split("\n")[0]) == ("border", "freeness")
    assert "Modelled" in ax.get_xlabel()


def test_phases_are_told_apart_in_grey():
    from netinnov.plotting._models import _PHASES

    grey = [float(np.dot(to_rgb(colour), [0.299, 0.587, 0.114])) for colour in _PHASES.values()]
    assert (np.diff(grey) < -0.15).all()


@pytest.mark.parametrize(
    ("make", "words"),
    [
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
