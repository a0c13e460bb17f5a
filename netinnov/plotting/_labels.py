"""Greedy placement of the labels of points: none covers another label, a point or an arrowhead."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from operator import itemgetter
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch
from matplotlib.text import Annotation, Text

from netinnov._typing import Floats, Integers, Mask
from netinnov.plotting._style import ink, lay_out, paper, write

# Where a label may lie: horizontal and vertical side of its point, the best place first.
_SIDES = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (1, -1), (-1, 1), (-1, -1))
_GAPS = (1.5, 4.5, 7.5)
_LED = (16.0, 26.0, 38.0, 52.0, 68.0, 86.0)  # points from a point to a label that a line leads to
_HEAD = 1000.0
_LINE = 0.1  # of an arrowhead, and a plain line, in pieces of an arrow's line
_PIECE = 1.5
_MARGIN = 2.0  # points
_NEAR = 6.0
_MISTAKEN = 10.0  # points; cost of each other point that a label might belong to
_SAME = 0.5
_NAMES = 3  # points between those at one spot; names that a label holds, but one more
_CROSSED = 6.0  # cost of each point of the radius of the largest marker that a line crosses
_BOTHERS = 4.5  # points of radius from which a marker that is crossed seems to be what is named
_CLEAR = 1.5  # points by which other markers are farther away than a label's own
_FAR = 4.0  # of each step away from the point, in pieces of an arrow's line
_ALIGN_X = ("center", "left", "right")
_ALIGN_Y = ("center", "bottom", "top")  # by 0, 1, -1
_BOX = {"boxstyle": "square,pad=0.08", "ec": "none", "alpha": 0.75}


def label_points(
    ax: Axes,
    points: Floats,
    texts: Sequence[str],
    *,
    radii: Any,
    most: int,
    must: int = 0,
    led: int = 0,
    beside: Sequence[Text] = (),
    lines: Sequence[Floats] = (),
) -> list[Annotation]:
    """Label points greedily in the given order; spots that coincide share a label. O(n) a label."""
    if not len(points):
        return []
    radii = np.broadcast_to(np.asarray(radii, np.float64), len(points))
    arrows = [part for part in ax.patches if isinstance(part, FancyArrowPatch)]
    if arrows:  # an arrow knows the size of its head once it was drawn
        ax.figure.canvas.figure.draw_without_rendering()
    else:
        lay_out(ax)
    scale = ax.figure.dpi / 72
    at = ax.transData.transform(points)
    reach = radii[:, None] * scale
    taken = np.hstack([at - reach, at + reach])
    boxes = [text.get_window_extent().extents for text in beside]
    n = len(taken)
    taken = np.vstack([taken, np.reshape(boxes, (-1, 4))])
    frame = ax.get_window_extent()
    pieces, weight = _pieces(ax, lines, arrows, scale)
    placed = []
    for number, spot in enumerate(_spots(at, _SAME * scale, most)):
        i = int(spot[0])
        names = [*dict.fromkeys(texts[k] for k in spot)]
        more = f"{names[0]} and {len(names) - 1} more"
        name = more if len(names) > _NAMES + 1 else ", ".join(names)
        label = write(ax, name, points[i], zorder=9, bbox=_BOX | {"fc": paper()})
        size = np.array(label.get_window_extent().size)
        free: list[tuple[float, tuple[int, int], Floats, Floats]] = []
        crowded = list(free)
        found_clear = False  # room where no line seems to lead to another marker
        gaps = (*_GAPS, *_LED) if number < max(must, led) else _GAPS
        for (far, gap), side in product(enumerate(gaps), _SIDES):
            offset = np.array(side) * (radii[i] + gap) * scale * (0.75 if all(side) else 1.0)
            low = at[i] + offset - size * (1 - np.array(side)) / 2
            high = low + size
            candidate = np.concatenate([low, high])
            far_away = far >= len(_GAPS)
            inside = (low >= frame.min).all() and (high <= frame.max).all()
            if not inside or (far_away and found_clear):
                continue
            hit = np.all((taken[:, :2] < high) & (taken[:, 2:] > low), axis=1)
            hit[spot] = False  # a label may touch its own point
            if hidden := hit[:n].sum() + _HEAD * hit[n:].sum():  # better a point than a name
                crowded.append((hidden, side, offset, candidate))
                continue
            gap = np.maximum(taken[:n, :2] - high, low - taken[:n, 2:])
            away = np.hypot(*np.maximum(gap, 0).T)  # of each marker from the label
            other = np.delete(away, spot).min(initial=np.inf)
            if far_away or away[spot].min() + _CLEAR * scale < other:
                # A line that leads across another marker, or ends beside it, seems to be its own.
                # The white box is a little larger, and text is wider at other resolutions.
                under = (pieces > low - _MARGIN * scale) & (pieces < high + _MARGIN * scale)
                cost = weight[np.all(under, axis=1)].sum() + far * _FAR
                near = (at > low - _NEAR * scale) & (at < high + _NEAR * scale)
                cost += _MISTAKEN * np.delete(np.all(near, axis=1), spot).sum()
                confused = 0.0
                if far_away:
                    mistaken = _across(taken[:n], at[i], at[i] + offset)
                    mistaken[away < _NEAR * scale] = True
                    confused = np.delete(np.where(mistaken, radii, 0.0), spot).max(initial=0.0)
                    cost += _CROSSED * confused
                found_clear |= cost < _HEAD and confused < _BOTHERS
                free.append((cost, side, offset, candidate))
        if not free and (number >= must or not crowded):
            label.remove()
            continue
        _, side, offset, candidate = min(free or crowded, key=itemgetter(0))
        label.set(position=tuple(offset / scale), ha=_ALIGN_X[side[0]], va=_ALIGN_Y[side[1]])
        if np.hypot(*offset) > (radii[i] + _GAPS[-1]) * 1.5 * scale:  # a thin line leads to it
            line = {"arrowstyle": "-", "color": ink(), "lw": 0.6, "shrinkA": 0, "shrinkB": radii[i]}
            write(ax, "", points[i], away=tuple(offset / scale), arrowprops=line, zorder=8)
        label.set_in_layout(False)  # it lies inside the axes
        taken = np.vstack([taken, candidate])
        placed.append(label)
    return placed


def _spots(at: Floats, same: float, most: int) -> list[Integers]:
    left = np.ones(len(at), bool)
    spots: list[Integers] = []
    for i, point in enumerate(at):
        if left[i] and len(spots) < most:
            spot = np.flatnonzero(left & (np.hypot(*(at - point).T) < same))
            left[spot] = False
            spots.append(spot)
    return spots


def _across(boxes: Floats, start: Floats, end: Floats) -> Mask:
    along = np.linspace(start, end, int(np.hypot(*(end - start)) / _PIECE) + 2)[:, None]
    inside = (along >= boxes[:, :2]) & (along <= boxes[:, 2:])
    return np.asarray(inside.all(axis=2).any(axis=0))


def _pieces(
    ax: Axes, lines: Sequence[Floats], arrows: Sequence[FancyArrowPatch], scale: float
) -> tuple[Floats, Floats]:
    corners: list[tuple[Floats, float]] = [(ax.transData.transform(line), _LINE) for line in lines]
    for arrow in arrows:
        path = arrow.get_transform().transform_path(arrow.get_path())
        # A curve, and then the outline of its head.
        curve, *head = (np.asarray(each) for each in path.to_polygons(closed_only=False))
        corners += [(curve, 1.0), *((outline, _HEAD) for outline in head)]
    points = [np.empty((0, 2))]
    weights = [np.empty(0)]
    for line, cost in corners:
        along = np.concatenate([[0], np.hypot(*np.diff(line, axis=0).T).cumsum()])
        steps = np.linspace(0, along[-1], int(along[-1] / (_PIECE * scale)) + 2)
        points.append(np.column_stack([np.interp(steps, along, x) for x in line.T]))
        weights.append(np.full(len(steps), cost))
    return np.concatenate(points), np.concatenate(weights)
