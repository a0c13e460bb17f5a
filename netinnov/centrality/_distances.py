"""Centralities from the lengths of paths, and from the paths that pass a node."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd
from scipy import sparse

from netinnov._network import paths
from netinnov._network.paths import Frictions, PathCosts, positions, sums_of_distances
from netinnov._runtime.threads import in_threads
from netinnov._typing import Codes, Distance, Floats, SwitchCost
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork

PRECISION = 1e-10  # lengths of paths that differ by a smaller part are equal
SOURCES = 64  # parts that sources of shares are searched in, whatever the number of threads


def closeness_centrality(
    network: MultilayerNetwork,
    *,
    distance: Distance = "unit",
    switch_cost: SwitchCost = 0.0,
    frictions: Frictions | None = None,
    nodes: Sequence[str] | None = None,
) -> pd.Series:
    """One over the mean distance to the nodes reached, times the share of nodes reached.

    (r_i / sum_j d_ij) (r_i / (n - 1)), where r_i is the number of other nodes j that i reaches
    (Wasserman and Faust 1994). Paths lead away from the node; networkx takes paths to it. igraph
    leaves out the second factor, which keeps small components small.

    Parameters
    ----------
    network, distance, switch_cost, frictions, nodes
        As in `connectivity.global_efficiency`; the others are NaN.

    Returns
    -------
    Series
        0 for a node that reaches nobody; 1 with unit lengths for one that is linked to all.

    Examples
    --------
    >>> links = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"]})
    >>> network = ni.build_network(pd.DataFrame(index=["a", "b", "c", "d"]), links)
    >>> closeness_centrality(network).round(3).tolist()
    [0.444, 0.667, 0.444, 0.0]
    """
    costs = PathCosts(distance, switch_cost, frictions)
    chosen = positions(network, nodes)
    score = np.full(network.n_nodes, np.nan)
    reached, total, _ = sums_of_distances(network, chosen, costs)
    others = max(chosen.size - 1, 1)
    score[chosen] = reached**2 / np.where(reached > 0, total, 1.0) / others
    return pd.Series(score, network.storage.node_names, name="closeness_centrality")


def harmonic_centrality(
    network: MultilayerNetwork,
    *,
    distance: Distance = "unit",
    switch_cost: SwitchCost = 0.0,
    frictions: Frictions | None = None,
    nodes: Sequence[str] | None = None,
) -> pd.Series:
    """Mean of one over the distance to each other node: sum_j 1 / d_ij / (n - 1).

    Paths lead away from the node; networkx sums over paths to it, and does not divide.

    Parameters
    ----------
    network, distance, switch_cost, frictions, nodes
        As in `connectivity.global_efficiency`; the others are NaN.

    Returns
    -------
    Series
        From 0 (reaches nobody); NaN if there is nobody to reach. The mean over nodes is
        `global_efficiency`.

    Examples
    --------
    >>> network = ni.build_network(pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"]}))
    >>> harmonic_centrality(network).tolist()
    [0.75, 1.0, 0.75]
    """
    costs = PathCosts(distance, switch_cost, frictions)
    chosen = positions(network, nodes)
    score = np.full(network.n_nodes, np.nan)
    if chosen.size > 1:
        _, _, inverse = sums_of_distances(network, chosen, costs)
        score[chosen] = inverse / (chosen.size - 1)
    return pd.Series(score, network.storage.node_names, name="harmonic_centrality")


def betweenness_centrality(
    network: MultilayerNetwork,
    *,
    distance: Distance = "unit",
    switch_cost: SwitchCost = 0.0,
    frictions: Frictions | None = None,
) -> pd.Series:
    """Share of the shortest paths between two other nodes that pass through a node, on average.

    The sum of sigma_st(i) / sigma_st over ordered pairs of other nodes s, t, divided by their
    number (n - 1) (n - 2); sigma_st counts shortest paths from s to t, sigma_st(i) those by way
    of i.

    Parameters
    ----------
    network, distance, switch_cost, frictions
        As in `connectivity.global_efficiency`.

    Returns
    -------
    Series
        From 0 to 1; 0 for an isolate. An unreachable pair adds 0. NaN for fewer than three nodes.

    Raises
    ------
    InputError
        If frictions need coordinates or jurisdictions that are not known; without ``switch_cost``
        also if lengths of links differ by a factor above 1e10.

    Notes
    -----
    Lengths count as equal up to a relative 1e-10. Without ``switch_cost`` a path is a sequence of
    nodes: a pair that is linked in two layers does not double it. With ``switch_cost`` it is a
    sequence of links, each in its layer: such a pair gives two paths if both are shortest, and a
    node counts once for a path through any of its copies. Self-links are on no shortest path. The
    search is exact (without ``switch_cost`` igraph's): time grows with nodes x links.

    References
    ----------
    Freeman (1977), A set of measures of centrality based on betweenness, Sociometry 40.
    Brandes (2001), A faster algorithm for betweenness centrality, J. Mathematical Sociology 25.

    Examples
    --------
    >>> network = ni.build_network(pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"]}))
    >>> betweenness_centrality(network).tolist()
    [0.0, 1.0, 0.0]
    """
    costs = PathCosts(distance, switch_cost, frictions)
    n = network.n_nodes
    if n < 3:
        score = np.full(n, np.nan)
    elif switch_cost > 0 and len(network.layers) > 1:  # else there is nothing to change to
        from netinnov.kernels.paths import passing_shares

        states = _state_graph(network, costs)
        parts = np.array_split(np.arange(n, dtype=np.int32), min(SOURCES, n))
        work = [partial(passing_shares, *states, part, PRECISION) for part in parts]
        score = np.sum(in_threads(work, size=n * states[4].size), axis=0)
    else:
        score = _by_igraph(network, costs._replace(switch_cost=0.0))
    score = score / max((n - 1) * (n - 2), 1)
    return pd.Series(score, network.storage.node_names, name="betweenness_centrality")


def _by_igraph(network: MultilayerNetwork, costs: PathCosts) -> Floats:
    """Shares summed over ordered pairs, a path being a sequence of nodes."""
    import igraph

    directed = bool(network.directed)
    weights = None
    graph = paths.shortest_links(network, costs)
    part = (graph if directed else sparse.triu(graph)).tocoo()
    if not costs.hops and part.nnz:
        low = part.data.min()
        high = part.data.max()
        if high * PRECISION > low:
            raise InputError(
                "lengths of links must lie within a factor of 1e10 of one another, so that paths "
                f"can be told apart; they go from {low:g} to {high:g}. Leave out the links that "
                "are so much weaker or stronger than the others."
            )
        # The unit is free, and igraph warns of lengths that are small in absolute terms.
        weights = (part.data / low).tolist()
    simple = igraph.Graph(network.n_nodes, np.column_stack(part.coords), directed=directed)
    count = np.array(simple.betweenness(directed=directed, weights=weights), dtype=np.float64)
    return count if directed else 2 * count


def _state_graph(
    network: MultilayerNetwork, costs: PathCosts
) -> tuple[Codes, Codes, Codes, Codes, Floats, float]:
    """Nodes of the copies, first copies, CSR links between copies, and the cost of a switch."""
    n = network.n_nodes
    lengths = [paths.link_lengths(network, layer, costs) for layer in network.layers]
    node, layer = np.nonzero(network.storage.presence("linked").T)
    at = layer * n + node
    links = sparse.csr_array(sparse.block_diag(lengths, format="csr"))[at][:, at]
    links.sort_indices()
    first = np.concatenate([[0], np.cumsum(np.bincount(node, minlength=n))])
    arrays = (node, first, links.indptr, links.indices)
    nodes, firsts, indptr, indices = (codes.astype(np.int32) for codes in arrays)
    return nodes, firsts, indptr, indices, links.data, float(costs.switch_cost)
