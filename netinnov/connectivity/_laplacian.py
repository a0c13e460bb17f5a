"""Resistance between nodes and algebraic connectivity, by the Laplacian of all layers together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import linalg, sparse
from scipy.linalg import lapack
from scipy.sparse import csgraph
from scipy.sparse.linalg import LinearOperator, eigsh, splu

from netinnov._network.matrices import flat_matrix, unit_of
from netinnov._network.paths import pair_index, pair_positions
from netinnov._typing import Codes, Floats, Integers
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork

BITS = 2000  # log2 of the ratio of weights up to which all steps stay in range
BATCH = 2**20  # entries of a block of potentials: 8 MiB
DENSE = 100  # nodes up to which the whole spectrum is cheap
ROUND = 50
HOPE = 400
MOST = 1200  # Lanczos steps: a round; for some progress; in all
TOLERANCE = 1e-9  # relative error of the eigenvalue


class Grounded(NamedTuple):
    """L D L' of the Laplacian without grounded nodes; ``lower`` is -L below its diagonal."""

    nodes: Integers
    indptr: Codes
    indices: Codes
    lower: Floats
    pivots: Floats

    def potentials(self, currents: Floats) -> Floats:
        """Potentials (rows: nodes) for each set of currents (columns) into the nodes."""
        from netinnov.kernels.laplacian import solve

        potentials = np.zeros_like(currents)
        potentials[self.nodes] = solve(*self[1:], np.ascontiguousarray(currents[self.nodes]))
        return potentials


def conductances(network: MultilayerNetwork, measure: str) -> sparse.csr_array:
    if network.directed:
        raise InputError(
            f"{measure} needs undirected layers; directed: {sorted(network.directed)[:5]}. Build "
            "the network without `directed`, or select() the other layers."
        )
    return flat_matrix(network, measure)


def balanced(weights: sparse.csr_array, measure: str) -> tuple[sparse.csr_array, int]:
    """Weights divided by a power of two in mid-range, and its exponent."""
    low = float(weights.data.min(initial=np.inf))
    high = float(weights.data.max(initial=0.0))
    bits = np.frexp([low, high])[1]
    if not np.isfinite(high) or bits[1] - bits[0] > BITS:
        raise InputError(
            f"{measure} needs weights, summed over layers, within 600 orders of magnitude; found "
            f"{low:g} to {high:g}. Drop the links that are too weak to matter."
        )
    power = int(bits.sum()) // 4 * 2 if high > 0 else 0  # even: roots have no digit changed
    data = np.ldexp(weights.data, -power)
    return sparse.csr_array((data, weights.indices, weights.indptr), weights.shape), power


def in_unit(value: Floats | float, power: int, measure: str) -> Floats:
    with np.errstate(over="ignore", under="ignore"):
        result = np.ldexp(value, power)
    if not ((result > 0) & np.isfinite(result)).all():
        raise InputError(
            f"{measure} is too large or too small for a number; divide or multiply all weights "
            "by the same number."
        )
    return np.asarray(result)


def pseudoinverse(weights: sparse.csr_array) -> Floats:
    n = weights.shape[0]
    laplacian = -weights.toarray()
    laplacian[np.diag_indices(n)] -= laplacian.sum(axis=1)
    # The constant vector is given an eigenvalue of the size of the others, and taken out again.
    shift = laplacian.trace() / n**2
    inverse = linalg.cho_solve(linalg.cho_factor(laplacian + shift), np.eye(n))
    return np.asarray(inverse - 1.0 / (shift * n**2))


def parts(weights: sparse.csr_array) -> Codes:
    return np.asarray(csgraph.connected_components(weights, directed=False)[1])


def grounded(weights: sparse.csr_array, part: Codes) -> Grounded:
    """Ground the node with most links of each component, and factorise the rest."""
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


def _pattern(weights: sparse.csr_array, free: Integers) -> tuple[Integers, Codes, Codes]:
    """Elimination order with little fill, and the pattern of the factor, from unit weights."""
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


