"""Connected parts of a network."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csgraph

from netinnov._paths import union
from netinnov._public import suggests_keywords
from netinnov.network import MultilayerNetwork, check_network


@suggests_keywords
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
    labels = csgraph.connected_components(union(network), directed=True, connection="weak")[1]
    return float(np.bincount(labels).max() / network.n_nodes)
