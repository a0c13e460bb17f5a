"""Sentences on the experiment: in a planner's words, then change by change."""

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

__all__ = ["find_changes", "find_experiment", "find_summary"]

_NEARNESS = "harmonic_centrality"
_EFFICIENCY = "global_efficiency"
_INEQUALITY = "access_inequality"
_SURE = 0.9
"""Share of placements from which a direction is called clear."""


def find_experiment(study: Study) -> list[Finding]:
    """What the experiment does, and what kind of answer that allows."""
    effects = study.tables.get("effects")
    if effects is None or effects.empty:
        return [Finding("No experiment was run.")]
    return _designs(study, names_of(study))


def find_summary(study: Study) -> list[Finding]:
    """The finding and its uncertainty for those who decide: home, host, the others, the rivals."""
    effects, headline = study.tables.get("effects"), study.scenario.get("headline")
    if effects is None or effects.empty or not isinstance(headline, str):
        return []
    names = names_of(study)
    home, host = str(study.scenario["home"]), str(study.scenario["host"])
    mine = effects[effects["scenario"].astype("str") == headline]
    nearness = _measured(mine, _NEARNESS) or _measured(mine, "pagerank")
    found = []
    if nearness:
        what = "nearness to all other places" if _NEARNESS in nearness else "PageRank"
        rows = mine[mine["measure"].astype("str") == nearness]
        for node in (home, host):
            for _, row in rows[rows["node"] == node].iterrows():
                whose = f"{names.get(node, node)}'s {what}"
                found.append(Finding(_verdict(row, whose), ("effects",)))
        found += _elsewhere(rows[~rows["node"].isin([home, host])], what)
    if measure := _measured(mine, _EFFICIENCY):
        row = mine[mine["measure"].astype("str") == measure].iloc[0]
        text = _verdict(row, "the mean nearness over all pairs of places (efficiency)")
        found.append(Finding(text, ("effects",)))
    if measure := _measured(mine, _INEQUALITY):
        row = mine[mine["measure"].astype("str") == measure].iloc[0]
        found.append(Finding(_convergence(row), ("effects",)))
    if nearness:
        found += _rivals(study, nearness, home, str(names.get(home, home)))
        found += _hosts(mine, nearness, home, str(names.get(home, home)))
    if found:
        found.append(Finding(_standing(study), ("scenario",)))
    return found


def _measured(effects: pd.DataFrame, name: str) -> str:
    """The measure of the table that is this one, with frictions or without; empty if none is."""
    measures = effects["measure"].astype("str").unique()
    return next((measure for measure in measures if measure.startswith(name)), "")


def _verdict(row: pd.Series[Any], what: str) -> str:
    """Rises, falls or neither, by which part of what it was, in how many placements."""
    change, before = float(row["difference"]), float(row["baseline"])
    begin = what[:1].upper() + what[1:]
    if math.isnan(change):
        return f"{begin} is not defined before or after."
    if row["low"] == row["high"] == 0:
        return f"{begin} does not change, wherever the links fall."
    size = f"by {percent(abs(change / before))}" if before else f"by {number(abs(change))}"
    if row["low"] <= 0 <= row["high"] and row["same_sign"] < _SURE:
        return (
            f"{begin} may rise or fall, depending on where the links fall: {size} "
            f"{'up' if change > 0 else 'down'} on average, but in 95 % of placements between "
            f"{_relative(row['low'], before)} and {_relative(row['high'], before)}."
        )
    verb = "rises" if change > 0 else "falls"
    sure = (
        "" if row["replicates"] < 2 else f", in the same direction in {percent(row['same_sign'])}"
    )
    sure += " of the placements" if sure else ""
    return f"{begin} {verb} {size} on average{sure}."


def _relative(change: float, before: float) -> str:
    if not before:
        return number(change)
    return f"{100 * change / before:+.1f} %".replace("-", "\N{MINUS SIGN}")


def _elsewhere(rows: pd.DataFrame, what: str) -> list[Finding]:
    """How many of the other places gain and lose on average."""
    change = rows["difference"].dropna()
    if change.empty:
        return []
    gain, lose = int((change > 0).sum()), int((change < 0).sum())
    text = f"Of the {len(change):,} other places, {gain:,} gain {what} on average and {lose:,} lose"
    return [Finding(f"{text}.", ("effects",))]


def _convergence(row: pd.Series[Any]) -> str:
    if row["low"] == row["high"] == 0:
        return "Nearness is as unequal over places as before: they neither converge nor diverge."
    decimals = decimals_for(row["difference"], row["low"], row["high"])
    ends = [fixed(row[end], decimals, sign=True) for end in ("low", "high")]
    interval = f"Theil index {fixed(row['difference'], decimals, sign=True)}, 95 % of placements "
    interval += f"between {ends[0]} and {ends[1]}"
    if row["same_sign"] < _SURE:
        return f"Whether places converge or diverge depends on where the links fall ({interval})."
    way = "less unequal: places converge" if row["difference"] < 0 else "more unequal: they diverge"
    return f"Nearness becomes {way} ({interval})."


def _rivals(study: Study, measure: str, home: str, name: str) -> list[Finding]:
    table = study.tables.get("contrasts")
    if table is None or table.empty:
        return []
    mine = table[(table["measure"].astype("str") == measure) & (table["node"] == home)]
    parts = []
    for _, row in mine.iterrows():
        if math.isnan(row["difference"]):
            continue
        if row["low"] == row["high"] == 0:
            word = "as good as"
        else:
            word = "better than" if row["difference"] > 0 else "worse than"
        share = row["higher"] if row["difference"] > 0 else 1 - row["higher"]
        rival = str(row["rival"]).split(",")[0]
        often = "" if word == "as good as" else f" (in {percent(share)} of the placements)"
        parts.append(f"{word} {rival}{often}")
    if not parts:
        return []
    text = f"For {name} the park is on average {together(parts)}, with as many links paid alike."
    return [Finding(text, ("contrasts",))]


def _hosts(effects: pd.DataFrame, measure: str, home: str, name: str) -> list[Finding]:
    rows = effects[(effects["measure"].astype("str") == measure) & (effects["node"] == home)]
    if "placebo_n" not in rows or rows.empty or not rows["placebo_n"].iloc[0]:
        return []
    row = rows.iloc[0]
    low, high = float(row["placebo_low"]), float(row["placebo_high"])
    decimals = decimals_for(row["difference"], low, high)
    text = (
        f"The same park at {row['placebo_n']:,} other hosts that are like this one would change "
        f"{name}'s by {fixed(low, decimals, sign=True)} to {fixed(high, decimals, sign=True)}; "
        f"here it is {fixed(float(row['difference']), decimals, sign=True)}"
    )
    if pd.notna(row["placebo_p"]):
        text += f" (p = {row['placebo_p']:.2g} by rank, {row['corrected_p']:.2g} corrected)"
    elif pd.notna(row["why_no_p"]):
        text += f". No test: {row['why_no_p']}"
    return [Finding(f"{text}.", ("effects",))]


def _standing(study: Study) -> str:
    """What all of this can and cannot say."""
    text = "This is a calculation on a network, not a forecast: only the links change, at once, "
    text += "and nobody reacts."
    if any(layer in study.modelled for layer in parameters(study.scenario, "layer")):
        text += " The links are modelled, so that it says what the model implies."
    return text


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
        return f"{text}; nothing in it is random."
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
    falls = int((rest["difference"] < 0).sum())
    text = (
        f"{what} of the other {len(rest):,} places changes by {ends[0]} to {ends[1]}; it falls in "
        f"{falls:,} of them."
    )
    return [Finding(text, ("effects",))]
