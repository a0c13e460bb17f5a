"""Open and closed two-paths around each node: brokerage and structural holes."""

import numpy as np

from netinnov.kernels._jit import inlined, kernel

SEARCH = 8  # steps through a row that cost as much as one search in it


@inlined
def _category(a, v, b):
    """Position of coordinator, itinerant, gatekeeper, representative, liaison."""
    if a == b:
        return 0 if a == v else 1
    if b == v:
        return 2
    return 3 if a == v else 4


@inlined
def _find(indices, begin, end, wanted):
    """Position of a column in an ascending row, or -1."""
    stop = end
    while begin < end:
        middle = (begin + end) >> 1
        if indices[middle] < wanted:
            begin = middle + 1
        else:
            end = middle
    return begin if begin < stop and indices[begin] == wanted else -1


@kernel
def brokered_pairs(indptr, indices, into, origins, group, n_groups, begin, end):
    """Two-paths a > v > b, a not linked to b, by the groups of a, v and b: counts, node x kind.

    The two-paths through v (rows ``indptr, indices``: out of a node; ``into, origins``: into it,
    both ascending) less those closed by a link a > b, which are found from a. Counts those of v and
    a in [begin, end): the sum over a split of all nodes is the result. A row that is much longer
    than the other is searched, not read: O(sum over nodes of in x out degree) at most.
    """
    n = indptr.size - 1
    counts = np.zeros((n, 5), np.int64)
    out_of = np.zeros(n_groups, np.int64)
    for v in range(begin, end):
        own = group[v]
        n_in, n_out = into[v + 1] - into[v], indptr[v + 1] - indptr[v]
        if n_in == 0 or n_out == 0:
            continue
        for k in range(indptr[v], indptr[v + 1]):
            out_of[group[indices[k]]] += 1
        to_own = out_of[own]
        for k in range(into[v], into[v + 1]):
            a = group[origins[k]]
            if a == own:
                counts[v, 0] += to_own
                counts[v, 3] += n_out - to_own
            else:
                counts[v, 1] += out_of[a]
                counts[v, 2] += to_own
                counts[v, 4] += n_out - to_own - out_of[a]
        for k in range(indptr[v], indptr[v + 1]):
            out_of[group[indices[k]]] = 0
        # a > v > a is not a pair. Both rows ascend.
        k, m = into[v], indptr[v]
        while k < into[v + 1] and m < indptr[v + 1]:
            if origins[k] < indices[m]:
                k += 1
            elif origins[k] > indices[m]:
                m += 1
            else:
                a = group[origins[k]]
                counts[v, 0 if a == own else 1] -= 1
                k += 1
                m += 1

    mark = np.full(n, -1, np.int32)
    for a in range(begin, end):
        ours = indptr[a + 1] - indptr[a]
        for k in range(indptr[a], indptr[a + 1]):
            mark[indices[k]] = a
        for k in range(indptr[a], indptr[a + 1]):
            v = indices[k]
            if SEARCH * ours < indptr[v + 1] - indptr[v]:
                for m in range(indptr[a], indptr[a + 1]):
                    b = indices[m]
                    if _find(indices, indptr[v], indptr[v + 1], b) >= 0:
                        counts[v, _category(group[a], group[v], group[b])] -= 1
            else:
                for m in range(indptr[v], indptr[v + 1]):
                    b = indices[m]
                    if mark[b] == a:
                        counts[v, _category(group[a], group[v], group[b])] -= 1
    return counts


@kernel
def through_neighbours(indptr, indices, direct, first, second, begin, end):
    """Direct weight and sum over q of first_iq second_qj, for the links i, j of i in [begin, end).

    On a symmetric pattern with ascending columns and no diagonal; in the order of its entries.
    O(sum over links of the degrees of their ends) at most.
    """
    n = indptr.size - 1
    values = np.empty(indptr[end] - indptr[begin], np.float64)
    at, total = np.full(n, -1, np.int32), np.zeros(n, np.float64)
    for i in range(begin, end):
        ours = indptr[i + 1] - indptr[i]
        for k in range(indptr[i], indptr[i + 1]):
            at[indices[k]] = i
            total[indices[k]] = direct[k]
        for k in range(indptr[i], indptr[i + 1]):
            q = indices[k]
            if SEARCH * ours < indptr[q + 1] - indptr[q]:
                for m in range(indptr[i], indptr[i + 1]):
                    j = indices[m]
                    e = _find(indices, indptr[q], indptr[q + 1], j)
                    if e >= 0:
                        total[j] += first[k] * second[e]
            else:
                for e in range(indptr[q], indptr[q + 1]):
                    j = indices[e]
                    if at[j] == i:
                        total[j] += first[k] * second[e]
        for k in range(indptr[i], indptr[i + 1]):
            values[k - indptr[begin]] = total[indices[k]]
    return values
