"""A database of DuckDB for tables of records that need not fit in memory."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from netinnov._runtime.arguments import as_path, shown
from netinnov._runtime.optional import require
from netinnov.errors import InputError

ReadingEngine = Literal["pandas", "duckdb"]

PIECE = 2**17  # rows that are in memory as Python objects at a time


def check_engine(engine: str, memory: str | None, temp: str | os.PathLike[str] | None) -> None:
    for name, value in (("memory", memory), ("temp", temp)):
        if engine == "pandas" and value is not None:
            msg = f'`{name}` is for engine="duckdb"; leave it out with engine="pandas"'
            raise InputError(f"{msg} (found {shown(value)}).")


def _connect(duckdb: Any, folder: Path, memory: str) -> Any:
    config = {"memory_limit": memory, "temp_directory": str(folder / "spilt")}
    try:
        return duckdb.connect(str(folder / "tables.duckdb"), config=config)
    except duckdb.Error as error:
        msg = f'`memory` must be an amount with a unit, such as "4GB"; found {shown(memory)}'
        raise InputError(f"{msg} ({_first_line(error)}).") from error


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]


@contextmanager
def database(
    memory: str | None, temp: str | os.PathLike[str] | None, needed_by: str
) -> Iterator[Database]:
    duckdb = require("duckdb", extra="duckdb", needed_by=needed_by)
    parent = None if temp is None else as_path("temp", temp)
    if parent is not None and not parent.is_dir():
        raise InputError(f"`temp` must be a folder; {parent} is not one.")
    with tempfile.TemporaryDirectory(prefix="netinnov-", dir=parent) as name:
        folder = Path(name)
        with _connect(duckdb, folder, memory or "4GB") as connection:
            connection.execute("SET enable_progress_bar = false")
            try:
                yield Database(connection)
            except duckdb.OutOfMemoryException as error:
                msg = f"{needed_by} needs more than memory={memory or '4GB'!r}; give it more"
                raise InputError(f"{msg} ({_first_line(error)}).") from None
            except (
                duckdb.IOException,
                duckdb.TransactionException,
                duckdb.FatalException,
            ) as error:
                msg = f"{folder} cannot hold what does not fit in memory; give `temp`, a folder on "
                raise InputError(f"{msg}a larger disk ({_first_line(error)}).") from None


class Database:
    """Tables of text with a column ``row``, their order."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._n_rows: dict[str, int] = {}

    def make(self, table: str, columns: Sequence[str], *, whole: Sequence[str] = ()) -> None:
        types = [f"{name} {'BIGINT' if name in whole else 'VARCHAR'}" for name in columns]
        self.run(f"CREATE TABLE {table} (row BIGINT, {', '.join(types)})")
        self._n_rows[table] = 0

    def add(self, table: str, piece: pd.DataFrame) -> None:
        start = self._n_rows[table]
        rows = piece.assign(row=range(start, start + len(piece)))
        self._n_rows[table] += len(piece)
        self.show("piece", rows)
        names = ", ".join(map(str, rows.columns))
        self.run(f"INSERT INTO {table} ({names}) SELECT {names} FROM piece")

    def show(self, name: str, frame: pd.DataFrame) -> None:
        self._connection.register(name, pa.Table.from_pandas(frame, preserve_index=False))

    def size(self, table: str) -> int:
        return self._n_rows[table]

    def run(self, query: str) -> None:
        self._connection.execute(query)

    def relation(self, query: str) -> Any:
        return self._connection.sql(query)

    def arrow(self, query: str) -> pa.Table:
        return self._connection.sql(query).to_arrow_table()

    def frame(self, query: str) -> pd.DataFrame:
        return to_frame(self.arrow(query))

    def links(self, ids: str, layers: Mapping[str, tuple[Any, str]]) -> pd.DataFrame:
        """Links of each layer as a frame; layers and ids are categories, 4 bytes an end."""
        names = self.arrow(f"SELECT name FROM ({ids}) ORDER BY name")["name"].combine_chunks()
        n_links, parts = [], []
        for relation, order in layers.values():
            columns = ", ".join(name for name in relation.columns if name != "seen")
            in_order = relation.query("links", f"SELECT {columns} FROM links ORDER BY {order}")
            reader = in_order.to_arrow_reader(LINKS_AT_ONCE)
            none = pa.RecordBatch.from_pylist([], schema=reader.schema)
            pieces = [_coded(piece, names) for piece in chain([none], reader)]
            n_links.append(sum(piece.num_rows for piece in pieces))
            parts += pieces
        table = pa.concat_tables(parts, promote_options="default")
        del parts, pieces
        links: pd.DataFrame = table.to_pandas(
            types_mapper=TYPES.get, split_blocks=True, self_destruct=True
        )
        nodes = pd.CategoricalDtype(to_frame(pa.table({"name": names}))["name"])
        for end in ("source", "target"):
            links[end] = pd.Categorical.from_codes(links[end].to_numpy(), dtype=nodes)
        layer = np.repeat(np.arange(len(layers), dtype=np.int8), n_links)
        listed = pd.CategoricalDtype(pd.Index(layers, dtype="str"))
        links.insert(0, "layer", pd.Series(pd.Categorical.from_codes(layer, dtype=listed)))
        return links


def _coded(piece: pa.RecordBatch, names: pa.Array) -> pa.Table:
    table, n = pa.Table.from_batches([piece]), piece.num_rows
    ends = pa.concat_arrays([piece.column("source"), piece.column("target")])
    codes = pc.index_in(ends, value_set=names)
    for at, end in enumerate(("source", "target")):
        column = table.column_names.index(end)
        table = table.set_column(column, end, codes.slice(at * n, n))
    return table


LINKS_AT_ONCE = 2**20  # links whose ids are text at a time

TYPES = {
    pa.string(): pd.StringDtype(na_value=float("nan")),
    pa.large_string(): pd.StringDtype(na_value=float("nan")),
    pa.int64(): pd.Int64Dtype(),
}


def to_frame(table: pa.Table) -> pd.DataFrame:
    frame: pd.DataFrame = table.to_pandas(types_mapper=TYPES.get)
    return frame


def usual(table: str, by: str, value: str) -> str:
    """Query for the most frequent value of each group, the first of ties; none is missing."""
    return f"""
        SELECT {by}, arg_max({value}, times::HUGEINT * 4611686018427387904 - seen) AS {value}
        FROM (SELECT {by}, {value}, count(*) AS times, min(row) AS seen FROM {table}
            WHERE {value} IS NOT NULL AND {by} IS NOT NULL GROUP BY {by}, {value})
        GROUP BY {by}
    """
