"""How far the neighbours of a node are linked, and connected, among themselves."""

from __future__ import annotations

import math
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd
from scipy import sparse

from netinnov._network.matrices import unit_of
from netinnov._network.steps import steps_between
from netinnov._typing import Floats
from netinnov.network import MultilayerNetwork
from netinnov.topology._layer_graphs import Layer, by_layer, by_node, layers_of, pair_graph

Undefined: TypeAlias = Literal["omit", "zero"]


def clustering(network: MultilayerNetwork, *, weighted: bool = False) -> pd.DataFrame:
    """Share of the pairs of a node's neighbours that are linked, in each layer.

    c_i = 2 t_i / (k_i (k_i - 1)) for t_i triangles through node i and k_i neighbours. networkx
    weighs triangles by the geometric mean of their three weights (Onnela et al. 2005).

    Parameters
    ----------
    network : MultilayerNetwork
        Any network; direction is ignored.
    weighted : bool
        Weigh each triangle by the mean weight of its two links at the node (Barrat et al.):
        c_i = sum (w_ij + w_ih) / 2 / (s_i (k_i - 1)), the sum over ordered pairs of linked
        neighbours j, h. In a directed layer weights of both directions are summed.

    Returns
    -------
    DataFrame
        Node x layer, from 0 to 1. NaN for a node with fewer than two neighbours, where networkx
        gives 0. For all layers as one network `flatten` it first.

    References
    ----------
    Watts and Strogatz (1998), Collective dynamics of "small-world" networks, Nature 393, 440.
    Barrat, Barthelemy, Pastor-Satorras and Vespignani (2004), PNAS 101, 3747.

    Examples
    --------
    >>> network = ni.build_network(pd.DataFrame({"source": list("abac"), "target": list("bccd")}))
    >>> clustering(network).squeeze().round(3).tolist()
    [1.0, 1.0, 0.333, nan]
    """
    return by_node(network, lambda layer: clustering_of(layer, weighted))


def mean_clustering(
    network: MultilayerNetwork, *, weighted: bool = False, undefined: Undefined = "omit"
) -> pd.Series:
    """Mean of the local clustering coefficients, in each layer.

    Parameters
    ----------
    network, weighted
        As in `clustering`.
    undefined : {"omit", "zero"}
        Nodes with fewer than two neighbours are left out, or count as 0, as in networkx.

    Returns
    -------
    Series
        One number a layer, from 0 to 1; NaN where no node has a coefficient.

    References
    ----------
    Kaiser (2008), Mean clustering coefficients, New Journal of Physics 10, 083042.

    Examples
    --------
    >>> network = ni.build_network(pd.DataFrame({"source": list("abac"), "target": list("bccd")}))
    >>> mean_clustering(network, undefined="zero").round(3).to_dict()  # d counts as 0
    {'links': 0.583}
    """
    local = clustering(network, weighted=weighted)
    if undefined == "zero":
        local = local.where(local.notna() | local.isna().all(), 0.0)
    return local.mean().rename("mean_clustering")


def transitivity(network: MultilayerNetwork) -> pd.Series:
    """Share of the paths of two links that are closed to a triangle, in each layer.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network; direction and weights are ignored.

    Returns
    -------
    Series
        One number a layer: 3 x triangles / paths of two links; NaN without (networkx: 0).

    References
    ----------
    Newman, Watts and Strogatz (2002), Random graph models of social networks, PNAS 99, 2566.

    Examples
    --------
    >>> network = ni.build_network(pd.DataFrame({"source": list("abac"), "target": list("bccd")}))
    >>> transitivity(network).round(3).to_dict()  # one triangle, five paths
    {'links': 0.6}
    """
    return by_layer(network, transitivity_of, "transitivity")


def multiplex_clustering(network: MultilayerNetwork) -> pd.Series:
    """Share of a node's paths of two links in one layer that a link of another layer closes.

    C_i = sum_x sum_(y other than x) sum_jh a_ij^x a_jh^y a_hi^x / ((L - 1) sum_x k_i^x (k_i^x - 1))
    for L layers (Battiston, Nicosia and Latora 2014, see `centrality.participation_coefficient`).

    Parameters
    ----------
    network : MultilayerNetwork
        Any network; direction and weights are ignored.

    Returns
    -------
    Series
        One number a node, from 0 to 1. NaN without two neighbours in a layer, or a second layer.

    Examples
    --------
    >>> links = pd.DataFrame({"source": list("aab"), "target": list("bcc"), "layer": list("xxy")})
    >>> multiplex_clustering(ni.build_network(links)).tolist()
    [1.0, nan, nan]
    """
    linked = [layer.pairs().astype(bool).astype(float) for layer in layers_of(network).values()]
    n = network.n_nodes
    total = sum(linked, start=sparse.csr_array((n, n)))
    closed = np.zeros(n)
    paths = np.zeros(n)
    for inside in linked:
        closed += ((inside @ (total - inside)) * inside).sum(axis=1)
        degree = inside.sum(axis=1)
        paths += degree * (degree - 1)
    possible = (len(linked) - 1) * paths
    share = np.full(n, math.nan)
    np.divide(closed, possible, out=share, where=possible > 0)
    return pd.Series(share, network.storage.node_names, name="multiplex_clustering")


def clustering_of(layer: Layer, weighted: bool = False) -> Floats:
    graph = pair_graph(layer)
    weights = None
    if weighted and graph.ecount():
        values = np.array(graph.es["weight"])
        weights = (values / unit_of(values)).tolist()
    return np.array(graph.transitivity_local_undirected(weights=weights, mode="nan"), np.float64)


def transitivity_of(layer: Layer) -> float:
    return float(pair_graph(layer).transitivity_undirected(mode="nan"))


def local_efficiency(network: MultilayerNetwork) -> pd.DataFrame:
    """Efficiency of the network among the neighbours of each node, in each layer.

    The mean of 1 / d over the pairs of neighbours of a node, d the number of links between them on
    paths that visit its neighbours only (igraph: through the whole network without the node).

    Parameters
    ----------
    network : MultilayerNetwork
        Any network; direction and weights are ignored.

    Returns
    -------
    DataFrame
        Node x layer, from 0 to 1; neighbours that are not connected count 0. NaN for a node with
        fewer than two neighbours, where networkx counts 0. At least as large as `clustering`.

    References
    ----------
    Latora and Marchiori (2001), Physical Review Letters 87, 198701.

    Examples
    --------
    >>> network = ni.build_network(pd.DataFrame({"source": list("oooab"), "target": list("abcbc")}))
    >>> local_efficiency(network).squeeze().round(4).tolist()  # o: a-b-c, two pairs at 1, one at 2
    [0.8333, 1.0, 0.8333, 1.0]
    """
    return by_node(network, local_efficiency_of)


def local_efficiency_of(layer: Layer) -> Floats:
    pairs = layer.pairs().astype(bool).tocsr()
    values = np.full(pairs.shape[0], math.nan)
    for node in np.flatnonzero(np.diff(pairs.indptr) > 1):
        around = pairs.indices[pairs.indptr[node] : pairs.indptr[node + 1]]
        linked = pairs[around][:, around]
        n = around.size
        if linked.nnz == n * (n - 1):
            values[node] = 1.0
            continue
        sources = np.arange(n, dtype=np.int32)
        every = np.ones(n, bool)
        *_, inverse = steps_between(linked.indptr, linked.indices, sources, every, every, n)
        values[node] = inverse.sum() / (n * (n - 1))
    return values
