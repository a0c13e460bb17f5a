"""What the explorer takes from the folder of a study: level, places, centres, experiment."""

from __future__ import annotations

import os
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from netinnov._arguments import as_path
from netinnov._columns import as_text
from netinnov._hierarchy import only_country, units
from netinnov._opening import damage_refused, read_json, read_text
from netinnov.errors import InputError
from netinnov.explorer._payload import rounded
from netinnov.network import MultilayerNetwork

EXPERIMENT = ("home", "host", "size", "volume", "volume_share", "pipeline_share", "layer", "seed")
"""Settings of the experiment that are keys of the page's address."""


class StudyTables(NamedTuple):
    """Centres and rules as the study found them, and its experiment; None where it has none."""

    structure: tuple[pd.DataFrame, pd.DataFrame] | None
    experiment: dict[str, Any] | None


def read_manifest(folder: str | os.PathLike[str]) -> tuple[Path, dict[str, Any]]:
    """The folder and the configuration of a study."""
    path = as_path("study", folder)
    try:
        return path, dict(read_json(path / "manifest.json")["configuration"])
    except (InputError, KeyError, TypeError, ValueError):
        msg = f"`study` must be the folder of a study that `netinnov run` made; {path} has no "
        raise InputError(f"{msg}manifest.json with its configuration.") from None


def within_study(network: MultilayerNetwork, configuration: dict[str, Any]) -> MultilayerNetwork:
    """The nodes in the places that the study keeps."""
    part = configuration.get("places") or {}
    places = network.storage.places
    at = units(network.storage.place_codes, places, part.get("level", 0))
    table = places.reset_index()
    wanted = np.ones(len(table) + 1, bool)
    for column, values in (part.get("keep") or {}).items():
        wanted[:-1] &= as_text(table[column])[0].isin(values).to_numpy(bool)
    kept = (at >= 0) & ~only_country(at, places) & wanted[at]
    if kept.all():
        return network
    return network.select(nodes=list(network.storage.nodes.index[kept]))


def study_tables(tables: Path) -> StudyTables:
    """Read the tables of a study that the page shows."""
    centres, rules = (_table(tables / f"{name}.csv") for name in ("centres", "centre_rules"))
    structure = None
    if centres is not None and rules is not None:
        structure = centres.set_index("node"), rules.set_index("node")
    return StudyTables(structure, _experiment(tables))


def _experiment(tables: Path) -> dict[str, Any] | None:
    """The headline of the experiment: its settings, and its effects on home, host and the whole."""
    scenario, effects = (_table(tables / f"{name}.csv") for name in ("scenario", "effects"))
    if scenario is None or effects is None:
        return None
    parameters = dict(zip(scenario["parameter"], scenario["value"], strict=True))
    settings = {name: parameters[name] for name in EXPERIMENT if name in parameters}
    settings |= {
        "funding": parameters["funding"].split("; ")[0],
        "border": parameters["border friction"],
        "kilometres": parameters["friction per 1,000 km"],
        "distance": parameters["distance"],
    }
    key = effects["node"].isna() | effects["node"].isin([parameters["home"], parameters["host"]])
    effects = effects[key & (effects["scenario"] == parameters["headline"])]
    shown = (
        effects[["measure", "node"]]
        .astype(object)
        .where(effects[["measure", "node"]].notna(), None)
    )
    for name in ("baseline", "median", "low", "high"):
        shown[name] = pd.Series(rounded(effects[name].astype("float64")), shown.index, dtype=object)
    return {"settings": settings, "effects": shown.to_dict("records")}


def _table(path: Path) -> pd.DataFrame | None:
    """A table of the study; text stays text."""
    if not path.is_file():
        return None
    types = {"node": "str", "parameter": "str", "value": "str", "scenario": "str"}
    with damage_refused(str(path)):
        text = StringIO(read_text(path))
        return pd.read_csv(text, dtype=types, keep_default_na=False, na_values=[""])
