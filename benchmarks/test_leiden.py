"""Leiden: a planted partition, igraph on layers as one, leidenalg on real multiplexes."""

from __future__ import annotations

import random
from pathlib import Path
from time import process_time

import numpy as np
import pandas as pd
import pytest
from large import tables
from sizes import sized

from netinnov import build_network, flatten
from netinnov.community import leiden, modularity
from netinnov.sources import read_multiplex

DATA = (Path(__file__).parents[1] / "../shared/data/multiplex_benchmarks").resolve()
N_NODES, N_LAYERS, N_LINKS = sized(100_000), 5, sized(1_000_000)


def planted(n_groups: int, mixing: float, seed: int = 0):
    """A network whose links stay inside groups but for a share of `mixing`, and the groups."""
    rng = np.random.default_rng(seed)
    ids = np.arange(N_NODES).astype(str)
    group = np.arange(N_NODES) % n_groups
    source = rng.integers(N_NODES, size=N_LINKS)
    other = group[source] + n_groups * rng.integers(N_NODES // n_groups, size=N_LINKS)
    anyone = rng.integers(N_NODES, size=N_LINKS)
    target = np.where(rng.random(N_LINKS) > mixing, other, anyone)
    apart = source != target
    links = pd.DataFrame(
        {
            "source": ids[source[apart]],
            "target": ids[target[apart]],
            "layer": rng.integers(N_LAYERS, size=N_LINKS)[apart].astype(str),
        }
    )
    return build_network(pd.DataFrame({"node": ids}), links), pd.Series(group, ids)


@pytest.mark.parametrize("n_groups", [100, 1000])
@pytest.mark.parametrize("mixing", [0.3, 0.6])
def test_planted_partition(benchmark, n_groups, mixing):
    network, group = planted(sized(n_groups), mixing)
    leiden(network.select(nodes=list(group.index[:100])), restarts=1, rng=1)  # compiles
    rounds = 1 if benchmark.disabled else 3
    found = benchmark.pedantic(
        leiden, args=(network,), kwargs={"restarts": 1, "rng": 1}, rounds=rounds
    )
    expected = modularity(network, group)
    benchmark.extra_info["quality minus planted"] = round(found.quality - expected, 5)
    benchmark.extra_info["communities"] = found.n_communities
    assert found.quality >= expected - 0.002


def test_layers_as_one_against_igraph(in_turns):
    """The order of the two in docs/large_networks.md, at a tenth of its size."""
    igraph = pytest.importorskip("igraph")
    flat = flatten(build_network(*tables(sized(50_000), sized(500_000))))
    (block,) = flat.storage.blocks
    ends = np.column_stack([block.sources, block.indices])
    others = ends[:, 0] != ends[:, 1]  # netinnov counts no self-link
    graph, weights = igraph.Graph(flat.n_nodes, ends[others]), block.data[others]
    options = {"objective_function": "modularity", "weights": weights, "n_iterations": 2}
    random.seed(1)  # igraph draws from it
    calls = {
        "leiden": lambda: leiden(flat, restarts=1, rng=1).quality,
        "igraph": lambda: graph.community_leiden(**options).membership,
    }
    assert calls["leiden"]() >= graph.modularity(calls["igraph"](), weights=weights) - 1e-3
    in_turns(calls, 3, floors={"igraph": 1}, checked=True)


def slices(network, coupling: float, seed: int) -> np.ndarray:
    """Labels by leidenalg, states by layer; undirected layers and one more graph of coupling."""
    igraph = pytest.importorskip("igraph")
    leidenalg = pytest.importorskip("leidenalg")
    layer, node = np.nonzero(network.storage.presence("linked"))
    number = np.full((len(network.layers), network.n_nodes), -1)
    number[layer, node] = np.arange(node.size)
    parts = []
    for x, name in enumerate(network.layers):
        matrix = network.adjacency(name).tocoo()
        once = matrix.row < matrix.col
        ends = np.column_stack([number[x, matrix.row[once]], number[x, matrix.col[once]]])
        graph = igraph.Graph(node.size, ends.tolist(), edge_attrs={"weight": matrix.data[once]})
        kind = leidenalg.RBConfigurationVertexPartition
        parts.append(kind(graph, weights="weight", resolution_parameter=1.0))
    copies = pd.Series(range(node.size)).groupby(node).agg(list)
    ends = [(s, t) for states in copies for s in states for t in states if s < t]
    graph = igraph.Graph(node.size, ends, edge_attrs={"weight": [coupling] * len(ends)})
    kind = leidenalg.CPMVertexPartition
    sizes = [0] * node.size
    parts.append(kind(graph, weights="weight", node_sizes=sizes, resolution_parameter=0.0))
    optimiser = leidenalg.Optimiser()
    optimiser.set_rng_seed(seed)
    optimiser.optimise_partition_multiplex(parts, n_iterations=-1)
    table = np.full((network.n_nodes, len(network.layers)), np.nan)
    table[node, layer] = parts[0].membership
    return pd.DataFrame(table, network.nodes.index, list(network.layers))


@pytest.mark.parametrize("coupling", [0.2, 1.0])
@pytest.mark.parametrize("name", ["aucs.mpx", "AirEu2013Ext.json"])
def test_multiplex_against_leidenalg(benchmark, hold, name, coupling):
    if not (DATA / name).exists():
        pytest.skip("needs the folder of data beside the checkout")
    network = build_network(*read_multiplex(DATA / name))
    restarts = 1 if benchmark.disabled else 3
    start = process_time()
    peers = [slices(network, coupling, seed) for seed in range(restarts)]
    seconds = process_time() - start
    options = {"coupling": coupling, "rng": 1}
    leiden(network, restarts=1, **options)  # compiles
    start = process_time()
    found = leiden(network, restarts=restarts, **options)
    own = process_time() - start
    best = max(modularity(network, peer, coupling=coupling) for peer in peers)
    benchmark.extra_info["quality minus leidenalg"] = round(found.quality - best, 5)
    benchmark.pedantic(leiden, args=(network,), kwargs=options | {"restarts": 1}, rounds=restarts)
    assert found.quality >= best - 1e-3
    hold("leiden", own, "leidenalg", seconds, 1 / 1.5)
