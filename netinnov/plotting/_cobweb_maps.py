"""Where cobwebs settle: over slopes, mobility and adaptation, and bounded ones over a parameter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from netinnov._arguments import as_whole, check_number
from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.mechanisms.cobweb._parameters import SLOWEST
from netinnov.plotting._fonts import printable
from netinnov.plotting._legend import legend_above
from netinnov.plotting._notes import MODELLED, write_notes
from netinnov.plotting._style import (
    DASHES,
    GREY,
    INK,
    PALETTE,
    SINGLE,
    axes_or_new,
    figure_style,
    write,
)

Over: TypeAlias = Literal["mobility", "adaptation"]
Varied: TypeAlias = Literal["adaptation", "demand_intercept"]

_FIELDS = ("#f4f4f4", "#c9dcea", "#e6b894")  # settle, part, explode: darker in grey, too


def plot_stability_map(
    *,
    over: Over = "mobility",
    regions: int = 2,
    adaptation: float = 1.0,
    mobility: float = 0.0,
    steepest: float = 2.0,
    points: Mapping[str, tuple[float, float]] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw where prices of equal regions settle, over the slopes and mobility or adaptation.

    Parameters
    ----------
    over : {"mobility", "adaptation"}
        What goes upwards: mobility m / b between each pair, or adaptation beta.
    regions : int
        How many, all alike, at least 2.
    adaptation : float
        beta, at least 1e-9 and at most 1, if mobility goes upwards.
    mobility : float
        m / b, if adaptation goes upwards.
    steepest : float
        Right end of the axis of d / b.
    points : mapping from str to (float, float), optional
        Models to mark: d / b, and m / b or beta.
    ax : Axes, optional
        Where to draw; a new figure of 89 mm by default.

    Returns
    -------
    Axes
        Lines are closed forms. The common move of prices settles where d / b < 2 / beta - 1, gaps
        between regions where (d + n m) / b < 2 / beta - 1.

    Raises
    ------
    InputError
        If a number is out of its range.

    Examples
    --------
    >>> ax = plot_stability_map(points={"example": (0.8, 0.15)})
    >>> [text.get_text() for text in ax.texts][-1]
    'example'
    """
    regions = as_whole("regions", regions, low=2)
    check_number("adaptation", adaptation, low=SLOWEST, high=1)
    check_number("mobility", mobility, low=0)
    check_number("steepest", steepest, low=0, above=True)
    ratio = np.linspace(0, steepest, 801)
    if over == "mobility":
        limit = 2 / adaptation - 1
        top = max(limit / regions * 1.15, 0.1)
        gap, total = np.maximum((limit - ratio) / regions, 0), np.where(ratio < limit, top, 0.0)
        label = "mobility m between two regions, m / b"
        note = f"{regions} equal regions; adaptation {adaptation:g}."
    else:
        top = 1.0
        gap = np.minimum(2 / (1 + ratio + regions * mobility), top)
        total = np.minimum(2 / (1 + ratio), top)
        label = "adaptation of expectations, beta"
        note = f"{regions} equal regions; mobility {mobility:g} b between each two."
    with figure_style():
        ax = axes_or_new(ax, width=SINGLE, height=76)
        ax.fill_between(ratio, 0, gap, color=_FIELDS[0], linewidth=0)
        ax.fill_between(ratio, gap, total, where=total > gap, color=_FIELDS[1], linewidth=0)
        ax.fill_between(ratio, total, top, color=_FIELDS[2], linewidth=0)
        if over == "mobility" and limit < steepest:
            ax.plot([limit, limit], [0, top], color=PALETTE[1], linestyle=DASHES[1])
            ax.plot(ratio[ratio <= limit], gap[ratio <= limit], color=PALETTE[0])
        elif over == "mobility":
            ax.plot(ratio, gap, color=PALETTE[0])
        else:
            for line, colour, dash in (
                (gap, PALETTE[0], DASHES[0]),
                (total, PALETTE[1], DASHES[1]),
            ):
                ax.plot(ratio[line < top], line[line < top], color=colour, linestyle=dash)
        for name, (x, y) in ({} if points is None else points).items():
            check_number("points", x, low=0, high=steepest)
            check_number("points", y, low=0, high=top)
            ax.plot([x], [y], "o", color=INK, markersize=4)
            # To the side where no threshold runs, as long as there is room.
            settles = y < np.interp(x, ratio, gap)
            right = x > (0.25 if settles else 0.6) * steepest
            box = {"facecolor": "white", "alpha": 0.75, "linewidth": 0, "pad": 0.8}
            away, side = ((-4, 3), "right") if right else ((4, 3), "left")
            write(ax, printable(name), (x, y), away=away, ha=side, va="baseline", bbox=box)
        ax.set(xlim=(0, steepest), ylim=(0, top))
        ax.set_ylabel(label)
        label_below = "slope of supply d to slope of demand b, d / b"
        write_notes(ax, [note, MODELLED], label=label_below)
        edge: dict[str, Any] = {"edgecolor": GREY, "linewidth": 0.4}
        fields = ("all settles", "gaps explode, total settles", "all explodes")
        handles: list[Any] = [
            Patch(facecolor=colour, label=text, **edge)
            for colour, text in zip(_FIELDS, fields, strict=True)
            if text != fields[1] or bool((total > gap + 1e-12).any())
        ]
        legend_above(ax, handles, up=1.0)
    return ax


