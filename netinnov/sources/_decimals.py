"""What stands before decimals in a table of text, and what after thousands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

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
        msg = f"{file} must have one mark before decimals; it has {first(',')} and {first('.')}; "
        raise InputError(f"{msg}{SAY}.")
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
        msg = f"{file} has {first(mark)}, in which the {called} may stand before decimals or after "
        raise InputError(f"{msg}thousands, as in each of {len(numbers)} numbers with one; {SAY}.")
    return mark


def plain(values: pd.Series, decimal: Decimal) -> pd.Series:
    """Texts with a point before decimals and nothing after thousands; other cells stay."""
    thousands, form = AFTER_THOUSANDS[decimal], THOUSANDS[decimal]
    point = str.maketrans({decimal: ".", thousands: "'"})  # a mark at another place is no number

    def cell(value: object) -> object:
        if not isinstance(value, str):
            return value
        text = value.replace(thousands, "") if form.fullmatch(value) else value
        return text.translate(point)

    return values.map(cell, na_action="ignore")


def _texts(column: pd.Series) -> pd.Series:
    if isinstance(column.dtype, pd.StringDtype):
        return column.dropna()
    if column.dtype != object:
        return column.iloc[:0].astype("str")
    return column[column.map(lambda cell: isinstance(cell, str)).to_numpy(bool)].astype("str")
