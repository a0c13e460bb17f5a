"""Do regions converge or diverge? Statistics of a panel, whether observed or simulated."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
import scipy

from netinnov._runtime.display import Tabled
from netinnov._runtime.public import publish
from netinnov._typing import Floats, Positive
from netinnov.errors import InputError
from netinnov.mechanisms._checked_tables import numbers_of

__all__ = ["BetaConvergence", "beta_convergence", "sigma_convergence"]

Spread: TypeAlias = Literal["log_sd", "cv", "theil"]


@dataclass(frozen=True, slots=True, repr=False)
class BetaConvergence(Tabled):
    """What a regression of growth on the initial level says.

    Parameters
    ----------
    slope : float
        Change of mean growth with the log of the initial value; below 0: the poorer grow faster.
    standard_error, low, high, p : float
        Of the slope, robust to unequal variances (HC3); 95 % interval; two-sided, for slope 0.
    speed : float
        Rate at which a gap closes a period: -ln(1 + slope T) / T; NaN if the slope is -1 / T or
        less, where gaps close, or turn round, within the periods.
    half_life : float
        Periods until half of a gap is closed; infinite without convergence, NaN as the speed.
    r_squared : float
        Share of the variance of growth.
    n : int
        Regions.
    periods : float
        T, from the first to the last period.
    """

    slope: float
    standard_error: float
    low: float
    high: float
    p: float
    speed: float
    half_life: float
    r_squared: float
    n: int
    periods: float


def sigma_convergence(panel: pd.DataFrame, *, spread: Spread = "log_sd") -> pd.Series:
    """Inequality between regions in each period; it falls where regions converge.

    Parameters
    ----------
    panel : DataFrame
        Regions x periods, values above 0; a region that lacks a value is left out of that period.
    spread : {"log_sd", "cv", "theil"}
        Population standard deviation of logarithms, coefficient of variation, or Theil's T.

    Returns
    -------
    Series
        One number a period; NaN with fewer than two regions.

    References
    ----------
    Barro and Sala-i-Martin (1992), Convergence, Journal of Political Economy 100, 223-251.

    Examples
    --------
    >>> income = pd.DataFrame({2000: [1.0, 4.0], 2010: [2.0, 4.0]}, index=["quzhou", "hangzhou"])
    >>> sigma_convergence(income).round(3).to_dict()
    {2000: 0.693, 2010: 0.347}
    """
    known = [values[~np.isnan(values)] for values in _positive(panel).T]
    measures: dict[Spread, Callable[[Floats], Any]] = {
        "log_sd": lambda x: np.log(x).std(),
        "cv": lambda x: (x / x.mean()).std(),
        "theil": lambda x: max(0.0, (x / x.mean() * np.log(x / x.mean())).mean()),
    }
    dispersion = [measures[spread](x) if x.size > 1 else np.nan for x in known]
    return pd.Series(dispersion, panel.columns, name="sigma_convergence", dtype=np.float64)


def beta_convergence(panel: pd.DataFrame, *, periods: Positive | None = None) -> BetaConvergence:
    """Whether poorer regions grow faster: growth regressed on the initial level.

    (1 / T) ln(y_T / y_0) = a + slope ln y_0 + u, from the first column to the last. Absolute
    convergence, without other regressors. Show `sigma_convergence` beside it: inequality need not
    fall where poorer regions grow faster (Galton's fallacy).

    Parameters
    ----------
    panel : DataFrame
        Regions x periods in their order, above 0; regions without first or last value do not count.
    periods : float, optional
        T; by default the last less the first label of the columns, which must then be numbers.

    Returns
    -------
    BetaConvergence
        NaN with fewer than three regions, or if all begin alike; p, R squared NaN if all grow so.

    Raises
    ------
    InputError
        A value is 0 or less, or T is not above 0.

    References
    ----------
    As in `sigma_convergence`. Quah (1993), Scandinavian Journal of Economics 95, 427-443.

    Examples
    --------
    >>> income = pd.DataFrame({2000: [1.0, 2.0, 4.0], 2010: [3.0, 4.2, 6.0]}, index=list("abc"))
    >>> fit = beta_convergence(income)
    >>> round(fit.slope, 4), round(fit.half_life, 1)
    (-0.05, 10.0)
    """
    values = _positive(panel)
    if values.shape[1] < 2:
        raise InputError(f"`panel` must have two periods or more; found {values.shape[1]}.")
    span = _span(panel, periods)
    first = values[:, 0]
    last = values[:, -1]
    known = ~(np.isnan(first) | np.isnan(last))
    x = np.log(first[known])
    growth = (np.log(last[known]) - x) / span
    n = x.size
    if n < 3 or np.ptp(x) == 0:
        nan = math.nan
        return BetaConvergence(nan, nan, nan, nan, nan, nan, nan, nan, n, span)
    dx = x - x.mean()
    dy = growth - growth.mean()
    # What differs in the last digits only is the same growth.
    dy[np.abs(dy) * span < 1e-14 * (1 + np.abs(x))] = 0.0
    slope = float(dx @ dy / (dx @ dx))
    residual = dy - slope * dx
    leverage = 1 / n + dx**2 / (dx @ dx)
    # One region alone at its level has leverage 1 and no residual.
    weighted = np.divide(residual, 1 - leverage, out=np.zeros(n), where=leverage < 1 - 1e-12)
    error = float(np.sqrt(((dx * weighted) ** 2).sum()) / (dx @ dx))
    reach = float(scipy.stats.t.ppf(0.975, n - 2)) * error
    total = float(dy @ dy)
    closed = 1 + slope * span
    speed = math.log(1 / closed) / span if closed > 0 else math.nan
    p = float(2 * scipy.stats.t.sf(abs(slope) / error, n - 2)) if error > 0 else math.nan
    half_life = math.log(2) / speed if speed > 0 else (math.nan if closed <= 0 else math.inf)
    r_squared = 1 - float(residual @ residual) / total if total > 0 else math.nan
    interval = slope - reach, slope + reach
    return BetaConvergence(slope, error, *interval, p, speed, half_life, r_squared, n, span)


def _positive(panel: Any) -> Floats:
    return numbers_of(
        "panel",
        panel,
        "regions x periods",
        must_be="finite and, for logarithms, above 0 or missing",
        inside=lambda x: np.isnan(x) | ((x > 0) & np.isfinite(x)),
    )


def _span(panel: pd.DataFrame, periods: float | None) -> float:
    if periods is None:
        try:
            periods = float(panel.columns[-1]) - float(panel.columns[0])
        except (TypeError, ValueError):
            ends = f"{panel.columns[0]!r} and {panel.columns[-1]!r}"
            msg = f"`periods` is needed where the columns are not numbers; found {ends}."
            raise InputError(msg) from None
        if not periods > 0:
            raise InputError(
                "the last column of `panel` must be a later period than the first; found "
                f"{panel.columns[0]} to {panel.columns[-1]}."
            )
    return float(periods)


__dir__ = publish(globals())
