"""Proposals per second of `rewire` on 200,000 links, against NetworKit, igraph and graph-tool."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sizes import sized

from netinnov import build_network
from netinnov._runtime.parallel import run
from netinnov._runtime.threads import workers
from netinnov.null_models import Rewire, rewire
from netinnov.null_models._prepared import prepared_null

N_NODES, N_LINKS, TRIALS = sized(40_000), sized(200_000), 20


def random_links(n_links: int = N_LINKS, n_nodes: int = N_NODES, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    ends = np.sort(rng.integers(0, n_nodes, (2 * n_links, 2)), axis=1)
    ends = np.unique(ends[ends[:, 0] < ends[:, 1]], axis=0)
    return ends[np.sort(rng.choice(len(ends), n_links, replace=False))]


def as_network(layers: dict[str, np.ndarray], n_nodes: int = N_NODES):
    rng = np.random.default_rng(1)
    ids = np.array([f"n{i}" for i in range(n_nodes)])
    nodes = pd.DataFrame({"node": ids, "kind": rng.choice(["firm", "park", "talent"], n_nodes)})
    tables = {
        name: pd.DataFrame({"source": ids[ends[:, 0]], "target": ids[ends[:, 1]]})
        for name, ends in layers.items()
    }
    return build_network(nodes, tables)


def test_against_networkit_and_igraph(in_turns):
    networkit = pytest.importorskip("networkit")
    igraph = pytest.importorskip("igraph")
    ends = random_links()
    network = as_network({"links": ends})
    networkit.setNumberOfThreads(1)
    ones = np.ones(N_LINKS)
    graph = networkit.GraphFromCoo((ones, (ends[:, 0], ends[:, 1])), n=N_NODES, directed=False)
    other = igraph.Graph(N_NODES, ends)
    calls = {
        "rewire": lambda: rewire(network, trials=TRIALS, rng=1),
        "networkit": lambda: networkit.randomization.EdgeSwitching(graph, TRIALS, False).run(),
        "igraph": lambda: other.copy().rewire(TRIALS * N_LINKS),
    }
    in_turns(calls, rounds=3, floors={"networkit": 4, "igraph": 4})


def test_classes_cost_at_most_three_times_as_much(in_turns):
    network = as_network({"links": random_links()})
    calls = {
        "rewire kinds": lambda: rewire(network, preserve=("kind",), rng=1),
        "rewire degrees": lambda: rewire(network, rng=1),
    }
    in_turns(calls, rounds=5, floors={"rewire degrees": 1 / 3})


# graph-tool is no Python package of PyPI; README.md of this folder says how to get it.
@pytest.mark.filterwarnings("ignore:Error importing")
@pytest.mark.parametrize("model", ["configuration", "constrained-configuration"])
def test_against_graph_tool(in_turns, model):
    graph_tool = pytest.importorskip("graph_tool")
    generation = pytest.importorskip("graph_tool.generation")
    graph_tool.openmp_set_num_threads(1)
    ends = random_links()
    network = as_network({"links": ends})
    graph = graph_tool.Graph(directed=False)
    graph.add_vertex(N_NODES)
    graph.add_edge_list(ends)
    options = {"model": model, "n_iter": TRIALS, "parallel_edges": False, "self_loops": False}
    preserve = ("degree",)
    if model == "constrained-configuration":
        preserve = ("kind",)
        kinds = graph.new_vertex_property("int", vals=network.nodes["kind"].factorize()[0])
        options["block_membership"] = kinds
    calls = {
        "rewire": lambda: rewire(network, preserve=preserve, trials=TRIALS, rng=1),
        "graph-tool": lambda: generation.random_rewire(graph, **options),
    }
    in_turns(calls, rounds=5, floors={"graph-tool": 8})


def alone(work):
    """What a worker of a pool does: it starts no threads of its own."""
    (result,) = run(work, [1], executor=1, progress=False)
    return result


@pytest.mark.skipif(workers(None) < 2, reason="needs two processors")
def test_two_threads(in_turns):
    network = as_network({"x": random_links(seed=2), "y": random_links(seed=3)})
    ready = prepared_null(Rewire(trials=TRIALS), network, np.random.default_rng(0))
    calls = {
        "layers in threads": lambda: ready.draw(np.random.default_rng(1)),
        "one thread": lambda: alone(lambda rng: ready.draw(np.random.default_rng(rng))),
    }
    assert calls["layers in threads"]().equals(calls["one thread"]())
    in_turns(calls, rounds=5, floors={"one thread": 1.5}, clock=True)
