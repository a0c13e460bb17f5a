"""Levels of the Leiden algorithm: aggregated, and split into connected parts.

The arrays are those that `netinnov.kernels.leiden` describes.
"""

import numpy as np

from netinnov.kernels._jit import inlined, kernel


@inlined
def _added(begin, end, place, key, value, keys, values):
    """Add a value to that of its key in a row from ``begin`` on; where the row then ends."""
    if place[key] < begin:
        place[key] = end
        keys[end] = key
        values[end] = 0.0
        end += 1
    values[place[key]] += value
    return end


@kernel
def aggregated(indptr, indices, weight, cptr, cidx, cval, mptr, mnode, mcount, label, n_nodes):
    """The level whose super-states are the labels 0, 1, ...: its twelve arrays, in their order."""
    n = indptr.size - 1
    n_new = np.int64(0)
    for v in range(n):
        n_new = max(n_new, label[v] + 1)
    start = np.zeros(n_new + 1, np.int32)
    for v in range(n):
        start[label[v] + 1] += 1
    for c in range(n_new):
        start[c + 1] += start[c]
    members = np.empty(n, np.int32)
    filled = start[:-1].copy()
    for v in range(n):
        members[filled[label[v]]] = v
        filled[label[v]] += 1

    n_channels = np.int64(0)
    for q in cidx:
        n_channels = max(n_channels, q + 1)
    new_indptr, new_cptr = np.zeros(n_new + 1, np.int32), np.zeros(n_new + 1, np.int32)
    new_mptr = np.zeros(n_new + 1, np.int32)
    new_indices, new_weight = np.empty(indices.size, np.int32), np.empty(indices.size)
    new_cidx, new_cval = np.empty(cidx.size, np.int32), np.empty(cidx.size)
    new_mnode, new_mcount = np.empty(mnode.size, np.int32), np.empty(mnode.size)
    at_link = np.full(n_new, -1, np.int32)
    at_channel = np.full(n_channels, -1, np.int32)
    at_node = np.full(n_nodes, -1, np.int32)
    e, f, g = 0, 0, 0
    for c in range(n_new):
        e0, f0, g0 = e, f, g
        for m in range(start[c], start[c + 1]):
            v = members[m]
            for k in range(indptr[v], indptr[v + 1]):
                d = label[indices[k]]
                if d != c:
                    e = _added(e0, e, at_link, d, weight[k], new_indices, new_weight)
            for k in range(cptr[v], cptr[v + 1]):
                f = _added(f0, f, at_channel, cidx[k], cval[k], new_cidx, new_cval)
            for k in range(mptr[v], mptr[v + 1]):
                g = _added(g0, g, at_node, mnode[k], mcount[k], new_mnode, new_mcount)
        new_indptr[c + 1] = e
        new_cptr[c + 1] = f
        new_mptr[c + 1] = g

    new_hptr = np.zeros(n_nodes + 1, np.int32)
    for k in range(g):
        new_hptr[new_mnode[k] + 1] += 1
    for i in range(n_nodes):
        new_hptr[i + 1] += new_hptr[i]
    new_hstate, new_hcount = np.empty(g, np.int32), np.empty(g)
    put = new_hptr[:-1].copy()
    for c in range(n_new):
        for k in range(new_mptr[c], new_mptr[c + 1]):
            at = put[new_mnode[k]]
            new_hstate[at] = c
            new_hcount[at] = new_mcount[k]
            put[new_mnode[k]] += 1
    return (
        new_indptr, new_indices[:e].copy(), new_weight[:e].copy(),
        new_cptr, new_cidx[:f].copy(), new_cval[:f].copy(),
        new_mptr, new_mnode[:g].copy(), new_mcount[:g].copy(),
        new_hptr, new_hstate, new_hcount,
    )  # fmt: skip


@kernel
def parts(indptr, indices, hptr, hstate, label):
    """Labels 0, 1, ... of the connected parts of communities, along links and between copies.

    The copies of a node are coupled all to all, so the search looks at each node once a community
    it meets. O(links + members).
    """
    n = indptr.size - 1
    n_nodes = hptr.size - 1
    node = np.full(n, -1, np.int32)
    for i in range(n_nodes):
        for h in range(hptr[i], hptr[i + 1]):
            node[hstate[h]] = i
    part = np.full(n, -1, np.int32)
    stack = np.empty(n, np.int32)
    seen = np.full(n_nodes, -1, np.int32)
    n_parts = 0
    for root in range(n):
        if part[root] >= 0:
            continue
        part[root] = n_parts
        stack[0] = root
        depth = 1
        while depth > 0:
            depth -= 1
            v = stack[depth]
            for k in range(indptr[v], indptr[v + 1]):
                u = indices[k]
                if part[u] < 0 and label[u] == label[root]:
                    part[u] = n_parts
                    stack[depth] = u
                    depth += 1
            i = node[v]
            if i >= 0 and seen[i] != n_parts:
                seen[i] = n_parts
                for h in range(hptr[i], hptr[i + 1]):
                    u = hstate[h]
                    if part[u] < 0 and label[u] == label[root]:
                        part[u] = n_parts
                        stack[depth] = u
                        depth += 1
        n_parts += 1
    return part
