"""Sentences that state what was found, made from the numbers, with the tables they come from."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from netinnov.plotting import mark_modelled
from netinnov.report._experiment import find_changes, find_experiment
from netinnov.report._in_short import find_short
from netinnov.report._mechanisms import find_mechanisms
from netinnov.report._outcome import find_outcome, measures_told
from netinnov.report._parts import Finding
from netinnov.report._reading import find_reading
from netinnov.report._structure import find_structure
from netinnov.report._words import (
    city_of,
    counted,
    names_of,
    number,
    percent,
    together,
)

if TYPE_CHECKING:
    from netinnov.report import Study

__all__ = ["find"]

_ENOUGH = 10
_FIRST = 5


def find(study: Study) -> tuple[dict[str, list[Finding]], dict[str, list[Finding]]]:
    """Findings by section (short, built, central, ..., experiment) and by scenario."""
    outcome = find_outcome(study)
    sections = {
        "short": find_short(study, outcome["headline"]),
        "built": _built(study),
        "central": _central(study),
        "polycentric": _polycentric(study),
        **find_structure(study),
        "enclaves": _enclaves(study),
        "experiment": find_experiment(study),
        **outcome,
        **find_mechanisms(study),
        "reading": find_reading(study),
    }
    return sections, find_changes(study, measures_told(study))


def _built(study: Study) -> list[Finding]:
    """What of the tables was set aside."""
    found = []
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
    if "overlapping_strength" in table and table["overlapping_strength"].any():
        strength = table["overlapping_strength"].sort_values(ascending=False, kind="stable")
        node = strength.index[0]
        text = f"Heaviest links: {names.get(node, node)}, with "
        text += f"{percent(strength.iloc[0] / strength.sum())} of all strength."
        if n > _FIRST:
            same = len(set(strength.index[:_FIRST]) & set(rank.index[:_FIRST]))
            text += f" Of the {_FIRST} first places by PageRank {same} are among the {_FIRST} "
            text += "first by strength."
        found.append(Finding(text, ("centrality",)))
    share = table.get("participation_coefficient", pd.Series(dtype=float))
    if share.notna().any():  # with a single layer there is no spread over layers
        text = (
            f"Places linked in one layer only: {(share == 0).sum():,} of {n:,}; the median "
            f"participation coefficient is {number(share.median())} (0: one layer only, 1: spread "
            "evenly over the layers)"
        )
        if isolates := int(share.isna().sum()):
            text += f"; not defined for {counted(isolates, 'place')} without a link"
        found.append(Finding(text + ".", ("centrality",)))
    return found


def _polycentric(study: Study) -> list[Finding]:
    table = study.tables.get("polycentricity")
    if table is None or table.empty:
        return [Finding("No indices of polycentricity were computed.")]
    whole = "all" if "all" in table.index else table.index[0]
    found = _indices(table.loc[[whole]].iloc[0])
    if "observed" in table.index:
        row = table.loc[["observed"]].iloc[0]
        found.append(
            Finding(
                f"The observed layers alone give a slope of {number(row['rank_size_slope'])} (s.e. "
                f"{number(row['rank_size_standard_error'], digits=2)}) over {row['places']:,.0f} "
                f"places with links; the largest holds {percent(float(row['primacy']))}, and "
                f"strength is spread as over {number(float(row['effective_number']))} places.",
                ("polycentricity",),
            )
        )
    layers = table.drop(index=["all", "observed"], errors="ignore")
    layers = layers.dropna(subset="rank_size_slope")
    layers = layers.loc[layers["places"] >= _ENOUGH]
    if len(layers) > 1:
        slopes = layers["rank_size_slope"].sort_values(kind="stable")
        ends = [
            f"{mark_modelled(str(layer), study.modelled)} (slope {number(row['rank_size_slope'])}, "
            f"s.e. {number(row['rank_size_standard_error'], digits=2)}, n = {row['places']:,.0f})"
            for layer, row in layers.loc[[slopes.index[-1], slopes.index[0]]].iterrows()
        ]
        found.append(
            Finding(
                f"Of the layers with {_ENOUGH} places or more, the most even is {ends[0]}, the "
                f"most concentrated {ends[1]}. Slopes of layers with different "
                "numbers of places are not strictly comparable.",
                ("polycentricity",),
            )
        )
    return found


def _indices(row: pd.Series[Any]) -> list[Finding]:
    slope, n = float(row["rank_size_slope"]), int(row["places"])
    rough = number(abs(slope) * math.sqrt(2 / n), digits=2) if n else ""
    found = []
    if math.isfinite(slope):
        found.append(
            Finding(
                f"Rank-size slope of strength, all layers together: {number(slope)} (s.e. "
                f"{number(row['rank_size_standard_error'], digits=2)}, R² "
                f"{number(row['rank_size_r_squared'])}). Closer to 0 is more even; "
                "\N{MINUS SIGN}1 is Zipf's rule, where the second place has half of the first. "
                "Ranks are not independent, so this standard error is too small: a rule of thumb, "
                f"slope × √(2/n) with n = {n:,}, gives {rough}.",
                ("polycentricity",),
            )
        )
    if pd.notna(row["primacy"]):
        text = (
            f"The largest place holds {percent(float(row['primacy']))} of all strength. Strength "
            f"is spread as over {number(float(row['effective_number']))} places of equal size "
            f"(effective number of centres, of {n:,}); Gini {number(float(row['gini']))}, "
            f"Green's index {number(float(row['green']))} (1: all places equal)."
        )
        found.append(Finding(text, ("polycentricity",)))
    if pd.notna(row.get("largest_component")):
        found.append(
            Finding(
                f"{percent(float(row['largest_component']))} of the places hang together in one "
                f"part; global efficiency is {number(float(row['global_efficiency']))} (1: every "
                "pair linked directly).",
                ("polycentricity",),
            )
        )
    return found


def _enclaves(study: Study) -> list[Finding]:
    table = study.tables.get("enclaves")
    if table is None:
        return [Finding("Enclaves were not looked for: these data give no jurisdictions.")]
    if table.empty:
        text = (
            "No enclave was found: no node stands outside its jurisdiction. Where tables do not "
            "say whose a node is, it counts as belonging to its place, and none can be found."
        )
        return [Finding(text, ("enclaves",))]
    names = names_of(study)
    text = counted(len(table), "enclave")
    if "direction" in table:
        kinds = table["direction"].astype("str").where(table["direction"].notna(), "not ranked")
        text += ": " + together([f"{n:,} {what}" for what, n in kinds.value_counts().items()])
    rule = "ranks higher, forward if its home does"
    if "ranked_by" in table:
        rule = {
            "population": "is the larger of the two cities, forward if its home is",
            "pagerank": "has the higher PageRank, forward if its home has",
        }[str(table["ranked_by"].iloc[0])]
    found = [Finding(f"{text}. An enclave is reverse if its host {rule}.", ("enclaves",))]
    for end in ("host", "home"):
        top = city_of(study, table[end].dropna()).value_counts().head(3)
        listed = together([f"{names.get(place, place)} ({n:,})" for place, n in top.items()])
        found.append(Finding(f"Most frequent as {end}: {listed}.", ("enclaves",)))
    return found
