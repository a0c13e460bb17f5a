"""Efficiency and the largest component against hand values, networkx and Floyd-Warshall."""

import math
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

import netinnov as ni
from netinnov import connectivity
from strategies import Tables, bare, dense, hop_lengths, networks

DISTANCES = ("unit", "inverse")


def efficiency(lengths: np.ndarray) -> float:
    n = len(lengths)
    if n < 2:
        return math.nan
    return sum(1 / lengths[i, j] for i in range(n) for j in range(n) if i != j) / (n * (n - 1))


def test_only_the_pairs_of_the_given_nodes_enter_the_mean() -> None:
    # a-b-c: the pair a, c is 2 apart through b, which only carries the path.
    network = ni.build_network(*bare({"l": [("a", "b"), ("b", "c")]}, "abc"))
    for nodes in (["a", "c"], ("c", "a"), pd.Index(["a", "c"])):
        assert connectivity.global_efficiency(network, nodes=nodes) == pytest.approx(0.5)
    assert math.isnan(connectivity.global_efficiency(network, nodes=["a"]))
    assert math.isnan(connectivity.global_efficiency(network, nodes=[]))
    every = list(network.nodes.index)
    assert connectivity.global_efficiency(network, nodes=every) == pytest.approx(5 / 6)
    with pytest.raises(ValueError, match="nowhere"):
        connectivity.global_efficiency(network, nodes=["a", "nowhere"])


@pytest.mark.parametrize(
    "frictions", [ni.Frictions(distance=0.1), ni.Frictions(border=1.0, border_by_distance=0.1)]
)
def test_a_distance_without_coordinates_adds_nothing_and_is_counted_once(frictions) -> None:
    # a and c are in one place without coordinates, linked with b in another one.
    links = {"l": [("a", "b"), ("b", "c")], "m": [("a", "c"), ("b", "a"), ("b", "d")]}
    places = pd.DataFrame({"place": ["E", "F", "W"], "lon": [0, 0, None], "lat": 0.0})
    network = ni.build_network(*bare(links, "abcd", place=["W", "E", "W", "F"], places=places))
    with pytest.warns(UserWarning, match="2 linked pairs of nodes .* adds nothing"):
        found = connectivity.global_efficiency(network, frictions=frictions)
    again = connectivity.average_path_length(network, frictions=frictions)
    step = 1 + frictions.border
    assert found == pytest.approx((3 / step + 1 + 2 / (2 * step)) / 6)
    assert again == pytest.approx((3 * step + 1 + 2 * 2 * step) / 6)


@given(
    networks(missing=False),
    st.sampled_from(DISTANCES),
    st.sampled_from([0.0, 1.5]),
    st.tuples(*[st.sampled_from([0.0, 0.25, 2.0])] * 3),
    st.data(),
)
def test_frictions_agree_with_floyd_warshall(
    tables: Tables,
    distance: str,
    switch_cost: float,
    frictions: tuple[float, float, float],
    data: st.DataObject,
) -> None:
    network = ni.build_network(*tables)
    lengths = hop_lengths(tables, distance=distance, switch_cost=switch_cost, frictions=frictions)
    options: dict[str, Any] = {
        "distance": distance,
        "switch_cost": switch_cost,
        "frictions": ni.Frictions(*frictions),
    }
    found = connectivity.global_efficiency(network, **options)
    # Antipodal places leave about half the digits of a haversine.
    assert found == pytest.approx(efficiency(lengths), rel=1e-7, nan_ok=True)

    chosen = data.draw(st.lists(st.sampled_from(list(network.nodes.index)), unique=True))
    rows = network.nodes.index.get_indexer(chosen)
    part = efficiency(lengths[np.ix_(rows, rows)])
    found = connectivity.global_efficiency(network, nodes=chosen, **options)
    assert found == pytest.approx(part, rel=1e-7, nan_ok=True)


@pytest.mark.slow
@given(networks())
def test_largest_component_agrees_with_networkx(tables: Tables) -> None:
    network = ni.build_network(*tables)
    graph = nx.Graph()
    graph.add_nodes_from(range(len(tables.nodes)))
    for matrix in dense(tables).values():
        graph.add_edges_from(zip(*np.nonzero(matrix), strict=True))
    expected = max(map(len, nx.connected_components(graph))) / len(graph)
    assert connectivity.largest_component(network) == pytest.approx(expected)
