"""Markets of several regions whose supply also follows the gaps between their prices."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._runtime.arguments import check_flag, check_number
from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.mechanisms._checked_tables import refuse_outside
from netinnov.mechanisms.cobweb._modes import (
    first_crossing,
    mode_table,
    modes_of,
    symmetric_threshold,
)
from netinnov.mechanisms.cobweb._parameters import (
    SLOWEST,
    attention_matrix,
    follow,
    mobility_matrix,
    region_names,
    set_fields,
    vector,
)
from netinnov.network import MultilayerNetwork

Side: TypeAlias = Literal["demand", "supply"]


@dataclass(frozen=True, slots=True, eq=False)
class CoupledCobweb:
    """Markets of several regions whose supply also follows the gaps between their prices.

    Supply of region i is c_i + d_i p_i + sum_j m_ij (p_i - p_j) at expected prices p. One formal
    reading of figures 1 and 2 of Hu and Zhang, Regional Reorganization of Innovation Elements; the
    paper has no equations. With symmetric mobility, supply that one region gains another loses; all
    roots are real and below 1, so that instability alternates with period 2.

    Parameters
    ----------
    demand_slope : sequence of float
        b, above 0, one a region.
    supply_slope : sequence of float
        d, at least 0.
    mobility : float, matrix or MultilayerNetwork
        m: how much supply moves for a difference in price, at least 0; one number for all pairs, a
        symmetric matrix, or a network whose nodes are the regions and whose weights, summed over
        layers, are m. Diagonal and self-links do not matter.
    demand_intercept, supply_intercept : sequence of float, optional
        a and c; prices need both, roots and stability none.
    adaptation : float
        beta, at least 1e-9 and at most 1; 1 is the naive case.
    regions : sequence, optional
        Names; by default those of the network's nodes, or those of ``demand_slope`` if it is a
        Series, or 0, 1, ... A Series or a table with these names is put in their order.
    directed : bool
        Whether m may differ by direction; supply that i gains by m_ij j need not lose then.
    attention : matrix, optional
        w_ij, at least 0, sums of rows 1: supply of i answers d_i sum_j w_ij p_j (by default p_i).

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
    adaptation: float = 1.0
    regions: Sequence[Any] | None = None
    directed: bool = False
    attention: npt.ArrayLike | None = None

    def __post_init__(self) -> None:
        check_flag("directed", self.directed)
        size = vector("demand_slope", self.demand_slope).size
        regions = region_names(self.regions, self.mobility, size, self.demand_slope)
        demand = vector("demand_slope", self.demand_slope, regions)
        refuse_outside("demand_slope", demand, demand > 0, "above 0")
        check_number("adaptation", self.adaptation, low=SLOWEST, high=1)
        set_fields(self, regions=regions, demand_slope=demand)
        supply = vector("supply_slope", self.supply_slope, regions)
        refuse_outside("supply_slope", supply, supply >= 0, "at least 0")
        for name in ("demand_intercept", "supply_intercept"):
            if (value := getattr(self, name)) is not None:
                set_fields(self, **{name: vector(name, value, regions)})
        mobility = mobility_matrix(self.mobility, regions, directed=self.directed)
        if self.attention is not None:
            set_fields(self, attention=attention_matrix(self.attention, regions))
        set_fields(self, supply_slope=supply, mobility=mobility)

    def price(self) -> Floats:
        """Prices at which all regions rest.

        Returns
        -------
        array
            One a region: (B + K)^-1 (a - c), K = D W + Laplacian of m (W is the attention).

        Raises
        ------
        InputError
            If intercepts are not given, or attention makes prices indeterminate.
        """
        a, c = self._intercepts()
        own = np.diag(self._demand()) + self._answers(mobile=False)
        whole_slope = own + _laplacian(np.asarray(self.mobility))
        if np.linalg.cond(whole_slope) > 1e14:
            msg = "prices at rest must be determined by demand and supply; found demand_slope + "
            raise InputError(f"{msg}supply_slope x attention singular; change `attention`.")
        return np.asarray(np.linalg.solve(whole_slope, a - c))

    def roots(self) -> npt.NDArray[Any]:
        """Factors by which the modes of distance from rest grow in a period.

        Returns
        -------
        array
            1 - beta - beta l over the eigenvalues l of B^-1 K, ascending; real with symmetric
            mobility and no attention, complex if any root is.
        """
        return np.asarray(modes_of(self._demand(), self._answers(), self.adaptation)[0])

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

        Of equal roots one row is what they hold of a common move of prices.

        Returns
        -------
        DataFrame
            A row a mode, those that lose stability first on top. ``root``, ``modulus``; ``period``:
            2 for a negative root, infinite for a positive one, 2 pi / angle for a complex one, NaN
            for 0; ``damping``: ln modulus, negative if the mode dies out; ``kind``: "total" if all
            prices go the same way, "gap" if total demand stays as it is (what some regions gain
            others lose), else "mixed"; ``common``: share of a common move of all prices that the
            mode holds, 1 if it is that move (with symmetric answers the shares sum to 1);
            ``critical_factor``: by how much all answers of supply, slopes and mobility, can grow
            until the modulus is 1 (below 1: it has lost stability); ``first``: whether this is the
            least of these; ``price_REGION``: direction, largest entry 1.

        Examples
        --------
        >>> table = CoupledCobweb([1, 1], [0.8, 0.8], mobility=0.15).modes()
        >>> table[["root", "kind", "critical_factor"]].round(3)
              root   kind  critical_factor
        mode
        0     -1.1    gap            0.909
        1     -0.8  total            1.250
        """
        names = tuple(self.regions or ())
        return mode_table(self._demand(), self._answers(), self.adaptation, names)

    def critical_mobility(self) -> float:
        """Mobility from which prices no longer settle.

        Two regions with naive expectations: 1 / (1 / (b_1 - d_1) + 1 / (b_2 - d_2)). In general,
        with symmetric mobility, a generalised eigenproblem: the roots fall as mobility grows. With
        directed mobility or attention the first crossing is looked for in 512 steps.

        Returns
        -------
        float
            The largest mobility between two regions at which the spectral radius is 1, others in
            proportion (alike where all are 0). 0: unstable without mobility; infinite: one region.
        """
        demand, base = self._demand(), self._answers(mobile=False)
        pattern = np.array(self.mobility)
        if not pattern.any():
            pattern = np.ones_like(pattern) - np.eye(len(pattern))
        if len(pattern) == 1:
            return math.inf
        pattern = pattern / pattern.max()
        change = _laplacian(pattern)
        if np.array_equal(base, base.T) and np.array_equal(change, change.T):
            return symmetric_threshold(demand, base, change, self.adaptation)
        return first_crossing(demand, base, change, self.adaptation)

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

        Raises
        ------
        InputError
            If the model has no intercepts.
        """
        regions = tuple(self.regions or ())
        first = vector("start", start, regions)
        hoped = first if expected is None else vector("expected", expected, regions)
        demand, answers = self._demand(), self._answers()
        a, c = self._intercepts()

        def price(hoped: Floats) -> Floats:
            return np.asarray((a - c - answers @ hoped) / demand)

        return follow(price, first, hoped, periods, self.adaptation)

    def to_frame(self, prices: Floats) -> pd.DataFrame:
        """Label simulated prices with periods and regions.

        Parameters
        ----------
        prices : array
            As `simulate` gives them.

        Returns
        -------
        DataFrame
            Index ``period``, a column a region.
        """
        index = pd.RangeIndex(len(prices), name="period")
        return pd.DataFrame(prices, index=index, columns=pd.Index(self.regions or ()))

    def _demand(self) -> Floats:
        return np.asarray(self.demand_slope, dtype=np.float64)

    def _answers(self, *, mobile: bool = True) -> Floats:
        """K: response of the supply in each region to the expected prices in all regions."""
        slopes = np.diag(np.asarray(self.supply_slope, dtype=np.float64))
        own = slopes if self.attention is None else slopes @ np.asarray(self.attention)
        return own + _laplacian(np.asarray(self.mobility, dtype=np.float64)) if mobile else own

    def _intercepts(self) -> tuple[Floats, Floats]:
        if self.demand_intercept is None or self.supply_intercept is None:
            msg = "prices need `demand_intercept` and `supply_intercept`, one number a region."
            raise InputError(msg)
        return np.asarray(self.demand_intercept), np.asarray(self.supply_intercept)


def _laplacian(m: Floats) -> Floats:
    return np.asarray(np.diag(m.sum(axis=1)) - m)
