"""The rank-size rule, and how far the largest place stands out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from netinnov._runtime.arguments import as_list, check_number
from netinnov._runtime.display import Tabled
from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.polycentricity._evenness import positive

if TYPE_CHECKING:
    from netinnov.polycentricity._evenness import Values

Method: TypeAlias = Literal["ols", "gabaix"]
Primacy: TypeAlias = Literal["share", "ratio", "residual"]


@dataclass(frozen=True, slots=True, repr=False)
class RankSize(Tabled):
    """A line through the logarithms of ranks and values.

    Attributes
    ----------
    slope : float
        Near 0 for a flat, polycentric system; -1 is Zipf's rule.
    intercept : float
        Height of the line where the regressor is 0.
    r_squared : float
        Share of the variance that the line explains; NaN if all values are equal.
    standard_error : float
        Of the slope.
    n : int
        Values used.
    """

    slope: float
    intercept: float
    r_squared: float
    standard_error: float
    n: int


def rank_size(
    values: Values, *, top: int | Sequence[int] | None = None, method: Method = "ols"
) -> RankSize:
    """Fit the rank-size line: logarithm of the value on logarithm of the rank.

    Parameters
    ----------
    values : sequence of float
        One value a place, 0 or more, in any unit and order. Zeros are dropped before ranking.
    top : int or sequence of int, optional
        Use only that many of the largest values (all of them where there are fewer). With several
        cut-offs, as ``(2, 3, 4)``, slope, intercept and r_squared are means over the fits.
    method : {"ols", "gabaix"}
        ``"gabaix"`` turns the regression round, ln(rank - 1/2) on ln value, which removes the
        bias of small samples; its standard error is slope x sqrt(2/n).

    Returns
    -------
    RankSize
        All fields but `n` are NaN with fewer than 2 values. `standard_error` is NaN for two values
        (``"ols"``) and for several cut-offs, whose fits share their values. `n` is the number of
        values used, for several cut-offs that of the largest.

    Notes
    -----
    Equal values keep consecutive ranks. Slopes with different cut-offs are not comparable. If all
    values are equal the slope is 0 for ``"ols"`` and NaN for ``"gabaix"``.

    References
    ----------
    Meijers and Burger 2010, "Spatial structure and productivity in US metropolitan areas".
    Gabaix and Ibragimov 2011, "Rank - 1/2: a simple way to improve the OLS estimation of tail
    exponents".

    Examples
    --------
    >>> round(rank_size([60, 30, 20, 15]).slope, 6)
    -1.0
    """
    ordered = np.sort(positive(values))[::-1]
    cuts = [len(ordered)] if top is None else _cuts(top)
    fits = [_fit(ordered[:cut], method) for cut in cuts]
    if len(fits) == 1:
        return fits[0]
    lines = zip(*((fit.slope, fit.intercept, fit.r_squared) for fit in fits), strict=True)
    slope, intercept, r_squared = (math.fsum(values) / len(fits) for values in lines)
    return RankSize(slope, intercept, r_squared, math.nan, max(fit.n for fit in fits))


def primacy(values: Values, *, kind: Primacy = "share") -> float:
    """Tell how far the largest value stands out.

    Parameters
    ----------
    values : sequence of float
        One value a place, 0 or more, in any unit and order.
    kind : {"share", "ratio", "residual"}
        ``"share"``: largest over the sum. ``"ratio"``: largest over second largest.
        ``"residual"``: ln of the largest minus what the rank-size line through the others (ranks
        2, 3, ..., zeros dropped) predicts for rank 1.

    Returns
    -------
    float
        NaN if all values are zero, or with fewer than 3 positive values for ``"residual"``;
        infinite for ``"ratio"`` with one positive value.

    References
    ----------
    Jefferson 1939, "The law of the primate city".

    Examples
    --------
    >>> primacy([4, 2, 1, 1])
    0.5
    """
    ordered = np.sort(positive(values))[::-1]
    if len(ordered) == 0:
        return math.nan
    if kind == "share":
        return float(1 / (ordered / ordered[0]).sum())
    if kind == "ratio":
        return float(ordered[0]) / float(ordered[1]) if len(ordered) > 1 else math.inf
    if len(ordered) < 3:
        return math.nan
    rest = fitted_line(np.log(np.arange(2.0, len(ordered) + 1)), np.log(ordered[1:]))
    return math.log(ordered[0]) - rest.intercept


def _cuts(top: int | Sequence[int]) -> list[int]:
    several = isinstance(top, (Sequence, np.ndarray, pd.Index, pd.Series, range))
    cuts: list[Any] = as_list("top", top, "whole numbers") if several else [top]
    if not cuts:
        raise InputError("`top` must be a whole number at least 1, or several; found none.")
    for cut in cuts:
        check_number("top", cut, low=1, whole=True)
    return [int(cut) for cut in cuts]


def _fit(ordered: Floats, method: str) -> RankSize:
    n = len(ordered)
    rank = np.arange(1.0, n + 1)
    if method == "ols":
        return fitted_line(np.log(rank), np.log(ordered))
    line = fitted_line(np.log(ordered), np.log(rank - 0.5))
    error = abs(line.slope) * math.sqrt(2 / n) if n else math.nan
    return RankSize(line.slope, line.intercept, line.r_squared, error, n)


def fitted_line(x: Floats, y: Floats) -> RankSize:
    n = len(x)
    if n < 2 or x.min() == x.max():
        return RankSize(math.nan, math.nan, math.nan, math.nan, n)
    if y.min() == y.max():
        return RankSize(0.0, float(y[0]), math.nan, 0.0 if n > 2 else math.nan, n)
    dx, dy = x - x.mean(), y - y.mean()
    slope = dx @ dy / (dx @ dx)
    residual = dy - slope * dx
    unexplained = residual @ residual
    error = math.sqrt(unexplained / (n - 2) / (dx @ dx)) if n > 2 else math.nan
    intercept, r_squared = y.mean() - slope * x.mean(), 1 - unexplained / (dy @ dy)
    return RankSize(float(slope), float(intercept), float(r_squared), error, n)
