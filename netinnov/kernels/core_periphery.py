"""The core of a network whose links, more than other pairs, have an end in the core."""

import numpy as np

from netinnov.kernels._jit import inlined, kernel
from netinnov.kernels.uint64 import ones


@inlined
def _correlation(hits, links, size, n, unit):
    """Pearson's r over pairs: `links` are linked, `hits` of them with an end in the core."""
    pairs = unit * n * (n - 1) / 2
    touched = pairs - unit * (n - size) * (n - size - 1) / 2
    spread = links * (pairs - links) * touched * (pairs - touched)
    return (pairs * hits - links * touched) / np.sqrt(spread) if spread > 0 else -2.0


@kernel
def best_core(indptr, indices, counts, candidates, unit):
    """Core (0/1 a node) and correlation of the best of all subsets of the candidates.

    ``counts``: links of each pair, 1 or 2; ``unit``: 1, or 2 where each direction is a pair of its
    own. Of equal ones the smallest core, then the one with the earliest nodes. Walks a Gray code,
    so that one node changes at a time: O(2^candidates).
    """
    n = indptr.size - 1
    k = candidates.size
    place = np.full(n, -1)
    for a in range(k):
        place[candidates[a]] = k - 1 - a  # the earliest node has the highest bit
    once, twice = np.zeros(k, np.uint64), np.zeros(k, np.uint64)
    links = np.int64(0)
    for a in range(k):
        v = candidates[a]
        for e in range(indptr[v], indptr[v + 1]):
            bit = np.uint64(1) << np.uint64(place[indices[e]])
            once[k - 1 - a] |= bit
            if counts[e] > 1:
                twice[k - 1 - a] |= bit
            links += np.int64(counts[e])
    links //= 2
    most = np.full(k + 1, np.int64(-1))  # of each size: links with an end in the core
    mask = np.zeros(k + 1, np.uint64)
    core, hits, size = np.uint64(0), np.int64(0), 0
    everyone = (np.uint64(1) << np.uint64(k)) - np.uint64(1)
    for step in range(1, 1 << k):
        b = 0
        while not (step >> b) & 1:
            b += 1
        bit = np.uint64(1) << np.uint64(b)
        periphery = everyone & ~core & ~bit
        change = ones(once[b] & periphery) + ones(twice[b] & periphery)
        if core & bit:
            hits -= change
            size -= 1
        else:
            hits += change
            size += 1
        core ^= bit
        if hits > most[size] or (hits == most[size] and core > mask[size]):
            most[size] = hits
            mask[size] = core
    quality, chosen = -2.0, np.uint64(0)
    for size in range(1, k + 1):
        correlation = _correlation(most[size], links, size, n, unit)
        if correlation > quality + 1e-12:
            quality = correlation
            chosen = mask[size]
    result = np.zeros(n, np.bool_)
    for a in range(k):
        result[candidates[a]] = (chosen >> np.uint64(k - 1 - a)) & np.uint64(1)
    return result, quality


@kernel
def improved_core(indptr, indices, counts, unit, start, patience):
    """Core and correlation that passes of Kernighan and Lin reach from a start.

    In a pass each node changes sides at most once, the best change first even if it is for the
    worse; then the pass is rewound to its best moment. A pass gives up ``patience`` changes
    after that. O(n) a change plus its links.
    """
    n = indptr.size - 1
    core = start.copy()
    links, hits, size = 0.0, 0.0, 0
    towards = np.zeros(n)  # links to the periphery
    for v in range(n):
        size += core[v]
        for e in range(indptr[v], indptr[v + 1]):
            links += counts[e] / 2
            if not core[indices[e]]:
                towards[v] += counts[e]
                if not core[v]:
                    hits -= counts[e] / 2
    hits += links
    quality = _correlation(hits, links, size, n, unit)
    moved = np.empty(n, np.int64)
    while True:
        fixed = np.zeros(n, np.bool_)
        best, length, done = quality, 0, 0
        while done < n and done - length <= patience:
            enter, leave = -1, -1
            for v in range(n):
                if not fixed[v]:
                    if core[v]:
                        if leave < 0 or towards[v] <= towards[leave]:
                            leave = v
                    elif enter < 0 or towards[v] > towards[enter]:
                        enter = v
            gain_in, gain_out = -3.0, -3.0
            if enter >= 0:
                gain_in = _correlation(hits + towards[enter], links, size + 1, n, unit)
            if leave >= 0:
                gain_out = _correlation(hits - towards[leave], links, size - 1, n, unit)
            v = leave if gain_out >= gain_in else enter
            sign = -1 if core[v] else 1
            hits += sign * towards[v]
            size += sign
            core[v] = not core[v]
            fixed[v] = True
            for e in range(indptr[v], indptr[v + 1]):
                towards[indices[e]] -= sign * counts[e]
            moved[done] = v
            done += 1
            now = _correlation(hits, links, size, n, unit)
            if now > best + 1e-12:
                best, length = now, done
        for step in range(done - 1, length - 1, -1):
            v = moved[step]
            sign = -1 if core[v] else 1
            hits += sign * towards[v]
            size += sign
            core[v] = not core[v]
            for e in range(indptr[v], indptr[v + 1]):
                towards[indices[e]] -= sign * counts[e]
        if length == 0:
            return core, quality
        quality = best
