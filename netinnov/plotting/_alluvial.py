"""Communities over periods: blocks of nodes, and ribbons of those that two periods share."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch, PathPatch, Rectangle

from netinnov._arguments import as_whole, check_number
from netinnov.community import Partition
from netinnov.errors import InputError
from netinnov.plotting._drawing import drawing, legend_beside, percent, without_edges, write_notes
from netinnov.plotting._fonts import Names, name_of, printable
from netinnov.plotting._style import DOUBLE, INK, PALETTE, ink_on, ribbon, write

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_PALE = "#c9c9c9"
_BLOCK = 0.035  # width, of the way from the first period to the last
_ROOM = 0.035  # that a letter needs, of the height of the fullest period
_GAP = 0.015  # between blocks, of the height of the fullest period
_ENTRIES = 16  # of the legend
_OTHERS = -1


def plot_alluvial(
    memberships: Mapping[Any, pd.Series[Any] | Partition] | pd.DataFrame,
    *,
    most: int = 8,
    small: float = 0.02,
    importance: pd.Series[float] | None = None,
    names: Names | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw how communities pass their nodes on from period to period.

    Parameters
    ----------
    memberships : mapping from period to Series or Partition, or DataFrame
        Index = node, value = community; a column a period. Labels need not agree between periods.
    most : int
        The largest communities of a period have own blocks; "others" is a grey block below.
    small : float
        Ribbons with less than this share of the nodes that two periods have in common are grey.
    importance : Series, optional
        A number a node, such as its strength. In the legend a community is then called by the
        most important node it ever had, and that gives no earlier letter its name.
    names : mapping from node to str, optional
        Labels of the nodes, such as ``network.nodes["name"]``; their ids by default.
    ax : Axes, optional
        Where to draw; a new figure of 183 mm by default.

    Returns
    -------
    Axes
        One block a community and period, its height the number of nodes. Ribbons join blocks of
        successive periods by the nodes that are in both. Communities that continue one another
        have one letter and colour; after seven, letters only.

    Raises
    ------
    InputError
        If there are fewer than two periods, one has no node or a node twice, or an option is wrong.

    Notes
    -----
    *Matching.* Between successive periods, over all communities: the two that share most nodes
    are the same community, then the two that share most among those left, and so on (ties: the
    older of the earlier ones). Of a community that splits the largest part keeps the letter; of a
    merger it is that of the largest contribution. No community is matched over a gap.

    *Absent nodes.* A node that is missing in one of two periods (not in the index, or NaN) is in
    no ribbon between them: that part of a block has no ribbon. Below the way from one period to
    the next stand the numbers of nodes that leave (−) and that enter (+).

    Examples
    --------
    >>> import pandas as pd
    >>> before, after = pd.Series({"a": 0, "b": 0, "c": 1}), pd.Series({"a": 7, "b": 7, "d": 7})
    >>> ax = plot_alluvial({2019: before, 2020: after})
    >>> [text.get_text() for text in ax.texts]
    ['A', 'B', 'A', '−1 +1']
    """
    most = as_whole("most", most, low=1, high=len(_LETTERS))
    check_number("small", small, low=0, high=1)
    shown = _shown(_identities(_table(memberships)), most)
    order = [*_order(shown), _OTHERS]
    spots = _spots(shown, order)
    half = _BLOCK * (shown.shape[1] - 1) / 2
    with drawing(ax, DOUBLE, 90) as ax:
        for x in range(shown.shape[1] - 1):
            _draw_ribbons(ax, x, shown, order, spots, small, half)
        tallest = max(bottom for period in spots for _, bottom in period.values())
        for x, period in enumerate(spots):
            _draw_blocks(ax, x, period, tallest, half, last=x == len(spots) - 1)
        present = shown.notna().to_numpy()
        for x, (before, after) in enumerate(pairwise(present.T)):
            change = f"\N{MINUS SIGN}{(before & ~after).sum():,} +{(after & ~before).sum():,}"
            ax.text(x + 0.5, 1.03 * tallest, change, ha="center", va="top", fontsize=7)
        sizes = zip(shown.columns, present.sum(axis=0), strict=True)
        ticks = [f"{printable(name)}\nn = {size:,}" for name, size in sizes]
        ax.set_xticks(range(len(ticks)), ticks)
        wide = (-half - 0.02, len(ticks) - 1 + half + 0.02)
        ax.set(xlim=wide, ylim=(1.1 * tallest, 0), yticks=[])
        without_edges(ax)
        _draw_legend(ax, shown, importance, names)
        note = "Height: nodes. Below: nodes that leave (\N{MINUS SIGN}) and enter (+), in no "
        note += "ribbon."
        grey = f"Grey ribbons: less than {percent(small)} of the nodes in both periods."
        write_notes(ax, [note, grey if small else ""])
    return ax


