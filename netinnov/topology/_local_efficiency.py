"""How well the neighbours of a node are connected without it."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse import csgraph

from netinnov._typing import Floats
from netinnov.network import MultilayerNetwork
from netinnov.topology._layer_graphs import Layer, by_node

DENSE = 0.05
"""Share of linked pairs above which products of full matrices are faster than searches."""


def local_efficiency(network: MultilayerNetwork) -> pd.DataFrame:
    """Efficiency of the network among the neighbours of each node, in each layer.

    The mean of 1 / d over the pairs of neighbours of a node, d the number of links between them on
    paths that visit its neighbours only: how well they stay connected if the node fails.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network; direction and weights are ignored.

    Returns
    -------
    DataFrame
        Node x layer, from 0 to 1; neighbours that are not connected count 0. NaN for a node with
        fewer than two neighbours, where networkx counts 0. At least as large as `clustering`.

    Notes
    -----
    igraph walks paths through the whole network without the node, and gets larger values. The time
    grows with the cubes of the degrees in a dense network.

    References
    ----------
    Latora and Marchiori (2001), Efficient behavior of small-world networks, Physical Review
    Letters 87, 198701.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> links = pd.DataFrame({"source": list("oooab"), "target": list("abcbc")})
    >>> network = ni.build_network(pd.DataFrame(index=list("oabc")), links)
    >>> local_efficiency(network).squeeze().round(4).tolist()  # o: a-b-c, two pairs at 1, one at 2
    [0.8333, 1.0, 0.8333, 1.0]
    """
    return by_node(network, local_efficiency_of)


def local_efficiency_of(layer: Layer) -> Floats:
    """The efficiency among the neighbours of each node; NaN with fewer than two."""
    pairs = layer.pairs().astype(bool).tocsr()
    values = np.full(pairs.shape[0], math.nan)
    for node in np.flatnonzero(np.diff(pairs.indptr) > 1):
        around = pairs.indices[pairs.indptr[node] : pairs.indptr[node + 1]]
        values[node] = _efficiency(pairs[around][:, around])
    return values


def _efficiency(linked: sparse.csr_array) -> float:
    n = linked.shape[0]
    n_pairs = n * (n - 1)
    if linked.nnz == n_pairs:
        return 1.0
    if linked.nnz > DENSE * n_pairs:
        return _by_products(linked.toarray().astype(np.float32)) / n_pairs
    lengths = csgraph.shortest_path(linked.astype(float), directed=False, unweighted=True)
    np.fill_diagonal(lengths, np.inf)
    return float((1.0 / lengths).sum() / n_pairs)


def _by_products(linked: Floats) -> float:
    """Sum of 1 / d over ordered pairs: who is reached with one more step, by a product."""
    n = len(linked)
    reached = (linked + np.eye(n, dtype=np.float32)) > 0
    count, before, steps = int(reached.sum()), n, 1
    total = float(count - n)
    while before < count < n * n:
        before, steps = count, steps + 1
        reached |= reached.astype(np.float32) @ linked > 0
        count = int(reached.sum())
        total += (count - before) / steps
    return total
