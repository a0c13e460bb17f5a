"""The curve on which two regions rest when the mobile choose by logit.

With m = 2 x - 1 and D the attraction of region 1 minus that of region 2, as many leave each region
as come to it where D = curve(m). Attraction that is linear in the shares, D = pull m + field, makes
rest points of the curve's crossings with a line; the curve is odd, and convex for m > 0, so that
there are three at most. Everything is in theta D, and in z = atanh(m), which keeps its digits where
nearly all live in one region.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import optimize

from netinnov._typing import Floats
from netinnov.mechanisms.free_flow._rest_points import root_between


def curve(z: Any, away: Any) -> Any:
    """Theta D over z = atanh(m); ``away`` = exp(-theta c), c the cost of moving."""
    large = np.abs(z) > 300
    sinh = np.sinh(np.where(large, 0.0, z))
    with np.errstate(divide="ignore"):
        far = z + np.sign(z) * np.log(away)
    return z + np.where(large, far, np.arcsinh(away * sinh))


def slope(u: Any, away: Any) -> Any:
    """Slope of theta D by m, where u = 1 - m^2."""
    return (1 + away / np.sqrt(away**2 + (1 - away**2) * u)) / u


def tangent(pull: Any, away: Any) -> Floats:
    """Z > 0 where the slope of the curve is ``pull`` = theta K; 0 where it is more everywhere."""
    pull, away = np.broadcast_arrays(np.asarray(pull, np.float64), np.asarray(away, np.float64))
    steep = pull > 1 + away
    pull = np.where(steep, pull, 1 + away)
    # 1 <= pull u <= 2, and rounding.
    ends = (1 - 1e-12) / pull, np.minimum((2 + 1e-12) / pull, 1.0)
    u = root_between(lambda u, k, c: slope(u, c) - k, *ends, pull, away)
    # atanh(m) = ln((1 + m) / sqrt(u))
    z = np.log((1 + np.sqrt(1 - u)) / np.sqrt(u))
    return np.asarray(np.where(steep, z, 0.0))


def crossings(pull: float, field: float, away: float) -> list[tuple[float, bool]]:
    """Rest points as (z, stable), for ``field`` = theta h >= 0."""
    turn = float(tangent(pull, away))
    most = abs(pull) + abs(field) - float(np.log(max(away, 1e-300))) + 1

    def off(z: float) -> float:
        return float(curve(z, away)) - pull * float(np.tanh(z)) - field

    solutions: list[tuple[float, bool]] = []
    if field == 0:
        # Where the branches meet, up to rounding, the even split still attracts.
        alone = pull <= (1 + away) * (1 + 4e-16)
        solutions.append((0.0, alone))
        if not alone:
            z = float(optimize.brentq(off, turn, most, xtol=1e-15, rtol=8.9e-16))
            solutions += [(z, True), (-z, True)]
        return sorted(solutions)
    solutions.append((float(optimize.brentq(off, turn, most, xtol=1e-15, rtol=8.9e-16)), True))
    if turn > 0 and off(-turn) > 0:
        for low, high, stable in ((-turn, 0.0, False), (-most, -turn, True)):
            root = float(optimize.brentq(off, low, high, xtol=1e-15, rtol=8.9e-16))
            solutions.append((root, stable))
    return sorted(solutions)
