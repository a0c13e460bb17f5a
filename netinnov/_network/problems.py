"""What is wrong with tables: collected, counted by type, and said in one message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._runtime.arguments import did_you_mean
from netinnov._typing import Mask
from netinnov.errors import TableError

if TYPE_CHECKING:
    from netinnov._network.stacks import Stack

SHOWN = 5  # rows of each type in a message
COLUMNS = 20  # that are listed where one is missing
SPELLING_UP_TO = 5000  # ids among which the nearest spelling is looked for

MENDING = {
    "not a table": "give a pandas DataFrame, or a dict of them for nodes and links",
    "missing column": "add the column or rename the one that holds it",
    "misspelt column": "rename it, or drop it if it is something else",
    "column occurs twice": "keep one of the columns",
    "index has several levels": "give the ids as one column",
    "mixed id types": "numbers and text must not mix in one column of ids: write all as text",
    "id is not text or a whole number": "write ids as text",
    "kind is not text or a whole number": "write kinds as text, or leave them out",
    "layer is not text or a whole number": "write names of layers as text",
    "empty id": "every row needs an id",
    "word for a missing value": "leave the cell empty (None or NaN in a DataFrame); a place that "
    "is really called so needs another name, such as 'None (Torino)'",
    "duplicate id": "an id may stand in one row only: merge the rows or rename one",
    "kind differs from an earlier row of the node": "a node has one kind: decide which",
    "place is not in places": "add the place to `places` or correct the spelling",
    "jurisdiction is not in places": "add the jurisdiction to `places` or correct the spelling",
    "end is not a node": "every link must join two rows of `nodes`: add the node or correct it",
    "weight is missing": "a weight must be a number above 0; leave the column out for 1",
    "weight is not a number": "a weight must be a real number above 0, not text, without "
    "units or separators of thousands, unless `decimal` says which mark these are",
    "weight is infinite": "a weight must be finite",
    "weight is not above 0": "a weight must be above 0; leave out links of weight 0",
    "layer is missing": "name the layer of every link, or leave the column out",
    "period is not a whole number": "a period is a whole number such as a year, or missing: of "
    "a date give the year",
    "coordinate is not a number": "lon and lat are decimal degrees, or missing",
    "coordinate out of range": "lon is within -180 and 180, lat within -90 and 90 degrees",
    "population is not a number": "a population is a number, or missing",
    "population is negative or infinite": "a population is at least 0 and finite, or missing",
    "total is not a place": "delete the row of totals; a place that is really called so needs "
    "another name, such as 'Total (place)'",
    "parent is not in places": "a parent is another row of `places`, or missing",
    "parent cycle": "a place cannot lie inside itself: correct the parents",
}


class Problems:
    def __init__(self) -> None:
        self._parts: list[pd.DataFrame] = []
        self._known: dict[tuple[str, str], pd.Index] = {}
        self._columns: dict[str, list[str]] = {}
        self._file_rows: dict[str, tuple[pd.Index, str]] = {}
        self._headers: dict[str, dict[str, str]] = {}

    def __bool__(self) -> bool:
        return bool(self._parts)

    def name_as_the_file(
        self, table: str, numbers: pd.Index, unit: str, headers: dict[str, str]
    ) -> None:
        self._file_rows[table] = (numbers, unit)
        self._headers[table] = headers

    def whole(
        self,
        table: str,
        column: str | None,
        problem: str,
        value: Any,
        columns: list[str] | None = None,
    ) -> None:
        if columns is not None:
            self._columns[table] = columns
        self._add(np.array([table], object), None, column, problem, [value])

    def rows(
        self,
        stack: Stack,
        where: Mask,
        column: str,
        problem: str,
        values: pd.Series,
        known: pd.Index | None = None,
    ) -> None:
        if not where.any():
            return
        at = np.flatnonzero(where)
        cells = values.iloc[at].astype(object).where(values.iloc[at].notna(), None)
        if known is not None:
            self._known[column, problem] = known
        self._add(*stack.origin(at), column, problem, cells.tolist())

    def _add(
        self,
        tables: npt.NDArray[np.object_],
        rows: npt.NDArray[np.intp] | None,
        column: str | None,
        problem: str,
        values: list[Any],
    ) -> None:
        part = pd.DataFrame({"table": pd.Series(tables, dtype="str")})
        part["row"] = pd.array([pd.NA] * len(part) if rows is None else rows, dtype="Int64")
        part["column"] = pd.Series([column] * len(part), dtype="str")
        part["problem"] = pd.Series([problem] * len(part), dtype="str")
        part["value"] = pd.Series(values, dtype=object)
        self._parts.append(part)

    def lost(self, name: str, key: str) -> bool:
        return any(
            part["row"].isna().all()
            and (part["problem"] != "misspelt column").all()
            and part["table"].str.startswith(name).all()
            and (part["column"].isna() | (part["column"] == key)).all()
            for part in self._parts
        )

    def frame(self) -> pd.DataFrame:
        if not self._parts:
            self._add(np.empty(0, object), np.empty(0, np.int64), None, "", [])
            return self._parts.pop()
        return pd.concat(self._parts, ignore_index=True)

    def raise_any(self) -> None:
        if self:
            raise TableError(self.message(), self.frame())

    def message(self) -> str:
        frame = self.frame()
        groups = list(frame.groupby(["table", "column", "problem"], sort=False, dropna=False))
        lines = [
            f"the tables have {len(frame)} problem{'s' * (len(frame) != 1)} "
            f"of {len(groups)} type{'s' * (len(groups) != 1)}:"
        ]
        for (table, column, problem), group in groups:
            theirs = self._headers.get(str(table), {})
            head = str(table)
            if isinstance(column, str):
                head = f"{table}, column {theirs.get(column, column)!r}"
            description = self._describe(str(table), str(column), str(problem), group)
            lines.append(f"- {head}: {description}")
        if frame["row"].notna().all():
            lines.append("clean_tables() sets such rows aside; check_tables() lists them all.")
        return "\n".join(lines)

    def _describe(self, table: str, column: str, problem: str, group: pd.DataFrame) -> str:
        mend = MENDING[problem]
        if group["row"].isna().all():
            value = group["value"].iloc[0]
            if problem in ("missing column", "misspelt column"):
                value = self._headers.get(table, {}).get(value, value)
                suggestion = did_you_mean(value, [column]) or f" (meant as {column!r}?)"
                instead = f", found {value!r} instead{suggestion}" if value else ""
                columns = self._columns.get(table, [])[:COLUMNS]
                theirs = self._headers.get(table, {})
                listed = ", ".join(theirs.get(name, name) for name in columns)
                held = f"; there are {listed}" if problem == "missing column" and listed else ""
                return f"{problem}{instead}{held}; {mend}."
            return f"{problem} ({value}); {mend}."
        known = self._known.get((column, problem))
        near = known is not None and len(known) <= SPELLING_UP_TO
        numbers, unit = self._file_rows.get(table, (None, "row"))
        shown = []
        for row, value in zip(group["row"][:SHOWN], group["value"][:SHOWN], strict=True):
            guess = did_you_mean(value, known) if near and known is not None else ""
            text = "nothing" if value is None else repr(value)
            text = text if len(text) <= 60 else f"{text[:57]}..."
            shown.append(f"{unit} {row if numbers is None else numbers[row]}: {text}{guess}")
        more = f", and {len(group) - SHOWN} more" if len(group) > SHOWN else ""
        return f"{len(group)} x {problem} ({'; '.join(shown)}{more}); {mend}."
