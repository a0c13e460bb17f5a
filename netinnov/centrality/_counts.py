"""Links and weights at each node, in each layer and over all of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from netinnov._network.layer_table import refuse_shares
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
    >>> import pandas as pd, netinnov as ni
    >>> links = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"]})
    >>> network = ni.build_network(pd.DataFrame(index=["a", "b", "c"]), links)
    >>> degree(network)["links"].tolist()
    [1, 2, 1]
    """
    return _per_layer(network, counts(network, direction, weighted=False)).astype(np.int64)


def strength(network: MultilayerNetwork, *, direction: Direction = "total") -> pd.DataFrame:
    """Sum of the weights of the links at each node, in each layer.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network.
    direction : {"total", "in", "out"}
        See `degree`.

    Returns
    -------
    DataFrame
        Node x layer, in the unit of the weights; 0 where a node has no link. Self-links do not
        count.

    Raises
    ------
    InputError
        If a layer holds shares of each origin's total, as `read_origin_destination` marks them,
        and links out of a node would be added up.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> links = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"], "weight": [2.0, 0.5]})
    >>> network = ni.build_network(pd.DataFrame(index=["a", "b", "c"]), links)
    >>> strength(network)["links"].tolist()
    [2.0, 2.5, 0.5]
    """
    return _per_layer(network, counts(network, direction, weighted=True))


def overlapping_degree(network: MultilayerNetwork) -> pd.Series:
    """Number of links at each node, over all layers: o_i = sum_x k_i^x.

    Battiston, Nicosia and Latora (2014), see `participation_coefficient`.

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
    >>> import pandas as pd, netinnov as ni
    >>> links = pd.DataFrame({"source": "a", "target": ["b", "c"], "layer": ["x", "y"]})
    >>> network = ni.build_network(pd.DataFrame(index=["a", "b", "c"]), links)
    >>> overlapping_degree(network).tolist()
    [2, 1, 1]
    """
    return degree(network).sum(axis=1).rename("overlapping_degree")


def overlapping_strength(network: MultilayerNetwork) -> pd.Series:
    """Sum of the weights of the links at each node, over all layers: sum_x s_i^x.

    Battiston, Nicosia and Latora (2014), see `participation_coefficient`.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network; in directed layers links in and out count.

    Returns
    -------
    Series
        One number a node; 0 for an isolate. Layers whose weights have different units should not
        be added: see `flatten` for factors.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> links = pd.DataFrame({"source": "a", "target": "b", "layer": ["x", "y"], "weight": 2.5})
    >>> network = ni.build_network(pd.DataFrame(index=["a", "b"]), links)
    >>> overlapping_strength(network).tolist()
    [5.0, 5.0]
    """
    return strength(network).sum(axis=1).rename("overlapping_strength")


def participation_coefficient(network: MultilayerNetwork, *, weighted: bool = False) -> pd.Series:
    """How evenly the links of a node spread over the layers.

    P_i = L / (L - 1) (1 - sum_x (k_i^x / o_i)^2) for L layers.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network; in directed layers links in and out count.
    weighted : bool
        Take strengths in place of degrees.

    Returns
    -------
    Series
        0: all links in one layer; 1: as many in each. NaN for a node without links, and for all
        nodes of a network of one layer.

    References
    ----------
    Battiston, Nicosia and Latora (2014), Structural measures for multiplex networks, Physical
    Review E 89, 032804.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> links = pd.DataFrame({"source": "a", "target": ["b", "c"], "layer": ["x", "y"]})
    >>> network = ni.build_network(pd.DataFrame(index=["a", "b", "c"]), links)
    >>> participation_coefficient(network).tolist()
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
    return pd.DataFrame(values, network.storage.nodes.index, layers)


def counts(network: MultilayerNetwork, direction: Direction, *, weighted: bool) -> Floats:
    if weighted and direction != "in":
        refuse_shares(network.storage.records, f"strength with direction={direction!r}")
    n, values = network.n_nodes, np.zeros((network.n_nodes, len(network.layers)), order="F")
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
    undirected = [
        bool(network.directed) and each not in network.directed for each in network.layers
    ]
    return np.where(undirected, 2.0, 1.0)


def total_strength(network: MultilayerNetwork) -> Floats:
    """Strength of each node in the flattened network."""
    total: Floats = counts(network, "total", weighted=True) @ layer_factors(network)
    return total
