"""Random exchanges: neighbours of two nodes, weights of links, places of nodes."""

import numpy as np

from netinnov.kernels._jit import kernel
from netinnov.kernels.uint64 import ONE, below, mixed


@kernel
def trade(indptr, indices, weight, n_columns, steps, seed):
    """Columns and weights of each row after ``steps`` trades; rows keep their sizes.

    A trade draws two rows, sets aside the columns that both have, and deals the others out,
    each way equally likely. A column takes its weight along. ``seed``: two words, the second odd.
    """
    indices, weight = indices.copy(), weight.copy()
    n_rows = indptr.size - 1
    state, gamma = seed[0], seed[1]
    mark = np.zeros(n_columns, np.int64)
    at = np.empty(indices.size, np.int64)
    for step in range(1, steps + 1):
        state, one = below(state, gamma, np.uint64(n_rows))
        state, two = below(state, gamma, np.uint64(n_rows - 1))
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
            state, further = below(state, gamma, np.uint64(size - i))
            x, y = at[i], at[i + np.int64(further)]
            indices[x], indices[y] = indices[y], indices[x]
            weight[x], weight[y] = weight[y], weight[x]
    return indices, weight


@kernel
def exchange_places(place, home, first, size, zone, steps, seed):
    """Places of nodes after ``steps`` proposals to exchange those of two nodes, or of three.

    A proposal draws a node, a coin, and one or two others of its kind: ``size`` nodes from
    ``first`` on. It is rejected if a node is drawn twice, if a zone (a row a home, a column a
    place) would be 0, or if the zones would be other ones, which sums and a product tell.
    """
    place, n = place.copy(), place.size
    state, gamma = seed[0], seed[1]
    for _ in range(steps):
        state, drawn = below(state, gamma, np.uint64(2 * n))
        i = np.int64(drawn) >> 1
        state, other = below(state, gamma, np.uint64(size[i]))
        j = np.int64(first[i]) + np.int64(other)
        k = i
        if drawn & ONE:
            state, other = below(state, gamma, np.uint64(size[i]))
            k = np.int64(first[i]) + np.int64(other)
        if i == j or k == j or (drawn & ONE and k == i):
            continue
        # i goes to the place of j, j to that of k, which of two nodes is i, and k to that of i.
        p, q, r = place[i], place[j], place[k]
        a, b, c = np.int64(zone[home[i], p]), np.int64(zone[home[j], q]), np.int64(1)
        x, y, z = np.int64(zone[home[i], q]), np.int64(zone[home[j], r]), np.int64(1)
        if k != i:
            c, z = np.int64(zone[home[k], r]), np.int64(zone[home[k], p])
        same = a + b + c == x + y + z and a * b + b * c + c * a == x * y + y * z + z * x
        if same and a * b * c == x * y * z and x * y * z > 0:
            place[k] = p  # of two nodes k is i
            place[i], place[j] = q, r
    return place


@kernel
def match_strengths(source, target, weight, goal_out, goal_in, directed, steps, tolerance, seed):
    """Exchange weights between links until strengths are near their goals: simulated annealing.

    The error is the sum of |strength - goal| over nodes (directed: out and in). The temperature
    falls from the mean weight to a ten-thousandth of it. Stops at ``tolerance`` x sum of goals.
    Undirected: ``goal_out`` holds the strengths. Returns the weights and the error over that sum.
    """
    weight = weight.copy()
    m = weight.size
    out = -goal_out.copy()
    into = -goal_in.copy() if directed else out
    for e in range(m):
        out[source[e]] += weight[e]
        into[target[e]] += weight[e]
    error, goal = np.abs(out).sum(), goal_out.sum()
    if directed:
        error, goal = error + np.abs(into).sum(), goal + goal_in.sum()
    state, gamma = seed[0], seed[1]
    hot = weight.sum() / m
    cooling = np.exp(np.log(1e-4) / max(steps, 1))
    for _ in range(steps):
        if error <= tolerance * goal:
            break
        hot *= cooling
        state, x = below(state, gamma, np.uint64(m))
        state, y = below(state, gamma, np.uint64(m))
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
        chance = (mixed(state) >> np.uint64(11)) * 2.0**-53
        if new > old and chance >= np.exp((old - new) / hot):
            out[a] -= more
            into[b] -= more
            out[c] += more
            into[d] += more
        else:
            weight[x], weight[y] = weight[y], weight[x]
            error += new - old
    return weight, error / goal
