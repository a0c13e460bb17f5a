"""Figure of entry rates: what is drawn where."""

from __future__ import annotations

import pandas as pd
import pytest

from netinnov.errors import InputError
from netinnov.plotting import caption_notes, new_figure, plot_entry_rates

RATES = pd.DataFrame(
    {
        "density": [0.1, 0.3],
        "rate": [0.02, 0.3],
        "null_mean": [0.1, 0.2],
        "null_low": [0.05, 0.15],
        "null_high": [0.15, 0.25],
        "n_candidates": [1500, 1500],
    }
)


def test_rates_and_their_null_model():
    ax = plot_entry_rates(RATES, ax=new_figure(width=89, height=74).add_subplot())
    mean, line = ax.lines
    assert line.get_xdata().tolist() == [0.1, 0.3]
    assert line.get_ydata().tolist() == pytest.approx([2, 30])
    assert mean.get_ydata().tolist() == pytest.approx([10, 20])
    assert ax.get_ylim()[0] == 0
    assert "3,000 pairs" in " ".join(caption_notes(ax))


def test_what_cannot_be_drawn_is_refused():
    for bad in (RATES.drop(columns="rate"), RATES.iloc[:0], 3):
        with pytest.raises(
            InputError,
            match=r"`rates` must (be a DataFrame|have the columns|have a row for each bin)",
        ):
            plot_entry_rates(bad)
