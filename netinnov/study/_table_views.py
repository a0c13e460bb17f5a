"""Tables as a page shows them: first rows as text; the file has them all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pandas.api.types import is_bool_dtype, is_numeric_dtype

from netinnov.study._section import Table
from netinnov.study._table_files import has_index

if TYPE_CHECKING:
    from netinnov.study._language import Language

WIDEST = 9  # columns that a page shows


@dataclass(frozen=True, slots=True)
class View:
    """Rows of text; `cut`: how many rows there are, where not all are shown."""

    columns: list[str]
    rows: list[list[str]]
    numeric: list[bool]
    cut: str


def view_of(table: Table, language: Language) -> View:
    frame = table.frame if table.view is None else table.view
    frame = frame.reset_index() if has_index(frame) else frame
    first = frame.drop(columns="modelled_layers", errors="ignore").iloc[: table.rows, :WIDEST]
    names = [str(column) for column in first]
    cut = ""
    if len(first) < len(frame):
        text = language.term("rows_shown")
        cut = text.format(shown=f"{len(first):,}", all=f"{len(frame):,}")
    return View(
        columns=[language.term(column) for column in names],
        rows=[
            [
                language.cell(value, column=column, table=table)
                for column, value in zip(names, row, strict=True)
            ]
            for row in first.itertuples(index=False, name=None)
        ],
        numeric=[is_numeric_dtype(kind) and not is_bool_dtype(kind) for kind in first.dtypes],
        cut=cut,
    )
