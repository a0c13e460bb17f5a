"""Tables of a study as files, and which of them contain what is modelled."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from netinnov.errors import InputError
from netinnov.plotting import mark_modelled
from netinnov.report._words import parameters

if TYPE_CHECKING:
    from pathlib import Path

    from netinnov.report import Study

__all__ = [
    "has_index",
    "key_rows",
    "modelled_in",
    "tables_to_write",
    "with_signs",
    "write_tables",
]

# Tables whose numbers sum over layers or follow from all of them.
_MIXED = (
    *("break_even_prices", "centrality", "contrasts", "costs", "effect_parts", "effects"),
    *("link_changes", "polycentricity", "specifications"),
)


def tables_to_write(study: Study) -> dict[str, pd.DataFrame]:
    """The tables of a study with modelled layers marked, and those behind the map."""
    modelled = study.modelled
    tables = {name: _marked(name, table, study) for name, table in study.tables.items()}
    cities = study.cities
    links = cities.links.groupby(["layer", "source", "target"], sort=False)["weight"].sum()
    frame = links.reset_index()
    frame = frame.assign(
        modelled=frame["layer"].isin(modelled),
        layer=frame["layer"].map(lambda layer: mark_modelled(layer, modelled)),
    )
    at = cities.places.reindex(cities.nodes["place"])[["lon", "lat", "population"]]
    at = at.set_axis(cities.nodes.index)
    members = cities.nodes[["members"]] if "members" in cities.nodes else None
    tables.setdefault("map_places", at if members is None else at.join(members))
    if at["lon"].notna().any():
        tables.setdefault("map_links", frame)
    if modelled:
        tables.setdefault("modelled", _parameter_table(modelled))
    if study.scenario:
        tables.setdefault("scenario", _scenario_table(study.scenario))
    if odd := [name for name in tables if not re.fullmatch(r"[A-Za-z0-9_-]+", name)]:
        msg = f"names of tables become names of files: letters, digits, _ and -; found {odd[:5]}."
        raise InputError(msg)
    return tables


def modelled_in(study: Study, tables: Mapping[str, pd.DataFrame]) -> dict[str, list[str]]:
    """Which modelled layers enter each table."""
    marks = {mark_modelled(layer, study.modelled): layer for layer in study.modelled}
    found = {}
    for name, table in tables.items():
        if "modelled_layers" in table:
            rows = table["modelled_layers"].dropna().astype("str").unique()
            there = {layer for row in rows for layer in row.split("; ")}
        elif "layer" in table and name != "modelled":
            there = set(table["layer"].astype("str").unique())
        elif table.index.name == "layer":
            there = set(table.index.astype("str"))
        else:
            there = {str(column) for column in table}
        found[name] = [layer for mark, layer in marks.items() if mark in there]
    return found


def write_tables(tables: Mapping[str, pd.DataFrame], folder: Path) -> None:
    """Write each table as CSV and Parquet; a nameless index, a mere count, only there as order."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        plain = table.reset_index() if has_index(table) else table
        plain.to_csv(folder / f"{name}.csv", index=False, encoding="utf-8", lineterminator="\n")
        _one_type_a_column(plain).to_parquet(folder / f"{name}.parquet", index=False)


def with_signs(table: pd.DataFrame) -> pd.DataFrame:
    """No share of a sign where there is none: of a change of 0."""
    change = table.get("median", table.get("difference"))
    share = table["same_sign"]
    return table.assign(same_sign=share if change is None else share.mask(change == 0))


def key_rows(effects: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Effects on the whole network, the homes and the hosts."""
    ends = {*parameters(study.scenario, "home"), *parameters(study.scenario, "host")}
    return effects.loc[effects["node"].isna() | effects["node"].isin(ends)]


def _marked(name: str, table: pd.DataFrame, study: Study) -> pd.DataFrame:
    """A copy in which each modelled layer is called modelled."""
    modelled = study.modelled
    marks = {layer: mark_modelled(layer, modelled) for layer in modelled}
    table = table.copy()
    if name in _MIXED and modelled and "modelled_layers" not in table:
        table["modelled_layers"] = "; ".join(marks.values())
        if name == "polycentricity":
            own = table.index.astype(str)
            table["modelled_layers"] = [
                marks.get(layer, "; ".join(marks.values()) if layer == "all" else "")
                for layer in own
            ]
    elif "modelled_layers" in table:
        table["modelled_layers"] = [
            "; ".join(marks.get(layer, layer) for layer in text.split("; ")) if text else None
            for text in table["modelled_layers"]
            .astype(object)
            .where(table["modelled_layers"].notna(), "")
        ]
    if name in ("degree", "strength", "layer_overlap", "layer_correlation"):
        table = table.rename(columns=marks)
    if table.index.name == "layer":
        table = table.rename(index=marks)
    if "layer" in table:
        table["layer"] = table["layer"].astype("str").replace(marks)
    return table


def _parameter_table(modelled: Mapping[str, Mapping[str, object]]) -> pd.DataFrame:
    rows = [
        (mark_modelled(layer, modelled), str(key), _text(value))
        for layer, values in modelled.items()
        for key, value in (dict(values) or {"parameters": "none given"}).items()
    ]
    return pd.DataFrame(rows, columns=["layer", "parameter", "value"], dtype="str")


def _scenario_table(scenario: Mapping[str, object]) -> pd.DataFrame:
    rows = []
    for key, value in scenario.items():
        if isinstance(value, Mapping):
            rows += [(f"{key}: {inner}", _text(part)) for inner, part in value.items()]
        else:
            rows.append((str(key), _text(value)))
    return pd.DataFrame(rows, columns=["parameter", "value"], dtype="str")


def _text(value: object) -> str:
    if isinstance(value, (list, tuple, set, frozenset)):
        return "; ".join(str(part) for part in value)
    return str(value)


def has_index(table: pd.DataFrame) -> bool:
    return any(name is not None for name in table.index.names)


def _one_type_a_column(table: pd.DataFrame) -> pd.DataFrame:
    """Columns of mixed objects become text: Parquet has one type a column."""
    mixed = {str(c): table[c] for c, kind in table.dtypes.items() if kind == object}
    return table.assign(
        **{c: values.map(str, na_action="ignore").astype("str") for c, values in mixed.items()}
    )
