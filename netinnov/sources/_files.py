"""Delimited text from a folder or zip, plain or gzip: chosen columns as text, faults by line."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from operator import itemgetter
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._arguments import did_you_mean
from netinnov.errors import InputError

__all__ = ["TextTable", "read_text_table"]


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
    name = _find(path, stem)
    try:
        with _opened(path, name) as stream:
            text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
            return _parse(name, csv.reader(text, delimiter=delimiter), required, optional)
    except UnicodeDecodeError:
        with _opened(path, name) as stream:
            line, byte = _first_undecodable(stream)
        msg = f"{name} must be UTF-8; line {line} has the byte 0x{byte:02x}, which is not; "
        raise InputError(msg + "save the file as UTF-8.") from None
    except (EOFError, zlib.error, zipfile.BadZipFile, OSError, RuntimeError) as error:
        msg = f"{name} cannot be unpacked ({error}); it is damaged or cut off: get it again."
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
    name: str, reader: csv._reader, required: Sequence[str], optional: Sequence[str]
) -> TextTable:
    """Header, then rows; a short last row means that the file was cut off."""
    columns, pick, width = _header(name, next(reader, []), required, optional, reader)
    rows: list[tuple[str, ...]] = []
    lines: list[int] = []
    uneven: list[int] = []
    end = reader.line_num
    start = last = 0
    try:
        for row in reader:
            start, end, last = end + 1, reader.line_num, len(row) or last
            if len(row) == width:
                rows.append(pick(row))
                lines.append(start)
            elif row:  # not a blank line
                uneven.append(start)
    except csv.Error as error:
        msg = f"{name}, line {end + 1}: {error}; a quotation mark is not closed?"
        raise InputError(msg) from None
    if uneven and last < width:
        msg = f"{name} ends inside the row that starts in line {uneven[-1]}: get the file again."
        raise InputError(msg)
    if not rows:
        msg = f"{name} must have a row below its header; it has none" + (
            f" with the {width} fields of the header." if uneven else "."
        )
        raise InputError(msg)
    text = dict(zip(columns, zip(*rows, strict=True), strict=True))
    frame = pd.DataFrame({column: _column(text.get(column), len(rows)) for column in
                          (*required, *optional)})
    return TextTable(name, frame, np.array(lines, np.int64), uneven)
