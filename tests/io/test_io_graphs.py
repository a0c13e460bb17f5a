"""Graphs of networkx and igraph and matrices of scipy hold the same network."""

import json
from collections import Counter

import igraph as ig
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given

import netinnov as ni
from netinnov import MultilayerNetwork, TableError, build_network
from netinnov.errors import InputError
from netinnov.io import (
    from_igraph,
    from_networkx,
    from_scipy,
    read_network,
    to_igraph,
    to_networkx,
    to_scipy,
    write_graphml,
    write_network,
)
from rich_networks import rich_networks
from strategies import networks


def one_way_or_both(network: MultilayerNetwork) -> Counter[tuple[str, str, str, float, object]]:
    """The links of the network as one graph must have them, by the definition."""
    arcs: Counter[tuple[str, str, str, float, object]] = Counter()
    links = network.links
    period = links["period"] if "period" in links else pd.Series(pd.NA, links.index)
    for layer, source, target, weight, when in zip(
        links["layer"], links["source"], links["target"], links["weight"], period, strict=True
    ):
        when = None if pd.isna(when) else int(when)
        ends = (source, target)
        if not network.directed:
            ends = tuple(sorted(ends))
        arcs[layer, *ends, weight, when] += 1
        if network.directed and layer not in network.directed and source != target:
            arcs[layer, target, source, weight, when] += 1
    return arcs


@pytest.mark.slow
@given(network=rich_networks())
def test_a_network_comes_back_from_networkx(network):
    assert from_networkx(to_networkx(network)).equals(network)


@given(network=rich_networks())
def test_networkx_holds_the_same_links(network):
    graph = to_networkx(network)
    assert list(graph) == network.nodes.index.tolist()
    assert graph.is_multigraph()
    assert graph.is_directed() == bool(network.directed)
    found = Counter(
        (
            data["layer"],
            *((u, v) if graph.is_directed() else sorted((u, v))),
            data["weight"],
            data.get("period"),
        )
        for u, v, data in graph.edges(data=True)
    )
    assert found == one_way_or_both(network)


def test_layers_that_are_one_number_come_back_from_graphml(tmp_path):
    links = pd.DataFrame({"source": "a", "target": "b", "layer": ["07", "7"]})
    network = build_network(pd.DataFrame(index=["a", "b"]), links)
    write_graphml(network, tmp_path / "g.graphml")
    assert from_networkx(nx.read_graphml(tmp_path / "g.graphml")).equals(network)


@pytest.mark.parametrize(
    ("graph", "directed", "links"),
    [
        (nx.Graph([("a", "b"), ("b", "b")]), [],
         [("links", "a", "b", 1.0), ("links", "b", "b", 1.0)]),
        (nx.DiGraph([("b", "a", {"weight": 2})]), ["links"], [("links", "b", "a", 2.0)]),
        (nx.MultiGraph([(1, 0), (0, 1)]), [], [("links", "1", "0", 2.0)]),
        (nx.MultiGraph([("a", "b", "x"), ("a", "b", "y")]), [],
         [("x", "a", "b", 1.0), ("y", "a", "b", 1.0)]),
        (nx.MultiDiGraph([("a", "b", "k", {"layer": "x"}), ("b", "a", "k", {"layer": "y"})]),
         ["x", "y"], [("x", "a", "b", 1.0), ("y", "b", "a", 1.0)]),
        (nx.Graph([("a", "b", {"weight": 3}), ("b", "c", {})]), [],
         [("links", "a", "b", 3.0), ("links", "b", "c", 1.0)]),
    ],
)  # fmt: skip
def test_any_graph_makes_a_network(graph, directed, links):
    network = from_networkx(graph)
    assert sorted(network.directed) == directed
    columns = ["layer", "source", "target", "weight"]
    assert list(network.links[columns].itertuples(index=False, name=None)) == links


def test_attributes_of_any_graph_are_kept():
    graph = nx.Graph()
    graph.add_node("a", kind="Firm", place="P", node="n1", size=3)
    graph.add_node("b", size=4, tags=["x"])
    graph.add_edge("a", "b", source="survey", since=2001)
    network = from_networkx(graph)
    assert network.nodes["kind"].tolist()[0] == "firm"
    assert network.nodes["size"].tolist() == [3, 4]
    assert network.nodes["node_"].tolist()[0] == "n1"
    assert network.nodes["tags"].tolist()[1] == ["x"]
    assert network.links["source_"].tolist() == ["survey"]
    assert network.links["since"].tolist() == [2001]


def test_a_graph_without_links_makes_a_network():
    network = from_networkx(nx.empty_graph(3))
    assert network.nodes.index.tolist() == ["0", "1", "2"]
    assert network.layers == ()


