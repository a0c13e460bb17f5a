"""How far each node is from the nearest of some given ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from netinnov._paths import Frictions, nearest, path_costs, positions
from netinnov._typing import Distance
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork


def access(
    network: MultilayerNetwork,
    *,
    origin: Sequence[str],
    distance: Distance = "unit",
    switch_cost: float = 0.0,
    frictions: Frictions | None = None,
) -> pd.Series:
    """Distance to each node from the nearest of the origin nodes.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network. Paths walk links of any layer, away from the origin; a directed link one way
        only.
    origin : sequence of str
        Ids of one node or more, such as the universities or the parks.
    distance : {"unit", "inverse"}
        Length of a link: 1, or 1 / weight. Of parallel links of several layers the shortest
        counts.
    switch_cost : float
        Length of a change of layer on the way, at least 0; the first and the last layer are free.
    frictions : Frictions, optional
        What borders and kilometres add to the length of a link.

    Returns
    -------
    Series
        One number a node: 0 at an origin, NaN where no origin leads.

    Raises
    ------
    InputError
        If no origin is given or one is not there, or frictions need coordinates or jurisdictions
        that are not known.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> links = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"]})
    >>> network = ni.build_network(pd.DataFrame(index=["a", "b", "c", "d"]), links)
    >>> access(network, origin=["a"]).tolist()
    [0.0, 1.0, 2.0, nan]
    """
    costs = path_costs(distance, switch_cost, frictions)
    sources = positions(network, origin, name="origin")
    if sources.size == 0:
        raise InputError("`origin` must name at least one node; found none.")
    steps = nearest(network, sources, costs)
    return pd.Series(np.where(np.isinf(steps), np.nan, steps), network.nodes.index, name="access")
