"""Poisson regression with fixed effects, by pyfixest."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._arguments import examples
from netinnov._optional import require
from netinnov._typing import Floats
from netinnov.errors import InputError

Integers: TypeAlias = npt.NDArray[np.int64]

_STEPS = 200


def poisson_fixed_effects(
    y: Floats,
    covariates: dict[str, Floats],
    fixed: dict[str, Integers],
    clusters: dict[str, Integers],
    *,
    function: str,
) -> tuple[Floats, Floats, Floats]:
    """Coefficients, their variance clustered one or two ways, and expected values."""
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
            raise InputError(
                f"{function}: the Poisson regression has not converged in {_STEPS} steps."
            )
        expected: Floats = np.asarray(model.predict(type="response"), np.float64)
    # The covariates without the fixed effects, at the weights of the fit.
    residual, settled = pyfixest.estimation.demean(
        np.column_stack(list(covariates.values())),
        np.column_stack(list(fixed.values())).astype(np.uint64),
        np.maximum(expected, np.finfo(np.float64).tiny),
        tol=1e-9,
        maxiter=100_000,
    )
    if not settled:
        raise InputError(f"{function}: the fixed effects have not converged in 100,000 steps.")
    variance = _sandwich(residual, y - expected, expected, list(clusters.values()))
    return kept[names].to_numpy(np.float64), variance, expected


def _sandwich(
    covariates: Floats, errors: Floats, weights: Floats, clusters: Sequence[Integers]
) -> Floats:
    """Variance clustered one or two ways, times G / (G - 1) for the smaller number G of clusters.

    Two ways: by either less by both (Cameron, Gelbach and Miller 2011), with eigenvalues below 0
    set to 0.
    """
    bread = np.linalg.inv((covariates.T * weights) @ covariates)
    scores = covariates * errors[:, None]
    ways = [np.unique(way, return_inverse=True)[1] for way in clusters]
    n_clusters = min(int(way.max()) + 1 for way in ways)
    meat = sum((_meat(scores, way) for way in ways), np.zeros(bread.shape))
    if len(ways) == 2:
        meat -= _meat(scores, ways[0] * (int(ways[1].max()) + 1) + ways[1])
    variance: Floats = bread @ meat @ bread * (n_clusters / (n_clusters - 1))
    if len(ways) == 2:
        size, vectors = np.linalg.eigh((variance + variance.T) / 2)
        variance = (vectors * np.maximum(size, 0.0)) @ vectors.T
    return variance


def _meat(scores: Floats, cluster: Integers) -> Floats:
    sums = pd.DataFrame(scores).groupby(cluster).sum().to_numpy()
    product: Floats = sums.T @ sums
    return product
