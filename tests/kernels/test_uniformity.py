"""Chains of `rewire` and `curveball` reach all graphs that they should, each equally often."""

import itertools
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from netinnov._network.geography import great_circle
from netinnov.null_models import curveball
from realisations import Link, as_network, assert_uniform, by_pair_swaps, graphs_alike, visits

pytestmark = pytest.mark.slow  # thousands of draws

UNDIRECTED = {
    # The degrees 3, 2, 2, 2, 3 on which a count of successes only gives 6:4:4:4:4:4:4.
    "32223": (5, [(0, 1), (0, 2), (0, 4), (1, 4), (2, 3), (3, 4)], 7),
    "two separate links": (4, [(0, 1), (2, 3)], 3),
    "path": (5, [(0, 1), (1, 2), (2, 3), (3, 4)], 7),
    "cycle of six": (6, [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (0, 5)], 70),
    "star: nothing can move": (4, [(0, 1), (0, 2), (0, 3)], 1),
}

DIRECTED = {
    "cycle of three": (3, [(0, 1), (1, 2), (2, 0)], 2),
    # In- and out-degrees {1, 1, 1, 3} and {2, 2, 2, 0}: igraph issue 1456.
    "igraph 1456": (4, [(2, 3), (2, 0), (0, 3), (0, 1), (1, 3), (1, 2)], 2),
    "regular on four": (4, [(0, 1), (1, 2), (2, 3), (3, 0)], 9),
    "mixed": (5, [(0, 1), (1, 0), (1, 2), (2, 3), (3, 4), (4, 1), (0, 3)], None),
}


@pytest.mark.parametrize("name", UNDIRECTED)
def test_undirected_graphs_are_equally_likely(name):
    n, links, count = UNDIRECTED[name]
    possible = graphs_alike(n, links)
    assert len(possible) == count
    found = visits(as_network(n, links), preserve=("degree",), trials=20, draws=3000, seed=1)
    assert_uniform(found, possible)


@pytest.mark.parametrize("name", DIRECTED)
def test_directed_graphs_are_equally_likely(name):
    n, links, count = DIRECTED[name]
    possible = graphs_alike(n, links, directed=True)
    assert count in (None, len(possible))
    network = as_network(n, links, directed=True)
    found = visits(network, preserve=("degree",), trials=60, draws=3000, seed=2)
    assert_uniform(found, possible)


def test_pair_swaps_alone_do_not_turn_a_directed_triangle_round():
    links = frozenset([(0, 1), (1, 2), (2, 0)])
    assert by_pair_swaps(links, directed=True) == {links}
    assert len(graphs_alike(3, sorted(links), directed=True)) == 2


@pytest.mark.parametrize("n", [4, 5])
def test_pair_swaps_reach_all_undirected_graphs_of_the_same_degrees(n):
    pairs = list(itertools.combinations(range(n), 2))
    done = set()
    for size in range(len(pairs) + 1):
        for graph in map(frozenset, itertools.combinations(pairs, size)):
            if graph not in done:
                reached = by_pair_swaps(graph)
                assert reached == graphs_alike(n, sorted(graph))
                done |= reached


def mixing_label(kinds: str, directed: bool):
    def label(link: Link) -> tuple[str, str]:
        a, b = kinds[link[0]], kinds[link[1]]
        return (a, b) if directed or a <= b else (b, a)

    return label


def unreached(n: int, size: int, kinds: str, *, directed: bool) -> list[Link] | None:
    """A graph from which exchanges that keep the mixing of kinds do not reach all others."""
    choose = itertools.permutations if directed else itertools.combinations
    label = mixing_label(kinds, directed)
    classes: dict[object, list[frozenset[Link]]] = {}
    for graph in itertools.combinations(choose(range(n), 2), size):
        degrees = (
            tuple(sorted(Counter(a for a, _ in graph).items())),
            tuple(sorted(Counter(b for _, b in graph).items())),
        )
        if not directed:
            degrees = tuple(sorted(Counter(itertools.chain(*graph)).items())), ()
        key = (degrees, tuple(sorted(Counter(map(label, graph)).items())))
        classes.setdefault(key, []).append(frozenset(graph))
    for graphs in classes.values():
        if len(graphs) > 1:
            reached = by_pair_swaps(graphs[0], directed=directed, label=label)
            if len(reached) < len(graphs):
                return sorted(graphs[0])
    return None


