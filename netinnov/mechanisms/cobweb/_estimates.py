"""Estimates of a cobweb panel with what is derived from them: roots, intervals, checks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd
from scipy import stats

from netinnov._typing import Floats
from netinnov.mechanisms.cobweb._moments import Moments, Supply
from netinnov.mechanisms.cobweb._panel import backward, expectations, forward

__all__ = [
    "Demand",
    "Estimate",
    "checks_of",
    "derived",
    "draws_of",
    "expanded",
    "influence_of",
    "intercepts_of",
    "intervals_of",
    "with_demand",
]

Demand: TypeAlias = Literal["recursive", "instrument"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """Supply, and 1 / b."""

    supply: Supply
    inverse: float


def _index(moments: Moments, supply: Supply) -> tuple[Floats, Floats]:
    """What expected prices say about quantity: as an instrument, and transformed."""
    design = moments.design(supply.adaptation)
    slopes = np.array([supply.slope, supply.mobility])[: design.instruments.shape[2] // 2]
    k = len(slopes)
    return design.instruments[:, :, :k] @ slopes, design.regressors[:, :, :k] @ slopes


def _demand_parts(moments: Moments, supply: Supply, demand: Demand) -> tuple[Floats, Floats]:
    """Instrument and transformed quantity."""
    quantities = moments.outcome(moments.panel.quantities)
    z = backward(quantities) if demand == "recursive" else _index(moments, supply)[0]
    return z, forward(quantities)


def with_demand(moments: Moments, supply: Supply, demand: Demand) -> Estimate:
    z, q = _demand_parts(moments, supply, demand)
    p = forward(moments.outcome(moments.panel.prices))
    return Estimate(supply, -float((z * p).sum() / (z * q).sum()))


def _demand_influence(moments: Moments, found: Estimate, demand: Demand) -> Floats:
    z, q = _demand_parts(moments, found.supply, demand)
    inverse = with_demand(moments, found.supply, demand).inverse
    residual = forward(moments.outcome(moments.panel.prices)) + inverse * q
    return -moments.influence(z[:, :, None], q[:, :, None], residual)[:, 0]


def influence_of(moments: Moments, found: Estimate, demand: Demand, *, fixed: bool) -> Floats:
    """Clusters x (d, m, beta, 1 / b)."""
    parts = moments.supply_influence(found.supply, fixed=fixed)
    full = np.zeros((len(parts), 4))
    coupled = moments.laplacian is not None
    columns = [0] + [1] * coupled + [2] * (not fixed)
    full[:, columns] = parts
    full[:, 3] = _demand_influence(moments, found, demand)
    return full


def derived(
    found: Estimate, spread: Floats, top: float
) -> tuple[dict[str, float], pd.Series[float]]:
    """Estimates and standard errors by linear approximation."""
    d, m, beta = found.supply.slope, found.supply.mobility, found.supply.adaptation
    g = found.inverse
    values: dict[str, float] = {}
    gradients: dict[str, list[float]] = {}
    for name, largest in (("root_total", 0.0), ("root_gap", top)):
        answer = d + m * largest
        values[name] = 1 - beta - beta * answer * g
        gradients[name] = [-beta * g, -beta * largest * g, -1 - answer * g, -beta * answer]
    b = 1 / g
    estimates = {"demand_slope": b, "supply_slope": d, "mobility": m, "adaptation": beta}
    estimates |= values
    worst = max(values, key=lambda name: abs(values[name]))
    estimates["spectral_radius"] = abs(values[worst])
    rows: dict[str, list[float]] = {
        "demand_slope": [0, 0, 0, -(b**2)],
        "supply_slope": [1, 0, 0, 0],
    }
    rows["mobility"], rows["adaptation"] = [0, 1, 0, 0], [0, 0, 1, 0]
    rows |= gradients
    rows["spectral_radius"] = gradients[worst]
    jacobian = np.array(list(rows.values()), np.float64)
    variance = np.einsum("ij,jk,ik->i", jacobian, spread, jacobian)
    return estimates, pd.Series(np.sqrt(np.maximum(variance, 0.0)), list(rows))


def intervals_of(
    estimates: dict[str, float],
    errors: pd.Series[float],
    found: Estimate,
    inverse_error: float,
    clusters: int,
    level: float,
) -> pd.DataFrame:
    """Student's t around each; b as the reciprocal of 1 / b, the radius from both roots."""
    width = float(stats.t.ppf((1 + level) / 2, clusters - 1))
    ends = {
        name: (x - width * errors[name], x + width * errors[name]) for name, x in estimates.items()
    }
    inverse = (found.inverse + width * inverse_error, found.inverse - width * inverse_error)
    # Demand that may be vertical or rise: the reciprocals are no interval.
    sure = min(inverse) > 0
    ends["demand_slope"] = (1 / inverse[0], 1 / inverse[1]) if sure else (-math.inf, math.inf)
    low, high = ends["adaptation"]
    ends["adaptation"] = max(low, 0.0), min(high, 1.0)
    lows, highs = [], []
    for low, high in (ends["root_total"], ends["root_gap"]):
        lows.append(0.0 if low <= 0 <= high else min(abs(low), abs(high)))
        highs.append(max(abs(low), abs(high)))
    ends["spectral_radius"] = max(lows), max(highs)
    return pd.DataFrame.from_dict(ends, orient="index", columns=["low", "high"])


