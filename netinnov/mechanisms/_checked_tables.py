"""Tables of regions, fields or types as arrays, checked at the door."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import numpy as np
import pandas as pd

from netinnov._runtime.arguments import as_floats, examples, shown
from netinnov._typing import Floats, Mask
from netinnov.errors import InputError


def numbers_of(
    name: str,
    values: Any,
    of: str,
    *,
    must_be: str,
    inside: Callable[[Floats], Mask],
    missing: float = np.nan,
) -> Floats:
    """Copy of a table whose values all satisfy `inside`; missing ones become `missing`."""
    if not isinstance(values, pd.DataFrame):
        raise InputError(f"`{name}` must be a DataFrame of pandas, {of}; found {shown(values)}.")
    x = as_floats(name, values)
    x[np.isnan(x)] = missing
    bad = np.argwhere(~inside(x)).tolist()
    if bad:
        rows = values.index.tolist()
        columns = values.columns.tolist()
        cells = examples(bad, lambda at: f"{x[*at]:g} at ({rows[at[0]]!r}, {columns[at[1]]!r})")
        raise InputError(f"`{name}` must be {must_be}; {len(bad)} values are not: {cells}.")
    return x


def in_order(name: str, values: Any, names: Collection[Any]) -> Floats:
    """Numbers in the order of `names`; unnamed values, or an index 0, 1, ..., stay as they are."""
    labelled = isinstance(values, (pd.Series, pd.DataFrame))
    if labelled and names and not values.index.equals(pd.RangeIndex(len(values))):
        for labels in values.axes:
            if not labels.is_unique or set(labels) != set(names):
                raise InputError(
                    f"`{name}` must have one entry for each region, {examples(names)}; "
                    f"found {examples(labels)}."
                )
        values = values.loc[list(names)]
        values = values[list(names)] if isinstance(values, pd.DataFrame) else values
    return as_floats(name, values)


def refuse_asymmetric(name: str, values: Floats) -> None:
    unlike = np.argwhere(np.abs(values - values.T) > 1e-9 * np.abs(values).max(initial=0))
    if unlike.size:
        i, j = unlike[0]
        raise InputError(
            f"`{name}` must be symmetric; found {values[i, j]:g} at ({i}, {j}) and "
            f"{values[j, i]:g} at ({j}, {i})."
        )


def refuse_outside(name: str, values: Floats, inside: Mask, bound: str) -> None:
    if not inside.all():
        outside = np.argwhere(~inside).tolist()
        cells = examples(outside, lambda at: f"{values[*at]:g}{f' at {at}' if at else ''}")
        raise InputError(f"`{name}` must be {bound}; found {cells}.")
