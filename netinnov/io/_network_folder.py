"""A network as a folder of tables, and back."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from netinnov._runtime import opening
from netinnov._runtime.arguments import as_path, examples
from netinnov._runtime.atomic import new_folder
from netinnov.errors import InputError
from netinnov.io._graph import MISFITS, Column, Kind, Record, columns_of, is_exact, restored
from netinnov.network import MultilayerNetwork

Format = Literal["csv", "parquet"]

FORMAT = "netinnov network 1"
ARROW = {"boolean": pa.bool_(), "integer": pa.int64(), "number": pa.float64(), "text": pa.string()}
PARSE: dict[Kind, Callable[[str], Any]] = {
    "boolean": {"true": True, "false": False}.__getitem__,
    "integer": int,
    "number": float,
    "text": str,
}


def write_network(
    network: MultilayerNetwork, folder: str | os.PathLike[str], *, format: Format = "csv"
) -> None:
    """Write a network to a folder, so that `read_network` gives back an equal one.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network.
    folder : path
        Folder to make. It appears when everything is in it, or not at all. Holds ``nodes``,
        ``links``, ``places``, ``layers`` and, if the network has them, ``distances`` (as tables
        with the columns of `build_network`) and ``network.json``: the types of the columns, and the
        SHA-256 of each table.
    format : {"csv", "parquet"}
        Of the tables. CSV is UTF-8, with text in quotation marks; an empty field is missing.

    Raises
    ------
    InputError
        If the folder is there and not empty, cannot be made, or an attribute holds things that a
        table cannot give back as they are (such as sets, arrays or intervals).

    Notes
    -----
    Text, numbers, truth values, times, durations, categories and lists or mappings of text and
    numbers come back with their types; all but numbers and truth values stand in the tables as
    text (times in ISO 8601, lists in JSON).

    A spreadsheet runs cells that begin with ``=``, ``+``, ``-`` or ``@``, and names are written as
    they are: open a folder with names that you do not trust by `read_network`.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.mkdtemp() + "/quzhou"
    >>> write_network(ni.datasets.load_quzhou(), folder)
    >>> read_network(folder).equals(ni.datasets.load_quzhou())
    True
    """
    frames = {
        "nodes": network.nodes.reset_index(),
        "places": network.places.reset_index(),
        "layers": network.layer_table.reset_index(),
        "links": network.links,
    }
    about: dict[str, Any] = {"format": FORMAT, "tables": {}}
    if (distances := network.distances) is not None:
        frames["distances"] = distances
        about["distance_unit"] = network.distance_unit
    tables = {}
    for name, frame in frames.items():
        columns = columns_of(frame)
        for column in columns:
            _refuse_what_is_lost(name, column, frame[column.name])
        records = {column.name: column.record for column in columns}
        file = {"file": f"{name}.{format}", "rows": len(frame), "columns": records}
        about["tables"][name] = file
        try:
            tables[name] = pa.table({c.name: pa.array(c.values, ARROW[c.kind]) for c in columns})
        except UnicodeEncodeError as error:
            raise InputError(
                f"each column of the {name} must hold text that UTF-8 can write: {error}."
            ) from None
    write = pa.csv.write_csv if format == "csv" else pa.parquet.write_table
    with new_folder(folder) as new:
        for name, table in tables.items():
            write(table, new / f"{name}.{format}")
            about["tables"][name]["sha256"] = opening.sha256_of(new / f"{name}.{format}")
        text = json.dumps(about, ensure_ascii=False, indent=1)
        (new / "network.json").write_text(text + "\n", encoding="utf-8", newline="\n")


def read_network(folder: str | os.PathLike[str]) -> MultilayerNetwork:
    """Read the network that `write_network` wrote to a folder.

    Parameters
    ----------
    folder : path
        The folder, with its ``network.json``.

    Returns
    -------
    MultilayerNetwork
        Equal to the one written: ids, order, attributes and their types, places, distances,
        layers, their records, weights and periods.

    Raises
    ------
    InputError
        If a table is missing or not the one that was written, by the SHA-256 in ``network.json``,
        or a link that leads out of the folder.

    See Also
    --------
    netinnov.sources.read_tables : for folders that were written or changed by hand.

    Examples
    --------
    See `write_network`.
    """
    folder = as_path("folder", folder)
    about = _about(folder)
    if (changed := opening.changed_file(folder, about)) is not None:
        raise InputError(
            f"{changed} must be the file as write_network wrote it, with the SHA-256 of each "
            "table in network.json; it was changed, damaged or removed. Get the folder again, or, "
            "if it was changed on purpose, read it by build_network(*read_tables(folder))."
        )
    with opening.damage_refused(str(folder / "network.json"), AttributeError, *MISFITS):
        tables: Any = {
            name: _read_exact(folder / held["file"], held["columns"], held["rows"])
            for name, held in about["tables"].items()
        }
        return MultilayerNetwork(**tables, distance_unit=about.get("distance_unit", "km"))


def is_network_folder(folder: Path) -> bool:
    path = opening.network_json(folder)
    return path is not None and opening.is_of_network(opening.read_json(path))


def _refuse_what_is_lost(table: str, column: Column, values: pd.Series) -> None:
    if is_exact(column, values):
        return
    cells = (values.iloc[[row]] for row in range(len(values)))
    odd = [cell for cell in cells if not is_exact(columns_of(cell.to_frame())[0], cell)]
    shown = examples(odd, lambda cell: f"{cell.iloc[0]!r} ({type(cell.iloc[0]).__name__})")
    raise InputError(
        f"every attribute must come back as it is, but column {column.name!r} of the {table} "
        f"holds things that a table cannot give back, {shown or f'of type {values.dtype}'}; "
        "make them text, numbers or lists first."
    )


def _about(folder: Path) -> dict[str, Any]:
    path = opening.network_json(folder)
    mend = "build_network(*read_tables(folder)) reads folders of another hand."
    if path is None:
        path = folder / "network.json"
        raise InputError(f"{path} must be there, from write_network; it is not. {mend}")
    about = opening.read_json(path)
    if not opening.is_of_network(about) or about.get("format") != FORMAT or "tables" not in about:
        raise InputError(f"{path} must be as write_network wrote it ({FORMAT!r}). {mend}")
    return dict(about)


def _read_exact(path: Path, columns: Mapping[str, Record], n_rows: int) -> pd.DataFrame:
    with opening.damage_refused(str(path), *MISFITS):
        table = _from_csv(path, columns) if path.suffix == ".csv" else opening.read_parquet(path)
        if table.num_rows != n_rows or table.column_names != list(columns):
            raise InputError(
                f"{path} must have {n_rows} rows and the columns {', '.join(columns)}, as "
                "network.json says; it has others."
            )
        frame = {}
        for name, record in columns.items():
            parse = PARSE[record["kind"]]
            cells = table[name].to_pylist()
            cells = [parse(cell) if isinstance(cell, str) else cell for cell in cells]
            frame[name] = restored(cells, record)
        return pd.DataFrame(frame)


def _from_csv(path: Path, columns: Mapping[str, Record]) -> pa.Table:
    data = opening.read_bytes(path)
    opening.check_table(path, data.count(b"\n"), len(columns))
    types = dict.fromkeys(columns, pa.string())
    missing = {"strings_can_be_null": True, "quoted_strings_can_be_null": False}
    return pa.csv.read_csv(
        pa.BufferReader(data),
        # One block, so that no row lies across two
        pa.csv.ReadOptions(block_size=len(data) + 1, use_threads=False),
        pa.csv.ParseOptions(newlines_in_values=True),
        pa.csv.ConvertOptions(column_types=types, null_values=[""], **missing),
    )
