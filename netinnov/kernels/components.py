"""Connected components by joining sets."""

from netinnov.kernels._jit import inlined, kernel


@inlined
def _root(parent, u):
    """The node that stands for the part of u; the way there is halved."""
    while parent[u] != u:
        parent[u] = parent[parent[u]]
        u = parent[u]
    return u


@kernel
def joined(label, indptr, indices):
    """Labels, a node of its own set each, after the ends of links have joined their sets.

    Nearly O(nodes + links), and no memory but the labels.
    Reference: ``scipy.sparse.csgraph.connected_components``.
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
