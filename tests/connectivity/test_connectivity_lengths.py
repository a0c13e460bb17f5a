"""Average path length and access against hand values, networkx and Floyd-Warshall."""

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

import netinnov as ni
from netinnov import centrality, connectivity
from strategies import Tables, bare, hop_lengths, networks

DISTANCES = ("unit", "inverse")

# Two places a quarter of the equator apart, in thousands of kilometres.
QUARTER = math.pi / 2 * 6.3710088


def mean_length(lengths: np.ndarray) -> float:
    n = len(lengths)
    found = [
        lengths[i, j] for i in range(n) for j in range(n) if i != j and math.isfinite(lengths[i, j])
    ]
    return sum(found) / len(found) if found else math.nan


@given(networks(), st.sampled_from(DISTANCES), st.sampled_from([0.0, 0.5, 3.0]), st.data())
def test_mean_length_agrees_with_floyd_warshall(
    tables: Tables, distance: Any, switch_cost: float, data: st.DataObject
) -> None:
    network = ni.build_network(*tables)
    lengths = hop_lengths(tables, distance=distance, switch_cost=switch_cost)
    options: dict[str, Any] = {"distance": distance, "switch_cost": switch_cost}
    found = connectivity.average_path_length(network, **options)
    assert found == pytest.approx(mean_length(lengths), rel=1e-12, nan_ok=True)
    chosen = data.draw(st.lists(st.sampled_from(list(network.nodes.index)), unique=True))
    rows = network.nodes.index.get_indexer(chosen)
    found = connectivity.average_path_length(network, nodes=chosen, **options)
    expected = mean_length(lengths[np.ix_(rows, rows)])
    assert found == pytest.approx(expected, rel=1e-12, nan_ok=True)


def test_access_is_the_distance_from_the_nearest_origin() -> None:
    # a > b > c > d, and e > d: from a and c: 0, 1, 0, 1; nothing leads to e.
    arrows = [("a", "b"), ("b", "c"), ("c", "d"), ("e", "d")]
    network = ni.build_network(*bare({"l": arrows}, "abcde", directed=["l"]))
    found = connectivity.access(network, origin=["c", "a", "c"])
    expected = pd.Series([0.0, 1.0, 0.0, 1.0, np.nan], network.nodes.index, name="access")
    pd.testing.assert_series_equal(found, expected)
    assert connectivity.access(network, origin=["e"]).dropna().to_dict() == {"e": 0.0, "d": 1.0}


@given(
    networks(missing=False),
    st.sampled_from(DISTANCES),
    st.sampled_from([0.0, 1.5]),
    st.tuples(*[st.sampled_from([0.0, 0.25, 2.0])] * 3),
    st.data(),
)
def test_access_agrees_with_floyd_warshall(
    tables: Tables,
    distance: Any,
    switch_cost: float,
    frictions: tuple[float, float, float],
    data: st.DataObject,
) -> None:
    network = ni.build_network(*tables)
    lengths = hop_lengths(tables, distance=distance, switch_cost=switch_cost, frictions=frictions)
    some = st.lists(st.sampled_from(list(network.nodes.index)), min_size=1, unique=True)
    origin = data.draw(some)
    found = connectivity.access(
        network,
        origin=origin,
        distance=distance,
        switch_cost=switch_cost,
        frictions=ni.Frictions(*frictions),
    )
    expected = lengths[network.nodes.index.get_indexer(origin)].min(axis=0)
    expected[np.isinf(expected)] = np.nan
    # Antipodal places leave about half the digits of a haversine.
    np.testing.assert_allclose(found, expected, rtol=1e-7)


@pytest.mark.parametrize(
    ("options", "words"),
    [({"origin": []}, "at least one"), ({"origin": ["a", "nobody"]}, "origin.*nobody")],
)
def test_impossible_access(options: dict[str, Any], words: str) -> None:
    network = ni.build_network(*bare({"l": [("a", "b")]}, "ab"))
    with pytest.raises(ValueError, match=words):
        connectivity.access(network, **options)


def with_park(jurisdiction: str) -> ni.MultilayerNetwork:
    """Home firm a and host university b, 90 degrees apart, each linked with the park p at b's."""
    places = pd.DataFrame({"place": ["home", "host"], "lon": [0.0, 90.0], "lat": [0.0, 0.0]})
    tables = bare(
        {"l": [("a", "p"), ("p", "b")]},
        "apb",
        place=["home", "host", "host"],
        jurisdiction=["home", jurisdiction, "host"],
        places=places,
    )
    return ni.build_network(*tables)


FRICTIONS = ni.Frictions(border=0.5, distance=0.1, border_by_distance=0.05)
# The park of home: a-p crosses no border but the distance, p-b a border but no distance.
ENCLAVE = {"ap": 1 + 0.1 * QUARTER, "pb": 1 + 0.5}
# An organisation of the host at the same spot: a-p pays all, p-b nothing.
LOCAL = {"ap": 1 + 0.5 + (0.1 + 0.05) * QUARTER, "pb": 1.0}


@pytest.mark.parametrize(("owner", "length"), [("home", ENCLAVE), ("host", LOCAL)])
def test_an_enclave_is_near_twice(owner: str, length: dict[str, float]) -> None:
    network = with_park(owner)
    ap, pb = length["ap"], length["pb"]
    ab = ap + pb
    inverse = {"a": 1 / ap + 1 / ab, "p": 1 / ap + 1 / pb, "b": 1 / pb + 1 / ab}
    assert connectivity.global_efficiency(network, frictions=FRICTIONS) == pytest.approx(
        sum(inverse.values()) / 6
    )
    found = connectivity.average_path_length(network, frictions=FRICTIONS)
    assert found == pytest.approx((ap + pb + ab) / 3)
    found = connectivity.access(network, origin=["a"], frictions=FRICTIONS)
    assert found.to_dict() == pytest.approx({"a": 0.0, "p": ap, "b": ab})
    found = centrality.harmonic_centrality(network, frictions=FRICTIONS)
    assert found.to_dict() == pytest.approx({node: value / 2 for node, value in inverse.items()})
    # One change of layer is never needed here, so its cost changes nothing.
    found = connectivity.access(network, origin=["a"], frictions=FRICTIONS, switch_cost=9.0)
    assert found["b"] == pytest.approx(ab)
