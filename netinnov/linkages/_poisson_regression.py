"""Poisson regression with a logarithmic link, for flows that need not be whole numbers."""

from __future__ import annotations

import numpy as np
from scipy.linalg import solve_triangular

from netinnov._typing import Floats

_TOLERANCE = float(np.finfo(np.float64).eps)  # predicted relative gain in likelihood at convergence
_STEPS = 100
_HALVINGS = 1000


def poisson(covariates: Floats, observed: Floats) -> tuple[Floats, Floats, Floats, int, bool]:
    """Fit ln E(y) = X b by Newton's method: b, robust variance, means, steps, converged.

    The first column is 1. Means can span eleven orders of magnitude, so nothing is a difference of
    large numbers: the change of likelihood comes from the step, the Hessian's factor from rows
    sorted by weight, which keeps each row's accuracy (Cox and Higham 1998).
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
    """The exponent is cut where exp would overflow."""
    return np.exp(np.clip(covariates @ beta, -700.0, 700.0))


def _triangle(covariates: Floats, mean: Floats) -> Floats:
    """R with R'R = X' diag(mean) X, by QR of the rows in descending order of their weight."""
    order = np.argsort(-mean, kind="stable")
    return np.asarray(np.linalg.qr((covariates * np.sqrt(mean)[:, None])[order], mode="r"))


def _halvings(mean: Floats, change: Floats, gain: float) -> int:
    """How often to halve a step of the log means so that the likelihood rises."""
    with np.errstate(over="ignore"):
        for halvings in range(_HALVINGS):
            if mean @ (np.expm1(change) - change) <= gain:
                return halvings
            change, gain = change / 2, gain / 2
    return _HALVINGS
