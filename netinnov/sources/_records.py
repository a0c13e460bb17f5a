"""From records to one row an id, and what must be said of the records."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import pandas as pd

from netinnov.errors import shortened

__all__ = ["most_frequent", "warn_of"]


def most_frequent(values: pd.Series, by: pd.Series) -> pd.Series:
    """The most frequent value of each group that is not missing; of equals the first seen."""
    counts = values.groupby([by.rename("group"), values.rename("value")], sort=False).size()
    first = counts.sort_values(ascending=False, kind="stable").reset_index()
    return first.drop_duplicates("group").set_index("group")["value"]


def warn_of(faults: Sequence[str]) -> None:
    """One warning of all faults, at the line that called the reader."""
    if faults:
        message = "\n- ".join(["some rows or values could not be used as they are:", *faults])
        warnings.warn(shortened(message), UserWarning, stacklevel=3)
