"""What the experiment found: the finding and its uncertainty, for those who decide."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from netinnov.experiments import specification_summary
from netinnov.report._experiment import NOISE, others
from netinnov.report._parts import Finding
from netinnov.report._words import (
    counted,
    names_of,
    number,
    parameters,
    per_cent_of,
    percent,
    together,
)

if TYPE_CHECKING:
    from netinnov.report import Study

__all__ = ["find_outcome", "measures_told"]

_ENDS = ("home", "host")
_NEARNESS = "harmonic_centrality"
_EFFICIENCY = "global_efficiency"
_INEQUALITY = "access_inequality"
_SURE = 0.9
"""Share of placements from which a direction is called clear."""
_RIVALS = {
    "direct links": "direct links without a park",
    "random ends": "a park linked to places at random",
    "forward enclave": "a park of the host at home",
}


def find_outcome(study: Study) -> dict[str, list[Finding]]:
    """The finding for home (headline), what changes elsewhere, and whether anything does better."""
    effects, headline = study.tables.get("effects"), study.scenario.get("headline")
    if effects is None or effects.empty or not isinstance(headline, str):
        return {"headline": [], "changed": [], "compared": []}
    names = names_of(study)
    home, host = str(study.scenario["home"]), str(study.scenario["host"])
    effects = effects.assign(
        scenario=effects["scenario"].astype("str"), measure=effects["measure"].astype("str")
    )
    mine = effects[effects["scenario"] == headline]
    nearness = _measured(mine, _NEARNESS) or _measured(mine, "pagerank")
    what = "nearness to all other places" if _NEARNESS in nearness else "PageRank"
    rows = mine[mine["measure"] == nearness]
    first = [
        Finding(f"{_tried(study, headline, names)}: {verdict}", ("scenario", "effects"))
        for verdict in _verdicts(rows, home, names, what)
    ]
    first += _otherwise(effects[effects["measure"] == nearness], headline, home, names, what)
    first += _rivals(study, headline, nearness, home, names)
    changed = [Finding(text, ("effects",)) for text in _verdicts(rows, host, names, what)]
    changed += others(rows[~rows["node"].isin([home, host])], what, names)
    if measure := _measured(mine, _EFFICIENCY):
        row = mine[mine["measure"] == measure].iloc[0]
        text = _verdict(row, "the efficiency of the whole network (mean nearness over all pairs)")
        changed.append(Finding(f"{text[:1].upper()}{text[1:]}", ("effects",)))
    if measure := _measured(mine, _INEQUALITY):
        row = mine[mine["measure"] == measure].iloc[0]
        changed.append(Finding(_convergence(row), ("effects",)))
    compared = _hosts(study, rows[rows["node"] == home], names, what)
    compared += _priced(study, names, home, nearness, what)
    compared += _specified(study, str(names.get(home, home)), what)
    return {"headline": first, "changed": changed, "compared": compared}


def measures_told(study: Study) -> set[tuple[str, str]]:
    """Pairs of a scenario and a measure that `find_outcome` tells of in full."""
    effects, headline = study.tables.get("effects"), study.scenario.get("headline")
    if effects is None or effects.empty or not isinstance(headline, str):
        return set()
    mine = effects[effects["scenario"].astype("str") == headline]
    mine = mine.assign(measure=mine["measure"].astype("str"))
    nearness = _measured(mine, _NEARNESS) or _measured(mine, "pagerank")
    told = (nearness, _measured(mine, _EFFICIENCY), _measured(mine, _INEQUALITY))
    return {(headline, measure) for measure in told}


def _verdicts(rows: pd.DataFrame, node: str, names: pd.Series[str], what: str) -> list[str]:
    """Of one place: a sentence, or none where it was not measured."""
    whose = f"{names.get(node, node)}'s {what}"
    return [_verdict(row, whose) for _, row in rows[rows["node"] == node].iterrows()]


def _tried(study: Study, headline: str, names: pd.Series[str]) -> str:
    home, host = (str(names.get(study.scenario[end], study.scenario[end])) for end in _ENDS)
    size = study.scenario.get("size")
    links = f" with {counted(size, 'link')}" if isinstance(size, int) else ""
    text = f"If {home} had a park{links} in {host}"
    if headline.endswith("reallocated"):
        text += f" and gave up as many of {'its own' if links else 'its'} links for it"
    elif headline.endswith("new"):
        text += " on top of all links that there are"
    return text


def _measured(effects: pd.DataFrame, name: str) -> str:
    """The measure of the table that is this one, with frictions or without; empty if none is."""
    measures = effects["measure"].unique()
    return next((str(measure) for measure in measures if measure.startswith(name)), "")


def _verdict(row: pd.Series[Any], what: str) -> str:
    """Rises, falls or neither, by which part of what it was, in how many placements."""
    change, before = float(row["median"]), float(row["baseline"])
    if math.isnan(change):
        return f"{what} is not defined before or after."
    if _none(row):
        return f"{what} stays as it is, wherever the links fall."
    size, low, high = per_cent_of([abs(change), row["low"], row["high"]], before)
    size = size.lstrip("+")
    verb = "rises" if change > 0 else "falls"
    middle = f"{verb} by {size} in the median placement"
    if change == 0:
        middle = "stays as it is in the median placement"
    if row["replicates"] < 2:
        return f"{what} {verb} by {size} in the one placement that was drawn."
    between = f"95 % of placements lie between {low} and {high}"
    if _clear(row):
        share = row["same_sign"]
        where = "every placement" if share == 1 else f"{percent(share)} of the placements"
        text = f"{what} {middle}, and {verb} in {where}"
        return f"{text}." if low == high else f"{text} (the middle 95 %: {low} to {high})."
    if row["low"] < 0 < row["high"]:
        return (
            f"{what} may rise or fall, depending on where the links fall: it {middle}; {between}."
        )
    return f"{what} {middle}, but not everywhere: {between}."


def _none(row: pd.Series[Any]) -> bool:
    size = max(abs(float(row[name])) for name in ("difference", "low", "high"))
    return size <= NOISE * abs(float(row["baseline"]))


def _clear(row: pd.Series[Any]) -> bool:
    """Whether median, mean and most placements agree on a direction."""
    return bool(row["same_sign"] >= _SURE and row["difference"] * row["median"] > 0)


def _convergence(row: pd.Series[Any]) -> str:
    if math.isnan(row["median"]):
        return "How unequal nearness is over places is not defined before or after."
    if _none(row):
        return "Nearness is as unequal over places as before: places neither converge nor diverge."
    size, low, high = per_cent_of(
        [float(row["median"]), row["low"], row["high"]], float(row["baseline"])
    )
    interval = f"Theil index {size} in the median placement"
    if row["replicates"] >= 2:
        interval += f", 95 % of placements between {low} and {high}"
    if not _clear(row):
        return f"Whether places converge or diverge depends on where the links fall ({interval})."
    way = "less unequal: places converge" if row["median"] < 0 else "more unequal: places diverge"
    return f"Nearness becomes {way} ({interval})."


def _rivals(
    study: Study, headline: str, measure: str, home: str, names: pd.Series[str]
) -> list[Finding]:
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
        rival, higher = _rival(study, str(row["rival"])), float(row["higher"])
        if row["low"] == row["high"] == 0:
            sides["about as good as"].append(rival)
        elif row["difference"] * (higher - 0.5) > 0 and max(higher, 1 - higher) >= _SURE:
            side, share = ("better", higher) if row["difference"] > 0 else ("worse", 1 - higher)
            sides[f"{side} than"].append(f"{rival} (in {percent(share)} of the placements)")
        else:
            sides["about as good as"].append(f"{rival} (better than it in {percent(higher)})")
    parts = [f"{side} {together(rivals)}" for side, rivals in sides.items() if rivals]
    if not parts:
        return []
    uses, tables = "as many links", ["contrasts"]
    if "costs" in study.tables:
        uses, tables = "the same money", ["contrasts", "costs"]
    text = f"Compared with other uses of {uses}, the park is for {names.get(home, home)} "
    text += f"{'; '.join(parts)}."
    return [Finding(text, tuple(tables))]


def _rival(study: Study, name: str) -> str:
    """What a rival is, and if it was paid for, how many links it has."""
    short = name.rpartition(", ")[0] or name
    text, costs = _RIVALS.get(short, short), study.tables.get("costs")
    if costs is None or not (costs["scenario"] == name).any():
        return text
    size = int(costs.loc[costs["scenario"] == name, "size"].iloc[0])
    return (
        f"{size:,} {text}" if text.startswith("direct") else f"{text} with {counted(size, 'link')}"
    )


def _priced(
    study: Study, names: pd.Series[str], home: str, measure: str, what: str
) -> list[Finding]:
    """At which price of a park it does as much per cost as its rivals, for home."""
    table = study.tables.get("break_even_prices")
    if table is None:
        return []
    rows = table[(table["measure"] == measure) & (table["node"] == home) & (table["of"] == "park")]
    texts, lost = [], []
    for _, row in rows.iterrows():
        rival, ratio = _rival(study, str(row["rival"])), float(row["ratio"])
        if row["better"] in ("above", "below") and not math.isnan(ratio):
            than = "more" if row["better"] == "above" else "less"
            texts.append(
                f"more than {rival} if a park costs {than} than {number(ratio)} times the price "
                "assumed"
            )
        elif row["better"] in ("always", "never"):
            how = "more" if row["better"] == "always" else "less"
            texts.append(f"{how} than {rival} whatever a park costs, as {row['why']}")
        elif row["better"] == "neither":
            lost.append(rival)
    whose = f"{names.get(home, home)}'s {what}"
    said = [f"Per cost the park does for {whose} {'; '.join(texts)}."] if texts else []
    if lost:
        said.append(
            f"No price of a park is a break-even with {together(lost)}: neither these nor the "
            f"park add to {whose}, and no price makes up for a loss."
        )
    return [Finding(text, ("break_even_prices",)) for text in said]


def _specified(study: Study, name: str, what: str) -> list[Finding]:
    """Whether the direction hangs on how the experiment was set up."""
    table, data = study.tables.get("specifications"), "The data were not drawn again: how far the "
    data += "finding hangs on them is not known (resample= in compare_scenarios)."
    rows = None if table is None else table[table["measure"] == _NEARNESS].dropna(subset="median")
    if rows is None or rows.empty:
        text = "Neither the data nor the set-up were varied: how far the finding hangs on them is "
        text += "not known (resample= in compare_scenarios, and specification_curve, do that)."
        return [Finding(text, ("scenario",))]
    share = float(specification_summary(rows)["same_sign"])
    parts = []
    for funding, part in rows.groupby("funding", sort=False):
        least = NOISE * part["baseline"].abs()
        up, down = int((part["median"] > least).sum()), int((part["median"] < -least).sum())
        still = len(part) - up - down
        counts = ((up, "rises"), (down, "falls"), (still, "stays"))
        said = [f"{verb} in {n}" for n, verb in counts if n]
        parts.append(f"with {funding} funding it {together(said)} of {len(part)}")
    values = [
        f"{column} {together([number(value) for value in sorted(rows[column].unique())])}"
        for column in ("attachment", "border")
    ]
    median = float(rows["median"].median())
    text = f"Set up in {len(rows)} ways (both kinds of funding, {'; '.join(values)}; "
    text += f"{counted(int(rows['replicates'].max()), 'placement')} each), {name}'s {what} "
    text += f"(the mean of 1 / distance) changes by {number(median)} in the median of them"
    if median and not math.isnan(share):
        text += f", and {percent(share)} have its sign"
    text += f": {'; '.join(parts)}."
    return [Finding(f"{text} {data}", ("specifications",))]


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
    verdict = _verdict(rows.iloc[0], f"{name}'s {what}")
    text = f"If the links {how}: {verdict}"
    if other == "new" and "PageRank" not in what:
        text += " (More links cannot lower it: here only the size says something.)"
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
    text += f"{span}; in {host} it is {here} on average"
    if row["difference"] > row["placebo_high"]:
        text += ", more than that"
    elif row["difference"] < row["placebo_low"]:
        text += ", less than that"
    elif n > 1:
        text += ", within that"
    if pd.notna(row["placebo_p"]):
        text += f" (p = {row['placebo_p']:.2g} by its rank among them, {row['corrected_p']:.2g} "
        text += f"corrected; with {counted(n, 'host')} no p is below {min(1, 2 / (n + 1)):.2g})"
        if pd.notna(row["beyond"]):
            text += f". {host} lies beyond all of them ({row['beyond']}), so that p tells this gap "
            text += "as much as the place"
    elif pd.notna(row["why_no_p"]):
        text += f". There is no test, as {row['why_no_p']}"
    return [Finding(f"{text}.", ("effects",))]
