"""Whether places converge: the inequality of their access to all others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from netinnov._paths import Frictions, positions
from netinnov._typing import Distance
from netinnov.centrality import harmonic_centrality
from netinnov.network import MultilayerNetwork
from netinnov.polycentricity import gini, theil

Index = Literal["theil", "gini"]


def access_inequality(
    network: MultilayerNetwork,
    *,
    index: Index = "theil",
    distance: Distance = "unit",
    switch_cost: float = 0.0,
    frictions: Frictions | None = None,
    nodes: Sequence[str] | None = None,
) -> float:
    """Inequality of harmonic centrality over places.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network. Paths walk links of any layer; a directed link one way only.
    index : {"theil", "gini"}
        Index of inequality: see `polycentricity.theil` and `polycentricity.gini`.
    distance, switch_cost, frictions
        As in `connectivity.global_efficiency`.
    nodes : sequence of str, optional
        Nodes between which access is measured; the others only carry paths. Default: all.

    Returns
    -------
    float
        0: all places have the same access. If a scenario lowers it, the places converge; if it
        raises it, they diverge. NaN if no node reaches another, or for fewer than two nodes.

    Raises
    ------
    InputError
        If frictions need coordinates or jurisdictions that are not known, or a node does not exist.

    Notes
    -----
    Access of a place is the mean over its nodes; each place counts once, whatever its size. A
    node without a place counts as a place of its own.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> links = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"]})
    >>> network = ni.build_network(pd.DataFrame(index=["a", "b", "c"]), links)
    >>> round(access_inequality(network, index="gini"), 4)  # of 3/4, 1 and 3/4
    0.0667
    """
    chosen = positions(network, nodes)
    if chosen.size < 2:
        return float("nan")
    access = harmonic_centrality(
        network, distance=distance, switch_cost=switch_cost, frictions=frictions, nodes=nodes
    ).to_numpy(np.float64)[chosen]
    code = network.storage.place_codes[chosen].astype(np.int64)
    own = np.where(code >= 0, code, len(network.storage.places) + np.arange(code.size))
    _, place = np.unique(own, return_inverse=True)
    by_place = np.bincount(place, access) / np.bincount(place)
    return float((theil if index == "theil" else gini)(by_place))
