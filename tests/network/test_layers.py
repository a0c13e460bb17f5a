"""Overlap and correlation of layers, and overlap of links: by hand, sets and scipy."""

import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy import stats

import netinnov as ni
from netinnov import centrality
from strategies import Tables, bare, dense, networks


def test_a_layer_of_self_links_only_has_nothing_to_share() -> None:
    network = ni.build_network(*bare({"x": [("a", "b")], "y": [("a", "a")]}, "ab"))
    for of in ("links", "nodes"):
        found = centrality.layer_overlap(network, of=of)
        np.testing.assert_array_equal(found, [[1, 0], [0, np.nan]])
        found = centrality.layer_overlap(network, of=of, method="coverage")
        np.testing.assert_array_equal(found, [[1, 0], [np.nan, np.nan]])


@given(networks())
def test_overlaps_agree_with_sets(tables: Tables) -> None:
    network = ni.build_network(*tables)
    matrices = dense(tables)
    links = {
        layer: {(i, j) for i, j in zip(*np.nonzero(matrix), strict=True) if i != j}
        for layer, matrix in matrices.items()
    }
    nodes = {layer: {i for pair in pairs for i in pair} for layer, pairs in links.items()}
    for of, sets in {"links": links, "nodes": nodes}.items():
        jaccard = centrality.layer_overlap(network, of=of)
        coverage = centrality.layer_overlap(network, of=of, method="coverage")
        for x, one in sets.items():
            for y, other in sets.items():
                both, any_ = len(one & other), len(one | other)
                assert jaccard.loc[x, y] == pytest.approx(
                    both / any_ if any_ else np.nan, nan_ok=True
                )
                assert coverage.loc[x, y] == pytest.approx(
                    both / len(one) if one else np.nan, nan_ok=True
                )
    ids = tables.nodes["node"].tolist()
    count: dict[tuple[str, str], int] = {}
    for pairs in links.values():
        for i, j in pairs:
            if tables.directed or i < j:
                count[ids[i], ids[j]] = count.get((ids[i], ids[j]), 0) + 1
    assert centrality.edge_overlap(network).to_dict() == count


@given(
    networks(min_links=1),
    st.sampled_from(["pearson", "spearman"]),
    st.sampled_from(["linked", "all"]),
)
def test_correlation_agrees_with_scipy(tables: Tables, method: str, presence: str) -> None:
    network = ni.build_network(*tables)
    found = centrality.layer_correlation(network, method=method, presence=presence)
    degrees = centrality.degree(network)
    peer = {"pearson": stats.pearsonr, "spearman": stats.spearmanr}[method]
    for x in network.layers:
        for y in network.layers:
            a, b = degrees[x], degrees[y]
            if presence == "linked":
                a, b = (
                    a[(degrees[x] > 0) & (degrees[y] > 0)],
                    b[(degrees[x] > 0) & (degrees[y] > 0)],
                )
            undefined = len(a) < 2 or a.nunique() == 1 or b.nunique() == 1
            expected = np.nan if undefined else peer(a, b).statistic
            assert found.loc[x, y] == pytest.approx(expected, abs=1e-12, nan_ok=True)


def test_correlation_is_nan_for_one_node_or_equal_degrees() -> None:
    layers = {"x": [("a", "b"), ("b", "c")], "y": [("a", "d")], "z": [("a", "b"), ("c", "d")]}
    found = centrality.layer_correlation(ni.build_network(*bare(layers, "abcd")))
    assert np.isnan(found.loc["x", "y"])  # a alone is in both
    assert np.isnan(found.loc["x", "z"])  # degrees in z are all 1
    assert found.loc["x", "x"] == pytest.approx(1)


@pytest.mark.parametrize("nodes", ["", "ab"])
def test_a_network_without_layers_gives_empty_tables(nodes: str) -> None:
    network = ni.build_network(*bare({}, nodes))
    assert centrality.layer_overlap(network).shape == (0, 0)
    assert centrality.layer_overlap(network, of="nodes").shape == (0, 0)
    assert centrality.layer_correlation(network).shape == (0, 0)
    assert centrality.edge_overlap(network).empty
