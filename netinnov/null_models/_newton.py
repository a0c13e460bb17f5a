"""The maximum of a concave likelihood, by Newton's method."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from netinnov._typing import Floats

_STEPS = 200
_LONGEST = 2.0  # largest change of a parameter in a step
_ACCURACY = 1e-10  # gradient relative to its scale at which the maximum is reached
_RIDGE = 1e-13  # on the scaled matrix of a step, for directions in which nothing changes


def maximum(
    start: Floats,
    gradient: Callable[[Floats], Floats],
    information: Callable[[Floats], Floats],
    scale: Floats,
) -> tuple[Floats, float]:
    """Parameters, and the largest gradient that is left there, relative to its scale."""
    parameters = start
    slope = gradient(start)
    for _ in range(_STEPS):
        if np.abs(slope / scale).max(initial=0.0) <= _ACCURACY:
            break
        step = solve_semidefinite(information(parameters), slope)
        length = min(1.0, _LONGEST / float(np.abs(step).max()))
        while True:
            further = parameters + length * step
            slope = gradient(further)
            # The likelihood is concave: it rises all the way to where its slope turns.
            if slope @ step >= -1e-12 * scale.max() or length < 1e-9:
                break
            length /= 2
        parameters = further
    return parameters, float(np.abs(slope / scale).max(initial=0.0))


def solve_semidefinite(matrix: Floats, right: Floats) -> Floats:
    """Solution where the right side is 0 in the null space."""
    scale = 1 / np.sqrt(np.maximum(matrix.diagonal(), np.finfo(float).tiny))
    scaled = scale[:, None] * matrix * scale
    scaled[np.diag_indices(len(scaled))] += _RIDGE * len(scaled)
    try:
        result: Floats = scale * cho_solve(cho_factor(scaled), scale * right)
    except LinAlgError:  # parts that next to no flow joins: rounding decides the sign
        result = scale * np.linalg.lstsq(scaled, scale * right, rcond=1e-12)[0]
    return result
