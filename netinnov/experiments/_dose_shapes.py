"""Shapes of a curve of dose and effect: least-squares fits, and how well a shape describes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple, TypeAlias, get_args

import numpy as np
import numpy.typing as npt
import scipy
from scipy.optimize import isotonic_regression

from netinnov._typing import Floats

Shape: TypeAlias = Literal[
    "saturation", "threshold", "michaelis_menten", "exponential", "peak", "line"
]

BENT = ("saturation", "threshold")  # two straight pieces, one of them flat
CURVES = ("michaelis_menten", "exponential")  # begin at dose 0 and bend to a plateau
_ENDS = (1e-2, 10)  # range tried for the dose at half of the plateau, in ranges of the doses

_STEPS = 200
_HALVINGS = 40  # of a cell of 7 %: to some 1e-13
_ALIKE = 1e-20  # relative difference of errors that is rounding


class Fitted(NamedTuple):
    bend: Floats  # bend or turning point, or the dose at half of the plateau
    low: Floats  # lowest bend that gives the same curve over the doses
    high: Floats
    slope: Floats
    plateau: Floats  # effect on the flat part, or at the peak
    error: Floats  # residual sum of squares
    straight: Floats  # the same for a straight line
    at_edge: npt.NDArray[np.bool_]  # the bend is the least or largest that the doses can tell


def fitted(means: Floats, dose: Floats, shape: Shape) -> Fitted:
    """Fit a shape to each row of means: all but the bend is linear.

    Two pieces meet where lines fitted to either side do, or at a dose; a parabola turns at its
    vertex or at an end; of a curve the best of 200 bends of equal ratio is refined by bisection.
    """
    slope, straight = _straight(means, dose)
    if shape == "line":
        nothing = np.full(len(means), np.nan)
        inside = np.zeros(len(means), bool)
        return Fitted(nothing, nothing, nothing, slope, nothing, straight, straight, inside)
    level = means.mean(axis=1)
    centred = means - level[:, None]
    if shape in CURVES:
        bend, ends = _halves(centred, dose, shape)
        at_edge = (bend == ends[0]) | (bend == ends[1])
    else:
        candidates = _turns(centred, dose) if shape == "peak" else _bends(centred, dose, shape)
        bend = _best(centred, dose, shape, candidates)
        # Two pieces have two doses on the one that is not flat.
        first, last = int(shape == "saturation"), len(dose) - 1 - (shape == "threshold")
        at_edge = (bend <= dose[first]) | (bend >= dose[last])
    curve = curves(dose, bend, shape)
    factor, error = _scaled(centred, curve)
    limit, steep = _marks(dose, bend, shape)
    return Fitted(
        bend,
        # With one dose on the flat piece and one on the other, any bend between them is as good.
        np.where(bend == dose[1], dose[0], bend) if shape == "saturation" else bend,
        np.where(bend == dose[-2], dose[-1], bend) if shape == "threshold" else bend,
        factor * steep,
        level + factor * (limit - curve.mean(axis=1)),
        error,
        straight,
        at_edge,
    )


def curves(dose: Floats, bend: Floats, shape: Shape) -> Floats:
    """Values over the doses, one row for each bend, up to level and scale."""
    return np.asarray(_FORMULAS[shape][0](dose, bend[:, None]), np.float64)


def directions(dose: Floats, bend: Floats, shape: Shape) -> Floats:
    """Derivative of `curves` by the bend, up to scale."""
    return np.asarray(_FORMULAS[shape][1](dose, bend[:, None]), np.float64)


# Value at a dose and bend, and its derivative by the bend
_FORMULAS: dict[Shape, tuple[Callable[..., Floats], Callable[..., Floats]]] = {
    "saturation": (np.minimum, np.greater),
    "threshold": (np.maximum, np.less),
    "peak": (lambda x, at: -((x - at) ** 2), lambda x, at: x + 0 * at),
    "michaelis_menten": (lambda x, at: x / (at + x), lambda x, at: -x * at / (at + x) ** 2),
    "exponential": (
        lambda x, at: -np.expm1(-np.log(2) * x / at),
        lambda x, at: -x / at * 2 ** (-x / at),
    ),
}


def _marks(dose: Floats, bend: Floats, shape: Shape) -> tuple[Floats, Floats]:
    """Plateau or peak of `curves`, and their slope."""
    one = np.ones(len(bend))
    if shape == "peak":
        return 0 * one, 2 * (bend - dose[0])
    if shape in BENT:
        return bend, one
    return one, (1 if shape == "michaelis_menten" else np.log(2)) / bend


def _bends(means: Floats, dose: Floats, shape: Shape) -> list[Floats]:
    """Where two pieces can meet, a list over gaps and doses; NaN where they do not."""
    if shape == "threshold":  # turned round, it is a saturation
        return [-each for each in _bends(means[:, ::-1], -dose[::-1], "saturation")]
    bends = [np.full(len(means), each) for each in dose[:0:-1]]
    for n in range(2, len(dose)):
        centre = dose[:n].mean()
        line = dose[:n] - centre
        slope = means[:, :n] @ line / (line @ line)
        rise = means[:, n:].mean(axis=1) - means[:, :n].mean(axis=1)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            bend = centre + rise / slope
        bends.append(np.where((bend > dose[n - 1]) & (bend < dose[n]), bend, np.nan))
    return bends


def _turns(means: Floats, dose: Floats) -> list[Floats]:
    middle, half = (dose[-1] + dose[0]) / 2, (dose[-1] - dose[0]) / 2
    terms = np.linalg.pinv(np.vander((dose - middle) / half, 3)) @ means.T
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        turn = middle - half * terms[1] / (2 * terms[0])
    inside = np.where((turn > dose[0]) & (turn < dose[-1]), turn, np.nan)
    return [*(np.full(len(means), dose[each]) for each in (0, -1)), inside]


def _best(means: Floats, dose: Floats, shape: Shape, candidates: list[Floats]) -> Floats:
    best = candidates[0]
    _, error = _scaled(means, curves(dose, best, shape))
    alike = _ALIKE * (means**2).sum(axis=1)
    for each in candidates[1:]:
        _, left = _scaled(means, curves(dose, each, shape))
        better = left < error - alike
        best, error = np.where(better, each, best), np.where(better, left, error)
    return best


def _halves(means: Floats, dose: Floats, shape: Shape) -> tuple[Floats, tuple[float, float]]:
    low, high = (each * (dose[-1] - dose[0]) for each in _ENDS)
    grid = np.geomspace(low, high, _STEPS)
    curve = curves(dose, grid, shape)
    curve = curve - curve.mean(axis=1, keepdims=True)
    size = np.sqrt((curve**2).sum(axis=1))
    with np.errstate(divide="ignore", invalid="ignore"):
        along = np.where(size > 1e-10, means @ (curve / size[:, None]).T, 0.0)
    best = (along**2).argmax(axis=1)
    below = np.log(grid[np.maximum(best - 1, 0)])
    above = np.log(grid[np.minimum(best + 1, _STEPS - 1)])
    for _ in range(_HALVINGS):
        middle = (below + above) / 2
        rises = _rises(means, dose, np.exp(middle), shape)
        below, above = np.where(rises, below, middle), np.where(rises, middle, above)
    bend = np.exp((below + above) / 2)
    # Nearer than that it is the end itself.
    for end in (grid[0], grid[-1]):
        bend = np.where(np.isclose(bend, end, rtol=1e-10, atol=0), end, bend)
    kept = _best(means, dose, shape, [grid[best], bend])
    return kept, (float(grid[0]), float(grid[-1]))


def _rises(means: Floats, dose: Floats, bend: Floats, shape: Shape) -> npt.NDArray[np.bool_]:
    curve = curves(dose, bend, shape)
    factor, _ = _scaled(means, curve)
    away = means - factor[:, None] * (curve - curve.mean(axis=1, keepdims=True))
    return np.asarray(factor * (away * directions(dose, bend, shape)).sum(axis=1) < 0)


def _scaled(means: Floats, curve: Floats) -> tuple[Floats, Floats]:
    bent = curve - curve.mean(axis=1, keepdims=True)
    size = (bent**2).sum(axis=1)
    # What is level at all doses has no factor.
    usable = size > 1e-20 * (curve**2).sum(axis=1)
    factor = (means * bent).sum(axis=1) / np.where(usable, size, np.inf)
    return factor, ((means - factor[:, None] * bent) ** 2).sum(axis=1)


def _straight(means: Floats, dose: Floats) -> tuple[Floats, Floats]:
    centred = means - means.mean(axis=1, keepdims=True)
    return _scaled(centred, np.broadcast_to(dose - dose.mean(), means.shape))


_POOR = 0.9
_DETECTED = 0.05


def compared(means: Floats, dose: Floats) -> tuple[dict[Shape, Floats], dict[Shape, Floats]]:
    total = ((means - means.mean(axis=1, keepdims=True)) ** 2).sum(axis=1)
    shapes: tuple[Shape, ...] = get_args(Shape)
    usable = [shape for shape in shapes if shape not in CURVES or dose[0] >= 0]
    error = {shape: fitted(means, dose, shape).error for shape in usable}
    return error, {shape: _criterion(error[shape], total, len(dose), shape) for shape in usable}


def quality(change: Floats, dose: Floats, shape: Shape) -> dict[str, float]:
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
    return float(scipy.stats.f.sf((part @ part) / total, freedom, freedom * (n - 1)))


def means_of(change: Floats) -> Floats:
    known = np.isfinite(change)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(known, change, 0.0).sum(axis=1) / known.sum(axis=1), np.float64)


def monotone(values: Floats) -> Floats:
    """The nearer of the non-decreasing and the non-increasing fit."""
    curves: list[Floats] = [isotonic_regression(values, increasing=up).x for up in (True, False)]
    return min(curves, key=lambda curve: ((curve - values) ** 2).sum())


def _criterion(error: Floats, total: Floats, doses: int, shape: Shape) -> Floats:
    """AICc of a least-squares fit; an error below 1e-12 of the total is rounding."""
    n, k = doses, 3 if shape == "line" else 4
    small = np.maximum(error, np.maximum(1e-12 * total, 1e-300))
    return np.asarray(n * np.log(small / n) + 2 * k + 2 * k * (k + 1) / (n - k - 1), np.float64)


def _residuals(means: Floats, dose: Floats, shape: Shape) -> tuple[Floats, Floats]:
    """Residuals, and orthonormal directions in which the parameters move the fit."""
    curve, moved = dose, []
    if shape != "line":
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
