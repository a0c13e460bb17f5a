"""Data uncertainty and placement variance: components of variance."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from netinnov._typing import Floats

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
    """Components of the variance of an effect: resampled data, and placements."""

    data: float
    """Variance over sets of data of the mean over all placements; 0 if its estimate is negative."""
    upper: float
    """97.5 % upper limit of it, if means are normal."""
    placement: float
    """Variance over placements in one set of data."""
    means: Floats
    """Mean of each set of data, with less placement variance than the plain mean."""
    of_means: float
    """Variance of these."""


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
    """Columns on data uncertainty, one row a node.

    ``effects`` are set of data x placement x node (a set in which one is undefined is left out),
    ``placed`` those of the same placements in the data as observed, ``observed`` (placement x node)
    those of all placements there, and ``number`` which placements the first are.
    """
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
    """Mean of half the squared differences between sets, of pairs of different placements.

    ``every_pair`` is the same mean over all pairs between sets.
    """
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
    return float(variance * (n - 1) / stats.chi2.ppf(0.025, n - 1))
