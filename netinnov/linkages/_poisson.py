"""Poisson regression with a logarithmic link, for flows that need not be whole numbers."""

from __future__ import annotations

import numpy as np
from scipy.special import xlogy

from netinnov._typing import Floats

__all__ = ["poisson"]

_SETTLED = 1e-12
"""Change of the deviance, over itself and the sum of what is observed, at which a fit has."""
_STEPS = 100
_HALVINGS = 1000


def poisson(covariates: Floats, observed: Floats) -> tuple[Floats, Floats, Floats, int, bool]:
    """Fit ln E(y) = X b by iteratively reweighted least squares, with steps that are halved.

    Returns b, its robust variance, the expected values, the number of steps and whether the
    deviance has settled. The first column is 1; the columns must be independent where y is above
    0, so that there is a fit. The deviance is convex, and a step that would raise it is halved
    until it does not.
    """
    beta = np.zeros(covariates.shape[1])
    beta[0] = np.log(observed.mean())
    mean, deviance = _poisson_mean(covariates, observed, beta)
    step, converged = 0, False
    while not converged and step < _STEPS:
        step += 1
        root = np.sqrt(mean)
        move = np.linalg.lstsq(covariates * root[:, None], (observed - mean) / root)[0]
        slack = _SETTLED * (deviance + observed.sum())
        before = deviance
        for _ in range(_HALVINGS):
            mean, deviance = _poisson_mean(covariates, observed, beta + move)
            if deviance <= before + slack:
                break
            move /= 2
        beta = beta + move
        converged = bool(abs(before - deviance) <= slack)
    triangle = np.linalg.inv(np.linalg.qr(covariates * np.sqrt(mean)[:, None], mode="r"))
    bread = triangle @ triangle.T
    scores = covariates * (observed - mean)[:, None]
    return beta, bread @ (scores.T @ scores) @ bread, mean, step, converged


def _poisson_mean(covariates: Floats, observed: Floats, beta: Floats) -> tuple[Floats, float]:
    """Expected values and the deviance; the logarithm is cut where exp would overflow."""
    eta = np.clip(covariates @ beta, -700.0, 700.0)
    mean = np.exp(eta)
    terms = xlogy(observed, observed) - observed * eta - observed + mean
    return mean, 2 * float(terms.sum())
