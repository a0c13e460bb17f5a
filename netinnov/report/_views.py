"""What the page shows of each table: the rows and columns that matter most, as text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from netinnov.report._tables import has_index, key_rows, with_signs
from netinnov.report._words import cell, names_of, node_name, together

if TYPE_CHECKING:
    from collections.abc import Mapping

    from netinnov.report import Study

__all__ = ["View", "views"]

_SHOWN = 8
_SHORT = 12
"""Rows up to which a table is shown whole."""
_ALL = 40
_WIDEST = 13
_LONGEST = 80
# Shown whole as far as that goes.
_WHOLE = ("contrasts", "effects", "modelled", "scenario", "structure")
# Where the rows that matter most are not the first ones: by these columns, from the largest.
_BY = {
    "park_outages": ["single_point", "pairs_lost", "links"],
    "park_roles": ["homeward", "outward"],
    "parks": ["links"],
}
# What the page shows of effects; the file has all columns.
_EFFECTS = (
    *("scenario", "measure", "node", "baseline", "difference", "median", "low", "high"),
    *("same_sign", "placebo_low", "placebo_high", "placebo_p", "corrected_p"),
)
_CONTRASTS = ("rival", "measure", "node", "difference", "median", "low", "high", "higher")
# Tables of nodes or places whose ids say little to a reader.
_ACTORS = ("location_quotients", "park_outages", "park_roles", "parks", "specialisation")
_PARKS = (
    *("name", "home", "host", "confidence", "partners", "links", "stated", "layers"),
    *("homeward", "outward", "is_liaison", "is_liaison_stated"),
)
_CAPTIONS = {
    "layers": (
        "Layers of the network as built: nodes with a link, linked pairs, and total weight in the "
        "unit of the layer."
    ),
    "kinds": "Kinds of nodes.",
    "problems": "Rows set aside, with the reason.",
    "centrality": "Places by PageRank versatility over all layers.",
    "degree": "Links of each place in each layer.",
    "strength": "Total weight of the links of each place, each layer in its own unit.",
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
    "effects": (
        "Changes that the headline scenario makes in the whole network, home and host: mean "
        "(difference), median and middle 95 % (low, high) of the placements, share of them with "
        "the sign of the median."
    ),
    "contrasts": (
        "The enclave minus its rivals, replicate by replicate, for the whole network, home and "
        "host: mean (difference), median and middle 95 %; higher: share of the replicates in "
        "which the enclave has more, ties for one half."
    ),
    "costs": (
        "What the park and its rivals need and cost, in the unit of the prices, as expected before "
        "links are drawn; size: number of links."
    ),
    "break_even_prices": (
        "Prices at which the park and a rival do as much per cost, by their median effects."
    ),
    "specifications": (
        "The park set up in other ways: median change and middle 95 % of the placements, and its "
        "size in standard deviations of them."
    ),
    "effect_parts": (
        "Change of efficiency by the kind of pairs; the means (difference) add up to its change."
    ),
    "link_changes": "Pairs whose weight the headline scenario changes, mean over placements.",
    "free_flow": (
        "Freeness of trade (0: none, 1: free) at which the model's rest points change, by the "
        "share of the other's varieties that an enclave reaches."
    ),
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
    alike : str
        Columns with one and the same text in all rows shown, and what it is.
    cut : str
        A sentence on the rows and columns that only the file has, empty if there are none.
    """

    name: str
    caption: str
    columns: list[str]
    rows: list[list[str]]
    numeric: list[bool]
    total: int
    alike: str
    cut: str


