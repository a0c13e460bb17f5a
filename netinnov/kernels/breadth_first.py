"""Breadth-first searches from many sources at once, one bit a source."""

import numpy as np

from netinnov.kernels._jit import inlined, kernel
from netinnov.kernels.uint64 import ones

WORDS = 8  # words of 64 sources: one cache line a node


@inlined
def _begin(n, sources):
    """Sources that have reached each node, and the front: each source at itself."""
    seen = np.zeros((n, (sources.size + 63) // 64), np.uint64)
    front = np.zeros(seen.shape, np.uint64)
    active = np.zeros(n, np.bool_)
    for s in range(sources.size):
        bit = np.uint64(1) << np.uint64(s & 63)
        seen[sources[s], s >> 6] |= bit
        front[sources[s], s >> 6] |= bit
        active[sources[s]] = True
    return seen, front, active


@inlined
def _spread(indptr, indices, front, active, reached, touched):
    for u in range(active.size):
        if active[u]:
            for k in range(indptr[u], indptr[u + 1]):
                v = indices[k]
                touched[v] = True
                for w in range(front.shape[1]):
                    reached[v, w] |= front[u, w]


@inlined
def _settle(v, seen, front, reached):
    """Make the sources that reached v for the first time its new front; their number."""
    count = np.int64(0)
    for w in range(front.shape[1]):
        new = reached[v, w] & ~seen[v, w]
        reached[v, w] = np.uint64(0)
        front[v, w] = new
        if new != np.uint64(0):
            seen[v, w] |= new
            count += ones(new)
    return count


@inlined
def _walk(indptr, indices, sources, wanted, carries, limit):
    """Number of pairs of a source and a wanted node that lie 1, 2, ... apart, and sums by node."""
    n = indptr.size - 1
    seen, front, active = _begin(n, sources)
    reached, touched = np.zeros(seen.shape, np.uint64), np.zeros(n, np.bool_)
    # What is returned is made last: below it, memory is free for the next search at once.
    counts, reached_by = np.zeros(limit, np.int64), np.zeros(n, np.int64)
    steps, inverse = np.zeros(n, np.int64), np.zeros(n, np.float64)
    step = 0
    going = sources.size > 0
    while going and step < limit:
        _spread(indptr, indices, front, active, reached, touched)
        step += 1
        going = False
        for v in range(n):
            active[v] = False
            if touched[v]:
                touched[v] = False
                new = _settle(v, seen, front, reached)
                active[v] = carries[v] and new > 0
                going = going or active[v]
                if wanted[v] and new > 0:
                    counts[step - 1] += new
                    reached_by[v] += new
                    steps[v] += new * step
                    inverse[v] += new / step
    return counts, step, reached_by, steps, inverse


@kernel
def steps_between(indptr, indices, sources, wanted, carries, limit):
    """Pairs (source, wanted node) that lie 1, 2, ... links apart, and by wanted node.

    By node: how many other sources reach it within ``limit`` steps, their steps, and 1 / steps,
    summed. Paths go on from the source and from nodes that carry them.
    O(sources / 64 x steps x links).
    """
    n = indptr.size - 1
    counts, furthest = np.zeros(limit, np.int64), 0
    reached_by, steps, inverse = np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n)
    for begin in range(0, sources.size, 64 * WORDS):
        part = sources[begin : begin + 64 * WORDS]
        pairs, step, more, further, nearer = _walk(indptr, indices, part, wanted, carries, limit)
        furthest = max(furthest, step)
        for i in range(step):  # sums of arrays are slow to compile
            counts[i] += pairs[i]
        for v in range(n):
            reached_by[v] += more[v]
            steps[v] += further[v]
            inverse[v] += nearer[v]
    return counts[:furthest], reached_by, steps, inverse
