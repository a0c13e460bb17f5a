"""Comparison, consensus and stability of partitions."""

from concurrent.futures import ThreadPoolExecutor
from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

import netinnov as ni
from netinnov.community import Partition, compare_partitions, consensus, stability
from netinnov.experiments import ResampledLinks
from strategies import bare

FIELDS = ("nmi", "ami", "ari", "vi")

labellings = st.integers(2, 30).flatmap(
    lambda n: st.tuples(*[st.lists(st.integers(0, 4), min_size=n, max_size=n)] * 2)
)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ([0, 0, 0], ["x", "x", "x"], (1, 1, 1, 0)),
        ([0, 1, 2], [5, 3, 4], (1, 1, 1, 0)),
        ([0, 0, 0], [0, 1, 2], (0, 0, 0, np.log(3))),
        ([7], [8], (1, 1, 1, 0)),
        ([None, 1], [2, np.nan], (np.nan,) * 4),
        ([], [], (np.nan,) * 4),
    ],
)
def test_extreme_partitions(a: list, b: list, expected: tuple[float, ...]) -> None:
    one, other = (pd.Series(x, [f"n{k}" for k in range(len(x))], dtype=object) for x in (a, b))
    found = compare_partitions(one, other)
    np.testing.assert_allclose([getattr(found, name) for name in FIELDS], expected, atol=1e-15)


@given(pair=labellings)
def test_comparison_is_that_of_igraph(pair: tuple[list[int], list[int]]) -> None:
    igraph = pytest.importorskip("igraph")
    found = compare_partitions(*map(pd.Series, pair))
    pair = tuple(np.unique(labels, return_inverse=True)[1].tolist() for labels in pair)
    for name, method in {"nmi": "nmi", "vi": "vi", "ari": "adjusted_rand"}.items():
        expected = igraph.compare_communities(*pair, method=method)
        if not np.isnan(expected):  # igraph: of two trivial partitions
            assert getattr(found, name) == pytest.approx(expected, abs=1e-12)


@given(pair=st.tuples(*[st.lists(st.integers(0, 3), min_size=5, max_size=5)] * 2))
def test_ami_subtracts_the_mean_over_all_permutations(pair: tuple[list[int], list[int]]) -> None:
    one, other = map(np.array, pair)
    found = compare_partitions(pd.Series(one), pd.Series(other))

    def entropy(codes: np.ndarray) -> float:
        share = np.unique(codes, return_counts=True)[1] / len(codes)
        return float(-(share * np.log(share)).sum())

    def shared(a: np.ndarray, b: np.ndarray) -> float:
        return entropy(a) + entropy(b) - entropy(a * 10 + b)

    expected = np.mean([shared(one, np.array(mixed)) for mixed in permutations(other)])
    mean = (entropy(one) + entropy(other)) / 2
    if mean - expected > 1e-9:
        adjusted = (shared(one, other) - expected) / (mean - expected)
        assert found.ami == pytest.approx(adjusted, abs=1e-9)
    else:
        assert found.ami == 1.0


def test_ami_of_scikit_learn() -> None:
    # scikit-learn 1.9.1, adjusted_mutual_info_score, of i mod 7 and i^2 mod 5 for i < 1000.
    i = np.arange(1000)
    found = compare_partitions(pd.Series(i % 7), pd.Series(i**2 % 5))
    assert found.ami == pytest.approx(-0.003999778728849507, abs=1e-12)
    # Thousands of groups: i^2 mod 3001 and i^3 mod 4001 for i < 20000.
    i = np.arange(20000)
    found = compare_partitions(pd.Series(i**2 % 3001), pd.Series(i**3 % 4001))
    assert found.ami == pytest.approx(-0.0003856266684998313, abs=1e-9)


