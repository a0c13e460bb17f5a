"""Network basics against networkx, igraph, published numbers and what is counted by hand."""

import math
from typing import Any

import igraph as ig
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given

import netinnov as ni
from netinnov import connectivity, topology
from netinnov.errors import InputError
from strategies import Tables, bare, networks


def of_graph(graph: nx.Graph) -> ni.MultilayerNetwork:
    """The graph as one layer."""
    links = pd.DataFrame([(str(a), str(b)) for a, b in graph.edges], columns=["source", "target"])
    directed = ["links"] if graph.is_directed() else []
    nodes = pd.DataFrame({"node": [str(node) for node in graph]})
    return ni.build_network(nodes, links, directed=directed)


KARATE = of_graph(nx.karate_club_graph())


def one(values: Any) -> float:
    return float(values.squeeze())


def test_the_karate_club_has_the_published_numbers() -> None:
    # Zachary's club: 34 members, 78 ties; density 0.139, transitivity 0.256, mean clustering 0.571
    # (with 0 for the one leaf), assortativity -0.476 and mean distance 2.408 in textbooks.
    (row,) = ni.describe(KARATE).to_dict("records")
    assert (row["nodes"], row["links"], row["largest_component"]) == (34, 78, 1.0)
    assert row["mean_degree"] == pytest.approx(2 * 78 / 34)
    assert row["density"] == pytest.approx(0.139, abs=5e-4)
    assert row["transitivity"] == pytest.approx(0.256, abs=5e-4)
    assert row["assortativity"] == pytest.approx(-0.476, abs=5e-4)
    assert row["path_length"] == pytest.approx(2.408, abs=5e-4)
    assert one(topology.mean_clustering(KARATE, undefined="zero")) == pytest.approx(0.571, abs=5e-4)
    assert math.isnan(row["reciprocity"])


def test_a_triangle_over_layers_is_no_triangle_in_any() -> None:
    layers = {"x": [("a", "b"), ("a", "c")], "y": [("b", "c"), ("a", "b")]}
    network = ni.build_network(*bare(layers, "abcd")[:2])
    assert topology.transitivity(network).tolist() == [0.0, 0.0]
    # a: its one path b-a-c in x is closed in y; b: its one path a-b-c in y is closed in x.
    shares = topology.multiplex_clustering(network)
    assert shares.tolist()[:2] == [1.0, 1.0]
    assert shares.isna().tolist() == [False, False, True, True]
    assert ni.describe(network).loc["all", "transitivity"] == 1.0
    assert one(topology.transitivity(ni.flatten(network))) == 1.0


@given(networks(min_layers=2, max_layers=3))
def test_multiplex_clustering_is_the_sum_of_its_formula(tables: Tables) -> None:
    network = ni.build_network(*tables)
    linked = [network.adjacency(layer).toarray() > 0 for layer in network.layers]
    linked = [(a | a.T) & ~np.eye(len(a), dtype=bool) for a in linked]
    n, expected = network.n_nodes, []
    for i in range(n):
        pairs = [(j, h) for j in range(n) for h in range(n) if j != h]
        paths = [(x, j, h) for x in linked for j, h in pairs if x[i, j] and x[i, h]]
        closed = sum(y[j, h] for x, j, h in paths for y in linked if y is not x)
        possible = len(paths) * (len(linked) - 1)
        expected.append(closed / possible if possible else math.nan)
    assert topology.multiplex_clustering(network).tolist() == pytest.approx(expected, nan_ok=True)


graphs = networks(max_layers=1, min_links=1, min_nodes=2, missing=False)


