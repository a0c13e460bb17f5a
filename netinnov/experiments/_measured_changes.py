"""Measured values as a table, what changed between two of them, and how far that scatters."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._typing import Floats

_ROUNDING = 1e-12
"""Relative changes below this are rounding and count as 0."""


def by_replicate(rows: pd.DataFrame) -> Floats:
    """Give the values of one scenario and measure as a table replicate x node."""
    return rows["value"].to_numpy(np.float64).reshape(rows["replicate"].nunique(), -1)


def changes(before: npt.ArrayLike, after: npt.ArrayLike) -> Floats:
    """Differences after minus before; what was measured once (one row) is set against all."""
    start, end = np.asarray(before, np.float64), np.asarray(after, np.float64)
    with np.errstate(invalid="ignore"):  # infinite in both: the difference is undefined
        difference = end - start
        size = np.maximum(np.abs(start), np.abs(end))
        rounding = np.isfinite(size) & (np.abs(difference) <= _ROUNDING * size)
    return np.where(rounding, 0.0, difference)


def size_of(*values: Floats) -> Floats:
    """Give the largest finite size of the values of each column: what rounding is measured by."""
    sizes = [np.where(np.isfinite(each), np.abs(each), 0.0).max(axis=0) for each in values]
    return np.asarray(np.max(sizes, axis=0), np.float64)


def spread_of(change: pd.DataFrame, size: Floats) -> pd.Series:
    """Standard deviation of each column; 0 where all of it is rounding of values of this size."""
    alike = (change.max() - change.min()) <= _ROUNDING * size
    return change.std().mask((change.count() > 1) & alike, 0.0)
