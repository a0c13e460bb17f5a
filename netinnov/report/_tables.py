"""Tables of a study: as files, and as the first rows that the page shows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from netinnov.errors import InputError
from netinnov.plotting import mark_modelled
from netinnov.report._words import cell, names_of, node_name, parameters

if TYPE_CHECKING:
    from pathlib import Path

    from netinnov.report import Study

__all__ = [
    "View",
    "key_rows",
    "modelled_in",
    "tables_to_write",
    "views",
    "with_signs",
    "write_tables",
]

_SHOWN = 15
_ALL = 60
_WIDEST = 13
# Tables whose numbers sum over layers or follow from all of them.
_MIXED = (
    *("break_even_prices", "centrality", "contrasts", "costs", "effect_parts", "effects"),
    *("link_changes", "polycentricity", "specifications"),
)
_WHOLE = (
    *("break_even_prices", "contrasts", "effect_parts", "effects", "modelled", "profile"),
    *("scenario", "specifications", "structure"),
)
# What the page shows of effects; the file has all columns.
_EFFECTS = (
    *("scenario", "measure", "node", "baseline", "difference", "median", "low", "high"),
    *("same_sign", "placebo_low", "placebo_high", "placebo_p", "corrected_p"),
)
# Tables of nodes or places whose ids say little to a reader.
_ACTORS = ("location_quotients", "park_outages", "park_roles", "parks", "specialisation")
_PARKS = (
    *("name", "home", "host", "confidence", "partners", "links", "stated", "layers"),
    *("homeward", "outward", "is_liaison", "is_liaison_stated"),
)
_CAPTIONS = {
    "layers": "Layers of the network as built: nodes with a link, linked pairs and total weight.",
    "kinds": "Kinds of nodes.",
    "problems": "Rows set aside, with the reason.",
    "centrality": "Places by PageRank versatility over all layers.",
    "degree": "Links of each place in each layer.",
    "strength": "Total weight of the links of each place in each layer.",
    "polycentricity": "How evenly strength is spread over places, in each layer and in all.",
    "enclaves": "Nodes whose place is neither their jurisdiction nor inside it.",
    "structure": "How the structure was looked for, and what was left out and why.",
    "centres": "Places by whether they are centres, how sure that is, and their role.",
    "centre_rules": "Which places are centres (1) by each of six rules, and share of the rules.",
    "profile": "Indices of polycentricity: value, interval, range without one place, null model.",
    "profile_modelled": "The same indices in each modelled layer: values only.",
    "centrality_observed": "Centralities of places in the observed layers, side by side.",
    "communities": "Communities of places; inside: share of the weight of their links.",
    "community_flows": "Weight of links inside and between communities.",
    "communities_by_layer": "How far the links of each layer stay inside these communities.",
    "layer_overlap": "Share of linked pairs that two layers have in common.",
    "layer_correlation": "Rank correlation, over places, of their numbers of links in two layers.",
    "brokerage": "Nodes between two others that are not linked directly, by whose they are.",
    "effects": "Changes that the scenarios make: whole network, home and host.",
    "contrasts": "The enclave minus its rivals, replicate by replicate: whole network, home, host.",
    "costs": "What the park and its rivals need and cost, as expected before links are drawn.",
    "break_even_prices": (
        "Prices at which the park and a rival do as much per cost, by their median effects."
    ),
    "specifications": "The park set up in other ways: what it changes for home and for all.",
    "effect_parts": "Change of efficiency by the kind of pairs: the parts add up to the change.",
    "link_changes": "Pairs whose weight the headline scenario changes, mean over placements.",
    "free_flow": "Points at which the model's rest points change, in freeness of trade.",
    "free_flow_diagram": "Rest points of two regions over the freeness of trade.",
    "cobweb": "Modes of two like regions without and with the link of an enclave.",
    "parks": "Parks outside their jurisdiction, those with most links first.",
    "park_roles": "Roles of the park and its partners between the jurisdictions.",
    "park_outages": "What fails when one actor is taken out.",
    "diffusion": "Steps until half of home's actors are reached, over draws, in three networks.",
    "diffusion_draws": "Steps of each draw; empty where home was not reached.",
    "specialisation": "How far the mix of a place's links differs from that of all places.",
    "location_quotients": "Share of a layer in the links of a place over its share in all.",
    "convergence": "Spread of strength over places in each period.",
    "strength_by_period": "Strength of places in each period.",
    "modelled": "Parameters of the modelled layers.",
    "scenario": "Parameters of the experiment.",
    "map_places": "Places of the map.",
    "map_links": "Links of the map, summed over periods.",
}


@dataclass(frozen=True, slots=True)
class View:
    """The first rows of a table, as text.

    Parameters
    ----------
    name, caption : str
        Of the file under ``tables/``, and what is in it.
    columns : list of str
        Heads.
    rows : list of list of str
        Cells.
    numeric : list of bool
        Which columns hold numbers.
    total : int
        Rows of the whole table.
    dropped : int
        Columns that only the file has.
    """

    name: str
    caption: str
    columns: list[str]
    rows: list[list[str]]
    numeric: list[bool]
    total: int
    dropped: int


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
        plain = table.reset_index() if _has_index(table) else table
        plain.to_csv(folder / f"{name}.csv", index=False, encoding="utf-8", lineterminator="\n")
        _one_type_a_column(plain).to_parquet(folder / f"{name}.parquet", index=False)


def views(study: Study, tables: Mapping[str, pd.DataFrame]) -> dict[str, View]:
    """What the page shows of each table."""
    names = names_of(study)
    shown = {}
    added = str(study.scenario.get("headline", "")).endswith("new")
    for name, table in tables.items():
        if name == "break_even_prices" and not added:
            continue  # of links that home gives up a sentence says it all
        frame = key_rows(table, study) if name in ("contrasts", "effects") else table
        if "same_sign" in frame:
            frame = with_signs(frame)
        width = None
        if name in _ACTORS:
            frame = _with_names(frame, study)
        if name == "parks":
            shows = [column for column in _PARKS if column in frame]
            frame = frame.sort_values("links", ascending=False, kind="stable")
            for end in ("home", "host"):
                frame[end] = frame[end].map(lambda place: names.get(place, place))
            frame, width = (
                frame[[*shows, *frame.columns.difference(shows, sort=False)]],
                1 + len(shows),
            )
        if name in ("degree", "strength") and "centrality" in tables:
            order = tables["centrality"].index
            frame = frame.loc[order[order.isin(frame.index)]]
        if name in ("degree", "strength", "map_places"):
            frame = frame.copy()
            frame.insert(0, "name", names.reindex(frame.index))
        if name == "profile":  # what has no room comes last
            last = [column for column in ("of", "many_centres_if") if column in frame]
            frame = frame[[*frame.columns.difference(last, sort=False), *last]]
        if name in ("break_even_prices", "contrasts", "effects"):
            frame = frame.assign(node=frame["node"].map(names.get, na_action="ignore"))
        if name == "effects":
            shows = [
                column for column in _EFFECTS if column in frame and frame[column].notna().any()
            ]
            frame, width = frame[[*shows, *frame.columns.difference(shows, sort=False)]], len(shows)
        frame = frame.drop(columns="modelled_layers", errors="ignore")
        frame = frame.reset_index() if _has_index(frame) else frame
        rows = _ALL if name in _WHOLE else _SHOWN
        first = frame.iloc[:rows, : width or _WIDEST]
        shown[name] = View(
            name=name,
            caption=_CAPTIONS.get(name, name.replace("_", " ")),
            columns=[str(column).replace("_", " ") for column in first],
            rows=[[cell(value) for value in row] for row in first.itertuples(index=False)],
            numeric=[
                pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_bool_dtype(kind)
                for kind in first.dtypes
            ],
            total=len(table),
            dropped=frame.shape[1] - first.shape[1],
        )
    return shown


def with_signs(table: pd.DataFrame) -> pd.DataFrame:
    """No share of a sign where there is none: of a change of 0."""
    change = table.get("median", table.get("difference"))
    share = table["same_sign"]
    return table.assign(same_sign=share if change is None else share.mask(change == 0))


def _with_names(table: pd.DataFrame, study: Study) -> pd.DataFrame:
    """With a first column of names, where any node has one besides its id."""
    names = [node_name(study, str(node)) for node in table.index]
    table = table.copy()
    if names != list(table.index.astype("str")):
        table.insert(0, "name", names)
    return table


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


def _has_index(table: pd.DataFrame) -> bool:
    return any(name is not None for name in table.index.names)


def _one_type_a_column(table: pd.DataFrame) -> pd.DataFrame:
    """Columns of mixed objects become text: Parquet has one type a column."""
    mixed = {str(c): table[c] for c, kind in table.dtypes.items() if kind == object}
    return table.assign(
        **{c: values.map(str, na_action="ignore").astype("str") for c, values in mixed.items()}
    )
