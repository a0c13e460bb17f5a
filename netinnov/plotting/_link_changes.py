"""Before and after on a map: the links that a scenario takes away and those that it makes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D

from netinnov.plotting._drawing import legend_beside, number, table_of, write_notes
from netinnov.plotting._fonts import Names, name_of, place_names, printable
from netinnov.plotting._frame import Frame, asked_frame, inside, map_axes
from netinnov.plotting._labels import label_points
from netinnov.plotting._style import INK, PALETTE, print_style

_WIDEST, _THINNEST = 3.2, 0.5  # points
_NAMED = 2  # places of most change, home and host, which are named in any case
_SIGNS: Any = (("gained", 1, PALETTE[0], "solid"), ("lost", -1, PALETTE[1], (0, (3, 1.5))))


def plot_link_changes(
    changes: pd.DataFrame,
    *,
    places: pd.DataFrame,
    names: Names | None = None,
    extent: Frame | None = None,
    strongest: int = 60,
    labels: int = 20,
    label: str = "weight",
    edge_kws: Mapping[str, Any] | None = None,
    node_kws: Mapping[str, Any] | None = None,
    basemap: Any = "land",
    ax: Axes | None = None,
) -> Axes:
    """Draw which links between places a scenario takes away, and which it makes.

    Parameters
    ----------
    changes : DataFrame
        As `netinnov.experiments.link_changes` gives it.
    places : DataFrame
        Index = place, columns ``lon`` and ``lat`` in degrees, such as ``network.places``.
    names : mapping from place to str, optional
        Labels; by default the names in `places`.
    extent : (west, east, south, north), optional
        Degrees of the frame; by default all located places whose links change.
    strongest : int
        At most this many links are drawn of those lost and of those gained, the largest changes.
    labels : int
        At most this many places are named, those with most change first.
    label : str
        What the weight of a link is, with its unit.
    edge_kws, node_kws : mapping, optional
        Settings of the lines (`LineCollection`) and of the places (`Axes.scatter`).
    basemap : "land", None, GeoDataFrame, GeoSeries or path
        What is drawn below; see `plot_flow_map`.
    ax : Axes, optional
        Where to draw; a new figure of 183 mm by default.

    Returns
    -------
    Axes
        Gains solid, losses dashed, the width in proportion to the change of weight, on one scale
        for both, with a least width. Dots are the ends of the links drawn; a star stands where a
        node is that was not there before, such as a park.

    Raises
    ------
    InputError
        If a column is missing, or the extent is empty.

    Notes
    -----
    Pairs of places are drawn once, their changes summed, those of a new node apart. What is not
    drawn is counted in the caption (`save_figure`): links inside a place, with an end outside the
    frame or without coordinates, or not among the strongest.

    Examples
    --------
    >>> import netinnov as ni
    >>> cities = ni.datasets.make_city_system(n_cities=12, rng=1).select(kinds=["place"])
    >>> change = ni.scenarios.DirectLinks(
    ...     "synthetic_city_12", "synthetic_city_01", 3, funding="new"
    ... )
    >>> after = ni.scenarios.apply_scenario(cities, change, rng=1)
    >>> ax = plot_link_changes(ni.experiments.link_changes(cities, after), places=cities.places)
    >>> [text.get_text().split(",")[0] for text in ax.get_legend().get_texts()]
    ['gained', 'end of a link drawn']
    """
    needed = ["source_place", "target_place", "source_new", "target_new", "change"]
    changes = table_of("changes", changes, needed, of="experiments.link_changes()")
    places = table_of("places", places, ["lon", "lat"], of="MultilayerNetwork.places")
    at = places[["lon", "lat"]].astype(float).dropna()
    lines, unplaced, inner = _between_places(changes, at)
    ends = pd.unique(lines[["a", "b"]].to_numpy().ravel())
    frame = asked_frame(extent, at.loc[ends])
    visible = at[inside(at, frame)]
    new_ends = [changes.loc[changes[f"{end}_new"], f"{end}_place"] for end in ("source", "target")]
    new = sorted(place for place in pd.concat(new_ends).dropna().unique() if place in visible.index)
    within = lines[lines[["a", "b"]].isin(visible.index).all(axis=1)]
    notes = [f"Pairs inside one place, not drawn: {inner}."] if inner else []
    if unplaced:
        notes.append(f"Pairs with an end without coordinates, not drawn: {unplaced}.")
    if outside := len(lines) - len(within):
        notes.append(f"Pairs with an end outside the frame, not drawn: {outside}.")
    drawn, cut = _strongest(within, strongest)
    with print_style():
        ax = map_axes(ax, frame, basemap)
        handles: list[Any] = [*_draw_lines(ax, drawn, at, dict(edge_kws or {}))]
        touched = pd.concat([drawn.set_index(end)["change"].abs() for end in ("a", "b")])
        weight = touched.groupby(level=0).sum().sort_values(ascending=False, kind="stable")
        touched_at = at.loc[weight.index]
        for text, spots, marker, size, face in (
            ("end of a link drawn", touched_at, "o", 16, "white"),
            ("new node", visible.loc[new], "*", 75, INK),
        ):
            look: dict[str, Any] = {"s": size, "marker": marker, "facecolors": face, "zorder": 6}
            look |= {"edgecolors": INK, "linewidths": 0.7, "gid": text, "label": text}
            if len(spots):
                marks = ax.scatter(spots["lon"], spots["lat"], **look | dict(node_kws or {}))
                handles.append(marks)
        title = f"width: change in {printable(label)}" if len(drawn) else None
        legend_beside(ax, handles, title=title, alignment="left")
        write_notes(ax, [*notes, *cut])
        called = place_names(places) if names is None else names
        texts = [name_of(called, place) for place in weight.index]
        drawn_lines = [
            at.loc[[a, b]].to_numpy() for a, b in zip(drawn["a"], drawn["b"], strict=True)
        ]
        radii = np.full(len(weight), 2.2)
        most = int(labels)
        label_points(
            ax, touched_at.to_numpy(), texts, radii=radii, most=most, must=_NAMED, lines=drawn_lines
        )
    return ax


def _between_places(changes: pd.DataFrame, at: pd.DataFrame) -> tuple[pd.DataFrame, int, int]:
    """Columns a, b, new, change for pairs of places; n pairs without places, n within one."""
    ends = changes[["source_place", "target_place"]].astype(object)
    located = ends.isin(at.index).all(axis=1)
    between = located & (ends["source_place"] != ends["target_place"])
    pairs = np.sort(ends[between].to_numpy(str), axis=1)
    table = pd.DataFrame(pairs, changes.index[between], ["a", "b"])
    table["new"] = changes.loc[between, ["source_new", "target_new"]].any(axis=1)
    table["change"] = changes.loc[between, "change"].astype(float)
    lines = table.groupby(["a", "b", "new"], sort=False)["change"].sum().reset_index()
    return lines[lines["change"] != 0], int((~located).sum()), int((located & ~between).sum())


def _strongest(lines: pd.DataFrame, most: int) -> tuple[pd.DataFrame, list[str]]:
    parts, cut = [lines[:0]], []
    for text, sign, *_ in _SIGNS:
        same_sign = lines[np.sign(lines["change"]) == sign]
        size = same_sign["change"].abs().sort_values(ascending=False, kind="stable")
        parts.append(same_sign.loc[size.index[: int(most)]])
        if len(parts[-1]) < len(same_sign):
            cut.append(
                f"{text.capitalize()}: the {len(parts[-1])} largest of {len(same_sign)} drawn."
            )
    return pd.concat(parts), cut


def _draw_lines(
    ax: Axes, changes: pd.DataFrame, at: pd.DataFrame, edge_kws: dict[str, Any]
) -> list[Line2D]:
    handles = []
    most = max(float(changes["change"].abs().max()), 1e-300) if len(changes) else 1.0
    for text, sign, colour, dash in _SIGNS:
        mine = changes[np.sign(changes["change"]) == sign]
        if mine.empty:
            continue
        size = mine["change"].abs()
        ends = [at.loc[mine[end]].to_numpy(np.float64) for end in ("a", "b")]
        widths = np.maximum(_WIDEST * size / most, _THINNEST)
        style: dict[str, Any] = {"color": colour, "linestyle": dash}
        look: dict[str, Any] = {"colors": colour, "linestyles": [dash], "zorder": 2 + (sign > 0)}
        look |= {"linewidths": widths.to_numpy(), "alpha": 0.85, "gid": text}
        lines = LineCollection(list(np.stack(ends, axis=1)), **look | edge_kws)
        ax.add_collection(lines, autolim=False)
        low, high = number(size.min()), number(size.max())
        label = f"{text}, {high}" if low == high else f"{text}, {low} to {high}"
        handles.append(Line2D([], [], linewidth=1.6, label=label, **style))
    return handles
