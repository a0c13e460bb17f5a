"""The flow map: places where they are, links by layer, enclaves as arrows from home to host."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes

from netinnov._runtime.arguments import check_names, check_type
from netinnov._typing import Floats, Whole
from netinnov.network import MultilayerNetwork
from netinnov.plotting._drawing import Kws, arcs, counted, digits, draw_lines, finish
from netinnov.plotting._fonts import Names, name_of, place_names, printable
from netinnov.plotting._frame import Frame, draw_arrow, draw_places, in_frame, map_axes, node_spots
from netinnov.plotting._labels import label_points
from netinnov.plotting._style import ink, layer_style, mark_modelled, paper

_WIDEST = 2.2
_EVEN = 0.8
_THINNEST = 0.4  # of links; _EVEN: where all have the same weight
_FAN = 0.05
_BUNDLE = 0.3  # bend between links of one pair, and of all of them
_LAYERS = 4  # that one map shows so that they can be told apart
_ENTRY = 30
_PARAMETERS = 110  # letters of a line of the legend, of those of a modelled layer
_LED = 8  # places that are named even where a line has to lead to the name
_OF_CLASS = 34  # area of a place that a colour tells apart
_COLOUR = "#a6a6a6"
_WIDTHS = (1.2, 5.0)  # of enclaves
_DASH = {"forward": (0, (4, 2)), "level": (0, (1, 1.5)), "unknown": (0, (4, 1.5, 1, 1.5))}
_CALLED = {"": "enclaves", "level": "enclaves of places of equal rank"}
_CALLED["unknown"] = "enclaves of unknown direction"


def plot_flow_map(
    network: MultilayerNetwork,
    *,
    layers: Sequence[str] | None = None,
    enclaves: pd.DataFrame | None = None,
    values: pd.Series | None = None,
    names: Names | None = None,
    extent: Frame | None = None,
    labels: Whole = 15,
    strongest: Whole = 100,
    arrows: Whole = 20,
    label: str = "weight",
    basemap: Any = "land",
    edge_kws: Kws = None,
    node_kws: Kws = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw places at their coordinates, links as lines by layer and enclaves as arrows.

    Modelled layers (`MultilayerNetwork.layer_table`) are grey and below the others. Width is
    proportional to weight, with a least width: on one scale for all observed layers, on another for
    modelled ones, whose unit differs. The legend gives each layer's largest weight. Area of a place
    is its strength over all observed layers, or those asked for; of layers that hold shares of each
    origin, what comes in. Periods are summed, self-links left out, directions not drawn. The
    caption (`save_figure`) counts nodes without coordinates and enclaves with an end outside.

    Parameters
    ----------
    network : MultilayerNetwork
        A node is drawn at the ``lon`` and ``lat`` of its place; aggregate to places first.
    layers : sequence of str, optional
        Layers to draw, none if empty. By default, what is modelled and the four others of most
        weight on the map, with a note of the rest.
    enclaves : DataFrame, optional
        From `linkages.find_enclaves`: ``home``, ``host`` (nodes, or places that lie in one by
        ``places.parent``), perhaps ``direction``. Those of one pair are one arrow, wider for more.
    values : Series, optional
        For each node a number, such as people within 60 minutes (`connectivity.potential`), which
        the area of a place shows in place of its strength; or a class in order, such as
        ``pd.cut(minutes, [0, 30, 60, 90])``, which its colour shows. Others are not drawn.
    labels : int
        At most this many places are named, ends of enclaves first, then by strength.
    strongest : int
        At most this many links are drawn of each layer, the heaviest between the strongest places.
    arrows : int
        At most this many arrows are drawn, those of most enclaves.
    label : str
        What the weight of a link is, or with ``values`` a value, with its unit.

    Examples
    --------
    >>> cities = ni.datasets.make_city_system(n_cities=8, rng=1)
    >>> plot_flow_map(cities).get_legend().get_title().get_text()
    'width of a link: weight'
    """
    modelled = list(network.layer_table.query("modelled").index)
    spots = node_spots(network)
    located = spots.dropna()
    frame, visible, notes = in_frame(extent, spots)
    asked = network.layers if layers is None else check_names("layers", layers, network.layers)
    links = _drawable_links(network, located)
    fainter: list[str] = []
    if layers is None:
        weight = links.groupby("layer")["weight"].sum().reindex(asked, fill_value=0.0)
        weight = weight.drop(modelled).sort_values(ascending=False, kind="stable")
        if fainter := list(weight.index[_LAYERS:]):
            names_of = textwrap.shorten(", ".join(fainter), 120, placeholder=" ...")
            notes.insert(0, f"Layers of less weight, not drawn: {names_of}.")
    drawn = [layer for layer in asked if layer not in fainter]
    if enclaves is not None:
        check_type("enclaves", enclaves, pd.DataFrame)
    ends, unplaced = arrows_between(enclaves, located.index, network.places["parent"])
    n_seen = ends[["home", "host"]].isin(visible.index).sum(axis=1)
    inner = ends[n_seen == 2].sort_values("count", ascending=False, kind="stable")
    notes.append(counted("Enclaves with an end outside the frame, not drawn", sum(n_seen == 1)))
    if len(inner) > arrows:
        notes.append(f"Arrows: the {arrows:,} of most enclaves, of {len(inner):,} pairs.")
    strength = _strength(network, asked, modelled)
    classes = None
    at_ends = np.asarray(strength[located.index], np.float64)
    shown, cut = _strongest(links, drawn, at_ends, strongest, modelled)
    if values is not None:
        strength, classes = _values(values, network)
    count = pd.concat([ends["home"], ends["host"]]).value_counts()
    visible = visible.join(pd.DataFrame({"ends": count, "strength": strength})).fillna({"ends": 0})
    notes.append(counted("Places without a value, not drawn", visible["strength"].isna().sum()))
    visible = visible.dropna(subset="strength")
    first_named = [False, classes is not None]  # of classes those of the first
    visible = visible.sort_values(["ends", "strength"], ascending=first_named, kind="stable")
    area = 9 + 75 * (visible["strength"] / max(visible["strength"].max(), 1e-300))
    visible["area"] = area if classes is None else _OF_CLASS
    greys = [layer in modelled for layer in drawn]
    styles = {drawn[seat]: layer_style(seat, modelled=grey) for seat, grey in enumerate(greys)}
    with map_axes(ax, frame, basemap) as ax:
        _draw_links(ax, shown, located, styles, edge_kws)
        _draw_enclaves(ax, inner.head(arrows), located)
        title = f"width of a link: {printable(label)}" if drawn else None
        if values is None:
            _draw_roles(ax, visible, ends, node_kws)
        else:
            title = printable(label)
            _draw_values(ax, visible, classes, node_kws)
        notes = [*notes, *unplaced, *cut, *_parameters(network, drawn)]
        finish(ax, notes=notes, beside=True, title=title, alignment="left", handlelength=3.4)
        names = place_names(network.places) if names is None else names
        texts = [name_of(names, node) for node in visible.index]
        must = min(_LED, int((visible["ends"] > 0).sum()))
        points = visible[["lon", "lat"]].to_numpy()
        radii = np.sqrt(visible["area"]) / 2
        label_points(ax, points, texts, radii=radii, most=labels, must=must, led=_LED)
    return ax


