"""Centralities from the lengths of paths."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from netinnov._paths import Frictions, check_path_arguments, distances, positions
from netinnov._typing import Distance
from netinnov.network import MultilayerNetwork

__all__ = ["harmonic_centrality"]


def harmonic_centrality(
    network: MultilayerNetwork,
    *,
    distance: Distance = "unit",
    switch_cost: float = 0.0,
    frictions: Frictions | None = None,
    nodes: Sequence[str] | None = None,
) -> pd.Series:
    """Mean of one over the distance to each other node: sum_j 1 / d_ij / (n - 1).

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
        From 0 (reaches nobody; an unreachable node adds 0). NaN if there is nobody to reach. The
        mean over nodes is `global_efficiency`.

    Raises
    ------
    InputError
        If frictions need coordinates or jurisdictions that are not known, or a node is not there.

    Notes
    -----
    Paths lead away from the node; networkx sums over paths to it, and does not divide.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> links = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"]})
    >>> network = ni.build_network(pd.DataFrame(index=["a", "b", "c"]), links)
    >>> harmonic_centrality(network).tolist()
    [0.75, 1.0, 0.75]
    """
    check_path_arguments(distance, switch_cost, frictions)
    chosen = positions(network, nodes)
    score = np.full(network.n_nodes, np.nan)
    if chosen.size > 1:
        blocks = distances(
            network, chosen, distance=distance, switch_cost=switch_cost, frictions=frictions
        )
        for sources, found in blocks:
            found[np.arange(sources.size), sources] = np.inf
            score[sources] = (1.0 / found[:, chosen]).sum(axis=1) / (chosen.size - 1)
    return pd.Series(score, network._nodes.index, name="harmonic_centrality")
