"""Greedy plans of 300 places against igraph measuring each plan from scratch."""

from __future__ import annotations

from functools import partial
from time import process_time

import igraph
import numpy as np
import pandas as pd
import pytest

from netinnov import ReverseEnclave, build_network
from netinnov.planning import site_enclaves
from netinnov.scenarios import DirectLinks, NewLinks

N_PLACES, N_CANDIDATES, K = 300, 300, 10
FEW = 30
"""Candidates of one step that igraph measures; its time is multiplied up."""
LINKS = {  # scenarios that add one link, and how many times as fast as igraph they are
    "NewLinks": (lambda one, two: NewLinks([(one, two)]), 50),
    "DirectLinks": (partial(DirectLinks, size=1, funding="new"), 25),
}


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


@pytest.mark.parametrize("kind", LINKS)
def test_ten_links_of_300(in_turns, network, pairs, kind):
    make, floor = LINKS[kind]
    candidates = {f"c{at}": make(*pair) for at, pair in enumerate(pairs)}
    peer, steps = f"igraph, {FEW} plans", sum(N_CANDIDATES - at for at in range(K))
    options = {"candidates": candidates, "k": K, "objective": "efficiency"}
    few = {name: candidates[name] for name in list(candidates)[:FEW]}
    best = site_enclaves(network, **options | {"candidates": few, "k": 1}).value
    assert best == pytest.approx(max(one_by_one(network, pairs[:FEW])))
    calls = {
        "site_enclaves": lambda: site_enclaves(network, **options),
        peer: lambda: one_by_one(network, pairs[:FEW]),
    }
    in_turns(calls, rounds=5, parts={peer: steps / FEW}, floors={peer: floor})


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
    ends = ids[:10] if benchmark.disabled else ids
    links = {f"{a} {b}": NewLinks([(a, b)]) for a in ends for b in ids if a != b}
    seconds = seconds_of(benchmark, network, links, 1)
    print(f"{len(links):,} links: {seconds:.1f} s of processor time")
    if not benchmark.disabled:
        assert seconds <= 10
