"""The flow map: places where they are, links by layer, enclaves as arrows from home to host."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.collections import PathCollection
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch
from matplotlib.path import Path
from matplotlib.ticker import FuncFormatter, MaxNLocator

from netinnov.errors import InputError
from netinnov.plotting._labels import label_points
from netinnov.plotting._style import (
    DOUBLE,
    ENCLAVE,
    INK,
    axes_or_new,
    figure_style,
    layer_style,
    mark_modelled,
    place_names,
    printable,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from netinnov.network import MultilayerNetwork

__all__ = ["frame_of", "map_height", "plot_flow_map"]

_KM_PER_DEGREE = 6371.0088 * np.pi / 180
_WIDEST = 2.6
_THINNEST = 0.35
_FAN = 0.09
_ARROW_DASH = {"reverse": "solid", "forward": (0, (4, 2)), "level": (0, (1, 1.5))}


def plot_flow_map(
    network: MultilayerNetwork,
    *,
    layers: Sequence[str] | None = None,
    enclaves: pd.DataFrame | None = None,
    names: Mapping[str, str] | pd.Series[str] | None = None,
    modelled: Collection[str] = (),
    extent: tuple[float, float, float, float] | None = None,
    labels: int = 30,
    strongest: int = 100,
    ax: Axes | None = None,
) -> Axes:
    """Draw places at their coordinates, links as lines by layer and enclaves as arrows.

    Parameters
    ----------
    network : MultilayerNetwork
        A node is drawn at the ``lon`` and ``lat`` of its place; aggregate to places first.
    layers : sequence of str, optional
        Layers to draw; all by default.
    enclaves : DataFrame, optional
        Columns ``home``, ``host`` (nodes, or places that lie in one) and perhaps ``direction``
        (reverse, forward, level). Equal arrows are drawn once, wider.
    names : mapping from node to str, optional
        Labels; by default the names in ``network.places``.
    modelled : collection of str
        Layers that are modelled, not observed: grey, below the others, and named so. Where it is a
        mapping to parameters, these are written under the map.
    extent : (west, east, south, north), optional
        Degrees of the frame; by default all located nodes.
    labels : int
        At most this many places are named, ends of enclaves first, then by strength.
    strongest : int
        At most this many links are drawn of each layer, the heaviest.
    ax : Axes, optional
        Where to draw; a new figure of 183 mm by default.

    Returns
    -------
    Axes
        In degrees, with the aspect of the middle latitude.

    Raises
    ------
    InputError
        If a layer is not in the network, or the extent is empty.

    Notes
    -----
    Width is proportional to weight inside a layer (with a least width), as layers have different
    units; the legend gives each layer's largest weight. Area of a place is its strength over the
    layers drawn that are not modelled. Periods are summed, self-links left out, and the direction
    of a layer is not drawn. Nodes without coordinates are left out and counted under the map.

    Examples
    --------
    >>> import pandas as pd
    >>> from netinnov.build import build_network
    >>> nodes = pd.DataFrame({"node": ["a", "b"], "kind": "place", "place": ["a", "b"]})
    >>> links = pd.DataFrame({"source": ["a"], "target": ["b"]})
    >>> places = pd.DataFrame({"place": ["a", "b"], "lon": [118.9, 120.2], "lat": [29.0, 30.3]})
    >>> ax = plot_flow_map(build_network(nodes, links, places=places))
    >>> ax.collections[0].get_gid()
    'links'
    """
    drawn = network.layers if layers is None else tuple(layers)
    if unknown := [layer for layer in drawn if layer not in network.layers]:
        msg = f"layers must be among those of the network {network.layers}; found {unknown[:5]}."
        raise InputError(msg)
    located = _positions(network).dropna()
    frame = frame_of(located) if extent is None else extent
    west, east, south, north = frame
    if not (west < east and south < north):
        msg = f"extent must be west < east, south < north in degrees; found {extent}."
        raise InputError(msg)
    inside = located["lon"].between(west, east) & located["lat"].between(south, north)
    arrows, lost = _arrows(network, enclaves, located)
    with figure_style():
        ax = axes_or_new(ax, width=DOUBLE, height=map_height(frame))
        _dress(ax, frame)
        notes = []
        if missing := network.n_nodes - len(located):
            notes.append(f"{missing} of {network.n_nodes} places without coordinates left out.")
        if not inside.all():
            notes.append(f"{(~inside).sum()} places lie outside the frame.")
        if lost:
            notes.append(f"{lost} enclaves with an end without coordinates left out.")
        handles, cut = _draw_links(ax, network, drawn, located, modelled, strongest)
        handles += _draw_arrows(ax, arrows, located)
        shown = located.loc[inside]
        strength = _strength(network, drawn, modelled).reindex(shown.index)
        ends = pd.concat([arrows["home"], arrows["host"]]).value_counts()
        rank = pd.DataFrame({"ends": ends.reindex(shown.index).fillna(0), "strength": strength})
        rank = rank.sort_values(["ends", "strength"], ascending=False, kind="stable")
        shown = shown.loc[rank.index]
        area = _areas(rank["strength"])
        handles += _draw_places(ax, shown, area, arrows)
        ax.legend(handles=handles, loc="upper left", bbox_to_anchor=(1.01, 1.0), borderaxespad=0)
        _write_note(ax, [*notes, *cut, *_parameters(modelled, drawn)])
        text = place_names(network.places) if names is None else names
        label_points(
            ax,
            shown.to_numpy(),
            [str(text.get(node, node)) for node in shown.index[:labels]],
            radii=np.sqrt(area) / 2,
        )
    return ax


def frame_of(located: pd.DataFrame) -> tuple[float, float, float, float]:
    """West, east, south and north around points (columns lon, lat), with a margin."""
    if located.empty:
        return 0.0, 1.0, 0.0, 1.0
    low, high = located[["lon", "lat"]].min(), located[["lon", "lat"]].max()
    margin = max(0.06 * float((high - low).max()), 0.02)
    return (
        float(low["lon"]) - margin,
        float(high["lon"]) + margin,
        float(low["lat"]) - margin,
        float(high["lat"]) + margin,
    )


def map_height(frame: tuple[float, float, float, float], *, width: float = DOUBLE) -> float:
    """Millimetres that a map of this frame needs beside its legend, within a page."""
    west, east, south, north = frame
    narrow = (east - west) * np.cos(np.radians((south + north) / 2))
    return float(np.clip((width - 58) * (north - south) / narrow + 14, 75, 215))


def _positions(network: MultilayerNetwork) -> pd.DataFrame:
    at = network.places[["lon", "lat"]].reindex(network.nodes["place"])
    return at.set_axis(network.nodes.index)


def _dress(ax: Axes, frame: tuple[float, float, float, float]) -> None:
    west, east, south, north = frame
    # A free band under the southernmost place is kept for the scale bar.
    band = 0.07 * (north - south)
    ax.set_xlim(west, east)
    ax.set_ylim(south - band, north)
    narrow = np.cos(np.radians((south + north) / 2))
    ax.set_aspect(1 / narrow, adjustable="box")
    ax.xaxis.set_major_locator(MaxNLocator(5))
    ax.yaxis.set_major_locator(MaxNLocator(5))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{abs(x):g}°{'W' if x < 0 else 'E'}"))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{abs(y):g}°{'S' if y < 0 else 'N'}"))
    ax.spines[:].set_visible(True)
    ax.spines[:].set_color("#bbbbbb")
    _draw_scale(ax, west + 0.03 * (east - west), south - 0.55 * band, (east - west) * narrow)


def _draw_scale(ax: Axes, west: float, south: float, width: float) -> None:
    """A bar of a round number of kilometres, at most a fifth of the map's width (degrees)."""
    longest = width * _KM_PER_DEGREE / 5
    unit = 10 ** np.floor(np.log10(longest))
    km = unit * max(step for step in (1, 2, 5) if step * unit <= longest)
    # `width` is in degrees of a great circle; a degree of longitude is shorter by the aspect.
    degrees = km / _KM_PER_DEGREE * float(ax.get_aspect())
    bar = {"color": INK, "linewidth": 1.2, "solid_capstyle": "butt", "gid": "scale"}
    ax.plot([west, west + degrees], [south, south], zorder=8, **bar)  # type: ignore[arg-type]
    ax.annotate(
        f"{km:g} km",
        (west + degrees, south),
        xytext=(3, 0),
        textcoords="offset points",
        va="center",
        fontsize=7,
        zorder=8,
    )


