"""Bounded cobwebs of several regions, coupled by bounded flows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from netinnov._arguments import as_whole, check_number
from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.mechanisms.cobweb._bounded_supply import (
    LONGEST,
    ArctanSupply,
    Attractor,
    attractor_of,
    exponent_of,
)
from netinnov.mechanisms.cobweb._coupled_cobweb import CoupledCobweb, CoupledMarkets
from netinnov.mechanisms.cobweb._parameters import (
    mobility_matrix,
    set_fields,
    vector,
)
from netinnov.network import MultilayerNetwork


@dataclass(frozen=True, slots=True, eq=False)
class CoupledBoundedCobweb(CoupledMarkets):
    """Markets of several regions with bounded supply, and bounded flows between them.

    Supply of region i is S_i(p_i) + sum_j m_ij w tanh((p_i - p_j) / w) at expected prices p.
    Bounded flows are an assumption of this package, so that no model explodes; near rest with equal
    prices a flow is m_ij times the gap, as in `CoupledCobweb`.

    Parameters
    ----------
    demand_slope : sequence of float
        b, above 0, one a region.
    supply : sequence of ArctanSupply
        S, one a region.
    mobility : float, matrix or MultilayerNetwork
        m, as in `CoupledCobweb`; symmetric.
    demand_intercept : sequence of float
        a.
    adaptation : float
        beta, at least 1e-9 and at most 1; 1 is the naive case.
    saturation : float
        w, above 0: the gap of prices from which a flow hardly grows; it stays below m_ij w.
    regions : sequence, optional
        Names; by default as in `CoupledCobweb`.

    Examples
    --------
    >>> from netinnov.mechanisms.cobweb import ArctanSupply
    >>> curves = [ArctanSupply(0.8)] * 2
    >>> regions = CoupledBoundedCobweb([1, 1], curves, mobility=0.15, demand_intercept=[0, 0])
    >>> regions.linear().roots().round(2).tolist()
    [-1.1, -0.8]
    >>> regions.attractor(start=[0.1, 0.0]).period
    2
    """

    demand_slope: Sequence[float] | Floats
    supply: Sequence[ArctanSupply]
    mobility: float | npt.ArrayLike | MultilayerNetwork
    demand_intercept: Sequence[float] | Floats
    adaptation: float = 1.0
    saturation: float = 1.0
    regions: Sequence[Any] | None = None

    def __post_init__(self) -> None:
        regions = self._check_regions()
        curves = tuple(self.supply) if isinstance(self.supply, (list, tuple)) else ()
        n = len(regions)
        if len(curves) != n or not all(isinstance(curve, ArctanSupply) for curve in curves):
            msg = f"`supply` must be {n} curves such as ArctanSupply(4.8), one a region; found "
            raise InputError(f"{msg}{self.supply!r}.")
        check_number("saturation", self.saturation, low=0, above=True)
        intercept = vector("demand_intercept", self.demand_intercept, regions)
        mobility = mobility_matrix(self.mobility, regions, directed=False)
        set_fields(self, supply=curves, mobility=mobility, demand_intercept=intercept)

    def price(self) -> Floats:
        """Prices at which all regions rest.

        Returns
        -------
        array
            The only ones: demand less supply is the slope of a strictly concave function.
        """
        b = np.asarray(self.demand_slope)
        prices = np.asarray(self.demand_intercept) / b
        for _ in range(200):
            excess = self._excess(prices)
            step = np.linalg.solve(np.diag(b) + self._answers(prices), excess)
            away, size = np.linalg.norm(excess), 1.0
            # Newton's step points downhill for the distance; it is halved until that falls.
            while size > 1e-10 and (
                np.linalg.norm(self._excess(prices + size * step)) > (1 - 1e-4 * size) * away
            ):
                size /= 2
            prices = prices + size * step
            if np.abs(size * step).max() <= 1e-15 * (1 + np.abs(prices).max()):
                break
        return np.asarray(prices)

    def linear(self) -> CoupledCobweb:
        """Linearise the model at its rest.

        Returns
        -------
        CoupledCobweb
            With the slopes of supply and the mobility there: m_ij / cosh((p_i - p_j) / w)^2.
        """
        prices = self.price()
        return CoupledCobweb(
            np.asarray(self.demand_slope),
            self._slopes(prices),
            mobility=self._mobility(prices),
            adaptation=self.adaptation,
            regions=self.regions,
        )

    def attractor(
        self, *, start: Sequence[float] | Floats, settle: int = 2000, periods: int = 2000
    ) -> Attractor:
        """Long-run behaviour of prices.

        Parameters
        ----------
        start : sequence of float
            Prices of period 0. Identical regions with the same start keep the same prices.
        settle, periods : int
            As in `BoundedCobweb.attractor`.

        Returns
        -------
        Attractor
            Its Lyapunov exponent is the largest.
        """
        settle, periods = as_whole("settle", settle), as_whole("periods", periods, low=2 * LONGEST)
        prices, expected = (part[-periods:] for part in self._path(start, None, settle + periods))
        b = np.asarray(self.demand_slope)
        stay = (1 - self.adaptation) * np.eye(b.size)

        def jacobian(state: Floats) -> Floats:
            return np.asarray(stay - self.adaptation * self._answers(state) / b[:, None])

        return attractor_of(prices, exponent_of(expected, jacobian))

    def _prices(self) -> Callable[[Floats], Floats]:
        b, a = np.asarray(self.demand_slope), np.asarray(self.demand_intercept)
        return lambda expected: (a - self._supply(expected)) / b

    def _supply(self, prices: Floats) -> Floats:
        own = [curve.quantity(price) for curve, price in zip(self.supply, prices, strict=True)]
        gap = np.subtract.outer(prices, prices) / self.saturation
        flows = np.asarray(self.mobility) * self.saturation * np.tanh(gap)
        return np.asarray(np.array(own, np.float64) + flows.sum(axis=1))

    def _excess(self, prices: Floats) -> Floats:
        demanded = np.asarray(self.demand_intercept) - np.asarray(self.demand_slope) * prices
        return np.asarray(demanded - self._supply(prices))

    def _slopes(self, prices: Floats) -> Floats:
        pairs = zip(self.supply, prices, strict=True)
        return np.array([curve.slope(price) for curve, price in pairs], np.float64)

    def _mobility(self, prices: Floats) -> Floats:
        gap = np.subtract.outer(prices, prices) / self.saturation
        # 1 - tanh^2, which does not overflow where cosh does
        return np.asarray(np.asarray(self.mobility) * (1 - np.tanh(gap) ** 2))

    def _answers(self, prices: Floats) -> Floats:
        m = self._mobility(prices)
        return np.asarray(np.diag(self._slopes(prices) + m.sum(axis=1)) - m)