def views(study: Study, tables: Mapping[str, pd.DataFrame]) -> dict[str, View]:
    """What the page shows of each table."""
    headline = study.scenario.get("headline")
    shown = {}
    for name, table in tables.items():
        if name == "break_even_prices" and not str(headline).endswith("new"):
            continue  # of links that home gives up a sentence says it all
        frame = _rows_that_matter(name, table, study)
        if "same_sign" in frame:
            frame = with_signs(frame)
        frame = _called_by_name(name, frame, study)
        if name in ("degree", "strength") and "centrality" in tables:
            order = tables["centrality"].index
            frame = frame.loc[order[order.isin(frame.index)]]
        frame, width = _columns_that_matter(name, frame)
        frame = frame.drop(columns="modelled_layers", errors="ignore")
        frame = frame.reset_index() if has_index(frame) else frame
        rows = _ALL if name in _WHOLE else _SHORT if len(frame) <= _SHORT else _SHOWN
        first = frame.iloc[:rows, :width]
        cut = _cut(first.shape, (len(table), frame.shape[1]))
        first, alike = _without_repetition(first)
        # Parameters stand on the page once, so they stand in full.
        longest = 1000 if name in ("modelled", "scenario") else _LONGEST
        shown[name] = View(
            name=name,
            caption=_CAPTIONS.get(name, name.replace("_", " ")),
            columns=[str(column).replace("_", " ") for column in first],
            rows=[
                [cell(value, longest=longest) for value in row]
                for row in first.itertuples(index=False)
            ],
            numeric=[
                pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_bool_dtype(kind)
                for kind in first.dtypes
            ],
            total=len(table),
            alike=alike,
            cut=cut,
        )
    return shown


def _cut(shown: tuple[int, int], there: tuple[int, int]) -> str:
    """How many rows and columns are shown of how many."""
    parts = [
        f"{few:,} of {many:,} {what}"
        for few, many, what in zip(shown, there, ("rows", "columns"), strict=True)
        if few < many
    ]
    return f"{together(parts)} are shown; the file has all." if parts else ""


def _without_repetition(table: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Without ids beside names that tell the rows apart, and without text that all rows repeat."""
    if {"node", "name"} <= set(table) and table["name"].notna().all() and table["name"].is_unique:
        table = table.drop(columns="node")
    said = {
        str(column): str(table[column].iloc[0])
        for column in table
        if len(table) > 1
        and not pd.api.types.is_numeric_dtype(table[column])
        and table[column].notna().all()
        and table[column].nunique() == 1
    }
    alike = "; ".join(f"{column.replace('_', ' ')} {value}" for column, value in said.items())
    return table.drop(columns=list(said)), f"In all rows shown: {alike}." if said else ""


def _rows_that_matter(name: str, table: pd.DataFrame, study: Study) -> pd.DataFrame:
    """The rows of which the page shows the first ones."""
    headline = study.scenario.get("headline")
    if name in ("contrasts", "effects"):
        table = key_rows(table, study)
    if name in ("contrasts", "effect_parts", "effects") and isinstance(headline, str):
        table = table.loc[table["scenario"].astype("str") == headline]
    if name == "specifications":
        table = table.loc[table["measure"] == table["measure"].iloc[:1].squeeze()]
    if by := [column for column in _BY.get(name, ()) if column in table]:
        table = table.sort_values(by, ascending=False, kind="stable")
    return table


def _called_by_name(name: str, table: pd.DataFrame, study: Study) -> pd.DataFrame:
    """With names beside ids, or instead of them, and measures in words that a line can break."""
    names = names_of(study)
    table = _with_names(table, study) if name in _ACTORS else table.copy()
    if name in ("degree", "strength", "map_places"):
        table.insert(0, "name", names.reindex(table.index))
    if name in ("brokerage", "enclaves", "parks"):
        for end in table.columns.intersection(["home", "host", "jurisdiction"]):
            table[end] = table[end].map(lambda place: names.get(place, place))
    if name in ("break_even_prices", "contrasts", "effects"):
        table["node"] = table["node"].map(names.get, na_action="ignore")
    if name in ("break_even_prices", "contrasts", "effect_parts", "effects", "specifications"):
        table["measure"] = table["measure"].astype("str").str.replace("_", " ")
    return table


def _columns_that_matter(name: str, table: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """First the columns that the page shows, and how many these are, the index among them."""
    first = {"contrasts": _CONTRASTS, "effects": _EFFECTS, "parks": _PARKS}.get(name)
    last: list[str] = []
    if first is None:
        if name == "profile":  # what has no room comes last
            last = [column for column in ("of", "many_centres_if") if column in table]
        return table[[*table.columns.difference(last, sort=False), *last]], _WIDEST
    shows = [column for column in first if column in table and table[column].notna().any()]
    rest = table.columns.difference(shows, sort=False)
    return table[[*shows, *rest]], len(shows) + has_index(table)


def _with_names(table: pd.DataFrame, study: Study) -> pd.DataFrame:
    """With a first column of names, where any node has one besides its id."""
    names = [node_name(study, str(node)) for node in table.index]
    table = table.copy()
    if names != list(table.index.astype("str")):
        table.insert(0, "name", names)
    return table
