"""From link rows to one CSR block a layer: group, sort, merge, mirror."""

import numpy as np

from netinnov.kernels._jit import kernel

SHORT = 48  # runs of this length are sorted by insertion


@kernel
def rows_by_layer(layer, n_layers):
    """Positions of rows grouped by layer, in their order, and offsets of the layers. O(rows)."""
    m = layer.size
    offsets = np.zeros(n_layers + 1, np.int64)
    for e in range(m):
        offsets[layer[e] + 1] += 1
    for x in range(n_layers):
        offsets[x + 1] += offsets[x]
    cursor = offsets[:-1].copy()
    rows = np.empty(m, np.uint32)
    for e in range(m):
        p = cursor[layer[e]]
        cursor[layer[e]] = p + 1
        rows[p] = e
    return rows, offsets


@kernel
def sort_rows(rows, source, target, weight, n_nodes, symmetric):
    """CSR of the links at some rows by a counting sort over sources; parallel ones are summed.

    With ``symmetric`` a row is stored once, at its smaller end (the upper triangle). Columns
    ascend. A single ``weight`` is that of all rows. O(rows + nodes + sum of d log d over the rows'
    lengths d).
    """
    m = rows.size
    # Unsigned positions spare numba the test for negative ones.
    one, two = np.uint32(1), np.uint32(2)
    indptr = np.zeros(n_nodes + 2, np.int32)
    for e in rows:
        i = min(source[e], target[e]) if symmetric else source[e]
        indptr[np.uint32(i) + two] += 1
    for i in range(n_nodes + 1):
        indptr[i + 1] += indptr[i]
    indices = np.empty(m, np.int32)
    data = np.empty(m, np.float64)
    equal = weight.size == 1
    for e in rows:
        i, j = source[e], target[e]
        if symmetric and i > j:
            i, j = j, i
        k = np.uint32(indptr[np.uint32(i) + one])
        indptr[np.uint32(i) + one] = k + one
        indices[k] = j
        data[k] = weight[0] if equal else weight[e]

    longest = 0
    for i in range(n_nodes):
        longest = max(longest, indptr[i + 1] - indptr[i])
    ends, weights = np.empty(longest, np.int32), np.empty(longest, np.float64)
    kept = 0
    begin = 0
    for i in range(n_nodes):
        end = indptr[i + 1]
        # A stable sort, so that sums do not depend on which end a row was written at: runs are
        # sorted by insertion, then merged. `np.argsort` would take seconds to compile.
        for first in range(begin, end, SHORT):
            for k in range(first + 1, min(first + SHORT, end)):
                j, w, q = indices[k], data[k], k - 1
                while q >= first and indices[q] > j:
                    indices[q + 1] = indices[q]
                    data[q + 1] = data[q]
                    q -= 1
                indices[q + 1] = j
                data[q + 1] = w
        run = SHORT
        while run < end - begin:
            for first in range(begin, end - run, 2 * run):
                # The left run steps aside; what is merged never overtakes the right one.
                q, last = first + run, min(first + 2 * run, end)
                for k in range(run):
                    ends[k] = indices[first + k]
                    weights[k] = data[first + k]
                k, at = 0, first
                while k < run:
                    if q < last and indices[q] < ends[k]:
                        indices[at] = indices[q]
                        data[at] = data[q]
                        q += 1
                    else:
                        indices[at] = ends[k]
                        data[at] = weights[k]
                        k += 1
                    at += 1
            run *= 2
        row = kept
        for k in range(begin, end):
            if kept > row and indices[kept - 1] == indices[k]:
                data[kept - 1] += data[k]
            else:
                indices[kept] = indices[k]
                data[kept] = data[k]
                kept += 1
        begin = end
        indptr[i + 1] = kept
    if kept < 0.9 * m:  # a copy of nearly all would take more memory than it frees
        return indptr[:-1], indices[:kept].copy(), data[:kept].copy()
    return indptr[:-1], indices[:kept], data[:kept]


@kernel
def mirror(indptr, indices, data, n_nodes):
    """Symmetric CSR of an upper triangle with ascending columns; the diagonal stands once.

    Row i holds first its smaller ends, which arrive in order because sources ascend, then its own
    columns. O(rows + nodes).
    """
    one = np.uint32(1)
    full = np.zeros(n_nodes + 1, np.int32)
    for i in range(n_nodes):
        full[i + 1] += indptr[i + 1] - indptr[i]
        for k in range(indptr[i], indptr[i + 1]):
            if indices[k] != i:
                full[np.uint32(indices[k]) + one] += 1
    for i in range(n_nodes):
        full[i + 1] += full[i]
    cursor = full[:-1].copy()
    columns = np.empty(full[n_nodes], np.int32)
    weights = np.empty(full[n_nodes], np.float64)
    for i in range(n_nodes):
        p = cursor[i]
        for k in range(indptr[i], indptr[i + 1]):
            j, w = indices[k], data[k]
            columns[p] = j
            weights[p] = w
            p += 1
            if j != i:
                q = np.uint32(cursor[np.uint32(j)])
                columns[q] = i
                weights[q] = w
                cursor[np.uint32(j)] = q + one
        cursor[i] = p
    return full, columns, weights
