"""Random exchanges: of ends where self-links or parallel links may arise, neighbours, weights."""

import numpy as np

from netinnov.kernels._jit import inlined, kernel

ONE = np.uint64(1)
HALF = np.uint64(32)
LOW = np.uint64(0xFFFFFFFF)
FREE = np.uint64(0xFFFFFFFFFFFFFFFF)  # no pair: packed ends are below it


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


@inlined
def _found(pairs, pair, shift, mask):
    """Where a pair stands in the table, or the free entry at which it would."""
    at = (pair * np.uint64(0x9E3779B97F4A7C15)) >> shift
    while pairs[at] != pair and pairs[at] != FREE:
        at = (at + ONE) & mask
    return at


@inlined
def _more(pairs, count, pair, shift, mask):
    """Count one link more; returns how many there are now."""
    at = _found(pairs, pair, shift, mask)
    if pairs[at] == FREE:
        pairs[at] = pair
        count[at] = 0
    count[at] += 1
    return count[at]


@inlined
def _less(pairs, count, pair, shift, mask):
    """Count one link less; returns how many there were. A pair with none leaves no gap."""
    gap = _found(pairs, pair, shift, mask)
    had = count[gap]
    count[gap] -= 1
    if had == 1:
        at = (gap + ONE) & mask
        while pairs[at] != FREE:
            home = (pairs[at] * np.uint64(0x9E3779B97F4A7C15)) >> shift
            if ((at - home) & mask) >= ((at - gap) & mask):
                pairs[gap], count[gap] = pairs[at], count[at]
                gap = at
            at = (at + ONE) & mask
        pairs[gap] = FREE
    return had


@kernel
def exchange_in_space(
    source, target, weight, directed, mixed, loops, parallel, stubs, steps, thrice, seed
):  # fmt: skip
    """Chain of ``steps`` proposals that keeps degrees; rejected ones count.

    ``loops``, ``parallel``: whether self-links and parallel links are allowed. A proposal draws two
    slots of links and exchanges an end of each (directed: the targets); with probability 2**(thrice
    - 64) it draws three and passes their ends round, without which triangles and self-links, or the
    two ways round a directed triangle, would not meet. That is symmetric over pairings of stubs,
    and not periodic, since passing round is an even permutation. ``stubs``: each pairing is equally
    likely; else each network is, for which a proposal is accepted with probability min(1, r): r is
    the product of w! over pairs with w links, and of 2^w w! over undirected self-links, after and
    before. ``mixed``: the weights differ. ``seed``: two words, the second odd. Returns source,
    target and weight of each slot, and the number of accepted proposals.

    O(steps + links). Reference: all networks of small cases, in the tests.
    """
    m = source.size
    bits = 3
    while (1 << bits) < 4 * m:
        bits += 1
    shift = np.uint64(64 - bits)
    mask = (ONE << np.uint64(bits)) - ONE
    pairs = np.full(np.int64(1) << bits, FREE)
    count = np.zeros(np.int64(1) << bits, np.int32)
    source, target, weight = source.copy(), target.copy(), weight.copy()
    slot = np.empty(3, np.int64)
    a, b = np.empty(3, np.uint64), np.empty(3, np.uint64)
    old, new = np.empty(3, np.uint64), np.empty(3, np.uint64)
    for e in range(m):
        x, y = np.uint64(source[e]), np.uint64(target[e])
        if not directed and x > y:
            x, y = y, x
        _more(pairs, count, (x << HALF) | y, shift, mask)
    state, gamma = seed[0], seed[1]
    accepted = 0
    for _ in range(steps):
        state += gamma
        coins = _mixed(state)
        n = 3 if coins >> thrice == 0 else 2
        if n > m:
            continue
        state, e = _below(state, gamma, np.uint64(m))
        state, f = _below(state, gamma, np.uint64(m - 1))
        f += np.uint64(f >= e)
        slot[0], slot[1] = e, f
        if n == 3:
            state, g = _below(state, gamma, np.uint64(m - 2))
            g += np.uint64(g >= min(e, f))
            g += np.uint64(g >= max(e, f))
            slot[2] = g
        for k in range(n):
            a[k], b[k] = source[slot[k]], target[slot[k]]
            if not directed and (coins >> np.uint64(k)) & ONE:
                a[k], b[k] = b[k], a[k]
        allowed = True
        for k in range(n):
            x, y = a[k], b[k]
            if not directed and x > y:
                x, y = y, x
            old[k] = (x << HALF) | y
            x, y = a[k], b[(k + 1) % n]
            allowed &= loops or x != y
            if not directed and x > y:
                x, y = y, x
            new[k] = (x << HALF) | y
        if not allowed:
            continue
        # Links are taken out and put in one by one, so that equal pairs are counted right.
        ratio = 1.0
        for k in range(n):
            ratio /= _less(pairs, count, old[k], shift, mask)
            if not directed and old[k] >> HALF == old[k] & LOW:
                ratio /= 2
        for k in range(n):
            now = _more(pairs, count, new[k], shift, mask)
            allowed &= parallel or now == 1
            ratio *= now
            if not directed and new[k] >> HALF == new[k] & LOW:
                ratio *= 2
        if allowed and not stubs and ratio < 1:
            state += gamma
            allowed = (_mixed(state) >> np.uint64(11)) * 2.0**-53 < ratio
        if not allowed:
            for k in range(n):
                _less(pairs, count, new[k], shift, mask)
            for k in range(n):
                _more(pairs, count, old[k], shift, mask)
            continue
        for k in range(n):
            source[slot[k]], target[slot[k]] = a[k], b[(k + 1) % n]
        if mixed and (coins >> np.uint64(3)) & ONE:
            weight[e], weight[f] = weight[f], weight[e]
        accepted += 1
    return source, target, weight, accepted


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
        both, size = 0, 0
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