def _table(memberships: Any) -> pd.DataFrame:
    """Node x period, codes of the communities of each period by first node; NaN where absent."""
    if isinstance(memberships, pd.DataFrame):
        partitions = [memberships.iloc[:, k] for k in range(memberships.shape[1])]
        periods = list(memberships.columns)
    elif isinstance(memberships, Mapping):
        periods, partitions = list(memberships), list(memberships.values())
    else:
        msg = "`memberships` must be a mapping from period to Series, or a table; found "
        raise InputError(f"{msg}{type(memberships).__name__}.")
    if len(periods) < 2:
        raise InputError(f"`memberships` must have two periods or more; found {len(periods)}.")
    columns: list[pd.Series[float]] = []
    for period, held in zip(periods, partitions, strict=True):
        labels: Any = held.membership if isinstance(held, Partition) else held
        if not isinstance(labels, pd.Series):
            msg = f"`memberships`: period {period!r} must be a Series (node to community); "
            raise InputError(f"{msg}found {type(labels).__name__}.")
        if not labels.index.is_unique:
            twice = labels.index[labels.index.duplicated()].unique()[:5].tolist()
            raise InputError(f"`memberships`: period {period!r} names nodes twice: {twice}.")
        present = labels[labels.notna()]
        if present.empty:
            raise InputError(f"`memberships`: period {period!r} has no node with a community.")
        columns.append(pd.Series(pd.factorize(present)[0], present.index, dtype="float64"))
    return pd.concat(columns, axis=1, sort=False).set_axis(pd.Index(periods), axis=1)


def _identities(table: pd.DataFrame) -> pd.DataFrame:
    """The same table with one number for communities that continue one another."""
    columns: list[pd.Series[float]] = []
    born = 0
    for code in (table.iloc[:, k] for k in range(table.shape[1])):
        name: dict[int, int] = {}
        if columns:
            pairs = pd.DataFrame({"before": columns[-1], "now": code}).dropna().astype(int)
            shared = pairs.value_counts(sort=False).reset_index(name="count")
            shared = shared.sort_values(["count", "before", "now"], ascending=[False, True, True])
            for before, now, _ in shared.itertuples(index=False):
                if before not in name.values() and now not in name:
                    name[now] = before
        sizes = code.value_counts().sort_index().sort_values(ascending=False, kind="stable")
        fresh = [int(one) for one in sizes.index if one not in name]
        name |= {one: born + k for k, one in enumerate(fresh)}
        born += len(fresh)
        columns.append(code.map(name))
    return pd.concat(columns, axis=1).set_axis(table.columns, axis=1)


def _shown(identity: pd.DataFrame, most: int) -> pd.DataFrame:
    """Identities renumbered, 0 for most nodes over all periods; those too small become others."""
    kept = []
    for column in (identity.iloc[:, k] for k in range(identity.shape[1])):
        size = column.value_counts().sort_index().sort_values(ascending=False, kind="stable")
        kept.append(size if len(size) <= most + 1 else size.iloc[:most])
    total = pd.concat(kept).groupby(level=0).sum().sort_values(ascending=False, kind="stable")
    number = pd.Series(np.arange(float(len(total))), total.index)
    columns = []
    for (_, column), blocks in zip(identity.items(), kept, strict=True):
        new = column.where(column.isin(blocks.index)).map(number)
        columns.append(new.where(new.notna() | column.isna(), float(_OTHERS)))
    return pd.concat(columns, axis=1).set_axis(identity.columns, axis=1)


def _order(shown: pd.DataFrame) -> list[int]:
    """Identities from top to bottom: a new one stands below the one most of its nodes left."""
    order: list[int] = []
    for position in range(shown.shape[1]):
        now = shown.iloc[:, position]
        for name in sorted({int(one) for one in now.dropna()} - {*order, _OTHERS}):
            came = shown.iloc[:, position - 1][now == name] if position else now[:0]
            came = came[came.isin(order)]
            at = order.index(int(came.mode().iloc[0])) + 1 if len(came) else len(order)
            order.insert(at, name)
    return order


