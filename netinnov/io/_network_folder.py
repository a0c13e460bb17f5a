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

from netinnov._network.layer_table import layer_records
from netinnov._network.storage import Storage
from netinnov._network.tables import inspect, inspect_links
from netinnov._runtime.arguments import as_path
from netinnov._runtime.atomic import new_folder
from netinnov._runtime.opening import (
    changed_file,
    damage_refused,
    digest_of_rest,
    is_of_network,
    network_json,
    read_bytes,
    read_json,
    read_parquet,
    sha256_of,
)
from netinnov.errors import InputError
from netinnov.io._arrow_links import arrow_file, is_sound, read_layer, write_arrow, write_layers
from netinnov.io._attributes import MISFITS, Column, Kind, Record, columns_of, is_exact, restored
from netinnov.network import MultilayerNetwork, network_of_storage

Format = Literal["csv", "parquet", "arrow"]

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
        ``links``, ``places`` and ``layers`` (as tables with the columns of `build_network`) and
        ``network.json``: the types of the columns, and the SHA-256 of each file.
    format : {"csv", "parquet", "arrow"}
        Of the tables. CSV is UTF-8, with text in quotation marks; an empty field is missing.
        "arrow" is for large networks: a file a layer holds its links as arrays, up to 36 bytes a
        link, which ``read_network(folder, mmap=True)`` uses where they are.

    Raises
    ------
    InputError
        If the folder is there and not empty, cannot be made, or an attribute holds things that a
        table cannot give back as they are (such as sets, arrays or intervals).

    See Also
    --------
    netinnov.sources.read_tables : reads the same folder as plain tables.

    Notes
    -----
    Text, numbers, truth values, times, durations, categories and lists or mappings of text and
    numbers come back with their types; all but numbers and truth values stand in the tables as
    text (times in ISO 8601, lists in JSON).

    A spreadsheet runs cells of CSV that begin with ``=``, ``+``, ``-`` or ``@``. Names are written
    as they are, so that they come back; open a folder with names that you do not trust by
    `read_network`.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> links = pd.DataFrame({"source": ["a"], "target": ["b"], "weight": [2.0]})
    >>> network = MultilayerNetwork(pd.DataFrame(index=["a", "b"]), links)
    >>> folder = tempfile.mkdtemp() + "/two"
    >>> write_network(network, folder)
    >>> read_network(folder).equals(network)
    True
    """
    if not os.path.lexists(target := as_path("folder", folder)):  # else `new_folder` refuses
        _refuse_other_format(target)
    frames = {
        "nodes": network.nodes.reset_index(),
        "places": network.places.reset_index(),
        "layers": network.layer_table.reset_index(),
    }
    if format != "arrow" or network.storage.kept_rows is not None:
        frames["links"] = network.links  # what of links the arrays do not hold
    tables = {name: columns_of(frame) for name, frame in frames.items()}
    for name, columns in tables.items():
        for column in columns:
            _refuse_what_is_lost(name, column, frames[name][column.name])
    about: dict[str, Any] = {"format": FORMAT, "tables": {}}
    for name, columns in tables.items():
        records = {column.name: column.record for column in columns}
        held = {"file": f"{name}.{format}", "rows": len(frames[name]), "columns": records}
        about["tables"][name] = held
    with new_folder(folder) as new:
        if format == "arrow":
            about["arrays"] = write_layers(network.storage, new)
        for name, columns in tables.items():
            arrays = {column.name: _array(name, column) for column in columns}
            if format == "arrow":
                write_arrow(new / f"{name}.arrow", arrays)
            elif format == "csv":
                pa.csv.write_csv(pa.table(arrays), new / f"{name}.csv")
            else:
                pa.parquet.write_table(pa.table(arrays), new / f"{name}.parquet")
        about["files"] = {path.name: sha256_of(path) for path in sorted(new.iterdir())}
        about["files"]["network.json"] = digest_of_rest(about)
        text = json.dumps(about, ensure_ascii=False, indent=1)
        (new / "network.json").write_text(text + "\n", encoding="utf-8", newline="\n")


def read_network(folder: str | os.PathLike[str], *, mmap: bool = False) -> MultilayerNetwork:
    """Read the network that `write_network` wrote to a folder.

    Parameters
    ----------
    folder : path
        The folder, with its ``network.json``.
    mmap : bool
        Map the links of a folder that was written with ``format="arrow"`` into memory, in place of
        reading them: all processes of a machine then share one copy, and one that is sent the
        network (as a task of an executor is) maps the same files. They must stay unchanged.

    Returns
    -------
    MultilayerNetwork
        Equal to the one written: ids, order, attributes and their types, places, layers,
        their records, weights and periods.

    Raises
    ------
    InputError
        If a file is missing or not the one that was written, by the SHA-256 in ``network.json``,
        or ``mmap`` is asked of a folder of another format.

    See Also
    --------
    netinnov.sources.read_tables : for folders that were written or changed by hand.

    Examples
    --------
    See `write_network`.
    """
    folder = as_path("folder", folder)
    about = _about(folder)
    if (changed := changed_file(folder, about)) is not None:
        msg = f"{folder / changed} must be the file that write_network wrote, with the SHA-256 "
        msg += "that network.json has; it was changed, damaged or removed. Get the folder again, "
        msg += "or, if it was changed on purpose, read it by build_network(*read_tables(folder))."
        raise InputError(msg)
    if mmap and "arrays" not in about:
        raise InputError(f'`mmap` needs a folder written with format="arrow"; {folder} is not.')
    tables = {
        name: read_exact(folder / held["file"], held["columns"], held["rows"])
        for name, held in about["tables"].items()
    }
    if "arrays" in about:
        return network_of_storage(_storage(folder, about, tables, mmap))
    nodes, links, places = tables["nodes"], tables["links"], tables["places"]
    return MultilayerNetwork(nodes, links, places=places, layers=tables["layers"])


def _storage(
    folder: Path, about: Mapping[str, Any], tables: Mapping[str, pd.DataFrame], mmap: bool
) -> Storage:
    """A network on arrays; if mapped, other processes get it as its folder."""
    no_links = pd.DataFrame({"source": [], "target": []}, dtype="str")
    checked = inspect(tables["nodes"], no_links, tables["places"])
    checked.problems.raise_any()
    ids = checked.nodes.frame.index
    layers = {
        record["layer"]: read_layer(folder / record["file"], record, len(ids), mmap=mmap)
        for record in about["arrays"]
    }
    records = layer_records(tables["layers"], (), tuple(layers))
    links = inspect_links(tables["links"], ids) if "links" in tables else None
    held = {layer: blocks["block"] for layer, blocks in layers.items()}
    rows = None if links is None else links.rows
    storage = Storage.of_blocks(checked.nodes, checked.places, held, records, rows)
    again = (_mapped, (folder.resolve(), _digest(folder))) if mmap else None
    return storage.with_arrays(layers, again)


def _mapped(folder: Path, digest: str) -> Storage:
    network = read_network(folder, mmap=True)
    if _digest(folder) != digest:
        msg = f"{folder} must hold the network that was sent here; it holds another one by now. "
        raise InputError(msg + "Write to another folder while one is in use.")
    return network.storage


def _digest(folder: Path) -> str:
    return sha256_of(folder / "network.json")


WRITERS = {
    ".gexf": "write_gexf",
    ".graphml": "write_graphml",
    ".net": "write_pajek",
}
FILES = (".csv", ".edges", ".gml", ".gz", ".json", ".parquet", ".tsv", ".txt", ".xlsx", ".zip")


def _refuse_other_format(target: Path) -> None:
    ending = target.suffix.casefold()
    mend = f"name a folder, such as {str(target.with_suffix(''))!r}."
    if ending in WRITERS:
        mend = f"netinnov.io.{WRITERS[ending]}(network, {str(target)!r}) writes such a file."
    if ending in (*WRITERS, *FILES):
        msg = "write_network makes a folder of tables, and would make one called "
        raise InputError(f"{msg}{target.name}; {mend}")


def is_network_folder(folder: Path) -> bool:
    """Whether `write_network` wrote a folder, by its ``network.json``."""
    path = network_json(folder)
    return path is not None and is_of_network(read_json(path))


def _refuse_what_is_lost(table: str, column: Column, values: pd.Series) -> None:
    if is_exact(column, values):
        return
    odd = [
        f"{value!r} ({type(value).__name__}) in row {row}"
        for row, value in enumerate(values)
        if not is_exact(columns_of(values.iloc[[row]].to_frame())[0], values.iloc[[row]])
    ]
    shown = f"e.g. {'; '.join(odd[:5])}" if odd else f"of type {values.dtype}"
    msg = (
        f"every attribute must come back as it is, but column {column.name!r} of the {table} holds "
        f"things that a table cannot give back, {shown}; make them text, numbers or lists first."
    )
    raise InputError(msg)


def _array(table: str, column: Column) -> pa.Array:
    try:
        return pa.array(column.values, ARROW[column.kind])
    except UnicodeEncodeError as error:
        msg = f"column {column.name!r} of the {table} must hold text that UTF-8 can write: {error}."
        raise InputError(msg) from None


def _about(folder: Path) -> dict[str, Any]:
    path = network_json(folder)
    mend = "build_network(*read_tables(folder)) reads folders of another hand."
    if path is None:
        path = folder / "network.json"
        raise InputError(f"{path} must be there, from write_network; it is not. {mend}")
    about = read_json(path)
    try:
        arrays, tables = about.get("arrays", []), about["tables"]
        required = {"nodes", "places", "layers"} | ({"links"} if "arrays" not in about else set())
        files = [each["file"] for each in (*tables.values(), *arrays)]
        sound = about["format"] == FORMAT and all(map(is_sound, arrays))
        sound &= required <= tables.keys() and {*files} <= {*about["files"]}
        sound &= all(isinstance(name, str) for name in files)
        sound &= all({"rows", "columns"} <= table.keys() for table in tables.values())
    except (AttributeError, KeyError, TypeError, ValueError):
        sound = False
    if not sound:
        raise InputError(f"{path} must be as write_network wrote it ({FORMAT!r}). {mend}")
    return dict(about)


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
