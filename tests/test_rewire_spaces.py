"""`rewire` draws from the spaces of graphs of Fosdick and others (2018) with the right shares."""

from __future__ import annotations

import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st
from scipy import stats

import netinnov as ni
from netinnov.errors import InputError
from netinnov.null_models import Rewire, mixing, rewire
from realisations import Link
from strategies import Tables, bare, networks

SPACES = ("simple", "loopy", "multigraph", "loopy_multigraph")
LABELS = ("node", "stub")
slow = pytest.mark.slow
NODES = "abcdefgh"

# A network: its linked pairs (undirected: i <= j), each with its weight = number of links.
Network = frozenset[tuple[Link, float]]
# Undirected: the number of stubs of each node. Directed: all out-stubs, then all in-stubs.
Stubs = tuple[int, ...]


# -- the oracle: all networks with given stubs, and the number of stub pairings of each ------------


def allowed(link: Link, count: float, space: str) -> bool:
    return (link[0] != link[1] or "loopy" in space) and (count == 1 or "multigraph" in space)


def possible(stubs: Stubs, space: str, directed: bool = False) -> dict[Network, int]:
    """All networks of the space with these stubs: how many pairings of stubs make each."""
    n = len(stubs) // 2 if directed else len(stubs)
    cells = [(i, j) for i in range(n) for j in range(0 if directed else i, n)]

    def fill(at: int, stubs_left: Stubs) -> Iterator[tuple[tuple[Link, int], ...]]:
        if at == len(cells):
            yield from () if any(stubs_left) else ((),)
            return
        i, j = cells[at]
        if any(stubs_left[:i]):  # later cells take none of the stubs of earlier rows
            return
        left = list(stubs_left)
        for count in itertools.count():
            if min(left) < 0 or (count and not allowed((i, j), count, space)):
                return
            cell = (((i, j), count),) if count else ()
            yield from (cell + others for others in fill(at + 1, tuple(left)))
            left[i] -= 1
            left[n + j if directed else j] -= 1  # an undirected loop takes two of its node

    def pairings(network: Network) -> int:
        same = math.prod(
            math.factorial(count) * (2**count if i == j and not directed else 1)
            for (i, j), count in network
        )
        return math.prod(map(math.factorial, stubs)) // same

    return {network: pairings(network) for network in map(frozenset, fill(0, stubs))}


def shares(stubs: Stubs, space: str, labelled: str, directed: bool = False) -> dict[Network, float]:
    """The probability of each network."""
    ways = possible(stubs, space, directed)
    if labelled == "node":
        return dict.fromkeys(ways, 1 / len(ways))
    return {network: count / sum(ways.values()) for network, count in ways.items()}


def by_double_swaps(start: Network, space: str, directed: bool) -> set[Network]:
    """All networks that exchanges of two ends reach without leaving the space."""
    seen, todo = {start}, [start]
    while todo:
        links = sorted(pair for pair, count in todo.pop() for _ in range(count))
        for (a, b), (c, d) in set(itertools.combinations(links, 2)):
            for way in [((a, d), (c, b))] + ([] if directed else [((a, c), (b, d))]):
                after = Counter(links)
                after.subtract([(a, b), (c, d)])
                after.update(pair if directed else (min(pair), max(pair)) for pair in way)
                network = frozenset((+after).items())
                if network not in seen and all(allowed(*cell, space) for cell in network):
                    seen.add(network)
                    todo.append(network)
    return seen


def parts(stubs: Stubs, space: str, directed: bool = False) -> list[set[Network]]:
    """The space in the parts that double swaps connect."""
    left, found = set(possible(stubs, space, directed)), []
    while left:
        found.append(by_double_swaps(next(iter(left)), space, directed))
        assert found[-1] <= left
        left -= found[-1]
    return found


def sequences(n: int, most: int, directed: bool = False) -> list[Stubs]:
    """The stubs that n nodes, in one of their orders, may have: at most so many of a kind each."""
    ends = itertools.product(range(most + 1), repeat=1 + directed)
    several = itertools.combinations_with_replacement(ends, n)
    stubs = [tuple(itertools.chain(*zip(*nodes, strict=True))) for nodes in several]
    return [k for k in stubs if (sum(k[:n]) == sum(k[n:]) if directed else sum(k) % 2 == 0)]


