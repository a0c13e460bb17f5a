"""Centralities of a million links in five layers, and the whole table on CORDIS."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from time import process_time

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from scipy.sparse.linalg import eigsh
from test_build import N_NODES, tables

from netinnov import build_network, centrality
from netinnov.supra import supra_adjacency

SAMPLE = (Path(__file__).parents[1] / "../shared/data/cordis_h2020").resolve()
MILLION_SECONDS = 5.0  # of processor time; Leiden, which has its own file, gets the rest of 10
TABLE_SECONDS, TABLE_MEBIBYTES = 10.0, 1536.0

SCRIPT = """
import json, sys, warnings
from pathlib import Path
from time import perf_counter
import pandas as pd
from netinnov import build_network, centrality
from netinnov.sources import read_cordis

pair = pd.DataFrame({"source": ["a"], "target": ["b"]})
centrality.centrality_table(build_network(pd.DataFrame({"node": ["a", "b"]}), pair))  # compiles
warnings.filterwarnings("ignore", "pairs of places that differ only")
network = build_network(*read_cordis(sys.argv[1]))
start = perf_counter()
table = centrality.centrality_table(network)
seconds = perf_counter() - start
status = Path("/proc/self/status").read_text()
peak = next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]
print(json.dumps({"seconds": seconds, "peak": int(peak) / 1024, "shape": table.shape}))
"""


@pytest.fixture(scope="module")
def network():
    return build_network(*tables())


def test_counts_and_pagerank_of_a_million_links(benchmark, network):
    def measure() -> float:
        start = process_time()
        centrality.degree(network)
        centrality.participation_coefficient(network)
        centrality.pagerank(network)
        return process_time() - start

    measure()
    spent = benchmark.pedantic(measure, rounds=1)
    print(f"degree, participation, pagerank: {spent:.2f} s of processor time")
    benchmark.extra_info["processor"] = round(spent, 2)
    if not benchmark.disabled:
        assert spent < MILLION_SECONDS


def test_eigenvector_against_arpack_on_the_stored_matrix(in_turns, network):
    # The peer gets the supra-adjacency ready made, which takes it out of its time and memory.
    supra = sparse.csr_array(supra_adjacency(network))

    def peer() -> np.ndarray:
        _, vector = eigsh(supra, k=1, which="LA", v0=np.ones(supra.shape[0]))
        score = np.abs(vector[:, 0]).reshape(5, N_NODES).sum(axis=0)
        return score / score.max()

    def own() -> pd.Series:
        return centrality.eigenvector_centrality(network, presence="all")

    assert np.abs(own() - peer()).max() < 1e-9
    in_turns({"eigenvector": own, "ARPACK": peer}, 3, checked=True)


@pytest.mark.skipif(not SAMPLE.is_dir(), reason="needs the CORDIS sample beside the checkout")
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads the peak from /proc")
def test_table_of_the_organisations_of_cordis(benchmark):
    def measure() -> dict:
        command = [sys.executable, "-c", SCRIPT, str(SAMPLE)]
        return json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)

    found = benchmark.pedantic(measure, rounds=1)
    print(f"table {found['shape']}: {found['seconds']:.2f} s, peak {found['peak']:.0f} MiB")
    benchmark.extra_info.update(seconds=round(found["seconds"], 2), peak_mib=round(found["peak"]))
    assert found["shape"][0] == 17_428
    assert found["peak"] < TABLE_MEBIBYTES
    if not benchmark.disabled:
        assert found["seconds"] < TABLE_SECONDS
