"""Is a region multi-centric? Indices of how evenly a quantity is spread over places."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._arguments import check_choice
from netinnov._typing import Floats
from netinnov.errors import InputError

if TYPE_CHECKING:
    Values: TypeAlias = Sequence[float] | npt.NDArray[Any] | pd.Series[Any]

__all__ = [
    "RankSize",
    "effective_number",
    "gini",
    "green",
    "herfindahl",
    "primacy",
    "rank_size",
    "theil",
]

Method: TypeAlias = Literal["ols", "gabaix"]
Primacy: TypeAlias = Literal["share", "ratio", "residual"]

_NEAR_ONE = 1e-3
"""Orders this close to 1 take the expanded form: the plain one divides rounding by order - 1."""


@dataclass(frozen=True, slots=True)
class RankSize:
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

    def to_frame(self) -> pd.DataFrame:
        """Give the fit as a table of one row."""
        return pd.DataFrame([asdict(self)])


def rank_size(
    values: Values,
    *,
    top: int | Sequence[int] | None = None,
    method: Method = "ols",
) -> RankSize:
    """Fit the rank-size line: logarithm of the value on logarithm of the rank.

    Parameters
    ----------
    values : sequence of float
        One value a place, in any unit and order. Zeros are dropped before ranking.
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

    Raises
    ------
    InputError
        Values that are negative, missing or no numbers; a cut-off below 1.

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
    check_choice("method", method, Method)
    ordered = np.sort(_positive(values))[::-1]
    cuts = [len(ordered)] if top is None else _cuts(top)
    fits = [_fit(ordered[:cut], method) for cut in cuts]
    if len(fits) == 1:
        return fits[0]
    return RankSize(
        slope=math.fsum(fit.slope for fit in fits) / len(fits),
        intercept=math.fsum(fit.intercept for fit in fits) / len(fits),
        r_squared=math.fsum(fit.r_squared for fit in fits) / len(fits),
        standard_error=math.nan,
        n=max(fit.n for fit in fits),
    )


def primacy(values: Values, *, kind: Primacy = "share") -> float:
    """Tell how far the largest value stands out.

    Parameters
    ----------
    values : sequence of float
        One value a place, in any unit and order.
    kind : {"share", "ratio", "residual"}
        ``"share"``: largest over the sum. ``"ratio"``: largest over second largest.
        ``"residual"``: ln of the largest minus what the rank-size line through the others (ranks
        2, 3, ..., zeros dropped) predicts for rank 1.

    Returns
    -------
    float
        NaN if all values are zero, or with fewer than 3 positive values for ``"residual"``;
        infinite for ``"ratio"`` with one positive value.

    Raises
    ------
    InputError
        Values that are negative, missing or no numbers.

    References
    ----------
    Jefferson 1939, "The law of the primate city".

    Examples
    --------
    >>> primacy([4, 2, 1, 1])
    0.5
    """
    check_choice("kind", kind, Primacy)
    ordered = np.sort(_positive(values))[::-1]
    if len(ordered) == 0:
        return math.nan
    if kind == "share":
        return float(1 / (ordered / ordered[0]).sum())
    if kind == "ratio":
        return float(ordered[0]) / float(ordered[1]) if len(ordered) > 1 else math.inf
    if len(ordered) < 3:
        return math.nan
    rest = _line(np.log(np.arange(2.0, len(ordered) + 1)), np.log(ordered[1:]))
    return math.log(ordered[0]) - rest.intercept


def gini(values: Values) -> float:
    """Measure inequality as half the mean absolute difference over the mean.

    Parameters
    ----------
    values : sequence of float
        One value a place, in any unit and order.

    Returns
    -------
    float
        0 (equal) to (n - 1)/n (one place has all); NaN if all values are zero. There is no
        small-sample factor: multiply by n/(n - 1) for it.

    Raises
    ------
    InputError
        Values that are negative, missing or no numbers.

    Notes
    -----
    The sum over all pairs is taken in one pass over the sorted values.

    References
    ----------
    Gini 1912, "Variabilita e mutabilita".

    Examples
    --------
    >>> gini([0, 10, 10, 30, 50])
    0.48
    """
    x = np.sort(_scaled(values))
    n = len(x)
    if n == 0:
        return math.nan
    return float((2 * np.arange(1, n + 1) - n - 1) @ x / (n * x.sum()))


def herfindahl(values: Values) -> float:
    """Measure concentration as the sum of squared shares.

    Parameters
    ----------
    values : sequence of float
        One value a place, in any unit and order.

    Returns
    -------
    float
        1/n (equal) to 1 (one place has all); NaN if all values are zero.

    Raises
    ------
    InputError
        Values that are negative, missing or no numbers.

    References
    ----------
    Hirschman 1964, "The paternity of an index".

    Examples
    --------
    >>> herfindahl([2, 1, 1])
    0.375
    """
    x = _scaled(values)
    return float(x @ x / x.sum() ** 2) if len(x) else math.nan


def theil(values: Values) -> float:
    """Measure inequality as the mean of (x/mean) ln(x/mean), Theil's T, in nats.

    Parameters
    ----------
    values : sequence of float
        One value a place, in any unit and order. A zero adds nothing to the sum.

    Returns
    -------
    float
        0 (equal) to ln n (one place has all); NaN if all values are zero.

    Raises
    ------
    InputError
        Values that are negative, missing or no numbers.

    References
    ----------
    Theil 1967, "Economics and information theory".

    Examples
    --------
    >>> round(theil([1, 0]), 6)  # ln 2
    0.693147
    """
    x = _scaled(values)
    if len(x) == 0:
        return math.nan
    ratio = x[x > 0] / x.mean()
    return max(0.0, float(ratio @ np.log(ratio)) / len(x))


