"""Migration by a logit choice between regions whose attraction grows with their population."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import pandas as pd
from scipy.special import expit

from netinnov._typing import Amount, Floats, Is, Positive, Share
from netinnov.errors import InputError
from netinnov.mechanisms.free_flow._dynamics import Logit, root_of, trajectory


@dataclass(frozen=True, slots=True)
class LogitMigration:
    """Migration by a logit choice: the more attractive of two regions is more likely to be chosen.

    A region attracts by v_1 = (A - C) x_1 + S (1 - border) x_2, x_2 the share in the other one. The
    share in region 1 rests where x = 1 / (1 + exp(-theta k (2 x - 1))), k = A - C - S (1 - border).
    The even split is stable up to k = 2 / theta; above, two more rest points leave it on either
    side. With an enclave see `fold_point`. A reduced model, made for this project.

    Parameters
    ----------
    sensitivity : float
        theta: sensitivity of choices to attraction, above 0; 0 would be a uniform choice.
    attraction : float
        A: how much more a region with all of the mobile attracts than one with none.
    congestion : float
        C, at least 0: the loss of attraction by crowding.
    spillover : float
        S, at least 0: the effect of the mobile of the other region.
    border : float
        From 0 (free flow) to below 1: the share of spillovers that the border stops.
    enclave : float
        e, from 0 to 1: the share of the agglomeration of region 2, the host, that region 1, the
        home, reaches without migration and across the border: e A x_2 is added to v_1.

    Examples
    --------
    >>> LogitMigration(sensitivity=1.0, attraction=3.0).equilibria()
         share  stable
    0  0.07072    True
    1  0.50000   False
    2  0.92928    True
    """

    sensitivity: Positive
    attraction: Annotated[float, Is()]
    congestion: Amount = 0.0
    spillover: Amount = 0.0
    border: Annotated[float, Is(low=0, high=1, below=True)] = 0.0
    enclave: Share = 0.0

    def __post_init__(self) -> None:
        if self.enclave > 0 and self.attraction < 0:
            raise InputError(
                "`attraction` must be at least 0 with an enclave, which reaches a share of it; "
                f"found {self.attraction!r}."
            )

    @property
    def _lost(self) -> float:
        return self.congestion + self.spillover * (1 - self.border)

    def break_point(self) -> float:
        """Give the attraction A from which the even split is no longer stable.

        Returns
        -------
        float
            C + S (1 - border) + 2 / theta.

        Raises
        ------
        InputError
            With an enclave: then the even split is not a rest point.
        """
        if self.enclave > 0:
            raise InputError(
                f"`enclave` must be 0 for this point; found {self.enclave!r}: "
                "an enclave leaves no even split; see fold_point()."
            )
        return self._lost + 2 / self.sensitivity

    def fold_point(self) -> float:
        """Give the attraction A from which a state led by the host exists besides that led by home.

        Up to this point all starts end in one state, which leans to home.

        Returns
        -------
        float
            With m = -s in the fold: theta K / 2 = 1 / (1 - s^2) and theta e A / 4 = s / (1 - s^2) -
            atanh(s), K = A - C - S (1 - border) - e A / 2. NaN for an enclave of 1: home leads.

        Raises
        ------
        InputError
            Without an enclave: then there is a `break_point`.
        """
        if self.enclave == 0:
            raise InputError("fold_point needs an `enclave` above 0; found 0; see break_point().")
        if self.enclave == 1:
            return float("nan")
        ratio = self.enclave / (2 - self.enclave)
        lost = self.sensitivity * self._lost

        def short(z: float) -> float:
            steep = 2 * float(np.cosh(z)) ** 2
            return steep * (float(np.tanh(z)) - ratio) - 2 * z - ratio * lost

        high = 1.0
        while short(high) < 0:
            high *= 1.5
        pull = 2 * float(np.cosh(root_of(short, 0.0, high))) ** 2
        return (pull + lost) / self.sensitivity / (1 - self.enclave / 2)

    def equilibria(self) -> pd.DataFrame:
        """All rest points.

        Returns
        -------
        DataFrame
            Columns ``share`` (in region 1, ascending) and ``stable`` (under dx/dt = choice(x) - x).
        """
        theta = self.sensitivity
        lead = self.attraction * self.enclave / 2  # of home, when even
        pull = self.attraction * (1 - self.enclave / 2) - self._lost
        points = _crossings(theta * pull, theta * lead)
        rows = [(float(expit(2 * z)), stable) for z, stable in points]
        return pd.DataFrame(rows, columns=["share", "stable"])

    def simulate(self, start: Any, *, steps: int = 1000, mobility: float = 0.5) -> pd.DataFrame:
        """Follow the mobile from a start.

        Parameters
        ----------
        start, steps
            As in `CorePeriphery.simulate`.
        mobility : float
            Share of the mobile that choose again in a step, above 0 and at most 1.

        Returns
        -------
        DataFrame
            Index = step, from 0 to `steps`; a column a region.
        """
        inside = self.attraction - self.congestion
        across = self.spillover * (1 - self.border)
        reach = self.enclave * self.attraction
        effects = np.array([[inside, across + reach], [across, inside]])
        rule = Logit(self.sensitivity, mobility)
        return trajectory(lambda x: effects @ x, start, pd.RangeIndex(2), steps, rule)


def one_state(pull: Floats, field: Floats) -> Any:
    """Whether 2 z = pull tanh(z) + field has one root, for a field of at least 0."""
    turn = _turn(pull)
    return 2 * turn >= pull * np.tanh(turn) - field


def _turn(pull: Any) -> Any:
    """z >= 0 where the slope of pull tanh(z) is 2; 0 where it is smaller everywhere."""
    u = 2 / np.maximum(pull, 2.0)  # 1 - tanh(z)^2
    return np.log((1 + np.sqrt(1 - u)) / np.sqrt(u))


def _crossings(pull: float, field: float) -> list[tuple[float, bool]]:
    """Roots of 2 z = pull tanh(z) + field, field >= 0, and whether the state is stable."""
    # Where the branches meet, up to rounding, the even split still attracts.
    if field == 0 and pull <= 2 * (1 + 4e-16):
        return [(0.0, True)]

    def off(z: float) -> float:
        return 2 * z - pull * float(np.tanh(z)) - field

    turn = float(_turn(pull))
    most = abs(pull) + field + 1
    z = root_of(off, turn, most)
    if field == 0:
        return [(-z, True), (0.0, False), (z, True)]
    if turn > 0 and off(-turn) > 0:
        return [(root_of(off, -most, -turn), True), (root_of(off, -turn, 0.0), False), (z, True)]
    return [(z, True)]
