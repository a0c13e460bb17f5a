"""Strengths at which a coupled cobweb stops settling."""

from __future__ import annotations

import math

import numpy as np
from scipy import linalg, optimize

from netinnov._typing import Floats

_STEPS = 512


def symmetric_threshold(
    demand: Floats, answers: Floats, change: Floats, adaptation: float
) -> float:
    """Least s with root -1 of the answers K + s C, both symmetric, C without negative eigenvalues.

    The roots fall with s, so the first is at -1 where (2 / beta - 1) B - K - s C is singular: the
    generalised eigenproblem C v = (1 / s) ((2 / beta - 1) B - K) v, definite while K is stable.
    """
    room = np.diag((2 / adaptation - 1) * demand) - answers
    try:
        np.linalg.cholesky(room)
    except np.linalg.LinAlgError:
        return 0.0
    largest = float(linalg.eigh(change, room, eigvals_only=True)[-1])
    return 1 / largest if largest > 1e-300 else math.inf


def first_crossing(
    demand: Floats, answers: Floats, change: Floats, adaptation: float, high: float = math.inf
) -> float:
    """Least s up to ``high`` at which the answers K + s C give a root of modulus 1; 0 at once.

    The spectral radius need not be monotone in s: it is looked at in 512 steps, up to where it is
    above 1, and two crossings inside one step go unseen.
    """

    def radius(strengths: Floats) -> Floats:
        changed = answers + strengths[:, None, None] * change
        eigenvalues = np.linalg.eigvals(changed / demand[:, None])
        return np.asarray(np.abs(1 - adaptation - adaptation * eigenvalues).max(axis=1))

    def beyond(strength: float) -> float:
        return float(radius(np.array([strength]))[0]) - 1

    if beyond(0.0) >= 0:
        return 0.0
    if math.isinf(high):
        high = float(demand.max())
        while beyond(high) < 0:
            high *= 2
    grid = np.linspace(0.0, high, _STEPS + 1)
    # Parts of at most 32 matrices: all of a large system would not fit.
    for part in np.array_split(np.arange(1, len(grid)), _STEPS // 32):
        above = part[radius(grid[part]) >= 1]
        if above.size:
            low, up = float(grid[above[0] - 1]), float(grid[above[0]])
            return float(optimize.brentq(beyond, low, up, xtol=1e-14, rtol=1e-13))
    return math.inf
