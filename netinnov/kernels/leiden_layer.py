"""The Leiden algorithm on one layer: whole searches, so that small networks cost little.

A *level* is a network of super-states: the tuple ``indptr, indices, weight, a, b`` of symmetric
weights, none of one with itself, and two strengths of each. What counts for u and v is
weight - fa a_u a_v - fb b_u b_v, as in `netinnov.kernels.leiden` with two channels; that file
explains moves and refinement, which are the same here without coupling and hash tables.
"""

import numpy as np

from netinnov.kernels._jit import called, kernel
from netinnov.kernels.levels import add_to_row, by_label, connected_parts, constant
from netinnov.kernels.uint64 import uniform


@called
def _numbers(n):
    numbers = np.empty(n, np.int32)
    for v in range(n):
        numbers[v] = v
    return numbers


@called
def _of_members(label, part):
    labels = np.empty(part.size, np.int32)
    for v in range(part.size):
        labels[v] = label[part[v]]
    return labels


@called
def _shuffled(n, state):
    order = _numbers(n)
    for i in range(n - 1, 0, -1):
        j = np.int64(uniform(state) * (i + 1))
        order[i], order[j] = order[j], order[i]
    return order


@called
def _compact(label, n_labels):
    """Renumber labels 0, 1, ... without gaps, in place; their number."""
    number = constant(n_labels, np.int32(-1))
    n_used = 0
    for v in range(label.size):
        number[label[v]] = 0
    for c in range(n_labels):
        if number[c] == 0:
            number[c] = n_used
            n_used += 1
    for v in range(label.size):
        label[v] = number[label[v]]
    return n_used


@called
def _moved(level, fa, fb, label, state):
    """Move super-states to the best community, in place; the gain. Labels are below n."""
    indptr, indices, weight, a, b = level
    n = a.size
    sum_a, sum_b, size = np.zeros(n), np.zeros(n), constant(n, np.int32(0))
    for v in range(n):
        sum_a[label[v]] += a[v]
        sum_b[label[v]] += b[v]
        size[label[v]] += 1
    empty = np.empty(n, np.int32)
    n_empty = 0
    for c in range(n - 1, -1, -1):
        if size[c] == 0:
            empty[n_empty] = c
            n_empty += 1
    queue = _shuffled(n, state)
    queued = constant(n, np.int32(1))
    head, length = 0, n
    near = np.zeros(n)
    touched = np.empty(n + 1, np.int32)
    total = 0.0
    while length > 0:
        v = queue[head]
        head = head + 1 if head + 1 < n else 0
        length -= 1
        queued[v] = 0
        own = label[v]
        n_touched = 0
        reach = 0.0
        for k in range(indptr[v], indptr[v + 1]):
            c = label[indices[k]]
            touched[n_touched] = c
            n_touched += near[c] == 0.0
            near[c] += weight[k]
            reach += weight[k]
        pull_a, pull_b = fa * a[v], fb * b[v]
        stay = 0.0
        if size[own] > 1:
            stay = near[own] - pull_a * (sum_a[own] - a[v]) - pull_b * (sum_b[own] - b[v])
        best, best_gain = own, stay + 1e-11 * reach
        if size[own] > 1 and best_gain < 0.0:
            best, best_gain = empty[n_empty - 1], 0.0
        for t in range(n_touched):
            c = touched[t]
            if c != own and near[c] > best_gain:
                gain = near[c] - pull_a * sum_a[c] - pull_b * sum_b[c]
                if gain > best_gain:
                    best, best_gain = c, gain
            near[c] = 0.0
        if best == own:
            continue
        total += best_gain - stay
        sum_a[own] -= a[v]
        sum_b[own] -= b[v]
        sum_a[best] += a[v]
        sum_b[best] += b[v]
        size[own] -= 1
        if size[best] == 0:
            n_empty -= 1
        size[best] += 1
        if size[own] == 0:
            sum_a[own] = 0.0  # nothing may be left over
            sum_b[own] = 0.0
            empty[n_empty] = own
            n_empty += 1
        label[v] = best
        for k in range(indptr[v], indptr[v + 1]):
            u = indices[k]
            if queued[u] == 0 and label[u] != best:
                queued[u] = 1
                at = head + length
                queue[at if at < n else at - n] = u
                length += 1
    return total


