"""Modes of a linear map of expectations, and the strengths of links at which one stops settling."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import linalg, optimize

from netinnov._typing import Floats

_EQUAL = 1e-9  # relative distance of eigenvalues that are one
_REAL = 1e-7  # an equal pair splits by the root of rounding, about 1e-8, which is no rotation


def modes_of(demand: Floats, answers: Floats, adaptation: float) -> tuple[Any, Any]:
    """Roots, ascending, and price vectors (columns) of (1 - beta) I - beta B^-1 K."""
    if np.array_equal(answers, answers.T):
        scale = 1 / np.sqrt(demand)
        eigenvalues, inner = np.linalg.eigh(answers * scale[:, None] * scale)
        eigenvalues, inner = eigenvalues[::-1], inner[:, ::-1]
        inner = _common_first(eigenvalues, inner, 1 / scale)
        vectors: npt.NDArray[Any] = inner * scale[:, None]
    else:
        eigenvalues, vectors = np.linalg.eig(answers / demand[:, None])
        size = max(float(np.abs(eigenvalues).max()), 1e-300)
        if np.iscomplexobj(eigenvalues) and np.abs(eigenvalues.imag).max() <= _REAL * size:
            eigenvalues, vectors = eigenvalues.real, vectors.real
        order = np.lexsort((-eigenvalues.imag, -eigenvalues.real))
        eigenvalues, vectors = eigenvalues[order], vectors[:, order]
    largest = np.abs(np.abs(vectors) / np.abs(vectors).max(axis=0) - 1) < 1e-9
    vectors = vectors / vectors[largest.argmax(axis=0), np.arange(len(demand))]
    return 1 - adaptation - adaptation * eigenvalues, vectors


def factors(roots: npt.NDArray[Any], adaptation: float) -> Floats:
    """Least s with |1 - beta - beta s l| = 1 for the eigenvalue l behind each root."""
    stay = 1 - adaptation
    eigenvalues = (stay - roots) / adaptation
    square = np.abs(eigenvalues) ** 2
    moved = stay * np.real(eigenvalues)
    top = moved + np.sqrt(moved**2 + square * (1 - stay**2))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(square > 1e-24, top / (adaptation * square), np.inf))


def mode_table(
    demand: Floats, answers: Floats, adaptation: float, regions: tuple[Any, ...]
) -> pd.DataFrame:
    roots, vectors = modes_of(demand, answers, adaptation)
    factor = factors(roots, adaptation)
    moved = np.abs(demand @ vectors) ** 2
    common = moved / (demand.sum() * (demand @ np.abs(vectors) ** 2))
    one_way = np.all((np.abs(np.imag(vectors)) < _REAL) & (np.real(vectors) > _REAL), axis=0)
    kind = np.where(one_way, "total", np.where(common < 1e-12, "gap", "mixed"))
    modulus = np.abs(roots)
    with np.errstate(divide="ignore"):
        period, damping = 2 * np.pi / np.abs(np.angle(roots)), np.log(modulus)
    table = {
        "root": roots,
        "modulus": modulus,
        "period": np.where(modulus > 0, period, np.nan),
        "damping": damping,
        "kind": kind,
        "common": common,
        "critical_factor": factor,
        "first": np.isclose(factor, factor.min(), rtol=_EQUAL) & np.isfinite(factor.min()),
    }
    table |= {f"price_{name}": part for name, part in zip(regions, vectors, strict=True)}
    order = np.lexsort((-common.round(9), factor.round(12)))
    return pd.DataFrame(table).iloc[order].reset_index(drop=True).rename_axis("mode")


def _common_first(eigenvalues: Floats, inner: Floats, uniform: Floats) -> Floats:
    """Rotate the eigenvectors of equal eigenvalues: one holds their common move."""
    inner = inner.copy()
    size = max(float(np.abs(eigenvalues).max()), 1e-300)
    cuts = np.flatnonzero(np.diff(eigenvalues) < -_EQUAL * size) + 1
    for at in np.split(np.arange(len(eigenvalues)), cuts):
        share = inner[:, at].T @ uniform
        if at.size > 1 and np.linalg.norm(share) > 1e-9 * np.linalg.norm(uniform):
            turn, _ = np.linalg.qr(np.column_stack([share, np.eye(at.size)]))
            inner[:, at] = inner[:, at] @ turn
    return inner


_STEPS = 512


def symmetric_threshold(
    demand: Floats, answers: Floats, change: Floats, adaptation: float
) -> float:
    """Least s with root -1 of K + s C: C v = (1 / s) ((2 / beta - 1) B - K) v; K, C symmetric."""
    room = np.diag((2 / adaptation - 1) * demand) - answers
    try:
        np.linalg.cholesky(room)
    except np.linalg.LinAlgError:
        return 0.0
    largest = float(linalg.eigh(change, room, eigvals_only=True)[-1])
    return 1 / largest if largest > 1e-300 else math.inf


def first_crossing(
    demand: Floats, answers: Floats, change: Floats, adaptation: float, high: float = math.inf
) -> float:
    """Least s <= `high` where K + s C has a root of modulus 1, on a grid of 512 steps."""

    def radius(strengths: Floats) -> Floats:
        changed = answers + strengths[:, None, None] * change
        eigenvalues = np.linalg.eigvals(changed / demand[:, None])
        return np.asarray(np.abs(1 - adaptation - adaptation * eigenvalues).max(axis=1))

    def beyond(strength: float) -> float:
        return float(radius(np.array([strength]))[0]) - 1

    if beyond(0.0) >= 0:
        return 0.0
    if math.isinf(high):
        high = float(demand.max())
        while beyond(high) < 0:
            high *= 2
    grid = np.linspace(0.0, high, _STEPS + 1)
    # Parts of at most 32 matrices: all of a large system would not fit.
    for part in np.array_split(np.arange(1, len(grid)), _STEPS // 32):
        above = part[radius(grid[part]) >= 1]
        if above.size:
            low, up = float(grid[above[0] - 1]), float(grid[above[0]])
            return float(optimize.brentq(beyond, low, up, xtol=1e-14, rtol=1e-13))
    return math.inf
