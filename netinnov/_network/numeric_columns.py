"""Columns of text as numbers: what stands before decimals, and what loses nothing as a number."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from netinnov._network.columns import as_floats
from netinnov._network.file_rows import row_unit
from netinnov.errors import InputError

Decimal = Literal[".", ","]
AFTER_THOUSANDS = {".": ",", ",": "."}
WITH_MARK = {".": r"\s*[+-]?\d*\.\d+\s*", ",": r"\s*[+-]?\d+,\d+\s*"}
PERHAPS_THOUSANDS = {mark: rf"\s*[+-]?[1-9]\d{{0,2}}\{mark}\d{{3}}\s*" for mark in WITH_MARK}
FOUR_DIGITS = r"\s*[+-]?\d{4,}\s*"  # thousands without a mark
THOUSANDS = {
    mark: re.compile(rf"\s*[+-]?\d{{1,3}}(\{after}\d{{3}})+(\{mark}\d*)?\s*")
    for mark, after in AFTER_THOUSANDS.items()
}
COORDINATES = ("lon", "lat")  # too small for thousands
SAY = "say which: decimal='.' or decimal=','; in a study under [data]"


def number_of(text: str) -> float:
    """NaN of what is none to others than Python: 1_000, infinity, digits of other scripts."""
    number = float(text) if PLAIN.fullmatch(text) else math.nan
    return number if math.isfinite(number) else math.nan


def decimal_of(file: str, frame: pd.DataFrame, columns: Sequence[str], delimiter: str) -> Decimal:
    """Decimal mark of some columns: one for all; a point in a file delimited by commas.

    Elsewhere numbers are refused that may be thousands: all marked ones have one to three digits
    before the mark, without a leading zero, and three after it; none has four digits unmarked; none
    is a coordinate. A single number with a point is a decimal.
    """
    if delimiter == "," or not columns:
        return "."
    parts = [_texts(frame[name]) for name in columns]
    cells = pd.concat(parts)
    column = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    fits = {mark: cells.str.fullmatch(form).to_numpy(bool) for mark, form in WITH_MARK.items()}
    marks: list[Decimal] = [mark for mark in (",", ".") if fits[mark].any()]

    def first(mark: str) -> str:
        at = int(np.flatnonzero(fits[mark])[0])
        where = f"{row_unit(frame)} {cells.index[at]}, column {columns[column[at]]!r}"
        return f"{cells.iloc[at]!r} ({where})"

    if len(marks) != 1:
        if not marks:
            return "."
        raise InputError(
            f"{file} must have one mark before decimals; it has {first(',')} and "
            f"{first('.')}; {SAY}."
        )
    (mark,) = marks
    numbers = cells[fits[mark]]
    sure = (
        (mark == "." and len(numbers) == 1)
        or not numbers.str.fullmatch(PERHAPS_THOUSANDS[mark]).all()
        or cells.str.fullmatch(FOUR_DIGITS).any()
        or any(columns[at] in COORDINATES for at in np.unique(column[fits[mark]]))
    )
    if not sure:
        called = {",": "comma", ".": "point"}[mark]
        raise InputError(
            f"{file} has {first(mark)}, in which the {called} may stand before decimals or "
            f"after thousands, as in each of {len(numbers)} numbers with one; {SAY}."
        )
    return mark


def plain(values: pd.Series, decimal: Decimal) -> pd.Series:
    """Texts with a point before decimals and nothing after thousands; other cells stay."""
    thousands = AFTER_THOUSANDS[decimal]
    form = THOUSANDS[decimal]
    # A mark at another place becomes an apostrophe, with which no text is a number.
    point = str.maketrans({decimal: ".", thousands: "'"})

    def cell(value: object) -> object:
        if not isinstance(value, str):
            return value
        text = value.replace(thousands, "") if form.fullmatch(value) else value
        return text.translate(point)

    return values.map(cell, na_action="ignore")


def _texts(column: pd.Series) -> pd.Series:
    if isinstance(column.dtype, pd.StringDtype):
        return column.dropna()
    return column[column.map(lambda cell: isinstance(cell, str)).to_numpy(bool)].astype("str")


# Our columns of text and of numbers, recognised in any case
COLUMNS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "nodes": (("node", "kind", "place", "jurisdiction"), ("lon", "lat", "population")),
    "links": (("source", "target", "layer"), ("weight", "period")),
    "places": (("place", "parent"), ("lon", "lat", "population")),
    "layers": (("layer", "directed", "modelled", "quantity", "unit", "parameters"), ("events",)),
    "distances": (("origin", "destination"), ("distance",)),
    "branches": (("firm", "branch", "place", "seat"), ("period",)),
    "seats": (("firm", "place"), ()),
    "participations": (("member", "event", "place", "jurisdiction"), ("period",)),
    "panel": (("place",), ("period", "outcome")),
    "openings": (("place",), ()),
}
CODE = r"[+-]?(?:0\d+|\d{16,})"  # as a number it would lose leading zeros or last digits
WHOLE = r"\s*[+-]?\d+\s*"
PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
NO_NUMBERS = (bool, np.bool_, dt.date, dt.time, dt.timedelta)


def typed(
    table: str, frame: pd.DataFrame, decimal: Decimal = ".", *, thousands: bool = False
) -> pd.DataFrame:
    columns: dict[str, Any] = {}
    of_text, of_numbers = COLUMNS[table]
    for name in frame.columns.intersection([*of_numbers]):
        as_it_is = decimal == "." and not thousands
        columns[name] = _numbers(frame[name], None if as_it_is else decimal).array
    for name in frame.columns.intersection([*of_text]):
        if frame[name].dtype == object:  # of a sheet: 7 beside 7b is the text that the cell shows
            cells = frame[name].map(lambda x: str(x) if type(x) is int else x, na_action="ignore")
            columns[name] = cells.array
    for name in frame.columns.difference([*of_text, *of_numbers], sort=False):
        if isinstance(frame[name].dtype, pd.StringDtype):
            number = numeric(plain(frame[name], decimal) if thousands else frame[name])
            columns[name] = (number if number.dtype.kind in "if" else frame[name]).array
    return frame.assign(**columns)


def _numbers(column: pd.Series, decimal: Decimal | None) -> pd.Series:
    """Numbers where the text is one; other text stays, to be reported."""
    text = column.dtype == object or isinstance(column.dtype, pd.StringDtype)
    if pd.api.types.is_numeric_dtype(column.dtype) or not text:
        return column
    odd = pd.Series(False, column.index)
    if column.dtype == object:
        odd = column.map(lambda value: isinstance(value, NO_NUMBERS)).astype(bool)
    cells = column if decimal is None else plain(column, decimal)
    number = as_floats(cells.mask(odd))
    broken = number.isna() & column.notna()
    return number if not broken.any() else number.astype(object).where(~broken, column)


def numeric(text: pd.Series) -> pd.Series:
    """As numbers if it is numbers throughout and loses nothing, else as it is."""
    number = as_floats(text)
    same = number.notna() & ~text.str.fullmatch(CODE, na=False)
    if not same.any() or not (same | text.isna()).all():
        return text
    return number.astype("int64" if text.str.fullmatch(WHOLE, na=False).all() else "float64")
