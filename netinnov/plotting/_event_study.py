"""Event studies: ties before and after the opening of an enclave, with intervals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from netinnov.errors import InputError
from netinnov.panels import EventStudy
from netinnov.plotting._drawing import by_name, drawing, legend_above, write_notes
from netinnov.plotting._fonts import printable
from netinnov.plotting._style import GREY, INK, PALETTE, SINGLE

_MARKS = ("o", "s", "^", "D", "v", "P", "X")
_COLUMNS = ["event_time", "estimate", "low", "high"]


def plot_event_study(
    studies: EventStudy | pd.DataFrame | Mapping[str, EventStudy | pd.DataFrame],
    *,
    truth: pd.Series[float] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the estimates of an event study by event time, with their intervals.

    Parameters
    ----------
    studies : EventStudy, DataFrame or mapping from name to these
        From `netinnov.panels.event_study`, or their tables; groups of one are drawn as several.
    truth : Series, optional
        Index = event time: what is known to be true of made-up data, drawn as a line.
    ax : Axes, optional
        Where to draw; a new figure of 89 mm by default.

    Returns
    -------
    Axes
        Points with intervals, beside one another where there are several studies; the hollow point
        is the reference period, the dashed line the opening. The caption (`save_figure`) has the
        p of the test of equal trends before the opening, and treated pairs, which tables lack.

    Raises
    ------
    InputError
        If there is no study.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"event_time": [-1, 0], "estimate": [0.0, 0.4]})
    >>> plot_event_study(table.assign(low=[None, 0.1], high=[None, 0.7])).get_ylabel()
    'change of the logarithm of ties'
    """
    named = by_name("studies", studies, "event study")
    series = [
        (f"{name} {group}".strip(), table)
        for name, study in named.items()
        for group, table in _groups(study)
    ]
    step = min(0.24, 0.7 / len(series))
    with drawing(ax, SINGLE, 78) as ax:
        ax.axhline(0, color=GREY, linewidth=0.5, zorder=0)
        ax.axvline(-0.5, color=GREY, linewidth=0.7, linestyle=(0, (4, 2)), zorder=0)
        if truth is not None:
            when = truth.index.to_numpy(np.float64)
            ax.plot(when, truth.to_numpy(np.float64), color=INK, linewidth=0.9, label="truth")
        for position, (name, table) in enumerate(series):
            shift = step * (position - (len(series) - 1) / 2)
            x = table["event_time"].to_numpy(np.float64) + shift
            y, low, high = (table[c].to_numpy(np.float64) for c in ("estimate", "low", "high"))
            reference = (y == 0) & np.isnan(low)
            known = np.isfinite(y) & ~reference
            colour, mark = PALETTE[position % len(PALETTE)], _MARKS[position % len(_MARKS)]
            ax.vlines(x[known], low[known], high[known], color=colour, linewidth=0.9)
            style: dict[str, Any] = {"markersize": 3.4, "mec": colour, "mew": 0.8}
            label = printable(name) if len(series) > 1 or truth is not None else "_"
            ax.plot(x[known], y[known], mark, mfc=colour, label=label or "estimate", **style)
            ax.plot(x[reference], y[reference], mark, mfc="white", **style)
        ax.set_ylabel("change of the logarithm of ties")
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        if len(series) > 1 or truth is not None:
            legend_above(ax, ncols=3, handlelength=1.6)
        whole = {name: study for name, study in named.items() if hasattr(study, "pre_trend_p")}
        notes = [_note(name, study) for name, study in whole.items()]
        write_notes(ax, notes, label="periods since the opening")
    return ax


def _groups(study: Any) -> list[tuple[Any, pd.DataFrame]]:
    frame = study if isinstance(study, pd.DataFrame) else getattr(study, "estimates", None)
    if not isinstance(frame, pd.DataFrame) or not set(_COLUMNS) <= set(frame.columns):
        msg = "`studies` must be what event_study() gives, or a mapping to these"
        raise InputError(f"{msg}; found {type(study).__name__}.")
    return list(frame.groupby("group")) if "group" in frame else [("", frame)]


def _note(name: str, study: Any) -> str:
    p = study.pre_trend_p
    before = "no period before it" if np.isnan(p) else f"p = {p:.2g} for equal trends before"
    prefix = f"{name}: " if name else ""
    intervals = f"{100 * study.confidence:g}\N{NO-BREAK SPACE}% intervals"
    pairs = f"{study.sample.n_treated:,} treated pairs, {study.sample.n_controls:,} others"
    return f"{prefix}{before}; {pairs}; {intervals}."
