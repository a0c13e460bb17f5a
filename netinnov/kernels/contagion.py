"""Contagion over links: by contact, event after event, or by threshold, step after step."""

import heapq

import numpy as np

from netinnov.kernels._jit import kernel


@kernel
def simple_spread(indptr, indices, decay, seeds, limit, goal, needed, generator):
    """Steps in which nodes are reached; -1 for never, or not within ``limit`` steps.

    In every step each node that is active passes on along each link with the link's chance p. So a
    link passes a geometric number of steps after its node was reached: that is drawn once, and
    nodes are taken in order of time. ``decay``: log(1 - p) of each link, 0 for a chance of 0 and
    -inf for 1. Ends when ``needed`` of the nodes in ``goal`` are reached (0: never); the step of
    what is not reached then is -1. O(links x log(links)) whatever the number of steps.
    """
    n = indptr.size - 1
    best = np.full(n, limit + 1.0)
    reached = np.full(n, -1, np.int64)
    queue = [(0.0, np.int64(0)) for _ in range(0)]
    for seed in seeds:
        if best[seed] > 0:
            best[seed] = 0.0
            heapq.heappush(queue, (0.0, np.int64(seed)))
    adopted = 0
    while len(queue) > 0:
        time, node = heapq.heappop(queue)
        if reached[node] >= 0:
            continue
        reached[node] = np.int64(time)
        if goal[node]:
            adopted += 1
            if adopted == needed:
                break
        for e in range(indptr[node], indptr[node + 1]):
            other = indices[e]
            if best[other] <= time + 1.0 or decay[e] == 0:
                continue  # no sooner by way of this node
            wait = 1.0 + np.floor(generator.standard_exponential() / -decay[e])
            if time + wait < best[other]:
                best[other] = time + wait
                heapq.heappush(queue, (time + wait, np.int64(other)))
    return reached


@kernel
def threshold_spread(indptr, indices, seeds, threshold):
    """Steps in which nodes adopt, since enough of what influences them has; -1 for never.

    ``threshold`` is compared with the share of those who have adopted, up to 1e-12. O(links).
    """
    n = indptr.size - 1
    adopted = np.full(n, -1, np.int64)
    heard = np.zeros(n, np.int64)
    into = np.zeros(n, np.int64)
    for other in indices:
        into[other] += 1
    front = np.empty(n, np.int64)
    count = 0
    for seed in seeds:
        if adopted[seed] < 0:
            adopted[seed] = 0
            front[count] = seed
            count += 1
    begin, step = 0, 0
    while begin < count:
        step += 1
        end = count
        for k in range(begin, end):
            node = front[k]
            for e in range(indptr[node], indptr[node + 1]):
                heard[indices[e]] += 1
        for k in range(begin, end):
            node = front[k]
            for e in range(indptr[node], indptr[node + 1]):
                other = indices[e]
                if adopted[other] < 0 and heard[other] >= (threshold[other] - 1e-12) * into[other]:
                    adopted[other] = step
                    front[count] = other
                    count += 1
        begin = end
    return adopted
