"""Communities of several layers, one a node, against leidenalg: faster at no lower quality.

The networks are AUCS, the airlines of Europe, CORDIS by year, and a planted one of 20,000 nodes in
5 layers. The peer gets its graphs ready made, which takes making them out of its time; ours
is in. Its two iterations are its default; ours go on until nothing is gained.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sizes import sized

from netinnov import MultilayerNetwork, build_network
from netinnov.community import multiplex_leiden
from netinnov.sources import read_cordis, read_multiplex

igraph = pytest.importorskip("igraph")
leidenalg = pytest.importorskip("leidenalg")

pytestmark = pytest.mark.filterwarnings("ignore:pairs of places that differ only")

DATA = (Path(__file__).parents[1] / "../shared/data").resolve()
TIMES = 2.0
"""How many times as fast as the peer."""


def planted(n_layers: int = 5, mixing: float = 0.3):
    """Layers of n x 4 links, of which a share `mixing` have random ends, the others one group."""
    n, groups = sized(20_000), sized(100)
    rng = np.random.default_rng(0)
    group = rng.integers(groups, size=n)
    order = np.argsort(group)
    start = np.searchsorted(group[order], np.arange(groups + 1))
    tables = []
    for x in range(n_layers):
        source, target = rng.integers(n, size=(2, 4 * n))
        own = group[source]
        inside = start[own] + (rng.random(4 * n) * np.diff(start)[own]).astype(int)
        target = np.where(rng.random(4 * n) < mixing, target, order[inside])
        apart = source != target
        ends = {"source": source[apart].astype(str), "target": target[apart].astype(str)}
        tables.append(pd.DataFrame({"layer": f"l{x}", **ends}))
    nodes = pd.DataFrame({"node": np.arange(n).astype(str)})
    return build_network(nodes, pd.concat(tables))


def by_year() -> MultilayerNetwork:
    nodes, links, places, *_ = read_cordis(DATA / "cordis_h2020")
    links = links.dropna(subset=["period"])
    layers = links["period"].astype(str)
    return build_network(nodes, links.drop(columns="period").assign(layer=layers), places)


def multiplex(name: str) -> Callable[[], MultilayerNetwork]:
    return lambda: build_network(*read_multiplex(DATA / "multiplex_benchmarks" / name))


NETWORKS: dict[str, tuple[Callable[[], MultilayerNetwork], int, int]] = {
    # network, restarts, rounds
    "aucs": (multiplex("aucs.mpx"), 20, 5),
    "airlines": (multiplex("AirEu2013Ext.json"), 20, 1),
    "planted": (planted, 1, 1),
    "cordis": (by_year, 1, 1),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_as_good_as_leidenalg(in_turns, name: str):
    make, restarts, rounds = NETWORKS[name]
    restarts = max(1, sized(restarts))
    if name != "planted" and not DATA.is_dir():
        pytest.skip("needs the folder of data beside the checkout")
    network = make()
    graphs: list[Any] = []
    for layer in network.layers:
        matrix = network.adjacency(layer).tocoo()
        i, j = matrix.coords
        once = i < j
        graph = igraph.Graph(n=network.n_nodes, edges=np.column_stack([i, j])[once].tolist())
        graph.es["weight"] = matrix.data[once]
        graphs.append(graph)

    def peer() -> float:
        best = -np.inf
        for seed in range(restarts):
            parts = [leidenalg.ModularityVertexPartition(one, weights="weight") for one in graphs]
            optimiser = leidenalg.Optimiser()
            optimiser.set_rng_seed(seed)
            optimiser.optimise_partition_multiplex(parts, n_iterations=2)
            best = max(best, sum(part.quality() for part in parts))
        return best

    def own() -> float:
        return multiplex_leiden(network, restarts=restarts, rng=0).quality

    assert own() >= peer() - 1e-9
    calls = {"multiplex_leiden": own, "leidenalg": peer}
    in_turns(calls, rounds=rounds, floors={"leidenalg": TIMES}, checked=True)
