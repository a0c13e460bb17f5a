"""Products of sparse matrices, and the linear system of a directed PageRank."""

import numpy as np

from netinnov.kernels._jit import called, kernel


@kernel
def add_symmetric_product(indptr, indices, data, factor, work):
    """Add factor (U + U') x to y, for work (x, y), U an upper triangle without its diagonal."""
    vector, product = work
    for i in range(indptr.size - 1):
        own, total = factor * vector[i], 0.0
        # Unsigned positions spare numba the test for negative ones.
        begin, end = np.uint32(indptr[i]), np.uint32(indptr[i + 1])
        if begin < end and indices[begin] == i:  # columns ascend: the diagonal comes first
            begin += np.uint32(1)
        for k in range(begin, end):
            j = np.uint32(indices[k])
            total += data[k] * vector[j]
            product[j] += data[k] * own
        product[i] += factor * total


@called
def _apply(indptr, indices, data, present, coupling, share, scale, vector, product):
    """Product of y - share (A + coupling C) (y / scale) with a vector y."""
    n = present.shape[1]
    held, copies = vector / scale, np.zeros(n)
    for i in range(held.size):
        copies[i % n] += held[i]
    for i in range(held.size):
        total = coupling * (copies[i % n] - held[i]) if present[i // n, i % n] else 0.0
        for k in range(np.uint64(indptr[i]), np.uint64(indptr[i + 1])):
            total += data[k] * held[np.uint64(indices[k])]
        product[i] = vector[i] - share[i] * total


@kernel
def solve_flow(indptr, indices, data, present, coupling, share, scale, right, least, steps, work):
    """Solve y - share (A + coupling C) (y / scale) = right, C: all copies of a node but itself.

    ``work`` is the start, which becomes y; True if its residual is at most ``least``. BiCGSTAB, in
    the letters of van der Vorst (1992), SIAM Journal on Scientific and Statistical Computing 13.
    """
    (y,) = work
    system = indptr, indices, data, present, coupling, share, scale
    p, v, t = np.zeros_like(y), np.zeros_like(y), np.zeros_like(y)
    _apply(*system, y, t)
    r = right - t
    shadow, rho, alpha, omega = r.copy(), 1.0, 1.0, 1.0
    for _ in range(steps):
        size = np.sqrt(np.dot(r, r))
        if size <= least or not np.isfinite(size):
            return size <= least
        before, rho = rho, np.dot(shadow, r)
        if rho == 0 or omega == 0:
            return False
        p = r + (rho / before * alpha / omega) * (p - omega * v)
        _apply(*system, p, v)
        along = np.dot(shadow, v)
        alpha = rho / along if along != 0 else 0.0
        y += alpha * p
        r -= alpha * v
        _apply(*system, r, t)
        square = np.dot(t, t)
        omega = np.dot(t, r) / square if square > 0 else 0.0
        y += omega * r
        r -= omega * t
    return False