def draws_of(
    moments: Moments,
    found: Estimate,
    demand: Demand,
    resamples: int,
    rng: np.random.Generator,
    *,
    fixed: bool,
) -> list[Estimate]:
    """Estimates of bootstrap samples of the clusters."""
    z, q = _demand_parts(moments, found.supply, demand)
    p = forward(moments.outcome(moments.panel.prices))
    zp = moments.summed(z[:, :, None], p[:, :, None])[:, 0, 0]
    zq = moments.summed(z[:, :, None], q[:, :, None])[:, 0, 0]
    n = len(zp)
    if moments.cluster == "region":
        weights = rng.multinomial(n, np.full(n, 1 / n), size=resamples).astype(np.float64)
    else:
        block = max(1, round(n ** (1 / 3)))
        starts = rng.integers(0, n, size=(resamples, -(-n // block)))
        at = ((starts[:, :, None] + np.arange(block)) % n).reshape(resamples, -1)[:, :n]
        weights = np.stack([np.bincount(row, minlength=n) for row in at]).astype(np.float64)
    supplies = moments.resampled(weights, found.supply, fixed=fixed)
    inverse = -(weights @ zp) / (weights @ zq)
    return [Estimate(s, float(g)) for s, g in zip(supplies, inverse, strict=True)]


def expanded(level: float, clusters: int) -> tuple[float, float]:
    """Tails of a percentile interval, moved out as Student's t is wider than the normal."""
    width = math.sqrt(clusters / (clusters - 1)) * stats.t.ppf((1 + level) / 2, clusters - 1)
    low = float(stats.norm.cdf(-width))
    return low, 1 - low


def checks_of(moments: Moments, found: Estimate) -> dict[str, float]:
    """Strength of the instrument, and what speaks against the assumptions."""
    z, moved = _index(moments, found.supply)
    q = forward(moments.outcome(moments.panel.quantities))
    p = forward(moments.outcome(moments.panel.prices))
    slope = (z * q).sum() / (z * z).sum()
    first = moments.influence(z[:, :, None], z[:, :, None], q - slope * z)[:, 0]
    n = len(first)
    inflated = n / (n - 1)
    strength = float(slope**2 / (inflated * (first**2).sum()))
    ways: tuple[Demand, Demand] = ("recursive", "instrument")
    both = [with_demand(moments, found.supply, way).inverse for way in ways]
    apart = np.subtract(*[_demand_influence(moments, found, way) for way in ways])
    error = math.sqrt(inflated * float((apart**2).sum()))
    t = abs(both[0] - both[1]) / error if error > 0 else math.nan
    result = {"instrument_f": strength, "simultaneity_p": float(2 * stats.t.sf(t, n - 1))}
    residuals = {"serial_demand_p": p + found.inverse * q, "serial_supply_p": q - moved}
    for name, residual in residuals.items():
        product = residual[:, 1:] * residual[:, :-1]
        sums = product.sum(axis=1 if moments.cluster == "region" else 0)
        spread = math.sqrt(float((sums**2).sum()))
        t = abs(float(sums.sum())) / spread if spread > 0 else math.nan
        result[name] = float(2 * stats.t.sf(t, max(len(sums) - 1, 1)))
    return result


def intercepts_of(moments: Moments, found: Estimate) -> pd.DataFrame:
    """Means over the periods in use of what the slopes leave."""
    supply, b = found.supply, 1 / found.inverse
    expected, _ = expectations(moments.panel.prices, supply.adaptation)
    follow = supply.slope * expected
    if moments.laplacian is not None:
        follow = follow + supply.mobility * (moments.laplacian @ expected)
    p, q = (moments.outcome(x) for x in (moments.panel.prices, moments.panel.quantities))
    c = (q - follow[:, moments.burn_in :]).mean(axis=1)
    index = pd.Index(moments.panel.regions, name="region")
    return pd.DataFrame({"demand": (q + b * p).mean(axis=1), "supply": c}, index=index)
