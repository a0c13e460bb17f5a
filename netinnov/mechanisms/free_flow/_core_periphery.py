"""The core-periphery model of Krugman."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import optimize
from scipy.optimize import elementwise

from netinnov._arguments import check_number
from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.mechanisms.free_flow._rest_points import (
    Unit,
    check_freeness,
    check_share,
    in_unit,
    rest_points,
)

__all__ = ["CorePeriphery"]


@dataclass(frozen=True, slots=True)
class CorePeriphery:
    """Two regions, monopolistic competition, and workers who move to the higher real wage.

    In the normalisation of Fujita, Krugman and Venables: a share ``mu`` of demand goes to the
    varieties that the mobile make, the rest to a good that is made by the immobile, half of them
    in each region, and traded freely at wage 1.

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

    References
    ----------
    Krugman (1991), Increasing returns and economic geography, Journal of Political Economy 99,
    483-499. Fujita, Krugman and Venables (1999), The Spatial Economy, MIT Press, chapter 5.

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
        check_number("mu", self.mu, low=0, high=np.nextafter(1, 0), above=True)

    @property
    def rho(self) -> float:
        """Love of variety turned round: (sigma - 1) / sigma."""
        return (self.sigma - 1) / self.sigma

    def break_point(self, *, unit: Unit = "freeness") -> float:
        """Give the freeness of trade from which the even split is no longer stable.

        Parameters
        ----------
        unit : {"freeness", "cost"}
            phi = T^(1 - sigma), or the iceberg cost T.

        Returns
        -------
        float
            phi_B = (rho - mu) (1 - mu) / ((rho + mu) (1 + mu)).

        Raises
        ------
        InputError
            If mu is at least rho: agglomeration at any cost (the black hole).
        """
        self._refuse_black_hole("break")
        rho, mu = self.rho, self.mu
        point = (rho - mu) * (1 - mu) / ((rho + mu) * (1 + mu))
        return in_unit(point, self.sigma, unit)

    def sustain_point(self, *, unit: Unit = "freeness") -> float:
        """Give the freeness of trade from which all mobile in one region stay there.

        Parameters
        ----------
        unit : {"freeness", "cost"}
            phi = T^(1 - sigma), or the iceberg cost T.

        Returns
        -------
        float
            Root below the break point of the real wage in the empty region minus that in the full
            one: (1 + mu)/2 T^(1 - sigma - mu sigma) + (1 - mu)/2 T^(sigma - 1 - mu sigma) = 1.

        Raises
        ------
        InputError
            If mu is at least rho: agglomeration at any cost (the black hole).
        """
        self._refuse_black_hole("sustain")
        sigma, mu = self.sigma, self.mu
        # With T = phi^(1 / (1 - sigma)), in logarithms: the second exponent may be small.
        pull = mu * sigma / (sigma - 1)

        def premium(log_phi: float) -> float:
            return float(
                np.logaddexp(
                    np.log((1 + mu) / 2) + (1 + pull) * log_phi,
                    np.log((1 - mu) / 2) + (pull - 1) * log_phi,
                )
            )

        high = float(np.log(self.break_point()))
        low = high - 1.0
        while premium(low) < 0:
            low = 2 * low - high
        root = float(np.exp(optimize.brentq(premium, low, high, xtol=1e-15, rtol=8.9e-16)))
        return in_unit(root, sigma, unit)

    def gap(self, share: Any, *, freeness: Any) -> Any:
        """Real wage in region 1 minus real wage in region 2.

        Parameters
        ----------
        share : float or array
            Part of the mobile that live in region 1.
        freeness : float or array
            phi = T^(1 - sigma), above 0 and at most 1.

        Returns
        -------
        float or array
            Zero where nobody wants to move. At a corner it compares with the wage that the first
            to move would earn.
        """
        phi, x = np.broadcast_arrays(check_freeness(freeness), check_share(share))
        wages = self._wages(x, phi)
        prices = self._prices(x, phi, *wages)
        real = [wage * price**-self.mu for wage, price in zip(wages, prices, strict=True)]
        gap = np.where(phi == 1, 0.0, real[0] - real[1])
        return float(gap) if gap.ndim == 0 else gap

    def equilibria(self, freeness: float) -> pd.DataFrame:
        """All long-run equilibria.

        Parameters
        ----------
        freeness : float
            phi = T^(1 - sigma), above 0 and below 1.

        Returns
        -------
        DataFrame
            Columns ``share`` (in region 1, ascending) and ``stable``. Corners are there only if
            the mobile stay in them.
        """
        check_number("freeness", freeness, low=0, high=np.nextafter(1, 0), above=True)
        rises = self.mu >= self.rho or freeness > self.break_point()
        return rest_points(lambda x: self.gap(x, freeness=freeness), rises=rises)

    def _refuse_black_hole(self, what: str) -> None:
        if self.mu >= self.rho:
            msg = (
                f"there is no {what} point: mu must be below (sigma - 1) / sigma = {self.rho:g}; "
                f"found {self.mu:g}. Agglomeration is stable at any cost (the black hole)."
            )
            raise InputError(msg)

    def _wages(self, x: Floats, phi: Floats) -> tuple[Floats, Floats]:
        """Wages that clear the market of each region's varieties; x w1 + (1 - x) w2 = 1."""

        def wages(log_ratio: Floats, x: Floats) -> tuple[Floats, Floats]:
            ratio = np.exp(log_ratio)
            second = 1 / (x * ratio + (1 - x))
            return ratio * second, second

        def excess(log_ratio: Floats, x: Floats, phi: Floats) -> Floats:
            first, second = wages(log_ratio, x)
            incomes = (
                self.mu * x * first + (1 - self.mu) / 2,
                self.mu * (1 - x) * second + (1 - self.mu) / 2,
            )
            prices = self._prices(x, phi, first, second)
            demand = [
                income * price ** (self.sigma - 1)
                for income, price in zip(incomes, prices, strict=True)
            ]
            reach = (demand[0] + phi * demand[1]) / (phi * demand[0] + demand[1])
            return np.asarray(self.sigma * log_ratio - np.log(reach))

        # Demand reaches a region at most 1 / phi times as well as the other one.
        most = -np.log(phi) / self.sigma + 1e-9
        found = elementwise.find_root(
            excess,
            (-most, most),
            args=(x, phi),
            tolerances={"xatol": 1e-16, "xrtol": 4e-16, "fatol": 0.0, "frtol": 0.0},
        )
        return wages(np.asarray(found.x), x)

    def _prices(self, x: Floats, phi: Floats, first: Floats, second: Floats) -> list[Floats]:
        power = 1 - self.sigma
        own = x * first**power, (1 - x) * second**power
        return [(own[0] + phi * own[1]) ** (1 / power), (phi * own[0] + own[1]) ** (1 / power)]