@given(pair=labellings, seed=st.integers(0, 99))
def test_names_and_order_do_not_matter(pair: tuple[list[int], list[int]], seed: int) -> None:
    a, b = (pd.Series(x, [f"n{k}" for k in range(len(x))]) for x in pair)
    found = compare_partitions(a, b)
    shuffled = b.sample(frac=1, random_state=seed).map(lambda label: f"group {label}")
    again = compare_partitions(shuffled, a.to_dict())
    for name in FIELDS:
        assert getattr(again, name) == pytest.approx(getattr(found, name), abs=1e-12)
    same = compare_partitions(b, shuffled)
    assert (same.nmi, same.ami, same.ari, same.vi) == (1, 1, 1, 0)


def test_states_without_a_label_are_left_out() -> None:
    a = pd.DataFrame({"x": [0, 0, 1], "y": [0, np.nan, 1]}, list("abc"))
    b = pd.DataFrame({"y": [5, 6, 7.0], "x": [5, 5, np.nan]}, list("abc"))
    found = compare_partitions(a, Partition(b, 0.0))
    assert (found.n, found.nmi, found.vi) == (4, 1.0, 0.0)
    # One label a node stands for the node in every layer.
    assert compare_partitions(a, {"a": 0, "b": 0, "c": 1}).n == 5
    assert compare_partitions(pd.Series([0, 0, 1], list("abc")), a).nmi == 1.0


@pytest.mark.parametrize(
    ("a", "b", "words"),
    [
        ({"a": 0, "b": 0}, {"a": 0, "c": 0}, r"the same nodes; 2 are in one.*\['b', 'c'\]"),
        (pd.DataFrame({"x": [0]}), pd.DataFrame({"y": [0]}), "the same layers"),
        (pd.Series([0, 1], ["a", "a"]), {"a": 0}, "`a` must name each node once"),
        ({"a": 0}, [0], "`b` must be a Series, mapping or Partition"),
    ],
)
def test_what_cannot_be_compared_is_refused(a: object, b: object, words: str) -> None:
    with pytest.raises(ni.errors.InputError, match=words):
        compare_partitions(a, b)


def test_consensus_follows_the_majority() -> None:
    rng = np.random.default_rng(0)
    true = np.repeat(np.arange(5), 20)
    noisy = [
        pd.Series(np.where(rng.random(100) < 0.3, rng.integers(5, size=100), true))
        for _ in range(40)
    ]
    found = consensus(noisy, rng=1)
    assert compare_partitions(found, pd.Series(true)).nmi == 1.0
    assert found.quality < 0.9


def test_first_round_is_the_modularity_of_the_co_assignment_graph() -> None:
    # Merging what is always together must not change what Leiden sees: igraph on the full graph.
    igraph = pytest.importorskip("igraph")
    rng = np.random.default_rng(2)
    true = np.repeat(np.arange(4), 10)
    given = [np.where(rng.random(40) < 0.25, rng.integers(4, size=40), true) for _ in range(9)]
    share = np.mean([one[:, None] == one for one in given], axis=0)
    share[share <= 0.5] = 0
    np.fill_diagonal(share, 0)
    graph = igraph.Graph.Weighted_Adjacency(share, mode="max")
    found = consensus([pd.Series(one) for one in given], rng=1)
    own = graph.modularity(found.membership.astype(int).tolist(), weights="weight")
    other = graph.community_leiden("modularity", weights="weight", n_iterations=-1)
    assert own == pytest.approx(other.modularity, abs=1e-9)


def test_a_node_that_is_with_nobody_keeps_its_best_companion() -> None:
    # c is with a, b in one of three and with d, e in none: below 1/2, but its largest share.
    given = [
        {"a": 0, "b": 0, "c": 0, "d": 1, "e": 1},
        {"a": 0, "b": 0, "c": 2, "d": 1, "e": 1},
        {"a": 0, "b": 0, "c": 3, "d": 1, "e": 1},
    ]
    assert consensus(given, rng=0).membership.tolist() == [0, 0, 0, 1, 1]


