"""Sentences that state what was found, made from the numbers, with the tables they come from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from netinnov.plotting import mark_modelled
from netinnov.report._words import change, names_of, number, parameters, percent, together

if TYPE_CHECKING:
    from netinnov.report import Study

__all__ = ["Finding", "find"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence and the tables that its numbers come from."""

    text: str
    tables: tuple[str, ...] = ()


def find(study: Study) -> dict[str, list[Finding]]:
    """Findings by section: built, central, polycentric, enclaves, experiment."""
    return {
        "built": _built(study),
        "central": _central(study),
        "polycentric": _polycentric(study),
        "enclaves": _enclaves(study),
        "experiment": _experiment(study),
    }


def _built(study: Study) -> list[Finding]:
    network, cities = study.network, study.cities
    found = [
        Finding(
            f"The network has {network.n_nodes:,} nodes and {network.n_links:,} linked pairs in "
            f"{len(network.layers)} layers. For this report it is added up to "
            f"{cities.n_nodes:,} places.",
            _given(study, "layers", "kinds") + ("map_places",),
        )
    ]
    if study.modelled:
        names = [mark_modelled(layer, study.modelled) for layer in study.modelled]
        found.append(
            Finding(
                f"Modelled, not observed: {together(names)}. What follows from it follows from "
                "the model: it is named wherever it enters, and nothing is tested on it.",
                ("modelled",),
            )
        )
    problems = study.tables.get("problems")
    if problems is not None and len(problems):
        text = f"Rows set aside: {len(problems):,}"
        if "problem" in problems:
            counts = problems["problem"].astype("str").value_counts().head(5)
            text += ", of which " + together([f"{n:,} {what}" for what, n in counts.items()])
        found.append(Finding(text + ".", ("problems",)))
    elif problems is not None:
        found.append(Finding("No row was set aside.", ("problems",)))
    return found


def _central(study: Study) -> list[Finding]:
    table = study.tables.get("centrality")
    if table is None or table.empty:
        return [Finding("No centralities were computed.")]
    names, found, n = names_of(study), [], len(table)
    rank = table["pagerank"].sort_values(ascending=False, kind="stable")
    first = [f"{names.get(node, node)} ({number(value)})" for node, value in rank.head(3).items()]
    found.append(
        Finding(
            f"Most central by PageRank over all layers: {together(first)}. An even network of "
            f"{n:,} places would give each {number(1 / n)}.",
            ("centrality",),
        )
    )
    if "overlapping_strength" in table:
        strength = table["overlapping_strength"].sort_values(ascending=False, kind="stable")
        same = len(set(strength.index[:5]) & set(rank.index[:5]))
        node = strength.index[0]
        found.append(
            Finding(
                f"Heaviest links: {names.get(node, node)}, with "
                f"{percent(strength.iloc[0] / strength.sum())} of all strength. Of the five first "
                f"places by PageRank {same} are among the five first by strength.",
                ("centrality",),
            )
        )
    if "participation_coefficient" in table:
        share = table["participation_coefficient"]
        text = f"Places linked in one layer only: {(share == 0).sum():,} of {n:,}"
        if share.notna().any():
            text += (
                f"; the median participation coefficient is {number(share.median())} (0: one "
                "layer only, 1: spread evenly over the layers)"
            )
        if isolates := int(share.isna().sum()):
            text += f"; not defined for {isolates:,} places, which have no link"
        found.append(Finding(text + ".", ("centrality",)))
    return found


def _polycentric(study: Study) -> list[Finding]:
    table = study.tables.get("polycentricity")
    if table is None or table.empty:
        return [Finding("No indices of polycentricity were computed.")]
    found = []
    if "all" in table.index:
        found += _indices(table.loc["all"], "all layers together", study)
    layers = table.drop(index="all", errors="ignore").dropna(subset="rank_size_slope")
    if len(layers) > 1:
        slopes = layers["rank_size_slope"].sort_values(kind="stable")
        steep, flat = slopes.index[0], slopes.index[-1]
        ends = [
            f"{mark_modelled(str(layer), study.modelled)} (slope {number(slopes[layer])}, s.e. "
            f"{number(layers.at[layer, 'rank_size_standard_error'])}, "
            f"n = {layers.at[layer, 'places']:,})"
            for layer in (flat, steep)
        ]
        found.append(
            Finding(
                f"Most even layer: {ends[0]}; most concentrated: {ends[1]}. Slopes of layers with "
                "different numbers of places are not strictly comparable.",
                ("polycentricity",),
            )
        )
    return found


def _indices(row: pd.Series[Any], where: str, study: Study) -> list[Finding]:
    slope, n = float(row["rank_size_slope"]), int(row["places"])
    found = []
    if math.isfinite(slope):
        found.append(
            Finding(
                f"Rank-size slope of strength, {where}: {number(slope)} (s.e. "
                f"{number(row['rank_size_standard_error'])}, R² "
                f"{number(row['rank_size_r_squared'])}). Closer to 0 is more even; "
                "\N{MINUS SIGN}1 is Zipf's rule, where the second place has half of the first. "
                "Ranks are not independent, so this standard error is too small: a rule of thumb, "
                f"slope × √(2/n) with n = {n:,}, gives {number(abs(slope) * math.sqrt(2 / n))}.",
                ("polycentricity",),
            )
        )
    found.append(
        Finding(
            f"The largest place holds {percent(float(row['primacy']))} of all strength. Strength "
            f"is spread as over {number(float(row['effective_number']))} places of equal size "
            f"(effective number of centres, of {n:,}); Gini {number(float(row['gini']))}, "
            f"Green's index {number(float(row['green']))} (1: all places equal).",
            ("polycentricity",),
        )
    )
    if pd.notna(row.get("largest_component")):
        found.append(
            Finding(
                f"{percent(float(row['largest_component']))} of the places hang together in one "
                f"part; global efficiency is {number(float(row['global_efficiency']))} (1: every "
                "pair linked directly).",
                ("polycentricity",),
            )
        )
    if study.modelled:
        names = together([mark_modelled(layer, study.modelled) for layer in study.modelled])
        found.append(
            Finding(
                f"These values contain {names}; the rows of the other layers in the table do not.",
                ("polycentricity", "modelled"),
            )
        )
    return found


def _enclaves(study: Study) -> list[Finding]:
    table = study.tables.get("enclaves")
    if table is None:
        return [Finding("Enclaves were not looked for: these data give no jurisdictions.")]
    if table.empty:
        text = "No enclave was found: no node stands outside its jurisdiction."
        return [Finding(text, ("enclaves",))]
    names = names_of(study)
    text = f"{len(table):,} enclaves"
    if "direction" in table:
        kinds = table["direction"].astype("str").where(table["direction"].notna(), "not ranked")
        text += ": " + together([f"{n:,} {what}" for what, n in kinds.value_counts().items()])
    found = [
        Finding(
            f"{text}. An enclave is reverse if its host ranks higher than its home, forward if "
            "lower.",
            ("enclaves",),
        )
    ]
    sides = []
    for end in ("host", "home"):
        top = table[end].value_counts().head(3)
        sides.append(
            f"most at the {end} side: "
            + together([f"{names.get(place, place)} ({n})" for place, n in top.items()])
        )
    found.append(Finding("; ".join(sides).capitalize() + ".", ("enclaves",)))
    return found
