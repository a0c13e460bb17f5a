"""A legend above the axes, in as many columns and lines as fit the page."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from netinnov.plotting._fonts import type_families

_POINTS = 7.0
_MILLIMETRE = 72 / 25.4
_LABELS = 14.0  # millimetres for the ticks and label of the y axis


def legend_above(
    ax: Axes,
    handles: Sequence[Any] | None = None,
    *,
    ncols: int = 1,
    handlelength: float = 2.0,
    columnspacing: float = 2.0,
    up: float = 1.01,
) -> None:
    """Write a legend that ends at the right edge of the figure's part of these axes.

    Without ``handles`` it explains all artists with a label; without entries there is none. There
    are at most ``ncols`` columns, fewer where the entries are long, and with one column the entries
    are broken into lines. Lengths are in units of the type size, ``up`` in heights of the axes.
    """
    entries = ax.get_legend_handles_labels()[0] if handles is None else list(handles)
    labels = [str(entry.get_label()) for entry in entries]
    if not entries:
        return
    room = (ax.figure.canvas.figure.get_figwidth() * 25.4 - _beside(ax)) * _MILLIMETRE
    handle = (handlelength + 0.8) * _POINTS
    widths = [handle + max(map(_width, label.split("\n"))) for label in labels]
    columns = min(ncols, len(labels))
    while columns > 1 and _across(widths, columns, columnspacing * _POINTS) > room:
        columns -= 1
    ax.legend(
        handles=entries,
        labels=[_in_lines(label, room - handle) for label in labels],
        loc="lower left",
        bbox_to_anchor=(0, up),
        borderpad=0,
        ncols=columns,
        handlelength=handlelength,
        columnspacing=columnspacing,
    )


def legend_beside(ax: Axes, handles: Sequence[Any], **style: Any) -> None:
    """Write a legend at the right of the axes."""
    ax.legend(
        handles=handles, loc="upper left", bbox_to_anchor=(1.01, 1.0), borderaxespad=0, **style
    )


def _across(widths: list[float], columns: int, between: float) -> float:
    """Width of a legend, which fills its columns from the left, the first ones fuller."""
    rows, fuller = divmod(len(widths), columns)
    starts = [column * rows + min(column, fuller) for column in range(columns + 1)]
    parts = [max(widths[a:b]) for a, b in pairwise(starts)]
    return sum(parts) + between * (columns - 1)


def _in_lines(label: str, room: float) -> str:
    """Break a label at blanks where a line would be wider than the room in points."""
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
    """Points that a line of text takes."""
    properties = FontProperties(family=list(type_families()), size=_POINTS)
    plain = text.replace(r"\$", "$")
    return float(text_to_path.get_text_width_height_descent(plain, properties, ismath=False)[0])


def _beside(ax: Axes) -> float:
    """Millimetres of the figure's width that are not of these axes."""
    spec = ax.get_subplotspec()
    parts = spec.get_gridspec().ncols if spec is not None else 1
    width = ax.figure.canvas.figure.get_figwidth() * 25.4
    return float(width - width / parts + _LABELS)
