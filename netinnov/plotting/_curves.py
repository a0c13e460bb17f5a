"""Curves by name: reach of an innovation, percolation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from scipy.special import ndtri

from netinnov._runtime.arguments import as_whole
from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.plotting._drawing import (
    by_name,
    drawing,
    entry,
    legend_above,
    percent,
    write_notes,
)
from netinnov.plotting._fonts import printable
from netinnov.plotting._style import GREY, SINGLE, layer_style

_ALIKE = 0.03  # mean distance of curves that hide each other


def plot_reach(
    times: pd.Series[float] | Mapping[str, pd.Series[float]],
    *,
    horizon: int,
    notes: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw the share of draws in which an innovation has arrived, against the step.

    Parameters
    ----------
    times : Series or mapping from name to Series
        Steps in each draw, NaN where the targets were not reached, such as with and without an
        enclave: from `netinnov.mechanisms.diffusion.time_to_reach`.
    horizon : int
        Last step drawn, 1 or more; no more than that of the draws.
    notes : str
        A sentence below the figure.
    ax : Axes, optional
        Where to draw; a new figure of 89 mm by default.

    Returns
    -------
    Axes
        A stair for each name with a band of Wilson's intervals, each step by itself, and a mark
        where half of the draws have arrived. Of stairs that nearly coincide the first is wide and
        pale, so that all are seen. The legend has the share of draws that never arrive.

    Raises
    ------
    InputError
        If there are no draws, a time is below 0, or a number is out of its range.

    See Also
    --------
    netinnov.mechanisms.diffusion.reach_table : The figures behind it.

    References
    ----------
    Wilson (1927), Probable inference, the law of succession, and statistical inference, Journal
    of the American Statistical Association 22, 209-212.

    Examples
    --------
    >>> import pandas as pd
    >>> ax = plot_reach({"with enclave": pd.Series([2.0, 4.0, 5.0, None])}, horizon=10)
    >>> ax.get_legend().get_texts()[0].get_text()
    'with enclave, not reached by step 10: 25\\xa0%'
    """
    horizon = as_whole("horizon", horizon, low=1)
    named = by_name("times", times, "Series")
    curves = {name: _checked_times(name, series) for name, series in named.items()}
    steps = np.arange(horizon + 1)
    shares = [(values[:, None] <= steps).mean(axis=0) for values in curves.values()]
    with drawing(ax, SINGLE, 72) as ax:
        for position, (name, values) in enumerate(curves.items()):
            share: Floats = shares[position]
            low, high = _wilson(share, values.size)
            style = layer_style(position)
            # Wide at the back and thin in front, so that none hides another.
            behind = sum(np.abs(share - other).mean() < _ALIKE for other in shares[position + 1 :])
            text = f"not reached by step {horizon:,}: {percent(1 - share[-1])}"
            label = entry(f"{printable(name)}, {text}" if name else text)
            band = {"color": style["color"], "alpha": 0.2, "linewidth": 0}
            ax.fill_between(steps, low, high, step="post", **band)
            mark: dict[str, Any] = {
                "marker": "osD^vPX"[position % 7],
                "markersize": 4,
                "clip_on": False,
            }
            (line,) = ax.plot(steps, share, drawstyle="steps-post", markevery=[], **mark, **style)
            line.set(linewidth=1.1 + 1.4 * min(behind, 3), alpha=0.45 if behind else 1.0)
            line.set(solid_capstyle="butt", label=label)
            if (half := np.flatnonzero(share >= 0.5)).size:
                (dot,) = ax.plot(steps[half[0]], 0.5, color=style["color"], zorder=5)
                dot.set(marker=mark["marker"], markersize=4 + 3 * min(behind, 2))
                dot.set(markeredgecolor="white", markeredgewidth=0.5)
        ax.axhline(0.5, color=GREY, linewidth=0.4, zorder=1)
        ax.set(xlim=(0, horizon), ylim=(-0.03, 1.03), ylabel="share of draws that have arrived")
        legend_above(ax, handlelength=3.2)
        draws = dict.fromkeys(f"{n:,}" for n in sorted({each.size for each in curves.values()}))
        count = " to ".join([*draws][:: max(len(draws) - 1, 1)])
        bands = f"bands: {percent(0.95)} intervals of the draws at each step."
        sentences = [f"{count} draws each; {bands}", "Mark: half have arrived.", notes]
        write_notes(ax, sentences, label="step", at_end=True)
    return ax