@pytest.mark.parametrize(("size", "kinds"), [(3, "AABB"), (4, "AABB"), (4, "AABC")])
def test_where_exchanges_between_equals_fall_short_excursions_do_not(size, kinds):
    n, directed = 4, True
    links = unreached(n, size, kinds, directed=directed)
    assert links is not None
    label = mixing_label(kinds, directed)
    possible = graphs_alike(n, links, directed=directed, label=label)
    assert by_pair_swaps(frozenset(links), directed=directed, label=label) < possible
    network = as_network(n, links, directed=directed, kind=list(kinds))
    found = visits(network, preserve=("kind",), trials=300, draws=1000, seed=3)
    assert_uniform(found, possible)


CLASSED = {
    "undirected": (6, [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (0, 5)], "AABABB", False),
    "three kinds": (6, [(0, 1), (0, 2), (1, 3), (2, 4), (3, 5), (1, 4)], "ABCABC", False),
    "directed": (5, [(0, 1), (1, 2), (2, 3), (3, 4), (4, 0), (0, 2)], "ABABA", True),
    "directed, three kinds": (5, [(0, 1), (1, 2), (2, 0), (3, 4), (4, 1), (0, 3)], "ABCAB", True),
}


@pytest.mark.parametrize("column", ["kind", "place"])
@pytest.mark.parametrize("name", CLASSED)
def test_graphs_with_the_same_mixing_are_equally_likely(name, column):
    n, links, classes, directed = CLASSED[name]
    possible = graphs_alike(n, links, directed=directed, label=mixing_label(classes, directed))
    network = as_network(n, links, directed=directed, **{column: list(classes)})
    draws = max(1000, 20 * len(possible))
    found = visits(network, preserve=(column,), trials=100, draws=draws, seed=4)
    assert_uniform(found, possible)


def test_a_graph_that_no_exchange_between_equals_moves_has_a_partner_that_excursions_find():
    # Six nodes of three kinds: of the two graphs with these degrees and this mixing neither has
    # two links whose ends of one kind can be exchanged.
    kinds = "AABBCC"
    links = [(0, 2), (0, 3), (0, 4), (1, 4), (2, 4), (2, 5)]
    label = mixing_label(kinds, False)
    possible = graphs_alike(6, links, label=label)
    assert len(possible) == 2
    assert by_pair_swaps(frozenset(links), label=label) == {frozenset(links)}
    network = as_network(6, links, kind=list(kinds))
    found = visits(network, preserve=("kind",), trials=1500, draws=500, seed=10)
    assert_uniform(found, possible)


def test_kind_and_place_together_are_kept_as_pairs():
    n, links, kinds, _ = CLASSED["undirected"]
    places = "PQPQPQ"
    both = [k + p for k, p in zip(kinds, places, strict=True)]
    possible = graphs_alike(
        n, links, label=lambda link: tuple(sorted((both[link[0]], both[link[1]])))
    )
    network = as_network(n, links, kind=list(kinds), place=list(places))
    found = visits(network, preserve=("kind", "place"), trials=100, draws=1000, seed=5)
    assert_uniform(found, possible)


# Places on a line: P 0, Q 111 km, R 445 km, S 556 km.
SITES = pd.DataFrame({"place": list("PQRS"), "lon": [0.0, 1.0, 4.0, 5.0], "lat": 0.0})
EDGES = [0.0, 50.0, 200.0, 400.0]


def zone_label(places: str, directed: bool):
    where = dict(zip(SITES["place"], SITES["lon"], strict=True))

    def label(link: Link) -> int:
        km = float(great_circle(where[places[link[0]]], 0, where[places[link[1]]], 0))
        return sum(km >= edge for edge in EDGES) if km <= EDGES[-1] else 0

    return label


