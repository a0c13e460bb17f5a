"""A delimited text file as a frame of text: delimiter and encoding found, rows by their lines."""

from __future__ import annotations

import csv
import io
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow.csv import ConvertOptions, ParseOptions, ReadOptions, read_csv

from netinnov._network.file_rows import LINE, first_row, rows_by_line, with_file_rows
from netinnov._runtime.arguments import examples
from netinnov._runtime.encodings import text_of
from netinnov._runtime.opening import check_width, read_bytes
from netinnov._typing import Integers
from netinnov.errors import InputError
from netinnov.sources._text_tables import frame_of, some_lines

DELIMITERS = (",", ";", "\t", "|")
SAMPLE = 50  # rows by which the delimiter is found
SAMPLED = 2**20  # letters in which these rows are looked for
BLOCK = 2**26  # bytes that Arrow reads at once; no row may be longer


class AnyTable(NamedTuple):
    name: str
    frame: pd.DataFrame
    delimiter: str  # what parts the columns of a text file; empty for other files
    notes: list[str]


def read_delimited(path: Path, encoding: str | None = None, *, stripped: bool = False) -> AnyTable:
    text, detected = text_of(str(path), read_bytes(path), encoding)
    text, skipped, hint = _without_hint(text)
    delimiter = hint or delimiter_of(text)
    header = _header(path, text, delimiter)
    names = [name if name.strip() else f"column {at}" for at, name in enumerate(header, start=1)]
    if text.count('"') % 2:  # Arrow would take the rest of the file for one field
        _refuse_uneven_rows(path, text, delimiter, len(names), skipped)
    data = text.encode() if text.endswith(("\n", "\r")) else text.encode() + b"\n"
    try:
        table = read_csv(
            pa.BufferReader(data),
            ReadOptions(column_names=names, skip_rows_after_names=1, block_size=BLOCK),
            ParseOptions(delimiter=delimiter, newlines_in_values=True),
            ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=True,
                null_values=[""],
            ),
        )
    except pa.ArrowInvalid as error:
        _refuse_uneven_rows(path, text, delimiter, len(names), skipped)
        raise InputError(f"{path} cannot be read: {error}.") from None
    if stripped:
        trimmed = [pc.utf8_trim_whitespace(column) for column in table.columns]
        none = pa.scalar(None, pa.string())
        columns_of_text = [pc.if_else(pc.equal(text, ""), none, text) for text in trimmed]
        table = pa.table(columns_of_text, table.column_names)
    columns = {
        name: table.column(name)
        for name, field in zip(names, header, strict=True)
        if name == field or table.column(name).null_count < len(table)  # a comma too many in each
    }
    frame = frame_of(columns, len(table))
    frame = with_file_rows(frame, _lines(text, len(table), delimiter) + skipped, LINE)
    notes = [f"{path.name}: read as {detected}."] if detected else []
    return AnyTable(path.name, frame, delimiter, notes)


def _without_hint(text: str) -> tuple[str, int, str]:
    first, _, rest = text.partition("\n")
    hint = first.strip("\r ").casefold()
    if hint.startswith("sep=") and hint[4:] in DELIMITERS:
        return rest, 1, hint[4:]
    return text, 0, ""


def delimiter_of(text: str) -> str:
    """The mark that cuts the first rows into as many fields as the header; most fields win."""
    best, delimiter = (False, 1), ","
    start = text[:SAMPLED]  # a reader copies the text
    for mark in DELIMITERS:
        rows = [row for _, row in islice(rows_by_line(start, mark), SAMPLE)]
        if len(start) < len(text) and 1 < len(rows) < SAMPLE:
            rows.pop()  # it may be cut
        width = len(rows[0]) if rows else 1
        score = (width > 1 and all(len(row) == width for row in rows), width)
        if score > best:
            best, delimiter = score, mark
    return delimiter


def _header(path: Path, text: str, delimiter: str) -> list[str]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    header = [name.strip() for name in first_row(path, reader)]
    check_width(path, len(header))
    if not any(header):
        raise InputError(f"{path} must name its columns in line 1, which is empty.")
    twice = [name for name, times in Counter(header).items() if name and times > 1]
    if twice:
        msg = f"{path} must name each column once; line 1 names {examples(twice)} twice or more."
        raise InputError(msg)
    return header


def _lines(text: str, n_rows: int, delimiter: str) -> Integers:
    usual = np.arange(2, n_rows + 2)
    ends = text.count("\n") or text.count("\r")
    if ends - text.endswith(("\n", "\r")) == n_rows:
        return usual
    lines = [line for line, _ in rows_by_line(text, delimiter)]
    return np.array(lines[1:], np.int64) if len(lines) == n_rows + 1 else usual


def _refuse_uneven_rows(path: Path, text: str, delimiter: str, width: int, skipped: int) -> None:
    uneven, last = list[int](), width
    try:
        for line, row in rows_by_line(text, delimiter, first=1 + skipped, strict=True):
            last = len(row)
            if last != width:
                uneven.append(line)
    except csv.Error as error:
        raise InputError(f"{path}, {error}; is a quotation mark not closed?") from None
    if len(uneven) == 1 and last < width and not text.endswith(("\n", "\r")):
        column = _header(path, text, delimiter)[last - 1]
        msg = f"{path} ends inside the row that starts in line {uneven[0]}, in column {column!r}: "
        raise InputError(f"{msg}get the file again, or complete the row.")
    if uneven:
        msg = f"{path} must have {width} fields in each row, as in its header; rows with more or "
        raise InputError(msg + f"fewer: {len(uneven)} ({some_lines(uneven)}).")
