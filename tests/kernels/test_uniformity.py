"""Chains of `rewire` and `curveball` reach all graphs that they should, each equally often."""

import itertools
from collections import Counter

import pytest
from scipy import stats

from realisations import as_network, assert_uniform, by_pair_swaps, graphs_alike, visits
from state_spaces import EDGES, HIDDEN, SITES, SPACES, TABLES, zone_label

pytestmark = pytest.mark.slow  # thousands of draws

COUNTS = {
    "32223": 7,
    "two separate links": 3,
    "path": 7,
    "cycle of six": 70,
    "star: nothing can move": 1,
    "cycle of three": 2,
    "igraph 1456": 2,
    "regular on four": 9,
    "6 AABBCC": 2,
}


@pytest.mark.parametrize("name", SPACES)
def test_graphs_with_what_is_preserved_are_equally_likely(name):
    space = SPACES[name]
    possible = space.graphs()
    assert COUNTS.get(name, len(possible)) == len(possible)
    assert space.draws >= 20 * len(possible)
    assert_uniform(space.visits(seed=1), possible)


@pytest.mark.parametrize("name", TABLES)
def test_two_mode_tables_are_equally_likely(name):
    table = TABLES[name]
    assert_uniform(table.visits(seed=9), table.graphs())


@pytest.mark.parametrize("name", HIDDEN)
def test_exchanges_between_equals_fall_short_of_what_excursions_reach(name):
    space = SPACES[name]
    (label,) = space.labels()
    reached = by_pair_swaps(frozenset(space.links), directed=space.directed, label=label)
    assert reached < space.graphs()


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
    label = zone_label(places)
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
