"""Cobwebs with bounded curves of supply: they do not explode, they cycle or become chaotic."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import optimize

from netinnov._arguments import as_floats, as_whole, check_number
from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.mechanisms.cobweb._bounded_supply import (
    LONGEST,
    ArctanSupply,
    Attractor,
    attractor_of,
    ending_of,
    periods_of,
)
from netinnov.mechanisms.cobweb._one_market import Cobweb, OneMarket
from netinnov.mechanisms.cobweb._parameters import SLOWEST


@dataclass(frozen=True, slots=True)
class BoundedCobweb(OneMarket):
    """One market: demand a - b p_t meets supply S(p^e_t), S bounded and rising.

    Expectations follow p^e_t = p^e_{t-1} + beta (p_{t-1} - p^e_{t-1}). The expected price follows x
    -> (1 - beta) x + beta (a - S(x)) / b. Prices stay between (a - max S) / b and (a - min S) / b.
    Raising a, or beta, can double periods into chaos and then halve them again (Hommes 1991, 1994).

    Parameters
    ----------
    demand_slope : float
        b, above 0.
    supply : ArctanSupply
        S.
    demand_intercept : float
        a.
    adaptation : float
        beta, at least 1e-9 and at most 1; 1 is the naive case.

    References
    ----------
    Hommes (1991), Adaptive learning and roads to chaos: the case of the cobweb, Economics Letters
    36, 127-132. Hommes (1994), Dynamics of the cobweb model with adaptive expectations and
    nonlinear supply and demand, Journal of Economic Behavior and Organization 24, 315-335.

    Examples
    --------
    >>> from netinnov.mechanisms.cobweb import ArctanSupply
    >>> market = BoundedCobweb(0.25, ArctanSupply(4.8), demand_intercept=0.0, adaptation=0.3)
    >>> market.price(), round(market.root(), 2), market.is_stable()
    (0.0, -5.06, False)
    >>> round(market.critical_adaptation(), 4)  # 2 / (1 + 4.8 / 0.25)
    0.099
    """

    demand_slope: float
    supply: ArctanSupply
    demand_intercept: float
    adaptation: float = 1.0

    def __post_init__(self) -> None:
        check_number("demand_slope", self.demand_slope, low=0, above=True)
        supply: object = self.supply
        if not isinstance(supply, ArctanSupply):
            msg = "`supply` must be a curve such as ArctanSupply(4.8); found "
            raise InputError(f"{msg}{type(supply).__name__}.")
        check_number("demand_intercept", self.demand_intercept)
        check_number("adaptation", self.adaptation, low=SLOWEST, high=1)

    def price(self) -> float:
        """Price at which the market rests.

        Returns
        -------
        float
            The one root of a - b p = S(p).
        """
        least, most = self.supply.bounds()
        low = (self.demand_intercept - most) / self.demand_slope
        high = (self.demand_intercept - least) / self.demand_slope
        room = 1e-9 * (1 + abs(low) + abs(high))
        return float(optimize.brentq(self._excess, low - room, high + room, xtol=1e-14))

    def linear(self) -> Cobweb:
        """Linearise the model at its rest.

        Returns
        -------
        Cobweb
            With the slope of supply there, and an intercept that gives the same rest.
        """
        price = self.price()
        slope = float(self.supply.slope(price))
        return Cobweb(
            self.demand_slope,
            slope,
            demand_intercept=self.demand_intercept,
            supply_intercept=float(self.supply.quantity(price)) - slope * price,
            adaptation=self.adaptation,
        )

    def attractor(self, *, start: float, settle: int = 2000, periods: int = 4000) -> Attractor:
        """Long-run behaviour of prices.

        Parameters
        ----------
        start : float
            Price of period 0. Several attractors can exist; other starts lead to the others.
        settle, periods : int
            Initial periods to discard, and those analysed after them, at least 128.

        Returns
        -------
        Attractor
            Its Lyapunov exponent is the mean of the logarithm of the absolute slope of the map of
            the expected price.
        """
        settle, periods = as_whole("settle", settle), as_whole("periods", periods, low=2 * LONGEST)
        prices, expected = (part[-periods:] for part in self._path(start, None, settle + periods))
        growth = 1 - self.adaptation * (1 + self.supply.slope(expected) / self.demand_slope)
        with np.errstate(divide="ignore"):
            return attractor_of(prices, float(np.log(np.abs(growth)).mean()))

    def _supply_slope(self) -> float:
        return float(self.supply.slope(self.price()))

    def _prices(self) -> Callable[[float], float]:
        supply, a, b = self.supply, self.demand_intercept, self.demand_slope
        return lambda expected: (a - float(supply.quantity(expected))) / b

    def _excess(self, price: float) -> float:
        supplied = float(self.supply.quantity(price))
        return self.demand_intercept - self.demand_slope * price - supplied


def attractor_map(
    market: BoundedCobweb,
    *,
    adaptation: Sequence[float] | Floats | None = None,
    demand_intercept: Sequence[float] | Floats | None = None,
    start: float | None = None,
    settle: int = 1000,
    periods: int = 1000,
    points: int = 0,
) -> pd.DataFrame:
    """Where a bounded cobweb ends, over a grid of adaptation and demand.

    Parameters
    ----------
    market : BoundedCobweb
        Gives the curves, and the parameters that are not varied.
    adaptation, demand_intercept : sequence of float, optional
        Values to try, in all pairs.
    start : float, optional
        Price of period 0, in all cells; by default 1 % of the range of prices above the rest.
    settle, periods : int
        Periods left out, and looked at after them (at least 128).
    points : int
        How many of the last prices are kept, for a bifurcation diagram.

    Returns
    -------
    DataFrame
        A row a pair, the last parameter fastest: ``adaptation, demand_intercept, root`` (at
        rest), ``period`` (0: none up to 64), ``lyapunov``, ``ending``, and ``price_0``, ... .

    Raises
    ------
    InputError
        If a value is out of its range.

    Examples
    --------
    >>> from netinnov.mechanisms.cobweb import ArctanSupply
    >>> market = BoundedCobweb(0.25, ArctanSupply(4.8), demand_intercept=0.0)
    >>> attractor_map(market, adaptation=[0.09, 0.11])[["adaptation", "ending", "period"]]
       adaptation ending  period
    0        0.09   rest       1
    1        0.11  cycle       2
    """
    settle, periods = as_whole("settle", settle), as_whole("periods", periods, low=2 * LONGEST)
    points = as_whole("points", points)
    if points > periods:
        raise InputError(f"`points` must be at most `periods`, {periods}; found {points}.")
    betas = _values("adaptation", adaptation, market.adaptation)
    intercepts = _values("demand_intercept", demand_intercept, market.demand_intercept)
    if (bad := betas[(betas < SLOWEST) | (betas > 1)]).size:
        msg = f"`adaptation` must be at least {SLOWEST} and at most 1; found {bad[:5].tolist()}."
        raise InputError(msg)
    beta, a = (x.ravel() for x in np.meshgrid(betas, intercepts, indexing="ij"))
    rests = [replace(market, demand_intercept=float(value)).price() for value in intercepts]
    rest = np.tile(rests, betas.size)
    b, supply = market.demand_slope, market.supply
    if start is None:
        least, most = supply.bounds()
        expected = rest + 0.01 * (most - least) / b
    else:
        check_number("start", start)
        expected = np.full(a.size, float(start))
    last = np.empty((max(2 * LONGEST, points), a.size))
    total = np.zeros(a.size)
    for t in range(-settle, periods):
        prices = (a - supply.quantity(expected)) / b
        if t >= 0:
            with np.errstate(divide="ignore"):
                total += np.log(np.abs(1 - beta * (1 + supply.slope(expected) / b)))
            last[(t - periods) % len(last)] = prices
        expected = expected + beta * (prices - expected)
    period, lyapunov = periods_of(last[-2 * LONGEST :, :, None]), total / periods
    table: dict[str, Any] = {"adaptation": beta, "demand_intercept": a}
    table |= {"root": 1 - beta * (1 + supply.slope(rest) / b), "period": period}
    endings = [ending_of(k, x) for k, x in zip(period.tolist(), lyapunov.tolist(), strict=True)]
    kept = {f"price_{k}": row for k, row in enumerate(last[len(last) - points :])}
    return pd.DataFrame(table | {"lyapunov": lyapunov, "ending": endings} | kept)


def _values(name: str, values: Any, default: float) -> Floats:
    numbers = np.atleast_1d(as_floats(name, default if values is None else values))
    if numbers.ndim != 1 or not numbers.size or not np.isfinite(numbers).all():
        raise InputError(f"`{name}` must be a sequence of finite numbers; found {values!r}.")
    return numbers
