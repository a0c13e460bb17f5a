"""Moment conditions of a cobweb panel, in sums over clusters, solved for its parameters."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, TypeAlias

import numpy as np
from scipy import optimize

from netinnov._typing import Floats
from netinnov.mechanisms.cobweb._panel import Panel, backward, expectations, forward

__all__ = ["Cluster", "Design", "Moments", "Supply"]

Cluster: TypeAlias = Literal["region", "period"]

GRID = np.round(np.arange(0.02, 1.5001, 0.01), 10)


@dataclass(frozen=True, slots=True)
class Supply:
    """Parameters of supply: slope d, mobility m, adaptation beta."""

    slope: float
    mobility: float
    adaptation: float


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """Transformed supply at one adaptation: instruments and regressors, regions x periods x k.

    Columns: expected price, its gaps to the others (if coupled), and the derivatives of these by
    adaptation.
    """

    instruments: Floats
    regressors: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """What the panel says, with what is needed to weight its clusters anew."""

    panel: Panel
    laplacian: Floats | None
    burn_in: int
    cluster: Cluster

    def design(self, adaptation: float) -> Design:
        """Expected prices, made free of region effects."""
        expected, bent = expectations(self.panel.prices, adaptation)
        columns = [expected, bent]
        if self.laplacian is not None:
            columns = [expected, self.laplacian @ expected, bent, self.laplacian @ bent]
        columns = [column[:, self.burn_in :] for column in columns]
        return Design(
            np.stack([backward(column) for column in columns], axis=-1),
            np.stack([forward(column) for column in columns], axis=-1),
        )

    def outcome(self, values: Floats) -> Floats:
        """Prices or quantities of the periods in use."""
        return values[:, 1 + self.burn_in :]

    def summed(self, left: Floats, right: Floats) -> Floats:
        """Products of two transformed arrays, summed inside clusters (first axis)."""
        script = "ntk,ntl->nkl" if self.cluster == "region" else "ntk,ntl->tkl"
        return np.asarray(np.einsum(script, left, right))

    def products(self, adaptation: float) -> tuple[Floats, Floats]:
        """Instruments x regressors and instruments x quantity, a cluster a row."""
        design = self.design(adaptation)
        moved = forward(self.outcome(self.panel.quantities))[:, :, None]
        k = design.regressors.shape[2] // 2
        return (
            self.summed(design.instruments, design.regressors[:, :, :k]),
            self.summed(design.instruments, moved)[:, :, 0],
        )

    def given(self, adaptation: float) -> tuple[Supply, float]:
        """Supply at a given adaptation, and the moment that is 0 at the true one."""
        zx, zy = self.products(adaptation)
        slopes, gap = _solve(zx.sum(axis=0), zy.sum(axis=0))
        return Supply(*_padded(slopes), adaptation), float(gap)

    def free(self) -> Supply:
        """Supply with adaptation estimated: where its moment changes sign, by least squares."""
        gaps = np.array([self.given(beta)[1] for beta in GRID])
        changes = np.flatnonzero(np.sign(gaps[1:]) != np.sign(gaps[:-1]))
        squares = [self._squares(beta) for beta in GRID]
        if not changes.size:
            return self.given(float(GRID[np.argmin(squares)]))[0]
        at = min(changes, key=lambda k: min(squares[k], squares[k + 1]))
        beta = optimize.brentq(lambda x: self.given(x)[1], GRID[at], GRID[at + 1], xtol=1e-12)
        return self.given(float(beta))[0]

    def resampled(self, weights: Floats, found: Supply, *, fixed: bool) -> list[Supply]:
        """Supply with the clusters weighted anew, a row of weights a resample."""
        grid = np.array([found.adaptation]) if fixed else GRID
        sums = [
            tuple(np.tensordot(weights, part, axes=1) for part in self.products(beta))
            for beta in grid
        ]
        solved = [_solve(zx, zy) for zx, zy in sums]
        slopes = np.stack([part[0] for part in solved], axis=1)
        if fixed:
            return [Supply(*_padded(row[0]), found.adaptation) for row in slopes]
        gaps = np.stack([part[1] for part in solved], axis=1)
        result = []
        for gap, slope in zip(gaps, slopes, strict=True):
            changes = np.flatnonzero(np.sign(gap[1:]) != np.sign(gap[:-1]))
            if not changes.size:
                k, part = int(np.argmin(np.abs(gap))), 0.0
                k = min(k, len(grid) - 2)
            else:
                k = int(changes[np.argmin(np.abs(grid[changes] - found.adaptation))])
                part = float(gap[k] / (gap[k] - gap[k + 1]))
            mixed = slope[k] + part * (slope[k + 1] - slope[k])
            result.append(Supply(*_padded(mixed), float(grid[k] + part * (grid[k + 1] - grid[k]))))
        return result

    def supply_influence(self, found: Supply, *, fixed: bool) -> Floats:
        """How much each cluster moves d, m (if coupled) and beta (if free)."""
        design = self.design(found.adaptation)
        k = design.regressors.shape[2] // 2
        slopes = np.array([found.slope, found.mobility])[:k]
        x, z = design.regressors, design.instruments
        residual = forward(self.outcome(self.panel.quantities)) - x[:, :, :k] @ slopes
        columns = [x[:, :, :k], (x[:, :, k:] @ slopes)[:, :, None]]
        instruments = [z[:, :, :k], (z[:, :, k:] @ slopes)[:, :, None]]
        x = columns[0] if fixed else np.concatenate(columns, axis=2)
        z = instruments[0] if fixed else np.concatenate(instruments, axis=2)
        return self.influence(z, x, residual)

    def influence(self, instruments: Floats, regressors: Floats, residual: Floats) -> Floats:
        """Clusters x parameters: (Z'X)^-1 Z_c'r_c."""
        inner = self.summed(instruments, regressors).sum(axis=0)
        scores = self.summed(instruments, residual[:, :, None])[:, :, 0]
        return np.asarray(np.linalg.solve(inner, scores.T).T)

    def _squares(self, adaptation: float) -> float:
        """Residual sum of squares of supply within regions."""
        expected, _ = expectations(self.panel.prices, adaptation)
        columns = [expected] if self.laplacian is None else [expected, self.laplacian @ expected]
        within = partial(_within, burn_in=self.burn_in)
        x = np.stack([within(column) for column in columns], axis=-1)
        y = within(self.panel.quantities[:, 1:])
        return float(np.linalg.lstsq(x, y, rcond=None)[1].sum())


def _within(values: Floats, burn_in: int) -> Floats:
    used = values[:, burn_in:]
    return np.asarray((used - used.mean(axis=1, keepdims=True)).ravel())


def _solve(zx: Floats, zy: Floats) -> tuple[Floats, Any]:
    """Slopes from the first half of the moments; what the derivative's moment then is."""
    k = zx.shape[-1]
    slopes: Floats = np.asarray(np.linalg.solve(zx[..., :k, :], zy[..., :k, None]), np.float64)[
        ..., 0
    ]
    left = zy[..., k:] - (zx[..., k:, :] @ slopes[..., None])[..., 0]
    return slopes, (slopes * left).sum(axis=-1)


def _padded(slopes: Floats) -> tuple[float, float]:
    return float(slopes[0]), float(slopes[1]) if len(slopes) > 1 else 0.0
