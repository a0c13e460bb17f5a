"""Flows as rows, from a square matrix or a long table whose columns are found by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._arguments import as_path, did_you_mean, examples
from netinnov._columns import as_numbers, as_text, is_blank
from netinnov._opening import check_file
from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.sources._files import read_text_file, some_lines

__all__ = ["Form", "Given", "as_matrix", "flows_of_matrix", "flows_of_table", "given_table"]

Form = Literal["long", "matrix"]
# What the columns of a long table are called, in the order in which they are looked for.
USUAL = {
    "origin": ("origin", "source", "from", "orig", "home"),
    "destination": ("destination", "target", "to", "dest", "host"),
    "weight": ("weight", "flow", "flows", "value", "count", "trips", "share", "percent"),
}
NO_NUMBER = ("", "na", "nan", "null")


class Given(NamedTuple):
    """A table as given, and where its rows are: lines of a file, or rows of a frame."""

    name: str
    frame: pd.DataFrame
    unit: Literal["line", "row"]
    numbers: npt.NDArray[np.int64]

    def where(self, rows: Sequence[int] | npt.NDArray[np.bool_]) -> str:
        """The first five of some rows, for a message."""
        return examples(self.numbers[rows], lambda number: f"{self.unit} {number}")


def given_table(source: str | PathLike[str] | pd.DataFrame, delimiter: str) -> Given:
    """A frame, or all columns of a file; its rows must be as wide as its header."""
    if isinstance(source, pd.DataFrame):
        frame = source.set_axis(source.columns.map(str), axis=1)
        return Given("the table", frame, "row", np.arange(len(frame)))
    path = as_path("source", source)
    check_file(path)
    table = read_text_file(path.parent, path.name, delimiter=delimiter)
    if table.uneven:
        where = some_lines(table.uneven)
        msg = f"{path.name} must have {table.frame.shape[1]} fields in each row, as in its header; "
        raise InputError(f"{msg}not so: {where}; is it damaged, or has it another delimiter?")
    return Given(path.name, table.frame, "line", table.lines)


def as_matrix(given: Given, form: Form | None) -> tuple[pd.Series, pd.DataFrame] | None:
    """Names of the rows and the cells; None if less than half of the names are a column's."""
    frame = given.frame
    parts = [(frame.iloc[:, 0], 1)] if frame.shape[1] else []
    if given.unit == "row" and not isinstance(frame.index, pd.RangeIndex):
        parts.insert(0, (frame.index.to_series(), 0))
    named = [(as_text(names)[0].str.strip(), first) for names, first in parts]
    for names, first in named:
        if 2 * names.isin(frame.columns[first:]).sum() >= len(names) > 0:
            return names, frame.iloc[:, first:]
    if form != "matrix" or not named:
        return None
    names, first = named[0]
    return names, frame.iloc[:, first:]


def flows_of_matrix(
    given: Given, rows: pd.Series, cells: pd.DataFrame, decimal: str
) -> tuple[pd.DataFrame, pd.Index]:
    """The cells above 0, row by row, and the names of all columns."""
    columns = cells.columns
    for what, names in (("row", pd.Index(rows)), ("column", columns)):
        blank = is_blank(names.to_series())
        if blank.any():
            at = int(np.flatnonzero(blank)[0])
            where = given.where([at]) if what == "row" else f"column {at + 2}"
            raise InputError(f"{given.name} must name each {what} of the matrix; {where} has none.")
        if not names.is_unique:
            twice = examples(names[names.duplicated()].unique(), str)
            raise InputError(f"{given.name} must have each {what} once; twice or more: {twice}.")
    no_row = columns.difference(pd.Index(rows), sort=False)
    no_column = pd.Index(rows).difference(columns, sort=False)
    if len(columns) == 0 or len(no_row) or len(no_column):
        found = [f"no row for {examples(no_row, str)}"] * (len(no_row) > 0)
        found += [f"no column for {examples(no_column, str)}"] * (len(no_column) > 0)
        msg = f"{given.name} must be a square matrix, with a row for each of its {len(columns)} "
        last = given.where([len(rows) - 1])
        raise InputError(f"{msg}columns; it has {'; '.join(found)}; its last row is {last}.")
    n, m = cells.shape
    number = _numbers(
        pd.concat([cells[column] for column in columns], ignore_index=True),
        decimal,
        given,
        lambda at: f"{given.where([at % n])}, column {columns[at // n]!r}",
    )
    row, column = np.divmod(np.arange(n * m), m)
    number = number.reshape(m, n).T.ravel()
    ends = {"source": pd.Index(rows).take(row), "target": columns.take(column)}
    flows = pd.DataFrame({**ends, "weight": number}).astype({"source": "str", "target": "str"})
    return flows[number > 0].reset_index(drop=True), columns


