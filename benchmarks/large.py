"""What large networks take: processor time, peak memory and bytes a link of each step, by hand.

    python benchmarks/large.py --links 1e7
    python benchmarks/large.py --links 1e8 --steps pagerank components degree

Each run builds a network first: nodes in 1,000 groups, five undirected layers, 7 links in 10 inside
a group. Compiled code is warmed on a small one. Peaks are of the whole process, read from /proc.
"""

from __future__ import annotations

import argparse
import gc
import os
import platform
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np
import pandas as pd

from netinnov import MultilayerNetwork, aggregate, build_network, flatten
from netinnov.centrality import core_number, degree, pagerank, participation_coefficient
from netinnov.community import leiden, multiplex_leiden
from netinnov.connectivity import largest_component
from netinnov.null_models import rewire

GROUPS, LAYERS, INSIDE, PIECE = 1_000, 5, 0.7, 10**6
PACKAGES = ("netinnov", "numpy", "scipy", "pandas", "pyarrow", "numba")


def beside_igraph(network: MultilayerNetwork) -> None:
    """`leiden` of the layers as one, beside igraph's two iterations on a graph made before."""
    import igraph

    flat = flatten(network)
    (block,) = flat.storage.blocks
    ends = np.column_stack([block.sources, block.indices])
    others = ends[:, 0] != ends[:, 1]  # netinnov counts no self-link
    graph, weights = igraph.Graph(flat.n_nodes, ends[others]), block.data[others]
    start = process_time()
    own = leiden(flat, restarts=1, rng=1).quality
    middle = process_time()
    options = {"objective_function": "modularity", "weights": weights, "n_iterations": 2}
    other = graph.community_leiden(**options).membership
    seconds = middle - start, process_time() - middle
    reached = graph.modularity(other, weights=weights)
    print(f"leiden {seconds[0]:.1f} s, {own:.5f}; igraph {seconds[1]:.1f} s, {reached:.5f}")


STEPS: dict[str, Callable[[MultilayerNetwork], Any]] = {
    "pagerank": pagerank,
    "components": largest_component,
    "core_number": core_number,
    "degree": degree,
    "participation": participation_coefficient,
    "aggregate": lambda network: aggregate(network, by="group"),
    "rewire": lambda network: rewire(network, rng=1),
    "multiplex_leiden": lambda network: multiplex_leiden(network, restarts=1, rng=1),
    "leiden": lambda network: leiden(network, restarts=1, rng=1),
    "beside_igraph": beside_igraph,
}


def tables(n_nodes: int, n_links: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Nodes and links as categories; links in pieces, so that making them takes little memory."""
    rng = np.random.default_rng(1)
    ids = pd.Index([f"n{i}" for i in range(n_nodes)])
    groups = min(GROUPS, n_nodes // 10)
    source, target = np.empty(n_links, np.int32), np.empty(n_links, np.int32)
    for start in range(0, n_links, PIECE):
        part = slice(start, min(n_links, start + PIECE))
        size = part.stop - start
        own = rng.integers(n_nodes, size=size, dtype=np.int32)
        other = rng.integers(n_nodes, size=size, dtype=np.int32)
        mate = own % groups + groups * rng.integers(n_nodes // groups, size=size, dtype=np.int32)
        source[part] = own
        target[part] = np.where(rng.random(size) < INSIDE, mate, other)
    # Numbers of nodes say nothing of their group.
    order = rng.permutation(n_nodes).astype(np.int32)
    group = np.empty(n_nodes, np.int32)
    group[order] = np.arange(n_nodes) % groups
    layers = [f"layer {x}" for x in range(LAYERS)]
    links = {
        "source": pd.Categorical.from_codes(order[source], ids),
        "target": pd.Categorical.from_codes(order[target], ids),
        "layer": pd.Categorical.from_codes(
            rng.integers(LAYERS, size=n_links, dtype=np.int8), layers
        ),
    }
    nodes = pd.DataFrame({"group": group}, index=ids.rename("node"))
    return nodes, pd.DataFrame(links, copy=False)


def resident(key: str) -> int:
    """Bytes of the process: ``VmRSS`` now, ``VmHWM`` at most since `forget`."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(key)).split()[1]) * 1024


def measured(name: str, call: Callable[[], Any], n_links: int) -> Any:
    """Print a row of the table of results; what the call gives."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # forget the peak so far
    before, wall, processor = resident("VmRSS"), perf_counter(), process_time()
    result = call()
    seconds, processor = perf_counter() - wall, process_time() - processor
    peak, held = resident("VmHWM"), (resident("VmRSS") - before) / n_links
    memory = f"{peak / 1e9:.2f} | {(peak - before) / n_links:.0f} | {held:.0f}"
    print(f"| `{name}` | {processor:.1f} | {seconds:.1f} | {memory} |", flush=True)
    return result


def machine() -> str:
    """Processor, number of processors, memory and versions."""
    about = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.split(":")[1].strip() for line in about if "model name" in line), "")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"{model or platform.machine()}, {os.cpu_count()} processors, {memory:.0f} GiB; "
        f"{platform.system()}, Python {platform.python_version()}, {packages}"
    )


def main() -> None:
    """Run the steps that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--links", type=float, default=1e7)
    parser.add_argument("--nodes", type=float, default=1e6)
    parser.add_argument("--steps", nargs="*", choices=STEPS, default=[*STEPS])
    asked = parser.parse_args()
    n_links, n_nodes = int(asked.links), int(asked.nodes)
    print(machine())
    # Of so many links that the ways of large networks are compiled.
    small = build_network(*tables(2_000, 200_000))
    for name in asked.steps:
        STEPS[name](small)
    made = [*tables(n_nodes, n_links)]
    print(f"{n_links:,} links of {n_nodes:,} nodes in {LAYERS} layers\n")
    print("| step | processor s | s | peak GB | peak bytes a link | held bytes a link |")
    print("|---|---|---|---|---|---|")
    network = measured("build_network", lambda: build_network(*made), n_links)
    made.clear()
    arrays = sum(array.nbytes for block in network.storage.blocks for array in block)
    for name in asked.steps:
        measured(name, lambda name=name: STEPS[name](network), n_links)
    print(f"\nArrays of links: {arrays / network.n_links:.1f} bytes a link; {network!r}")


if __name__ == "__main__":
    main()
