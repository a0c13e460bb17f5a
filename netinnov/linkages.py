"""Linkages between places and organisations, from tables of records to tables of links."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array, triu

from netinnov._arguments import check_choice, check_number, did_you_mean
from netinnov._columns import as_numbers, as_text, is_blank
from netinnov._geography import great_circle
from netinnov._typing import Floats
from netinnov.errors import InputError

if TYPE_CHECKING:
    from netinnov.network import MultilayerNetwork

__all__ = ["co_participation", "enclaves", "find_enclaves", "gravity"]

Weighting = Literal["count", "newman", "full"]
Integers = npt.NDArray[np.integer]


def co_participation(
    incidence: pd.DataFrame, *, member: str, event: str, weighting: Weighting = "count"
) -> pd.DataFrame:
    """Link all members of an event to one another, and add up over the events.

    Parameters
    ----------
    incidence : DataFrame
        One row a participation; a member that stands twice in an event counts once.
    member, event : str
        The columns with their ids.
    weighting : {"count", "newman", "full"}
        What a pair gets from an event of k members: 1; 1 / (k - 1), so that each member hands out
        one unit; or 2 / (k (k - 1)), so that the event hands out one unit.

    Returns
    -------
    DataFrame
        Columns ``source``, ``target`` (text) and ``weight``; one row for each pair that met. The
        source comes before the target, and the rows are sorted, in the order of the ids as text,
        so the result does not depend on the order of ``incidence``.

    Raises
    ------
    InputError
        A column or an id is missing, or a column mixes numbers and text.
    ValueError
        There is no such weighting.

    Notes
    -----
    The links are undirected. An event with one member adds none, so a member that only has such
    events is not in the result. Computed as one sparse product of the incidence with itself.

    References
    ----------
    Newman, M. E. J. (2001). Scientific collaboration networks. II. Shortest paths, weighted
    networks, and centrality. Physical Review E 64, 016132.

    Examples
    --------
    >>> import pandas as pd
    >>> projects = pd.DataFrame({"firm": ["a", "b", "c", "a", "b"], "project": [1, 1, 1, 2, 2]})
    >>> co_participation(projects, member="firm", event="project", weighting="newman")
      source target  weight
    0      a      b     1.5
    1      a      c     0.5
    2      b      c     0.5
    """
    check_choice("weighting", weighting, Weighting)
    members, names = pd.factorize(_ids(incidence, member), sort=True)
    events, _ = pd.factorize(_ids(incidence, event), sort=True)
    ones = np.ones(members.size)
    table = csr_array((ones, (members, events)), shape=(names.size, events.max(initial=-1) + 1))
    table.sum_duplicates()

    k = np.bincount(table.indices, minlength=table.shape[1])
    share = _share(np.maximum(k, 2), weighting)
    shared = csr_array((share[table.indices], table.indices, table.indptr), shape=table.shape)
    table.data[:] = 1.0
    pairs = csr_array(triu(shared @ table.T, k=1))
    pairs.sort_indices()
    source = np.repeat(np.arange(names.size), np.diff(pairs.indptr))
    return _links(pd.Index(names), source, pairs.indices, pairs.data)


def enclaves(
    parks: pd.DataFrame,
    *,
    home: str = "jurisdiction",
    host: str = "place",
    weight: str | None = None,
) -> pd.DataFrame:
    """Link the place that runs a park to the place where it stands.

    Parameters
    ----------
    parks : DataFrame
        One row a park.
    home, host : str
        The columns with the place that the park belongs to and the place where it is.
    weight : str, optional
        A column of positive numbers, such as floor area; without it every park counts 1.

    Returns
    -------
    DataFrame
        Columns ``source`` (home), ``target`` (host) and ``weight``; one row a park, as given. Two
        parks of one pair of places stay two rows, which `build_network` adds up.

    Raises
    ------
    InputError
        A column is missing; a home, host or weight is missing; a weight is not positive.

    Notes
    -----
    The links are directed, from home to host. A park at home gives a self-link. Places are taken
    as they are: `aggregate` lifts districts to their cities.

    Examples
    --------
    >>> import pandas as pd
    >>> parks = pd.DataFrame({"jurisdiction": ["quzhou"], "place": ["hangzhou"]})
    >>> enclaves(parks)
       source    target  weight
    0  quzhou  hangzhou     1.0
    """
    links = pd.DataFrame({"source": _ids(parks, home), "target": _ids(parks, host)})
    links["weight"] = 1.0
    if weight is not None:
        rows = pd.RangeIndex(len(parks))
        links["weight"] = _numbers(parks, weight, rows, low=0.0, above=True)
    return links


def find_enclaves(network: MultilayerNetwork, *, rank: pd.Series) -> pd.DataFrame:
    """List the nodes that stand outside their jurisdiction, and which way they reach.

    Parameters
    ----------
    network : MultilayerNetwork
        Nodes with a place and a jurisdiction.
    rank : Series
        A number for each place, larger for the more central one: population, or a centrality. A
        place without a number takes that of the nearest place that contains it, so numbers for
        cities serve their districts too.

    Returns
    -------
    DataFrame
        Columns ``node, home, host, direction``, one row an enclave, in node order. ``home`` is
        its jurisdiction and ``host`` its place. ``direction`` is ``reverse`` if the host ranks
        higher, ``forward`` if the home does, ``level`` if they rank the same, and missing if
        one of them has no rank, even through the places that contain it.

    Raises
    ------
    InputError
        ``rank`` holds something that is no number, or two values for one place.

    Notes
    -----
    A node inside its jurisdiction, through any number of steps of ``parent``, is at home and no
    enclave. The reverse does not hold: a node known to be in a city but run by one of its
    districts counts as one. Nodes without a place or jurisdiction are left out. Links play no
    part.

    Examples
    --------
    >>> import pandas as pd
    >>> from netinnov import MultilayerNetwork
    >>> nodes = pd.DataFrame(
    ...     {"place": "hangzhou", "jurisdiction": ["quzhou", None]}, index=["p", "f"]
    ... )
    >>> network = MultilayerNetwork(nodes, pd.DataFrame({"source": ["p"], "target": ["f"]}))
    >>> find_enclaves(network, rank=pd.Series({"hangzhou": 12.2, "quzhou": 2.3}))
      node    home      host direction
    0    p  quzhou  hangzhou   reverse
    """
    number, text = as_numbers(rank)
    if text.any():
        msg = f"rank must hold a number for each place; these are none: {_some(rank[text])}."
        raise InputError(msg)
    if not rank.index.is_unique:
        twice = rank.index[rank.index.duplicated()].unique()
        msg = f"rank must have one value a place; two or more for: {_some(twice)}."
        raise InputError(msg)
    places = network.places.index
    parent: Integers = places.get_indexer(pd.Index(network.places["parent"]))
    host, home = network._place_codes, network._jurisdiction_codes

    inside = np.zeros(host.size, np.bool_)
    around: Integers = host
    while (around >= 0).any():
        inside |= around == home
        around = _step(parent, around)
    found = np.flatnonzero((host >= 0) & (home >= 0) & ~inside)
    host, home = host[found], home[found]

    value = pd.Series(number, rank.index).reindex(places).to_numpy(copy=True)
    around = np.arange(places.size)
    while (unknown := np.isnan(value) & (around >= 0)).any():
        around = np.where(unknown, _step(parent, around), -1)
        value = np.where(around >= 0, value[around], value)
    a, b = value[host], value[home]
    direction = pd.Series(index=range(found.size), dtype="str")
    for name, holds in {"reverse": a > b, "forward": a < b, "level": a == b}.items():
        direction[holds] = name
    return pd.DataFrame(
        {
            "node": network.nodes.index.take(found),
            "home": places.take(home),
            "host": places.take(host),
            "direction": direction,
        }
    )


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
        or impossible ones; two places stand at the same point.
    ValueError
        ``exponent`` or ``strongest`` is out of its range.

    Notes
    -----
    The links are undirected. Distances are great circles on a sphere of radius 6371.0088 km.
    All pairs are worked out at once: memory grows with the square of the number of places.

    Examples
    --------
    >>> import pandas as pd
    >>> cities = pd.DataFrame(
    ...     {"lon": [0.0, 1.0, 2.0], "lat": 0.0, "population": [4, 1, 4]}, index=["a", "b", "c"]
    ... )
    >>> gravity(cities, exponent=1.0).round(3)
      source target  weight  distance_km
    0      a      b    0.75      111.195
    1      a      c    1.50      222.390
    2      b      c    0.75      111.195
    """
    check_number("exponent", exponent, low=0)
    if strongest is not None:
        check_number("strongest", strongest, low=1)
    table = places if "place" in places else places.rename_axis("place").reset_index()
    names = pd.Index(_ids(table, "place"))
    if not names.is_unique:
        msg = f"a place must stand in one row; twice or more: {_some(names[names.duplicated()])}."
        raise InputError(msg)
    size = _numbers(table, population, names, low=0.0, above=True)
    lon = _numbers(table, "lon", names, low=-180.0, high=180.0)
    lat = _numbers(table, "lat", names, low=-90.0, high=90.0)

    i, j = np.triu_indices(names.size, k=1)
    distance = great_circle(lon[i], lat[i], lon[j], lat[j])
    if (same := distance == 0).any():
        pairs = [f"{names[a]} and {names[b]}" for a, b in zip(i[same], j[same], strict=True)]
        msg = f"two places must not stand at the same point: {_some(pairs)}."
        raise InputError(msg)
    flow = np.zeros((names.size, names.size))
    flow[i, j] = flow[j, i] = size[i] * size[j] / distance**exponent
    if strongest is not None:
        largest = np.argsort(-flow, axis=1, kind="stable")[:, : int(strongest)]
        keeps = np.zeros(flow.shape, np.bool_)
        np.put_along_axis(keeps, largest, True, axis=1)
        stays = (keeps | keeps.T)[i, j]
        i, j, distance = i[stays], j[stays], distance[stays]
    weight = flow[i, j]
    links = _links(names, i, j, weight / weight.mean() if weight.size else weight)
    return links.assign(distance_km=distance)