def test_an_arc_without_one_back_is_named(small):
    graph = to_networkx(small)
    graph.remove_edge("b", "a", key="coop")
    with pytest.raises(InputError, match=r"1 are not: 'a' and 'b' in 'coop'\. Name the layer"):
        from_networkx(graph)
    graph.add_edge("b", "a", key="coop", layer="coop", weight=3.0)
    with pytest.raises(InputError, match=r"equal weight; 2 are not: 'a' and 'b' in 'coop'"):
        from_networkx(graph)
    graph.graph["directed_layers"] = ["coop", "flow"]
    assert from_networkx(graph).directed == {"coop", "flow"}


@pytest.mark.parametrize(
    "about",
    [
        {"directed_layers": "flow"},
        {"directed_layers": 5},
        {"layers": "[7]"},
        {"places": "[]"},
        {"distances": "[7]"},
        {"distances": {"origin": ["x"]}},
        {"column_types": "7"},
        {"column_types": "{"},
        {"column_types": '{"places": {}}'},
    ],
)
def test_graph_attributes_that_are_no_such_thing_are_named(about, small):
    graph = to_networkx(small)
    graph.graph.update(about)
    with pytest.raises(InputError, match="must be as to_networkx writes them; found"):
        from_networkx(graph)


def test_lost_directions_are_named(small):
    graph = to_networkx(small).to_undirected()
    with pytest.raises(InputError, match="names layers with a direction: 'flow'; delete it if"):
        from_networkx(graph)


def test_faults_of_the_graph_are_those_of_tables():
    with pytest.raises(InputError, match="several are '7'; rename them"):
        from_networkx(nx.Graph([("7", 7)]))
    with pytest.raises(TableError, match="weight is not above 0"):
        from_networkx(nx.Graph([("a", "b", {"weight": 0})]))
    with pytest.raises(TableError, match="layer is missing"):
        from_networkx(nx.DiGraph([("a", "b", {"layer": "x"}), ("b", "c", {})]))


@pytest.mark.parametrize(
    "ids",
    [[0, 1, 2], [(0, 0), (0, 1), (1, (2, "x"))], [1, "a", ("b", 2)], [2.5, True, (None, b"c")]],
    ids=str,
)
def test_ids_that_are_not_text_come_back(ids, tmp_path):
    graph = nx.Graph()
    graph.add_edge(ids[2], ids[0], weight=2.0)
    graph.add_edge(ids[0], ids[1], weight=3.0)
    with pytest.warns(UserWarning, match="ids of nodes became text, e.g. .*gives the old ones"):
        network = from_networkx(graph)
    assert network.nodes.index.tolist() == [str(node) for node in graph.nodes]
    again = to_networkx(network)
    assert list(again.nodes) == list(graph.nodes)
    assert [*map(type, again.nodes)] == [*map(type, graph.nodes)]
    assert {frozenset(ends[:2]) for ends in again.edges} == {*map(frozenset, graph.edges)}
    part = to_networkx(network.select(nodes=network.nodes.index[:2]))
    assert list(part.nodes) == list(graph.nodes)[:2]
    with pytest.warns(UserWarning, match="became text"):
        assert from_networkx(again).equals(network)


def test_ids_that_are_not_text_are_kept_in_a_folder(tmp_path):
    graph = nx.grid_2d_graph(2, 2)
    write_network(from_networkx(graph), tmp_path / "saved")
    assert list(to_networkx(read_network(tmp_path / "saved")).nodes) == list(graph.nodes)


def test_results_go_onto_a_graph_by_one_call():
    graph = nx.karate_club_graph()
    network = from_networkx(graph)
    degrees = ni.centrality.degree(network)
    communities = ni.community.leiden(network, rng=1)
    converted = to_networkx(network, attributes={"degree": degrees, "part": communities})
    assert dict(converted.nodes(data="degree")) == dict(graph.degree)
    nx.set_node_attributes(graph, dict(converted.nodes.data()))
    assert graph.nodes[33]["degree"] == 17
    assert graph.nodes[33]["club"] == "Officer"
    vertices = to_igraph(network, attributes={"degree": degrees}).vs
    assert vertices["degree"] == [degree for _, degree in graph.degree]


