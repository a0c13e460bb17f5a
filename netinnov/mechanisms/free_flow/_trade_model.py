"""Models of trade and migration: two regions in closed form; n regions by paths and rest points."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import partial
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from netinnov._runtime.arguments import (
    as_floats,
    as_whole,
    check_number,
    check_rng,
    check_type,
)
from netinnov._typing import Floats, Rng
from netinnov.errors import InputError
from netinnov.mechanisms._checked_tables import refuse_outside
from netinnov.mechanisms.free_flow._dynamics import (
    Attraction,
    Dynamics,
    Logit,
    Replicator,
    long_run,
    trajectory,
)
from netinnov.mechanisms.free_flow._regions import (
    Enclaves,
    check_border,
    check_enclaves,
    check_freeness_matrix,
    check_shares,
)
from netinnov.mechanisms.free_flow._rest_points import (
    Unit,
    fold,
    in_unit,
    rest_points,
    rest_points_of_any,
    sustain_root,
)

Point: TypeAlias = Literal["break", "sustain"]


class TradeModel(ABC):
    __slots__ = ()

    sigma: float
    mu: float

    @abstractmethod
    def _break_freeness(self, enclave: float) -> float:
        """Closed form of the break point."""

    @staticmethod
    @abstractmethod
    def _gap(sigma: Any, mu: Any, x: Floats, phi: Floats, enclave: Any) -> Floats:
        """Attraction of region 1 minus that of region 2; arrays of one shape."""

    @staticmethod
    @abstractmethod
    def _pulls_of_core(sigma: Any, mu: Any) -> tuple[Any, Any]:
        """Exponent p and weight c of `_premium`; from p = 1 on it is a black hole."""

    @abstractmethod
    def _attraction(self, phi: Floats, immobile: Floats, reach: Floats | None) -> Attraction:
        """A solver of the short run: shares (paths x regions) to attractions."""

    @abstractmethod
    def _slope(
        self, phi: Floats, immobile: Floats, reach: Floats | None
    ) -> Callable[[Floats], Floats]:
        """Derivatives of the attractions (row) by the shares (column) at one state."""

    @staticmethod
    @abstractmethod
    def _mode_slope(sigma: Any, mu: Any, z: Any, z_reach: Any) -> Any:
        """Change of attraction with a mode of the even split, up to a positive factor."""

    @classmethod
    def _premium(cls, sigma: Any, mu: Any, log_phi: Any, enclave: Any) -> Any:
        """Positive where the first to leave a core for the empty region gains."""
        p, c = cls._pulls_of_core(sigma, mu)
        # exp(log_phi) may be 0; its logarithm is given.
        reach = np.logaddexp(
            np.log1p(-np.minimum(enclave, 1 - 1e-16)) + log_phi, np.log(np.maximum(enclave, 1e-300))
        )
        reach = np.where(np.asarray(enclave) == 0, log_phi, reach)
        outside = np.logaddexp(np.log((1 - c) / 2) - log_phi, np.log((1 + c) / 2) + log_phi)
        return p * reach + outside

    def break_point(self, unit: Unit = "freeness", *, enclave: float = 0.0) -> float:
        """Give the freeness of trade from which the even split is no longer stable.

        Parameters
        ----------
        unit : {"freeness", "cost"}
            phi = T^(1 - sigma), or the iceberg cost T.
        enclave : float
            Share of the other's varieties that each region reaches as its own (one: `fold_point`).

        Returns
        -------
        float
            The closed form; with enclaves the root of a quadratic equation.

        Raises
        ------
        InputError
            In a black hole, where agglomeration is stable at any cost.
        """
        check_number("enclave", enclave, low=0, high=1)
        return in_unit(self._break_freeness(enclave), self.sigma, unit)

    def sustain_point(self, unit: Unit = "freeness", *, enclave: float = 0.0) -> float:
        """Give the freeness of trade from which all mobile in one region stay there.

        Parameters
        ----------
        unit
            As in `break_point`.
        enclave : float
            Share of the core's varieties that the empty region reaches as its own, from 0 to 1.

        Returns
        -------
        float
            Root of the gain of the first to leave.

        Raises
        ------
        InputError
            In a black hole.
        """
        self._needs_two("sustain_point")
        check_number("enclave", enclave, low=0, high=1)
        if enclave == 0:
            self._refuse_black_hole("sustain")
        _, c = self._pulls_of_core(self.sigma, self.mu)

        def premium(log_phi: float) -> float:
            return float(self._premium(self.sigma, self.mu, log_phi, enclave))

        # With all varieties within reach the root is (1 - c) / (1 + c), with fewer it is below.
        high = float(np.log((1 - c) / (1 + c)))
        root = float(np.exp(high)) if enclave == 1 else sustain_root(premium, high)
        return in_unit(root, self.sigma, unit)

    def fold_point(self, *, enclave: float, unit: Unit = "freeness") -> float:
        """Give the freeness at which the spread state ends when only region 1 has an enclave.

        There the stable spread state, which leans to home, meets an unstable one and both vanish
        (an imperfect pitchfork); beyond, the mobile jump to a core.

        Parameters
        ----------
        enclave : float
            As in `gap`, above 0 and at most 1.
        unit
            As in `break_point`.

        Returns
        -------
        float
            Found numerically. NaN if the spread state moves to home without a jump.

        Raises
        ------
        InputError
            In a black hole, or if `enclave` is out of its range.
        """
        self._needs_two("fold_point")
        check_number("enclave", enclave, low=0, high=1, above=True)
        self._refuse_black_hole("fold")
        point = fold(lambda x, phi: self._gap(self.sigma, self.mu, x, phi, enclave))
        return point if np.isnan(point) else in_unit(point, self.sigma, unit)

    def gap(self, share: Any, *, freeness: Any, enclave: float = 0.0) -> Any:
        """Attraction of region 1 minus that of region 2.

        Parameters
        ----------
        share : float or array
            Part of the mobile that live in region 1.
        freeness : float or array
            phi = T^(1 - sigma), above 0 and at most 1.
        enclave : float
            Share of the varieties of region 2, the host, that region 1, the home, reaches.

        Returns
        -------
        float or array
            0 where nobody wants to move; at a corner, against what the first to move would earn.

        Raises
        ------
        InputError
            If a parameter is outside its range.
        """
        self._needs_two("gap")
        check_number("enclave", enclave, low=0, high=1)
        phi, x = as_floats("freeness", freeness), as_floats("share", share)
        bound = "above 0 (autarky) and at most 1 (free trade)"
        refuse_outside("freeness", phi, (phi > 0) & (phi <= 1), bound)
        bound = "between 0 and 1, the part of the mobile in region 1"
        refuse_outside("share", x, (x >= 0) & (x <= 1), bound)
        phi, x = np.broadcast_arrays(phi, x)
        gap = self._gap(self.sigma, self.mu, x, phi, enclave)
        return float(gap) if gap.ndim == 0 else gap

    def equilibria(
        self, freeness: float, *, border: float = 0.0, enclave: float = 0.0
    ) -> pd.DataFrame:
        """All long-run equilibria of two regions.

        Parameters
        ----------
        freeness : float
            phi = T^(1 - sigma), above 0 and below 1, without the border.
        border : float
            From 0 (free flow) to below 1: it multiplies `freeness` by 1 - border.
        enclave : float
            As in `gap`, from 0 to 1.

        Returns
        -------
        DataFrame
            ``share`` (in region 1, ascending) and ``stable``; corners if the mobile stay in them.

        Raises
        ------
        InputError
            If a parameter is outside its range.
        """
        self._needs_two("equilibria")
        check_number("freeness", freeness, low=0, high=1, above=True, below=True)
        check_border(border)
        check_number("enclave", enclave, low=0, high=1)
        phi = freeness * (1 - border)
        if enclave > 0:
            return rest_points_of_any(lambda x: self.gap(x, freeness=phi, enclave=enclave))
        rises = self._is_black_hole() or phi > self.break_point()
        return rest_points(lambda x: self.gap(x, freeness=phi), rises=bool(rises))

    def attraction(
        self, shares: Any, *, freeness: Any, immobile: Any = None, enclaves: Enclaves = None
    ) -> Any:
        """What the mobile earn in each of n regions in the short run.

        Parameters
        ----------
        shares : Series or array
            Of the mobile in each region; they add up to 1. An array may hold one state a row.
        freeness : DataFrame, array or float
            Regions x regions, symmetric, above 0 and at most 1; a number: two regions.
        immobile : Series or array, optional
            Shares of the immobile; equal by default.
        enclaves : mapping from (home, host) to float, optional
            Share of the host's varieties that the home reaches as its own, from 0 to 1.

        Returns
        -------
        Series or array
            Real wage (core-periphery) or logarithm of indirect utility (footloose entrepreneur).
        """
        phi, still, reach, labels = self._space(freeness, immobile, enclaves)
        x = check_shares("shares", shares, labels)
        attraction = self._attraction(phi, still, reach)(np.atleast_2d(x))
        return pd.Series(attraction[0], index=labels) if x.ndim == 1 else attraction

    def simulate(
        self,
        start: Any,
        *,
        freeness: Any,
        immobile: Any = None,
        enclaves: Enclaves = None,
        steps: int = 1000,
        dynamics: Dynamics | None = None,
    ) -> pd.DataFrame:
        """Follow the mobile of n regions from a start.

        Parameters
        ----------
        start : Series or array
            Shares of the mobile in each region; they add up to 1.
        freeness, immobile, enclaves
            As in `attraction`.
        steps : int
            Number of steps, at least 1.
        dynamics : Replicator or Logit, optional
            How they move; ``Replicator()`` by default.

        Returns
        -------
        DataFrame
            Index = step, from 0 to `steps`; a column a region. Modelled, in no unit of time.
        """
        rule = _rule(dynamics)
        phi, still, reach, labels = self._space(freeness, immobile, enclaves)
        batch = self._attraction(phi, still, reach)
        return trajectory(lambda x: batch(x[None, :])[0], start, labels, steps, rule)

    def rest_points(
        self,
        *,
        freeness: Any,
        immobile: Any = None,
        enclaves: Enclaves = None,
        dynamics: Dynamics | None = None,
        restarts: int = 200,
        rng: Rng = None,
    ) -> pd.DataFrame:
        """Long-run equilibria of n regions, found from random starts, with stability and basins.

        States with small basins may be missed, and all of them (no row) where a sensitive logit
        choice jumps from region to region; basins add up to less than 1 where paths go on.

        Parameters
        ----------
        freeness, immobile, enclaves
            As in `attraction`.
        dynamics
            As in `simulate`.
        restarts, rng : int, Generator or seed
            Starts, uniform on all shares that add up to 1, and their source.

        Returns
        -------
        DataFrame
            A row an equilibrium, the stable ones first: a column a region, ``leading`` (largest
            real part of the eigenvalues of the Jacobian, per step), ``stable`` (it is negative),
            ``basin`` (part of the starts that end there) and its 95 % interval, ``low, high``.
        """
        restarts = as_whole("restarts", restarts, low=1)
        rule = _rule(dynamics)
        rng = check_rng(rng)
        phi, still, reach, labels = self._space(freeness, immobile, enclaves)
        make = partial(self._attraction, phi, still, reach)
        return long_run(make, self._slope(phi, still, reach), labels, rule, restarts, rng)

    def modes(self, freeness: Any) -> pd.DataFrame:
        """Stability of the even split of n regions, mode by mode, in closed form.

        It is stable if all z are negative or above (1 - phi_B) / (1 + phi_B) of two regions.

        Parameters
        ----------
        freeness : DataFrame or array
            Regions x regions; all rows must have one sum, as in a ring or of equidistant regions.

        Returns
        -------
        DataFrame
            A row a mode of the matrix other than the even one: ``z``, its eigenvalue over the sum
            of a row, descending; ``slope`` of attraction with the mode; ``stable``: it is negative.

        Raises
        ------
        InputError
            If the sums of the rows differ: then the even split is not an equilibrium.
        """
        phi, _ = check_freeness_matrix(freeness)
        sums = phi.sum(axis=1)
        if np.ptp(sums) > 1e-9 * sums.max():
            msg = "`freeness` must have rows of one sum, else the even split is not an equilibrium"
            raise InputError(f"{msg}; found sums from {sums.min():g} to {sums.max():g}.")
        z = np.linalg.eigvalsh(phi)[::-1][1:] / sums[0]
        slope = len(phi) * self._mode_slope(self.sigma, self.mu, z, z)
        return pd.DataFrame({"z": z, "slope": slope, "stable": slope < 0})

    def _space(
        self, freeness: Any, immobile: Any, enclaves: Enclaves
    ) -> tuple[Floats, Floats, Floats | None, pd.Index[Any]]:
        phi, labels = check_freeness_matrix(freeness)
        even = np.full(len(labels), 1 / len(labels))
        still = even if immobile is None else check_shares("immobile", immobile, labels)
        share = check_enclaves(enclaves, labels)
        # What an enclave adds to the freeness at which home gets the host's varieties.
        return phi, still, None if share is None else share * (1 - phi), labels

    def _is_black_hole(self) -> bool:
        return bool(self._pulls_of_core(self.sigma, self.mu)[0] >= 1)

    def _refuse_black_hole(self, method: str) -> None:
        if self._is_black_hole():
            most = (self.sigma - 1) / self.sigma
            msg = f"there is no {method} point: mu must be below (sigma - 1) / sigma = {most:g}; "
            msg += f"found {self.mu:g}. Agglomeration is stable at any cost (the black hole)."
            raise InputError(msg)

    def _needs_two(self, method: str) -> None:
        if (regions := getattr(self, "regions", 2)) != 2:
            raise InputError(f"{method} is for two regions; this model has {regions}.")


def _rule(dynamics: Any) -> Dynamics:
    rule: Dynamics = Replicator() if dynamics is None else dynamics
    check_type("dynamics", rule, Replicator, Logit)
    return rule
