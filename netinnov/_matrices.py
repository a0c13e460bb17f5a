"""Layers as matrices of weights, without the self-links that no measure counts."""

from __future__ import annotations

from scipy import sparse

from netinnov._shares import refuse_shares
from netinnov.network import MultilayerNetwork

__all__ = ["flat_matrix", "layer_matrix"]


def layer_matrix(network: MultilayerNetwork, layer: str) -> sparse.csr_array:
    """Weights in one layer; row: source. Its arrays may be those of the network: read-only."""
    indptr, indices, data = network._simple_csr(layer)
    return sparse.csr_array((data, indices, indptr), shape=(network.n_nodes,) * 2)


def flat_matrix(network: MultilayerNetwork, what: str = "a sum over layers") -> sparse.csr_array:
    """Weights summed over layers, as `flatten` does; symmetric unless a layer is directed.

    ``what`` names the measure in the message that refuses shares of each origin's total.
    """
    if len(network.layers) > 1:
        refuse_shares(network.layers, what)
    n = network.n_nodes
    total = sparse.csr_array((n, n), dtype="float64")
    for layer in network.layers:
        total = total + layer_matrix(network, layer)
    total.sort_indices()
    return total
