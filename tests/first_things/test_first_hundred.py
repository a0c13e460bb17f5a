"""The first lines that users of networkx, igraph and pandas type do what they mean, or are told.

Each of a hundred lines either gives what its author meant, or one line that says what to write, in
names that exist. What does neither stands in `MISSES`: pandas or Python answer there, not we.
"""

import re
from collections.abc import Callable
from operator import attrgetter
from types import SimpleNamespace
from typing import Any

import igraph as ig
import networkx as nx
import numpy as np
import pandas as pd
import pytest

import netinnov as ni

EDGES = [("ann", "bo", 2.0), ("ann", "cy", 1.0), ("bo", "cy", 1.0), ("cy", "di", 3.0)]
LINKS = pd.DataFrame(EDGES, columns=["source", "target", "weight"])

Meant = Callable[[Any], Any]


def a_network(nodes: int = 4, links: int = 4) -> Meant:
    return lambda value: (value.n_nodes, value.n_links) == (nodes, links)


def is_(expected: Any) -> Meant:
    return lambda value: value == expected


# What they type, and what they mean (a test of the value) or must be told (words of the message).
OF_NETWORKX: dict[str, Meant | str] = {
    "G = ni.Graph()": "write netinnov.build_network(links)",
    "G = ni.DiGraph()": "write netinnov.build_network(links)",
    "ni.from_pandas_edgelist(links)": "write netinnov.build_network(links)",
    "ni.from_edgelist([('a', 'b')])": "write netinnov.build_network(links)",
    "ni.from_pandas_adjacency(matrix)": "write netinnov.build_network(links)",
    "ni.from_numpy_array(array)": "use netinnov.io.from_scipy",
    "ni.from_scipy_sparse_array(array)": "use netinnov.io.from_scipy",
    "ni.read_edgelist('links.txt')": "write netinnov.read_network(path)",
    "ni.read_graphml('net.graphml')": "write netinnov.read_network(path)",
    "ni.karate_club_graph()": "write netinnov.io.from_networkx(networkx.karate_club_graph(",
    "ni.erdos_renyi_graph(100, 0.1)": "netinnov.io.from_networkx(networkx.erdos_renyi_graph(",
    "ni.from_networkx(G)": "use netinnov.io.from_networkx",
    "ni.io.from_networkx(G)": a_network(34, 78),
    "ni.io.from_networkx(nx.grid_2d_graph(3, 3))": a_network(9, 12),
    "ni.io.to_networkx(ni.io.from_networkx(G)).nodes[0]['club']": is_("Mr. Hi"),
    "ni.to_networkx(net)": "use netinnov.io.to_networkx",
    "len(net)": is_(4),
    "'ann' in net": is_(True),
    "[node for node in net]": is_(["ann", "bo", "cy", "di"]),
    "list(net)": is_(["ann", "bo", "cy", "di"]),
    "net['ann']": "network.nodes.loc['ann'] for a node",
    "net.nodes": lambda value: list(value.index) == ["ann", "bo", "cy", "di"],
    "list(net.nodes.index)": is_(["ann", "bo", "cy", "di"]),
    "net.edges": "use network.links",
    "net.edges(data=True)": "use network.links",
    "net.add_node('ed')": "write network.with_nodes(table)",
    "net.add_edge('ann', 'di')": "write network.with_links(table)",
    "net.add_edges_from([('ann', 'di')])": "write network.with_links(table)",
    "net.remove_node('ann')": "write network.select(nodes=[...])",
    "net.degree()": "write netinnov.centrality.degree(network)",
    "net.degree['ann']": "write netinnov.centrality.degree(network)",
    "dict(net.degree())": "write netinnov.centrality.degree(network)",
    "list(net.neighbors('ann'))": "write network.links.query(",
    "net.has_edge('ann', 'bo')": "write network.links.query(",
    "net.number_of_nodes()": "use network.n_nodes",
    "net.copy()": "a network never changes, so it needs no copy",
    "net.subgraph(['ann', 'bo'])": "write network.select(nodes=[...])",
    "net.to_undirected()": "write netinnov.build.symmetrize(network)",
    "net.is_directed()": "use network.directed",
    "ni.degree_centrality(net)": "use netinnov.centrality.degree",
    "ni.centrality.degree(G)": "netinnov.io.from_networkx(graph) converts a graph",
    "ni.centrality.betweenness_centrality(net)": lambda value: value["cy"] > value["ann"],
    "ni.centrality.betweenness_centrality(net, weight='weight')": 'use `distance="inverse"`',
    "ni.centrality.betweenness_centrality(net, normalized=True)": "it takes `network`, `distance`",
    "ni.centrality.pagerank(net, alpha=0.9)": "use `damping`",
    "ni.centrality.degree(net, 'ann')": "takes options by name; it takes `network`, `direction`",
    "ni.shortest_path(net, 'ann', 'di')": "use netinnov.connectivity.shortest_path",
    "list(ni.connectivity.shortest_path(net, 'ann', 'di').index)": is_(["ann", "cy", "di"]),
    "ni.connected_components(net)": "use netinnov.connectivity.components",
    "ni.diameter(net)": "write networkx.diameter(netinnov.io.to_networkx(network))",
    "ni.average_clustering(net)": "use netinnov.topology.mean_clustering",
    "ni.community.louvain_communities(net, seed=1)": "use netinnov.community.leiden",
    "ni.community.greedy_modularity_communities(net)": "networkx.community.greedy_modularity_c",
    "[sorted(c) for c in ni.community.leiden(net, rng=1)]": lambda value: (
        sorted(node for part in value for node in part) == ["ann", "bo", "cy", "di"]
    ),
    "ni.spring_layout(net)": "write networkx.spring_layout(netinnov.io.to_networkx(network))",
    "ni.draw(net)": "use netinnov.plotting.plot_network",
    "ni.plotting.plot_network(net, rng=1)": lambda axes: len(axes.collections) > 0,
    "ni.plotting.plot_network(net, with_labels=True)": "did you mean `labels`?",
    "ni.set_node_attributes(G, {})": "write netinnov.io.to_networkx(network, attributes=",
    "ni.adjacency_matrix(net)": "use netinnov.io.to_scipy",
    "ni.write_graphml(net, 'net.graphml')": "use netinnov.io.write_graphml",
}
OF_IGRAPH: dict[str, Meant | str] = {
    "g = ni.Graph.TupleList(edges)": "write netinnov.build_network(links)",
    "ni.build_network(edges)": a_network(),
    "ni.io.from_igraph(ig.Graph.Famous('Zachary'))": a_network(34, 78),
    "ni.io.to_igraph(net).vs['name']": is_(["ann", "bo", "cy", "di"]),
    "net.vs['name']": "use network.nodes",
    "net.es['weight']": "use network.links",
    "net.vcount()": "use network.n_nodes",
    "net.summary()": "write netinnov.topology.describe(network)",
    "net.add_vertices(3)": "write network.with_nodes(table)",
    "net.betweenness()": "write netinnov.centrality.betweenness_centrality(network)",
    "net.community_leiden()": "write netinnov.community.leiden(network)",
    "ni.community.leiden(net, resolution_parameter=1.0)": "use `resolution`",
    "len(ni.community.leiden(net, rng=1)) >= 1": is_(True),
    "ni.community.leiden(net, rng=1).labels": "it has membership, n_communities, quality",
    "net.get_shortest_paths('ann')": "write netinnov.connectivity.shortest_path(network)",
    "net.connected_components()": "write netinnov.connectivity.components(network)",
    "net.transitivity_undirected()": "write netinnov.topology.transitivity(network)",
    "ni.plot(net)": "use netinnov.plotting.plot_network",
}
OF_PANDAS: dict[str, Meant | str] = {
    "ni.read_csv('links.csv')": "write netinnov.read_network(path)",
    "ni.read_excel('links.xlsx')": "write netinnov.read_network(path)",
    "ni.build_network('links.csv')": "netinnov.read_network(path) reads a file",
    "ni.build_network(links)": a_network(),
    "ni.build_network(links.rename(columns={'source': 'from', 'target': 'to'}))": a_network(),
    "ni.build_network(links.set_axis(['起点', '终点', '权重'], axis=1))": lambda value: (
        value.links["weight"].sum() == 7
    ),
    "ni.build_network(matrix, directed=False)": a_network(),
    "ni.build_network(links.groupby(['source', 'target'])['weight'].sum())": a_network(),
    "ni.build_network(links, directed=True).directed": is_({"links"}),
    "net.to_csv('net.csv')": "write network.links.to_csv",
    "net.head()": "write network.links.head",
    "net.groupby('layer')": "write network.links.groupby",
    "net.links.groupby('source')['weight'].sum()['ann']": is_(3.0),
    "ni.centrality.degree(net).loc['cy', 'links']": is_(3),
    "ni.polycentricity.gini(ni.centrality.degree(net))": lambda value: 0 < value < 1,
    "ni.centrality.degree(links)": "build_network() makes one of tables of nodes and links",
}
MISSES = {
    "net.nodes()": "TypeError: 'DataFrame' object is not callable",
    "net.nodes(data=True)": "TypeError: 'DataFrame' object is not callable",
    "net.nodes['ann']": "KeyError: 'ann'",
    "ni.centrality.degree(net)['ann']": "KeyError: 'ann'",
    "ni.centrality.degree(net).sort_values(ascending=False)": (
        "TypeError: DataFrame.sort_values() missing 1 required positional argument: 'by'"
    ),
}
HUNDRED = OF_NETWORKX | OF_IGRAPH | OF_PANDAS


