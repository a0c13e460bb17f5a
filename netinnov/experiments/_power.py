"""How many replicates an experiment needs."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable
from functools import cache, partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import scipy

from netinnov._arguments import check_confidence, check_number

if TYPE_CHECKING:
    from netinnov.experiments._experiment_result import ExperimentResult

_MANY = 10_000
"""Replicates from which the noncentral t is taken as normal."""


def replicates_needed(
    pilot: ExperimentResult, *, precision: float, confidence: float = 0.95, power: float = 0.8
) -> pd.DataFrame:
    """Count the replicates that make Monte Carlo error small enough.

    Parameters
    ----------
    pilot : ExperimentResult
        A small experiment of the same kind; 20 replicates give the spread to about a third.
    precision : float
        Half the width that the confidence interval of ``difference`` may have, in units of the
        spread (standard deviation) over placements; 0.1 is a tenth of it.
    confidence : float
        Of the interval, above 0 and below 1.
    power : float
        How often an experiment of so many replicates should find a sign, above 0 and below 1.

    Returns
    -------
    DataFrame
        One row for each scenario, measure and node: ``scenario``, ``measure``, ``node``,
        ``spread``, ``half_width`` that is asked for in units of the measure, ``replicates`` that
        give it, and ``replicates_for_sign``: those with which the interval leaves out 0 in a share
        of ``power`` of all experiments, if effect and spread are as in the pilot. Missing where the
        pilot has under two defined replicates (for the sign: no effect); 1 where nothing is random.

    Raises
    ------
    InputError
        A precision, confidence or power out of range.

    Notes
    -----
    The least n with t(n - 1) sd / sqrt(n) at or below the half width; for the sign, the least n at
    which the t-test of normal differences has the power (noncentral t). It is about Monte Carlo
    error alone: no number of replicates makes a small effect large, or a placebo test powerful
    where there are few places to choose from.

    Examples
    --------
    >>> import pandas as pd
    >>> from netinnov.experiments import ExperimentResult
    >>> rows = [("baseline", 0, 0.0), ("x", 0, 1.0), ("x", 1, 2.0), ("x", 2, 3.0)]
    >>> table = pd.DataFrame(rows, columns=["scenario", "replicate", "value"])
    >>> pilot = ExperimentResult(table.assign(measure="m", node=None))
    >>> replicates_needed(pilot, precision=0.5)[["spread", "replicates"]].values.tolist()
    [[1.0, 18]]
    """
    check_number("precision", precision, low=0, above=True)
    check_confidence("confidence", confidence)
    check_confidence("power", power)
    effects = pilot.effects(full=True)
    spread = effects["spread"].to_numpy(np.float64)
    effect = effects["difference"].to_numpy(np.float64)
    quantile = (1 + confidence) / 2

    @cache
    def narrow(n: int) -> bool:
        """Whether the interval of n replicates is narrow enough, whatever the spread."""
        return bool(scipy.stats.t.ppf(quantile, n - 1) / math.sqrt(n) <= precision)

    def powerful(n: int, ratio: float) -> bool:
        """Whether n replicates leave out 0 often enough at this ratio of effect and spread."""
        bound, shift = scipy.stats.t.ppf(quantile, n - 1), math.sqrt(n) * ratio
        if n > _MANY:  # the noncentral t is normal, and hard to compute
            return bool(scipy.stats.norm.cdf(shift - bound) >= power)
        tails = scipy.stats.nct.sf(bound, n - 1, shift) + scipy.stats.nct.cdf(-bound, n - 1, shift)
        return not tails < power  # NaN where it is too near to 1 to be computed

    wanted, sign = [], []
    for sd, change in zip(spread, effect, strict=True):
        ratio = abs(change) / sd if sd > 0 else math.nan
        wanted.append(_smallest_n(sd, narrow))
        sign.append(_smallest_n(sd, partial(powerful, ratio=ratio)) if change else None)
    return effects[["scenario", "measure", "node"]].assign(
        spread=spread,
        half_width=precision * spread,
        replicates=pd.array(wanted, "Int64"),
        replicates_for_sign=pd.array(sign, "Int64"),
    )


def _smallest_n(spread: float, enough: Callable[[int], bool]) -> int | None:
    """Give the least n, 2 or more, that is enough; 1 where nothing is random."""
    if math.isnan(spread):
        return None
    if spread == 0:
        return 1
    n = bisect_left(range(2**52), True, lo=2, key=enough)
    return n if n < 2**52 else None
