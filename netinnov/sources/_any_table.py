"""One table from a file of any kind: text, a sheet of a workbook, Parquet, points of GeoJSON."""

from __future__ import annotations

import datetime as dt
import math
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from netinnov._network.file_rows import ROW, GivenTable, is_bare
from netinnov._network.numeric_columns import COLUMNS, Decimal, decimal_of, typed
from netinnov._runtime import opening
from netinnov._runtime.arguments import examples
from netinnov.errors import InputError
from netinnov.sources._delimited import read_delimited

if TYPE_CHECKING:
    from openpyxl import Workbook

WORKBOOKS = (".xlsx", ".xlsm")  # of Excel: Office Open XML
# Text files, also with ``.gz``, and all tables without geometry
TABLE_ENDINGS = (".csv", ".tsv", ".txt", ".parquet", *WORKBOOKS)
LAST_ROW = 2**20  # of any sheet
POINTS = ".geojson"
# Names of systems in degrees, after their authority, within a metre of each other
DEGREES = ("CRS84", "4326", "4258", "4490")


def read_any_table(
    path: Path, encoding: str | None = None, *, stripped: bool = False
) -> GivenTable:
    ending = opening.ending_of(path)
    if ending == ".parquet":
        table = opening.read_parquet(path)
        with opening.damage_refused(str(path), Exception):
            frame = table.to_pandas()  # ids in its index stay there
        if is_bare(frame):
            frame = frame.set_axis(pd.RangeIndex(1, len(frame) + 1, name=ROW), axis=0)
        return GivenTable(path.name, frame, "", [])
    if ending == POINTS:
        return GivenTable(path.name, _points(path), "", [])
    if ending in WORKBOOKS:
        sheets = read_workbook(path)
        if len(sheets) != 1:
            held = examples(sheets, str) or "nothing"
            raise InputError(f"{path} must have one sheet with a table; it has {held}.")
        return next(iter(sheets.values()))._replace(name=path.name)
    return read_delimited(path, encoding, stripped=stripped)


def _points(path: Path) -> pd.DataFrame:
    """`lon` and `lat` are missing where a feature has no geometry."""
    features = features_of(path)
    columns = opening.columns_of_rows(path, [each["properties"] for each in features])
    opening.check_header(path, [*columns])
    kinds = {str(each["geometry"].get("type")) for each in features if each["geometry"]}
    if kinds != {"Point"}:
        shown = examples(sorted(kinds), str) or "no geometry"
        raise InputError(f"{path} must hold points; it holds {shown}; give points inside them.")
    table = pd.DataFrame(columns, index=range(len(features)))
    with opening.damage_refused(str(path), TypeError):
        at = [(each["geometry"].get("coordinates") or (None, None))[:2] for each in features]
        for spot in at:
            if not all(x is None or (type(x) in (int, float) and math.isfinite(x)) for x in spot):
                raise TypeError(f"coordinates must be numbers; found {spot}")
        lon, lat = np.array(at, np.float64).T
    return table.assign(lon=lon, lat=lat)


def features_of(path: Path) -> list[dict[str, Any]]:
    """Features of GeoJSON, read as JSON: GDAL would open what the file names."""
    if path.suffix.casefold() not in (".geojson", ".json"):
        raise InputError(
            f"{path} must be GeoJSON (.geojson), with longitude and latitude; QGIS exports "
            f"it, and GDAL: ogr2ogr -t_srs EPSG:4326 NEW.geojson {path.name}"
        )
    document = opening.read_json(path)
    try:
        features = [
            {name: dict(each[name] or {}) for name in ("properties", "geometry")}
            for each in document["features"]
        ]
        crs = (document.get("crs") or {"properties": {"name": "CRS84"}})["properties"]["name"]
    except (AttributeError, KeyError, TypeError, ValueError):
        raise InputError(
            f"{path} must be GeoJSON with `features`, each with `properties` and `geometry`."
        ) from None
    if re.split("[:/]", str(crs))[-1] not in DEGREES:
        raise InputError(
            f"{path} must be in degrees (EPSG:4326); it says {crs!r}; export it in EPSG:4326."
        )
    return features


