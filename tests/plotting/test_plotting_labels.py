"""Labels of points in a crowd: each leads to its own marker."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from netinnov.plotting._labels import label_points

PLACE, ROUND = 6.0, 2.5
"""Radii in points of type."""


def crowded():
    """A place with rings of small ones round it, and a large one in a gap of them."""
    angle = np.delete(np.linspace(0, 2 * np.pi, 32, endpoint=False), range(17, 24))
    ring = np.column_stack([np.cos(angle), np.sin(angle)])
    rings = [50 + radius * ring for radius in (5, 8, 11, 14, 16)]
    points = np.vstack([[50, 50], [44, 44], *rings])
    return points, np.array([PLACE, PLACE + 2, *[ROUND] * (len(points) - 2)])


def test_a_line_to_a_label_does_not_lead_across_a_large_marker():
    points, radii = crowded()
    figure = Figure(figsize=(4, 4), dpi=144)
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, 100), ylim=(0, 100))
    label, *_ = label_points(ax, points, ["own", *[""] * (len(points) - 1)], radii=radii, must=1)
    own, other = ax.transData.transform(points[:2])
    end = own + np.array(label.get_position()) * 2  # pixels a point at 144 dpi
    assert np.hypot(*(end - own)) > 30  # there is no room beside it
    along = np.linspace(own, end, 200)
    assert (np.abs(along - other).max(axis=1) > radii[1] * 2 - 1).all()


def test_names_that_must_stand_cover_points_before_they_cover_each_other():
    across, up = np.meshgrid(np.arange(1, 100, 2.0), np.arange(1, 100, 2.0))
    crowd = np.column_stack([across.ravel(), up.ravel()])
    room = (np.abs(crowd - [67, 50]) < [17, 3]).all(axis=1)  # for one name, with no point in it
    points = np.vstack([[50, 50], [50, 51.5], crowd[~room]])
    figure = Figure(figsize=(4, 4), dpi=144)
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, 100), ylim=(0, 100))
    texts, radii = (
        ["the first of names", "the second of names", *[""] * (len(points) - 2)],
        np.full(len(points), 0.5),
    )
    one, other = label_points(ax, points, texts, radii=radii, most=2, must=2)
    assert (one.get_text(), other.get_text()) == ("the first of names", "the second of names")
    assert not one.get_window_extent().overlaps(other.get_window_extent())
