"""Measured values as a table, and what changed between two of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._typing import Floats

__all__ = ["by_replicate", "changes"]

_ROUNDING = 1e-12
"""Changes so small beside the values are none: rounding has no sign and no rank."""


def by_replicate(rows: pd.DataFrame) -> Floats:
    """Give the values of one scenario and measure as a table replicate x node."""
    return rows["value"].to_numpy(np.float64).reshape(rows["replicate"].nunique(), -1)


def changes(before: npt.ArrayLike, after: npt.ArrayLike) -> Floats:
    """Differences after minus before; what was measured once (one row) is set against all."""
    start, end = np.asarray(before, np.float64), np.asarray(after, np.float64)
    with np.errstate(invalid="ignore"):  # infinite in both: the difference is undefined
        found = end - start
        size = np.maximum(np.abs(start), np.abs(end))
        rounding = np.isfinite(size) & (np.abs(found) <= _ROUNDING * size)
    return np.where(rounding, 0.0, found)
