"""Files from outside: only regular ones, unpacked to a limit, faults of their bytes in words."""

from __future__ import annotations

import gzip
import io
import json
import lzma
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any, cast

import pyarrow as pa
import pyarrow.parquet

from netinnov._arguments import examples
from netinnov._path_kinds import kind_at_path
from netinnov.errors import InputError

ALWAYS_UNPACKED = 2**28  # bytes (256 MiB) that any packed file may unpack to

MOST_UNPACKED = 100
"""Times its own size that a larger one may unpack to; tables of text reach 5 to 30 times."""

ALWAYS_FIELDS = 2**24
"""Fields (17 million) that any packed table may have: as rows of one, they take 0.6 GiB as text."""

MOST_FIELDS = 10
"""Fields for each byte of its own size that a larger one may have; tables of text reach 2."""

SEPARATORS = (b"\n", b",", b";", b"\t", b"|")  # what ends a field

DAMAGE = (
    *(EOFError, KeyError, OSError, RuntimeError, ValueError, lzma.LZMAError, struct.error),
    *(zipfile.BadZipFile, zlib.error, pa.ArrowException),
)
"""What libraries raise where the bytes of a file are not those of its format."""


def network_json(folder: Path) -> Path | None:
    """The path of a folder's ``network.json``, in upper or lower case; None if it has none.

    A folder or a broken link of this name counts: it is refused when it is opened.
    """
    if kind_at_path(folder) != "a folder":
        return None
    names = sorted(each.name for each in folder.iterdir() if each.name.casefold() == "network.json")
    if len(names) > 1:
        raise InputError(f"{folder} holds {' and '.join(names)}; keep one of them.")
    return folder / names[0] if names else None


def files_in(path: Path) -> list[str]:
    """The names of all that a folder or zip holds, but for folders."""
    if kind_at_path(path) == "a folder":
        with os.scandir(path) as entries:
            return sorted(entry.name for entry in entries if not entry.is_dir())
    check_file(path)
    with damage_refused(str(path)), zipfile.ZipFile(path) as archive:
        return sorted(archive.namelist())


def is_zip(path: Path) -> bool:
    """Whether a path is a file that ends as a zip does."""
    return kind_at_path(path) == "a file" and zipfile.is_zipfile(path)


def check_file(path: Path) -> Path:
    """Refuse what is not a regular file, before it is opened: a FIFO would wait for its writer."""
    if (kind := kind_at_path(path)) != "a file":
        fault = "there is none" if kind == "nothing" else f"it is {kind}"
        raise InputError(f"{path} must be a file; {fault}.")
    return path


@contextmanager
def unpacked(path: Path, member: str | None = None) -> Iterator[IO[bytes]]:
    """The bytes of a file, or of a member of a zip or folder, without their packing.

    A file ``.gz``, or one ``.zip`` with one file in it, is unpacked as it is read, up to the limits
    above.
    """
    if member is not None and kind_at_path(path) == "a folder":
        path, member = path / member, None
    name = member or path.name
    check_file(path)
    with ExitStack() as stack:
        with damage_refused(str(path)):
            size = path.stat().st_size
            if member is not None:
                archive = stack.enter_context(zipfile.ZipFile(path))
                stream: IO[bytes] = stack.enter_context(archive.open(member))
            else:
                stream = stack.enter_context(path.open("rb"))
            if name.casefold().endswith(".gz"):
                stream = cast(IO[bytes], stack.enter_context(gzip.open(stream)))
            elif name.casefold().endswith(".zip"):
                inner = stack.enter_context(zipfile.ZipFile(stream))
                stream = stack.enter_context(inner.open(_only_member(name, inner.namelist())))
        yield io.BufferedReader(_Limited(stream, name, size), 2**18)


def read_bytes(path: Path) -> bytes:
    """All bytes of a file, unpacked; refused as `unpacked` does."""
    with unpacked(path) as stream:
        return stream.read()


def decoded(name: str | Path, data: bytes) -> str:
    """Bytes as text without a byte order mark; UTF-8 or the line that is not."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, byte = data.count(b"\n", 0, error.start) + 1, data[error.start]
        msg = f"{name} must be UTF-8; line {line} has the byte 0x{byte:02x}, which is not; save the"
        raise InputError(f"{msg} file as UTF-8.") from None


def read_json(path: Path) -> Any:
    return parse_json(path, decoded(path, read_bytes(path)))


def parse_json(name: str | Path, text: str) -> Any:
    """What a text in JSON says, or where it is not JSON."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        msg = f"{name}, line {error.lineno}, column {error.colno} must be JSON; {error.msg}"
        raise InputError(f"{msg}; is the file cut off?") from None
    except (ValueError, RecursionError) as error:
        why = "it is nested too deeply" if isinstance(error, RecursionError) else error
        raise InputError(f"{name} must be JSON that can be read; {why}.") from None


@contextmanager
def damage_refused(name: str, *more: type[Exception]) -> Iterator[None]:
    """What a library raises for the bytes of a file (``more``: of its own), in words."""
    try:
        yield
    except InputError:
        raise
    except (*DAMAGE, *more) as error:
        raise _damaged(name, error) from None


@contextmanager
def parquet_of(path: Path) -> Iterator[IO[bytes]]:
    """A Parquet file to read; refused if it is damaged or would grow without bound."""
    check_file(path)
    with damage_refused(str(path)), path.open("rb") as stream:
        about = pa.parquet.ParquetFile(stream).metadata
        most = max(ALWAYS_FIELDS, MOST_UNPACKED * path.stat().st_size)
        if about.num_rows * about.num_columns > most:
            raise _too_large(path.name, most, "cells")
        stream.seek(0)
        yield stream


class _Limited(io.RawIOBase):
    """A stream of bytes and fields as many as its size allows; its faults are errors in words."""

    def __init__(self, stream: IO[bytes], name: str, size: int) -> None:
        self._stream, self._name = stream, name
        self._most = {
            "bytes": max(ALWAYS_UNPACKED, MOST_UNPACKED * size),
            "fields": max(ALWAYS_FIELDS, MOST_FIELDS * size),
        }
        self._read = dict.fromkeys(self._most, 0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with damage_refused(self._name):
            data = self._stream.read(len(buffer))
        self._read["bytes"] += len(data)
        self._read["fields"] += sum(map(data.count, SEPARATORS))
        for unit, most in self._most.items():
            if self._read[unit] > most:
                raise _too_large(self._name, most, unit)
        buffer[: len(data)] = data
        return len(data)


def _too_large(name: str, most: int, unit: str) -> InputError:
    msg = f"{name} unpacks to more than {most:,} {unit}, far more than a table of its size holds"
    return InputError(f"{msg}; if that is meant, unpack it yourself and give the result.")


def _damaged(name: str, error: Exception) -> InputError:
    why = getattr(error, "strerror", None) or str(error).strip("'\"").rstrip(".")
    first = (why or type(error).__name__).splitlines()[0]
    return InputError(f"{name} cannot be read: {first}; if it is damaged or cut off, get it again.")


def _only_member(name: str, members: Sequence[str]) -> str:
    """The one table of a zip; GeoNames packs its readme beside it."""
    tables = [member for member in members if "readme" not in member.casefold()]
    if len(tables) != 1:
        held = examples(members, str) or "nothing"
        raise InputError(f"{name} must hold one table; it holds {held}.")
    return tables[0]