def effective_resistance(
    network: MultilayerNetwork, *, pairs: Iterable[Sequence[str]] | pd.DataFrame
) -> pd.Series:
    """Resistance between the nodes of each pair, if links were conductors.

    The conductance of a link is its weight, summed over layers. With L^+ the pseudoinverse of the
    Laplacian, R_ij = (e_i - e_j)' L^+ (e_i - e_j). Self-links carry no current.

    Parameters
    ----------
    network : MultilayerNetwork
        A network without directed layers.
    pairs : iterable of pairs of str or DataFrame
        Ids of nodes; a table has them in the columns ``source`` and ``target``.

    Returns
    -------
    Series
        One number a pair, in the order given, index (source, target), in the unit of one over the
        weights. 0 for a node with itself, infinite for nodes that are not connected.

    Raises
    ------
    InputError
        If a layer is directed, several layers are summed of which one holds shares, or a pair is
        not two ids of nodes.

    References
    ----------
    Klein and Randic (1993), Resistance distance, Journal of Mathematical Chemistry 12, 81-95.

    Examples
    --------
    >>> network = ni.build_network(pd.DataFrame({"source": list("aba"), "target": list("bcc")}))
    >>> effective_resistance(network, pairs=[("a", "c")]).round(12).tolist()  # 1 beside 1 + 1
    [0.666666666667]
    """
    weights = conductances(network, "effective_resistance")
    ends = pair_positions(network, "pairs", pairs)
    source, target = (end.astype(np.intp) for end in ends)
    part = parts(weights)
    result = np.where(part[source] == part[target], 0.0, np.inf)
    asked = (result == 0) & (source != target)
    if asked.any():
        weights, power = balanced(weights, "effective_resistance")
        held = grounded(weights, part)
        resistances = _between(held, network.n_nodes, source[asked], target[asked])
        result[asked] = in_unit(resistances, -power, "effective_resistance")
    index = pair_index(network, *ends)
    return pd.Series(result, index, name="effective_resistance")


def kirchhoff_index(network: MultilayerNetwork) -> float:
    """Sum of the effective resistance over all pairs of nodes.

    n sum 1 / lambda over the n - 1 eigenvalues of the Laplacian above 0. A new link never raises
    it, but the gain of a link can grow with others (it is not submodular). Klein and Randic (1993),
    see `effective_resistance`.

    Parameters
    ----------
    network : MultilayerNetwork
        A network without directed layers; weights are conductances, summed over layers.

    Returns
    -------
    float
        In the unit of one over the weights; small: robust. Infinite for a network in several parts
        (an isolate is one); 0 for one node, NaN without nodes.

    Examples
    --------
    >>> network = ni.build_network(pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"]}))
    >>> round(kirchhoff_index(network), 12)  # 1 + 1 + 2
    4.0
    """
    weights = conductances(network, "kirchhoff_index")
    n = network.n_nodes
    if n < 2:
        return 0.0 if n else float("nan")
    if (part := parts(weights)).any():
        return float("inf")
    weights, power = balanced(weights, "kirchhoff_index")
    held = grounded(weights, part)
    # With node r held at 0 and M the inverse of the rest, R_ir = M_ii and R_ij = M_ii + M_jj -
    # 2 M_ij; the sum over pairs is n trace(M) - 1'M1.
    index = n * _inverse_trace(held) - held.potentials(np.ones((n, 1))).sum()
    return float(in_unit(index, -power, "kirchhoff_index"))


def _between(held: Grounded, n: int, source: Integers, target: Integers) -> Floats:
    pair, back = np.unique(
        np.minimum(source, target) * n + np.maximum(source, target), return_inverse=True
    )
    low, high = np.divmod(pair, n)
    ends = np.unique(np.concatenate([low, high]))
    if pair.size <= ends.size:
        return _from_currents(held, n, low, high)[back]
    resistances, scale = _from_inverse(held, n, low, high, ends)
    # Few digits are left where both ends are far from the node at 0, and near each other.
    near = resistances < 1e-5 * scale
    resistances[near] = _from_currents(held, n, low[near], high[near])
    return resistances[back]


