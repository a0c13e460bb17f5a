"""Least-squares fits of a dose and effect curve, for many rows of means at once."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from netinnov._typing import Floats

Shape: TypeAlias = Literal[
    "saturation", "threshold", "michaelis_menten", "exponential", "peak", "line"
]

BENT = ("saturation", "threshold")
"""Shapes of two straight pieces, one of them flat."""

CURVES = ("michaelis_menten", "exponential")
"""Shapes that begin at dose 0 and bend to a plateau."""

_ENDS = (1e-2, 10)
"""Least and largest dose at half of the way to a plateau, in ranges of the doses."""

_STEPS = 200
_HALVINGS = 40
"""Of a cell of 7 %: to some 1e-13."""

_ALIKE = 1e-20
"""Errors that differ by less than this part of the whole differ by rounding."""


class Fitted(NamedTuple):
    """Least-squares fits of one shape: arrays over rows of means."""

    bend: Floats
    """Where it bends or turns, or the dose at half of the way to the plateau."""
    low: Floats
    """Lowest bend that gives the same curve over the doses."""
    high: Floats
    slope: Floats
    plateau: Floats
    """The effect on the flat part, or at the peak."""
    error: Floats
    """Sum of squares that is left."""
    straight: Floats
    """The same for a straight line."""
    at_edge: npt.NDArray[np.bool_]
    """The bend is the least or largest that the doses can tell."""


def fitted(means: Floats, dose: Floats, shape: Shape) -> Fitted:
    """Fit a shape to each row of means.

    All but the bend is linear. Pieces on either side of a gap between doses that are fitted alone
    meet at their best bend, if they meet in the gap; else it is at a dose. Likewise a parabola
    turns where the free one turns, or at an end. Of a curve the best of 200 bends of equal ratio
    is refined by halving the cells around it, where the error ceases to fall.
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
    """Values of a shape over the doses, one row for each bend, but for level and scale."""
    at = bend[:, None]
    if shape == "saturation":
        return np.asarray(np.minimum(dose, at), np.float64)
    if shape == "threshold":
        return np.asarray(np.maximum(dose, at), np.float64)
    if shape == "peak":
        return np.asarray(-((dose - at) ** 2), np.float64)
    if shape == "michaelis_menten":
        return np.asarray(dose / (at + dose), np.float64)
    return np.asarray(-np.expm1(-np.log(2) * dose / at), np.float64)


def directions(dose: Floats, bend: Floats, shape: Shape) -> Floats:
    """Where a small growth of the bend moves the values of `curves`, but for scale."""
    at = bend[:, None]
    if shape == "saturation":
        return (dose > at).astype(np.float64)
    if shape == "threshold":
        return (dose < at).astype(np.float64)
    if shape == "peak":
        return np.broadcast_to(dose, (len(bend), len(dose)))
    if shape == "michaelis_menten":
        return np.asarray(-dose * at / (at + dose) ** 2, np.float64)
    return np.asarray(-dose / at * 2 ** (-dose / at), np.float64)


def _marks(dose: Floats, bend: Floats, shape: Shape) -> tuple[Floats, Floats]:
    """Plateau or peak of the values of `curves`, and their slope."""
    one = np.ones(len(bend))
    if shape == "peak":
        return 0 * one, 2 * (bend - dose[0])
    if shape in BENT:
        return bend, one
    return one, (1 if shape == "michaelis_menten" else np.log(2)) / bend


def _bends(means: Floats, dose: Floats, shape: Shape) -> list[Floats]:
    """Where two pieces can meet, a list over gaps and doses; NaN where they do not."""
    if shape == "threshold":
        # Turned round, a threshold is a saturation.
        turned = _bends(means[:, ::-1], -dose[::-1], "saturation")
        return [-each for each in turned]
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
    """Where a parabola can turn: at the ends, and where the free one does, if that is inside."""
    middle, half = (dose[-1] + dose[0]) / 2, (dose[-1] - dose[0]) / 2
    terms = np.linalg.pinv(np.vander((dose - middle) / half, 3)) @ means.T
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        turn = middle - half * terms[1] / (2 * terms[0])
    inside = np.where((turn > dose[0]) & (turn < dose[-1]), turn, np.nan)
    return [*(np.full(len(means), dose[each]) for each in (0, -1)), inside]


def _best(means: Floats, dose: Floats, shape: Shape, candidates: list[Floats]) -> Floats:
    """Give the candidate of the least error in each row, the first of those alike."""
    best = candidates[0]
    _, error = _scaled(means, curves(dose, best, shape))
    alike = _ALIKE * (means**2).sum(axis=1)
    for each in candidates[1:]:
        _, left = _scaled(means, curves(dose, each, shape))
        better = left < error - alike
        best, error = np.where(better, each, best), np.where(better, left, error)
    return best


def _halves(means: Floats, dose: Floats, shape: Shape) -> tuple[Floats, tuple[float, float]]:
    """Give the doses at half of the way to the plateau, and the least and largest tried."""
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
    """Whether a larger bend leaves a larger error."""
    curve = curves(dose, bend, shape)
    factor, _ = _scaled(means, curve)
    away = means - factor[:, None] * (curve - curve.mean(axis=1, keepdims=True))
    return np.asarray(factor * (away * directions(dose, bend, shape)).sum(axis=1) < 0)


def _scaled(means: Floats, curve: Floats) -> tuple[Floats, Floats]:
    """Factors by which curves are nearest to centred means, and the errors that are left."""
    bent = curve - curve.mean(axis=1, keepdims=True)
    size = (bent**2).sum(axis=1)
    # What is level at all doses has no factor.
    usable = size > 1e-20 * (curve**2).sum(axis=1)
    factor = (means * bent).sum(axis=1) / np.where(usable, size, np.inf)
    return factor, ((means - factor[:, None] * bent) ** 2).sum(axis=1)


def _straight(means: Floats, dose: Floats) -> tuple[Floats, Floats]:
    """Slope and error of straight lines."""
    centred = means - means.mean(axis=1, keepdims=True)
    return _scaled(centred, np.broadcast_to(dose - dose.mean(), means.shape))
