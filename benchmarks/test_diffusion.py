"""Contagion on a network with hubs, against steps in which every link of the active is tried."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from netinnov import build_network
from netinnov.mechanisms.diffusion import complex_contagion, expected_steps

N_NODES, DRAWS = 10_000, 5


@pytest.fixture(scope="module")
def network():
    graph = nx.barabasi_albert_graph(N_NODES, 10, seed=1)
    links = pd.DataFrame(list(graph.edges), columns=["source", "target"]).astype(str)
    return build_network(pd.DataFrame({"node": map(str, graph)}), links)


def by_steps(
    matrix: sparse.csr_array, seed: int, rate: float, rng: np.random.Generator
) -> np.ndarray:
    """Steps in vectors: who has adopted tries all links."""
    step = np.full(matrix.shape[0], -1)
    step[seed] = 0
    now = 0
    while (step < 0).any():
        now += 1
        heard = matrix @ (step >= 0).astype(float)
        new = (step < 0) & (rng.random(step.size) < 1 - (1 - rate) ** heard)
        step[new] = now
    return step


def by_neighbours(matrix: sparse.csr_array, seed: int, threshold: float) -> np.ndarray:
    """Threshold steps in vectors: all nodes look at all neighbours."""
    degree = matrix.sum(axis=0)
    adopted = np.zeros(matrix.shape[0], bool)
    adopted[seed] = True
    step = np.where(adopted, 0, -1)
    now = 0
    while True:
        now += 1
        heard = matrix @ adopted.astype(float)
        new = ~adopted & (heard >= (threshold - 1e-12) * degree)
        if not new.any():
            return step
        adopted |= new
        step[new] = now


@pytest.mark.parametrize(("rate", "least"), [(0.02, 0.5), (0.0005, 5)])
def test_simple_contagion(in_turns, network, rate, least):
    # The slower it spreads, the more steps there are, which cost nothing where waits are drawn.
    matrix = network.adjacency(network.layers[0])
    rng = np.random.default_rng(1)
    options = {"seeds": ["0"], "rate": rate, "horizon": 10**6, "replicates": DRAWS}
    calls = {
        "expected_steps": lambda: expected_steps(network, rng=rng, **options),
        "vectors": lambda: [by_steps(matrix, 0, rate, rng) for _ in range(DRAWS)],
    }
    in_turns(calls, 3, floors={"vectors": least})


def test_complex_contagion(in_turns, network):
    matrix = network.adjacency(network.layers[0])
    index = network.nodes.index.get_loc("0")
    found = complex_contagion(network, seeds=["0"], threshold=0.05)
    np.testing.assert_array_equal(found.fillna(-1), by_neighbours(matrix, index, 0.05))
    calls = {
        "complex_contagion": lambda: complex_contagion(network, seeds=["0"], threshold=0.05),
        "vectors": lambda: by_neighbours(matrix, index, 0.05),
    }
    in_turns(calls, 5)
