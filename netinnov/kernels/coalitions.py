"""Sums over all coalitions of a game, whose values are numbered by bit masks."""

import numpy as np

from netinnov.kernels._jit import inlined, kernel


@inlined
def _size(mask):
    n = 0
    while mask:
        mask &= mask - 1
        n += 1
    return n


@inlined
def _sums(numbers, n):
    """The sum of a number of each of the first n players over every coalition of them."""
    sums = np.zeros(1 << n, np.float64)
    for i in range(n):
        for k in range(1 << i):
            sums[(1 << i) + k] = sums[k] + numbers[i]
    return sums


@inlined
def _sum_of(numbers, first, mask):
    """The sum over the players of a mask, which counts from the one at ``first``."""
    total = 0.0
    for i in range(first, numbers.size):
        if mask >> (i - first) & 1:
            total += numbers[i]
    return total


@kernel
def mean_contributions(values, weights):
    """For each player i the sum over S without i of weights[|S|] (v(S + i) - v(S)). O(2^n).

    What the last player brings is summed over all S, then the two halves of the table, with that
    player and without, are added up, and so on to the first. Sums with and without a player run in
    the same order: one who never brings anything gets 0 exactly.
    """
    n = weights.size
    means = np.zeros(n, np.float64)
    half = values.size // 2
    joined = np.empty(half, np.float64)  # sums of v(S) for S with the players still to come
    without = np.empty(half, np.float64)  # and without
    before, after = np.zeros(n + 1, np.float64), np.zeros(n + 1, np.float64)
    for s in range(n):
        before[s + 1] = after[s] = weights[s]
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
    """For each coalition the sum of the values of its parts that a graph connects. O(n 2^n).

    ``neighbours[i]``: mask of the players linked to i. The part around the first player of S is
    found by steps along links; what is left of S is a smaller mask, whose sum is known.
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


@kernel
def largest_by_block(values, payoffs, within):
    """The largest v(S) - x(S), and its mask, for each choice of the players from ``within`` on."""
    size = 1 << within
    n_blocks = values.size // size
    sums = _sums(payoffs, within)
    largest = np.empty(n_blocks, np.float64)
    masks = np.empty(n_blocks, np.int64)
    for block in range(n_blocks):
        begin = block * size
        top, at = -np.inf, begin
        for k in range(size):
            excess = values[begin + k] - sums[k]
            if excess > top:
                top, at = excess, begin + k
        largest[block] = top - _sum_of(payoffs, within, block)
        masks[block] = at
    return largest, masks


@kernel
def settled_by(values, levels, direction, within, level, tolerance):
    """Both tables after a level: -inf for what it settles, and ``level`` where that is new.

    A coalition is settled where the payoffs may move along ``direction`` without a change of its
    sum.
    """
    size = 1 << within
    sums = _sums(direction, within)
    left, settled = values.copy(), levels.copy()
    for block in range(values.size // size):
        begin = block * size
        rest = _sum_of(direction, within, block)
        for k in range(size):
            if abs(sums[k] + rest) < tolerance and left[begin + k] != -np.inf:
                left[begin + k] = -np.inf
                settled[begin + k] = level
    return left, settled


@kernel
def largest_by_level(values, payoffs, levels, within, n_levels, per_capita):
    """The largest excess of the coalitions that each level settles, but those of nobody and all."""
    size = 1 << within
    sums = _sums(payoffs, within)
    largest = np.full(n_levels, -np.inf)
    for block in range(values.size // size):
        begin = block * size
        rest = _sum_of(payoffs, within, block)
        for k in range(max(0, 1 - begin), min(size, values.size - 1 - begin)):
            excess = values[begin + k] - sums[k] - rest
            if per_capita:
                excess /= _size(begin + k)
            at = min(levels[begin + k], n_levels - 1)
            if excess > largest[at]:
                largest[at] = excess
    return largest


@kernel
def access_gains(distances, row_of, owner, source, target, length, needs, begin):
    """For each coalition the rise of the sum of 1/d from the rows of its players to all nodes.

    ``distances``: from the nodes that have a row (``row_of``, else -1), without further links;
    ``owner``: player of each row, or -1. A further link i > j has a length and a mask of the
    players that it needs; those whose first player is k stand from ``begin[k]`` on. Both ends have
    a row. Coalitions come in the order of their masks: that with its first player left out came
    last of those with one player less, and of its distances those change that a new link makes
    shorter. O(2^n rows x nodes), and as much for each link that shortens.
    """
    n = begin.size - 1
    n_rows, n_nodes = distances.shape
    held = np.empty((n + 1, n_rows, n_nodes), np.float64)
    for r in range(n_rows):
        for t in range(n_nodes):
            held[0, r, t] = distances[r, t]
    rise = np.zeros((n + 1, n_rows), np.float64)
    at = np.zeros(n + 1, np.int64)  # where the distances of the last coalition of each size are
    gains = np.zeros(1 << n, np.float64)
    for mask in range(1, 1 << n):
        first = _size((mask & -mask) - 1)
        size = _size(mask)
        at[size] = at[size - 1]
        for e in range(begin[first], begin[first + 1]):
            if needs[e] & ~mask:
                continue
            i, j, step = source[e], target[e], length[e]
            if held[at[size], row_of[i], j] <= step:
                continue
            if at[size] != size:
                for r in range(n_rows):
                    rise[size, r] = rise[at[size], r]
                    old, new = held[at[size], r], held[size, r]
                    for t in range(n_nodes):
                        new[t] = old[t]
                at[size] = size
            now = held[size]
            from_target = now[row_of[j]]
            for r in range(n_rows):
                reach = now[r, i] + step
                if reach < now[r, j]:
                    row = now[r]
                    gain = 0.0
                    for t in range(n_nodes):
                        through = reach + from_target[t]
                        if through < row[t]:
                            gain += 1.0 / through - 1.0 / row[t]  # 1 / inf is 0
                            row[t] = through
                    rise[size, r] += gain
        total = 0.0
        for r in range(n_rows):
            if owner[r] >= 0 and mask >> owner[r] & 1:
                total += rise[at[size], r]
        gains[mask] = total
    return gains
