"""From the source of a configuration to a network, and what must be said of it."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

import pandas as pd
from pydantic import Field, field_validator, model_validator

from netinnov._arguments import as_path, check_names, did_you_mean
from netinnov._columns import as_text
from netinnov._inputs import READERS
from netinnov._layer_table import Quantity
from netinnov.build import build_network, clean_tables
from netinnov.datasets import gravity_parameters, load_yrd_enclaves
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.sources import Tables
from netinnov.study._section import Part

__all__ = ["BUNDLED", "DataPart", "LayerPart", "Loaded", "co_participation", "load", "option_of"]

BUNDLED = "yrd"
"""The source that is part of the package."""

FILES = {"cordis": ("organization", "project"), "tables": ("nodes", "links", "places", "network")}
"""How the names of the files of a source begin, where it is a folder that may hold others."""

TAKEN = ("all", "modelled_layers", "name", "node", "observed", "together")
"""What tables with a column or row for each layer call something else."""


class DataPart(Part):
    """Which tables to read."""

    part: ClassVar[str] = "data"
    example: ClassVar[str] = """\
[data]
source = "yrd"                # "yrd" (bundled), or a reader: READERS
# path = "cordis"             # file or folder of the reader, relative to the folder of this file
                              # cordis: folder or zip with organization.csv and project.csv
                              # tables: folder with nodes.csv, links.csv and, if any, places.csv
# weighting = "count"         # cordis, keep, patentsview: "count", "newman" or "full"
# clean = false               # tables: true sets faulty rows aside and lists them in the report
""".replace("READERS", ", ".join(f'"{name}"' for name in READERS))

    source: str
    path: Annotated[Path | None, Field(strict=False)] = None
    weighting: Literal["count", "newman", "full"] = "count"
    clean: bool = False

    @field_validator("path")
    @classmethod
    def _is_a_path(cls, path: Path | None) -> Path | None:
        return None if path is None else as_path("path", path)

    @field_validator("source")
    @classmethod
    def _is_known(cls, source: str) -> str:
        if source not in (known := [BUNDLED, *READERS]):
            listed = ", ".join(map(repr, known[:-1])) + f" or {known[-1]!r}"
            raise ValueError(f"must be {listed}; found {source!r}{did_you_mean(source, known)}")
        return source

    @model_validator(mode="after")
    def _fits_its_source(self) -> DataPart:
        if self.source != BUNDLED and self.path is None:
            raise ValueError(f"source = {self.source!r} needs `path`")
        fits = {
            "path": list(READERS),
            "weighting": [source for source in READERS if option_of(source, "weighting")],
            "clean": ["tables"],
        }
        for name in sorted(self.model_fields_set & fits.keys()):
            if self.source not in fits[name] and getattr(self, name) is not None:
                fit = " or ".join(map(repr, fits[name]))
                msg = f"`{name}` is for source = {fit}; leave it out with {self.source!r}"
                raise ValueError(msg)
        return self


class LayerPart(Part):
    """What is true of a layer of the source, where it does not say so itself."""

    part: ClassVar[str] = "layers"
    example: ClassVar[str] = """\
