"""Statistics of effects: changes, their spread, and ranks among placebos."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import stdtrit

from netinnov._typing import Floats
from netinnov.null_models._statistics import two_sided

_ROUNDING = 1e-12  # relative changes below this count as 0


def by_replicate(rows: pd.DataFrame) -> Floats:
    return rows["value"].to_numpy(np.float64).reshape(rows["replicate"].nunique(), -1)


def changes(before: npt.ArrayLike, after: npt.ArrayLike) -> Floats:
    """After minus before; what was measured once (one row) is compared with all."""
    start, end = np.asarray(before, np.float64), np.asarray(after, np.float64)
    with np.errstate(invalid="ignore"):  # infinite in both: the difference is undefined
        difference = end - start
        size = np.maximum(np.abs(start), np.abs(end))
        rounding = np.isfinite(size) & (np.abs(difference) <= _ROUNDING * size)
    return np.where(rounding, 0.0, difference)


def size_of(*values: Floats) -> Floats:
    """Largest finite magnitude of each column: the scale of rounding."""
    sizes = [np.where(np.isfinite(each), np.abs(each), 0.0).max(axis=0) for each in values]
    return np.asarray(np.max(sizes, axis=0), np.float64)


def spread_of(change: pd.DataFrame, size: Floats) -> pd.Series:
    """Standard deviation of each column; 0 where it is rounding of values of this size."""
    alike = (change.max() - change.min()) <= _ROUNDING * size
    return change.std().mask((change.count() > 1) & alike, 0.0)


def placement_statistics(
    baseline: Floats, values: Floats, differences: Floats, size: Floats
) -> pd.DataFrame:
    change = pd.DataFrame(differences)
    n = change.count()
    spread = spread_of(change, size)
    mean = change.mean()
    quantiles = change.quantile([0.025, 0.5, 0.975])
    low, median, high = (quantiles.loc[q] for q in (0.025, 0.5, 0.975))
    start = pd.DataFrame(baseline).mean()
    error = spread / n.pow(0.5)
    # Half the width of the interval; no spread has none.
    half = error.mul(stdtrit(np.maximum(n - 1, 1), 0.975)).mask(spread == 0, 0.0)
    return pd.DataFrame(
        {
            "baseline": start,
            "mean": pd.DataFrame(values).mean(),
            "difference": mean,
            "relative": 100 * mean / start.abs().where(start != 0),
            "median": median,
            "low": low,
            "high": high,
            "mc_error": error,
            "mc_low": mean - half,
            "mc_high": mean + half,
            "spread": spread,
            "standardised": mean / spread.where(spread > 0),
            "same_sign": ((np.sign(change) == np.sign(median)).sum() / n).where(median != 0),
            "replicates": n,
        }
    )


def placebo_statistics(
    change: Floats,
    placebo: Floats | None,
    labels: Sequence[str] | None,
    reasons: Sequence[str],
    size: Floats,
) -> pd.DataFrame:
    compared = _compared(change, placebo, labels, size)
    n = compared.placebos.count().to_numpy()
    p = np.asarray(two_sided(compared.real, compared.placebos.to_numpy(), size), np.float64)
    why = np.full(len(n), pd.NA, object)
    why[compared.different < 2] = "the placebo is always the same: a rank needs several"
    why[np.isnan(p) | np.isnan(change).all(axis=0)] = "undefined"
    why = np.array([reason or other for reason, other in zip(reasons, why, strict=True)], object)
    low, median, high = compared.band.quantile([0.025, 0.5, 0.975]).to_numpy()
    return pd.DataFrame(
        {
            "placebo_median": median,
            "placebo_low": low,
            "placebo_high": high,
            "placebo_n": n,
            "placebo_placements": compared.placements,
            "ranked": compared.real if compared.placements else np.nan,
            "placebo_p": np.where(pd.isna(why), p, np.nan),
            "why_no_p": pd.array(why, "str"),
        }
    )


class _Compared(NamedTuple):
    placebos: pd.DataFrame
    real: pd.Series
    band: pd.DataFrame
    placements: int
    different: npt.NDArray[Any]  # number of placebos known to differ


def _compared(
    change: Floats, placebo: Floats | None, labels: Sequence[str] | None, size: Floats
) -> _Compared:
    every = pd.DataFrame(change)
    if placebo is None:
        none = pd.DataFrame(np.full((1, change.shape[1]), np.nan))
        return _Compared(none, every.mean(), none, 0, none.count().to_numpy())
    draws = pd.DataFrame(placebo)
    if not labels or not any(labels):
        # Different placebos may have the same effect; of those without a name nobody knows.
        different = draws.nunique().mask(spread_of(draws, size) == 0, 1).to_numpy()
        return _Compared(draws, every.mean(), draws, 1, different)
    keys = [label or str(at) for at, label in enumerate(labels[: len(draws)])]
    code, each, own = _turns(keys)
    if len(every) == 1 < len(draws):  # nothing is drawn, so that no replicate is in two of them
        code = pd.factorize(np.asarray(keys, object))[0].astype(np.intp)
    taken = code >= 0
    within = draws[taken].groupby(code[taken])
    first = within.head(each)
    means = first.groupby(code[first.index]).mean()
    real = every.iloc[own].mean() if len(every) == len(draws) else every.mean()
    band = _band(
        within.mean(), _placement_variance(draws[taken], within), within.count(), every.count()
    )
    return _Compared(means, real, band, each, means.count().to_numpy())


def _turns(keys: Sequence[str]) -> tuple[npt.NDArray[np.intp], int, npt.NDArray[np.intp]]:
    """Sample equally many placebo and real placements without replacement."""
    code, names = pd.factorize(np.asarray(keys, object))
    code = code.astype(np.intp)
    each = min(int(np.bincount(code).min()), len(code) // (len(names) + 1))
    if not each and len(code) > 1:
        # All are different, one a replicate: the last one leaves its own to the real one.
        code[-1], each = -1, 1
    each = max(each, 1)
    turn = pd.Series(code).groupby(code).cumcount().to_numpy()
    own = np.flatnonzero((code < 0) | (turn >= each))[:each]
    return code, each, own if len(own) else np.arange(1)


def _placement_variance(draws: pd.DataFrame, within: Any) -> Any:
    """Variance of placements at one place, pooled; NaN if there is one of each."""
    deviations = draws - within.transform("mean")
    free = (within.count() - 1).clip(lower=0).sum()
    return deviations.pow(2).sum() / free.where(free > 0)


def _band(means: Any, within: Any, n: Any, n_real: Any) -> Any:
    """Shrink the means of places to the placement variance of the real mean."""
    with np.errstate(invalid="ignore"):  # infinite effects have no variance: the band stays
        between = means.var()
        of_real = within / n_real
        places = (between - within * (1 / n.where(n > 0)).mean()).clip(lower=0)
        shrink = (((places + of_real) / between.where(between > 0)).clip(upper=1) ** 0.5).fillna(
            1.0
        )
        middle = means.quantile(0.5)
        return means.where(
            np.broadcast_to(shrink == 1, means.shape), middle + shrink * (means - middle)
        )
