"""Newton's method for the parameters of pairs of nodes that make expected sums the given ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.sparse.linalg import LinearOperator, cg

from netinnov._typing import Floats, Mask
from netinnov.errors import InputError

_ITERATIONS = 300
_LONGEST = 2.0  # largest change of a logarithm in a step
_FEW = 400  # parameters up to which eigenvectors solve a step exactly, even at an edge


class Moments(NamedTuple):
    expected: list[Floats]
    covariance: list[list[Floats]]


def climbed(
    start: Floats,
    goal: Floats,
    moments: Callable[[Floats], Moments],
    bound: Callable[[Floats], Floats] | None,
    *,
    symmetric: bool,
    tolerance: float,
    subject: str,
) -> Floats:
    """Maximise a concave likelihood with gradient ``goal`` less the expected sums.

    A parameter belongs to a row or column of pairs, and a pair depends on the sum of its two.
    ``start`` and ``goal`` are families x (rows, then columns); -inf stays fixed. ``bound`` must
    stay below 0. Many parameters: conjugate gradients, which need no inverse and ignore the null
    direction (rows grow as columns shrink). Where steps gain nothing more, at the edge of what is
    possible, a hundred times the ``tolerance`` is accepted, else InputError.
    """
    parameters = start
    active = (goal > 0) & np.isfinite(start)
    expected = moments(parameters)
    lack = _lack(goal, expected, active)
    for _ in range(_ITERATIONS):
        worst = _worst(lack, goal)
        if worst <= tolerance:
            return parameters
        step = _step(expected.covariance, lack, active, symmetric, rtol=min(0.01, worst))
        if bound is None:
            length = min(1.0, _LONGEST / max(np.abs(step).max(), _LONGEST))
        else:
            length = min(1.0, 0.9 * _room(bound, parameters, step, active))
        slope = float((lack * step).sum())
        while True:
            tried = np.where(active, parameters + length * step, parameters)
            expected = moments(tried)
            lack = _lack(goal, expected, active)
            # The likelihood is concave: it rises all the way to where its slope turns.
            if float((lack * step).sum()) >= -slope / 2 or length < 1e-12:
                break
            length /= 4
        parameters = tried
    if _worst(lack, goal) <= 100 * tolerance:
        # Sums of very different size leave no more digits.
        return parameters
    raise InputError(
        f"{subject} are met to {_worst(lack, goal):.1g} after {_ITERATIONS} steps, and should be "
        f"to {tolerance:g}; rewire() keeps degrees exactly."
    )


def _lack(goal: Floats, moments: Moments, active: Mask) -> Floats:
    return np.where(active, goal - np.stack(list(map(_line_sums, moments.expected))), 0.0)


def _line_sums(pairs: Floats) -> Floats:
    return np.append(pairs.sum(axis=1), pairs.sum(axis=0))


def _worst(lack: Floats, goal: Floats) -> float:
    return float(np.max(np.abs(lack) / np.where(goal > 0, goal, 1.0), initial=0.0))


def _room(
    bound: Callable[[Floats], Floats], parameters: Floats, step: Floats, active: Mask
) -> float:
    """How many steps it is to the bound, which must not be reached."""
    moved = np.where(active, parameters + step, parameters)
    before = bound(parameters)
    with np.errstate(invalid="ignore", divide="ignore"):
        change = bound(moved) - before
        steps = np.where(change > 0, -before / change, np.inf)
    return float(steps.min(initial=np.inf))


def _step(
    covariance: list[list[Floats]], lack: Floats, active: Mask, symmetric: bool, *, rtol: float
) -> Floats:
    families, size = lack.shape
    n = covariance[0][0].shape[0]
    own = np.array([[_line_sums(pairs) for pairs in row] for row in covariance])
    if active.sum() <= _FEW:
        return _exact_step(covariance, own, lack, active, symmetric)

    def product(x: Floats) -> Floats:
        x = np.where(active, x.reshape(families, size), 0.0)
        moved = np.einsum("fgi,gi->fi", own, x)
        for f in range(families):
            # A matrix is read once for both families that it joins: reading is what takes time.
            for g in range(f, families):
                both, other = [f, g][: 1 + (g > f)], [g, f][: 1 + (g > f)]
                at_rows = (covariance[f][g] @ x[other, n:].T).T
                moved[both, :n] += at_rows
                moved[both, n:] += at_rows if symmetric else x[other, :n] @ covariance[f][g]
        return np.where(active, moved, 0.0).ravel()

    inverse = _own_inverse(own, active)

    def roughly(x: Floats) -> Floats:
        moved: Floats = np.einsum("fgi,gi->fi", inverse, x.reshape(families, size)).ravel()
        return moved

    shape = (lack.size, lack.size)
    solution, _ = cg(
        LinearOperator(shape, matvec=product, dtype=np.float64),
        lack.ravel(),
        rtol=rtol,
        maxiter=500,
        M=LinearOperator(shape, matvec=roughly, dtype=np.float64),
    )
    step: Floats = np.where(active, solution.reshape(families, size), 0.0)
    return step


def _exact_step(
    covariance: list[list[Floats]], own: Floats, lack: Floats, active: Mask, symmetric: bool
) -> Floats:
    """Minimum-norm solution, by eigenvectors of the scaled matrix."""
    families, size = lack.shape
    n = covariance[0][0].shape[0]
    half = n if symmetric else size
    whole = np.zeros((families, half, families, half))
    for f in range(families):
        for g in range(families):
            pairs = covariance[f][g]
            if symmetric:
                whole[f, :, g, :] = pairs
            else:
                whole[f, :n, g, n:], whole[f, n:, g, :n] = pairs, pairs.T
            whole[f, np.arange(half), g, np.arange(half)] += own[f, g, :half]
    at = np.flatnonzero(active[:, :half])
    matrix = whole.reshape(families * half, families * half)[np.ix_(at, at)]
    diagonal = matrix.diagonal()
    scale = np.where(diagonal > 0, 1 / np.sqrt(np.maximum(diagonal, 1e-300)), 0.0)
    values, vectors = np.linalg.eigh(scale[:, None] * matrix * scale)
    sound = values > 1e-14 * values.max(initial=0.0)
    along = vectors[:, sound].T @ (scale * lack[:, :half].flat[at])
    step = np.zeros((families, half))
    step.flat[at] = scale * (vectors[:, sound] @ (along / values[sound]))
    return np.hstack([step, step]) if symmetric else step


def _own_inverse(own: Floats, active: Mask) -> Floats:
    inverse = np.zeros_like(own)
    first = np.where(active[0] & (own[0, 0] > 0), 1 / np.maximum(own[0, 0], 1e-300), 0.0)
    inverse[0, 0] = first
    if len(own) > 1:
        # Of the second what the first leaves; that is above 0 unless both say the same.
        rest = own[1, 1] - own[0, 1] ** 2 * first
        sound = active[1] & (rest > 1e-12 * own[1, 1])
        second = np.where(sound, 1 / np.maximum(rest, 1e-300), 0.0)
        inverse[1, 1] = second
        inverse[0, 1] = inverse[1, 0] = -first * own[0, 1] * second
        inverse[0, 0] += (first * own[0, 1]) ** 2 * second
    return inverse
