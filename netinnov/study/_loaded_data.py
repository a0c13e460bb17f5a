"""From the source of a configuration to a network, and what must be said of it."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from netinnov._arguments import as_path, check_names, did_you_mean
from netinnov._columns import DISPLAY_NAMES, as_floats, as_text
from netinnov._file_rows import has_file_rows
from netinnov._inputs import READERS, Reading, option_of, own_table, read, recognise
from netinnov._layer_table import Quantity
from netinnov._spelling import twins
from netinnov.build import clean_tables
from netinnov.datasets import gravity_parameters, load_research_cities, load_yrd_enclaves
from netinnov.datasets._packaged import packaged_tables
from netinnov.errors import InputError
from netinnov.linkages import project
from netinnov.network import MultilayerNetwork
from netinnov.sources import Tables
from netinnov.sources._user_tables import has_places, read_places, why_placeless
from netinnov.study._places import check_column
from netinnov.study._section import Part
from netinnov.study._words import are, counted

# The sources that are part of the package; the first has the tables of no other name.
BUNDLED = ("yrd", "europe")
# How the names of the files of CORDIS begin, in a folder that may hold others.
CORDIS = ("organization", "project")
TWO_MODE = ("projects", "patents", "works")  # options of readers with which events stay as nodes
NEAR_NOWHERE = 10.0  # degrees from 0, 0 within which another place makes it one like any
# What tables with a column or row for each layer call something else.
TAKEN = ("all", "modelled_layers", "name", "node", "observed", "together")


class Projection(BaseModel):
    """A two-mode layer, such as organisations in projects, as links of one of its sides."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    layer: str
    onto: str | list[str] | None = None
    through: str | list[str] | None = None
    weighting: Literal["count", "newman", "full"] = "count"
    split_by: str | None = None

    @model_validator(mode="after")
    def _has_two_sides(self) -> Projection:
        if (self.onto is None) == (self.through is None):
            msg = "give `onto`, the kinds that are linked, or `through`, the kinds that they meet "
            raise ValueError(f"{msg}in")
        return self


def _in_lines(names: Iterable[str]) -> list[str]:
    quoted = [f'"{name}"' for name in names]
    return [", ".join(quoted[at : at + 4]) for at in range(0, len(quoted), 4)]


