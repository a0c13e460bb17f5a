"""The footloose-entrepreneur model of Forslid and Ottaviano."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import optimize

from netinnov._arguments import check_number
from netinnov.errors import InputError
from netinnov.mechanisms.free_flow._rest_points import (
    Unit,
    check_freeness,
    check_share,
    in_unit,
    rest_points,
)

__all__ = ["FootlooseEntrepreneur"]


@dataclass(frozen=True, slots=True)
class FootlooseEntrepreneur:
    """Skilled people start firms where they earn most; the unskilled stay where they are.

    Each firm needs one mobile entrepreneur and immobile labour, so wages have a closed form. With
    a = mu / (sigma - 1) and b = mu / sigma.

    Parameters
    ----------
    sigma : float
        Elasticity of substitution between varieties, above 1.
    mu : float
        Share of varieties in demand, between 0 and 1, and below sigma - 1.
    regions : int
        Number of equidistant regions, for the break point; all else is for two.

    Raises
    ------
    InputError
        If a parameter is out of its range; mu of sigma - 1 or more would be a black hole.

    References
    ----------
    Forslid and Ottaviano (2003), An analytically solvable core-periphery model, Journal of
    Economic Geography 3, 229-240. The break point of several regions was derived for this project.

    Examples
    --------
    >>> model = FootlooseEntrepreneur(sigma=5, mu=0.4)
    >>> round(model.break_point(), 6), round(model.sustain_point(), 6)
    (0.69697, 0.695442)
    >>> model.equilibria(freeness=0.5)
       share  stable
    0    0.5    True
    """

    sigma: float
    mu: float
    regions: int = 2

    def __post_init__(self) -> None:
        check_number("sigma", self.sigma, low=1, above=True)
        check_number("mu", self.mu, low=0, high=np.nextafter(1, 0), above=True)
        check_number("regions", self.regions, low=2)
        if self.regions != int(self.regions):
            raise InputError(f"`regions` must be a whole number; found {self.regions!r}.")
        if self.mu >= self.sigma - 1:
            msg = (
                f"`mu` must be below sigma - 1 = {self.sigma - 1:g}; found {self.mu:g}. Otherwise "
                "agglomeration is stable at any cost (the black hole)."
            )
            raise InputError(msg)

    def break_point(self, *, unit: Unit = "freeness") -> float:
        """Give the freeness of trade from which the even split is no longer stable.

        Parameters
        ----------
        unit : {"freeness", "cost"}
            phi = T^(1 - sigma), or the iceberg cost T.

        Returns
        -------
        float
            phi_B = (1 - a) (1 - b) / (1 + a b + (n - 1) (a + b)) for n regions.
        """
        a, b = self._pulls
        point = (1 - a) * (1 - b) / (1 + a * b + (self.regions - 1) * (a + b))
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
            Root below the break point of phi^a ((1 - b) / (2 phi) + (1 + b) phi / 2) = 1.
        """
        self._needs_two("sustain_point")
        a, b = self._pulls

        def premium(log_phi: float) -> float:
            return float(
                np.logaddexp(
                    np.log((1 - b) / 2) + (a - 1) * log_phi, np.log((1 + b) / 2) + (a + 1) * log_phi
                )
            )

        high = float(np.log(self.break_point()))
        low = high - 1.0
        while premium(low) < 0:
            low = 2 * low - high
        root = float(np.exp(optimize.brentq(premium, low, high, xtol=1e-15, rtol=8.9e-16)))
        return in_unit(root, self.sigma, unit)

    def gap(self, share: Any, *, freeness: Any) -> Any:
        """Logarithm of the ratio of indirect utilities, region 1 to region 2.

        Parameters
        ----------
        share : float or array
            Part of the mobile that live in region 1.
        freeness : float or array
            phi = T^(1 - sigma), above 0 and at most 1.

        Returns
        -------
        float or array
            Zero where nobody wants to move.
        """
        self._needs_two("gap")
        a, b = self._pulls
        phi, x = np.broadcast_arrays(check_freeness(freeness), check_share(share))
        mixed = 1 - b + (1 + b) * phi**2
        y = 1 - x  # first: beside 1 a small phi x would be lost
        wages = (2 * phi * x + mixed * y) / (2 * phi * y + mixed * x)
        prices = (x + phi * y) / (phi * x + y)
        gap = np.log(wages) + a * np.log(prices)
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
        self._needs_two("equilibria")
        check_number("freeness", freeness, low=0, high=np.nextafter(1, 0), above=True)
        rises = freeness > self.break_point()
        return rest_points(lambda x: self.gap(x, freeness=freeness), rises=rises)

    @property
    def _pulls(self) -> tuple[float, float]:
        return self.mu / (self.sigma - 1), self.mu / self.sigma

    def _needs_two(self, what: str) -> None:
        if self.regions != 2:
            raise InputError(f"{what} is for two regions; this model has {self.regions}.")
