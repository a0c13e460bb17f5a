"""Panels of prices and quantities: read, simulated, and freed of what is particular to a region."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from netinnov._arguments import as_whole, check_number, check_rng
from netinnov._typing import Floats, Rng
from netinnov.errors import InputError
from netinnov.mechanisms.cobweb._coupled import CoupledCobweb

__all__ = ["Panel", "backward", "expectations", "forward", "read_panel", "simulate_panel"]


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Prices and quantities, regions x periods."""

    regions: tuple[Any, ...]
    periods: tuple[Any, ...]
    prices: Floats
    quantities: Floats


def simulate_panel(
    model: CoupledCobweb,
    *,
    periods: int,
    demand_sd: float = 1.0,
    supply_sd: float = 1.0,
    correlation: float = 0.0,
    settle: int = 100,
    rng: Rng = None,
) -> pd.DataFrame:
    """Prices and quantities of a coupled cobweb that is hit by shocks in every period.

    Parameters
    ----------
    model : CoupledCobweb
        With intercepts, and stable.
    periods : int
        At least 1.
    demand_sd, supply_sd : float
        Standard deviations of the shocks to a and c of each region, independent over regions and
        periods, normal.
    correlation : float
        Of the two shocks of a region and period, from -1 to 1.
    settle : int
        Periods before the first that is kept.
    rng : None, int, SeedSequence or Generator
        Source of chance.

    Returns
    -------
    DataFrame
        ``region, period`` (from 0), ``price, quantity, expected``: what `fit` is made for, and the
        expected price, which it is not told.

    Raises
    ------
    InputError
        If the model explodes, intercepts are not given, or a parameter is out of range.

    Examples
    --------
    >>> regions = CoupledCobweb(
    ...     [1, 1], [0.5, 0.5], mobility=0.1, demand_intercept=[9, 9], supply_intercept=[1, 2]
    ... )
    >>> simulate_panel(regions, periods=30, rng=1).shape
    (60, 5)
    """
    rng = check_rng(rng)
    check_number("demand_sd", demand_sd, low=0)
    check_number("supply_sd", supply_sd, low=0)
    check_number("correlation", correlation, low=-1, high=1)
    periods, settle = as_whole("periods", periods, low=1), as_whole("settle", settle)
    if not model.is_stable():
        msg = "`model` must be stable, its prices explode otherwise; found a spectral radius of "
        raise InputError(f"{msg}{model.spectral_radius():g}.")
    rest, (a, c) = model.price(), model._intercepts()
    demand, answers, n = model._demand(), model._answers(), len(rest)
    noise = rng.standard_normal((periods + settle, 2, n))
    push = demand_sd * noise[:, 0]
    offer = correlation * noise[:, 0] + np.sqrt(1 - correlation**2) * noise[:, 1]
    offer *= supply_sd
    expected = rest.copy()
    kept = np.empty((periods, 3, n))
    for t in range(periods + settle):
        quantity = c + answers @ expected + offer[t]
        price = (a + push[t] - quantity) / demand
        if t >= settle:
            kept[t - settle] = price, quantity, expected
        expected = expected + model.adaptation * (price - expected)
    regions = list(model.regions or ())
    table = {"region": regions * periods, "period": np.repeat(np.arange(periods), n)}
    columns = dict(zip(("price", "quantity", "expected"), kept.transpose(1, 0, 2), strict=True))
    return pd.DataFrame(table | {name: values.ravel() for name, values in columns.items()})


def read_panel(
    panel: Any, *, region: str, period: str, price: str, quantity: str, regions: tuple[Any, ...]
) -> Panel:
    """A complete panel in order; regions as they come, or in the order given."""
    columns = [region, period, price, quantity]
    if not isinstance(panel, pd.DataFrame):
        raise InputError(f"`panel` must be a DataFrame; found {type(panel).__name__}.")
    lacking = [name for name in columns if name not in panel]
    if lacking:
        msg = f"`panel` must have the columns {columns}; it lacks {lacking}; found "
        raise InputError(f"{msg}{list(panel.columns)[:10]}.")
    for name in (price, quantity):
        if not pd.api.types.is_numeric_dtype(panel[name]):
            raise InputError(f"`panel`: the column {name!r} must hold numbers.")
    keys = panel[[region, period]]
    if keys.isna().any(axis=None):
        raise InputError(
            f"`panel`: {int(keys.isna().any(axis=1).sum())} rows lack region or period."
        )
    if keys.duplicated().any():
        shown = keys[keys.duplicated()].head().to_numpy().tolist()
        msg = "`panel` must have one row a region and period; repeated are "
        raise InputError(f"{msg}{int(keys.duplicated().sum())}, e.g. {shown}.")
    names = regions or tuple(dict.fromkeys(panel[region]))
    if set(names) != set(panel[region]):
        odd = sorted(map(str, set(names) ^ set(panel[region])))[:5]
        raise InputError(f"`panel` must have the regions of `mobility`; these differ: {odd}.")
    times = tuple(sorted(panel[period].unique().tolist()))
    if len(times) > 2 and pd.api.types.is_numeric_dtype(panel[period]):
        steps = np.diff(np.array(times, np.float64))
        if not np.allclose(steps, steps[0]):
            odd_steps = np.flatnonzero(~np.isclose(steps, np.median(steps)))[:5].tolist()
            at = [times[k] for k in odd_steps]
            msg = "`panel`: periods must follow each other in equal steps, lags have no meaning "
            raise InputError(f"{msg}otherwise; after these they do not: {at}.")
    tables = []
    for name in (price, quantity):
        wide = panel.pivot(index=region, columns=period, values=name).reindex(names)[list(times)]
        values = wide.to_numpy(np.float64)
        if not np.isfinite(values).all():
            gaps = np.argwhere(~np.isfinite(values)).tolist()
            shown = [[names[i], times[t]] for i, t in gaps[:5]]
            msg = f"`panel`: {len(gaps)} pairs of region and period lack a finite {name!r}, e.g. "
            raise InputError(f"{msg}{shown}; leave such periods or regions out.")
        tables.append(values)
    return Panel(names, times, *tables)


def expectations(prices: Floats, adaptation: float) -> tuple[Floats, Floats]:
    """Expected prices of periods 1, 2, ... and their derivative by adaptation.

    The price of period 0 is taken as what was expected for it.
    """
    expected = np.empty_like(prices[:, 1:])
    slope = np.empty_like(expected)
    hoped, bent = prices[:, 0].copy(), np.zeros(len(prices))
    for t in range(expected.shape[1]):
        bent = (1 - adaptation) * bent + (prices[:, t] - hoped)
        hoped = hoped + adaptation * (prices[:, t] - hoped)
        expected[:, t], slope[:, t] = hoped, bent
    return expected, slope


def forward(values: Floats) -> Floats:
    """Each period less the mean of the later ones, scaled to keep the variance; without ends."""
    n = values.shape[1]
    later = np.arange(n - 1, 0, -1)
    rest = (values.sum(axis=1, keepdims=True) - values.cumsum(axis=1))[:, :-1] / later
    return np.asarray((np.sqrt(later / (later + 1)) * (values[:, :-1] - rest))[:, 1:])


def backward(values: Floats) -> Floats:
    """Each period less the mean of the earlier ones, scaled alike; without ends."""
    n = values.shape[1]
    before = np.arange(1, n)
    past = values.cumsum(axis=1)[:, :-1] / before
    return np.asarray((np.sqrt(before / (before + 1)) * (values[:, 1:] - past))[:, :-1])
