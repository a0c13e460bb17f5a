"""What the page shows of a table: the rows and columns that matter most, as text."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from netinnov.study._section import Table
from netinnov.study._table_files import has_index
from netinnov.study._words import cell, joined, name, year

# Rows shown of a long table, of a short one, and of one that is asked to be whole.
SHOWN, SHORT, ALL = 8, 12, 40
WIDEST = 13
LONGEST, IN_FULL = 80, 1000  # characters of a cell, and of one in a table shown whole
PERIODS = dict.fromkeys(("period", "year", "opened"), year)


@dataclass(frozen=True, slots=True)
class View:
    """First rows as text; `alike`: what they share, `cut`: rows and columns left to the file."""

    columns: list[str]
    rows: list[list[str]]
    numeric: list[bool]
    alike: str
    cut: str


def view_of(table: Table) -> View:
    frame = table.frame if table.view is None else table.view
    frame = frame.drop(columns="modelled_layers", errors="ignore")
    indexed = has_index(frame)
    frame = frame.reset_index() if indexed else frame
    n_rows = ALL if table.whole else SHORT if len(frame) <= SHORT else SHOWN
    first = frame.iloc[:n_rows, : table.width + indexed if table.width else WIDEST]
    available = (len(table.frame), frame.shape[1])
    parts = [
        f"{few:,} of {many:,} {unit}"
        for few, many, unit in zip(first.shape, available, ("rows", "columns"), strict=True)
        if few < many
    ]
    first, alike = _without_repetition(first)
    longest, formats = IN_FULL if table.whole else LONGEST, PERIODS | dict(table.formats)
    return View(
        columns=[str(column).replace("_", " ") for column in first],
        rows=[
            [
                formats[str(column)](value)
                if column in formats and pd.notna(value)
                else cell(value, longest=longest)
                for column, value in zip(first, row, strict=True)
            ]
            for row in first.itertuples(index=False, name=None)
        ],
        numeric=[is_numeric_dtype(kind) and not is_bool_dtype(kind) for kind in first.dtypes],
        alike=alike,
        cut=f"{joined(parts)} are shown; the file has all." if parts else "",
    )


def _without_repetition(table: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Drop ids beside names that tell the rows apart, and text that all rows repeat."""
    if {"node", "name"} <= set(table) and table["name"].notna().all() and table["name"].is_unique:
        table = table.drop(columns="node")
    repeated = {
        str(column): str(table[column].iloc[0])
        for column in table
        if len(table) > 1
        and not is_numeric_dtype(table[column])
        and table[column].notna().all()
        and table[column].nunique() == 1
    }
    told = {column: value for column, value in repeated.items() if value.strip()}
    parts = [f"{column.replace('_', ' ')} {name(value)}" for column, value in told.items()]
    alike = f"In all rows shown: {'; '.join(parts)}." if parts else ""
    return table.drop(columns=list(repeated)), alike