def test_consensus_of_tables_and_missing_labels() -> None:
    a = pd.DataFrame({"x": [0, 0, 1], "y": [0, np.nan, 1]}, list("abc"))
    b = pd.DataFrame({"x": [3, 3, 1], "y": [3, np.nan, 1]}, list("abc"))
    found = consensus([a, Partition(b, 0.0), b], rng=0)
    expected = pd.DataFrame({"x": [0.0, 0, 1], "y": [0, np.nan, 1]}, list("abc"))
    pd.testing.assert_frame_equal(found.membership, expected)
    # Without a label in one of two, d is with a in half of them.
    found = consensus([{"a": 0, "b": 1, "d": 0}, {"a": 0, "b": 1, "d": None}], rng=0)
    assert found.membership.tolist() == [0, 1, 0]


@pytest.mark.parametrize("given", [[], pd.Series([0, 1]), Partition(pd.Series([0]), 0.0)])
def test_consensus_needs_a_sequence_of_partitions(given: object) -> None:
    with pytest.raises(ni.errors.InputError, match="a sequence of at least one partition"):
        consensus(given)


@pytest.fixture
def cliques() -> ni.MultilayerNetwork:
    links = [("a", "b"), ("a", "c"), ("b", "c"), ("d", "e"), ("d", "f"), ("e", "f"), ("c", "d")]
    heavy = [(i, j, 20.0) for i, j in links[:6]]
    return ni.build_network(*bare({"x": heavy, "y": [*heavy, ("c", "d", 1.0)]}, "abcdefg"))


def test_stable_communities(cliques: ni.MultilayerNetwork) -> None:
    found = stability(cliques, runs=4, rng=0)
    assert found.agreement == 1.0
    np.testing.assert_array_equal(found.nodes, [1.0] * 6 + [np.nan])
    assert len(found.partitions) == 4
    assert found.to_frame().columns.tolist() == ["node", "stability"]
    assert consensus(found.partitions).n_communities == 2


def alternating(network: ni.MultilayerNetwork, rng: np.random.Generator) -> Partition:
    """One of two partitions, by chance: c is with a, b or with d, e."""
    labels = [0, 0, int(rng.integers(2)), 1, 1]
    return Partition(pd.Series(labels, network.nodes.index, dtype=float), 0.0)


def test_numbers_of_nodes_by_hand() -> None:
    # Runs that differ: a: {a, b} and {a, b, c}: 2/3; c: {a, b, c} and {c, d, e}: 1/3; else 1.
    network = ni.build_network(*bare({"x": [("a", "b")]}, "abcde"))
    found = stability(network, find=alternating, runs=6, rng=1)
    moved = np.array([one.membership["c"] for one in found.partitions])
    differ = np.mean([x != y for k, x in enumerate(moved) for y in moved[k + 1 :]])
    assert 0 < differ < 1
    expected = [1 - differ / 3] * 2 + [1 - 2 * differ / 3] + [1 - differ / 3] * 2
    np.testing.assert_allclose(found.nodes, expected, rtol=1e-13)
    two = [pd.Series([0, 0, c, 1, 1]) for c in (0, 1)]
    chance = compare_partitions(*two).ami
    assert found.agreement == pytest.approx(1 - differ + differ * chance, rel=1e-12)


def test_executors_give_the_same_result(cliques: ni.MultilayerNetwork) -> None:
    options = {"resample": ResampledLinks(), "runs": 4, "rng": 6, "progress": False}
    expected = stability(cliques, **options, executor=1)
    with ThreadPoolExecutor(2) as threads:
        found = stability(cliques, **options, executor=threads)
    pd.testing.assert_series_equal(found.nodes, expected.nodes)
    assert found.agreement == expected.agreement


def test_wrong_options_of_stability(cliques: ni.MultilayerNetwork) -> None:
    with pytest.raises(ni.errors.InputError, match="`resample` must be a function"):
        stability(cliques, resample="events")
    with pytest.raises(ni.errors.InputError, match="must return a Partition; found float"):
        stability(cliques, find=lambda network, rng: 1.0, runs=2)
