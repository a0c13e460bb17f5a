"""What every figure begins and ends with: its table and axes, its legend and notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from netinnov._runtime.arguments import shown
from netinnov.errors import InputError
from netinnov.plotting._fonts import one_line, type_families
from netinnov.plotting._style import axes_or_new, larger, print_style

MODELLED = "Modelled, not observed."

_POINTS = 7.0
_MILLIMETRE = 72 / 25.4
_LABELS = 14.0  # millimetres for the ticks and label of the y axis

_kept: WeakKeyDictionary[Axes, tuple[str, ...]] = WeakKeyDictionary()


def table_of(
    name: str,
    value: object,
    columns: Sequence[str] = (),
    *,
    of: str,
    method: str = "",
    **options: object,
) -> pd.DataFrame:
    if not isinstance(value, (pd.DataFrame, pd.Series)) and not isinstance(value, type):
        give = getattr(value, method, None) if method else None
        value = give(**options) if callable(give) else value
    if not isinstance(value, pd.DataFrame):
        result = f"of the type {of.split('.')[0]} or a" if method else "a"
        msg = f"`{name}` must be {result} DataFrame as {of} gives it; found {shown(value)}."
        raise InputError(msg)
    if missing := [column for column in columns if column not in value]:
        msg = f"`{name}` must have the columns {list(columns)}; {missing} are missing; see {of}."
        raise InputError(msg)
    nullable = [at for at, kind in enumerate(value.dtypes) if getattr(kind, "na_value", 0) is pd.NA]
    table = value.copy(deep=False) if nullable else value
    for at in nullable:
        table.isetitem(at, _without_na(table.iloc[:, at]))
    return table


def _without_na(values: Any) -> Any:
    """Replace pandas.NA, whose truth value is undefined, by NaN or None."""
    kind = getattr(values.dtype, "kind", "O")
    if kind in "iuf":
        return values.to_numpy(np.float64, na_value=np.nan)
    if kind == "b" and values.notna().all():
        return values.to_numpy(bool)
    return values.to_numpy(object, na_value=None)


def by_name(argument: str, value: Any, of: str) -> dict[str, Any]:
    named = dict(value) if isinstance(value, Mapping) else {"": value}
    if not named:
        raise InputError(f"`{argument}` must hold at least one {of}; found none.")
    return {str(name): each for name, each in named.items()}


@contextmanager
def drawing(ax: Axes | None, width: float, height: float) -> Iterator[Axes]:
    with print_style():
        yield axes_or_new(ax, width=width, height=height)


def without_edges(ax: Axes) -> None:
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)


def caption_notes(ax: Axes) -> tuple[str, ...]:
    """Sentences that belong into the caption: what is left out and how marks are read."""
    return _kept.get(ax, ())


def percent(share: float) -> str:
    return f"{round(100 * share, 1):g}\N{NO-BREAK SPACE}%"


def number(value: float, form: str = ".3g") -> str:
    """A number with a true minus sign; "-0" is written as 0."""
    sign, form = ("+", form[1:]) if form.startswith("+") else ("", form)
    point = form.index(".")
    return f"{value:{sign}z{form[:point]}{form[point:]}}".replace("-", "\N{MINUS SIGN}")


def chance(p: float, none: str = "") -> str:
    """P-value with three decimals and no leading zero; `none` where undefined."""
    if p != p:
        return none
    return "<.001" if p < 0.001 else f"{p:.3f}".removeprefix("0")


def write_notes(ax: Axes, notes: Iterable[str], *, label: str = "", at_end: bool = False) -> None:
    """Set the x label, with a notice if the figure is modelled, and keep caption sentences."""
    notes = [one_line(note) for note in notes if note]
    _kept[ax] = tuple(note for note in notes if note != MODELLED)
    below = [MODELLED] if MODELLED in notes else []
    text = "\n".join([*([label] if label else []), *below])
    ax.set_xlabel(text, loc="right" if at_end else "left" if below else "center")


def legend_above(
    ax: Axes,
    handles: Sequence[Any] | None = None,
    *,
    ncols: int = 1,
    handlelength: float = 2.0,
    columnspacing: float = 2.0,
    up: float = 1.01,
) -> None:
    """Legend above the axes, right-aligned, in up to `ncols` columns; `up` is in axes heights."""
    entries = ax.get_legend_handles_labels()[0] if handles is None else list(handles)
    labels = [str(entry.get_label()) for entry in entries]
    if not entries:
        return
    spec = ax.get_subplotspec()
    parts = 1 if spec is None else spec.get_gridspec().ncols  # of the figure beside one another
    room = (page_width(ax) / parts - _LABELS) * _MILLIMETRE
    points = _POINTS * larger()
    handle = (handlelength + 0.8) * points
    widths = [handle + max(map(_width, label.split("\n"))) for label in labels]
    columns = min(ncols, len(labels))
    while columns > 1 and _across(widths, columns, columnspacing * points) > room:
        columns -= 1
    lines = [_in_lines(label, room - handle) for label in labels]
    style: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (0, up), "ncols": columns}
    style |= {"handlelength": handlelength, "columnspacing": columnspacing, "borderpad": 0}
    ax.legend(handles=entries, labels=lines, **style)


def legend_beside(ax: Axes, handles: Sequence[Any], **style: Any) -> None:
    """Legend at the right of the axes; on a page below them, in columns."""
    if larger() == 1:
        place: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (1.01, 1.0)}
        ax.legend(handles=handles, borderaxespad=0, **place | style)
        return
    labels = [str(handle.get_label()) for handle in handles]
    widths = [max(map(_width, label.split("\n"))) for label in labels]
    points = _POINTS * larger()
    handle = (style.get("handlelength", 2.0) + 1.5) * points
    column = handle + max(widths, default=0) + points
    columns = max(1, int(page_width(ax) * _MILLIMETRE // column))
    figure = ax.figure.canvas.figure
    figure.legend(handles=handles, loc="outside lower left", ncols=min(columns, 3), **style)


def entry(text: str) -> str:
    """Legend text: matplotlib would drop one that begins with an underscore."""
    return f" {text}" if text.startswith("_") else text


def page_width(ax: Axes) -> float:
    return float(ax.figure.canvas.figure.get_figwidth() * 25.4)


def _across(widths: list[float], columns: int, between: float) -> float:
    rows, fuller = divmod(len(widths), columns)
    starts = [column * rows + min(column, fuller) for column in range(columns + 1)]
    parts = [max(widths[a:b]) for a, b in pairwise(starts)]
    return sum(parts) + between * (columns - 1)


def _in_lines(label: str, room: float) -> str:
    lines: list[str] = []
    for line in label.split("\n"):
        words = line.split(" ")
        lines.append(words[0])
        for word in words[1:]:
            longer = f"{lines[-1]} {word}"
            if _width(longer) > room:
                lines.append(word)
            else:
                lines[-1] = longer
    return "\n".join(lines)


def _width(text: str) -> float:
    properties = FontProperties(family=list(type_families()), size=_POINTS * larger())
    plain = text.replace(r"\$", "$")
    return float(text_to_path.get_text_width_height_descent(plain, properties, ismath=False)[0])
