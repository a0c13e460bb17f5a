"""Potential of population, by hand and by the definition in a plain loop."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov.connectivity import potential
from netinnov.datasets import load_yrd_enclaves, load_yrd_rail
from netinnov.errors import InputError
from netinnov.linkages import travel_times


def plain(mass, distance, fall):
    total = {}
    for i in distance.index:
        parts = [
            mass[j] * fall(distance.loc[i, j])
            for j in distance.columns
            if j != i and not np.isnan(distance.loc[i, j])
        ]
        total[i] = sum(parts)
    return pd.Series(total)


FALLS = {
    "exponential": (50.0, lambda d: np.exp(-d / 50)),
    "power": (1.5, lambda d: d**-1.5),
    "within": (60.0, lambda d: float(d <= 60)),
}


@pytest.mark.slow
@pytest.mark.parametrize("decay", list(FALLS))
def test_minutes_of_the_delta_by_a_plain_loop(decay):
    times = travel_times(load_yrd_rail().dropna(subset="minutes"), transfer=30)
    cities = load_yrd_enclaves().select(kinds=["place"], places=list(times.index))
    network = ni.build_network(
        cities.nodes, cities.links, cities.places.loc[times.index].drop(columns="parent"),
        distances=times, distance_unit="min",
    )  # fmt: skip
    scale, fall = FALLS[decay]
    found = potential(network, mass="population", decay=decay, scale=scale)
    expected = plain(network.places["population"], times, fall)
    np.testing.assert_allclose(found, expected.loc[found.index], rtol=1e-12)
    by_series = potential(network, mass=network.places["population"], decay=decay, scale=scale)
    pd.testing.assert_series_equal(found, by_series)


def network_of(places, **options):
    nodes = pd.DataFrame({"place": places.index}, index=places.index)
    links = pd.DataFrame({"source": [places.index[0]], "target": [places.index[1]]})
    return ni.build_network(nodes, links, places, **options)


def test_kilometres_without_a_table():
    places = pd.DataFrame(
        {"lon": [0.0, 1.0, 3.0], "lat": 0.0, "jobs": [5.0, 7.0, np.nan]}, index=list("abc")
    )
    degree = np.pi * 6371.0088 / 180
    found = potential(network_of(places), mass="jobs", decay="within", scale=degree * 2.5)
    assert found.to_dict() == {"a": 7.0, "b": 5.0, "c": 7.0}


def test_direction_and_unknown_pairs():
    places = pd.DataFrame({"jobs": [1.0, 10.0, 100.0]}, index=list("abc"))
    long = pd.DataFrame(
        {"origin": list("aab"), "destination": list("bca"), "distance": [5.0, 9, 1]}
    )
    network = network_of(places, distances=long, distance_unit="min")
    with pytest.warns(UserWarning, match="3 of 6 distances are unknown"):
        found = potential(network, mass="jobs", decay="within", scale=6)
    assert found.to_dict() == {"a": 10.0, "b": 1.0, "c": 0.0}


def test_scaling_of_units_and_of_mass():
    places = pd.DataFrame(
        {"lon": [0.0, 1.0, 3.0], "lat": 2.0, "jobs": [5.0, 7.0, 2.0]}, index=list("abc")
    )
    table = pd.DataFrame([[0, 3, 4], [3, 0, 6], [4, 6, 0]], list("abc"), list("abc"), dtype=float)
    one = network_of(places, distances=table, distance_unit="h")
    sixty = network_of(places, distances=60 * table, distance_unit="min")
    for decay in ("exponential", "within"):
        np.testing.assert_allclose(
            potential(one, mass="jobs", decay=decay, scale=4),
            potential(sixty, mass=places["jobs"] * 2, decay=decay, scale=240) / 2,
        )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"mass": "people"}, "'people'"),
        ({"mass": pd.Series({"a": 1.0, "x": 2.0})}, "no place of the network: 'x'"),
        ({"mass": pd.Series({"a": -1.0})}, "of 0 or more, or missing; not so at 'a'"),
        ({"mass": "jobs", "scale": 0}, "scale"),
        ({"mass": "jobs", "decay": "power"}, "0 apart where mass counts by a power"),
        ({"mass": [1, 2]}, "must be of the type Series"),
    ],
)
def test_what_cannot_be(options, words):
    places = pd.DataFrame({"jobs": [1.0, 2.0]}, index=list("ab"))
    zero = pd.DataFrame(0.0, list("ab"), list("ab"))
    network = network_of(places, distances=zero, distance_unit="min")
    with pytest.raises(InputError, match=words):
        potential(network, **{"scale": 1.0} | options)