def effective_number(values: Values, *, order: float = 1) -> float:
    """Count the equal places that would be as diverse as these: Hill's number.

    Parameters
    ----------
    values : sequence of float
        One value a place, in any unit and order. Zeros do not count.
    order : float
        0 counts the places, 1 is the exponential of the entropy of the shares, 2 is
        1/herfindahl, infinity 1/largest share: the larger, the less the small ones count.

    Returns
    -------
    float
        1 (one place has all) to the number of positive values (equal); NaN if all are zero.

    Raises
    ------
    InputError
        Values that are negative, missing or no numbers; an order below 0.

    References
    ----------
    Hill 1973, "Diversity and evenness: a unifying notation and its consequences".

    Examples
    --------
    >>> round(effective_number([3, 3, 3, 3, 0]), 6)
    4.0
    """
    if not order >= 0:
        raise InputError(f"`order` must be 0 or more; found {order!r}.")
    x = _scaled(values)
    if len(x) == 0:
        return math.nan
    share = x[x > 0] / x.sum()
    share = share[share > 0]
    information = -np.log(share)
    if math.isinf(order):
        return float(math.exp(information.min()))
    beyond = order - 1
    if beyond == 0:
        return float(math.exp(share @ information))
    if abs(beyond) < _NEAR_ONE:
        return float(math.exp(-math.log1p(share @ np.expm1(-beyond * information)) / beyond))
    least = information.min()  # taken out of the sum, so that high orders do not underflow
    total = math.log(np.exp(-order * (information - least)).sum()) - order * least
    return float(math.exp(-total / beyond))


def green(values: Values, *, ddof: Literal[0, 1] = 0) -> float:
    """Measure polycentricity as 1 - sd/sd_max, where sd_max is the sd of the pair (0, largest).

    Parameters
    ----------
    values : sequence of float
        One value a place, in any unit and order.
    ddof : {0, 1}
        Both standard deviations divide by n - ddof. Papers often do not say which: state it.

    Returns
    -------
    float
        1 for equal values. 0 only if half of the values are 0 and half the largest (for
        ``ddof=1``: of two values). NaN if all values are zero, or for one value with ``ddof=1``.

    Raises
    ------
    InputError
        Values that are negative, missing or no numbers; another `ddof`.

    Notes
    -----
    One place that has everything scores 1 - 2 sqrt(n - 1)/n (``ddof=0``), not 0, and that rises
    with n: compare only systems of the same number of places.

    References
    ----------
    Green 2007, "Functional polycentricity: a formal definition in terms of social network
    analysis", Urban Studies 44, 2077.

    Examples
    --------
    >>> round(green([0, 0, 1]), 6)
    0.057191
    """
    check_choice("ddof", ddof, Literal[0, 1])
    x = _scaled(values)
    if len(x) <= ddof:
        return math.nan
    return float(1 - x.std(ddof=ddof) / (0.5 if ddof == 0 else math.sqrt(0.5)))


def _numbers(values: Values) -> Floats:
    found = np.asarray(values)
    if found.ndim != 1:
        msg = f"values must be a sequence of numbers; found {type(values).__name__}"
        raise InputError(f"{msg} of {found.ndim} dimensions.")
    if found.dtype.kind not in "biufO" or any(isinstance(value, str) for value in found):
        raise InputError(f"values must be numbers; found {found[:5].tolist()}.")
    x: Floats = pd.to_numeric(pd.Series(found), errors="coerce").to_numpy(np.float64)
    bad = np.flatnonzero(~(np.isfinite(x) & (x >= 0)))
    if len(bad):
        rows = ", ".join(f"{found[i]} at position {i}" for i in bad[:5])
        msg = f"values must be finite and 0 or more; {len(bad)} of {len(x)} are not: {rows}."
        raise InputError(f"{msg} Drop or mend them first.")
    return x


def _positive(values: Values) -> Floats:
    x = _numbers(values)
    return x[x > 0]


def _scaled(values: Values) -> Floats:
    """Divide by the largest, so that no sum overflows; nothing is left where all are zero."""
    x = _numbers(values)
    largest = x.max(initial=0.0)
    return x / largest if largest > 0 else x[:0]


def _cuts(top: int | Sequence[int]) -> list[int]:
    try:
        cuts = [operator.index(cut) for cut in np.atleast_1d(np.asarray(top, dtype=object))]
    except TypeError:
        cuts = []
    if not cuts or min(cuts) < 1:
        raise InputError(f"`top` must be a whole number of 1 or more, or several; found {top!r}.")
    return cuts


def _fit(ordered: Floats, method: str) -> RankSize:
    n = len(ordered)
    rank = np.arange(1.0, n + 1)
    if method == "ols":
        return _line(np.log(rank), np.log(ordered))
    line = _line(np.log(ordered), np.log(rank - 0.5))
    error = abs(line.slope) * math.sqrt(2 / n) if n else math.nan
    return RankSize(line.slope, line.intercept, line.r_squared, error, n)


def _line(x: Floats, y: Floats) -> RankSize:
    """Fit y on x by least squares."""
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
    return RankSize(
        slope=float(slope),
        intercept=float(y.mean() - slope * x.mean()),
        r_squared=float(1 - unexplained / (dy @ dy)),
        standard_error=error,
        n=n,
    )
