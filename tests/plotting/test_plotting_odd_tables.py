"""Figures of tables with nullable columns, one row, no value, infinite ones or names twice."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

import netinnov as ni
from netinnov.errors import InputError
from netinnov.plotting import (
    plot_approaches,
    plot_bifurcation,
    plot_centralities,
    plot_centre_rules,
    plot_dose_response,
    plot_effects,
    plot_flow_map,
    plot_layer_similarity,
    plot_link_changes,
    plot_location_quotients,
    plot_profile,
    plot_roles,
)
from netinnov.plotting._frame import frame_of

EFFECTS = pd.DataFrame(
    {
        "scenario": ["park", "park", "link"],
        "measure": ["access"] * 3,
        "node": [None, "x", "x"],
        "difference": [0.1, np.nan, 0.0],
        "low": [0.0, np.nan, -0.1],
        "high": [0.2, np.nan, 0.1],
        "baseline": [0.5, 1.0, 2.0],
        "same_sign": [1.0, np.nan, 0.5],
    }
)
CHANGES = pd.DataFrame(
    {
        "source_place": ["a", None],
        "target_place": ["b", "b"],
        "source_new": [False, True],
        "target_new": [False, False],
        "change": [1.0, -2.0],
    }
)
PLACES = pd.DataFrame({"lon": [0.0, 1.0], "lat": [0.0, 1.0]}, index=["a", "b"])


@pytest.fixture
def ax():
    figure = Figure(figsize=(8, 5))
    yield figure.add_subplot()
    figure.canvas.draw()


def drawn(ax):
    """Texts, and where points and lines are."""
    texts = [text.get_text() for text in ax.texts]
    lines = [np.asarray(line.get_xydata()).tolist() for line in ax.lines]
    points = [np.asarray(part.get_offsets()).tolist() for part in ax.collections]
    return str((texts, [text.get_text() for text in ax.get_yticklabels()], lines, points))


@pytest.mark.parametrize(
    ("draw", "table"),
    [
        (lambda table, ax: plot_effects(table, ends=["x"], ax=ax), EFFECTS),
        (lambda table, ax: plot_effects(table, percent=True, ax=ax), EFFECTS),
        (
            lambda table, ax: plot_dose_response(table, measure="access", node="x", ax=ax),
            EFFECTS.assign(dose=[1, 2, 3]),
        ),
        (
            plot_approaches,
            EFFECTS.assign(approach=[*"abc"], measure="efficiency").drop(columns="node"),
        ),
        (lambda table, ax: plot_link_changes(table, places=PLACES, ax=ax), CHANGES),
        (plot_centralities, pd.DataFrame({"degree": [1.0, np.nan], "rank": [1.0, 2.0]})),
        (plot_profile, pd.DataFrame({"value": [1.0, np.nan], "low": [0.5, 1]}, index=["a", "b"])),
        (
            plot_roles,
            pd.DataFrame(
                {"z": [1.0, np.nan], "participation": [0.1, 0.2], "role": ["R2", None]},
            ),
        ),
        (plot_centre_rules, pd.DataFrame({"top": [True, False]}, index=["a", "b"])),
        (plot_location_quotients, pd.DataFrame({"x": [1.0, np.nan], "y": [0.5, 2.0]})),
    ],
)
def test_nullable_columns_are_drawn_like_those_of_numpy(draw, table, ax):
    expected = drawn(draw(table, ax=ax))
    ax.clear()
    figure = Figure(figsize=(8, 5))
    assert drawn(draw(table.convert_dtypes(), ax=figure.add_subplot())) == expected


def test_names_that_occur_twice_label_a_row_each(ax):
    plot_centre_rules(pd.DataFrame({"top": [1, 0], "core": [1, 1]}, index=["a", "a"]), ax=ax)
    assert [text.get_text() for text in ax.texts] == ["2 of 2", "1 of 2"]
    ax.clear()
    table = pd.DataFrame({"name": ["Anyang", "Suzhou"], "degree": [1.0, 2.0]}, index=["a", "a"])
    plot_centralities(table, ax=ax)
    assert [text.get_text() for text in ax.get_yticklabels()] == ["Anyang", "Suzhou"]


def test_an_infinite_value_has_no_score_and_leaves_those_of_others(ax):
    plot_centralities(pd.DataFrame({"degree": [1.0, 3.0, np.inf], "rank": 1.0}), ax=ax)
    shades = np.ma.filled(ax.collections[0].get_array().reshape(3, 2), np.nan)
    assert shades[:, 0].tolist()[:2] == [-1.0, 1.0]
    assert np.isnan(shades[2, 0])


def test_a_rest_point_that_is_missing_ends_its_branch(ax):
    table = pd.DataFrame({"k": [1.0, 2.0, 3.0], "share": [0.5, 0.5, np.nan], "stable": True})
    (line, *_) = plot_bifurcation(table, ax=ax).lines
    assert line.get_xdata().tolist() == [1.0, 2.0]
    with pytest.raises(InputError, match="must have rows"):
        plot_bifurcation(table.assign(share=np.nan), ax=ax)


@pytest.mark.parametrize("plot", [plot_centralities, plot_centre_rules, plot_location_quotients])
def test_a_figure_without_rows_is_refused(plot):
    with pytest.raises(InputError, match="`top` must be a whole number at least 1; found 0"):
        plot(pd.DataFrame({"degree": [1, 0]}), top=0)


def test_a_matrix_of_nullable_numbers_is_drawn(ax):
    table = pd.DataFrame([[1, np.nan], [np.nan, 1]], index=["x", "y"], columns=["x", "y"])
    plot_layer_similarity(table.convert_dtypes(), ax=ax)
    assert [text.get_text() for text in ax.texts] == ["1", "1"]


def test_a_frame_ends_at_the_poles_and_so_do_its_degrees():
    at = pd.DataFrame({"lon": [-170.0, 170.0], "lat": [-85.0, 88.0]}, index=["a", "b"])
    assert frame_of(at)[2:] == (-90.0, 90.0)
    nodes = pd.DataFrame({"place": ["a", "b"]}, index=["a", "b"])
    links = pd.DataFrame({"source": ["a"], "target": ["b"]})
    ax = plot_flow_map(ni.build_network(nodes, links, at))
    ax.figure.canvas.draw()
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert {"80°S", "0°N", "80°N"} <= {*labels}
    assert all(int(label[:-2]) <= 90 for label in labels if label)
