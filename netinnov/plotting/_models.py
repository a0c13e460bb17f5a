"""Models of prices and of free flow: webs, where prices settle, rest points and phases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.patches import Patch
from scipy.optimize import linear_sum_assignment

from netinnov._runtime.arguments import as_floats, as_list, check_number, check_type, shown
from netinnov._typing import Count, Floats, Several
from netinnov.errors import InputError
from netinnov.mechanisms.cobweb import Cobweb
from netinnov.mechanisms.cobweb._one_market import Adaptation
from netinnov.plotting._drawing import MODELLED, finish, number, percent, table_of
from netinnov.plotting._fonts import printable
from netinnov.plotting._labels import label_points
from netinnov.plotting._style import DASHES, GREY, PALETTE, SINGLE, drawing, ink, paper, tone

_FIELDS = {"all settles": "#f4f4f4", "gaps explode, total settles": "#c9dcea"}
_FIELDS["all explodes"] = "#e6b894"  # darker in grey, too
_PHASES = {"convergence": "#cfe3f1", "either": "#7fa8c9", "divergence": "#b4551d"}
_STEEPEST = 2.0  # right end of the axis of d / b
_APART = 0.2  # change of a share beyond which neighbouring points are on different branches


def plot_cobweb(
    market: Cobweb, *, start: float, periods: Count = 12, ax: Axes | None = None
) -> Axes:
    """Draw demand, supply and the web that prices and quantities spin between them.

    From an expected price the web goes along to supply, then up or down to the price that demand
    pays; the next expectation lies on that upright line, at its end if expectations are naive.

    Parameters
    ----------
    market : Cobweb
        With intercepts.
    start : float
        Price of period 0, and what was expected for it.
    periods : int
        How many follow.

    Examples
    --------
    >>> from netinnov.mechanisms.cobweb import Cobweb
    >>> market = Cobweb(1.0, 0.8, demand_intercept=10.0, supply_intercept=1.0)
    >>> plot_cobweb(market, start=7.0).get_title()
    'settles: root −0.80'
    """
    paths = np.asarray(market.simulate(start=start, periods=periods), np.float64)
    rest = market.price()
    b = market.demand_slope
    a = market.demand_intercept or 0.0
    prices = paths[1:]
    paid = pd.Series(paths[:-1])
    expected = paid.ewm(alpha=market.adaptation, adjust=False).mean()
    sold = a - b * prices
    x = np.column_stack([np.roll(sold, 1), sold, sold]).ravel()[1:]
    y = np.column_stack([expected, expected, prices]).ravel()[1:]
    low = min(y.min(), rest)
    high = max(y.max(), rest)
    room = 0.12 * (high - low) or 1.0
    wide = 0.12 * (x.max() - x.min()) or 1.0
    heights = np.linspace(low - room, high + room, 400)
    with drawing(ax, 78, SINGLE) as ax:
        ax.plot(a - b * heights, heights, color=PALETTE[0], linewidth=1.3, label="demand")
        supplied: dict[str, Any] = {"color": PALETTE[1], "linestyle": DASHES[1]}
        supply = a - b * rest + market.supply_slope * (heights - rest)
        ax.plot(supply, heights, linewidth=1.3, label="supply", **supplied)
        ax.plot(x, y, color=ink(), linewidth=0.7)
        for at, text, face in (
            ((x[0], y[0]), "start", paper()),
            ((a - b * rest, rest), "rest", ink()),
        ):
            point: dict[str, Any] = {"color": face, "markeredgecolor": ink(), "zorder": 5}
            ax.plot(*at, "o", markersize=4.5, label=text, **point)
        ax.set(xlim=(x.min() - wide, x.max() + wide), ylim=(heights[0], heights[-1]))
        root = market.root()
        cycles = abs(abs(root) - 1) < 1e-12
        settles = abs(root) < 1
        fate = "cycles" if cycles else "settles" if settles else "explodes"
        ax.set_title(f"{fate}: root {number(root, '.2f')}")
        look: dict[str, Any] = {"ncols": 4, "columnspacing": 1.2, "handletextpad": 0.5}
        look["points_above"] = 12.0  # above the title
        across = "quantity of innovation elements"
        return finish(ax, x=across, y="price", notes=[MODELLED], **look)


def plot_stability_map(
    *,
    regions: Several = 2,
    adaptation: Adaptation = 1.0,
    points: Mapping[str, tuple[float, float]] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw where prices of equal regions settle, over the slopes and the mobility between them.

    Lines are closed forms. The common move of prices settles where d / b < 2 / beta - 1, gaps
    between regions where (d + n m) / b < 2 / beta - 1.

    Parameters
    ----------
    regions : int
        How many, all alike, at least 2.
    adaptation : float
        beta, at least 1e-9 and at most 1.
    points : mapping from str to (float, float), optional
        Models to mark: d / b, and m / b.

    Examples
    --------
    >>> plot_stability_map(points={"example": (0.8, 0.15)}).texts[-1].get_text()
    'example'
    """
    limit = 2 / adaptation - 1
    top = max(limit / regions * 1.15, 0.1)
    ratio = np.linspace(0, _STEEPEST, 801)
    gap = np.maximum((limit - ratio) / regions, 0)
    total = np.where(ratio < limit, top, 0.0)
    with drawing(ax, 76, SINGLE) as ax:
        fields = [(np.zeros_like(gap), gap), (gap, total), (total, np.full_like(gap, top))]
        for (text, colour), (low, high) in zip(_FIELDS.items(), fields, strict=True):
            look: dict[str, Any] = {"facecolor": tone(colour), "edgecolor": GREY, "linewidth": 0.4}
            ax.fill_between(ratio, low, high, where=high > low, label=text, **look)
        if limit < _STEEPEST:
            ax.plot([limit, limit], [0, top], color=PALETTE[1], linestyle=DASHES[1])
        ax.plot(ratio[ratio <= limit], gap[ratio <= limit], color=PALETTE[0])
        marked = {} if points is None else dict(points)
        at = as_floats("points", [*marked.values()])
        if at.size != 2 * len(marked):
            raise InputError(
                f"`points` must give two numbers for each name; found {shown(points)}."
            )
        for x, y in at.tolist():
            check_number("points", x, low=0, high=_STEEPEST)
            check_number("points", y, low=0, high=top)
            ax.plot([x], [y], "o", color=ink(), markersize=4)
        ax.set(xlim=(0, _STEEPEST), ylim=(0, top))
        notes = [f"{regions} equal regions; adaptation {adaptation:g}.", MODELLED]
        across = "slope of supply d to slope of demand b, d / b"
        finish(ax, x=across, y="mobility m between two regions, m / b", notes=notes)
        texts = [*map(printable, marked)]
        lines = [np.column_stack([ratio, gap])]
        n = len(marked)
        label_points(ax, at.reshape(-1, 2), texts, radii=2.0, most=n, must=n, lines=lines)
        return ax