@given(network=rich_networks())
def test_igraph_holds_the_same_links_and_attributes(network):
    graph = to_igraph(network)
    names = graph.vs["name"]
    assert names == network.nodes.index.tolist()
    assert graph.is_directed() == bool(network.directed)
    when = graph.es["period"] if "period" in graph.es.attributes() else [None] * graph.ecount()
    ends = [(names[a], names[b]) for a, b in graph.get_edgelist()]
    if not graph.is_directed():
        ends = [tuple(sorted(pair)) for pair in ends]
    weights = graph.es["weight"]
    found = Counter(
        (layer, *pair, weight, period)
        for layer, pair, weight, period in zip(graph.es["layer"], ends, weights, when, strict=True)
    )
    assert found == one_way_or_both(network)
    assert json.loads(graph["directed_layers"]) == sorted(network.directed)
    plain = to_networkx(network)
    for column in network.nodes:
        at_igraph = graph.vs["name_" if column == "name" else column]
        assert at_igraph == [plain.nodes[node].get(column) for node in plain]


@given(tables=networks())
def test_scipy_holds_the_adjacency_of_each_layer(tables):
    network = build_network(*tables)
    matrices = to_scipy(network)
    assert tuple(matrices) == network.layers
    for layer, matrix in matrices.items():
        assert np.array_equal(matrix.toarray(), network.adjacency(layer).toarray())
        matrix.data[:] = -1  # it is the caller's own
        assert (network.adjacency(layer).data > 0).all()


@pytest.mark.slow
@given(network=rich_networks())
def test_a_network_comes_back_from_igraph(network):
    assert from_igraph(to_igraph(network)).equals(network)


def test_vertices_without_names_are_numbered():
    network = from_igraph(ig.Graph([(0, 1), (1, 2)], directed=True))
    assert network.nodes.index.tolist() == ["0", "1", "2"]
    assert network.directed == {"links"}
    assert network.links["weight"].tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    ("graph", "message"),
    [
        (nx.path_graph(3), "must be a graph of igraph"),
        (ig.Graph(3, vertex_attrs={"name": ["a", "b", "a"]}), "a .name. of its own; not so: 'a'"),
        (ig.Graph(2, vertex_attrs={"name": ["a", None]}), "a .name. of its own; not so: None"),
    ],
)
def test_what_is_no_network_of_igraph_is_refused(graph, message):
    with pytest.raises(InputError, match=message):
        from_igraph(graph)


@pytest.mark.slow
@given(network=networks(missing=False))
def test_collapsed_periods_add_up(network):
    network = build_network(*network)
    graph = to_networkx(network, collapse_periods=True)
    counted = Counter((min(a, b), max(a, b), key) for a, b, key in graph.edges(keys=True))
    assert {key for *_, key in counted} <= set(network.layers)
    if not network.directed:
        assert set(counted.values()) <= {1}
        weight = sum(data["weight"] for *_, data in graph.edges(data=True))
        assert weight == pytest.approx(network.links["weight"].sum())
    again = from_networkx(graph)
    for layer in network.layers:
        assert np.allclose(again.adjacency(layer).toarray(), network.adjacency(layer).toarray())


@given(networks(periods=False))
def test_a_network_comes_back_from_matrices(tables):
    network = build_network(*tables)
    again = from_scipy(to_scipy(network), nodes=network.nodes, directed=network.directed or False)
    assert again.layers == network.layers
    for layer in network.layers:
        assert np.array_equal(again.adjacency(layer).toarray(), network.adjacency(layer).toarray())
    assert again.directed == network.directed


@pytest.mark.parametrize("make", [nx.karate_club_graph, nx.les_miserables_graph])
def test_matrices_of_networkx_are_its_graphs(make):
    graph = make()
    expected = from_networkx(graph).links[["source", "target", "weight"]]
    with pytest.warns(UserWarning, match="the matrix is symmetric, so its links have no direction"):
        of_pandas = build_network(nx.to_pandas_adjacency(graph))
    of_numpy = from_scipy(nx.to_numpy_array(graph), nodes=map(str, graph), directed=False)
    of_scipy = from_scipy(nx.to_scipy_sparse_array(graph), nodes=[*graph], directed=False)
    for network in (of_pandas, of_numpy, of_scipy):
        assert network.links[["source", "target", "weight"]].equals(expected)


@pytest.mark.parametrize(
    ("matrix", "nodes", "words"),
    [
        (np.eye(2), ["a"], "one id a row, each once; found 1 ids and the shape \\(2, 2\\)"),
        (np.ones((2, 3)), None, "must be square"),
        ([[0, -1], [1, 0]], None, "must hold numbers of 0 or more; found -1"),
        ("matrix", None, "must be of numbers; found 'matrix'"),
        (np.eye(2), ["a", "a"], "one id a row, each once"),
    ],
)
def test_a_matrix_that_is_none_is_refused(matrix, nodes, words):
    with pytest.raises(InputError, match=words):
        from_scipy(matrix, nodes=nodes)
