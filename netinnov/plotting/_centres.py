"""The map of centres and how sure they are, and which rules call which places so."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from netinnov._typing import Count, Whole
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.plotting._drawing import (
    Kws,
    digits,
    draw_lines,
    legend_beside,
    line_handle,
    page_width,
    table_of,
    without_edges,
    write_notes,
)
from netinnov.plotting._fonts import Names, name_of, place_names, printable
from netinnov.plotting._frame import Frame, draw_map, draw_places, in_frame, map_height
from netinnov.plotting._labels import label_points
from netinnov.plotting._style import DOUBLE, drawing, ink, larger, on_page, paper, tone

_LEAST, _MOST = 10.0, 170.0  # area of a marker in points^2
_UNKNOWN = "#b0b0b0"
_MANY = 100  # spokes from which they are drawn thinner
_NARROW = 120.0  # millimetres, below which the legend stands over the map
_NO = "#c8c8c8"


def plot_centres(
    network: MultilayerNetwork,
    centres: pd.DataFrame,
    *,
    names: Names | None = None,
    extent: Frame | None = None,
    labels: Whole = 12,
    spokes: bool = True,
    label: str = "centrality",
    basemap: Any = "land",
    edge_kws: Kws = None,
    node_kws: Kws = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the centres among places on a map, with the share of resamples that agree.

    Parameters
    ----------
    network : MultilayerNetwork
        A node is drawn at the ``lon`` and ``lat`` of its place.
    centres : DataFrame
        From `polycentricity.detect_centres`: index = node; ``centre`` (true or false),
        ``centrality`` (0 or more), ``support`` (0 to 1, or NaN) and, for `spokes`, ``community``.
    names, extent
        As in `plot_flow_map`.
    labels : int
        At most this many places are named, centres first, then by support and centrality.
    spokes : bool
        Join each place with the most central centre of its community.
    label : str
        What the area of a marker stands for.
    basemap, edge_kws, node_kws, ax
        As in `plot_flow_map`.

    Returns
    -------
    Axes
        In degrees, with the aspect of the middle latitude. Area of a marker: centrality (with a
        least one), shade: support (grey if unknown), both for all places; centres are squares with
        a thick edge, others circles. Nodes without coordinates are left out and counted in the
        caption (`save_figure`).

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> network = ni.datasets.make_city_system(n_cities=8, rng=1)
    >>> rows = {"centre": network.nodes["centre"], "centrality": 1.0, "support": 0.9}
    >>> plot_centres(network, pd.DataFrame(rows).head(8)).get_legend().get_texts()[0].get_text()
    'centre: 4'
    """
    table = _checked(network, centres)
    codes = network.nodes["place"].reindex(table.index)
    at = network.places[["lon", "lat"]].reindex(codes).set_axis(table.index)
    located = table.join(at).dropna(subset=["lon", "lat"])
    frame, visible, notes = in_frame(extent, located, len(table))
    order = ["centre", "support", "centrality"]
    visible = visible.sort_values(order, ascending=False, kind="stable")
    most = float(visible["centrality"].max()) if len(visible) else 0.0
    shades = colormaps["Blues"].with_extremes(bad=_UNKNOWN)
    with drawing(ax, DOUBLE, map_height(frame)) as ax:
        draw_map(ax, frame, basemap)
        width = page_width(ax)
        largest = _MOST * min(width / DOUBLE, 1.0)
        area = _LEAST + (largest - _LEAST) * visible["centrality"] / max(most, 1e-300)
        lines = _draw_spokes(ax, visible, edge_kws) if spokes else []
        back_to_front = visible.iloc[::-1]
        for mine, marker, edge_width, name in (
            (~back_to_front["centre"], "o", 0.5, "other places"),
            (back_to_front["centre"], "s", 1.3, "centres"),
        ):
            look: dict[str, Any] = {"marker": marker, "width": edge_width, "zorder": 5 + edge_width}
            part = back_to_front[mine]
            look["face"] = shades(np.ma.masked_invalid(part["support"]))
            draw_places(ax, part, area.loc[part.index], name, kws=node_kws, **look)
        n_centres = int(visible["centre"].sum())
        handles = [_mark(f"centre: {n_centres:,}", marker="s", mew=1.3)]
        handles += [_mark(f"other place: {len(visible) - n_centres:,}"), *lines]
        if visible["support"].isna().any():
            handles.append(_mark("no support known", mfc=_UNKNOWN))
        for share in (1.0, 0.25) if most > 0 else ():
            value, side = most * share, (_LEAST + (largest - _LEAST) * share) ** 0.5
            handles.append(_mark(f"{printable(label)} {digits(value)}", markersize=side))
        style: dict[str, Any] = {"labelspacing": 0.9, "handletextpad": 0.8}
        if width < _NARROW * larger() and not on_page():
            ax.xaxis.set_major_locator(MaxNLocator(3))
            style |= {"loc": "lower left", "bbox_to_anchor": (0.0, 1.02), "labelspacing": 0.7}
        legend_beside(ax, handles, **style)
        if visible["support"].notna().any() and not on_page():  # a page has no room beside it
            inset = ax.inset_axes((1.04, 0.04, 0.03, 0.4))
            text = "support: share of resamples\nin which it is a centre"
            scale = ScalarMappable(Normalize(0, 1), "Blues")
            ax.figure.colorbar(scale, cax=inset, ticks=[0, 0.5, 1], label=text)
        write_notes(ax, notes)
        called = place_names(network.places) if names is None else names
        agreed = visible["support"].where(visible["centre"])
        texts = [name_of(called, node) + f" {x:.2f}" * (x == x) for node, x in agreed.items()]
        first: dict[str, Any] = {"most": labels, "must": n_centres, "led": labels}
        points, radii = visible[["lon", "lat"]].to_numpy(), np.sqrt(area.to_numpy()) / 2
        label_points(ax, points, texts, radii=radii, **first)
    return ax


