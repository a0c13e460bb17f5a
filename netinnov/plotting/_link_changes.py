"""Before and after on a map: the links that a scenario takes away and those that it makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D

from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.plotting._basemap import draw_basemap
from netinnov.plotting._frame import draw_frame, frame_of, map_height
from netinnov.plotting._labels import label_points
from netinnov.plotting._notes import write_notes
from netinnov.plotting._style import (
    DOUBLE,
    INK,
    PALETTE,
    axes_or_new,
    figure_style,
    place_names,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_link_changes"]

_WIDEST, _THINNEST = 3.2, 0.5  # points
_SAME = 1e-9


def plot_link_changes(
    before: MultilayerNetwork,
    after: MultilayerNetwork | Sequence[MultilayerNetwork],
    *,
    names: Mapping[str, str] | pd.Series[str] | None = None,
    extent: tuple[float, float, float, float] | None = None,
    strongest: int = 60,
    labels: int = 20,
    basemap: Any = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw which links between places a scenario takes away, and which it makes.

    Parameters
    ----------
    before : MultilayerNetwork
        A node is drawn at the ``lon`` and ``lat`` of its place; aggregate to places first.
    after : MultilayerNetwork or sequence of them
        The changed network, or those of several random placements, whose mean is drawn.
    names : mapping from node to str, optional
        Labels; by default the names in the places of `before`.
    extent : (west, east, south, north), optional
        Degrees of the frame; by default all located nodes whose links change.
    strongest : int
        At most this many links are drawn of those lost and of those gained, the largest changes.
    labels : int
        At most this many places are named, those with most change first.
    basemap : GeoDataFrame, GeoSeries or path, optional
        Borders, coasts or rivers of your own, drawn below; see `plot_flow_map`.
    ax : Axes, optional
        Where to draw; a new figure of 183 mm by default.

    Returns
    -------
    Axes
        Gains solid, losses dashed, the width in proportion to the mean change of weight, on one
        scale for both. Links of nodes that `before` does not have, such as a park, start at a
        star where their place is.

    Raises
    ------
    InputError
        If there is no network to compare with, or the extent is empty.

    Notes
    -----
    Weights are summed over layers and periods, and both directions of a pair are one line. Links
    inside a place cannot be drawn and are counted under the map, as are places without
    coordinates.

    Examples
    --------
    >>> import netinnov as ni
    >>> cities = ni.datasets.make_city_system(n_cities=12, rng=1).select(kinds=["place"])
    >>> home, host = "synthetic_city_12", "synthetic_city_01"
    >>> change = ni.scenarios.DirectLinks(home, host, 3, funding="new")
    >>> ax = plot_link_changes(cities, ni.scenarios.apply_scenario(cities, change, rng=1))
    >>> [text.get_text().split(",")[0] for text in ax.get_legend().get_texts()]
    ['gained', 'place whose links change']
    """
    networks = [after] if isinstance(after, MultilayerNetwork) else list(after)
    if not networks or not all(isinstance(one, MultilayerNetwork) for one in networks):
        msg = "`after` must be a network or a sequence of networks; found "
        raise InputError(f"{msg}{[type(one).__name__ for one in networks][:3]}.")
    changes, apart = _changes(before, networks)
    at = _located(before, networks)
    lost_places = pd.unique(changes[["a", "b"]].to_numpy().ravel())
    shown = at.loc[[node for node in lost_places if node in at.index]]
    inner = changes["a"].map(at["place"]) == changes["b"].map(at["place"])
    drawable = changes[~inner & changes["a"].isin(at.index) & changes["b"].isin(at.index)]
    frame = frame_of(shown) if extent is None else extent
    west, east, south, north = frame
    if not (west < east and south < north):
        msg = f"`extent` must be west < east, south < north in degrees; found {extent}."
        raise InputError(msg)
    notes = []
    if len(networks) > 1:
        notes.append(f"Mean of {len(networks)} placements.")
    if inner.any():
        notes.append(f"Pairs inside one place, not drawn: {int(inner.sum())}.")
    if missing := len(changes) - len(drawable) - int(inner.sum()):
        notes.append(f"Pairs with an end without coordinates, not drawn: {missing}.")
    with figure_style():
        ax = axes_or_new(ax, width=DOUBLE, height=map_height(frame))
        draw_frame(ax, frame)
        if basemap is not None:
            draw_basemap(ax, basemap, frame)
        handles, cut = _draw_lines(ax, drawable, at, strongest)
        touched = pd.concat([drawable.set_index(end)["change"].abs() for end in ("a", "b")])
        weight = touched.groupby(level=0).sum().sort_values(ascending=False, kind="stable")
        handles += _draw_places(ax, at.loc[weight.index], new=apart)
        ax.legend(handles=handles, loc="upper left", bbox_to_anchor=(1.01, 1.0), borderaxespad=0)
        write_notes(ax, [*notes, *cut], beside=60)
        text = place_names(before.places) if names is None else names
        named = [node for node in weight.index if node not in apart][: int(labels)]
        label_points(
            ax,
            at.loc[named, ["lon", "lat"]].to_numpy(),
            [_name(text, node, at) for node in named],
            radii=np.full(len(named), 2.2),
        )
    return ax


