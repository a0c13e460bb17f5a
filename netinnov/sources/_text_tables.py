"""Delimited text from a file, folder or zip: chosen columns as text, faults by line and column."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from operator import itemgetter
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple, TextIO

import numpy as np
import pandas as pd
import pyarrow as pa

from netinnov._network.file_rows import first_row
from netinnov._runtime.arguments import did_you_mean, examples
from netinnov._runtime.encodings import utf8_of, without_nul
from netinnov._runtime.opening import files_in, is_zip, opened, read_bytes
from netinnov._runtime.path_kinds import kind_at_path
from netinnov._typing import Integers, Mask
from netinnov.errors import InputError

TEXT = pa.large_string()
END = "\x1c"  # a last line of our own: it is swallowed if the text ends inside quotation marks
N_EXAMPLES = 5


class TextTable(NamedTuple):
    """Columns of a file as text, stripped; an empty field is missing."""

    name: str
    frame: pd.DataFrame
    lines: Integers  # where each row starts: quoted fields may hold line ends

    def at(self, rows: Mask, column: str) -> str:
        values = zip(self.lines[rows], self.frame[column].to_numpy(object)[rows], strict=True)
        return some_lines([f"{line} ({value!r})" for line, value in values])

    def complete(self, ids: Sequence[str], faults: list[str]) -> TextTable:
        """Rows with all ids; a file in which no row has them is another one."""
        blank = self.frame[[*ids]].isna().any(axis=1).to_numpy()
        if blank.all():
            msg = f"{self.name} must have rows with {' and '.join(ids)}; none of {blank.size} has."
            raise InputError(msg)
        if blank.any():
            where = f"{blank.sum()} ({some_lines(self.lines[blank])})"
            faults.append(f"{self.name}: rows left out, without {' or '.join(ids)}: {where}")
        frame = self.frame[~blank].reset_index(drop=True)
        return self._replace(frame=frame, lines=self.lines[~blank])

    def judge(self, column: str, good: pd.Series, must_be: str, faults: list[str]) -> None:
        filled = self.frame[column].notna()
        bad = (filled & ~good).to_numpy(bool)
        tell_values(self.name, column, must_be, int(filled.sum()), int(bad.sum()),
                    self.at(bad, column), faults)  # fmt: skip


def tell_values(
    name: str, column: str, must_be: str, n: int, n_bad: int, shown: str, faults: list[str]
) -> None:
    """Some unreadable values are reported; nothing but them is a wrong file."""
    if n_bad and n_bad == n:
        msg = f"{name}, column {column!r} must hold {must_be} in each row; not one does: "
        raise InputError(f"{msg}{shown}.")
    if n_bad:
        about = f"{name}, {column}: values left out, no {must_be}"
        faults.append(f"{about}: {n_bad} ({shown})")


def some_lines(lines: Sequence[object] | Integers, n: int | None = None) -> str:
    n = len(lines) if n is None else n
    more = f", ... and {n - N_EXAMPLES:,} more" if n > N_EXAMPLES else ""
    return f"{'line' if n == 1 else 'lines'} {examples(lines[:N_EXAMPLES], str)}{more}"


def tell_uneven(
    name: str, n_columns: int, n_rows: int, lines: Sequence[int], n: int, faults: list[str]
) -> None:
    """Report rows that are not as wide as the header; refuse a file of nothing else."""
    if n and not n_rows:
        msg = f"{name} must have {n_columns} fields in each row, as in its header; {n} rows have "
        msg += f"more or fewer: {some_lines(lines, n)}; is it damaged, or has it another delimiter?"
        raise InputError(msg)
    if not n_rows:
        raise InputError(f"{name} must have rows below its header; it has none.")
    if n:
        where = f"{n} ({some_lines(lines, n)})"
        faults.append(f"{name}: rows left out, not as wide as the header: {where}")


def read_text_file(
    folder: Path,
    name: str,
    *,
    required: Sequence[str],
    optional: Sequence[str],
    delimiter: str,
    faults: list[str],
) -> TextTable:
    with _text(folder, name) as text:
        reader = csv.reader(chain(text, [END]), delimiter=delimiter)
        header = [field.strip() for field in first_row(name, reader)]
        columns = wanted_columns(name, header, required, optional, delimiter)
        at = [header.index(column) for column in columns]
        pick = itemgetter(*at, at[0])  # one column twice: a tuple in any case
        rows, lines, uneven = list[tuple[str, ...]](), list[int](), list[int]()
        start, end, width, whole = 1, reader.line_num, len(header), False
        try:
            for row in reader:
                if row == [END]:
                    whole = width >= len(header)
                    break
                start, end = end + 1, reader.line_num
                if len(row) == len(header):
                    rows.append(pick(row)[:-1])
                    lines.append(start)
                elif row:  # no blank line
                    uneven.append(start)
                width = len(row) or width
        except csv.Error as error:
            msg = f"{name}, row in line {end + 1}: {error}; is a quotation mark not closed?"
            raise InputError(msg) from None
    if not whole and len(uneven) <= 1:
        last = header[min(width, len(header)) - 1]
        msg = f"{name} ends inside the row that starts in line {start}, in column {last!r}: get "
        raise InputError(msg + "the file again, or close the quotation mark that is open there.")
    tell_uneven(name, len(header), len(rows) * whole, uneven, len(uneven), faults)
    fields = dict(zip(columns, zip(*rows, strict=True), strict=True))
    arrays = {
        column: pa.array([field.strip() or None for field in fields[column]], TEXT)
        if column in fields
        else pa.nulls(len(rows), TEXT)
        for column in (*required, *optional)
    }
    return TextTable(name, frame_of(arrays, len(rows)), np.array(lines, np.int64))


def read_header(folder: Path, name: str, delimiter: str) -> tuple[list[str], bool]:
    with _text(folder, name) as text:
        line = text.readline()
    header = first_row(name, csv.reader([without_nul(name, line)], delimiter=delimiter))
    return [field.strip() for field in header], line.lstrip().startswith('"')


def read_lines(path: Path) -> list[str]:
    lines = re.split(r"\r\n|\n|\r", without_nul(path.name, utf8_of(path.name, read_bytes(path))))
    if not any(line.strip() for line in lines):
        raise InputError(f"{path.name} is empty; get the file again.")
    return lines


def file_in(path: Path, stem: str) -> str:
    kind = kind_at_path(path)
    if kind == "nothing":
        raise InputError(f"{path} does not exist; give the folder or zip that holds {stem}.csv.")
    if kind != "a folder" and not is_zip(path):
        msg = f"{path} must be a folder or a zip; it is neither, or a zip that is cut off."
        raise InputError(msg)
    names = files_in(path)
    bases = {name: PurePosixPath(name).name.casefold() for name in names}
    tables = {name: base for name, base in bases.items() if base.endswith((".csv", ".csv.gz"))}
    exact = [name for name, base in tables.items() if base in (f"{stem}.csv", f"{stem}.csv.gz")]
    matching = exact or [name for name, base in tables.items() if base.startswith(stem)]
    if len(matching) > 1:
        msg = f"{path} must hold one file {stem}.csv; it holds {examples(matching, str)}; move one."
        raise InputError(msg)
    if not matching:
        shown = examples(names, str) or "nothing"
        raise InputError(f"{path} must hold {stem}.csv or {stem}.csv.gz; it holds {shown}.")
    return matching[0]


@contextmanager
def _text(folder: Path, name: str) -> Iterator[TextIO]:
    try:
        with (
            opened(folder, name) as stream,
            io.TextIOWrapper(stream, encoding="utf-8-sig", newline="") as text,
        ):
            yield text
    except UnicodeDecodeError:
        refuse_other_bytes(folder, name)
    except csv.Error as error:
        raise InputError(f"{name} cannot be read: {error}; is it a table?") from None


def refuse_other_bytes(folder: Path, name: str) -> None:
    """Refuse a file that is not UTF-8, by its first line that is not."""
    with opened(folder, name) as stream:  # a line end is never part of a letter
        for line, data in enumerate(stream, start=1):
            utf8_of(name, data, first=line)


def frame_of(columns: Mapping[str, Any], n_rows: int) -> pd.DataFrame:
    dtype: Any = pd.StringDtype(na_value=np.nan)
    arrays = {
        name: values if isinstance(values, np.ndarray) else dtype.__from_arrow__(values)
        for name, values in columns.items()
    }
    return pd.DataFrame(arrays, pd.RangeIndex(n_rows))


def wanted_columns(
    name: str, header: list[str], required: Sequence[str], optional: Sequence[str], delimiter: str
) -> list[str]:
    if not any(header):
        raise InputError(f"{name} is empty; its first line must name its columns.")
    without_nul(name, "".join(header))
    other = [mark for mark in ",;\t|" if mark in header[0] and mark != delimiter]
    if len(header) == 1 and other:
        msg = f"{name} must have {delimiter!r} between its columns; line 1 has {other[0]!r}."
        raise InputError(msg)
    missing = [column for column in required if column not in header]
    if missing:
        shown = ", ".join(f"{column!r}{did_you_mean(column, header)}" for column in missing)
        msg = f"{name} must have the columns {', '.join(required)}; line 1 lacks {shown}; "
        raise InputError(f"{msg}it has {examples(header, str)}.")
    columns = [column for column in (*required, *optional) if column in header]
    if twice := dict.fromkeys(column for column in columns if header.count(column) > 1):
        shown = examples(twice, str)
        raise InputError(f"{name} must have each column once; line 1 has {shown} twice.")
    return columns
