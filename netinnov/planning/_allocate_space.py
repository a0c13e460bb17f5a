"""Space for cross-border flows: least-cost flows within capacities, with rents."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import linprog

from netinnov._runtime.arguments import as_floats, check_mapping, check_number, examples, shown
from netinnov._runtime.display import Displayed
from netinnov._typing import Floats, Mask
from netinnov.errors import InputError

_ROUNDING = 1e-9  # share of the largest amount that counts as none


class Shortage(InputError):
    """Not all demand can be served."""


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class SpaceAllocation(Displayed):
    """Least-cost flows of demands to sites.

    Attributes
    ----------
    flows : DataFrame
        A row a demand, a column a site.
    cost : float
        Total cost of the flows.
    rents : Series
        What one more unit of space at a site saves; 0 where space is left, NaN of whole units.
    reduced_costs : DataFrame
        What the total rises by for a unit sent there: 0 on pairs in use, NaN if not allowed.
    rents_unique : bool
        False where the least-cost flows are degenerate, so that other rents may do as well.
    left : Series
        Space left at each site.
    allowed : DataFrame
        Whether a pair is allowed.
    """

    flows: pd.DataFrame = field(repr=False)
    cost: float
    rents: pd.Series
    reduced_costs: pd.DataFrame = field(repr=False)
    rents_unique: bool
    left: pd.Series = field(repr=False)
    allowed: pd.DataFrame = field(repr=False)

    def to_frame(self) -> pd.DataFrame:
        """Give the flows as a long table.

        Returns
        -------
        DataFrame
            A row an allowed pair: ``demand, site, flow, reduced_cost, rent`` (of the site).
        """
        n, m = self.flows.shape
        columns = {
            "demand": self.flows.index.repeat(m),
            "site": np.tile(self.flows.columns, n),
            "flow": self.flows.to_numpy().ravel(),
            "reduced_cost": self.reduced_costs.to_numpy().ravel(),
            "rent": np.tile(self.rents, n),
        }
        return pd.DataFrame(columns)[self.allowed.to_numpy().ravel()].reset_index(drop=True)


def allocate_space(
    demand: pd.Series,
    capacity: pd.Series,
    cost: pd.DataFrame,
    *,
    minimum_share: Mapping[str, float] | None = None,
    whole: bool = False,
) -> SpaceAllocation:
    """Serve all demand for space at least cost, within the capacity of each site.

    A linear programme, min sum c x with sum_j x_ij = demand_i and sum_i x_ij <= capacity_j. Rents
    are its dual values: what one unit is worth, not many.

    Parameters
    ----------
    demand : Series
        Space that each demand needs (of a home, say), 0 or more.
    capacity : Series
        Space at each site, 0 or more, in the same unit.
    cost : DataFrame
        Cost of a unit for each demand (rows) and site (columns); NaN: that pair is not allowed.
    minimum_share : mapping of str to float, optional
        Least share of each demand that goes to a site.
    whole : bool
        Whole units only; rents and reduced costs are then NaN.

    Returns
    -------
    SpaceAllocation

    Raises
    ------
    InputError
        Names do not agree, or not all demand can be served: it names demands, the only sites open
        to them, and by how much space falls short there.

    References
    ----------
    Hitchcock (1941), Journal of Mathematics and Physics 20. Huangfu and Hall (2018), Mathematical
    Programming Computation 10 (HiGHS).

    Examples
    --------
    >>> demand, capacity = pd.Series({"a": 8, "b": 7}), pd.Series({"x": 6, "y": 12})
    >>> cost = pd.DataFrame({"x": [1, 4], "y": [3, 2]}, index=["a", "b"])
    >>> plan = allocate_space(demand, capacity, cost)
    >>> plan.cost, plan.rents.to_dict()  # one more unit at x saves 3 - 1
    (26.0, {'x': 2.0, 'y': 0.0})
    """
    needs = _amounts("demand", demand)
    space = _amounts("capacity", capacity)
    prices = _prices(cost, needs.index, space.index)
    allowed = ~np.isnan(prices)
    for name, amounts in {"demand": needs, "capacity": space}.items() if whole else ():
        if len(parts := amounts[amounts != np.rint(amounts)]):
            raise InputError(f"whole=True needs whole numbers in `{name}`; found {_listed(parts)}.")
    least = _least_flows(minimum_share, needs, space, allowed, whole)
    scale = _scale([needs.max(), space.max()])
    d = np.maximum(needs - least.sum(axis=1), 0.0) / scale
    s = space - least.sum(axis=0)
    s = s.mask(s.abs() <= _ROUNDING * scale, np.maximum(s, 0.0)) / scale
    _refuse_shortage(d, s, allowed, scale, " (beyond the minimum shares)" if least.any() else "")
    flows, rents, price, unique = _solved(d.to_numpy(), s.to_numpy(), prices, allowed)
    x = np.where(flows > _ROUNDING, flows, 0.0) * scale + least
    if whole:  # All corners of the feasible flows are whole where demand and space are.
        x = np.rint(x)
        unique = False
        rents = np.full_like(rents, np.nan)
        price = np.full_like(price, np.nan)
    left = np.maximum(space - x.sum(axis=0), 0.0)
    reduced = np.where(allowed, prices + rents - price[:, None], np.nan)
    reduced = np.where(np.abs(reduced) <= _ROUNDING * _scale(prices[allowed]), 0.0, reduced)
    return SpaceAllocation(
        flows=pd.DataFrame(np.where(allowed, x, 0.0), needs.index, space.index),
        cost=math.fsum((np.where(allowed, prices, 0.0) * x).ravel()),
        rents=pd.Series(rents, space.index, name="rent"),
        reduced_costs=pd.DataFrame(reduced, needs.index, space.index),
        rents_unique=unique,
        left=left.rename("left"),
        allowed=pd.DataFrame(allowed, needs.index, space.index),
    )


def _amounts(name: str, values: Any) -> pd.Series:
    if isinstance(values, Mapping):
        values = pd.Series(values)
    if not isinstance(values, pd.Series) or not len(values):
        raise InputError(f"`{name}` must be a Series with at least one row; found {shown(values)}.")
    if not values.index.is_unique:
        twice = values.index[values.index.duplicated()]
        raise InputError(f"`{name}` must name each row once; found twice: {examples(twice)}.")
    amounts = pd.Series(as_floats(name, values), values.index)
    wrong = amounts[~(np.isfinite(amounts) & (amounts >= 0))]
    if len(wrong):
        raise InputError(
            f"`{name}` must hold finite numbers of 0 or more; {len(wrong)} are not: "
            f"{_listed(wrong)}."
        )
    return amounts


def _listed(amounts: pd.Series) -> str:
    return examples(amounts.items(), lambda item: f"{item[0]!r}: {item[1]:g}")


def _prices(cost: Any, demands: pd.Index, sites: pd.Index) -> Floats:
    if not isinstance(cost, pd.DataFrame):
        raise InputError(
            "`cost` must be a DataFrame with a row a demand and a column a site; found "
            f"{shown(cost)}."
        )
    for axis, own, asked in (("row", cost.index, demands), ("column", cost.columns, sites)):
        missing = asked[~asked.isin(own)]
        extra = own[~own.isin(asked)]
        if len(missing) or len(extra) or not own.is_unique:
            raise InputError(
                f"`cost` must have one {axis} for each of {examples(asked)}; missing: "
                f"{examples(missing) or 'none'}, more: {examples(extra) or 'none'}. "
                "NaN says that a pair is not allowed."
            )
    prices = as_floats("cost", cost.loc[demands, sites])
    if np.isinf(prices).any():
        raise InputError("`cost` must hold finite numbers; for a pair that is not allowed use NaN.")
    return prices


def _least_flows(
    minimum_share: Any, demand: pd.Series, capacity: pd.Series, allowed: Mask, whole: bool
) -> Floats:
    least = np.zeros(allowed.shape)
    minimum_share = {} if minimum_share is None else minimum_share
    check_mapping("minimum_share", minimum_share, "from a site to a share")
    for site, share in minimum_share.items():
        if site not in capacity.index:
            msg = f"`minimum_share`: {site!r} is not a site; sites are {examples(capacity.index)}."
            raise InputError(msg)
        check_number(f"minimum_share[{site!r}]", share, low=0, high=1)
        at = capacity.index.get_loc(site)
        least[:, at] = share * demand.to_numpy()
        closed = demand.index[~allowed[:, at] & (least[:, at] > 0)]
        if len(closed):
            raise InputError(
                f"`minimum_share` sends {share:g} of each demand to {site!r}, which is not "
                f"allowed to {examples(closed)}: give a cost or leave it out."
            )
    if whole:
        least = np.ceil(least * (1 - 1e-12))
    over = demand.index[least.sum(axis=1) > demand.to_numpy() * (1 + 1e-12)]
    if len(over):
        raise InputError(
            f"the minimum shares send more than there is of {examples(over)}; they must sum to at "
            f"most 1{' in whole units' if whole else ''}."
        )
    return least


def _refuse_shortage(
    demand: pd.Series, space: pd.Series, allowed: Mask, scale: float, after: str
) -> None:
    """Explain a shortage by a minimum cut: demands, all sites open to them, and the deficit."""
    for site, amount in space[space < 0].items():
        raise Shortage(
            f"the minimum shares need {-amount * scale:g} more than the capacity of {site!r}; "
            "lower the share, or add space there."
        )
    flows = np.zeros(allowed.shape)
    if allowed.any():
        sums = sparse.vstack(_pairs(allowed), format="csr")
        served = linprog(-np.ones(sums.shape[1]), sums, [*demand, *space], method="highs-ds")
        flows[allowed] = served.x
    unserved = (demand - flows.sum(axis=1)).to_numpy()
    if unserved.sum() <= _ROUNDING * max(1.0, demand.sum()):
        return
    reached = None
    wider = unserved > _ROUNDING
    while reached is None or (wider != reached).any():
        reached = wider
        open_sites = allowed[reached].any(axis=0)
        wider = reached | (flows[:, open_sites] > _ROUNDING).any(axis=1)
    lacking = demand[reached]
    available = space[open_sites]
    needed = lacking.sum() * scale
    room = available.sum() * scale
    of_sites = "no site is open to them"
    if open_sites.any():
        of_sites = f"to the sites open to them, {examples(available.index)}, there is {room:g}"
    raise Shortage(
        f"not all demand can be served: {examples(lacking.index)} need {needed:g}{after}, and "
        f"{of_sites}: {needed - room:g} short. Add space there, or allow other sites."
    )


def _pairs(allowed: Mask) -> tuple[sparse.csr_array, sparse.csr_array]:
    row, column = np.nonzero(allowed)
    ones = np.ones(row.size)
    at = np.arange(row.size)
    by_demand = sparse.csr_array((ones, (row, at)), shape=(allowed.shape[0], row.size))
    by_site = sparse.csr_array((ones, (column, at)), shape=(allowed.shape[1], row.size))
    return by_demand, by_site


def _solved(
    demand: Floats, space: Floats, prices: Floats, allowed: Mask
) -> tuple[Floats, Floats, Floats, bool]:
    n, m = allowed.shape
    flows = np.zeros((n, m))
    rents = np.zeros(m)
    price = np.zeros(n)
    if not allowed.any():  # nothing is asked for
        return flows, rents, price, True
    by_demand, by_site = _pairs(allowed)
    size = _scale(prices[allowed])
    cost = prices[allowed] / size
    within: Any = {"A_eq": by_demand, "b_eq": demand, "A_ub": by_site, "b_ub": space}
    solution = linprog(cost, method="highs-ds", **within)
    if solution.x is None:
        raise InputError(f"the linear programme was not solved: {solution.message}")
    flows[allowed] = solution.x
    left = space - flows.sum(axis=0)
    rents = np.where(left > _ROUNDING, 0.0, np.maximum(-solution.ineqlin.marginals, 0.0) * size)
    price = solution.eqlin.marginals * size
    basic = int((flows > _ROUNDING).sum() + (left > _ROUNDING).sum())
    return flows, rents + 0.0, price, basic == n + m


def _scale(values: Any) -> float:
    """Power of two near the largest amount: dividing by it is exact."""
    largest = float(np.abs(np.asarray(values, np.float64)).max(initial=0.0))
    return math.ldexp(1.0, math.frexp(largest)[1]) if largest > 0 else 1.0
