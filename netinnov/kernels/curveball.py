"""Trades of neighbour sets between rows of a two-mode table."""

import numpy as np

from netinnov.kernels._jit import inlined, kernel

ONE = np.uint64(1)
HALF = np.uint64(32)
LOW = np.uint64(0xFFFFFFFF)


@inlined
def _mixed(state):
    """Output of the generator SplitMix64 for a state."""
    z = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@inlined
def _below(state, gamma, size):
    """A whole number in [0, size), each equally likely (Lemire's bounded draw), and the state."""
    state += gamma
    product = (_mixed(state) >> HALF) * size
    if (product & LOW) < size:
        bound = (ONE << HALF) % size
        while (product & LOW) < bound:
            state += gamma
            product = (_mixed(state) >> HALF) * size
    return state, product >> HALF


@kernel
def trade(indptr, indices, weight, n_columns, steps, seed):
    """Columns and weights of each row after ``steps`` trades; rows keep their sizes.

    A trade draws two rows, sets aside the columns that both have, and deals the others out,
    each way equally likely. A column takes its weight along. ``seed``: two words, the second odd.
    O(steps x mean size of a row). Reference: the same with Python sets, in the tests.
    """
    indices, weight = indices.copy(), weight.copy()
    n_rows = indptr.size - 1
    state, gamma = seed[0], seed[1]
    mark = np.zeros(n_columns, np.int64)
    at = np.empty(indices.size, np.int64)
    for step in range(1, steps + 1):
        state, one = _below(state, gamma, np.uint64(n_rows))
        state, two = _below(state, gamma, np.uint64(n_rows - 1))
        r, s = np.int64(one), np.int64(two)
        s += s >= r
        for k in range(indptr[r], indptr[r + 1]):
            mark[indices[k]] = step
        both = 0
        size = 0
        for k in range(indptr[s], indptr[s + 1]):
            if mark[indices[k]] == step:
                mark[indices[k]] = -step
                both += 1
            else:
                at[size] = k
                size += 1
        own = size
        if own == 0 or both == indptr[r + 1] - indptr[r]:
            continue
        for k in range(indptr[r], indptr[r + 1]):
            if mark[indices[k]] == step:
                at[size] = k
                size += 1
        for i in range(own):
            state, further = _below(state, gamma, np.uint64(size - i))
            x, y = at[i], at[i + np.int64(further)]
            indices[x], indices[y] = indices[y], indices[x]
            weight[x], weight[y] = weight[y], weight[x]
    return indices, weight
