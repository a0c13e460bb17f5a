"""Degree, strength, participation and pagerank against hand values, networkx and dense algebra."""

import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy import sparse

import netinnov as ni
from netinnov import centrality, supra
from strategies import Tables, bare, dense, networks, supra_matrix

DIRECTIONS = ("total", "in", "out")


def test_overlapping_measures_sum_over_layers(small: ni.MultilayerNetwork) -> None:
    assert centrality.overlapping_degree(small).tolist() == [4, 2, 5, 1, 0]
    assert centrality.overlapping_strength(small).tolist() == [10.0, 3.0, 11.0, 2.0, 0.0]


def test_participation_counts_layers_with_self_links_only_as_layers() -> None:
    # Three layers, one of them holding a self-link only. a: shares 1/2, 1/2, 0
    # -> 3/2 (1 - 1/2) = 0.75; the self-link adds nothing to its degree.
    layers = {"x": [("a", "b")], "y": [("a", "b")], "z": [("a", "a", 9)]}
    network = ni.build_network(*bare(layers, "ab"))
    assert centrality.participation_coefficient(network).tolist() == pytest.approx([0.75, 0.75])


@given(networks(), st.sampled_from(DIRECTIONS))
def test_counts_agree_with_dense_matrices(tables: Tables, direction: str) -> None:
    network = ni.build_network(*tables)
    degree = centrality.degree(network, direction=direction)
    strength = centrality.strength(network, direction=direction)
    assert list(degree.columns) == list(strength.columns) == sorted(set(tables.links["layer"]))
    for layer, full in dense(tables).items():
        matrix = full * (1 - np.eye(len(full)))
        linked = (matrix > 0).astype(float)
        for found, values in ((degree, linked), (strength, matrix)):
            out, into = values.sum(axis=1), values.sum(axis=0)
            both = out + into if layer in tables.directed else out
            expected = {"out": out, "in": into, "total": both}[direction]
            np.testing.assert_array_equal(found[layer], expected)


@given(networks(), st.booleans())
def test_participation_agrees_with_its_formula(tables: Tables, weighted: bool) -> None:
    network = ni.build_network(*tables)
    source = centrality.strength if weighted else centrality.degree
    values = source(network).to_numpy(dtype=float)
    n, n_layers = values.shape
    expected = np.full(n, np.nan)
    for i in range(n):
        if n_layers > 1 and values[i].sum() > 0:
            shares = values[i] / values[i].sum()
            expected[i] = n_layers / (n_layers - 1) * (1 - (shares**2).sum())
    found = centrality.participation_coefficient(network, weighted=weighted)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-14)
    assert found.dropna().between(0, 1 + 1e-12).all()


@given(
    networks(min_links=1),
    st.sampled_from([0.0, 0.25, 1.0, 7.5]),
    st.sampled_from(["all", "linked"]),
    st.sampled_from([0.0, 0.5, 0.85, 0.99]),
    st.none() | st.integers(1, 3),
    st.sampled_from([2.0**-100, 1.0, 2.0**40]),
)
def test_pagerank_agrees_with_dense_algebra_in_any_unit(
    tables: Tables, coupling: float, presence: str, damping: float, first: int | None, unit: float
) -> None:
    weights = tables.links["weight"] * unit
    network = ni.build_network(*tables._replace(links=tables.links.assign(weight=weights)))
    matrix, states = supra_matrix(dense(tables), coupling, presence)
    chosen = tables.nodes["node"].tolist()[:first]
    options = {} if first is None else {"nodes": chosen}
    options |= {"coupling": coupling * unit, "damping": damping, "presence": presence}
    found = centrality.pagerank(network, **options)
    jumps = np.array([i < len(chosen) for _, i in states], float)
    if not jumps.any():  # such as self-links only: no node has a state
        assert found.isna().all()
        return
    jumps /= jumps.sum()
    out = matrix.sum(axis=1, keepdims=True)
    walk = np.where(out > 0, matrix / np.where(out > 0, out, 1), jumps)
    score = np.linalg.solve(np.eye(len(states)) - damping * walk.T, (1 - damping) * jumps)
    expected = np.zeros(len(tables.nodes))
    for value, (_, i) in zip(score, states, strict=True):
        expected[i] += value
    expected /= expected[: len(chosen)].sum()
    np.testing.assert_allclose(found, expected, rtol=1e-7, atol=1e-9)
    assert found[chosen].sum() == pytest.approx(1.0, abs=1e-9)


@given(networks(), st.sampled_from([0.0, 0.5, 2.0]), st.sampled_from(["all", "linked"]))
def test_supra_matrices_agree_with_dense_blocks(
    tables: Tables, coupling: float, presence: str
) -> None:
    network = ni.build_network(*tables)
    matrix, states = supra_matrix(dense(tables), coupling, presence)
    names = tables.nodes["node"].tolist()
    index = supra.state_index(network, presence=presence)
    assert index.names == ["layer", "node"]
    assert list(index) == [(network.layers[x], names[i]) for x, i in states]
    found = supra.supra_adjacency(network, coupling=coupling, presence=presence)
    assert isinstance(found, sparse.csr_array)
    np.testing.assert_array_equal(found.toarray(), matrix)
    if tables.directed:
        with pytest.raises(ValueError, match="directed"):
            supra.supra_laplacian(network, coupling=coupling, presence=presence)
    else:
        laplacian = supra.supra_laplacian(network, coupling=coupling, presence=presence)
        expected = np.diag(matrix.sum(axis=1)) - matrix
        np.testing.assert_allclose(laplacian.toarray(), expected, rtol=0, atol=1e-12)


def test_second_eigenvalue_of_a_supra_laplacian() -> None:
    # Three layers on four nodes; lambda_2 as printed with the definition.
    layers = {
        "1": [("1", "2"), ("1", "3"), ("2", "3")],
        "2": [("1", "2"), ("1", "3"), ("1", "4"), ("3", "4")],
        "3": [("1", "2"), ("1", "3"), ("1", "4"), ("2", "4")],
    }
    network = ni.build_network(*bare(layers, "1234"))
    eigenvalues = np.linalg.eigvalsh(supra.supra_laplacian(network).toarray())
    assert eigenvalues[1] == pytest.approx(1.1157527863, abs=1e-10)
