"""Greedy placement of the labels of points, so that none covers another label or a point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from netinnov.plotting._style import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.text import Annotation
    from numpy.typing import NDArray

__all__ = ["label_points"]

# Where a label may lie: horizontal and vertical side of its point, the best place first.
_SIDES = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (1, -1), (-1, 1), (-1, -1))
_GAPS = (1.5, 5.0)
_ALIGN_X: dict[int, Literal["left", "center", "right"]] = {1: "left", 0: "center", -1: "right"}
_ALIGN_Y: dict[int, Literal["bottom", "center", "top"]] = {1: "bottom", 0: "center", -1: "top"}


def label_points(
    ax: Axes,
    points: NDArray[np.float64],
    texts: Sequence[str],
    *,
    radii: NDArray[np.float64],
) -> list[Annotation]:
    """Write each text beside its point where there is room, the first texts first.

    Parameters
    ----------
    ax : Axes
        Complete but for its labels: they are placed for the layout as it is now.
    points : array (n, 2)
        In data coordinates, the most important first; no label may cover any of them.
    texts : sequence of str
        What is written beside the first points; a text that finds no room is left out.
    radii : array (n,)
        Of the markers, in points (1/72 inch).

    Returns
    -------
    list of Annotation
        Those that found room.

    Notes
    -----
    Eight sides and two distances are tried for each label, O(n) each.
    """
    if not len(points):
        return []
    figure = ax.figure.canvas.figure  # the whole one, also for axes of a subfigure
    figure.draw_without_rendering()
    scale = figure.dpi / 72
    at = ax.transData.transform(points)
    reach = radii[:, None] * scale
    taken = np.hstack([at - reach, at + reach])
    frame = ax.get_window_extent()
    placed = []
    for i, text in enumerate(texts):
        label = ax.annotate(
            printable(text),
            points[i],
            xytext=(0, 0),
            textcoords="offset points",
            fontsize=7,
            zorder=9,
            bbox={"boxstyle": "square,pad=0.08", "fc": "white", "ec": "none", "alpha": 0.75},
        )
        box = label.get_window_extent()
        for side, offset, candidate in _candidates(
            at[i], box.width, box.height, radii[i] * scale, scale
        ):
            low, high = candidate[:2], candidate[2:]
            inside = (
                low[0] >= frame.x0
                and low[1] >= frame.y0
                and high[0] <= frame.x1
                and high[1] <= frame.y1
            )
            hit = np.all((taken[:, :2] < high) & (taken[:, 2:] > low), axis=1)
            # A label may touch its own point.
            if inside and not np.delete(hit, i).any():
                label.set_position(tuple(offset / scale))
                label.set_horizontalalignment(_ALIGN_X[side[0]])
                label.set_verticalalignment(_ALIGN_Y[side[1]])
                taken = np.vstack([taken, candidate])
                placed.append(label)
                break
        else:
            label.remove()
    return placed


def _candidates(
    at: NDArray[np.float64], width: float, height: float, radius: float, scale: float
) -> list[tuple[tuple[int, int], NDArray[np.float64], NDArray[np.float64]]]:
    """Side, offset of the text's anchor and box (x0, y0, x1, y1), all in pixels."""
    found = []
    for gap in _GAPS:
        for side in _SIDES:
            away = (radius + gap * scale) * (0.75 if all(side) else 1.0)
            offset = np.array(side, dtype=float) * away
            anchor = at + offset
            low = anchor - np.array([width * (1 - side[0]), height * (1 - side[1])]) / 2
            found.append((side, offset, np.array([*low, low[0] + width, low[1] + height])))
    return found
