"""Gould-Fernandez brokerage against hand values and an enumeration of all triples."""

from itertools import permutations, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

import netinnov as ni
from netinnov import centrality
from netinnov.kernels.brokerage import SEARCH
from strategies import Tables, bare, dense, networks

KINDS = ["coordinator", "itinerant", "gatekeeper", "representative", "liaison"]


def linked(tables: Tables) -> np.ndarray:
    """Whether there is a link from one node to another in any layer."""
    n = len(tables.nodes)
    total = sum(dense(tables).values(), np.zeros((n, n)))
    return (total > 0) & ~np.eye(n, dtype=bool)


def kind(a: object, v: object, b: object) -> str:
    """The five cases in the words of Gould and Fernandez."""
    if a == v == b:
        return "coordinator"
    if a == b:
        return "itinerant"
    if v == b:
        return "gatekeeper"
    return "representative" if a == v else "liaison"


def enumerated(tables: Tables, groups: list[object]) -> pd.DataFrame:
    link = linked(tables)
    counts = pd.DataFrame(0, index=range(len(groups)), columns=KINDS)
    for a, v, b in permutations(range(len(groups)), 3):
        if link[a, v] and link[v, b] and not link[a, b]:
            counts.loc[v, kind(groups[a], groups[v], groups[b])] += 1
    return counts


@pytest.mark.parametrize(
    ("groups", "expected"), [("AAA", 0), ("ABA", 1), ("ABB", 2), ("AAB", 3), ("ABC", 4)]
)
def test_each_kind_by_its_groups(groups: str, expected: int) -> None:
    # a > v > b and nothing else.
    tables = bare({"l": [("a", "v"), ("v", "b")]}, "avb", directed=["l"], place=list(groups))
    found = centrality.brokerage(ni.build_network(*tables))
    assert list(found.columns) == KINDS
    assert found.loc["v"].tolist() == [int(k == expected) for k in range(5)]
    assert not found.loc[["a", "b"]].to_numpy().any()


def test_groups_from_columns_mappings_and_series(small: ni.MultilayerNetwork) -> None:
    by_place = centrality.brokerage(small)
    places = small.nodes["place"]
    pd.testing.assert_frame_equal(centrality.brokerage(small, groups="place"), by_place)
    pd.testing.assert_frame_equal(centrality.brokerage(small, groups=places), by_place)
    pd.testing.assert_frame_equal(centrality.brokerage(small, groups=places.to_dict()), by_place)
    # b stands in P and belongs to Q; flows and undirected ties together: a > c > d and b > c > d.
    jurisdictions = centrality.brokerage(small, groups="jurisdiction")
    assert by_place.loc["c"].tolist() == [0, 0, 2, 0, 0]
    assert jurisdictions.loc["c"].tolist() == [1, 0, 1, 0, 0]
    sizes = centrality.brokerage(small, groups={"a": 1, "b": 1, "c": 2.5, "d": 1})
    assert sizes.loc["c"].tolist() == [0, 2, 0, 0, 0]


def test_two_groups_for_one_node_are_refused() -> None:
    network = ni.build_network(*bare({"l": [("1", "2"), ("2", "3")]}, "123"))
    groups = pd.Series(["A", "A", "B", "B"], index=["1", "2", "3", 1])
    with pytest.raises(ValueError, match=r"must name each node once; found twice: \['1'\]"):
        centrality.brokerage(network, groups=groups)


def test_a_linked_node_without_a_group_is_named() -> None:
    tables = bare({"l": [("a", "b"), ("b", "c")]}, "abcd", kind=["firm", None, "firm", None])
    network = ni.build_network(*tables)
    with pytest.raises(ValueError, match=r"1 have none in `groups`, e\.g\. \['b'\]"):
        centrality.brokerage(network, groups="kind")
    with pytest.raises(ValueError, match=r"2 have none in `groups`, e\.g\. \['a', 'c'\]"):
        centrality.brokerage(network, groups={"b": "x"})
    mended = ni.build_network(
        *tables._replace(nodes=tables.nodes.assign(kind=["x", "x", "x", None]))
    )
    assert centrality.brokerage(mended, groups="kind").loc["d"].tolist() == [0] * 5


def test_groups_must_be_a_column_or_a_mapping() -> None:
    network = ni.build_network(*bare({"l": [("a", "b")]}, "ab", place=["P", "Q"]))
    with pytest.raises(ValueError, match="did you mean 'jurisdiction'"):
        centrality.brokerage(network, groups="juridiction")
    with pytest.raises(ValueError, match="a mapping from node to group; found list"):
        centrality.brokerage(network, groups=["P", "Q"])


@given(networks(missing=False), st.sampled_from(["place", "jurisdiction", "kind"]))
def test_counts_agree_with_an_enumeration(tables: Tables, groups: str) -> None:
    network = ni.build_network(*tables)
    found = centrality.brokerage(network, groups=groups)
    expected = enumerated(tables, network.nodes[groups].tolist())
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("directed", [False, True])
def test_hubs_with_many_more_links_than_their_neighbours(directed: bool) -> None:
    # Rows long enough that the kernel searches in them instead of reading them.
    n = 30 * SEARCH
    rng = np.random.default_rng(2)
    link = rng.random((n, n)) < 1.5 / n
    link[0] |= rng.random(n) < 0.9
    link[:, 1] |= rng.random(n) < 0.9
    np.fill_diagonal(link, False)
    rows = [(str(i), str(j)) for i, j in zip(*np.nonzero(link), strict=True)]
    groups = rng.integers(0, 3, n)
    tables = bare({"l": rows}, [str(i) for i in range(n)], directed=["l"] if directed else [])
    if not directed:
        link |= link.T
    expected = np.zeros((n, 5), int)
    a, v, b = np.array(list(product(range(3), repeat=3))).T
    for x, y, z in zip(a, v, b, strict=True):
        # Matrix products count two-paths between the three groups; open ones have no direct link.
        out = link[np.ix_(groups == y, groups == z)].astype(float)
        into = link[np.ix_(groups == x, groups == y)].astype(float)
        open_pair = ~link & ~np.eye(n, dtype=bool)
        pairs = open_pair[np.ix_(groups == x, groups == z)].astype(float)
        counts = np.einsum("av,vb,ab->v", into, out, pairs, optimize=True)
        expected[groups == y, KINDS.index(kind(x, y, z))] += counts.astype(int)
    found = centrality.brokerage(
        ni.build_network(*tables), groups={str(i): int(g) for i, g in enumerate(groups)}
    )
    np.testing.assert_array_equal(found, expected)
