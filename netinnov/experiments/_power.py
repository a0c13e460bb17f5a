"""How many replicates an experiment needs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

from netinnov._arguments import check_level, check_number

if TYPE_CHECKING:
    from netinnov.experiments._effects import ExperimentResult

__all__ = ["replicates_needed"]


def replicates_needed(
    pilot: ExperimentResult, *, precision: float, confidence: float = 0.95
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

    Returns
    -------
    DataFrame
        One row for each scenario, measure and node: ``scenario``, ``measure``, ``node``,
        ``spread``, ``half_width`` that is asked for in units of the measure, ``replicates`` that
        give it, and ``replicates_for_sign``: those with which the interval leaves out 0 if the
        effect is as in the pilot. Missing where the pilot has fewer than two defined replicates
        (or, for the sign, no effect); 1 where nothing is random.

    Raises
    ------
    InputError
        A precision or confidence out of range.

    Notes
    -----
    The least n with t(n - 1) sd / sqrt(n) at or below the half width. It is about Monte Carlo
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
    check_level("confidence", confidence)
    effects = pilot.effects()
    spread = effects["spread"].to_numpy(np.float64)
    effect = effects["difference"].to_numpy(np.float64)
    wanted = [_least(sd, precision * sd, confidence) for sd in spread]
    sign = [
        _least(sd, abs(change), confidence) if change else None
        for sd, change in zip(spread, effect, strict=True)
    ]
    return effects[["scenario", "measure", "node"]].assign(
        spread=spread,
        half_width=precision * spread,
        replicates=pd.array(wanted, "Int64"),
        replicates_for_sign=pd.array(sign, "Int64"),
    )


def _least(spread: float, half_width: float, confidence: float) -> int | None:
    """Give the least n whose interval is narrow enough."""
    if math.isnan(spread) or math.isnan(half_width):
        return None
    if spread == 0:
        return 1
    if half_width == 0:
        return None

    def wide(n: int) -> bool:
        t = float(stats.t.ppf((1 + confidence) / 2, n - 1))
        return t * spread / math.sqrt(n) > half_width

    low, high = 1, 2
    while wide(high):
        low, high = high, 2 * high
        if high > 2**52:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if wide(middle) else (low, middle)
    return high