@kernel
def match_strengths(source, target, weight, goal_out, goal_in, directed, steps, tolerance, seed):
    """Exchange weights between links until strengths are near their goals: simulated annealing.

    The error is the sum of |strength - goal| over nodes (directed: out and in). The temperature
    falls from the mean weight to a ten-thousandth of it. Stops at ``tolerance`` x sum of goals.
    Undirected: ``goal_out`` holds the strengths. Returns the weights and the error over that sum.
    O(steps + links). Reference: strengths counted afresh.
    """
    weight = weight.copy()
    m = weight.size
    out = -goal_out.copy()
    into = -goal_in.copy() if directed else out
    for e in range(m):
        out[source[e]] += weight[e]
        into[target[e]] += weight[e]
    error = 0.0
    goal = 0.0
    for i in range(out.size):
        error += abs(out[i])
        goal += goal_out[i]
        if directed:
            error += abs(into[i])
            goal += goal_in[i]
    state, gamma = seed[0], seed[1]
    hot = weight.sum() / m
    cooling = np.exp(np.log(1e-4) / max(steps, 1))
    for _ in range(steps):
        if error <= tolerance * goal:
            break
        hot *= cooling
        state, x = _below(state, gamma, np.uint64(m))
        state, y = _below(state, gamma, np.uint64(m))
        more = weight[y] - weight[x]
        if more == 0.0:
            continue
        a, b, c, d = source[x], target[x], source[y], target[y]
        old = abs(out[a]) + abs(into[b]) + abs(out[c]) + abs(into[d])
        out[a] += more
        into[b] += more
        out[c] -= more
        into[d] -= more
        new = abs(out[a]) + abs(into[b]) + abs(out[c]) + abs(into[d])
        # With an end in common what it gains and loses is the same; its error counts twice in both.
        state += gamma
        chance = (_mixed(state) >> np.uint64(11)) * 2.0**-53
        if new > old and chance >= np.exp((old - new) / hot):
            out[a] -= more
            into[b] -= more
            out[c] += more
            into[d] += more
        else:
            weight[x], weight[y] = weight[y], weight[x]
            error += new - old
    return weight, error / goal
