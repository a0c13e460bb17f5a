"""How much space flows need, from parks whose floor space is known, and the rents that follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from netinnov._runtime.arguments import as_floats, check_name, check_number, check_rng, shown
from netinnov._runtime.display import Displayed
from netinnov._typing import Confidence, Count, Floats, Rng
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.planning._allocate_space import Shortage, allocate_space


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class SpaceDemand(Displayed):
    """Space that flows need.

    Attributes
    ----------
    demand : DataFrame or Series
        Space of each flow, in the shape of the flows.
    floor, low, high : float
        Space for a unit of flow, and its interval (of no width where it was given).
    n : int
        Parks that it rests on; 0 where it was given.
    confidence : float
        Of the interval.
    by_resample : array
        Space for a unit of flow in each bootstrap resample of the parks.
    """

    demand: pd.DataFrame | pd.Series = field(repr=False)
    floor: float
    low: float
    high: float
    n: int
    confidence: float
    by_resample: Floats = field(repr=False)

    def by_home(self) -> pd.Series:
        """Give the demand of each home, over all hosts, as `allocate_space` takes it.

        Returns
        -------
        Series
            Index home.
        """
        if isinstance(self.demand, pd.DataFrame):
            return self.demand.sum(axis=1)
        return self.demand.groupby(level=0, sort=False).sum()

    def to_frame(self) -> pd.DataFrame:
        """Give the demand of each home with its interval.

        Returns
        -------
        DataFrame
            Index home; columns ``demand``, ``low`` and ``high``.
        """
        demand = self.by_home()
        low = demand * self.low / self.floor
        high = demand * self.high / self.floor
        return pd.DataFrame({"demand": demand, "low": low, "high": high})


def space_demand(
    flows: pd.DataFrame | pd.Series,
    floor: float | pd.DataFrame | MultilayerNetwork,
    *,
    area: str = "floor_area_m2",
    units: str = "firms",
    confidence: Confidence = 0.95,
    resamples: Count = 999,
    rng: Rng = None,
) -> SpaceDemand:
    """Estimate the space that flows need: flows times floor space for each unit of flow.

    That is the median over parks, with the percentile interval over resamples of them; without
    parks where space or units are missing, infinite or 0. It is no norm.

    Parameters
    ----------
    flows : DataFrame or Series
        In units that need space (firms, say): homes x hosts, or a Series by home (and host).
    floor : float, DataFrame or MultilayerNetwork
        Space for a unit of flow; or parks, one a row or node, from which it is estimated.
    area, units : str
        Columns of parks: their floor space, and how many units are in it.
    confidence : float
        Of the interval.
    resamples : int
        Bootstrap resamples of the parks.
    rng : None, int, SeedSequence or Generator
        Source of the resamples.

    Returns
    -------
    SpaceDemand

    Raises
    ------
    InputError
        Flows below 0 or missing, or fewer than two known parks.

    Examples
    --------
    >>> flows = pd.DataFrame({"hangzhou": [10.0]}, index=["quzhou"])
    >>> space_demand(flows, 500.0).by_home().to_dict()
    {'quzhou': 5000.0}
    """
    rng = check_rng(rng)
    asked: object = flows
    if not isinstance(asked, (pd.DataFrame, pd.Series)) or not len(asked):
        raise InputError(f"`flows` must be a DataFrame or Series with rows; found {shown(flows)}.")
    values = as_floats("flows", flows)
    if not (np.isfinite(values) & (values >= 0)).all():
        raise InputError("`flows` must hold finite numbers of 0 or more; put 0 for no flow.")
    known: Any = floor.nodes if isinstance(floor, MultilayerNetwork) else floor
    if isinstance(known, pd.DataFrame):
        ratios = _ratios(known, area, units)
        draws = np.median(rng.choice(ratios, (resamples, ratios.size)), axis=1)
        n = ratios.size
        middle = float(np.median(ratios))
        low, high = np.quantile(draws, [(1 - confidence) / 2, (1 + confidence) / 2]).tolist()
    else:
        check_number("floor", known, low=0, above=True)
        middle = low = high = float(known)
        draws = np.full(resamples, middle)
        n = 0
    return SpaceDemand(flows * middle, middle, low, high, n, confidence, draws)


def _ratios(parks: pd.DataFrame, area: str, units: str) -> Floats:
    for name, column in {"area": area, "units": units}.items():
        check_name(name, column, list(parks.columns), of="parks")
    numbers = parks[[area, units]].apply(pd.to_numeric, errors="coerce")
    space, count = numbers.to_numpy(np.float64, na_value=np.nan).T
    both = (space > 0) & (count > 0) & np.isfinite(space + count)
    if both.sum() < 2:
        raise InputError(
            f"`floor` needs two parks or more with {area!r} and {units!r} above 0; found "
            f"{int(both.sum())} of {len(parks)}. Give the space for a unit as a number."
        )
    return np.asarray(space[both] / count[both])


def rent_intervals(
    space: SpaceDemand,
    capacity: pd.Series,
    cost: pd.DataFrame,
    *,
    minimum_share: Mapping[str, float] | None = None,
    resamples: Count = 200,
) -> pd.DataFrame:
    """Carry the uncertainty of the space for a unit of flow through to the rents of sites.

    Where ``served`` is below 1, the interval describes the lower part of the demand only.

    Parameters
    ----------
    space : SpaceDemand
        Demand with the resamples of its floor space.
    capacity, cost, minimum_share
        As in `allocate_space`, for the homes of `space`.
    resamples : int
        How many of its resamples are used, the first ones.

    Returns
    -------
    DataFrame
        Index site; ``rent`` at the estimate (NaN where the demand cannot be served), ``low`` and
        ``high`` over the resamples that can be served, ``rented`` (share of these in which the site
        is full and has a rent) and ``served`` (share of resamples, the same for all sites).

    Examples
    --------
    >>> space = space_demand(pd.Series({"a": 8.0, "b": 7.0}), 1.0)
    >>> cost = pd.DataFrame({"x": [1, 4], "y": [3, 2]}, index=["a", "b"])
    >>> rent_intervals(space, pd.Series({"x": 6, "y": 12}), cost)["rent"].tolist()
    [2.0, 0.0]
    """
    demand = space.by_home()

    @cache
    def rents(floor: float) -> Floats | None:
        scaled = demand * (floor / space.floor)
        try:
            plan = allocate_space(scaled, capacity, cost, minimum_share=minimum_share)
        except Shortage:
            return None
        return plan.rents.to_numpy()

    middle = rents(space.floor)
    drawn = [rents(floor) for floor in space.by_resample[:resamples].tolist()]
    served = [each for each in drawn if each is not None]
    low = high = rented = np.full(len(capacity), np.nan)
    if served:
        tails = [(1 - space.confidence) / 2, (1 + space.confidence) / 2]
        low, high = np.quantile(served, tails, axis=0)
        rented = np.mean(np.array(served) > 0, axis=0)
    table = {
        "rent": np.nan if middle is None else middle,
        "low": low,
        "high": high,
        "rented": rented,
        "served": len(served) / len(drawn),
    }
    return pd.DataFrame(table, index=pd.Series(capacity).index.rename("site"))