# [layers.gravity]            # what is true of a layer of the source, here "gravity"
# modelled = true             # modelled, not observed: no p-value is given, and the report says so
# directed = false            # whether its links have a direction
# quantity = "amount"         # what its weights are: "amount" or "share_of_origin"
# unit = "commuters"          # of its weights
"""

    modelled: bool | None = None
    directed: bool | None = None
    quantity: Quantity | None = None
    unit: str | None = None


class Loaded(NamedTuple):
    """A network as built, and what must be said of it."""

    network: MultilayerNetwork
    rejected: pd.DataFrame | None
    modelled: dict[str, dict[str, Any]]
    notes: tuple[str, ...]
    files: tuple[Path, ...]


def option_of(source: str, name: str) -> bool:
    """Whether the reader of a source has an option of this name."""
    return source in READERS and name in inspect.signature(READERS[source]).parameters


def co_participation(source: str) -> bool:
    """Whether one event of a source, such as a project, makes several links at once."""
    return option_of(source, "weighting")


def load(data: DataPart, layers: Mapping[str, LayerPart] | None = None) -> Loaded:
    """Read, check and build; `layers` say what is true of some layers."""
    loaded = _bundled() if data.path is None else _read(data, data.path, layers or {})
    names = loaded.network.layers
    taken = [layer for layer in names if layer in TAKEN and names != ("all",)]
    if taken:
        msg = f"a layer cannot be called {', '.join(map(repr, taken))}: tables of results use the "
        raise InputError(msg + f"names {', '.join(TAKEN)} for something else. Rename it.")
    if shares := [layer for layer in names if loaded.network.storage.holds_shares(layer)]:
        msg = f"{', '.join(map(repr, shares))} holds shares of each origin's total, and the "
        msg += "report adds weights up over links and layers, which shares do not allow. Give "
        raise InputError(msg + "flows in place of shares, or leave the layer out of links.")
    return loaded


def _bundled() -> Loaded:
    parameters = gravity_parameters()
    packaged = files("netinnov.datasets").joinpath("tables")
    notes = (
        "Sites, actors and stated links are facts compiled from public web pages: a sample, "
        "not a census.",
        str(parameters["notice"]),
    )
    paths = tuple(Path(str(entry)) for entry in packaged.iterdir() if entry.is_file())
    return Loaded(load_yrd_enclaves(), None, {parameters["layer"]: parameters}, notes, paths)


def _read(data: DataPart, path: Path, layers: Mapping[str, LayerPart]) -> Loaded:
    options: dict[str, Any] = {}
    if option_of(data.source, "weighting"):
        options["weighting"] = data.weighting
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        tables = READERS[data.source](path, **options)
    notes = [str(each.message) for each in caught if each.category is UserWarning]
    if "place" not in tables.nodes and data.source != "tables":  # a format that has no places
        tables = tables._replace(nodes=tables.nodes.assign(place=_ids(tables.nodes)))
        notes.append("These data have no places: each node is taken as a place of its own.")
    check_names("[layers]", list(layers), _names_of_layers(tables.links), of="the links")
    rejected = None
    if data.clean:
        tables, rejected = _cleaned(tables)
    network = _built(tables, layers)
    table = network.layer_table
    modelled = {
        str(layer): {} if pd.isna(text) else {"parameters": text}
        for layer, text in table.loc[table["modelled"], "parameters"].items()
    }
    return Loaded(network, rejected, modelled, tuple(notes), _files(data.source, path))


def _built(tables: Tables, layers: Mapping[str, LayerPart]) -> MultilayerNetwork:
    """The network, in which what a configuration says of a layer comes before its source."""
    present = set(_names_of_layers(tables.links))  # a layer may have lost all of its rows
    given = {layer: part for layer, part in layers.items() if layer in present}
    directed = [layer for layer in tables.directed if _asked(given, layer) is not False]
    records: dict[str, dict[str, Any]] = {}
    if tables.layers is not None:
        table = tables.layers.set_index("layer") if "layer" in tables.layers else tables.layers
        records = {str(layer): dict(row) for layer, row in table.iterrows()}
    for layer, part in given.items():
        known = {key: value for key, value in part.model_dump().items() if value is not None}
        records[layer] = records.get(layer, {}) | known
    return build_network(
        tables.nodes, tables.links, tables.places, directed=directed, layers=records
    )


def _asked(layers: Mapping[str, LayerPart], layer: str) -> bool | None:
    return layers[layer].directed if layer in layers else None


def _cleaned(tables: Tables) -> tuple[Tables, pd.DataFrame]:
    nodes, links, places, rejected = clean_tables(tables.nodes, tables.links, tables.places)
    directed = check_names("directed", tables.directed, _names_of_layers(tables.links))
    left = set(_names_of_layers(links))  # a layer may have lost all of its rows
    kept = tuple(layer for layer in directed if layer in left)
    layers = tables.layers
    if layers is not None:
        layers = layers[layers.index.isin(left)]
    return Tables(nodes, links, places, kept, layers), rejected


def _ids(nodes: pd.DataFrame) -> pd.Series:
    return nodes["node"] if "node" in nodes else nodes.index.to_series()


def _names_of_layers(links: pd.DataFrame) -> list[str]:
    if "layer" in links:
        return as_text(links["layer"])[0].dropna().unique().tolist()
    return ["links"] if len(links) else []


def _files(source: str, path: Path) -> tuple[Path, ...]:
    """What the reader may have read: the file itself, or the tables of a folder."""
    if path.is_file():
        return (path,)
    begins = FILES.get(source, ("",))
    return tuple(
        entry
        for entry in path.iterdir()
        if entry.is_file() and entry.name.casefold().startswith(begins)
    )
