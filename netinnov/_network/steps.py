"""Numbers of links between nodes, searched from many sources at once."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from netinnov._typing import Codes, Floats, Integers, Mask

MANY = 200_000  # sources times links from which on the kernel is worth compiling


def steps_between(
    indptr: Codes, indices: Codes, sources: Codes, wanted: Mask, carries: Mask, limit: int
) -> tuple[Integers, Integers, Integers, Floats]:
    """Pairs (source, wanted node) that lie 1, 2, ... links apart, and by wanted node.

    By node: how many other sources reach it within ``limit`` steps, their steps, and 1 / steps,
    summed. Paths go on from the source and from nodes that carry them.
    """
    if sources.size * indices.size >= MANY:
        from netinnov.kernels import breadth_first

        return breadth_first.steps_between(indptr, indices, sources, wanted, carries, limit)
    n = indptr.size - 1
    ones = np.ones(indices.size, np.int32)
    backward = sparse.csr_array((ones, indices, indptr), shape=(n, n)).T
    front = np.zeros((n, sources.size), np.bool_)
    front[sources, np.arange(sources.size)] = True
    seen = front.copy()
    counts: list[int] = []
    reached_by = np.zeros(n, np.int64)
    steps = np.zeros(n, np.int64)
    inverse = np.zeros(n)
    while front.any() and len(counts) < limit:
        reached = (backward @ front.astype(np.int32) > 0) & ~seen
        seen |= reached
        new = reached.sum(axis=1) * wanted
        counts.append(int(new.sum()))
        reached_by += new
        steps += new * len(counts)
        inverse += new / len(counts)
        front = reached & carries[:, None]
    return np.array(counts, np.int64), reached_by, steps, inverse
