"""Figures of convergence: what is drawn where."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from netinnov.errors import InputError
from netinnov.mechanisms.convergence import beta_convergence, sigma_convergence
from netinnov.plotting import caption_notes, new_figure, plot_convergence, plot_spread

PANEL = pd.DataFrame({2000: [1.0, 2.0, 4.0, 9.0], 2010: [3.0, 4.2, 6.0, 8.0]}, index=list("abcd"))


def axes():
    return new_figure(width=89, height=78).add_subplot()


def test_the_line_is_the_regression():
    ax = plot_convergence(PANEL, unit="income, $", ax=axes())
    found = beta_convergence(PANEL)
    line = ax.lines[-1]
    x, y = np.log(line.get_xdata()), line.get_ydata() / 100
    assert np.diff(y) / np.diff(x) == pytest.approx(found.slope)
    points = ax.collections[0].get_offsets()
    assert points[:, 0].tolist() == PANEL[2000].tolist()
    growth = 10 * np.log(PANEL[2010] / PANEL[2000])  # per cent a year
    assert points[:, 1].tolist() == pytest.approx(growth.tolist())
    assert ax.get_xscale() == "log"
    assert ax.get_xlabel() == r"income, \$"
    text = " ".join(caption_notes(ax))
    assert text.startswith("Slope")
    assert "4 regions, 10 periods" in text


def test_divergence_has_no_half_life():
    ax = plot_convergence(pd.DataFrame({0: [1.0, 2.0, 5.0], 1: [1.0, 3.0, 9.0]}), ax=axes())
    assert "no gap closes" in " ".join(caption_notes(ax))


def test_gaps_that_turn_round_have_no_half_life():
    ax = plot_convergence(pd.DataFrame({0: [1.0, 2.0, 3.0], 1: [3.0, 2.0, 1.0]}), ax=axes())
    assert "gaps are more than closed" in " ".join(caption_notes(ax))


def test_each_panel_is_a_line():
    more = pd.DataFrame({2000: [1.0, 4.0, 2.0], 2005: [1.0, 3.0, 2.0], 2010: [1.0, 2.0, np.nan]})
    ax = plot_spread({"a": PANEL, "b": more}, ax=axes())
    first, second = ax.lines
    assert first.get_ydata().tolist() == pytest.approx(sigma_convergence(PANEL).tolist())
    assert second.get_xdata().tolist() == [2000, 2005, 2010]
    assert second.get_ydata().tolist() == pytest.approx(sigma_convergence(more.dropna()).tolist())
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert names == ["a (4)", "b (2)"]
    assert plot_spread(PANEL, spread="theil", ax=axes()).get_ylabel() == "Theil's T"


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(InputError, match="three regions or more"):
        plot_convergence(PANEL.iloc[:2])
    with pytest.raises(InputError, match="at least one panel"):
        plot_spread({})
    with pytest.raises(InputError, match="must be a DataFrame"):
        plot_spread([1])
    with pytest.raises(InputError, match="must be numbers"):
        plot_spread(pd.DataFrame({"early": [1.0, 2.0], "late": [1.0, 2.0]}))
    with pytest.raises(InputError, match="`spread` must be one of"):
        plot_spread(PANEL, spread="x")
