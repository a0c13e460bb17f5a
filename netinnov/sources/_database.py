"""A database of DuckDB for tables of records that need not fit in memory."""

from __future__ import annotations

import glob
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pandas as pd
import pyarrow as pa

from netinnov._runtime.arguments import shown
from netinnov._runtime.opening import CELL, check_made, most_memory, real_path
from netinnov._runtime.optional import require
from netinnov.errors import InputError

PAIR = 4 * CELL  # bytes: a pair of members is a link in up to two layers, and is sorted

MARKS = {*"*?[\\"} - {os.sep}
FIRST = ("source", "target", "weight", "period")
TYPES = {
    pa.string(): pd.StringDtype(na_value=float("nan")),
    pa.large_string(): pd.StringDtype(na_value=float("nan")),
    pa.int64(): pd.Int64Dtype(),
}


@contextmanager
def database(memory: str | None, needed_by: str) -> Iterator[Database]:
    duckdb = require("duckdb", extra="bigdata", needed_by=needed_by)
    if memory is None:
        memory = f"{most_memory()[0] / 2**20:.0f}MiB"
    of_disk = (duckdb.IOException, duckdb.TransactionException, duckdb.FatalException, OSError)
    with tempfile.TemporaryDirectory(prefix="netinnov-") as name:
        folder = Path(name)
        config = {"memory_limit": memory, "temp_directory": str(folder / "spilt")}
        try:
            connection = duckdb.connect(str(folder / "tables.duckdb"), config=config)
        except duckdb.Error as error:
            raise InputError(
                f'`memory` must be an amount with a unit, such as "4GB"; found {shown(memory)}.'
            ) from error
        with connection:
            connection.execute("SET enable_progress_bar = false")
            try:
                yield Database(connection, folder)
            except duckdb.OutOfMemoryException:
                raise InputError(
                    f"{needed_by} needs more than memory={memory!r}; give it more."
                ) from None
            except of_disk as error:
                why = str(error).strip().partition("\n")[0]
                raise InputError(
                    f"{folder} cannot hold what does not fit in memory; name a folder on a larger "
                    f"disk by the variable TMPDIR of the environment ({why})."
                ) from None


class Database:
    """Tables of text with a column ``row``, their order."""

    def __init__(self, connection: Any, folder: Path) -> None:
        self._connection = connection
        self.folder = folder
        self.run = connection.execute
        self.relation = connection.sql

    def size(self, table: str) -> int:
        return int(self.run(f"SELECT coalesce(max(row) + 1, 0) FROM {table}").fetchall()[0][0])

    def name_of(self, file: Path) -> str:
        """By which DuckDB, which takes names for patterns and addresses, opens this file alone."""
        path = real_path(file.parent) / file.name
        if MARKS.isdisjoint(str(path)) and str(path).isprintable():
            return str(path)
        link = self.folder / f"{uuid4().hex}{path.suffix}"
        try:
            link.symlink_to(path)
        except OSError as error:  # Windows allows links to some users only
            raise InputError(f"{path} must be renamed without * ? [ ({error.strerror}).") from None
        return glob.escape(str(link))

    def show(self, name: str, frame: pd.DataFrame) -> None:
        self._connection.register(name, pa.Table.from_pandas(frame, preserve_index=False))

    def frame(self, query: str) -> pd.DataFrame:
        rows = self.relation(query).to_arrow_table()
        return rows.to_pandas(types_mapper=TYPES.get)

    def check_pairs(self, path: Path, table: str, event: str) -> None:
        """Refuse a file whose events have more pairs of members than memory holds."""
        events = self.frame(f"""
            SELECT sum(n * (n - 1.0) / 2) AS pairs, max(n) AS n, arg_max(event, n) AS event
            FROM (SELECT {event} AS event, count(*) AS n FROM {table} GROUP BY ALL)
        """).iloc[0]
        about = f"{path}, {event} {events['event']} with {events['n']:,} members: links of pairs"
        check_made(about, PAIR * events["pairs"])

    def links(self, ids: str, layers: Mapping[str, tuple[Any, str]]) -> pd.DataFrame:
        """Links of each layer in the order given; layers and ids are categories, 4 bytes an end."""
        self.run(f"""
            CREATE TABLE ids AS
            SELECT name, (row_number() OVER (ORDER BY name) - 1)::INTEGER AS code FROM ({ids})
        """)
        names = sorted(layers)
        parts = []
        for name, (relation, order) in layers.items():
            others = [column for column in relation.columns if column not in (*FIRST, "seen")]
            query = f"""
                SELECT {names.index(name)}::TINYINT AS layer, s.code AS source, t.code AS target,
                    {", ".join([*FIRST[2:], *others])}
                FROM links
                JOIN ids s ON s.name = source JOIN ids t ON t.name = target ORDER BY {order}
            """
            parts.append(relation.query("links", query).to_arrow_table())
        table = pa.concat_tables(parts, promote_options="default")
        del parts
        links: pd.DataFrame = table.to_pandas(
            types_mapper=TYPES.get, split_blocks=True, self_destruct=True
        )
        nodes = pd.CategoricalDtype(self.frame("SELECT name FROM ids ORDER BY code")["name"])
        layer = pd.CategoricalDtype(pd.Index(names, dtype="str"))
        for column, dtype in {"layer": layer, "source": nodes, "target": nodes}.items():
            links[column] = pd.Categorical.from_codes(links[column].to_numpy(), dtype=dtype)
        return links.drop(columns="period") if links["period"].isna().all() else links


def usual(table: str, by: str, value: str) -> str:
    """Query for the most frequent value of each group, the first of ties; none is missing."""
    return f"""
        SELECT {by}, arg_max({value}, times::HUGEINT * 4611686018427387904 - seen) AS {value}
        FROM (SELECT {by}, {value}, count(*) AS times, min(row) AS seen FROM {table}
            WHERE {value} IS NOT NULL AND {by} IS NOT NULL GROUP BY {by}, {value})
        GROUP BY {by}
    """


def degrees(value: str, most: int) -> str:
    return f"CASE WHEN abs(try_cast({value} AS DOUBLE)) <= {most} THEN {value} END"