class DataPart(Part, part="data"):
    example: ClassVar[str] = """\
[data]
source = "yrd"                # "yrd" or "europe" (bundled), or a reader; left out: the one that
                              # the path asks for, READERS
# path = "cordis"             # file or folder of the reader, relative to the folder of this file
                              # cordis: folder or zip with organization.csv and project.csv
                              # tables: folder with nodes.csv, links.csv and, if any, places.csv
                              # and layers.csv, or a workbook with such sheets
# places = "cities.csv"       # flows: a table of the places, with lon, lat and population
# rows = "destination"        # flows: what the rows of a matrix are, "origin" or "destination";
                              # left out: origins
# aliases = {"Cologne" = "Köln"}   # flows: from names in them to names in the table of places
# outflow = "population"      # flows that are shares: the column of the places with all that leaves
# encoding = "gb18030"        # flows, tables: of text files; left out: found
# decimal = ","               # flows, tables: what stands before decimals, "," or "."; the other
                              # may stand after thousands; left out: found, or asked for
# weighting = "count"         # cordis, openalex, patentsview: "count", "newman" or "full"
# clean = false               # tables: true sets faulty rows aside and lists them in the report
# project = {layer = "invention", onto = "talent"}   # a two-mode layer becomes links among one kind
                              # or several, or through = "project", the kind that they meet in;
                              # weighting = "count", "newman" or "full"; split_by = "kind": a layer
                              # for each kind of both ends, and one ("mixed") for pairs of two.
                              # cordis, openalex and patentsview then keep their projects,
                              # works or patents as nodes, which are resampled and, for the null
                              # model, trade their members

# [columns]                   # headers or attributes of nodes, and our names; headers in any case
# "Ort" = "place"             # and usual words (from, origin, 起点, 经度) need none;
# "nodes.Art" = "kind"        # of one table only
""".replace("READERS", ",\n                              # ".join(_in_lines(READERS)))

    source: str = ""
    path: Annotated[Path | None, Field(strict=False)] = None
    places: Annotated[Path | None, Field(strict=False)] = None
    rows: Literal["origin", "destination"] | None = None
    aliases: dict[str, str] | None = None
    outflow: str | None = None
    encoding: str | None = None
    decimal: Literal[".", ","] | None = None
    weighting: Literal["count", "newman", "full"] = "count"
    clean: bool = False
    project: Projection | None = None

    @field_validator("path", "places")
    @classmethod
    def _is_a_path(cls, path: Path | None) -> Path | None:
        return None if path is None else as_path("path", path)

    @field_validator("source")
    @classmethod
    def _is_known(cls, source: str) -> str:
        if source not in (known := [*BUNDLED, *READERS]):
            listed = ", ".join(map(repr, known[:-1])) + f" or {known[-1]!r}"
            raise ValueError(f"must be {listed}; found {source!r}{did_you_mean(source, known)}")
        return source

    @model_validator(mode="after")
    def _fits_its_source(self) -> DataPart:
        if self.source not in BUNDLED and self.path is None:
            if not self.source:
                raise ValueError("`source` or `path` is missing")
            raise ValueError(f"source = {self.source!r} needs `path`")
        if self.source:
            self.check_options(self.source)
        for name in ("aliases", "outflow"):
            if getattr(self, name) is not None and self.places is None:
                raise ValueError(f"`{name}` is about `places`, which is missing")
        if self.project is not None and "weighting" in self.model_fields_set:
            raise ValueError("with `project`, its own `weighting` says how pairs are weighted")
        return self

    def check_options(self, source: str) -> None:
        optional = ("aliases", "decimal", "encoding", "outflow", "places", "rows", "weighting")
        fits = {name: [each for each in READERS if option_of(each, name)] for name in optional}
        fits |= {"path": list(READERS), "clean": ["tables"]}
        fits["project"] = ["europe", *(source for source in READERS if source != "flows")]
        for name in sorted(self.model_fields_set & fits.keys()):
            if source not in fits[name] and getattr(self, name) is not None:
                fit = " or ".join(map(repr, fits[name]))
                raise InputError(f"`{name}` is for source = {fit}; leave it out with {source!r}")


class LayerPart(Part, part="layers"):
    example: ClassVar[str] = """\
# [layers.gravity]            # what is true of a layer of the source, here "gravity"
# modelled = true             # modelled, not observed: no p-value is given, and the report says so
# directed = false            # whether its links have a direction
# quantity = "amount"         # what its weights are: "amount" or "share_of_origin"
# unit = "commuters"          # of its weights; whole weights of something counted are events,
                              # which intervals resample
# events = 1200               # how many events (contracts, trips) all weights together stand for,
                              # where these are money, scores or the like
# name_zh = "引力模型"          # what a report in Chinese calls it
"""

    modelled: bool | None = None
    directed: bool | None = None
    quantity: Quantity | None = None
    unit: str | None = None
    events: Annotated[int, Field(ge=1)] | None = None
    name_zh: Annotated[str, Field(min_length=1)] | None = None


class Incidence(NamedTuple):
    network: MultilayerNetwork
    projection: Projection
    layers: tuple[str, ...]  # names of the projected layers


class Loaded(NamedTuple):
    network: MultilayerNetwork
    rejected: pd.DataFrame | None
    modelled: dict[str, dict[str, Any]]
    notes: tuple[str, ...]
    files: tuple[Path, ...]
    joint_events: bool = False  # whether one event, such as a project, makes several links at once
    incidence: Incidence | None = None


def load(
    data: DataPart,
    layers: Mapping[str, LayerPart] | None = None,
    columns: Mapping[str, str] | None = None,
    reading: Reading | None = None,
) -> Loaded:
    """Read, check and build, with what is true of some layers and what some headers mean.

    What was read already, as a study with these settings would, is not read again.
    """
    if data.path is None:
        loaded = _research_cities(data.project) if data.source == "europe" else _enclaves()
    else:
        loaded = _read(data, data.path, layers or {}, columns or {}, reading)
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


