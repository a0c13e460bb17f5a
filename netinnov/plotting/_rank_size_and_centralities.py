"""Charts of tables: rank and size, centralities of the top places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullFormatter
from numpy.typing import NDArray
from scipy.special import stdtrit

from netinnov._runtime.arguments import as_floats, as_whole, shown
from netinnov.errors import InputError
from netinnov.plotting._drawing import (
    caption_notes,
    drawing,
    legend_above,
    number,
    table_of,
    write_notes,
)
from netinnov.plotting._fonts import printable
from netinnov.plotting._heat_maps import shaded_table
from netinnov.plotting._labels import label_points
from netinnov.plotting._style import DOUBLE, PALETTE, SINGLE, print_style
from netinnov.polycentricity import RankSize, rank_size

Method: TypeAlias = Literal["ols", "gabaix"]

_MARKERS = ("o", "s", "^", "D", "v")
_SLOPES = {"ols": "slope", "gabaix": "slope of rank \N{MINUS SIGN} ½ on size"}


def plot_rank_size(
    values: pd.Series[float] | Sequence[float] | NDArray[np.float64],
    *,
    ax: Axes | None = None,
    label: str | None = None,
    labelled: int = 4,
    method: Method = "ols",
) -> Axes:
    """Draw sizes against their rank, both logarithmic, with the fitted line and its interval.

    Parameters
    ----------
    values : Series or sequence of float
        Sizes of places, none negative. Names are taken from the index of a Series.
    ax : Axes, optional
        Where to draw, again and again for several series; a new figure of 89 mm by default.
    label : str, optional
        What the sizes are; begins the entry of the legend.
    labelled : int
        How many of the largest places are named, where there is room.
    method : {"ols", "gabaix"}
        ``"ols"``: ln size on ln rank. ``"gabaix"``: ln(rank - 1/2) on ln size, whose slope is the
        tail's exponent.

    Returns
    -------
    Axes
        Points, the line of `netinnov.polycentricity.rank_size`, and its slope in the legend; 95 %
        interval and standard error are in the caption (`save_figure`). The shade lies between
        the lines of either end of the interval through the centre of the points; there is none if
        one of these lines would not fall. A line needs two positive values, the interval of
        ``"ols"`` three.

    Raises
    ------
    InputError
        If the method is not one of the two, or a value is negative or no number.

    Notes
    -----
    Zeros have no logarithm and are left out, as in `rank_size`; the legend counts what is drawn.
    A flat line is an even, polycentric system for ``"ols"``.

    The interval of ``"ols"`` is that of Student's t with n - 2 degrees of freedom. It is too
    narrow, and the caption says so, since ranked values do not scatter independently (Gabaix and
    Ibragimov 2011). That of ``"gabaix"`` is slope -/+ 1.96 slope sqrt(2/n), for many places.

    References
    ----------
    Gabaix and Ibragimov (2011), "Rank - 1/2: a simple way to improve the OLS
    estimation of tails".

    Examples
    --------
    >>> import pandas as pd
    >>> ax = plot_rank_size(pd.Series({"a": 100.0, "b": 50.0, "c": 25.0}))
    >>> ax.lines[0].get_ydata().tolist()
    [100.0, 50.0, 25.0]
    """
    numbers = as_floats("values", values)
    if numbers.ndim != 1:
        raise InputError(f"`values` must be one number a place; found {shown(values)}.")
    names = values.index if isinstance(values, pd.Series) else None
    sizes = pd.Series(numbers, names).sort_values(ascending=False, kind="stable")
    sizes = sizes[sizes > 0]
    ranks = np.arange(1.0, len(sizes) + 1)
    fit = rank_size(sizes.to_numpy(), method=method)
    low, high = _interval(fit, method)
    with drawing(ax, SINGLE, 70) as ax:
        position = len(ax.lines) // 2
        colour = PALETTE[position % len(PALETTE)]
        of = f"{printable(label)}: " if label else ""
        entry = of.replace(": ", "\n") + f"n = {len(sizes):,}"
        if np.isfinite(fit.slope):
            entry += f", {_SLOPES[method]} {number(fit.slope, '.2f')}"
        marks: dict[str, Any] = {"marker": _MARKERS[position % len(_MARKERS)], "linestyle": "none"}
        marks |= {"markersize": 3.2, "color": colour, "markeredgewidth": 0.7, "label": entry}
        ax.plot(ranks, sizes, markerfacecolor="none" if position % 2 else colour, **marks)
        # Turned round, the line of Gabaix bends where ranks are low.
        along = ranks if method == "ols" or not len(ranks) else np.geomspace(1, len(ranks), 200)
        if high < 0:
            x, y = np.log(ranks if method == "ols" else ranks - 0.5), np.log(sizes.to_numpy())
            if method == "gabaix":
                x, y = y, x
            levels = [float(y.mean() - slope * x.mean()) for slope in (low, high)]
            steep, flat = (_line(along, *b, method) for b in zip((low, high), levels, strict=True))
            ax.fill_between(along, steep, flat, color=colour, alpha=0.15, linewidth=0, zorder=0)
        line = _line(along, fit.slope, fit.intercept, method)
        dash = ("-", "--", ":")[position % 3]
        ax.plot(along, line, color=colour, linestyle=dash, linewidth=0.9)
        if len(sizes):  # an empty logarithmic axis cannot be drawn
            ax.set(xscale="log", yscale="log")
            ax.margins(0.08, 0.2 if names is not None and labelled else 0.12)
            for axis in (ax.xaxis, ax.yaxis):
                least, most = axis.get_view_interval()
                steps = (1, 2, 5) if most / least < 2000 else (1,)
                axis.set_major_locator(LogLocator(subs=steps, numticks=12))
                axis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.10g}"))
                axis.set_minor_formatter(NullFormatter())
            _open(ax)
        of = f"{label}: " if label else ""  # a caption needs no font
        notes = [*caption_notes(ax), _uncertainty(of, fit, low, high, method)]
        write_notes(ax, notes, label="rank")
        ax.set_ylabel("size")
        legend_above(ax, handlelength=1.0)
    if names is not None and labelled:
        with print_style():
            points = np.column_stack([ranks, sizes])
            texts = [printable(name, longest=20) for name in sizes.index]
            label_points(ax, points, texts, radii=np.full(len(sizes), 1.6), most=labelled)
    return ax


def plot_centralities(table: pd.DataFrame, *, ax: Axes | None = None, top: int = 15) -> Axes:
    """Draw the measures of the first places of a table as shades, their values as figures.

    Parameters
    ----------
    table : DataFrame
        Index = place, the most central first; a numeric column a measure; ``name``: labels.
    ax : Axes, optional
        Where to draw; a new figure of 183 mm by default.
    top : int
        How many rows are drawn.

    Returns
    -------
    Axes
        The shade is the standard score over **all** rows of the table (population standard
        deviation), 0 where all values are the same but for rounding; blank where a value is
        undefined or infinite. A measure that is undefined everywhere is left out.

    Raises
    ------
    InputError
        If the table has no numeric column or no row.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"degree": [3.0, 1.0]}, index=["a", "b"])
    >>> plot_centralities(table).collections[0].get_array().ravel().tolist()
    [1.0, -1.0]
    """
    top = as_whole("top", top, low=1)
    table = table_of("table", table, of="centrality.centrality_table()")
    measures = table.select_dtypes("number").dropna(axis=1, how="all")
    if measures.empty:
        msg = f"the table needs rows and at least one numeric column; found {table.shape}."
        raise InputError(msg)
    finite = measures.where(np.isfinite(measures))
    spread = finite.std(ddof=0)
    spread = spread.where(spread > 1e-9 * finite.abs().max(), np.inf)
    scores = ((finite - finite.mean()) / spread).head(top)
    names = table.get("name", table.index)
    with drawing(ax, DOUBLE, 24 + 5.2 * len(scores)) as ax:
        limit = max(float(np.nanmax(np.abs(scores.to_numpy()), initial=0)), 1.0)
        bar = {"label": f"standard deviations\nabove the mean of {len(table):,}"}
        texts = measures.head(top).map(
            lambda x: "–" if x != x else number(x, ",.0f" if abs(x) >= 1000 else ".3g")
        )
        scores = scores.set_axis(list(map(str, names[:top])))
        shaded_table(ax, scores, texts, bar, vmin=-limit / 4, vmax=limit)
    return ax


def _open(ax: Axes) -> None:
    sides: Any = ((ax.xaxis, ax.set_xlim), (ax.yaxis, ax.set_ylim))
    for (axis, set_limits), (least, most) in zip(sides, ax.dataLim.get_points().T, strict=True):
        if most <= least * (1 + 1e-6):
            set_limits(least / 2, most * 2, auto=True)
            axis.set_major_locator(FixedLocator([least]))


def _interval(fit: RankSize, method: Method) -> tuple[float, float]:
    student = float(stdtrit(fit.n - 2, 0.975)) if method == "ols" and fit.n > 2 else 1.96
    reach = student * fit.standard_error
    return fit.slope - reach, fit.slope + reach


def _line(
    ranks: NDArray[np.float64], slope: float, intercept: float, method: Method
) -> NDArray[np.float64]:
    """Sizes on the fitted line; Gabaix's regression is of rank on size, so it is inverted."""
    if method == "ols":
        return np.exp(intercept + slope * np.log(ranks))
    return np.exp((np.log(ranks - 0.5) - intercept) / slope)


def _uncertainty(of: str, fit: RankSize, low: float, high: float, method: Method) -> str:
    if not fit.standard_error > 0:
        return ""
    error = f"standard error {number(fit.standard_error, '#.2g').rstrip('.')}"
    if not np.isfinite(low):
        return f"{of}{error}."
    narrow = ", too narrow as by OLS" if method == "ols" else ""
    ends = f"{number(low, '.2f')} to {number(high, '.2f')}"
    return f"{of}95 % interval of the slope {ends} ({error}{narrow})."
