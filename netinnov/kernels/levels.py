"""Levels of the Leiden algorithm: aggregated, and split into connected parts.

The arrays are those that `netinnov.kernels.leiden` describes.
"""

import numpy as np

from netinnov.kernels._jit import inlined, kernel


@inlined
def constant(n, value):
    """An array: each other way to make one is one more function to compile."""
    numbers = np.empty(n, np.int32)
    for v in range(n):
        numbers[v] = value
    return numbers


@inlined
def by_label(label, n_labels):
    """Where the members of each label begin, and all members by label, each in their order."""
    start = constant(n_labels + 1, np.int32(0))
    for v in range(label.size):
        start[label[v] + 1] += 1
    for c in range(n_labels):
        start[c + 1] += start[c]
    members, filled = np.empty(label.size, np.int32), start.copy()
    for v in range(label.size):
        members[filled[label[v]]] = v
        filled[label[v]] += 1
    return start, members


@inlined
def add_to_row(slot, first, end, keys, values, key, value):
    """Add to the entry of a key in the row from ``first`` to ``end``; returns its new end."""
    if slot[key] < first:
        slot[key] = end
        keys[end] = key
        values[end] = 0.0
        end += 1
    values[slot[key]] += value
    return end


@kernel
def aggregated(indptr, indices, weight, cptr, cidx, cval, mptr, mnode, mcount, label, n_nodes):
    """The level whose super-states are the labels 0, 1, ...: its twelve arrays, in their order."""
    n_new = np.int64(0)
    for c in label:
        n_new = max(n_new, c + 1)
    start, members = by_label(label, n_new)
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
                    e = add_to_row(at_link, e0, e, new_indices, new_weight, d, weight[k])
            for k in range(cptr[v], cptr[v + 1]):
                f = add_to_row(at_channel, f0, f, new_cidx, new_cval, cidx[k], cval[k])
            for k in range(mptr[v], mptr[v + 1]):
                g = add_to_row(at_node, g0, g, new_mnode, new_mcount, mnode[k], mcount[k])
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


@inlined
def connected_parts(indptr, indices, label, node, hptr, hstate):
    """Numbers 0, 1, ... of the connected parts of communities, and how many there are.

    Along links and between the copies of a node (`node` of each state; empty: there are none),
    which are coupled all to all: each node is looked at once a part. O(links + members).
    """
    n = label.size
    part = constant(n, np.int32(-1))
    stack = np.empty(n, np.int32)
    seen = constant(hptr.size, np.int32(-1))
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
            i = node[v] if node.size > 0 else -1
            if i >= 0 and seen[i] != n_parts:
                seen[i] = n_parts
                for h in range(hptr[i], hptr[i + 1]):
                    u = hstate[h]
                    if part[u] < 0 and label[u] == label[root]:
                        part[u] = n_parts
                        stack[depth] = u
                        depth += 1
        n_parts += 1
    return part, n_parts


@kernel
def parts(indptr, indices, hptr, hstate, label):
    node = np.full(indptr.size - 1, -1, np.int32)
    for i in range(hptr.size - 1):
        for h in range(hptr[i], hptr[i + 1]):
            node[hstate[h]] = i
    return connected_parts(indptr, indices, label, node, hptr, hstate)[0]
