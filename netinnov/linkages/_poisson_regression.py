"""Poisson regression with a logarithmic link, for flows that need not be whole numbers."""

from __future__ import annotations

import numpy as np
from scipy.linalg import solve_triangular

from netinnov._typing import Floats

_TOLERANCE = float(np.finfo(np.float64).eps)
"""Of the sum of what is observed: a predicted gain in likelihood at which a fit has converged."""
_STEPS = 100
_HALVINGS = 1000


def poisson(covariates: Floats, observed: Floats) -> tuple[Floats, Floats, Floats, int, bool]:
    """Fit ln E(y) = X b by Newton's method, with steps that are halved.

    Returns b, its robust variance, the expected values, the number of steps and whether it has
    converged. The first column is 1; the columns must be independent where y is above 0.

    Expected values can span eleven orders of magnitude, where scipy's minimisers stop at score
    equations of 5e-7 and pyfixest does not converge. So nothing is a difference of large numbers:
    the change of the likelihood comes from the step, and the factor of the Hessian from rows sorted
    by weight, which keeps each row's accuracy (Cox and Higham 1998).
    """
    norm = np.linalg.norm(covariates, axis=0)
    scaled = covariates / norm
    beta = np.zeros(norm.size)
    beta[0] = np.log(observed.mean()) * norm[0]
    mean = _expected(scaled, beta)
    step, converged = 0, False
    while not converged and step < _STEPS:
        step += 1
        triangle = _triangle(scaled, mean)
        score = scaled.T @ (observed - mean)
        move = solve_triangular(triangle, solve_triangular(triangle, score, trans="T"))
        gain = float(score @ move)
        converged = gain <= _TOLERANCE * observed.sum()
        move /= 2 ** _halvings(mean, scaled @ move, gain)
        beta += move
        mean = _expected(scaled, beta)
    inverse = solve_triangular(_triangle(scaled, mean), np.eye(norm.size)) / norm[:, None]
    bread = inverse @ inverse.T
    scores = covariates * (observed - mean)[:, None]
    return beta / norm, bread @ (scores.T @ scores) @ bread, mean, step, converged


def _expected(covariates: Floats, beta: Floats) -> Floats:
    """Expected values; the logarithm is cut where exp would overflow."""
    return np.exp(np.clip(covariates @ beta, -700.0, 700.0))


def _triangle(covariates: Floats, mean: Floats) -> Floats:
    """R with R'R = X' diag(mean) X, by QR of the rows in descending order of their weight."""
    order = np.argsort(-mean, kind="stable")
    return np.asarray(np.linalg.qr((covariates * np.sqrt(mean)[:, None])[order], mode="r"))


def _halvings(mean: Floats, change: Floats, gain: float) -> int:
    """How often to halve a step in the logarithms of the means so that the likelihood rises."""
    with np.errstate(over="ignore"):
        for halvings in range(_HALVINGS):
            if mean @ (np.expm1(change) - change) <= gain:
                return halvings
            change, gain = change / 2, gain / 2
    return _HALVINGS
