"""A bounded curve of supply, and where cobwebs with it end: rest, cycle or chaos."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from netinnov._arguments import check_number
from netinnov._display import Displayed
from netinnov._typing import Floats, Integers


@dataclass(frozen=True, slots=True)
class ArctanSupply:
    """Supply of offset + height arctan(steepness (price - centre)), an S between two bounds.

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

    steepness: float
    centre: float = 0.0
    offset: float = 0.0
    height: float = 1.0

    def __post_init__(self) -> None:
        for name in ("steepness", "height"):
            check_number(name, getattr(self, name), low=0, above=True)
        for name in ("centre", "offset"):
            check_number(name, getattr(self, name))

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
        return np.asarray(self.offset + self.height * np.arctan(self._scaled_distance(price)))

    def slope(self, price: Any) -> Floats:
        """Give the derivative of supply at each price.

        Parameters
        ----------
        price
            As in `quantity`.

        Returns
        -------
        array
        """
        return np.asarray(self.height * self.steepness / (1 + self._scaled_distance(price) ** 2))

    def bounds(self) -> tuple[float, float]:
        """Give the least and the greatest supply, which no price reaches.

        Returns
        -------
        low, high : float
        """
        half = self.height * np.pi / 2
        return self.offset - half, self.offset + half

    def _scaled_distance(self, price: Any) -> Floats:
        return self.steepness * (np.asarray(price, np.float64) - self.centre)


Ending: TypeAlias = Literal["rest", "cycle", "chaos", "undecided"]

LONGEST = 64
_CHAOS = 1e-3  # an exponent must be this much above 0: a mean of some thousand steps is not exact


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Attractor(Displayed):
    """Where prices end from one start.

    Parameters
    ----------
    ending : {"rest", "cycle", "chaos", "undecided"}
        "chaos": no period up to 64, and a Lyapunov exponent above 0.001; "undecided": neither
        (a longer or slow cycle, or a closed curve).
    period : int
        1 at rest, 2, 4, ... in a cycle, 0 if none was found.
    lyapunov : float
        Mean logarithm of how much a small distance grows in a period; -inf if it vanishes at once.
    prices : array
        One period of the cycle, the first its least (in several regions: of the first region); or
        the last 512 prices. A column a region if there are several.
    """

    ending: Ending
    period: int
    lyapunov: float
    prices: Floats

    def to_frame(self) -> pd.DataFrame:
        """Give the fields, without the prices, as one row.

        Returns
        -------
        DataFrame
        """
        row = {"ending": self.ending, "period": self.period, "lyapunov": self.lyapunov}
        return pd.DataFrame([row | {"lowest": self.prices.min(), "highest": self.prices.max()}])


def periods_of(orbits: Floats) -> Integers:
    """Least k up to 64 with which each orbit (time x orbits x regions) comes back; 0: none."""
    scale = np.maximum(np.abs(orbits).max(axis=(0, 2)), 1.0)
    periods = np.zeros(orbits.shape[1], np.int64)
    for k in range(1, min(LONGEST, len(orbits) // 2) + 1):
        left = np.flatnonzero(periods == 0)
        away = np.abs(orbits[k:, left] - orbits[:-k, left]).max(axis=(0, 2))
        periods[left[away <= 1e-7 * scale[left]]] = k
    return periods


def ending_of(period: int, lyapunov: float) -> Ending:
    """What the period and the exponent say."""
    if period:
        return "rest" if period == 1 else "cycle"
    return "chaos" if lyapunov > _CHAOS else "undecided"


def exponent_of(orbit: Floats, jacobian: Callable[[Floats], Floats]) -> float:
    """Largest Lyapunov exponent of a map along an orbit of its states, by a tangent vector."""
    # A direction that no symmetry of the regions keeps fixed.
    tangent = np.cos(np.arange(1, orbit.shape[1] + 1) * np.sqrt(2.0))
    total = -np.log(np.linalg.norm(tangent))
    for state in orbit:
        tangent = jacobian(state) @ tangent
        if (size := np.linalg.norm(tangent)) == 0:
            return -np.inf
        total, tangent = total + np.log(size), tangent / size
    return float(total / len(orbit))


def attractor_of(prices: Floats, lyapunov: float) -> Attractor:
    """Where prices end, a column a region if there are several."""
    orbit = prices.reshape(len(prices), -1)
    period = int(periods_of(orbit[:, None, :])[0])
    kept = prices[-512:].copy()
    if period:
        kept = np.roll(prices[-period:], -int(np.argmin(orbit[-period:, 0])), axis=0)
    return Attractor(ending_of(period, lyapunov), period, lyapunov, kept)
