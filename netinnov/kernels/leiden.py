"""Local moves and refinement of the Leiden algorithm, with coupling as an operator.

The kernels share a *level*: super-states, each of which stands for some states.

- ``indptr, indices, weight``: symmetric weights between super-states, none of one with itself;
- ``cptr, cidx, cval``: strengths of a super-state in the channels of the null model;
- ``mptr, mnode, mcount``: how many copies of which nodes a super-state holds;
- ``hptr, hstate, hcount``: the same by node;
- ``factor``: of each channel. The null weight of super-states u and v is sum_q factor_q u_q v_q;
- ``coupling``: weight between two copies of a node.

What counts for u and v is A(u, v) = weight + coupling x shared copies - null weight; the quality
of a partition is the sum of A over the pairs inside communities, up to constants. Strengths of
communities are kept by (community, channel) in a hash table.
"""

from collections import namedtuple

import numpy as np

from netinnov.kernels._jit import inlined, kernel
from netinnov.kernels.uint64 import GOLDEN, uniform

# Strengths by community x number of channels + channel
Table = namedtuple("Table", "keys values counts bits")


@inlined
def _shuffled_in_runs(n, state):
    """A random order; if long, runs of neighbours in memory are shuffled, then each run."""
    run = 1 if n < 20_000 else 32
    n_runs = (n + run - 1) // run
    runs = np.arange(n_runs).astype(np.int32)
    for i in range(n_runs - 1, 0, -1):
        j = np.int64(uniform(state) * (i + 1))
        runs[i], runs[j] = runs[j], runs[i]
    order = np.empty(n, np.int32)
    end = 0
    for r in runs:
        first = end
        for v in range(r * run, min(n, (r + 1) * run)):
            j = first + np.int64(uniform(state) * (end - first + 1))
            order[end] = order[j]
            order[j] = v
            end += 1
    return order


@inlined
def _slot(table, key):
    at = key
    if table.bits > 0:
        mask = (1 << table.bits) - 1
        at = np.int64((np.uint64(key) * GOLDEN) >> np.uint64(64 - table.bits))
        while table.keys[at] != key and table.keys[at] >= 0:
            at = (at + 1) & mask
    return at


@inlined
def _put(table, key, value):
    at = _slot(table, key)
    table.values[at] += value
    if table.bits > 0:
        table.keys[at] = key
        table.counts[at] += 1


@inlined
def _table(label, n_channels, cptr, cidx, cval):
    bits = 0  # log2 of the size of a hash table at most half full; 0: one slot for each key
    if label.size * n_channels > 8 * cidx.size:
        bits = 4
        while (1 << bits) < 2 * cidx.size:
            bits += 1
    values = np.zeros(1 << bits if bits > 0 else label.size * n_channels)
    table = Table(np.full(1 << bits, -1, np.int64), values, np.zeros(1 << bits, np.int32), bits)
    for v in range(label.size):
        for k in range(cptr[v], cptr[v + 1]):
            _put(table, np.int64(label[v]) * n_channels + cidx[k], cval[k])
    return table


@inlined
def _touch(near, touched, n_touched, c, weight):
    """Add to the weight that leads to a community; returns how many were met."""
    touched[n_touched] = c
    n_touched += near[c] == 0.0
    near[c] += weight
    return n_touched


@inlined
def _take(table, key, value):
    """Undo `_put`; with the last of its parts an entry goes, and those behind it close up."""
    keys, values, counts, bits = table.keys, table.values, table.counts, table.bits
    at = _slot(table, key)
    values[at] -= value
    if bits > 0:
        counts[at] -= 1
    if bits > 0 and counts[at] == 0:
        mask = (1 << bits) - 1
        after = (at + 1) & mask
        while keys[after] >= 0:
            home = np.int64((np.uint64(keys[after]) * GOLDEN) >> np.uint64(64 - bits))
            if ((after - home) & mask) >= ((after - at) & mask):
                keys[at] = keys[after]
                values[at] = values[after]
                counts[at] = counts[after]
                at = after
            after = (after + 1) & mask
        keys[at] = -1
        values[at] = 0.0
        counts[at] = 0


