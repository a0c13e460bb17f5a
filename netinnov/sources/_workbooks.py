"""Workbooks of Excel (Office Open XML): their sheets as tables, read row by row by openpyxl."""

from __future__ import annotations

import datetime as dt
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from netinnov._network.file_rows import ROW, with_file_rows
from netinnov._runtime.opening import BYTE, CELL, check_header, check_made, raw_file
from netinnov.errors import InputError

if TYPE_CHECKING:
    from openpyxl import Workbook

WORKBOOKS = (".xlsx", ".xlsm")
LAST_ROW = 2**20  # of any sheet

Rows = dict[int, dict[int, Any]]  # what cells show, by numbers of rows and columns


def sheet_names(path: Path) -> list[str]:
    """The sheets of a workbook with cells, not those that are one chart."""
    with _opened(path) as book:
        return [sheet.title for sheet in book.worksheets]


def read_workbook(path: Path) -> dict[str, pd.DataFrame]:
    tables, visited, size = {}, 0, path.stat().st_size if path.is_file() else 0
    with _opened(path) as book:
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # what a file says of them may be wrong
            rows = Rows()
            for number, cells in enumerate(sheet.iter_rows(), start=1):
                if number > LAST_ROW:
                    raise InputError(f"{path}, sheet {sheet.title} has more than {LAST_ROW} rows.")
                if not cells:
                    continue
                visited += len(cells)
                check_made(path, CELL * visited, size)
                values = {
                    at: _shown(cell) for at, cell in enumerate(cells) if cell.value is not None
                }
                if held := {at: value for at, value in values.items() if value is not None}:
                    rows[number] = held
            if rows:
                columns = sorted({column for cells in rows.values() for column in cells})
                check_made(path, CELL * len(rows) * len(columns), size)
                tables[sheet.title] = _table(f"{path.name}, sheet {sheet.title}", rows, columns)
    return tables


@contextmanager
def _opened(path: Path) -> Iterator[Workbook]:
    import openpyxl  # takes a quarter of a second

    with raw_file(path) as stream, zipfile.ZipFile(stream) as parts:
        unpacked = sum(part.file_size for part in parts.infolist())
    check_made(path, BYTE * unpacked, path.stat().st_size)
    with raw_file(path) as stream, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and rules that no table needs
        yield openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)


def _shown(cell: Any) -> Any:
    """7 of 7.0, times as text; None if blank or the error of a formula."""
    value = cell.value
    if cell.data_type == "e" or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        return str(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _table(name: str, rows: Rows, columns: list[int]) -> pd.DataFrame:
    first, *numbers = sorted(rows)
    header = [str(rows[first].get(at, f"column {at + 1}")).strip() for at in columns]
    check_header(name, header, f"row {first}")
    cells = [[rows[number].get(at, np.nan) for at in columns] for number in numbers]
    table = pd.DataFrame(cells, columns=header, dtype=object)
    empty = {str(name): table[name] for name in table if table[name].isna().all()}
    return with_file_rows(table.infer_objects().assign(**empty), np.array(numbers, np.int64), ROW)