def flows_of_table(
    given: Given,
    asked: Mapping[str, str | None],
    period: str | None,
    decimal: str,
    faults: list[str],
) -> tuple[pd.DataFrame, pd.Index]:
    """The rows above 0 with their other columns, and the names of all ends."""
    frame = given.frame
    if frame.index.name is not None or not frame.index.equals(pd.RangeIndex(len(frame))):
        named = any(level is not None for level in frame.index.names)
        frame = frame.reset_index(drop=not named)
    column = {what: _column(given.name, frame, what, asked[what]) for what in USUAL}
    links = pd.DataFrame(index=frame.index)
    for end, what in (("source", "origin"), ("target", "destination")):
        text, bad, _ = as_text(frame[column[what]])
        if bad.any():
            msg = f"{given.name} must have text or whole numbers in column {column[what]!r}; not so"
            raise InputError(f"{msg}: {given.where(bad)}.")
        links[end] = text.str.strip()
    links["weight"] = 1.0
    if (weight := column["weight"]) is not None:
        links["weight"] = _numbers(
            frame[weight], decimal, given, lambda at: f"{given.where([at])}, column {weight!r}"
        )
    used = [name for name in column.values() if name is not None]
    if period is not None:
        used.append(_column(given.name, frame, "period", period) or "")
        links["period"] = _periods(given, frame[period])
    more = frame.drop(columns=used)
    if len(clash := more.columns.intersection(links.columns)):
        msg = f"{given.name} has a column {clash[0]!r} besides the one that is to be it; rename it."
        raise InputError(msg)
    nowhere = is_blank(links["source"]) | is_blank(links["target"])
    unknown = links["weight"].isna().to_numpy()
    for what, rows in (("an origin or destination", nowhere), ("a number", unknown & ~nowhere)):
        if rows.any():
            where = f"{rows.sum()} ({given.where(rows)})"
            faults.append(f"{given.name}: rows left out, without {what}: {where}")
    links = links[~nowhere & ~unknown]
    ends = pd.unique(links[["source", "target"]].to_numpy(object).ravel())
    links = links[links["weight"] > 0]
    if len(links) < len(more):
        more = more.take(links.index.to_numpy())
    flows = pd.concat([links, more], axis=1)  # once: each selection of rows visits each column
    return flows.reset_index(drop=True), pd.Index(ends, dtype="str")


def _column(table: str, frame: pd.DataFrame, what: str, asked: str | None) -> str | None:
    """The column that was asked for, or one with a usual name; a weight may be missing."""
    has = examples(frame.columns, str)
    if asked is not None:
        if asked in frame:
            return asked
        guess = did_you_mean(asked, frame.columns)
        raise InputError(f"{table} must have a column {asked!r}{guess}; line 1 has {has}.")
    found = {str(name).strip().casefold(): str(name) for name in frame.columns[::-1]}
    for name in USUAL[what]:
        if name in found:
            return found[name]
    if what == "weight":
        return None
    msg = f"{table} must be a square matrix, or have a column for the {what} such as "
    raise InputError(f"{msg}{USUAL[what][0]!r}; line 1 has {has}; name it: {what}='...'.")


def _numbers(values: pd.Series, decimal: str, given: Given, where: Callable[[int], str]) -> Floats:
    """Numbers of 0 or more, NaN where blank; anything else is refused."""
    number, other = as_numbers(values)
    bad = other.copy()
    if other.any():
        text = values[other].astype("str").str.strip()
        parsed = pd.to_numeric(text.str.replace(decimal, ".", regex=False), errors="coerce")
        number[other] = parsed
        bad[other] = (parsed.isna() & ~text.str.casefold().isin(NO_NUMBER)).to_numpy()
    bad |= (number < 0) | np.isinf(number)
    if bad.any():
        at = np.flatnonzero(bad)
        shown = examples(at, lambda k: f"{where(int(k))} ({values.iloc[k]!r})")
        msg = f"{given.name} must hold numbers of 0 or more, with {decimal!r} before decimals; "
        raise InputError(f"{msg}{at.size} are none: {shown}.")
    return number


def _periods(given: Given, values: pd.Series) -> pd.Series:
    number = pd.to_numeric(values, errors="coerce")
    bad = (values.notna() & ~(number % 1 == 0)).to_numpy(bool)
    if bad.any():
        where = f"{given.where(bad)}, column {values.name!r} ({values[bad].iloc[0]!r})"
        raise InputError(f"{given.name} must have whole numbers as periods; not so: {where}.")
    return number.astype("Int64")
