"""Centralities from the lengths of paths."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd

from netinnov._parallel import in_threads
from netinnov._paths import Frictions, PathCosts, distances, linked, path_costs, positions, union
from netinnov._typing import Codes, Distance, Floats
from netinnov.network import MultilayerNetwork

PARTS = 16  # searches are made in so many parts, whatever the number of threads


def closeness_centrality(
    network: MultilayerNetwork,
    *,
    distance: Distance = "unit",
    switch_cost: float = 0.0,
    frictions: Frictions | None = None,
    nodes: Sequence[str] | None = None,
) -> pd.Series:
    """One over the mean distance to the nodes reached, times the share of nodes reached.

    (r_i / sum_j d_ij) (r_i / (n - 1)), where r_i is the number of other nodes j that i reaches.
    Paths lead away from the node; networkx takes paths to it, so reverse a directed layer to
    compare. igraph leaves out the second factor, which keeps small components small.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network. Paths walk links of any layer; a directed link one way only.
    distance : {"unit", "inverse"}
        Length of a link: 1, or 1 / weight. Of parallel links of several layers the shortest
        counts.
    switch_cost : float
        Length of a change of layer on the way, at least 0; the first and the last layer are free.
    frictions : Frictions, optional
        What borders and kilometres add to the length of a link.
    nodes : sequence of str, optional
        Take distances from and to these nodes only; the others only carry paths and are NaN.
        Default: all.

    Returns
    -------
    Series
        0 for a node that reaches nobody; 1 with unit lengths for one that is linked to all.

    Raises
    ------
    InputError
        If frictions need coordinates or jurisdictions that are not known, or a node is not there.

    References
    ----------
    Wasserman and Faust (1994), Social Network Analysis: Methods and Applications.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> links = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"]})
    >>> network = ni.build_network(pd.DataFrame(index=["a", "b", "c", "d"]), links)
    >>> closeness_centrality(network).round(3).tolist()
    [0.444, 0.667, 0.444, 0.0]
    """
    costs = path_costs(distance, switch_cost, frictions)
    chosen = positions(network, nodes)
    score = np.full(network.n_nodes, np.nan)
    reached, total, _ = _sums(network, chosen, costs)
    others = max(chosen.size - 1, 1)
    score[chosen] = reached**2 / np.where(reached > 0, total, 1.0) / others
    return pd.Series(score, network.storage.nodes.index, name="closeness_centrality")


def harmonic_centrality(
    network: MultilayerNetwork,
    *,
    distance: Distance = "unit",
    switch_cost: float = 0.0,
    frictions: Frictions | None = None,
    nodes: Sequence[str] | None = None,
) -> pd.Series:
    """Mean of one over the distance to each other node: sum_j 1 / d_ij / (n - 1).

    Paths lead away from the node; networkx sums over paths to it, and does not divide.

    Parameters
    ----------
    network, distance, switch_cost, frictions, nodes
        As in `closeness_centrality`.

    Returns
    -------
    Series
        From 0 (reaches nobody; an unreachable node adds 0). NaN if there is nobody to reach. The
        mean over nodes is `global_efficiency`.

    Raises
    ------
    InputError
        If frictions need coordinates or jurisdictions that are not known, or a node is not there.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> links = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"]})
    >>> network = ni.build_network(pd.DataFrame(index=["a", "b", "c"]), links)
    >>> harmonic_centrality(network).tolist()
    [0.75, 1.0, 0.75]
    """
    costs = path_costs(distance, switch_cost, frictions)
    chosen = positions(network, nodes)
    score = np.full(network.n_nodes, np.nan)
    if chosen.size > 1:
        _, _, inverse = _sums(network, chosen, costs)
        score[chosen] = inverse / (chosen.size - 1)
    return pd.Series(score, network.storage.nodes.index, name="harmonic_centrality")


def _sums(
    network: MultilayerNetwork, chosen: Codes, costs: PathCosts
) -> tuple[Floats, Floats, Floats]:
    """How many of the other chosen nodes each reaches, the sum of their distances, and of 1 / d."""
    if len(network.layers) < 2:
        costs = costs._replace(switch_cost=0.0)  # there is nothing to change to
    if costs.hops:
        return _sums_of_hops(network, chosen)
    reached, total, inverse = np.zeros((3, chosen.size))
    has_links = linked(network)[chosen]
    nodes, at = chosen[has_links], np.flatnonzero(has_links)
    begin = 0
    for sources, lengths in distances(network, nodes, costs):
        part = at[begin : begin + sources.size]
        begin += sources.size
        lengths[np.arange(sources.size), sources] = np.inf
        others = lengths[:, nodes]
        reaches = np.isfinite(others)
        reached[part] = reaches.sum(axis=1)
        total[part] = others.sum(axis=1, where=reaches)
        inverse[part] = (1.0 / others).sum(axis=1)
    return reached, total, inverse


def _sums_of_hops(network: MultilayerNetwork, chosen: Codes) -> tuple[Floats, Floats, Floats]:
    from netinnov.kernels.breadth_first import steps_to_nodes

    graph = union(network)
    if network.directed:
        # Paths to a node from all others, found together, are those away from it turned round.
        graph = graph.T.tocsr()
    indptr, indices = graph.indptr.astype(np.int32), graph.indices.astype(np.int32)
    wanted = np.zeros(network.n_nodes, bool)
    wanted[chosen] = True
    parts = np.array_split(chosen, min(PARTS, -(-chosen.size // 512)) or 1)
    work = [partial(steps_to_nodes, indptr, indices, part, wanted) for part in parts]
    sums = in_threads(work, size=indices.size * len(parts))
    reached, total, inverse = (np.sum(values, axis=0)[chosen] for values in zip(*sums, strict=True))
    return reached, total, inverse
