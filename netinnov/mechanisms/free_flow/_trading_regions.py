"""Core-periphery models: that of Krugman, and that of Forslid and Ottaviano."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from typing import Annotated, Any, NamedTuple

import numpy as np
from scipy import linalg

from netinnov._typing import Floats, Is, Several
from netinnov.errors import InputError
from netinnov.mechanisms.free_flow._dynamics import Attraction
from netinnov.mechanisms.free_flow._trade_model import TradeModel, continued

_ACCURACY = 1e-13  # relative
_FLOOR = 1e-11  # rounding error where exponents are large
_MOST = 1000
_NEXT_EXACT = 1e-9  # a Newton step so small that its quadratic error vanishes


@dataclass(frozen=True, slots=True)
class CorePeriphery(TradeModel):
    """Regions with monopolistic competition, and workers who move to the higher real wage.

    In the normalisation of Fujita, Krugman and Venables: a share ``mu`` of demand goes to the
    varieties that the mobile make, the rest to a good that is made by the immobile, half of them in
    each of two regions, and traded freely at wage 1. With rho = (sigma - 1) / sigma, break point:
    phi_B = (rho - mu) (1 - mu) / ((rho + mu) (1 + mu)). Sustain point: (1 + mu)/2 T^(1 - sigma - mu
    sigma) + (1 - mu)/2 T^(sigma - 1 - mu sigma) = 1. The gap is the difference of the real wages.
    An enclave changes the price index of home, which reaches a share of the host's varieties at
    freeness 1 instead of phi, not the wages of the goods market.

    Parameters
    ----------
    sigma : float
        Elasticity of substitution between varieties, above 1.
    mu : float
        Share of the mobile sector in demand, between 0 and 1.

    References
    ----------
    Krugman (1991), Increasing returns and economic geography, Journal of Political Economy 99,
    483-499. Fujita, Krugman and Venables (1999),
    The Spatial Economy, chapter 5. The points with an enclave were derived for this project.

    Examples
    --------
    >>> model = CorePeriphery(sigma=5, mu=0.4)
    >>> round(model.break_point(unit="cost"), 4), round(model.sustain_point(unit="cost"), 4)
    (1.6266, 1.8073)
    """

    sigma: Annotated[float, Is(low=1, above=True)]
    mu: Annotated[float, Is(low=0, high=1, above=True, below=True)]

    @staticmethod
    def _break_freeness(sigma: Any, mu: Any, enclave: float = 0.0, _others: int = 1) -> Any:
        rho = (sigma - 1) / sigma
        rest = 1 - enclave
        if enclave == 0:
            return (rho - mu) * (1 - mu) / ((rho + mu) * (1 + mu))
        # (z - mu) (1 + e z - mu (1 - e) z) (sigma - 1) =
        # mu (1 - e) (sigma - mu z - (sigma - 1) z^2), z = (1 - phi) / (1 + phi)
        square = rho * enclave
        linear = rho * (1 - mu * (enclave - mu * rest)) + mu**2 * rest / sigma
        constant = mu * (rho + rest)
        z = 2 * constant / (linear + np.sqrt(linear**2 + 4 * square * constant))
        return (1 - z) / (1 + z)

    @staticmethod
    def _pulls_of_core(sigma: Any, mu: Any) -> tuple[Any, Any]:
        return mu * sigma / (sigma - 1), mu

    @staticmethod
    def _gap(sigma: Any, mu: Any, x: Floats, phi: Floats, enclave: Any) -> Floats:
        first, second = _two_wages(sigma, mu, x, phi)
        made = x * first ** (1 - sigma), (1 - x) * second ** (1 - sigma)
        pull = mu / (sigma - 1)
        near = phi + enclave * (1 - phi)
        real = first * (made[0] + near * made[1]) ** pull
        gap = real - second * (phi * made[0] + made[1]) ** pull
        return np.asarray(np.where(phi == 1, 0.0, gap))

    def _attraction(self, phi: Floats, immobile: Floats, reach: Floats | None) -> Attraction:
        solve = _market_solver(self.sigma, self.mu, phi, immobile)

        def attraction(x: Floats) -> Floats:
            market = solve(x)
            near = market.prices if reach is None else market.prices + reach @ market.made
            return np.asarray(market.wages * near ** (self.mu / (self.sigma - 1)))

        return attraction


@dataclass(frozen=True, slots=True)
class FootlooseEntrepreneur(TradeModel):
    """Skilled people start firms where they earn most; the unskilled stay where they are.

    Each firm needs one mobile entrepreneur and immobile labour. With a = mu / (sigma - 1) and b =
    mu / sigma, the break point of n equidistant regions is phi_B = (1 - a) (1 - b) / (1 + a b +
    (n - 1) (a + b)). Sustain point: phi^a ((1 - b) / (2 phi) + (1 + b) phi / 2) = 1. The gap is the
    logarithm of the ratio of indirect utilities. Enclaves as in `CorePeriphery`.

    Parameters
    ----------
    sigma : float
        Elasticity of substitution between varieties, above 1.
    mu : float
        Share of varieties in demand, between 0 and 1, and below sigma - 1.
    regions : int
        Equidistant ones, for the break point; all else without a matrix of freeness is for two.

    References
    ----------
    Forslid and Ottaviano (2003), Journal of Economic Geography 3, 229-240. The break point of
    several regions and the points with an enclave were derived for this project.

    Examples
    --------
    >>> model = FootlooseEntrepreneur(sigma=5, mu=0.4)
    >>> round(model.break_point(), 6), round(model.sustain_point(), 6)
    (0.69697, 0.695442)
    """

    sigma: Annotated[float, Is(low=1, above=True)]
    mu: Annotated[float, Is(low=0, high=1, above=True, below=True)]
    _: KW_ONLY
    regions: Several = 2

    def __post_init__(self) -> None:
        if self.mu >= (most := self.sigma - 1):
            raise InputError(
                f"`mu` must be below sigma - 1 = {most:g}; found {self.mu:g}. Otherwise "
                "agglomeration is stable at any cost (the black hole)."
            )

    @staticmethod
    def _break_freeness(sigma: Any, mu: Any, enclave: float = 0.0, others: int = 1) -> Any:
        a = mu / (sigma - 1)
        b = mu / sigma
        if enclave == 0:
            return (1 - a) * (1 - b) / (1 + a * b + others * (a + b))
        # (z - b) (1 + (n - 1) e z) = a (1 - e) (1 - b z), z = (1 - phi) / (1 + (n - 1) phi)
        square = others * enclave
        linear = 1 - others * enclave * b + a * (1 - enclave) * b
        constant = b + a * (1 - enclave)
        z = 2 * constant / (linear + np.sqrt(linear**2 + 4 * square * constant))
        return (1 - z) / (1 + others * z)

    @staticmethod
    def _pulls_of_core(sigma: Any, mu: Any) -> tuple[Any, Any]:
        return mu / (sigma - 1), mu / sigma

    @staticmethod
    def _gap(sigma: Any, mu: Any, x: Floats, phi: Floats, enclave: Any) -> Floats:
        a = mu / (sigma - 1)
        b = mu / sigma
        mixed = 1 - b + (1 + b) * phi**2
        y = 1 - x  # first: beside 1 a small phi x would be lost
        wages = (2 * phi * x + mixed * y) / (2 * phi * y + mixed * x)
        near = phi + enclave * (1 - phi)
        prices = (x + near * y) / (phi * x + y)
        return np.asarray(np.log(wages) + a * np.log(prices))

    def _attraction(self, phi: Floats, immobile: Floats, reach: Floats | None) -> Attraction:
        a, b = self._pulls_of_core(self.sigma, self.mu)
        before: list[Floats] = []

        def attraction(x: Floats) -> Floats:
            # w = b M (l + x w), M_rs = phi_rs / sum_k phi_ks x_k, by its fixed point. All the
            # mobile earn b / (1 - b) together; with that held, what is left of an error shrinks
            # by less than b, which is below 1/2, a round.
            supply = x @ phi
            wages = np.exp(continued(before, len(x)))
            for _ in range(_MOST):
                new = b * (((immobile + x * wages) / supply) @ phi)
                new *= b / (1 - b) / (x @ new)
                change = np.abs(new / wages - 1).max()
                wages = new
                if change < _ACCURACY:
                    break
            before[:] = [*before[-2:], np.log(wages)]
            near = supply if reach is None else supply + reach @ x
            return np.asarray(np.log(wages) + a * np.log(near))

        return attraction


class _Market(NamedTuple):
    wages: Floats
    made: Floats  # x w^(1 - sigma), what a region adds to price indices
    prices: Floats  # G^(1 - sigma)
    income: Floats
    demand: Floats  # w^sigma in a short-run equilibrium


def _market_solver(
    sigma: float, mu: float, phi: Floats, immobile: Floats
) -> Callable[[Floats], _Market]:
    """Newton's method for log wages; the contraction w^sigma = demand(w) far from the root."""
    before: list[Floats] = []
    factors: Any = None

    def solve(x: Floats) -> _Market:
        nonlocal factors
        log_wages = safe = continued(before, len(x))
        last = np.inf
        for _ in range(_MOST):
            market, off, size = at(log_wages, x)
            if size < _ACCURACY * sigma:
                break
            if size > last:
                if size < _FLOOR * sigma:
                    break
                log_wages = safe
                market, off, size = at(log_wages, x)
            if factors is None or size > 0.5 * last:
                factors = linalg.lu_factor(_excess_slope(sigma, mu, phi, x, market))
            change = linalg.lu_solve(factors, off)
            last = size
            safe = log_wages + off / sigma
            log_wages = log_wages + np.clip(change, -1, 1)
        before[:] = [*before[-2:], log_wages]
        return market

    def at(log_wages: Floats, x: Floats) -> tuple[_Market, Floats, float]:
        wages = np.exp(log_wages)
        made = x * np.exp((1 - sigma) * log_wages)
        index = made @ phi
        income = mu * x * wages + (1 - mu) * immobile
        demand = (income / index) @ phi
        off = np.log(demand) - sigma * log_wages
        return _Market(wages, made, index, income, demand), off, float(np.abs(off).max())

    return solve


