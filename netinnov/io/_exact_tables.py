"""Tables of a folder, read with the types that their columns had."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.csv

from netinnov._network.file_rows import first_row, rows_by_line
from netinnov._runtime.opening import damage_refused, read_parquet, read_text
from netinnov.errors import InputError
from netinnov.io._arrow_links import arrow_file
from netinnov.io._attributes import MISFITS, Kind, Record, restored

Where = Callable[[int], str]  # where in its file a row stands

PARSE: dict[Kind, Callable[[str], Any]] = {
    "boolean": {"true": True, "false": False}.__getitem__,
    "integer": int,
    "number": float,
    "text": str,
}
TEXT: Record = {"kind": "text", "dtype": "str", "holds": "str"}


def read_exact(path: Path, columns: Mapping[str, Record], n_rows: int) -> pd.DataFrame:
    table, where = (_from_csv if path.suffix == ".csv" else _from_arrow)(path, columns)
    if table.num_rows != n_rows:
        msg = (
            f"{path} must have {n_rows} rows, as network.json says; it has {table.num_rows}: it is "
            "cut off, or was changed. build_network(*read_tables(folder)) reads it as it is."
        )
        raise InputError(msg)
    frame = {}
    for name in table.column_names:
        record, values = columns.get(name, TEXT), table[name].to_pylist()
        try:
            frame[name] = _as_it_was(values, record)
        except MISFITS as error:
            row = next((at for at, value in enumerate(values) if not _fits(value, record)), None)
            at, fault = "", str(error)
            if row is not None:
                at, fault = f" {where(row)},", f"{values[row]!r} is not of type {record['dtype']}"
            raise InputError(f"{path},{at} column {name!r}: {fault}.") from None
    return pd.DataFrame(frame)


def _as_it_was(values: list[Any], record: Record) -> pd.Series:
    parse = PARSE[record["kind"]]
    typed = [parse(value) if isinstance(value, str) else value for value in values]
    return restored(typed, record)


def _fits(value: Any, record: Record) -> bool:
    try:
        _as_it_was([value], record)
    except MISFITS:
        return False
    return True


def _from_csv(path: Path, columns: Mapping[str, Record]) -> tuple[pa.Table, Where]:
    text = _text(path)
    header = first_row(path, csv.reader(io.StringIO(text, newline="")))
    _check_header(f"{path}, line 1", header, columns)
    # One block, so that no row lies across two.
    reading = pa.csv.ReadOptions(block_size=4 * len(text) + 1, use_threads=False)
    parsing = pa.csv.ParseOptions(newlines_in_values=True)
    types = dict.fromkeys(header, pa.string())
    missing = {"strings_can_be_null": True, "quoted_strings_can_be_null": False}
    converting = pa.csv.ConvertOptions(column_types=types, null_values=[""], **missing)
    try:
        table = pa.csv.read_csv(pa.BufferReader(text.encode()), reading, parsing, converting)
    except pa.ArrowInvalid as error:
        width = len(header)
        uneven = ((at, len(row)) for at, row in rows_by_line(text) if len(row) != width)
        if (first := next(uneven, None)) is not None:
            msg = f"{path}, line {first[0]}: a row must have {width} fields; found {first[1]}."
            raise InputError(msg) from None
        raise InputError(f"{path} cannot be read: {error}.") from None

    def where(row: int) -> str:
        at = next(islice(rows_by_line(text), row + 1, None), None)
        return f"row {row}" if at is None else f"line {at[0]}"

    return table, where


def _from_arrow(path: Path, columns: Mapping[str, Record]) -> tuple[pa.Table, Where]:
    if path.suffix == ".arrow":
        table = pa.Table.from_batches([arrow_file(path)])
    else:
        table = read_parquet(path)
    with damage_refused(str(path)):  # names that are not UTF-8
        names = table.column_names
    _check_header(f"{path}", names, columns)
    return table, "row {}".format


def _check_header(where: str, header: Sequence[str], columns: Mapping[str, Record]) -> None:
    missing = [name for name in columns if name not in header]
    twice = [name for name, times in Counter(header).items() if times > 1]
    if missing or twice:
        fault = f"lacks {', '.join(missing)}" if missing else f"has {', '.join(twice)} twice"
        names = ", ".join(header)
        names = names if len(names) < 80 else f"{names[:80]} ..."
        msg = f"{where}: the columns must be {', '.join(columns)}"
        raise InputError(f"{msg}; it {fault}; found {names}.")


def _text(path: Path) -> str:
    text = read_text(path)
    if not text:
        raise InputError(f"{path} is empty; its first line must name its columns.")
    if not text.endswith("\n") or text.count('"') % 2:
        line = text.rstrip().count("\n") + 1
        msg = f"{path} is cut off, or a quotation mark is not closed: it ends inside line {line}."
        raise InputError(msg)
    return text