COUNTED = [
    (False, (2, 2, 2), "simple", 1),  # the triangle
    (False, (2, 2, 2), "loopy", 2),  # and three loops
    (False, (2, 2, 2), "multigraph", 1),  # a double link would leave two stubs at one node
    (False, (2, 2, 2), "loopy_multigraph", 5),  # both, and 3 times a loop and a double link
    (False, (2, 2, 2, 2), "loopy", 8),  # 3 squares, 4 triangles with a loop, four loops
    (False, (2, 2, 2, 2), "multigraph", 6),  # 3 squares, 3 times two double links
    (False, (2, 2, 2, 2, 2, 2), "simple", 70),  # 60 hexagons, 10 pairs of triangles
    (True, (1, 1, 1, 1, 1, 1, 1, 1), "simple", 9),  # derangements
    (True, (1, 1, 1, 1, 1, 1, 1, 1), "loopy", 24),  # permutations
    (True, (2, 2, 2, 2, 2, 2, 2, 2), "loopy", 90),  # OEIS A001499
    (True, (2, 2, 2, 2, 2, 2), "multigraph", 3),  # 0, 1 or 2 links a>b leave no other choice
    (True, (2, 2, 2, 2, 2, 2), "loopy_multigraph", 21),  # stochastic matrices, OEIS A002817
    (True, (3, 3, 3, 3, 3, 3), "loopy_multigraph", 55),
]


@pytest.mark.parametrize(("directed", "stubs", "space", "count"), COUNTED)
def test_the_oracle_finds_as_many_networks_as_there_are(directed, stubs, space, count):
    assert len(possible(stubs, space, directed)) == count


