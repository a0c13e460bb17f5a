"""The gravity model as a stand-in for flows that nobody measured."""

from __future__ import annotations

import numpy as np
import pandas as pd

from netinnov._network.geography import great_circle
from netinnov._runtime.arguments import check_number, check_type, examples
from netinnov.errors import InputError
from netinnov.linkages._records import ids, refuse_one_point, sizes_and_points


def gravity(
    places: pd.DataFrame,
    *,
    population: str = "population",
    exponent: float = 2.0,
    strongest: int | None = None,
) -> pd.DataFrame:
    """Model the flows between places by their size and distance.

    A stand-in for flows that nobody measured: what comes out of it follows from the populations
    and the map alone, and no significance test applies to it.

    Parameters
    ----------
    places : DataFrame
        One row a place: the index, or a column ``place``, is its id; ``lon`` and ``lat`` in
        degrees.
    population : str
        The column with the size of a place, a positive number.
    exponent : float
        How fast flows fall with distance, 0 or more.
    strongest : int, optional
        Each place keeps its ``strongest`` largest flows (of equal ones those to the places that
        come first), and a pair stays if either end keeps it. None: all pairs stay.

    Returns
    -------
    DataFrame
        Columns ``source``, ``target``, ``weight`` and ``distance_km``; one row for each pair that
        stays, in the order of ``places``. The weight is P_i P_j / d_ij ** exponent, divided by
        the mean over the pairs that stay, so the mean weight is 1.

    Raises
    ------
    InputError
        A column is missing; a place stands in two rows; a place has no population or coordinates,
        or impossible ones; two places stand at the same point; a number is out of its range.

    Notes
    -----
    In a network the record of the layer says that it is modelled, and tests on it then warn:
    ``network.with_links(gravity(places).assign(layer="gravity"), layers={"gravity": {"modelled":
    True}})``; so does the argument ``layers`` of `build_network`. The links are undirected.
    Distances are great circles on a sphere of radius 6371.0088 km. Memory grows with the square of
    the number of places.

    Examples
    --------
    >>> import pandas as pd
    >>> columns = {"lon": [0.0, 1.0, 2.0], "lat": 0.0, "population": [4, 1, 4]}
    >>> cities = pd.DataFrame(columns, index=["a", "b", "c"])
    >>> gravity(cities, exponent=1.0).round(3)
      source target  weight  distance_km
    0      a      b    0.75      111.195
    1      a      c    1.50      222.390
    2      b      c    0.75      111.195
    """
    check_type("places", places, pd.DataFrame)
    check_number("exponent", exponent, low=0)
    if strongest is not None:
        check_number("strongest", strongest, low=1)
    table = places if "place" in places else places.rename_axis("place").reset_index()
    names = pd.Index(ids(table, "place"))
    if not names.is_unique:
        twice = examples(names[names.duplicated()])
        raise InputError(f"a place must stand in one row; twice or more: {twice}.")
    size, lon, lat = sizes_and_points(table, population, names)
    i, j = np.triu_indices(names.size, k=1)
    distance = great_circle(lon[i], lat[i], lon[j], lat[j])
    refuse_one_point(distance, names.take(i), names.take(j))
    flow = np.zeros((names.size, names.size))
    flow[i, j] = flow[j, i] = size[i] * size[j] / distance**exponent
    if strongest is not None:
        largest = np.argsort(-flow, axis=1, kind="stable")[:, : int(strongest)]
        keeps = np.zeros(flow.shape, np.bool_)
        np.put_along_axis(keeps, largest, True, axis=1)
        stays = (keeps | keeps.T)[i, j]
        i, j, distance = i[stays], j[stays], distance[stays]
    weight = flow[i, j]
    weight = weight / weight.mean() if weight.size else weight
    ends = {"source": names.take(i), "target": names.take(j)}
    return pd.DataFrame({**ends, "weight": weight, "distance_km": distance})
