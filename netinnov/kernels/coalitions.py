"""Sums over all coalitions of a game, whose values are numbered by bit masks."""

import numpy as np

from netinnov.kernels._jit import inlined, kernel

__all__ = ["connected_values", "mean_contributions"]


@inlined
def _size(mask):
    """Number of players of a coalition."""
    n = 0
    while mask:
        mask &= mask - 1
        n += 1
    return n


@kernel
def mean_contributions(values, weights):
    """For each player i the sum over S without i of weights[|S|] (v(S + i) - v(S)).

    What the last player brings is summed over all S, then the two halves of the table, with that
    player and without, are added up, and so on to the first. Sums with and without a player run in
    the same order: one who never brings anything gets 0 exactly. O(2^n). Reference: the sum.
    """
    n = weights.size
    means = np.zeros(n, np.float64)
    half = values.size // 2
    joined = np.empty(half, np.float64)  # sums of v(S) for S with the players still to come
    without = np.empty(half, np.float64)  # and without
    before = np.zeros(n + 1, np.float64)
    before[1:] = weights
    after = np.zeros(n + 1, np.float64)
    after[:n] = weights
    block = 1024  # partial sums, for the sake of rounding
    for begin in range(0, half, block):
        part = 0.0
        for k in range(begin, min(half, begin + block)):
            s = _size(k)
            low, high = values[k], values[half + k]
            part += weights[s] * (high - low)
            joined[k] = before[s] * low + before[s + 1] * high
            without[k] = after[s] * low + after[s + 1] * high
        means[n - 1] += part
    for i in range(n - 2, -1, -1):
        half = 1 << i
        for begin in range(0, half, block):
            part = 0.0
            for k in range(begin, min(half, begin + block)):
                part += joined[half + k] - without[k]
                joined[k] += joined[half + k]
                without[k] += without[half + k]
            means[i] += part
    return means


@kernel
def connected_values(values, neighbours):
    """For each coalition the sum of the values of its parts that a graph connects.

    ``neighbours[i]``: mask of the players linked to i. The part around the first player of S is
    found by steps along links; what is left of S is a smaller mask, whose sum is known. O(n 2^n).
    Reference: connected components of each coalition.
    """
    n = neighbours.size
    sums = np.zeros(values.size, np.float64)
    for mask in range(1, values.size):
        part = mask & -mask
        new = part
        while new:
            reached = 0
            for i in range(n):
                if new >> i & 1:
                    reached |= neighbours[i]
            new = reached & mask & ~part
            part |= new
        sums[mask] = values[part] + sums[mask ^ part]
    return sums
