"""Sparse matrices of scipy."""

from __future__ import annotations

from scipy import sparse

from netinnov.network import MultilayerNetwork


def to_scipy(network: MultilayerNetwork) -> dict[str, sparse.csr_array]:
    """One sparse matrix a layer.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network.

    Returns
    -------
    dict of str to csr_array
        Keys: the layers, sorted. Values: n x n, float64, rows and columns in node order, the
        weights summed over periods, self-links once on the diagonal, symmetric if the layer is
        undirected. Unlike those of `MultilayerNetwork.adjacency` they may be changed.

    See Also
    --------
    netinnov.supra.supra_adjacency : all layers and their coupling in one matrix.

    Examples
    --------
    >>> import pandas as pd
    >>> links = pd.DataFrame({"source": ["a"], "target": ["b"], "weight": [2.0]})
    >>> to_scipy(MultilayerNetwork(pd.DataFrame(index=["a", "b"]), links))["links"].toarray()
    array([[0., 2.],
           [2., 0.]])
    """
    return {layer: network.adjacency(layer).copy() for layer in network.layers}