@kernel
def moved(
    indptr, indices, weight, cptr, cidx, cval, mptr, mnode, mcount, hptr, hstate, hcount,
    factor, coupling, start, waiting, visits, seed,
):  # fmt: skip
    """Labels after local moves: one super-state at a time goes where it adds most, until none can.

    A queue holds the ``waiting`` and those whose neighbours have moved; after so many ``visits``
    it is left as it is. Also gives the sum of all gains, and who waits still.
    O(links + strengths + coupled pairs) a round over all super-states.
    """
    n = indptr.size - 1
    n_channels = factor.size
    state = np.array([seed], np.uint64)
    label = start.copy()
    table = _table(label, n_channels, cptr, cidx, cval)
    size = np.zeros(n, np.int32)
    for v in range(n):
        size[label[v]] += 1
    empty = np.empty(n, np.int32)
    n_empty = 0
    for c in range(n - 1, -1, -1):
        if size[c] == 0:
            empty[n_empty] = c
            n_empty += 1
    queue = _shuffled_in_runs(n, state)
    queued = waiting.copy()
    head, length = 0, 0
    for v in queue:
        if queued[v]:
            queue[length] = v
            length += 1
    near = np.zeros(n)
    touched = np.empty(n + 1, np.int32)
    total = 0.0
    for _ in range(visits):
        if length == 0:
            break
        v = queue[head]
        head = head + 1 if head + 1 < n else 0
        length -= 1
        queued[v] = False
        own = label[v]
        n_touched = 0
        reach = 0.0
        for k in range(indptr[v], indptr[v + 1]):
            n_touched = _touch(near, touched, n_touched, label[indices[k]], weight[k])
            reach += weight[k]
        for k in range(mptr[v], mptr[v + 1]):
            i = mnode[k]
            for h in range(hptr[i], hptr[i + 1]):
                if hstate[h] != v:
                    more = coupling * mcount[k] * hcount[h]
                    n_touched = _touch(near, touched, n_touched, label[hstate[h]], more)
                    reach += more
        stay = 0.0
        if size[own] > 1:
            stay = near[own]
            for k in range(cptr[v], cptr[v + 1]):
                at = _slot(table, np.int64(own) * n_channels + cidx[k])
                stay -= factor[cidx[k]] * cval[k] * (table.values[at] - cval[k])
        best, best_gain = own, stay + 1e-11 * reach
        if size[own] > 1 and best_gain < 0.0:
            best, best_gain = empty[n_empty - 1], 0.0
        for t in range(n_touched):
            c = touched[t]
            gain = near[c]
            near[c] = 0.0
            if c != own and gain > best_gain:
                for k in range(cptr[v], cptr[v + 1]):
                    at = _slot(table, np.int64(c) * n_channels + cidx[k])
                    gain -= factor[cidx[k]] * cval[k] * table.values[at]
                if gain > best_gain:
                    best, best_gain = c, gain
        if best == own:
            continue
        total += best_gain - stay
        for k in range(cptr[v], cptr[v + 1]):
            key = np.int64(own) * n_channels + cidx[k]
            _take(table, key, cval[k])
            _put(table, np.int64(best) * n_channels + cidx[k], cval[k])
            if table.bits == 0 and size[own] == 1:
                table.values[key] = 0.0  # nothing may be left over
        size[own] -= 1
        if size[best] == 0:
            n_empty -= 1
        size[best] += 1
        if size[own] == 0:
            empty[n_empty] = own
            n_empty += 1
        label[v] = best
        for k in range(indptr[v], indptr[v + 1]):
            u = indices[k]
            if not queued[u] and label[u] != best:
                queued[u] = True
                at = head + length
                queue[at if at < n else at - n] = u
                length += 1
        for k in range(mptr[v], mptr[v + 1]):
            i = mnode[k]
            for h in range(hptr[i], hptr[i + 1]):
                u = hstate[h]
                if not queued[u] and label[u] != best:
                    queued[u] = True
                    at = head + length
                    queue[at if at < n else at - n] = u
                    length += 1
    return label, total, queued


@kernel
def refined(
    indptr, indices, weight, cptr, cidx, cval, mptr, mnode, mcount, hptr, hstate, hcount,
    factor, coupling, label, seed,
):  # fmt: skip
    """Parts of the communities: super-states merged while both sides hold well to the community.

    In random order each super-state that is still alone joins, of the parts of its community that
    it touches, the one with the largest gain, or stays. Alone or joined, a part must hold to the
    rest: the sum of A to the rest of its community is at least 0. That sum follows a merge as
    rest(R + v) = rest(R) + rest(v) - 2 A(R, v). O(links + strengths + coupled pairs).
    """
    n = indptr.size - 1
    n_channels = factor.size
    state = np.array([seed], np.uint64)
    table = _table(label, n_channels, cptr, cidx, cval)
    rest, slack = np.zeros(n), np.zeros(n)
    for v in range(n):
        own = label[v]
        inside = 0.0
        for k in range(indptr[v], indptr[v + 1]):
            if label[indices[k]] == own:
                inside += weight[k]
        for k in range(mptr[v], mptr[v + 1]):
            i = mnode[k]
            for h in range(hptr[i], hptr[i + 1]):
                if hstate[h] != v and label[hstate[h]] == own:
                    inside += coupling * mcount[k] * hcount[h]
        slack[v] = 1e-11 * inside
        for k in range(cptr[v], cptr[v + 1]):
            at = _slot(table, np.int64(own) * n_channels + cidx[k])
            inside -= factor[cidx[k]] * cval[k] * (table.values[at] - cval[k])
        rest[v] = inside
    part = np.arange(n).astype(np.int32)
    size = np.ones(n, np.int32)
    table = _table(part, n_channels, cptr, cidx, cval)
    near = np.zeros(n)
    touched = np.empty(n + 1, np.int32)
    for v in _shuffled_in_runs(n, state):
        if part[v] != v or size[v] > 1 or rest[v] < -slack[v]:
            continue
        n_touched = 0
        for k in range(indptr[v], indptr[v + 1]):
            u = indices[k]
            if label[u] == label[v]:
                n_touched = _touch(near, touched, n_touched, part[u], weight[k])
        for k in range(mptr[v], mptr[v + 1]):
            i = mnode[k]
            for h in range(hptr[i], hptr[i + 1]):
                u = hstate[h]
                if u != v and label[u] == label[v]:
                    more = coupling * mcount[k] * hcount[h]
                    n_touched = _touch(near, touched, n_touched, part[u], more)
        best, best_gain = v, 0.0
        for t in range(n_touched):
            c = touched[t]
            gain = near[c]
            near[c] = 0.0
            if gain > best_gain and rest[c] >= -slack[c]:
                for k in range(cptr[v], cptr[v + 1]):
                    at = _slot(table, np.int64(c) * n_channels + cidx[k])
                    gain -= factor[cidx[k]] * cval[k] * table.values[at]
                if gain > best_gain:
                    best, best_gain = c, gain
        if best == v:
            continue
        for k in range(cptr[v], cptr[v + 1]):
            _take(table, np.int64(v) * n_channels + cidx[k], cval[k])
            _put(table, np.int64(best) * n_channels + cidx[k], cval[k])
        rest[best] += rest[v] - 2.0 * best_gain
        slack[best] += slack[v]
        size[v] = 0
        size[best] += 1
        part[v] = best
    return part
