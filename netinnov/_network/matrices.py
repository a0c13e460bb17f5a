"""Layers as matrices of weights, without the self-links that no measure counts."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import sparse

from netinnov._network.layer_table import refuse_shares
from netinnov._typing import Floats

if TYPE_CHECKING:
    from netinnov.network import MultilayerNetwork

# Share of the pairs of nodes from which on links count by their weight, not their presence
DENSE = 0.5


def layer_matrix(network: MultilayerNetwork, layer: str) -> sparse.csr_array:
    """Weights in one layer; rows are sources. May share read-only arrays with the network."""
    indptr, indices, data = network.storage.simple_csr(layer)
    return sparse.csr_array((data, indices, indptr), shape=(network.n_nodes,) * 2)


def unit_of(weights: Floats) -> float:
    """Power of two above the largest weight: division by it is exact, and squares stay finite."""
    largest = float(np.max(weights, initial=0.0))
    return math.ldexp(1.0, min(max(math.frexp(largest)[1], -1022), 1023)) if largest > 0 else 1.0


def flat_matrix(network: MultilayerNetwork, subject: str = "a sum over layers") -> sparse.csr_array:
    """Weights summed over layers; symmetric unless a layer is directed."""
    if len(network.layers) > 1:
        refuse_shares(network.storage.records, subject)
    total = sparse.csr_array((network.n_nodes,) * 2, dtype="float64")
    for layer in network.layers:
        total = total + layer_matrix(network, layer)
    total.sort_indices()
    return total


def linked_share(network: MultilayerNetwork) -> tuple[float, bool]:
    """Share of linked pairs among nodes with links, and whether weights differ."""
    n = int(network.storage.presence("linked").any(axis=0).sum())
    flows = flat_matrix(network)
    share = flows.nnz / (n * (n - 1)) if n > 1 else 0.0
    return share, bool(flows.nnz) and bool(np.ptp(flows.data) > 0)


def usual_length(network: MultilayerNetwork) -> Literal["unit", "inverse"]:
    """By weight where most pairs are linked: there each node is one step from most others."""
    share, differ = linked_share(network)
    return "inverse" if share >= DENSE and differ else "unit"