def _drawable_links(network: MultilayerNetwork, located: pd.DataFrame) -> pd.DataFrame:
    """Links summed over periods; columns i and j are positions in `located`."""
    ends = ["layer", "source", "target"]
    links: pd.DataFrame = network.links.groupby(ends, sort=False)["weight"].sum().reset_index()
    i, j = (located.index.get_indexer(pd.Index(links[end])) for end in ends[1:])
    links = links.assign(i=i, j=j).query("i >= 0 and j >= 0")
    start, end = (located.to_numpy()[links[each]] for each in "ij")
    return links[pd.Series((start != end).any(axis=1), links.index)]


def _strongest(
    links: pd.DataFrame, layers: list[str], strength: Floats, most: int, modelled: list[str]
) -> tuple[pd.DataFrame, list[str]]:
    """The heaviest links of each layer, of equal ones those between the strongest places."""
    ends = np.sort(strength[links[["i", "j"]].to_numpy()], axis=1)
    links = links.assign(weaker=ends[:, 0], stronger=ends[:, 1])
    links = links.assign(modelled=links["layer"].isin(modelled))
    parts = [links.head(0)]
    cut = []
    for layer in layers:
        part = links[links["layer"] == layer]
        name = mark_modelled(layer, modelled)
        if part.empty:
            cut.append(f"{name}: no link between places of the map.")
        if len(part) > most:
            by = ["weight", "weaker", "stronger"]
            cut.append(f"{name}: {most:,} of {len(part):,} links are drawn, the heaviest.")
            part = part.sort_values(by, ascending=False, kind="stable").head(most)
        parts.append(part)
    return pd.concat(parts, ignore_index=True), cut


