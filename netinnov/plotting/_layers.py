"""Drawings of whole networks: layers stacked as planes, and matrices ordered by place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.colors import LogNorm
from matplotlib.patches import Polygon
from matplotlib.ticker import NullFormatter

from netinnov._arguments import as_whole, check_names
from netinnov.build import flatten
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork, check_network
from netinnov.plotting._fonts import printable
from netinnov.plotting._style import (
    DOUBLE,
    INK,
    SINGLE,
    axes_or_new,
    figure_style,
    layer_style,
    mark_modelled,
    modelled_layers,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from netinnov._typing import Floats

__all__ = ["plot_adjacency", "plot_layers"]

_CELLS = 4_000_000  # of a dense matrix that a figure can show
_NAMED = 45  # groups that a matrix of a column's width can name
_SHEAR, _FLAT, _GAP = 0.35, 0.38, 0.62  # of a plane: to the right, its depth, to the next one


def plot_adjacency(
    network: MultilayerNetwork, *, layer: str | None = None, ax: Axes | None = None
) -> Axes:
    """Draw the matrix of weights with the nodes ordered by place.

    Parameters
    ----------
    network : MultilayerNetwork
        At most 2,000 nodes; aggregate larger ones.
    layer : str, optional
        One layer. None: the weights of all layers, summed.
    ax : Axes, optional
        Where to draw; a new figure of 89 mm by default.

    Returns
    -------
    Axes
        Rows are sources. Places stand in the order of `network.places`, their nodes in node
        order; nodes without a place come last. Lines part the places, which are named if there
        are few. Shades are logarithmic; white: no link. Self-links are drawn.

    Raises
    ------
    InputError
        If the network is too large, has no link, or has no such layer.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> nodes = pd.DataFrame({"place": ["q", "h", "q"]}, index=["a", "b", "c"])
    >>> links = pd.DataFrame({"source": ["a"], "target": ["b"], "weight": [2.0]})
    >>> ax = plot_adjacency(ni.build_network(nodes, links))
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['q', 'h']
    """
    check_network(network)
    n = network.n_nodes
    if n * n > _CELLS:
        msg = f"a matrix of {n:,} nodes is too large to be seen; aggregate() to 2,000 or fewer."
        raise InputError(msg)
    if network.n_links == 0:
        raise InputError("a matrix needs links to draw; there are none.")
    if layer is None and len(network.layers) == 1:
        (layer,) = network.layers
    drawn = flatten(network) if layer is None else network
    matrix = drawn.adjacency(drawn.layers[0] if layer is None else layer)
    code = network.storage.place_codes
    last = np.where(code >= 0, code, len(network.storage.places))
    order = np.argsort(last, kind="stable")
    dense = matrix[order][:, order].toarray()
    groups, start = np.unique(last[order], return_index=True)
    edges = np.append(start, n)
    with figure_style():
        ax = axes_or_new(ax, width=SINGLE, height=80)
        low, high = matrix.data.min(), matrix.data.max()
        # From below the least weight, so that the weakest link is told from none.
        norm = LogNorm(low * (low / high) ** 0.5 / 2, high)
        image = ax.imshow(
            np.ma.masked_equal(dense, 0), cmap="Blues", norm=norm, interpolation="nearest"
        )
        if len(groups) < n:
            for edge in start[1:]:
                ax.axhline(edge - 0.5, color=INK, linewidth=0.3)
                ax.axvline(edge - 0.5, color=INK, linewidth=0.3)
        named = len(groups) <= _NAMED
        at = (edges[:-1] + edges[1:] - 1) / 2 if named else []
        places = [*map(str, network.storage.places.index), "no place"]
        names = [printable(places[group]) for group in groups] if named else []
        ax.set_xticks(at, names, rotation=90)
        ax.set_yticks(at, names)
        ax.tick_params(length=0, labelsize=7 if len(groups) <= 20 else 5)
        ax.spines[:].set_visible(True)
        title = "all layers" if layer is None else printable(layer)
        bar = ax.figure.colorbar(image, ax=ax, fraction=0.046, pad=0.02, format="{x:.3g}")
        if high > low:
            bar.ax.set_ylim(low, high)
        bar.set_ticks(np.unique([low, (low * high) ** 0.5, high]).tolist())
        bar.ax.yaxis.set_minor_formatter(NullFormatter())
        bar.set_label(f"weight, {title}", fontsize=7)
        bar.ax.tick_params(labelsize=7)
    return ax


def plot_layers(
    network: MultilayerNetwork,
    *,
    layers: Sequence[str] | None = None,
    strongest: int = 200,
    ax: Axes | None = None,
) -> Axes:
    """Draw the layers as planes above one another, each node at one spot in all of them.

    Parameters
    ----------
    network : MultilayerNetwork
        A node stands at the ``lon`` and ``lat`` of its place; if a node has none, all stand on a
        circle in node order.
    layers : sequence of str, optional
        From top to bottom; all by default.
    strongest : int
        At most this many links are drawn of each layer, the heaviest.
    ax : Axes, optional
        Where to draw; a new figure of 183 mm by default.

    Returns
    -------
    Axes
        Links inside each plane, nodes where they have a link, and dotted lines between the copies
        of a node in planes next to each other. Self-links are left out. Modelled layers
        (`MultilayerNetwork.layer_table`) are grey, and their labels say so.

    Raises
    ------
    InputError
        If a layer is not in the network, or there is none.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> links = pd.DataFrame({"source": "a", "target": "b", "layer": ["x", "y"]})
    >>> ax = plot_layers(ni.build_network(pd.DataFrame(index=["a", "b"]), links))
    >>> [text.get_text() for text in ax.texts]
    ['x (1)', 'y (1)']
    """
    check_network(network)
    strongest = as_whole("strongest", strongest)
    drawn = check_names("layers", network.layers if layers is None else layers, network.layers)
    if not drawn:
        raise InputError("`layers` must name a layer of the network; found none.")
    spots, modelled = _spots(network), modelled_layers(network)
    present = dict(zip(network.layers, network.storage.presence("linked"), strict=True))
    with figure_style():
        ax = axes_or_new(ax, width=DOUBLE, height=30 + 34 * len(drawn))
        for depth, layer in enumerate(drawn):
            plane = _on_plane(spots, depth)
            corners = _on_plane(np.array([[0, 0], [1, 0], [1, 1], [0, 1]]), depth)
            ax.add_patch(Polygon(corners, facecolor="0.96", edgecolor="0.6", linewidth=0.5))
            style = layer_style(network.layers.index(layer), modelled=layer in modelled)
            _draw_plane(ax, network, layer, plane, style, strongest)
            in_layer = present[layer]
            x, y = plane[in_layer].T
            ax.scatter(x, y, s=5, color=INK, zorder=3, linewidths=0)
            name = f"{printable(mark_modelled(layer, modelled))} ({_n_links(network, layer):,})"
            left, bottom = corners[0]
            ax.text(left - 0.02, bottom, name, ha="right", va="bottom", fontsize=7)
            if depth:
                in_both = in_layer & present[drawn[depth - 1]]
                lines = np.stack([_on_plane(spots[in_both], depth - 1), plane[in_both]], axis=1)
                dots = {"color": "0.55", "linewidths": 0.4, "linestyles": ":"}
                ax.add_collection(LineCollection(list(lines), zorder=1, **dots))
        ax.set_aspect("equal")
        ax.autoscale_view()
        ax.margins(x=0.02, y=0.04)
        ax.set_axis_off()
    return ax


def _n_links(network: MultilayerNetwork, layer: str) -> int:
    """Linked pairs of a layer."""
    return int(network.storage.block(layer).indices.size)


def _spots(network: MultilayerNetwork) -> Floats:
    """Places of the nodes in the unit square, the same for all layers."""
    at = network.places[["lon", "lat"]].reindex(network.nodes["place"]).to_numpy()
    if at.size == 0 or np.isnan(at).any():
        angle = 2 * np.pi * np.arange(network.n_nodes) / max(network.n_nodes, 1)
        at = np.column_stack([np.cos(angle), np.sin(angle)])
    spread = np.ptp(at, axis=0)
    return np.asarray(0.05 + 0.9 * (at - at.min(axis=0)) / np.where(spread > 0, spread, 1))


def _on_plane(spots: Floats, depth: int) -> Floats:
    """A square seen from above at a slant, one plane below another."""
    x, y = spots.T
    return np.column_stack([x + _SHEAR * y, _FLAT * y - _GAP * depth])


def _draw_plane(
    ax: Axes,
    network: MultilayerNetwork,
    layer: str,
    plane: Floats,
    style: dict[str, object],
    strongest: int,
) -> None:
    indptr, target, weight = network.storage.simple_csr(layer)
    source = np.repeat(np.arange(network.n_nodes), np.diff(indptr))
    if layer not in network.directed:
        once = source < target
        source, target, weight = source[once], target[once], weight[once]
    heaviest = np.argsort(-weight, kind="stable")[:strongest]
    source, target, weight = source[heaviest], target[heaviest], weight[heaviest]
    if weight.size:
        lines = np.stack([plane[source], plane[target]], axis=1)
        widths = 0.3 + 1.5 * weight / weight.max()
        ax.add_collection(
            LineCollection(
                list(lines), linewidths=widths, colors=str(style["color"]), alpha=0.7, zorder=2
            )
        )
