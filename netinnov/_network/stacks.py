"""Tables as they come: several as one, with the columns that they must and may have."""

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
from netinnov._network.problems import Problems
from netinnov._network.synonyms import MISSING

KEYS = {"nodes": "node", "places": "place"}
OPTIONAL = {
    "nodes": ("kind", "place", "jurisdiction"),
    "links": ("layer", "weight", "period"),
    "places": ("lon", "lat", "population", "parent"),
}
REQUIRED = {"links": ("source", "target")}


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
        labels, sizes = np.array([label for label, _ in self.parts], object), [0]
        sizes += [size for _, size in self.parts]
        start = np.cumsum(sizes)
        part = np.searchsorted(start, at, side="right") - 1
        return labels[part], at - start[part]

    def without(self, at: npt.NDArray[np.intp]) -> Stack:
        kept = np.arange(len(self.frame)) if self.kept is None else self.kept
        frame = self.frame.drop(index=pd.Index(at)).reset_index(drop=True)
        return Stack(frame, self.parts, np.delete(kept, at))


def stacked(name: str, table: Any, problems: Problems) -> Stack:
    key_column = {"nodes": "kind", "links": "layer"}.get(name)
    parts: list[tuple[str, str | None, Any]] = [(name, None, table)]
    if isinstance(table, Mapping) and key_column is not None:
        parts = [(f"{name}[{key!r}]", str(key), frame) for key, frame in table.items()]
    frames, sizes = [], []
    for label, key, frame in parts:
        if not isinstance(frame, pd.DataFrame):
            problems.whole(label, None, "not a table", type(frame).__name__)
            continue
        if has_file_rows(frame):
            headers = file_headers(frame)
            problems.name_as_the_file(label, frame.index, row_unit(frame), headers)
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
            problems.whole(label, column, "missing column", guess, columns)
    if name in KEYS:
        key = KEYS[name]
        if key not in columns:
            guess = next((c for c in columns if c.casefold() == "id" or misspelt(c, key)), None)
            if is_bare(frame) and guess is not None:
                problems.whole(label, key, "missing column", guess, columns)
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