def plot_attractors(
    table: pd.DataFrame, *, over: Varied = "adaptation", ax: Axes | None = None
) -> Axes:
    """Draw the prices at which a bounded cobweb ends, over a parameter.

    Parameters
    ----------
    table : DataFrame
        As `netinnov.mechanisms.cobweb.attractor_map` gives it with ``points`` above 0, with one
        parameter varied.
    over : {"adaptation", "demand_intercept"}
        The parameter varied.
    ax : Axes, optional
        Where to draw; a new figure of 89 mm by default.

    Returns
    -------
    Axes
        One point a price; dark where the Lyapunov exponent speaks for chaos.

    Raises
    ------
    InputError
        If the table has no prices, or the other parameter varies.

    Examples
    --------
    >>> from netinnov.mechanisms.cobweb import ArctanSupply, BoundedCobweb, attractor_map
    >>> market = BoundedCobweb(0.25, ArctanSupply(4.8), demand_intercept=0.0)
    >>> ends = attractor_map(market, adaptation=[0.05, 0.2, 0.3], points=64)
    >>> plot_attractors(ends).get_xlabel().splitlines()
    ['adaptation of expectations, beta', 'Modelled, not observed.']
    """
    other = "demand_intercept" if over == "adaptation" else "adaptation"
    value: Any = table
    prices = pd.DataFrame()
    if isinstance(value, pd.DataFrame):
        prices = value.filter(regex=r"^price_\d+$")
    if prices.empty or not {over, other, "ending"} <= set(table):
        msg = "`table` must hold prices; make it by attractor_map(..., points=64)."
        raise InputError(msg)
    if table[other].nunique() > 1:
        msg = f"`table` must have one value of {other!r}; found {table[other].nunique()}."
        raise InputError(msg)
    labels = {
        "adaptation": "adaptation of expectations, beta",
        "demand_intercept": "level of demand, a",
    }
    with figure_style():
        ax = axes_or_new(ax, width=SINGLE, height=70)
        x = np.repeat(table[over].to_numpy(np.float64), prices.shape[1])
        y: Floats = prices.to_numpy(np.float64).ravel()
        chaos = np.repeat(table["ending"].eq("chaos").to_numpy(), prices.shape[1])
        calm = "rest or cycle"
        if table["ending"].eq("undecided").any():
            calm = "rest, cycle or undecided"
        for part, colour, name, size in (
            (~chaos, PALETTE[0], calm, 1.8),
            (chaos, INK, "chaos", 0.9),
        ):
            style: dict[str, Any] = {"linestyle": "none", "marker": ".", "rasterized": True}
            ax.plot(x[part], y[part], markersize=size, color=colour, markeredgewidth=0, **style)
            ax.plot([], [], linestyle="none", marker="o", color=colour, markersize=4, label=name)
        write_notes(ax, [MODELLED], label=labels[over])
        ax.set_ylabel("price")
        legend_above(ax, ncols=2, up=1.0)
    return ax
