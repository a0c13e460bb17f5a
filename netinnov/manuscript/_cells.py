"""The cells of a table for print, and how numbers are written in them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

MISSING = "\N{EN DASH}"
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_LEAST_FIXED = 1e-4


class Grid(NamedTuple):
    """A table as text; minus signs, powers and dashes are those of print."""

    head: list[str]
    rows: list[list[str]]
    n_labels: int
    """The first columns are labels, on the left; numbers follow."""
    foot: Sequence[list[str]] = ()
    """Rows below a rule, such as numbers of observations."""
    notes: Sequence[str] = ()


def words(name: object) -> str:
    """A name of a column or measure as words; of a column of several levels all of them."""
    text = ", ".join(map(str, name)) if isinstance(name, tuple) else str(name)
    return text.replace("_", " ")


def plain(text: Any) -> str:
    """Text of one line; a dash for what is missing."""
    if pd.api.types.is_scalar(text) and pd.isna(text):
        return MISSING
    return " ".join(str(text).split())


def number(value: Any, digits: int, *, whole: bool = False) -> str:
    """So many significant digits, with separators; a dash for what is missing.

    ``whole``: numbers that count, without decimals.
    """
    if value is None or pd.isna(value):
        return MISSING
    value = float(value)
    sign = "\N{MINUS SIGN}" if value < 0 else ""
    size = abs(value)
    if math.isinf(size):
        return f"{sign}\N{INFINITY}"
    if size == 0 or whole:
        return f"{sign if round(size) else ''}{size:,.0f}"
    mantissa, exponent = f"{size:.{digits - 1}e}".split("e")
    power = int(exponent)
    if size < _LEAST_FIXED or power >= 15:
        return f"{sign}{mantissa} × 10{str(power).translate(_SUPERSCRIPTS)}"
    return f"{sign}{size:,.{max(digits - 1 - power, 0)}f}"


def interval(low: Any, high: Any, digits: int, *, whole: bool = False) -> str:
    """The two ends of an interval in brackets."""
    if pd.isna(low) or pd.isna(high):
        return MISSING
    return f"[{number(low, digits, whole=whole)}, {number(high, digits, whole=whole)}]"


def p_value(value: Any) -> str:
    """Three decimals, or that it is below 0.001."""
    if value is None or pd.isna(value):
        return MISSING
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def are_whole(values: Iterable[Any]) -> bool:
    """Whether all numbers that are there are whole ones and at least one is."""
    known = [float(value) for value in values if value is not None and not pd.isna(value)]
    return bool(known) and all(value.is_integer() for value in known)


def column(values: pd.Series, digits: int) -> list[str]:
    """The cells of a column: truth values as yes and no, numbers rounded, all else as text."""
    if pd.api.types.is_bool_dtype(values.dtype):
        return [MISSING if pd.isna(value) else "yes" if value else "no" for value in values]
    if pd.api.types.is_complex_dtype(values.dtype):
        return [plain(value) for value in values]
    if pd.api.types.is_numeric_dtype(values.dtype):
        held = values.astype(object).tolist()
        whole = are_whole(held)
        return [number(value, digits, whole=whole) for value in held]
    decimal = [isinstance(value, (float, np.floating)) for value in values]
    cells = zip(values, decimal, strict=True)
    return [number(value, digits) if known else plain(value) for value, known in cells]


def blank_repeats(labels: Sequence[Sequence[str]]) -> list[list[str]]:
    """Rows of labels in which what repeats from the row above is left out, left to right."""
    rows: list[list[str]] = []
    above: Sequence[str] = ()
    for row in labels:
        same = 0
        while same < len(row) - 1 and above and row[same] == above[same]:
            same += 1
        rows.append(["" if k < same else text for k, text in enumerate(row)])
        above = row
    return rows
