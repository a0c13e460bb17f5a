"""The network of state nodes: layers side by side, the copies of a node coupled."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from netinnov._network.paths import links_both_ways
from netinnov._runtime.public import publish
from netinnov._typing import Amount, Presence
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork

__all__ = ["state_index", "supra_adjacency", "supra_laplacian"]


def state_index(network: MultilayerNetwork, *, presence: Presence = "all") -> pd.MultiIndex:
    """Names of the state nodes, in the order of the supra matrices.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network.
    presence : {"all", "linked"}
        "all": every node is in every layer. "linked": only where it has a link other than a
        self-link.

    Returns
    -------
    MultiIndex
        Levels layer and node, ordered by layer, then by node.

    Examples
    --------
    >>> links = pd.DataFrame({"source": "a", "target": "b", "layer": ["x", "y"]})
    >>> network = ni.build_network(pd.DataFrame(index=["a", "b", "c"]), links)
    >>> len(state_index(network)), len(state_index(network, presence="linked"))
    (6, 4)
    """
    present = network.storage.presence(presence)
    layer, node = np.nonzero(present)
    return pd.MultiIndex.from_arrays(
        [pd.Index(network.layers, dtype="str").take(layer), network.storage.node_names.take(node)],
        names=["layer", "node"],
    )


def supra_adjacency(
    network: MultilayerNetwork, *, coupling: Amount = 1.0, presence: Presence = "all"
) -> sparse.csr_array:
    """Adjacency matrix of the state nodes.

    The coupling takes nodes x layers^2 entries; measures apply it as an operator instead.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network; directed layers stay directed.
    coupling : float
        Weight between every two copies of a node, at least 0.
    presence : {"all", "linked"}
        See `state_index`.

    Returns
    -------
    csr_array
        Layers on the diagonal blocks, ``coupling`` between the copies of a node. Self-links are
        left out.

    References
    ----------
    De Domenico et al. (2013), Mathematical formulation of multilayer networks, Physical Review X
    3, 041022.

    Examples
    --------
    >>> links = pd.DataFrame({"source": "a", "target": "b", "layer": ["x", "y"]})
    >>> network = ni.build_network(pd.DataFrame(index=["a", "b"]), links)
    >>> supra_adjacency(network, coupling=0.5).toarray()
    array([[0. , 1. , 0.5, 0. ],
           [1. , 0. , 0. , 0.5],
           [0.5, 0. , 0. , 1. ],
           [0. , 0.5, 1. , 0. ]])
    """
    n = network.n_nodes
    n_layers = len(network.layers)
    if n * n_layers == 0:
        return sparse.csr_array((0, 0), dtype=np.float64)
    layer, source, target, weight, *_ = links_both_ways(network)
    first = layer.astype(np.int64) * n
    supra = sparse.csr_array((weight, (first + source, first + target)), (n * n_layers,) * 2)
    if coupling > 0:
        between = np.ones((n_layers, n_layers)) - np.eye(n_layers)
        supra = supra + coupling * sparse.kron(between, sparse.eye_array(n), format="csr")
    keep = np.flatnonzero(network.storage.presence(presence))
    return sparse.csr_array(supra if keep.size == n * n_layers else supra[keep][:, keep])


def supra_laplacian(
    network: MultilayerNetwork, *, coupling: float = 1.0, presence: Presence = "all"
) -> sparse.csr_array:
    """Laplacian of the state nodes: row sums on the diagonal minus the supra-adjacency.

    Parameters
    ----------
    network : MultilayerNetwork
        A network without directed layers.
    coupling, presence
        See `supra_adjacency`.

    Returns
    -------
    csr_array
        Symmetric, row sums 0.

    Raises
    ------
    InputError
        If a layer is directed.

    References
    ----------
    Gomez et al. (2013), Diffusion dynamics on multiplex networks, Physical Review Letters 110,
    028701.

    Examples
    --------
    >>> links = pd.DataFrame({"source": ["a"], "target": ["b"]})
    >>> network = ni.build_network(pd.DataFrame(index=["a", "b"]), links)
    >>> supra_laplacian(network).toarray()
    array([[ 1., -1.],
           [-1.,  1.]])
    """
    if network.directed:
        msg = f"a Laplacian needs undirected layers; directed: {sorted(network.directed)[:5]}."
        raise InputError(msg)
    supra = supra_adjacency(network, coupling=coupling, presence=presence)
    degrees = np.asarray(supra.sum(axis=1)).ravel()
    return sparse.csr_array(sparse.diags_array(degrees) - supra)


__dir__ = publish(globals())
