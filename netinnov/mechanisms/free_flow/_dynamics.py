"""How the mobile move between regions, step by step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from scipy.special import softmax

from netinnov._runtime.arguments import as_whole
from netinnov._typing import Floats, Positive, PositiveShare
from netinnov.mechanisms.free_flow._regions import check_shares

Attraction: TypeAlias = Callable[[Floats], Floats]  # shares of the regions to attractions


@dataclass(frozen=True, slots=True)
class Replicator:
    """Shares grow as far as a region is more attractive than the mean of the mobile.

    dx_i/dt = mobility x_i (v_i - sum_j x_j v_j); a step multiplies x_i by exp(mobility v_i) and
    makes the sum 1 again. Empty regions stay empty; with two regions dx/dt = x (1 - x) gap.

    Parameters
    ----------
    mobility : float
        Above 0, per step.

    References
    ----------
    Fujita, Krugman and Venables (1999), The Spatial Economy, MIT Press, chapter 5.

    Examples
    --------
    >>> import numpy as np
    >>> Replicator(mobility=1.0).move(np.array([0.5, 0.5]), np.array([np.log(3), 0.0]))
    array([0.75, 0.25])
    """

    mobility: Positive = 0.5

    def move(self, shares: Floats, attraction: Floats) -> Floats:
        """Shares after one step.

        Parameters
        ----------
        shares, attraction : array
            A number a region.

        Returns
        -------
        array
            Of the same shape.
        """
        grown = shares * np.exp(self.mobility * (attraction - attraction.max()))
        return np.asarray(grown / grown.sum())


@dataclass(frozen=True, slots=True)
class Logit:
    """Each step a share of the mobile choose again, by a logit choice between regions.

    dx_i/dt = mobility (p_i - x_i) with p_i proportional to exp(sensitivity v_i).

    Parameters
    ----------
    sensitivity : float
        Above 0.
    mobility : float
        Above 0 and at most 1: the share that chooses again in a step.

    Examples
    --------
    >>> import numpy as np
    >>> Logit(sensitivity=1.0, mobility=1.0).move(np.array([0.1, 0.9]), np.array([0.0, 0.0]))
    array([0.5, 0.5])
    """

    sensitivity: Positive
    mobility: PositiveShare = 0.5

    def move(self, shares: Floats, attraction: Floats) -> Floats:
        """Shares after one step.

        Parameters
        ----------
        shares, attraction
            As in `Replicator.move`.

        Returns
        -------
        array
        """
        choice = softmax(self.sensitivity * attraction)
        return np.asarray(shares + self.mobility * (choice - shares))


Dynamics: TypeAlias = Replicator | Logit


def trajectory(
    attraction: Attraction, start: Any, labels: pd.Index[Any], steps: int, dynamics: Dynamics
) -> pd.DataFrame:
    path = [check_shares("start", start, labels)]
    for _ in range(as_whole("steps", steps, low=1)):
        path.append(dynamics.move(path[-1], attraction(path[-1])))
    return pd.DataFrame(np.array(path), columns=labels).rename_axis("step")
