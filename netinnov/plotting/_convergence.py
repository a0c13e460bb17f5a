"""Convergence of regions: growth against the initial level, and inequality over time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.mechanisms.convergence import Spread, beta_convergence, sigma_convergence
from netinnov.plotting._fonts import printable
from netinnov.plotting._legend import legend_above
from netinnov.plotting._notes import number, write_notes
from netinnov.plotting._style import (
    GREY,
    INK,
    PALETTE,
    SINGLE,
    axes_or_new,
    figure_style,
    layer_style,
)

_CALLED = {"log_sd": "standard deviation of logarithms", "cv": "coefficient of variation"}
_CALLED["theil"] = "Theil's T"


def plot_convergence(
    panel: pd.DataFrame,
    *,
    periods: float | None = None,
    unit: str = "initial level",
    ax: Axes | None = None,
) -> Axes:
    """Draw mean growth against the initial level, with the line of absolute convergence.

    Parameters
    ----------
    panel : DataFrame
        Regions x periods, as `netinnov.mechanisms.convergence.beta_convergence` takes it.
    periods : float, optional
        From the first to the last column; by default the difference of their labels.
    unit : str
        What the x axis is called.
    ax : Axes, optional
        Where to draw; a new figure of 89 mm by default.

    Returns
    -------
    Axes
        A point a region, logarithmic from left to right; the fitted line (it is of logarithms)
        and below it slope, interval and half-life.

    Raises
    ------
    InputError
        As `beta_convergence`; or fewer than three regions have both values.

    Examples
    --------
    >>> import pandas as pd
    >>> income = pd.DataFrame({2000: [1.0, 2.0, 4.0], 2010: [3.0, 4.2, 6.0]}, index=list("abc"))
    >>> plot_convergence(income).get_ylabel()
    'growth a period, %'
    """
    fit = beta_convergence(panel, periods=periods)
    if np.isnan(fit.slope):
        msg = f"`panel` must have three regions or more that begin unlike; found {fit.n}."
        raise InputError(msg)
    first_and_last = panel.iloc[:, [0, -1]].dropna().to_numpy(np.float64)
    growth = np.log(first_and_last[:, 1] / first_and_last[:, 0]) / fit.periods
    ends = np.array([first_and_last[:, 0].min(), first_and_last[:, 0].max()])
    level = growth.mean() + fit.slope * (np.log(ends) - np.log(first_and_last[:, 0]).mean())
    with figure_style():
        ax = axes_or_new(ax, width=SINGLE, height=82)
        many = len(first_and_last) > 300
        ax.scatter(
            first_and_last[:, 0],
            100 * growth,
            s=5 if many else 14,
            color=PALETTE[0],
            alpha=0.35 if many else 0.8,
            linewidth=0,
            rasterized=many,
        )
        ax.axhline(0, color=GREY, linewidth=0.5, zorder=0)
        ax.plot(ends, 100 * level, color=INK, linewidth=1.2)
        ax.set_xscale("log")
        ax.set_ylabel("growth a period, %")
        half = (
            f"half of a gap closes in {fit.half_life:.0f} periods."
            if np.isfinite(fit.half_life)
            else ("gaps are more than closed." if fit.slope < 0 else "no gap closes.")
        )
        note = (
            f"Slope {_signed(fit.slope)} a period (95 %: {_signed(fit.low)} to "
            f"{_signed(fit.high)}); {half} {fit.n:,} regions, {fit.periods:g} periods."
        )
        write_notes(ax, [note], label=printable(unit))
    return ax


def plot_spread(
    panels: pd.DataFrame | Mapping[str, pd.DataFrame],
    *,
    spread: Spread = "log_sd",
    ax: Axes | None = None,
) -> Axes:
    """Draw the inequality between regions over time.

    Parameters
    ----------
    panels : DataFrame or mapping from name to DataFrame
        Regions x periods; columns are numbers such as years. Only regions with all values of a
        panel are in its line.
    spread : {"log_sd", "cv", "theil"}
        See `netinnov.mechanisms.convergence.sigma_convergence`.
    ax : Axes, optional
        Where to draw; a new figure of 89 mm by default.

    Returns
    -------
    Axes
        A line a panel, named with its number of regions.

    Raises
    ------
    InputError
        If there is no panel, a value is 0 or less, or columns are not numbers.

    Examples
    --------
    >>> import pandas as pd
    >>> ax = plot_spread(pd.DataFrame({2000: [1.0, 4.0], 2010: [2.0, 4.0]}))
    >>> ax.lines[0].get_ydata().round(3).tolist()
    [0.693, 0.347]
    """
    named = dict(panels) if isinstance(panels, Mapping) else {"": panels}
    if not named:
        raise InputError("`panels` must hold at least one panel; found none.")
    lines = {name: _spread(panel, spread) for name, panel in named.items()}
    with figure_style():
        ax = axes_or_new(ax, width=SINGLE, height=70)
        for position, (name, (when, values, regions)) in enumerate(lines.items()):
            number = f"{regions:,}"
            label = f"{printable(name)} ({number})" if name else f"{number} regions"
            ax.plot(
                when,
                values,
                marker="o",
                markersize=2.6,
                label=label,
                **layer_style(position),
            )
        ax.set_ylabel(_CALLED[spread])
        ax.set_ylim(bottom=0)
        ax.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        legend_above(ax, ncols=2, handlelength=2.4, columnspacing=1.2)
        note = "In brackets: regions, those with all values." if any(named) else ""
        write_notes(ax, [note], label="period")
    return ax


def _spread(panel: Any, spread: Spread) -> tuple[Floats, Floats, int]:
    """Periods, spread in each, and the number of regions with all values."""
    whole = panel.dropna() if isinstance(panel, pd.DataFrame) else panel
    values = sigma_convergence(whole, spread=spread)
    when = pd.to_numeric(pd.Series(values.index), errors="coerce").to_numpy(np.float64)
    if np.isnan(when).any():
        msg = f"columns of a panel must be numbers; found {list(values.index[:3])}."
        raise InputError(msg)
    return when, values.to_numpy(np.float64), len(whole)


def _signed(value: float) -> str:
    return number(value, ".4f")
