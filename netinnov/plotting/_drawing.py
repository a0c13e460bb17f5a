"""What figures begin and end with: a table; labels, notes and a legend; and marks they share."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias
from weakref import WeakKeyDictionary

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import to_rgb
from matplotlib.legend import Legend
from matplotlib.legend_handler import HandlerLineCollection, HandlerPathCollection
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import ScaledTranslation

from netinnov._runtime.arguments import shown
from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.plotting._fonts import one_line
from netinnov.plotting._style import larger, on_page, write

Kws: TypeAlias = Mapping[str, Any] | None  # settings of matplotlib, after ours

MODELLED = "Modelled, not observed."

# Millimetres of print: ticks and label of a y axis, a narrow figure, a letter of a legend
_LABELS = 14.0
_NARROW = 120.0
_LETTER = 1.5
_LEAST = 0.1  # share of a figure that axes keep

_kept: WeakKeyDictionary[Axes, tuple[str, ...]] = WeakKeyDictionary()


def table_of(
    name: str,
    value: object,
    columns: Sequence[str] = (),
    *,
    of: str,
    method: str = "",
    ranges: Mapping[str, tuple[float, float]] | None = None,
    rows: str = "",
    **options: object,
) -> pd.DataFrame:
    """A table, or that of a result by its `method`; `rows` says of what it must have some."""
    if method and not isinstance(value, (pd.DataFrame, pd.Series, type)):
        give = getattr(value, method, None)
        value = give(**options) if callable(give) else value
    if not isinstance(value, pd.DataFrame):
        result = f"of the type {of.split('.')[0]} or a" if method else "a"
        wanted = of if " " in of else f"{result} DataFrame as {of} gives it"
        raise InputError(f"`{name}` must be {wanted}; found {shown(value)}.")
    if missing := [column for column in columns if column not in value]:
        msg = f"`{name}` must have the columns {list(columns)}; {missing} are missing; see {of}."
        raise InputError(msg)
    if rows and value.empty:
        raise InputError(f"`{name}` must have a row for each {rows}; found none.")
    table = value.copy(deep=False)
    for at, kind in enumerate(value.dtypes):
        if getattr(kind, "na_value", 0) is pd.NA:  # whose truth value is undefined
            numeric = pd.api.types.is_numeric_dtype(kind)
            form: Any = (np.float64, np.nan) if numeric else (object, None)
            table.isetitem(at, value.iloc[:, at].to_numpy(form[0], na_value=form[1]))
    for column, (low, high) in (ranges or {}).items():
        held = table.get(column, pd.Series(dtype=np.float64)).dropna()
        if not pd.api.types.is_numeric_dtype(held) or not held.between(low, high).all():
            span = f" from {low:g} to {high:g}" if np.isfinite(low) else ""
            raise InputError(f"`{name}`: the column {column!r} must hold numbers{span}.")
    return table


def label_rows(ax: Axes, labels: Sequence[str], *, zero: bool = True) -> None:
    """Name the rows of points with intervals, the first at the top, with a line at zero."""
    if zero:
        ax.axvline(0, color="#888888", linewidth=0.7, zorder=1)
    ax.set_yticks(np.arange(len(labels)), labels)
    ax.set_ylim(len(labels) - 0.4, -0.6)
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    ax.xaxis.set_major_locator(MaxNLocator(6))


def draw_intervals(ax: Axes, at: Any, spans: Any, *, upright: bool = False, **look: Any) -> None:
    """Points with bars, n x (middle, low, high); as one line, they have one key in a legend."""
    middle, low, high = np.asarray(spans, np.float64).T
    gap = np.full(len(middle), np.nan)
    along = np.column_stack([low, high, gap, middle, gap]).ravel()
    across = np.repeat(np.asarray(at, np.float64), 5)
    ends = (across, along) if upright else (along, across)
    style: dict[str, Any] = {"marker": "o", "zorder": 3, "solid_capstyle": "butt"}
    ax.plot(*ends, markevery=(3, 5), **style | look)


def write_columns(
    ax: Axes, rows: Any, columns: Sequence[tuple[str, Sequence[str]]], *, away: float = 0.0
) -> None:
    """Columns of texts at the right of the axes, from `away` millimetres on, with their heads."""
    style: dict[str, Any] = {"ha": "right", "annotation_clip": False}
    for head, texts in columns:
        away += 3.0 + 1.4 * larger() * max(map(len, [*head.split("\n"), *texts]))
        right = away * 72 / 25.4
        for at, text in zip(rows, texts, strict=True):
            write(ax, text, (1, at), away=(right, 0), xycoords=ax.get_yaxis_transform(), **style)
        above: dict[str, Any] = {"away": (right, 2), "xycoords": "axes fraction", "va": "bottom"}
        write(ax, head, (1, 1), **above, **style)


def draw_points(ax: Axes, at: Floats, look: dict[str, Any], kws: Kws = None) -> PathCollection:
    """Markers; settings of the user go before ours, by any of their names in matplotlib."""
    own = dict(kws or {})
    made = {name: own.pop(name) for name in ("s", "c", "cmap", "marker") if name in own}
    if "c" in made:
        look = {name: each for name, each in look.items() if name != "facecolors"}
    points = ax.scatter(*at.T, **look | made)
    points.set(**own)
    return points


def draw_lines(ax: Axes, lines: Any, look: dict[str, Any], kws: Kws = None) -> LineCollection:
    collection = LineCollection(list(lines), **look)
    collection.set(**dict(kws or {}))
    ax.add_collection(collection, autolim=False)
    return collection


def arcs(start: Floats, end: Floats, bend: Floats) -> Floats:
    """Points along arcs from start to end, whose heights are `bend` times their lengths."""
    chord = end - start
    across = np.column_stack([-chord[:, 1], chord[:, 0]])
    control = (start + end) / 2 + 2 * bend[:, None] * across
    t = np.linspace(0, 1, 13 if bend.any() else 3)[:, None, None]
    points = (1 - t) ** 2 * start + 2 * t * (1 - t) * control + t**2 * end
    return np.asarray(points.transpose(1, 0, 2))


def counted(text: str, number: int) -> str:
    return f"{text}: {number:,}." if number else ""


def caption_notes(ax: Axes) -> tuple[str, ...]:
    """Sentences that belong into the caption: what is left out and how marks are read."""
    return _kept.get(ax, ())


def percent(share: float, decimals: int = 1, none: str = "") -> str:
    return f"{round(100 * share, decimals):g}\N{NO-BREAK SPACE}%" if share == share else none


def number(value: float, form: str = ".3g") -> str:
    """A number with a true minus sign; "-0" is written as 0."""
    sign, form = ("+", form[1:]) if form.startswith("+") else ("", form)
    point = form.index(".")
    return f"{value:{sign}z{form[:point]}{form[point:]}}".replace("-", "\N{MINUS SIGN}")


def digits(value: Any, n: int = 3, sign: str = "") -> str:
    """So many significant digits, all of a whole number; a dash where there is no value."""
    form = ",.0f" if abs(value) >= 10**n - 0.5 else f".{n}g"
    return number(value, sign + form) if value == value else "–"


def chance(p: float, none: str = "") -> str:
    """P-value with three decimals and no leading zero; `none` where undefined."""
    if p != p:
        return none
    return "<.001" if p < 0.001 else f"{p:.3f}".removeprefix("0")


def finish(
    ax: Axes,
    handles: Sequence[Any] | None = None,
    *,
    x: str = "",
    y: str = "",
    notes: Iterable[str] = (),
    beside: bool = False,
    **style: Any,
) -> Axes:
    """Labels, with a notice if the figure is modelled; sentences for its caption; a legend."""
    notes = [one_line(note) for note in notes if note]
    mine = (note for note in notes if note != MODELLED)
    _kept[ax] = tuple(dict.fromkeys([*caption_notes(ax), *mine]))  # of all that is drawn there
    modelled = MODELLED in notes
    label = f"{x}\n{MODELLED}".lstrip() if modelled else x
    ax.set_xlabel(label, loc="left" if modelled else "center")
    if y:
        ax.set_ylabel(y)
    if handles is None:  # the first artist of each label
        entries, labels = ax.get_legend_handles_labels()
        handles = [entries[labels.index(label)] for label in dict.fromkeys(labels)]
    if handles:
        _draw_legend(ax, handles, beside=beside, **style)
    return ax


class _LineKey(HandlerLineCollection):
    """An opaque line, as wide as the widest."""

    def update_prop(self, legend_handle: Any, orig_handle: Any, legend: Legend) -> None:
        super().update_prop(legend_handle, orig_handle, legend)
        widest = max(orig_handle.get_linewidths())
        legend_handle.set(color=to_rgb(legend_handle.get_color()), linewidth=widest)


_KEYS: Any = {
    LineCollection: _LineKey(),
    PathCollection: HandlerPathCollection(sizes=[25.0], yoffsets=[0.5]),
}


def _draw_legend(
    ax: Axes, handles: Any, *, beside: bool, ncols: int = 1, points_above: float = 0.0, **style: Any
) -> None:
    """At the right, on a page below; else above, in columns no wider than there is room."""
    place: dict[str, Any] = {"handles": handles, "handler_map": _KEYS}
    cell = _cell(ax)
    beside = beside and (cell is None or not is_narrow(ax))
    if beside and not on_page():
        place["loc"] = "upper left"
        place["bbox_to_anchor"] = (1.01, 1.0)
        place["borderaxespad"] = 0
        _make_room(ax, cell, ax.legend(**place | style), [1, 0])
        return
    owner: Any = ax.figure.canvas.figure if beside else ax
    room = page_width(ax)
    if beside:
        ncols = 3
        place["loc"] = "outside lower left"
    else:
        spec = ax.get_subplotspec()
        room = room / (1 if spec is None else spec.get_gridspec().ncols) - _LABELS
        room = room if cell is None else page_width(ax) * cell.width
        up = ScaledTranslation(0, points_above * larger() / 72, ax.figure.dpi_scale_trans)
        place["loc"] = "lower left"
        place["bbox_to_anchor"] = (0, 1.01)
        place["bbox_transform"] = ax.transAxes + up
        place["borderpad"] = 0.4 if mpl.rcParams["legend.frameon"] else 0
    letters = int(room / (_LETTER * larger()))
    names = [str(handle.get_label()).split("\n") for handle in handles]
    labels = ["\n".join(textwrap.fill(line, letters) for line in lines) for lines in names]
    for columns in range(min(ncols, len(labels)), 0, -1):
        legend = owner.legend(labels=labels, ncols=columns, **place | style)
        width = legend.get_window_extent().width / legend.get_figure(root=True).dpi * 25.4
        if columns == 1 or width <= room:
            _make_room(ax, None if beside else cell, legend, [0, 1])
            return
        legend.remove()


def _cell(ax: Axes) -> Any:
    """Place of the axes in a figure without a layout that makes room around them."""
    if ax.figure.canvas.figure.get_layout_engine() is not None:
        return None
    spec: Any = ax.get_subplotspec()
    return ax.get_position(original=True) if spec is None else spec.get_position(ax.figure)


def _make_room(ax: Axes, cell: Any, legend: Any, sides: Sequence[float]) -> None:
    """Take room for a legend beside the axes from their own place, if it has one."""
    if cell is not None:
        taken = (legend.get_window_extent().max - ax.bbox.max) / ax.figure.bbox.size * sides
        ax.set_anchor("SW")
        ax.set_position((*cell.min, *np.maximum(cell.size - taken, _LEAST)))
        ax.set_in_layout(True)


def is_narrow(ax: Axes) -> bool:
    return page_width(ax) < _NARROW * larger()


def page_width(ax: Axes) -> float:
    return float(ax.figure.canvas.figure.get_figwidth() * 25.4)
