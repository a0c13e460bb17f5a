"""The map of centres: how central each place is, and how sure it is that it is a centre."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection
from matplotlib.colors import Normalize, to_rgba
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from netinnov._arguments import as_whole
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.plotting._fonts import name_of, place_names, printable
from netinnov.plotting._frame import asked_frame, inside, map_axes
from netinnov.plotting._labels import label_points
from netinnov.plotting._notes import write_notes
from netinnov.plotting._style import DOUBLE, INK, colour_bar, figure_style
from netinnov.plotting._table_of_result import table_of

_LEAST, _MOST = 10.0, 170.0  # area of a marker in points^2
_UNKNOWN = "#b0b0b0"
_MANY = 100  # spokes from which they are drawn thinner
_NARROW = 120.0  # millimetres, below which the legend stands over the map


def plot_centres(
    network: MultilayerNetwork,
    centres: pd.DataFrame,
    *,
    names: Mapping[str, str] | pd.Series[str] | None = None,
    extent: tuple[float, float, float, float] | None = None,
    labels: int = 12,
    spokes: bool = True,
    label: str = "centrality",
    edge_kws: Mapping[str, Any] | None = None,
    node_kws: Mapping[str, Any] | None = None,
    basemap: Any = "land",
    ax: Axes | None = None,
) -> Axes:
    """Draw the centres among places on a map, with the share of resamples that agree.

    Parameters
    ----------
    network : MultilayerNetwork
        A node is drawn at the ``lon`` and ``lat`` of its place.
    centres : DataFrame
        Index = node; columns ``centre`` (true or false), ``centrality`` (0 or more), ``support``
        (0 to 1, or NaN) and, for `spokes`, ``community``, as
        `netinnov.polycentricity.detect_centres` gives them.
    names : mapping from node to str, optional
        Labels; by default the names in ``network.places``.
    extent : (west, east, south, north), optional
        Degrees of the frame; by default all located nodes of the table.
    labels : int
        At most this many places are named, centres first, then by support and centrality. A centre
        without room beside it is named farther away, with a line to it.
    spokes : bool
        Join each place with the most central centre of its community.
    label : str
        What the area of a marker stands for.
    edge_kws, node_kws : mapping, optional
        Settings of the spokes (`matplotlib.collections.LineCollection`) and of the places
        (`Axes.scatter`), in place of those of this function.
    basemap : "land", None, GeoDataFrame, GeoSeries or path
        What is drawn below; see `plot_flow_map`.
    ax : Axes, optional
        Where to draw; a new figure of 183 mm by default.

    Returns
    -------
    Axes
        In degrees, with the aspect of the middle latitude. Area of a marker: centrality, shade:
        support, both for all places; centres are squares with a thick edge, others circles.

    Raises
    ------
    InputError
        If a column is missing or out of range, a node is not in the network, or the extent is
        empty.
    ImportError
        If the basemap is your own, and geopandas is not installed.

    Notes
    -----
    The least centrality still has a marker of visible size. Without a support (NaN) the marker is
    grey. Nodes without coordinates are left out and counted in `caption_notes`.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> places = pd.DataFrame({"lon": [118.9, 120.2], "lat": [29.0, 30.3]}, index=["q", "h"])
    >>> nodes = pd.DataFrame({"place": ["q", "h"]}, index=["q", "h"])
    >>> links = pd.DataFrame({"source": ["q"], "target": ["h"]})
    >>> network = ni.build_network(nodes, links, places)
    >>> table = pd.DataFrame({"centre": [False, True], "centrality": 1.0, "support": [0.2, 0.9]})
    >>> ax = plot_centres(network, table.set_axis(["q", "h"]))
    >>> sorted(text.get_text() for text in ax.texts)[-2:]
    ['h 0.90', 'q']
    """
    labels = as_whole("labels", labels)
    table = _checked(network, centres)
    codes = network.nodes["place"].reindex(table.index)
    at = network.places[["lon", "lat"]].reindex(codes).set_axis(table.index)
    located = table.join(at).dropna(subset=["lon", "lat"])
    frame = asked_frame(extent, located)
    order = ["centre", "support", "centrality"]
    visible = located[inside(located, frame)].sort_values(order, ascending=False, kind="stable")
    notes = []
    if missing := len(table) - len(located):
        notes.append(f"Places left out, as they have no coordinates: {missing} of {len(table)}.")
    if outside := len(located) - len(visible):
        notes.append(f"Places outside the frame: {outside}.")
    share = visible["centrality"] / max(float(visible["centrality"].max()), 1e-300)
    with figure_style():
        ax = map_axes(ax, frame, basemap)
        width = ax.figure.canvas.figure.get_figwidth() * 25.4
        narrow = width < _NARROW
        if narrow:
            ax.xaxis.set_major_locator(MaxNLocator(3))
        most = _MOST * min(width / DOUBLE, 1.0)
        area = (_LEAST + (most - _LEAST) * share).to_numpy(np.float64)
        lines = _draw_spokes(ax, visible, dict(edge_kws or {})) if spokes else False
        _draw_places(ax, visible.iloc[::-1], area[::-1], dict(node_kws or {}))
        ax.legend(
            handles=_handles(visible, most, printable(label), lines=lines),
            loc="lower left" if narrow else "upper left",
            bbox_to_anchor=(0.0, 1.02) if narrow else (1.01, 1.0),
            borderaxespad=0,
            handletextpad=0.8,
            labelspacing=0.7 if narrow else 0.9,
        )
        if visible["support"].notna().any():
            inset = ax.inset_axes((1.04, 0.04, 0.03, 0.4))
            shades = ScalarMappable(Normalize(0, 1), "Blues")
            text = "support: share of resamples\nin which it is a centre"
            colour_bar(ax, shades, text, cax=inset, ticks=[0, 0.5, 1])
        write_notes(ax, notes)
        called = place_names(network.places) if names is None else names
        label_points(
            ax,
            visible[["lon", "lat"]].to_numpy(),
            [
                name_of(called, node) + (f" {support:.2f}" if support == support else "")
                for node, support in visible["support"].where(visible["centre"]).items()
            ],
            radii=np.sqrt(area) / 2,
            most=labels,
            must=int(visible["centre"].sum()),
            led=labels,
        )
    return ax


def _checked(network: MultilayerNetwork, centres: pd.DataFrame) -> pd.DataFrame:
    """Columns centre, centrality, support and community; the last may be all missing."""
    needed = ["centre", "centrality", "support"]
    centres = table_of("centres", centres, needed, of="polycentricity.detect_centres()")
    unknown = centres.index.difference(network.nodes.index)
    if len(unknown):
        msg = f"`centres`: {len(unknown)} of {len(centres)} nodes are not in the network, e.g. "
        raise InputError(f"{msg}{unknown[:5].tolist()}.")
    if centres["centre"].isna().any() or not centres["centre"].isin([True, False]).all():
        raise InputError("`centres`: the column 'centre' must hold true or false.")
    table = centres.reindex(columns=[*needed, "community"])
    table["centre"] = table["centre"].astype(bool)
    for name, high in (("centrality", np.inf), ("support", 1.0)):
        values = pd.to_numeric(table[name], errors="coerce")
        bad = ~(values.between(0, high) & np.isfinite(values))
        if name == "support":
            bad &= table[name].notna()
        if bad.any():
            limit = "0 or more" if name == "centrality" else "between 0 and 1, or NaN"
            where = table.index[bad][:5].tolist()
            raise InputError(f"`centres`: {name} must be {limit}; it is not at {where}.")
        table[name] = values.astype(float)
    return table


def _draw_spokes(ax: Axes, visible: pd.DataFrame, edge_kws: dict[str, Any]) -> bool:
    """Lines from places to the most central centre of their community; whether there are any."""
    centres = visible[visible["centre"] & visible["community"].notna()]
    centres = centres.sort_values("centrality", ascending=False, kind="stable")
    hubs = centres.drop_duplicates("community").set_index("community")[["lon", "lat"]]
    ends = hubs.reindex(visible["community"]).to_numpy(np.float64)
    starts = visible[["lon", "lat"]].to_numpy(np.float64)
    drawn = np.isfinite(ends).all(axis=1) & (ends != starts).any(axis=1)
    if not drawn.any():
        return False
    lines = list(np.stack([starts[drawn], ends[drawn]], axis=1))
    width = 0.5 if len(lines) <= _MANY else 0.25
    style: dict[str, Any] = {"colors": "#8c8c8c", "linewidths": width, "zorder": 2, "gid": "spokes"}
    ax.add_collection(LineCollection(lines, **style | edge_kws), autolim=False)
    return True


def _draw_places(ax: Axes, visible: pd.DataFrame, area: Any, node_kws: dict[str, Any]) -> None:
    shade = np.asarray(colormaps["Blues"](visible["support"].fillna(0).to_numpy()))
    shade[visible["support"].isna()] = to_rgba(_UNKNOWN)
    centre = visible["centre"].to_numpy()
    for mine, marker, width, order, name in (
        (~centre, "o", 0.5, 5, "other places"),
        (centre, "s", 1.3, 6, "centres"),
    ):
        style: dict[str, Any] = {"s": area[mine], "marker": marker, "linewidths": width}
        style |= {"facecolors": shade[mine], "edgecolors": INK, "zorder": order, "gid": name}
        ax.scatter(visible["lon"][mine], visible["lat"][mine], **style | node_kws)


def _handles(visible: pd.DataFrame, area: float, size: str, *, lines: bool) -> list[Line2D]:
    hollow: dict[str, Any] = {"linestyle": "none", "markeredgecolor": INK}
    hollow["markerfacecolor"] = "white"
    count = int(visible["centre"].sum())
    handles = []
    for marker, width, label in (
        ("s", 1.3, f"centre: {count:,}"),
        ("o", 0.5, f"other place: {len(visible) - count:,}"),
    ):
        handles.append(
            Line2D([], [], marker=marker, markersize=6, mew=width, label=label, **hollow)
        )
    if lines:
        label = "to the main centre of its community"
        handles.append(Line2D([], [], color="#8c8c8c", linewidth=0.5, label=label))
    if visible["support"].isna().any():
        style = hollow | {"markerfacecolor": _UNKNOWN}
        handles.append(
            Line2D([], [], marker="o", markersize=6, mew=0.5, label="no support known", **style)
        )
    most = float(visible["centrality"].max()) if len(visible) else 0.0
    for share in (1.0, 0.25) if most > 0 else ():
        side = (_LEAST + (area - _LEAST) * share) ** 0.5
        value = most * share
        label = f"{size} {value:,.0f}" if value >= 1000 else f"{size} {value:.3g}"
        handles.append(Line2D([], [], marker="o", markersize=side, mew=0.5, label=label, **hollow))
    return handles
