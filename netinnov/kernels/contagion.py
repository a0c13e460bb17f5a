"""Contagion over links, one synchronous step after another."""

import numpy as np

from netinnov.kernels._jit import kernel

__all__ = ["simple_spread", "threshold_spread"]


@kernel
def simple_spread(indptr, indices, chance, seeds, recovery, generator):
    """Steps in which nodes are reached and recover; -1 for never.

    In every step each node that is active passes on along each link with the link's chance; then
    those that were active before the step recover with a chance of their own. Ends when nobody is
    active that has somebody to reach, or when all have recovered. O(steps x links of the active).
    Reference: a loop over the links of a dense matrix.
    """
    n = indptr.size - 1
    reached = np.full(n, -1, np.int64)
    recovered = np.full(n, -1, np.int64)
    active = np.empty(n, np.int64)
    count = 0
    for seed in seeds:
        if reached[seed] < 0:
            reached[seed] = 0
            active[count] = seed
            count += 1
    step = 0
    while count > 0:
        step += 1
        before = count
        useful = False
        for k in range(before):
            node = active[k]
            for e in range(indptr[node], indptr[node + 1]):
                other = indices[e]
                if reached[other] < 0:
                    if generator.random() < chance[e]:
                        reached[other] = step
                        active[count] = other
                        count += 1
                    useful = useful or chance[e] > 0
        if recovery > 0:
            kept = 0
            for k in range(count):
                node = active[k]
                if k < before and generator.random() < recovery:
                    recovered[node] = step
                else:
                    active[kept] = node
                    kept += 1
            count = kept
        elif not useful:
            break
    return reached, recovered


@kernel
def threshold_spread(indptr, indices, into, seeds, threshold):
    """Steps in which nodes adopt, since enough of those that influence them have; -1 for never.

    ``into``: how many influence each node; ``threshold`` is compared with the share of them that
    has adopted, up to 1e-12. Every link is looked at once. O(links).
    Reference: a loop over all nodes in every step.
    """
    n = indptr.size - 1
    adopted = np.full(n, -1, np.int64)
    heard = np.zeros(n, np.int64)
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
