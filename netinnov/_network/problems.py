"""Tables as they come, several as one, and what is wrong with them, said in one message."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._network.columns import as_text, is_blank, misspelt, nearest
from netinnov._network.file_rows import file_headers, has_file_rows, is_bare, row_unit
from netinnov._network.synonyms import MISSING
from netinnov._runtime.arguments import did_you_mean
from netinnov._typing import Mask
from netinnov.errors import TableError

KEYS = {"nodes": "node", "places": "place"}
OPTIONAL = {
    "nodes": ("kind", "place", "jurisdiction"),
    "links": ("layer", "weight", "period"),
    "places": ("lon", "lat", "population", "parent"),
}
REQUIRED = {"links": ("source", "target")}
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


@dataclass(frozen=True, slots=True)
class Stack:
    """One table, or several under names, as one frame that remembers where rows came from."""

    frame: pd.DataFrame
    parts: tuple[tuple[str, int], ...]
    kept: npt.NDArray[np.intp] | None = None

    def origin(
        self, at: npt.NDArray[np.intp]
    ) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.intp]]:
        at = at if self.kept is None else self.kept[at]
        labels = np.array([label for label, _ in self.parts], object)
        sizes = [0]
        sizes += [size for _, size in self.parts]
        start = np.cumsum(sizes)
        part = np.searchsorted(start, at, side="right") - 1
        return labels[part], at - start[part]

    def without(self, at: npt.NDArray[np.intp]) -> Stack:
        kept = np.arange(len(self.frame)) if self.kept is None else self.kept
        frame = self.frame.drop(index=pd.Index(at)).reset_index(drop=True)
        return Stack(frame, self.parts, np.delete(kept, at))


class Problems:
    def __init__(self) -> None:
        self._parts: list[pd.DataFrame] = []
        self._lost: list[tuple[str, str | None]] = []  # whole columns, or tables
        self._known: dict[tuple[str, str], pd.Index] = {}
        self.tables: dict[str, pd.DataFrame] = {}  # as they came, by the names that messages have

    def __bool__(self) -> bool:
        return bool(self._parts)

    def whole(self, table: str, column: str | None, problem: str, value: Any) -> None:
        if problem != "misspelt column":
            self._lost.append((table, column))
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
        row = pd.NA if rows is None else rows
        head = {"table": tables, "row": row, "column": column, "problem": problem}
        part = pd.DataFrame(head | {"value": pd.Series(values, dtype=object)})
        self._parts.append(part.astype(dict.fromkeys(head, "str") | {"row": "Int64"}))

    def lost(self, name: str, key: str) -> bool:
        return any(table.startswith(name) and column in (None, key) for table, column in self._lost)

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
            rows = self.tables.get(str(table), pd.DataFrame())
            head = table
            if isinstance(column, str):
                head = f"{table}, column {file_headers(rows).get(column, column)!r}"
            lines.append(f"- {head}: {self._describe(rows, column, problem, group)}")
        if frame["row"].notna().all():
            lines.append("clean_tables() sets such rows aside; check_tables() lists them all.")
        return "\n".join(lines)

    def _describe(self, rows: pd.DataFrame, column: Any, problem: Any, group: pd.DataFrame) -> str:
        mend = MENDING[problem]
        theirs = file_headers(rows)
        if group["row"].isna().all():
            value = group["value"].iloc[0]
            if problem in ("missing column", "misspelt column"):
                value = theirs.get(value, value)
                suggestion = did_you_mean(value, [column]) or f" (meant as {column!r}?)"
                instead = f", found {value!r} instead{suggestion}" if value else ""
                columns = map(str, rows.columns[:COLUMNS])
                listed = ", ".join(theirs.get(name, name) for name in columns)
                held = f"; there are {listed}" if problem == "missing column" and listed else ""
                return f"{problem}{instead}{held}; {mend}."
            return f"{problem} ({value}); {mend}."
        known = self._known.get((column, problem))
        names = known if known is not None and len(known) <= SPELLING_UP_TO else pd.Index([])
        shown = []
        for row, value in zip(group["row"][:SHOWN], group["value"][:SHOWN], strict=True):
            text = "nothing" if value is None else repr(value)
            text = text if len(text) <= 60 else f"{text[:57]}..."
            at = rows.index[row] if has_file_rows(rows) else row
            shown.append(f"{row_unit(rows)} {at}: {text}{did_you_mean(value, names)}")
        more = f", and {len(group) - SHOWN} more" if len(group) > SHOWN else ""
        return f"{len(group)} x {problem} ({'; '.join(shown)}{more}); {mend}."


def stacked(name: str, table: Any, problems: Problems) -> Stack:
    key_column = {"nodes": "kind", "links": "layer"}.get(name)
    parts: list[tuple[str, str | None, Any]] = [(name, None, table)]
    if isinstance(table, Mapping) and key_column is not None:
        parts = [(f"{name}[{key!r}]", str(key), frame) for key, frame in table.items()]
    frames = []
    sizes = []
    for label, key, frame in parts:
        if not isinstance(frame, pd.DataFrame):
            problems.whole(label, None, "not a table", type(frame).__name__)
            continue
        problems.tables[label] = frame
        if not _columns_are_sound(name, label, frame, problems):
            continue
        frame = _with_key(name, frame)
        if name == "links" and len(parts) > 1 and "weight" not in frame:
            frame = frame.assign(weight=1.0)  # another of the tables may have weights
        if key is not None and key_column is not None:
            own = frame[key_column] if key_column in frame else pd.Series(pd.NA, frame.index)
            frame = frame.assign(**{key_column: own.astype(object).where(own.notna(), key)})
        frames.append(frame)
        sizes.append((label, len(frame)))
    if not frames:
        columns = [*([KEYS[name]] if name in KEYS else REQUIRED["links"])]
        return Stack(pd.DataFrame(columns=columns, dtype="str"), ())
    whole = frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)
    return Stack(whole.reset_index(drop=True), tuple(sizes))


def _columns_are_sound(name: str, label: str, frame: pd.DataFrame, problems: Problems) -> bool:
    columns = [str(column) for column in frame.columns]
    twice = sorted(column for column, times in Counter(columns).items() if times > 1)
    for column in twice:
        problems.whole(label, column, "column occurs twice", column)
    sound = not twice
    for column in REQUIRED.get(name, ()):
        if column not in columns:
            known = {*REQUIRED[name], *OPTIONAL[name]}
            guess = nearest(column, [other for other in columns if other not in known])
            problems.whole(label, column, "missing column", guess)
    if (key := KEYS.get(name)) is not None and key not in columns:
        guess = next((c for c in columns if c.casefold() == "id" or misspelt(c, key)), None)
        if is_bare(frame) and guess is not None:
            problems.whole(label, key, "missing column", guess)
        elif frame.index.nlevels > 1:
            problems.whole(label, key, "index has several levels", str(frame.index.names))
            sound = False
    for column in OPTIONAL[name]:
        if column not in columns:
            for other in columns:
                if misspelt(other, column):
                    problems.whole(label, column, "misspelt column", other)
    return sound


def _with_key(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    frame = frame.copy(deep=False)
    if not all(isinstance(column, str) for column in frame.columns):
        frame.columns = frame.columns.map(str)
    if name in KEYS and KEYS[name] not in frame:
        frame.insert(0, KEYS[name], frame.index)
    for column in REQUIRED.get(name, ()):
        if column not in frame:  # faulted already; what its rows hold besides is still checked
            frame[column] = pd.Series(pd.NA, frame.index, dtype="str")
    return frame


def identifiers(
    name: str, column: str, stack: Stack, problems: Problems, *, empty: str | None
) -> pd.Series:
    """Ids as text; ``empty`` names the problem of a missing id (None: allowed)."""
    text, bad, mixed = as_text(stack.frame[column])
    if mixed:
        shown = [*dict.fromkeys(type(v).__name__ for v in stack.frame[column].dropna())]
        tables = set(stack.origin(np.arange(len(stack.frame)))[0])
        table = tables.pop() if len(tables) == 1 else name
        problems.whole(table, column, "mixed id types", " and ".join(shown[:3]))
        return text
    values = stack.frame[column]
    called = column if column in ("kind", "layer") else "id"
    problems.rows(stack, bad, column, f"{called} is not text or a whole number", values)
    blank = is_blank(text)
    if empty is not None:
        problems.rows(stack, blank & ~bad, column, empty, values)
        blank &= False
    if column in ("place", "jurisdiction", "parent"):
        word = text.isin(MISSING).to_numpy(bool)
        problems.rows(stack, word, column, "word for a missing value", values)
        blank |= word
    return text.mask(blank) if blank.any() else text