def _checked_times(name: str, times: pd.Series[float]) -> Floats:
    argument = f"`times` of {name!r}" if name else "`times`"
    if not isinstance(times, pd.Series):
        raise InputError(f"{argument} must be a Series of steps; found {type(times).__name__}.")
    values: Floats = np.asarray(times, np.float64)
    if not values.size or (values < 0).any():
        raise InputError(f"{argument} must hold at least one draw, and no step below 0.")
    return np.where(np.isnan(values), np.inf, values)


def _wilson(share: Floats, n: int) -> tuple[Floats, Floats]:
    z = float(ndtri(0.975))
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return middle - half, middle + half


def plot_robustness(
    curves: pd.Series[float] | pd.DataFrame | Mapping[str, pd.Series[float] | pd.DataFrame],
    *,
    ax: Axes | None = None,
) -> Axes:
    """Draw the share of nodes in the largest part against the share of nodes removed.

    Parameters
    ----------
    curves : Series, DataFrame or mapping from name to these
        Index = number of removed nodes, from 0 to all, as `netinnov.connectivity.robustness_curve`
        gives it. In a DataFrame each column is one repeat, such as one random order.
    ax : Axes, optional
        Where to draw; a new figure of 89 mm by default.

    Returns
    -------
    Axes
        A line for each curve, for repeats their mean with a band from 2.5 to 97.5 %; R in the
        legend. The thin grey line is the bound: all remaining nodes are connected.

    Raises
    ------
    InputError
        If there is no curve, its index does not rise from 0, or a value is not in [0, 1].

    Notes
    -----
    R is the mean of the entries 1 to n (Schneider et al. 2011), at most 1/2 - 1/(2n); for
    repeats that of their mean. A curve with gaps in its index has no R.

    References
    ----------
    Schneider et al. (2011), Mitigation of malicious attacks on networks, PNAS 108, 3838-3841.

    Examples
    --------
    >>> import pandas as pd
    >>> ax = plot_robustness({"star, hub first": pd.Series([1.0, 0.25, 0.25, 0.25, 0.0])})
    >>> ax.get_legend().get_texts()[0].get_text()
    'star, hub first: R = 0.188'
    """
    tables = {n: _checked_curve(n, each) for n, each in by_name("curves", curves, "curve").items()}
    with drawing(ax, SINGLE, 70) as ax:
        for position, (name, table) in enumerate(tables.items()):
            removed = table.index.to_numpy(np.float64)
            share = removed / removed[-1]
            mean: Floats = table.mean(axis=1).to_numpy()
            style = layer_style(position)
            label = printable(name) if name else ""
            if table.shape[1] > 1:
                low, high = np.quantile(table.to_numpy(), [0.025, 0.975], axis=1)
                ax.fill_between(share, low, high, color=style["color"], alpha=0.2, linewidth=0)
                label = f"{label} ({table.shape[1]:,} repeats)".strip()
            if len(removed) == removed[-1] + 1:
                label = f"{label}: R = {mean[1:].mean():.3f}".removeprefix(": ")
            ax.plot(share, mean, linewidth=1.1, label=entry(label or "curve"), **style)
        ax.plot([0, 1], [1, 0], color=GREY, linewidth=0.4, zorder=1)
        ax.set(xlim=(0, 1), ylim=(0, 1.02), xlabel="share of nodes removed")
        ax.set_ylabel("share of nodes in the largest part")
        legend_above(ax, handlelength=3.2)
    return ax


def _checked_curve(name: str, curve: Any) -> pd.DataFrame:
    if not isinstance(curve, (pd.Series, pd.DataFrame)):
        msg = "`curves` must be a Series, a DataFrame or a mapping to these; "
        raise InputError(f"{msg}found {type(curve).__name__}.")
    table: pd.DataFrame = curve.to_frame() if isinstance(curve, pd.Series) else curve
    steps = pd.to_numeric(pd.Series(table.index), errors="coerce").to_numpy(np.float64)
    values = table.apply(pd.to_numeric, errors="coerce").to_numpy(np.float64)
    rising = len(steps) > 1 and steps[0] == 0 and bool((np.diff(steps) > 0).all())
    if not rising or not values.size or not ((values >= 0) & (values <= 1)).all():
        msg = f"`curves` {name!r} must have an index of removed nodes that is rising from 0, and "
        raise InputError(f"{msg}values that are shares of nodes from 0 to 1.")
    return pd.DataFrame(values, index=steps)
