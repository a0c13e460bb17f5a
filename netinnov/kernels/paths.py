"""The share of all shortest paths that passes a node."""

import numpy as np

from netinnov.kernels._jit import inlined, kernel


@inlined
def _rise(heap, keys, place, at, item, key):
    """Insert into the 4-ary heap, sifting up from a gap."""
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
    """Insert into the heap, sifting down from a gap at the top."""
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
    source, node, first, indptr, indices, lengths, switch_cost,
    cost, least, order, heap, keys, place,
):  # fmt: skip
    """Dijkstra from all copies of a node; fills costs, least over copies, order; states reached."""
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
    O(sources x links x log states).
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