def _enclaves() -> Loaded:
    parameters = gravity_parameters()
    notice = "Sites, actors and stated links are facts compiled from public web pages: a sample, "
    notes = (f"{notice}not a census.", str(parameters["notice"]))
    paths = _packaged(lambda name: not name.startswith(("research_", "europe")))
    return Loaded(load_yrd_enclaves(), None, {parameters["layer"]: parameters}, notes, paths)


def _research_cities(projection: Projection | None) -> Loaded:
    projection = projection or Projection(
        layer="participation", through="project", weighting="newman", split_by="kind"
    )
    network, incidence = _projected(load_research_cities(projects="nodes"), projection)
    notes = (
        "Projects of Horizon 2020 that started in 2014 to 2016 (CORDIS, © European Union, CC BY "
        "4.0): funded partnerships, not all cooperation.",
        "Two organisations that share a project get one over the number of partners that each has "
        "in it. A layer joins cities by pairs of organisations of its kind, and mixed by pairs of "
        "two kinds; the layers add up to all.",
        "An organisation is at its registered address: its laboratories elsewhere count there.",
    )
    paths = _packaged(lambda name: name.startswith("research_"))
    return Loaded(network, None, {}, notes, paths, True, incidence)


def _packaged(wanted: Callable[[str], bool]) -> tuple[Path, ...]:
    tables = (entry for entry in packaged_tables().iterdir() if entry.is_file())
    return tuple(Path(str(entry)) for entry in tables if wanted(entry.name))


def _projected(
    network: MultilayerNetwork, projection: Projection
) -> tuple[MultilayerNetwork, Incidence]:
    try:
        flat = project(network, **projection.model_dump())
    except InputError as error:
        raise InputError(f"[data] project: {error}") from None
    new_layers = set(flat.layers) - (set(network.layers) - {projection.layer})
    return flat, Incidence(network, projection, tuple(sorted(new_layers)))


def _read(
    data: DataPart,
    path: Path,
    layers: Mapping[str, LayerPart],
    columns: Mapping[str, str],
    reading: Reading | None,
) -> Loaded:
    source, messages, incidence, rejected = data.source, [], None, None
    if not source:
        source, path = recognise(path)
        data.check_options(source)
    options: dict[str, Any] = {}
    if data.project is not None:
        options |= {name: "nodes" for name in TWO_MODE if option_of(source, name)}
    elif option_of(source, "weighting"):
        options["weighting"] = data.weighting
    if data.rows is not None:
        options["rows"] = data.rows
    if data.places is not None:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", UserWarning)
            places, columns = read_places(
                data.places, columns=columns, encoding=data.encoding, decimal=data.decimal
            )
        messages = [str(each.message) for each in caught if issubclass(each.category, UserWarning)]
        options |= {"places": places.set_index("place"), "aliases": data.aliases}
        if data.outflow is not None:
            check_column("[data] outflow", data.outflow, options["places"].columns)
            options["outflow"] = options["places"][data.outflow]
            text = f"The flows are shares of what leaves each place, times its {data.outflow}."
            messages.append(text)
    if option_of(source, "directed") and any(part.directed for part in layers.values()):
        options["directed"] = True  # also where a matrix is symmetric
    _, tables, faults, notes, words = reading or read(
        path,
        source=source,
        columns=columns,
        encoding=data.encoding,
        decimal=data.decimal,
        **options,
    )
    notes = [*faults, *messages, *notes, *words]
    if why := why_placeless(tables.nodes):
        raise InputError(why)
    if not has_places(tables.nodes):
        tables = _nodes_as_places(tables)
        notes.append("These data have no places: each node is taken as a place of its own.")
    nowhere = _nowhere(tables.places)
    if nowhere.any() and tables.places is not None:
        places = tables.places.copy()
        places.loc[nowhere.to_numpy(), ["lon", "lat"]] = np.nan
        tables, n = tables._replace(places=places), int(nowhere.sum())
        text = f"{counted(n, 'place')} at 0°N 0°E, far from all others, {are(n)} taken to have no "
        notes.append(f"{text}coordinates.")
    check_names("[layers]", list(layers), _names_of_layers(tables.links), of="the links")
    if data.clean:
        tables, rejected = _cleaned(tables)
    network = _built(tables, layers)
    notes += twins(network.storage.places)
    if data.project is not None:
        network, incidence = _projected(network, data.project)
    table = network.layer_table
    modelled = {
        str(layer): {} if pd.isna(text) else {"parameters": text}
        for layer, text in table.loc[table["modelled"], "parameters"].items()
    }
    files = _files(source, path) + (() if data.places is None else (data.places,))
    joint = option_of(source, "weighting") or incidence is not None
    return Loaded(network, rejected, modelled, tuple(notes), files, joint, incidence)