def plot_bifurcation(
    diagram: pd.DataFrame,
    *,
    points: Mapping[str, float] | None = None,
    label: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the rest points of two regions over a parameter.

    Stable ones as thick solid lines, unstable ones as thin dashed lines, through those of
    neighbouring values: give values close to the points where branches meet.

    Parameters
    ----------
    diagram : DataFrame
        From `mechanisms.free_flow.bifurcation_diagram`: the parameter, ``share``, ``stable``.
    points : mapping from name to value, optional
        Values to mark by upright lines: break, sustain and fold points. NaN is left out.
    label : str, optional
        What the parameter is; by default the name of its column.

    Examples
    --------
    >>> table = pd.DataFrame({"k": [1.0, 2.0], "share": [0.5, 0.5], "stable": [True, True]})
    >>> ax = plot_bifurcation(table, points={"break point": 2.0})
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['stable', 'break point: 2.000']
    """
    diagram = table_of("diagram", diagram, ["share", "stable"], of="bifurcation_diagram()")
    diagram = diagram.dropna(subset="share")
    if diagram.shape[1] < 3 or diagram.empty:
        raise InputError(
            "`diagram` must have rows, and the parameter as its first column; found the shape "
            f"{diagram.shape}; see bifurcation_diagram()."
        )
    parameter = diagram.columns[0]
    marks = pd.Series(as_floats("points", [*(points or {}).values()]), [*(points or {})]).dropna()
    values = np.unique(diagram[parameter].to_numpy(np.float64))
    with drawing(ax, 72, SINGLE) as ax:
        for stable, name, colour, width, dash in (
            (True, "stable", PALETTE[0], 1.8, "solid"),
            (False, "unstable", PALETTE[1], 1.0, (0, (3, 1.6))),
        ):
            look: dict[str, Any] = {"color": colour, "linewidth": width, "linestyle": dash}
            rows = diagram[diagram["stable"].astype(bool) == stable]
            for at, (x, y) in enumerate(_branches(rows, parameter, values)):
                (line,) = ax.plot(x, y, label=name if at == 0 else "_", zorder=3, **look)
                line.set(marker="o" if len(x) == 1 else "", markersize=2.0)
        for at, (mark, value) in enumerate(marks.items()):
            text = f"{printable(mark)}: {number(value, '.3f')}"
            ax.axvline(value, color=GREY, linewidth=0.7, linestyle=DASHES[at % 4 + 1], label=text)
        ax.set(xlim=(values[0], values[-1]) if values[0] < values[-1] else None, ylim=(-0.03, 1.03))
        across = printable(label or parameter, longest=80)
        return finish(ax, x=across, y="share of the mobile in region 1", notes=[MODELLED], ncols=2)


def _branches(rows: pd.DataFrame, parameter: str, values: Floats) -> list[tuple[Floats, Floats]]:
    lines: list[list[tuple[float, float]]] = []
    going: list[list[tuple[float, float]]] = []
    for value in values:
        points = rows.loc[rows[parameter] == value, "share"].to_numpy(np.float64)
        distances = np.abs(np.array([line[-1][1] for line in going])[:, None] - points)
        pairs = zip(*linear_sum_assignment(distances), strict=True)
        ahead = {int(k): going[line] for line, k in pairs if distances[line, k] <= _APART}
        for k in set(range(len(points))) - ahead.keys():
            ahead[k] = []
            lines.append(ahead[k])
        going = [ahead[k] for k in range(len(points))]
        for line, share in zip(going, points, strict=True):
            line.append((float(value), float(share)))
    return [(x, y) for x, y in (np.array(line).T for line in lines)]


def plot_phase_map(
    phases: pd.DataFrame,
    *,
    labels: tuple[str, str] | None = None,
    curves: Mapping[str, pd.Series[float]] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw where two regions converge and where they diverge.

    From light to dark: convergence, either as it begins, divergence, with shares of the map.

    Parameters
    ----------
    phases : DataFrame
        From `netinnov.mechanisms.free_flow.phase_map`: at least two rows and columns, named by
        numbers; ``convergence``, ``either`` or ``divergence`` in the cells.
    labels : (str, str), optional
        Of the horizontal and the upright axis; the names of columns and index by default.
    curves : mapping from name to Series, optional
        Lines over the map: upright values by index, horizontal values in the Series.

    Examples
    --------
    >>> phases = pd.DataFrame({0.0: ["convergence"] * 2, 1.0: ["divergence"] * 2}, index=[0.0, 1.0])
    >>> len(plot_phase_map(phases).get_legend().get_texts())
    2
    """
    check_type("phases", phases, pd.DataFrame)
    if min(phases.shape) < 2:
        raise InputError(f"`phases` must have at least two rows and columns; found {phases.shape}.")
    words = phases.to_numpy()
    codes = pd.Index([*_PHASES]).get_indexer(pd.Index(words.ravel())).reshape(words.shape)
    if (codes < 0).any():
        raise InputError(f"`phases` must hold {', '.join(_PHASES)}; found {words[codes < 0][0]!r}.")
    x, y = (np.asarray(axis, dtype=np.float64) for axis in (phases.columns, phases.index))
    named = (phases.columns.name, phases.index.name)
    texts = as_list("labels", named if labels is None else labels, "texts")
    if len(texts) != 2:
        raise InputError(f"`labels` must be two texts, across and upwards; found {shown(labels)}.")
    with drawing(ax, 80, SINGLE) as ax:
        colours = ListedColormap([*map(tone, _PHASES.values())])
        norm = BoundaryNorm(np.arange(-0.5, len(_PHASES)), colours.N)
        ax.pcolormesh(x, y, codes, cmap=colours, norm=norm, shading="nearest", rasterized=True)
        entries: list[Any] = []
        for code, (name, colour) in enumerate(_PHASES.items()):
            if share := float((codes == code).mean()):
                text = f"{'either, as it begins' if name == 'either' else name}: {percent(share)}"
                look: dict[str, Any] = {"facecolor": tone(colour), "edgecolor": ink()}
                entries.append(Patch(label=text, linewidth=0.3, **look))
        for at, (name, curve) in enumerate((curves or {}).items()):
            check_type(f"curves[{name!r}]", curve, pd.Series)
            look = {"linestyle": DASHES[at % len(DASHES)], "label": printable(name)}
            entries += ax.plot(curve, curve.index, color=ink(), linewidth=1.0, **look)
        ax.set(xlim=(x.min(), x.max()), ylim=(y.min(), y.max()))
        across, upwards = (printable("" if x is None else x, longest=80) for x in texts)
        return finish(ax, entries, x=across, y=upwards, notes=[MODELLED])
