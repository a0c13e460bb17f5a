"""Tails of sums of independent events of unequal probability."""

import numpy as np

from netinnov.kernels._jit import kernel


@kernel
def poisson_binomial_tails(probability, times, first, second, least):
    """P(X >= least) for X the number of events in which two members meet.

    In an event of class c, of which there are ``times[c]``, members of the classes ``first[t]``
    and ``second[t]`` meet with probability ``probability[first[t], c] * probability[second[t],
    c]``. Only positive terms are added, so that small tails keep their digits.
    ``least`` is 1 or more. O(sum over t of events x least). Reference: all outcomes, in the tests.
    """
    tails = np.empty(first.size, np.float64)
    for t in range(first.size):
        n = least[t]
        mass = np.zeros(n + 1, np.float64)
        mass[0] = 1.0
        reached = 0
        for c in range(times.size):
            p = probability[first[t], c] * probability[second[t], c]
            for _ in range(times[c]):
                mass[n] += mass[n - 1] * p
                reached = min(reached + 1, n - 1)
                for k in range(reached, 0, -1):
                    mass[k] = mass[k] * (1 - p) + mass[k - 1] * p
                mass[0] *= 1 - p
        tails[t] = mass[n]
    return tails
