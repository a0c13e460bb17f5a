"""How well connected a network is as a whole, from the spectrum of its Laplacian.

On random graphs of 20,000 nodes `scipy.sparse.linalg.eigsh`, which keeps all its vectors
orthogonal, takes 15 to 80 times as long as short recurrences.
"""

from __future__ import annotations

import numpy as np
from scipy import linalg, sparse
from scipy.sparse.linalg import LinearOperator, eigsh

from netinnov._network.matrices import unit_of
from netinnov._typing import Floats
from netinnov.connectivity._laplacian import balanced, conductances, grounded, in_unit, parts
from netinnov.network import MultilayerNetwork

DENSE = 100  # nodes up to which the whole spectrum is cheap
ROUND, HOPE, MOST = 50, 400, 1200  # Lanczos steps: a round; for some progress; in all
TOLERANCE = 1e-9  # relative error of the eigenvalue


def algebraic_connectivity(network: MultilayerNetwork) -> float:
    """Second smallest eigenvalue of the Laplacian, weights summed over layers.

    The relative error is below 1e-8.

    Parameters
    ----------
    network : MultilayerNetwork
        A network without directed layers. More weight is a closer tie. Self-links do not count.

    Returns
    -------
    float
        In the unit of the weights; exactly 0 for a network in several parts (an isolate is one).
        NaN for fewer than two nodes.

    Raises
    ------
    InputError
        If a layer is directed, or several layers are summed of which one holds shares.

    References
    ----------
    Fiedler (1973), Algebraic connectivity of graphs, Czechoslovak Mathematical Journal 23.

    Examples
    --------
    >>> network = ni.build_network(pd.DataFrame({"source": "a", "target": ["b", "c", "d"]}))
    >>> round(algebraic_connectivity(network), 12)  # a star: 1
    1.0
    """
    weights = conductances(network, "algebraic_connectivity")
    n = network.n_nodes
    if n < 2:
        return float("nan")
    if parts(weights).any():
        return 0.0
    weights, power = balanced(weights, "algebraic_connectivity")
    if n <= DENSE:
        value = _from_dense_inverse(weights)
    else:
        value = _from_short_recurrence(weights) or _from_sparse_inverse(weights)
    return float(in_unit(value, power, "algebraic_connectivity"))


def _from_dense_inverse(weights: sparse.csr_array) -> float:
    """1 / largest eigenvalue of the pseudoinverse: small values keep their digits."""
    inverse = grounded(weights, parts(weights)).potentials(np.eye(weights.shape[0]))
    inverse -= inverse.mean(axis=0)
    inverse -= inverse.mean(axis=1)[:, None]
    unit = unit_of(np.abs(inverse))
    return float(1.0 / np.linalg.eigvalsh((inverse + inverse.T) / (2 * unit))[-1] / unit)


def _from_short_recurrence(weights: sparse.csr_array) -> float | None:
    """By Lanczos; None where that would take too long."""
    from netinnov.kernels.laplacian import lanczos

    unit = unit_of(weights.data)
    weights = sparse.csr_array(weights / unit)
    degrees = weights.sum(axis=1)
    indptr, indices = weights.indptr.astype(np.int32), weights.indices.astype(np.int32)
    current, previous = _start(weights.shape[0]), np.zeros(weights.shape[0])
    diagonal, beside = np.empty(0), np.zeros(1)
    while diagonal.size < MOST:
        more, edge, previous, current = lanczos(
            indptr, indices, weights.data, degrees, previous, current, beside[-1], ROUND
        )
        diagonal = np.concatenate([diagonal, more])
        beside = np.concatenate([beside, edge])
        values, vectors = linalg.eigh_tridiagonal(
            diagonal, beside[1:-1], select="i", select_range=(0, 0)
        )
        value, rest = values[0], beside[-1] * abs(vectors[-1, 0])
        if value < 1e-5 * degrees.max():
            return None  # too few digits would be left beside the largest eigenvalue
        if rest <= TOLERANCE * value or more.size < ROUND:
            return float(value) * unit
        if diagonal.size >= HOPE and rest > 0.1 * value:
            return None
    return None


def _from_sparse_inverse(weights: sparse.csr_array) -> float:
    n = weights.shape[0]
    held = grounded(weights, parts(weights))

    def solve(currents: Floats) -> Floats:
        potentials = held.potentials(currents.reshape(-1, 1) - currents.mean()).ravel()
        return np.asarray(potentials - potentials.mean())

    start = _start(n)
    unit = unit_of(np.abs(solve(start)))
    inverse = LinearOperator((n, n), matvec=lambda x: solve(x) / unit, dtype=np.float64)
    largest = eigsh(inverse, k=1, which="LA", v0=start, tol=TOLERANCE, return_eigenvectors=False)
    return float(1.0 / largest[0] / unit)


def _start(n: int) -> Floats:
    """A fixed vector, orthogonal to the constants and near no eigenvector."""
    vector = np.random.default_rng(0).standard_normal(n)
    vector -= vector.mean()
    return np.asarray(vector / np.linalg.norm(vector))
