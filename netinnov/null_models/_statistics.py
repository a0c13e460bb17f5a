"""Corrections of p-values of a family of tests, and p-values of simulated tests."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from netinnov._runtime.arguments import check_choice
from netinnov._typing import Floats

Correction = Literal["holm", "fdr"]


def corrected(p: npt.ArrayLike, correction: Correction, *, size: int | None = None) -> Floats:
    """P-values corrected for the number of tests; NaN is not a test, and stays.

    Holm (1979): the chance of any false rejection. Benjamini and Hochberg (1995): the expected
    share of false ones among the rejections. ``size`` is the number of tests in the family if not
    all are given: the others have p = 1.

    >>> corrected([0.01, 0.04, 0.03], "holm").tolist()
    [0.03, 0.06, 0.06]
    """
    check_choice("correction", correction, Correction)
    values = np.asarray(p, np.float64)
    result = np.full(values.shape, np.nan)
    tested = np.flatnonzero(~np.isnan(values))
    n = tested.size if size is None else size
    order = tested[np.argsort(values[tested], kind="stable")]
    rank = np.arange(order.size)
    if correction == "holm":
        adjusted = np.maximum.accumulate((n - rank) * values[order])
    else:
        # The tests left out have p = 1, so they bind nothing but by their number.
        scaled = n / (rank + 1) * values[order]
        adjusted = np.minimum.accumulate(scaled[::-1])[::-1]
    result[order] = np.minimum(adjusted, 1.0)
    return result


CONSTANT = 1e-9  # relative spread of random draws up to which they differ by rounding only


def two_sided(observed: npt.ArrayLike, draws: npt.ArrayLike, size: npt.ArrayLike = 0.0) -> Any:
    """Twice the smaller tail, each (k + 1) / (n + 1), at most 1; draws along the first axis.

    Ties up to a relative 1e-12 (of ``size``, if that is larger) count in both tails. NaN draws are
    left out; NaN observed, or no draw, gives NaN.
    """
    value, null = np.asarray(observed, np.float64), np.asarray(draws, np.float64)
    count = (~np.isnan(null)).sum(axis=0)
    with np.errstate(invalid="ignore"):
        margin = 1e-12 * np.maximum(np.maximum(np.abs(value), np.abs(null)), size)
        margin = np.where(np.isfinite(margin), margin, 0.0)
        low = (null <= value + margin).sum(axis=0)
        high = (null >= value - margin).sum(axis=0)
    p = np.minimum(1.0, 2 * (np.minimum(low, high) + 1) / (count + 1))
    return np.where(np.isnan(value) | (count == 0), np.nan, p)
