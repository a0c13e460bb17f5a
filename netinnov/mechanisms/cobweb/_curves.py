"""Supply that answers prices most in the middle and is bounded at both ends."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, runtime_checkable

import numpy as np
from scipy.special import expit

from netinnov._arguments import check_number
from netinnov._typing import Floats


@runtime_checkable
class SupplyCurve(Protocol):
    """What a curve of supply must give: quantities, slopes and bounds, for arrays of prices."""

    def quantity(self, price: Any) -> Floats:
        """Give the supply at each price."""
        ...

    def slope(self, price: Any) -> Floats:
        """Give the derivative of supply at each price, at least 0."""
        ...

    def bounds(self) -> tuple[float, float]:
        """Least and greatest supply."""
        ...


@dataclass(frozen=True, slots=True)
class _Curve(ABC):
    """A shape of one variable, stretched and moved: its values, slopes and ends."""

    _ends: ClassVar[tuple[float, float]]

    steepness: float
    centre: float = 0.0
    offset: float = 0.0
    height: float = 1.0

    def __post_init__(self) -> None:
        check_number("steepness", self.steepness, low=0, above=True)
        check_number("centre", self.centre)
        check_number("offset", self.offset)
        check_number("height", self.height, low=0, above=True)

    def quantity(self, price: Any) -> Floats:
        """Give the supply at each price.

        Parameters
        ----------
        price : float or array
            Expected prices.

        Returns
        -------
        array
        """
        return np.asarray(self.offset + self.height * self._value(self._scaled_distance(price)))

    def slope(self, price: Any) -> Floats:
        """Give the derivative of supply at each price.

        Parameters
        ----------
        price : float or array
            Expected prices.

        Returns
        -------
        array
        """
        return np.asarray(self.height * self.steepness * self._change(self._scaled_distance(price)))

    def bounds(self) -> tuple[float, float]:
        """Give the least and the greatest supply, which no price reaches.

        Returns
        -------
        low, high : float
        """
        low, high = self._ends
        return self.offset + self.height * low, self.offset + self.height * high

    def _scaled_distance(self, price: Any) -> Floats:
        return self.steepness * (np.asarray(price, np.float64) - self.centre)

    @staticmethod
    @abstractmethod
    def _value(away: Floats) -> Floats: ...

    @staticmethod
    @abstractmethod
    def _change(away: Floats) -> Floats: ...


@dataclass(frozen=True, slots=True)
class ArctanSupply(_Curve):
    """Supply of offset + height arctan(steepness (price - centre)).

    Parameters
    ----------
    steepness : float
        Above 0. Supply is steepest at the centre: height x steepness.
    centre : float
        Price there.
    offset : float
        Quantity there.
    height : float
        Above 0; supply stays within height pi / 2 of the offset.

    Raises
    ------
    InputError
        If a parameter is out of its range.

    References
    ----------
    Hommes (1994), Dynamics of the cobweb model with adaptive expectations and nonlinear supply and
    demand, Journal of Economic Behavior and Organization 24, 315-335.

    Examples
    --------
    >>> curve = ArctanSupply(4.8)
    >>> float(curve.quantity(0.0)), float(curve.slope(0.0))
    (0.0, 4.8)
    """

    _ends = (-np.pi / 2, np.pi / 2)

    @staticmethod
    def _value(away: Floats) -> Floats:
        return np.asarray(np.arctan(away))

    @staticmethod
    def _change(away: Floats) -> Floats:
        return np.asarray(1 / (1 + away**2))


@dataclass(frozen=True, slots=True)
class LogisticSupply(_Curve):
    """Supply of offset + height / (1 + exp(-steepness (price - centre))).

    Parameters
    ----------
    steepness : float
        Above 0. Supply is steepest at the centre: height x steepness / 4.
    centre : float
        Price there.
    offset : float
        Least quantity.
    height : float
        Above 0; from the least to the greatest quantity.

    Raises
    ------
    InputError
        If a parameter is out of its range.

    Examples
    --------
    >>> curve = LogisticSupply(4.0, centre=1.0, height=2.0)
    >>> float(curve.quantity(1.0)), float(curve.slope(1.0))
    (1.0, 2.0)
    """

    _ends = (0.0, 1.0)

    @staticmethod
    def _value(away: Floats) -> Floats:
        return np.asarray(expit(away))

    @staticmethod
    def _change(away: Floats) -> Floats:
        return np.asarray(expit(away) * expit(-away))
