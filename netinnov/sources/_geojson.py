"""GeoJSON, read as JSON: GDAL would open other files and addresses, if the file names some."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from netinnov._runtime.opening import read_json
from netinnov.errors import InputError

# Endings of names of systems in degrees, within a metre of each other
DEGREES = ("CRS84", "4326", "4258", "4490")


def features_of(path: Path) -> list[dict[str, Any]]:
    if path.suffix.casefold() not in (".geojson", ".json"):
        msg = (
            f"{path} must be GeoJSON (.geojson), with longitude and latitude; QGIS exports layers "
        )
        raise InputError(f"{msg}so, and GDAL: ogr2ogr -t_srs EPSG:4326 NEW.geojson {path.name}")
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
