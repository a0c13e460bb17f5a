"""Sentences on the mechanisms: what the models say, and what the park's network looks like."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from netinnov.report._parts import Finding
from netinnov.report._words import counted, node_name, number, percent, together

if TYPE_CHECKING:
    from netinnov.report import Study

__all__ = ["find_mechanisms"]

_SHOWN = 3
_MODES = {"gap": "the gap", "total": "what they have in common"}
_EFFECTS = {"excites": "it lasts longer", "damps": "it settles faster", "leaves": "nothing changes"}


def find_mechanisms(study: Study) -> dict[str, list[Finding]]:
    """Findings by part of the section."""
    return {
        "mechanisms": _standing(study),
        "free_flow": _free_flow(study),
        "cobweb": _cobweb(study),
        "park": _park(study),
        "diffusion": _diffusion(study),
        "agglomeration": _agglomeration(study),
    }


def _standing(study: Study) -> list[Finding]:
    if not study.mechanisms:
        return [Finding("No mechanisms were computed.")]
    models = _there(study, {"free_flow": "free flow", "cobweb": "the cobweb"})
    on_data = {"parks": "the park", "diffusion": "diffusion", "specialisation": "specialisation"}
    observed = _there(study, on_data | {"convergence": "convergence"})
    texts = []
    if models:
        one = len(models) == 1
        text = f"{together(models)} {'is a model' if one else 'are models'} with parameters that "
        text += "are examples, not estimates: what could follow from what, and nothing on the "
        text += "places of this study."
        if not one:
            text += " They are one formal reading of two figures of Hu and Zhang, who give no "
            text += "equations."
        texts.append(f"{text[0].upper()}{text[1:]}")
    if observed:
        texts.append(f"What is said here of {together(observed)} is about these data.")
    return [Finding(" ".join(texts))] if texts else []


def _there(study: Study, names: dict[str, str]) -> list[str]:
    """Of the mechanisms those whose tables are there."""
    return [
        text for name, text in names.items() if name in study.tables and len(study.tables[name])
    ]


def _free_flow(study: Study) -> list[Finding]:
    table = study.tables.get("free_flow")
    if table is None or table.empty:
        return []
    plain = table.iloc[0]
    sigma, mu = study.mechanisms.get("sigma"), study.mechanisms.get("mu")
    text = (
        f"In the core-periphery model (\N{GREEK SMALL LETTER SIGMA} = {sigma}, "
        f"\N{GREEK SMALL LETTER MU} = {mu}) two like regions stay alike up to a freeness of trade "
        f"of {number(plain['break_point'], digits=4)}, the break point; beyond it they diverge. A "
        f"core stays from {number(plain['sustain_point'], digits=4)} on, the sustain point: "
        "between the two, history decides."
    )
    found = [Finding(text, ("free_flow", "free_flow_diagram"))]
    if len(table) > 1:
        row = table.iloc[1]
        range_ = "wider" if row["break_point"] > plain["break_point"] else "narrower"
        text = (
            f"With enclaves in each other, through which each reaches {percent(row['enclave'])} of "
            f"the other's varieties, the break point is {number(row['break_point'], digits=4)}: "
            f"they stay alike over a {range_} range."
        )
        if math.isfinite(row["fold_point"]):
            text += (
                " If only one of them has such an enclave, there is no even split; the spread "
                f"state leans to its home and ends at a freeness of "
                f"{number(row['fold_point'], digits=4)}."
            )
        found.append(Finding(text, ("free_flow",)))
    return found


def _cobweb(study: Study) -> list[Finding]:
    table = study.tables.get("cobweb")
    if table is None or table.empty:
        return []
    first = table[table["link"] == table["link"].iloc[0]]
    parts = [
        f"{_MODES.get(row['kind'], row['kind'])} by {number(row['root'])}"
        for _, row in first.iterrows()
    ]
    stable = bool((first["modulus"] < 1).all())
    text = (
        "Prices of two like regions can be off their rest in two ways: together, and by a gap "
        f"between them. Each period multiplies {together(parts)}: below 0 they swing, between "
        "\N{MINUS SIGN}1 and 1 they settle. "
        + ("Here both settle." if stable else "Here not both settle.")
    )
    found = [Finding(text, ("cobweb",))]
    said = []
    for link, rows in table.groupby("link", sort=False):
        row = rows[rows["kind"] != "total"].iloc[0]
        text = f"if {link}, {_EFFECTS[row['effect']]} (to {number(row['root_with'])})"
        if stable and math.isfinite(row["threshold"]):
            text += f", and from a strength of {number(row['threshold'])} on it does not settle"
        said.append(text)
    text = (
        f"What the link of an enclave (here of strength {number(table['strength'].iloc[0])}) does "
        f"to the gap depends on who answers which price: {'; '.join(said)}."
    )
    found.append(Finding(text, ("cobweb",)))
    return found


def _park(study: Study) -> list[Finding]:
    parks = study.tables.get("parks")
    if parks is None or parks.empty:
        text = "No park stands outside its jurisdiction in these data, so there is none to look at."
        return [Finding(text)] if study.mechanisms else []
    park = str(study.mechanisms.get("park"))
    row: Any = parks.loc[park]
    name = node_name(study, park)
    text = f"{name} is the one park outside its jurisdiction"
    if len(parks) > 1:
        text = f"Of {len(parks):,} parks outside their jurisdiction this is {name}"
    text += (
        f": {counted(int(row['partners']), 'partner')}, {counted(int(row['links']), 'link')} in "
        f"{counted(int(row['layers']), 'layer')}."
    )
    found = [Finding(text, ("parks",))]
    ways = [f"{row[way]:,} {way}" for way in ("homeward", "outward") if way in row and row[way] > 0]
    if ways:
        text = (
            f"It joins pairs of actors on both sides that are not linked directly: "
            f"{together(ways)}. Counted in a group of its own it is their liaison; counted with "
            "its home, or with its host, the same pairs make it gatekeeper or representative."
        )
        facts = row.get("is_liaison_stated")
        if row["is_liaison"] and pd.notna(facts) and not facts:
            text += " With links alone that are stated as facts it joins none."
    else:
        text = "It joins no pair of actors of home and host along the direction of the links."
    found.append(Finding(text, ("park_roles", "parks")))
    lost = study.tables.get("park_outages")
    if lost is not None and "single_point" in lost:
        single = [node_name(study, str(node)) for node in lost.index[lost["single_point"]]]
        if single:
            text = (
                "A flow or a way across the border hangs on one actor alone, a single point of "
                f"failure: {together(single)}. One known actor is often one known source."
            )
            found.append(Finding(text, ("park_outages",)))
    return found


def _diffusion(study: Study) -> list[Finding]:
    table = study.tables.get("diffusion")
    if table is None or table.empty:
        return []
    rate, horizon = study.mechanisms.get("rate"), study.mechanisms.get("horizon")
    parts = []
    for case, row in table.iterrows():
        median = row["median"]
        if math.isfinite(median):
            steps = f"after {number(median)} step{'' if median == 1 else 's'} (median)"
        elif row["reached"]:
            steps = f"by step {horizon} in {percent(row['reached'])} of the draws"
        else:
            steps = f"in no draw by step {horizon}"
        parts.append(f"{case}: {steps}")
    row = table.iloc[0]
    text = (
        f"An innovation starts with the {counted(int(row['seeds']), 'actor')} of the host and "
        f"passes along each link with a chance of {rate} a step, which is made up. Half of the "
        f"{counted(int(row['targets']), 'actor')} of home are reached, {'; '.join(parts)}."
    )
    caution = (
        "That is a comparison of networks on record, and no effect: actors of home may be on "
        "record only because a page on the park names them."
    )
    return [Finding(text, ("diffusion", "diffusion_draws")), Finding(caution)]


def _agglomeration(study: Study) -> list[Finding]:
    found = []
    table = study.tables.get("specialisation")
    if table is not None and len(table):
        many = table[table["links"] >= table["links"].quantile(0.5)]
        rows = many.sort_values("krugman_index", ascending=False, kind="stable").head(_SHOWN)
        listed = [
            f"{node_name(study, str(node))} ({number(row['krugman_index'])}, most in "
            f"{row['most_special_in']})"
            for node, row in rows.iterrows()
        ]
        text = (
            "A place is special if the mix of its links over the observed layers differs from that "
            "of all places (Krugman's index; 0: not at all, 2: wholly). Among the half of the "
            f"places with more links the index is highest for {together(listed)}."
        )
        found.append(Finding(text, ("specialisation", "location_quotients")))
    table = study.tables.get("convergence")
    if table is not None and len(table) > 1:
        first, last = table["log_sd"].iloc[0], table["log_sd"].iloc[-1]
        way = "falls: places converge" if last < first else "rises: they diverge"
        if math.isclose(first, last, abs_tol=1e-12):
            way = "stays: they neither converge nor diverge"
        text = (
            f"From period {table.index[0]} to {table.index[-1]} the spread of strength (standard "
            f"deviation of logarithms) over the {table['places'].iloc[0]:,} places with links in "
            f"every period goes from {number(first)} to {number(last)}; it {way}. That describes "
            "the records, without an interval: a period with more of them moves it, too."
        )
        found.append(Finding(text, ("convergence", "strength_by_period")))
    return found
