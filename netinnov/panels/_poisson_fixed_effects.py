"""Poisson regression with fixed effects, by pyfixest, and its standard errors."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
from scipy import linalg, sparse

from netinnov._runtime.arguments import examples
from netinnov._runtime.optional import require
from netinnov._typing import Floats, Integers
from netinnov.errors import InputError

_STEPS = 200


def poisson_fixed_effects(
    y: Floats,
    covariates: dict[str, Floats],
    fixed: dict[str, Integers],
    *,
    function: str,
) -> tuple[Floats, Floats]:
    pyfixest = require("pyfixest", extra="econometrics", needed_by=function)
    names = [f"x{i}" for i in range(len(covariates))]
    data = pd.DataFrame({"y": y, **dict(zip(names, covariates.values(), strict=True)), **fixed})
    with warnings.catch_warnings():
        # pyfixest 0.60 calls pandas by ways that pandas 3.1 announces the end of.
        warnings.filterwarnings("ignore", category=pd.errors.Pandas4Warning)
        warnings.filterwarnings("ignore", message=r"\s*\d+ variables dropped")
        # Its own standard errors are not used: no factor for small samples (0 / 0 where the
        # fixed effects leave no degree of freedom), and no warning of their root.
        warnings.filterwarnings("ignore", message="invalid value.* sqrt", category=RuntimeWarning)
        try:
            model = pyfixest.fepois(
                f"y ~ {' + '.join(names)} | {' + '.join(fixed)}",
                data,
                vcov="iid",
                ssc=pyfixest.ssc(k_adj=False, G_adj=False),
                fixef_rm="none",
                separation_check=[],
                iwls_tol=1e-10,
                iwls_maxiter=_STEPS,
                demeaner=pyfixest.MapDemeaner(fixef_tol=1e-9, fixef_maxiter=100_000),
            )
        except ValueError as error:
            if "Demeaning failed" in str(error):
                msg = (
                    f"{function}: the fixed effects have not converged, since next to no ties are "
                )
                msg += "left beside them. Take fewer effects, or longer periods."
                raise InputError(msg) from error
            if "collinear" not in str(error):
                raise
            kept = pd.Series(dtype=np.float64)
        else:
            kept = model.coef()
        lost = [term for term, name in zip(covariates, names, strict=True) if name not in kept]
        if lost:
            msg = (
                f"{function}: {examples(lost, str)} cannot be told apart from the fixed "
                "effects and the other terms. With effects of place and period there must be "
                "pairs without an enclave at both ends of those that have one."
            )
            raise InputError(msg)
        if not model.convergence:
            msg = f"{function}: the Poisson regression has not converged in {_STEPS} steps."
            raise InputError(msg)
        expected: Floats = np.asarray(model.predict(type="response"), np.float64)
    return kept[names].to_numpy(np.float64), expected


_LIMIT = 6000
_RIDGE = 1e-9  # relative to the largest diagonal entry; identifies collinear effects


def jackknife(
    codes: Integers,
    cells: Integers,
    pair: Integers,
    cluster: Integers,
    observed: Floats,
    expected: Floats,
) -> Floats:
    """Cluster jackknife: coefficients move by -(X'X)^-1 X_g' (I - H_g)^-1 e_g."""
    levels = np.unique(codes[codes >= 0])
    n, size = observed.size, levels.size
    if size > _LIMIT:
        msg = f"standard errors take up to {_LIMIT:,} effects and cells; found {size:,}. Use fewer "
        raise InputError(f"{msg}places or periods, or effects='period'.")
    columns = np.where(codes >= 0, np.searchsorted(levels, codes), size)
    cells = np.searchsorted(levels, cells)
    root = np.sqrt(expected)
    residual = (observed - expected) / root
    per_row = np.arange(0, columns.size + 1, columns.shape[1])
    entries = np.ones(columns.size), columns.ravel(), per_row
    dummies = sparse.csr_array(entries, shape=(n, size + 1))[:, :size]
    total = np.bincount(pair, expected)
    weighted = sparse.diags_array(expected) @ dummies
    by_pair = sparse.csr_array((np.ones(n), (pair, np.arange(n)))) @ weighted
    gram = (dummies.T @ weighted).toarray()
    gram -= (by_pair.T @ sparse.diags_array(1 / total) @ by_pair).toarray()
    gram[np.diag_indices(size)] += _RIDGE * gram.diagonal().max()
    inverse = np.zeros((size + 1, size + 1))  # no dummy: a row and column of zeros
    inverse[:size, :size] = linalg.solve(gram, np.eye(size), check_finite=False, assume_a="pos")

    # Rows by cluster, filled up to one length with rows of weight 0.
    order = np.argsort(cluster, kind="stable")
    counts = np.bincount(cluster)
    n_clusters, length = counts.size, int(counts.max())
    slot = np.arange(n) - np.repeat(np.cumsum(counts) - counts, counts)
    at = np.full((n_clusters, length), n)
    at[cluster[order], slot] = order

    unit = np.append(root / np.sqrt(total[pair]), 0.0)
    pair = np.append(pair, -1)
    columns = np.vstack([columns, np.full(columns.shape[1], size)])
    root, residual = np.append(root, 0.0), np.append(residual, 0.0)
    influence = np.zeros((n_clusters, cells.size))
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
            part = inverse[cells][:, column[:, :, a]]
            influence[start : start + step] += np.einsum("kga,ga->gk", part, moved)
    return (n_clusters - 1) / n_clusters * (influence.T @ influence)
