"""Hosts for a park of one home: what each would change, best first."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from netinnov._runtime.arguments import as_whole
from netinnov.errors import InputError
from netinnov.plotting._drawing import drawing, table_of, write_notes
from netinnov.plotting._fonts import Names, name_of, printable
from netinnov.plotting._forest import label_rows, write_columns
from netinnov.plotting._style import INK, PALETTE, SINGLE

_ROW = 4.6  # millimetres


def plot_host_ranking(
    ranking: pd.DataFrame,
    *,
    names: Names | None = None,
    top: int = 15,
    ax: Axes | None = None,
) -> Axes:
    """Draw what each host would change at home, with its interval over placements, best first.

    Parameters
    ----------
    ranking : DataFrame
        From `netinnov.planning.rank_hosts`: index = host, columns ``median, low, high, best``.
    names : mapping from place to str, optional
        Labels of the hosts.
    top : int
        How many of the best hosts to draw; the note for the caption says how many are left out.
    ax : Axes, optional
        Where to draw; a new figure of 89 mm by default.

    Returns
    -------
    Axes
        A row for each host: a point at the median change, in per cent, a bar from `low` to `high`,
        a line at zero; at the right the share of placements in which it is best, where known.

    Raises
    ------
    InputError
        If it is no such table, or no median is known.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = {"median": [4.0, -1.0], "low": [1.0, -3.0], "high": [6.0, 2.0], "best": [0.9, 0.1]}
    >>> ax = plot_host_ranking(pd.DataFrame(rows, index=["b", "a"]), names={"a": "Ao"})
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['b', 'Ao']
    """
    needed = ["median", "low", "high", "best"]
    ranking = table_of("ranking", ranking, needed, of="rank_hosts()")
    top = as_whole("top", top, low=1)
    known = ranking[ranking["median"].notna()]
    if known.empty:
        raise InputError("`ranking` must have a host whose median is known; it has none to draw.")
    shown = known.sort_values("median", ascending=False, kind="stable").head(top)
    rows = np.arange(len(shown))
    with drawing(ax, SINGLE, 16 + _ROW * len(shown)) as ax:
        label_rows(ax, [printable(name_of(names, host)) for host in shown.index])
        ax.hlines(rows, shown["low"], shown["high"], color=PALETTE[0], linewidth=1.6, zorder=3)
        ax.scatter(shown["median"], rows, s=22, color=INK, zorder=4)
        if shown["best"].notna().any():
            shares = [f"{100 * s:.0f}\N{NO-BREAK SPACE}%" if s == s else "" for s in shown["best"]]
            write_columns(ax, rows, [("best in", shares)])
        notes = ["Point: median of the placements. Bar: their middle 95 %."]
        if len(known) > len(shown):
            notes.append(f"Drawn: the first {len(shown)} of {len(known)} hosts, by the median.")
        write_notes(ax, notes, label="change at home, %")
    return ax
