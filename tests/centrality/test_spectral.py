"""Eigenvector, Katz, hubs and authorities: by hand, dense algebra, networkx, and closed forms."""

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, strategies as st

import netinnov as ni
from netinnov import centrality
from netinnov.errors import InputError
from strategies import Tables, bare, dense, networks, supra_matrix

couplings = st.sampled_from([0.25, 1.0, 3.0])
presences = st.sampled_from(["all", "linked"])
TIE = 1e-12


def projection(symmetric: np.ndarray) -> np.ndarray:
    """All ones on the leading eigenspace; draws without a clear gap behind it are left out."""
    values, vectors = np.linalg.eigh(symmetric)
    first = values >= values[-1] * (1 - TIE)
    assume(not ((values >= values[-1] * (1 - 1e-5)) & ~first).any())
    return vectors[:, first] @ vectors[:, first].sum(axis=0)


def over_copies(vector: np.ndarray, states: list[tuple[int, int]], n: int) -> np.ndarray:
    total = np.zeros(n)
    for value, (_, i) in zip(vector, states, strict=True):
        total[i] += value
    return total / total.max()


def one_layer(rows: list[tuple[Any, ...]], nodes: str, directed: bool = False) -> Any:
    return ni.build_network(*bare({"l": rows}, nodes, directed=["l"] if directed else []))


# Eigenvector


def test_of_two_equal_cycles_in_a_chain_the_last_scores() -> None:
    # a <-> b > c <-> d, all 1: the matrix is defective, its one eigenvector is (0, 0, 1, 1).
    rows = [("a", "b"), ("b", "a"), ("b", "c"), ("c", "d"), ("d", "c")]
    found = centrality.eigenvector_centrality(one_layer(rows, "abcd", directed=True))
    np.testing.assert_allclose(found, [0, 0, 1, 1], rtol=1e-12)


def test_many_equal_cycles_are_projected_on_at_once() -> None:
    # 400 times a <-> b > c of weight 3: (1, 1, 3), times its sum 5 over its square 11. And one
    # group of two cycles that lead to one node: eigenvectors u = (1, 1, 0, 0, 1) and v = (0, 0, 1,
    # 1, 1); normal equations 3 p + q = 3 = p + 3 q: p = q = 3 / 4: .75 four times and 1.5.
    rows: list[tuple[Any, ...]] = []
    for k in range(400):
        rows += [(f"a{k}", f"b{k}"), (f"b{k}", f"a{k}"), (f"b{k}", f"c{k}", 3.0)]
    rows += [("p", "q"), ("q", "p"), ("r", "s"), ("s", "r"), ("q", "t"), ("s", "t")]
    nodes = [f"{letter}{k}" for k in range(400) for letter in "abc"] + list("pqrst")
    network = ni.build_network(*bare({"l": rows}, nodes, directed=["l"]))
    found = centrality.eigenvector_centrality(network) * 1.5
    expected = np.array([5, 5, 15] * 400) / 11
    np.testing.assert_allclose(found.iloc[:1200], expected, rtol=1e-10)
    np.testing.assert_allclose(found.iloc[1200:], [0.75, 0.75, 0.75, 0.75, 1.5], rtol=1e-10)


def test_a_layer_without_cycles_has_no_eigenvector() -> None:
    network = one_layer([("a", "b"), ("b", "c")], "abc", directed=True)
    assert centrality.eigenvector_centrality(network).isna().all()
    assert centrality.katz_centrality(network).isna().all()


@given(networks(min_links=1), couplings)
def test_a_node_without_a_link_never_outranks_a_linked_one(tables: Tables, coupling: float) -> None:
    network = ni.build_network(*tables)
    linked = network.storage.presence("linked").any(axis=0)
    scores = [
        centrality.pagerank(network, coupling=coupling),
        centrality.katz_centrality(network, coupling=coupling),
        centrality.eigenvector_centrality(network, coupling=coupling),
        *centrality.hits(network, coupling=coupling).to_dict("series").values(),
    ]
    for at, score in enumerate(scores):
        if linked.any() and score.notna().any():
            assert (score[~linked] == 0).all()
            assert score[linked].min() > (0 if at < 2 else -1e-300)  # PageRank and Katz
        else:
            assert score.isna().all()