def columns_of(
    table: str, frame: pd.DataFrame, columns: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """The names that `columns` has for headers of this table, and those for other tables."""
    header = {str(name) for name in frame}
    keys = {f"{table}.{name}" for name in header}
    keys |= {name for name in header if f"{table}.{name}" not in columns}
    own = {key: ours for key, ours in columns.items() if key in keys}
    return own, {key: ours for key, ours in columns.items() if key not in own}


def table_of(table: str, held: GivenTable, decimal: Decimal | None) -> pd.DataFrame:
    frame = held.frame
    if decimal is not None:
        return typed(table, frame, decimal, thousands=True)
    own = [name for name in COLUMNS[table][1] if name in frame and name != "period"]
    mark = decimal_of(held.name, frame, own, held.delimiter)
    tables = typed(table, frame, mark)
    if mark == ".":  # for attributes that are numbers as well
        floats = [str(name) for name, dtype in tables.dtypes.items() if dtype == float]
        more = [name for name in floats if name not in own]
        decimal_of(held.name, frame, [*own, *more], held.delimiter)
    return tables


def sheet_names(path: Path) -> list[str]:
    """The sheets of a workbook with cells, not those that are one chart."""
    with _opened(path) as book:
        return [sheet.title for sheet in book.worksheets]


def read_workbook(path: Path) -> dict[str, GivenTable]:
    """Tables of the sheets that have cells; what openpyxl itself would drop is refused."""
    from openpyxl.worksheet._reader import WorkSheetParser

    tables = {}
    made = 0
    with _opened(path) as book:
        formats = {"date_formats": book._date_formats, "timedelta_formats": book._timedelta_formats}
        for sheet in book.worksheets:
            name = f"{path.name}, sheet {sheet.title}"
            rows: dict[int, list[Any]] = {}
            errors = list[str]()
            last = (0, 0)
            with sheet._get_source() as source:
                parser = WorkSheetParser(source, sheet._shared_strings, True, book.epoch, **formats)
                for number, cells in parser.parse():
                    spots = [last, *((number, cell["column"]) for cell in cells)]
                    if number > LAST_ROW:
                        raise InputError(f"{name} has more than {LAST_ROW} rows.")
                    if spots != sorted({*spots}):
                        raise InputError(
                            f"{name}: row {number} or a cell of it stands there twice, or after a "
                            "later one; save the workbook anew in a spreadsheet."
                        )
                    last = spots[-1]
                    row = rows[number] = [np.nan] * (last[1] if cells else 0)
                    values = [cell["value"] for cell in cells]
                    text = sum(len(value) for value in values if isinstance(value, str))
                    made += opening.CELL * len(row) + opening.BYTE * text
                    opening.check_made(path, made)
                    for cell in cells:
                        row[cell["column"] - 1] = _shown(cell["value"], cell["data_type"])
                        errors += [f"row {number}: {cell['value']}"] * (cell["data_type"] == "e")
            table = pd.DataFrame([*rows.values()], pd.Index([*rows], name=ROW), dtype=object)
            filled = table.dropna(how="all").dropna(how="all", axis=1).fillna(np.nan)
            if not len(filled):
                continue
            merged = [each.ref for each in getattr(parser.merged_cells, "mergeCell", ())]
            said = {
                "the sheet is hidden": [] if sheet.sheet_state == "visible" else [sheet.title],
                "cells with an error, read as empty": errors,
                "merged cells, of which the first alone has the value": merged,
            }
            notes = [
                f"{name}: {subject}: {examples(of, str)}." for subject, of in said.items() if of
            ]
            tables[sheet.title] = GivenTable(name, _table(name, filled), "", notes)
    return tables


@contextmanager
def _opened(path: Path) -> Iterator[Workbook]:
    import openpyxl  # takes a quarter of a second

    with opening.raw_file(path) as stream, zipfile.ZipFile(stream) as parts:
        opening.check_packed(path, *parts.infolist())
        unpacked = sum(part.file_size for part in parts.infolist())
    opening.check_made(path, opening.BYTE * unpacked)
    with opening.raw_file(path) as stream, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and rules that no table needs
        yield openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)


def _shown(value: Any, kind: str) -> Any:
    """7 of 7.0, times as text; missing if blank or the error of a formula."""
    if value is None or kind == "e" or (isinstance(value, str) and not value.strip()):
        return np.nan
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        return str(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _table(name: str, cells: pd.DataFrame) -> pd.DataFrame:
    numbered = cells.columns.to_series().map(lambda at: f"column {at + 1}")
    header = [str(value).strip() for value in cells.iloc[0].fillna(numbered)]
    opening.check_header(name, header, f"row {cells.index[0]}")
    table = cells.iloc[1:].set_axis(header, axis=1)
    empty = {str(name): table[name] for name in table if table[name].isna().all()}
    return table.infer_objects().assign(**empty)
