"""Core numbers and the rich club against hand values and networkx."""

import networkx as nx
import numpy as np
import pandas as pd

import netinnov as ni
from netinnov import centrality
from strategies import bare


def test_direction_and_layers_do_not_matter() -> None:
    # The triangle over two layers, one link both ways: still one undirected triangle.
    layers = {"x": [("a", "b"), ("b", "a"), ("b", "c")], "y": [("a", "c"), ("a", "b")]}
    network = ni.build_network(*bare(layers, "abc", directed=["x"]))
    assert centrality.core_number(network).tolist() == [2, 2, 2]
    assert centrality.rich_club(network).to_dict() == {0: 1.0, 1: 1.0}


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
