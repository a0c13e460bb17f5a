"""The matrix of weights, its nodes ordered by place."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.ticker import NullFormatter

from netinnov.build import flatten
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.plotting._fonts import printable
from netinnov.plotting._style import INK, SINGLE, axes_or_new, colour_bar, figure_style

_CELLS = 4_000_000  # of a dense matrix that a figure can show
_NAMED = 45  # groups that a matrix of a column's width can name


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
        bar = colour_bar(ax, image, f"weight, {title}", pad=0.02, format="{x:.3g}")
        if high > low:
            bar.ax.set_ylim(low, high)
        bar.set_ticks(np.unique([low, (low * high) ** 0.5, high]).tolist())
        bar.ax.yaxis.set_minor_formatter(NullFormatter())
    return ax
