"""The layers as matrices of weights, and what is measured in each of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

from netinnov._matrices import layer_matrix
from netinnov._paths import union
from netinnov._typing import Floats
from netinnov.network import MultilayerNetwork

if TYPE_CHECKING:
    import igraph as ig


class Layer(NamedTuple):
    """Weights of the links, row: source, and whether they have a direction."""

    matrix: sparse.csr_array
    directed: bool

    def pairs(self) -> sparse.csr_array:
        """Weights between two nodes, both directions summed; symmetric."""
        return sparse.csr_array(self.matrix + self.matrix.T) if self.directed else self.matrix


def layers_of(network: MultilayerNetwork) -> dict[str, Layer]:
    """Each layer by its name, without self-links."""
    return {
        name: Layer(layer_matrix(network, name), name in network.directed)
        for name in network.layers
    }


def together(network: MultilayerNetwork) -> Layer:
    """All layers as one: a pair is linked if it is in any; its weight is in how many."""
    return Layer(union(network), bool(network.directed))


def by_layer(network: MultilayerNetwork, measure: Callable[[Layer], float], name: str) -> pd.Series:
    """One number a layer."""
    values = [measure(layer) for layer in layers_of(network).values()]
    index = pd.Index(network.layers, name="layer", dtype="str")
    return pd.Series(values, index, dtype=np.float64, name=name)


def by_node(network: MultilayerNetwork, measure: Callable[[Layer], Floats]) -> pd.DataFrame:
    """One number a node and layer."""
    values = {name: measure(layer) for name, layer in layers_of(network).items()}
    table = pd.DataFrame(values, network.storage.nodes.index, dtype=np.float64)
    table.columns = pd.Index(network.layers, name="layer", dtype="str")
    return table


def pair_graph(layer: Layer) -> ig.Graph:
    """The linked pairs as a graph of igraph without directions, with edge weights."""
    import igraph as ig

    pairs = sparse.triu(layer.pairs(), k=1).tocoo()
    graph = ig.Graph(n=pairs.shape[0], edges=np.column_stack(pairs.coords))
    graph.es["weight"] = pairs.data.tolist()
    return graph
