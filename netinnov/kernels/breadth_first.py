"""Breadth-first searches from many sources at once, one bit a source."""

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


@inlined
def _begin(n, sources):
    """Which sources have been at a node, and which have just come there: each at itself."""
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
    """Carry each front over all links of its node."""
    for u in range(active.size):
        if active[u]:
            for k in range(indptr[u], indptr[u + 1]):
                v = indices[k]
                touched[v] = True
                for w in range(front.shape[1]):
                    reached[v, w] |= front[u, w]


@inlined
def _settle(v, seen, front, reached):
    """Make what has reached v for the first time its new front; how many sources that are."""
    count = np.int64(0)
    for w in range(front.shape[1]):
        new = reached[v, w] & ~seen[v, w]
        reached[v, w] = np.uint64(0)
        front[v, w] = new
        if new != np.uint64(0):
            seen[v, w] |= new
            count += _ones(new)
    return count


@kernel
def pairs_at_distance(indptr, indices, sources, wanted):
    """How many ordered pairs (source, wanted node) lie 1, 2, ... steps apart.

    At most 64 x WORDS sources; a pair of a node with itself does not count. Every link is looked
    at once a step for all sources together. O(steps x links).
    Reference: one queue-based breadth-first search a source.
    """
    n = indptr.size - 1
    seen, front, active = _begin(n, sources)
    reached, touched = np.zeros(seen.shape, np.uint64), np.zeros(n, np.bool_)
    counts = np.zeros(64, np.int64)
    step = 0
    going = sources.size > 0
    while going:
        _spread(indptr, indices, front, active, reached, touched)
        going = False
        count = np.int64(0)
        for v in range(n):
            active[v] = False
            if touched[v]:
                touched[v] = False
                new = _settle(v, seen, front, reached)
                active[v] = new > 0
                going = going or active[v]
                if wanted[v]:
                    count += new
        if step == counts.size:
            longer = np.zeros(2 * counts.size, np.int64)
            for at in range(step):  # slower to compile as a slice
                longer[at] = counts[at]
            counts = longer
        counts[step] = count
        step += 1
    return counts[:step]


@kernel
def sources_within(indptr, indices, sources, steps):
    """For each node, how many of the sources (but itself) reach it within so many steps.

    At most 64 x WORDS sources. O(steps x links).
    Reference: one queue-based breadth-first search a source.
    """
    n = indptr.size - 1
    seen, front, active = _begin(n, sources)
    reached, touched = np.zeros(seen.shape, np.uint64), np.zeros(n, np.bool_)
    counts = np.zeros(n, np.int64)
    step = 0
    going = sources.size > 0
    while going and step < steps:
        _spread(indptr, indices, front, active, reached, touched)
        going = False
        for v in range(n):
            active[v] = False
            if touched[v]:
                touched[v] = False
                new = _settle(v, seen, front, reached)
                active[v] = new > 0
                going = going or active[v]
                counts[v] += new
        step += 1
    return counts


@kernel
def pairs_within(indptr, indices, sources, wanted, carries, steps):
    """How many ordered pairs (source, wanted node) lie 1, 2, ... steps apart, and how many nodes.

    Paths go on from the source and from nodes that carry them. Returns the counts of pairs, one
    a step, and whether each node is wanted and reached at all. At most 64 x WORDS sources.
    O(steps x links).
    Reference: one queue-based breadth-first search a source.
    """
    n = indptr.size - 1
    seen, front, active = _begin(n, sources)
    reached, touched = np.zeros(seen.shape, np.uint64), np.zeros(n, np.bool_)
    counts, near = np.zeros(steps, np.int64), np.zeros(n, np.bool_)
    step = 0
    going = sources.size > 0
    while going and step < steps:
        _spread(indptr, indices, front, active, reached, touched)
        going = False
        for v in range(n):
            active[v] = False
            if touched[v]:
                touched[v] = False
                new = _settle(v, seen, front, reached)
                active[v] = carries[v] and new > 0
                going = going or active[v]
                if wanted[v] and new > 0:
                    counts[step] += new
                    near[v] = True
        step += 1
    return counts, near
