"""Curves by name: reach of an innovation, percolation, event studies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import scipy
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from netinnov._runtime.arguments import as_floats
from netinnov._typing import Count, Floats
from netinnov.errors import InputError
from netinnov.panels import Evaluation, EventStudy
from netinnov.plotting._drawing import draw_intervals, finish, percent, table_of
from netinnov.plotting._fonts import printable
from netinnov.plotting._style import GREY, MARKS, PALETTE, SINGLE, drawing, ink, layer_style, paper

Study: TypeAlias = EventStudy | Evaluation | pd.DataFrame

_SPANS = ["estimate", "low", "high"]


def _by_name(argument: str, value: Any) -> dict[str, Any]:
    named = dict(value) if isinstance(value, Mapping) else {"": value}
    if not named:
        raise InputError(f"`{argument}` must hold at least one curve; found none.")
    return {str(name): each for name, each in named.items()}


def plot_reach(
    times: pd.Series[float] | Mapping[str, pd.Series[float]],
    *,
    horizon: Count,
    ax: Axes | None = None,
) -> Axes:
    """Draw the share of draws in which an innovation has arrived, against the step.

    A stair for each name with a band of Wilson's intervals (1927), each step by itself, and a mark
    where half of the draws have arrived. The legend has the share that never arrives.

    Parameters
    ----------
    times : Series or mapping from name to Series
        Steps in each draw, NaN where the targets were not reached, from
        `netinnov.mechanisms.diffusion.time_to_reach`.
    horizon : int
        Last step drawn, 1 or more; no more than that of the draws.

    Examples
    --------
    >>> plot_reach({"with enclave": pd.Series([2.0, 4.0, 5.0, None])}, horizon=10).get_xlabel()
    'step'
    """
    curves = {name: _steps(name, each) for name, each in _by_name("times", times).items()}
    steps = np.arange(horizon + 1)
    with drawing(ax, 72, SINGLE) as ax:
        for position, (name, values) in enumerate(curves.items()):
            share: Floats = (values[:, None] <= steps).mean(axis=0)
            tests = [scipy.stats.binomtest(round(p * values.size), values.size) for p in share]
            low, high = np.transpose([test.proportion_ci(method="wilson") for test in tests])
            style = layer_style(position)
            mark = MARKS[position % len(MARKS)]
            band: dict[str, Any] = {"color": style["color"], "alpha": 0.2, "linewidth": 0}
            ax.fill_between(steps, low, high, step="post", **band)
            text = f"not reached by step {horizon:,}: {percent(1 - share[-1])}"
            label = f"{printable(name)}, {text}" if name else text
            (line,) = ax.plot(steps, share, drawstyle="steps-post", clip_on=False, **style)
            line.set(linewidth=1.1, marker=mark, markersize=4, markevery=[], label=label)
            if (half := np.flatnonzero(share >= 0.5)).size:
                (dot,) = ax.plot(steps[half[0]], 0.5, mark, color=style["color"], zorder=5)
                dot.set(markersize=4, markeredgecolor=paper(), markeredgewidth=0.5)
        ax.axhline(0.5, color=GREY, linewidth=0.4, zorder=1)
        ax.set(xlim=(0, horizon), ylim=(-0.03, 1.03), ylabel="share of draws that have arrived")
        count = " to ".join(f"{n:,}" for n in sorted({each.size for each in curves.values()}))
        bands = f"{count} draws each; bands: {percent(0.95)} intervals of the draws at each step."
        return finish(ax, x="step", notes=[bands, "Mark: half have arrived."], handlelength=3.2)


def _steps(name: str, times: pd.Series[float]) -> Floats:
    argument = f"`times` of {name!r}" if name else "`times`"
    if not isinstance(times, pd.Series):
        raise InputError(f"{argument} must be a Series of steps; found {type(times).__name__}.")
    values = as_floats("times", times)
    if not values.size or (values < 0).any():
        raise InputError(f"{argument} must hold at least one draw, and no step below 0.")
    return np.where(np.isnan(values), np.inf, values)


def plot_robustness(
    curves: pd.Series[float] | pd.DataFrame | Mapping[str, pd.Series[float] | pd.DataFrame],
    *,
    ax: Axes | None = None,
) -> Axes:
    """Draw the share of nodes in the largest part against the share of nodes removed.

    A line for each curve, for repeats their mean with a band from 2.5 to 97.5 %; in the legend R,
    the mean of the entries 1 to n (Schneider et al. 2011), at most 1/2 - 1/(2n), if the index has
    no gaps. The thin grey line is the bound: all remaining nodes are connected.

    Parameters
    ----------
    curves : Series, DataFrame or mapping from name to these
        Index = number of removed nodes, from 0 to all, as `netinnov.connectivity.robustness_curve`
        gives it. In a DataFrame each column is one repeat, such as one random order.

    References
    ----------
    Schneider et al. (2011), PNAS 108, 3838-3841.

    Examples
    --------
    >>> star = pd.Series([1.0, 0.25, 0.25, 0.25, 0.0])
    >>> plot_robustness({"star, hub first": star}).get_legend().get_texts()[0].get_text()
    'star, hub first: R = 0.188'
    """
    tables = {n: _checked_curve(n, each) for n, each in _by_name("curves", curves).items()}
    with drawing(ax, 70, SINGLE) as ax:
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
            ax.plot(share, mean, linewidth=1.1, label=label or "curve", **style)
        ax.plot([0, 1], [1, 0], color=GREY, linewidth=0.4, zorder=1)
        ax.set(xlim=(0, 1), ylim=(0, 1.02))
        y = "share of nodes in the largest part"
        return finish(ax, x="share of nodes removed", y=y, handlelength=3.2)


def _checked_curve(name: str, curve: Any) -> pd.DataFrame:
    table = curve.to_frame() if isinstance(curve, pd.Series) else curve
    table = table_of("curves", table, of="a Series, a DataFrame or a mapping to these")
    steps = pd.to_numeric(pd.Series(table.index), errors="coerce").to_numpy(np.float64)
    values = table.apply(pd.to_numeric, errors="coerce").to_numpy(np.float64)
    rising = len(steps) > 1 and steps[0] == 0 and bool((np.diff(steps) > 0).all())
    if not rising or not values.size or not ((values >= 0) & (values <= 1)).all():
        raise InputError(
            f"`curves` {name!r} must have an index of removed nodes that is rising from 0, and "
            "values that are shares of nodes from 0 to 1."
        )
    return pd.DataFrame(values, index=steps)


def plot_event_study(
    studies: Study | Mapping[str, Study], *, truth: pd.Series | None = None, ax: Axes | None = None
) -> Axes:
    """Draw the estimates of an event study by event time, with their intervals.

    Points with intervals; the hollow point is the reference period, the dashed line the opening,
    thin lines simultaneous bands of an Evaluation. The caption (`save_figure`) has the p of the
    test of equal trends before the opening, and treated pairs, which tables lack.

    Parameters
    ----------
    studies : EventStudy, Evaluation, DataFrame or mapping from name to these
        From `netinnov.panels.event_study` or `evaluate_openings`, or their tables; groups of one
        are drawn as several.
    truth : Series, optional
        Index = event time: what is known to be true of made-up data, drawn as a line.

    Examples
    --------
    >>> table = pd.DataFrame({"event_time": [-1, 0], "estimate": [0.0, 0.4]})
    >>> plot_event_study(table.assign(low=[None, 0.1], high=[None, 0.7])).get_ylabel()
    'change of the logarithm of ties'
    """
    named = _by_name("studies", studies)
    series = [
        (f"{name} {group}".strip(), table)
        for name, study in named.items()
        for group, table in _groups(study)
    ]
    step = min(0.24, 0.7 / len(series))
    with drawing(ax, 62, SINGLE) as ax:
        ax.axhline(0, color=GREY, linewidth=0.5, zorder=0)
        ax.axvline(-0.5, color=GREY, linewidth=0.7, linestyle=(0, (4, 2)), zorder=0)
        if truth is not None:
            when = truth.index.to_numpy(np.float64)
            ax.plot(when, as_floats("truth", truth), color=ink(), linewidth=0.9, label="truth")
        for position, (name, table) in enumerate(series):
            shift = step * (position - (len(series) - 1) / 2)
            colour = PALETTE[position % len(PALETTE)]
            mark = MARKS[position % len(MARKS)]
            x = table["event_time"].to_numpy(np.float64) + shift
            spans = table[_SPANS]
            reference = (table["estimate"].eq(0) & table["low"].isna()).to_numpy()
            known = table["estimate"].notna().to_numpy() & ~reference
            if "band_low" in table:
                ax.vlines(x, table["band_low"], table["band_high"], color=colour, linewidth=0.4)
            style: dict[str, Any] = {"markersize": 3.4, "mec": colour, "mew": 0.8, "zorder": 2}
            label = printable(name) if len(series) > 1 or truth is not None else "_"
            look = style | {"marker": mark, "color": colour, "label": label or "estimate"}
            draw_intervals(ax, x[known], spans[known], upright=True, linewidth=0.9, **look)
            ax.plot(x[reference], 0 * x[reference], mark, mfc=paper(), **style)
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        of_places = any("band_low" in table for _, table in series)
        of = "effect" if of_places else "change of the logarithm of ties"
        notes = [_note(*each) for each in named.items() if hasattr(each[1], "pre_trend_p")]
        across = "periods since the opening"
        return finish(ax, x=across, y=of, notes=notes, ncols=3, handlelength=1.6)


def _groups(study: Any) -> list[tuple[Any, pd.DataFrame]]:
    needed = ["event_time", *_SPANS]
    of = "EventStudy.to_frame()"
    frame = table_of("studies", study, needed, of=of, method="to_frame")
    first = frame.columns[0]  # of groups, whatever they are called
    numbers = pd.api.types.is_numeric_dtype(frame[first].dtype)
    return [("", frame)] if numbers else list(frame.groupby(first))


def _note(name: str, study: Any) -> str:
    p = study.pre_trend_p
    intervals = f"{percent(study.confidence)} intervals"
    before = "no period before it" if np.isnan(p) else f"p = {p:.2g} for equal trends before"
    prefix = f"{name}: " if name else ""
    if isinstance(study, Evaluation):
        whom = f"{study.groups['n_treated'].sum():,} places that open"
        intervals += ", thin lines for all event times together"
    else:
        whom = f"{study.sample.n_treated:,} treated pairs, {study.sample.n_controls:,} others"
    return f"{prefix}{before}; {whom}; {intervals}."
