"""How alike the layers are: shared links, shared nodes, and degrees that go together."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import pandas as pd
from scipy import sparse

from netinnov._network.paths import links_both_ways, pair_index, union
from netinnov._typing import Presence
from netinnov.centrality._counts import degree
from netinnov.network import MultilayerNetwork

Of: TypeAlias = Literal["links", "nodes"]
Overlap: TypeAlias = Literal["jaccard", "coverage"]
Correlation: TypeAlias = Literal["pearson", "spearman"]


def layer_overlap(
    network: MultilayerNetwork, *, of: Of = "links", method: Overlap = "jaccard"
) -> pd.DataFrame:
    """Links, or nodes, that two layers have in common, as a share.

    Weights and self-links are ignored. A link of a directed layer is an ordered pair, one of an
    undirected layer stands for both: it covers a one-way link, which covers half of it. Brodka et
    al. (2018), Royal Society Open Science 5, 171747.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network.
    of : {"links", "nodes"}
        What is compared: linked pairs, or nodes with a link.
    method : {"jaccard", "coverage"}
        "jaccard": \\|X and Y\\| / \\|X or Y\\|. "coverage": row X, column Y is
        \\|X and Y\\| / \\|X\\|, not symmetric.

    Returns
    -------
    DataFrame
        Layer x layer, from 0 to 1. NaN where the divisor is 0: a layer of self-links only.

    Examples
    --------
    >>> links = pd.DataFrame({"source": "a", "target": ["b", "b", "c"], "layer": ["x", "y", "y"]})
    >>> network = ni.build_network(pd.DataFrame(index=["a", "b", "c"]), links)
    >>> layer_overlap(network, method="coverage").loc["y", "x"]
    np.float64(0.5)
    """
    if of == "nodes":
        members = sparse.csr_array(network.storage.presence("linked").astype(np.float64))
    else:
        layer, source, target, *_ = links_both_ways(network)
        key = source.astype(np.int64) * network.n_nodes + target
        pairs, column = np.unique(key, return_inverse=True)
        shape = (len(network.layers), pairs.size)
        members = sparse.csr_array((np.ones(key.size), (layer, column)), shape=shape)
    shared = np.asarray((members @ members.T).toarray())
    size = shared.diagonal()
    of_row = np.broadcast_to(size[:, None], shared.shape)
    whole = of_row if method == "coverage" else of_row + size - shared
    share = np.divide(shared, whole, out=np.full(shared.shape, np.nan), where=whole > 0)
    layers = pd.Index(network.layers, name="layer", dtype="str")
    return pd.DataFrame(share, layers, layers.copy())


def layer_correlation(
    network: MultilayerNetwork, *, method: Correlation = "pearson", presence: Presence = "linked"
) -> pd.DataFrame:
    """Correlation, over nodes, of their degrees in two layers.

    Nicosia and Latora (2015), Physical Review E 92, 032805.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network; in directed layers links in and out count.
    method : {"pearson", "spearman"}
        Of degrees, or of their ranks among the nodes compared (equal degrees: the mean rank).
    presence : {"linked", "all"}
        Over the nodes that have a link in both layers, or over all, the absent with degree 0.

    Returns
    -------
    DataFrame
        Layer x layer, from -1 to 1; the diagonal is 1. NaN where fewer than two nodes are compared
        or their degrees in one of the layers are all equal.

    Examples
    --------
    >>> links = pd.DataFrame({"source": list("aaaaaab"), "target": list("bcdbcdc")})
    >>> network = ni.build_network(links.assign(layer=list("xxxyyyy")))
    >>> round(layer_correlation(network).loc["x", "y"], 4)
    np.float64(0.8165)
    """
    present = network.storage.presence(presence).T
    return degree(network).where(present).corr(method=method)


def edge_overlap(network: MultilayerNetwork) -> pd.Series:
    """Number of layers in which a pair is linked (Battiston, Nicosia and Latora 2014).

    Without directed layers each pair is listed once, the first of the node order as source. With
    one, pairs are ordered, and a link of an undirected layer counts for both orders.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network.

    Returns
    -------
    Series
        Whole numbers from 1, over the linked pairs without self-links: MultiIndex source, target in
        node order.

    Examples
    --------
    >>> links = pd.DataFrame({"source": "a", "target": ["b", "b", "c"], "layer": ["x", "y", "y"]})
    >>> network = ni.build_network(pd.DataFrame(index=["a", "b", "c"]), links)
    >>> edge_overlap(network).to_dict()
    {('a', 'b'): 2, ('a', 'c'): 1}
    """
    layers = union(network) if network.directed else sparse.triu(union(network))
    pairs = sparse.coo_array(layers)
    index = pair_index(network, *pairs.coords)
    return pd.Series(pairs.data.astype(np.int64), index, name="edge_overlap")
