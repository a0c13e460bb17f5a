"""The dense middle of a network: cores, and links among the nodes with most links."""

from __future__ import annotations

import numpy as np
import pandas as pd

from netinnov._network.rows import Block
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
    Batagelj and Zaversnik (2003), An O(m) algorithm for cores decomposition of networks,
    arXiv:cs/0310049.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> links = pd.DataFrame({"source": ["a", "b", "a", "c"], "target": ["b", "c", "c", "d"]})
    >>> network = ni.build_network(pd.DataFrame(index=["a", "b", "c", "d"]), links)
    >>> core_number(network).tolist()
    [2, 2, 2, 1]
    """
    from netinnov.kernels.cores import core_numbers
    from netinnov.kernels.links import mirror

    indptr, indices, _ = mirror(*_pairs(network), network.n_nodes)
    score = core_numbers(indptr, indices).astype(np.int64)
    return pd.Series(score, network.storage.nodes.index, name="core_number")


def rich_club(network: MultilayerNetwork) -> pd.Series:
    """Share of pairs that are linked among the nodes with more than k neighbours.

    phi(k) = 2 E / (N (N - 1)), N the number of nodes with more than k neighbours and E that of
    links between them. The share rises with k in random networks too: compare it with networks of
    the same degrees.

    Parameters
    ----------
    network : MultilayerNetwork
        As in `core_number`.

    Returns
    -------
    Series
        Index ``degree``: k = 0, 1, ... as long as two nodes have more than k neighbours; empty
        for a network without links. Self-links do not count.

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
    pairs = _pairs(network)
    one, other = pairs.sources, pairs.indices
    degree = np.bincount(np.concatenate([one, other]), minlength=network.n_nodes)
    size = int(degree.max(initial=0))
    # Nodes, and links by their lesser end, with more than k neighbours: counts from above.
    nodes = _above(degree, size)
    links = _above(np.minimum(degree[one], degree[other]), size)
    kept = nodes >= 2
    share = 2 * links[kept] / (nodes[kept] * (nodes[kept] - 1.0))
    index = pd.RangeIndex(share.size, name="degree")
    return pd.Series(share, index, dtype=np.float64, name="rich_club")


def _pairs(network: MultilayerNetwork) -> Block:
    from netinnov.kernels.links import sort_rows

    blocks = network.storage.blocks
    none = np.empty(0, np.int32)
    source = np.concatenate([none, *(block.sources for block in blocks)])
    target = np.concatenate([none, *(block.indices for block in blocks)])
    rows = np.flatnonzero(source != target).astype(np.uint32)
    return Block(*sort_rows(rows, source, target, np.ones(1), network.n_nodes, True))


def _above(values: np.ndarray, size: int) -> np.ndarray:
    """Number of values greater than 0, ..., size - 1."""
    counts = np.bincount(values, minlength=size + 1)
    return np.asarray(counts[::-1].cumsum()[::-1][1 : size + 1])
