"""A picture of any network: its layers as colours, or as stacked planes, placed by forces."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import product
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.patches import Polygon
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import IdentityTransform
from scipy import sparse

from netinnov._runtime.arguments import check_choice, check_names, check_rng, one_column, shown
from netinnov._typing import Codes, Floats, Mask, Rng, Whole
from netinnov.community import Partition
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.plotting._drawing import Kws, arcs, counted, draw_lines, draw_points, finish, table_of
from netinnov.plotting._fonts import Names, name_of, printable
from netinnov.plotting._labels import label_points
from netinnov.plotting._style import (
    DOUBLE,
    MARKS,
    PALETTE,
    drawing,
    ink,
    layer_style,
    mark_modelled,
    paper,
    tone,
)

Arrange = Literal["colours", "planes"]
Layout = Literal["fruchterman_reingold", "kamada_kawai"]
_Kinds: TypeAlias = tuple[Codes, list[str]]  # codes of groups, and their names
_SMALL = 80  # nodes of a connected network up to which the default is Kamada and Kawai's layout
_FEW = 500
_MANY = 2000  # nodes; from there on forces reach only the neighbourhood
_WEIGHTS = (0.2, 3.0)  # bounds of an attraction whose mean is 1

_MOST = {"colours": 7, "planes": 6}  # layers that can be told apart in print
_BEND = 0.12  # of a directed link: height of its curve over its length
_APART = 0.08  # bend of undirected links of one layer against those of the next
_LEAST = 0.2  # height of a picture, as a share of its width: matplotlib 3.10 lays out no less
_FAR = 0.4  # how much smaller the far edge of a plane is drawn
_WIDE = 2.2
_DEEP = 0.62
_NEXT = 0.66  # of a plane: width, depth as drawn, and to the next one
_HEAD = np.array([[1.3, 0.0], [-0.8, 0.75], [-0.8, -0.75], [1.3, 0.0]])
_SCALE = {"o": 1.0, "s": 0.85, "D": 0.72, "^": 1.1, "v": 1.1, "P": 1.1, "X": 1.1}
_TOGETHER = 3000.0
_SMALLEST = 3.0
_LARGEST = 90.0  # points^2 of all markers together, and of one


def plot_network(
    network: MultilayerNetwork,
    *,
    arrange: Arrange = "colours",
    layers: Sequence[str] | None = None,
    layout: Layout | pd.DataFrame | None = None,
    groups: Partition | pd.Series[Any] | pd.DataFrame | None = None,
    size: pd.Series[float] | pd.DataFrame | None = None,
    labels: Whole = 12,
    names: Names | None = None,
    strongest: Whole = 1500,
    edge_kws: Kws = None,
    node_kws: Kws = None,
    rng: Rng = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw nodes and links of a network that needs no coordinates.

    Links are wider for larger weights; those of directed layers are curved to the left of their
    direction and have a head in the middle. Modelled layers are grey. Self-links are left out. In
    planes, nodes without a link are faint, and dotted lines follow named nodes. Forces see square
    roots of weights, of each layer the same total. The caption says what areas mean.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network; pictures of more than a few hundred nodes show little but their groups.
    arrange : {"colours", "planes"}
        How layers are told apart: by colour and dash in one picture, or as planes above one
        another, seen in perspective. A node has one position in all layers.
    layers : sequence of str, optional
        In this order. Default: all, or those of most links, up to 7 colours or 6 planes.
    layout : {"fruchterman_reingold", "kamada_kawai"} or DataFrame, optional
        A DataFrame: ``x`` and ``y`` of all nodes. Default: Kamada and Kawai's for connected
        networks of up to 80 nodes.
    groups : Partition, Series or DataFrame, optional
        Communities, or any label of the nodes, or of the nodes in each layer. Told apart by colour
        and marker. Default: two to seven kinds.
    size : Series, optional
        Values at least 0, as areas of markers. Default: equal markers.
    labels : int
        At most this many nodes are named in each picture, those of the largest `size` or of most
        links first: a third in any case, if need be by a line, the others where there is room.
    strongest : int
        At most this many links are drawn of each layer, the heaviest.
    rng : int, SeedSequence, Generator or None
        Of the positions from which forces begin.

    References
    ----------
    Fruchterman and Reingold (1991), Software 21, 1129-1164. Kamada and Kawai (1989), Information
    Processing Letters 31, 7-15. Planes: De Domenico et al. (2015), J. Complex Networks 3, 159-176.

    Examples
    --------
    >>> links = pd.DataFrame({"source": "a", "target": "b", "layer": ["x", "y"]})
    >>> ax = plot_network(ni.build_network(pd.DataFrame(index=["a", "b"]), links), rng=1)
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['x', 'y']
    """
    drawn = _chosen_layers(network, layers, arrange)
    rng = check_rng(rng)
    together = arrange == "colours"
    codes, called = _node_groups(network, groups, drawn, by_layer=not together)
    areas, measure = _marker_areas(network, size, pictures=1 if together else len(drawn))
    at = _in_box(node_positions(network, drawn, layout, rng), square=not together)
    every = [_links(network, layer) for layer in drawn]
    links = [table.head(strongest) for table in every]
    degree = np.zeros((len(drawn), len(at)), int)
    for counts, part in zip(degree, links, strict=True):
        counts += np.bincount(np.ravel(part[["source", "target"]]), minlength=len(at))
    pictures = at[None]
    linked = np.ones((1, len(at)), bool)
    if not together:
        pictures = np.array([_on_plane(0.04 + 0.92 * at, k) for k in range(len(drawn))])
        linked = degree > 0
    order = np.lexsort([-degree.sum(axis=0), -areas]).astype(np.int32)
    modelled = list(network.layer_table.query("modelled").index)
    titles = [printable(mark_modelled(layer, modelled)) for layer in drawn]
    by_colour = together and len(drawn) > 1
    plain = len(drawn) == 1 or bool(called and not together)
    greys = [plain or layer in modelled for layer in drawn]
    dash = {"linestyle": "solid"} if together or plain else {}
    styles = [layer_style(seat, modelled=grey) | dash for seat, grey in enumerate(greys)]
    tall = float(at[:, 1].max(initial=0.0)) if together else _NEXT / _WIDE * len(drawn)
    height = float(np.clip(12 + DOUBLE * tall, 60, 150 if together else 230))
    with drawing(ax, height) as ax:
        beside = [] if together else _draw_planes(ax, titles, pictures, linked, order[:labels])
        for k, where in enumerate(pictures):
            for number in range(len(drawn)) if together else [k]:
                bend = _APART * (number - (len(drawn) - 1) / 2) if by_colour else 0.0
                directed = drawn[number] in network.directed
                way: dict[str, Any] = {"bend": _BEND if directed else bend, "heads": directed}
                named = by_colour or (together and drawn[number] in modelled)
                look = styles[number] | {"label": titles[number] if named else "_"}
                _draw_links(ax, links[number], where, look, edge_kws, **way)
            _draw_nodes(ax, where, linked[k], areas, (codes[k], called), node_kws, grey=by_colour)
        ax.set_aspect("equal")
        ax.autoscale_view()
        ax.margins(x=0.06, y=0.06)  # room for whole nodes in small figures
        bottom, top = ax.get_ylim()
        room = max(0.0, _LEAST * np.ptp(ax.get_xlim()) - (top - bottom))  # of nodes on a line
        ax.set_ylim(bottom - room / 2, top + room / 2)
        ax.set_axis_off()
        lightest = sum(map(len, every)) - sum(map(len, links))
        fewer = len(network.layers) - len(drawn) if layers is None else 0
        notes = [f"Area of a node: {printable(measure)}."] if measure else []
        notes += [counted("Links left out, the lightest", lightest)]
        notes += [counted("Layers left out, those of fewest links", fewer)]
        finish(ax, notes=notes, ncols=6)
        named_first = order[:labels][linked[:, order[:labels]].any(axis=0)].tolist()
        first = [(int(linked[:, node].argmax()), node) for node in named_first]
        spots = list(dict.fromkeys([*first, *product(range(len(pictures)), order.tolist())]))
        numbers, nodes = np.array(spots, int).reshape(-1, 2).T
        texts = [name_of(names, node) for node in network.storage.node_names[nodes]]
        most: dict[str, Any] = {"most": len(first), "must": len(first) // 3, "beside": beside}
        radii = np.sqrt(areas[nodes] / np.pi)
        label_points(ax, pictures[numbers, nodes], texts, radii=radii, **most)
    return ax


def _chosen_layers(
    network: MultilayerNetwork, layers: Sequence[str] | None, arrange: Arrange
) -> list[str]:
    if layers is not None and (drawn := check_names("layers", layers, network.layers)):
        return drawn
    if layers is not None or (arrange != "colours" and not network.layers):
        raise InputError("`layers` must name a layer of the network; found none.")
    count = [-network.storage.block(layer).indices.size for layer in network.layers]
    heaviest = sorted(np.argsort(count, kind="stable")[: _MOST[arrange]])
    return [network.layers[k] for k in heaviest]


def _in_box(at: Floats, *, square: bool) -> Floats:
    if not len(at):
        return at
    extent = np.ptp(at, axis=0)
    extent = np.where(extent > 0, extent, 1.0)
    return np.asarray((at - at.min(axis=0)) / (extent if square else max(extent / [1, 1.1])))


def _links(network: MultilayerNetwork, layer: str) -> pd.DataFrame:
    """Positions of the ends, the heaviest first; each undirected link once."""
    block = network.storage.block(layer)
    links = pd.DataFrame({"source": block.sources, "target": block.indices, "weight": block.data})
    links = links[links["source"] != links["target"]]
    return links.sort_values("weight", ascending=False, kind="stable")


def _on_plane(at: Floats, number: int) -> Floats:
    x, y = at.T
    away = 1 + _FAR * y
    depth = _DEEP * (1 + _FAR) * y / away
    return np.column_stack([_WIDE * (x - 0.5) / away, depth - _NEXT * number])


def _draw_planes(
    ax: Axes, titles: list[str], pictures: Floats, linked: Mask, nodes: Codes
) -> list[Text]:
    texts = []
    for number, title in enumerate(titles):
        corners = _on_plane(np.array([[0, 0], [1, 0], [1, 1], [0, 1.0]]), number)
        look: dict[str, Any] = {"linewidth": 0.5, "facecolor": tone("0.96"), "edgecolor": "0.6"}
        ax.add_patch(Polygon(corners, zorder=0.5, **look))
        texts.append(ax.text(corners[0, 0], corners[3, 1], title, ha="left", va="top"))
    lines = [
        pictures[number : number + 2, node]
        for number in range(len(pictures) - 1)
        for node in nodes[linked[number : number + 2, nodes].all(axis=0)]
    ]
    draw_lines(ax, lines, {"colors": "0.45", "linewidths": 0.5, "linestyles": ":", "zorder": 1})
    return texts


def node_positions(
    network: MultilayerNetwork,
    layers: Sequence[str],
    layout: Layout | pd.DataFrame | None,
    rng: np.random.Generator,
) -> Floats:
    if layout is None or isinstance(layout, str):
        check_choice("layout", layout or "kamada_kawai", Layout)
        return _by_forces(network, layers, layout, rng)
    of = "the name of a layout, or a table of nodes"
    table = table_of("layout", layout, ["x", "y"], of=of)[["x", "y"]]
    table = table.reindex(network.storage.node_names).astype(float)
    if unknown := table.index[~np.isfinite(table.to_numpy()).all(axis=1)].tolist():
        msg = f"`layout` must place all nodes; {len(unknown)} have no x or y: {unknown[:5]}."
        raise InputError(msg)
    return table.to_numpy()


def _by_forces(
    network: MultilayerNetwork, layers: Sequence[str], layout: Layout | None, rng: Any
) -> Floats:
    import igraph

    n = network.n_nodes
    start = rng.standard_normal((n, 2)) * np.sqrt(n) / 2
    if n < 2:
        return np.asarray(start)
    total = sparse.csr_array((n, n))
    for layer in layers:
        indptr, indices, weight = network.storage.simple_csr(layer)
        if weight.size:
            # Scaled, since layers differ in units; square roots, since weights are skewed.
            strength = np.sqrt(weight / weight.max())
            matrix = sparse.csr_array((strength / strength.mean(), indices, indptr), shape=(n, n))
            total = total + matrix + matrix.T
    links = sparse.coo_array(sparse.triu(total, k=1))
    graph = igraph.Graph(n=n, edges=np.column_stack(links.coords).tolist())
    small = n <= _SMALL and graph.is_connected()
    if layout == "kamada_kawai" or (layout is None and small):
        drawn = graph.layout_kamada_kawai(seed=start.tolist())
    else:
        steps = 1000 if n <= _FEW else 200  # more hardly change larger ones
        pull = np.clip(links.data / (links.data.mean() if links.nnz else 1.0), *_WEIGHTS)
        forces = {"weights": pull.tolist(), "niter": steps, "grid": n > _MANY}
        igraph.set_random_number_generator(random.Random(int(rng.integers(2**32))))
        try:
            drawn = graph.layout_fruchterman_reingold(seed=start.tolist(), **forces)
        finally:
            igraph.set_random_number_generator(random)
    at = np.array(drawn.coords)
    at -= at.mean(axis=0)
    _, _, axes = np.linalg.svd(at, full_matrices=False)
    at = at @ axes.T
    # Singular vectors have no sign: the first node lies to the upper right of the middle.
    return np.asarray(at * np.where(at[0] < 0, -1.0, 1.0))


def _draw_links(
    ax: Axes, links: pd.DataFrame, at: Floats, style: Any, kws: Kws, *, bend: float, heads: bool
) -> None:
    if links.empty:
        return
    start, end = (at[links[each]] for each in ("source", "target"))
    weight = links["weight"].to_numpy()
    thick = float(np.clip(14 / np.sqrt(len(weight)), 0.4, 1.0))
    equal = weight.max() == weight.min()
    widths = np.full(len(weight), thick) if equal else 0.25 + 1.5 * weight / weight.max()
    ways = arcs(start, end, np.full(len(start), bend))
    alpha = float(np.clip(12 / np.sqrt(len(weight)), 0.3, 0.8))
    look = style | {"linewidths": widths[::-1], "alpha": alpha, "zorder": 1.5, "capstyle": "butt"}
    lines = draw_lines(ax, ways[::-1], look, kws)
    if heads:
        chord = end - start
        middle = ways[:, ways.shape[1] // 2]
        angle = np.arctan2(chord[:, 1], chord[:, 0])  # also that of the curve in its middle
        ahead = np.column_stack([np.cos(angle), np.sin(angle)])
        turned = np.stack([ahead, ahead[:, ::-1] * [-1, 1]], axis=1)
        # One path a head, in points around the middle of its curve.
        corners = (0.8 + 0.7 * widths)[:, None, None] * (_HEAD @ turned)
        paths = [Path(outline, closed=True) for outline in corners]
        look = {
            "facecolors": lines.get_color()[0],
            "linewidths": 0,
            "zorder": 1.6,
            "offsets": middle,
            "offset_transform": ax.transData,
        }
        marks = PathCollection(paths, [1.0], alpha=min(1.0, alpha + 0.25), **look)
        marks.set_transform(IdentityTransform())
        ax.add_collection(marks)


def _node_groups(
    network: MultilayerNetwork, groups: Any, layers: Sequence[str], *, by_layer: bool
) -> _Kinds:
    """Codes, layers x nodes; names of groups, of those that share one marker, and of none."""
    nodes = network.storage.nodes
    shape = max(len(layers), 1), len(nodes)
    if groups is None:
        if not 2 <= nodes["kind"].nunique() <= len(MARKS):
            return np.zeros(shape, np.int32), []
        groups = nodes["kind"]
    called = "community " if isinstance(groups, Partition) else ""
    labels: Any = groups.membership if isinstance(groups, Partition) else groups
    if not isinstance(labels, (pd.Series, pd.DataFrame)):
        raise InputError(
            "`groups` must be a Partition, a Series over the nodes, or a DataFrame nodes x layers; "
            f"found {shown(groups)}."
        )
    labels = labels.reindex(nodes.index)
    if isinstance(labels, pd.DataFrame):
        labels = table_of("groups", labels, layers, of="MultilayerNetwork.layers")[list(layers)]
        if not by_layer:
            first = labels.bfill(axis=1).iloc[:, 0]
            if not (labels.eq(first, axis=0) | labels.isna()).all(axis=None):
                raise InputError(
                    "`groups` differ between the layers of a node, which one picture of all "
                    "layers cannot show; choose `arrange` 'planes'."
                )
            labels = first
    held = pd.Series(np.broadcast_to(labels.to_numpy(dtype=object).T, shape).ravel())
    count = held.value_counts(sort=False)
    if count.empty:
        raise InputError("`groups` must give a label to at least one node; all are missing.")
    # Communities keep their numbers; of all else the largest group comes first.
    order = count.sort_index() if called else count.sort_values(ascending=False, kind="stable")
    kinds = order.index
    n_named = len(kinds) if len(kinds) <= len(MARKS) else len(MARKS) - 1
    codes = np.minimum(kinds.get_indexer(pd.Index(held)), n_named)
    names = [f"{called}{int(kind) if called else printable(kind)}" for kind in kinds[:n_named]]
    codes = np.where(codes < 0, n_named + 1, codes).astype(np.int32).reshape(shape)
    return codes, [*names, f"{len(kinds) - n_named} other groups", "none"]


def _marker_areas(network: MultilayerNetwork, size: Any, *, pictures: int) -> tuple[Floats, str]:
    n = max(network.n_nodes, 1)
    usual = float(np.clip(_TOGETHER / n / np.sqrt(pictures), 2 * _SMALLEST, 40.0))
    if size is None:
        return np.full(network.n_nodes, usual), ""
    size = one_column("size", size)
    if not isinstance(size, pd.Series) or not pd.api.types.is_numeric_dtype(size.dtype):
        raise InputError(f"`size` must be a Series of numbers over the nodes; found {shown(size)}.")
    value = size.reindex(network.storage.node_names).fillna(0).to_numpy(np.float64)
    if (value < 0).any() or np.isinf(value).any():
        raise InputError("`size` must be finite and at least 0; found other values.")
    largest = min(_LARGEST / np.sqrt(pictures), 5 * usual)
    scaled = value / value.max() if value.any() else np.ones(len(value))
    return np.maximum(largest * scaled, _SMALLEST), "" if size.name is None else str(size.name)


def _draw_nodes(
    ax: Axes, at: Floats, linked: Mask, areas: Floats, kinds: _Kinds, kws: Kws, *, grey: bool
) -> None:
    codes, names = kinds
    small: dict[str, Any] = {"facecolors": tone("#d9d9d9"), "linewidths": 0, "zorder": 2.5}
    draw_points(ax, at[~linked], small | {"s": np.minimum(areas[~linked], 8)})
    edge, width = (ink(), 0.5) if grey and names else (paper(), 0.4)
    look: dict[str, Any] = {"edgecolors": edge, "linewidths": width, "zorder": 3}
    if not names:
        draw_points(ax, at[linked], look | {"s": areas[linked], "c": ink()}, kws)
    shades = [ink(), paper(), "#9a9a9a"] * 3 if grey else PALETTE
    for code, name in enumerate(names):
        chosen = (codes == code) & linked
        named = code < len(names) - 2
        marker = MARKS[code] if named else "o"
        look.update({"c": shades[code] if named else "#c4c4c4", "marker": marker, "label": name})
        if chosen.any():
            draw_points(ax, at[chosen], look | {"s": areas[chosen] * _SCALE[marker]}, kws)
