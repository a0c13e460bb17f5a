"""Rows of points with intervals: their axis of labels, and columns of numbers at their right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from netinnov.plotting._style import larger, write

_LETTER, _GAP = 1.4, 3.0  # millimetres of a letter, and between two columns


def label_rows(ax: Axes, labels: Sequence[str]) -> None:
    """Name the rows, the first at the top, with a line at zero."""
    ax.axvline(0, color="#888888", linewidth=0.7, zorder=1)
    ax.set_yticks(np.arange(len(labels)), labels)
    ax.set_ylim(len(labels) - 0.4, -0.6)
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    ax.xaxis.set_major_locator(MaxNLocator(6))


def write_columns(
    ax: Axes, rows: Any, columns: Sequence[tuple[str, Sequence[str]]], *, away: float = 0.0
) -> None:
    """Columns of texts at the right of the axes, from `away` millimetres on, with their heads."""
    style: dict[str, Any] = {"ha": "right", "annotation_clip": False}
    for head, texts in columns:
        longest = max(map(len, [*head.split("\n"), *texts]))
        away += _GAP + _LETTER * larger() * longest
        right = away * 72 / 25.4
        for at, text in zip(rows, texts, strict=True):
            write(ax, text, (1, at), away=(right, 0), xycoords=ax.get_yaxis_transform(), **style)
        above: dict[str, Any] = {"away": (right, 2), "xycoords": "axes fraction", "va": "bottom"}
        write(ax, head, (1, 1), **above, **style)