def test_the_stub_pairings_of_all_networks_are_all_pairings():
    for stubs in sequences(4, 4):
        ways = possible(stubs, "loopy_multigraph")
        assert sum(ways.values()) == math.prod(range(sum(stubs) - 1, 0, -2))
    for stubs in sequences(3, 3, directed=True):
        ways = possible(stubs, "loopy_multigraph", directed=True)
        assert sum(ways.values()) == math.factorial(sum(stubs) // 2)


# -- shares ----------------------------------------------------------------------------------------


def drawn(
    start: Network, draws: int, *, directed: bool = False, seed: int, trials: float = 200, **options
) -> list[Network]:
    """Where chains from this network end; each draw is a layer, and layers move by themselves."""
    layers = [f"{k:05d}" for k in range(draws)]
    rows = [(NODES[i], NODES[j], weight) for (i, j), weight in sorted(start)]
    links = pd.DataFrame(rows * draws, columns=["source", "target", "weight"])
    links["layer"] = np.repeat(layers, len(rows))
    nodes = pd.DataFrame({"node": list(NODES)})
    network = ni.build_network(nodes, links, directed=layers if directed else ())
    table = rewire(network, rng=seed, trials=trials, **options).links
    found = defaultdict(list)
    columns = (table[column] for column in ("layer", "source", "target", "weight"))
    for layer, a, b, weight in zip(*columns, strict=True):
        found[layer].append(((NODES.index(a), NODES.index(b)), weight))
    return [frozenset(found[layer]) for layer in layers]


def assert_shares(start: Network, expected: Mapping[Network, float], **options) -> None:
    """Every expected network is reached, no other, as often as it should be (chi-square)."""
    draws = math.ceil(max(500, 8 / min(expected.values())))
    times = Counter(drawn(start, draws, **options))
    assert set(times) == set(expected)
    observed = [times[network] for network in expected]
    goal = [share * draws for share in expected.values()]
    assert stats.chisquare(observed, goal).pvalue > 1e-3


# In the fast tests the first of each only.
SEQUENCES = {
    (False, "simple"): [(3, 2, 2, 2, 3), (3, 2, 2, 2, 2, 1)],  # 7, 36 networks
    (False, "loopy"): [(3, 2, 1, 1, 1), (3, 2, 2, 2, 1), (4, 3, 3, 2, 2)],  # 13, 26, 42
    (False, "multigraph"): [(2, 2, 2, 2), (4, 3, 2, 2, 1), (4, 4, 3, 3)],  # 6, 15, 10
    (False, "loopy_multigraph"): [(4, 3, 2, 1), (6, 4, 2), (5, 3, 2, 2)],  # 16, 10, 31
    (True, "simple"): [(1, 1, 1, 1, 1, 1, 1, 1), (2, 2, 1, 1, 0, 1, 1, 1, 2, 1)],  # 9, 21
    (True, "loopy"): [(2, 1, 1, 1, 1, 2), (2, 2, 1, 1, 1, 1, 2, 2)],  # 5, 34
    (True, "multigraph"): [(2, 2, 1, 1, 1, 1, 2, 2), (2, 2, 2, 1, 1, 2, 2, 2)],  # 16, 22
    (True, "loopy_multigraph"): [(2, 2, 2, 2, 2, 2), (3, 2, 1, 1, 2, 3)],  # 21, 12
}


@pytest.mark.parametrize("labelled", LABELS)
@pytest.mark.parametrize(
    ("directed", "space", "stubs"),
    [
        pytest.param(*key, k, marks=[slow] if at else [])
        for key, ks in SEQUENCES.items()
        for at, k in enumerate(ks)
    ],
)
def test_networks_have_their_shares(directed, space, stubs, labelled):
    expected = shares(stubs, space, labelled, directed)
    rarest = min(expected, key=lambda network: (expected[network], sorted(network)))
    options = {"space": space, "labelled": labelled, "directed": directed}
    assert_shares(rarest, expected, seed=1, **options)


@pytest.mark.parametrize("labelled", LABELS)
@pytest.mark.parametrize("space", ["simple", "multigraph"])
def test_fixed_self_links_do_not_change_the_shares(space, labelled):
    loop = ((0, 0), 3)
    without = shares((2, 2, 2, 2), space, labelled)
    expected = {network | {loop}: share for network, share in without.items()}
    assert_shares(min(expected, key=sorted), expected, seed=2, space=space, labelled=labelled)


# All degrees on up to five nodes, none of them 0, whose loopy graphs double swaps do not connect;
# Nishimura (2018), J. Complex Networks 6, says which they are in general.
SPLIT = [
    *[(2, 2, 2), (2, 2, 2, 2), (3, 3, 3, 3), (3, 3, 3, 5), (1, 3, 3, 3, 6), (2, 2, 2, 2, 2)],
    *[(3, 3, 3, 3, 6), (4, 4, 4, 4, 4), (4, 4, 4, 4, 6), (4, 4, 4, 6, 6)],
]


@slow
def test_double_swaps_fall_short_in_these_loopy_spaces_only():
    for n in range(1, 6):
        found = [k for k in sequences(n, n + 1) if len(parts(k, "loopy")) > 1 and min(k)]
        assert found == [k for k in SPLIT if len(k) == n]


@pytest.mark.parametrize("labelled", LABELS)
@pytest.mark.parametrize("stubs", [*SPLIT[:2], *(pytest.param(k, marks=slow) for k in SPLIT[2:])])
def test_loopy_graphs_that_no_double_swap_leaves_have_their_shares(stubs, labelled):
    expected = shares(stubs, "loopy", labelled)
    alone = sorted(
        (next(iter(part)) for part in parts(stubs, "loopy") if len(part) == 1), key=sorted
    )
    assert alone
    # The one triangle (or three loops) among m links: picked once in some m**3 proposals.
    options = {"space": "loopy", "labelled": labelled, "trials": 10 * (sum(stubs) // 2) ** 2}
    for start in alone:
        assert_shares(start, expected, seed=3, **options)


@slow
def test_double_swaps_connect_the_other_spaces_but_for_directed_ones_without_self_links():
    for k in sequences(4, 5):
        for space in ("simple", "multigraph", "loopy_multigraph"):
            assert len(parts(k, space)) <= 1
    for k in sequences(3, 3, directed=True):
        for space in ("loopy", "loopy_multigraph"):
            assert len(parts(k, space, directed=True)) <= 1
        # Of two links between three nodes an exchange always makes a loop, or the same two links.
        assert all(len(part) == 1 for part in parts(k, "multigraph", directed=True))


ROUND = [
    ((1, 1, 1, 1, 1, 1), 2),  # a>b>c>a and its reversal
    ((2, 2, 3, 2, 3, 2), 3),
    pytest.param((2, 2, 2, 2, 2, 2), 3, marks=slow),  # each twice, and both once
    pytest.param((3, 3, 3, 3, 3, 3), 4, marks=slow),
    pytest.param((0, 2, 2, 2, 0, 2, 2, 2), 3, marks=slow),
]


@pytest.mark.parametrize("labelled", LABELS)
@pytest.mark.parametrize(("stubs", "count"), ROUND)
def test_directed_triangles_turn_round_in_a_multigraph(stubs, count, labelled):
    expected = shares(stubs, "multigraph", labelled, directed=True)
    assert len(expected) == count
    options = {"space": "multigraph", "labelled": labelled, "directed": True}
    for start in sorted(expected, key=sorted):
        assert_shares(start, expected, seed=4, **options)


@pytest.mark.parametrize("labelled", LABELS)
def test_a_single_pair_of_weight_two_becomes_two_loops_and_back(labelled):
    # Of the pairings of the stubs a, a, b, b two make the double link, one makes two loops.
    double, loops = frozenset([((0, 1), 2)]), frozenset([((0, 0), 1), ((1, 1), 1)])
    share = {"node": 1 / 2, "stub": 2 / 3}[labelled]
    for start in (double, loops):
        expected = {double: share, loops: 1 - share}
        assert_shares(start, expected, seed=5, space="loopy_multigraph", labelled=labelled)


@pytest.mark.parametrize(
    "space", ["loopy_multigraph", *(pytest.param(space, marks=slow) for space in SPACES[:3])]
)
def test_layers_move_by_themselves(space):
    start = min(possible((2, 2, 2, 2), space), key=sorted)
    there = np.array([network == start for network in drawn(start, 2000, seed=6, space=space)])
    table = pd.crosstab(there[:-1], there[1:])
    assert stats.chi2_contingency(table).pvalue > 1e-3


@pytest.mark.parametrize(
    ("start", "other", "directed"),
    [
        ([(0, 1), (0, 2)], [(0, 0), (1, 2)], False),
        ([(0, 1), (1, 0)], [(0, 0), (1, 1)], True),
        ([(0, 0), (1, 1), (2, 2)], [(0, 1), (0, 2), (1, 2)], False),
    ],
)
def test_in_the_loopy_space_each_order_of_the_weights_is_equally_likely(start, other, directed):
    orders = list(itertools.permutations([0.5, 1.5, 4.0][: len(start)]))
    states = [frozenset(zip(g, w, strict=True)) for g in (start, other) for w in orders]
    expected = dict.fromkeys(states, 1 / len(states))
    assert_shares(states[0], expected, seed=7, space="loopy", directed=directed)


@pytest.mark.parametrize("directed", [False, True])
def test_stub_labelled_multigraphs_with_loops_are_the_configuration_model(directed):
    out = np.array([9, 5, 4, 3, 3, 2, 1, 1])
    into = np.array([1, 3, 7, 2, 5, 2, 4, 4])
    stubs = np.repeat(list(NODES), out)
    ends = (stubs, np.repeat(list(NODES), into)) if directed else (stubs[::2], stubs[1::2])
    pairs = zip(*(map(NODES.index, names) for names in ends), strict=True)
    start = Counter(pair if directed else (min(pair), max(pair)) for pair in pairs)
    m = start.total()
    if directed:
        mean = np.outer(out, into) / m
    else:
        mean = np.outer(out, out) / (2 * m - 1)
        np.fill_diagonal(mean, out * (out - 1) / (2 * (2 * m - 1)))
    options = {"space": "loopy_multigraph", "labelled": "stub", "trials": 50, "seed": 8}
    found = np.zeros((1500, 8, 8))
    networks = drawn(frozenset(start.items()), len(found), directed=directed, **options)
    for matrix, network in zip(found, networks, strict=True):
        for (i, j), weight in network:
            matrix[i, j] = weight
            if not directed:
                matrix[j, i] = weight
    error = np.std(found, axis=0, ddof=1) / np.sqrt(len(found))
    assert (np.abs(np.mean(found, axis=0) - mean) <= 4 * error).all()


# -- whatever the network --------------------------------------------------------------------------


def stubs_of(network: ni.MultilayerNetwork, layer: str, space: str) -> list[np.ndarray]:
    links = network.adjacency(layer).toarray()
    if "multigraph" not in space:
        links = (links > 0).astype(float)
    if layer not in network.directed:  # a loop holds two stubs
        links += np.diag(np.diag(links))
    return [links.sum(axis=0), links.sum(axis=1)]


@given(networks(), st.sampled_from(SPACES), st.sampled_from(LABELS))
def test_stubs_and_what_else_the_space_keeps_stay(tables: Tables, space, labelled):
    tables = tables._replace(links=tables.links.assign(weight=np.ceil(tables.links["weight"])))
    network = ni.build_network(*tables)
    options = {"space": space, "labelled": labelled, "rng": 1}
    rewired = rewire(network, **options)
    assert network.equals(ni.build_network(*tables))
    assert rewire(network, **options).equals(rewired)
    assert rewired.nodes.equals(network.nodes)
    assert rewired.places.equals(network.places)
    assert (rewired.layers, rewired.directed) == (network.layers, network.directed)
    assert not rewired.links.duplicated(["layer", "source", "target"]).any()
    for layer in network.layers:
        old, new = (stubs_of(of, layer, space) for of in (network, rewired))
        np.testing.assert_array_equal(old, new)
        if "loopy" not in space:
            loops = [of.adjacency(layer).diagonal() for of in (network, rewired)]
            np.testing.assert_array_equal(*loops)
    if "multigraph" in space:
        assert (rewired.links["weight"] % 1 == 0).all()
    else:
        summed = ni.build_network(*tables._replace(links=tables.links.drop(columns="period")))
        old, new = (of.links.value_counts(["layer", "weight"]) for of in (summed, rewired))
        assert old.to_dict() == new.to_dict()


@pytest.fixture(scope="module")
def city() -> ni.MultilayerNetwork:
    """60 nodes, 200 links of weights 1 to 3 and some loops in each layer; y is directed."""
    rng = np.random.default_rng(9)
    ends = rng.integers(0, 60, (2, 600)).astype(str)
    layers, weights = np.repeat(["x", "y", "z"], 200), rng.integers(1, 4, 600)
    table = {"source": ends[0], "target": ends[1], "layer": layers, "weight": weights}
    nodes = pd.DataFrame({"node": np.arange(60).astype(str)})
    return ni.build_network(nodes, pd.DataFrame(table), directed=["y"])


@pytest.mark.parametrize("labelled", LABELS)
@pytest.mark.parametrize("space", SPACES)
def test_the_same_rng_gives_the_same_network_whatever_the_threads(
    space, labelled, city, monkeypatch
):
    options = {"space": space, "labelled": labelled}
    first = rewire(city, rng=10, **options)
    assert not rewire(city, rng=11, **options).equals(first)
    monkeypatch.setattr("netinnov._parallel._WORTH_THREADS", 1)
    assert rewire(city, rng=10, **options).equals(first)


def test_simple_and_node_labelled_are_the_defaults(city):
    assert rewire(city, rng=1, space="simple", labelled="node").equals(rewire(city, rng=1))


@pytest.mark.parametrize(
    ("space", "labelled"), [*((space, "node") for space in SPACES), ("loopy_multigraph", "stub")]
)
def test_mixing_reports_on_the_chains_of_the_space(space, labelled, city):
    found = mixing(city, null=Rewire(space=space, labelled=labelled), rng=12)
    assert list(found.acceptance.index) == ["x", "y", "z"]
    assert ((found.acceptance > 0) & (found.acceptance <= 1)).all()
    assert (found.overlap.iloc[0] == 1).all()
    assert (found.overlap.ffill().iloc[-1] < 0.5).all()


@pytest.mark.parametrize("space", SPACES)
def test_layers_not_named_and_layers_of_one_link_stay(space):
    square = [(a, b, 1.0) for a, b in ("ab", "bc", "cd", "ad")]
    other = [("a", "b", 1.5), ("c", "d", 2.5), ("d", "d", 0.5)]
    layers = {"alone": [("a", "b", 1.0)], "other": other, "square": square}
    network = ni.build_network(*bare(layers, "abcd", directed=["other"]))
    rng = np.random.default_rng(13)
    found = [rewire(network, layers=["alone", "square"], space=space, rng=rng) for _ in range(20)]
    kept = network.select(layers=["alone", "other"])
    assert all(rewired.select(layers=["alone", "other"]).equals(kept) for rewired in found)
    assert not all(rewired.equals(network) for rewired in found)


# -- errors ----------------------------------------------------------------------------------------

WRONG = [
    ({"space": "pseudograph"}, ["space", *map(repr, SPACES)]),
    ({"labelled": "edge"}, ["labelled", *map(repr, LABELS)]),
    ({"space": "loopy", "preserve": ("kind",)}, ["space", "degree"]),
    ({"space": "multigraph", "preserve": ("strength",)}, ["space", "degree"]),
    ({"space": "loopy_multigraph", "preserve": ("degree", "distance")}, ["space", "degree"]),
]


def mixed(network, **options):
    return mixing(network, null=Rewire(**options))


@pytest.mark.parametrize("function", [rewire, mixed])
@pytest.mark.parametrize(("options", "words"), WRONG)
def test_wrong_options_say_what_is_right(function, options, words, city):
    with pytest.raises(InputError) as error:
        function(city, **options)
    assert [word for word in words if word not in str(error.value)] == []


@pytest.mark.parametrize("function", [rewire, mixed])
@pytest.mark.parametrize("space", ["multigraph", "loopy_multigraph"])
def test_parallel_links_need_whole_weights_in_the_layers_rewired(function, space):
    links = [("a", "b", 1.5), ("b", "c", 1.5), ("c", "d", 1.0)]
    whole = [("a", "b", 2.0), ("c", "d", 1.0)]
    network = ni.build_network(*bare({"flow": links, "coop": whole}, "abcd"))
    with pytest.raises(InputError, match=r"(?s)whole.*'flow'|'flow'.*whole") as error:
        function(network, space=space)
    assert "1.5" in str(error.value) or " 2 " in f" {error.value} "
    function(network, space=space, layers=["coop"])
