"""Sentences on the structure: centres, indices, communities, layers and brokers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from netinnov.plotting import mark_modelled
from netinnov.report._parts import Finding
from netinnov.report._words import INDICES, counted, number, percent, some, together

if TYPE_CHECKING:
    from collections.abc import Callable

    from netinnov.report import Study

__all__ = ["find_structure"]

_NAMED = 6
_KINDS = {
    "hubs": "the strongest of each community, and places of the core with half as much",
    "top": "the tenth of the places with most strength",
    "head_tail": "places above the mean strength",
    "core": "the core, densely linked in itself and with the rest",
    "z": "places far stronger than the others of their community",
    "dominant_flow": "places whose largest flow goes to a smaller one",
}
_ROLES = {
    "R1": "with all links in their own community",
    "R2": "with most links in their own community",
    "R3": "that connect communities",
    "R4": "of no community in particular",
    "R5": "hubs of their own community",
    "R6": "hubs that connect communities",
    "R7": "hubs of no community in particular",
}
_BETWEEN = {
    "coordinator": "inside their own jurisdiction",
    "itinerant": "between two of one other jurisdiction",
    "gatekeeper": "from outside into their own",
    "representative": "from their own to outside",
    "liaison": "between two other jurisdictions",
}


def find_structure(study: Study) -> dict[str, list[Finding]]:
    """Findings by part, beginning with what was looked at."""
    if "structure" not in study.tables:
        return {"structure": [Finding("The structure was not looked at.")]}
    return {
        "structure": _setting(study),
        "centres": _centres(study) + _rules(study),
        "profile": _profile(study),
        "observed": _leaders(study),
        "communities": _communities(study) + _roles(study),
        "likeness": _likeness(study),
        "brokers": _brokers(study),
    }


def _setting(study: Study) -> list[Finding]:
    """What was looked at together and apart, and what was left out and why."""
    said = study.tables["structure"].set_index("setting")["value"]
    layers = said["layers together"].split("; ")
    shown = together([mark_modelled(layer, study.modelled) for layer in layers])
    what = "modelled" if layers[0] in study.modelled else "observed"
    text = f"Looked at together, with their weights added up: {shown}"
    found = [Finding(f"{text} ({what}).", ("structure",))]
    if apart := said["layers apart"]:
        shown = together([mark_modelled(x, study.modelled) for x in apart.split("; ")])
        text = f"Apart from them: {shown}. There are no intervals and no tests for what a model "
        found.append(Finding(text + "made: its links are no evidence.", ("structure",)))
    found += [
        Finding(f"L{key[1:]}: {why}.", ("structure",))
        for key, why in zip(said.index.astype(str), said, strict=True)
        if key.startswith("left out: ")
    ]
    return found


def _centres(study: Study) -> list[Finding]:
    table = study.tables.get("centres")
    if table is None or table.empty:
        return []
    rule = study.tables["structure"].set_index("setting")["value"]["rule"]
    first = table.loc[table["centre"]]
    text = (
        f"By the rule “{rule}” ({_KINDS[rule]}) {len(first):,} of {counted(len(table), 'place')} "
        f"{'is a centre' if len(first) == 1 else 'are centres'}"
    )
    if first.empty:
        return [Finding(text + ".", ("centres",))]
    sure = first["support"].notna().all()
    named = [
        f"{row['name']}" + (f" ({percent(row['support'])})" if sure else "")
        for _, row in first.head(_NAMED).iterrows()
    ]
    text += f": {some(named, len(first))}."
    if sure:
        text += " In brackets: share of the networks drawn anew in which it is a centre again."
    found = [Finding(text, ("centres",))]
    others = table.loc[~table["centre"] & (table["support"] > 0)].head(3)
    if sure and len(others):
        near = [f"{row['name']} ({percent(row['support'])})" for _, row in others.iterrows()]
        text = f"Not centres, but most often so in the networks drawn anew: {together(near)}."
        found.append(Finding(text, ("centres",)))
    return found


def _rules(study: Study) -> list[Finding]:
    """How far the rules for centres agree."""
    table = study.tables.get("centre_rules")
    if table is None or table.empty:
        return []
    rules = [name for name in _KINDS if name in table]
    count = table[rules].sum()
    ends = [
        f"{n:,} (“{name}”: {_KINDS[str(name)]})"
        for name, n in (*count.nsmallest(1).items(), *count.nlargest(1).items())
    ]
    by_all = table.loc[table[rules].eq(1).all(axis=1), "name"].tolist()
    text = f"The number of centres depends on the rule: from {ends[0]} to {ends[1]}. "
    text += f"Centres by all {len(rules)} rules: "
    text += f"{some(by_all[:_NAMED], len(by_all))}." if by_all else "none."
    return [Finding(text, ("centre_rules",))]


def _profile(study: Study) -> list[Finding]:
    table = study.tables.get("profile")
    if table is None or table.empty:
        return []
    found = _sure(table)
    found += _sizes(table)
    found += _null(table, study)
    found += _without_one(table)
    found += _unsure(table)
    apart = study.tables.get("profile_modelled")
    if apart is not None:
        for layer, rows in apart.groupby(level=0, sort=False):
            value = rows.set_index("index")["value"]
            text = (
                f"In {mark_modelled(str(layer), study.modelled)} alone strength is spread as over "
                f"{number(value['effective_number'])} places, and {number(value['n_centres'])} "
                "are centres by the rule “hubs”: this describes the model."
            )
            found.append(Finding(text, ("profile_modelled", "modelled")))
    return found


def _sure(table: pd.DataFrame) -> list[Finding]:
    """The indices that are easiest to say in words, with their intervals."""
    said: dict[str, tuple[str, Callable[[float], str]]] = {
        "effective_number": ("strength is spread as over {} places of equal size", number),
        "primacy": ("the largest place holds {} of it", percent),
        "n_centres": ("the number of centres by the rule “hubs” is {}", number),
    }
    parts = [
        text.format(_with_interval(table.loc[[name]].iloc[0], show))
        for name, (text, show) in said.items()
        if table["value"].reindex([name]).notna().all()
    ]
    if not parts:
        return []
    text = f"{together(parts)}."
    text = text[0].upper() + text[1:]
    if table["low"].notna().any():
        text += " In brackets: 95 % of the values of networks whose flows are drawn anew."
    return [Finding(text, ("profile",))]


def _with_interval(row: pd.Series[Any], show: Callable[[float], str]) -> str:
    value = show(float(row["value"]))
    if pd.isna(row["low"]):
        return value
    return f"{value} ({show(float(row['low']))} to {show(float(row['high']))})"


def _sizes(table: pd.DataFrame) -> list[Finding]:
    """Population beside strength."""
    names = ["effective_number", "size_effective_number"]
    if not set(names) <= set(table.index):
        return []
    strength, people = table["value"].reindex(names).tolist()
    if not np.isfinite([strength, people]).all():
        return []
    more = "more evenly" if strength > people else "less evenly"
    text = (
        f"Population is spread as over {number(people)} places of equal size, links as over "
        f"{number(strength)}: links are spread {more} than people."
    )
    return [Finding(text, ("profile",))]


def _null(table: pd.DataFrame, study: Study) -> list[Finding]:
    """What the numbers of links of the places alone would give."""
    known = table.loc[table["null_low"].notna() & (table["null_low"] < table["null_high"])]
    if known.empty:
        return []
    replicates = study.tables["structure"].set_index("setting")["value"]["replicates"]
    above, below = known["value"] > known["null_high"], known["value"] < known["null_low"]
    high = known["many_centres_if"] == "high"
    many, few = (above & high) | (below & ~high), (above & ~high) | (below & high)
    text = (
        f"Compared with {replicates} random networks in which every place keeps its number of "
        f"links, {int((many | few).sum())} of {len(known)} indices lie outside the middle 95 % "
    )
    parts = [
        f"{how}: {some([_called(name) for name in known.index[which]], int(which.sum()))}"
        for how, which in (("towards more centres", many), ("towards fewer", few))
        if which.any()
    ]
    text += f"({'; '.join(parts)}). " if parts else "of them. "
    text += (
        "The others are what the numbers of links alone would give. About one in twenty lies "
        "outside by chance."
    )
    return [Finding(text, ("profile",))]


def _without_one(table: pd.DataFrame) -> list[Finding]:
    most = table["most_influential"].dropna()
    if most.empty:
        return []
    counts = most.value_counts()
    text = f"Most depends on {counts.index[0]}: for {counts.iloc[0]:,} of {len(most):,} indices "
    text += "no other place changes the value as much when it is left out"
    row = table.reindex(["primacy"]).iloc[0]
    if pd.notna(row["low_without_one"]):
        ends = [percent(float(row[f"{end}_without_one"])) for end in ("low", "high")]
        text += (
            f". The share of the largest place, {percent(float(row['value']))}, would be between "
            f"{ends[0]} and {ends[1]} without one of the places"
        )
    return [Finding(text + ".", ("profile",))]


def _unsure(table: pd.DataFrame) -> list[Finding]:
    """Where drawing anew shifts an index by more than its interval is wide."""
    half = (table["high"] - table["low"]) / 2
    shifted = table.index[table["bias"].abs() > half]
    if not len(shifted):
        return []
    names = some([_called(name) for name in shifted], len(shifted))
    text = (
        f"Drawing anew loses weak links, and shifts some indices by more than their interval is "
        f"wide to either side; trust no interval of {names}."
    )
    return [Finding(text, ("profile",))]


def _leaders(study: Study) -> list[Finding]:
    """Places that come first whatever the measure."""
    table = study.tables.get("centrality_observed")
    if table is None or table.empty:
        return []
    # Constraint is low where a place is central; participation says nothing of size.
    aside = ("name", "constraint", "participation_coefficient", "modelled_layers")
    values = table.drop(columns=[name for name in aside if name in table])
    values = values.loc[:, values.notna().any() & (values.max() > values.min())]
    if values.empty:
        return []
    rank = values.rank(ascending=False, method="min")
    among = (rank <= 3).sum(axis=1).sort_values(ascending=False, kind="stable").head(3)
    named = [f"{table.loc[[node], 'name'].iloc[0]} ({n} times)" for node, n in among.items()]
    text = (
        f"Most often among the first three by the {values.shape[1]} centralities of the observed "
        f"layers: {together(named)}."
    )
    return [Finding(text, ("centrality_observed",))]


def _communities(study: Study) -> list[Finding]:
    table, layers = (study.tables.get(x) for x in ("communities", "communities_by_layer"))
    if table is None or layers is None or table.empty:
        return []
    whole = layers.loc[["together"]].iloc[0]
    named = [
        f"{row['strongest']} ({counted(int(row['places']), 'place')}, "
        f"{percent(float(row['strength_share']))} of strength)"
        for _, row in table.head(_NAMED).iterrows()
    ]
    text = (
        "The links make one community"
        if len(table) == 1
        else (f"The links make {len(table):,} communities, called by their strongest places")
    )
    text += (
        f": {some(named, len(table))}. Inside them lies {percent(float(whole['inside']))} of the "
        f"weight (modularity {number(float(whole['modularity']))}; 0: as many links inside as in "
        "a random network)."
    )
    found = [Finding(text, ("communities", "communities_by_layer"))]
    each = layers.drop(index="together")["inside"].dropna()
    if len(each) > 1 and len(table) > 1:
        each = each.sort_values(kind="stable")
        ends = [
            f"{mark_modelled(str(layer), study.modelled)} ({percent(float(share))})"
            for layer, share in (*each.tail(1).items(), *each.head(1).items())
        ]
        text = f"The layer whose links stay inside most is {ends[0]}, least {ends[1]}."
        found.append(Finding(text, ("communities_by_layer",)))
    return found


def _roles(study: Study) -> list[Finding]:
    table = study.tables.get("centres")
    if table is None or table["role"].isna().all():
        return []
    parts = []
    for role, words in _ROLES.items():
        which = table.loc[table["role"] == role].sort_values("z", ascending=False, kind="stable")
        if which.empty:
            continue
        hub = role >= "R5"
        named = f": {some(which['name'].head(3).tolist(), len(which))}" if hub else ""
        parts.append(f"{words} ({role}), {len(which):,}{named}")
    text = f"Places by their role: {'; '.join(parts)}."
    return [Finding(text, ("centres",))]


def _likeness(study: Study) -> list[Finding]:
    found = []
    for name, what, show in (
        ("layer_overlap", "Most linked pairs in common", percent),
        ("layer_correlation", "Most alike in which places have many links", number),
    ):
        table = study.tables.get(name)
        if table is None:
            continue
        values = table.to_numpy(float)
        above = values[np.triu_indices(len(values), 1)]
        pairs = np.argwhere(np.triu(np.ones(values.shape, bool), 1))
        if np.isnan(above).all():
            continue
        x, y = pairs[int(np.nanargmax(above))]
        first, second = (mark_modelled(str(table.index[at]), study.modelled) for at in (x, y))
        text = f"{what}: {first} and {second} ({show(float(np.nanmax(above)))})"
        if above.size > 1:
            text += f"; the median over all pairs of layers is {show(float(np.nanmedian(above)))}"
        found.append(Finding(text + ".", (name,)))
    return found


def _brokers(study: Study) -> list[Finding]:
    table = study.tables.get("brokerage")
    if table is None:
        return []
    if table.empty:
        text = "No node stands between two others that are not linked directly."
        return [Finding(text, ("brokerage",))]
    names = pd.Series(table.index.astype(str), table.index, dtype="str")
    if "name" in table:
        names = names.mask(table["name"].notna(), table["name"].astype("str"))
    top = zip(names.head(3), table["together"].head(3), strict=True)
    first = [f"{name} ({n:,})" for name, n in top]
    text = (
        f"Stand between two others that are not linked directly: {counted(len(table), 'node')} of "
        f"the observed layers, {int(table['together'].sum()):,} times in all; most often "
        f"{together(first)}."
    )
    return [Finding(text, ("brokerage",)), _of_enclaves(table)]


def _of_enclaves(table: pd.DataFrame) -> Finding:
    """Whether enclaves are the ones between, and between whom."""
    mine = table.loc[table["enclave"]]
    if mine.empty:
        return Finding("No enclave is among them.", ("brokerage",))
    shown = [
        f"{int(mine[kind].sum()):,} times {words} ({kind})"
        for kind, words in _BETWEEN.items()
        if mine[kind].any()
    ]
    text = f"Enclaves among them: {len(mine):,}, {together(shown)}"
    if not mine["liaison"].any():
        text += ", never between two other jurisdictions (liaison)"
    kinds = [kind for kind in _BETWEEN if kind != "coordinator"]
    across, of_mine = (int(part[kinds].sum().sum()) for part in (table, mine))
    if across:
        text += f". Of the ways across jurisdictions {percent(of_mine / across)} lead through one"
    return Finding(text + ".", ("brokerage",))


def _called(name: Any) -> str:
    """An index as the figure calls it; in quotes, as some names have a comma."""
    return f"“{INDICES.get(name, str(name).replace('_', ' '))}”"
