"""The Laplacian of all layers together, with a node of each part held at zero.

Why not `scipy.sparse.linalg.splu`: it subtracts, so that weights of 1 beside 1e12 keep four digits
and beside 1e16 make a singular matrix (tests/test_resistance.py shows both); and it has no inverse
on the pattern of its factors, which the Kirchhoff index takes 8 to 80 times less time with.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import linalg, sparse
from scipy.sparse import csgraph
from scipy.sparse.linalg import splu

from netinnov._matrices import flat_matrix
from netinnov._typing import Codes, Floats
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork

Positions = npt.NDArray[np.int64]

BITS = 2000
"""Powers of two between the least and the largest weight up to which all steps stay in range."""


class Grounded(NamedTuple):
    """Factors L D L' of the Laplacian without the nodes that are held at potential zero.

    ``nodes`` in the order of elimination; ``lower`` is -L below its diagonal, by columns.
    """

    nodes: Positions
    indptr: Codes
    indices: Codes
    lower: Floats
    pivots: Floats

    def potentials(self, currents: Floats) -> Floats:
        """Potential of each node (rows) for each set of currents (columns) into the nodes."""
        from netinnov.kernels.laplacian import solve

        potentials = np.zeros_like(currents)
        potentials[self.nodes] = solve(*self[1:], np.ascontiguousarray(currents[self.nodes]))
        return potentials


def conductances(network: MultilayerNetwork, measure: str) -> sparse.csr_array:
    """Weights summed over layers, without self-links; a directed layer is refused."""
    if network.directed:
        msg = (
            f"{measure} needs undirected layers; directed: {sorted(network.directed)[:5]}. Build "
            "the network without `directed`, or select() the other layers."
        )
        raise InputError(msg)
    return flat_matrix(network, measure)


def balanced(weights: sparse.csr_array, measure: str) -> tuple[sparse.csr_array, int]:
    """The weights divided by a power of two in their middle, and its exponent."""
    low, high = float(weights.data.min(initial=np.inf)), float(weights.data.max(initial=0.0))
    bits = np.frexp([low, high])[1]
    if not np.isfinite(high) or bits[1] - bits[0] > BITS:
        msg = (
            f"{measure} needs weights, summed over layers, within 600 orders of magnitude; found "
            f"{low:g} to {high:g}. Drop the links that are too weak to matter."
        )
        raise InputError(msg)
    power = int(bits.sum()) // 4 * 2 if high > 0 else 0  # even: roots have no digit changed
    data = np.ldexp(weights.data, -power)
    return sparse.csr_array((data, weights.indices, weights.indptr), weights.shape), power


def in_unit(value: Floats | float, power: int, measure: str) -> Floats:
    """Results above 0 in the unit of the weights, where those are numbers."""
    with np.errstate(over="ignore", under="ignore"):
        result = np.ldexp(value, power)
    if not ((result > 0) & np.isfinite(result)).all():
        msg = (
            f"{measure} is too large or too small for a number; divide or multiply all weights by "
        )
        raise InputError(f"{msg}the same number.")
    return np.asarray(result)


def pseudoinverse(weights: sparse.csr_array) -> Floats:
    """Pseudoinverse of the Laplacian of a connected network, as a full matrix."""
    n = weights.shape[0]
    laplacian = -weights.toarray()
    laplacian[np.diag_indices(n)] -= laplacian.sum(axis=1)
    # The constant vector is given an eigenvalue of the size of the others, and taken out again.
    shift = laplacian.trace() / n**2
    inverse = linalg.cho_solve(linalg.cho_factor(laplacian + shift), np.eye(n))
    return np.asarray(inverse - 1.0 / (shift * n**2))


def parts(weights: sparse.csr_array) -> npt.NDArray[np.int32]:
    """Number of the connected part of each node."""
    return np.asarray(csgraph.connected_components(weights, directed=False)[1])


def is_connected(weights: sparse.csr_array) -> bool:
    """Whether all nodes are connected."""
    return bool(csgraph.connected_components(weights, directed=False)[0] == 1)


def grounded(weights: sparse.csr_array, part: npt.NDArray[np.int32]) -> Grounded:
    """Hold the node with most links of each part at zero, and factorise what is left."""
    from netinnov.kernels.laplacian import eliminate

    n = weights.shape[0]
    order = np.lexsort((-np.diff(weights.indptr), part))
    first = np.ones(n, bool)
    first[1:] = np.diff(part[order]) != 0
    free = np.sort(order[~first])
    if free.size == 0:
        none = np.empty(0, np.int32)
        return Grounded(free, np.zeros(1, np.int32), none, np.empty(0), np.empty(0))
    nodes, indptr, indices = _pattern(weights, free)
    inner = sparse.csc_array(sparse.tril(weights[nodes][:, nodes], -1))
    grounds = weights[nodes][:, order[first]].sum(axis=1)
    values = np.zeros(indices.size)
    # Both have their rows ascending, and the pattern holds all links.
    column = np.repeat(np.arange(nodes.size), np.diff(indptr))
    linked = np.repeat(np.arange(nodes.size), np.diff(inner.indptr))
    inner.sort_indices()
    keys = column * nodes.size + indices
    values[np.searchsorted(keys, linked * nodes.size + inner.indices)] = inner.data
    return Grounded(nodes, indptr, indices, *eliminate(indptr, indices, values, grounds))


def _pattern(weights: sparse.csr_array, free: Positions) -> tuple[Positions, Codes, Codes]:
    """An order of elimination with little fill, and where the factor below the diagonal has any.

    Read off factors of the same matrix with all weights 1: no pivot is small, so none moves.
    """
    ones = sparse.csr_array((np.ones(weights.nnz), weights.indices, weights.indptr), weights.shape)
    laplacian = sparse.csr_array(sparse.diags_array(ones.sum(axis=1)) - ones)
    factors = splu(
        sparse.csc_array(laplacian[free][:, free]),
        permc_spec="MMD_AT_PLUS_A",
        diag_pivot_thresh=0.0,
        options={"SymmetricMode": True},
    )
    lower = sparse.csc_array(factors.L)
    lower.sort_indices()
    length = np.diff(lower.indptr)
    inner = lower.indices != np.repeat(np.arange(free.size), length)
    indptr = np.concatenate([[0], np.cumsum(length - 1)]).astype(np.int32)
    # Row i of the matrix is row perm_c[i] of the factors.
    return free[np.argsort(factors.perm_c)], indptr, lower.indices[inner].astype(np.int32)
