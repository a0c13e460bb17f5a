"""The figure of hosts: read back from its axes."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd

from netinnov.plotting import plot_host_ranking
from netinnov.plotting._drawing import caption_notes

RANKING = pd.DataFrame(
    {
        "median": [-1.0, 4.0, float("nan"), -8.5],
        "low": [-3.0, 1.0, float("nan"), -12.0],
        "high": [2.0, 6.0, float("nan"), -2.0],
        "best": [0.1, 0.9, 0.0, 0.0],
    },
    index=pd.Index(["a", "b", "c", "d"], name="host"),
)


def test_each_host_has_a_median_an_interval_and_a_share_best_first():
    ax = plot_host_ranking(RANKING, names={"b": "Bo"})
    assert [text.get_text() for text in ax.get_yticklabels()] == ["Bo", "a", "d"]
    bars, points = ax.collections
    assert points.get_offsets().tolist() == [[4.0, 0.0], [-1.0, 1.0], [-8.5, 2.0]]
    ends = [segment[:, 0].tolist() for segment in bars.get_segments()]
    assert ends == [[1.0, 6.0], [-3.0, 2.0], [-12.0, -2.0]]
    assert [text.get_text() for text in ax.texts] == ["90\xa0%", "10\xa0%", "0\xa0%", "best in"]
    assert min(text.get_fontsize() for text in (*ax.texts, *ax.get_yticklabels())) >= 7
    assert ax.yaxis_inverted()
    plt.close()


def test_hosts_left_out_are_counted():
    ax = plot_host_ranking(RANKING, top=1)
    assert [text.get_text() for text in ax.get_yticklabels()] == ["b"]
    assert caption_notes(ax)[-1] == "Drawn: the first 1 of 3 hosts, by the median."
    plt.close()
