"""Where the rows of a table stand in its file, and what its columns are called there."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov.errors import InputError

LINE, ROW = "line of file", "row of file"
"""Names of such an index: lines of a text file; rows as a spreadsheet counts them."""


def first_row(path: object, reader: Iterator[list[str]]) -> list[str]:
    """The fields of the first line."""
    try:
        return next(reader, [])
    except csv.Error as error:
        raise InputError(f"{path} must name its columns in line 1; {error}.") from None


def rows_by_line(
    text: str, delimiter: str = ",", *, first: int = 1, strict: bool = False
) -> Iterator[tuple[int, list[str]]]:
    """The line in which each row starts, and its fields; blank lines hold none.

    Ends without a word where Python's reader does, as at a field beyond its limit of 128 KiB; with
    ``strict`` by a csv.Error that names the line.
    """
    reader, line = (
        csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict),
        first,
    )
    try:
        for row in reader:
            if row:
                yield line, row
            line = reader.line_num + first
    except csv.Error as error:
        if strict:
            raise csv.Error(f"row in line {line}: {error}") from None


def with_file_rows(frame: pd.DataFrame, numbers: npt.NDArray[np.int64], name: str) -> pd.DataFrame:
    """The frame with the lines or rows of its file as index; selections of rows keep them."""
    first = int(numbers[0]) if numbers.size else 2
    if (numbers == np.arange(first, first + numbers.size)).all():
        return frame.set_axis(pd.RangeIndex(first, first + numbers.size, name=name), axis=0)
    return frame.set_axis(pd.Index(numbers, name=name), axis=0)


HEADERS = "headers of file"


def with_file_headers(frame: pd.DataFrame, ours: Mapping[str, str]) -> pd.DataFrame:
    """The frame with what the file calls its columns, for messages."""
    frame = frame.copy(deep=False)
    frame.attrs = {HEADERS: {name: theirs for theirs, name in ours.items() if theirs != name}}
    return frame


def file_headers(frame: pd.DataFrame) -> dict[str, str]:
    """What the file calls columns, where it is not their name."""
    headers: dict[str, str] = frame.attrs.get(HEADERS, {})
    return headers


def without_file(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame alone, its rows counted from 0."""
    frame = frame.reset_index(drop=True) if has_file_rows(frame) else frame.copy(deep=False)
    frame.attrs = {}
    return frame


def has_file_rows(frame: pd.DataFrame) -> bool:
    """Whether the index says where the rows stand in their file."""
    return frame.index.name in (LINE, ROW)


def row_unit(frame: pd.DataFrame) -> str:
    """What the index counts, for a message: ``"line"`` or ``"row"``."""
    return "line" if frame.index.name == LINE else "row"


def is_bare(frame: pd.DataFrame) -> bool:
    """Whether the index only counts rows, so that it holds no ids."""
    bare = isinstance(frame.index, pd.RangeIndex) and frame.index.name is None
    return bare or has_file_rows(frame)
