"""Ranks of hosts with confidence sets, from the changes that each makes in the same units."""

from __future__ import annotations

import warnings
from typing import NamedTuple

import numpy as np
import pandas as pd

from netinnov._typing import Floats, Mask
from netinnov.errors import InputError
from netinnov.planning._plan_values import ROUNDING

COLUMNS = ["median", "low", "high", "regret", "rank", "rank_low", "rank_high"]


class Changes(NamedTuple):
    """Changes at home in per cent, a column for each host."""

    placed: Floats  # a row for each placement in the network as it is
    resampled: Floats | None  # resample, placement, host; NaN where it is left out


def per_cent(before: float, after: Floats) -> Floats:
    """Changes in per cent of the value before; NaN where that is 0."""
    if not before:
        return np.full(after.shape, np.nan)
    change = after - before
    change[np.abs(change) < ROUNDING * max(abs(before), np.abs(after).max())] = 0.0
    return np.asarray(100 * change / abs(before))


def whole_placements(resampled: Floats) -> Floats:
    """Without the placements that some host cannot have; a warning counts them."""
    complete: Mask = np.asarray(np.isfinite(resampled).all(axis=2))
    kept = np.flatnonzero(complete.sum(axis=1))
    if kept.size < 2:
        raise InputError(
            "every host must be able to have the park in two resamples or more; it can in "
            f"{kept.size} of {len(resampled)}. Leave out hosts, or take a smaller park."
        )
    whole = int(complete.sum())
    if whole < complete.size:
        warnings.warn(
            f"{complete.size - whole} of {complete.size} placements in resamples are left out for "
            "all hosts, because one of them cannot have the park in it.",
            UserWarning,
            stacklevel=5,
        )
    return np.where(complete[:, :, None], resampled, np.nan)[kept]


def table_of_hosts(hosts: list[str], changes: Changes, confidence: float) -> pd.DataFrame:
    placed, resampled = changes
    if not np.isfinite(placed).all():
        return pd.DataFrame(np.nan, index=pd.Index(hosts, dtype="str"), columns=COLUMNS)
    median = np.median(placed, axis=0)
    units = placed
    draws = placed
    if resampled is not None:
        units = np.nanmean(resampled, axis=1)
        draws = resampled.reshape(-1, len(hosts))
        draws = draws[np.isfinite(draws).all(axis=1)]
        draws = draws - np.median(draws, axis=0) + median
    low, high = np.quantile(draws, [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
    # Values in per cent are of the size of the value before, 100, or of the largest change.
    least = ROUNDING * max(100.0, np.abs(units).max(), np.abs(placed).max())
    regret = (units.max(axis=1, keepdims=True) - units).mean(axis=0)
    ranks = [_ranks_of(at, units, least, confidence) for at in range(len(hosts))]
    table = pd.DataFrame(
        {
            "median": median,
            "low": low,
            "high": high,
            "regret": np.where(regret > least, regret, 0.0),
            "rank": _tied_ranks(median, least),
            "rank_low": [float(first) for first, _ in ranks],
            "rank_high": [float(last) for _, last in ranks],
        },
        index=pd.Index(hosts, dtype="str"),
    )
    return table.sort_values("rank", kind="stable")


def _tied_ranks(values: Floats, least: float) -> Floats:
    """1 for the largest; values that differ by no more than `least` share their mean rank."""
    order = np.argsort(-values, kind="stable")
    group = np.empty(values.size, np.int64)
    group[order] = np.cumsum(np.diff(-values[order], prepend=-values[order[0]]) > least)
    return np.asarray(pd.Series(group).rank(method="average"), np.float64)


def _ranks_of(at: int, units: Floats, least: float, confidence: float) -> tuple[int, int]:
    """Smallest and largest rank of a host in its confidence set."""
    difference = units - units[:, [at]]
    difference[np.abs(difference) <= least] = 0.0
    mean = difference.mean(axis=0)
    deviation = np.zeros(mean.size)
    if len(units) > 1:
        deviation = difference.std(axis=0, ddof=1)
    deviation[deviation <= least] = 0.0
    varies = deviation > 0
    critical = 0.0
    if varies.any():
        away = np.abs(difference - mean)[:, varies] / deviation[varies]
        critical = float(np.quantile(away.max(axis=1), confidence))
    edge = np.maximum(critical * deviation, least)
    better = int((mean > edge).sum())
    worse = int((mean < -edge).sum())
    return 1 + better, mean.size - worse
