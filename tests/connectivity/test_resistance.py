"""Resistance and algebraic connectivity against closed forms, networkx and dense spectra."""

import math
from collections.abc import Callable
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov import connectivity
from strategies import bare

SIZES = [2, 3, 100, 101, 180]
"""On both sides of the size from which sparse methods take over."""


def network_of(graph: nx.Graph, weight: float = 1.0) -> ni.MultilayerNetwork:
    names = {node: f"n{i}" for i, node in enumerate(graph)}
    rows = [(names[u], names[v], weight * w) for u, v, w in graph.edges(data="weight", default=1.0)]
    links = pd.DataFrame(rows, columns=["source", "target", "weight"])
    return ni.build_network(pd.DataFrame(index=list(names.values())), links)


def weighted(graph: nx.Graph, seed: int, spread: float = 1.0) -> nx.Graph:
    """The largest part of the graph, with weights over some orders of magnitude."""
    part = graph.subgraph(max(nx.connected_components(graph), key=len)).copy()
    rng = np.random.default_rng(seed)
    for u, v in part.edges:
        part.edges[u, v]["weight"] = float(np.exp(spread * rng.standard_normal()))
    return nx.convert_node_labels_to_integers(part)


CLOSED: list[tuple[str, Callable[[int], nx.Graph], Callable[[int], float], Callable[[int], float]]]
CLOSED = [
    ("path", nx.path_graph, lambda n: 2 * (1 - math.cos(math.pi / n)), lambda n: (n**3 - n) / 6),
    ("cycle", nx.cycle_graph, lambda n: 2 * (1 - math.cos(2 * math.pi / n)),
     lambda n: (n**3 - n) / 12),
    ("star", lambda n: nx.star_graph(n - 1), lambda n: 1.0, lambda n: (n - 1.0) ** 2),
    ("complete", nx.complete_graph, lambda n: float(n), lambda n: n - 1.0),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize(("name", "make", "connectivity_of", "index_of"), CLOSED)
def test_closed_forms(name: str, make: Any, connectivity_of: Any, index_of: Any, n: int) -> None:
    if n == 2 and name in {"cycle", "star"}:
        pytest.skip("two nodes are a path")
    network = network_of(make(n))
    found = connectivity.algebraic_connectivity(network)
    assert type(found) is float
    assert found == pytest.approx(connectivity_of(n), rel=1e-9)
    assert connectivity.kirchhoff_index(network) == pytest.approx(index_of(n), rel=1e-11)


def rounding(n: int, condition: float = 1.0) -> float:
    """What rounding may change in a problem of n unknowns of this condition, on any processor."""
    return 10 * n * condition * float(np.finfo(float).eps)


def test_resistances_in_series_and_side_by_side() -> None:
    # a-b of conductance 2 and 1 side by side: 1/3; b-c of 1/2: 2; in series 7/3.
    layers = {"A": [("a", "b", 2), ("b", "c", 0.5)], "B": [("a", "b", 1)]}
    network = ni.build_network(*bare(layers, "abcd"))
    pairs = [("c", "a"), ("a", "b"), ("b", "b"), ("a", "d"), ("d", "d"), ("a", "c"), ("c", "a")]
    found = connectivity.effective_resistance(network, pairs=pairs)
    index = pd.MultiIndex.from_tuples(pairs, names=["source", "target"])
    values = [7 / 3, 1 / 3, 0.0, math.inf, 0.0, 7 / 3, 7 / 3]
    expected = pd.Series(values, index, name="effective_resistance")
    pd.testing.assert_series_equal(found, expected, rtol=rounding(3, condition=16))
    table = pd.DataFrame(pairs, columns=["to", "from"])[["from", "to"]]
    for same in (index, table.rename(columns={"to": "起点", "from": "终点"})):
        again = connectivity.effective_resistance(network, pairs=same)
        pd.testing.assert_series_equal(again, expected, rtol=rounding(3, condition=16))
    with pytest.raises(ni.errors.InputError, match="columns source, target; it has von, nach"):
        connectivity.effective_resistance(network, pairs=table.set_axis(["von", "nach"], axis=1))


def test_in_several_parts() -> None:
    # Two links: two parts, each with a resistance of its own; nothing between them.
    network = ni.build_network(*bare({"l": [("a", "b", 2), ("c", "d", 4)]}, "abcd"))
    assert connectivity.algebraic_connectivity(network) == 0.0
    assert math.isinf(connectivity.kirchhoff_index(network))
    pairs = [("a", "b"), ("c", "d"), ("a", "c"), ("d", "b")]
    found = connectivity.effective_resistance(network, pairs=pairs)
    assert found.tolist() == [0.5, 0.25, math.inf, math.inf]


def test_few_or_no_nodes() -> None:
    none, one = (ni.build_network(*bare({"l": []}, nodes)) for nodes in ("", "a"))
    assert math.isnan(connectivity.algebraic_connectivity(none))
    assert math.isnan(connectivity.algebraic_connectivity(one))
    assert math.isnan(connectivity.kirchhoff_index(none))
    assert connectivity.kirchhoff_index(one) == 0.0
    assert connectivity.effective_resistance(none, pairs=[]).empty
    assert connectivity.effective_resistance(one, pairs=[("a", "a")]).tolist() == [0.0]


@pytest.mark.parametrize(
    "measure",
    [
        connectivity.algebraic_connectivity,
        connectivity.kirchhoff_index,
        lambda network: connectivity.effective_resistance(network, pairs=[("a", "b")]),
    ],
)
def test_directed_layers_and_shares_are_refused(measure: Callable[..., Any]) -> None:
    arrows = ni.build_network(*bare({"l": [("a", "b")]}, "ab", directed=["l"]))
    with pytest.raises(ValueError, match=r"undirected.*\['l'\]"):
        measure(arrows)
    layers = {"x": [("a", "b")], "y": [("a", "b")]}
    with pytest.raises(ValueError, match="shares"):
        measure(ni.build_network(*bare(layers, "ab"), {"x": {"quantity": "share_of_origin"}}))


GRAPHS = {
    "hubs": nx.barabasi_albert_graph(200, 3, seed=1),
    "tree": nx.barabasi_albert_graph(150, 1, seed=2),
    "random": nx.gnm_random_graph(200, 450, seed=3),
    "near": nx.random_geometric_graph(180, 0.15, seed=4),
    "dense": nx.gnm_random_graph(120, 5000, seed=5),
    "ring": nx.connected_watts_strogatz_graph(250, 4, 0.02, seed=6),
    "barbell": nx.barbell_graph(40, 40),
}


@pytest.mark.parametrize("name", GRAPHS)
def test_weighted_graphs_agree_with_dense_spectra(name: str) -> None:
    graph = weighted(GRAPHS[name], seed=len(name))
    values = np.linalg.eigvalsh(nx.laplacian_matrix(graph).toarray().astype(float))
    network = network_of(graph)
    found = connectivity.algebraic_connectivity(network)
    assert found == pytest.approx(values[1], rel=1e-8)
    expected = len(graph) * (1 / values[1:]).sum()
    assert connectivity.kirchhoff_index(network) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("size", [5, 80])
def test_a_value_far_below_the_largest_keeps_its_digits(size: int) -> None:
    # Two complete graphs of m nodes and weight W, joined by one link of weight 1. On one side let
    # the end of the link have a, all others b; the other side is its mirror. W (b - a) = x b and
    # (m - 1) W (a - b) + 2 a = x a give x^2 / W - x (m + 2 / W) + 2 = 0.
    weight = 1e9
    graph = nx.disjoint_union(nx.complete_graph(size), nx.complete_graph(size))
    nx.set_edge_attributes(graph, weight, "weight")
    graph.add_edge(0, size, weight=1.0)
    half = size + 2 / weight
    expected = 4 / (half + math.sqrt(half**2 - 8 / weight))
    found = connectivity.algebraic_connectivity(network_of(graph))
    assert found == pytest.approx(expected, rel=1e-10)


def test_weights_of_any_range_keep_their_digits() -> None:
    # 1e20 + 1 is 1e20 in the Laplacian, but not in resistances: a clique behind a link of 1.
    rows = [("a", "b", 1e20), ("b", "c", 1e20), ("c", "a", 1e20), ("a", "h", 1.0)]
    rows += [("h", f"x{i}", 1.0) for i in range(8)]
    names = ["h", *"abc", *[f"x{i}" for i in range(8)]]
    network = ni.build_network(*bare({"l": rows}, names))
    found = connectivity.effective_resistance(network, pairs=[("a", "h"), ("x0", "c"), ("a", "b")])
    np.testing.assert_allclose(found, [1.0, 2.0, 2 / 3e20], rtol=1e-12)
    # As a star of 9 leaves of which one is three nodes: 8 x 7 / 2 pairs of 2, 8 x 1; from each of
    # the three 1 to h and 8 x 2 to the leaves.
    expected = 28 * 2 + 8 + 3 * (1 + 16)
    assert connectivity.kirchhoff_index(network) == pytest.approx(expected, rel=1e-12)
    # The clique is as heavy as three nodes: seven eigenvalues of 1, and the heavy leaf's.
    assert 0 < connectivity.algebraic_connectivity(network) < 1


@pytest.mark.parametrize("name", ["hubs", "near"])
def test_resistances_agree_with_the_pseudoinverse(name: str) -> None:
    graph = weighted(GRAPHS[name], seed=9, spread=2.0)
    inverse = np.linalg.pinv(nx.laplacian_matrix(graph).toarray().astype(float), hermitian=True)
    own = np.diag(inverse)
    expected = own[:, None] + own - 2 * inverse
    network = network_of(graph)
    names = network.nodes.index
    nodes = list(range(0, len(graph), 7))
    many = [(i, j) for i in nodes for j in nodes]
    found = connectivity.effective_resistance(
        network, pairs=[(names[i], names[j]) for i, j in many]
    )
    np.testing.assert_allclose(found, [expected[pair] for pair in many], rtol=1e-8, atol=1e-11)
    few = many[3:500:50]
    alone = connectivity.effective_resistance(network, pairs=[(names[i], names[j]) for i, j in few])
    np.testing.assert_allclose(alone, [expected[pair] for pair in few], rtol=1e-8)
    for i, j in few[:3]:
        oracle = nx.resistance_distance(graph, i, j, weight="weight", invert_weight=False)
        assert alone[names[i], names[j]] == pytest.approx(oracle, rel=1e-8)
