"""Governance approaches side by side: a table of small intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from netinnov._arguments import check_names
from netinnov.errors import InputError
from netinnov.governance import ApproachComparison
from netinnov.plotting._fonts import name_of, printable
from netinnov.plotting._notes import number, write_notes
from netinnov.plotting._style import DOUBLE, GREY, INK, axes_or_new, figure_style
from netinnov.plotting._table_of_result import table_of

_MEASURES = {
    "home_access": ("access of\nhome", 1),
    "host_access": ("access of\nhost", 1),
    "efficiency": ("efficiency", 1),
    "access_gini": ("inequality\nof access", -1),
    "effective_number": ("effective\nnumber of\nplaces", 1),
    "spectral_radius": ("cobweb:\nspectral\nradius", -1),
    "below_break": ("free flow:\nbelow break\npoint", 1),
    "largest_excess": ("largest\nexcess", -1),
}
"""Heading of each measure, and whether more (1) or less (-1) is better."""

_OWN_UNIT = ("below_break", "largest_excess")
"""What has its zero where it means something else than nothing, so that no per cent are given."""

_HALF = 0.36  # of a column, for the longest interval
_NONE = 1e-9  # of the largest change of a measure: no change


def plot_approaches(
    comparison: ApproachComparison | pd.DataFrame,
    *,
    measures: Sequence[str] | None = None,
    names: Mapping[str, str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw what each governance approach changes in each measure, with intervals.

    Parameters
    ----------
    comparison : ApproachComparison or DataFrame
        From `netinnov.governance.compare_approaches`, or its table.
    measures : sequence of str, optional
        Which ones, in order; by default all.
    names : mapping from approach to str, optional
        Labels of the approaches; their names by default.
    ax : Axes, optional
        Where to draw; a new figure of 183 mm by default.

    Returns
    -------
    Axes
        A row an approach and a column a measure: the mean change over placements with its
        interval, on a scale of the column's own, whose line is no change. A filled mark is the
        best of its column.

    Raises
    ------
    InputError
        If the table lacks a column, has no rows, or does not have a measure.

    Notes
    -----
    Changes are in per cent of the value before, but for the break point of free flow and the
    largest excess, which may be 0 before. Less is better of inequality, the spectral radius of the
    cobweb and the largest excess, and the heading says so.

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"approach": "merger", "measure": "efficiency", "baseline": 0.5, "difference": 0.05}
    >>> ax = plot_approaches(pd.DataFrame([row | {"low": 0.04, "high": 0.06}]))
    >>> [text.get_text().replace(chr(160), " ") for text in ax.texts]
    ['+10 %']
    """
    columns = ["approach", "measure", "baseline", "difference", "low", "high"]
    table = table_of(
        "comparison", comparison, columns, of="ApproachComparison.to_frame()", method="to_frame"
    )
    if table.empty:
        raise InputError("`comparison` must have a row for each approach and measure; found none.")
    known = [measure for measure in _MEASURES if measure in set(table["measure"])]
    chosen = known if measures is None else check_names("measures", measures, known)
    if not chosen:
        raise InputError(f"`measures` must name one or more of {', '.join(known)}; found none.")
    approaches = list(dict.fromkeys(table["approach"]))
    rows = np.arange(len(approaches), dtype=np.float64)
    with figure_style():
        ax = axes_or_new(ax, width=DOUBLE, height=24 + 9.5 * len(approaches))
        for k, measure in enumerate(chosen):
            part = table[table["measure"] == measure].set_index("approach").reindex(approaches)
            _column(ax, k, part, _MEASURES[measure][1], relative=measure not in _OWN_UNIT)
        ax.hlines(rows[1:] - 0.5, -0.5, len(chosen) - 0.5, color="#dddddd", linewidth=0.5)
        ax.set_xlim(-0.5, len(chosen) - 0.5)
        ax.set_ylim(len(rows) - 0.5, -0.5)
        ax.set_yticks(rows, [printable(name_of(names, name)) for name in approaches])
        headings = [
            _MEASURES[measure][0] + ("\n(less is better)" if _MEASURES[measure][1] < 0 else "")
            for measure in chosen
        ]
        ax.xaxis.tick_top()
        ax.set_xticks(range(len(chosen)), headings)
        ax.tick_params(length=0)
        ax.spines[:].set_visible(False)
        note = "Each column has a scale of its own, from no change (line); filled: the best of it."
        write_notes(ax, [note])
    return ax


def _column(ax: Axes, k: int, part: pd.DataFrame, better: int, *, relative: bool) -> None:
    """A measure: its line of no change, and a mark with interval for each approach."""
    change, low, high = (part[name].to_numpy(np.float64) for name in ("difference", "low", "high"))
    before = part["baseline"].to_numpy(np.float64)
    reach = float(np.nanmax(np.abs([change, low, high]), initial=0.0))
    scale = _HALF / reach if reach > 0 else 0.0
    rows = np.arange(len(part), dtype=np.float64)
    ax.vlines(np.full(len(part), k), rows - 0.3, rows + 0.12, color=GREY, linewidth=0.5, zorder=1)
    middle = rows - 0.09
    ax.hlines(middle, k + scale * low, k + scale * high, color=INK, linewidth=1.0, zorder=2)
    known = better * change[~np.isnan(change)]
    best = known.max() if known.size else np.nan
    relative = relative and bool((before > 0).all())
    for row, value in enumerate(change):
        if np.isnan(value):
            continue
        first = better * value >= best - _NONE * reach and reach > 0
        face = INK if first else "white"
        x = k + scale * value
        ax.plot(x, middle[row], "o", color=INK, markerfacecolor=face, markersize=4, zorder=3)
        ax.text(k, row + 0.28, _text(value, before[row], relative, reach), ha="center", va="center")


def _text(value: float, before: float, relative: bool, reach: float) -> str:
    if abs(value) <= _NONE * reach or value == 0:
        return "0"
    if relative:
        return f"{_digits(100 * value / before)}\N{NO-BREAK SPACE}%"
    return _digits(value)


def _digits(value: float) -> str:
    return number(value, "+.2g" if abs(value) < 99.5 else "+,.0f")