@given(networks(min_links=1, directed=False), couplings, presences)
def test_eigenvector_agrees_with_dense_algebra(
    tables: Tables, coupling: float, presence: str
) -> None:
    matrix, states = supra_matrix(dense(tables), coupling, presence)
    assume(matrix.any())
    network = ni.build_network(*tables)
    found = centrality.eigenvector_centrality(network, coupling=coupling, presence=presence)
    expected = over_copies(projection(matrix), states, network.n_nodes)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)


def test_without_coupling_one_layer_decides_and_a_warning_says_so() -> None:
    network = ni.build_network(*bare({"x": [("a", "b")], "y": [("c", "d", 2.0)]}, "abcd"))
    for measure in (centrality.eigenvector_centrality, centrality.hits):
        with pytest.warns(UserWarning, match="one layer only") as caught:
            found = measure(network, coupling=0.0)
        assert len(caught) == 1
        assert caught[0].filename == __file__
        assert np.array_equal(np.asarray(found).reshape(4, -1)[:, 0], [0, 0, 1, 1])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        centrality.eigenvector_centrality(network.select(layers=["x"]), coupling=0.0)
        centrality.katz_centrality(network, coupling=0.0)


# Katz


@given(networks(min_links=1), st.sampled_from([0.0, 0.25, 3.0]), presences)
def test_katz_agrees_with_dense_algebra(tables: Tables, coupling: float, presence: str) -> None:
    matrix, states = supra_matrix(dense(tables), coupling, presence)
    assume(matrix.any())
    network = ni.build_network(*tables)
    alpha = 0.9 / matrix.sum(axis=1).max()  # the largest row sum is no less than lambda_1
    found = centrality.katz_centrality(network, alpha=alpha, coupling=coupling, presence=presence)
    exact = np.linalg.solve(np.eye(len(matrix)) - alpha * matrix.T, np.ones(len(matrix)))
    np.testing.assert_allclose(found, over_copies(exact, states, network.n_nodes), rtol=1e-9)


@given(networks(min_links=1, directed=False), couplings, presences)
def test_half_of_the_bound_is_the_default(tables: Tables, coupling: float, presence: str) -> None:
    matrix, _ = supra_matrix(dense(tables), coupling, presence)
    assume(matrix.any())
    network = ni.build_network(*tables)
    half = 0.5 / np.linalg.eigvalsh(matrix)[-1]
    options: dict[str, Any] = {"coupling": coupling, "presence": presence}
    found = centrality.katz_centrality(network, **options)
    expected = centrality.katz_centrality(network, alpha=half, **options)
    pd.testing.assert_series_equal(found, expected, rtol=1e-9)


@pytest.mark.parametrize("alpha", [0.5, 0.6])
def test_alpha_at_the_bound_is_refused_with_the_bound(alpha: float) -> None:
    network = one_layer([("a", "b"), ("a", "c"), ("a", "d"), ("a", "e")], "abcde")  # lambda_1 = 2
    with pytest.raises(InputError, match=r"below 1 / lambda_1 = 0\.5, .*found 0\.[56]"):
        centrality.katz_centrality(network, alpha=alpha)


# Hubs and authorities


@given(networks(min_links=1), couplings, presences)
def test_hits_agree_with_dense_algebra(tables: Tables, coupling: float, presence: str) -> None:
    matrix, states = supra_matrix(dense(tables), coupling, presence)
    assume(matrix.any())
    network = ni.build_network(*tables)
    found = centrality.hits(network, coupling=coupling, presence=presence)
    for name, square in {"hub": matrix @ matrix.T, "authority": matrix.T @ matrix}.items():
        expected = over_copies(projection(square), states, network.n_nodes)
        np.testing.assert_allclose(found[name], expected, rtol=0, atol=1e-8)


@given(networks(min_links=1, directed=True), couplings, presences)
def test_directed_pagerank_of_few_states_is_that_of_many(
    tables: Tables, coupling: float, presence: Any
) -> None:
    network = ni.build_network(*tables)
    few = centrality.pagerank(network, coupling=coupling, presence=presence)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("netinnov.centrality._pagerank.MANY_STATES", 0)
        many = centrality.pagerank(network, coupling=coupling, presence=presence)
    np.testing.assert_allclose(few, many, rtol=1e-9, atol=1e-12)
