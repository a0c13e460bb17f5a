"""Connected parts by joining sets: all of them, and the largest while nodes leave one by one."""

import numpy as np

from netinnov.kernels._jit import inlined, kernel


@inlined
def _root(parent, u):
    while parent[u] != u:
        parent[u] = parent[parent[u]]
        u = parent[u]
    return u


@kernel
def joined(label, indptr, indices):
    """Labels, a node of its own set each, after the ends of links have joined their sets.

    Nearly O(nodes + links), and no memory but the labels.
    """
    parent = label.copy()
    for v in range(parent.size):
        for k in range(indptr[v], indptr[v + 1]):
            a, b = _root(parent, v), _root(parent, indices[k])
            if a < b:
                parent[b] = a
            elif b < a:
                parent[a] = b
    for v in range(parent.size):
        parent[v] = _root(parent, v)
    return parent


@kernel
def largest_parts(source, target, leaves):
    """Nodes in the largest part after 0, 1, ..., n nodes have left. O(n + m alpha(n)).

    ``leaves[u]``: how many nodes leave before u. Read backwards: a node comes back, and a link is
    there from the moment the end that had left first is back; parts are joined by size.
    Direction is ignored; self-links and repeated links do no harm.
    """
    n = leaves.size
    # The links of each end that leaves first, chained; the order of leaving is the name of a node.
    head = np.full(n, -1, np.int32)
    following = np.empty(source.size, np.int32)
    other = np.empty(source.size, np.int32)
    for e in range(source.size):
        i, j = leaves[source[e]], leaves[target[e]]
        if i > j:
            i, j = j, i
        other[e] = j
        following[e] = head[i]
        head[i] = e
    parent = np.arange(n).astype(np.int32)
    size = np.ones(n, np.int32)
    largest = np.zeros(n + 1, np.int64)
    best = np.int64(0)
    for i in range(n - 1, -1, -1):
        best = max(best, 1)
        a = np.int32(i)
        e = head[i]
        while e >= 0:
            b = _root(parent, other[e])
            e = following[e]
            if b != a:
                if size[a] < size[b]:
                    a, b = b, a
                parent[b] = a
                size[a] += size[b]
        best = max(best, np.int64(size[a]))
        largest[i] = best
    return largest
