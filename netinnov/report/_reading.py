"""How to read the numbers: what stands here is about what ran, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netinnov.report._parts import Finding
from netinnov.report._words import number, parameters

if TYPE_CHECKING:
    import pandas as pd

    from netinnov.report import Study

__all__ = ["find_reading"]


def find_reading(study: Study) -> list[Finding]:
    """Conventions and limits of the measures that are there."""
    texts = [
        "Self-links (flows inside a place) are in the network and in no measure. Sums over layers "
        "add weights whatever their unit."
    ]
    if _has(study, "centrality"):
        texts.append(
            "PageRank versatility couples all layers: a place is central if central places link to "
            "it, in any layer. Scores add up to 1 over all places."
        )
    if _has(study, "polycentricity"):
        texts.append(
            "The rank-size line is fitted by least squares to logarithms; places of size 0 are "
            "left out. Its slope depends on how many places are taken, as do Gini, Green's index "
            "and the effective number."
        )
    tested = _ranked(study)
    texts += _experiment(study)
    if tested is not None:
        text = "Placebos are the same park at other hosts: where the real host lies among them "
        text += "says whether it is special, not whether enclaves work."
        texts.append(text + " A p of the experiment is its rank among them." * bool(tested))
    texts += _structure(study)
    why = []
    if _has(study, "effects"):
        why.append("replicates of an experiment are draws of placements, not observations")
    if study.modelled:
        why.append("modelled links carry no evidence")
    if why:
        there = "Beyond that there" if _drawn(study, "p") or tested else "There"
        texts.append(f"{there} are no significance tests, on purpose: {', and '.join(why)}.")
    return [Finding(text) for text in texts]


def _experiment(study: Study) -> list[str]:
    if not _has(study, "effects"):
        return []
    texts = [
        "Changes of a scenario are measured on the places that were there before. The interval is "
        "the middle 95 % of random placements: it shows how much depends on where the links happen "
        "to fall, and is no confidence interval. The Monte Carlo error is what more replicates "
        "would still change.",
        "Nearness (harmonic centrality) of a place is the mean of 1 / distance to the other "
        "places; one out of reach counts 0. Efficiency is the mean of 1 / distance over all pairs: "
        "its change is the exact sum over the kinds of pairs.",
    ]
    border, far = (
        next(parameters(study.scenario, key), None)
        for key in ("border friction", "friction per 1,000 km")
    )
    steps = "unit" in parameters(study.scenario, "distance")
    if border is not None and far is not None and (float(border) or float(far)):
        texts.append(
            f"With frictions a link is longer: by {number(float(border))} if its ends belong to "
            f"different jurisdictions, and by {number(float(far))} for each 1,000 km between their "
            "places" + (", where without frictions every link has length 1." if steps else ".")
        )
    if _has(study, "contrasts"):
        price = "cost as much as the park" if _has(study, "costs") else "get as many links"
        texts.append(
            f"Rivals {price}, paid for in the same way, and start from the same random numbers, so "
            "that each replicate is compared with the one of the same number."
        )
    return texts


def _structure(study: Study) -> list[str]:
    texts, parts = [], []
    if _drawn(study, "low"):
        parts.append(
            "its intervals draw every event behind the observed links again, and shift with weak "
            "links that are lost (bias)"
        )
    if _drawn(study, "low_without_one"):
        parts.append("leaving out one place at a time shows how far one place decides")
    if _drawn(study, "null_low"):
        parts.append("z and p say where an index lies among random networks")
    if parts:
        text = f"On the profile: {'; '.join(parts)}."
        if _drawn(study, "p"):
            text += (
                " Many indices are looked at, and they are not independent: no single p decides."
            )
        texts.append(text)
    if _has(study, "communities"):
        text = "Communities are a local optimum of modularity; roles follow Guimerà and Amaral "
        texts.append(f"{text}(2005).")
    if _has(study, "brokerage"):
        texts.append(
            "Pairs joined by a broker are counted in both directions where links have none."
        )
    return texts


def _drawn(study: Study, column: str) -> bool:
    """Whether a column of the profile was computed."""
    table: pd.DataFrame | None = study.tables.get("profile")
    return table is not None and column in table and bool(table[column].notna().any())


def _has(study: Study, name: str) -> bool:
    table = study.tables.get(name)
    return table is not None and not table.empty


def _ranked(study: Study) -> bool | None:
    """Whether ranks among placebo hosts are there; None if there are no such hosts."""
    effects = study.tables.get("effects")
    if effects is None or "placebo_n" not in effects or not effects["placebo_n"].any():
        return None
    return bool(effects["placebo_p"].notna().any())