@pytest.mark.parametrize("directed", [False, True])
def test_graphs_with_the_same_links_in_each_bin_are_equally_likely(directed):
    places = "PPQQRS" if not directed else "PQQRS"
    n = len(places)
    links = [(i, (i + 1) % n) for i in range(n)]
    links = links if directed else [(min(a, b), max(a, b)) for a, b in links]
    possible = graphs_alike(n, links, directed=directed, label=zone_label(places, directed))
    assert len(possible) > 3
    network = as_network(n, links, directed=directed, places=SITES, place=list(places))
    found = visits(network, preserve=("distance",), trials=100, draws=1000, seed=6, bins=EDGES)
    assert_uniform(found, possible)


def test_distance_and_kind_together():
    places, kinds = "PPQQRS", "AABABB"
    links = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (0, 5)]
    zone, mix = zone_label(places, False), mixing_label(kinds, False)
    possible = graphs_alike(6, links, label=lambda link: (zone(link), mix(link)))
    # Bins and mixing are kept each by itself, not their combinations.
    both = graphs_alike(6, links, label=zone) & graphs_alike(6, links, label=mix)
    assert possible <= both
    network = as_network(6, links, places=SITES, place=list(places), kind=list(kinds))
    options = {"preserve": ("kind", "distance"), "bins": EDGES}
    assert_uniform(visits(network, trials=100, draws=1000, seed=7, **options), both)


def test_expected_distance_is_a_soft_constraint_with_the_observed_mean():
    # Weighting each graph by exp(sum of levels) is an exponential family: of all graphs with these
    # degrees those with equal numbers of links in the bins are equally likely.
    places = "PPQQRS"
    links = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (0, 5)]
    network = as_network(6, links, places=SITES, place=list(places))
    found = visits(
        network, preserve=("distance_expected",), trials=60, draws=4000, seed=8, bins=EDGES
    )
    assert set(found) <= graphs_alike(6, links)
    label = zone_label(places, False)
    observed = Counter(map(label, links))
    means: Counter[int] = Counter()
    groups: dict[object, list[int]] = {}
    for graph, times in found.items():
        counts = Counter(map(label, graph))
        for zone, count in counts.items():
            means[zone] += count * times / 4000
        groups.setdefault(tuple(sorted(counts.items())), []).append(times)
    for zone in set(means) | set(observed):
        assert means[zone] == pytest.approx(observed[zone], abs=0.15)
    large = [times for times in groups.values() if len(times) > 1 and min(times) >= 5]
    assert large
    for times in large:
        assert stats.chisquare(times).pvalue > 1e-3


@pytest.mark.parametrize("transposed", [False, True])
def test_two_mode_tables_are_equally_likely(transposed):
    rows = [(0, 0), (0, 1), (1, 1), (1, 2), (2, 0), (2, 2), (2, 3)]
    sizes = (3, 4)
    if transposed:
        rows, sizes = [(b, a) for a, b in rows], (4, 3)
    cells = list(itertools.product(range(sizes[0]), range(sizes[1])))
    margins = [Counter(a for a, _ in rows), Counter(b for _, b in rows)]
    possible = {
        frozenset(table)
        for table in itertools.combinations(cells, len(rows))
        if [Counter(a for a, _ in table), Counter(b for _, b in table)] == margins
    }
    links = [(a, sizes[0] + b) for a, b in rows]
    kinds = ["firm"] * sizes[0] + ["park"] * sizes[1]
    network = as_network(7, links, kind=kinds)
    rng = np.random.default_rng(9)
    found: Counter[frozenset[Link]] = Counter()
    for _ in range(700):
        drawn = curveball(network, rng=rng).adjacency("links").tocoo()
        pairs = zip(drawn.row.tolist(), drawn.col.tolist(), strict=True)
        found[frozenset((a, b - sizes[0]) for a, b in pairs if a < b)] += 1
    assert_uniform(found, possible)