def _nodes_as_places(tables: Tables) -> Tables:
    nodes = tables.nodes.assign(place=tables.nodes.get("node", tables.nodes.index))
    known = nodes.columns.intersection(["name_zh", *DISPLAY_NAMES, "lon", "lat", "population"])
    places = tables.places
    if places is None and len(known):
        places = nodes[["place", *known]].drop_duplicates("place")
    return tables._replace(nodes=nodes, places=places)


def _nowhere(places: pd.DataFrame | None) -> pd.Series[bool]:
    """Places at 0, 0 with no other near: how many sources write "unknown"."""
    if places is None or not {"lon", "lat"} <= {*places.columns}:
        return pd.Series(dtype=bool)
    at = places[["lon", "lat"]].apply(as_floats)
    zero: pd.Series[bool] = (at == 0).all(axis=1)
    others = at[~zero].dropna()
    near = (others.abs() < NEAR_NOWHERE).all(axis=1).any()
    return zero if len(others) and not near else zero & False


def _built(tables: Tables, layers: Mapping[str, LayerPart]) -> MultilayerNetwork:
    present = set(_names_of_layers(tables.links))  # a layer may have lost all of its rows
    said = {layer: part for layer, part in layers.items() if layer in present}
    known: dict[str, Any] = {"exclude_none": True, "exclude": {"name_zh"}}
    parts = {layer: part.model_dump(**known) for layer, part in said.items()}
    undirected = {layer for layer, part in said.items() if part.directed is False}
    directed = [layer for layer in tables.directed if layer not in undirected]
    records: dict[str, dict[str, Any]] = {}
    if tables.layers is not None:
        table = tables.layers.set_index("layer") if "layer" in tables.layers else tables.layers
        records = {str(layer): dict(row) for layer, row in table.iterrows()}
    records |= {layer: records.get(layer, {}) | part for layer, part in parts.items()}
    nodes, links, places = tables[:3]
    return MultilayerNetwork(nodes, links, places=places, directed=directed, layers=records)


def _cleaned(tables: Tables) -> tuple[Tables, pd.DataFrame]:
    nodes, links, places, rejected = clean_tables(*tables[:3])
    rows = rejected["row"].astype("Int64")
    for name, table in zip(("nodes", "links", "places"), tables[:3], strict=True):
        if table is not None and has_file_rows(table):
            of = (rejected["table"] == name).to_numpy(bool)
            rows[of] = table.index.take(rows[of].to_numpy(int))
    directed = check_names("directed", tables.directed, _names_of_layers(tables.links))
    left = set(_names_of_layers(links))  # a layer may have lost all of its rows
    kept = tuple(layer for layer in directed if layer in left)
    layers = tables.layers
    if layers is not None:
        layers = layers[layers.index.isin(left)]
    return Tables(nodes, links, places, kept, layers), rejected.assign(row=rows)


def _names_of_layers(links: pd.DataFrame) -> list[str]:
    if "layer" in links:
        return as_text(links["layer"])[0].dropna().unique().tolist()
    return ["links"] if len(links) else []


def _files(source: str, path: Path) -> tuple[Path, ...]:
    if path.is_file():
        return (path,)
    entries = sorted(path.rglob("*")) if source == "openalex" else path.iterdir()

    def is_read(name: str) -> bool:
        if source == "tables":
            return own_table(name) is not None or name.casefold() == "network.json"
        return source != "cordis" or name.casefold().startswith(CORDIS)

    return tuple(entry for entry in entries if entry.is_file() and is_read(entry.name))
