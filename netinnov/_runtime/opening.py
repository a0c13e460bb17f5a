"""The one door for files from outside: regular ones, within a limit, their faults in words."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import lzma
import os
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any, cast

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet

from netinnov._runtime.arguments import examples
from netinnov._runtime.encodings import utf8_of
from netinnov._runtime.path_kinds import kind_at_path
from netinnov.errors import InputError

# Environment variable: GiB of memory for the content of any file; default 1
LIMIT = "NETINNOV_FILE_GIB"
GROWTH = 1_000  # the content of a larger file may take so many times its size

BYTE = 8  # bytes of memory for each byte of text, with the copies on the way
VALUE, CELL = 24, 64  # and for each number of a table or array, and each cell of any other table

MOST_COLUMNS = 10_000

Count = Callable[[bytes], int]


def _marks(marks: bytes) -> Count:
    return lambda data: len(data) - len(data.translate(None, marks))


def _words(data: bytes) -> int:
    """Words, or lines if there are more: reading empty lines takes time as well."""
    return max(len(data.replace(b",", b" ").split()), data.count(b"\n"))


def _elements(data: bytes) -> int:
    return data.count(b"<") - data.count(b"</")


FIELDS: tuple[Count, int] = (_marks(b"\n,;\t|"), 64)
# By file ending: function that counts parts, and bytes of memory for each
PARTS = {
    **dict.fromkeys((".edges", ".gml", ".mpx", ".net", ".paj"), (_words, 256)),
    **dict.fromkeys((".gexf", ".graphml"), (_elements, 1024)),
    **dict.fromkeys((".geojson", ".json", ".jsonl"), (_marks(b",:[{\n"), 128)),
    ".xml": (_elements, 512),  # of a workbook
}
# What libraries raise for a file that is not of its format
DAMAGE = (
    *(EOFError, KeyError, MemoryError, OSError, RuntimeError, ValueError),
    *(lzma.LZMAError, struct.error, zipfile.BadZipFile, zlib.error, pa.ArrowException),
)


def ending_of(path: Path | str) -> str:
    """Ending in lower case, without that of a packed file."""
    return Path(str(path).casefold().removesuffix(".gz")).suffix


def network_json(folder: Path) -> Path | None:
    """Path of ``network.json`` in any case, also of a folder or broken link; None if absent."""
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
    with raw_file(path) as stream, zipfile.ZipFile(stream) as archive:
        return sorted(archive.namelist())


def is_zip(path: Path) -> bool:
    return kind_at_path(path) == "a file" and zipfile.is_zipfile(path)


def check_file(path: Path) -> Path:
    """Refuse what is not a regular file, before it is opened: a FIFO would wait for its writer.

    A link leads to a file of its own folder: one in a folder from elsewhere may lead anywhere.
    """
    if (kind := kind_at_path(path)) != "a file":
        fault = "there is none" if kind == "nothing" else f"it is {kind}"
        raise InputError(f"{path} must be a file; {fault}.")
    if path.is_symlink() and path.parent.resolve() not in path.resolve().parents:
        msg = f"{path} must be a file of its folder; it is a link that leads out of it, to "
        msg += f"{path.resolve()}. If you mean that file, give its own path, or copy it in place "
        raise InputError(f"{msg}of the link.")
    return path


def check_width(name: str | Path, n_columns: int) -> None:
    if n_columns > MOST_COLUMNS:
        msg = f"{name} must have at most {MOST_COLUMNS:,} columns; it has {n_columns:,}. Write a "
        raise InputError(f"{msg}wider matrix as rows with source, target and weight.")


def check_made(name: str | Path, made: float, size: int = 0) -> None:
    """Refuse a file of which more bytes of memory are made than its own size lets one expect."""
    text = os.environ.get(LIMIT, "1")
    try:
        most = float(text)
    except ValueError:
        most = 0
    if not most > 0:
        raise InputError(f"the variable {LIMIT} must be a number of GiB above 0; found {text!r}.")
    if made > max(most * 2**30, GROWTH * size):
        msg = f"{name} would take more than {max(most, GROWTH * size / 2**30):,.3g} GiB of memory, "
        msg += "far more than files of its size do. If that is meant, allow more GiB by a variable "
        raise InputError(f"{msg}of the environment, such as {LIMIT}={max(8, 4 * most):.0f}.")


@contextmanager
def raw_file(path: Path) -> Iterator[IO[bytes]]:
    with damage_refused(str(path), Exception), check_file(path).open("rb") as stream:
        yield stream


@contextmanager
def opened(path: Path, member: str | None = None) -> Iterator[IO[bytes]]:
    """The bytes of a file, or of a member of a zip or folder, unpacked and within the limit.

    A file ``.gz``, or one ``.zip`` with one file in it, is unpacked as it is read.
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


