"""Scores that nodes pass on along links and couplings: eigenvector, Katz, hubs and authorities."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd

from netinnov._typing import Amount, Floats, Positive, Presence
from netinnov.centrality._coupled_states import coupled, doubled, leading, solve
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork


def eigenvector_centrality(
    network: MultilayerNetwork, *, coupling: Amount = 1.0, presence: Presence = "linked"
) -> pd.Series:
    """Eigenvector versatility: central are nodes that central nodes point at.

    The leading eigenvector of the supra-adjacency S, S' x = lambda x, summed over the copies of a
    node (De Domenico et al. 2015, Nature Communications 6, 6868).

    Parameters
    ----------
    network : MultilayerNetwork
        Any network; in directed layers being pointed at counts.
    coupling : float
        Weight between every two copies of a node, at least 0.
    presence : {"linked", "all"}
        "linked": a node is in a layer only where it has a link. "all": it is in every layer.

    Returns
    -------
    Series
        Maximum 1; 0 for a node without a link, unless with "all". NaN for all nodes if no
        eigenvalue is above 0: no links, or one directed layer without cycles.

    Raises
    ------
    InputError
        If the two largest eigenvalues cannot be separated.

    Warns
    -----
    UserWarning
        With ``coupling=0`` and several layers: the scores are then those of one layer.

    Notes
    -----
    Where several components (directed: sets of nodes that lead to one another) share the leading
    eigenvalue up to a relative 1e-10, the scores are the projection of the all-ones vector on the
    space of their eigenvectors without negative entries. A node that no such component leads to has
    score 0. Self-links do not count.

    Examples
    --------
    >>> network = ni.build_network(pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"]}))
    >>> eigenvector_centrality(network).round(4).tolist()
    [0.7071, 1.0, 0.7071]
    """
    _warn_of_no_coupling(network, coupling, "eigenvector_centrality")
    states = leading(coupled(network, coupling, presence))
    score = _over_copies(states.vector)
    return pd.Series(score, network.storage.node_names, name="eigenvector_centrality")


def katz_centrality(
    network: MultilayerNetwork,
    *,
    alpha: Positive | None = None,
    coupling: Amount = 1.0,
    presence: Presence = "linked",
) -> pd.Series:
    """Katz versatility: walks to a node, discounted by length.

    x = (I - alpha S')^(-1) 1 with S the supra-adjacency, summed over the copies of a node.
    ``alpha`` is absolute: it depends on the unit of the weights. muxViz takes 0.99999 / lambda_1,
    which is the eigenvector in practice. Self-links do not count.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network; in directed layers being pointed at counts.
    alpha : float, optional
        Factor of a walk for each step, above 0 and below 1 / lambda_1, the leading eigenvalue of
        S. None: 0.5 / lambda_1.
    coupling, presence
        As in `eigenvector_centrality`.

    Returns
    -------
    Series
        Maximum 1; 0 for a node without a link, unless with "all". NaN for all nodes if there is no
        state; without ``alpha`` also if lambda_1 is 0: no links, or one directed layer without
        cycles.

    Raises
    ------
    InputError
        If ``alpha`` is 1 / lambda_1 or more.

    Examples
    --------
    >>> network = ni.build_network(pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"]}))
    >>> katz_centrality(network, alpha=0.5).tolist()
    [0.75, 1.0, 0.75]
    """
    weights, unit = coupled(network, coupling, presence).in_units()
    value = leading(weights).value
    if alpha is not None and alpha * unit * value >= 1:
        raise InputError(
            f"`alpha` must be below 1 / lambda_1 = {1 / value / unit:.10g}, lambda_1 the leading "
            f"eigenvalue of the coupled network; found {alpha!r}. None takes half of it."
        )
    if not weights.present.any() or (alpha is None and value == 0):
        score = np.full(network.n_nodes, np.nan)
    else:
        factor = 0.5 / value if alpha is None else float(alpha) * unit
        present = weights.present.astype(np.float64)
        symmetric = weights.symmetric
        name = "katz_centrality"
        states = solve(lambda x: factor * weights(x), present, symmetric=symmetric, subject=name)
        score = _over_copies(states)
    return pd.Series(score, network.storage.node_names, name="katz_centrality")


def hits(
    network: MultilayerNetwork, *, coupling: Amount = 1.0, presence: Presence = "linked"
) -> pd.DataFrame:
    """Hubs point at good authorities, authorities are pointed at by good hubs.

    The leading eigenvectors of S S' (hub) and of S' S (authority), S the supra-adjacency, summed
    over the copies of a node; of several, their projection as in `eigenvector_centrality`. So the
    two sides of an undirected bipartite layer are scaled apart. Self-links do not count. Kleinberg
    (1999), Journal of the ACM 46.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network. Without directed layers hub and authority are the same.
    coupling, presence
        As in `eigenvector_centrality`.

    Returns
    -------
    DataFrame
        Columns ``hub`` and ``authority``, maximum 1 each (networkx: sum 1); 0 for a node without
        a link, unless with "all". NaN for all nodes if there are neither links nor couplings.

    Examples
    --------
    >>> links = pd.DataFrame({"source": ["a", "b"], "target": ["c", "c"]})
    >>> hits(ni.build_network(links, directed=["links"])).to_dict("list")
    {'hub': [1.0, 0.0, 1.0], 'authority': [0.0, 1.0, 0.0]}
    """
    _warn_of_no_coupling(network, coupling, "hits")
    both = doubled(network, coupling, presence)
    _, label = both.components()
    if network.directed:
        # A hub and the authority of the same component are two vectors: eigenvectors of S S', S' S.
        groups = label + np.repeat([0, label.size], label.size // 2).astype(np.int32)
        hub, authority = np.split(leading(both, groups).vector, 2)
    else:
        # S S' = S^2. A bipartite component has two vectors there, one a side, others have their
        # own of S; and that is well defined where S^2 nearly has two, as with few odd cycles.
        alone = coupled(network, coupling, presence)
        hub = authority = leading(alone, label[: label.size // 2]).vector
    columns = {"hub": _over_copies(hub), "authority": _over_copies(authority)}
    return pd.DataFrame(columns, index=network.storage.node_names)


def _warn_of_no_coupling(network: MultilayerNetwork, coupling: float, measure: str) -> None:
    if coupling == 0 and len(network.layers) > 1:
        warnings.warn(
            f"{measure} with coupling=0 describes one layer only, the one with the largest "
            "eigenvalue, and gives 0 in all others. Take a coupling above 0, or measure each "
            "layer by network.select(layers=[...]).",
            UserWarning,
            stacklevel=4,
        )


def _over_copies(vector: Floats) -> Floats:
    """Sum over the copies of each node, divided by the largest; NaN if all are zero."""
    score = vector.sum(axis=0)
    largest = float(score.max(initial=0.0))
    return np.asarray(score / (largest or np.nan))
