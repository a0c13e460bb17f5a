"""What counts as a sequence of values: numbers of zero or more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._arguments import shown
from netinnov._columns import as_numbers
from netinnov._typing import Floats
from netinnov.errors import InputError

if TYPE_CHECKING:
    Values: TypeAlias = Sequence[float] | npt.NDArray[Any] | pd.Series[Any]


def numbers(values: Values) -> Floats:
    try:
        array = np.asarray(values)
    except ValueError:  # rows of different lengths
        array = np.empty((0, 0))
    if array.ndim != 1:
        msg = f"values must be a sequence of numbers; found {type(values).__name__}"
        raise InputError(f"{msg} of {array.ndim} dimensions.")
    x: Floats
    if array.dtype.kind in "biuf":
        x = array.astype(np.float64)
    elif array.dtype.kind != "O" or any(isinstance(value, str) for value in array):
        raise InputError(f"values must be numbers; found {array[:5].tolist()}.")
    else:
        x, _ = as_numbers(pd.Series(array))
    bad = np.flatnonzero(~(np.isfinite(x) & (x >= 0)))
    if len(bad):
        rows = ", ".join(f"{shown(array[i])} at position {i}" for i in bad[:5])
        msg = f"values must be finite and 0 or more; {len(bad)} of {len(x)} are not: {rows}."
        raise InputError(f"{msg} Drop or mend them first.")
    return x


def positive(values: Values) -> Floats:
    x = numbers(values)
    return x[x > 0]


def scaled(values: Values) -> Floats:
    """Divide by the largest, so that no sum overflows; nothing is left where all are zero."""
    x = numbers(values)
    largest = x.max(initial=0.0)
    return x / largest if largest > 0 else x[:0]
