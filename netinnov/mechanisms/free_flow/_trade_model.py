"""Models of regions that trade: points and equilibria of two, and the short run of n."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from netinnov._runtime.arguments import as_floats, check_choice, check_number, check_type
from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.mechanisms._checked_tables import refuse_outside
from netinnov.mechanisms.free_flow._dynamics import (
    Attraction,
    Dynamics,
    Enclaves,
    Logit,
    Replicator,
    check_enclaves,
    check_freeness_matrix,
    check_shares,
    fold,
    rest_points,
    rest_points_of_any,
    sustain_root,
    trajectory,
)

Unit: TypeAlias = Literal["freeness", "cost"]


class TradeModel(ABC):
    __slots__ = ()

    sigma: float
    mu: float

    @staticmethod
    @abstractmethod
    def _break_freeness(sigma: Any, mu: Any, enclave: float = 0.0, others: int = 1) -> Any:
        """Break point of two regions (or of more, one and `others`); not above 0: a black hole."""

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
        """A solver of the short run, from shares of the mobile to attractions."""

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
        self._refuse_black_hole("break")
        others = getattr(self, "regions", 2) - 1
        return self._in_unit(self._break_freeness(self.sigma, self.mu, enclave, others), unit)

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
        return self._in_unit(root, unit)

    def fold_point(self, *, enclave: float, unit: Unit = "freeness") -> float:
        """Give the freeness at which the spread state ends when only region 1 has an enclave.

        There the stable spread state, which leans to home, vanishes: the mobile jump to a core.

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
            In a black hole.
        """
        self._needs_two("fold_point")
        check_number("enclave", enclave, low=0, high=1, above=True)
        self._refuse_black_hole("fold")
        point = fold(lambda x, phi: self._gap(self.sigma, self.mu, x, phi, enclave))
        return point if np.isnan(point) else self._in_unit(point, unit)

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
        """
        self._needs_two("gap")
        check_number("enclave", enclave, low=0, high=1)
        phi = as_floats("freeness", freeness)
        x = as_floats("share", share)
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
        """
        self._needs_two("equilibria")
        check_number("freeness", freeness, low=0, high=1, above=True, below=True)
        check_number("border", border, low=0, high=1, below=True)
        check_number("enclave", enclave, low=0, high=1)
        phi = freeness * (1 - border)
        if enclave > 0:
            return rest_points_of_any(lambda x: self.gap(x, freeness=phi, enclave=enclave))
        rises = phi > self._break_freeness(self.sigma, self.mu)
        return rest_points(lambda x: self.gap(x, freeness=phi), rises=bool(rises))

    def attraction(
        self, shares: Any, *, freeness: Any, immobile: Any = None, enclaves: Enclaves = None
    ) -> pd.Series:
        """What the mobile earn in each of n regions in the short run.

        Parameters
        ----------
        shares : Series or array
            Of the mobile in each region; they add up to 1.
        freeness : DataFrame, array or float
            Regions x regions, symmetric, above 0 and at most 1; a number: two regions.
        immobile : Series or array, optional
            Shares of the immobile; equal by default.
        enclaves : mapping from (home, host) to float, optional
            Share of the host's varieties that the home reaches as its own, from 0 to 1.

        Returns
        -------
        Series
            Real wage (core-periphery) or logarithm of indirect utility (footloose entrepreneur).
        """
        attraction, labels = self._short_run(freeness, immobile, enclaves)
        return pd.Series(attraction(check_shares("shares", shares, labels)), index=labels)

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
        start, freeness, immobile, enclaves
            As in `attraction`, the shares at the start.
        steps : int
            Number of steps, at least 1.
        dynamics : Replicator or Logit, optional
            How they move; ``Replicator()`` by default.

        Returns
        -------
        DataFrame
            Index = step, from 0 to `steps`; a column a region. Modelled, in no unit of time.
        """
        rule: Dynamics = Replicator() if dynamics is None else dynamics
        check_type("dynamics", rule, Replicator, Logit)
        attraction, labels = self._short_run(freeness, immobile, enclaves)
        return trajectory(attraction, start, labels, steps, rule)

    def _short_run(
        self, freeness: Any, immobile: Any, enclaves: Enclaves
    ) -> tuple[Attraction, pd.Index[Any]]:
        phi, labels = check_freeness_matrix(freeness)
        even = np.full(len(labels), 1 / len(labels))
        still = even if immobile is None else check_shares("immobile", immobile, labels)
        share = check_enclaves(enclaves, labels)
        # What an enclave adds to the freeness at which home gets the host's varieties.
        reach = None if share is None else share * (1 - phi)
        return self._attraction(phi, still, reach), labels

    def _in_unit(self, freeness: Any, unit: Unit) -> float:
        check_choice("unit", unit, Unit)
        check_number("freeness", float(freeness), low=0, high=1, above=True)
        return float(freeness if unit == "freeness" else freeness ** (1 / (1 - self.sigma)))

    def _refuse_black_hole(self, method: str) -> None:
        if self._pulls_of_core(self.sigma, self.mu)[0] >= 1:
            most = (self.sigma - 1) / self.sigma
            raise InputError(
                f"there is no {method} point: mu must be below (sigma - 1) / sigma = {most:g}; "
                f"found {self.mu:g}. Agglomeration is stable at any cost (the black hole)."
            )

    def _needs_two(self, method: str) -> None:
        if (regions := getattr(self, "regions", 2)) != 2:
            raise InputError(f"{method} is for two regions; this model has {regions}.")


def continued(before: list[Floats], n: int) -> Floats:
    """Where a path of logarithms goes on by its last three points; 0 before the first."""
    if len(before) < 3:
        return before[-1] if before else np.zeros(n)
    return 3 * (before[2] - before[1]) + before[0]
