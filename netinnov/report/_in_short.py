"""The experiment in short: the finding and its uncertainty, for those who decide."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from netinnov.report._parts import Finding
from netinnov.report._words import (
    counted,
    names_of,
    parameters,
    per_cent_of,
    percent,
    together,
)

if TYPE_CHECKING:
    from netinnov.report import Study

__all__ = ["find_summary"]

_ENDS = ("home", "host")
_NEARNESS = "harmonic_centrality"
_EFFICIENCY = "global_efficiency"
_INEQUALITY = "access_inequality"
_SURE = 0.9
"""Share of placements from which a direction is called clear."""
_NOISE = 1e-9
"""Of the baseline: what rounding and searches that stop early leave of no change."""
_RIVALS = {
    "direct links": "direct links without a park",
    "random ends": "a park linked to places at random",
    "forward enclave": "a park of the host at home",
}


def find_summary(study: Study) -> dict[str, list[Finding]]:
    """Who gains, who loses and how sure that is, and whether anything would do better."""
    effects, headline = study.tables.get("effects"), study.scenario.get("headline")
    if effects is None or effects.empty or not isinstance(headline, str):
        return {"summary": [], "compared": []}
    names = names_of(study)
    home, host = str(study.scenario["home"]), str(study.scenario["host"])
    effects = effects.assign(
        scenario=effects["scenario"].astype("str"), measure=effects["measure"].astype("str")
    )
    mine = effects[effects["scenario"] == headline]
    nearness = _measured(mine, _NEARNESS) or _measured(mine, "pagerank")
    what = "nearness to all other places" if _NEARNESS in nearness else "PageRank"
    found = [Finding(_tried(study, headline, names), ("scenario",))]
    rows = mine[mine["measure"] == nearness]
    for node in (home, host):
        for _, row in rows[rows["node"] == node].iterrows():
            found.append(Finding(_verdict(row, f"{_whose(names, node)} {what}"), ("effects",)))
    found += _elsewhere(rows[~rows["node"].isin([home, host])], what)
    if measure := _measured(mine, _EFFICIENCY):
        row = mine[mine["measure"] == measure].iloc[0]
        text = _verdict(row, "the efficiency of the whole network (mean nearness over all pairs)")
        found.append(Finding(text, ("effects",)))
    if measure := _measured(mine, _INEQUALITY):
        row = mine[mine["measure"] == measure].iloc[0]
        found.append(Finding(_convergence(row), ("effects",)))
    compared = _rivals(study, headline, nearness, home, str(names.get(home, home)))
    compared += _otherwise(effects[effects["measure"] == nearness], headline, home, names, what)
    compared += _hosts(study, rows[rows["node"] == home], names, what)
    compared.append(Finding(_standing(study), ("scenario",)))
    return {"summary": found, "compared": compared}


def _tried(study: Study, headline: str, names: pd.Series[str]) -> str:
    home, host = (str(names.get(study.scenario[end], study.scenario[end])) for end in _ENDS)
    size = study.scenario.get("size")
    links = f" with {counted(size, 'link')}" if isinstance(size, int) else ""
    text = f"What if {home} had a park{links} in {host}"
    if headline.endswith("reallocated"):
        text += f", and gave up as many of {'its own' if links else 'its'} links for it"
    elif headline.endswith("new"):
        text += ", on top of all links that there are"
    return f"{text}?"


def _whose(names: pd.Series[str], node: str) -> str:
    return f"{names.get(node, node)}'s"


def _measured(effects: pd.DataFrame, name: str) -> str:
    """The measure of the table that is this one, with frictions or without; empty if none is."""
    measures = effects["measure"].unique()
    return next((str(measure) for measure in measures if measure.startswith(name)), "")


def _verdict(row: pd.Series[Any], what: str) -> str:
    """Rises, falls or neither, by which part of what it was, in how many placements."""
    change, before = float(row["difference"]), float(row["baseline"])
    begin = what[:1].upper() + what[1:]
    if math.isnan(change):
        return f"{begin} is not defined before or after."
    if _none(row):
        return f"{begin} stays as it is, wherever the links fall."
    size, low, high = per_cent_of([abs(change), row["low"], row["high"]], before)
    size = size.lstrip("+")
    verb = "rises" if change > 0 else "falls"
    if row["replicates"] < 2:
        return f"{begin} {verb} by {size} in the one placement that was drawn."
    between = f"95 % of placements lie between {low} and {high}"
    if _clear(row):
        share = row["same_sign"]
        where = "every placement" if share == 1 else f"{percent(share)} of the placements"
        text = f"{begin} {verb} by {size} on average, and {verb} in {where}"
        return f"{text}." if low == high else f"{text} (the middle 95 %: {low} to {high})."
    if row["low"] < 0 < row["high"]:
        way = "up" if change > 0 else "down"
        return (
            f"{begin} may rise or fall, depending on where the links fall: {size} {way} on "
            f"average; {between}."
        )
    return f"{begin} {verb} by {size} on average, but not everywhere: {between}."


def _none(row: pd.Series[Any]) -> bool:
    size = max(abs(float(row[name])) for name in ("difference", "low", "high"))
    return size <= _NOISE * abs(float(row["baseline"]))


def _clear(row: pd.Series[Any]) -> bool:
    """Whether mean and most placements agree on a direction."""
    return bool(row["same_sign"] >= _SURE and row["difference"] * row["median"] > 0)


def _elsewhere(rows: pd.DataFrame, what: str) -> list[Finding]:
    """How many of the other places gain and lose on average."""
    rows = rows.dropna(subset="difference")
    if rows.empty:
        return []
    least = _NOISE * rows["baseline"].abs()
    gain = int((rows["difference"] > least).sum())
    lose = int((rows["difference"] < -least).sum())
    if len(rows) == 1:
        word = "gains" if gain else "loses" if lose else "neither gains nor loses"
        return [Finding(f"The one other place {word} {what} on average.", ("effects",))]
    gains = f"{gain or 'none'} {'gain' if gain > 1 else 'gains'}"
    loses = f"{lose or 'none'} {'lose' if lose > 1 else 'loses'}"
    text = f"Of the {len(rows):,} other places, {gains} {what} on average and {loses} it."
    return [Finding(text, ("effects",))]


def _convergence(row: pd.Series[Any]) -> str:
    if math.isnan(row["difference"]):
        return "How unequal nearness is over places is not defined before or after."
    if _none(row):
        return "Nearness is as unequal over places as before: they neither converge nor diverge."
    size, low, high = per_cent_of(
        [float(row["difference"]), row["low"], row["high"]], float(row["baseline"])
    )
    interval = f"Theil index {size} on average"
    if row["replicates"] >= 2:
        interval += f", 95 % of placements between {low} and {high}"
    if not _clear(row):
        return f"Whether places converge or diverge depends on where the links fall ({interval})."
    way = "less unequal: places converge" if row["difference"] < 0 else "more unequal: they diverge"
    return f"Nearness becomes {way} ({interval})."


def _rivals(study: Study, headline: str, measure: str, home: str, name: str) -> list[Finding]:
    """Better, worse or no clear difference, for home, with as many links."""
    table = study.tables.get("contrasts")
    if table is None or table.empty:
        return []
    mine = table[
        (table["scenario"].astype("str") == headline)
        & (table["measure"].astype("str") == measure)
        & (table["node"] == home)
    ].dropna(subset="difference")
    sides: dict[str, list[str]] = {"better than": [], "worse than": [], "about as good as": []}
    for _, row in mine.iterrows():
        short = str(row["rival"]).rpartition(", ")[0] or str(row["rival"])
        rival, higher = _RIVALS.get(short, short), float(row["higher"])
        if row["low"] == row["high"] == 0:
            sides["about as good as"].append(rival)
        elif row["difference"] * (higher - 0.5) > 0 and max(higher, 1 - higher) >= _SURE:
            side, share = ("better", higher) if row["difference"] > 0 else ("worse", 1 - higher)
            sides[f"{side} than"].append(f"{rival} (in {percent(share)} of the placements)")
        else:
            sides["about as good as"].append(f"{rival} (better in {percent(higher)})")
    parts = [f"{side} {together(rivals)}" for side, rivals in sides.items() if rivals]
    if not parts:
        return []
    text = f"Compared with other uses of as many links, the park is for {name} {'; '.join(parts)}."
    return [Finding(text, ("contrasts",))]


def _otherwise(
    effects: pd.DataFrame, headline: str, home: str, names: pd.Series[str], what: str
) -> list[Finding]:
    """The same park, funded in the other way."""
    kind, _, funding = headline.rpartition(", ")
    other = {"reallocated": "new", "new": "reallocated"}.get(funding)
    rows = effects[(effects["scenario"] == f"{kind}, {other}") & (effects["node"] == home)]
    if other is None or rows.empty:
        return []
    name = names.get(home, home)
    how = "came on top" if other == "new" else f"were taken from {name}'s own"
    text = _verdict(rows.iloc[0], f"if the links {how}: {name}'s {what}")
    if other == "new" and "PageRank" not in what:
        text += " More links cannot lower it: there, only the size says something."
    return [Finding(text, ("effects",))]


def _hosts(study: Study, rows: pd.DataFrame, names: pd.Series[str], what: str) -> list[Finding]:
    """Where home would stand with the same park at hosts that are like this one."""
    if "placebo_n" not in rows or rows.empty or not rows["placebo_n"].iloc[0]:
        return []
    row = rows.iloc[0]
    if pd.isna([row["difference"], row["placebo_low"], row["placebo_high"]]).any():
        return []
    home, host = (str(names.get(study.scenario[end], study.scenario[end])) for end in _ENDS)
    here, low, high = per_cent_of(
        [float(row["difference"]), row["placebo_low"], row["placebo_high"]], float(row["baseline"])
    )
    n, like = int(row["placebo_n"]), together(list(parameters(study.scenario, "match")) or ["size"])
    hosts = counted(n, "other host")
    span = low if low == high else f"between {low} and {high} (95 % of them)"
    text = f"At {hosts} like {host} in {like}, the same park would change {home}'s {what} by "
    text += f"{span}; in {host} it is {here}"
    if row["difference"] > row["placebo_high"]:
        text += ", more than that"
    elif row["difference"] < row["placebo_low"]:
        text += ", less than that"
    elif n > 1:
        text += ", within that"
    if pd.notna(row["placebo_p"]):
        text += f" (p = {row['placebo_p']:.2g} by its rank among them, {row['corrected_p']:.2g} "
        text += f"corrected; with {counted(n, 'host')} no p is below {min(1, 2 / (n + 1)):.2g})"
    elif pd.notna(row["why_no_p"]):
        text += f". There is no test, as {row['why_no_p']}"
    return [Finding(f"{text}.", ("effects",))]


def _standing(study: Study) -> str:
    """What all of this can and cannot say."""
    text = "This is a calculation on a network, not a forecast: only the links change, at once, "
    text += "and nobody reacts."
    if any(layer in study.modelled for layer in parameters(study.scenario, "layer")):
        text += " The links are modelled: it says what the model implies, not what is observed."
    return text
