"""Links and weights at each node, by layer and over all of them, and in the dense middle."""

from __future__ import annotations

import numpy as np
import pandas as pd

from netinnov._network.layer_table import refuse_shares
from netinnov._network.link_rows import MANY, mirror, sort_rows
from netinnov._network.rows import Block, rows_of_blocks
from netinnov._typing import Direction, Floats
from netinnov.network import MultilayerNetwork


def degree(network: MultilayerNetwork, *, direction: Direction = "total") -> pd.DataFrame:
    """Number of links at each node, in each layer.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network.
    direction : {"total", "in", "out"}
        In directed layers: links into a node, out of it, or both (a reciprocated pair counts 2).
        Undirected layers have one degree.

    Returns
    -------
    DataFrame
        Node x layer, whole numbers; 0 where a node has no link. Self-links do not count.

    Examples
    --------
    >>> network = ni.build_network(pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"]}))
    >>> degree(network)["links"].tolist()
    [1, 2, 1]
    """
    return _per_layer(network, counts(network, direction, weighted=False)).astype(np.int64)


def strength(network: MultilayerNetwork, *, direction: Direction = "total") -> pd.DataFrame:
    """Sum of the weights of the links at each node, in each layer.

    Parameters
    ----------
    network, direction
        As in `degree`.

    Returns
    -------
    DataFrame
        Node x layer, in the unit of the weights; 0 where a node has no link. Self-links do not
        count.

    Raises
    ------
    InputError
        If a layer holds shares of each origin's (or destination's) total, and links out of (or
        into) a node would be added up.

    Examples
    --------
    >>> links = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"], "weight": [2.0, 0.5]})
    >>> strength(ni.build_network(pd.DataFrame(index=list("abc")), links))["links"].tolist()
    [2.0, 2.5, 0.5]
    """
    return _per_layer(network, counts(network, direction, weighted=True))


def overlapping_degree(network: MultilayerNetwork) -> pd.Series:
    """Number of links at each node, over all layers: o_i = sum_x k_i^x.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network; in directed layers links in and out count.

    Returns
    -------
    Series
        One whole number a node; 0 for an isolate.

    Examples
    --------
    >>> links = pd.DataFrame({"source": "a", "target": ["b", "c"], "layer": ["x", "y"]})
    >>> overlapping_degree(ni.build_network(pd.DataFrame(index=list("abc")), links)).tolist()
    [2, 1, 1]
    """
    return degree(network).sum(axis=1).rename("overlapping_degree")


def overlapping_strength(network: MultilayerNetwork) -> pd.Series:
    """Sum of the weights of the links at each node, over all layers: sum_x s_i^x.

    Parameters
    ----------
    network : MultilayerNetwork
        As in `overlapping_degree`.

    Returns
    -------
    Series
        One number a node; 0 for an isolate. Do not add layers of different units: see `flatten`.

    Examples
    --------
    >>> links = pd.DataFrame({"source": "a", "target": "b", "layer": ["x", "y"], "weight": 2.5})
    >>> overlapping_strength(ni.build_network(pd.DataFrame(index=["a", "b"]), links)).tolist()
    [5.0, 5.0]
    """
    return strength(network).sum(axis=1).rename("overlapping_strength")


def participation_coefficient(network: MultilayerNetwork, *, weighted: bool = False) -> pd.Series:
    """How evenly the links of a node spread over the layers.

    P_i = L / (L - 1) (1 - sum_x (k_i^x / o_i)^2) for L layers: Battiston, Nicosia and Latora
    (2014), Structural measures for multiplex networks, Physical Review E 89, 032804.

    Parameters
    ----------
    network : MultilayerNetwork
        As in `overlapping_degree`.
    weighted : bool
        Take strengths in place of degrees.

    Returns
    -------
    Series
        0: all links in one layer; 1: as many in each. NaN for a node without links, and for all
        nodes of a network of one layer.

    Examples
    --------
    >>> links = pd.DataFrame({"source": "a", "target": ["b", "c"], "layer": ["x", "y"]})
    >>> participation_coefficient(ni.build_network(pd.DataFrame(index=list("abc")), links)).tolist()
    [1.0, 0.0, 0.0]
    """
    by_layer = strength(network) if weighted else degree(network)
    n_layers = by_layer.shape[1]
    if n_layers < 2:
        return pd.Series(np.nan, by_layer.index, name="participation_coefficient")
    total = by_layer.sum(axis=1)
    share = by_layer.div(total.where(total > 0), axis=0)
    # A sum of squares of one share of 1 may miss 1 by a rounding error.
    unevenness = (1 - share.pow(2).sum(axis=1, min_count=1)).clip(lower=0)
    return (unevenness * (n_layers / (n_layers - 1))).rename("participation_coefficient")


