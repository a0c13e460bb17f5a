"""How results show themselves: their numbers in a line, and in a notebook with a small picture."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._runtime.terminal import without_controls

WIDTH, HEIGHT = 160, 40  # pixels of a picture
ROWS = 8  # of a table
FEW = 5  # members of a sequence that are named
INK, PALE = "currentColor", "#9aa5b1"


class Picture(str):
    """HTML made here, which is not escaped."""

    __slots__ = ()


class Displayed:
    """A result that shows its numbers and the sizes of its tables, never the tables."""

    __slots__ = ()

    def _facts(self) -> dict[str, Any]:
        own: Any = self
        return {each.name: getattr(own, each.name) for each in fields(own) if each.repr}

    def _pictures(self) -> str:
        return ""

    def __repr__(self) -> str:
        facts = ", ".join(f"{name}={short(value)}" for name, value in self._facts().items())
        return without_controls(f"{type(self).__name__}({facts})", one_line=True)

    def _repr_html_(self) -> str:
        facts = [(name.replace("_", " "), short(value)) for name, value in self._facts().items()]
        return f"<p><b>{type(self).__name__}</b></p>{table(facts)}{self._pictures()}"


class Tabled(Displayed):
    """A result that is one table (the field ``_main``), or a row of numbers."""

    __slots__ = ()

    _main: ClassVar[str | None] = None

    def to_frame(self) -> pd.DataFrame:
        """Give the table of the result, or its numbers as one row.

        Returns
        -------
        pandas.DataFrame
            A copy; the fields of the result say what its columns are.
        """
        if self._main is not None:
            table: pd.DataFrame = getattr(self, self._main).copy()
            return table
        own: Any = self
        row = {each.name: getattr(own, each.name) for each in fields(own)}
        return pd.DataFrame([{name: value for name, value in row.items() if np.ndim(value) == 0}])


def short(value: Any) -> str:
    if isinstance(value, (float, np.floating)):
        return f"{value:.4g}"
    if isinstance(value, (bool, np.bool_)) or value is None:
        return str(value)
    if isinstance(value, (int, np.integer)):
        return f"{value:,}"
    if isinstance(value, (str, Displayed)):
        text = str(value)
        return text if len(text) <= 200 else f"{text[:197]}..."
    if isinstance(value, pd.DataFrame):
        return f"<table of {value.shape[0]:,} x {value.shape[1]:,}>"
    if isinstance(value, pd.Series) and len(value) <= FEW:
        return _members(f"{short(name)} {short(each)}" for name, each in value.items())
    if isinstance(value, (pd.Series, pd.Index, np.ndarray)):
        return f"<{np.size(value):,} values>"
    if isinstance(value, Mapping):
        named = [f"{short(name)}: {short(each)}" for name, each in [*value.items()][:FEW]]
        return _members(named, len(value))
    if isinstance(value, (Sequence, frozenset)):
        return _members(map(short, [*value][:FEW]), len(value))
    text = repr(value)
    return text if len(text) <= 200 else f"<{type(value).__name__}>"


def _members(shown: Iterable[str], size: int = 0) -> str:
    shown = [*shown]
    more = f", ... {size:,} in all" if size > len(shown) else ""
    return f"[{', '.join(shown)}{more}]"


def table(rows: Iterable[Sequence[str]], heads: Sequence[str] = ()) -> str:
    body = "".join(
        "<tr>" + "".join(f"<td>{_cell(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    head = "".join(f"<th>{html.escape(each)}</th>" for each in heads)
    thead = f"<thead><tr>{head}</tr></thead>" if head else ""
    return f"<table>{thead}<tbody>{body}</tbody></table>"


def first_rows(frame: pd.DataFrame, columns: Sequence[str]) -> str:
    rows = frame[:ROWS]
    span = (float(rows["low"].min()), float(rows["high"].max()))
    texts = rows[[*columns]].itertuples(index=False)
    cells = zip(texts, rows[columns[-1]], rows["low"], rows["high"], strict=True)
    shown = [(*map(short, row), interval(mid, low, high, span)) for row, mid, low, high in cells]
    more = len(frame) - len(rows)
    return table(shown, [*columns, ""]) + (f"<p>{more:,} more in to_frame()</p>" if more else "")


def _cell(text: str) -> str:
    return text if isinstance(text, Picture) else html.escape(without_controls(text))


def histogram(values: npt.ArrayLike, mark: float, *, bins: int = 24) -> str:
    drawn = np.asarray(values, np.float64)
    drawn = drawn[np.isfinite(drawn)]
    if not drawn.size or not np.isfinite(mark):
        return ""
    at = _scale(min(drawn.min(), mark), max(drawn.max(), mark))
    counts, edges = np.histogram(drawn, bins=bins)
    wide = max(at(edges[1]) - at(edges[0]) - 0.5, 0.5)
    tall = counts / counts.max() * (HEIGHT - 4)
    columns = zip(edges[:-1], tall, strict=True)
    bars = "".join(_bar(at(left), height, wide) for left, height in columns)
    return _svg(f"{bars}{_line(at(mark), 0, at(mark), HEIGHT, 2)}", HEIGHT)


def bars(values: npt.ArrayLike) -> str:
    drawn = np.asarray(values, np.float64)[:40]
    if not drawn.size or not drawn.max() > 0:
        return ""
    step = WIDTH / max(drawn.size, 10)
    sizes = enumerate(drawn / drawn.max() * HEIGHT)
    return _svg("".join(_bar(step * at, tall, 0.8 * step) for at, tall in sizes), HEIGHT)


def interval(
    value: float, low: float, high: float, span: Iterable[float], *, zero: bool = True
) -> str:
    ends = [*span, 0.0] if zero else [*span]
    if not np.isfinite([value, low, high, *ends]).all():
        return ""
    at, middle = _scale(min(ends), max(ends)), 7.0
    parts = _line(at(low), middle, at(high), middle, 2)
    if zero:
        parts += _line(at(0), 0, at(0), 14, 0.5)
    return _svg(f'{parts}<circle cx="{at(value):.1f}" cy="7" r="3" fill="{INK}"/>', 14)


def _bar(x: float, tall: float, wide: float) -> str:
    size = f'width="{wide:.1f}" height="{tall:.1f}"'
    return f'<rect x="{x:.1f}" y="{HEIGHT - tall:.1f}" {size} fill="{PALE}"/>'


def _scale(low: float, high: float) -> Callable[[float], float]:
    width = (high - low) or 1.0
    return lambda value: 4 + (WIDTH - 8) * (value - low) / width


def _line(x1: float, y1: float, x2: float, y2: float, width: float) -> str:
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {ends} stroke="{INK}" stroke-width="{width}"/>'


def _svg(parts: str, height: int) -> Picture:
    return Picture(
        f'<svg width="{WIDTH}" height="{height}" role="img" aria-hidden="true">{parts}</svg>'
    )
