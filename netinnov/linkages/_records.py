"""Columns of tables of records: ids, numbers and periods, a fault named with its rows."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._arguments import did_you_mean, examples, shown
from netinnov._columns import as_numbers, as_text, is_blank
from netinnov._typing import Floats
from netinnov.errors import InputError

__all__ = ["Integers", "ids", "link_table", "numbers", "periods"]

Integers = npt.NDArray[np.integer]


def ids(table: pd.DataFrame, name: str) -> pd.Series:
    """A column of ids as text, on a new index of rows."""
    values = _column(table, name).reset_index(drop=True)
    text, bad, mixed = as_text(values)
    if mixed:
        msg = f"column {name!r} mixes numbers and text; write all of its ids as text."
        raise InputError(msg)
    if (bad := bad | is_blank(text)).any():
        listed = examples(values[bad].items(), lambda item: f"row {item[0]} ({item[1]})")
        msg = f"column {name!r} must have an id in every row; {bad.sum()} have none: {listed}."
        raise InputError(msg)
    return text


def numbers(
    table: pd.DataFrame,
    name: str,
    rows: pd.Index,
    *,
    low: float,
    high: float = np.inf,
    above: bool = False,
) -> Floats:
    """A column of finite numbers in [low, high], or (low, high] with ``above``."""
    values = _column(table, name)
    number, _ = as_numbers(values)
    good = np.isfinite(number) & (number >= low) & (number <= high) & ~(above & (number == low))
    if not good.all():
        bound = f"above {low:g}" if above else f"at least {low:g}"
        bound = bound if np.isinf(high) else f"between {low:g} and {high:g}"
        listed = [f"{row} ({value})" for row, value in zip(rows[~good], values[~good], strict=True)]
        msg = f"{name!r} must be a number {bound}; {len(listed)} rows are not: "
        raise InputError(f"{msg}{examples(listed, str)}.")
    return number


def periods(table: pd.DataFrame, name: str) -> pd.Series:
    """A column of whole numbers that may be missing, on a new index of rows."""
    values = _column(table, name).reset_index(drop=True)
    number, text = as_numbers(values)
    with np.errstate(invalid="ignore"):
        bad = text | (number != np.floor(number)) & ~np.isnan(number) | np.isinf(number)
    if bad.any():
        listed = examples(values[bad].items(), lambda item: f"row {item[0]} ({item[1]})")
        msg = f"column {name!r} must hold whole numbers; {bad.sum()} are none: {listed}."
        raise InputError(msg)
    return pd.Series(number).astype("Int64")


def link_table(names: pd.Index, source: Integers, target: Integers, weight: Floats) -> pd.DataFrame:
    """Links between positions as links between names."""
    return pd.DataFrame(
        {"source": names.take(source), "target": names.take(target), "weight": weight}
    )


def _column(table: pd.DataFrame, name: str) -> pd.Series:
    value: object = table
    if not isinstance(value, pd.DataFrame):
        msg = f"the table with the column {shown(name)} must be a DataFrame; found {shown(table)}."
        raise InputError(msg)
    asked: Any = name
    if not isinstance(asked, Hashable) or asked not in table:
        known = [str(column) for column in table.columns]
        msg = f"the table must have a column {shown(name)}{did_you_mean(name, known)}"
        raise InputError(f"{msg}; it has {known}.")
    return table[name]
