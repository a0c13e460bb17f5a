"""How near nodes and places are: efficiency, lengths of paths, access and potential."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

from netinnov._network import paths
from netinnov._network.columns import amounts
from netinnov._network.paths import Frictions, PathCosts, positions, sums_of_distances
from netinnov._network.place_distances import between
from netinnov._runtime.arguments import check_names, check_type, examples
from netinnov._typing import Distance, Floats, Positive, SwitchCost
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork

Decay = Literal["exponential", "power", "within"]

_BLOCK = 2**22  # distances that are held at once


def global_efficiency(
    network: MultilayerNetwork,
    *,
    distance: Distance = "unit",
    switch_cost: SwitchCost = 0.0,
    frictions: Frictions | None = None,
    nodes: Sequence[str] | None = None,
) -> float:
    """Mean over ordered pairs of nodes of one over the distance between them.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network. Paths walk links of any layer; a directed link one way only.
    distance : {"unit", "inverse"}
        Length of a link: 1, or 1 / weight. Of parallel links of several layers the shortest counts.
    switch_cost : float
        Length of a change of layer on the way, at least 0; the first and the last layer are free.
    frictions : Frictions, optional
        What borders and distance add to the length of a link.
    nodes : sequence of str, optional
        Take the mean over the pairs of these nodes; the others only carry paths, as a park that a
        scenario adds should. Default: all.

    Returns
    -------
    float
        0: nobody reaches anybody; 1 with unit lengths: all are linked. Unreachable pairs add 0.
        NaN for fewer than two nodes.

    Raises
    ------
    InputError
        If frictions need coordinates or jurisdictions that are not known, or a node is not there.

    References
    ----------
    Latora and Marchiori (2001), Physical Review Letters 87, 198701.

    Examples
    --------
    >>> network = ni.build_network(pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"]}))
    >>> global_efficiency(network)  # two pairs at distance 1, one at 2
    0.8333333333333334
    """
    costs = PathCosts(distance, switch_cost, frictions)
    chosen = positions(network, nodes)
    if chosen.size < 2:
        return float("nan")
    _, _, inverse = sums_of_distances(network, chosen, costs)
    return float(inverse.sum()) / (chosen.size * (chosen.size - 1))


def average_path_length(
    network: MultilayerNetwork,
    *,
    distance: Distance = "unit",
    switch_cost: SwitchCost = 0.0,
    frictions: Frictions | None = None,
    nodes: Sequence[str] | None = None,
) -> float:
    """Mean distance over the ordered pairs of nodes of which the first reaches the second.

    Pairs that are not connected do not count, so cutting a network can shorten it: show it beside
    `largest_component`, or use `global_efficiency`.

    Parameters
    ----------
    network, distance, switch_cost, frictions, nodes
        As in `global_efficiency`.

    Returns
    -------
    float
        1 or more with unit lengths; NaN where no node reaches another.

    References
    ----------
    Watts and Strogatz (1998), Collective dynamics of small-world networks, Nature 393, 440-442.

    Examples
    --------
    >>> links = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"]})
    >>> network = ni.build_network(pd.DataFrame(index=["a", "b", "c", "d"]), links)
    >>> average_path_length(network)  # two pairs at distance 1, one at 2
    1.3333333333333333
    """
    costs = PathCosts(distance, switch_cost, frictions)
    reached, total, _ = sums_of_distances(network, positions(network, nodes), costs)
    return float(total.sum() / reached.sum()) if reached.any() else float("nan")


def shortest_path(
    network: MultilayerNetwork,
    source: str,
    target: str,
    *,
    distance: Distance = "unit",
    switch_cost: SwitchCost = 0.0,
    frictions: Frictions | None = None,
) -> pd.Series:
    """Find a shortest path between two nodes, and how far along it each node is.

    Parameters
    ----------
    network : MultilayerNetwork
        As in `global_efficiency`.
    source, target : str
        Ids of the two nodes.
    distance, switch_cost, frictions
        As in `global_efficiency`.

    Returns
    -------
    Series
        Distance of each node on the way from `source`, whose own is 0: the index is the path, one
        of those of equal length. Empty if there is none.

    Examples
    --------
    >>> network = ni.build_network(pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"]}))
    >>> shortest_path(network, "a", "c").to_dict()
    {'a': 0.0, 'b': 1.0, 'c': 2.0}
    """
    costs = PathCosts(distance, switch_cost, frictions)
    start = int(network.storage.positions("source", [source])[0])
    end = int(network.storage.positions("target", [target])[0])
    path, lengths = paths.path_between(network, start, end, costs)
    return pd.Series(lengths, network.nodes.index.take(path), dtype=float, name="shortest_path")


def access(
    network: MultilayerNetwork,
    *,
    origin: Sequence[str],
    distance: Distance = "unit",
    switch_cost: SwitchCost = 0.0,
    frictions: Frictions | None = None,
) -> pd.Series:
    """Distance to each node from the nearest of the origin nodes.

    Parameters
    ----------
    network : MultilayerNetwork
        As in `global_efficiency`; paths lead away from the origin.
    origin : sequence of str
        Ids of one node or more, such as the universities or the parks.
    distance, switch_cost, frictions
        As in `global_efficiency`.

    Returns
    -------
    Series
        One number a node: 0 at an origin, NaN where no origin leads.

    Raises
    ------
    InputError
        If no origin is given, or one is not there.

    Examples
    --------
    >>> links = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"]})
    >>> network = ni.build_network(pd.DataFrame(index=["a", "b", "c", "d"]), links)
    >>> access(network, origin=["a"]).tolist()
    [0.0, 1.0, 2.0, nan]
    """
    costs = PathCosts(distance, switch_cost, frictions)
    sources = positions(network, origin, name="origin")
    if sources.size == 0:
        raise InputError("`origin` must name at least one node; found none.")
    steps = pd.Series(paths.nearest(network, sources, costs), network.nodes.index, name="access")
    return steps.replace(np.inf, np.nan)


def potential(
    network: MultilayerNetwork,
    *,
    mass: str | pd.Series[float],
    decay: Decay = "exponential",
    scale: Positive,
) -> pd.Series:
    """Mass of all other places, those far away counting less.

    Parameters
    ----------
    network : MultilayerNetwork
        Its places and their distances; links do not count.
    mass : str or Series
        A column of ``network.places``, such as ``"population"``, or numbers by id of place.
    decay : {"exponential", "power", "within"}
        f(d) = exp(-d / scale), d ** -scale, or 1 where d <= scale ("within 60 minutes").
    scale : float
        In the unit of the distances (``"power"``: an exponent), above 0.

    Returns
    -------
    Series
        One number a place, in the unit of the mass: the sum over the other places j of m_j f(d_ij),
        d_ij from the place i to j.

    Raises
    ------
    InputError
        A mass is below 0, or two places are 0 apart (``"power"``).

    Warns
    -----
    UserWarning
        Distances are unknown: those pairs add nothing.

    References
    ----------
    Hansen (1959), How accessibility shapes land use, J. American Institute of Planners 25.

    Examples
    --------
    >>> nodes = pd.DataFrame({"place": ["H", "Q"]}, index=["h", "q"])
    >>> links = pd.DataFrame({"source": ["h"], "target": ["q"]})
    >>> minutes = pd.DataFrame([[0, 60], [60, 0]], ["H", "Q"], ["H", "Q"])
    >>> network = ni.build_network(nodes, links, distances=minutes, distance_unit="min")
    >>> potential(network, mass=pd.Series({"H": 8, "Q": 2}), decay="within", scale=60).to_dict()
    {'H': 2.0, 'Q': 8.0}
    """
    places = network.storage.place_names
    masses = _masses(network, mass)
    column = np.flatnonzero(masses > 0)
    n = len(places)
    total = np.zeros(n)
    unknown = 0
    step = max(1, _BLOCK // max(column.size, 1))
    for begin in range(0, n, step):
        row = np.arange(begin, min(begin + step, n))
        far = between(network.storage, row[:, None], column, directed=True)
        other = row[:, None] != column
        unknown += int((np.isnan(far) & other).sum())
        if decay == "power" and (same := np.argwhere((far == 0) & other)).size:
            pairs = [f"{places[row[i]]} - {places[column[j]]}" for i, j in same]
            raise InputError(
                "places must not be 0 apart where mass counts by a power of the distance; found "
                f"{examples(pairs, str)}."
            )
        near = np.where(other & ~np.isnan(far), far, np.inf)
        total[row] = _fall(near, decay, scale) @ masses[column]
    if unknown:
        warnings.warn(
            f"potential: {unknown:,} of {n * column.size - column.size:,} distances are unknown; "
            "these pairs of places add nothing.",
            UserWarning,
            stacklevel=2,
        )
    return pd.Series(total, places, name="potential")


def _fall(distance: Floats, decay: Decay, scale: float) -> Floats:
    if decay == "within":
        return (distance <= scale).astype(np.float64)
    return np.exp(-distance / scale) if decay == "exponential" else distance**-scale


def _masses(network: MultilayerNetwork, mass: str | pd.Series[float]) -> Floats:
    places = network.storage.places
    if isinstance(mass, str):
        check_names("mass", [mass], [*places], of="the columns of the places")
    values = places[mass] if isinstance(mass, str) else mass
    check_type("mass", values, pd.Series)
    if len(strange := values.index.difference(places.index)):
        raise InputError(f"`mass` names what is no place of the network: {examples(strange)}.")
    return np.nan_to_num(amounts("mass", values.reindex(places.index)))