@given(graphs)
def test_one_layer_has_the_numbers_of_networkx_and_igraph(tables: Tables) -> None:
    network = ni.build_network(*tables)
    directed = bool(tables.directed)
    graph = nx.DiGraph() if directed else nx.Graph()
    graph.add_nodes_from(tables.nodes["node"])
    graph.add_edges_from(
        (a, b)
        for a, b in zip(tables.links["source"], tables.links["target"], strict=True)
        if a != b
    )
    if not graph.number_of_edges():
        return
    other = ig.Graph.from_networkx(graph)
    assert one(topology.density(network)) == pytest.approx(nx.density(graph))
    share = one(topology.transitivity(network))
    assert share == pytest.approx(other.transitivity_undirected(mode="nan"), nan_ok=True)
    assert np.nan_to_num(share) == pytest.approx(nx.transitivity(nx.Graph(graph)))
    if directed:
        assert one(topology.reciprocity(network)) == pytest.approx(nx.overall_reciprocity(graph))
    expected = other.assortativity_degree(directed=directed)
    near = pytest.approx(expected, abs=1e-9, nan_ok=True)
    assert one(topology.assortativity(network)) == near
    kinds = pd.factorize(tables.nodes["place"])[0]
    near = pytest.approx(other.assortativity_nominal(kinds, directed=directed), nan_ok=True)
    assert one(topology.assortativity(network, by="place")) == near
    size = pd.Series(np.arange(len(graph)) ** 2.0, list(graph))
    near = pytest.approx(other.assortativity(size, directed=directed), abs=1e-9, nan_ok=True)
    assert one(topology.assortativity(network, by=size)) == near


def test_weighted_reciprocity_by_hand() -> None:
    layers = {"x": [("a", "b", 3.0), ("b", "a", 1.0), ("b", "c", 4.0)]}
    network = ni.build_network(*bare(layers, "abc")[:2], directed=["x"])
    assert one(topology.reciprocity(network)) == pytest.approx(2 / 3)
    assert one(topology.reciprocity(network, weighted=True)) == pytest.approx(2 / 8)


def test_links_at_a_node_without_a_value_are_left_out() -> None:
    layers = {"x": [("a", "b"), ("c", "d"), ("a", "e"), ("c", "e")]}
    kinds = ["firm", "firm", "park", "park", None]
    network = ni.build_network(*bare(layers, "abcde", kind=kinds)[:2])
    assert one(topology.assortativity(network, by="kind")) == 1.0
    sizes = pd.Series([1.0, 1.0, 5.0, 5.0, np.nan], list("abcde"))
    assert one(topology.assortativity(network, by=sizes)) == pytest.approx(1.0)
    truths = pd.Series([True, False, True, False, True], list("edcba"))
    assert -1 <= one(topology.assortativity(network, by=truths)) < 1


@pytest.mark.parametrize(
    ("by", "message"),
    [
        ("plaec", "did you mean 'place'"),
        (3, "of the type Series; found 3"),
        (pd.Series([1.0], ["0"]), "33 nodes have none"),
        (pd.Series([1.0] * 35, [*map(str, range(34)), "0"]), "some have several"),
    ],
)
def test_what_assortativity_cannot_be_by_is_said(by: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        topology.assortativity(KARATE, by=by)


def test_describe_has_a_row_a_layer_and_one_for_all() -> None:
    network = ni.datasets.load_yrd_enclaves()
    table = ni.describe(network)
    assert table.index.tolist() == [*network.layers, "all"]
    assert table.index.name == "layer"
    assert len(table.columns) == 12
    assert table["links"].tolist()[:-1] == [
        network.select(layers=[layer]).n_links for layer in network.layers
    ]
    short = ni.describe(network, paths=False)
    assert short.isna().sum().sum() > table.isna().sum().sum()
    pd.testing.assert_frame_equal(short[table.columns[:9]], table[table.columns[:9]])


@given(networks(min_layers=2, max_layers=3))
def test_paths_of_a_layer_and_of_all_are_those_of_connectivity(tables: Tables) -> None:
    network = ni.build_network(*tables)
    table = ni.describe(network)
    for name in table.index:
        part = network if name == "all" else network.select(layers=[name])
        expected = {
            "largest_component": connectivity.largest_component(part),
            "path_length": connectivity.average_path_length(part),
            "efficiency": connectivity.global_efficiency(part),
        }
        numbers = table.loc[name, list(expected)].to_dict()
        assert numbers == pytest.approx(expected, nan_ok=True)


def test_nothing_to_describe_is_nan_or_an_empty_table() -> None:
    lonely = ni.build_network(*bare({"x": [("a", "a")]}, "a")[:2])
    row = ni.describe(lonely).loc["x"]
    assert row.dropna().to_dict() == {
        "nodes": 0, "links": 0, "mean_degree": 0, "largest_component": 1,
    }  # fmt: skip
    assert ni.describe(lonely.select(nodes=[])).empty
