"""What the two models of trade and migration have in common."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from netinnov._arguments import check_choice, check_number
from netinnov._typing import Floats
from netinnov.mechanisms.free_flow._many_regions import ManyRegions
from netinnov.mechanisms.free_flow._regions import check_border
from netinnov.mechanisms.free_flow._rest_points import (
    Unit,
    check_freeness,
    check_share,
    fold,
    in_unit,
    rest_points,
    rest_points_of_any,
    sustain_root,
)

Point: TypeAlias = Literal["break", "sustain"]


class TradeModel(ManyRegions):
    """Two regions in closed form, beside n regions; a subclass says what the mobile earn."""

    __slots__ = ()

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
        """Exponent p and weight c of `_premium`."""

    @classmethod
    def _premium(cls, sigma: Any, mu: Any, log_phi: Any, enclave: Any) -> Any:
        """Above 0 where the first to leave a core for the empty region gains."""
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
            Share of the other's varieties that each of the two regions reaches as its own, from 0
            to 1. (An enclave of one region only leaves no even split: see `fold_point`.)

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
        unit : {"freeness", "cost"}
            phi = T^(1 - sigma), or the iceberg cost T.
        enclave : float
            Share of the core's varieties that the empty region reaches as its own, from 0 to 1.

        Returns
        -------
        float
            Root of the gain of the first to leave.

        Raises
        ------
        InputError
            In a black hole, where agglomeration is stable at any cost.
        """
        self._needs_two("sustain_point")
        check_number("enclave", enclave, low=0, high=1)
        if enclave == 0:
            self._refuse_black_hole("sustain")
        _, c = self._pulls_of_core(self.sigma, self.mu)
        # With all varieties within reach the root is (1 - c) / (1 + c), with fewer it is below.
        high = float(np.log((1 - c) / (1 + c)))
        if enclave == 1:
            return in_unit(float(np.exp(high)), self.sigma, unit)
        root = sustain_root(
            lambda log_phi: float(self._premium(self.sigma, self.mu, log_phi, enclave)), high
        )
        return in_unit(root, self.sigma, unit)

    def fold_point(self, *, enclave: float, unit: Unit = "freeness") -> float:
        """Give the freeness at which the spread state ends when only region 1 has an enclave.

        A one-sided enclave breaks the symmetry (an imperfect pitchfork): there is no even split
        whose stability could break. Instead the stable spread state, which leans to home, meets
        an unstable one and both vanish; beyond, the mobile jump to a core.

        Parameters
        ----------
        enclave : float
            Share of the varieties made in region 2, the host, that region 1, the home, reaches as
            its own; above 0 and at most 1.
        unit : {"freeness", "cost"}
            phi = T^(1 - sigma), or the iceberg cost T.

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

    def border_point(self, freeness: float, *, at: Point = "break", enclave: float = 0.0) -> float:
        """Give the border beyond which trade is no longer free enough to break the even split.

        Parameters
        ----------
        freeness : float
            phi without the border, above 0 and at most 1. A border multiplies it by 1 - border.
        at : {"break", "sustain"}
            Above this border the even split is stable again, or a core is stable no more.
        enclave : float
            As in `break_point` and `sustain_point`.

        Returns
        -------
        float
            1 - phi_B / phi (or phi_S); NaN if not even phi itself is beyond the point.

        Raises
        ------
        InputError
            In a black hole, or if `freeness` is out of its range.
        """
        check_number("freeness", freeness, low=0, high=1, above=True)
        check_choice("at", at, Point)
        point = self.break_point if at == "break" else self.sustain_point
        share = 1 - point(enclave=enclave) / freeness
        return share if share >= 0 else float("nan")

    def gap(self, share: Any, *, freeness: Any, enclave: float = 0.0) -> Any:
        """Attraction of region 1 minus that of region 2.

        Parameters
        ----------
        share : float or array
            Part of the mobile that live in region 1.
        freeness : float or array
            phi = T^(1 - sigma), above 0 and at most 1.
        enclave : float
            Share of the varieties made in region 2 that region 1 reaches as its own.

        Returns
        -------
        float or array
            Zero where nobody wants to move. At a corner it compares with the wage that the first
            to move would earn.

        Raises
        ------
        InputError
            If a parameter is outside its range.
        """
        self._needs_two("gap")
        check_number("enclave", enclave, low=0, high=1)
        phi, x = np.broadcast_arrays(check_freeness(freeness), check_share(share))
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
            Share of the varieties made in region 2, the host, that region 1, the home, reaches as
            its own, from 0 to 1.

        Returns
        -------
        DataFrame
            Columns ``share`` (in region 1, ascending) and ``stable``. Corners are there only if
            the mobile stay in them.

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

    def _is_black_hole(self) -> bool:
        return False

    def _refuse_black_hole(self, method: str) -> None:
        """Only the core-periphery model can be made with parameters of a black hole."""
        assert method

    def _needs_two(self, method: str) -> None:
        """Only a model that is told its number of regions has more than two."""
        assert method
