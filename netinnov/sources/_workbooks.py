"""Workbooks of Excel (Office Open XML): their sheets as tables, read element by element."""

from __future__ import annotations

import datetime as dt
import posixpath
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, iterparse

import numpy as np
import pandas as pd

from netinnov._arguments import examples
from netinnov._file_rows import ROW, with_file_rows
from netinnov._opening import CELL, check_file, check_made, damage_refused, opened
from netinnov.errors import InputError

WORKBOOKS = (".xlsx", ".xlsm")
LAST_ROW, LAST_COLUMN = 2**20, 2**14  # of any sheet

DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}  # formats known by number
NO_DATE = re.compile(r'"[^"]*"|\[[^\]]*\]|[\\_*].|General')  # in a format, what stands for itself

Rows = dict[int, dict[int, Any]]
"""From numbers of rows and columns to what cells show."""


def sheet_names(path: Path) -> list[str]:
    with damage_refused(str(path), Exception):
        return [*_sheets(path)[0]]


def read_workbook(path: Path) -> dict[str, pd.DataFrame]:
    """The sheets of a workbook that hold anything, with the rows as it counts them."""
    tables, n_cells, size = {}, 0, check_file(path).stat().st_size
    with damage_refused(str(path), Exception):
        sheets, others, start = _sheets(path)
        texts = _texts(path, others["sharedStrings"]) if "sharedStrings" in others else []
        dates = _date_styles(path, others["styles"]) if "styles" in others else set[str]()
        for name, part in sheets.items():
            if rows := _rows(path, part, texts, dates, start):
                columns = sorted({column for cells in rows.values() for column in cells})
                n_cells += len(rows) * len(columns)
                check_made(path, CELL * n_cells, size)
                tables[name] = _table(f"{path.name}, sheet {name}", rows, columns)
    return tables


def _sheets(path: Path) -> tuple[dict[str, str], dict[str, str], dt.datetime]:
    """The parts of a workbook with sheets, by their names, and others, by their kinds; day 0."""
    book = next(part for kind, part in _related(path, "").values() if kind == "officeDocument")
    related, start = _related(path, book), dt.datetime(1899, 12, 30)
    sheets: dict[str, str] = {}
    for tag, about, _ in _elements(path, book):
        kind, part = related.get(about.get("id", ""), ("", ""))
        if tag == "sheet" and kind == "worksheet" and part not in sheets.values():
            sheets[about["name"]] = part
        elif tag == "workbookPr" and about.get("date1904") in ("1", "true"):
            start = dt.datetime(1904, 1, 1)
    return sheets, dict(related.values()), start


def _related(path: Path, part: str) -> dict[str, tuple[str, str]]:
    """What a part refers to: kinds and names of other parts, by their ids."""
    folder, name = posixpath.split(part)
    return {
        about["Id"]: (
            posixpath.basename(about["Type"]),
            posixpath.normpath(posixpath.join("/", folder, about["Target"])).lstrip("/"),
        )
        for tag, about, _ in _elements(path, posixpath.join(folder, "_rels", f"{name}.rels"))
        if tag == "Relationship"
    }


def _elements(path: Path, part: str) -> Iterator[tuple[str, dict[str, str], str]]:
    """The elements of a part, as each ends: its name, attributes and text."""
    above: list[Element] = []
    with opened(path, part) as stream:
        for event, element in iterparse(stream, ("start", "end")):
            if event == "start":
                above.append(element)
                continue
            about = {name.rpartition("}")[2]: value for name, value in element.items()}
            yield element.tag.rpartition("}")[2], about, element.text or ""
            above.pop()
            if above:
                above[-1].remove(element)


def _texts(path: Path, part: str) -> list[str]:
    """The texts that cells refer to by their numbers."""
    texts, pieces = list[str](), list[str]()
    for tag, _, text in _elements(path, part):
        if tag == "t":
            pieces.append(text)
        elif tag == "rPh":  # how it is pronounced
            pieces.pop()
        elif tag == "si":
            texts.append("".join(pieces))
            pieces.clear()
    return texts


def _date_styles(path: Path, part: str) -> set[str]:
    """The styles, by their numbers, in which a number is a date or time."""
    codes, styles = dict[str, str](), list[bool]()
    for tag, about, _ in _elements(path, part):
        if tag == "numFmt":
            codes[about["numFmtId"]] = about["formatCode"]
        elif tag == "xf":
            number = about.get("numFmtId", "0")
            code = NO_DATE.sub("", codes.get(number, "")).casefold()
            styles.append(int(number) in DATES or not {*code}.isdisjoint("dhmsy"))
        elif tag == "cellStyleXfs":
            styles.clear()
        elif tag == "cellXfs":
            break
    return {str(number) for number, is_date in enumerate(styles) if is_date}


def _rows(
    path: Path, part: str, texts: list[str], dates: set[str], start: dt.datetime
) -> dict[int, dict[int, Any]]:
    """What the cells of a sheet show, by row and column, without blank ones."""
    rows, cells, pieces = Rows(), dict[int, Any](), list[str]()
    row = column = 0
    for tag, about, text in _elements(path, part):
        if tag in ("v", "t"):
            pieces.append(text)
        elif tag == "rPh":
            pieces.pop()
        elif tag == "c":
            column = _column(about["r"]) if "r" in about else column + 1
            cells[column] = _shown("".join(pieces), about, texts, dates, start)
            pieces.clear()
        elif tag == "row":
            row = int(about.get("r", row + 1))
            if not (1 <= row <= LAST_ROW and column <= LAST_COLUMN):
                raise InputError(f"{path}: no sheet has a row {row} or {column} columns.")
            if held := {at: value for at, value in cells.items() if value is not None}:
                rows[row] = held
            cells.clear()
            column = 0
        elif tag == "sheetData":
            break
    return rows


def _column(place: str) -> int:
    """1 of A7, 27 of AA7."""
    number = 0
    for letter in place.rstrip("0123456789"):
        number = 26 * number + int(letter, 36) - 9
    return number


def _shown(
    text: str, about: dict[str, str], texts: list[str], dates: set[str], start: dt.datetime
) -> Any:
    """What a cell shows: 7 of 7.0, times as text; None if it is blank or a fault of a formula."""
    kind = about.get("t", "n")
    if kind == "s" and text:
        text = texts[int(text)]
    if kind == "e" or not text.strip():
        return None
    if kind == "b":
        return text == "1"
    if kind != "n":
        return text
    number = float(text)
    if about.get("s") in dates and 0 <= number < 3e6:
        days = number + (start.year == 1899 and 1 <= number < 60)  # its 29 February 1900
        time = start + dt.timedelta(milliseconds=round(days * 86_400_000))
        return str(time if number >= 1 else time.time())
    return int(number) if number.is_integer() else number


def _table(name: str, rows: Rows, columns: list[int]) -> pd.DataFrame:
    """A table with the first row that holds anything as header."""
    first, *numbers = sorted(rows)
    header = [str(rows[first].get(at, f"column {at}")).strip() for at in columns]
    twice = [name for name, times in Counter(header).items() if times > 1]
    if twice:
        where = f"row {first} names {examples(twice)} twice or more"
        raise InputError(f"{name} must name each column once; {where}.")
    cells = [[rows[number].get(at, np.nan) for at in columns] for number in numbers]
    table = pd.DataFrame(cells, columns=header, dtype=object)
    empty = {str(name): table[name] for name in table if table[name].isna().all()}
    return with_file_rows(table.infer_objects().assign(**empty), np.array(numbers, np.int64), ROW)
