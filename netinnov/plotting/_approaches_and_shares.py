"""Governance approaches side by side, and the shares of partners beside the core."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from netinnov._runtime.arguments import check_names
from netinnov.errors import InputError
from netinnov.governance import ApproachComparison
from netinnov.plotting._drawing import (
    drawing,
    legend_above,
    number,
    table_of,
    without_edges,
    write_notes,
)
from netinnov.plotting._fonts import Names, name_of, printable
from netinnov.plotting._style import DOUBLE, GREY, INK, PALETTE

# Heading of each measure, and whether more (1) or less (-1) is better.
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
_OWN_UNIT = ("below_break", "largest_excess")  # no per cent: their zero is arbitrary
_HALF = 0.36  # of a column, for the longest interval
_NONE = 1e-9  # of the largest change of a measure: no change
_MARKERS = ("o", "D", "s", "^", "v", "P", "X")
_CORE = "#d0d0d0"
_SPREAD = 0.75  # of a row, over which the rules of a player stand


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
        A row an approach and a column a measure: the mean change over placements with its interval,
        on a scale of the column's own. Line: no change; filled: the best of its column.

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
    with drawing(ax, DOUBLE, 24 + 9.5 * len(approaches)) as ax:
        for k, measure in enumerate(chosen):
            part = table[table["measure"] == measure].set_index("approach").reindex(approaches)
            _column(ax, k, part, _MEASURES[measure][1], relative=measure not in _OWN_UNIT)
        ax.hlines(rows[1:] - 0.5, -0.5, len(chosen) - 0.5, color="#dddddd", linewidth=0.5)
        ax.set(xlim=(-0.5, len(chosen) - 0.5), ylim=(len(rows) - 0.5, -0.5))
        ax.set_yticks(rows, [printable(name_of(names, name)) for name in approaches])
        headings = {
            name: head + "\n(less is better)" * (sign < 0)
            for name, (head, sign) in _MEASURES.items()
        }
        ax.xaxis.tick_top()
        ax.set_xticks(range(len(chosen)), [headings[measure] for measure in chosen])
        without_edges(ax)
        note = "Each column has a scale of its own, from no change (line); filled: the best of it."
        write_notes(ax, [note])
    return ax


def _column(ax: Axes, k: int, part: pd.DataFrame, better: int, *, relative: bool) -> None:
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
    for row in np.flatnonzero(~np.isnan(change)):
        value = change[row]
        first = better * value >= best - _NONE * reach and reach > 0
        look: dict[str, Any] = {
            "color": INK,
            "markerfacecolor": INK if first else "white",
            "markersize": 4,
        }
        ax.plot(k + scale * value, middle[row], "o", zorder=3, **look)
        text = (
            _digits(100 * value / before[row]) + "\N{NO-BREAK SPACE}%"
            if relative
            else _digits(value)
        )
        unchanged = value == 0 or abs(value) <= _NONE * reach
        ax.text(k, row + 0.28, "0" if unchanged else text, ha="center", va="center")


def _digits(value: float) -> str:
    return number(value, "+.2g" if abs(value) < 99.5 else "+,.0f")


def plot_benefit_shares(
    benefits: pd.DataFrame,
    *,
    core: pd.DataFrame | None = None,
    names: Names | None = None,
    rules: Mapping[str, str] | None = None,
    label: str = "share of the value of all",
    ax: Axes | None = None,
) -> Axes:
    """Draw what each player gets under several rules, with the range of the core.

    Parameters
    ----------
    benefits : DataFrame
        From `netinnov.planning.share_benefits`.
    core : DataFrame, optional
        From `netinnov.planning.core_range`: what each player gets in some allocation of the core.
    names : mapping from player to str, optional
        Labels of the players; their ids by default.
    rules : mapping from rule to str, optional
        Labels of the rules; their names by default.
    label : str
        Of the axis.
    ax : Axes, optional
        Where to draw; a new figure of 183 mm by default.

    Returns
    -------
    Axes
        A row a player, those with the largest share under the last rule that is defined first; a
        mark for each rule, open where the allocation is outside the core.

    Raises
    ------
    InputError
        If the tables lack a column, or there is no player.

    Notes
    -----
    A rule that is NaN (a nucleolus that does not exist) has no marks.

    Examples
    --------
    >>> from netinnov.planning import Game, core_range, share_benefits
    >>> game = Game(["home", "host"], [0, 1, 2, 6])
    >>> ax = plot_benefit_shares(share_benefits(game), core=core_range(game))
    >>> [text.get_text() for text in ax.get_yticklabels()]
    ['host', 'home']
    """
    columns = ["rule", "player", "share", "in_core"]
    table = table_of("benefits", benefits, columns, of="share_benefits()")
    if core is not None:
        core = table_of("core", core, ["low", "high"], of="core_range()")
    if table.empty:
        raise InputError("`benefits` must have a row for each rule and player; found none.")
    shares = table.pivot(index="player", columns="rule", values="share")
    kept: dict[Any, bool] = table.groupby("rule", sort=False)["in_core"].first().to_dict()
    shares = shares[list(kept)].reindex(table["player"].drop_duplicates())
    shares = shares.astype(np.float64).dropna(axis=1, how="all")
    if shares.shape[1]:  # rounding orders nobody
        by = shares.iloc[:, -1].round(9).sort_values(ascending=False, kind="stable")
        shares = shares.loc[by.index]
    rows = np.arange(len(shares), dtype=np.float64)
    n = shares.shape[1]
    with drawing(ax, DOUBLE, 22 + 5.5 * max(len(shares), 4)) as ax:
        if core is not None:
            bounds = core.reindex(shares.index)[["low", "high"]].to_numpy().T
            ax.hlines(rows, *bounds, color=_CORE, linewidth=7, label="range in the core", zorder=1)
        for k, (rule, values) in enumerate(shares.items()):
            colour = PALETTE[k % len(PALETTE)]
            look: dict[str, Any] = {
                "color": colour,
                "markerfacecolor": colour if kept[rule] else "white",
            }
            at = rows + (k - (n - 1) / 2) * _SPREAD / n
            (marks,) = ax.plot(values.to_numpy(), at, _MARKERS[k % len(_MARKERS)], zorder=3, **look)
            marks.set(markersize=4, label=printable(name_of(rules, rule)))
        ax.axvline(0, color=GREY, linewidth=0.4, zorder=0)
        ax.set_yticks(rows, [printable(name_of(names, name)) for name in shares.index])
        ax.set_ylim(len(rows) - 0.4, -0.6)
        ax.tick_params(axis="y", length=0)
        ax.spines["left"].set_visible(False)
        notes = []
        if not all(kept[rule] for rule in shares.columns):
            notes.append("Open: some group would be better off alone.")
        if core is not None and core[["low", "high"]].isna().to_numpy().any():
            notes.append("The core is empty: under every division some group would leave.")
        write_notes(ax, notes, label=printable(label, longest=80))
        legend_above(ax, ncols=6)
    return ax
