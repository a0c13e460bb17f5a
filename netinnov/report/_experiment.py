"""Sentences on the experiment: how it is done, then change by change."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
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
    per_cent_of,
    percent,
    together,
)

if TYPE_CHECKING:
    from netinnov.report import Study

__all__ = ["NOISE", "find_changes", "find_experiment", "others"]

NOISE = 1e-9
"""Of the baseline: what rounding and searches that stop early leave of no change."""

_HERE = ("effects",)


def find_experiment(study: Study) -> list[Finding]:
    """What the experiment does, and what kind of answer that allows."""
    effects = study.tables.get("effects")
    if effects is None or effects.empty:
        return [Finding("No experiment was run.")]
    return _designs(study, names_of(study))


def find_changes(study: Study, told: Collection[tuple[str, str]] = ()) -> dict[str, list[Finding]]:
    """By scenario: changes of the whole network, of home and host, and elsewhere.

    Pairs of a scenario and a measure that are `told` elsewhere are left out.
    """
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
        if (str(scenario), str(measure)) in told:
            continue
        what = measure_name(measure)
        here = found.setdefault(str(scenario), [])
        for _, row in key_rows(rows, study).iterrows():
            node = row["node"]
            where = "the whole network" if pd.isna(node) else str(names.get(node, node))
            here.append(Finding(f"{what} of {where} {_effect(row)}", ("effects",)))
        rest = rows.drop(index=key_rows(rows, study).index)
        plain = what if what == "PageRank" else what[:1].lower() + what[1:]
        here += others(rest, plain, names)
    return found


def others(rows: pd.DataFrame, what: str, names: pd.Series[str]) -> list[Finding]:
    """How many places gain and lose in the median placement, and which of them most."""
    rows = rows.dropna(subset="median")
    if rows.empty:
        return []
    least = NOISE * rows["baseline"].abs()
    gain = int((rows["median"] > least).sum())
    lose = int((rows["median"] < -least).sum())
    if len(rows) == 1:
        word = "gains" if gain else "loses" if lose else "neither gains nor loses"
        return [Finding(f"The one other place {word} {what} (median of the placements).", _HERE)]
    gains = f"{gain or 'none'} {'gain' if gain > 1 else 'gains'}"
    loses = f"{lose or 'none'} {'lose' if lose > 1 else 'loses'}"
    text = f"Of the {len(rows):,} other places, {gains} {what} and {loses} it"
    text += " (median of the placements)"
    share = rows["median"] / rows["baseline"].abs().where(rows["baseline"] != 0)
    rows = rows.iloc[share.fillna(rows["median"]).argsort(kind="stable")]
    ends = [
        f"{word}: {_most(rows.iloc[at], names)}"
        for n, word, at in ((gain, "largest gain", -1), (lose, "largest loss", 0))
        if n
    ]
    return [Finding(f"{'; '.join([text, *ends])}.", _HERE)]


def _most(row: pd.Series[Any], names: pd.Series[str]) -> str:
    """A place and its change in per cent, with its interval where several placements were drawn."""
    change, low, high = per_cent_of([row["median"], row["low"], row["high"]], row["baseline"])
    text = f"{names.get(row['node'], row['node'])}, {change}"
    return text if row["replicates"] < 2 else f"{text} (95 % of placements: {low} to {high})"


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
                "New funding adds links. Measures such as efficiency and nearness cannot fall "
                "then: only the size of their change says something, not its sign.",
                ("scenario",),
            )
        )
    found += _paid(study)
    if moved := [layer for layer in asked["layer"] if layer in study.modelled]:
        layers = together([mark_modelled(layer, study.modelled) for layer in moved])
        text = f"The links that the park gets are in {layers}: an experiment inside the model."
        found.append(Finding(text, ("scenario", "modelled")))
    return found


def _paid(study: Study) -> list[Finding]:
    """What the rivals may cost."""
    prices, rivals = study.scenario.get("prices"), study.tables.get("contrasts")
    if isinstance(prices, Mapping):
        park, link, km = (number(float(prices[name])) for name in ("park", "link", "pipeline_km"))
        text = (
            f"Rivals cost as much as the park, at prices that are assumed: {park} for a park, "
            f"{link} for a link inside home or inside host, {km} for each kilometre of any other "
            "link. Costs are those expected before the links are drawn. Random ends are no rival "
            "but a contrast: as many links."
        )
        return [Finding(text, ("costs", "scenario"))]
    if rivals is None or rivals.empty:
        return []
    text = "No prices are given, so rivals get as many links as the park, whatever these would "
    text += "cost; with [experiment.prices] they cost the same."
    return [Finding(text, ("scenario",))]


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
        f"of {fixed(difference, decimals, sign=True)} on average"
    )
    if row["replicates"] < 2:
        return f"{text}, in one placement."
    if known := not (math.isnan(row["same_sign"]) or row["median"] == 0):
        sign = f"{percent(row['same_sign'])} of the placements have its sign"
    text += (
        f" and {fixed(row['median'], decimals, sign=True)} in the median placement"
        f" (95 % of {row['replicates']:,} placements between {fixed(low, decimals, sign=True)} and "
        f"{fixed(high, decimals, sign=True)}; Monte Carlo error "
        f"{fixed(row['mc_error'], decimals)}){f'; {sign}' if known else ''}."
    )
    if low < 0 < high:
        text += " The direction depends on where the links happen to be placed."
    return text
