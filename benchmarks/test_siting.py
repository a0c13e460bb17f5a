"""Greedy plans of 300 places against igraph measuring each plan from scratch."""

from __future__ import annotations

from time import process_time

import igraph
import numpy as np
import pandas as pd
import pytest

from netinnov import ReverseEnclave, build_network
from netinnov.planning import site_enclaves
from netinnov.scenarios import NewLinks

N_PLACES, N_CANDIDATES, K = 300, 300, 10
FEW = 30
"""Candidates of one step that igraph measures; its time is multiplied up."""


@pytest.fixture(scope="module")
def network():
    rng = np.random.default_rng(1)
    ids = [f"p{at}" for at in range(N_PLACES)]
    ends = rng.integers(N_PLACES, size=(3 * N_PLACES, 2))
    links = pd.DataFrame(ends[ends[:, 0] != ends[:, 1]], columns=["source", "target"])
    links = links.map(ids.__getitem__)
    return build_network(pd.DataFrame({"place": ids}, index=ids), links)


@pytest.fixture(scope="module")
def pairs(network):
    rng = np.random.default_rng(2)
    ids = network.nodes.index
    return [tuple(rng.choice(ids, 2, replace=False)) for _ in range(N_CANDIDATES)]


def one_by_one(network, pairs):
    """The efficiency with each of some links alone, each network measured from scratch."""
    graph = igraph.Graph.DataFrame(
        network.links[["source", "target"]], directed=False, use_vids=False
    )
    missing = set(network.nodes.index) - set(graph.vs["name"])
    graph.add_vertices(sorted(missing))
    values = []
    for pair in pairs:
        changed = graph.copy()
        changed.add_edge(*pair)
        values.append(np.mean(changed.harmonic_centrality()))
    return values


def test_ten_links_of_300(in_turns, network, pairs):
    candidates = {f"c{at}": NewLinks([pair]) for at, pair in enumerate(pairs)}
    found = in_turns(
        {
            "netinnov": lambda: site_enclaves(
                network, candidates=candidates, k=K, objective="efficiency"
            ),
            "igraph": lambda: one_by_one(network, pairs[:FEW]),
        },
        rounds=3,
    )
    steps = sum(N_CANDIDATES - at for at in range(K))
    ratio = found["igraph"] * steps / FEW / found["netinnov"]
    print(f"{steps} plans: igraph would take {ratio:.0f} times as long")
    if in_turns.measured:
        assert ratio >= 50


def seconds_of(benchmark, network, candidates, k: int) -> float:
    """Processor time of one greedy plan."""

    def measure():
        start = process_time()
        site_enclaves(network, candidates=candidates, k=k, objective="efficiency", rng=1)
        return process_time() - start

    return benchmark.pedantic(measure, rounds=1)


def test_ten_enclaves_of_300(benchmark, network, pairs):
    parks = {
        f"{home} in {host}": ReverseEnclave(home, host, 10, 0.3, funding="new")
        for home, host in pairs
    }
    seconds = seconds_of(benchmark, network, parks, K)
    print(f"ten of 300 enclaves: {seconds:.1f} s of processor time")
    if not benchmark.disabled:
        assert seconds <= 30


def test_all_single_links(benchmark, network):
    ids = network.nodes.index
    links = {f"{a} {b}": NewLinks([(a, b)]) for a in ids for b in ids if a != b}
    seconds = seconds_of(benchmark, network, links, 1)
    print(f"{len(links):,} links: {seconds:.1f} s of processor time")
    if not benchmark.disabled:
        assert seconds <= 10
