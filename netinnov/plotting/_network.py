"""A picture of any network: its layers as colours, or as stacked planes, placed by forces."""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise, product
from typing import Any, Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Polygon
from matplotlib.text import Text
from scipy import sparse

from netinnov._runtime.arguments import check_choice, check_names, check_rng, examples
from netinnov._typing import Codes, Floats, Rng, Whole
from netinnov.community import Partition
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.plotting._drawing import Kws, draw_lines, finish, table_of
from netinnov.plotting._fonts import Names, name_of, printable
from netinnov.plotting._labels import label_points
from netinnov.plotting._network_marks import (
    DrawnLinks,
    Picture,
    draw_links,
    draw_nodes,
    heaviest_links,
    marker_areas,
    node_groups,
)
from netinnov.plotting._style import (
    DOUBLE,
    drawing,
    layer_style,
    mark_modelled,
    modelled_layers,
    tone,
)

Arrange = Literal["colours", "planes"]
Layout = Literal["fruchterman_reingold", "kamada_kawai"]
_SMALL = 80  # nodes of a connected network up to which the default is Kamada and Kawai's layout
_FEW, _MANY = 500, 2000  # nodes; from there on forces reach only the neighbourhood
_WEIGHTS = (0.2, 3.0)  # bounds of an attraction whose mean is 1

