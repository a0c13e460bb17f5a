"""Tables of the package's own layout: nodes, links and places in one folder."""

from __future__ import annotations

import csv
import io
import json
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from pyarrow.csv import ConvertOptions, ParseOptions, ReadOptions, read_csv

from netinnov._arguments import as_path, examples
from netinnov._layer_table import records_of_old_folder
from netinnov._opening import decoded, file_of, parquet_of, read_bytes, read_json
from netinnov._public import public_names
from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.sources._files import frame_of, some_lines
from netinnov.sources._result import Tables

__all__ = ["read_tables"]

__dir__ = public_names(globals())

TEXT = ("node", "kind", "place", "jurisdiction", "source", "target", "layer", "parent")
NUMBERS = ("weight", "period", "lon", "lat", "population")
LAYER_TEXT = ("layer", "directed", "modelled", "quantity", "unit", "parameters")
TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
ENDINGS = (".csv", ".csv.gz", ".parquet")
CODE = r"[+-]?(?:0\d+|\d{16,})"
"""A whole number that is a code: as a number it would lose its zeros, or its last digits."""
WHOLE = r"\s*[+-]?\d+\s*"
CELLS = 2**20
"""Cells that are tried as numbers in one pass."""
BLOCK = 2**26
"""Bytes that Arrow reads at once; no row may be longer."""


def read_tables(folder: str | os.PathLike[str]) -> Tables:
    """Read nodes, links and places from a folder.

    Parameters
    ----------
    folder : path
        Holds ``nodes`` and ``links`` and may hold ``places``, each as ``.csv`` (comma, UTF-8, a
        header), ``.csv.gz`` or ``.parquet``, with the columns of `build_network`; and may hold
        ``layers`` with a row for each layer: ``layer`` and any of ``directed``, ``modelled`` (true
        or false), ``quantity``, ``unit``, ``events``, ``parameters``. Without it
        ``network.json`` may name the directed layers, ``{"directed": ["funding"]}``, a layer is
        modelled if its name ends in ``_modelled`` or any of its links has the ``status``
        ``modelled``, and holds shares if its name ends in ``_share_of_origin``, as in folders
        written before there was a table of layers.

    Returns
    -------
    Tables
        As in the files, unchecked. From text files ids are text (``007`` stays as it is, and
        ``NA`` is a name), an empty field is missing, and a number that cannot be read stays text,
        for `check_tables` to report. Another column is numbers if all of it is and nothing is lost
        by it: codes such as ``007`` and numbers of 16 digits or more stay text.

    Raises
    ------
    InputError
        If a file is missing, stands there twice, or cannot be read; if a row has more or fewer
        fields than the header, or a column has no name or that of another: with file and line.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "nodes.csv").write_text("node,place\\nlab,hangzhou\\nfirm,quzhou\\n")
    >>> _ = (folder / "links.csv").write_text("source,target\\nlab,firm\\n")
    >>> read_tables(folder).links
      source target
    0    lab   firm
    """
    folder = as_path("folder", folder)
    if not folder.is_dir():
        msg = f"{folder} must be a folder with nodes.csv and links.csv; it is none."
        raise InputError(msg)
    nodes, links, places = (_read(folder, name) for name in ("nodes", "links", "places"))
    layers = _read(folder, "layers")
    if nodes is None or links is None:
        missing = [name for name, table in (("nodes", nodes), ("links", links)) if table is None]
        held = ", ".join(sorted(entry.name for entry in folder.iterdir())[:8]) or "nothing"
        needed = " and ".join(f"{name}.csv, .csv.gz or .parquet" for name in missing)
        raise InputError(f"{folder} must hold {needed}; it holds {held}.")
    if layers is None:
        directed = _directed(folder)
        layers = records_of_old_folder(links)
    else:
        layers = _layers(folder, layers)
        pointed = layers["directed"].to_dict() if "directed" in layers else {}
        directed = tuple(str(layer) for layer, points in pointed.items() if points is True)
    return Tables(nodes, links, places, directed, layers)


def _layers(folder: Path, table: pd.DataFrame) -> pd.DataFrame:
    """The table of layers by name, with truth values where the text is one."""
    if "layer" not in table:
        held = ", ".join(map(str, table.columns[:8]))
        raise InputError(
            f"the table of layers in {folder} must have a column `layer`; it has {held}."
        )
    table = table.set_index("layer")
    for name in ("directed", "modelled"):
        if name in table:
            values = table[name].tolist()
            table[name] = pd.Series(
                [TRUTH.get(v.strip().lower(), v) if isinstance(v, str) else v for v in values],
                table.index,
                dtype=object,
            )
    return table


def _read(folder: Path, name: str) -> pd.DataFrame | None:
    path = file_of(folder, name, ENDINGS)
    if path is None:
        return None
    if path.suffix.casefold() != ".parquet":
        return _from_text(path, layers=name == "layers")
    with parquet_of(path) as file:
        return pd.read_parquet(file)


