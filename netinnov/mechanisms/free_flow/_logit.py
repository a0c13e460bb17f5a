"""Migration by a logit choice between regions whose attraction grows with their population."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import optimize
from scipy.special import expit

from netinnov._runtime.arguments import as_whole, check_number, check_rng
from netinnov._typing import Floats, Rng
from netinnov.errors import InputError
from netinnov.mechanisms.free_flow._dynamics import Logit, long_run, trajectory
from netinnov.mechanisms.free_flow._regions import (
    Enclaves,
    check_border,
    check_enclaves,
    neighbour_modes,
    neighbour_weights,
)
from netinnov.mechanisms.free_flow._rest_points import crossings, curve, slope


@dataclass(frozen=True, slots=True)
class LogitMigration:
    """Migration by a logit choice: more attractive regions are more likely to be chosen.

    A region attracts by v_i = (A - C) x_i + S (1 - border) sum_j P_ij x_j, P_ij the weights of its
    neighbours in a network (of two regions: the other one). The share in region 1 of two rests
    where x = 1 / (1 + exp(-theta k (2 x - 1))), k = A - C - S (1 - border). The even split is
    stable up to k = (1 + exp(-theta c)) / theta, without a cost of moving 2 / theta; above, two
    more rest points leave it on either side (a supercritical pitchfork). With an enclave there is
    no even split: see `fold_point`. A reduced model, made for this project.

    Parameters
    ----------
    sensitivity : float
        theta: sensitivity of choices to attraction, above 0; 0 would be a uniform choice.
    attraction : float
        A: how much more a region with all of the mobile attracts than one with none. Given alone,
        it is the net effect k, and may be negative.
    congestion : float
        C, at least 0: the loss of attraction by crowding.
    spillover : float
        S, at least 0: the effect of the mobile of neighbouring regions.
    border : float
        From 0 (free flow) to below 1: the share of spillovers that the border stops.
    enclave : float
        e, from 0 to 1: the share of the agglomeration of region 2, the host, that region 1, the
        home, reaches without migration and across the border: e A x_2 is added to v_1. For more
        regions give `enclaves` to the methods.
    moving_cost : float
        c, at least 0: the border as a cost of moving, in units of attraction; those who live in i
        count v_j - c for every other region j.

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
    congestion: float = 0.0
    spillover: float = 0.0
    border: float = 0.0
    enclave: float = 0.0
    moving_cost: float = 0.0

    def __post_init__(self) -> None:
        check_number("sensitivity", self.sensitivity, low=0, above=True)
        check_number("attraction", self.attraction)
        for name in ("congestion", "spillover", "moving_cost"):
            check_number(name, getattr(self, name), low=0)
        check_border(self.border)
        check_number("enclave", self.enclave, low=0, high=1)
        if self.enclave > 0 and self.attraction < 0:
            msg = "`attraction` must be at least 0 with an enclave, which reaches a share of it; "
            raise InputError(f"{msg}found {self.attraction!r}.")

    def break_point(self, network: Any = None) -> float:
        """Give the attraction A from which the even split is no longer stable.

        Parameters
        ----------
        network : MultilayerNetwork, DataFrame or array, optional
            Symmetric links between n regions, all with a link; two regions by default.

        Returns
        -------
        float
            C - S (1 - border) w + n / (theta (1 + r)), w the second eigenvalue of the neighbours'
            weights (-1 for two regions), r = (1 - q) / (1 + (n - 1) q), q = exp(-theta c). Two
            regions without other terms: 2 / theta.

        Raises
        ------
        InputError
            With an enclave, or regions without links: then the even split is not a rest point.
        """
        self._refuse_enclave()
        w, n = neighbour_modes(network)
        rest = n / (self.sensitivity * (1 + self._staying(n)))
        return float(self.congestion - self._spillover * w[0] + rest)

    def fold_point(self) -> float:
        """Give the attraction A from which a state led by the host exists besides that led by home.

        Up to this point of an imperfect pitchfork all starts end in one state, which leans to home;
        beyond it there are a stable state led by the host, and an unstable one between the two.

        Returns
        -------
        float
            With m = -s in the fold: without a cost of moving theta K / 2 = 1 / (1 - s^2) and
            theta e A / 4 = s / (1 - s^2) - atanh(s), where K = A - C - S (1 - border) - e A / 2.
            NaN for an enclave of 1: home leads at any attraction.

        Raises
        ------
        InputError
            Without an enclave: then there is a `break_point`.
        """
        if self.enclave == 0:
            raise InputError("fold_point needs an `enclave` above 0; found 0; see break_point().")
        if self.enclave == 1:
            return float("nan")
        away, ratio = self._discount_of_moving, self.enclave / (2 - self.enclave)
        lost = self.sensitivity * (self.congestion + self._spillover)

        def short(z: float) -> float:
            steep = float(slope(1 / np.cosh(z) ** 2, away))
            return steep * (float(np.tanh(z)) - ratio) - float(curve(z, away)) - ratio * lost

        high = 1.0
        while short(high) < 0:
            high *= 1.5
        z = float(optimize.brentq(short, 0.0, high, xtol=1e-15, rtol=8.9e-16))
        pull = float(slope(1 / np.cosh(z) ** 2, away))
        return (pull + lost) / self.sensitivity / (1 - self.enclave / 2)

    def equilibria(self) -> pd.DataFrame:
        """All rest points of two regions.

        Returns
        -------
        DataFrame
            Columns ``share`` (in region 1, ascending) and ``stable`` (under dx/dt = choice(x) - x).
        """
        theta, lead = self.sensitivity, self.attraction * self.enclave / 2  # of home, when even
        pull = self.attraction * (1 - self.enclave / 2) - self.congestion - self._spillover
        points = crossings(theta * pull, theta * lead, self._discount_of_moving)
        rows = [(float(expit(2 * z)), stable) for z, stable in points]
        return pd.DataFrame(rows, columns=["share", "stable"])

    def modes(self, network: Any = None) -> pd.DataFrame:
        """Stability of the even split over a network, mode by mode, in closed form.

        rate = r - 1 + (theta / n) (1 - r^2) (A - C + S (1 - border) w), r as in `break_point`.
        The even split is a rest point of every network without isolates.

        Parameters
        ----------
        network
            As in `break_point`.

        Returns
        -------
        DataFrame
            A row an eigenvector of the neighbours' weights other than the even one: ``w``, its
            eigenvalue, descending; ``rate`` of growth (per chance to move); ``stable``: below 0.
        """
        self._refuse_enclave()
        w, n = neighbour_modes(network)
        r = self._staying(n)
        net = self.attraction - self.congestion + self._spillover * w
        rate = r - 1 + self.sensitivity / n * (1 - r**2) * net
        return pd.DataFrame({"w": w, "rate": rate, "stable": rate < 0})

    def simulate(
        self,
        start: Any,
        *,
        network: Any = None,
        jurisdictions: Any = None,
        enclaves: Enclaves = None,
        steps: int = 1000,
        mobility: float = 0.5,
    ) -> pd.DataFrame:
        """Follow the mobile of n regions from a start.

        Parameters
        ----------
        start : Series or array
            Shares of the mobile in each region; they add up to 1.
        network
            As in `break_point`, also without some links.
        jurisdictions : sequence, optional
            Of each region; the border lies between different ones. By default each is its own.
        enclaves : mapping from (home, host) to float, optional
            Share of the host's agglomeration that the home reaches.
        steps : int
            Number of steps, at least 1.
        mobility : float
            Share of the mobile that choose again in a step, above 0 and at most 1.

        Returns
        -------
        DataFrame
            Index = step, from 0 to `steps`; a column a region. Modelled, in no unit of time.
        """
        effects, labels = self._effects(network, jurisdictions, enclaves)
        rule = Logit(self.sensitivity, mobility, self.moving_cost)
        return trajectory(lambda state: effects @ state, start, labels, steps, rule)

    def rest_points(
        self,
        *,
        network: Any = None,
        jurisdictions: Any = None,
        enclaves: Enclaves = None,
        restarts: int = 200,
        mobility: float = 0.5,
        rng: Rng = None,
    ) -> pd.DataFrame:
        """Rest points of n regions, found from random starts, with stability and basins.

        Parameters
        ----------
        network, jurisdictions, enclaves
            As in `simulate`.
        restarts : int
            Uniform on all shares that add up to 1.
        mobility, rng
            As in `simulate` and `CorePeriphery.rest_points`.

        Returns
        -------
        DataFrame
            As `CorePeriphery.rest_points` gives it.
        """
        restarts = as_whole("restarts", restarts, low=1)
        rng = check_rng(rng)
        effects, labels = self._effects(network, jurisdictions, enclaves)
        rule = Logit(self.sensitivity, mobility, self.moving_cost)
        return long_run(
            lambda: lambda x: x @ effects.T, lambda _: effects, labels, rule, restarts, rng
        )

    @property
    def _spillover(self) -> float:
        return self.spillover * (1 - self.border)

    @property
    def _discount_of_moving(self) -> float:
        return float(np.exp(-self.sensitivity * self.moving_cost))

    def _staying(self, n: int) -> float:
        return (1 - self._discount_of_moving) / (1 + (n - 1) * self._discount_of_moving)

    def _refuse_enclave(self) -> None:
        if self.enclave > 0:
            msg = f"`enclave` must be 0 for this point; found {self.enclave!r}: "
            raise InputError(f"{msg}an enclave leaves no even split; see fold_point().")

    def _effects(
        self, network: Any, jurisdictions: Any, enclaves: Enclaves
    ) -> tuple[Floats, pd.Index[Any]]:
        weights, labels = neighbour_weights(network, self.border, jurisdictions)
        if enclaves is None and self.enclave > 0:
            if len(labels) != 2:
                msg = f"`enclaves` must say which of the {len(labels)} regions is home and host; "
                raise InputError(f"{msg}found None and an `enclave` of {self.enclave!r}.")
            enclaves = {(labels[0], labels[1]): self.enclave}
        reach = check_enclaves(enclaves, labels)
        effects = self.spillover * weights
        effects += (self.attraction - self.congestion) * np.eye(len(labels))
        return effects if reach is None else effects + self.attraction * reach, labels
