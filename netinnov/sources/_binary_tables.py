"""Tables that are not text: sheets of workbooks, Stata, Parquet, point layers."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from netinnov._arguments import examples
from netinnov._file_rows import ROW, with_file_rows
from netinnov._opening import check_file, damage_refused, parquet_of
from netinnov._optional import require
from netinnov.errors import InputError
from netinnov.sources._encodings import text_of

WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
MAPS = (".gpkg", ".geojson", ".shp")  # layers of points


def read_workbook(path: Path) -> dict[str, pd.DataFrame]:
    """The sheets of a workbook that hold anything, with the rows as it counts them."""
    with _workbook(path) as book:
        sheets: dict[Any, pd.DataFrame] = pd.read_excel(
            book, sheet_name=None, header=None, dtype=object, keep_default_na=False, na_values=[""]
        )
    tables = {str(key): _sheet(f"{path.name}, sheet {key}", each) for key, each in sheets.items()}
    return {name: table for name, table in tables.items() if table is not None}


@contextmanager
def _workbook(path: Path) -> Iterator[pd.ExcelFile]:
    require("python_calamine", extra="excel", needed_by=f"reading {path.name}")
    check_file(path)
    # Calamine has a class of its own for each kind of damage.
    with damage_refused(str(path), Exception), pd.ExcelFile(path, engine="calamine") as book:
        yield book


def sheet_names(path: Path) -> list[str]:
    with _workbook(path) as book:
        return [str(name) for name in book.sheet_names]


def _sheet(name: str, cells: pd.DataFrame) -> pd.DataFrame | None:
    """A sheet with its first row that holds anything as header; None if it is empty."""
    blank = cells.map(lambda cell: isinstance(cell, str) and not cell.strip()) | cells.isna()
    cells = cells.mask(blank)
    rows = np.flatnonzero(~blank.all(axis=1).to_numpy(bool))
    if not rows.size:
        return None
    held = ~blank.all(axis=0).to_numpy(bool)
    header = []
    for at, cell in enumerate(cells.iloc[rows[0]], start=1):
        whole = isinstance(cell, float) and cell.is_integer()
        text = str(int(cell) if whole else cell).strip()
        header.append(f"column {at}" if pd.isna(cell) else text)
    twice = [name for name, times in Counter(header).items() if times > 1]
    if twice:
        where = f"row {rows[0] + 1} names {examples(twice)} twice or more"
        raise InputError(f"{name} must name each column once; {where}.")
    table = cells.iloc[rows[1:]].set_axis(header, axis=1).loc[:, held]
    return with_file_rows(_inferred(table.reset_index(drop=True)), rows[1:] + 1, ROW)


def _inferred(table: pd.DataFrame) -> pd.DataFrame:
    """Columns of one type where all their cells are; times as text, as their cells show them."""
    text = table.map(lambda cell: str(cell) if isinstance(cell, (dt.date, dt.time)) else cell)
    empty = {str(name): table[name] for name in table if table[name].isna().all()}
    return text.infer_objects().assign(**empty)


def read_stata(path: Path, encoding: str | None = None) -> tuple[pd.DataFrame, list[str]]:
    """A Stata file with the texts of its value labels, and what is said of it."""
    check_file(path)
    notes = []
    with damage_refused(str(path), Exception), path.open("rb") as stream:
        reader: Any = pd.read_stata(stream, iterator=True)
        with reader:
            # Whether no variable has one label for two codes.
            labels = reader.value_labels().values()
            distinct = all(len(set(names.values())) == len(names) for names in labels)
            table = reader.read(convert_categoricals=distinct)
            old = reader._encoding == "latin-1"
    if not distinct:
        notes.append(f"{path.name}: codes are read, as two of a variable have the same label.")
    texts = {
        name: column.astype("str").replace("", np.nan)
        for name, column in table.items()
        if isinstance(column.dtype, (pd.StringDtype, pd.CategoricalDtype)) or column.dtype == object
    }
    if old:
        whole = "\n".join("\n".join(column.dropna().unique()) for column in texts.values())
        data = whole.encode("latin-1")
        _, detected = text_of(str(path), data, encoding)
        if not data.isascii():
            codec = encoding or detected or "utf-8"
            texts = {
                name: column.map(
                    lambda text: text.encode("latin-1").decode(codec), na_action="ignore"
                )
                for name, column in texts.items()
            }
        notes += [f"{path.name}: read as {detected}."] if detected else []
    table = table.assign(**{str(name): column for name, column in texts.items()})
    return with_file_rows(table, np.arange(1, len(table) + 1), ROW), notes


def read_parquet(path: Path) -> pd.DataFrame:
    """A Parquet file; ids in its index stay there."""
    with parquet_of(path) as file:
        return pd.read_parquet(file)


def read_points(path: Path) -> tuple[pd.DataFrame, list[str]]:
    """A layer of points as a table with `lon` and `lat`, and what is said of it."""
    geopandas = require("geopandas", extra="maps", needed_by=f"reading {path.name}")
    require("pyogrio", extra="maps", needed_by=f"reading {path.name}")
    check_file(path)
    with damage_refused(str(path), Exception):
        layer = geopandas.read_file(path, engine="pyogrio")
    geometry = layer.geometry if isinstance(layer, geopandas.GeoDataFrame) else None
    kinds = set() if geometry is None else set(geometry.dropna().geom_type)
    if kinds != {"Point"}:
        geometries = examples(sorted(kinds), str) or "no geometry"
        raise InputError(
            f"{path} must hold points; it holds {geometries}; give points inside them."
        )
    assert geometry is not None
    notes = []
    if layer.crs is None:
        x, y = geometry.x.abs().max(), geometry.y.abs().max()
        if not (x <= 180 and y <= 90):
            msg = f"{path} must say in which coordinates its points are, or hold degrees; it holds "
            raise InputError(f"{msg}values up to {max(x, y):,.0f} without saying of what.")
        notes.append(f"{path.name} does not say what its coordinates are; taken for degrees.")
    else:
        geometry = geometry.to_crs(4326)
    table = pd.DataFrame(layer.drop(columns=layer.geometry.name))
    empty = geometry.is_empty | geometry.isna()
    table = table.drop(columns=["lon", "lat"], errors="ignore")
    table["lon"] = geometry.x.mask(empty).to_numpy(np.float64)
    table["lat"] = geometry.y.mask(empty).to_numpy(np.float64)
    return table, notes
