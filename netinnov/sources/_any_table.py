"""One table from a file of any kind: text, a sheet of a workbook, Stata, Parquet, points."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from netinnov._arguments import examples
from netinnov._file_rows import ROW, is_bare, with_file_rows
from netinnov.errors import InputError
from netinnov.sources._binary_tables import (
    MAPS,
    WORKBOOKS,
    read_parquet,
    read_points,
    read_stata,
    read_workbook,
)
from netinnov.sources._delimited import AnyTable, read_delimited

TEXT_ENDINGS = (".csv", ".tsv", ".txt")
TABLE_ENDINGS = (*TEXT_ENDINGS, ".parquet", ".dta", *WORKBOOKS)
"""Endings of text files, which may be ``.gz``, and of all tables without geometry."""


def ending_of(path: Path | str) -> str:
    """Ending in lower case, without that of a packed file."""
    return Path(str(path).casefold().removesuffix(".gz")).suffix


def read_any_table(
    path: Path, encoding: str | None = None, delimiter: str | None = None, *, stripped: bool = False
) -> AnyTable:
    """Read one table, by the ending of its file; the last two are for text files."""
    ending = ending_of(path)
    if ending == ".parquet":
        frame = read_parquet(path)
        if is_bare(frame):
            frame = with_file_rows(frame, np.arange(1, len(frame) + 1), ROW)
        return AnyTable(path.name, frame, ",", [])
    if ending == ".dta":
        frame, notes = read_stata(path, encoding)
        return AnyTable(path.name, frame, ",", notes)
    if ending in MAPS:
        frame, notes = read_points(path)
        return AnyTable(path.name, frame, ",", notes)
    if ending in WORKBOOKS:
        sheets = read_workbook(path)
        if len(sheets) != 1:
            held = examples(sheets, str) or "nothing"
            raise InputError(f"{path} must have one sheet with a table; it has {held}.")
        return AnyTable(path.name, next(iter(sheets.values())), ",", [])
    return read_delimited(path, encoding, delimiter, stripped=stripped)