def _excess_slope(sigma: float, mu: float, phi: Floats, x: Floats, market: _Market) -> Floats:
    """Derivative of sigma ln w - ln demand by ln w (columns)."""
    reach = phi * (market.income / market.prices) / market.demand[:, None]
    slopes = -reach * (mu * x * market.wages / market.income)
    slopes -= (sigma - 1) * ((reach / market.prices) @ phi) * market.made
    slopes[np.diag_indices(len(x))] += sigma
    return np.asarray(slopes)


def _two_wages(sigma: Any, mu: Any, x: Floats, phi: Floats) -> tuple[Floats, Floats]:
    """Wages of two regions with x w1 + (1 - x) w2 = 1, by bisected Newton steps on ln(w1 / w2)."""
    # Demand reaches a region at most 1 / phi times as well as the other one.
    high = -np.log(phi) / sigma + 1e-9
    low = -high
    ratio = np.zeros(np.shape(high))
    for _ in range(_MOST):
        excess, slope = _two_excess(ratio, sigma, mu, x, phi)
        low = np.where(excess < 0, ratio, low)
        high = np.where(excess > 0, ratio, high)
        new = ratio - excess / slope
        new = np.where((new >= low) & (new <= high), new, (low + high) / 2)
        moved = np.abs(new - ratio).max(initial=0)
        ratio = new
        if moved < _NEXT_EXACT:
            break
    second = 1 / (x * np.exp(ratio) + (1 - x))
    return np.asarray(np.exp(ratio) * second), np.asarray(second)