def _draw_links(
    ax: Axes,
    network: MultilayerNetwork,
    layers: tuple[str, ...],
    located: pd.DataFrame,
    modelled: Collection[str],
    strongest: int,
) -> tuple[list[Line2D], list[str]]:
    """One collection of curves for each layer; handles for the legend and notes on what is cut."""
    frames, cut = [], []
    for layer in layers:
        links = _drawable_links(network, layer, located)
        if len(links) > strongest:
            name = mark_modelled(layer, modelled)
            cut.append(f"{name}: the {strongest} strongest of {len(links)} links are drawn.")
        frames.append(links.nlargest(strongest, "weight"))
    links = pd.concat(frames, ignore_index=True)
    # Links of one pair fan out from the straight line, to sides counted from the same end.
    pair = np.sort(links[["i", "j"]].to_numpy(), axis=1)
    bundle = links.assign(i=pair[:, 0], j=pair[:, 1]).groupby(["i", "j"])["layer"]
    bend = (bundle.cumcount() - (bundle.transform("size") - 1) / 2) * _FAN
    bend *= np.where(links["i"] > links["j"], -1, 1)
    handles = []
    narrow = 1 / float(ax.get_aspect())
    points = located.to_numpy() * [narrow, 1]
    for position, layer in enumerate(layers):
        mine = links["layer"] == layer
        own = links.loc[mine]
        if own.empty:
            continue
        style = layer_style(position, modelled=layer in modelled)
        largest = own["weight"].max()
        width = np.maximum(own["weight"] / largest * _WIDEST, _THINNEST)
        curves = _curves(points[own["i"]], points[own["j"]], bend[mine].to_numpy(), narrow)
        ax.add_collection(
            PathCollection(
                curves,
                facecolors="none",
                edgecolors=style["color"],
                linewidths=width.to_numpy(),
                linestyles=[style["linestyle"]],
                alpha=0.45 if layer in modelled else 0.8,
                zorder=1 if layer in modelled else 2,
                gid=layer,
            ),
            autolim=False,
        )
        text = printable(mark_modelled(layer, modelled), longest=30)
        handles.append(
            Line2D([], [], linewidth=1.4, label=f" {text}, widest {largest:.4g}", **style)
        )
    return handles, cut