def _name(names: Mapping[str, str] | pd.Series[str], node: str, at: pd.DataFrame) -> str:
    name: Any = names.get(node, names.get(str(at.loc[node, "place"]), node))
    return node if pd.isna(name) else str(name)


def _weights(network: MultilayerNetwork) -> pd.Series[float]:
    """Weight of each unordered pair over layers, periods and directions."""
    links = network.links
    links = links[links["source"] != links["target"]]
    ends = np.sort(links[["source", "target"]].to_numpy(str), axis=1)
    table = pd.DataFrame({"a": ends[:, 0], "b": ends[:, 1], "weight": links["weight"].to_numpy()})
    found: pd.Series[float] = table.groupby(["a", "b"])["weight"].sum()
    return found


def _changes(
    before: MultilayerNetwork, after: list[MultilayerNetwork]
) -> tuple[pd.DataFrame, set[str]]:
    """Columns a, b, change, where it is not nil; and the nodes that were not there."""
    was = _weights(before)
    total = pd.concat([_weights(network) for network in after]).groupby(level=[0, 1]).sum()
    is_now = total / len(after)
    change = is_now.sub(was, fill_value=0.0)
    scale = np.maximum(
        was.reindex(change.index, fill_value=0.0), is_now.reindex(change.index, fill_value=0.0)
    )
    change = change[change.abs() > _SAME * scale]
    table = change.rename("change").rename_axis(["a", "b"]).reset_index()
    known = set(before.nodes.index)
    new = {str(node) for node in pd.unique(table[["a", "b"]].to_numpy().ravel())} - known
    return table, new


def _located(before: MultilayerNetwork, after: list[MultilayerNetwork]) -> pd.DataFrame:
    """Columns lon, lat, place of all nodes that have coordinates."""
    nodes = pd.concat([network.nodes["place"] for network in (before, *after)])
    place = nodes[~nodes.index.duplicated()]
    at = before.places[["lon", "lat"]].reindex(place).set_axis(place.index)
    return at.assign(place=place).dropna(subset=["lon", "lat"])


def _draw_lines(
    ax: Axes, changes: pd.DataFrame, at: pd.DataFrame, strongest: int
) -> tuple[list[Line2D], list[str]]:
    handles, cut = [], []
    most = max(float(changes["change"].abs().max()), 1e-300) if len(changes) else 1.0
    for text, sign, colour, dash in (
        ("gained", 1, PALETTE[0], "solid"),
        ("lost", -1, PALETTE[1], (0, (3, 1.5))),
    ):
        mine = changes[np.sign(changes["change"]) == sign]
        if mine.empty:
            continue
        size = mine["change"].abs()
        drawn = mine.loc[size.sort_values(ascending=False, kind="stable").index[: int(strongest)]]
        if len(drawn) < len(mine):
            cut.append(f"{text.capitalize()}: the {len(drawn)} largest of {len(mine)} are drawn.")
        ends = [at.loc[drawn[end], ["lon", "lat"]].to_numpy(np.float64) for end in ("a", "b")]
        widths = np.maximum(_WIDEST * drawn["change"].abs() / most, _THINNEST)
        style: dict[str, Any] = {"color": colour, "linestyle": dash}
        ax.add_collection(
            LineCollection(
                list(np.stack(ends, axis=1)),
                linewidths=widths.to_numpy(),
                colors=colour,
                linestyles=[dash],
                alpha=0.85,
                zorder=2 + (sign > 0),
                gid=text,
            ),
            autolim=False,
        )
        label = f"{text}, up to {size.max():.3g}"
        handles.append(Line2D([], [], linewidth=1.6, label=label, **style))
    return handles, cut


def _draw_places(ax: Axes, at: pd.DataFrame, *, new: set[str]) -> list[Line2D]:
    handles = []
    is_new = at.index.isin(list(new))
    for label, mine, marker, size, face in (
        ("place whose links change", ~is_new, "o", 16, "white"),
        ("new node", is_new, "*", 75, INK),
    ):
        if not mine.any():
            continue
        ax.scatter(
            at["lon"][mine],
            at["lat"][mine],
            s=size,
            marker=marker,
            facecolors=face,
            edgecolors=INK,
            linewidths=0.7,
            zorder=6,
            gid=label,
        )
        handles.append(
            Line2D(
                [],
                [],
                linestyle="none",
                marker=marker,
                markersize=size**0.5,
                markerfacecolor=face,
                markeredgecolor=INK,
                label=label,
            )
        )
    return handles