def _draw_links(
    ax: Axes, links: pd.DataFrame, located: pd.DataFrame, styles: dict[str, Any], edge_kws: Kws
) -> None:
    if links.empty:
        return
    # Links of one pair fan out from the straight line, to sides counted from the same end.
    pair = np.sort(links[["i", "j"]].to_numpy(), axis=1)
    bundle = links.assign(i=pair[:, 0], j=pair[:, 1]).groupby(["i", "j"])["layer"]
    gaps = bundle.transform("size") - 1
    bend = (bundle.cumcount() - gaps / 2) * np.minimum(_FAN, _BUNDLE / gaps.clip(lower=1))
    bend *= np.where(links["i"] > links["j"], -1, 1)
    narrow = np.array([1 / float(ax.get_aspect()), 1])
    points = located.to_numpy() * narrow
    ways = arcs(points[links["i"]], points[links["j"]], bend.to_numpy()) / narrow
    for layer, style in styles.items():
        mine = links[links["layer"] == layer]
        if mine.empty:
            continue
        model = bool(mine["modelled"].iloc[0])
        alike = links.loc[links["modelled"] == model, "weight"]
        widest = _EVEN if len(alike) > 1 == alike.nunique() else _WIDEST
        width = np.maximum(mine["weight"] / alike.max() * widest, _THINNEST)
        look: dict[str, Any] = {"colors": style["color"], "linestyles": [style["linestyle"]]}
        look |= {"alpha": 0.4, "zorder": 1} if model else {"alpha": 0.85, "zorder": 4}
        upto = "each" if len(mine) > 1 == mine["weight"].nunique() else "up to"
        name = mark_modelled(layer, [layer] if model else [])
        text = printable(f"{name}, {upto} {digits(mine['weight'].max(), 2)}", longest=60)
        label = textwrap.fill(text, _ENTRY)
        look["linewidths"] = width.to_numpy()
        look["gid"] = layer
        look["label"] = label
        draw_lines(ax, ways[mine.index], look, edge_kws)


def _strength(
    network: MultilayerNetwork, layers: Sequence[str], modelled: list[str]
) -> pd.Series[float]:
    observed = [layer for layer in layers if layer not in modelled] or list(layers)
    links = network.links
    links = links[links["layer"].isin(observed) & (links["source"] != links["target"])]
    quantity = links["layer"].map(network.layer_table["quantity"])
    out = links[quantity != "share_of_origin"]
    into = links[quantity != "share_of_destination"]
    ends = pd.concat([out.set_index("source")["weight"], into.set_index("target")["weight"]])
    total: pd.Series[float] = ends.groupby(level=0).sum()
    return total.reindex(network.nodes.index, fill_value=0.0)


def _draw_roles(ax: Axes, at: pd.DataFrame, arrows: pd.DataFrame, node_kws: Kws) -> None:
    at = at.iloc[::-1]  # the strongest on top
    home = at.index.isin(arrows["home"])
    host = at.index.isin(arrows["host"])
    for role, mine, marker, face, edge in (
        ("host of an enclave", host & ~home, "s", ink(), ink()),
        ("home of an enclave", home & ~host, "o", paper(), ink()),
        ("home and host", home & host, "D", paper(), ink()),
        ("other place" if len(arrows) else "place", ~home & ~host, "o", "#9a9a9a", paper()),
    ):
        look = {"marker": marker, "facecolors": face, "edgecolors": edge}
        draw_places(ax, at[mine], at["area"][mine], role, node_kws, **look)


