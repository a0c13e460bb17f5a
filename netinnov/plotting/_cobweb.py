"""Cobwebs: the web between the curves of a region, and paths of prices in several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from netinnov._arguments import check_number, check_type
from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.mechanisms.cobweb import BoundedCobweb, Cobweb, CoupledCobweb
from netinnov.plotting._fonts import printable
from netinnov.plotting._legend import legend_above
from netinnov.plotting._notes import MODELLED, number, write_notes
from netinnov.plotting._style import DASHES, GREY, INK, PALETTE, SINGLE, axes_or_new, figure_style

_MARKERS = ("o", "s", "^", "D", "v", "P", "X")
_MODELS = 5


def plot_cobweb(
    market: Cobweb | BoundedCobweb | CoupledCobweb,
    *,
    start: float | Sequence[float],
    periods: int = 12,
    region: Any = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw demand, supply and the web that prices and quantities spin between them.

    Parameters
    ----------
    market : Cobweb, BoundedCobweb or CoupledCobweb
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
    check_type("market", market, Cobweb, BoundedCobweb, CoupledCobweb)
    expected, prices, quantities = _web(market, start, periods, region)
    rest, demand, supply = _curves(market, region)
    with figure_style():
        ax = axes_or_new(ax, width=SINGLE, height=78)
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
        for at, text, face in (
            ((x[0], y[0]), "start", "white"),
            ((float(demand(rest)), rest), "rest", INK),
        ):
            point: dict[str, Any] = {"color": face, "markeredgecolor": INK, "zorder": 5}
            ax.plot(*at, "o", markersize=4.5, label=text, **point)
        wide = 0.12 * (x.max() - x.min()) or 1.0
        ax.set_xlim(x.min() - wide, x.max() + wide)
        ax.set_ylim(heights[0], heights[-1])
        write_notes(ax, [MODELLED], label="quantity of innovation elements")
        ax.set_ylabel("price")
        ax.set_title(_verdict(market, start, region), fontsize=8)
        ax.legend(
            loc="upper left", bbox_to_anchor=(0, -0.24), columnspacing=1.2,
            borderpad=0, handletextpad=0.5, ncols=4 if axes_width(ax) > 75 else 2,
        )  # fmt: skip
    return ax


def plot_price_paths(
    paths: pd.DataFrame | Mapping[str, pd.DataFrame],
    *,
    rest: float | None = None,
    label: str = "price",
    ax: Axes | None = None,
) -> Axes:
    """Draw prices of regions over time, of one model or several (without an enclave and with).

    Parameters
    ----------
    paths : DataFrame or mapping from name to DataFrame
        Index = period, a column a region, the same in all.
    rest : float, optional
        Price at which a thin line is drawn.
    label : str
        Of the prices, such as "price from its rest".
    ax : Axes, optional
        Where to draw; a new figure of 89 mm by default.

    Returns
    -------
    Axes
        A colour and a marker a region, a dash a model; markers are filled for the first model.

    Raises
    ------
    InputError
        If there is no path, regions differ, or there are more than 7 regions or 5 models.

    Examples
    --------
    >>> from netinnov.mechanisms.cobweb import CoupledCobweb
    >>> regions = CoupledCobweb([1, 1], [0.8, 0.8], mobility=0.05, regions=["home", "host"])
    >>> ax = plot_price_paths(regions.respond({"host": 1.0}, periods=12), rest=0.0)
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['home', 'host']
    """
    named: dict[str, Any] = dict(paths) if isinstance(paths, Mapping) else {"": paths}
    if not named or not all(
        isinstance(path, pd.DataFrame) and len(path) for path in named.values()
    ):
        raise InputError("`paths` must be a table of prices, or a mapping to such; found none.")
    regions = list(next(iter(named.values())).columns)
    for name, path in named.items():
        if list(path.columns) != regions:
            msg = f"`paths` must have the same regions; found {list(path.columns)[:5]} in {name!r}"
            raise InputError(f"{msg} and {regions[:5]} before.")
    if len(regions) > len(PALETTE) or len(named) > _MODELS:
        msg = f"`paths` must have at most {len(PALETTE)} regions and {_MODELS} models; found "
        raise InputError(f"{msg}{len(regions)} and {len(named)}; choose some.")
    with figure_style():
        ax = axes_or_new(ax, width=SINGLE, height=70)
        if rest is not None:
            check_number("rest", rest)
            ax.axhline(rest, color=GREY, linewidth=0.5, zorder=1)
        handles = []
        for k, path in enumerate(named.values()):
            for region, colour, marker in zip(regions, PALETTE, _MARKERS, strict=False):
                values = path[region].to_numpy(np.float64)
                line = ax.plot(
                    path.index, values, color=colour, linestyle=DASHES[k], linewidth=0.9,
                    marker=marker, markersize=3, markeredgewidth=0.6, label=printable(region),
                    markerfacecolor="white" if k else colour,
                )  # fmt: skip
                handles += [] if k else line
        if len(named) > 1:
            handles += [
                Line2D([], [], color=INK, linewidth=0.9, linestyle=DASHES[k], label=printable(name))
                for k, name in enumerate(named)
            ]
        write_notes(ax, [MODELLED], label="period")
        ax.set_ylabel(printable(label))
        legend_above(ax, handles, ncols=4, handlelength=3.0, up=1.0)
    return ax


def axes_width(ax: Axes) -> float:
    """Millimetres that the axes have before the layout is drawn."""
    figure = ax.figure.canvas.figure
    return float(ax.get_position().width * figure.get_figwidth() * 25.4)


def _web(market: Any, start: Any, periods: int, region: Any) -> tuple[Floats, Floats, Floats]:
    """Expected price, price and quantity of periods 1, 2, ..."""
    prices = market.simulate(start=start, periods=periods)
    expected = np.empty_like(prices)
    expected[0] = prices[0]
    for t in range(1, len(prices)):
        expected[t] = expected[t - 1] + market.adaptation * (prices[t - 1] - expected[t - 1])
    if isinstance(market, CoupledCobweb):
        k = _position(market, region)
        b, a = np.asarray(market.demand_slope)[k], np.asarray(market.demand_intercept)[k]
        prices, expected = prices[:, k], expected[:, k]
    else:
        b, a = market.demand_slope, market.demand_intercept
    return expected[1:], prices[1:], a - b * prices[1:]


def _curves(market: Any, region: Any) -> Any:
    """Price at rest, and demand and supply as functions of the price."""
    if isinstance(market, CoupledCobweb):
        k = _position(market, region)
        rests = market.price()
        b, a = np.asarray(market.demand_slope)[k], np.asarray(market.demand_intercept)[k]
        own = float(market._answers()[k, k])
        level = float(a - b * rests[k])
        return float(rests[k]), lambda p: a - b * p, lambda p: level + own * (p - rests[k])
    b, a = market.demand_slope, market.demand_intercept
    if isinstance(market, BoundedCobweb):
        return market.price(), lambda p: a - b * p, market.supply.quantity
    return (
        market.price(),
        lambda p: a - b * p,
        lambda p: market.supply_intercept + market.supply_slope * p,
    )


def _verdict(market: Any, start: Any, region: Any) -> str:
    if isinstance(market, BoundedCobweb):
        end = market.attractor(start=start)
        ending = f"cycle of period {end.period}" if end.ending == "cycle" else end.ending
        ending = {"rest": "settles", "undecided": "no period up to 64"}.get(ending, ending)
        return f"{ending}: root at rest {number(market.root(), '.2f')}"
    if isinstance(market, CoupledCobweb):
        radius = market.spectral_radius()
        name = printable(market.regions[_position(market, region)])  # type: ignore[index]
        return f"{name}: {_fate(radius)}, spectral radius {radius:.2f}"
    return f"{_fate(abs(market.root()))}: root {number(market.root(), '.2f')}"


def _fate(radius: float) -> str:
    if abs(radius - 1) < 1e-12:
        return "cycles"
    return "settles" if radius < 1 else "explodes"


def _position(market: CoupledCobweb, region: Any) -> int:
    regions = tuple(market.regions or ())
    if region is None:
        return 0
    if region not in regions:
        raise InputError(f"`region` must be one of {regions[:5]}; found {region!r}.")
    return regions.index(region)
