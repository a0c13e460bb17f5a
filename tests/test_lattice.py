"""Lattices with given degrees, and omega, which compares a network with them."""

from __future__ import annotations

import math

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

import netinnov as ni
from netinnov import topology
from netinnov.topology._small_world import ring_lattice
from test_topology import of_graph


def row_of(graph: nx.Graph, replicates: int = 19) -> pd.Series:
    table = topology.small_world(of_graph(graph), replicates=replicates, rng=1, progress=False)
    return table.loc["links"]


def graph_of(links: list[set[int]]) -> nx.Graph:
    graph = nx.Graph([(a, b) for a, others in enumerate(links) for b in others])
    graph.add_nodes_from(range(len(links)))
    return graph


@pytest.mark.parametrize("degree", [2, 4, 6, 10])
def test_equal_degrees_make_the_ring_lattice_of_watts_and_strogatz(degree) -> None:
    links = ring_lattice(np.full(30, degree), np.random.default_rng(1))
    assert links is not None
    clustering = 3 * (degree - 2) / (4 * (degree - 1))
    assert nx.transitivity(graph_of(links)) == pytest.approx(clustering)


@given(graph=st.integers(0, 10_000), n=st.integers(2, 25), density=st.floats(0, 1))
def test_the_degrees_are_kept_without_self_links(graph, n, density) -> None:
    random = nx.gnp_random_graph(n, density, seed=graph)
    degrees = np.array([random.degree[node] for node in random])
    links = ring_lattice(degrees, np.random.default_rng(graph))
    if links is not None:
        assert sorted(map(len, links)) == sorted(degrees)
        assert all(a not in others for a, others in enumerate(links))
        assert all(a in links[b] for a, others in enumerate(links) for b in others)


def test_a_star_stays_a_star() -> None:
    # No other network has its degrees.
    star = nx.star_graph(5)
    links = ring_lattice(np.array([star.degree[node] for node in star]), np.random.default_rng(1))
    assert links is not None
    assert nx.is_isomorphic(graph_of(links), star)


@pytest.mark.parametrize(
    "graph", [nx.barabasi_albert_graph(200, 4, seed=1), nx.karate_club_graph()]
)
def test_lattices_of_unequal_degrees_are_made_and_more_clustered_than_by_chance(graph) -> None:
    row = row_of(graph)
    assert (
        row["lattice_transitivity"] >= row["transitivity"] == pytest.approx(nx.transitivity(graph))
    )
    assert row["lattice_transitivity"] > 1.2 * row["null_transitivity"]


def test_omega_is_defined_as_by_telesford() -> None:
    graph = nx.karate_club_graph()
    row = row_of(graph)
    length, clustering = nx.average_shortest_path_length(graph), nx.transitivity(graph)
    expected = row["null_path_length"] / length - clustering / row["lattice_transitivity"]
    assert row["omega"] == pytest.approx(expected)


def test_a_lattice_is_below_a_small_world_and_that_below_a_random_network() -> None:
    # The ring lattice is the most clustered with its degrees: C / C_l = 1.
    ring = row_of(nx.watts_strogatz_graph(100, 6, 0))
    assert ring["lattice_transitivity"] == pytest.approx(0.6)
    assert ring["omega"] == pytest.approx(ring["null_path_length"] / ring["path_length"] - 1)
    small = row_of(nx.watts_strogatz_graph(100, 6, 0.1, seed=1))
    random = row_of(nx.gnm_random_graph(100, 300, seed=1))
    assert -1 <= ring["omega"] < -0.5
    assert -0.4 < small["omega"] < 0.4
    assert 0.6 < random["omega"] <= 1
    complete = row_of(nx.complete_graph(6), replicates=3)
    assert complete["omega"] == 0.0  # one length, one clustering


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_networkx_has_the_same_omega_where_nothing_is_more_clustered_than_the_network() -> None:
    # On a ring lattice both measures of clustering are one, and C_l is C; what is left is random:
    # networkx swaps each link four times on average.
    ring = nx.watts_strogatz_graph(24, 4, 0)
    assert row_of(ring, 99)["omega"] == pytest.approx(
        nx.omega(ring, niter=2, nrand=6, seed=1), abs=0.04
    )


def test_omega_is_undefined_without_triangles_and_ignores_names_and_other_layers() -> None:
    assert math.isnan(row_of(nx.star_graph(4), replicates=3)["omega"])
    assert math.isnan(row_of(nx.path_graph(2), replicates=3)["omega"])
    network = ni.datasets.load_yrd_enclaves().select(layers=["funding", "research"])
    table = topology.small_world(network, replicates=3, rng=1, progress=False)
    assert list(table.index) == ["funding", "research"]
    again = topology.small_world(network, replicates=3, rng=1, progress=False, executor=2)
    pd.testing.assert_frame_equal(table, again)


def test_random_networks_that_lost_a_layer_have_no_path_in_it() -> None:
    links = pd.DataFrame({"source": ["a", "c", "a"], "target": ["b", "d", "b"]})
    network = ni.build_network(
        pd.DataFrame(index=list("abcd")), links.assign(layer=["x", "x", "y"])
    )
    table = topology.small_world(
        network, null=lambda drawn, _: drawn.select(layers=["x"]), replicates=2, progress=False
    )
    assert table["null_path_length"].isna().tolist() == [False, True]
    assert table["null_largest_component"].tolist() == [0.5, 0.25]
