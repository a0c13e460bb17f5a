"""Newton's method for the parameters of nodes that make expected degrees the given ones."""

from __future__ import annotations

import numpy as np
from scipy.sparse.linalg import LinearOperator, cg
from scipy.special import expit

from netinnov._typing import Floats, Integers, Mask
from netinnov.errors import InputError

_TOLERANCE = 1e-10
_ITERATIONS = 300
_LONGEST = 2.0  # largest change of a logarithm in a step
_FEW = 400  # parameters up to which eigenvectors solve a step exactly, even at an edge


def link_probabilities(
    degrees: Floats,
    row_sizes: Integers,
    column_sizes: Integers,
    sizes: Floats,
    *,
    symmetric: bool,
    layer: str,
) -> Floats:
    """Probabilities x y / (1 + x y) that give classes of rows, then columns, their degrees.

    ``sizes`` are numbers of pairs. Newton's method on the logarithms of x and y maximises a concave
    likelihood with gradient observed less expected sums. Where steps gain nothing more, at the
    edge of what is possible, a hundred times the tolerance is accepted, else InputError.
    """
    n = len(row_sizes)
    if not degrees[:n].any():
        return np.zeros(sizes.shape)
    goal = np.concatenate([row_sizes, column_sizes]) * degrees
    with np.errstate(divide="ignore"):
        logarithm = np.log(degrees) - np.log(goal.sum() / 2) / 2
    active = (goal > 0) & np.isfinite(logarithm)

    def probabilities(parameters: Floats) -> Floats:
        pairs: Floats = expit(parameters[:n, None] + parameters[None, n:])
        return pairs

    def lack_of(probability: Floats) -> Floats:
        return np.where(active, goal - _line_sums(sizes * probability), 0.0)

    probability = probabilities(logarithm)
    lack = lack_of(probability)
    for _ in range(_ITERATIONS):
        worst = _worst(lack, goal)
        if worst <= _TOLERANCE:
            return probability
        variance = sizes * probability * (1 - probability)
        step = _step(variance, lack, active, symmetric, rtol=min(0.01, worst))
        length = min(1.0, _LONGEST / max(np.abs(step).max(), _LONGEST))
        slope = float((lack * step).sum())
        while True:
            tried = np.where(active, logarithm + length * step, logarithm)
            probability = probabilities(tried)
            lack = lack_of(probability)
            # The likelihood is concave: it rises all the way to where its slope turns.
            if float((lack * step).sum()) >= -slope / 2 or length < 1e-12:
                break
            length /= 4
        logarithm = tried
    if _worst(lack, goal) <= 100 * _TOLERANCE:
        # Sums of very different size leave no more digits.
        return probability
    raise InputError(
        f"the equations of the expected degrees of layer {layer!r} are met to "
        f"{_worst(lack, goal):.1g} after {_ITERATIONS} steps, and should be to {_TOLERANCE:g}; "
        "rewire() keeps degrees exactly."
    )


def _line_sums(pairs: Floats) -> Floats:
    return np.append(pairs.sum(axis=1), pairs.sum(axis=0))


def _worst(lack: Floats, goal: Floats) -> float:
    return float(np.max(np.abs(lack) / np.where(goal > 0, goal, 1.0), initial=0.0))


def _step(variance: Floats, lack: Floats, active: Mask, symmetric: bool, *, rtol: float) -> Floats:
    """Many parameters: conjugate gradients, which need no inverse and ignore the null direction.

    Rows may grow as columns shrink: that direction changes nothing.
    """
    n = len(variance)
    own = _line_sums(variance)
    if active.sum() <= _FEW:
        return _exact_step(variance, own, lack, active, symmetric)

    def product(x: Floats) -> Floats:
        x = np.where(active, x, 0.0)
        at_rows = variance @ x[n:]
        at_columns = at_rows if symmetric else x[:n] @ variance
        return np.where(active, own * x + np.append(at_rows, at_columns), 0.0)

    inverse = np.where(active & (own > 0), 1 / np.maximum(own, 1e-300), 0.0)
    shape = (lack.size, lack.size)
    solution, _ = cg(
        LinearOperator(shape, matvec=product, dtype=np.float64),
        lack,
        rtol=rtol,
        maxiter=500,
        M=LinearOperator(shape, matvec=lambda x: inverse * x, dtype=np.float64),
    )
    step: Floats = np.where(active, solution, 0.0)
    return step


def _exact_step(
    variance: Floats, own: Floats, lack: Floats, active: Mask, symmetric: bool
) -> Floats:
    """Minimum-norm solution, by eigenvectors of the scaled matrix."""
    n = len(variance)
    half = n if symmetric else lack.size
    whole = np.zeros((half, half))
    if symmetric:
        whole[:] = variance
    else:
        whole[:n, n:], whole[n:, :n] = variance, variance.T
    whole[np.diag_indices(half)] += own[:half]
    at = np.flatnonzero(active[:half])
    matrix = whole[np.ix_(at, at)]
    diagonal = matrix.diagonal()
    scale = np.where(diagonal > 0, 1 / np.sqrt(np.maximum(diagonal, 1e-300)), 0.0)
    values, vectors = np.linalg.eigh(scale[:, None] * matrix * scale)
    sound = values > 1e-14 * values.max(initial=0.0)
    along = vectors[:, sound].T @ (scale * lack[at])
    step = np.zeros(half)
    step[at] = scale * (vectors[:, sound] @ (along / values[sound]))
    return np.append(step, step) if symmetric else step
