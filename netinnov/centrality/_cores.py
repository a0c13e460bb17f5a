"""The dense middle of a network: cores, and links among the nodes with most links."""

from __future__ import annotations

import numpy as np
import pandas as pd

from netinnov._paths import union
from netinnov._typing import Codes
from netinnov.network import MultilayerNetwork


def core_number(network: MultilayerNetwork) -> pd.Series:
    """Largest k such that the node is in the k-core.

    The k-core is the largest part of the network in which every node has k neighbours or more.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network. Layers are flattened to one undirected graph without weights.

    Returns
    -------
    Series
        One whole number a node; 0 for an isolate. Self-links do not count.

    References
    ----------
    Seidman (1983), Network structure and minimum degree, Social Networks 5.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> links = pd.DataFrame({"source": ["a", "b", "a", "c"], "target": ["b", "c", "c", "d"]})
    >>> network = ni.build_network(pd.DataFrame(index=["a", "b", "c", "d"]), links)
    >>> core_number(network).tolist()
    [2, 2, 2, 1]
    """
    import igraph

    one, other = _pairs(network)
    graph = igraph.Graph(n=network.n_nodes, edges=np.column_stack([one, other]))
    score = np.array(graph.coreness(), dtype=np.int64)
    return pd.Series(score, network.storage.nodes.index, name="core_number")


def rich_club(network: MultilayerNetwork) -> pd.Series:
    """Share of pairs that are linked among the nodes with more than k neighbours.

    phi(k) = 2 E / (N (N - 1)), N the number of nodes with more than k neighbours and E that of
    links between them.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network. Layers are flattened to one undirected graph without weights.

    Returns
    -------
    Series
        Index ``degree``: k = 0, 1, ... as long as two nodes have more than k neighbours; empty
        for a network without links. Self-links do not count.

    Notes
    -----
    The share rises with k in random networks too: compare it with networks of the same degrees.

    References
    ----------
    Zhou and Mondragon (2004), The rich-club phenomenon in the Internet topology, IEEE
    Communications Letters 8.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> links = pd.DataFrame({"source": ["a", "b", "a", "c"], "target": ["b", "c", "c", "d"]})
    >>> network = ni.build_network(pd.DataFrame(index=["a", "b", "c", "d"]), links)
    >>> rich_club(network).round(3).tolist()  # all four; without d; c alone has more than 2
    [0.667, 1.0]
    """
    one, other = _pairs(network)
    degree = np.bincount(np.concatenate([one, other]), minlength=network.n_nodes)
    size = int(degree.max(initial=0))
    # Nodes, and links by their lesser end, with more than k neighbours: counts from above.
    nodes = _above(degree, size)
    links = _above(np.minimum(degree[one], degree[other]), size)
    kept = nodes >= 2
    share = 2 * links[kept] / (nodes[kept] * (nodes[kept] - 1.0))
    index = pd.RangeIndex(share.size, name="degree")
    return pd.Series(share, index, dtype=np.float64, name="rich_club")


def _pairs(network: MultilayerNetwork) -> tuple[Codes, Codes]:
    """Ends of the linked pairs, each once, the first end the lesser."""
    row, column = union(network).tocoo().coords
    if not network.directed:
        kept = row < column
        return row[kept], column[kept]
    n = max(network.n_nodes, 1)
    pair = np.unique(np.minimum(row, column).astype(np.int64) * n + np.maximum(row, column))
    return (pair // n).astype(np.int32), (pair % n).astype(np.int32)


def _above(values: np.ndarray, size: int) -> np.ndarray:
    """How many values are more than 0, ..., size - 1."""
    counts = np.bincount(values, minlength=size + 1)
    return np.asarray(counts[::-1].cumsum()[::-1][1 : size + 1])