def _parameters(network: MultilayerNetwork, layers: Sequence[str]) -> list[str]:
    table = network.layer_table.loc[list(layers)]
    known = table.loc[table["modelled"], "parameters"].dropna()
    short = known.map(lambda text: textwrap.shorten(text, _PARAMETERS, placeholder=" ..."))
    return [
        f"{mark_modelled(layer, [layer])}: {text.removesuffix('.')}."
        for layer, text in short.items()
    ]


def arrows_between(
    enclaves: pd.DataFrame | None, nodes: pd.Index[str], parents: pd.Series[str]
) -> tuple[pd.DataFrame, list[str]]:
    """Columns home, host, direction, count of the enclaves between nodes; notes on the others."""
    columns = ["home", "host", "direction"]
    if enclaves is None or enclaves.empty:
        return pd.DataFrame(columns=[*columns, "count"]), []
    ends = enclaves.reindex(columns=columns).astype(object).fillna({"direction": ""})
    for end in ("home", "host"):
        ends[end] = ends[end].map(lambda place: _node_around(place, nodes, parents))
    known = ends.dropna()
    crossing = known.loc[known["home"] != known["host"]]
    arrows = crossing.groupby(columns, sort=False).size().reset_index(name="count")
    lost = len(ends) - len(known)
    inner = len(known) - len(crossing)
    return arrows, [
        counted("Enclaves left out, as an end is not on the map", lost),
        counted("Enclaves inside one place, not drawn", inner),
    ]


def _node_around(place: Any, nodes: pd.Index[str], parents: pd.Series[str]) -> str | None:
    """The place itself if it is a node, else its first ancestor that is; None without any."""
    while isinstance(place, str) and place not in nodes:
        place = parents.get(place)
    return place if isinstance(place, str) else None


def _values(
    values: object, network: MultilayerNetwork
) -> tuple[pd.Series[float], list[str] | None]:
    """Numbers, or codes of classes, by node, and the names of the classes."""
    node_values: Any = values
    check_names("values", node_values.index, list(network.storage.node_names))
    if not isinstance(node_values.dtype, pd.CategoricalDtype):
        return node_values.astype(np.float64), None
    codes = node_values.cat.codes.astype(np.float64).where(node_values.notna())
    return codes, [
        f"{each.left:g} to {each.right:g}" if isinstance(each, pd.Interval) else str(each)
        for each in node_values.cat.categories
    ]


def _draw_values(ax: Axes, at: pd.DataFrame, classes: list[str] | None, node_kws: Kws) -> None:
    value = at["strength"]
    if classes is None:
        most = f"a place, up to {digits(value.max(), 2)}"
        draw_places(ax, at, at["area"], most, node_kws, facecolors="#7a9cc6")
        return
    for k, shade in enumerate(colormaps["viridis"](np.linspace(0.95, 0.05, len(classes)))):
        mine = at[value == k]
        draw_places(ax, mine, _OF_CLASS, printable(classes[k]), node_kws, facecolors=[shade])


def _draw_enclaves(ax: Axes, arrows: pd.DataFrame, located: pd.DataFrame) -> None:
    thin, wide = _WIDTHS
    least, most = arrows["count"].agg(["min", "max"]).astype(int) if len(arrows) else (1, 1)
    counts = f", {least} to {most}" if least < most else f", {most} each" if most > 1 else ""
    arrows = arrows.sort_values("direction", ascending=False, kind="stable")
    for home, host, direction, count in arrows.itertuples(index=False):
        style: dict[str, Any] = {"color": _COLOUR, "linestyle": _DASH.get(direction, "solid")}
        style["width"] = thin + (wide - thin) * (count - 1) / max(most - 1, 1)
        label = _CALLED.get(direction, f"{direction} enclaves") + counts
        draw_arrow(ax, located.loc[home], located.loc[host], label, **style)