def check_parts(path: Path, ending: str) -> None:
    with raw_file(path) as stream, zipfile.ZipFile(stream) as archive:
        limited = _Limited(stream, path.name, path.stat().st_size, ending)
        for part in archive.infolist():
            with archive.open(part) as limited.stream:
                while limited.read(2**18):
                    pass


def read_bytes(path: Path) -> bytes:
    with opened(path) as stream:
        return stream.read()


def read_text(path: Path) -> str:
    return utf8_of(path, read_bytes(path))


def sha256_of(path: Path) -> str:
    with raw_file(path) as stream:
        return hashlib.file_digest(cast(io.BufferedReader, stream), "sha256").hexdigest()


def is_of_network(about: Any) -> bool:
    """Whether a ``network.json`` is of `write_network`, or was; one by hand has ``directed``."""
    keys = about.keys() if isinstance(about, dict) else {"directed"}
    return "directed" not in keys and not keys.isdisjoint({"format", "tables"})


def changed_file(folder: Path, about: Mapping[str, Any]) -> str | None:
    """A file whose SHA-256 is not that in ``network.json``; None if all match."""
    files: dict[str, Any] = about["files"] if isinstance(about.get("files"), dict) else {}
    if files.get("network.json") != digest_of_rest(about) or any(
        {"/", "\\", "\0"} & {*f} for f in files
    ):
        return "network.json"
    for name in sorted(files.keys() - {"network.json"}):
        path = folder / name
        if kind_at_path(path) != "a file" or sha256_of(path) != files[name]:
            return name
    return None


def digest_of_rest(about: Mapping[str, Any]) -> str:
    rest = {key: value for key, value in about.items() if key != "files"}
    return hashlib.sha256(json.dumps(rest).encode()).hexdigest()


def read_json(path: Path) -> Any:
    return parse_json(path, read_text(path))


def parse_json(name: str | Path, text: str, *, first: int = 1) -> Any:
    try:
        value = json.loads(text)
        if "\\ud" in text.casefold():
            json.dumps(value, ensure_ascii=False).encode()
        return value
    except json.JSONDecodeError as error:
        msg = f"{name}, line {first + error.lineno - 1}, column {error.colno} must be JSON; "
        raise InputError(f"{msg}{error.msg}; is the file cut off?") from None
    except UnicodeEncodeError as error:
        half = error.object[error.start].encode("unicode_escape").decode()
        msg = f"{name}, line {first} must be text; found {half}, half a character; get the file"
        raise InputError(f"{msg} again.") from None
    except (ValueError, RecursionError) as error:
        why = "it is nested too deeply" if isinstance(error, RecursionError) else error
        raise InputError(f"{name}, line {first} must be JSON; {why}.") from None