Spots: TypeAlias = list[dict[int, tuple[float, float]]]
"""Of each period: top and bottom of the block of an identity."""


def _spots(shown: pd.DataFrame, order: list[int]) -> Spots:
    sizes = [shown.iloc[:, k].value_counts() for k in range(shown.shape[1])]
    gap = _GAP * max(size.sum() for size in sizes)
    spots: Spots = []
    for size in sizes:
        top = 0.0
        period = {}
        for name in order:
            if height := float(size.get(name, 0)):
                period[name] = (top, top + height)
                top += height + gap
        spots.append(period)
    return spots


def _draw_ribbons(
    ax: Axes, x: int, shown: pd.DataFrame, order: list[int], spots: Spots, small: float, half: float
) -> None:
    both = shown.iloc[:, x : x + 2].set_axis(["before", "after"], axis=1).dropna().astype(int)
    flows = both.value_counts().reset_index(name="count")
    flows = flows.sort_values(["before", "after"], key=lambda column: column.map(order.index))
    left, right = ({name: top for name, (top, _) in period.items()} for period in spots[x : x + 2])
    for source, target, count in flows.itertuples(index=False):
        a, b = left[source], right[target]
        left[source], right[target] = a + count, b + count
        pale = count < small * len(both) or source == _OTHERS
        patch = PathPatch(ribbon((x + half, x + 1 - half), (a, b), count), alpha=0.5, linewidth=0)
        patch.set(facecolor=_PALE if pale else _colour(source), zorder=1 if pale else 2)
        patch.set_gid(f"{source} -> {target}")
        ax.add_patch(patch)


def _draw_blocks(
    ax: Axes,
    x: int,
    period: dict[int, tuple[float, float]],
    tallest: float,
    half: float,
    *,
    last: bool,
) -> None:
    beside = -np.inf  # height of the last letter that stands outside its block
    for name, (top, bottom) in period.items():
        look: dict[str, Any] = {"facecolor": _colour(name), "edgecolor": INK, "linewidth": 0.4}
        ax.add_patch(Rectangle((x - half, top), 2 * half, bottom - top, zorder=3, **look))
        middle = (top + bottom) / 2
        style: dict[str, Any] = {"fontweight": "bold", "zorder": 4}
        if name == _OTHERS:
            continue
        if bottom - top >= _ROOM * tallest:
            colour = ink_on(_colour(name))
            write(ax, _letter(name), (x, middle), ha="center", color=colour, **style)
        elif middle - beside >= _ROOM * tallest:  # outside a low block, at the free side
            side, towards = ("right", -1) if last else ("left", 1)
            at = (x + towards * half, middle)
            write(ax, _letter(name), at, away=(2 * towards, 0), ha=side, color=INK, **style)
            beside = middle


def _draw_legend(
    ax: Axes, shown: pd.DataFrame, importance: pd.Series[float] | None, names: Names | None
) -> None:
    """Letters of the communities with most nodes, with a name or else their largest size."""
    texts = {}
    left = None if importance is None else importance.reindex(shown.index).dropna()
    values = shown.to_numpy()
    for name in range(min(int(np.nanmax(values)) + 1, _ENTRIES)):
        members = values == name
        called = f"up to {members.sum(axis=0).max():,} nodes"
        if left is not None:
            known = left[left.index.isin(shown.index[members.any(axis=1)])]
            if len(known):
                first = known.index[int(known.to_numpy().argmax())]
                left = left.drop(first)
                called = printable(name_of(names, first), longest=28)
        texts[name] = f"{_letter(name)}  {called}"
    if (values == _OTHERS).any():
        texts[_OTHERS] = "others"
    colours = [(_colour(name), text) for name, text in texts.items()]
    handles = [Patch(facecolor=face, edgecolor=INK, lw=0.4, label=text) for face, text in colours]
    legend_beside(ax, handles, handlelength=1.0, handleheight=1.0)


def _letter(name: int) -> str:
    turns, place = divmod(name, len(_LETTERS))
    return _LETTERS[place] + (str(turns + 1) if turns else "")


def _colour(name: int) -> str:
    if name == _OTHERS:
        return _PALE
    return PALETTE[name] if name < len(PALETTE) else "#8a8a8a"