@called
def _refined(level, fa, fb, label, state):
    """Parts of the communities, numbered 0, 1, ..., and their number."""
    indptr, indices, weight, a, b = level
    n = a.size
    sum_a, sum_b = np.zeros(n), np.zeros(n)
    for v in range(n):
        sum_a[label[v]] += a[v]
        sum_b[label[v]] += b[v]
    rest, slack = np.empty(n), np.empty(n)
    for v in range(n):
        own = label[v]
        inside = 0.0
        for k in range(indptr[v], indptr[v + 1]):
            if label[indices[k]] == own:
                inside += weight[k]
        slack[v] = 1e-11 * inside
        rest[v] = inside - fa * a[v] * (sum_a[own] - a[v]) - fb * b[v] * (sum_b[own] - b[v])
    part = _numbers(n)
    size = constant(n, np.int32(1))
    for v in range(n):  # slower to compile as a slice
        sum_a[v], sum_b[v] = a[v], b[v]
    near = np.zeros(n)
    touched = np.empty(n + 1, np.int32)
    for v in _shuffled(n, state):
        if part[v] != v or size[v] > 1 or rest[v] < -slack[v]:
            continue
        n_touched = 0
        for k in range(indptr[v], indptr[v + 1]):
            u = indices[k]
            if label[u] == label[v]:
                c = part[u]
                touched[n_touched] = c
                n_touched += near[c] == 0.0
                near[c] += weight[k]
        best, best_gain = v, 0.0
        for t in range(n_touched):
            c = touched[t]
            if near[c] > best_gain and rest[c] >= -slack[c]:
                gain = near[c] - fa * a[v] * sum_a[c] - fb * b[v] * sum_b[c]
                if gain > best_gain:
                    best, best_gain = c, gain
            near[c] = 0.0
        if best == v:
            continue
        sum_a[best] += a[v]
        sum_b[best] += b[v]
        rest[best] += rest[v] - 2.0 * best_gain
        slack[best] += slack[v]
        size[v] = 0
        size[best] += 1
        part[v] = best
    return part, _compact(part, n)


@called
def _aggregated(level, part, n_new):
    indptr, indices, weight, a, b = level
    start, members = by_label(part, n_new)
    new_a, new_b = np.zeros(n_new), np.zeros(n_new)
    new_indptr = constant(n_new + 1, np.int32(0))
    new_indices, new_weight = np.empty(indices.size, np.int32), np.empty(indices.size)
    slot = constant(n_new, np.int32(-1))
    end = 0
    for c in range(n_new):
        first = end
        for m in range(start[c], start[c + 1]):
            v = members[m]
            new_a[c] += a[v]
            new_b[c] += b[v]
            for k in range(indptr[v], indptr[v + 1]):
                d = part[indices[k]]
                if d != c:
                    end = add_to_row(slot, first, end, new_indices, new_weight, d, weight[k])
        new_indptr[c + 1] = end
    return new_indptr, new_indices[:end].copy(), new_weight[:end].copy(), new_a, new_b


@called
def _of_parts(label, part, n_parts):
    """The label of each part, below the number of parts; a part lies in one community."""
    labels = np.empty(n_parts, np.int32)
    for v in range(label.size):
        labels[part[v]] = label[v]
    _compact(labels, label.size)
    return labels


@called
def _score(level, fa, fb, label):
    indptr, indices, weight, a, b = level
    n = a.size
    sum_a, sum_b = np.zeros(n), np.zeros(n)
    inside = 0.0
    for v in range(n):
        sum_a[label[v]] += a[v]
        sum_b[label[v]] += b[v]
        for k in range(indptr[v], indptr[v + 1]):
            if label[indices[k]] == label[v]:
                inside += weight[k]
    for c in range(n):
        inside -= fa * sum_a[c] * sum_a[c] + fb * sum_b[c] * sum_b[c]
    return inside


@kernel
def searched(indptr, indices, weight, a, b, fa, fb, start, seed, patience):
    """Labels of a search from a partition, and their score. O(links) a sweep.

    No move of a node or union of communities improves them. With ``patience`` states are taken out
    of the partition at random and the search goes on, until that fails so many times in a row.
    """
    network = indptr.copy(), indices.copy(), weight.copy(), a.copy(), b.copy()
    label = start.copy()
    state = np.empty(1, np.uint64)
    state[0] = seed
    n = label.size
    score = _score(network, fa, fb, label)
    scale = 0.0
    for k in range(weight.size):
        scale += weight[k]
    idle = 0
    while idle < max(1, patience):
        other = label.copy()
        if patience > 0:
            share = 0.1 + 0.4 * uniform(state)
            n_labels = _compact(other, n)
            for v in range(n):
                if uniform(state) < share:
                    other[v] = n_labels
                    n_labels += 1
            _compact(other, n_labels)
        # Move, refine and aggregate until each community is one super-state.
        level, at, part, n_parts = network, _numbers(n), other, 0
        while n_parts < part.size:
            _moved(level, fa, fb, other, state)
            part, n_parts = _refined(level, fa, fb, other, state)
            other = _of_parts(other, part, n_parts)
            level = _aggregated(level, part, n_parts)
            at = _of_members(part, at)
        other = _of_members(other, at)
        none = np.empty(0, np.int32)  # no state has copies
        # Move states, separate unconnected parts and merge, until nothing changes.
        settled = False
        while not settled:
            _moved(network, fa, fb, other, state)
            n_labels = _compact(other, n)
            part, n_parts = connected_parts(network[0], network[1], other, none, none, none)
            union = _numbers(n_parts)
            gain = _moved(_aggregated(network, part, n_parts), fa, fb, union, state)
            other = _of_members(union, part)
            settled = gain == 0.0 and n_parts == n_labels
        reached = _score(network, fa, fb, other)
        if patience == 0:
            return other, reached
        idle = 0 if reached > score + 1e-11 * scale else idle + 1
        if reached >= score:
            label, score = other, reached
    return label, score
