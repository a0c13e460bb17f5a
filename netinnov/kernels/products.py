"""Products of sparse matrices: one of which a triangle is kept, and that of a directed PageRank."""

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
def _flow_left(indptr, indices, data, present, coupling, share, scale, vector, product):
    """Product of y less what is handed on of it: share (A + coupling C) (y / scale)."""
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

    ``work`` is the start, which becomes y; the answer is whether its residual is at most ``least``.
    BiCGSTAB: van der Vorst (1992), SIAM Journal on Scientific and Statistical Computing 13, 631.
    """
    (y,) = work
    links = indptr, indices, data, present, coupling, share, scale
    flow, turned, direction = np.zeros_like(y), np.zeros_like(y), np.zeros_like(y)
    _flow_left(*links, y, flow)
    residual = right - flow
    shadow, flow = residual.copy(), np.zeros_like(y)
    match = length = turn = 1.0
    for _ in range(steps):
        left = np.sqrt(np.dot(residual, residual))
        if left <= least:
            return True
        match, before = np.dot(shadow, residual), match
        if match == 0 or turn == 0 or not np.isfinite(left):
            break
        direction = residual + (match / before * length / turn) * (direction - turn * flow)
        _flow_left(*links, direction, flow)
        facing = np.dot(shadow, flow)
        length = match / facing if facing != 0 else 0.0
        y += length * direction
        residual -= length * flow
        _flow_left(*links, residual, turned)
        size = np.dot(turned, turned)
        turn = np.dot(turned, residual) / size if size > 0 else 0.0
        y += turn * residual
        residual -= turn * turned
    return False
