"""Core numbers: nodes are removed by rising degree."""

import numpy as np

from netinnov.kernels._jit import kernel


@kernel
def core_numbers(indptr, indices):
    """Core number of each node of a symmetric CSR without a diagonal. O(nodes + links).

    Nodes stand in buckets by the neighbours that are left to them; the next one of the lowest
    bucket goes, and each of its neighbours with more moves down by one bucket, by a swap with the
    first node of its own (Batagelj and Zaversnik 2003).
    """
    n = indptr.size - 1
    degree = np.empty(n, np.int32)
    largest = 0
    for v in range(n):
        degree[v] = indptr[v + 1] - indptr[v]
        largest = max(largest, degree[v])
    first = np.zeros(largest + 2, np.int32)  # where the bucket of each degree begins
    for v in range(n):
        first[degree[v] + 1] += 1
    for d in range(largest + 1):
        first[d + 1] += first[d]
    order, place = np.empty(n, np.int32), np.empty(n, np.int32)
    for v in range(n):
        d = degree[v]
        place[v] = first[d]
        order[first[d]] = v
        first[d] += 1
    for d in range(largest + 1, 0, -1):
        first[d] = first[d - 1]
    first[0] = 0
    for i in range(n):
        v = order[i]
        for k in range(indptr[v], indptr[v + 1]):
            u = indices[k]
            d = degree[u]
            if d > degree[v]:
                w = order[first[d]]
                order[first[d]], order[place[u]] = u, w
                place[u], place[w] = first[d], place[u]
                first[d] += 1
                degree[u] = d - 1
    return degree
