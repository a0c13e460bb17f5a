"""A made-up system of cities, in which centres, communities, borders and enclaves are known."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import pandas as pd

from netinnov._network.distances import great_circle
from netinnov._runtime.arguments import as_whole, check_rng
from netinnov._typing import Amount, Floats, Integers, Is, Mask, Positive, Rng, Several
from netinnov.build import build_network
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork

_POPULATION = 1_000_000  # of the largest city that is not a centre
_MIDDLE = (115.0, 30.0)  # longitude and latitude
_DISTANCE = 300.0
_SPREAD = 100.0  # km of the communities from the middle, and their radius
_DEGREE = 111.195  # kilometres of a degree of a meridian


def make_city_system(
    *,
    n_cities: Several = 40,
    n_communities: int = 4,
    n_centres: int = 4,
    n_enclaves: int = 4,
    border: Amount = 1.0,
    enclave_effect: Positive = 4.0,
    mean_flow: Annotated[float, Is(low=0, high=1e12, above=True)] = 200.0,
    rng: Rng = None,
) -> MultilayerNetwork:
    """Make up cities with centres, communities, borders and enclaves of known effect.

    For tests and teaching: what a measure should find stands in the tables, marked as synthetic.

    Parameters
    ----------
    n_cities : int
        Number of cities, centres among them.
    n_communities : int
        Number of regions. Cities are dealt to them in turn, so they are equally large up to one.
    n_centres : int
        Number of core cities, dealt to the communities in turn: with 1 the system is
        monocentric, with one each polycentric. All other cities are periphery.
    n_enclaves : int
        Number of parks that peripheral cities run in a centre of another community (of any, if
        there is one only), at most one a city.
    border : float
        What a border between communities takes from a flow, 0 or more: the factor exp(-border).
    enclave_effect : float
        Factor of the flow between the home and the host of an enclave.
    mean_flow : float
        Mean over all pairs of cities of the expected flow, without the effect of enclaves.
    rng : None, int, SeedSequence or Generator
        Of the places of the cities, their sizes, homes and hosts, and the flows.

    Returns
    -------
    MultilayerNetwork
        Nodes of kind ``place``, ids ``synthetic_city_01`` and so on, the centres first; then parks
        of kind ``park``, ids ``synthetic_park_1``, whose place is their host and whose jurisdiction
        their home. The truth is in the columns ``community`` (also the ``parent`` of the city, so
        ``aggregate(network, level=1)`` gives the communities) and ``centre``. Layer
        ``synthetic_flow``: flows between cities, drawn from Poisson
        distributions around the link attribute ``expected``. Layer
        ``synthetic_enclave``: each park with its home and its host, weight 1. No layer is directed.

    Raises
    ------
    InputError
        There are more centres or enclaves than cities allow.

    Notes
    -----
    The flow expected between cities i and j is

        c P_i P_j / d_ij x exp(-border [other community]) x enclave_effect ** [enclave],

    with great circles d_ij in km, c from ``mean_flow``, and brackets that are 1 if their content
    holds and 0 otherwise. The middles of the communities stand 300 km around 115 E, 30 N, the first
    city of each in its middle, the others on a ring of 50 to 100 km (Vogel's spiral, 1979). A
    centre has 5 million people, and the r-th largest other city 1 / r million, Zipf's
    rule; the large ones are spread over the communities.

    Examples
    --------
    >>> network = make_city_system(n_cities=12, n_enclaves=2, rng=1)
    >>> network.layers
    ('synthetic_enclave', 'synthetic_flow')
    >>> network.nodes["centre"].sum().item(), network.nodes["community"].nunique()
    (4, 4)
    """
    n_communities = as_whole("n_communities", n_communities, low=1, high=n_cities)
    n_centres = as_whole("n_centres", n_centres, low=1, high=n_cities)
    n_enclaves = as_whole("n_enclaves", n_enclaves, high=n_cities - n_centres)
    rng = check_rng(rng)
    community = np.arange(n_cities) % n_communities
    centre = np.arange(n_cities) < n_centres
    population = np.full(n_cities, 5.0 * _POPULATION)
    # By rounds that give each community one city, so that none has all the large ones.
    others = np.arange(n_cities - n_centres)
    order = np.lexsort((rng.random(others.size), others // n_communities))
    population[n_centres + order] = _POPULATION / (1 + others)
    turn = 2 * np.pi * np.arange(n_communities) / n_communities
    middle = _points(_DISTANCE if n_communities > 1 else 0.0, turn)
    city = middle[community]
    for region in range(n_communities):
        city[region::n_communities] += _region(int((community == region).sum()), rng)
    home, host = _enclaves(community, centre, n_enclaves, rng)
    names = _ids("city", n_cities)
    parks = _ids("park", n_enclaves)
    regions = _ids("region", n_communities)
    ids = pd.Index([*names, *regions], name="place")
    places = pd.DataFrame(np.vstack([_degrees(city), _degrees(middle)]), ids, ["lon", "lat"])
    places["population"] = [*population, *np.bincount(community, population, n_communities)]
    places["parent"] = pd.Series(regions.take(community), names, dtype="str")
    lon, lat = _degrees(city).T
    i, j = np.triu_indices(n_cities, k=1)
    distance = great_circle(lon[i], lat[i], lon[j], lat[j])
    expected = population[i] * population[j] / distance
    expected *= np.exp(-border * (community[i] != community[j]))
    expected *= mean_flow / expected.mean()
    pairs = np.minimum(home, host) * n_cities + np.maximum(home, host)
    expected *= np.where(np.isin(i * n_cities + j, pairs), enclave_effect, 1.0)
    weight = rng.poisson(expected).astype(np.float64)
    flows = pd.DataFrame({"source": names.take(i), "target": names.take(j), "weight": weight})
    flows = flows.assign(layer="synthetic_flow", expected=expected)
    ends = names.take(np.concatenate([home, host]))
    ties = pd.DataFrame({"source": [*parks, *parks], "target": ends, "weight": 1.0})
    ties["layer"] = "synthetic_enclave"
    nodes = pd.DataFrame(
        {
            "node": [*names, *parks],
            "kind": np.repeat(["place", "park"], [n_cities, n_enclaves]),
            "place": names.take([*range(n_cities), *host]),
            "jurisdiction": names.take([*range(n_cities), *home]),
            "community": pd.Series(regions.take(community)).reindex(range(n_cities + n_enclaves)),
            "centre": np.append(centre, np.zeros(n_enclaves, np.bool_)),
        }
    )
    links = pd.concat([flows[weight > 0], ties], ignore_index=True)
    units = {"synthetic_enclave": "parks", "synthetic_flow": "trips"}
    records = {layer: {"unit": units[layer]} for layer in links["layer"].unique()}
    return build_network(nodes, links, places, layers=records)


def _enclaves(
    community: Integers, centre: Mask, n_enclaves: int, rng: np.random.Generator
) -> tuple[Integers, Integers]:
    centres = np.flatnonzero(centre)
    other = (community[:, None] != community[centres]) | (community.max() == 0)
    homes = np.flatnonzero(~centre & other.any(axis=1))
    if homes.size < n_enclaves:
        raise InputError(
            f"`n_enclaves` must be at most {homes.size}, the peripheral cities with a centre in "
            f"another community; found {n_enclaves}."
        )
    home = rng.choice(homes, n_enclaves, replace=False)
    host = [rng.choice(centres[other[city]]) for city in home]
    return home, np.array(host, np.intp)


def _region(n: int, rng: np.random.Generator) -> Floats:
    """Kilometres of n points on a golden-angle spiral (Vogel 1979), randomly turned and ordered."""
    at = 1 + rng.permutation(n - 1)
    golden = np.pi * (3 - np.sqrt(5))
    distance = _SPREAD * np.sqrt(0.25 + 0.75 * at / max(n - 1, 1))
    ring = _points(distance, golden * at + 2 * np.pi * rng.random())
    return np.vstack([np.zeros((1, 2)), ring])


def _points(radius: Floats | float, turn: Floats) -> Floats:
    return np.column_stack([radius * np.cos(turn), radius * np.sin(turn)])


def _degrees(points: Floats) -> Floats:
    lat = _MIDDLE[1] + points[:, 1] / _DEGREE
    lon = _MIDDLE[0] + points[:, 0] / (_DEGREE * np.cos(np.radians(lat)))
    return np.column_stack([lon, lat])


def _ids(prefix: str, n: int) -> pd.Index:
    width = len(str(n))
    return pd.Index([f"synthetic_{prefix}_{i + 1:0{width}}" for i in range(n)], dtype="str")
