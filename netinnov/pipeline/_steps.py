"""The steps of the main job: from tables to the results of a study."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from netinnov import centrality, connectivity, polycentricity
from netinnov._arguments import check_names, did_you_mean
from netinnov._columns import as_text
from netinnov._tables import codes_of
from netinnov.build import aggregate, build_network, clean_tables, flatten
from netinnov.datasets import gravity_parameters, load_yrd_enclaves
from netinnov.errors import InputError
from netinnov.linkages import find_enclaves
from netinnov.network import MultilayerNetwork
from netinnov.pipeline._configuration import DataPart, LayerPart, MeasuresPart, PlacesPart
from netinnov.sources import Tables, read_cordis, read_tables

__all__ = [
    "Afar",
    "Input",
    "load",
    "look_from_afar",
    "measure",
    "names_at",
    "pagerank_of",
]

FILES = {"cordis": ("organization", "project"), "tables": ("nodes", "links", "places", "network")}
"""How the names of the files of a source begin."""

TAKEN = ("all", "modelled_layers", "name", "node", "observed", "together")
"""What tables with a column or row for each layer call something else."""

WHY = ("have no place", "lie outside the places chosen")
"""What becomes of the nodes that are left out."""


class Input(NamedTuple):
    """A network as built, and what must be said of it."""

    network: MultilayerNetwork
    rejected: pd.DataFrame | None
    modelled: dict[str, dict[str, Any]]
    notes: tuple[str, ...]
    files: tuple[Path, ...]


class Afar(NamedTuple):
    """The nodes in the places kept, their network of places, and how much is left."""

    inside: MultilayerNetwork
    cities: MultilayerNetwork
    coverage: pd.DataFrame
    notes: tuple[str, ...]


def load(data: DataPart, settings: Mapping[str, LayerPart]) -> Input:
    """Read, check and build."""
    given = _bundled() if data.path is None else _read(data, settings, data.path)
    layers = given.network.layers
    taken = [layer for layer in layers if layer in TAKEN and layers != ("all",)]
    if taken:
        msg = f"a layer cannot be called {', '.join(map(repr, taken))}: tables of results use the "
        raise InputError(msg + f"names {', '.join(TAKEN)} for something else. Rename it.")
    if shares := [layer for layer in layers if given.network._holds_shares(layer)]:
        msg = f"{', '.join(map(repr, shares))} holds shares of each origin's total, and "
        msg += "the report adds weights up over links and layers, which shares do not allow. Give "
        raise InputError(msg + "flows in place of shares, or leave the layer out of links.")
    return given


def look_from_afar(network: MultilayerNetwork, where: PlacesPart) -> Afar:
    """Keep the nodes in the places asked for, and add them up to these places."""
    places, at = network._places, network._place_codes
    if not (at >= 0).any():
        msg = "the report is about places, and no node has one; give the nodes a column `place`."
        raise InputError(msg)
    parent = codes_of(places["parent"], places.index)
    for _ in range(min(where.level, len(places))):
        at = np.where((at >= 0) & (parent[at] >= 0), parent[at], at)
    kept = (at >= 0) & _wanted(places, where.keep)[at]
    if not kept.any():
        raise InputError("[places.keep] leaves no place that has nodes; loosen it.")
    inside, left = network, [("as built", network.n_nodes, network.n_links)]
    for part, stay in (("with a place", at >= 0), ("in the places kept", kept)):
        if not stay.all():
            inside = network.select(nodes=list(network._nodes.index[stay]))
        left.append((part, inside.n_nodes, inside.n_links))
    if network.n_links and not inside.n_links:
        msg = (
            f"none of the {network.n_links:,} links joins two nodes that have a place"
            + (" among those of [places.keep]" if where.keep else "")
            + ", so there is nothing to report."
        )
        raise InputError(msg)
    notes = tuple(
        f"{more[1] - less[1]:,} nodes {why}: they and {more[2] - less[2]:,} linked pairs are left "
        "out (tables/coverage.csv)."
        for (more, less), why in zip(pairwise(left), WHY, strict=True)
        if more[1] != less[1]
    )
    coverage = pd.DataFrame(left, columns=["part", "nodes", "links"])
    return Afar(inside, aggregate(inside, by="place", level=where.level), coverage, notes)


def measure(given: Input, afar: Afar, level: int, options: MeasuresPart) -> dict[str, pd.DataFrame]:
    """Tables of what was built, who is central and how even it is."""
    inside, cities = afar.inside, afar.cities
    rank = pagerank_of(cities, options)
    strength = centrality.strength(cities)
    central = pd.DataFrame(
        {
            "name": names_at(cities),
            "overlapping_degree": centrality.overlapping_degree(cities),
            "overlapping_strength": centrality.overlapping_strength(cities),
            "participation_coefficient": centrality.participation_coefficient(cities),
            "pagerank": rank,
        }
    )
    kinds = given.network._nodes["kind"].value_counts(dropna=False)
    return {
        "layers": _layers(given.network, given.modelled),
        "kinds": kinds.rename("nodes").reset_index(),
        "centrality": central.sort_values("pagerank", ascending=False, kind="stable"),
        "degree": centrality.degree(cities),
        "strength": strength,
        "polycentricity": _polycentricity(cities, strength, given.modelled),
        "enclaves": _enclaves(inside, cities, rank, level),
    }


def _bundled() -> Input:
    parameters = gravity_parameters()
    packaged = files("netinnov.datasets").joinpath("tables")
    notes = (
        "Sites, actors and stated links are facts compiled from public web pages: a sample, "
        "not a census.",
        str(parameters["notice"]),
    )
    paths = tuple(Path(str(entry)) for entry in packaged.iterdir() if entry.is_file())
    return Input(load_yrd_enclaves(), None, {parameters["layer"]: parameters}, notes, paths)


def _read(data: DataPart, settings: Mapping[str, LayerPart], path: Path) -> Input:
    if data.source == "cordis":
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", UserWarning)
            tables = read_cordis(path, weighting=data.weighting)
        notes = tuple(str(each.message) for each in caught if each.category is UserWarning)
        tables = _as_set(tables, settings)
        network = build_network(*tables)
        return Input(network, None, _modelled(network), notes, _files(data.source, path))
    tables = _as_set(read_tables(path), settings)
    if not data.clean:
        network = build_network(*tables)
        return Input(network, None, _modelled(network), (), _files(data.source, path))
    nodes, links, places, rejected = clean_tables(tables.nodes, tables.links, tables.places)
    directed = check_names("directed", tables.directed, _names_of_layers(tables.links))
    left = set(_names_of_layers(links))  # a layer may have lost all of its rows
    assert tables.layers is not None
    layers = tables.layers[tables.layers.index.isin(left)]
    directed = [layer for layer in directed if layer in left]
    network = build_network(nodes, links, places, directed, layers)
    return Input(network, rejected, _modelled(network), (), _files(data.source, path))


def _as_set(tables: Tables, settings: Mapping[str, LayerPart]) -> Tables:
    """The tables with what the configuration says of layers."""
    check_names("layers", settings, _names_of_layers(tables.links))
    rows = {} if tables.layers is None else tables.layers.to_dict("index")
    directed = [*tables.directed]
    for layer, part in settings.items():
        rows[layer] = rows.get(layer, {}) | part.model_dump(exclude_none=True)
        if part.directed is not None:
            directed = [name for name in directed if name != layer] + [layer] * part.directed
    layers = pd.DataFrame.from_dict(rows, orient="index").rename_axis("layer")
    return tables._replace(directed=tuple(directed), layers=layers)


def _modelled(network: MultilayerNetwork) -> dict[str, dict[str, Any]]:
    """The modelled layers, with the parameters of their models."""
    return {
        layer: {} if record.parameters is None else {"parameters": record.parameters}
        for layer, record in network._records.items()
        if record.modelled
    }


def _names_of_layers(links: pd.DataFrame) -> list[str]:
    if "layer" in links:
        return as_text(links["layer"])[0].dropna().unique().tolist()
    return ["links"] if len(links) else []


def _files(source: str, path: Path) -> tuple[Path, ...]:
    """What the reader may have read: the file itself, or the tables of a folder."""
    if path.is_file():
        return (path,)
    return tuple(
        entry
        for entry in path.iterdir()
        if entry.is_file() and entry.name.casefold().startswith(FILES[source])
    )


def _wanted(places: pd.DataFrame, keep: Mapping[str, list[str]]) -> np.ndarray:
    """The places that have one of the values in each column."""
    table = places.reset_index()
    wanted = np.ones(len(table), bool)
    for column, values in keep.items():
        if column not in table:
            msg = f"[places.keep] needs columns of the places; {column!r} is none"
            listed = ", ".join(map(str, table.columns))
            raise InputError(f"{msg}{did_you_mean(column, table.columns)}; there are {listed}.")
        found = as_text(table[column])[0]  # a number as a person writes it: 1, not 1.0
        known = found.dropna().unique().tolist()
        if unknown := [value for value in values if value not in known]:
            shown = ", ".join(f"{value!r}{did_you_mean(value, known)}" for value in unknown[:5])
            raise InputError(f"[places.keep] no place has {column} = {shown}.")
        wanted &= found.isin(values).to_numpy(bool)
    return wanted


def pagerank_of(network: MultilayerNetwork, options: MeasuresPart) -> pd.Series:
    """PageRank versatility as the configuration asks for it."""
    return centrality.pagerank(
        network, coupling=options.coupling, damping=options.damping, presence=options.presence
    )


def names_at(cities: MultilayerNetwork) -> pd.Series:
    """Name of each place, its id where there is none."""
    ids = cities._nodes.index.to_series()
    if "name" not in cities._places:
        return ids
    names = as_text(cities._places["name"])[0]
    return names.reindex(ids).fillna(ids)


def _layers(network: MultilayerNetwork, modelled: Mapping[str, Any]) -> pd.DataFrame:
    present = network._presence("linked")
    rows = [
        {
            "layer": layer,
            "directed": layer in network.directed,
            "nodes": int(present[x].sum()),
            "links": block.indices.size,
            "weight": float(block.data.sum()),
            "modelled": layer in modelled,
        }
        for x, (layer, block) in enumerate(zip(network.layers, network._blocks, strict=True))
    ]
    columns = ["layer", "directed", "nodes", "links", "weight", "modelled"]
    return pd.DataFrame(rows, columns=columns)


def _polycentricity(
    cities: MultilayerNetwork, strength: pd.DataFrame, modelled: Mapping[str, Any]
) -> pd.DataFrame:
    """Indices of the strength of places: each layer, those observed together, and all."""
    parts = {layer: [layer] for layer in cities.layers}
    observed = [layer for layer in cities.layers if layer not in modelled]
    if observed and len(observed) < len(cities.layers):
        parts["observed"] = observed
    if len(parts) != 1:
        parts["all"] = list(cities.layers)
    rows = {}
    for part, layers in parts.items():
        values = strength[layers].sum(axis=1)
        network = flatten(cities.select(layers=layers))
        slope = polycentricity.rank_size(values)
        rows[part] = {
            "places": int((values > 0).sum()),
            "rank_size_slope": slope.slope,
            "rank_size_standard_error": slope.standard_error,
            "rank_size_r_squared": slope.r_squared,
            "primacy": polycentricity.primacy(values),
            "gini": polycentricity.gini(values),
            "herfindahl": polycentricity.herfindahl(values),
            "effective_number": polycentricity.effective_number(values),
            "green": polycentricity.green(values),
            "largest_component": connectivity.largest_component(network),
            "global_efficiency": connectivity.global_efficiency(network),
            "modelled_layers": "; ".join(layer for layer in layers if layer in modelled) or None,
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("layer")


def _enclaves(
    network: MultilayerNetwork, cities: MultilayerNetwork, pagerank: pd.Series, level: int
) -> pd.DataFrame:
    """Nodes outside their jurisdiction at this level, ranked by population where all is known."""
    people = cities._places["population"].reindex(cities._nodes["place"])
    known = bool(people.notna().all())
    found = find_enclaves(network, rank=people if known else pagerank, level=level)
    shown = [name for name in ("name", "kind", "type", "opened") if name in network._nodes]
    about = network._nodes[shown].reindex(found["node"]).reset_index(drop=True)
    by = "population" if known else "pagerank"
    return pd.concat([found.assign(ranked_by=by), about], axis=1)
