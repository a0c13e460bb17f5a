"""One table from a file of any kind: text, a sheet of a workbook, Parquet, points of GeoJSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from netinnov._network.file_rows import ROW, is_bare, with_file_rows
from netinnov._network.numeric_columns import NUMBERS, Decimal, decimal_of, typed
from netinnov._runtime.arguments import examples
from netinnov._runtime.opening import (
    check_header,
    damage_refused,
    ending_of,
    read_json,
    read_parquet,
)
from netinnov.errors import InputError
from netinnov.sources._delimited import AnyTable, read_delimited
from netinnov.sources._workbooks import WORKBOOKS, read_workbook

TEXT_ENDINGS = (".csv", ".tsv", ".txt")
# Text files, also with ``.gz``, and all tables without geometry
TABLE_ENDINGS = (*TEXT_ENDINGS, ".parquet", *WORKBOOKS)
POINTS = ".geojson"
# Endings of names of systems in degrees, within a metre of each other
DEGREES = ("CRS84", "4326", "4258", "4490")


def read_any_table(path: Path, encoding: str | None = None, *, stripped: bool = False) -> AnyTable:
    ending = ending_of(path)
    if ending == ".parquet":
        table = read_parquet(path)
        with damage_refused(str(path), Exception):
            frame = table.to_pandas()  # ids in its index stay there
        if is_bare(frame):
            frame = with_file_rows(frame, np.arange(1, len(frame) + 1), ROW)
        return AnyTable(path.name, frame, "", [])
    if ending == POINTS:
        return AnyTable(path.name, _points(path), "", [])
    if ending in WORKBOOKS:
        sheets = read_workbook(path)
        if len(sheets) != 1:
            held = examples(sheets, str) or "nothing"
            raise InputError(f"{path} must have one sheet with a table; it has {held}.")
        return AnyTable(path.name, next(iter(sheets.values())), "", [])
    return read_delimited(path, encoding, stripped=stripped)


def _points(path: Path) -> pd.DataFrame:
    """`lon` and `lat` are missing where a feature has no geometry."""
    features = features_of(path)
    names = dict.fromkeys(name for each in features for name in each["properties"])
    check_header(path, [*names])
    kinds = {str(each["geometry"].get("type")) for each in features if each["geometry"]}
    if kinds != {"Point"}:
        shown = examples(sorted(kinds), str) or "no geometry"
        raise InputError(f"{path} must hold points; it holds {shown}; give points inside them.")
    table = pd.DataFrame(
        {name: [each["properties"].get(name) for each in features] for name in names},
        index=range(len(features)),
    )
    with damage_refused(str(path), TypeError):
        at = [(each["geometry"].get("coordinates") or (None, None))[:2] for each in features]
        lon, lat = np.array(at, np.float64).T
    return table.assign(lon=lon, lat=lat)


def features_of(path: Path) -> list[dict[str, Any]]:
    """Features of GeoJSON, read as JSON: GDAL would open what the file names."""
    if path.suffix.casefold() not in (".geojson", ".json"):
        msg = f"{path} must be GeoJSON (.geojson), with longitude and latitude; QGIS exports it, "
        raise InputError(f"{msg}and GDAL: ogr2ogr -t_srs EPSG:4326 NEW.geojson {path.name}")
    document = read_json(path)
    try:
        features = [
            {name: dict(each[name] or {}) for name in ("properties", "geometry")}
            for each in document["features"]
        ]
        crs = (document.get("crs") or {"properties": {"name": "CRS84"}})["properties"]["name"]
    except (AttributeError, KeyError, TypeError, ValueError):
        msg = f"{path} must be GeoJSON with `features`, each with `properties` and `geometry`."
        raise InputError(msg) from None
    if not str(crs).endswith(DEGREES):
        msg = f"{path} must be in degrees (EPSG:4326); it says {crs!r}; export it in EPSG:4326."
        raise InputError(msg)
    return features


def table_of(table: str, held: AnyTable, decimal: Decimal | None) -> pd.DataFrame:
    frame = held.frame
    if decimal is not None:
        return typed(table, frame, decimal, thousands=True)
    own = [name for name in NUMBERS[table] if name in frame and name != "period"]
    mark = decimal_of(held.name, frame, own, held.delimiter)
    tables = typed(table, frame, mark)
    if mark == ".":  # for attributes that are numbers as well
        floats = [str(name) for name, dtype in tables.dtypes.items() if dtype == float]
        more = [name for name in floats if name not in own]
        decimal_of(held.name, frame, [*own, *more], held.delimiter)
    return tables
