"""Factors, inverses and smallest eigenvalues of Laplacian matrices."""

import numpy as np

from netinnov.kernels._jit import kernel

TINY = 1e-290  # below this a quotient has lost digits, or nearly so


@kernel
def lanczos(indptr, indices, data, degrees, before, current, beta, least, steps):
    """Next steps of Lanczos on a Laplacian without the constants: diagonal, beside it, vectors.

    Ends early below ``least``. Vectors are not made orthogonal again, which repeats eigenvalues but
    does not move the smallest (Paige 1980). O(steps (links + nodes)).
    """
    n = degrees.size
    u, v, w = before.copy(), current.copy(), np.empty(n)
    diagonal, beside = np.empty(steps), np.empty(steps)
    for step in range(steps):
        alpha, mean, square = 0.0, 0.0, 0.0
        for i in range(n):
            total = degrees[i] * v[i] - beta * u[i]
            for k in range(indptr[i], indptr[i + 1]):
                total -= data[k] * v[indices[k]]
            w[i] = total
            alpha += total * v[i]
        for i in range(n):
            w[i] -= alpha * v[i]
            mean += w[i] / n
        for i in range(n):
            w[i] -= mean
            square += w[i] * w[i]
        beta = np.sqrt(square)
        diagonal[step], beside[step] = alpha, beta
        if beta <= least:
            return diagonal[: step + 1], beside[: step + 1], u, v
        for i in range(n):
            w[i] /= beta
        u, v, w = v, w, u
    return diagonal, beside, u, v


@kernel
def eliminate(indptr, indices, weights, grounds):
    """Factors L D L' of a grounded Laplacian, from sums of positive terms alone.

    Nodes in the order of elimination; by columns, rows ascending, ``weights`` joins a node with
    later ones (0 where fill will come), ``grounds`` with those held at zero. A node that goes
    leaves its neighbours joined (star to mesh): w_ij + w_ik w_jk / d_k with d_k = g_k + sum_j w_jk,
    so nothing is subtracted, and weights of any range keep their digits (Grassmann, Taksar and
    Heyman 1985). Of w_ik and w_jk one is first divided by d_k, the other one where that is below
    the range of numbers. Returns -L below the diagonal, and D. O(sum of squares of column lengths).
    """
    n = grounds.size
    lower, pivots, ground = weights.copy(), np.empty(n), grounds.copy()
    # Columns wait in a list at the row that is their next one.
    head, following = np.full(n, -1, np.int64), np.full(n, -1, np.int64)
    at = indptr[:-1].astype(np.int64)
    column = np.zeros(n)
    for j in range(n):
        for q in range(indptr[j], indptr[j + 1]):
            column[indices[q]] = lower[q]
        k = head[j]
        while k >= 0:
            later = following[k]
            # Column k holds its w until the end.
            p = at[k]
            share = lower[p] / pivots[k]
            if share > TINY:
                ground[j] += share * ground[k]
                for q in range(p + 1, indptr[k + 1]):
                    column[indices[q]] += share * lower[q]
            else:
                ground[j] += lower[p] * (ground[k] / pivots[k])
                for q in range(p + 1, indptr[k + 1]):
                    column[indices[q]] += lower[p] * (lower[q] / pivots[k])
            at[k] = p + 1
            if p + 1 < indptr[k + 1]:
                i = indices[p + 1]
                following[k], head[i] = head[i], k
            k = later
        pivot = ground[j]
        for q in range(indptr[j], indptr[j + 1]):
            pivot += column[indices[q]]
        pivots[j] = pivot
        for q in range(indptr[j], indptr[j + 1]):
            lower[q] = column[indices[q]]
        if indptr[j] < indptr[j + 1]:
            i = indices[indptr[j]]
            following[j], head[i] = head[i], j
    for j in range(n):
        for q in range(indptr[j], indptr[j + 1]):
            lower[q] /= pivots[j]
    return lower, pivots


@kernel
def solve(indptr, indices, lower, pivots, currents):
    """Potentials for some sets of currents (columns), from the factors of `eliminate`."""
    potentials = currents.copy()
    n, sets = potentials.shape
    for j in range(n):
        for q in range(indptr[j], indptr[j + 1]):
            i, part = indices[q], lower[q]
            for s in range(sets):
                potentials[i, s] += part * potentials[j, s]
    for j in range(n - 1, -1, -1):
        for s in range(sets):
            potentials[j, s] /= pivots[j]
        for q in range(indptr[j], indptr[j + 1]):
            i, part = indices[q], lower[q]
            for s in range(sets):
                potentials[j, s] += part * potentials[i, s]
    return potentials


@kernel
def inverse_diagonal(indptr, indices, lower, pivots, known):
    """Diagonal of the inverse, from the factors of `eliminate`, by its entries where L has some.

    The last rows and columns, as many as ``known`` has, are full in L, and ``known`` is the inverse
    there. From the last column back, each column of the inverse follows from later ones: Z_ij =
    sum_k Z_ik l_kj, Z_jj = 1/d_j + sum_k Z_jk l_kj over the rows k > j of l = -L (Takahashi, Fagan
    and Chin 1973). O(sum over columns of the lengths of the columns that their rows name).
    """
    n = pivots.size
    first = n - known.shape[0]
    inverse = np.empty(indptr[first])
    result = np.empty(n)
    for i in range(first, n):
        result[i] = known[i - first, i - first]
    weight, total = np.zeros(n), np.zeros(n)
    inside = np.full(n, -1, np.int64)
    for j in range(first - 1, -1, -1):
        begin, end = indptr[j], indptr[j + 1]
        for p in range(begin, end):
            k = indices[p]
            weight[k], total[k], inside[k] = lower[p], 0.0, j
        for p in range(begin, end):
            k = indices[p]
            if k >= first:
                # The rows ascend: from here on both ends are in the full part.
                for q in range(p, end):
                    i, part = indices[q], 0.0
                    for r in range(p, end):
                        part += known[i - first, indices[r] - first] * lower[r]
                    total[i] += part
                break
            own, part = lower[p], result[k] * lower[p]
            for q in range(indptr[k], indptr[k + 1]):
                i = indices[q]
                if inside[i] == j:
                    part += inverse[q] * weight[i]
                    total[i] += inverse[q] * own
            total[k] += part
        diagonal = 1.0 / pivots[j]
        for p in range(begin, end):
            inverse[p] = total[indices[p]]
            diagonal += total[indices[p]] * lower[p]
        result[j] = diagonal
    return result