def _drawable_links(network: MultilayerNetwork, layer: str, located: pd.DataFrame) -> pd.DataFrame:
    """Columns layer, i, j (positions in `located`) and weight, summed over periods."""
    links = network.links
    links = links.loc[links["layer"] == layer, ["source", "target", "weight"]]
    links = links.groupby(["source", "target"], sort=False)["weight"].sum().reset_index()
    i = located.index.get_indexer(links["source"])
    j = located.index.get_indexer(links["target"])
    there = (i >= 0) & (j >= 0)
    at = located.to_numpy()
    there &= (at[i] != at[j]).any(axis=1)
    frame = pd.DataFrame({"layer": layer, "i": i, "j": j, "weight": links["weight"]})
    return frame.loc[there]


def _curves(
    start: NDArray[np.float64], end: NDArray[np.float64], bend: NDArray[np.float64], narrow: float
) -> list[Path]:
    """Quadratic curves between points of a plane that `narrow` turns back into degrees."""
    way = end - start
    control = (start + end) / 2 + 2 * bend[:, None] * np.column_stack([-way[:, 1], way[:, 0]])
    codes = [Path.MOVETO, Path.CURVE3, Path.CURVE3]
    corners = np.stack([start, control, end], axis=1) / [narrow, 1]
    return [Path(corner, codes) for corner in corners]


def _arrows(
    network: MultilayerNetwork, enclaves: pd.DataFrame | None, located: pd.DataFrame
) -> tuple[pd.DataFrame, int]:
    """Columns home, host, direction, count of the enclaves between located nodes; how many not."""
    columns = ["home", "host", "direction"]
    if enclaves is None or enclaves.empty:
        return pd.DataFrame(columns=[*columns, "count"]), 0
    ends = enclaves.reindex(columns=columns).fillna({"direction": "reverse"})
    for end in ("home", "host"):
        ends[end] = [_node_around(place, located.index, network.places) for place in ends[end]]
    known = ends.dropna()
    known = known.loc[known["home"] != known["host"]]
    arrows = known.groupby(columns, sort=False).size().reset_index(name="count")
    return arrows, len(ends) - len(known)


