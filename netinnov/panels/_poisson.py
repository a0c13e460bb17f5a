"""The door to pyfixest: Poisson regression with fixed effects."""

from __future__ import annotations

import warnings
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._optional import require
from netinnov._typing import Floats
from netinnov.errors import InputError

__all__ = ["poisson_fixed_effects"]

Integers: TypeAlias = npt.NDArray[np.int64]


def poisson_fixed_effects(
    y: Floats,
    covariates: dict[str, Floats],
    fixed: dict[str, Integers],
    clusters: dict[str, Integers],
    *,
    what: str,
) -> tuple[Floats, Floats, Floats]:
    """Coefficients, their cluster-robust variance and expected values, by pyfixest."""
    pyfixest = require("pyfixest", extra="econometrics", what=what)
    names = [f"x{i}" for i in range(len(covariates))]
    data = pd.DataFrame(
        {"y": y, **dict(zip(names, covariates.values(), strict=True)), **fixed, **clusters}
    )
    formula = f"y ~ {' + '.join(names)}" + (f" | {' + '.join(fixed)}" if fixed else "")
    with warnings.catch_warnings():
        # pyfixest 0.60 calls pandas by ways that pandas 3.1 announces the end of.
        warnings.filterwarnings("ignore", category=pd.errors.Pandas4Warning)
        warnings.filterwarnings("ignore", message=r"\s*\d+ variables dropped")
        # Of variances below 0, which are mended underneath.
        warnings.filterwarnings("ignore", message="invalid value.* sqrt", category=RuntimeWarning)
        try:
            model = pyfixest.fepois(
                formula,
                data,
                vcov={"CRV1": "+".join(clusters)},
                ssc=pyfixest.ssc(k_adj=False, G_adj=True),
                fixef_rm="none",
                separation_check=[],
                iwls_tol=1e-10,
                iwls_maxiter=200,
                demeaner=pyfixest.MapDemeaner(fixef_tol=1e-9, fixef_maxiter=100_000),
            )
        except ValueError as error:
            if "collinear" not in str(error):
                raise
            lost = list(covariates)
        else:
            lost = [list(covariates)[names.index(name)] for name in model._collin_vars]
    if lost:
        msg = (
            f"{what}: {', '.join(map(str, lost[:5]))} cannot be told apart from the fixed effects"
            " and the other terms. With effects of place and period there must be pairs without "
            "an enclave at both ends of those that have one."
        )
        raise InputError(msg)
    if not model._convergence:
        raise InputError(f"{what}: the Poisson regression has not converged in 200 steps.")
    order = [model._coefnames.index(name) for name in names]
    variance: Floats = model._vcov[np.ix_(order, order)]
    if len(clusters) > 1:
        size, vectors = np.linalg.eigh((variance + variance.T) / 2)
        variance = (vectors * np.maximum(size, 0.0)) @ vectors.T
    return model._beta_hat[order], variance, model._Y_hat_response
