"""What the page tells of the places: centres and communities, computed or of a study, and more."""

from __future__ import annotations

import os
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from netinnov._network.columns import as_text
from netinnov._network.hierarchy import only_country, units
from netinnov._network.matrices import usual_length
from netinnov._runtime.arguments import as_path, check_choice, check_type, shown
from netinnov._runtime.opening import damage_refused, read_json, read_text
from netinnov._typing import Direction
from netinnov.build import aggregate, flatten
from netinnov.connectivity import Frictions
from netinnov.errors import InputError
from netinnov.explorer._payload import rounded
from netinnov.network import MultilayerNetwork
from netinnov.polycentricity import detect_centres, sensitivity

TABLES = ("centres", "centre_rules", "scenario", "replicates")
ACCESS = "harmonic_centrality"
RULES = ("outliers", "head_tail", "core", "dominant_flow")
RESAMPLES = ((100, 100), (300, 50))  # (largest number of places, resamples); no bootstrap beyond
MANY = 1_000  # places above which rules are not compared: each needs a search for a core


def compute_structure(
    network: MultilayerNetwork, *, resample: bool
) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    """Centres with support, and rules by place; None without links or in layers of shares."""
    n = network.n_nodes
    if not any(network.storage.simple_csr(layer).indices.size for layer in network.layers):
        return None
    draws = next((draws for most, draws in RESAMPLES if n <= most), 0) if resample else 0
    options: dict[str, Any] = {"rng": 1, "restarts": 3, "progress": False}
    try:
        flat = flatten(network)
        centres = detect_centres(flat, resamples=draws, **options)
        if n > MANY:
            return centres, pd.DataFrame(index=centres.index)
        long = sensitivity(flat, rules=RULES, tops=[None], indices=["gini"], **options)
    except InputError:
        return None
    long = long[long["node"].notna()]
    by_rule = long.pivot(index="node", columns="rule", values="value")
    return centres, by_rule.reindex(index=network.storage.node_names, columns=list(RULES))


def structure_payload(
    network: MultilayerNetwork, centres: pd.DataFrame, by_rule: pd.DataFrame
) -> dict[str, Any]:
    nodes = network.storage.node_names
    centres = centres.reindex(nodes)
    by_rule = by_rule.reindex(nodes)
    rules = [rule for rule in RULES if rule in by_rule and by_rule[rule].notna().any()]
    return {
        "community": [None if pd.isna(label) else int(label) for label in centres["community"]],
        "centre": [bool(value) for value in centres["centre"].fillna(False)],
        "support": rounded(centres["support"].to_numpy("float64"), 4),
        "rule": str(centres["rule"].dropna().iloc[0]) if "rule" in centres else RULES[0],
        "rules": {rule: [int(value) for value in by_rule[rule].fillna(0)] for rule in rules},
    }


def read_study(
    folder: str | os.PathLike[str], network: MultilayerNetwork
) -> tuple[MultilayerNetwork, MultilayerNetwork, dict[str, Any]]:
    """The nodes in the places of a study, the network of these places, and what it has of them."""
    path = as_path("study", folder)
    with damage_refused(f"the study {path}", Exception):
        try:
            manifest = read_json(path / "manifest.json")
            configuration = manifest["configuration"]
            title = configuration["title"]
            places = configuration["places"]
            level = places["level"]
            keep = places["keep"] or {}
            columns = {column: list(values) for column, values in keep.items()}
            rank = (configuration.get("enclaves") or {}).get("rank")
            direction = (configuration.get("structure") or {}).get("direction", "total")
            measures = configuration["measures"]
            frictions = Frictions(
                border=measures["border"], distance=measures["distance_weight"], per=measures["per"]
            )
        except (InputError, LookupError, TypeError, AttributeError):
            raise InputError(
                f"`study` must be the folder of a study that `netinnov run` made; {path} has no "
                "manifest.json with its configuration."
            ) from None
        check_type("title", title, str)
        if rank is not None and rank not in ("strength", *network.storage.places.columns):
            raise InputError(
                "`study` must be of the same network; it ranks places by a column that they do not "
                f"have, {shown(rank)}."
            )
        inside = _within(network, level, columns)
        cities = aggregate(inside, by="place", level=level)
        check_choice("direction", direction, Direction)
        known = {
            "title": title or "Innovation network",
            "level": level,
            "rank": rank,
            "direction": direction,
            "paths": {
                "distance": measures["distance"] or usual_length(cities),
                "frictions": frictions,
            },
        }
        return inside, cities, known | {"tables": study_tables(path / "tables", cities)}


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
    return network if kept.all() else network.select(nodes=network.storage.node_names[kept])


def study_tables(tables: Path, cities: MultilayerNetwork) -> dict[str, Any]:
    """Centres and rules as the study found them, and its experiment, if it has them."""
    centres, rules, scenario, replicates = (_table(tables / f"{name}.csv") for name in TABLES)
    known: dict[str, Any] = {}
    if centres is not None and rules is not None:
        centres = centres.set_index("node")
        rules = rules.set_index("node")
        if not centres.index.isin(cities.storage.node_names).any():
            raise InputError(
                "`study` must be of the same network; none of its places, e.g. "
                f"{centres.index[:3].tolist()}, is in it."
            )
        known["structure"] = structure_payload(cities, centres, rules)
    if scenario is not None:
        settings = scenario.dropna().set_index("parameter")["value"].to_dict()
        headline = settings.pop("headline")
        known["experiment"] = {"settings": settings}
        if replicates is not None:
            known["experiment"]["draws"] = draws_of(replicates, headline)
    return known


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
