"""What distances and connections tell of places: flows that nobody measured, times of journeys."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
import pandas as pd
from scipy.sparse import csgraph

from netinnov._network.distances import LONG, as_long, distance_table, great_circle, known_distances
from netinnov._runtime.arguments import check_type, examples
from netinnov._typing import Amount, Is
from netinnov.errors import InputError
from netinnov.linkages._records import ids, numbers, refuse_one_point


def gravity(
    places: pd.DataFrame,
    *,
    distances: pd.DataFrame | None = None,
    decay: Literal["power", "exponential"] = "power",
    exponent: Amount = 2.0,
    strongest: Annotated[float, Is(low=1)] | None = None,
) -> pd.DataFrame:
    """Model the flows between places by their size and distance.

    It follows from the populations and the map alone: no significance test applies to it.

    Parameters
    ----------
    places : DataFrame
        One row a place: the index, or a column ``place``, is its id; ``population``, a positive
        number; ``lon`` and ``lat`` in degrees, unless there are ``distances``.
    distances : DataFrame, optional
        Distances between these places in any unit, as in `MultilayerNetwork.with_distances`; of
        two directions the mean counts. Default: great circles in km.
    decay : {"power", "exponential"}
        Flows fall with distance d as d ** -exponent, or as exp(-exponent d).
    exponent : float
        0 or more; ``"exponential"``: per unit of distance.
    strongest : int, optional
        Each place keeps its ``strongest`` largest flows (of equal ones those to the places that
        come first), and a pair stays if either end keeps it. None: all pairs stay.

    Returns
    -------
    DataFrame
        Columns ``source``, ``target``, ``weight`` and ``distance``; one row for each pair that
        stays, in the order of ``places``. The weight is P_i P_j f(d_ij), f the decay, divided by
        the mean over the pairs that stay, so the mean weight is 1.

    Raises
    ------
    InputError
        A place stands in two rows, or has no population or coordinates; a distance is unknown, or
        0 where flows fall as a power.

    Notes
    -----
    In a network the record of the layer says that it is modelled, and tests on it then warn:
    ``network.with_links(gravity(places).assign(layer="gravity"), layers={"gravity": {"modelled":
    True}})``. The links are undirected. Memory grows with the square of the number of places.

    Examples
    --------
    >>> columns = {"lon": [0.0, 1.0, 2.0], "lat": 0.0, "population": [4, 1, 4]}
    >>> cities = pd.DataFrame(columns, index=["a", "b", "c"])
    >>> gravity(cities, exponent=1.0).round(3)
      source target  weight  distance
    0      a      b    0.75   111.195
    1      a      c    1.50   222.390
    2      b      c    0.75   111.195
    """
    check_type("places", places, pd.DataFrame)
    table = places if "place" in places else places.rename_axis("place").reset_index()
    names = pd.Index(ids(table, "place"))
    if not names.is_unique:
        twice = examples(names[names.duplicated()])
        raise InputError(f"a place must stand in one row; twice or more: {twice}.")
    size = numbers(table, "population", names, low=0.0, above=True)
    i, j = np.triu_indices(names.size, k=1)
    if distances is None:
        lon, lat = (
            numbers(table, name, names, low=-most, high=most)
            for name, most in (("lon", 180.0), ("lat", 90.0))
        )
        distance = great_circle(lon[i], lat[i], lon[j], lat[j])
    else:
        distance = known_distances(distances, names, "gravity()")[i, j]
    if decay == "power":
        refuse_one_point(distance, names.take(i), names.take(j))
    fall = distance**-exponent if decay == "power" else np.exp(-exponent * distance)
    flow = np.zeros((names.size, names.size))
    flow[i, j] = flow[j, i] = size[i] * size[j] * fall
    if strongest is not None:
        largest = np.argsort(-flow, axis=1, kind="stable")[:, : int(strongest)]
        keeps = np.zeros(flow.shape, np.bool_)
        np.put_along_axis(keeps, largest, True, axis=1)
        stays = (keeps | keeps.T)[i, j]
        i = i[stays]
        j = j[stays]
        distance = distance[stays]
    weight = flow[i, j]
    weight = weight / weight.mean() if weight.size else weight
    ends = {"source": names.take(i), "target": names.take(j)}
    return pd.DataFrame({**ends, "weight": weight, "distance": distance})


def travel_times(direct: pd.DataFrame, *, transfer: Amount) -> pd.DataFrame:
    """Least time between all pairs of places over direct connections.

    Parameters
    ----------
    direct : DataFrame
        Times in any unit, as in `MultilayerNetwork.with_distances`; NaN: no direct connection.
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
    long = as_long(direct, "direct")
    ends = [direct.index, direct.columns] if long is None else [long[end] for end in LONG[:2]]
    names = pd.Index(sorted({str(name).strip() for end in ends for name in end}), dtype="str")
    times = distance_table(direct, "", names, name="direct").directed
    graph = csgraph.csgraph_from_dense(times + transfer, null_value=np.nan)
    least = np.where(np.eye(len(names)), 0.0, csgraph.dijkstra(graph) - transfer)
    return pd.DataFrame(least, names, names).replace(np.inf, np.nan)
