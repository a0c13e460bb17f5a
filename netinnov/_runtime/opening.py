"""The one door for files from outside: regular ones, within a limit, their faults in words."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import lzma
import math
import os
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import IO, Any, cast

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet

from netinnov._runtime.arguments import examples
from netinnov._runtime.encodings import decoded
from netinnov.errors import InputError

# Environment variable: GiB of memory for what is made of a file; default: a quarter of the memory
LIMIT = "NETINNOV_FILE_GIB"
SHARE = 1 / 4
USUAL = 2**34  # bytes of a machine that does not tell its memory
TOLD = Path("/proc/self/cgroup")
GROUPS = Path("/sys/fs/cgroup")
# Bytes of memory for each byte of text, with the copies on the way; of text that becomes a tree of
# objects; for each cell; and for each column
BYTE = 4
TREE = 16
CELL = 96
COLUMN = 2**16
BATCH = 2**22  # cells of Parquet that are read at once
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others unpack a block of any size at once
# Of which a file may hold one value for many rows
TEXTS = {
    **dict.fromkeys((pa.string(), pa.large_string()), pa.large_string()),
    **dict.fromkeys((pa.binary(), pa.large_binary()), pa.large_binary()),
}
# The files of tables that `write_network` writes
WRITTEN = {
    (table, f"{table}.{ending}")
    for table in ("nodes", "places", "layers", "links", "distances")
    for ending in ("csv", "parquet")
}
# What libraries raise for a file that is not of its format
DAMAGE = (
    EOFError,
    KeyError,
    MemoryError,
    OSError,
    RuntimeError,
    ValueError,
    lzma.LZMAError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
    pa.ArrowException,
)


def kind_at_path(path: Path) -> str:
    """``"a file"``, ``"a folder"``, ``"nothing"``, or what is none of these; links are followed."""
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return "a link that leads nowhere" if os.path.lexists(path) else "nothing"
    except OSError as error:
        raise _not_found(path, error) from None
    if stat.S_ISREG(mode):
        return "a file"
    return "a folder" if stat.S_ISDIR(mode) else "a pipe, socket or device"


def real_path(path: Path) -> Path:
    """Absolute and without links; the working directory may be gone."""
    try:
        return path.resolve()
    except (OSError, RuntimeError) as error:
        raise _not_found(path, error) from None


def is_inside(path: Path, folder: Path) -> bool:
    return real_path(path).parent == real_path(folder)


def _not_found(path: Path, error: Exception) -> InputError:
    return InputError(f"{path} cannot be looked up: {getattr(error, 'strerror', error)}.")


def check_target(path: Path) -> str:
    kind = kind_at_path(path)
    if kind not in ("a file", "a folder", "nothing"):
        raise InputError(f"{path} is {kind}, which is never replaced; name a file or folder.")
    return kind


def ending_of(path: Path | str) -> str:
    """Ending in lower case, without that of a packed file."""
    return Path(str(path).casefold().removesuffix(".gz")).suffix


def network_json(folder: Path) -> Path | None:
    path = folder / "network.json"
    if kind_at_path(path) == "nothing":
        return None
    if not is_inside(path, folder):
        raise InputError(f"{path} must be a file of its folder; it is a link that leads out of it.")
    return path


def files_in(path: Path) -> list[str]:
    if kind_at_path(path) == "a folder":
        return sorted(entry.name for entry in path.iterdir() if not entry.is_dir())
    with raw_file(path) as stream, zipfile.ZipFile(stream) as archive:
        return sorted(archive.namelist())


def is_zip(path: Path) -> bool:
    return kind_at_path(path) == "a file" and zipfile.is_zipfile(path)


def check_file(path: Path) -> Path:
    """Refuse what is not a regular file, before it is opened: a FIFO would wait for its writer."""
    if (kind := kind_at_path(path)) != "a file":
        fault = "there is none" if kind == "nothing" else f"it is {kind}"
        raise InputError(f"{path} must be a file; {fault}.")
    return path


def check_header(name: str | Path, columns: Sequence[str], where: str = "it") -> None:
    if twice := [column for column, times in Counter(columns).items() if column and times > 1]:
        shown = examples(twice)
        raise InputError(f"{name} must name each column once; {where} names {shown} twice or more.")


def check_made(name: str | Path, made: float, table: str = "") -> None:
    """Refuse a file of which more bytes of memory would be made than the process can spare."""
    most, why = most_memory()
    if made > most:
        raise InputError(
            f"{name} would take {made / 2**30:,.3g} GiB of memory or more{table}; what is made of "
            f"a file may take {most / 2**30:,.3g} GiB, {why}. If that is meant, allow more GiB by "
            f"a variable of the environment, such as {LIMIT}={math.ceil(made / 2**29)}."
        )


def most_memory() -> tuple[float, str]:
    """Bytes that may be made of one file, and why not more."""
    text = os.environ.get(LIMIT)
    if text is None:
        return _memory() * SHARE, "a quarter of the memory that the process may have"
    try:
        most = float(text) * 2**30
    except ValueError:
        most = 0
    if not most > 0:
        raise InputError(f"the variable {LIMIT} must be a number of GiB above 0; found {text!r}.")
    return most, f"as {LIMIT} says"


def check_table(name: str | Path, rows: int, columns: int, text: int = 0) -> None:
    """Refuse a table before it is made; ``text`` is the length of what its cells repeat."""
    made = columns * (COLUMN + CELL * rows) + BYTE * text
    check_made(name, made, f" ({rows:,} rows of {columns:,} columns)")


def columns_of_rows(
    name: str | Path, rows: Sequence[Mapping[Any, Any]], known: Iterable[Any] = ()
) -> dict[Any, list[Any]]:
    """Values by their names, those known first; None in rows that lack one."""
    names = dict.fromkeys([*known, *(key for row in rows for key in row)])
    text = sum(len(value) for row in rows for value in row.values() if isinstance(value, str))
    check_table(name, len(rows), len(names), text)
    return {key: [row.get(key) for row in rows] for key in names}


def _memory() -> int:
    """Bytes that the machine has, its control groups allow, and the process may address."""
    limits = [*_of_groups(TOLD, GROUPS), USUAL]
    with suppress(AttributeError, OSError, ValueError):
        limits[-1] = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    with suppress(ImportError):  # Windows has no such limit
        import resource

        limits.append(resource.getrlimit(resource.RLIMIT_AS)[0])
    return min(limit for limit in limits if limit > 0)


@cache
def _of_groups(told: Path, groups: Path) -> list[int]:
    """Limits of the control groups of the process and those above, of either version."""
    limits = []
    with suppress(OSError, ValueError):
        for line in told.read_text().splitlines():
            _, kinds, own = line.split(":", 2)
            root = groups
            file = "memory.max"
            if kinds:
                root = groups / "memory"
                file = "memory.limit_in_bytes"
            if not kinds or "memory" in kinds.split(","):
                inner = root / own.lstrip("/")
                inside = [each for each in (inner, *inner.parents) if each.is_relative_to(root)]
                for folder in inside:
                    with suppress(OSError, ValueError):
                        limits.append(int((folder / file).read_text()))
    return limits


@contextmanager
def raw_file(path: Path) -> Iterator[IO[bytes]]:
    with damage_refused(str(path), Exception), check_file(path).open("rb") as stream:
        yield stream


@contextmanager
def opened(path: Path, member: str | None = None, *, times: int = BYTE) -> Iterator[IO[bytes]]:
    """The bytes of a file, or of a member of a zip or folder, unpacked and within the limit.

    A file ``.gz``, or one ``.zip`` with one file in it, is unpacked as it is read. Each byte takes
    ``times`` as many in memory; 0: it is not kept.
    """
    if member is not None and kind_at_path(path) == "a folder":
        path = path / member
        member = None
    name = member or path.name
    check_file(path)
    with ExitStack() as stack:
        with damage_refused(str(path)):
            if member is not None:
                archive = stack.enter_context(zipfile.ZipFile(path))
                check_packed(path.name, archive.getinfo(member))
                stream: IO[bytes] = stack.enter_context(archive.open(member))
            else:
                stream = stack.enter_context(path.open("rb"))
            if name.casefold().endswith(".gz"):
                stream = cast(IO[bytes], stack.enter_context(gzip.open(stream)))
            elif name.casefold().endswith(".zip"):
                inner = stack.enter_context(zipfile.ZipFile(stream))
                table = inner.getinfo(_only_member(name, inner.namelist()))
                check_packed(name, table)
                stream = stack.enter_context(inner.open(table))
        yield io.BufferedReader(_Limited(stream, name, times), 2**18)


def check_packed(name: str | Path, *members: zipfile.ZipInfo) -> None:
    if odd := [each for each in members if each.compress_type not in PACKED]:
        raise InputError(
            f"{name} must be packed as usual (stored or deflated); {odd[0].filename!r} in it is "
            f"packed by method {odd[0].compress_type}. Pack it again."
        )


def read_bytes(path: Path, *, times: int = BYTE) -> bytes:
    with opened(path, times=times) as stream:
        return stream.read()


def read_text(path: Path, *, times: int = BYTE) -> str:
    return decoded(path, read_bytes(path, times=times))


def sha256_of(path: Path) -> str:
    with raw_file(path) as stream:
        return hashlib.file_digest(cast(io.BufferedReader, stream), "sha256").hexdigest()


def is_of_network(about: Any) -> bool:
    """Whether a ``network.json`` is of `write_network`, or was; one by hand has ``directed``."""
    keys = about.keys() if isinstance(about, dict) else {"directed"}
    return "directed" not in keys and not keys.isdisjoint({"format", "tables"})


def changed_file(folder: Path, about: Mapping[str, Any]) -> Path | None:
    """The first file that is not as `write_network` wrote it; none outside the folder is opened."""
    try:
        hashes = {(name, held["file"]): held["sha256"] for name, held in about["tables"].items()}
    except (AttributeError, KeyError, TypeError):
        return folder / "network.json"
    if not hashes.keys() <= WRITTEN:
        return folder / "network.json"
    for (_, file), sha256 in hashes.items():
        path = folder / file
        own = kind_at_path(path) == "a file" and is_inside(path, folder)
        if not own or sha256_of(path) != sha256:
            return path
    return None


def read_json(path: Path) -> Any:
    return parse_json(path, read_text(path, times=TREE))


def parse_json(name: str | Path, text: str, *, first: int = 1) -> Any:
    try:
        value = json.loads(text, object_pairs_hook=_named_once)
        if "\\ud" in text.casefold():
            json.dumps(value, ensure_ascii=False).encode()
        return value
    except json.JSONDecodeError as error:
        raise InputError(
            f"{name}, line {first + error.lineno - 1}, column {error.colno} must be JSON; "
            f"{error.msg}; is the file cut off?"
        ) from None
    except (ValueError, RecursionError) as error:
        why = "it is nested too deeply" if isinstance(error, RecursionError) else error
        raise InputError(f"{name}, line {first} must be JSON; {why}.") from None


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(named := dict(pairs)) < len(pairs):
        twice = next(
            name for name, times in Counter(name for name, _ in pairs).items() if times > 1
        )
        raise ValueError(f"an object names {twice!r} twice")
    return named


def read_parquet(path: Path) -> pa.Table:
    """Text stays dictionary-coded until its size is known."""
    with raw_file(path) as stream:
        file = pa.parquet.ParquetFile(stream)
        schema = file.schema_arrow
        about = file.metadata
        check_header(path, schema.names)
        if odd := [field for field in schema if _is_odd(field.type)]:
            raise InputError(
                f"{path} must hold one value in each cell; column {odd[0].name!r} holds "
                f"{str(odd[0].type)[:80]}. Write that as text."
            )
        # What columns say of themselves is not asked for: where it is damaged, pyarrow aborts.
        groups = [about.row_group(at).total_byte_size for at in range(about.num_row_groups)]
        check_made(path, sum(groups))
        check_table(path, about.num_rows, len(schema.names))
        coded = {field.name for field in schema if pa.types.is_dictionary(field.type)}
        texts = [field.name for field in schema if field.type in TEXTS]
        file = pa.parquet.ParquetFile(stream, read_dictionary=texts)
        batches = []
        rows = 0
        text = 0
        for batch in file.iter_batches(max(1, BATCH // max(1, len(schema.names)))):
            batch.validate(full=True)  # text that is not UTF-8
            batches.append(batch)
            rows += batch.num_rows  # the footer may say fewer
            text += sum(_width(column) for column in batch.columns if _text_of(column))
            check_table(path, rows, len(schema.names), text)
        table = pa.Table.from_batches(batches, file.schema_arrow)
        for at, (name, column) in enumerate(zip(table.column_names, table.columns, strict=True)):
            if (kind := _text_of(column)) and name not in coded:  # others are categories
                table = table.set_column(at, name, column.cast(kind))
        return table


def _text_of(column: pa.Array | pa.ChunkedArray) -> pa.DataType | None:
    return TEXTS.get(getattr(column.type, "value_type", None))


def _is_odd(kind: pa.DataType) -> bool:
    """What no table of ours holds, or may be many times as large as it is in the file."""
    if isinstance(kind, pa.BaseExtensionType):
        return not pa.types.is_primitive(kind.storage_type)
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    number = pa.types.is_primitive(kind) or pa.types.is_decimal(kind)
    return not (number or kind in TEXTS or pa.types.is_null(kind))


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

    def __init__(self, stream: IO[bytes], name: str, times: int) -> None:
        self._stream = stream
        self._name = name
        self._times = times
        self._made = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with damage_refused(self._name):
            data = self._stream.read(len(buffer))
        self._made += self._times * len(data)
        check_made(self._name, self._made)
        buffer[: len(data)] = data
        return len(data)


def _only_member(name: str, members: Sequence[str]) -> str:
    """The one table of a zip; GeoNames packs its readme beside it."""
    tables = [member for member in members if "readme" not in member.casefold()]
    if len(tables) != 1:
        held = examples(members, str) or "nothing"
        raise InputError(f"{name} must hold one table; it holds {held}.")
    return tables[0]