@pytest.fixture
def names(tmp_path, monkeypatch) -> dict[str, Any]:
    monkeypatch.chdir(tmp_path)
    graph = nx.karate_club_graph()
    matrix = nx.to_pandas_adjacency(nx.from_pandas_edgelist(LINKS, edge_attr=True))
    array = np.eye(3)
    network = ni.build_network(LINKS)
    return {
        "ni": ni,
        "nx": nx,
        "ig": ig,
        "pd": pd,
        "np": np,
        "G": graph,
        "net": network,
        "links": LINKS,
        "edges": EDGES,
        "matrix": matrix,
        "array": array,
    }


def test_they_are_a_hundred_of_which_95_do():
    assert len(HUNDRED) + len(MISSES) == 100
    assert len(HUNDRED) >= 95


@pytest.mark.slow
@pytest.mark.parametrize("line", HUNDRED)
def test_a_line_does_what_is_meant_or_says_in_one_line_what_to_write(line, names):
    meant = HUNDRED[line]
    code = line.partition(" = ")[2] if re.match(r"\w+ = ", line) else line
    if not isinstance(meant, str):
        assert meant(eval(code, names))
        return
    with pytest.raises((AttributeError, TypeError, ValueError)) as caught:
        eval(code, names)
    message = str(caught.value)
    assert meant in message
    assert "\n" not in message
    for name in re.findall(r"(?:write|use) ([a-z_]+(?:\.\w+)+)", message):
        roots = {"netinnov": ni, "networkx": nx, "network": names["net"]}
        attrgetter(name)(SimpleNamespace(**roots))


@pytest.mark.parametrize("line", MISSES)
def test_what_is_missed_is_still_missed(line, names):
    with pytest.raises((KeyError, TypeError)) as caught:
        eval(line, names)
    assert f"{type(caught.value).__name__}: {caught.value}" == MISSES[line]
