"""Standard errors by leaving out one pair at a time, for a Poisson regression on pairs."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import linalg, sparse

from netinnov._typing import Floats
from netinnov.errors import InputError

Integers = npt.NDArray[np.int64]

_LIMIT = 6000
_RIDGE = 1e-9
"""Of the largest diagonal entry: it identifies effects that are sums of others."""


class Design(NamedTuple):
    """Rows of a regression whose regressors are dummies: sums of unit vectors, and pair effects."""

    columns: Integers
    """Rows x 3: the dummies of a row, such as place in period, other place in period, cell; the
    number ``size`` stands for none."""
    size: int
    cells: Integers
    """Columns whose coefficients are asked for."""
    pair: Integers
    """Of each row; every pair is in one cluster only."""
    cluster: Integers


def jackknife(design: Design, observed: Floats, expected: Floats) -> Floats:
    """Variance of the coefficients of the cells, clusters left out in turn, at the last weights.

    For cluster g with leverage H_g and residuals e_g the coefficients move by
    -(X'X)^-1 X_g' (I - H_g)^-1 e_g; their squares add up to the variance, times (G - 1) / G. All
    regressors count in H_g, the fixed effects too.
    """
    if design.size > _LIMIT:
        msg = (
            f"errors='jackknife' takes up to {_LIMIT} effects and cells; found {design.size}. "
            "Use fewer places or periods, or errors='cluster'."
        )
        raise InputError(msg)
    n, size = observed.size, design.size
    root = np.sqrt(expected)
    residual = (observed - expected) / root
    dummies = sparse.csr_array(
        (
            np.ones(design.columns.size),
            (np.repeat(np.arange(n), design.columns.shape[1]), design.columns.ravel()),
        ),
        shape=(n, size + 1),
    )[:, :size]
    total = np.bincount(design.pair, expected)
    weighted = sparse.diags_array(expected) @ dummies
    by_pair = sparse.csr_array((np.ones(n), (design.pair, np.arange(n)))) @ weighted
    gram = (dummies.T @ weighted).toarray()
    gram -= (by_pair.T @ sparse.diags_array(1 / total) @ by_pair).toarray()
    gram[np.diag_indices(size)] += _RIDGE * gram.diagonal().max()
    inverse = np.zeros((size + 1, size + 1))  # no dummy: a row and column of zeros
    inverse[:size, :size] = linalg.inv(gram, overwrite_a=True, check_finite=False, assume_a="pos")

    # Rows by cluster, filled up to one length with rows of weight 0.
    order = np.argsort(design.cluster, kind="stable")
    counts = np.bincount(design.cluster)
    n_clusters, length = counts.size, int(counts.max())
    slot = np.arange(n) - np.repeat(np.cumsum(counts) - counts, counts)
    at = np.full((n_clusters, length), n)
    at[design.cluster[order], slot] = order

    unit = np.append(root / np.sqrt(total[design.pair]), 0.0)
    pair = np.append(design.pair, -1)
    columns = np.vstack([design.columns, np.full((1, design.columns.shape[1]), size)])
    root, residual = np.append(root, 0.0), np.append(residual, 0.0)
    influence = np.zeros((n_clusters, design.cells.size))
    step = max(1, 4_000_000 // length**2)
    for start in range(0, n_clusters, step):
        rows = at[start : start + step]
        # What remains of a row when its pair's effect is taken out.
        same = pair[rows][:, :, None] == pair[rows][:, None, :]
        out = np.eye(length) - same * unit[rows][:, :, None] * unit[rows][:, None, :]
        column = columns[rows]
        hat = np.zeros(out.shape)
        for a in range(column.shape[2]):
            for b in range(column.shape[2]):
                hat += inverse[column[:, :, a, None], column[:, None, :, b]]
        hat *= root[rows][:, :, None] * root[rows][:, None, :]
        hat = out @ hat @ out
        left = np.linalg.pinv(np.eye(length) - hat, rcond=1e-6, hermitian=True)
        moved = np.einsum("gab,gb->ga", out, np.einsum("gab,gb->ga", left, residual[rows]))
        moved *= root[rows]
        for a in range(column.shape[2]):
            part = inverse[design.cells][:, column[:, :, a]]
            influence[start : start + step] += np.einsum("kga,ga->gk", part, moved)
    return (n_clusters - 1) / n_clusters * (influence.T @ influence)
