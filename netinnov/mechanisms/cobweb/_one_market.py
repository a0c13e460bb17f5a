"""One market whose supply follows the price that was expected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from typing import Annotated, Any, TypeAlias

import numpy as np

from netinnov._runtime.arguments import as_whole, check_number
from netinnov._typing import Amount, Floats, Is, Positive
from netinnov.errors import InputError

SLOWEST = 1e-9  # least adaptation: roots are 1 less a multiple of it, which rounding would make 1
Adaptation: TypeAlias = Annotated[float, Is(low=SLOWEST, high=1)]


@dataclass(frozen=True, slots=True)
class Cobweb:
    """One market: demand a - b p_t meets supply c + d p^e_t, p^e the price that was expected.

    Expectations follow p^e_t = p^e_{t-1} + beta (p_{t-1} - p^e_{t-1}).

    Parameters
    ----------
    demand_slope, supply_slope : float
        b, above 0, and d, at least 0.
    demand_intercept, supply_intercept : float, optional
        a and c; prices need both, roots and stability none.
    adaptation : float
        beta, at least 1e-9 and at most 1; 1 is the naive case: the price will be what it was.

    References
    ----------
    Ezekiel (1938) and Nerlove (1958), Quarterly Journal of Economics 52, 255-280; 72, 227-240.

    Examples
    --------
    >>> market = Cobweb(1.0, 0.8, demand_intercept=10.0, supply_intercept=1.0)
    >>> market.price(), market.root(), market.is_stable()
    (5.0, -0.8, True)
    >>> market.simulate(start=6.0, periods=3).round(3).tolist()
    [6.0, 4.2, 5.64, 4.488]
    """

    demand_slope: Positive
    supply_slope: Amount
    _: KW_ONLY
    demand_intercept: Annotated[float, Is()] | None = None
    supply_intercept: Annotated[float, Is()] | None = None
    adaptation: Adaptation = 1.0

    def price(self) -> float:
        """Price at which the market rests.

        Returns
        -------
        float
            (a - c) / (b + d).
        """
        a, c = self._intercepts()
        return (a - c) / (self.demand_slope + self.supply_slope)

    def root(self) -> float:
        """Factor by which a small distance from rest grows in a period.

        Returns
        -------
        float
            1 - beta (1 + d / b); negative: prices alternate.
        """
        return 1 - self.adaptation * (1 + self.supply_slope / self.demand_slope)

    def is_stable(self) -> bool:
        """Whether prices that start near the rest settle.

        Returns
        -------
        bool
            Whether the root is inside (-1, 1); on the boundary they cycle with period 2.
        """
        return abs(self.root()) < 1

    def simulate(self, *, start: float, periods: int, expected: float | None = None) -> Floats:
        """Prices over time.

        Parameters
        ----------
        start : float
            Price of period 0.
        periods : int
            Number of later periods.
        expected : float, optional
            Expected price of period 0; by default ``start``.

        Returns
        -------
        array
            ``periods + 1`` prices, the first one ``start``.

        Raises
        ------
        InputError
            The model has no intercepts.
        """
        expected = start if expected is None else expected
        check_number("start", start)
        check_number("expected", expected)
        a, c = self._intercepts()

        def price(hoped: float) -> float:
            return (a - c - self.supply_slope * hoped) / self.demand_slope

        return follow(price, float(start), float(expected), periods, self.adaptation)

    def _intercepts(self) -> tuple[float, float]:
        a = self.demand_intercept
        c = self.supply_intercept
        if a is None or c is None:
            lacking = [name for name, value in (("demand", a), ("supply", c)) if value is None]
            raise InputError(
                "prices need `demand_intercept` and `supply_intercept`; found none for "
                f"{' and '.join(lacking)}."
            )
        return a, c


def follow(
    price: Callable[[Any], Any], start: Any, expected: Any, periods: int, adaptation: float
) -> Floats:
    prices = np.empty((as_whole("periods", periods) + 1, *np.shape(start)))
    prices[0] = start
    for t in range(1, len(prices)):
        expected = expected + adaptation * (prices[t - 1] - expected)
        prices[t] = price(expected)
    return prices
