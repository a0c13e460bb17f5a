"""Paths, spectra, resistances and robustness against igraph and networkx, in one process."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from netinnov import build_network
from netinnov.connectivity import (
    algebraic_connectivity,
    effective_resistance,
    global_efficiency,
    kirchhoff_index,
    robustness_curve,
)

POINTS = 50


def graphs(n: int) -> dict[str, nx.Graph]:
    found = {
        "hubs": nx.barabasi_albert_graph(n, 3, seed=1),
        "random": nx.gnm_random_graph(n, 4 * n, seed=2),
        "ring": nx.connected_watts_strogatz_graph(n, 6, 0.1, seed=3),
        "near": nx.random_geometric_graph(n, (12 / n / np.pi) ** 0.5, seed=4),
    }
    return {
        name: nx.convert_node_labels_to_integers(
            graph.subgraph(max(nx.connected_components(graph), key=len))
        )
        for name, graph in found.items()
    }


def network_of(graph: nx.Graph):
    ends = np.array(graph.edges())
    names = pd.Index([f"n{i}" for i in range(len(graph))])
    links = pd.DataFrame({"source": names.take(ends[:, 0]), "target": names.take(ends[:, 1])})
    return build_network(pd.DataFrame(index=names), links)


@pytest.mark.parametrize("kind", ["hubs", "random", "ring", "near"])
def test_efficiency(in_turns, kind):
    igraph = pytest.importorskip("igraph")
    graph = graphs(1000)[kind]
    network, n = network_of(graph), len(graph)
    other = igraph.Graph(n=n, edges=list(graph.edges()))

    def peer() -> float:
        length = np.array(other.distances(), dtype=float)
        np.fill_diagonal(length, np.inf)
        return float((1 / length).sum() / (n * (n - 1)))

    assert global_efficiency(network) == pytest.approx(peer(), rel=1e-12)
    calls = {
        "global_efficiency": lambda: global_efficiency(network),
        "igraph": peer,
        "igraph, distances alone": other.distances,
    }
    in_turns(calls, floors={"igraph": 15})


@pytest.mark.parametrize("n", [1000, 2000])
@pytest.mark.parametrize("kind", ["hubs", "random", "ring", "near"])
def test_algebraic_connectivity(in_turns, kind, n):
    graph = graphs(n)[kind]
    network = network_of(graph)
    oracle = nx.algebraic_connectivity(graph, method="tracemin_lu", tol=1e-10, seed=1)
    assert algebraic_connectivity(network) == pytest.approx(oracle, rel=1e-7)
    calls = {"algebraic_connectivity": lambda: algebraic_connectivity(network)}
    # The first is what networkx takes by itself.
    for method in ("tracemin_pcg", "tracemin_lu"):
        calls[method] = lambda method=method: nx.algebraic_connectivity(
            graph, method=method, seed=1
        )
    in_turns(calls, rounds=3, floors={"tracemin_pcg": 8})


@pytest.mark.parametrize("kind", ["hubs", "random", "ring", "near"])
def test_kirchhoff_index(in_turns, kind):
    graph = graphs(1000)[kind]
    network = network_of(graph)
    assert kirchhoff_index(network) == pytest.approx(nx.effective_graph_resistance(graph), rel=1e-8)
    calls = {
        "kirchhoff_index": lambda: kirchhoff_index(network),
        "networkx": lambda: nx.effective_graph_resistance(graph),
    }
    in_turns(calls, rounds=3)


def test_effective_resistance(in_turns):
    # networkx inverts the Laplacian again for each pair or gives all of them.
    graph = graphs(500)["hubs"]
    network = network_of(graph)
    pairs = [(f"n{i}", f"n{j}") for i in range(500) for j in range(500)]
    peer = nx.resistance_distance(graph)
    expected = [peer[i][j] for i in range(500) for j in range(500)]
    found = effective_resistance(network, pairs=pairs)
    np.testing.assert_allclose(found, expected, rtol=1e-7, atol=1e-9)
    calls = {
        "effective_resistance, all pairs": lambda: effective_resistance(network, pairs=pairs),
        "networkx, all pairs": lambda: nx.resistance_distance(graph),
    }
    in_turns(calls, rounds=3)


@pytest.mark.parametrize("n", [1000, 5000, 20_000])
def test_robustness(in_turns, n):
    igraph = pytest.importorskip("igraph")
    graph = nx.gnm_random_graph(n, 5 * n, seed=1)
    network = network_of(graph)
    start = igraph.Graph(n=n, edges=list(graph.edges()))
    order = np.random.default_rng(1).permutation(n)
    ids = network.nodes.index.take(order)
    at = np.linspace(0, n, POINTS).astype(int)

    def peer() -> list[float]:
        found = []
        for gone in at:
            left = start.copy()
            left.delete_vertices(order[:gone].tolist())
            found.append(max(left.connected_components().sizes(), default=0) / n)
        return found

    np.testing.assert_allclose(robustness_curve(network, order=ids).iloc[at], peer())
    # A turn of a small graph is many calls: one would be too short for the clock and the caches.
    often = range(max(20_000 // n, 1))
    calls = {
        "robustness_curve": lambda: [robustness_curve(network, order=ids) for _ in often],
        "igraph, 50 points": lambda: [peer() for _ in often],
    }
    in_turns(calls, floors={"igraph, 50 points": 12})