def _from_text(path: Path, *, layers: bool = False) -> pd.DataFrame:
    data = read_bytes(path)
    decoded(path, data)
    if b"\0" in data:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        msg = f"{path} must be UTF-8; line {line} has NUL characters, as UTF-16 has; "
        raise InputError(msg + "save the file as UTF-8.")
    header = _header(path, data)
    names = [name if name.strip() else f"column {at}" for at, name in enumerate(header, start=1)]
    if data.count(b'"') % 2:  # Arrow would take the rest of the file for one field
        _refuse_uneven_rows(path, data, len(names))
    try:
        table = read_csv(
            pa.BufferReader(data if data.endswith((b"\n", b"\r")) else data + b"\n"),
            ReadOptions(column_names=names, skip_rows_after_names=1, block_size=BLOCK),
            ParseOptions(newlines_in_values=True),
            ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                strings_can_be_null=True,
                null_values=[""],
            ),
        )
    except pa.ArrowInvalid as error:
        _refuse_uneven_rows(path, data, len(names))
        raise InputError(f"{path} cannot be read: {error}.") from None
    columns = {
        name: table.column(name)
        for name, field in zip(names, header, strict=True)
        if name == field or table.column(name).null_count < len(table)  # a comma too many in each
    }
    text, numbers = (LAYER_TEXT, ("events",)) if layers else (TEXT, NUMBERS)
    attributes = [name for name in columns if name not in (*text, *numbers)]
    frame = frame_of(columns | _numeric(columns, attributes, len(table)), len(table))
    for name in numbers:
        if name in columns:
            frame[name] = _numbers(frame[name])
    return frame


def _text(data: bytes) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig", newline="")


def _header(path: Path, data: bytes) -> list[str]:
    """The names in the first line; a column without a name has an empty one."""
    try:
        header = next(csv.reader(_text(data)), [])
    except csv.Error as error:
        raise InputError(f"{path} must name its columns in line 1; {error}.") from None
    if not any(name.strip() for name in header):
        raise InputError(f"{path} must name its columns in line 1, which is empty.")
    mark = next((mark for mark in ";\t|" if mark in header[0]), None)
    if len(header) == 1 and mark is not None:
        msg = f"{path} must have ',' between its columns; line 1 has {mark!r}."
        raise InputError(msg)
    twice = [name for name, times in Counter(header).items() if name.strip() and times > 1]
    if twice:
        msg = f"{path} must name each column once; line 1 names {examples(twice)} twice or more."
        raise InputError(msg)
    return header


def _refuse_uneven_rows(path: Path, data: bytes, width: int) -> None:
    """Name the lines of the rows that are not as wide as the header; nothing if all are."""
    reader = csv.reader(_text(data), strict=True)
    uneven, start = [], 1
    try:
        for row in reader:
            if row and len(row) != width:
                uneven.append(start)
            start = reader.line_num + 1
    except csv.Error as error:
        msg = f"{path}, row in line {start}: {error}; is a quotation mark not closed?"
        raise InputError(msg) from None
    if uneven:
        msg = f"{path} must have {width} fields in each row, as in its header; rows with more or "
        raise InputError(msg + f"fewer: {len(uneven)} ({some_lines(uneven)}).")


def _numbers(column: pd.Series) -> pd.Series:
    """Numbers where the text is one; if any is not, it stays, so that it can be reported."""
    number = pd.to_numeric(column, errors="coerce")
    broken = number.isna() & column.notna()
    return number if not broken.any() else number.astype(object).where(~broken, column)


def _numeric(
    columns: Mapping[str, pa.ChunkedArray], names: Sequence[str], n_rows: int
) -> dict[str, npt.NDArray[np.int64] | Floats]:
    """Those of some columns as numbers of which all is a number and nothing is lost by it.

    As many columns as `CELLS` holds are read in one pass, one below another.
    """
    numeric: dict[str, npt.NDArray[np.int64] | Floats] = {}
    width = max(1, CELLS // max(1, n_rows))
    for first in range(0, len(names) if n_rows else 0, width):
        block = names[first : first + width]
        chunks = [chunk for name in block for chunk in columns[name].chunks]
        cells = frame_of({"cells": pa.chunked_array(chunks, pa.string())}, n_rows * len(block))
        text = cells["cells"]
        number = pd.to_numeric(text, errors="coerce")
        same = (number.notna() & ~text.str.fullmatch(CODE, na=False)).to_numpy(bool)
        whole = text.str.fullmatch(WHOLE, na=False).to_numpy(bool)
        values = number.to_numpy(np.float64)
        missing = text.isna().to_numpy(bool)
        by_column = [each.reshape(len(block), n_rows) for each in (values, same, missing, whole)]
        for name, value, is_same, is_missing, is_whole in zip(block, *by_column, strict=True):
            if is_same.any() and (is_same | is_missing).all():
                numeric[name] = value.astype(np.int64) if is_whole.all() else value.copy()
    return numeric


def _directed(folder: Path) -> tuple[str, ...]:
    path = file_of(folder, "network", [".json"])
    if path is None:
        return ()
    found = read_json(path)
    named = found.get("directed") if isinstance(found, dict) else None
    if not isinstance(named, list) or not all(isinstance(layer, str) for layer in named):
        shown = json.dumps(found, ensure_ascii=False)
        msg = f'{path} must hold {{"directed": [names of layers]}}; found {shown[:100]}.'
        raise InputError(msg)
    return tuple(named)
