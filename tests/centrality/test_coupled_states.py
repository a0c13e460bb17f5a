"""The coupled network as an operator: the same numbers as its matrix, which is never stored."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

import netinnov as ni
from netinnov.centrality._coupled_states import _searched_pair, coupled, leading, solve
from netinnov.errors import InputError
from strategies import Tables, bare, dense, networks, supra_matrix


def test_many_layers_take_memory_with_states_only() -> None:
    # 300 layers on 300 nodes: the coupling alone has 27 million entries as a matrix.
    rows = {f"{x:03}": [(str(x), str((x + 1) % 300))] for x in range(300)}
    network = ni.build_network(*bare(rows, [str(i) for i in range(300)]))
    weights = coupled(network, 1.0, "all")
    assert weights.links.nnz == 600
    vector = np.ones(weights.present.shape)
    # Every copy receives 299 from the others, and 1 more at the two ends of each layer's link.
    assert weights(vector).sum() == 300 * 300 * 299 + 600


@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize("size", [60, 150])
def test_the_search_agrees_with_a_dense_eigenvector(symmetric: bool, size: int) -> None:
    rng = np.random.default_rng(size)
    matrix = rng.random((size, size)) * (rng.random((size, size)) < 8 / size)
    matrix += np.eye(size, k=1) + np.eye(size, k=1 - size)  # a ring: one component
    matrix = matrix + matrix.T if symmetric else matrix
    value, vector = _searched_pair(lambda x: matrix @ x, np.ones(size), symmetric)
    values, vectors = np.linalg.eigh(matrix) if symmetric else np.linalg.eig(matrix)
    first = np.argmax(values.real)
    expected = np.abs(vectors[:, first].real)
    assert value == pytest.approx(values[first].real, rel=1e-12)
    np.testing.assert_allclose(vector, expected / np.linalg.norm(expected), rtol=0, atol=1e-10)


def test_a_large_component_beside_small_ones_is_searched_alone() -> None:
    # A grid of 400 nodes, eigenvalue 4 cos(pi / 21) < 4, and a pair of weight 3.9 to stand beside.
    names = [[f"{i},{j}" for j in range(20)] for i in range(20)]
    rows = [(names[i][j], names[i][j + 1]) for i in range(20) for j in range(19)]
    rows += [(names[i][j], names[i + 1][j]) for i in range(19) for j in range(20)]
    nodes = [*(name for row in names for name in row), "p", "q"]
    network = ni.build_network(*bare({"l": [*rows, ("p", "q", 3.9)]}, nodes))
    found = leading(coupled(network, 1.0, "all"))
    wave = np.sin(np.pi * np.arange(1, 21) / 21)
    expected = np.outer(wave, wave).ravel() / np.outer(wave, wave).max()
    assert found.value == pytest.approx(4 * np.cos(np.pi / 21), rel=1e-12)
    np.testing.assert_allclose(found.vector[0, :400] / found.vector.max(), expected, atol=1e-9)
    assert not found.vector[0, 400:].any()


@pytest.mark.parametrize(("symmetric", "radius"), [(True, 0.999), (False, 0.5), (False, 0.999)])
def test_systems_are_solved_to_rounding(symmetric: bool, radius: float) -> None:
    rng = np.random.default_rng(3)
    matrix = rng.random((50, 50)) * (rng.random((50, 50)) < 0.2)
    matrix = matrix + matrix.T if symmetric else matrix
    matrix *= radius / np.abs(np.linalg.eigvals(matrix)).max()
    base = np.ones((1, 50))
    found = solve(lambda x: (matrix @ x.ravel())[None], base, symmetric=symmetric, subject="it")
    expected = np.linalg.solve(np.eye(50) - matrix, np.ones(50))
    np.testing.assert_allclose(found[0], expected, rtol=1e-9)


def test_a_system_that_has_no_solution_is_refused() -> None:
    swap = np.array([[0.0, 1.0], [1.0, 0.0]])  # spectral radius 1
    with pytest.raises(InputError, match="it cannot be solved"):
        solve(lambda x: (swap @ x.ravel())[None], np.ones((1, 2)), symmetric=False, subject="it")


@given(networks(min_links=1), st.sampled_from([0.25, 1.0, 3.0]), st.sampled_from(["all", "linked"]))
def test_directed_scores_are_an_eigenvector(tables: Tables, coupling: float, presence: str) -> None:
    # Of the states: S' x = lambda x, x at least 0, lambda the largest real part of an eigenvalue.
    matrix, states = supra_matrix(dense(tables), coupling, presence)
    found = leading(coupled(ni.build_network(*tables), coupling, presence))
    x = np.array([found.vector[state] for state in states])
    scale = np.abs(x).max(initial=1) * max(found.value, 1)
    np.testing.assert_allclose(matrix.T @ x, found.value * x, rtol=0, atol=1e-9 * scale)
    # Eigenvalues of defective matrices are computed to a root of the precision only.
    largest = np.linalg.eigvals(matrix).real.max(initial=0)
    assert found.value == pytest.approx(largest, abs=1e-2 * max(largest, 1))
