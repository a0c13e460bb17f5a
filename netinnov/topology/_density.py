"""How many of the possible links there are, and how many go both ways."""

from __future__ import annotations

import math

import pandas as pd

from netinnov.network import MultilayerNetwork
from netinnov.topology._layer_graphs import Layer, by_layer


def density(network: MultilayerNetwork) -> pd.Series:
    """Share of the pairs of nodes that are linked, in each layer.

    m / (n (n - 1) / 2) for m links among n nodes; m / (n (n - 1)) in a directed layer.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network.

    Returns
    -------
    Series
        One number a layer, from 0 to 1. All nodes of the network count, also those without a link
        in that layer; `select` the nodes for another count. NaN with fewer than two nodes.
        Self-links do not count.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> links = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"]})
    >>> network = ni.build_network(pd.DataFrame(index=["a", "b", "c", "d"]), links)
    >>> density(network).round(4).to_dict()  # 2 of 6 pairs
    {'links': 0.3333}
    """
    return by_layer(network, density_of, "density")


def density_of(layer: Layer) -> float:
    """Share of the pairs of nodes that are linked; ordered pairs if there is a direction."""
    n = layer.matrix.shape[0]
    return layer.matrix.nnz / (n * (n - 1)) if n > 1 else math.nan


def reciprocity(network: MultilayerNetwork, *, weighted: bool = False) -> pd.Series:
    """Share of the links of each directed layer that have a link back.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network.
    weighted : bool
        The share of the weight that is returned, sum_ij min(w_ij, w_ji) / sum_ij w_ij, in place of
        the share of the links.

    Returns
    -------
    Series
        One number a layer, from 0 to 1. NaN for undirected layers, whose links have no way back of
        their own (igraph gives 1), and without links. Self-links do not count.

    References
    ----------
    Squartini, Picciolo, Ruzzenenti and Garlaschelli (2013), Reciprocity of weighted networks,
    Scientific Reports 3, 2729.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> links = pd.DataFrame({"source": ["a", "b", "b"], "target": ["b", "a", "c"]})
    >>> network = ni.build_network(pd.DataFrame(index=["a", "b", "c"]), links, directed=["links"])
    >>> reciprocity(network).round(4).to_dict()  # two of three
    {'links': 0.6667}
    """
    return by_layer(network, lambda layer: reciprocity_of(layer, weighted), "reciprocity")


def reciprocity_of(layer: Layer, weighted: bool = False) -> float:
    """Share of the links, or of the weight, with a link back; NaN without directions."""
    forth = layer.matrix
    if not layer.directed or forth.nnz == 0:
        return math.nan
    if not weighted:
        forth = forth.astype(bool).astype(float)
    return float(forth.minimum(forth.T).sum() / forth.sum())
