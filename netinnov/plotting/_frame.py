"""What all maps share: frame and scale bar, land and sea or other shapes, arrows and places."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, PathPatch
from matplotlib.path import Path as Outline
from matplotlib.ticker import FuncFormatter, MaxNLocator
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial import cKDTree

from netinnov._runtime.arguments import as_list, check_number, shown
from netinnov._runtime.opening import damage_refused
from netinnov._runtime.optional import require
from netinnov.datasets._coast import land_in
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.plotting._drawing import Kws, counted, draw_points
from netinnov.plotting._style import DOUBLE, PAGE, drawing, ink, larger, on_page, paper, tone, write
from netinnov.sources._any_table import features_of

Frame: TypeAlias = tuple[float, float, float, float]  # west, east, south, north in degrees

_KM_PER_DEGREE = 6371.0088 * np.pi / 180
_LEGEND = 60.0
_BAND = 0.07  # millimetres beside a map; of its height, for the scale bar
_NEAR = 3.0
_MOST_OF = 0.75  # distances to the next point, and share, that make a cluster
LEAST_SIDE = 0.01  # degrees of a map: lines that leave a smaller one take minutes to be drawn
_LAND = "#fbfaf6"
_SEA = "#e3ebf0"
_COAST = "#a9b6be"
_SHAPE = "#f3f3f0"
_BORDER = "#bdbdb8"


def frame_of(located: pd.DataFrame) -> Frame:
    if located.empty:
        return 0.0, 1.0, 0.0, 1.0
    (west, east), (south, north) = located[["lon", "lat"]].agg(["min", "max"]).T.to_numpy().tolist()
    margin = max(0.05 * max(east - west, north - south), 0.02)
    return west - margin, east + margin, max(south - margin, -90.0), min(north + margin, 90.0)


def dense_frame(located: pd.DataFrame) -> Frame | None:
    """Frame of a cluster with 3/4 of the points on at most half the area; None without one."""
    if len(located) < 8:
        return None
    whole = frame_of(located)
    plane = located[["lon", "lat"]].to_numpy() * [squeeze(whole), 1]
    reach = _NEAR * float(np.median(cKDTree(plane).query(plane, k=[2])[0]))
    tree = linkage(plane, "single")
    sizes = np.zeros(1, np.intp)
    while reach > 0 and sizes.max() < _MOST_OF * len(located):
        group = fcluster(tree, reach, "distance")
        sizes = np.bincount(group)
        reach *= 2
    if not sizes.max():
        return None
    part = frame_of(located.loc[group == sizes.argmax()])
    areas = [(east - west) * (north - south) for west, east, south, north in (part, whole)]
    return part if areas[0] <= 0.5 * areas[1] else None


def squeeze(frame: Frame) -> float:
    """Length of a degree of longitude in degrees of latitude, at the middle of the frame."""
    return float(np.cos(np.radians((frame[2] + frame[3]) / 2)))


def map_height(frame: Frame, *, width: float = DOUBLE) -> float:
    """Millimetres that a map of this frame needs beside its legend, between 80 and 180."""
    west, east, south, north = frame
    tall = (1 + _BAND) * (north - south) / ((east - west) * squeeze(frame))
    if on_page():  # on a page, with its legend below; `new_figure` makes what it gets larger
        return float(np.clip(PAGE * tall + 45, 100, 170)) / larger()
    return float(np.clip((width - _LEGEND) * tall + 16, 80, 180))


def in_frame(extent: Frame | None, spots: pd.DataFrame) -> tuple[Frame, pd.DataFrame, list[str]]:
    """A frame, the places in it, and how many are not; `spots` may lack coordinates."""
    located = spots.dropna(subset=["lon", "lat"])
    sides = frame_of(located) if extent is None else as_list("extent", extent, "four numbers")
    for side in sides:
        check_number("extent", side)
    if len(sides) != 4 or min(sides[1] - sides[0], sides[3] - sides[2]) < LEAST_SIDE:
        raise InputError(
            "`extent` must be (west, east, south, north) in degrees, west < east, south < north, "
            f"at least {LEAST_SIDE} (about 1 km) apart; found {shown(extent)}."
        )
    west, east, south, north = map(float, sides)
    inside = located["lon"].between(west, east) & located["lat"].between(south, north)
    missing = len(spots) - len(located)
    outside = (~inside).sum()
    without = f"Places left out, as they have no coordinates: {missing} of {len(spots)}."
    notes = [without if missing else "", counted("Places outside the frame", outside)]
    return (west, east, south, north), located[inside], notes


def node_spots(network: MultilayerNetwork) -> pd.DataFrame:
    at = network.places[["lon", "lat"]].reindex(network.nodes["place"])
    return at.set_axis(network.nodes.index)


@contextmanager
def map_axes(ax: Axes | None, frame: Frame, basemap: Any) -> Iterator[Axes]:
    west, east, south, north = frame
    band = _BAND * (north - south)
    degree = _KM_PER_DEGREE * squeeze(frame)
    longest = (east - west) * degree / 5
    unit = 10 ** np.floor(np.log10(longest))
    km = unit * max(step for step in (1, 2, 5) if step * unit <= longest)
    with drawing(ax, map_height(frame)) as ax:
        ax.set(xlim=(west, east), ylim=(south - band, north))
        ax.set_aspect(1 / squeeze(frame), adjustable="box", anchor="NW")
        for axis, ends in ((ax.xaxis, "WE"), (ax.yaxis, "SN")):
            axis.set_major_formatter(FuncFormatter(partial(_degrees, ends)))
            axis.set_major_locator(MaxNLocator(3 if on_page() else 5))
        ax.spines[:].set(visible=True, color=tone("#bbbbbb"))
        start = west + 0.03 * (east - west)
        level = south - 0.5 * band
        end = start + km / degree
        ax.plot([start, end], [level, level], color=ink(), linewidth=1.2, zorder=8, gid="scale")
        write(ax, f"{km:g} km", (end, level), away=(3, 0), zorder=8)
        if isinstance(basemap, str) and basemap == "land":
            _draw_land(ax)
        elif basemap is not None:
            _draw_shapes(ax, basemap, frame)
        yield ax


def _degrees(ends: str, at: float, _: object) -> str:
    return "" if ends == "SN" and abs(at) > 90 else f"{abs(at):g}°{ends[int(at >= 0)]}"


def _draw_land(ax: Axes) -> None:
    ax.set_facecolor(tone(_SEA))
    rings = [np.vstack([each, each[:1]]) for each in land_in((*ax.get_xlim(), *ax.get_ylim()))]
    if rings:
        path = Outline.make_compound_path(*(Outline(ring, closed=True) for ring in rings))
        land = PathPatch(path, facecolor=tone(_LAND), edgecolor=tone(_COAST), linewidth=0.4)
        land.set(gid="land", clip_path=ax.patch, zorder=0)
        ax.add_artist(land)


def _draw_shapes(ax: Axes, basemap: Any, frame: Frame) -> None:
    geopandas = require("geopandas", extra="maps", needed_by="a map with a basemap")
    if isinstance(basemap, (str, PathLike)):
        features = [each | {"properties": {}} for each in features_of(Path(basemap))]
        with damage_refused(str(basemap), Exception):
            basemap = geopandas.GeoDataFrame.from_features(features, crs=4326)
    if not isinstance(basemap, (geopandas.GeoSeries, geopandas.GeoDataFrame)):
        raise InputError(
            '`basemap` must be "land", None, a GeoDataFrame, a GeoSeries or the path of a file; '
            f"found {type(basemap).__name__}."
        )
    shapes = basemap.geometry
    if shapes.crs is not None:
        shapes = shapes.to_crs(4326)
    elif not (np.abs(shapes.total_bounds) <= [180, 90, 180, 90]).all():
        ends = ", ".join(f"{each:g}" for each in shapes.total_bounds)
        raise InputError(
            "`basemap` has no coordinate system, and its coordinates are not degrees: west, south, "
            f"east, north are {ends}. Set it with set_crs()."
        )
    west, east, south, north = frame
    visible = shapes.cx[west:east, south:north]
    area = visible.geom_type.isin(["Polygon", "MultiPolygon"])
    filled = {"facecolor": tone(_SHAPE), "edgecolor": tone(_BORDER)}
    for part, look in ((visible[area], filled), (visible[~area], {"color": tone(_BORDER)})):
        if len(part):
            part.plot(ax=ax, aspect=None, linewidth=0.4, zorder=0, gid="basemap", **look)
    ax.set(xlabel="", ylabel="")  # where geopandas names the coordinate system


def draw_arrow(
    ax: Axes, home: Any, host: Any, label: str, *, width: float = 1.3, kws: Kws = None, **look: Any
) -> None:
    """An arrow from home to host, which bends to the left and whose head grows with its width."""
    sizes = f"head_length={0.3 + 0.12 * width:.3f},head_width={0.1 + 0.09 * width}"
    style: dict[str, Any] = {
        "connectionstyle": "arc3,rad=-0.16",
        "mutation_scale": 10,
        "joinstyle": "miter",
        "shrinkA": 2.5,
        "shrinkB": 4 + width / 2,
        "linewidth": width,
        "zorder": 3,
        "arrowstyle": f"-|>,{sizes}",
        **look,
    }
    arrow = FancyArrowPatch(tuple(home), tuple(host), **style)
    arrow.set(gid=f"{home.name} -> {host.name}", **dict(kws or {}))
    ax.add_patch(arrow)
    key: dict[str, Any] = {
        "color": arrow.get_edgecolor(),
        "linestyle": arrow.get_linestyle(),
        "linewidth": min(arrow.get_linewidth(), 2.0),
        "marker": ">",
        "markersize": 5,
    }
    ax.plot([], [], label=label, **key)


def draw_places(
    ax: Axes, spots: pd.DataFrame, area: Any, label: str, kws: Kws = None, **look: Any
) -> None:
    if len(spots):
        usual: dict[str, Any] = {
            "facecolors": paper(),
            "edgecolors": ink(),
            "linewidths": 0.7,
            "s": area,
            "zorder": 6,
            "label": label,
            "gid": label.removeprefix("_"),
        }
        draw_points(ax, spots[["lon", "lat"]].to_numpy(), usual | look, kws)
