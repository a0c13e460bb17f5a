"""Curves of dose and effect: straight, bent at a dose, or bending to a plateau."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias, get_args

import numpy as np
from scipy.optimize import isotonic_regression

from netinnov._typing import Floats

__all__ = ["BENT", "Fitted", "Shape", "compared", "fitted", "means_of", "monotone"]

Shape: TypeAlias = Literal["saturation", "threshold", "michaelis_menten", "exponential", "line"]

BENT = ("saturation", "threshold")
"""Shapes of two straight pieces, one of them flat."""

_BREAKS = 200
"""Candidates for the one parameter that is not linear, besides the doses themselves."""


class Fitted(NamedTuple):
    """Least-squares fits of one shape: arrays over rows of means."""

    bend: Floats
    """Where it bends, or the dose at half of the way to the plateau."""
    slope: Floats
    plateau: Floats
    error: Floats
    """Sum of squares that is left."""
    straight: Floats
    """The same for a straight line."""
    ends: tuple[float, float]
    """Lowest and highest bend that was tried."""


def fitted(means: Floats, dose: Floats, shape: Shape) -> Fitted:
    """Fit a shape to each row of means, by least squares over a grid of its bend."""
    if shape == "line":
        slope, left = _straight(means, dose)
        nothing = np.full(len(means), np.nan)
        return Fitted(nothing, slope, nothing, left, left, (np.nan, np.nan))
    grid, basis, limit, steep = _basis(dose, shape)
    centred = means - means.mean(axis=1, keepdims=True)
    bent = basis - basis.mean(axis=1, keepdims=True)
    scale = (bent**2).sum(axis=1)
    # A line that is flat at all doses has no slope.
    usable = scale > 1e-12 * ((dose - dose.mean()) ** 2).sum()
    with np.errstate(invalid="ignore", divide="ignore"):
        factor = np.where(usable, centred @ bent.T / scale, 0.0)
    total = (centred**2).sum(axis=1, keepdims=True)
    error = total - factor**2 * scale
    best = error.argmin(axis=1)
    rows = np.arange(len(means))
    mine = factor[rows, best]
    return Fitted(
        grid[best],
        mine * steep[best],
        means.mean(axis=1) + mine * (limit[best] - basis.mean(axis=1)[best]),
        np.maximum(error[rows, best], 0.0),
        _straight(means, dose)[1],
        (float(grid[0]), float(grid[-1])),
    )


def compared(means: Floats, dose: Floats) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Error and criterion of each row of means, by shape; curves begin at dose 0."""
    total = ((means - means.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    error, criterion = {}, {}
    for shape in get_args(Shape):
        if shape in (*BENT, "line") or dose[0] >= 0:
            error[shape] = fitted(means, dose, shape).error
            criterion[shape] = _criterion(error[shape], total, len(dose), shape)
    return error, criterion


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

    Notes
    -----
    n log(error / n) + 2 k + 2 k (k + 1) / (n - k - 1) for n doses and k parameters, that of the
    scatter among them. An error below a millionth of the total is that of the grid.
    """
    k = 3 if shape == "line" else 4
    small = np.maximum(error, np.maximum(1e-6 * total, 1e-300))
    return np.asarray(
        doses * np.log(small / doses) + 2 * k + 2 * k * (k + 1) / (doses - k - 1), np.float64
    )


def _basis(dose: Floats, shape: Shape) -> tuple[Floats, Floats, Floats, Floats]:
    """Candidate bends, the curve of each over the doses, its plateau, and its first slope."""
    if shape in BENT:
        grid = np.union1d(dose, np.linspace(dose[0], dose[-1], _BREAKS))
        bend = np.minimum if shape == "saturation" else np.maximum
        return grid, bend(dose, grid[:, None]), grid, np.ones(len(grid))
    # In units of the range, as the pieces above are in units of the dose.
    width = dose[-1] - dose[0]
    grid = width * np.geomspace(1e-2, 10, _BREAKS)
    half = grid[:, None]
    if shape == "michaelis_menten":
        return grid, width * dose / (half + dose), np.full(len(grid), width), width / grid
    rate = np.log(2) / half
    return grid, -width * np.expm1(-rate * dose), np.full(len(grid), width), width * rate[:, 0]


def _straight(means: Floats, dose: Floats) -> tuple[Floats, Floats]:
    """Slope and error of straight lines."""
    centred = means - means.mean(axis=1, keepdims=True)
    line = dose - dose.mean()
    slope = centred @ line / (line @ line)
    error = np.maximum((centred**2).sum(axis=1) - slope**2 * (line @ line), 0.0)
    return slope, error
