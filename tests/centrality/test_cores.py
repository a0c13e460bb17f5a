"""Core numbers and the rich club against hand values and networkx."""

import networkx as nx
import numpy as np
import pandas as pd

import netinnov as ni
from netinnov import centrality
from strategies import bare

TRIANGLE = [("a", "b"), ("b", "c"), ("c", "a")]


def test_core_numbers_of_a_triangle_with_a_tail() -> None:
    network = ni.build_network(*bare({"l": [*TRIANGLE, ("c", "d"), ("d", "d")]}, "abcde"))
    found = centrality.core_number(network)
    assert found.tolist() == [2, 2, 2, 1, 0]
    assert found.dtype == np.int64
    assert found.name == "core_number"


def test_direction_and_layers_do_not_matter() -> None:
    # The triangle over two layers, one link both ways: still one undirected triangle.
    layers = {"x": [("a", "b"), ("b", "a"), ("b", "c")], "y": [("a", "c"), ("a", "b")]}
    network = ni.build_network(*bare(layers, "abc", directed=["x"]))
    assert centrality.core_number(network).tolist() == [2, 2, 2]
    assert centrality.rich_club(network).to_dict() == {0: 1.0, 1: 1.0}


def test_rich_club_of_a_triangle_with_a_tail() -> None:
    # Degrees 2, 2, 3, 1. More than 0: four nodes, 4 of 6 pairs; more than 1: the triangle;
    # more than 2: c alone, where the series ends.
    network = ni.build_network(*bare({"l": [*TRIANGLE, ("c", "d")]}, "abcde"))
    found = centrality.rich_club(network)
    expected = pd.Series([2 / 3, 1.0], pd.Index([0, 1], name="degree"), name="rich_club")
    pd.testing.assert_series_equal(found, expected, check_index_type=False)


def test_networks_without_links_or_nodes() -> None:
    for tables in (bare({}, "abc"), bare({"l": [("a", "a")]}, "abc"), bare({}, [])):
        network = ni.build_network(*tables)
        assert centrality.core_number(network).tolist() == [0] * network.n_nodes
        found = centrality.rich_club(network)
        assert found.empty
        assert found.dtype == np.float64
        assert found.index.name == "degree"


def test_core_numbers_of_larger_networks_agree_with_networkx() -> None:
    seed = 1
    graph = nx.barabasi_albert_graph(400, 4, seed=seed)
    graph.add_edges_from(nx.gnm_random_graph(120, 900, seed=seed).edges)  # cores of many sizes
    links = pd.DataFrame(graph.edges, columns=["source", "target"])
    network = ni.build_network(pd.DataFrame(index=range(400)), links)
    expected = nx.core_number(graph)
    assert len(set(expected.values())) > 3
    assert centrality.core_number(network).tolist() == [expected[v] for v in range(400)]