def _per_layer(network: MultilayerNetwork, values: Floats) -> pd.DataFrame:
    layers = pd.Index(network.layers, name="layer", dtype="str")
    return pd.DataFrame(values, network.storage.node_names, layers)


def counts(network: MultilayerNetwork, direction: Direction, *, weighted: bool) -> Floats:
    if weighted:
        refuse_shares(network.storage.records, f"strength with direction={direction!r}", direction)
    n = network.n_nodes
    values = np.zeros((network.n_nodes, len(network.layers)), order="F")
    for value, layer in zip(values.T, network.layers, strict=True):
        block = network.storage.simple_csr(layer)
        weights = block.data if weighted else None
        if direction != "in" or layer not in network.directed:
            value += np.bincount(block.sources, weights, n)
        if direction != "out" and layer in network.directed:
            value += np.bincount(block.indices, weights, n)
    return values


def layer_factors(network: MultilayerNetwork) -> Floats:
    """How often a link of each layer counts in a sum of all: as in `netinnov.flatten`."""
    directed = [layer in network.directed for layer in network.layers]
    return np.where(directed, 1.0, 2.0) if network.directed else np.ones(len(directed))


def total_strength(network: MultilayerNetwork, direction: Direction = "total") -> Floats:
    if len(network.layers) > 1:
        refuse_shares(network.storage.records, "strength in several layers")
    by_layer = counts(network, direction, weighted=True)
    factors = layer_factors(network) if direction == "total" else np.ones(by_layer.shape[1])
    return np.asarray(by_layer @ factors)


def core_number(network: MultilayerNetwork) -> pd.Series:
    """Largest k such that the node is in the k-core.

    The k-core is the largest part of the network in which every node has k neighbours or more
    (Seidman 1983, Network structure and minimum degree, Social Networks 5).

    Parameters
    ----------
    network : MultilayerNetwork
        Any network. Layers are flattened to one undirected graph without weights.

    Returns
    -------
    Series
        One whole number a node; 0 for an isolate. Self-links do not count.

    Examples
    --------
    >>> network = ni.build_network(pd.DataFrame({"source": list("abac"), "target": list("bccd")}))
    >>> core_number(network).tolist()
    [2, 2, 2, 1]
    """
    pairs = _pairs(network)
    if pairs.indices.size < MANY:
        import igraph as ig

        edges = np.column_stack([pairs.sources, pairs.indices])
        score = np.array(ig.Graph(n=network.n_nodes, edges=edges).coreness(), np.int64)
    else:
        from netinnov.kernels.cores import core_numbers

        indptr, indices, _ = mirror(*pairs, network.n_nodes)
        score = core_numbers(indptr, indices).astype(np.int64)
    return pd.Series(score, network.storage.node_names, name="core_number")


def rich_club(network: MultilayerNetwork) -> pd.Series:
    """Share of pairs that are linked among the nodes with more than k neighbours.

    phi(k) = 2 E / (N (N - 1)), N the number of nodes with more than k neighbours and E that of
    links between them (Zhou and Mondragon 2004, IEEE Communications Letters 8). It rises with k in
    random networks too: compare networks of like degrees.

    Parameters
    ----------
    network : MultilayerNetwork
        As in `core_number`.

    Returns
    -------
    Series
        Index ``degree``: k = 0, 1, ... as long as two nodes have more than k neighbours; empty
        for a network without links. Self-links do not count.

    Examples
    --------
    >>> network = ni.build_network(pd.DataFrame({"source": list("abac"), "target": list("bccd")}))
    >>> rich_club(network).round(3).tolist()  # all four; without d; c alone has more than 2
    [0.667, 1.0]
    """
    pairs = _pairs(network)
    one = pairs.sources
    other = pairs.indices
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
    _, source, target, *_ = rows_of_blocks(network.storage.blocks)
    rows = np.flatnonzero(source != target).astype(np.uint32)
    return Block(*sort_rows(rows, source, target, np.ones(1), network.n_nodes, True))


def _above(values: np.ndarray, size: int) -> np.ndarray:
    """Number of values greater than 0, ..., size - 1."""
    counts = np.bincount(values, minlength=size + 1)
    return np.asarray(counts[::-1].cumsum()[::-1][1 : size + 1])
