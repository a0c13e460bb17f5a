"""All small graphs with given degrees, and how evenly a chain visits them."""

import itertools
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from netinnov import MultilayerNetwork, build_network
from netinnov.null_models._rewiring import chains_of, seed_words

__all__ = [
    "Graph",
    "Link",
    "as_network",
    "assert_uniform",
    "by_pair_swaps",
    "graphs_alike",
    "network_of",
    "visits",
]

Link = tuple[int, int]
Graph = frozenset[Link]
Label = Callable[[Link], Hashable]


def graphs_alike(
    n: int, links: Sequence[Link], *, directed: bool = False, label: Label | None = None
) -> set[Graph]:
    """All graphs with the degrees of this one and as many links of each label: brute force."""
    choose = itertools.permutations if directed else itertools.combinations
    goal = _kept(n, links, directed, label)
    return {
        frozenset(graph)
        for graph in itertools.combinations(choose(range(n), 2), len(links))
        if _kept(n, graph, directed, label) == goal
    }


def _kept(n: int, links: Iterable[Link], directed: bool, label: Label | None) -> Any:
    out, into = [0] * n, [0] * n
    for a, b in links:
        out[a] += 1
        (into if directed else out)[b] += 1
    return out, into, Counter(map(label, links)) if label else None


def by_pair_swaps(
    start: Graph, *, directed: bool = False, label: Label | None = None
) -> set[Graph]:
    """All graphs that single exchanges of two ends reach, each keeping the labels."""
    seen, todo = {start}, [start]
    while todo:
        graph = todo.pop()
        for one, two in itertools.combinations(graph, 2):
            (a, b), (c, d) = one, two
            ways = [((a, d), (c, b))] + ([] if directed else [((a, c), (b, d))])
            for way in ways:
                new = [pair if directed else (min(pair), max(pair)) for pair in way]
                if any(i == j for i, j in new) or any(pair in graph for pair in new):
                    continue
                if label and Counter(map(label, new)) != Counter(map(label, (one, two))):
                    continue
                after = graph - {one, two} | set(new)
                if after not in seen:
                    seen.add(after)
                    todo.append(after)
    return seen


def as_network(
    n: int,
    links: Sequence[Link],
    *,
    directed: bool = False,
    places: pd.DataFrame | None = None,
    **columns: Any,
) -> MultilayerNetwork:
    """The network of these links, nodes n0, n1, ..."""
    ids = [f"n{i}" for i in range(n)]
    table = pd.DataFrame(
        {"source": [ids[a] for a, _ in links], "target": [ids[b] for _, b in links]}
    )
    nodes = pd.DataFrame({"node": ids, **columns})
    return build_network(nodes, table, places, directed=("links",) if directed else ())


def network_of(
    links: Sequence[Link], kinds: str = "", *, directed: bool = False
) -> MultilayerNetwork:
    """The network of these links and of no further nodes."""
    columns = {"kind": list(kinds)} if kinds else {}
    return as_network(1 + max(map(max, links)), links, directed=directed, **columns)


def visits(
    network: MultilayerNetwork,
    *,
    preserve: Sequence[Any],
    trials: float,
    draws: int,
    seed: int,
    bins: Any = None,
) -> Counter[Graph]:
    """How often independent chains of `rewire` from the network end at each graph."""
    rng = np.random.default_rng(seed)
    chain = chains_of(network, None, rng, preserve, bins)["links"]
    found: Counter[Graph] = Counter()
    for words in seed_words(rng, draws):
        state = chain.advance(chain.start, round(trials * chain.size), words)
        pairs = zip(state.source.tolist(), state.target.tolist(), strict=True)
        found[frozenset(p if chain.directed else (min(p), max(p)) for p in pairs)] += 1
    return found


def assert_uniform(found: Counter[Graph], possible: set[Graph]) -> None:
    """Every possible graph occurs, no other, and equally often (chi-square, p > 1e-3)."""
    assert set(found) == possible
    if len(possible) > 1:
        assert stats.chisquare(list(found.values())).pvalue > 1e-3
