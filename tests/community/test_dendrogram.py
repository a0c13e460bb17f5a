"""Hierarchical communities against a plain loop over all pairs, and cuts by hand."""

import sys
from itertools import combinations

import networkx as nx
import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov.community import hierarchical_communities, two_mode_communities
from netinnov.errors import InputError
from netinnov.io import from_networkx
from strategies import bare


def nearest_first(weights: np.ndarray) -> list[tuple[frozenset[int], float]]:
    """What each merge makes, and its height, by the definition."""
    chance = weights / weights.sum()
    groups = [frozenset([i]) for i in range(len(weights))]
    made = []
    while len(groups) > 1:
        heights = {}
        for a, b in combinations(groups, 2):
            joined = 2 * chance[np.ix_(list(a), list(b))].sum()
            ends = chance[list(a)].sum() * chance[list(b)].sum()
            heights[a, b] = 2 * ends / joined if joined else np.inf
        (a, b), height = min(heights.items(), key=lambda item: item[1])
        groups = [group for group in groups if group not in (a, b)] + [a | b]
        made.append((a | b, height))
    return made


def random_graph(seed: int, n: int = 14) -> nx.Graph:
    graph = nx.gnp_random_graph(n, 0.4, seed=seed)
    rng = np.random.default_rng(seed)
    for u, v in graph.edges:
        graph[u][v]["weight"] = rng.lognormal()
    return graph


@pytest.mark.parametrize("seed", range(2))
def test_merges_are_those_of_the_definition(seed: int) -> None:
    graph = random_graph(seed)
    assert nx.is_connected(graph)
    tree = hierarchical_communities(from_networkx(graph))
    members = [frozenset([i]) for i in range(len(graph))]
    made = []
    for first, second, height, _ in tree.merges.to_numpy():
        members.append(members[int(first)] | members[int(second)])
        made.append((members[-1], height))
    expected = nearest_first(nx.to_numpy_array(graph))
    assert [group for group, _ in made] == [group for group, _ in expected]
    np.testing.assert_allclose([h for _, h in made], [h for _, h in expected], rtol=1e-5)
    frame = tree.to_frame()
    assert frame.columns.tolist() == ["first", "second", "height", "n_nodes"]
    assert frame["n_nodes"].tolist() == [len(group) for group, _ in made]


def test_cuts_of_parts_within_parts() -> None:
    # Two pairs of triangles: pairs joined by a link, nothing between the pairs; z is alone.
    rows = []
    for triangle in ("abc", "def", "ghi", "jkl"):
        rows += [(u, v, 1.0) for u, v in combinations(triangle, 2)]
    rows += [("a", "d", 0.1), ("g", "j", 0.1)]
    network = ni.build_network(*bare({"l": rows}, list("zlkjihgfedcba")))
    tree = hierarchical_communities(network)
    two, four = tree.cut(2), tree.cut(4)
    assert two.index.tolist() == four.index.tolist() == list("zlkjihgfedcba")
    assert two.tolist()[1:] == [0.0] * 6 + [1.0] * 6
    assert four.tolist()[1:] == [0.0] * 3 + [1.0] * 3 + [2.0] * 3 + [3.0] * 3
    assert np.isnan(two["z"])
    assert tree.cut(12).nunique() == 12
    assert tree.cut(4.0).equals(four)
    for wrong in (1, 13):
        with pytest.raises(InputError, match=r"must be from 2 .* to 12"):
            tree.cut(wrong)


def test_layers_are_summed_and_direction_and_self_links_ignored() -> None:
    rows = [("a", "b", 2.0), ("b", "c", 1.0), ("c", "d", 3.0)]
    plain = hierarchical_communities(ni.build_network(*bare({"l": rows}, list("abcd"))))
    layers = {"x": [("b", "a", 2.0), ("b", "b", 9.0)], "y": [("b", "c", 1.0), ("c", "d", 3.0)]}
    network = ni.build_network(*bare(layers, list("abcd"), directed=["x", "y"]))
    np.testing.assert_allclose(hierarchical_communities(network).merges, plain.merges)


def test_nothing_is_found_where_there_are_no_links() -> None:
    network = ni.build_network(*bare({"l": [("a", "a", 1.0)]}, list("ab")))
    tree = hierarchical_communities(network)
    assert tree.to_frame().empty
    with pytest.raises(InputError, match=r"from 1 .* to 0"):
        tree.cut(1)


def test_weights_beyond_single_precision_are_refused() -> None:
    rows = [("a", "b", 1e300), ("b", "c", 1e-300), ("c", "d", 1e-300)]
    network = ni.build_network(*bare({"l": rows}, list("abcd")))
    with pytest.raises(InputError, match=r"single precision.* at least 1e-15"):
        hierarchical_communities(network)


@pytest.mark.parametrize("function", [hierarchical_communities, two_mode_communities])
def test_without_scikit_network_the_message_says_where_it_is(function, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "sknetwork", None)
    monkeypatch.setitem(sys.modules, "sknetwork.clustering", None)
    monkeypatch.setitem(sys.modules, "sknetwork.hierarchy", None)
    nodes = pd.DataFrame({"kind": ["firm", "park"]}, index=list("ab"))
    network = ni.build_network(nodes, pd.DataFrame({"source": ["a"], "target": ["b"]}))
    options = {"layer": "links"} if function is two_mode_communities else {}
    with pytest.raises(ImportError, match=r"needs sknetwork.*no wheels for Python 3\.14"):
        function(network, **options)