def _from_currents(held: Grounded, n: int, low: Integers, high: Integers) -> Floats:
    """Send a unit current between the ends: all potentials lie between theirs."""
    resistances = np.empty(low.size)
    step = max(1, BATCH // n)
    for begin in range(0, low.size, step):
        i = low[begin : begin + step]
        j = high[begin : begin + step]
        k = np.arange(i.size)
        currents = np.zeros((n, i.size))
        currents[i, k] = 1.0
        currents[j, k] = -1.0
        potentials = held.potentials(currents)
        resistances[begin : begin + step] = potentials[i, k] - potentials[j, k]
    return resistances


def _from_inverse(
    held: Grounded, n: int, low: Integers, high: Integers, ends: Integers
) -> tuple[Floats, Floats]:
    """R_ij = M_ii + M_jj - 2 M_ij, and the largest term; ``low`` ascends, ``ends`` are all."""
    own = np.empty(n)
    between = np.empty(low.size)
    step = max(1, BATCH // n)
    for begin in range(0, ends.size, step):
        block = ends[begin : begin + step]
        k = np.arange(block.size)
        currents = np.zeros((n, block.size))
        currents[block, k] = 1.0
        columns = held.potentials(currents)
        own[block] = columns[block, k]
        mine = slice(*np.searchsorted(low, [block[0], block[-1] + 1]))
        between[mine] = columns[high[mine], np.searchsorted(block, low[mine])]
    return own[low] + own[high] - 2 * between, np.maximum(own[low], own[high])


def _inverse_trace(held: Grounded) -> float:
    """Trace of the inverse, computed only on the pattern of the factor."""
    from netinnov.kernels.laplacian import inverse_diagonal

    size = held.pivots.size
    length = np.diff(held.indptr)
    # Elimination ends in a dense block, which is most of the work: that part is LAPACK's.
    partial = np.flatnonzero(length < size - 1 - np.arange(size))
    first = int(partial[-1]) + 1 if partial.size else 0
    root = np.eye(size - first, order="F")
    begin = held.indptr[first]
    column = np.repeat(np.arange(size - first), length[first:])
    root[held.indices[begin:] - first, column] = -held.lower[begin:]
    known = lapack.dpotri(root * np.sqrt(held.pivots[first:]), lower=1)[0]
    known = np.ascontiguousarray(np.tril(known) + np.tril(known, -1).T)
    return float(inverse_diagonal(*held[1:], known).sum())


def algebraic_connectivity(network: MultilayerNetwork) -> float:
    """Second smallest eigenvalue of the Laplacian, weights summed over layers.

    Parameters
    ----------
    network : MultilayerNetwork
        A network without directed layers. More weight is a closer tie. Self-links do not count.

    Returns
    -------
    float
        In the unit of the weights, to a relative error below 1e-8; exactly 0 for a network in
        several parts (an isolate is one). NaN for fewer than two nodes.

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
    """By Lanczos, far faster than scipy's `eigsh`; None where it would take too long."""
    from netinnov.kernels.laplacian import lanczos

    unit = unit_of(weights.data)
    weights = sparse.csr_array(weights / unit)
    degrees = weights.sum(axis=1)
    arrays = weights.indptr.astype(np.int32), weights.indices.astype(np.int32), weights.data
    before = np.zeros(degrees.size)
    current = _start(degrees.size)
    largest = degrees.max()
    diagonal = np.empty(0)
    beside = np.zeros(1)
    while diagonal.size < MOST:
        state = before, current, beside[-1], 1e-13 * largest
        more, edge, before, current = lanczos(*arrays, degrees, *state, ROUND)
        diagonal = np.append(diagonal, more)
        beside = np.append(beside, edge)
        least: Any = {"select": "i", "select_range": (0, 0)}
        values, vectors = linalg.eigh_tridiagonal(diagonal, beside[1:-1], **least)
        value = values[0]
        rest = beside[-1] * abs(vectors[-1, 0])
        if value < 1e-5 * largest:
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
