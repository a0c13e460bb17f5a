"""Delimited text from a file, folder or zip: chosen columns as text, faults by line and column."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from operator import itemgetter
from pathlib import Path, PurePosixPath
from typing import Any, Literal, NamedTuple, TextIO

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
from netinnov.sources._judgement import Judgement, some_lines

TEXT = pa.large_string()
END = "\x1c"  # a last line of our own: it is swallowed if the text ends inside quotation marks


class TextTable(NamedTuple):
    """Columns of a file as text, stripped; an empty field is missing."""

    name: str
    frame: pd.DataFrame
    lines: Integers  # where each row starts: quoted fields may hold line ends
    uneven: list[int]  # lines left out: not as wide as the header
    unended: tuple[int, str] | None  # last line and column, if the file has no final line end

    def refuse_unended(self) -> None:
        """For files that are always written with a line end."""
        if self.unended is not None:
            line, column = self.unended
            msg = f"{self.name} ends in line {line}, in column {column!r}, without a line end: get "
            raise InputError(msg + "the file again; if it is whole, end its last line.")

    def at(self, rows: Mask, column: str | None = None) -> str:
        lines = self.lines[rows]
        if column is None:
            return some_lines(lines)
        values = self.frame[column].to_numpy(object)[rows]
        shown = [f"{line} ({value!r})" for line, value in zip(lines, values, strict=True)]
        return some_lines(shown)

    def keep(self, good: Mask) -> TextTable:
        frame = self.frame[good].reset_index(drop=True)
        return self._replace(frame=frame, lines=self.lines[good])

    def judge(self, column: str, good: pd.Series, must_be: str, faults: list[str]) -> None:
        """Some unreadable values are reported; nothing but them is a wrong file."""
        filled = self.frame[column].notna()
        judgement = Judgement(self.name, column, must_be)
        judgement.add(self, (filled & ~good).to_numpy(), int(filled.sum()))
        judgement.tell(faults)


def read_text_file(
    folder: Path, name: str, *, required: Sequence[str], optional: Sequence[str], delimiter: str
) -> TextTable:
    columns: dict[str, Any] = {"required": required, "optional": optional}
    [table] = read_pieces(folder, name, size=None, delimiter=delimiter, **columns)
    return table


def read_pieces(
    folder: Path,
    name: str,
    *,
    size: int | None,
    required: Sequence[str],
    optional: Sequence[str],
    delimiter: str,
    quoted: bool = True,
) -> Iterator[TextTable]:
    """As `read_text_file`, ``size`` rows at a time.

    Rows that are not as wide as the header, and what the last line lacks, are in the last piece.
    """
    with _text(folder, name) as text:
        quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
        last_line = [""]
        reader = csv.reader(_followed(text, last_line), delimiter=delimiter, quoting=quoting)
        header = [field.strip() for field in first_row(name, reader)]
        columns = _wanted(name, header, required, optional, delimiter)
        position = {column: at for at, column in enumerate(header)}
        at = [position[column] for column in columns]
        pick = itemgetter(*at, at[0])  # one column twice: a tuple in any case
        rows: list[tuple[str, ...]] = []
        lines: list[int] = []
        uneven: list[int] = []
        start, end = 1, reader.line_num
        width, n_whole, whole = len(header), 0, False

        def piece(*, last: bool = False) -> TextTable:
            fields = dict(zip(columns, zip(*rows, strict=True), strict=True)) if rows else {}
            # Stripped; empty fields and columns that are not there are missing.
            arrays = {
                column: pa.array([field.strip() or None for field in fields[column]], TEXT)
                if column in fields
                else pa.nulls(len(rows), TEXT)
                for column in (*required, *optional)
            }
            frame, at = frame_of(arrays, len(rows)), np.array(lines, np.int64)
            rows.clear()
            lines.clear()
            if not last:
                return TextTable(name, frame, at, [], None)
            unended = None if last_line[0].endswith(("\n", "\r")) else (start, header[-1])
            return TextTable(name, frame, at, uneven, unended)

        try:
            for row in reader:
                if row == [END]:
                    whole = width >= len(header)
                    break
                start, end = end + 1, reader.line_num
                if len(row) == len(header):
                    n_whole += 1
                    if len(rows) == size:
                        yield piece()
                    rows.append(pick(row)[:-1])
                    lines.append(start)
                elif row:  # no blank line
                    uneven.append(start)
                width = len(row) or width
        except csv.Error as error:
            msg = f"{name}, row in line {end + 1}: {error}; is a quotation mark not closed?"
            raise InputError(msg) from None
    if not whole and len(uneven) > 1:
        msg = f"{name} must have {len(header)} fields in each row, as in its header; "
        msg += f"{len(uneven)} rows have more or fewer: {some_lines(uneven)}; is it damaged, or "
        raise InputError(f"{msg}has it another delimiter?")
    if not whole:
        last = header[min(width, len(header)) - 1]
        msg = f"{name} ends inside the row that starts in line {start}, in column {last!r}: get "
        raise InputError(msg + "the file again, or close the quotation mark that is open there.")
    if n_whole == 0:
        fault = "no row has as many fields as its header" if uneven else "it has none"
        raise InputError(f"{name} must have rows below its header; {fault}.")
    yield piece(last=True)


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
        with opened(folder, name) as stream:  # a line end is never part of a letter
            for line, data in enumerate(stream, start=1):
                utf8_of(name, data, first=line)
    except csv.Error as error:
        raise InputError(f"{name} cannot be read: {error}; is it a table?") from None


def frame_of(columns: Mapping[str, Any], n_rows: int) -> pd.DataFrame:
    dtype: Any = pd.StringDtype(na_value=np.nan)
    arrays = {
        name: values if isinstance(values, np.ndarray) else dtype.__from_arrow__(values)
        for name, values in columns.items()
    }
    return pd.DataFrame(arrays, pd.RangeIndex(n_rows))


def _followed(text: TextIO, last_line: list[str]) -> Iterator[str]:
    for line in text:
        last_line[0] = line
        yield line
    yield END


def _wanted(
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
