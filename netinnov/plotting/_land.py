"""Land and sea below a map: outlines of Natural Earth, without borders."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.patches import PathPatch
from matplotlib.path import Path

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from netinnov.plotting._frame import Frame

__all__ = ["draw_land", "land_in"]

LAND, SEA, COAST = "#fbfaf6", "#e3ebf0", "#a9b6be"
_FINEST = 2000  # points of an outline across a map, at most


@cache
def _outlines() -> list[NDArray[np.float64]]:
    """Closed outlines in degrees; `data/make_land.py` makes the file, and says where it is from."""
    with files("netinnov.plotting").joinpath("land.npz").open("rb") as file, np.load(file) as land:
        points = land["steps"].cumsum(axis=0) * float(land["unit"])
        return np.split(points, land["lengths"].cumsum()[:-1])


def land_in(frame: Frame) -> list[NDArray[np.float64]]:
    """Outlines of the land inside a frame and a little beyond it, closed along its sides."""
    west, east, south, north = frame
    margin = 0.02 * max(east - west, north - south)
    low = np.array([west - margin, south - margin])
    high = np.array([east + margin, north + margin])
    step = (high - low).max() / _FINEST
    parts = []
    for outline in _outlines():
        if (outline.max(axis=0) > low).all() and (outline.min(axis=0) < high).all():
            part = outline
            for axis in (0, 1):
                part = _cut(part, axis, low[axis], 1.0)
                part = _cut(part, axis, high[axis], -1.0)
            if len(part) > 2:
                parts.append(_coarser(part, step))
    return parts


def _cut(points: NDArray[np.float64], axis: int, limit: float, side: float) -> NDArray[np.float64]:
    """The part of a polygon on one side of a line (Sutherland and Hodgman 1974)."""
    if not len(points):
        return points
    after = np.roll(points, -1, axis=0)
    ahead = side * (points[:, axis] - limit)
    ahead_after = np.roll(ahead, -1)
    crosses = (ahead >= 0) != (ahead_after >= 0)
    away = np.where(crosses, ahead - ahead_after, 1.0)
    crossing = points + (ahead / away)[:, None] * (after - points)
    both = np.stack([points, crossing], axis=1).reshape(-1, 2)
    kept: NDArray[np.float64] = both[np.column_stack([ahead >= 0, crosses]).ravel()]
    return kept


def _coarser(points: NDArray[np.float64], step: float) -> NDArray[np.float64]:
    """Without points in the same cell of a grid as the one before: nobody sees them."""
    cell = np.rint(points / step).astype(np.int64)
    kept: NDArray[np.float64] = points[np.append(True, (cell[1:] != cell[:-1]).any(axis=1))]
    return kept


def draw_land(ax: Axes) -> None:
    """Fill the sea of a map, and on it the land, below all else."""
    ax.set_facecolor(SEA)
    corners, codes = [], []
    for outline in land_in((*ax.get_xlim(), *ax.get_ylim())):
        corners.append(np.vstack([outline, outline[:1]]))
        codes.append([Path.MOVETO, *[Path.LINETO] * (len(outline) - 1), Path.CLOSEPOLY])
    if corners:
        path = Path(np.concatenate(corners), np.concatenate(codes))
        land = PathPatch(path, facecolor=LAND, edgecolor=COAST, linewidth=0.4, zorder=0, gid="land")
        land.set_clip_path(ax.patch)
        ax.add_artist(land)
