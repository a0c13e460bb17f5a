"""Cobwebs: supply of innovation elements follows yesterday's price, in one region or several.

A formal reading of figure 2 of Hu and Zhang, Regional Reorganization of Innovation Elements; the
paper itself has no equations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from netinnov._arguments import check_number
from netinnov._typing import Floats
from netinnov.errors import InputError

__all__ = ["Cobweb", "CoupledCobweb"]


@dataclass(frozen=True, slots=True)
class Cobweb:
    """One market: demand a - b p_t meets supply c + d p^e_t, p^e the price that was expected.

    Expectations follow p^e_t = p^e_{t-1} + beta (p_{t-1} - p^e_{t-1}).

    Parameters
    ----------
    demand_slope : float
        b, above 0.
    supply_slope : float
        d, at least 0.
    demand_intercept, supply_intercept : float, optional
        a and c. Roots and stability need none.
    adaptation : float
        beta, above 0 and at most 1; 1 is the naive case: the price will be what it was.

    Raises
    ------
    InputError
        If a parameter is out of its range.

    References
    ----------
    Ezekiel (1938), The cobweb theorem, Quarterly Journal of Economics 52, 255-280. Nerlove (1958),
    Adaptive expectations and cobweb phenomena, Quarterly Journal of Economics 72, 227-240.

    Examples
    --------
    >>> market = Cobweb(1.0, 0.8, demand_intercept=10.0, supply_intercept=1.0)
    >>> market.price(), market.root(), market.is_stable()
    (5.0, -0.8, True)
    >>> market.simulate(start=6.0, periods=3).round(3).tolist()
    [6.0, 4.2, 5.64, 4.488]
    """

    demand_slope: float
    supply_slope: float
    demand_intercept: float | None = None
    supply_intercept: float | None = None
    adaptation: float = 1.0

    def __post_init__(self) -> None:
        check_number("demand_slope", self.demand_slope, low=0, above=True)
        check_number("supply_slope", self.supply_slope, low=0)
        check_number("adaptation", self.adaptation, low=0, high=1, above=True)
        for name in ("demand_intercept", "supply_intercept"):
            if getattr(self, name) is not None:
                check_number(name, getattr(self, name))

    def price(self) -> float:
        """Price at which the market rests.

        Returns
        -------
        float
            (a - c) / (b + d).

        Raises
        ------
        InputError
            If an intercept is not given.
        """
        a, c = self._intercepts()
        return (a - c) / (self.demand_slope + self.supply_slope)

    def root(self) -> float:
        """Factor by which the distance from rest grows in a period.

        Returns
        -------
        float
            1 - beta (1 + d / b); negative: prices alternate.
        """
        return 1 - self.adaptation * (1 + self.supply_slope / self.demand_slope)

    def is_stable(self) -> bool:
        """Whether prices settle.

        Returns
        -------
        bool
            Whether the root is inside (-1, 1); on the boundary they cycle for ever.
        """
        return abs(self.root()) < 1

    def simulate(self, *, start: float, periods: int) -> Floats:
        """Prices over time.

        Parameters
        ----------
        start : float
            Price of period 0, and what was expected for it.
        periods : int
            How many follow.

        Returns
        -------
        array
            ``periods + 1`` prices, the first one ``start``.

        Raises
        ------
        InputError
            If an intercept is not given.
        """
        a, c = self._intercepts()
        check_number("start", start)
        prices, expected = [float(start)], float(start)
        for _ in range(_whole(periods)):
            expected += self.adaptation * (prices[-1] - expected)
            prices.append((a - c - self.supply_slope * expected) / self.demand_slope)
        return np.array(prices)

    def _intercepts(self) -> tuple[float, float]:
        if self.demand_intercept is None or self.supply_intercept is None:
            msg = "prices need `demand_intercept` and `supply_intercept`; found none for "
            lacking = [
                name for name in ("demand", "supply") if getattr(self, f"{name}_intercept") is None
            ]
            raise InputError(f"{msg}{' and '.join(lacking)}.")
        return self.demand_intercept, self.supply_intercept


@dataclass(frozen=True, slots=True, eq=False)
class CoupledCobweb:
    """Markets of several regions whose supply also follows the gaps between their prices.

    Supply of region i is c_i + d_i p_i + sum_j m_ij (p_i - p_j) at expected prices p.

    Parameters
    ----------
    demand_slope : sequence of float
        b, above 0, one a region.
    supply_slope : sequence of float
        d, at least 0.
    mobility : float or matrix
        m: how much supply moves for a difference in price, at least 0; one number for all pairs,
        or a symmetric matrix (its diagonal does not matter).
    demand_intercept, supply_intercept : sequence of float, optional
        a and c. Roots and stability need none.
    adaptation : float
        beta, above 0 and at most 1; 1 is the naive case.

    Raises
    ------
    InputError
        If a parameter is out of its range, or the shapes do not fit.

    Examples
    --------
    >>> regions = CoupledCobweb([1, 1], [0.8, 0.8], mobility=0.15)
    >>> regions.roots().round(2).tolist()  # the gap between the regions explodes, their sum settles
    [-1.1, -0.8]
    >>> regions.is_stable()
    False
    """

    demand_slope: Sequence[float] | Floats
    supply_slope: Sequence[float] | Floats
    mobility: float | npt.ArrayLike
    demand_intercept: Sequence[float] | Floats | None = None
    supply_intercept: Sequence[float] | Floats | None = None
    adaptation: float = 1.0

    def __post_init__(self) -> None:
        demand = _vector("demand_slope", self.demand_slope, None)
        _refuse_outside("demand_slope", demand, demand > 0, "above 0")
        supply = _vector("supply_slope", self.supply_slope, demand.size)
        _refuse_outside("supply_slope", supply, supply >= 0, "at least 0")
        for name in ("demand_intercept", "supply_intercept"):
            if (given := getattr(self, name)) is not None:
                object.__setattr__(self, name, _vector(name, given, demand.size))
        check_number("adaptation", self.adaptation, low=0, high=1, above=True)
        object.__setattr__(self, "demand_slope", demand)
        object.__setattr__(self, "supply_slope", supply)
        object.__setattr__(self, "mobility", _mobility(self.mobility, demand.size))

    def price(self) -> Floats:
        """Prices at which all regions rest.

        Returns
        -------
        array
            One a region: (B + D + Laplacian of m)^-1 (a - c).

        Raises
        ------
        InputError
            If intercepts are not given.
        """
        b, d, laplacian = self._matrices()
        a, c = self._intercepts()
        return np.asarray(np.linalg.solve(b + d + laplacian, a - c))

    def roots(self) -> Floats:
        """Factors by which the modes of distance from rest grow in a period.

        Returns
        -------
        array
            1 - beta - beta l over the eigenvalues l of B^-1 (D + Laplacian of m), ascending; they
            are real, since the matrix is similar to a symmetric one.
        """
        b, d, laplacian = self._matrices()
        scale = 1 / np.sqrt(np.diag(b))
        eigenvalues = np.linalg.eigvalsh((d + laplacian) * scale[:, None] * scale)
        return np.sort(1 - self.adaptation - self.adaptation * eigenvalues)

    def spectral_radius(self) -> float:
        """Largest modulus of the roots.

        Returns
        -------
        float
        """
        return float(np.abs(self.roots()).max())

    def is_stable(self) -> bool:
        """Whether prices settle in all regions.

        Returns
        -------
        bool
            Whether the spectral radius is below 1.
        """
        return self.spectral_radius() < 1

    def simulate(self, *, start: Sequence[float] | Floats, periods: int) -> Floats:
        """Prices over time.

        Parameters
        ----------
        start : sequence of float
            Prices of period 0, and what was expected for it.
        periods : int
            How many follow.

        Returns
        -------
        array
            ``periods + 1`` rows, a column a region.

        Raises
        ------
        InputError
            If intercepts are not given.
        """
        b, d, laplacian = self._matrices()
        a, c = self._intercepts()
        prices = np.empty((_whole(periods) + 1, len(b)))
        prices[0] = expected = _vector("start", start, len(b))
        for t in range(1, len(prices)):
            expected = expected + self.adaptation * (prices[t - 1] - expected)
            prices[t] = (a - c - (d + laplacian) @ expected) / np.diag(b)
        return prices

    def _matrices(self) -> tuple[Floats, Floats, Floats]:
        m = np.asarray(self.mobility)
        laplacian = np.diag(m.sum(axis=1)) - m
        return np.diag(self.demand_slope), np.diag(self.supply_slope), laplacian

    def _intercepts(self) -> tuple[Floats, Floats]:
        if self.demand_intercept is None or self.supply_intercept is None:
            msg = "prices need `demand_intercept` and `supply_intercept`, one number a region."
            raise InputError(msg)
        return np.asarray(self.demand_intercept), np.asarray(self.supply_intercept)


def _vector(name: str, values: Any, size: int | None) -> Floats:
    found = np.array(values, dtype=np.float64)
    if found.ndim != 1 or found.size == 0 or (size is not None and found.size != size):
        must = "one number a region" if size is None else f"{size} numbers, one a region"
        raise InputError(f"`{name}` must be {must}; found an array of shape {found.shape}.")
    _refuse_outside(name, found, np.isfinite(found), "finite")
    return found


def _refuse_outside(name: str, values: Floats, good: npt.NDArray[np.bool_], bound: str) -> None:
    if not good.all():
        at = (
            np.argwhere(~good)[:5].squeeze(axis=-1).tolist()
            if values.ndim == 1
            else (np.argwhere(~good)[:5].tolist())
        )
        raise InputError(f"`{name}` must be {bound}; found {values[~good][:5]} at {at}.")


def _mobility(mobility: Any, size: int) -> Floats:
    """A symmetric matrix with an empty diagonal."""
    m = np.array(mobility, dtype=np.float64)
    if m.ndim == 0:
        m = np.full((size, size), float(m))
    if m.shape != (size, size):
        msg = f"`mobility` must be a number or a {size} x {size} matrix; found shape {m.shape}."
        raise InputError(msg)
    _refuse_outside("mobility", m, np.isfinite(m) & (m >= 0), "finite and at least 0")
    if not np.allclose(m, m.T, rtol=1e-12, atol=0):
        i, j = np.argwhere(~np.isclose(m, m.T, rtol=1e-12, atol=0))[0]
        msg = f"`mobility` must be symmetric; found {m[i, j]:g} at ({i}, {j}) and {m[j, i]:g} at "
        raise InputError(f"{msg}({j}, {i}).")
    np.fill_diagonal(m, 0.0)
    return m


def _whole(periods: Any) -> int:
    check_number("periods", periods, low=0)
    if periods != int(periods):
        raise InputError(f"`periods` must be a whole number; found {periods!r}.")
    return int(periods)
