"""Brokerage and structural holes on a network with hubs, against igraph and matrix products."""

from __future__ import annotations

import igraph
import networkx as nx
import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from netinnov import build_network
from netinnov.centrality import brokerage, constraint, effective_size

N_NODES, N_GROUPS = 20_000, 5


@pytest.fixture(scope="module")
def network():
    rng = np.random.default_rng(1)
    graph = nx.barabasi_albert_graph(N_NODES, 12, seed=1)
    links = pd.DataFrame(list(graph.edges), columns=["source", "target"]).astype(str)
    links["weight"] = rng.random(len(links)) + 0.1
    groups = rng.integers(0, N_GROUPS, N_NODES).astype(str)
    return build_network(pd.DataFrame({"node": map(str, graph), "place": groups}), links)


def by_products(matrix: sparse.csr_array, group: np.ndarray) -> np.ndarray:
    """Open two-paths by way of each node: those between groups less those that a link closes."""
    n = matrix.shape[0]
    link = sparse.csr_array((np.ones(matrix.nnz), matrix.indices, matrix.indptr), matrix.shape)
    counts = np.zeros((n, 5))
    sides = [link[:, group == g] for g in range(N_GROUPS)]
    degree = np.column_stack([side.sum(axis=1) for side in sides])
    own = np.arange(N_GROUPS) == group[:, None]
    for a, one in enumerate(sides):
        for b, other in enumerate(sides):
            closed = (one * (other @ link[group == b][:, group == a])).sum(axis=1)
            paths = degree[:, a] * degree[:, b] - (degree[:, a] if a == b else 0) - closed
            column = np.where(
                own[:, a] & own[:, b],
                0,
                np.where(a == b, 1, np.where(own[:, b], 2, np.where(own[:, a], 3, 4))),
            )
            counts[np.arange(n), column] += paths
    return counts


def test_brokerage(in_turns, network):
    matrix = network.adjacency(network.layers[0])
    group = network.nodes["place"].astype(int).to_numpy()
    np.testing.assert_array_equal(brokerage(network), by_products(matrix, group))
    calls = {"brokerage": lambda: brokerage(network), "scipy": lambda: by_products(matrix, group)}
    in_turns(calls, 5, floors={"scipy": 2})


def test_structural_holes(in_turns, network):
    links = network.links
    index = network.nodes.index
    ends = np.column_stack([index.get_indexer(links[end]) for end in ("source", "target")])
    graph = igraph.Graph(n=N_NODES, edges=ends)
    weights = links["weight"].tolist()
    expected = graph.constraint(weights=weights)
    np.testing.assert_allclose(constraint(network), expected, rtol=1e-9)
    calls = {
        "constraint": lambda: constraint(network),
        "effective_size": lambda: effective_size(network),
        "igraph constraint": lambda: graph.constraint(weights=weights),
    }
    in_turns(calls, 5, floors={"igraph constraint": 1.2})
