"""What added links change in the distances of all pairs."""

import numpy as np

from netinnov.kernels._jit import inlined, kernel


@kernel
def inverse_distance_gains(from_source, to_target, chosen, source, target, length, both_ways):
    """Rise of the sum of 1/d over ordered pairs of chosen nodes, for each added link alone.

    ``from_source[i, s]``: distance from node s to node i; ``to_target[j, t]``: from node j to node
    t (infinite: no path). With the link i > j of length l, d(s, t) becomes min(d(s, t), d(s, i) + l
    + d(j, t)). ``both_ways``: distances are symmetric and the link goes both ways, so that each
    gain stands for two ordered pairs. O(links x (nodes + sources x targets that can gain)).
    """
    n = chosen.size
    gains = np.zeros(source.size, np.float64)
    sources, targets = np.empty(n, np.int32), np.empty(n, np.int32)
    after = np.empty(n, np.float64)
    for e in range(source.size):
        i, j, more = source[e], target[e], length[e]
        n_targets = 0
        for k in range(n):
            t = chosen[k]
            x = to_target[j, t] + more
            if x < to_target[i, t]:
                targets[n_targets] = t
                after[n_targets] = x
                n_targets += 1
        if n_targets == 0:
            continue
        n_sources = 0
        for k in range(n):
            s = chosen[k]
            if from_source[i, s] + more < from_source[j, s]:
                sources[n_sources] = s
                n_sources += 1
        gain = 0.0
        for h in range(n_sources):
            s = sources[h]
            before = from_source[i, s]
            row = to_target[s]
            for k in range(n_targets):
                old, new = row[targets[k]], before + after[k]
                if new < old:
                    # 1 / inf is 0.
                    gain += 1.0 / new - 1.0 / old
        gains[e] = 2.0 * gain if both_ways else gain
    return gains


@inlined
def _nearer(distances, i, j, length, among, sources, targets, after):
    """Who comes to j, and to whom i comes, sooner by a link i > j, and from i after how far."""
    n_sources, n_targets = 0, 0
    for t in range(among.size):
        x = distances[j, t] + length
        if among[t] and x < distances[i, t]:
            targets[n_targets] = t
            after[n_targets] = x
            n_targets += 1
    if n_targets > 0:
        for s in range(among.size):
            if among[s] and distances[s, i] + length < distances[s, j]:
                sources[n_sources] = s
                n_sources += 1
    return n_sources, n_targets


@inlined
def _shorten(distances, i, j, length, gains, chosen, every, sources, targets, after):
    """Update distances for a new link i > j, and what that adds to sums of 1/d by source."""
    n_sources, n_targets = _nearer(distances, i, j, length, every, sources, targets, after)
    for h in range(n_sources):
        s = sources[h]
        before = distances[s, i]
        for k in range(n_targets):
            t = targets[k]
            old, new = distances[s, t], before + after[k]
            if new < old:
                if chosen[s] and chosen[t]:
                    gains[s] += 1.0 / new - 1.0 / old
                distances[s, t] = new


@inlined
def _gain(distances, i, j, length, gains, chosen, sources, targets, after):
    n_sources, n_targets = _nearer(distances, i, j, length, chosen, sources, targets, after)
    for h in range(n_sources):
        s = sources[h]
        before = distances[s, i]
        gain = 0.0
        for k in range(n_targets):
            old, new = distances[s, targets[k]], before + after[k]
            if new < old:
                gain += 1.0 / new - 1.0 / old
        gains[s] += gain


@kernel
def access_gains(distances, chosen, first, n_new, source, target, length, both_ways):
    """Rise of each node's sum of 1/d to chosen nodes, for several added links at once.

    ``distances[s, t]`` is from s to t (0 on the diagonal, infinite: no path). Candidate c adds the
    links ``first[c]`` to ``first[c + 1]`` and ``n_new[c]`` nodes, numbered from the nodes on;
    ``both_ways``: whether a link goes both ways. Rows of the result are candidates, columns nodes.
    O(candidates x (nodes^2 + links x pairs that gain)); of a single link between old nodes
    O(nodes + pairs that gain).
    """
    n = chosen.size
    count = first.size - 1
    gains = np.zeros((count, n), np.float64)
    most = n
    for c in range(count):
        most = max(most, n + n_new[c])
    sources, targets = np.empty(most, np.int32), np.empty(most, np.int32)
    after = np.empty(most, np.float64)
    for c in range(count):
        begin, end = first[c], first[c + 1]
        if end - begin == 1 and n_new[c] == 0:
            i, j, more = source[begin], target[begin], length[begin]
            _gain(distances, i, j, more, gains[c], chosen, sources, targets, after)
            if both_ways[begin]:
                _gain(distances, j, i, more, gains[c], chosen, sources, targets, after)
            continue
        size = n + n_new[c]
        work = np.full((size, size), np.inf)
        counts, every = np.zeros(size, np.bool_), np.ones(size, np.bool_)
        for s in range(n):  # slower to compile as slices
            counts[s] = chosen[s]
            for t in range(n):
                work[s, t] = distances[s, t]
        gain = np.zeros(size, np.float64)
        for s in range(n, size):
            work[s, s] = 0.0
        for e in range(begin, end):
            i, j, more = source[e], target[e], length[e]
            _shorten(work, i, j, more, gain, counts, every, sources, targets, after)
            if both_ways[e]:
                _shorten(work, j, i, more, gain, counts, every, sources, targets, after)
        for s in range(n):
            gains[c, s] = gain[s]
    return gains


@kernel
def distances_with_links(distances, source, target, length, both_ways):
    """Distances between all nodes with some more links: a new array. O(links x pairs that gain)."""
    n = distances.shape[0]
    work = distances.copy()
    chosen, every = np.zeros(n, np.bool_), np.ones(n, np.bool_)
    gains = np.zeros(n, np.float64)
    sources, targets = np.empty(n, np.int32), np.empty(n, np.int32)
    after = np.empty(n, np.float64)
    for e in range(source.size):
        i, j, more = source[e], target[e], length[e]
        _shorten(work, i, j, more, gains, chosen, every, sources, targets, after)
        if both_ways[e]:
            _shorten(work, j, i, more, gains, chosen, every, sources, targets, after)
    return work
