"""Space between homes and hosts: who uses how much where, what is left, and the rents."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from netinnov._runtime.arguments import check_type
from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.planning import SpaceAllocation
from netinnov.plotting._drawing import drawing, write_notes
from netinnov.plotting._fonts import Names, name_of, printable
from netinnov.plotting._style import DOUBLE, INK, PALETTE, write

_BLOCK = 0.03  # width, of the way from demands to sites
_LINES = 28.0  # lines of text that fit above one another
_PALE = "#ededed"
_MINUTE = 1e-6  # of all space: what is not drawn


def plot_space_allocation(
    allocation: SpaceAllocation,
    *,
    names: Names | None = None,
    unit: str = "",
    rent_unit: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw which demand is served at which site, the space left there, and the rents.

    Parameters
    ----------
    allocation : SpaceAllocation
        From `netinnov.planning.allocate_space`.
    names : mapping from demand or site to str, optional
        Labels; their ids by default.
    unit, rent_unit : str
        Units of space and of rents, such as ``"m2"`` and ``"km"``.
    ax : Axes, optional
        Where to draw; a new figure of 183 mm by default.

    Returns
    -------
    Axes
        Demands at the left, the largest first, and sites at the right, in the order of the demands
        that they serve; ribbons are flows, and the pale end of a site is the space left. Beside
        each site stand what is used of its space and, where it is full, its rent.

    Raises
    ------
    InputError
        If `allocation` is something else, or nothing is allocated.

    Examples
    --------
    >>> import pandas as pd
    >>> from netinnov.planning import allocate_space
    >>> demand, capacity = pd.Series({"a": 8, "b": 7}), pd.Series({"x": 6, "y": 12})
    >>> cost = pd.DataFrame({"x": [1, 4], "y": [3, 2]}, index=["a", "b"])
    >>> ax = plot_space_allocation(allocate_space(demand, capacity, cost), unit="ha")
    >>> [text.get_text() for text in ax.texts][-1].replace(chr(160), " ")
    'y: 75 % of 12 ha'
    """
    check_type("allocation", allocation, SpaceAllocation, mend="what allocate_space gives")
    flows = allocation.flows
    used, needs = flows.sum(axis=0), flows.sum(axis=1)
    space = used + allocation.left
    needs = needs[needs > _MINUTE * needs.sum()].sort_values(ascending=False, kind="stable")
    if needs.empty:
        raise InputError("`allocation` must allocate some space; all demands are 0.")
    space = space[space > _MINUTE * space.sum()]
    space = space.loc[_beside(flows.loc[needs.index, space.index]).index]
    whole = max(needs.sum(), space.sum())
    left, right = _tops(needs.to_numpy(), whole), _tops(space.to_numpy(), whole)
    with drawing(ax, DOUBLE, 95) as ax:
        _ribbons(ax, flows.loc[needs.index, space.index].to_numpy(), left, right)
        for label, top, amount in zip(needs.index, left, needs, strict=True):
            ax.add_patch(Rectangle((0, top), _BLOCK, amount, color=INK, linewidth=0))
            text = f"{printable(name_of(names, label), longest=24)}: {_amount(amount, unit)}"
            write(ax, text, (-0.015, top + amount / 2), ha="right")
        for k, (label, top, amount) in enumerate(zip(space.index, right, space, strict=True)):
            filled, colour = float(used[label]), PALETTE[k % len(PALETTE)]
            corner = (1 - _BLOCK, top)
            ax.add_patch(Rectangle(corner, _BLOCK, amount, color=_PALE, linewidth=0))
            ax.add_patch(Rectangle(corner, _BLOCK, filled, color=colour, linewidth=0))
            ax.add_patch(Rectangle(corner, _BLOCK, amount, fill=False, edgecolor=INK, lw=0.5))
            share = f"{100 * filled / amount:.0f}\N{NO-BREAK SPACE}% of {_amount(amount, unit)}"
            used_up = f"{_amount(amount, unit)}, full"
            full = filled >= amount * (1 - _MINUTE)
            text = f"{printable(name_of(names, label), longest=24)}: {used_up if full else share}"
            if (rent := float(allocation.rents[label])) > 0:
                text += f", rent {_amount(rent, rent_unit)}"
            write(ax, text, (1.015, top + amount / 2), ha="left")
        bottom = max(left[-1] + needs.iloc[-1], right[-1] + space.iloc[-1])
        ax.set(xlim=(-0.42, 1.72), ylim=(bottom + 0.02 * whole, -0.02 * whole))
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set_visible(False)
        rents = "Rent: what one more unit of space at a site that is full would save of the cost."
        unsure = "" if allocation.rents_unique else "Other rents would do as well (degenerate)."
        pale = "Pale: space that is left." if allocation.left.gt(_MINUTE * whole).any() else ""
        write_notes(ax, [pale, rents if allocation.rents.gt(0).any() else "", unsure])
    return ax


def _beside(flows: pd.DataFrame) -> pd.Series[float]:
    ends = flows.sum(axis=1).cumsum()
    middles = (ends - flows.sum(axis=1) / 2).to_numpy()
    used = flows.sum(axis=0)
    mean = (flows * middles[:, None]).sum(axis=0) / used.where(used > 0)
    return mean.sort_values(kind="stable", na_position="last")


def _tops(sizes: Floats, whole: float) -> Floats:
    room = np.maximum(sizes, whole / _LINES)
    ends = np.cumsum(room + 0.01 * whole)
    tops: Floats = np.append(0.0, ends[:-1]) + (room - sizes) / 2
    return tops


def _ribbons(ax: Axes, flows: Floats, left: Floats, right: Floats) -> None:
    left, right = left.copy(), right.copy()
    for i, j in zip(*np.nonzero(flows > _MINUTE * flows.sum()), strict=True):
        a, b, size = left[i], right[j], flows[i, j]
        left[i], right[j] = a + size, b + size
        shape = _ribbon((_BLOCK, 1 - _BLOCK), (a, b), size)
        colour = PALETTE[j % len(PALETTE)]
        ax.add_patch(PathPatch(shape, facecolor=colour, alpha=0.45, edgecolor="white", lw=0.4))


def _ribbon(x: tuple[float, float], y: tuple[float, float], height: float) -> Path:
    (start, end), (a, b) = x, y
    middle = (start + end) / 2
    forward = [(start, a), (middle, a), (middle, b), (end, b)]
    back = [(across, down + height) for across, down in reversed(forward)]
    curve = [Path.CURVE4] * 3
    codes = [Path.MOVETO, *curve, Path.LINETO, *curve, Path.CLOSEPOLY]
    return Path([*forward, *back, (start, a)], codes)


def _amount(amount: float, unit: str) -> str:
    number = f"{amount:,.0f}" if amount >= 1000 else f"{amount:.3g}"
    return f"{number} {printable(unit)}" if unit else number
