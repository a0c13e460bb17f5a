"""Delimited text from a folder or zip, plain or gzip: chosen columns as text, faults by line."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import chain
from operator import itemgetter
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple, TextIO, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._arguments import did_you_mean
from netinnov.errors import InputError

__all__ = ["TextTable", "read_text_table", "some_lines"]

END = "\x1c"
"""A last line of our own: it is swallowed if the text ends inside quotation marks."""


class TextTable(NamedTuple):
    """Columns of a file as text, stripped; an empty field is missing."""

    name: str
    frame: pd.DataFrame
    lines: npt.NDArray[np.int64]
    """Where each row starts in the file: quoted fields may hold line ends."""
    uneven: list[int]
    """Lines of the rows left out because their number of fields is not that of the header."""

    def at(self, rows: npt.NDArray[np.bool_], column: str | None = None) -> str:
        """Lines (and what they hold) of the first five of some rows, for a message."""
        lines = self.lines[rows]
        if column is None:
            return some_lines(lines)
        values = self.frame[column].to_numpy(object)[rows]
        shown = [f"{line} ({value!r})" for line, value in zip(lines, values, strict=True)]
        return some_lines(shown)


def read_text_table(
    path: Path, stem: str, *, required: Sequence[str], optional: Sequence[str], delimiter: str
) -> TextTable:
    """Read the wanted columns of the file ``{stem}*.csv[.gz]`` in a folder or zip.

    The header decides where a column is; an optional one that is not there is all missing.

    Raises
    ------
    InputError
        The file is not there or stands there twice, cannot be unpacked or decoded, ends in the
        middle of a row, is empty, has another delimiter, or lacks a required column.
    """
    name = path.name
    try:
        name = _find(path, stem)
        with _opened(path, name) as stream:
            text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
            return _parse(name, text, required, optional, delimiter)
    except UnicodeDecodeError:
        with _opened(path, name) as stream:
            line, byte = _first_undecodable(stream)
        msg = f"{name} must be UTF-8; line {line} has the byte 0x{byte:02x}, which is not; "
        raise InputError(msg + "save the file as UTF-8.") from None
    except (EOFError, zlib.error, zipfile.BadZipFile, OSError, RuntimeError) as error:
        msg = f"{name} cannot be read: {error}; if it is damaged or cut off, get it again."
        raise InputError(msg) from None


def some_lines(lines: Sequence[object] | npt.NDArray[np.int64]) -> str:
    """The first five of some lines, for a message."""
    head = "line" if len(lines) == 1 else "lines"
    return f"{head} {', '.join(map(str, lines[:5]))}" + (", ..." if len(lines) > 5 else "")


def _find(path: Path, stem: str) -> str:
    """The name of the one file ``{stem}.csv[.gz]``, or else ``{stem}*.csv[.gz]``."""
    if path.is_dir():
        names = sorted(entry.name for entry in path.iterdir() if entry.is_file())
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            names = sorted(archive.namelist())
    elif path.exists():
        msg = f"{path} must be a folder or a zip; it is neither, or a zip that is cut off."
        raise InputError(msg)
    else:
        msg = f"{path} does not exist; give the folder or zip that holds {stem}.csv."
        raise InputError(msg)
    tables = {
        name: PurePosixPath(name).name.casefold()
        for name in names
        if name.casefold().endswith((".csv", ".csv.gz"))
    }
    exact = [name for name, base in tables.items() if base in (f"{stem}.csv", f"{stem}.csv.gz")]
    found = exact or [name for name, base in tables.items() if base.startswith(stem)]
    if len(found) > 1:
        msg = f"{path} must hold one file {stem}.csv; it holds {', '.join(found[:5])}; move one."
        raise InputError(msg)
    if not found:
        shown = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "") or "nothing"
        msg = f"{path} must hold {stem}.csv or {stem}.csv.gz; it holds {shown}."
        raise InputError(msg)
    return found[0]


@contextmanager
def _opened(path: Path, name: str) -> Iterator[IO[bytes]]:
    """The bytes of a file in a folder or zip, unpacked."""
    with ExitStack() as stack:
        if path.is_dir():
            stream: IO[bytes] = stack.enter_context((path / name).open("rb"))
        else:
            archive = stack.enter_context(zipfile.ZipFile(path))
            stream = stack.enter_context(archive.open(name))
        if name.casefold().endswith(".gz"):
            stream = cast(IO[bytes], stack.enter_context(gzip.open(stream)))
        yield stream


def _parse(
    name: str, text: TextIO, required: Sequence[str], optional: Sequence[str], delimiter: str
) -> TextTable:
    """The header, then the rows as wide as it; the last row tells whether the file is whole."""
    reader = csv.reader(chain(text, [END]), delimiter=delimiter)
    header = [field.strip() for field in next(reader, [])]
    columns = _wanted(name, header, required, optional, delimiter)
    pick = itemgetter(*[header.index(column) for column in columns])
    rows: list[tuple[str, ...]] = []
    lines: list[int] = []
    uneven: list[int] = []
    start, end = 1, reader.line_num
    width = len(header)
    whole = False
    try:
        for row in reader:
            if row == [END]:
                whole = width >= len(header)
                break
            start, end = end + 1, reader.line_num
            if len(row) == len(header):
                rows.append(pick(row))
                lines.append(start)
            elif row:  # no blank line
                uneven.append(start)
            width = len(row) or width
    except csv.Error as error:
        msg = f"{name}, row in line {end + 1}: {error}; is a quotation mark not closed?"
        raise InputError(msg) from None
    if not whole:
        msg = f"{name} ends inside the row that starts in line {start}: get the file again, or "
        raise InputError(msg + "close the quotation mark that is open there.")
    if not rows:
        fault = "no row has as many fields as its header" if uneven else "it has none"
        msg = f"{name} must have rows below its header; {fault}."
        raise InputError(msg)
    text_of = dict(zip(columns, zip(*rows, strict=True), strict=True))
    frame = pd.DataFrame(index=range(len(rows)))
    for column in (*required, *optional):
        values = pd.Series(text_of.get(column), frame.index, dtype="str").str.strip()
        frame[column] = values.mask(values == "")
    return TextTable(name, frame, np.array(lines, np.int64), uneven)


def _wanted(
    name: str,
    header: Sequence[str],
    required: Sequence[str],
    optional: Sequence[str],
    delimiter: str,
) -> list[str]:
    """The columns to read, in the order asked for; faults of the header."""
    if not any(header):
        msg = f"{name} is empty; its first line must name its columns."
        raise InputError(msg)
    other = [mark for mark in ",;\t|" if mark in header[0] and mark != delimiter]
    if len(header) == 1 and other:
        msg = f"{name} must have {delimiter!r} between its columns; line 1 has {other[0]!r}."
        raise InputError(msg)
    missing = [column for column in required if column not in header]
    if missing:
        shown = ", ".join(f"{column!r}{did_you_mean(column, header)}" for column in missing)
        have = ", ".join(header[:5]) + (", ..." if len(header) > 5 else "")
        msg = f"{name} must have the columns {', '.join(required)}; line 1 lacks {shown}; "
        raise InputError(msg + f"it has {have}.")
    columns = [column for column in (*required, *optional) if column in header]
    twice = [column for column in columns if header.count(column) > 1]
    if twice:
        msg = f"{name} must have each column once; line 1 has {', '.join(twice)} twice."
        raise InputError(msg)
    return columns


def _first_undecodable(stream: IO[bytes]) -> tuple[int, int]:
    """Line and byte of the first text that is no UTF-8; a line end is never part of a letter."""
    for line, data in enumerate(stream, start=1):
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as error:
            return line, data[error.start]
    return 0, 0  # pragma: no cover
