"""Cobwebs: webs, and where prices settle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from netinnov._runtime.arguments import as_whole, check_number, check_type
from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.mechanisms.cobweb import Cobweb, CoupledCobweb
from netinnov.mechanisms.cobweb._parameters import SLOWEST
from netinnov.plotting._drawing import (
    MODELLED,
    drawing,
    legend_above,
    number,
    write_notes,
)
from netinnov.plotting._fonts import printable
from netinnov.plotting._style import DASHES, GREY, INK, PALETTE, SINGLE, larger, write

Over: TypeAlias = Literal["mobility", "adaptation"]

_FIELDS = ("#f4f4f4", "#c9dcea", "#e6b894")  # settle, part, explode: darker in grey, too


def plot_cobweb(
    market: Cobweb | CoupledCobweb,
    *,
    start: float | Sequence[float],
    periods: int = 12,
    region: Any = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw demand, supply and the web that prices and quantities spin between them.

    Parameters
    ----------
    market : Cobweb or CoupledCobweb
        With intercepts.
    start : float or sequence of float
        Price of period 0 (of each region), and what was expected for it.
    periods : int
        How many follow.
    region : name, optional
        Which region of a `CoupledCobweb` is drawn; the first by default.
    ax : Axes, optional
        Where to draw; a new figure of 89 mm by default.

    Returns
    -------
    Axes
        Quantity to the right, price upwards. From an expected price the web goes along to supply,
        then up or down to the price that demand pays; the next expectation lies on that upright
        line, at its end if expectations are naive. The title says what prices do in the end.

    Raises
    ------
    InputError
        If intercepts are not given, or the region is unknown.

    Notes
    -----
    For a region among others the curve of supply is the one with all others at rest; while they
    are not, its web leaves that curve.

    Examples
    --------
    >>> from netinnov.mechanisms.cobweb import Cobweb
    >>> market = Cobweb(1.0, 0.8, demand_intercept=10.0, supply_intercept=1.0)
    >>> plot_cobweb(market, start=7.0).get_title(loc="left")
    'settles: root −0.80'
    """
    check_type("market", market, Cobweb, CoupledCobweb)
    expected, prices, quantities = _web(market, start, periods, region)
    rest, demand, supply = _curves(market, region)
    with drawing(ax, SINGLE, 78) as ax:
        path = [(quantities[0], expected[0])]
        for t in range(len(prices)):
            path.append((quantities[t], prices[t]))
            if t + 1 < len(prices):
                path += [(quantities[t], expected[t + 1]), (quantities[t + 1], expected[t + 1])]
        x, y = np.array(path).T
        low, high = min(y.min(), rest), max(y.max(), rest)
        room = 0.12 * (high - low) or 1.0
        heights = np.linspace(low - room, high + room, 400)
        ax.plot(demand(heights), heights, color=PALETTE[0], linewidth=1.3, label="demand")
        supplied: dict[str, Any] = {"color": PALETTE[1], "linestyle": DASHES[1]}
        ax.plot(supply(heights), heights, linewidth=1.3, label="supply", **supplied)
        ax.plot(x, y, color=INK, linewidth=0.7)
        end = (float(demand(rest)), rest)
        for at, text, face in (((x[0], y[0]), "start", "white"), (end, "rest", INK)):
            point: dict[str, Any] = {"color": face, "markeredgecolor": INK, "zorder": 5}
            ax.plot(*at, "o", markersize=4.5, label=text, **point)
        wide = 0.12 * (x.max() - x.min()) or 1.0
        ax.set(xlim=(x.min() - wide, x.max() + wide), ylim=(heights[0], heights[-1]))
        write_notes(ax, [MODELLED], label="quantity of innovation elements")
        ax.set_ylabel("price")
        ax.set_title(_verdict(market, region), fontsize=8 * larger())
        below = {"loc": "upper left", "bbox_to_anchor": (0, -0.24)}
        legend_above(ax, ncols=4, columnspacing=1.2, handletextpad=0.5, **below)
    return ax


def _web(market: Any, start: Any, periods: int, region: Any) -> tuple[Floats, Floats, Floats]:
    prices = market.simulate(start=start, periods=periods)
    expected = np.empty_like(prices)
    expected[0] = prices[0]
    for t in range(1, len(prices)):
        expected[t] = expected[t - 1] + market.adaptation * (prices[t - 1] - expected[t - 1])
    at = _position(market, region)
    slope, level = np.asarray(market.demand_slope)[at], np.asarray(market.demand_intercept)[at]
    prices = prices[1:][..., *at]
    return expected[1:][..., *at], prices, level - slope * prices


def _curves(market: Any, region: Any) -> Any:
    at = _position(market, region)
    rest = float(np.asarray(market.price())[at])
    b, a = np.asarray(market.demand_slope)[at], np.asarray(market.demand_intercept)[at]
    if isinstance(market, CoupledCobweb):
        level, slope = a - b * rest, market._answers()[at * 2]
        return rest, lambda p: a - b * p, lambda p: level + slope * (p - rest)
    level, slope = market.supply_intercept, market.supply_slope
    return rest, lambda p: a - b * p, lambda p: level + slope * p


def _verdict(market: Any, region: Any) -> str:
    if isinstance(market, CoupledCobweb):
        radius = market.spectral_radius()
        name = printable(market.regions[_position(market, region)[0]])  # type: ignore[index]
        return f"{name}: {_fate(radius)}, spectral radius {radius:.2f}"
    return f"{_fate(abs(market.root()))}: root {number(market.root(), '.2f')}"


def _fate(radius: float) -> str:
    if abs(radius - 1) < 1e-12:
        return "cycles"
    return "settles" if radius < 1 else "explodes"


def _position(market: Any, region: Any) -> tuple[int, ...]:
    if not isinstance(market, CoupledCobweb):
        return ()
    regions = tuple(market.regions or ())
    if region is not None and region not in regions:
        raise InputError(f"`region` must be one of {regions[:5]}; found {region!r}.")
    return (0 if region is None else regions.index(region),)


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
    with drawing(ax, SINGLE, 76) as ax:
        ax.fill_between(ratio, 0, gap, color=_FIELDS[0], linewidth=0)
        ax.fill_between(ratio, gap, total, where=total > gap, color=_FIELDS[1], linewidth=0)
        ax.fill_between(ratio, total, top, color=_FIELDS[2], linewidth=0)
        second: dict[str, Any] = {"color": PALETTE[1], "linestyle": DASHES[1]}
        if over == "mobility":
            if limit < steepest:
                ax.plot([limit, limit], [0, top], **second)
            ax.plot(ratio[ratio <= limit], gap[ratio <= limit], color=PALETTE[0])
        else:
            ax.plot(ratio[gap < top], gap[gap < top], color=PALETTE[0])
            ax.plot(ratio[total < top], total[total < top], **second)
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
        ax.set(xlim=(0, steepest), ylim=(0, top), ylabel=label)
        write_notes(ax, [note, MODELLED], label="slope of supply d to slope of demand b, d / b")
        fields = zip(
            _FIELDS, ("all settles", "gaps explode, total settles", "all explodes"), strict=True
        )
        edge: dict[str, Any] = {"edgecolor": GREY, "linewidth": 0.4}
        handles = [Patch(facecolor=colour, label=text, **edge) for colour, text in fields]
        if not (total > gap + 1e-12).any():
            del handles[1]
        legend_above(ax, handles)
    return ax
