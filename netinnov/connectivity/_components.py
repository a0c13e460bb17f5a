"""Connected parts of a network."""

from __future__ import annotations

import numpy as np

from netinnov.network import MultilayerNetwork, check_network


def largest_component(network: MultilayerNetwork) -> float:
    """Share of the nodes in the largest connected part, all layers together.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network; direction is ignored (weak connection).

    Returns
    -------
    float
        From 1/n to 1; isolates count in n. NaN without nodes.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> links = pd.DataFrame({"source": ["a"], "target": ["b"]})
    >>> network = ni.build_network(pd.DataFrame(index=["a", "b", "c", "d"]), links)
    >>> largest_component(network)
    0.5
    """
    check_network(network)
    if network.n_nodes == 0:
        return float("nan")
    from netinnov.kernels.components import joined

    labels = np.arange(network.n_nodes, dtype=np.int32)
    for block in network.storage.blocks:
        labels = joined(labels, block.indptr, block.indices)
    return float(np.bincount(labels).max() / network.n_nodes)
