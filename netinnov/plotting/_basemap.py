"""What lies below a map: land and sea, or shapes of the user's own."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline

from netinnov._coast import land_in
from netinnov._optional import require
from netinnov.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from netinnov.plotting._frame import Frame

LAND, SEA, COAST = "#fbfaf6", "#e3ebf0", "#a9b6be"
_SHAPE, _BORDER = "#f3f3f0", "#bdbdb8"


def draw_basemap(ax: Axes, basemap: Any, frame: Frame) -> None:
    """Draw land or shapes below all else, in degrees; what lies outside the frame is left out.

    The limits of the axes stay. ``basemap`` is "land", None, or polygons and lines (GeoDataFrame,
    GeoSeries or a file) in any coordinate system; without one they must be in degrees.
    """
    if basemap is None:
        return
    if isinstance(basemap, str) and basemap == "land":
        _draw_land(ax)
        return
    geopandas = require("geopandas", extra="maps", needed_by="a map with a basemap")
    shapes = _in_degrees(_read(geopandas, basemap))
    west, east, south, north = frame
    visible = shapes.cx[west:east, south:north]
    labels = (ax.xaxis.label, ax.yaxis.label)
    sizes = [label.get_fontsize() for label in labels]
    area = visible.geom_type.isin(["Polygon", "MultiPolygon"])
    for part, style in (
        (visible[area], {"facecolor": _SHAPE, "edgecolor": _BORDER}),
        (visible[~area], {"color": _BORDER}),
    ):
        if len(part):
            part.plot(ax=ax, aspect=None, linewidth=0.4, zorder=0, gid="basemap", **style)
    ax.set(xlabel="", ylabel="")  # geopandas names the axes of the coordinate system, in small type
    for label, size in zip(labels, sizes, strict=True):
        label.set_fontsize(size)


def _draw_land(ax: Axes) -> None:
    """Fill the sea of a map, and on it the land, below all else."""
    ax.set_facecolor(SEA)
    corners, codes = [], []
    for outline in land_in((*ax.get_xlim(), *ax.get_ylim())):
        corners.append(np.vstack([outline, outline[:1]]))
        codes.append([Outline.MOVETO, *[Outline.LINETO] * (len(outline) - 1), Outline.CLOSEPOLY])
    if corners:
        path = Outline(np.concatenate(corners), np.concatenate(codes))
        land = PathPatch(path, facecolor=LAND, edgecolor=COAST, linewidth=0.4, zorder=0, gid="land")
        land.set_clip_path(ax.patch)
        ax.add_artist(land)


def _read(geopandas: Any, basemap: Any) -> Any:
    """The shapes alone, without their attributes."""
    if isinstance(basemap, geopandas.GeoSeries):
        return basemap
    if isinstance(basemap, geopandas.GeoDataFrame):
        return basemap.geometry
    if not isinstance(basemap, (str, PathLike)):
        msg = '`basemap` must be "land", None, a GeoDataFrame, a GeoSeries or the path of a file; '
        raise InputError(f"{msg}found {type(basemap).__name__}.")
    path = Path(basemap)
    if not path.exists():
        raise InputError(f"`basemap`: there is no file {path}.")
    try:
        return geopandas.read_file(path).geometry
    except (RuntimeError, ValueError, AttributeError) as error:  # those of every driver
        raise InputError(f"`basemap`: {path.name} cannot be read as shapes: {error}.") from None


def _in_degrees(shapes: Any) -> Any:
    if shapes.crs is not None:
        return shapes.to_crs(4326)
    west, south, east, north = shapes.total_bounds
    if not (west >= -180 and east <= 180 and south >= -90 and north <= 90):
        msg = (
            "`basemap` has no coordinate system, and its coordinates are not degrees: they go from "
            f"{west:g}, {south:g} to {east:g}, {north:g}. Set it with set_crs()."
        )
        raise InputError(msg)
    return shapes
