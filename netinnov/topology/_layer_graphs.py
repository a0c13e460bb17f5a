"""The layers as matrices of weights, what is measured in each, and how dense they are."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

from netinnov._network.matrices import layer_matrix
from netinnov._typing import Floats
from netinnov.network import MultilayerNetwork

if TYPE_CHECKING:
    import igraph as ig


class Layer(NamedTuple):
    matrix: sparse.csr_array
    directed: bool

    def pairs(self) -> sparse.csr_array:
        return sparse.csr_array(self.matrix + self.matrix.T) if self.directed else self.matrix


def layers_of(network: MultilayerNetwork) -> dict[str, Layer]:
    names = network.layers
    return {name: Layer(layer_matrix(network, name), name in network.directed) for name in names}


def by_layer(network: MultilayerNetwork, measure: Callable[[Layer], float], name: str) -> pd.Series:
    values = [measure(layer) for layer in layers_of(network).values()]
    index = pd.Index(network.layers, name="layer", dtype="str")
    return pd.Series(values, index, dtype=np.float64, name=name)


def by_node(network: MultilayerNetwork, measure: Callable[[Layer], Floats]) -> pd.DataFrame:
    values = {name: measure(layer) for name, layer in layers_of(network).items()}
    table = pd.DataFrame(values, network.storage.nodes.index, dtype=np.float64)
    table.columns = pd.Index(network.layers, name="layer", dtype="str")
    return table


def pair_graph(layer: Layer) -> ig.Graph:
    import igraph as ig

    pairs = sparse.triu(layer.pairs(), k=1).tocoo()
    graph = ig.Graph(n=pairs.shape[0], edges=np.column_stack(pairs.coords))
    graph.es["weight"] = pairs.data.tolist()
    return graph


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
    >>> links = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"]})
    >>> network = ni.build_network(pd.DataFrame(index=["a", "b", "c", "d"]), links)
    >>> density(network).round(4).to_dict()  # 2 of 6 pairs
    {'links': 0.3333}
    """
    return by_layer(network, density_of, "density")


def density_of(layer: Layer) -> float:
    n = layer.matrix.shape[0]
    return layer.matrix.nnz / (n * (n - 1)) if n > 1 else math.nan


def reciprocity(network: MultilayerNetwork, *, weighted: bool = False) -> pd.Series:
    """Share of the links of each directed layer that have a link back.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network.
    weighted : bool
        The share of the weight that is returned, sum_ij min(w_ij, w_ji) / sum_ij w_ij.

    Returns
    -------
    Series
        One number a layer, from 0 to 1. NaN for undirected layers, whose links have no way back of
        their own (igraph gives 1), and without links. Self-links do not count.

    References
    ----------
    Squartini et al. (2013), Reciprocity of weighted networks, Scientific Reports 3, 2729.

    Examples
    --------
    >>> links = pd.DataFrame({"source": ["a", "b", "b"], "target": ["b", "a", "c"]})
    >>> network = ni.build_network(pd.DataFrame(index=["a", "b", "c"]), links, directed=["links"])
    >>> reciprocity(network).round(4).to_dict()  # two of three
    {'links': 0.6667}
    """
    return by_layer(network, lambda layer: reciprocity_of(layer, weighted), "reciprocity")


def reciprocity_of(layer: Layer, weighted: bool = False) -> float:
    forth = layer.matrix
    if not layer.directed or forth.nnz == 0:
        return math.nan
    if not weighted:
        forth = forth.astype(bool).astype(float)
    return float(forth.minimum(forth.T).sum() / forth.sum())
