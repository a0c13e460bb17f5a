"""Where the rows of a table stand in its file, and what its columns are called there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from netinnov._runtime.arguments import examples
from netinnov._typing import Mask

LINE = "line of file"
ROW = "row of file"  # lines of a text file; rows as a spreadsheet counts them


class GivenTable(NamedTuple):
    name: str
    frame: pd.DataFrame
    delimiter: str  # what parts the columns of a text file; empty for other tables
    notes: list[str]

    @property
    def rows(self) -> pd.Index:
        index = self.frame.index
        return index if has_file_rows(self.frame) else pd.RangeIndex(len(index))

    def where(self, rows: Sequence[int] | Mask) -> str:
        unit = row_unit(self.frame)
        return examples(self.rows[rows], lambda number: f"{unit} {number}")

    def repeated(self) -> list[str]:
        """A note of the rows in which all is as in an earlier one."""
        frame = self.frame if is_bare(self.frame) else self.frame.reset_index()
        alike = frame[frame.duplicated(frame.columns[:2], keep=False)]  # fewer to look at
        again = frame.index.isin(alike.index[alike.duplicated()])
        if not again.any():
            return []
        return [
            f"{self.name}: rows that repeat an earlier one, each counts: {again.sum():,} "
            f"({self.where(again)})."
        ]


HEADERS = "headers of file"
FILE = "name of file"


def with_file_headers(file: str, frame: pd.DataFrame, ours: Mapping[str, str]) -> pd.DataFrame:
    frame = frame.copy(deep=False)
    theirs = {name: header for header, name in ours.items() if header != name}
    frame.attrs = {HEADERS: theirs, FILE: file}
    return frame


def file_headers(frame: pd.DataFrame) -> dict[str, str]:
    return frame.attrs.get(HEADERS, {})


def file_of(frame: pd.DataFrame) -> str:
    return frame.attrs.get(FILE, "")


def without_file(frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.reset_index(drop=True) if has_file_rows(frame) else frame.copy(deep=False)
    frame.attrs = {}
    return frame


def has_file_rows(frame: pd.DataFrame) -> bool:
    return frame.index.name in (LINE, ROW)


def row_unit(frame: pd.DataFrame) -> str:
    return "line" if frame.index.name == LINE else "row"


def is_bare(frame: pd.DataFrame) -> bool:
    """Whether the index only counts rows, so that it holds no ids."""
    bare = isinstance(frame.index, pd.RangeIndex) and frame.index.name is None
    return bare or has_file_rows(frame)
