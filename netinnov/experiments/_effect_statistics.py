"""Statistics of effects: changes, their spread, data uncertainty, and ranks among placebos."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy
from scipy.special import stdtrit

from netinnov._typing import Floats
from netinnov.null_models._null_statistics import two_sided

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


DATA_COLUMNS = (
    "data_error",
    "data_error_high",
    "data_low",
    "data_high",
    "data_shift",
    "data_share",
    "resamples",
)


class Components(NamedTuple):
    """Variance components of an effect: resampled data, and placements."""

    data: float  # of the mean over all placements, between sets of data; 0 if negative
    upper: float  # 97.5 % upper limit of it, if means are normal
    placement: float  # between placements in one set of data
    means: Floats  # of each set of data, with less placement variance than the plain mean
    of_means: float  # variance of these


def components(
    effects: Floats, observed: Floats, number: npt.NDArray[np.intp] | None = None
) -> Components:
    """Split the variance of effects, set of data (row) x placement (column).

    ``observed`` are effects of the same placements in the data as observed; ``number`` tells which
    placement each is, if they are not all different.

    Random effects of sets of data and of placements: half the squared difference of two effects
    is on average data + within if both differ, and within in one set of data. So data is the mean
    over the first pairs less that over the second; where no placement is in two sets that is
    the variance of means less within / m, for m placements in a set. Sets that share placements
    share their deviations, so that the variance of means contains less of them.
    The effects of the same placements in the observed data are a control variate: effects less b
    (observed - its mean), b by least squares within sets. Any b leaves the variance of data
    unchanged and can reduce that within sets; b is near 1 where placements have the same effects
    in all data, and near 0 where they do not.
    """
    rows, columns = effects.shape
    inside = effects - effects.mean(axis=1, keepdims=True)
    if columns < 2:
        of_means = float(effects.var(ddof=1))
        upper = _upper(of_means, rows)
        return Components(of_means, upper, 0.0, effects[:, 0], of_means)
    deviations = observed - observed.mean(axis=1, keepdims=True)
    scale = float((deviations**2).sum())
    known = bool(np.isfinite(scale)) and scale > 0
    b = float((inside * deviations).sum()) / scale if known else 0.0
    controlled = effects - b * (observed - observed.mean()) if known else effects
    means = controlled.mean(axis=1)
    of_means = float(means.var(ddof=1))
    free = rows * (columns - 1)
    rest = float(((controlled - means[:, None]) ** 2).sum()) / max(free - known, 1)
    # Means differ by data and by the placements that they do not share.
    every_pair = of_means + rest * (columns - 1) / columns
    chance = of_means - (_both_differ(controlled, number, every_pair) - rest)
    return Components(
        min(max(of_means - chance, 0.0), of_means),
        max(_upper(of_means, rows) - max(chance, 0.0), 0.0),
        float((inside**2).sum() / free),
        means,
        of_means,
    )


def data_statistics(
    effects: Floats | None,
    observed: Floats,
    placed: Floats,
    number: npt.NDArray[np.intp] | None = None,
) -> pd.DataFrame:
    """Data uncertainty, one row a node; ``effects`` are set of data x placement x node."""
    if effects is None:
        none = np.full((observed.shape[1], len(DATA_COLUMNS)), np.nan)
        return pd.DataFrame(none, columns=list(DATA_COLUMNS)).assign(resamples=0)
    rows = []
    for node in range(observed.shape[1]):
        values = effects[:, :, node]
        defined = np.isfinite(values).all(axis=1)
        values = values[defined]
        if len(values) < 2:
            rows.append((np.nan,) * 6 + (len(values),))
            continue
        reference = placed[defined, :, node]
        split = components(values, reference, None if number is None else number[defined])
        # The means still have some placement variance: shrink them to the variance of data.
        shrink = np.sqrt(split.data / split.of_means) if split.of_means > 0 else 0.0
        deviation = shrink * (split.means - split.means.mean())
        # Of n draws each gap between neighbours holds 1 / (n + 1) of what could be drawn.
        low, high = np.quantile(deviation, [0.025, 0.975], method="weibull")
        known = observed[np.isfinite(observed[:, node]), node]
        start = known.mean() if len(known) else np.nan
        total = split.data + split.placement
        rows.append(
            (
                np.sqrt(split.data),
                np.sqrt(split.upper),
                start + low,
                start + high,
                split.means.mean() - reference.mean(),
                split.data / total if total > 0 else np.nan,
                len(values),
            )
        )
    return pd.DataFrame(rows, columns=list(DATA_COLUMNS))


def _both_differ(values: Floats, number: npt.NDArray[np.intp] | None, every_pair: float) -> float:
    """Half the mean squared difference between sets, over pairs of different placements."""
    if number is None:
        return every_pair
    rows, columns = values.shape
    # A placement is in a set once, so that all pairs of one placement are between sets.
    _, at, count = np.unique(number.ravel(), return_inverse=True, return_counts=True)
    mean = np.bincount(at, values.ravel()) / count
    alike = (count[at] * (values.ravel() - mean[at]) ** 2).sum() / 2
    n_alike = (count * (count - 1)).sum() / 2
    n_every = rows * (rows - 1) * columns**2 / 2
    return float((every_pair * n_every - alike) / (n_every - n_alike))


def _upper(variance: float, n: int) -> float:
    return float(variance * (n - 1) / scipy.stats.chi2.ppf(0.025, n - 1))


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
