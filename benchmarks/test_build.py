"""Building from one million rows with text ids in five layers, against the usual ways."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import igraph
import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sizes import sized

from netinnov import build_network
from netinnov._runtime.threads import in_threads
from netinnov.kernels.links import mirror, rows_by_layer, sort_rows

N_NODES, N_ROWS, LAYERS = sized(100_000), sized(1_000_000), ("a", "b", "c", "d", "e")


def tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(1)
    ids = pd.Series([f"organisation {i:06d}" for i in range(N_NODES)])
    links = pd.DataFrame(
        {
            "source": ids.take(rng.integers(0, N_NODES, N_ROWS)).array,
            "target": ids.take(rng.integers(0, N_NODES, N_ROWS)).array,
            "layer": pd.Series(LAYERS).take(rng.integers(0, 5, N_ROWS)).array,
            "weight": rng.random(N_ROWS) + 0.1,
        }
    )
    return pd.DataFrame({"node": ids}), links


def with_scipy(layer, source, target, weight) -> list[sparse.csr_array]:
    """One symmetric CSR a layer, self-links once."""
    matrices = []
    for x in range(len(LAYERS)):
        here = layer == x
        a, b, w = source[here], target[here], weight[here]
        back = a != b
        entries = (
            np.concatenate([w, w[back]]),
            (np.concatenate([a, b[back]]), np.concatenate([b, a[back]])),
        )
        matrices.append(sparse.coo_array(entries, shape=(N_NODES, N_NODES)).tocsr())
    return matrices


def with_kernels(layer, source, target, weight) -> list[tuple]:
    rows, at = rows_by_layer(layer, len(LAYERS))

    def one(i: int, j: int) -> tuple:
        return mirror(*sort_rows(rows[i:j], source, target, weight, N_NODES, True), N_NODES)

    return in_threads([lambda i=i, j=j: one(i, j) for i, j in pairwise(at)], N_ROWS)


def test_building_with_all_checks(in_turns):
    nodes, links = tables()

    def ours():
        network = build_network(nodes, links)
        return [network.adjacency(layer) for layer in network.layers]

    def pandas_and_scipy():
        codes, _ = pd.factorize(pd.concat([links["source"], links["target"]]))
        layer, _ = pd.factorize(links["layer"])
        return with_scipy(layer, codes[:N_ROWS], codes[N_ROWS:], links["weight"].to_numpy())

    def with_igraph():
        return igraph.Graph.DataFrame(links, directed=False, vertices=nodes, use_vids=False)

    calls = {"build_network": ours, "factorize and scipy": pandas_and_scipy, "igraph": with_igraph}
    in_turns(calls, 3, floors={"factorize and scipy": 1 / 1.5, "igraph": 4})


def test_the_step_from_codes_to_csr(in_turns):
    nodes, links = tables()
    index = pd.Index(nodes["node"])
    layer = pd.factorize(links["layer"], sort=True)[0].astype(np.int32)
    ends = [index.get_indexer(links[end]).astype(np.int32) for end in ("source", "target")]
    rows = (layer, *ends, links["weight"].to_numpy())
    for own, peer in zip(with_kernels(*rows), with_scipy(*rows), strict=True):
        difference = peer - sparse.csr_array((own[2], own[1], own[0]), shape=peer.shape)
        assert abs(difference).max() < 1e-12
    calls = {"kernels": lambda: with_kernels(*rows), "scipy": lambda: with_scipy(*rows)}
    in_turns(calls, floors={"scipy": 1.3})


MEMORY = """
import gc, json, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from test_build import tables
from netinnov import build_network

def resident(key):
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(key)).split()[1]) * 1024

nodes, links = tables()
small = build_network(nodes.head(10), links.head(0))
build_network(nodes, links).adjacency("a")  # compiles, and fills the pools of the allocators
gc.collect()
Path("/proc/self/clear_refs").write_text("5")  # forget the peak so far
before = resident("VmRSS")
network = build_network(nodes, links)
matrices = [network.adjacency(layer) for layer in network.layers]
peak = resident("VmHWM") - before
final = sum(a.nbytes for m in matrices for a in (m.data, m.indices, m.indptr))
final += sum(a.nbytes for block in network.storage.blocks for a in block)
final += int(network.nodes.memory_usage(deep=True).sum())
print(json.dumps({"peak": peak, "final": final}))
"""


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="reads the peak from /proc")
def test_memory(benchmark):
    command = [sys.executable, "-c", MEMORY, str(Path(__file__).parent)]

    def measure() -> dict:
        return json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)

    found = benchmark.pedantic(measure, rounds=1)
    ratio = found["peak"] / found["final"]
    benchmark.extra_info["peak / final"] = round(ratio, 2)
    peak, final = (found[key] / 2**20 for key in ("peak", "final"))
    print(f"peak {peak:.0f} MiB, final {final:.0f} MiB: {ratio:.2f}")
    assert found["peak"] <= 3 * found["final"]