def _share(k: Integers, weighting: Weighting) -> Floats:
    """What one pair gets from an event of ``k`` members."""
    if weighting == "newman":
        return 1 / (k - 1)
    if weighting == "full":
        return 2 / (k * (k - 1))
    return np.ones(k.size)


def _links(names: pd.Index, source: Integers, target: Integers, weight: Floats) -> pd.DataFrame:
    return pd.DataFrame(
        {"source": names.take(source), "target": names.take(target), "weight": weight}
    )


def _step(parent: Integers, place: Integers) -> Integers:
    """The place that contains each place; -1 where there is none."""
    return np.where(place >= 0, parent[place], -1)


def _column(table: pd.DataFrame, name: str) -> pd.Series:
    if name not in table:
        known = [str(column) for column in table.columns]
        msg = f"the table must have a column {name!r}{did_you_mean(name, known)}; it has {known}."
        raise InputError(msg)
    return table[name]


def _ids(table: pd.DataFrame, name: str) -> pd.Series:
    """A column of ids as text, on a new index of rows."""
    given = _column(table, name).reset_index(drop=True)
    text, bad, mixed = as_text(given)
    if mixed:
        msg = f"column {name!r} mixes numbers and text; write all of its ids as text."
        raise InputError(msg)
    if (bad := bad | is_blank(text)).any():
        shown = [f"row {row} ({value})" for row, value in given[bad].items()]
        msg = (
            f"column {name!r} must have an id in every row; {bad.sum()} have none: {_some(shown)}."
        )
        raise InputError(msg)
    return text


def _numbers(
    table: pd.DataFrame,
    name: str,
    rows: pd.Index,
    *,
    low: float,
    high: float = np.inf,
    above: bool = False,
) -> Floats:
    """A column of finite numbers in [low, high], or (low, high] with ``above``."""
    given = _column(table, name)
    number, _ = as_numbers(given)
    good = np.isfinite(number) & (number >= low) & (number <= high) & ~(above & (number == low))
    if not good.all():
        bound = f"above {low:g}" if above else f"between {low:g} and {high:g}"
        shown = [f"{row} ({value})" for row, value in zip(rows[~good], given[~good], strict=True)]
        msg = f"{name!r} must be a number {bound}; {len(shown)} rows are not: {_some(shown)}."
        raise InputError(msg)
    return number


def _some(items: Iterable[object]) -> str:
    """The first five of some items, for a message."""
    shown = [str(item) for item in items]
    return ", ".join(shown[:5]) + (", ..." if len(shown) > 5 else "")
