"""Delimited text as a frame of text: delimiter and encoding found, rows by their lines."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow.csv import ConvertOptions, ParseOptions, ReadOptions, read_csv

from netinnov._network.file_rows import LINE, GivenTable
from netinnov._runtime.arguments import did_you_mean, examples
from netinnov._runtime.encodings import decoded, text_of
from netinnov._runtime.opening import (
    CELL,
    check_header,
    check_made,
    check_table,
    opened,
    read_bytes,
)
from netinnov._typing import Integers, Mask
from netinnov.errors import InputError

DELIMITERS = (",", ";", "\t", "|")
SAMPLE = 50  # rows by which the delimiter is found
SAMPLED = 2**20  # letters in which these rows are looked for
BLOCK = 2**26  # bytes that Arrow reads at once; no row may be longer


class TextTable(NamedTuple):
    """Columns of a file as text, stripped, by line; an empty field is missing."""

    name: str
    frame: pd.DataFrame

    def at(self, rows: Mask, column: str) -> str:
        values = self.frame[column].array[rows]
        lines = zip(self.frame.index[rows], values, strict=True)
        return some_lines([f"{line} ({value!r})" for line, value in lines])

    def complete(self, ids: Sequence[str], faults: list[str]) -> TextTable:
        """Rows with all ids; a file in which no row has them is another one."""
        blank = self.frame[[*ids]].isna().any(axis=1).to_numpy()
        if blank.all():
            raise InputError(
                f"{self.name} must have rows with {' and '.join(ids)}; none of {blank.size} has."
            )
        if blank.any():
            where = f"{blank.sum()} ({some_lines(self.frame.index[blank])})"
            faults.append(f"{self.name}: rows left out, without {' or '.join(ids)}: {where}")
        return self._replace(frame=self.frame[~blank])

    def judge(self, column: str, good: pd.Series, must_be: str, faults: list[str]) -> None:
        filled = self.frame[column].notna()
        bad = (filled & ~good).to_numpy(bool)
        counts = int(filled.sum()), int(bad.sum())
        tell_values(self.name, column, must_be, *counts, self.at(bad, column), faults)


def read_delimited(
    path: Path, encoding: str | None = None, *, stripped: bool = False
) -> GivenTable:
    """All columns; rows that are not as wide as the header are refused."""
    text, detected = text_of(str(path), read_bytes(path), encoding)
    first, _, rest = text.partition("\n")
    hint = re.fullmatch("sep=([,;\t|])", first.strip("\r "), re.IGNORECASE)
    text = rest if hint else text
    delimiter = hint[1] if hint else delimiter_of(text)
    header = header_of(path, text, delimiter)
    if not any(header):
        raise InputError(f"{path} must name its columns in line 1, which is empty.")
    check_header(path, header, "line 1")
    names = [name if name.strip() else f"column {at}" for at, name in enumerate(header, start=1)]
    table, lines, uneven = _rows_of(path, text, delimiter, header, first=2 if hint else 1)
    if uneven:
        raise InputError(
            f"{path} must have {len(names)} fields in each row, as in its header; rows with "
            f"more or fewer: {len(uneven)} ({some_lines(uneven)})."
        )
    columns = {
        name: _trimmed(column) if stripped else column
        for name, field, column in zip(names, header, table.columns, strict=True)
        if name == field or column.null_count < len(column)  # a comma too many in each
    }
    frame = _frame_of(columns, len(table)).set_axis(pd.Index(lines, name=LINE), axis=0)
    notes = [f"{path.name}: read as {detected}."] if detected else []
    if bare := [name for name, field in zip(names[1:], header[1:], strict=True) if name != field]:
        kept = [name for name in bare if name in columns]
        notes += [f"{path.name}: columns without a name: {examples(kept, str)}."] if kept else []
    return GivenTable(path.name, frame, delimiter, notes)


def read_text_file(
    folder: Path,
    name: str,
    *,
    required: Sequence[str],
    optional: Sequence[str],
    delimiter: str,
    faults: list[str],
) -> TextTable:
    """Chosen columns; rows that are not as wide as the header are left out and reported."""
    with opened(folder, name) as stream:
        text = decoded(name, stream.read())
    header = header_of(name, text, delimiter)
    columns = wanted_columns(name, header, required, optional, delimiter)
    table, lines, uneven = _rows_of(name, text, delimiter, header)
    tell_uneven(name, len(header), len(table), uneven, faults)
    held = {column: _trimmed(table.column(header.index(column))) for column in columns}
    blank = pa.nulls(len(table), pa.string())
    arrays = {column: held.get(column, blank) for column in (*required, *optional)}
    return TextTable(name, _frame_of(arrays, len(table)).set_axis(lines, axis=0))


def _rows_of(
    name: str | Path, text: str, delimiter: str, header: Sequence[str], *, first: int = 1
) -> tuple[pa.Table, Integers, list[int]]:
    """Rows that are as wide as the header, their lines, and the lines of the others."""
    if text.count('"') % 2:  # Arrow would take the rest of the file for one field
        try:
            for _ in rows_by_line(text, delimiter, first=first, strict=True):
                pass
        except csv.Error as error:
            raise InputError(f"{name}, {error}; is a quotation mark not closed?") from None
    others = []

    def skip(row: Any) -> str:
        others.append(row)
        return "skip"

    names = [str(at) for at in range(len(header))]
    ended = text.endswith(("\n", "\r"))
    try:
        table = read_csv(
            pa.BufferReader(text.encode() + b"\n" * (not ended)),
            ReadOptions(column_names=names, skip_rows_after_names=1, block_size=BLOCK),
            ParseOptions(delimiter=delimiter, newlines_in_values=True, invalid_row_handler=skip),
            ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=True,
                null_values=[""],
            ),
        )
    except pa.ArrowInvalid as error:
        raise InputError(f"{name} cannot be read: {error}.") from None
    lines: Integers = np.arange(first + 1, first + 1 + len(table))
    uneven = list[int]()
    ends = text.count("\n") or text.count("\r")
    if others or ends - ended != len(table):
        widths = [(line, len(row)) for line, row in rows_by_line(text, delimiter, first=first)][1:]
        uneven = [line for line, width in widths if width != len(header)]
        even = [line for line, width in widths if width == len(header)]
        lines = np.array(even, np.int64) if len(even) == len(table) else lines
        line, width = widths[-1] if widths else (0, 0)
        if uneven == [line] and not ended and width < len(header):
            raise InputError(
                f"{name} ends inside the row that starts in line {line}, in column "
                f"{header[width - 1]!r}: get the file again, or complete the row."
            )
    return table, lines, uneven


def _trimmed(column: pa.ChunkedArray) -> pa.ChunkedArray:
    text = pc.utf8_trim_whitespace(column)
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)


def _frame_of(columns: Mapping[str, Any], n_rows: int) -> pd.DataFrame:
    dtype: Any = pd.StringDtype(na_value=np.nan)
    arrays = {name: dtype.__from_arrow__(values) for name, values in columns.items()}
    return pd.DataFrame(arrays, pd.RangeIndex(n_rows))


def delimiter_of(text: str) -> str:
    """The mark that cuts the first rows into as many fields as the header; most fields win."""
    best = (False, 1)
    delimiter = ","
    start = text[:SAMPLED]  # a reader copies the text
    for mark in DELIMITERS:
        rows = [row for _, row in islice(rows_by_line(start, mark), SAMPLE)]
        if len(start) < len(text) and 1 < len(rows) < SAMPLE:
            rows.pop()  # it may be cut
        width = len(rows[0]) if rows else 1
        score = (width > 1 and all(len(row) == width for row in rows), width)
        if score > best:
            best = score
            delimiter = mark
    return delimiter


def header_of(name: str | Path, text: str, delimiter: str) -> list[str]:
    """The names of columns; a table that memory cannot hold is refused."""
    check_made(name, CELL * text.count(delimiter))
    try:
        fields = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
    except csv.Error as error:
        raise InputError(f"{name} must name its columns in line 1; {error}.") from None
    check_table(name, text.count("\n") or text.count("\r"), len(fields))
    return [field.strip() for field in fields]


def rows_by_line(
    text: str, delimiter: str, *, first: int = 1, strict: bool = False
) -> Iterator[tuple[int, list[str]]]:
    """First line and fields of each row, no blank lines; ``strict`` raises csv.Error."""
    lines = io.StringIO(text, newline="")
    line = first
    reader = csv.reader(lines, delimiter=delimiter, strict=strict)
    try:
        for row in reader:
            if row:
                yield line, row
            line = reader.line_num + first
    except csv.Error as error:
        if strict:
            raise csv.Error(f"row in line {line}: {error}") from None


def wanted_columns(
    name: str, header: list[str], required: Sequence[str], optional: Sequence[str], delimiter: str
) -> list[str]:
    if not any(header):
        raise InputError(f"{name} is empty; its first line must name its columns.")
    other = [mark for mark in ",;\t|" if mark in header[0] and mark != delimiter]
    if len(header) == 1 and other:
        raise InputError(
            f"{name} must have {delimiter!r} between its columns; line 1 has {other[0]!r}."
        )
    missing = [column for column in required if column not in header]
    if missing:
        shown = ", ".join(f"{column!r}{did_you_mean(column, header)}" for column in missing)
        raise InputError(
            f"{name} must have the columns {', '.join(required)}; line 1 lacks {shown}; it "
            f"has {examples(header, str)}."
        )
    columns = [column for column in (*required, *optional) if column in header]
    check_header(name, [column for column in header if column in columns], "line 1")
    return columns


def tell_uneven(
    name: str, n_columns: int, n_rows: int, lines: Sequence[int], faults: list[str]
) -> None:
    """Report rows that are not as wide as the header; refuse a file of nothing else."""
    where = f"{len(lines)} ({some_lines(lines)})"
    if lines and not n_rows:
        raise InputError(
            f"{name} must have {n_columns} fields in each row, as in its header; rows with "
            f"more or fewer: {where}; is it damaged, or has it another delimiter?"
        )
    if not n_rows:
        raise InputError(f"{name} must have rows below its header; it has none.")
    if lines:
        faults.append(f"{name}: rows left out, not as wide as the header: {where}")


def tell_values(
    name: str, column: str, must_be: str, n: int, n_bad: int, shown: str, faults: list[str]
) -> None:
    """Some unreadable values are reported; nothing but them is a wrong file."""
    if n_bad and n_bad == n:
        raise InputError(
            f"{name}, column {column!r} must hold {must_be} in each row; not one does: {shown}."
        )
    if n_bad:
        faults.append(f"{name}, {column}: values left out, no {must_be}: {n_bad} ({shown})")


def some_lines(lines: Sequence[object] | pd.Index) -> str:
    return f"line{'s' * (len(lines) != 1)} {examples(lines, str)}"
