"""Least times of journeys with changes, from the times of direct connections."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.sparse import csgraph

from netinnov._network.distances import LONG, distance_table
from netinnov._runtime.arguments import check_type
from netinnov._typing import Amount


def travel_times(direct: pd.DataFrame, *, transfer: Amount) -> pd.DataFrame:
    """Least time between all pairs of places over direct connections.

    Parameters
    ----------
    direct : DataFrame
        Times of direct connections in any unit: a table as in `MultilayerNetwork.with_distances`,
        NaN where there is none.
    transfer : float
        Time of a change between two connections, in the same unit.

    Returns
    -------
    DataFrame
        Square, origins in rows, places sorted: a journey of k connections takes the sum of their
        times + (k - 1) * `transfer`. NaN where no journey leads; 0 on the diagonal.

    Raises
    ------
    InputError
        A time is negative or infinite, or a pair stands there twice.

    Examples
    --------
    >>> trains = {"origin": ["Q", "H"], "destination": ["H", "S"], "distance": [46.0, 45.0]}
    >>> travel_times(pd.DataFrame(trains), transfer=20).loc["Q"].to_dict()
    {'H': 46.0, 'Q': 0.0, 'S': 111.0}
    """
    check_type("direct", direct, pd.DataFrame)
    long = set(LONG) <= set(direct.columns)
    ends = [direct["origin"], direct["destination"]] if long else [direct.index, direct.columns]
    names = pd.Index(sorted({str(name).strip() for end in ends for name in end}), dtype="str")
    times = distance_table(direct, "min", names, name="direct").directed
    graph = csgraph.csgraph_from_dense(times + transfer, null_value=np.nan)
    least = np.where(np.eye(len(names)), 0.0, csgraph.dijkstra(graph) - transfer)
    return pd.DataFrame(least, names, names).replace(np.inf, np.nan)
