"""Markets of several regions whose supply also follows the gaps between their prices."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import linalg

from netinnov._network.matrices import flat_matrix
from netinnov._runtime.arguments import check_number
from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.mechanisms._checked_tables import in_order, refuse_asymmetric, refuse_outside
from netinnov.mechanisms.cobweb._one_market import Adaptation, follow
from netinnov.network import MultilayerNetwork

_EQUAL = 1e-9  # relative distance of eigenvalues that are one


@dataclass(frozen=True, slots=True, eq=False)
class CoupledCobweb:
    """Markets of several regions whose supply also follows the gaps between their prices.

    Supply of region i is c_i + d_i p_i + sum_j m_ij (p_i - p_j) at expected prices p. One formal
    reading of figures 1 and 2 of Hu and Zhang, Regional Reorganization of Innovation Elements; the
    paper has no equations. All roots are real and below 1: instability alternates with period 2.

    Parameters
    ----------
    demand_slope, supply_slope : sequence of float
        b, above 0, and d, at least 0, one a region.
    mobility : float, matrix or MultilayerNetwork
        m: how much supply moves for a difference in price, at least 0; one number for all pairs, a
        symmetric matrix, or a network of the regions, whose weights are m. Its diagonal is ignored.
    demand_intercept, supply_intercept : sequence of float, optional
        a and c; prices need both, roots and stability none.
    adaptation : float
        beta, at least 1e-9 and at most 1; 1 is the naive case.
    regions : sequence, optional
        Names; by default those of the network's nodes, or of ``demand_slope`` if it is a Series, or
        0, 1, ... A Series or a table with these names is put in their order.

    Examples
    --------
    >>> regions = CoupledCobweb([1, 1], [0.8, 0.8], mobility=0.15)
    >>> regions.roots().round(2).tolist()  # the gap between the regions explodes, their sum settles
    [-1.1, -0.8]
    >>> regions.is_stable(), round(regions.critical_mobility(), 12)  # (b - d) / 2
    (False, 0.1)
    """

    demand_slope: Sequence[float] | Floats | pd.Series[float]
    supply_slope: Sequence[float] | Floats | pd.Series[float]
    _: KW_ONLY
    mobility: float | npt.ArrayLike | MultilayerNetwork
    demand_intercept: Sequence[float] | Floats | pd.Series[float] | None = None
    supply_intercept: Sequence[float] | Floats | pd.Series[float] | None = None
    adaptation: Adaptation = 1.0
    regions: Sequence[Any] | None = None

    def __post_init__(self) -> None:
        size = _vector("demand_slope", self.demand_slope).size
        regions = _region_names(self.regions, self.mobility, size, self.demand_slope)
        values: dict[str, Any] = {"regions": regions}
        for name in ("demand_slope", "supply_slope", "demand_intercept", "supply_intercept"):
            if (value := getattr(self, name)) is not None or name.endswith("slope"):
                values[name] = _vector(name, value, regions)
        demand = values["demand_slope"]
        supply = values["supply_slope"]
        refuse_outside("demand_slope", demand, demand > 0, "above 0")
        refuse_outside("supply_slope", supply, supply >= 0, "at least 0")
        values["mobility"] = _mobility_matrix(self.mobility, regions)
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def price(self) -> Floats:
        """Prices at which all regions rest.

        Returns
        -------
        array
            One a region: (B + K)^-1 (a - c), K = D + Laplacian of m.
        """
        a, c = self._intercepts()
        return np.asarray(np.linalg.solve(np.diag(self._demand()) + self._answers(), a - c))

    def roots(self) -> Floats:
        """Factors by which the modes of distance from rest grow in a period.

        Returns
        -------
        array
            1 - beta - beta l over the eigenvalues l of B^-1 K, ascending.
        """
        return self._modes()[0]

    def spectral_radius(self) -> float:
        """Largest modulus of the roots.

        Returns
        -------
        float
        """
        return float(np.abs(self.roots()).max())

    def is_stable(self) -> bool:
        """Whether prices settle in all regions.

        Returns
        -------
        bool
            Whether the spectral radius is below 1.
        """
        return self.spectral_radius() < 1

    def modes(self) -> pd.DataFrame:
        """Independent modes of prices, with damping and order of losing stability.

        Returns
        -------
        DataFrame
            A row a mode, those that lose stability first on top. ``root``, ``modulus``; ``period``:
            2 for a negative root, infinite for a positive one, NaN for 0; ``damping``: ln modulus;
            ``kind``: "total" if all prices go the same way, "gap" if total demand stays as it is,
            else "mixed"; ``common``: share of a common move of all prices that the mode holds (they
            sum to 1); ``critical_factor``: by how much all answers of supply, slopes and mobility,
            can grow until the modulus is 1; ``first``: whether this is the least of these;
            ``price_REGION``: direction, largest entry 1.

        Examples
        --------
        >>> table = CoupledCobweb([1, 1], [0.8, 0.8], mobility=0.15).modes()
        >>> table[["root", "kind", "critical_factor"]].round(3)
              root   kind  critical_factor
        mode
        0     -1.1    gap            0.909
        1     -0.8  total            1.250
        """
        roots, vectors = self._modes()
        demand = self._demand()
        modulus = np.abs(roots)
        common = (demand @ vectors) ** 2 / (demand.sum() * (demand @ vectors**2))
        one_way = (vectors > 1e-7).all(axis=0)
        eigenvalues = (1 - self.adaptation - roots) / self.adaptation
        with np.errstate(divide="ignore"):
            damping = np.log(modulus)
            factor = (2 / self.adaptation - 1) / eigenvalues
        factor[eigenvalues < 1e-12] = np.inf
        table = {
            "root": roots,
            "modulus": modulus,
            "period": np.select([roots < 0, roots > 0], [2.0, np.inf], np.nan),
            "damping": damping,
            "kind": np.where(one_way, "total", np.where(common < 1e-12, "gap", "mixed")),
            "common": common,
            "critical_factor": factor,
            "first": np.isclose(factor, factor.min(), rtol=_EQUAL) & np.isfinite(factor.min()),
        }
        names = tuple(self.regions or ())
        table |= {f"price_{name}": part for name, part in zip(names, vectors, strict=True)}
        order = np.lexsort((-common.round(9), factor.round(12)))
        return pd.DataFrame(table).iloc[order].reset_index(drop=True).rename_axis("mode")

    def critical_mobility(self) -> float:
        """Mobility from which prices no longer settle.

        Two regions with naive expectations: 1 / (1 / (b_1 - d_1) + 1 / (b_2 - d_2)).

        Returns
        -------
        float
            The largest mobility between two regions at which the spectral radius is 1, others in
            proportion (alike where all are 0). 0: unstable without mobility; infinite: one region.
        """
        pattern = np.array(self.mobility)
        if not pattern.any():
            pattern = np.ones_like(pattern) - np.eye(len(pattern))
        if len(pattern) == 1:
            return math.inf
        return self._threshold(_laplacian(pattern / pattern.max()), mobile=False)

    def simulate(
        self,
        *,
        start: Sequence[float] | Floats,
        periods: int,
        expected: Sequence[float] | Floats | None = None,
    ) -> Floats:
        """Prices over time.

        Parameters
        ----------
        start, periods, expected
            As in `Cobweb.simulate`, a price a region.

        Returns
        -------
        array
            ``periods + 1`` rows, a column a region.
        """
        regions = tuple(self.regions or ())
        first = _vector("start", start, regions)
        hoped = first if expected is None else _vector("expected", expected, regions)
        demand = self._demand()
        answers = self._answers()
        a, c = self._intercepts()

        def price(hoped: Floats) -> Floats:
            return np.asarray((a - c - answers @ hoped) / demand)

        return follow(price, first, hoped, periods, self.adaptation)

    def _demand(self) -> Floats:
        return np.asarray(self.demand_slope, dtype=np.float64)

    def _answers(self, *, mobile: bool = True) -> Floats:
        """K: response of the supply in each region to the expected prices in all regions."""
        alone = np.diag(np.asarray(self.supply_slope, dtype=np.float64))
        return alone + _laplacian(np.asarray(self.mobility)) if mobile else alone

    def _modes(self) -> tuple[Floats, Floats]:
        """Roots, ascending, and price vectors (columns) of (1 - beta) I - beta B^-1 K."""
        scale = 1 / np.sqrt(self._demand())
        eigenvalues, inner = np.linalg.eigh(self._answers() * scale[:, None] * scale)
        eigenvalues = eigenvalues[::-1]
        inner = inner[:, ::-1].copy()
        # Of equal eigenvalues one vector holds their common move of prices.
        size = max(float(eigenvalues[0]), 1e-300)
        cuts = np.flatnonzero(np.diff(eigenvalues) < -_EQUAL * size) + 1
        for at in np.split(np.arange(len(eigenvalues)), cuts):
            share = inner[:, at].T @ (1 / scale)
            if at.size > 1 and np.linalg.norm(share) > 1e-9 * np.linalg.norm(1 / scale):
                turn, _ = np.linalg.qr(np.column_stack([share, np.eye(at.size)]))
                inner[:, at] = inner[:, at] @ turn
        vectors = inner * scale[:, None]
        largest = np.abs(np.abs(vectors) / np.abs(vectors).max(axis=0) - 1) < 1e-9
        vectors = vectors / vectors[largest.argmax(axis=0), np.arange(len(scale))]
        return 1 - self.adaptation - self.adaptation * eigenvalues, vectors

    def _threshold(self, change: Floats, *, mobile: bool = True) -> float:
        """Least s with root -1 of K + s C: C v = (1 / s) ((2 / beta - 1) B - K) v."""
        room = np.diag((2 / self.adaptation - 1) * self._demand()) - self._answers(mobile=mobile)
        try:
            np.linalg.cholesky(room)
        except np.linalg.LinAlgError:
            return 0.0
        largest = float(linalg.eigh(change, room, eigvals_only=True)[-1])
        return 1 / largest if largest > 1e-300 else math.inf

    def _intercepts(self) -> tuple[Floats, Floats]:
        if self.demand_intercept is None or self.supply_intercept is None:
            msg = "prices need `demand_intercept` and `supply_intercept`, one number a region."
            raise InputError(msg)
        return np.asarray(self.demand_intercept), np.asarray(self.supply_intercept)


def _laplacian(m: Floats) -> Floats:
    return np.asarray(np.diag(m.sum(axis=1)) - m)


def _vector(name: str, values: Any, regions: tuple[Any, ...] = ()) -> Floats:
    numbers = in_order(name, values, regions)
    if numbers.ndim != 1 or numbers.size == 0 or numbers.size != (len(regions) or numbers.size):
        must = f"{len(regions)} numbers, one a region" if regions else "one number a region"
        raise InputError(f"`{name}` must be {must}; found an array of shape {numbers.shape}.")
    refuse_outside(name, numbers, np.isfinite(numbers), "finite")
    return numbers


def _mobility_matrix(mobility: Any, regions: tuple[Any, ...]) -> Floats:
    size = len(regions)
    if isinstance(mobility, MultilayerNetwork):
        if mobility.n_nodes != size:
            msg = f"`mobility` must be a network of {size} regions; found {mobility.n_nodes} nodes."
            raise InputError(msg)
        if mobility.directed:
            layers = sorted(mobility.directed)
            raise InputError(
                f"`mobility` must be a network without directed layers; found {layers}; see "
                "netinnov.build.symmetrize."
            )
        names = mobility.nodes.index
        mobility = flat_matrix(mobility, "mobility").toarray()
        if set(names) == set(regions):  # else they are other names, in the order of the nodes
            mobility = pd.DataFrame(mobility, names, names)
    m = in_order("mobility", mobility, regions)
    if m.ndim == 0:
        check_number("mobility", float(m), low=0)
        m = np.full((size, size), float(m))
    if m.shape != (size, size):
        msg = f"`mobility` must be a number or a {size} x {size} matrix; found shape {m.shape}."
        raise InputError(msg)
    refuse_outside("mobility", m, np.isfinite(m) & (m >= 0), "finite and at least 0")
    refuse_asymmetric("mobility", m)
    np.fill_diagonal(m, 0.0)
    return m


def _region_names(regions: Any, mobility: Any, size: int, slopes: Any) -> tuple[Any, ...]:
    if regions is None:
        if isinstance(mobility, MultilayerNetwork) and mobility.n_nodes == size:
            return tuple(mobility.nodes.index)
        if not isinstance(slopes, pd.Series):
            return tuple(range(size))
        regions = slopes.index
    if isinstance(regions, str) or not isinstance(regions, (Sequence, pd.Index, np.ndarray)):
        raise InputError(f"`regions` must be a sequence of {size} names; found {regions!r}.")
    names = tuple(regions)
    if len(names) != size or len({*map(str, names)}) != size:
        raise InputError(
            f"`regions` must be {size} different names; found {len(names)}, of which "
            f"{len({*map(str, names)})} are different."
        )
    return names
