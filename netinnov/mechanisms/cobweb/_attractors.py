"""Where bounded cobwebs end: rest, cycle or chaos."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd

from netinnov._display import Displayed
from netinnov._typing import Floats

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


def period_of(orbit: Floats, *, rtol: float = 1e-7) -> int:
    """Least k up to 64 with which an orbit (rows: time) comes back to where it was; 0: none."""
    scale = max(float(np.abs(orbit).max()), 1.0)
    for k in range(1, min(LONGEST, len(orbit) // 2) + 1):
        if np.abs(orbit[k:] - orbit[:-k]).max() <= rtol * scale:
            return k
    return 0


def ending_of(period: int, lyapunov: float) -> Ending:
    """What the period and the exponent say."""
    if period:
        return "rest" if period == 1 else "cycle"
    return "chaos" if lyapunov > _CHAOS else "undecided"


def exponent_of(orbit: Floats, jacobian: Callable[[Floats], Floats]) -> float:
    """Largest Lyapunov exponent of a map along an orbit of its states, by a tangent vector."""
    n = orbit.shape[1]
    # A direction that no symmetry of the regions keeps fixed.
    tangent = np.cos(np.arange(1, n + 1) * np.sqrt(2.0))
    tangent /= np.linalg.norm(tangent)
    total = 0.0
    for state in orbit:
        tangent = jacobian(state) @ tangent
        grown = float(np.linalg.norm(tangent))
        if grown == 0.0:
            return -np.inf
        total += np.log(grown)
        tangent /= grown
    return total / len(orbit)


def one_period(prices: Floats, period: int) -> Floats:
    """A cycle from its least price on; without a period, the last prices."""
    if not period:
        return prices[-512:].copy()
    cycle = prices[-period:]
    first = int(np.argmin(cycle if cycle.ndim == 1 else cycle[:, 0]))
    return np.roll(cycle, -first, axis=0)
