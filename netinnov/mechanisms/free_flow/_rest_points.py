"""Rest points of mobile elements that go where they earn more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
from scipy import optimize

from netinnov._arguments import check_choice, check_number
from netinnov._typing import Floats
from netinnov.errors import InputError

__all__ = ["Unit", "check_freeness", "check_share", "in_unit", "rest_points"]

Unit: TypeAlias = Literal["freeness", "cost"]

_NEAR = 1e-5
"""Distance from the even split within which a rest point beside it is not looked for."""


def rest_points(gap: Callable[[Any], Any], *, rises: bool) -> pd.DataFrame:
    """All rest points of dx/dt = x (1 - x) gap(x) on [0, 1], with their stability.

    For a gap that is odd about 1/2 and has at most one root above it. ``rises``: whether it rises
    at 1/2, which the closed form of the break point says more exactly than a difference can.
    """
    at_corner = float(gap(1.0))
    found = [(0.5, not rises)]
    above = 0.5 + _NEAR
    if (at_corner > 0) != rises and np.sign(gap(above)) != np.sign(at_corner) and at_corner != 0:
        root = optimize.brentq(gap, above, 1.0, xtol=1e-15, rtol=8.9e-16)
        # The slopes at neighbouring rest points have opposite signs.
        found += [(root, rises), (1 - root, rises)]
    if at_corner >= 0:
        found += [(0.0, at_corner > 0), (1.0, at_corner > 0)]
    return pd.DataFrame(sorted(found), columns=["share", "stable"])


def check_share(share: Any) -> Floats:
    value = np.asarray(share, dtype=np.float64)
    if not ((value >= 0) & (value <= 1)).all():
        msg = "`share` must be between 0 and 1, the part of the mobile that live in region 1; "
        raise InputError(f"{msg}found {value[~((value >= 0) & (value <= 1))].ravel()[:5]}.")
    return value


def check_freeness(freeness: Any) -> Floats:
    value = np.asarray(freeness, dtype=np.float64)
    inside = (value > 0) & (value <= 1)
    if not inside.all():
        msg = "`freeness` must be above 0 (autarky) and at most 1 (free trade); "
        raise InputError(f"{msg}found {value[~inside].ravel()[:5]}.")
    return value


def in_unit(freeness: float, sigma: float, unit: Unit) -> float:
    """Trade freeness, or the iceberg cost that it stands for."""
    check_choice("unit", unit, Unit)
    check_number("freeness", freeness, low=0, high=1, above=True)
    return freeness if unit == "freeness" else float(freeness ** (1 / (1 - sigma)))
