"""Leiden with one community a node, on the sum of the modularities of several layers."""

import numpy as np

from netinnov.kernels._jit import called, inlined, kernel


@inlined
def _draw(state, below):
    """A whole number in [0, below) from the generator splitmix64."""
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    z = state[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return np.int64(z >> np.uint64(1)) % below


@called
def _drawn_order(n, state):
    """A random order; if long, runs of neighbours in memory are shuffled, then each run."""
    run = 1 if n < 20_000 else 32
    runs = np.arange((n + run - 1) // run).astype(np.int32)
    for i in range(runs.size - 1, 0, -1):
        j = _draw(state, i + 1)
        runs[i], runs[j] = runs[j], runs[i]
    if run == 1:
        return runs
    order = np.empty(n, np.int32)
    end = 0
    for r in runs:
        first = end
        for v in range(r * run, min(n, (r + 1) * run)):
            j = first + _draw(state, end - first + 1)
            order[end] = order[j]
            order[j] = v
            end += 1
    return order


@called
def _totals(label, cptr, column, strength, n_columns):
    """Strengths of each group: one row a label."""
    n = label.size
    total = np.zeros((n, n_columns))
    for v in range(n):
        for k in range(cptr[v], cptr[v + 1]):
            total[label[v], column[k]] += strength[k]
    return total


@called
def _numbered(label):
    """Renumber labels 0, 1, ... by first node, in place; their number."""
    code = np.full(label.size, -1, np.int32)
    count = 0
    for v in range(label.size):
        if code[label[v]] < 0:
            code[label[v]] = count
            count += 1
        label[v] = code[label[v]]
    return count


@called
def _move(indptr, indices, data, cptr, column, strength, sign, part, state, visits):
    """Move nodes to the best community nearby, until none gains or `visits` are spent; the gain."""
    n = part.size
    total = _totals(part, cptr, column, strength, sign.size)
    size = np.zeros(n, np.int32)
    for v in range(n):
        size[part[v]] += 1
    free = np.empty(n, np.int32)
    n_free = 0
    for c in range(n - 1, -1, -1):
        if size[c] == 0:
            free[n_free] = c
            n_free += 1
    queue = _drawn_order(n, state)
    waiting = np.ones(n, np.bool_)
    head, length = 0, n
    link = np.zeros(n)
    seen = np.empty(n, np.int32)
    gained = 0.0
    while length > 0 and visits > 0:
        visits -= 1
        v = queue[head]
        head = head + 1 if head + 1 < n else 0
        length -= 1
        waiting[v] = False
        n_seen = 0
        reach = 0.0
        for k in range(indptr[v], indptr[v + 1]):
            c = part[indices[k]]
            if link[c] == 0.0:
                seen[n_seen] = c
                n_seen += 1
            link[c] += data[k]
            reach += data[k]
        home = part[v]
        stay = link[home]
        link[home] = 0.0
        for k in range(cptr[v], cptr[v + 1]):
            s = strength[k]
            stay -= sign[column[k]] * s * (total[home, column[k]] - s)
        best, target = stay + 1e-12 * reach, home
        if size[home] > 1 and best < 0.0:
            best, target = 0.0, free[n_free - 1]
        for k in range(n_seen):
            c = seen[k]
            gain = link[c]
            link[c] = 0.0
            # The expected part is never below 0, so most communities need no look at it.
            if gain > best:
                for q in range(cptr[v], cptr[v + 1]):
                    gain -= sign[column[q]] * strength[q] * total[c, column[q]]
                if gain > best:
                    best, target = gain, c
        if target == home:
            continue
        gained += 2.0 * (best - stay)
        if size[target] == 0:
            n_free -= 1
        for k in range(cptr[v], cptr[v + 1]):
            total[home, column[k]] -= strength[k]
            total[target, column[k]] += strength[k]
        size[target] += 1
        size[home] -= 1
        if size[home] == 0:
            free[n_free] = home
            n_free += 1
        part[v] = target
        for k in range(indptr[v], indptr[v + 1]):
            u = indices[k]
            if not waiting[u] and part[u] != target:
                waiting[u] = True
                tail = head + length
                queue[tail if tail < n else tail - n] = u
                length += 1
    return gained


@called
def _refine(indptr, indices, data, cptr, column, strength, sign, part, state):
    """Split communities into well-connected parts: single nodes that join while it gains."""
    n = part.size
    whole = _totals(part, cptr, column, strength, sign.size)
    label = np.arange(n).astype(np.int32)
    total = _totals(label, cptr, column, strength, sign.size)
    alone = np.ones(n, np.bool_)
    outside = np.zeros(n)  # weight between a part and the rest of its community
    for v in range(n):
        for k in range(indptr[v], indptr[v + 1]):
            if part[indices[k]] == part[v]:
                outside[v] += data[k]
    order = _drawn_order(n, state)
    link = np.zeros(n)
    seen = np.empty(n, np.int32)
    for i in range(n):
        v = order[i]
        if not alone[v] or outside[v] == 0.0:
            continue
        p = part[v]
        expected = 0.0
        for k in range(cptr[v], cptr[v + 1]):
            s = strength[k]
            expected += sign[column[k]] * s * (whole[p, column[k]] - s)
        if outside[v] < expected:
            continue
        n_seen = 0
        for k in range(indptr[v], indptr[v + 1]):
            u = indices[k]
            if part[u] == p:
                c = label[u]
                if link[c] == 0.0:
                    seen[n_seen] = c
                    n_seen += 1
                link[c] += data[k]
        best, target, joint = 0.0, v, 0.0
        for k in range(n_seen):
            c = seen[k]
            gain = link[c]
            link[c] = 0.0
            if gain <= best:
                continue
            weight = gain
            for q in range(cptr[v], cptr[v + 1]):
                gain -= sign[column[q]] * strength[q] * total[c, column[q]]
            if gain <= best:
                continue
            expected = 0.0
            for x in range(sign.size):
                expected += sign[x] * total[c, x] * (whole[p, x] - total[c, x])
            if outside[c] >= expected:
                best, target, joint = gain, c, weight
        if target == v:
            continue
        for k in range(cptr[v], cptr[v + 1]):
            total[target, column[k]] += strength[k]
            total[v, column[k]] -= strength[k]
        outside[target] += outside[v] - 2.0 * joint
        alone[target] = False
        alone[v] = False
        label[v] = target
    return label


@called
def _merge(indptr, indices, data, label, count):
    """The graph whose nodes are the groups: CSR without the links inside them."""
    n = label.size
    start = np.zeros(count + 1, np.int32)
    for v in range(n):
        start[label[v] + 1] += 1
    for c in range(count):
        start[c + 1] += start[c]
    member = np.empty(n, np.int32)
    at = start.copy()
    for v in range(n):
        member[at[label[v]]] = v
        at[label[v]] += 1
    ptr = np.zeros(count + 1, np.int32)
    ends = np.empty(indices.size, np.int32)
    sums = np.empty(indices.size)
    link = np.zeros(count)
    used = 0
    for c in range(count):
        first = used
        for i in range(start[c], start[c + 1]):
            v = member[i]
            for k in range(indptr[v], indptr[v + 1]):
                d = label[indices[k]]
                if d != c:
                    if link[d] == 0.0:
                        ends[used] = d
                        used += 1
                    link[d] += data[k]
        for k in range(first, used):
            sums[k] = link[ends[k]]
            link[ends[k]] = 0.0
        ptr[c + 1] = used
    return ptr, ends[:used].copy(), sums[:used].copy()


@called
def _merge_strengths(label, count, cptr, column, strength, n_columns):
    """Strengths of the groups as rows of (column, sum)."""
    total = _totals(label, cptr, column, strength, n_columns)
    filled = 0
    for c in range(count):
        for x in range(n_columns):
            filled += total[c, x] != 0.0
    ptr = np.zeros(count + 1, np.int32)
    columns = np.empty(filled, np.int32)
    sums = np.empty(filled)
    used = 0
    for c in range(count):
        for x in range(n_columns):
            if total[c, x] != 0.0:
                columns[used] = x
                sums[used] = total[c, x]
                used += 1
        ptr[c + 1] = used
    return ptr, columns, sums


@called
def _multilevel(indptr, indices, data, cptr, column, strength, sign, part_of, state, quick, stop):
    """Move, merge and so on, changing `part_of`, until moves gain at most `stop`; sum of gains.

    Merges refined parts, or whole communities if `quick` is above 0; if 2, nodes move once.
    """
    ptr, ends, weight = indptr, indices, data
    rows, columns, sums = cptr, column, strength
    n = part_of.size
    inside = np.arange(n).astype(np.int32)
    part = part_of.copy()
    gained = 0.0
    while True:
        size = part.size
        visits = size if quick == 2 else 2**62
        gained += _move(ptr, ends, weight, rows, columns, sums, sign, part, state, visits)
        count = _numbered(part)
        for v in range(n):
            part_of[v] = part[inside[v]]
        if count == size or (size == n and gained <= stop):
            return gained
        label, merged = part, count
        if quick == 0:
            label = _refine(ptr, ends, weight, rows, columns, sums, sign, part, state)
            merged = _numbered(label)
            if merged == size:
                return gained
        ptr, ends, weight = _merge(ptr, ends, weight, label, merged)
        rows, columns, sums = _merge_strengths(label, merged, rows, columns, sums, sign.size)
        above = np.empty(merged, np.int32)
        for v in range(size):
            above[label[v]] = part[v]
        for v in range(n):
            inside[v] = label[inside[v]]
        part = above


@called
def _connected(indptr, indices, label):
    """Numbers 0, 1, ... of the connected parts of communities, and how many there are."""
    n = label.size
    part = np.full(n, -1, np.int32)
    stack = np.empty(n, np.int32)
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
        n_parts += 1
    return part, n_parts


@kernel
def one_community_a_node(
    indptr, indices, data, cptr, column, strength, sign, enough, fine, start, seed
):  # fmt: skip
    """Labels of the nodes, and the quality of the partition.

    Maximises sum_ij [w_ij - sum_q sign_q s_iq s_jq] [g_i = g_j]. The symmetric w (CSR, without
    self-links) holds the links of all layers together; row i of (cptr, column, strength) holds
    the s_iq that are not 0. An undirected layer is one column; a directed one is two, the half sum
    and the half difference of out and in, since (out x in + in x out) / 2 = sum^2 - difference^2.
    `sign` may hold a resolution besides. `start` is a partition with labels below the number of
    nodes. An iteration moves nodes, refines, merges and goes on with the merged graph; it starts
    from the partition of the one before. After one that gains `enough` or less, nodes alone move
    until none gains. With `fine` above 0 a quick search at so many times the resolution gives the
    first partition instead, its communities are joined, and iterations end once their moves of
    nodes gain `enough` or less. Communities are connected.
    O(links + communities looked at x layers of the node) an iteration, as a rule.
    Reference: leidenalg.find_partition_multiplex with ModularityVertexPartition.
    """
    n = indptr.size - 1
    state = np.array([seed], np.uint64)
    # Copies, so that all parts are compiled once: for arrays that may be written to.
    indptr, indices, data, sign = indptr.copy(), indices.copy(), data.copy(), sign.copy()
    cptr, column, strength, part = cptr.copy(), column.copy(), strength.copy(), start.copy()
    stop = -1.0
    graph = indptr, indices, data, cptr, column, strength
    if fine > 0.0:
        _multilevel(*graph, sign * fine, part, state, 2, -1.0)
        _multilevel(*graph, sign, part, state, 1, -1.0)
        stop = enough
    while True:
        gained = _multilevel(*graph, sign, part, state, 0, stop)
        if gained <= stop:
            n_communities = _numbered(part)
            part, n_parts = _connected(indptr, indices, part)
            if n_parts == n_communities:
                break
        if gained <= enough:
            stop = np.inf
    quality = 0.0
    for v in range(n):
        for k in range(indptr[v], indptr[v + 1]):
            if part[indices[k]] == part[v]:
                quality += data[k]
    total = _totals(part, cptr, column, strength, sign.size)
    for c in range(n):
        for x in range(sign.size):
            quality -= sign[x] * total[c, x] ** 2
    return part, quality
