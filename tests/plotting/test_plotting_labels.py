"""Labels of points in a crowd: each leads to its own marker, and the names of ranks keep apart."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Annotation

from netinnov.plotting import plot_rank_size
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


@pytest.mark.parametrize("sizes", [[30, 29, 28, *[20] * 30, 1], [900, 100, 60, 9, 4, 2, 1]])
def test_names_of_the_largest_stand_on_the_side_of_the_line_where_they_are(sizes):
    index = [f"place {k}" for k in range(len(sizes))]
    ax = plot_rank_size(pd.Series(np.array(sizes, float), index), labelled=3)
    fit = np.polyfit(np.log(np.arange(1, len(sizes) + 1)), np.log(sizes), 1)
    texts = [text for text in ax.texts if isinstance(text, Annotation)]
    assert len(texts) == 3
    for rank, text in enumerate(texts, start=1):
        under = np.log(sizes[rank - 1]) < np.polyval(fit, np.log(rank))
        assert (text.xyann[1] < 0) == under
        assert (text.get_rotation() > 180) == under  # downwards is beyond half a turn
    for one, other in pairwise(texts):
        assert not np.array_equal(one.xy, other.xy)


def test_of_names_at_one_point_the_first_stays():
    sizes = pd.Series([50.0, 20.0, 10.0, 5.0], ["a long name", "b", "c", "d"])
    ax = plot_rank_size(sizes, labelled=2)
    plot_rank_size(sizes.rename("{} too".format), labelled=2, ax=ax)
    names = [text.get_text() for text in ax.texts if isinstance(text, Annotation)]
    assert names == ["a long name", "b"]
