"""Sentences on the experiment: how it is done, then change by change."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from netinnov.plotting import mark_modelled
from netinnov.report._parts import Finding
from netinnov.report._tables import key_rows
from netinnov.report._words import (
    decimals_for,
    fixed,
    measure_name,
    names_of,
    number,
    parameters,
    percent,
    together,
)

if TYPE_CHECKING:
    from netinnov.report import Study

__all__ = ["find_changes", "find_experiment"]


def find_experiment(study: Study) -> list[Finding]:
    """What the experiment does, and what kind of answer that allows."""
    effects = study.tables.get("effects")
    if effects is None or effects.empty:
        return [Finding("No experiment was run.")]
    return _designs(study, names_of(study))


def find_changes(study: Study) -> dict[str, list[Finding]]:
    """By scenario: changes of the whole network, of home and host, and elsewhere."""
    effects = study.tables.get("effects")
    if effects is None or effects.empty:
        return {}
    names = names_of(study)
    found: dict[str, list[Finding]] = {}
    rivals = study.tables.get("contrasts")
    if rivals is not None:  # which the figure and the table of contrasts show
        effects = effects[~effects["scenario"].isin(rivals["rival"].unique())]
    by = effects.groupby(["scenario", "measure"], observed=True, sort=False)
    for (scenario, measure), rows in by:
        what = measure_name(measure)
        here = found.setdefault(str(scenario), [])
        for _, row in key_rows(rows, study).iterrows():
            node = row["node"]
            where = "the whole network" if pd.isna(node) else str(names.get(node, node))
            here.append(Finding(f"{what} of {where} {_effect(row)}", ("effects",)))
        here += _others(rows, what, study, names)
    return found


def _designs(study: Study, names: pd.Series[str]) -> list[Finding]:
    """What the experiment does, and what kind of answer that allows."""
    asked = {
        key: list(dict.fromkeys(parameters(study.scenario, key)))
        for key in ("home", "host", "size", "funding", "layer")
    }
    found = []
    if asked["home"] and asked["host"]:
        home = together([str(names.get(place, place)) for place in asked["home"]])
        host = together([str(names.get(place, place)) for place in asked["host"]])
        size = f" with {together(asked['size'])} links" if asked["size"] else ""
        text = f"The experiment sets up a park of {home} in {host}{size}, at random places anew "
        found.append(Finding(text + "in each replicate.", ("scenario",)))
    if "reallocated" in asked["funding"]:
        found.append(
            Finding(
                "Reallocated funding moves links rather than adds them: home gives up as many of "
                "its links as the park gets, and their weight goes with them. The network has as "
                "many links and as much weight as before, so a gain is not bought with more links, "
                "and what one place wins others may lose.",
                ("scenario",),
            )
        )
    if "new" in asked["funding"]:
        found.append(
            Finding(
                "New funding adds links. Some measures (such as efficiency) cannot fall when links "
                "are added, so only the size of their change says something, not its sign.",
                ("scenario",),
            )
        )
    if moved := [layer for layer in asked["layer"] if layer in study.modelled]:
        layers = together([mark_modelled(layer, study.modelled) for layer in moved])
        text = f"The links that the park gets are in {layers}: an experiment inside the model."
        found.append(Finding(text, ("scenario", "modelled")))
    return found


def _effect(row: pd.Series[Any]) -> str:
    """From and to, the change with its interval over placements, and how sure its sign is."""
    difference, low, high = float(row["difference"]), float(row["low"]), float(row["high"])
    if math.isnan(difference):
        return "is not defined in the baseline or in the scenario."
    if difference == low == high == 0:
        return f"stays at {number(row['baseline'])} in all placements."
    decimals = decimals_for(difference, low, high)
    text = (
        f"goes from {fixed(row['baseline'], decimals)} to {fixed(row['mean'], decimals)}, a change "
        f"of {fixed(difference, decimals, sign=True)}"
    )
    if row["replicates"] < 2:
        return f"{text}, in one placement."
    text += (
        f" (95 % of {row['replicates']:,} placements between {fixed(low, decimals, sign=True)} and "
        f"{fixed(high, decimals, sign=True)}; Monte Carlo error "
        f"{fixed(row['mc_error'], decimals)}); {percent(row['same_sign'])} of the placements have "
        "the same sign."
    )
    if low < 0 < high:
        text += " The direction depends on where the links happen to be placed."
    return text


def _others(effects: pd.DataFrame, what: str, study: Study, names: pd.Series[str]) -> list[Finding]:
    """How the places that are neither home nor host fare."""
    rest = effects.drop(index=key_rows(effects, study).index).dropna(subset="difference")
    if len(rest) < 2:
        return []
    rest = rest.sort_values("difference", kind="stable")
    decimals = decimals_for(*rest["difference"])
    ends = [
        f"{fixed(row['difference'], decimals, sign=True)} in {names.get(row['node'], row['node'])} "
        f"(95 % of placements between {fixed(row['low'], decimals, sign=True)} and "
        f"{fixed(row['high'], decimals, sign=True)})"
        for row in (rest.iloc[0], rest.iloc[-1])
    ]
    if not rest["difference"].any():
        text = (
            f"{what} of the other {len(rest):,} places stays as it is, on average over placements."
        )
        return [Finding(text, ("effects",))]
    falls = int((rest["difference"] < 0).sum())
    text = (
        f"{what} of the other {len(rest):,} places changes by between {ends[0]} and {ends[1]}; it "
        f"falls in {falls or 'none'} of them."
    )
    return [Finding(text, ("effects",))]
