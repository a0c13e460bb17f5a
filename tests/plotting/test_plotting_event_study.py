"""Figures of event studies: what is drawn where."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov.panels import event_study
from netinnov.plotting import plot_event_study
from netinnov.plotting._drawing import caption_notes
from netinnov.plotting._style import new_figure

pytest.importorskip("pyfixest", reason="needs pyfixest, of the extra econometrics")


@pytest.fixture(scope="module")
def study():
    rng = np.random.default_rng(1)
    names = [f"p{k}" for k in range(9)]
    i, j = np.triu_indices(9, 1)
    rows = [
        (names[a], names[b], 1.0 + rng.poisson(20), t)
        for a, b in zip(i, j, strict=True)
        for t in range(5)
    ]
    links = pd.DataFrame(rows, columns=["source", "target", "weight", "period"])
    network = ni.build_network(pd.DataFrame(index=names), links)
    openings = pd.DataFrame(
        {"home": ["p0", "p2", "p4", "p6"], "host": ["p1", "p3", "p5", "p7"], "opened": 3}
    ).assign(direction=["forward", "reverse"] * 2)
    whole = event_study(network, layer="links", openings=openings)
    parted = event_study(network, layer="links", openings=openings, by="direction")
    return whole, parted


def axes():
    return new_figure(width=89, height=78).add_subplot()


def test_points_stand_at_their_estimates(study):
    whole, _ = study
    ax = plot_event_study(whole, ax=axes())
    known = whole.estimates[whole.estimates["event_time"] != -1]
    points = [line for line in ax.lines if line.get_marker() == "o"]
    filled, hollow = points
    assert filled.get_xdata().tolist() == known["event_time"].tolist()
    assert filled.get_ydata().tolist() == known["estimate"].tolist()
    assert hollow.get_ydata().tolist() == [0]
    assert hollow.get_markerfacecolor() == "white"
    spans = ax.collections[0].get_segments()
    assert [tuple(span[:, 1]) for span in spans] == list(
        zip(known["low"], known["high"], strict=True)
    )
    text = " ".join(caption_notes(ax))
    assert "4 treated pairs, 32 others" in text
    assert f"p = {whole.pre_trend_p:.2g}" in text
    assert ax.get_legend() is None


def test_groups_and_studies_stand_beside_one_another(study):
    whole, parted = study
    ax = plot_event_study(parted, ax=axes())
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert names == ["forward", "reverse"]
    truth = pd.Series({-1: 0.0, 0: 0.0})
    ax = plot_event_study({"a": whole, "b": parted}, truth=truth, ax=axes())
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert names == ["truth", "a", "b forward", "b reverse"]


def test_a_table_of_estimates_gives_the_points_of_its_study(study):
    for each in study:
        of_study, of_table = (
            plot_event_study(each, ax=axes()),
            plot_event_study(each.to_frame(), ax=axes()),
        )
        drawn = [
            [(*line.get_xydata().ravel(), line.get_markerfacecolor()) for line in ax.lines[2:]]
            for ax in (of_study, of_table)
        ]
        assert drawn[0] == drawn[1]
        assert not any("treated pairs" in note for note in caption_notes(of_table))
