"""Migration by a logit choice between two regions that attract more the more live there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import optimize

from netinnov._arguments import check_number

__all__ = ["LogitMigration"]


@dataclass(frozen=True, slots=True)
class LogitMigration:
    """Mobile elements choose a region at random, the more likely the more attractive it is.

    The share in region 1 rests where x = 1 / (1 + exp(-theta k (2 x - 1))).

    Parameters
    ----------
    sensitivity : float
        theta: how sharply choices follow attraction, above 0; 0 would be pure chance.
    attraction : float
        k: how much more attractive a region is that has all than one that has none; what
        agglomeration adds minus what congestion and spillovers to the other region take away. It
        may be negative.

    Raises
    ------
    InputError
        If a parameter is out of its range.

    Notes
    -----
    The even split is stable up to theta k = 2; above, two more rest points leave it on either side
    (a supercritical pitchfork).

    Examples
    --------
    >>> LogitMigration(sensitivity=1.0, attraction=3.0).equilibria()
         share  stable
    0  0.07072    True
    1  0.50000   False
    2  0.92928    True
    """

    sensitivity: float
    attraction: float

    def __post_init__(self) -> None:
        check_number("sensitivity", self.sensitivity, low=0, above=True)
        check_number("attraction", self.attraction)

    def break_point(self) -> float:
        """Give the attraction from which the even split is no longer stable.

        Returns
        -------
        float
            2 / theta.
        """
        return 2 / self.sensitivity

    def equilibria(self) -> pd.DataFrame:
        """All rest points.

        Returns
        -------
        DataFrame
            Columns ``share`` (in region 1, ascending) and ``stable`` (under
            dx/dt = choice(x) - x).
        """
        pull = self.sensitivity * self.attraction
        # With m = 2 x - 1: m = tanh(pull m / 2). Its root lies above sqrt(1 - 2 / pull), where
        # the slope of the right side is that of the chord at most.
        found = [(0.5, pull < 2)]
        if pull > 2:
            low = float(np.sqrt(1 - 2 / pull))
            m = optimize.brentq(
                lambda m: np.tanh(pull * m / 2) - m, low, 1.0, xtol=1e-16, rtol=8.9e-16
            )
            found += [((1 + m) / 2, True), ((1 - m) / 2, True)]
        return pd.DataFrame(sorted(found), columns=["share", "stable"])
