"""Breadth-first searches from many sources at once, one bit a source."""

import numpy as np

from netinnov.kernels._jit import inlined, kernel

__all__ = ["WORDS", "pairs_at_distance"]

WORDS = 8  # words of 64 sources: one cache line a node


@inlined
def _ones(x):
    """Number of bits that are set."""
    x = x - ((x >> np.uint64(1)) & np.uint64(0x5555555555555555))
    x = (x & np.uint64(0x3333333333333333)) + ((x >> np.uint64(2)) & np.uint64(0x3333333333333333))
    x = (x + (x >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((x * np.uint64(0x0101010101010101)) >> np.uint64(56))


@kernel
def pairs_at_distance(indptr, indices, sources, wanted):
    """How many ordered pairs (source, wanted node) lie 1, 2, ... steps apart.

    At most 64 x WORDS sources; a pair of a node with itself does not count. Every link is looked
    at once a step for all sources together. O(steps x links).
    Reference: one queue-based breadth-first search a source.
    """
    n = indptr.size - 1
    words = (sources.size + 63) // 64
    seen = np.zeros((n, words), np.uint64)
    front = np.zeros((n, words), np.uint64)
    reached = np.zeros((n, words), np.uint64)
    active = np.zeros(n, np.bool_)
    touched = np.zeros(n, np.bool_)
    for s in range(sources.size):
        bit = np.uint64(1) << np.uint64(s & 63)
        seen[sources[s], s >> 6] |= bit
        front[sources[s], s >> 6] |= bit
        active[sources[s]] = True
    counts = np.zeros(64, np.int64)
    step = 0
    going = sources.size > 0
    while going:
        for u in range(n):
            if active[u]:
                for k in range(indptr[u], indptr[u + 1]):
                    v = indices[k]
                    touched[v] = True
                    for w in range(words):
                        reached[v, w] |= front[u, w]
        going = False
        count = np.int64(0)
        for v in range(n):
            active[v] = False
            if not touched[v]:
                continue
            touched[v] = False
            for w in range(words):
                new = reached[v, w] & ~seen[v, w]
                reached[v, w] = np.uint64(0)
                front[v, w] = new
                if new != np.uint64(0):
                    seen[v, w] |= new
                    active[v] = True
                    if wanted[v]:
                        count += _ones(new)
            going = going or active[v]
        if step == counts.size:
            longer = np.zeros(2 * counts.size, np.int64)
            longer[: counts.size] = counts
            counts = longer
        counts[step] = count
        step += 1
    return counts[:step]
