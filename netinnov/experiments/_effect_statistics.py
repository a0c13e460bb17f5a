"""Effects of scenarios: their statistics over placements and over resampled data."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import stdtrit

from netinnov._typing import Floats

BASELINE = "baseline"
# Columns of the table of effects, after scenario, measure and node
STATISTICS = (
    "baseline",
    "mean",
    "difference",
    "percent",
    "median",
    "low",
    "high",
    "mc_error",
    "mc_low",
    "mc_high",
    "spread",
    "standardised",
    "same_sign",
    "replicates",
    "data_error",
    "data_low",
    "data_high",
    "resamples",
)
_ROUNDING = 1e-12  # relative changes below this count as 0
_MIDDLE = [0.025, 0.5, 0.975]


def spawned(seed: np.random.SeedSequence, *key: int) -> np.random.SeedSequence:
    return np.random.SeedSequence(seed.entropy, spawn_key=(*seed.spawn_key, *key))


def columns_and_values(table: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, Floats]]:
    """Measure and node of each column; by scenario an array (resample x) replicate x column."""
    sizes = [name for name in ("resample", "replicate") if name in table]
    values: dict[str, Floats] = {}
    for scenario, rows in table.groupby("scenario", observed=True, sort=False):
        rows = rows.sort_values(sizes, kind="stable", ignore_index=True)
        shape = (*(rows[name].nunique() for name in sizes), -1)
        values[str(scenario)] = array = rows["value"].to_numpy(np.float64).reshape(shape)
    return rows.loc[: array.shape[-1] - 1, ["measure", "node"]], values


def changes(before: npt.ArrayLike, after: npt.ArrayLike) -> Floats:
    """After minus before; what was measured once (one row) is compared with all."""
    with np.errstate(invalid="ignore"):  # infinite in both: the difference is undefined
        difference = np.subtract(after, before, dtype=np.float64)
    rounding = np.isclose(after, before, rtol=_ROUNDING, atol=0.0) & np.isfinite(difference)
    return np.where(rounding, 0.0, difference)


def size_of(*values: Floats) -> Floats:
    """Largest finite magnitude of each column: the scale of rounding."""
    sizes = [np.where(np.isfinite(each), np.abs(each), 0.0).max(axis=0) for each in values]
    return np.asarray(np.max(sizes, axis=0), np.float64)


def mean_of(values: Floats) -> Floats:
    """Of each column, without what is undefined; NaN where all is."""
    known = ~np.isnan(values)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(known, values, 0.0).sum(axis=0) / known.sum(axis=0))


def _variance_of(values: Floats) -> Floats:
    known = ~np.isnan(values)
    free = known.sum(axis=0) - 1
    with np.errstate(invalid="ignore"):
        square = np.where(known, values - mean_of(values), 0.0) ** 2
        return np.asarray(square.sum(axis=0) / np.where(free > 0, free, np.nan))


def _spread_of(values: Floats, size: Floats) -> Floats:
    """Standard deviation of each column; 0 where it is rounding of values of this size."""
    with np.errstate(invalid="ignore"):
        alike = np.fmax.reduce(values) - np.fmin.reduce(values) <= _ROUNDING * size
    variance = _variance_of(values)
    return np.where(alike & ~np.isnan(variance), 0.0, np.sqrt(variance))


def _quantiles_of(values: Floats) -> dict[str, Floats]:
    with np.errstate(invalid="ignore"):  # between infinite ones there is none
        quantiles = pd.DataFrame(values).quantile(_MIDDLE).to_numpy()
    return dict(zip(("low", "median", "high"), quantiles, strict=True))


def placement_statistics(baseline: Floats, values: Floats, differences: Floats) -> dict[str, Any]:
    n = (~np.isnan(differences)).sum(axis=0)
    mean = mean_of(differences)
    start = mean_of(baseline)
    spread = _spread_of(differences, size_of(baseline, values))
    quantiles = _quantiles_of(differences)
    median = quantiles["median"]
    higher = (differences > 0).sum(axis=0) + 0.5 * (differences == 0).sum(axis=0)
    alike = (np.sign(differences) == np.sign(median)).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = spread / n**0.5
        # Half the width of the interval; no spread has none.
        half = np.where(spread == 0, 0.0, error * stdtrit(np.maximum(n - 1, 1), 0.975))
        return {
            "baseline": start,
            "mean": mean_of(values),
            "difference": mean,
            "percent": 100 * mean / np.where(start == 0, np.nan, np.abs(start)),
            **quantiles,
            "mc_error": error,
            "mc_low": mean - half,
            "mc_high": mean + half,
            "spread": spread,
            "standardised": mean / np.where(spread > 0, spread, np.nan),
            "higher": higher / n,
            "same_sign": np.where(median == 0, np.nan, alike / n),
            "replicates": n,
        }


def variance_of_data(effects: Floats) -> float:
    """Variance of sets of data (rows) with the same placements (columns), or 0.

    Two-way random effects: the variance of the means of sets, less the interaction's part in it.
    """
    rows, columns = effects.shape
    means = effects.mean(axis=1, keepdims=True)
    if columns < 2:
        return float(means.var(ddof=1))
    rest = effects - means - effects.mean(axis=0) + effects.mean()
    interaction = (rest**2).sum() / ((rows - 1) * (columns - 1))
    return max(float(means.var(ddof=1) - interaction / columns), 0.0)


def data_statistics(effects: Floats | None, observed: Floats) -> pd.DataFrame:
    """Data uncertainty, one row a node; ``effects`` are set of data x placement x node."""
    rows = []
    for node, start in enumerate(mean_of(np.where(observed == np.inf, np.nan, observed))):
        values = np.empty((0, 1)) if effects is None else effects[:, :, node]
        values = values[np.isfinite(values).all(axis=1)]
        if len(values) < 2:
            rows.append((np.nan,) * 3 + (len(values),))
            continue
        variance = variance_of_data(values)
        means = values.mean(axis=1)
        # Means of few placements vary more than the data: shrink them to the variance of data.
        spread = means.std(ddof=1)
        deviation = (np.sqrt(variance) / spread if spread else 0.0) * (means - means.mean())
        # Of n draws each gap between neighbours holds 1 / (n + 1) of what could be drawn.
        low, high = np.quantile(deviation, [0.025, 0.975], method="weibull")
        rows.append((np.sqrt(variance), start + low, start + high, len(values)))
    return pd.DataFrame(rows, columns=["data_error", "data_low", "data_high", "resamples"])
