"""Tables on disk that need not fit in memory, opened by DuckDB or Polars."""

from __future__ import annotations

import gzip
import os
from pathlib import Path
from typing import Any, Literal

from netinnov._arguments import as_path, examples
from netinnov._optional import require
from netinnov.errors import InputError
from netinnov.sources._database import connect, first_line
from netinnov.sources._delimited import delimiter_of

Engine = Literal["duckdb", "polars"]
ENDINGS = {".parquet": "parquet", ".csv": "csv", ".csv.gz": "csv", ".tsv": "csv", ".tsv.gz": "csv"}

SAMPLE = 2**18  # bytes at the start of a file from which its delimiter is told


def open_tables(
    path: str | os.PathLike[str],
    *,
    engine: Engine = "duckdb",
    memory: str = "4GB",
    temp: str | os.PathLike[str] | None = None,
) -> dict[str, Any]:
    """Open a folder of Parquet or CSV files as lazy tables, read when they are used.

    Parameters
    ----------
    path : path
        A folder. Each file that ends in ``.parquet``, ``.csv``, ``.csv.gz``, ``.tsv`` or
        ``.tsv.gz`` is a table, and so is each folder in it with Parquet files of one table.
    engine : {"duckdb", "polars"}
        DuckDB writes to disk what does not fit in memory; Polars works in one pass over the files.
        Extras ``duckdb`` and ``polars``.
    memory : str
        What DuckDB may hold in memory, with a unit, such as ``"4GB"``. Polars takes no limit.
    temp : path, optional
        The folder to which DuckDB writes what does not fit; default ``.tmp`` where Python runs.

    Returns
    -------
    dict of str to DuckDBPyRelation or LazyFrame
        The tables by the names of their files without ending, in the order of the names.

    Raises
    ------
    InputError
        There is no such folder, no table in it, or two of one name; a file or ``memory`` cannot
        be read.
    ImportError
        The engine is not installed; the message is the command that installs it.

    See Also
    --------
    netinnov.linkages.co_participation : Links from such a table, lazy as well.

    Notes
    -----
    A CSV file is in UTF-8, its delimiter is found, and it is read twice, since a column is of
    numbers only if all of its fields are: convert large ones to Parquet.

    All tables of DuckDB are of one connection with its own limit, so they can be joined. Convert
    a result with its ``.df()``, or give it to `build_network` as it is.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> import netinnov as ni
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> _ = (folder / "inventors.csv").write_text("who,patent,city\\na,1,x\\nb,1,y\\nc,1,y\\n")
    >>> tables = open_tables(folder, memory="1GB")
    >>> columns = {"member": "who", "event": "patent", "by": "city"}
    >>> links = ni.linkages.co_participation(tables["inventors"], **columns)
    >>> links.order("source, target").df()
      source target  weight
    0      x      y     2.0
    1      y      y     1.0
    """
    files = _files(as_path("path", path))
    if engine == "polars":
        polars = require("polars", extra="polars", needed_by='open_tables(engine="polars")')
        return {name: _scan(polars, sources, kind) for name, (sources, kind) in files.items()}
    duckdb = require("duckdb", extra="duckdb", needed_by="open_tables()")
    folder = None if temp is None else str(as_path("temp", temp))
    connection = connect(duckdb, ":memory:", memory, folder)
    tables = {}
    for name, (sources, kind) in files.items():
        paths = [str(source) for source in sources]
        try:
            if kind == "parquet":
                tables[name] = connection.read_parquet(paths)
            else:
                tables[name] = connection.read_csv(
                    paths,
                    delimiter=_delimiter(sources[0]),
                    quotechar='"',
                    escapechar='"',
                    header=True,
                    sample_size=-1,
                )
        except duckdb.Error as error:
            raise _unreadable(sources, error) from error
    return tables


def _files(folder: Path) -> dict[str, tuple[list[Path], str]]:
    """The files of each table and their kind."""
    if not folder.is_dir():
        msg = f"`path` must be a folder with Parquet or CSV files; {folder} is not a folder."
        raise InputError(msg)
    tables: dict[str, tuple[list[Path], str]] = {}
    for entry in sorted(folder.iterdir()):
        name, parts = entry.name, [entry]
        ending = next((ending for ending in ENDINGS if name.lower().endswith(ending)), "")
        if entry.is_dir():
            parts, ending, name = sorted(entry.glob("**/*.parquet")), ".parquet", name + ".parquet"
        if not ending or not parts:
            continue
        name = name[: -len(ending)]
        if name in tables:
            msg = f"two tables are called {name!r}: {tables[name][0][0]} and {entry}; rename one."
            raise InputError(msg)
        tables[name] = parts, ENDINGS[ending]
    if not tables:
        names = sorted(entry.name for entry in folder.iterdir())
        msg = f"{folder} must have files that end in {', '.join(ENDINGS)}; it has"
        raise InputError(f"{msg} {examples(names) if names else 'nothing'}.")
    return tables


def _scan(polars: Any, sources: list[Path], kind: str) -> Any:
    if kind == "parquet":
        lazy = polars.scan_parquet(sources)
    else:
        lazy = polars.scan_csv(sources, separator=_delimiter(sources[0]), infer_schema_length=None)
    try:
        lazy.collect_schema()
    except (polars.exceptions.PolarsError, OSError) as error:
        raise _unreadable(sources, error) from error
    return lazy


def _delimiter(file: Path) -> str:
    """The delimiter of a CSV file, told from its start."""
    with (gzip.open if file.suffix.lower() == ".gz" else open)(file, "rb") as stream:
        start = stream.read(SAMPLE).decode("utf-8", "replace").rpartition("\n")[0]
    return delimiter_of(start) if start else ","


def _unreadable(sources: list[Path], error: Exception) -> InputError:
    where = sources[0] if len(sources) == 1 else sources[0].parent
    return InputError(f"{where} cannot be read as a table: {first_line(error)}")
