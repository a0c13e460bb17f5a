"""Balancing factors and the deterrence of distance in a doubly constrained gravity model."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.linalg import LinAlgError, cho_factor, cho_solve, eigh
from scipy.special import logsumexp

from netinnov._typing import Floats
from netinnov.errors import InputError

_TOLERANCE = 1e-10  # relative error of the sums at which a fit has converged
_ENOUGH = 1e-6  # accepted where steps gain nothing more: sums at the edge of what is possible

_STEPS = 200
_RIDGE = 1e-13  # on the scaled matrix of a step, for directions that change no flow
_STEEPEST = 1e4  # beyond this coefficient there is none


class Balanced(NamedTuple):
    """Expected flows with the observed sums, and the coefficient of distance (NaN: none)."""

    expected: Floats
    coefficient: float


def fit_deterrence(
    observed: Floats, possible: npt.NDArray[np.bool_], resistance: Floats | None, *, layer: str
) -> Balanced:
    """Fit A_i B_j exp(-b x_ij) to flows by maximum likelihood of Poisson.

    A is solved for given B and b, which leaves a concave likelihood (logit of destinations) for
    Newton's method. Sums of rows, columns and x weighted by flow equal the observed ones.
    ``resistance`` is x, such as log distance. O(origins x destinations^2) a step. InputError where
    no finite coefficient fits.
    """
    if not observed.any():
        return Balanced(observed, math.nan)
    x = np.zeros_like(observed)
    if resistance is not None:
        # Only differences count: about their mean they lose no digits.
        x = np.where(possible, resistance - np.average(resistance, weights=observed), 0.0)
    table = _Table(observed, np.where(possible, 0.0, -np.inf), x, layer)
    start = np.append(np.log(observed.sum(axis=0)), 0.0)
    without = table.fitted(start, with_x=False)
    expected = table.expected(without)
    if resistance is None or not table.tells_coefficient(expected):
        return Balanced(expected, math.nan)
    fitted = table.fitted(without, with_x=True)
    return Balanced(table.expected(fitted), float(fitted[-1]))


@dataclass(frozen=True, slots=True)
class _Table:
    observed: Floats
    closed: Floats
    x: Floats
    layer: str

    def expected(self, parameters: Floats) -> Floats:
        """Flows whose rows have the observed sums, for logarithms of B and b."""
        logit = self.closed + parameters[:-1] - parameters[-1] * self.x
        shares = np.exp(logit - logsumexp(logit, axis=1, keepdims=True))
        flows: Floats = self.observed.sum(axis=1, keepdims=True) * shares
        return flows

    def lack(self, expected: Floats) -> Floats:
        """Gradient: the deficit of columns, and the excess of resistance."""
        difference = self.observed - expected
        return np.append(difference.sum(axis=0), -(difference * self.x).sum())

    def information(self, expected: Floats) -> Floats:
        rows = self.observed.sum(axis=1)
        far = -self.x
        mean = (expected * far).sum(axis=1) / rows
        m = expected.shape[1]
        matrix = np.empty((m + 1, m + 1))
        matrix[:m, :m] = -(expected.T / rows) @ expected
        matrix[np.arange(m), np.arange(m)] += expected.sum(axis=0)
        matrix[:m, m] = matrix[m, :m] = (expected * (far - mean[:, None])).sum(axis=0)
        matrix[m, m] = (expected * (far - mean[:, None]) ** 2).sum()
        return matrix

    def tells_coefficient(self, expected: Floats) -> bool:
        """Whether b is identified: not if x is a sum of rows and columns."""
        spread = float((expected * self.x**2).sum())
        matrix = self.information(expected)
        rest = matrix[-1, -1] - matrix[-1, :-1] @ solve_semidefinite(
            matrix[:-1, :-1], matrix[:-1, -1]
        )
        return bool(rest > 1e-9 * spread)

    def fitted(self, start: Floats, *, with_x: bool) -> Floats:
        kept = start.size if with_x else start.size - 1
        columns = self.observed.sum(axis=0)
        scale = np.append(columns, (self.observed * np.abs(self.x)).sum() or 1.0)[:kept]
        parameters = start
        expected = self.expected(parameters)
        lack = self.lack(expected)[:kept]
        best = math.inf
        for _ in range(_STEPS):
            error = float(np.abs(lack / scale).max())
            if error <= _TOLERANCE:
                return parameters
            best = min(best, error)
            step = np.zeros(start.size)
            step[:kept] = solve_semidefinite(self.information(expected)[:kept, :kept], lack)
            length = min(1.0, 5.0 / float(np.abs(step).max()))
            while True:
                tried = parameters + length * step
                expected = self.expected(tried)
                lack = self.lack(expected)[:kept]
                # The likelihood is concave: it rises all the way to where its slope turns.
                if lack @ step[:kept] >= -1e-12 * scale.max() or length < 1e-9:
                    break
                length /= 2
            parameters = tried
            if abs(parameters[-1]) > _STEEPEST:
                break
        else:
            if best <= _ENOUGH:
                return parameters
        raise InputError(
            f"no gravity model fits layer {self.layer!r}: its flows go to the nearest (or the "
            "farthest) possible places only, or its sums leave no choice. Take deterrence=None, "
            "aggregate() the network, or use Rewire()."
        )


def solve_semidefinite(matrix: Floats, right: Floats) -> Floats:
    """Solution where the right side is 0 in the null space."""
    scale = 1 / np.sqrt(np.maximum(matrix.diagonal(), np.finfo(float).tiny))
    scaled = scale[:, None] * matrix * scale
    scaled[np.diag_indices(len(scaled))] += _RIDGE * len(scaled)
    try:
        result: Floats = scale * cho_solve(cho_factor(scaled), scale * right)
    except LinAlgError:  # parts that next to no flow joins: rounding decides the sign
        values, vectors = eigh(scaled)
        sound = values > 1e-12 * values[-1]
        along = vectors[:, sound].T @ (scale * right)
        result = scale * (vectors[:, sound] @ (along / values[sound]))
    return result
