"""Which shape a curve of dose and effect has, and how well the shape describes it."""

from __future__ import annotations

from typing import get_args

import numpy as np
from scipy import stats
from scipy.optimize import isotonic_regression

from netinnov._typing import Floats
from netinnov.experiments._least_squares import BENT, CURVES, Shape, curves, directions, fitted

_POOR = 0.9
_DETECTED = 0.05


def compared(means: Floats, dose: Floats) -> tuple[dict[Shape, Floats], dict[Shape, Floats]]:
    """Error and criterion of each row of means, by shape; curves begin at dose 0."""
    total = ((means - means.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    error: dict[Shape, Floats] = {}
    criterion: dict[Shape, Floats] = {}
    shapes: tuple[Shape, ...] = get_args(Shape)
    for shape in shapes:
        if shape not in CURVES or dose[0] >= 0:
            error[shape] = fitted(means, dose, shape).error
            criterion[shape] = _criterion(error[shape], total, len(dose), shape)
    return error, criterion


def quality(change: Floats, dose: Floats, shape: Shape) -> dict[str, float]:
    """How well a shape describes the means over doses."""
    means = means_of(change)
    total = float(((means - means.mean()) ** 2).sum())
    # Without the rounding of what is one number at all doses.
    alike = total <= 1e-24 * max(float(means @ means), 1e-300)
    error = float(fitted(means[None, :], dose, shape).error[0])
    described = float("nan") if alike else 1 - min(error / total, 1.0)
    p = lack_of_fit(change, dose, shape)
    poor = described < _POOR and not p >= _DETECTED
    return {"r_squared": described, "lack_of_fit_p": p, "poor": float(poor)}


def lack_of_fit(change: Floats, dose: Floats, shape: Shape) -> float:
    """Give the p-value of a shape against means that differ from it by more than their error.

    ``change`` has a row for each dose (ascending) and a column for each replicate; replicates with
    one number share their random numbers. NaN where a dose has fewer than two known replicates,
    where replicates are all alike, and where the shape leaves no degree of freedom.

    The sum of squares of the residuals, over the trace of C V C, is compared with an F distribution
    of e and e (n - 1) degrees of freedom, e = tr(C V C)^2 / tr((C V C)^2): V is the covariance of
    the means of n replicates, C projects onto what no small change of the parameters can reach
    (Box 1954). So common random numbers are allowed for, and there may be more doses than
    replicates. For a bend, which is not linear, the test is approximate.
    """
    known = np.isfinite(change)
    n = int(known.sum(axis=1).min())
    if n < 2:
        return float("nan")
    means = means_of(change)
    deviations = np.where(known, change - means[:, None], 0.0) / known.sum(axis=1, keepdims=True)
    away, directions = _residuals(means, dose, shape)
    left = np.eye(len(dose)) - directions @ directions.T
    spread = left @ (deviations @ deviations.T) @ left * (n / (n - 1))
    total = float(np.trace(spread))
    if round(float(np.trace(left))) < 1 or total <= 1e-24 * max(float(means @ means), 1e-300):
        return float("nan")
    freedom = total**2 / float((spread**2).sum())
    part = left @ away
    return float(stats.f.sf((part @ part) / total, freedom, freedom * (n - 1)))


def means_of(change: Floats) -> Floats:
    """Mean of each row without what is undefined; NaN if all of it is."""
    known = np.isfinite(change)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(known, change, 0.0).sum(axis=1) / known.sum(axis=1), np.float64)


def monotone(values: Floats) -> Floats:
    """Give the nearer of the non-decreasing and the non-increasing curve."""
    curves = [
        np.asarray(isotonic_regression(values, increasing=up).x, np.float64) for up in (True, False)
    ]
    errors = [((curve - values) ** 2).sum() for curve in curves]
    return curves[int(errors[1] < errors[0])]


def _criterion(error: Floats, total: Floats, doses: int, shape: Shape) -> Floats:
    """Give Akaike's information criterion for small samples (AICc) of least-squares fits.

    n log(error / n) + 2 k + 2 k (k + 1) / (n - k - 1) for n doses and k parameters, that of the
    scatter among them. An error below 1e-12 of the total is that of rounding.
    """
    k = 3 if shape == "line" else 4
    small = np.maximum(error, np.maximum(1e-12 * total, 1e-300))
    return np.asarray(
        doses * np.log(small / doses) + 2 * k + 2 * k * (k + 1) / (doses - k - 1), np.float64
    )


def _residuals(means: Floats, dose: Floats, shape: Shape) -> tuple[Floats, Floats]:
    """What a fit leaves of means, and orthonormal directions in which its parameters move it."""
    moved = []
    if shape == "line":
        curve = dose
    else:
        fit = fitted(means[None, :], dose, shape)
        curve = curves(dose, fit.bend, shape)[0]
        # A turn or half at the edge cannot be moved.
        if shape in BENT or not fit.at_edge[0]:
            moved = [directions(dose, fit.bend, shape)[0]]
    units = [
        (each - each.mean()) / np.linalg.norm(each - each.mean())
        for each in (curve, *moved)
        if np.ptp(each) > 1e-9 * abs(each).max()
    ]
    away = means - means.mean()
    if np.ptp(curve) > 1e-9 * abs(curve).max():
        away = away - units[0] * (units[0] @ away)
    level = np.full((len(dose), 1), len(dose) ** -0.5)
    if not units:
        return away, level
    turned, values, _ = np.linalg.svd(np.column_stack(units), full_matrices=False)
    return away, np.hstack([level, turned[:, values > 1e-9]])