def _checked(network: MultilayerNetwork, centres: pd.DataFrame) -> pd.DataFrame:
    needed = ["centre", "centrality", "support"]
    centres = table_of("centres", centres, needed, of="polycentricity.detect_centres()")
    unknown = centres.index.difference(network.nodes.index)
    if len(unknown):
        msg = f"`centres`: {len(unknown)} of {len(centres)} nodes are not in the network, e.g. "
        raise InputError(f"{msg}{unknown[:5].tolist()}.")
    table = centres.reindex(columns=[*needed, "community"])
    if not table["centre"].isin([True, False]).all():
        raise InputError("`centres`: the column 'centre' must hold true or false.")
    table = table.astype({"centre": bool, "centrality": float, "support": float})
    if not (table["centrality"] >= 0).all() or not table["support"].dropna().between(0, 1).all():
        msg = "`centres`: centrality must be 0 or more, and support between 0 and 1, or NaN."
        raise InputError(msg)
    return table


def _mark(label: str, **look: Any) -> Line2D:
    usual: dict[str, Any] = {
        "marker": "o",
        "mew": 0.5,
        "mfc": paper(),
        "mec": ink(),
        "markersize": 6,
    }
    return Line2D([], [], linestyle="none", label=label, **usual | look)


def _draw_spokes(ax: Axes, visible: pd.DataFrame, edge_kws: Kws) -> list[Line2D]:
    centres = visible[visible["centre"] & visible["community"].notna()]
    centres = centres.sort_values("centrality", ascending=False, kind="stable")
    hubs = centres.drop_duplicates("community").set_index("community")[["lon", "lat"]]
    ends = hubs.reindex(visible["community"]).to_numpy(np.float64)
    starts = visible[["lon", "lat"]].to_numpy(np.float64)
    drawn = np.isfinite(ends).all(axis=1) & (ends != starts).any(axis=1)
    if not drawn.any():
        return []
    lines = list(np.stack([starts[drawn], ends[drawn]], axis=1))
    width = 0.5 if len(lines) <= _MANY else 0.25
    style: dict[str, Any] = {"colors": "#8c8c8c", "linewidths": width, "zorder": 2, "gid": "spokes"}
    drawn = draw_lines(ax, lines, style, edge_kws)
    return [line_handle(drawn, "to the main centre of its community", linewidth=0.5)]


def plot_centre_rules(
    rules: pd.DataFrame, *, names: Names | None = None, top: Count = 12, ax: Axes | None = None
) -> Axes:
    """Draw which places are centres by which rules: a row a place, a column a rule.

    Parameters
    ----------
    rules : DataFrame
        Index = place; one column a rule, true or 1 where the place is a centre by it.
    names : mapping from place to str, optional
        Labels of the rows.
    top : int
        At most this many places are drawn, those that are centres by most rules; in a tie as given.
    ax : Axes, optional
        Where to draw; a new figure by default (183 mm in `print_style`).

    Returns
    -------
    Axes
        Filled squares where a place is a centre, else small grey points; at the right their number.

    Raises
    ------
    InputError
        If there is no row or column, or a value is neither true nor false.

    Examples
    --------
    >>> import pandas as pd
    >>> rules = pd.DataFrame({"top": [1, 0], "core": [1, 1]}, index=["hangzhou", "quzhou"])
    >>> [text.get_text() for text in plot_centre_rules(rules).texts]
    ['2 of 2', '1 of 2']
    """
    table = table_of("rules", rules, of="a table of places and rules")
    if table.empty or not table.isin([0, 1]).all(axis=None):
        msg = "`rules` must have places and rules, and true or false for each; found "
        raise InputError(f"{msg}{table.shape[0]} x {table.shape[1]}.")
    table = table.astype(bool)
    order = np.argsort(-table.sum(axis=1).to_numpy(), kind="stable")
    table = table.iloc[order[:top]]
    with drawing(ax, DOUBLE, 16 + 5.2 * len(table)) as ax:
        for row, mine in enumerate(table.to_numpy()):
            for drawn, marker, size, colour in (
                (mine, "s", 7, ink()),
                (~mine, "o", 2.5, tone(_NO)),
            ):
                ax.plot(drawn.nonzero()[0], [row] * drawn.sum(), marker, ms=size, color=colour)
            text = f"{int(mine.sum())} of {mine.size}"
            ax.text(mine.size - 0.35, row, text, va="center")
        columns = [printable(column).replace("_", " ") for column in table]
        ax.set_xticks(range(len(columns)), columns)
        ax.set_yticks(range(len(table)), [printable(name_of(names, row)) for row in table.index])
        ax.set(xlim=(-0.5, len(columns) + 0.1), ylim=(len(table) - 0.5, -0.5))
        ax.xaxis.tick_top()
        without_edges(ax)
    return ax
