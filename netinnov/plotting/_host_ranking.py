"""Hosts for a park of one home: what each would change, best first."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from netinnov._runtime.arguments import as_whole
from netinnov.errors import InputError
from netinnov.plotting._drawing import drawing, table_of, write_notes
from netinnov.plotting._fonts import Names, name_of, printable
from netinnov.plotting._style import INK, PALETTE, SINGLE, write

_ROW = 4.6  # millimetres
_COLUMN = 11.0  # millimetres of the column of shares
_TOP = 15


def plot_host_ranking(
    ranking: pd.DataFrame,
    *,
    names: Names | None = None,
    top: int = _TOP,
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
        ax.axvline(0, color="#888888", linewidth=0.7, zorder=1)
        ax.hlines(rows, shown["low"], shown["high"], color=PALETTE[0], linewidth=1.6, zorder=3)
        ax.scatter(shown["median"], rows, s=22, color=INK, zorder=4)
        ax.set_yticks(rows, [printable(name_of(names, host)) for host in shown.index])
        ax.set_ylim(len(shown) - 0.4, -0.6)
        ax.spines["left"].set_visible(False)
        ax.tick_params(axis="y", length=0)
        ax.xaxis.set_major_locator(MaxNLocator(6))
        away = _COLUMN * 72 / 25.4
        style: dict[str, Any] = {"ha": "right", "annotation_clip": False}
        shares = shown["best"].dropna()
        for row, share in zip(shown.index.get_indexer(shares.index), shares, strict=True):
            text = f"{100 * share:.0f}\N{NO-BREAK SPACE}%"
            side = ax.get_yaxis_transform()
            write(ax, text, (1, row), away=(away, 0.0), xycoords=side, **style)
        if not shares.empty:
            style |= {"away": (away, 2.0), "xycoords": "axes fraction", "va": "bottom"}
            write(ax, "best in", (1, 1), **style)
        left_out = len(known) - len(shown)
        notes = ["Point: median of the placements. Bar: their middle 95 %."]
        notes += (
            [f"Drawn: the first {len(shown)} of {len(known)} hosts, by the median."]
            if left_out
            else []
        )
        write_notes(ax, notes, label="change at home, %")
    return ax
