"""What all shortest paths add up to at a node: steps to it, and the share that passes it."""

import numpy as np

from netinnov.kernels._jit import inlined, kernel

WORDS = 8  # words of 64 sources: one cache line a node


@inlined
def _ones(x):
    """Number of bits that are set."""
    x = x - ((x >> np.uint64(1)) & np.uint64(0x5555555555555555))
    x = (x & np.uint64(0x3333333333333333)) + ((x >> np.uint64(2)) & np.uint64(0x3333333333333333))
    x = (x + (x >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((x * np.uint64(0x0101010101010101)) >> np.uint64(56))


@kernel
def steps_to_nodes(indptr, indices, sources, wanted):
    """For each wanted node: how many other sources reach it, their steps, and 1 / steps, summed.

    A breadth-first search from 64 x WORDS sources at once, one bit a source; the new bits of a
    node at a step are the sources that are so far away. O(sources / 64 x steps x links).
    Reference: one queue-based breadth-first search a source.
    """
    n = indptr.size - 1
    reached_by = np.zeros(n, np.int64)
    steps = np.zeros(n, np.int64)
    inverse = np.zeros(n, np.float64)
    seen = np.zeros((n, WORDS), np.uint64)
    front = np.zeros((n, WORDS), np.uint64)
    arriving = np.zeros((n, WORDS), np.uint64)
    active = np.zeros(n, np.bool_)
    touched = np.zeros(n, np.bool_)
    for begin in range(0, sources.size, 64 * WORDS):
        end = min(begin + 64 * WORDS, sources.size)
        seen[:] = 0
        for e in range(begin, end):
            s = e - begin
            bit = np.uint64(1) << np.uint64(s & 63)
            seen[sources[e], s >> 6] |= bit
            front[sources[e], s >> 6] |= bit
            active[sources[e]] = True
        step = 0
        going = True
        while going:
            step += 1
            for u in range(n):
                if active[u]:
                    for k in range(indptr[u], indptr[u + 1]):
                        v = indices[k]
                        touched[v] = True
                        for w in range(WORDS):
                            arriving[v, w] |= front[u, w]
                    for w in range(WORDS):
                        front[u, w] = 0
                    active[u] = False
            going = False
            for v in range(n):
                if not touched[v]:
                    continue
                touched[v] = False
                count = np.int64(0)
                for w in range(WORDS):
                    new = arriving[v, w] & ~seen[v, w]
                    arriving[v, w] = 0
                    if new != np.uint64(0):
                        front[v, w] = new
                        seen[v, w] |= new
                        count += _ones(new)
                if count > 0:
                    active[v] = True
                    going = True
                    if wanted[v]:
                        reached_by[v] += count
                        steps[v] += count * step
                        inverse[v] += count / step
    return reached_by, steps, inverse


@inlined
def _rise(heap, keys, place, at, item, key):
    """Put an item into the heap of four branches, at its place at or above a gap."""
    while at > 0:
        above = (at - 1) >> 2
        if keys[above] <= key:
            break
        heap[at] = heap[above]
        keys[at] = keys[above]
        place[heap[at]] = at
        at = above
    heap[at] = item
    keys[at] = key
    place[item] = at


@inlined
def _sink(heap, keys, place, size, item, key):
    """Put an item into the heap, at its place below a gap at the top."""
    at = 0
    while 4 * at + 1 < size:
        least = 4 * at + 1
        for below in range(least + 1, min(least + 4, size)):
            if keys[below] < keys[least]:
                least = below
        if key <= keys[least]:
            break
        heap[at] = heap[least]
        keys[at] = keys[least]
        place[heap[at]] = at
        at = least
    heap[at] = item
    keys[at] = key
    place[item] = at


@inlined
def _search(
    source,
    node,
    first,
    indptr,
    indices,
    lengths,
    switch_cost,
    cost,
    least,
    order,
    heap,
    keys,
    place,
):
    """Dijkstra's search from all copies of a node; gives the number of states reached.

    Fills their costs, the least over the copies of each node, their order and ``place`` in it.
    """
    cost[:] = np.inf
    least[:] = np.inf
    place[:] = -1
    size = 0
    for p in range(first[source], first[source + 1]):
        cost[p] = 0.0
        heap[size] = p
        keys[size] = 0.0
        place[p] = size
        size += 1
    least[source] = 0.0
    done = 0
    while size > 0:
        p = heap[0]
        size -= 1
        if size > 0:
            _sink(heap, keys, place, size, heap[size], keys[size])
        order[done] = p
        place[p] = done  # from here on its rank: its cost cannot fall any more
        done += 1
        v = node[p]
        if least[v] == np.inf:
            least[v] = cost[p]
            changed = cost[p] + switch_cost
            for q in range(first[v], first[v + 1]):
                if changed < cost[q]:
                    cost[q] = changed
                    at = place[q]
                    if at < 0:
                        at = size
                        size += 1
                    _rise(heap, keys, place, at, q, changed)
        for k in range(indptr[p], indptr[p + 1]):
            q = indices[k]
            cheaper = cost[p] + lengths[k]
            if cheaper < cost[q]:
                cost[q] = cheaper
                at = place[q]
                if at < 0:
                    at = size
                    size += 1
                _rise(heap, keys, place, at, q, cheaper)
    return done


@kernel
def passing_shares(node, first, indptr, indices, lengths, switch_cost, sources, tolerance):
    """Sum over pairs (source, any node) of the share of least-cost paths that pass each node.

    States are copies of nodes: those of node v are first[v], ..., first[v + 1] - 1, and a change
    between two of them costs ``switch_cost`` (0 only where each node has one copy); all copies of
    the source are free. A path is a sequence of states, counted once at each node on it. Costs are
    equal up to ``tolerance`` times their size. After Brandes (2001), where a node with its copies
    takes the place of a node: Dijkstra, then paths counted forwards and shares backwards.
    O(sources x links x log states). Reference: enumeration of all paths of least cost.
    """
    n, n_states = first.size - 1, node.size
    slack, less = 1.0 + tolerance, 1.0 - tolerance
    passing = np.zeros(n, np.float64)
    cost = np.empty(n_states, np.float64)
    least = np.empty(n, np.float64)  # over the copies of a node
    entering = np.empty(n_states, np.float64)  # paths that enter a node here
    entering_best = np.empty(n, np.float64)  # paths that enter it at its least cost
    share = np.empty(n_states, np.float64)  # of paths to later nodes, per path that enters here
    share_switched = np.empty(n, np.float64)
    order = np.empty(n_states, np.int32)
    heap = np.empty(n_states, np.int32)
    keys = np.empty(n_states, np.float64)
    onward = np.empty(indices.size, np.int32)  # heads of links on shortest paths, by tail
    until = np.empty(n_states, np.int64)
    place = np.empty(n_states, np.int32)  # -1: not yet in the heap
    for e in range(sources.size):
        source = sources[e]
        entering[:] = 0.0
        entering_best[:] = 0.0
        share_switched[:] = 0.0
        done = _search(
            source, node, first, indptr, indices, lengths, switch_cost,
            cost, least, order, heap, keys, place,
        )  # fmt: skip
        kept = 0
        for t in range(done):
            p = order[t]
            v = node[p]
            paths = 1.0
            if v != source:
                paths = entering[p]
                best = cost[p] <= least[v] * slack
                if best:
                    entering_best[v] += entering[p]
                if cost[p] >= (least[v] + switch_cost) * less:
                    paths += entering_best[v]
                    if best:  # a change that costs nothing in comparison: not to the same copy
                        paths -= entering[p]
            for k in range(indptr[p], indptr[p + 1]):
                q = indices[k]
                if cost[p] + lengths[k] <= cost[q] * slack and place[p] < place[q]:
                    entering[q] += paths
                    onward[kept] = q
                    kept += 1
            until[t] = kept

        for t in range(done - 1, -1, -1):
            p = order[t]
            v = node[p]
            if v == source:
                continue
            total = 0.0
            for k in range(until[t - 1], until[t]):
                total += share[onward[k]]
            best = cost[p] <= least[v] * slack
            switched = cost[p] >= (least[v] + switch_cost) * less
            if switched:
                share_switched[v] += total
            if best:
                # Paths that stay in this copy, and those that change to another.
                total = share_switched[v] if switched else total + share_switched[v]
            passing[v] += entering[p] * total
            share[p] = total + 1.0 / entering_best[v] if best else total
    return passing
