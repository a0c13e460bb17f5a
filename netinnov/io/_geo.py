"""GeoPackage and GeoJSON, which QGIS and other geographic information systems open."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from netinnov._runtime.arguments import as_path
from netinnov._runtime.atomic import write_bytes
from netinnov._runtime.optional import require
from netinnov.errors import InputError
from netinnov.io._graph import Attributes, columns_of, with_attributes
from netinnov.network import MultilayerNetwork

# Columns that GeoPackage makes itself.
RESERVED = ("fid", "geom", "geometry", "ogc_fid")
DTYPES = {"boolean": "boolean", "integer": "Int64", "number": "float64", "text": "str"}


def write_geo(
    network: MultilayerNetwork, path: str | os.PathLike[str], *, attributes: Attributes = None
) -> None:
    """Write nodes and places as points and links as lines, in degrees of WGS 84.

    Parameters
    ----------
    network : MultilayerNetwork
        Places need ``lon`` and ``lat``; what has no coordinates is a row without a geometry.
    path : path
        File to write; an older one is replaced when the new one is complete. ``.gpkg``: a
        GeoPackage with the layers ``nodes``, ``places`` and ``links``. ``.geojson``: nodes and
        links in one collection, told apart by ``feature``.
    attributes : DataFrame or mapping, optional
        Results as further columns of the nodes, as in `write_graphml`.

    Raises
    ------
    InputError
        If no node has coordinates, `attributes` do not fit the nodes, or the file ends otherwise or
        cannot be written.

    Notes
    -----
    A link leads straight from place to place and has no geometry if both its ends are at one.
    Columns whose names the format takes itself, or which differ only in case, get underscores.
    Lists, times and the like are text, as in `to_networkx`.

    Examples
    --------
    >>> import tempfile, geopandas
    >>> places = pd.DataFrame({"lon": [118.9, 120.2], "lat": [29.0, 30.3]}, index=["q", "h"])
    >>> path = tempfile.mkdtemp() + "/two.gpkg"
    >>> write_geo(ni.build_network(pd.DataFrame({"from": ["q"], "to": ["h"]}), places=places), path)
    >>> geopandas.read_file(path, layer="links").geometry[0].wkt
    'LINESTRING (118.9 29, 120.2 30.3)'
    """
    ending = as_path("path", path).suffix.lower()
    if ending not in (".gpkg", ".geojson"):
        raise InputError(f"`path` must end in .gpkg (GeoPackage) or .geojson; found {str(path)!r}.")
    network = with_attributes(network, attributes)
    geopandas = require("geopandas", extra="maps", needed_by="write_geo")
    require("pyogrio", extra="maps", needed_by="write_geo")
    import shapely

    places = network.storage.places
    nodes = network.storage.nodes
    spots = places[["lon", "lat"]].astype("float64")
    at = spots.reindex(nodes["place"]).to_numpy()
    if not np.isfinite(at).all(axis=1).any():
        raise InputError("write_geo needs nodes at places with `lon` and `lat`; no node has one.")
    rows = network.storage.link_rows()
    ends = np.stack([at[rows.source], at[rows.target]], axis=1)
    ends[(ends[:, 0] == ends[:, 1]).all(axis=1)] = np.nan  # no line at one place
    layers = {}
    for name, frame, make, spot in (
        ("nodes", nodes.reset_index(), shapely.points, at),
        ("places", places.drop(columns=[*spots]).reset_index(), shapely.points, spots.to_numpy()),
        ("links", network.links, shapely.linestrings, ends),
    ):
        known = np.flatnonzero(np.isfinite(spot).all(axis=tuple(range(1, spot.ndim))))
        shapes = geopandas.GeoSeries(make(spot[known]), known).reindex(range(len(frame)))
        layers[name] = geopandas.GeoDataFrame(_table(frame), geometry=shapes, crs="EPSG:4326")
    if ending == ".geojson":
        both = [layers[name].assign(feature=name[:-1]) for name in ("nodes", "links")]
        stream = BytesIO()  # GDAL does not tell that a disk is full
        whole = pd.concat(both, ignore_index=True)
        whole.to_file(stream, layer="network", driver="GeoJSON", engine="pyogrio")
        write_bytes(as_path("path", path), stream.getvalue())
        return
    with TemporaryDirectory() as folder:
        written = Path(folder) / "network.gpkg"
        try:
            for name, layer in layers.items():
                layer.to_file(written, layer=name, driver="GPKG", engine="pyogrio")
        except RuntimeError as error:
            raise InputError(f"{path} cannot be written by GDAL: {error}.") from None
        write_bytes(as_path("path", path), written.read_bytes())


def _table(frame: pd.DataFrame) -> pd.DataFrame:
    used = set(RESERVED)
    columns = {}
    for column in columns_of(frame):
        name = column.name
        while name.casefold() in used:
            name += "_"
        used.add(name.casefold())
        columns[name] = pd.Series(column.values, dtype=DTYPES[column.kind])
    return pd.DataFrame(columns, index=range(len(frame)))