_MOST = {"colours": 7, "planes": 6}  # layers that can be told apart in print
_APART = 0.08  # bend of undirected links of one layer against those of the next
_LEAST = 0.2  # height of a picture, as a share of its width: matplotlib 3.10 lays out no less
_FAR = 0.4  # how much smaller the far edge of a plane is drawn
_WIDE, _DEEP, _NEXT = 2.2, 0.62, 0.66  # of a plane: width, depth as drawn, and to the next one


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
    direction and have a head in the middle. Modelled layers are grey. Self-links are left out.
    Nodes without a link there are faint. In planes, dotted lines follow named nodes. Forces see the
    layers drawn, each with the same total, and the square roots of weights. The caption
    (`save_figure`) says what areas mean and what is left out.

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
    >>> import pandas as pd, netinnov as ni
    >>> links = pd.DataFrame({"source": "a", "target": "b", "layer": ["x", "y"]})
    >>> ax = plot_network(ni.build_network(pd.DataFrame(index=["a", "b"]), links), rng=1)
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['x', 'y']
    """
    drawn = _chosen_layers(network, layers, arrange)
    rng = check_rng(rng)
    together = arrange == "colours"
    groups_of = node_groups(network, groups, drawn, by_layer=not together)
    areas, measure = marker_areas(network, size, pictures=1 if together else len(drawn))
    at = _in_box(node_positions(network, drawn, layout, rng), square=not together)
    links = [heaviest_links(network, layer, strongest) for layer in drawn]
    if together:
        pictures = [Picture(at, [*range(len(links))], np.ones(len(at), bool))]
    else:
        pictures = [_plane(at, number, part) for number, part in enumerate(links)]
    ends = [np.concatenate([part.source, part.target]) for part in links]
    degree = sum((np.bincount(each, minlength=len(areas)) for each in ends), np.zeros(len(areas)))
    order = np.lexsort([-degree, -areas]).astype(np.int32)
    modelled = modelled_layers(network)
    titles = [printable(mark_modelled(layer, modelled)) for layer in drawn]
    by_colour = together and len(drawn) > 1
    plain = len(drawn) == 1 or (groups_of is not None and not together)
    greys = [plain or layer in modelled for layer in drawn]
    styles = [layer_style(seat, modelled=grey) for seat, grey in enumerate(greys)]
    if together or plain:
        styles = [style | {"linestyle": "solid"} for style in styles]
    tall = float(at[:, 1].max(initial=0.0)) if together else _NEXT / _WIDE * len(drawn)
    height = float(np.clip(12 + DOUBLE * tall, 60, 150 if together else 230))
    with drawing(ax, height) as ax:
        beside = [] if together else _draw_planes(ax, titles, pictures, order[:labels])
        for picture in pictures:
            for number in picture.layers:
                bend = _APART * (number - (len(drawn) - 1) / 2) if by_colour else 0.0
                named = by_colour or (together and drawn[number] in modelled)
                look = styles[number] | {"label": titles[number] if named else "_"}
                draw_links(ax, links[number], picture.at, look, edge_kws, bend=bend)
            draw_nodes(ax, picture, areas, groups_of, node_kws, grey=by_colour)
        ax.set_aspect("equal")
        ax.autoscale_view()
        ax.margins(x=0.06, y=0.06)  # room for whole nodes in small figures
        bottom, top = ax.get_ylim()
        room = max(0.0, _LEAST * np.ptp(ax.get_xlim()) - (top - bottom))  # of nodes on a line
        ax.set_ylim(bottom - room / 2, top + room / 2)
        ax.set_axis_off()
        hidden = sum(part.n_hidden for part in links)
        fewer = len(network.layers) - len(drawn) if layers is None else 0
        notes = [f"Area of a node: {printable(measure)}."] if measure else []
        notes += [f"Links left out, the lightest: {hidden:,}."] if hidden else []
        notes += [f"Layers left out, those of fewest links: {fewer:,}."] if fewer else []
        finish(ax, notes=notes, ncols=6)
        first = [
            next((k, node) for k, one in enumerate(pictures) if one.linked[node])
            for node in order[:labels].tolist()
            if any(one.linked[node] for one in pictures)
        ]
        spots = list(dict.fromkeys([*first, *product(range(len(pictures)), order.tolist())]))
        nodes = [node for _, node in spots]
        points = np.array([pictures[number].at[node] for number, node in spots])
        texts = [name_of(names, node) for node in network.storage.nodes.index[nodes]]
        most: dict[str, Any] = {"most": len(first), "must": len(first) // 3, "beside": beside}
        label_points(ax, points, texts, radii=np.sqrt(areas[nodes] / np.pi), **most)
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


def _plane(at: Floats, number: int, links: DrawnLinks) -> Picture:
    linked = np.zeros(len(at), bool)
    linked[links.source] = linked[links.target] = True
    return Picture(_on_plane(0.04 + 0.92 * at, number), [number], linked)


def _on_plane(at: Floats, number: int) -> Floats:
    x, y = at.T
    away = 1 + _FAR * y
    depth = _DEEP * (1 + _FAR) * y / away
    return np.column_stack([_WIDE * (x - 0.5) / away, depth - _NEXT * number])


def _draw_planes(ax: Axes, titles: list[str], pictures: list[Picture], nodes: Codes) -> list[Text]:
    """Planes with their titles, and dotted lines that follow nodes from one to the next."""
    texts = []
    for number, title in enumerate(titles):
        corners = _on_plane(np.array([[0, 0], [1, 0], [1, 1], [0, 1.0]]), number)
        look: dict[str, Any] = {"linewidth": 0.5, "facecolor": tone("0.96"), "edgecolor": "0.6"}
        ax.add_patch(Polygon(corners, zorder=0.5, **look))
        texts.append(ax.text(corners[0, 0], corners[3, 1], title, ha="left", va="top"))
    lines = [
        np.stack([upper.at[node], lower.at[node]])
        for upper, lower in pairwise(pictures)
        for node in nodes[upper.linked[nodes] & lower.linked[nodes]]
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
        return _by_forces(_attraction(network, layers), layout, rng)
    of = "the name of a layout, or a table of nodes"
    table = table_of("layout", layout, ["x", "y"], of=of)[["x", "y"]]
    table = table.reindex(network.storage.nodes.index).astype(float)
    if unknown := table.index[~np.isfinite(table.to_numpy()).all(axis=1)].tolist():
        msg = f"`layout` must place all nodes; {len(unknown)} have no x or y: {examples(unknown)}."
        raise InputError(msg)
    return table.to_numpy()


def _attraction(network: MultilayerNetwork, layers: Sequence[str]) -> sparse.coo_array:
    n = network.n_nodes
    total = sparse.csr_array((n, n))
    for layer in layers:
        indptr, indices, weight = network.storage.simple_csr(layer)
        if weight.size:
            # Scaled, since layers differ in units; square roots, since weights are skewed.
            strength = np.sqrt(weight / weight.max())
            matrix = sparse.csr_array((strength / strength.mean(), indices, indptr), shape=(n, n))
            total = total + matrix + matrix.T
    upper = sparse.coo_array(sparse.triu(total, k=1))
    if upper.nnz:
        upper.data = np.clip(upper.data / upper.data.mean(), *_WEIGHTS)
    return upper


def _by_forces(
    attraction: sparse.coo_array, layout: Layout | None, rng: np.random.Generator
) -> Floats:
    import igraph

    n = int(attraction.shape[0])
    start = rng.standard_normal((n, 2)) * np.sqrt(n) / 2
    if n < 2:
        return np.asarray(start)
    graph = igraph.Graph(n=n, edges=np.column_stack(attraction.coords).tolist())
    small = n <= _SMALL and graph.is_connected()
    if layout == "kamada_kawai" or (layout is None and small):
        drawn = graph.layout_kamada_kawai(seed=start.tolist())
    else:
        steps = 1000 if n <= _FEW else 200  # more hardly change larger ones
        forces = {"weights": attraction.data.tolist(), "niter": steps, "grid": n > _MANY}
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
