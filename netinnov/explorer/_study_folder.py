"""What the explorer takes from the folder of a study: level, places, centres, experiment."""

from __future__ import annotations

import os
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from netinnov._network.columns import as_text
from netinnov._network.hierarchy import only_country, units
from netinnov._runtime.arguments import as_path, check_type, shown
from netinnov._runtime.opening import damage_refused, read_json, read_text, sha256_of
from netinnov.build import aggregate
from netinnov.errors import InputError
from netinnov.explorer._payload import rounded
from netinnov.explorer._place_structure import structure_payload
from netinnov.network import MultilayerNetwork

TABLES = ("centres", "centre_rules", "scenario", "replicates")
ACCESS = "harmonic_centrality"


class StudyTables(NamedTuple):
    """Centres and rules as the study found them, and its experiment; None where it has none."""

    structure: dict[str, Any] | None
    experiment: dict[str, Any] | None


class Study(NamedTuple):
    title: str
    level: int | str
    rank: str | None
    inside: MultilayerNetwork
    cities: MultilayerNetwork
    tables: StudyTables


def read_study(folder: str | os.PathLike[str], network: MultilayerNetwork) -> Study:
    path = as_path("study", folder)
    with damage_refused(f"the study {path}", Exception):
        try:
            manifest = read_json(path / "manifest.json")
            configuration, written = manifest["configuration"], manifest["outputs"]
            places = configuration["places"]
            title, level, keep = configuration["title"], places["level"], places["keep"] or {}
            hashes = {name: written.get(f"tables/{name}.csv") for name in TABLES}
            columns = {column: list(values) for column, values in keep.items()}
            rank = (configuration.get("enclaves") or {}).get("rank")
        except (InputError, LookupError, TypeError, AttributeError):
            msg = f"`study` must be the folder of a study that `netinnov run` made; {path} has no "
            raise InputError(f"{msg}manifest.json with its configuration.") from None
        check_type("title", title, str)
        if rank is not None and rank not in ("strength", *network.storage.places.columns):
            msg = (
                "`study` must be of the same network; it ranks places by a column that they do not"
            )
            raise InputError(f"{msg} have, {shown(rank)}.")
        for name, digest in hashes.items():
            table = path / "tables" / f"{name}.csv"
            if digest is not None and sha256_of(table) != digest:
                msg = f"{table} is not as `netinnov run` wrote it: it is damaged, or was changed"
                raise InputError(f"{msg}. Run the study again.")
        inside = _within(network, level, columns)
        cities = aggregate(inside, by="place", level=level)
        return Study(title, level, rank, inside, cities, study_tables(path / "tables", cities))


def _within(
    network: MultilayerNetwork, level: int | str, keep: dict[str, list[Any]]
) -> MultilayerNetwork:
    places = network.storage.places
    at = units(network.storage.place_codes, places, level)
    table = places.reset_index()
    wanted = np.ones(len(table) + 1, bool)
    for column, values in keep.items():
        wanted[:-1] &= as_text(table[column])[0].isin(values).to_numpy(bool)
    kept = (at >= 0) & ~only_country(at, places) & wanted[at]
    if kept.all():
        return network
    return network.select(nodes=list(network.storage.nodes.index[kept]))


def study_tables(tables: Path, cities: MultilayerNetwork) -> StudyTables:
    """Read the tables of a study that the page shows."""
    centres, rules = (_table(tables / f"{name}.csv") for name in TABLES[:2])
    structure = None
    if centres is not None and rules is not None:
        centres, rules = centres.set_index("node"), rules.set_index("node")
        if not centres.index.isin(cities.storage.nodes.index).any():
            msg = "`study` must be of the same network; none of its places, e.g. "
            raise InputError(f"{msg}{centres.index[:3].tolist()}, is in it.")
        structure = structure_payload(cities, centres, rules)
    return StudyTables(structure, _experiment(tables))


def _experiment(tables: Path) -> dict[str, Any] | None:
    """Settings, and in each placement global efficiency and the access that it changes."""
    scenario, replicates = (_table(tables / f"{name}.csv") for name in TABLES[2:])
    if scenario is None:
        return None
    parameters = scenario.dropna().set_index("parameter")["value"].to_dict()
    headline = parameters.pop("headline")
    if replicates is None:
        return {"settings": parameters}
    return {"settings": parameters, "draws": draws_of(replicates, headline)}


def draws_of(replicates: pd.DataFrame, scenario: str) -> dict[str, list[float | None]]:
    """Access in each placement, of the places whose access changes."""
    rows = replicates[replicates["measure"] == ACCESS].astype({"value": "float64"})
    before, draws = (
        rows[rows["scenario"] == name].pivot(index="replicate", columns="node", values="value")
        for name in ("baseline", scenario)
    )
    changed = draws.loc[:, (draws - before.iloc[0]).abs().max() > 1e-9]
    return {str(node): rounded(changed[node]) for node in changed}


def _table(path: Path) -> pd.DataFrame | None:
    if not path.is_file():
        return None
    types = {"node": "str", "parameter": "str", "value": "str", "scenario": "str"}
    with damage_refused(str(path)):
        text = StringIO(read_text(path))
        return pd.read_csv(text, dtype=types, keep_default_na=False, na_values=[""])
