"""The core-periphery model of Krugman."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from netinnov._arguments import check_number
from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.mechanisms.free_flow._dynamics import Attraction
from netinnov.mechanisms.free_flow._trade_model import TradeModel
from netinnov.mechanisms.free_flow._wages import excess_slope, market_solver, two_wages


@dataclass(frozen=True, slots=True)
class CorePeriphery(TradeModel):
    """Regions with monopolistic competition, and workers who move to the higher real wage.

    In the normalisation of Fujita, Krugman and Venables: a share ``mu`` of demand goes to the
    varieties that the mobile make, the rest to a good that is made by the immobile, half of them
    in each of two regions, and traded freely at wage 1.

    Parameters
    ----------
    sigma : float
        Elasticity of substitution between varieties, above 1.
    mu : float
        Share of the mobile sector in demand, between 0 and 1.

    Raises
    ------
    InputError
        If a parameter is out of its range.

    Notes
    -----
    With rho = (sigma - 1) / sigma. Break point: phi_B = (rho - mu) (1 - mu) / ((rho + mu)
    (1 + mu)). Sustain point: (1 + mu)/2 T^(1 - sigma - mu sigma) + (1 - mu)/2
    T^(sigma - 1 - mu sigma) = 1. The gap is the difference of the real wages. Where mu is at
    least rho, agglomeration is stable at any cost (the black hole). An enclave enters the price
    index of home: it reaches a share of the host's varieties at freeness 1 instead of phi. Wages
    are those of the goods market, where nothing changes.

    References
    ----------
    Krugman (1991), Increasing returns and economic geography, Journal of Political Economy 99,
    483-499. Fujita, Krugman and Venables (1999), The Spatial Economy, MIT Press, chapter 5. The
    points with an enclave were derived for this project.

    Examples
    --------
    >>> model = CorePeriphery(sigma=5, mu=0.4)
    >>> round(model.break_point(unit="cost"), 4), round(model.sustain_point(unit="cost"), 4)
    (1.6266, 1.8073)
    >>> model.equilibria(freeness=0.12)
          share  stable
    0  0.000000    True
    1  0.167173   False
    2  0.500000    True
    3  0.832827   False
    4  1.000000    True
    """

    sigma: float
    mu: float

    def __post_init__(self) -> None:
        check_number("sigma", self.sigma, low=1, above=True)
        check_number("mu", self.mu, low=0, high=1, above=True, below=True)

    @property
    def rho(self) -> float:
        """Love of variety turned round: (sigma - 1) / sigma."""
        return (self.sigma - 1) / self.sigma

    def _break_freeness(self, enclave: float) -> float:
        self._refuse_black_hole("break")
        rho, mu, others = self.rho, self.mu, 1 - enclave
        if enclave == 0:
            return (rho - mu) * (1 - mu) / ((rho + mu) * (1 + mu))
        # (z - mu) (1 + e z - mu (1 - e) z) (sigma - 1) =
        # mu (1 - e) (sigma - mu z - (sigma - 1) z^2), z = (1 - phi) / (1 + phi)
        square = rho * enclave
        linear = rho * (1 - mu * (enclave - mu * others)) + mu**2 * others / self.sigma
        constant = mu * (rho + others)
        z = 2 * constant / (linear + np.sqrt(linear**2 + 4 * square * constant))
        return float((1 - z) / (1 + z))

    @staticmethod
    def _mode_slope(sigma: Any, mu: Any, z: Any, z_reach: Any) -> Any:
        wages = z * (mu - z) / (sigma - mu * z - (sigma - 1) * z**2)
        # Times the real wage of the even split, which is positive.
        return wages * (1 - mu * z_reach) + mu / (sigma - 1) * z_reach

    @staticmethod
    def _pulls_of_core(sigma: Any, mu: Any) -> tuple[Any, Any]:
        return mu * sigma / (sigma - 1), mu

    @staticmethod
    def _gap(sigma: Any, mu: Any, x: Floats, phi: Floats, enclave: Any) -> Floats:
        first, second = two_wages(sigma, mu, x, phi)
        made = x * first ** (1 - sigma), (1 - x) * second ** (1 - sigma)
        pull = mu / (sigma - 1)
        near = phi + enclave * (1 - phi)
        real = first * (made[0] + near * made[1]) ** pull
        gap = real - second * (phi * made[0] + made[1]) ** pull
        return np.asarray(np.where(phi == 1, 0.0, gap))

    def _attraction(self, phi: Floats, immobile: Floats, reach: Floats | None) -> Attraction:
        solve = market_solver(self.sigma, self.mu, phi, immobile)
        pull = self.mu / (self.sigma - 1)

        def attraction(x: Floats) -> Floats:
            market = solve(x)
            near = market.prices if reach is None else market.prices + market.made @ reach.T
            return np.asarray(market.wages * near**pull)

        return attraction

    def _slope(
        self, phi: Floats, immobile: Floats, reach: Floats | None
    ) -> Callable[[Floats], Floats]:
        sigma, mu = self.sigma, self.mu
        solve = market_solver(sigma, mu, phi, immobile)

        def slope(x: Floats) -> Floats:
            market = solve(x[None, :])
            system = excess_slope(sigma, mu, phi, x[None, :], market)[0]
            wages, made, index, income, demand = (part[0] for part in market)
            each = wages ** (1 - sigma)  # what one more of the mobile adds to the price index
            share = phi * (income / index) / demand[:, None]
            moved = share * (mu * wages / income) - (share / index) @ phi * each
            rise = np.linalg.solve(system, moved)  # of ln w
            near, by = (index, phi) if reach is None else (index + reach @ made, phi + reach)
            prices = (by * each + (1 - sigma) * (by * made) @ rise) / near[:, None]
            level = wages * near ** (mu / (sigma - 1))
            return np.asarray(level[:, None] * (rise + mu / (sigma - 1) * prices))

        return slope

    def _is_black_hole(self) -> bool:
        return self.mu >= self.rho

    def _refuse_black_hole(self, method: str) -> None:
        if self._is_black_hole():
            msg = (
                f"there is no {method} point: mu must be below (sigma - 1) / sigma = {self.rho:g}; "
                f"found {self.mu:g}. Agglomeration is stable at any cost (the black hole)."
            )
            raise InputError(msg)
