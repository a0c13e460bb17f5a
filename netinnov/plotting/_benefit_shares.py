"""Shares of partners under several rules, beside what each can get in the core."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from netinnov.errors import InputError
from netinnov.plotting._fonts import name_of, printable
from netinnov.plotting._legend import legend_above
from netinnov.plotting._notes import write_notes
from netinnov.plotting._style import DOUBLE, GREY, PALETTE, axes_or_new, figure_style
from netinnov.plotting._table_of_result import table_of

_MARKERS = ("o", "D", "s", "^", "v", "P", "X")
_CORE = "#d0d0d0"
_SPREAD = 0.75  # of a row, over which the rules of a player stand


def plot_benefit_shares(
    benefits: pd.DataFrame,
    *,
    core: pd.DataFrame | None = None,
    names: Mapping[str, str] | pd.Series[str] | None = None,
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
    offsets = (np.arange(n) - (n - 1) / 2) * (_SPREAD / max(n, 1))
    with figure_style():
        ax = axes_or_new(ax, width=DOUBLE, height=22 + 5.5 * max(len(shares), 4))
        if core is not None:
            ends = core.reindex(shares.index)
            bounds = (ends["low"].to_numpy(), ends["high"].to_numpy())
            ax.hlines(rows, *bounds, color=_CORE, linewidth=7, label="range in the core", zorder=1)
        for k, (rule, values) in enumerate(shares.items()):
            colour = PALETTE[k % len(PALETTE)]
            ax.plot(
                values.to_numpy(),
                rows + offsets[k],
                _MARKERS[k % len(_MARKERS)],
                color=colour,
                markersize=4,
                markerfacecolor=colour if kept[rule] else "white",
                label=printable(name_of(rules, rule)),
                zorder=3,
            )
        ax.axvline(0, color=GREY, linewidth=0.4, zorder=0)
        ax.set_yticks(rows, [printable(name_of(names, name)) for name in shares.index])
        ax.set_ylim(len(rows) - 0.4, -0.6)
        ax.tick_params(axis="y", length=0)
        ax.spines["left"].set_visible(False)
        inside = all(kept[rule] for rule in shares.columns)
        outside = "" if inside else "Open: some group would be better off alone."
        empty = core is not None and bool(core[["low", "high"]].isna().to_numpy().any())
        none = "The core is empty: under every division some group would leave." if empty else ""
        write_notes(ax, [outside, none], label=printable(label, longest=80))
        legend_above(ax, ncols=6)
    return ax
