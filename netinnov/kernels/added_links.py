"""What one added link changes in the inverse distances of all pairs."""

import numpy as np

from netinnov.kernels._jit import kernel

__all__ = ["inverse_distance_gains"]


@kernel
def inverse_distance_gains(from_source, to_target, chosen, source, target, length, both_ways):
    """Rise of the sum of 1/d over ordered pairs of chosen nodes, for each added link alone.

    ``from_source[i, s]``: distance from node s to node i; ``to_target[j, t]``: from node j to node
    t (infinite: no path). With the link i > j of length l, d(s, t) becomes min(d(s, t), d(s, i) + l
    + d(j, t)). Only sources that come to j sooner over i, and targets that i comes to sooner over
    j, can gain. ``both_ways``: distances are symmetric and the link goes both ways, so that each
    gain stands for two ordered pairs. O(links x (nodes + sources x targets that can gain)).
    Reference: distances computed anew for each link.
    """
    n = chosen.size
    gains = np.zeros(source.size, np.float64)
    sources = np.empty(n, np.int32)
    targets = np.empty(n, np.int32)
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