def _node_around(place: object, nodes: pd.Index[str], places: pd.DataFrame) -> object:
    """The node that a place is or lies in, going up `parent`; None where there is none."""
    while place not in nodes:
        if place not in places.index:
            return None
        place = places.at[place, "parent"]
    return place


def _draw_arrows(ax: Axes, arrows: pd.DataFrame, located: pd.DataFrame) -> list[Line2D]:
    handles = {}
    for home, host, direction, count in arrows.itertuples(index=False):
        style = {"color": ENCLAVE, "linestyle": _ARROW_DASH.get(direction, "solid")}
        ax.add_patch(
            FancyArrowPatch(
                tuple(located.loc[home]),
                tuple(located.loc[host]),
                connectionstyle="arc3,rad=-0.18",
                arrowstyle="-|>,head_length=3.2,head_width=1.5",
                linewidth=min(0.7 + 0.35 * (count - 1), 2.5),
                shrinkA=2.5,
                shrinkB=3.5,
                mutation_scale=1,
                zorder=5,
                gid=f"{home} -> {host}",
                **style,
            )
        )
        label = f"{direction} enclave, home to host"
        handles[direction] = Line2D(
            [], [], linewidth=1.1, marker=">", markevery=[1], label=label, markersize=3.5, **style
        )
    return [handles[key] for key in sorted(handles, reverse=True)]


def _strength(
    network: MultilayerNetwork, layers: tuple[str, ...], modelled: Collection[str]
) -> pd.Series[float]:
    """Strength over the layers that are not modelled; over all where nothing is observed."""
    observed = [layer for layer in layers if layer not in modelled] or list(layers)
    links = network.links
    links = links.loc[links["layer"].isin(observed) & (links["source"] != links["target"])]
    ends = pd.concat([links.set_index(end)["weight"] for end in ("source", "target")])
    return ends.groupby(level=0).sum().reindex(network.nodes.index).fillna(0.0)


def _areas(strength: pd.Series[float]) -> NDArray[np.float64]:
    largest = strength.max()
    return (9 + 75 * strength / (largest if largest > 0 else 1)).to_numpy()


def _draw_places(
    ax: Axes, at: pd.DataFrame, area: NDArray[np.float64], arrows: pd.DataFrame
) -> list[Line2D]:
    home, host = at.index.isin(arrows["home"]), at.index.isin(arrows["host"])
    roles = {
        "host of an enclave": (host & ~home, "s", INK, INK),
        "home of an enclave": (home & ~host, "o", "white", INK),
        "home and host": (home & host, "D", "white", INK),
        "place" if not arrows.empty else "place (area: strength)": (
            ~home & ~host,
            "o",
            "#a8a8a8",
            "white",
        ),
    }
    handles = []
    for role, (mine, marker, face, edge) in roles.items():
        if not mine.any():
            continue
        style = {"marker": marker, "linewidths": 0.8 if face == "white" else 0.4}
        ax.scatter(
            at["lon"][mine],
            at["lat"][mine],
            s=area[mine],
            facecolors=face,
            edgecolors=edge,
            zorder=6,
            gid=role,
            **style,
        )
        handles.append(
            Line2D(
                [],
                [],
                linestyle="none",
                marker=marker,
                markersize=5,
                markerfacecolor=face,
                markeredgecolor=edge,
                label=role,
            )
        )
    return handles


def _parameters(modelled: Collection[str], layers: tuple[str, ...]) -> list[str]:
    if not hasattr(modelled, "items"):
        return []
    return [
        f"{mark_modelled(layer, modelled)}: "
        + ", ".join(f"{key} = {value}" for key, value in dict(values).items())
        + "."
        for layer, values in modelled.items()
        if layer in layers and values
    ]


def _write_note(ax: Axes, notes: list[str]) -> None:
    width = ax.get_figure(root=True).get_figwidth() * 25.4
    lines = textwrap.wrap(" ".join(notes), width=max(int(width * 0.62), 30))
    text = "\n".join(printable(line, longest=1000) for line in lines)
    ax.set_xlabel(text, loc="left", fontsize=7)