def _two_excess(
    log_ratio: Floats, sigma: Any, mu: Any, x: Floats, phi: Floats
) -> tuple[Floats, Floats]:
    """Sigma ln(w1 / w2) minus the same of demand, and its derivative by ln(w1 / w2)."""
    ratio = np.exp(log_ratio)
    second = 1 / (x * ratio + (1 - x))
    paid = x * ratio * second  # of all wages, in region 1; the logarithm of w1 rises by 1 - paid
    made = x * (ratio * second) ** (1 - sigma), (1 - x) * second ** (1 - sigma)
    index = made[0] + phi * made[1], phi * made[0] + made[1]
    income = mu * paid + (1 - mu) / 2, mu * (1 - paid) + (1 - mu) / 2
    demand = income[0] / index[0], income[1] / index[1]
    change = (1 - sigma) * (1 - paid) * made[0], (sigma - 1) * paid * made[1]
    more = mu * paid * (1 - paid)
    rise = (
        more / income[0] - (change[0] + phi * change[1]) / index[0],
        -more / income[1] - (phi * change[0] + change[1]) / index[1],
    )
    own = demand[0] + phi * demand[1]
    other = phi * demand[0] + demand[1]
    slope = (demand[0] * rise[0] + phi * demand[1] * rise[1]) / own
    slope -= (phi * demand[0] * rise[0] + demand[1] * rise[1]) / other
    return sigma * log_ratio - np.log(own / other), sigma - slope
