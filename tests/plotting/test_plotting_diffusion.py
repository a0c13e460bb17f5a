"""The figure of the time to reach: shares over all draws, also those that never arrive."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from scipy import stats

from netinnov.errors import InputError
from netinnov.plotting import plot_reach

TIMES = {
    "with": pd.Series([1.0, 2.0, 2.0, 5.0]),
    "without": pd.Series([4.0, 9.0, np.nan, np.nan]),
}


@pytest.fixture(autouse=True)
def _closed():
    mpl.use("Agg")
    yield
    plt.close("all")


def test_shares_are_of_all_draws():
    ax = plot_reach(TIMES, horizon=6)
    first, second = (line.get_ydata() for line in ax.lines[:3:2])
    np.testing.assert_allclose(first, [0, 0.25, 0.75, 0.75, 0.75, 1, 1])
    np.testing.assert_allclose(second, [0, 0, 0, 0, 0.25, 0.25, 0.25])
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == [
        "with, not reached by step 6: 0\xa0%",
        "without, not reached by step 6: 75\xa0%",
    ]


def test_half_is_marked_where_half_have_arrived():
    ax = plot_reach(TIMES, horizon=9)
    marks = [line for line in ax.lines if len(line.get_xdata()) == 1]
    assert [line.get_xdata()[0] for line in marks] == [2, 9]
    assert len(plot_reach(TIMES, horizon=8).lines) == 4  # two stairs, one mark, the line of a half


def test_stairs_that_coincide_are_all_seen():
    same = pd.Series(np.arange(1.0, 41))
    never = pd.Series([np.nan] * 40)
    times = {"a": same, "b": same + 0.5, "far": same + 10, "never": never}
    ax = plot_reach(times, horizon=40)
    first, second, far, none = (line for line in ax.lines if len(line.get_xdata()) == 41)
    assert first.get_linewidth() > 2 * second.get_linewidth()
    assert second.get_linewidth() == far.get_linewidth()
    # What never arrives lies on the axis of 0, not on the frame, and is not cut in half.
    assert ax.get_ylim()[0] < none.get_ydata().max() == 0
    assert not none.get_clip_on()


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
        ({}, {"horizon": 5}, "at least one Series"),
        ({"a": [1, 2]}, {"horizon": 5}, "`times` of 'a' must be a Series"),
        (pd.Series([-1.0]), {"horizon": 5}, "no step below 0"),
        (pd.Series([], dtype=float), {"horizon": 5}, "at least one draw"),
        (TIMES, {"horizon": 0}, "`horizon`"),
    ],
)
def test_impossible_arguments_are_refused(times, options, words):
    with pytest.raises(InputError, match=words):
        plot_reach(times, **options)
