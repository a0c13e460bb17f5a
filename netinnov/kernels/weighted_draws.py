"""Draws one by one, without putting back, in proportion to weight."""

import numpy as np

from netinnov.kernels._jit import kernel

_NEVER = 1e-22


@kernel
def arrivals_among_first(rate, values, time, k):
    """Give the rate at which values arrive among the first k, at points in time.

    Candidate i arrives at an exponential time of ``rate[i]``. The result is, for each row of
    ``values`` and each time t, the sum over i of ``values[row, i]`` times the density of the
    arrival of i at t times the probability that fewer than k others have come. One candidate is
    added at a time to the distribution of how many have come, of which chances below 1e-22 are
    left out. O(times x candidates x min(k, width of that distribution)).
    """
    rows = values.shape[0]
    arrivals = np.zeros((rows, time.size), np.float64)
    came = np.empty(k, np.float64)  # probability that m have come
    missing = np.empty((rows, k), np.float64)  # that, and i has not, times its value and rate
    for t in range(time.size):
        came[:] = 0.0
        missing[:] = 0.0
        came[0] = 1.0
        low, high = 0, 0  # the numbers that may have come
        for i in range(rate.size):
            yet, arrived = np.exp(-rate[i] * time[t]), -np.expm1(-rate[i] * time[t])
            if high < k - 1 and came[high] * arrived > _NEVER:
                high += 1
            for row in range(rows):
                density = values[row, i] * rate[i]
                some = missing[row]
                for m in range(high, low, -1):
                    some[m] = (some[m] + density * came[m]) * yet + some[m - 1] * arrived
                some[low] = (some[low] + density * came[low]) * yet
            for m in range(high, low, -1):
                came[m] = came[m] * yet + came[m - 1] * arrived
            came[low] *= yet
            while low < high and came[low] < _NEVER:
                came[low] = 0.0
                for row in range(rows):
                    missing[row, low] = 0.0
                low += 1
            if came[low] < _NEVER:
                break
        else:
            for row in range(rows):
                arrivals[row, t] = missing[row, low : high + 1].sum()
    return arrivals
