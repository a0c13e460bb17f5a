"""Tables of a folder, read with the types that their columns had."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.csv

from netinnov._runtime.opening import damage_refused, read_bytes, read_parquet
from netinnov.errors import InputError
from netinnov.io._arrow_links import arrow_file
from netinnov.io._attributes import MISFITS, Kind, Record, restored

PARSE: dict[Kind, Callable[[str], Any]] = {
    "boolean": {"true": True, "false": False}.__getitem__,
    "integer": int,
    "number": float,
    "text": str,
}


def read_exact(path: Path, columns: Mapping[str, Record], n_rows: int) -> pd.DataFrame:
    with damage_refused(str(path), *MISFITS):
        if path.suffix == ".csv":
            table = _from_csv(path, columns)
        elif path.suffix == ".arrow":
            table = pa.Table.from_batches([arrow_file(path)])
        else:
            table = read_parquet(path)
        if table.num_rows != n_rows or table.column_names != list(columns):
            msg = f"{path} must have {n_rows} rows and the columns {', '.join(columns)}, as "
            raise InputError(f"{msg}network.json says; it has others.")
        return pd.DataFrame({name: _as_it_was(table[name], columns[name]) for name in columns})


def _as_it_was(column: pa.ChunkedArray, record: Record) -> pd.Series:
    parse = PARSE[record["kind"]]
    return restored(
        [parse(value) if isinstance(value, str) else value for value in column.to_pylist()], record
    )


def _from_csv(path: Path, columns: Mapping[str, Record]) -> pa.Table:
    data = read_bytes(path)
    types = dict.fromkeys(columns, pa.string())
    missing = {"strings_can_be_null": True, "quoted_strings_can_be_null": False}
    return pa.csv.read_csv(
        pa.BufferReader(data),
        # One block, so that no row lies across two
        pa.csv.ReadOptions(block_size=len(data) + 1, use_threads=False),
        pa.csv.ParseOptions(newlines_in_values=True),
        pa.csv.ConvertOptions(column_types=types, null_values=[""], **missing),
    )
