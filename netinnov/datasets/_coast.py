"""Outlines of the land of Natural Earth, cut to a frame."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

_FINEST = 2000  # points of an outline across a map, at most


@lru_cache(16)  # several figures show the same frame
def land_in(
    frame: tuple[float, float, float, float], *, finest: int = _FINEST
) -> list[NDArray[np.float64]]:
    """Closed outlines of land around a frame: west, east, south, north in degrees."""
    west, east, south, north = frame
    margin = 0.02 * max(east - west, north - south)
    low = np.array([west - margin, south - margin])
    high = np.array([east + margin, north + margin])
    step = (high - low).max() / finest
    parts = []
    for outline in (each + np.array([turn, 0]) for turn in (-360, 0, 360) for each in _outlines()):
        if (outline.max(axis=0) > low).all() and (outline.min(axis=0) < high).all():
            part = outline
            for axis in (0, 1):
                part = _cut(part, axis, low[axis], 1.0)
                part = _cut(part, axis, high[axis], -1.0)
            if len(part) > 2:
                # Nobody sees points in the same cell of a grid as the one before.
                cell = np.rint(part / step).astype(np.int64)
                parts.append(part[np.append(True, (cell[1:] != cell[:-1]).any(axis=1))])
    return parts


@cache
def _outlines() -> list[NDArray[np.float64]]:
    path = files("netinnov").joinpath("plotting", "land.npz")
    with path.open("rb") as file, np.load(file) as land:
        points = land["steps"].cumsum(axis=0) * float(land["unit"])
        outlines = np.split(points, land["lengths"].cumsum()[:-1])
    # An outline goes on beyond 180 degrees where it jumps to the other side of the map.
    jumps = [np.rint(np.diff(each[:, 0], prepend=each[0, 0]) / 360).cumsum() for each in outlines]
    pairs = zip(outlines, jumps, strict=True)
    return [np.column_stack([line[:, 0] - 360 * jump, line[:, 1]]) for line, jump in pairs]


def _cut(points: NDArray[np.float64], axis: int, limit: float, side: float) -> NDArray[np.float64]:
    """Part of a polygon on one side of a line (Sutherland and Hodgman 1974)."""
    if not len(points):
        return points
    after = np.roll(points, -1, axis=0)
    ahead = side * (points[:, axis] - limit)
    ahead_after = np.roll(ahead, -1)
    crosses = (ahead >= 0) != (ahead_after >= 0)
    away = np.where(crosses, ahead - ahead_after, 1.0)
    crossing = points + (ahead / away)[:, None] * (after - points)
    both = np.stack([points, crossing], axis=1).reshape(-1, 2)
    return both[np.column_stack([ahead >= 0, crosses]).ravel()]