def read_parquet(path: Path) -> pa.Table:
    """Text stays dictionary-coded until its size is known."""
    with raw_file(path) as stream:
        size = path.stat().st_size
        file = pa.parquet.ParquetFile(stream)
        schema, about = file.schema_arrow, file.metadata
        check_width(path, len(schema.names))
        if twice := [name for name, times in Counter(schema.names).items() if times > 1]:
            msg = f"{path} must name each column once; it names {examples(twice)} twice or more."
            raise InputError(msg)
        if odd := [field for field in schema if _is_odd(field.type)]:
            msg = f"{path} must hold one value in each cell; column {odd[0].name!r} holds "
            raise InputError(f"{msg}{str(odd[0].type)[:80]}. Write that as text.")
        # What columns say of themselves is not asked for: where it is damaged, pyarrow aborts.
        groups = [about.row_group(at) for at in range(about.num_row_groups)]
        # Bytes too, such as geometries: what a file writes once may stand in each row.
        texts = [field.name for field in schema if _is_text(field.type) or _is_bytes(field.type)]
        cells = len(texts) + sum(pa.types.is_dictionary(field.type) for field in schema)
        row = VALUE * len(schema.names) + (CELL - VALUE) * cells
        values = row * sum(group.num_rows for group in groups)
        check_made(path, values + sum(group.total_byte_size for group in groups), size)
        table = pa.parquet.ParquetFile(stream, read_dictionary=texts).read()
        table.validate(full=True)  # text that is not UTF-8
        names, columns, known = table.column_names, table.columns, {*texts}
        coded = [at for at, column in enumerate(columns) if _is_coded(column)]
        width = sum(_width(chunk) for at in coded for chunk in columns[at].chunks)
        check_made(path, values + BYTE * width, size)
        for at in coded:
            if names[at] in known:  # others are categories, by the file
                text = _is_text(columns[at].type.value_type)
                columns[at] = columns[at].cast(pa.large_string() if text else pa.large_binary())
        return pa.Table.from_arrays(columns, names=names, metadata=table.schema.metadata)


def _is_odd(kind: pa.DataType) -> bool:
    """What no table of ours holds, or may be many times as large as it is in the file."""
    if pa.types.is_dictionary(kind):
        return _is_odd(kind.value_type)
    if isinstance(kind, pa.BaseExtensionType):
        of = kind.storage_type
        return _is_odd(of) or _is_text(of) or _is_bytes(of)
    views = pa.types.is_string_view(kind) or pa.types.is_binary_view(kind)
    return bool(views or pa.types.is_fixed_size_binary(kind) or pa.types.is_nested(kind))


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _is_bytes(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _is_coded(column: pa.ChunkedArray) -> bool:
    of = column.type.value_type if pa.types.is_dictionary(column.type) else None
    return of is not None and (_is_text(of) or _is_bytes(of))


def _width(codes: pa.DictionaryArray) -> int:
    lengths = pc.binary_length(codes.dictionary).cast(pa.int64())
    return pc.sum(lengths.take(codes.indices)).as_py() or 0


@contextmanager
def damage_refused(name: str, *more: type[Exception]) -> Iterator[None]:
    try:
        yield
    except InputError:
        raise
    except (*DAMAGE, *more) as error:
        why = getattr(error, "strerror", None) or str(error).strip("'\"").rstrip(".")
        first = (why or type(error).__name__).splitlines()[0]
        msg = f"{name} cannot be read: {first}; if it is damaged or cut off, get it again."
        raise InputError(msg) from None


class _Limited(io.RawIOBase):
    """A stream that refuses to unpack to more than a limit."""

    def __init__(self, stream: IO[bytes], name: str, size: int, ending: str = "") -> None:
        self.stream, self._name, self._size = stream, name, size
        self._count, self._part = PARTS.get(ending or ending_of(name), FIELDS)
        self._made, self._end = 0, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with damage_refused(self._name):
            data = self.stream.read(len(buffer))
        self._made += BYTE * len(data) + self._part * self._count(data)
        check_made(self._name, self._made, self._size)
        if self._count is _elements:  # short names of long texts, which may hold others
            if b"<!ENTITY" in (self._end + data).replace(b"\0", b""):
                raise InputError(f"{self._name} must not declare entities, which no table needs.")
            self._end = data[-16:]
        buffer[: len(data)] = data
        return len(data)


def _only_member(name: str, members: Sequence[str]) -> str:
    """The one table of a zip; GeoNames packs its readme beside it."""
    tables = [member for member in members if "readme" not in member.casefold()]
    if len(tables) != 1:
        held = examples(members, str) or "nothing"
        raise InputError(f"{name} must hold one table; it holds {held}.")
    return tables[0]
