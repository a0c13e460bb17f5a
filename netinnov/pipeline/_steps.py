"""The steps of the main job: from tables to the results of a study."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from netinnov import centrality, connectivity, polycentricity
from netinnov._tables import codes_of
from netinnov.build import aggregate, build_network, clean_tables, flatten
from netinnov.datasets import gravity_parameters, load_yrd_enclaves
from netinnov.errors import InputError
from netinnov.experiments import ExperimentResult, compare_scenarios
from netinnov.linkages import find_enclaves
from netinnov.network import MultilayerNetwork
from netinnov.pipeline._configuration import Configuration, DataPart, MeasuresPart
from netinnov.scenarios import ReverseEnclave
from netinnov.sources import read_cordis, read_tables

__all__ = ["Input", "Results", "experiment", "load", "look_from_afar", "measure"]


class Input(NamedTuple):
    """A network as built, and what must be said of it."""

    network: MultilayerNetwork
    rejected: pd.DataFrame | None
    modelled: dict[str, dict[str, Any]]
    notes: tuple[str, ...]
    files: tuple[Path, ...]


class Results(NamedTuple):
    """Tables of results by name, and the parameters of the experiment."""

    tables: dict[str, pd.DataFrame]
    scenario: dict[str, Any]
    experiment: ExperimentResult | None


def load(data: DataPart) -> Input:
    """Read, check and build."""
    if data.source == "yrd":
        parameters = gravity_parameters()
        packaged = files("netinnov.datasets").joinpath("tables")
        paths = tuple(Path(str(entry)) for entry in packaged.iterdir())
        notes = (
            "Sites, actors and stated links are facts compiled from public web pages: a sample, "
            "not a census.",
            str(parameters["notice"]),
        )
        return Input(load_yrd_enclaves(), None, {parameters["layer"]: parameters}, notes, paths)
    assert data.path is not None
    if data.source == "cordis":
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", UserWarning)
            tables = read_cordis(data.path, projects=data.projects, weighting=data.weighting)
        said = tuple(str(warning.message) for warning in caught)
        return Input(build_network(*tables), None, {}, said, _files(data.path))
    tables = read_tables(data.path)
    if not data.clean:
        return Input(build_network(*tables), None, {}, (), _files(data.path))
    nodes, links, places, rejected = clean_tables(tables.nodes, tables.links, tables.places)
    here = set(links["layer"]) if "layer" in links else {"links"}
    directed = [layer for layer in tables.directed if layer in here]
    network = build_network(nodes, links, places, directed)
    return Input(network, rejected, {}, (), _files(data.path))


def look_from_afar(
    network: MultilayerNetwork, level: int, keep: Mapping[str, list[str]]
) -> tuple[MultilayerNetwork, MultilayerNetwork, list[str]]:
    """The nodes in the places kept, their network of places, and what was left out."""
    places, notes = network._places, []
    at = network._place_codes
    if not (at >= 0).any():
        msg = "the report is about places, and no node has one; give the nodes a column `place`."
        raise InputError(msg)
    parent = codes_of(places["parent"], places.index)
    for _ in range(level):
        at = np.where((at >= 0) & (parent[at] >= 0), parent[at], at)
    wanted = np.ones(len(places), bool)
    for column, values in keep.items():
        if column not in places:
            msg = f"[places.keep] needs columns of the places; {column!r} is none of "
            raise InputError(msg + ", ".join(map(repr, places.columns)) + ".")
        wanted &= places[column].astype("str").isin(values).to_numpy(bool)
    if not wanted.any():
        raise InputError("[places.keep] leaves no place; compare its values with the places.")
    unplaced = at < 0
    outside = ~unplaced & ~wanted[at]
    if unplaced.any():
        notes.append(
            f"{int(unplaced.sum()):,} of {network.n_nodes:,} nodes have no place; they and their "
            "links are left out."
        )
    if outside.any():
        notes.append(
            f"{int(outside.sum()):,} nodes lie outside the places chosen; they and their links "
            "are left out."
        )
    inside = network
    if unplaced.any() or outside.any():
        inside = network.select(nodes=list(network._nodes.index[~unplaced & ~outside]))
    return inside, aggregate(inside, by="place", level=level), notes


def measure(
    given: MultilayerNetwork,
    inside: MultilayerNetwork,
    cities: MultilayerNetwork,
    options: MeasuresPart,
    modelled: Mapping[str, Any],
) -> dict[str, pd.DataFrame]:
    """Tables of what was built, who is central and how even it is."""
    rank = centrality.pagerank(cities, coupling=options.coupling, damping=options.damping)
    strength = centrality.strength(cities)
    names = cities._places["name"] if "name" in cities._places else cities._places.index.to_series()
    central = pd.DataFrame(
        {
            "name": names.reindex(cities._nodes["place"]).to_numpy(),
            "overlapping_degree": centrality.overlapping_degree(cities),
            "overlapping_strength": centrality.overlapping_strength(cities),
            "participation_coefficient": centrality.participation_coefficient(cities),
            "pagerank": rank,
        }
    )
    return {
        "layers": _layers(given, modelled),
        "kinds": given._nodes["kind"].value_counts(dropna=False).rename("nodes").reset_index(),
        "centrality": central.sort_values("pagerank", ascending=False, kind="stable"),
        "degree": centrality.degree(cities),
        "strength": strength,
        "polycentricity": _polycentricity(cities, strength, options),
        "enclaves": _enclaves(inside, rank),
    }


def experiment(
    cities: MultilayerNetwork, configuration: Configuration, *, progress: bool
) -> tuple[ExperimentResult, dict[str, Any]]:
    """Try the enclave of the configuration on the network of places."""
    asked, options = configuration.experiment, configuration.measures
    assert asked is not None
    scenarios = {
        f"reverse enclave, {funding}": ReverseEnclave(
            asked.home,
            asked.host,
            asked.size,
            asked.pipeline_share,
            funding=funding,
            attachment=asked.attachment,
            layer=asked.layer,
        )
        for funding in asked.funding
    }
    frictions = _frictions(options)

    def efficiency(network: MultilayerNetwork, *, nodes: list[str]) -> float:
        return connectivity.global_efficiency(
            network, distance=options.distance, frictions=frictions, nodes=nodes
        )

    def versatility(network: MultilayerNetwork) -> pd.Series:
        return centrality.pagerank(network, coupling=options.coupling, damping=options.damping)

    def harmonic(network: MultilayerNetwork, *, nodes: list[str]) -> pd.Series:
        return centrality.harmonic_centrality(
            network, distance=options.distance, frictions=frictions, nodes=nodes
        )

    measures: dict[str, Any] = {"global_efficiency": efficiency, "pagerank": versatility}
    if cities.n_nodes <= 1000:  # a search from each node, in each replicate
        measures["harmonic_centrality"] = harmonic
    result = compare_scenarios(
        cities,
        scenarios=scenarios,
        measures=measures,
        replicates=asked.replicates,
        rng=configuration.seed,
        progress=progress,
    )
    said = asked.model_dump() | {
        "distance": options.distance,
        "border friction": options.border,
        "friction per 1,000 km": options.kilometres,
    }
    return result, said


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
    cities: MultilayerNetwork, strength: pd.DataFrame, options: MeasuresPart
) -> pd.DataFrame:
    """Indices of the strength of places, in each layer and over all."""
    rows = {}
    for layer in [*cities.layers, "all"]:
        values = strength.sum(axis=1) if layer == "all" else strength[layer]
        part = flatten(cities) if layer == "all" else cities.select(layers=[layer])
        slope = polycentricity.rank_size(values)
        rows[layer] = {
            "places": int((values > 0).sum()),
            "rank_size_slope": slope.slope,
            "rank_size_standard_error": slope.standard_error,
            "rank_size_r_squared": slope.r_squared,
            "primacy": polycentricity.primacy(values),
            "gini": polycentricity.gini(values),
            "herfindahl": polycentricity.herfindahl(values),
            "effective_number": polycentricity.effective_number(values),
            "green": polycentricity.green(values),
            "largest_component": connectivity.largest_component(part),
            "global_efficiency": connectivity.global_efficiency(part),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("layer")


def _enclaves(network: MultilayerNetwork, rank: pd.Series) -> pd.DataFrame:
    found = find_enclaves(network, rank=rank)
    known = [name for name in ("name", "kind", "type", "opened") if name in network._nodes]
    about = network._nodes[known].reindex(found["node"]).reset_index(drop=True)
    return pd.concat([found, about], axis=1)


def _frictions(options: MeasuresPart) -> connectivity.Frictions | None:
    found = connectivity.Frictions(border=options.border, distance=options.kilometres)
    return found if found else None


def _files(path: Path) -> tuple[Path, ...]:
    """What the reader may have read: the file itself, or the tables of a folder."""
    if path.is_file():
        return (path,)
    return tuple(
        entry
        for entry in sorted(path.iterdir())
        if entry.is_file() and any(mark in entry.name for mark in (".csv", ".parquet", ".json"))
    )
