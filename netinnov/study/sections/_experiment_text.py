"""Sentences on the experiment: its findings, its design, and all other changes one by one."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from netinnov.study._section import Sentence
from netinnov.study._words import joined, name, number, per_cent_of, percent, uncapitalised
from netinnov.study.sections._trials import ACCESS, EFFICIENCY, INEQUALITY, PAGERANK, Trial
from netinnov.study.sections._verdicts import (
    Row,
    amount_of,
    changes_elsewhere,
    headline,
    middle_95,
    others,
    trust,
)

if TYPE_CHECKING:
    from netinnov.study.sections.experiment import Experiment

DESIGN = "How it is done"
MEASURES = {
    EFFICIENCY: "Global efficiency",
    INEQUALITY: "Inequality of access (Theil)",
    ACCESS: "Access (harmonic closeness)",
    PAGERANK: "PageRank",
}


def in_a_sentence(measure: str) -> str:
    words = MEASURES.get(measure, measure)
    return words if measure == PAGERANK else uncapitalised(words)


def offer(result: Experiment) -> Iterator[Sentence]:
    yield from headline(result)
    text = "Caution: this is a calculation on a network, not a forecast: only the links change, at "
    text += "once, and nobody reacts."
    if result.in_model:
        text += " The links of the experiment are modelled: it says what the model implies, not "
        text += "what is observed."
    yield Sentence(text, ("scenario",))


def tell(result: Experiment) -> Iterator[Sentence]:
    text = "What the park changes for home, and whether other uses would do more, is said at the "
    yield Sentence(f"{text}top of the page.")
    topics = {
        "What changes elsewhere": changes_elsewhere(result),
        "How far that can be trusted": trust(result),
        DESIGN: _design(result),
    }
    for trial in result.enclaves:
        more = ", what else changes" if trial is result.headline else ""
        topics[f"Scenario: {trial.name}{more}"] = _changes(result, trial)
    for topic, sentences in topics.items():
        yield from (replace(sentence, topic=topic) for sentence in sentences)


def _design(result: Experiment) -> Iterator[Sentence]:
    part, prices, source = result.part, result.prices, ("scenario",)
    text = f"The experiment sets up a park of {result.name(part.home)} in {result.name(part.host)} "
    text += f"with {amount_of(result)}"
    if result.of_volume:
        text += f": {percent(part.pipeline_share)} of it with home, the rest with the host and its "
        text += "neighbours, in proportion to the weights (what would be less than one event, or "
        text += "than the smallest weight, goes to the larger parts). Nothing is drawn, so that "
        text += "there is one replicate."
    else:
        size = int(result.headline.sized.size or 0)
        pipelines = round(part.pipeline_share * size)
        text += f", {pipelines or 'none'} of them to home"
        if not pipelines and part.pipeline_share:
            text += f" ({percent(part.pipeline_share)} of {size} rounds to none)"
        text += " and the rest to the host and its neighbours, drawn at random in each replicate."
    yield Sentence(text, source)
    if "reallocated" in part.funding:
        text = "Reallocated funding moves links rather than adds them: home gives up as many of "
        text += "its links as the park gets, and their weight goes with them. The network has as "
        text += "many links and as much weight as before, so a gain is not bought with more links, "
        if result.of_volume:
            text = "Reallocated funding moves weight rather than adds it: each link of home gives "
            text += "up the same share of its weight, or all of it where it is among the weakest "
            text += "and less than one event would be left. The network has as much weight as "
            text += "before, so a gain is not bought with more weight, "
        yield Sentence(f"{text}and what one place wins others may lose.", source)
    if "new" in part.funding:
        text = "New funding adds links. Measures such as efficiency and access cannot fall then: "
        yield Sentence(f"{text}only the size of their change says something, not its sign.", source)
    if prices is not None:
        text = "Rivals cost as much as the park, at prices that are assumed: "
        text += f"{number(prices.park)} for a park, {number(prices.link)} for a link inside home "
        text += f"or inside host, {number(prices.pipeline_km)} for each kilometre of any other "
        text += "link. Costs are those expected before the links are drawn. Random ends are no "
        text += "rival but a contrast: as many links."
        if result.of_volume:
            text += " Prices are those of a unit of weight, as weight is moved."
        yield Sentence(text, ("costs", "scenario"))
    elif result.rivals:
        amount = "as much weight" if result.of_volume else "as many links"
        text = f"No prices are given, so rivals get {amount} as the park, whatever that would "
        yield Sentence(f"{text}cost; with [experiment.prices] they cost the same.", source)
    if result.in_model:
        layer = name(result.context.mark(result.layer))
        text = f"The links that the park gets are in {layer}: an experiment inside the model."
        yield Sentence(text, ("scenario", "modelled"))
    for note in result.notes:
        yield Sentence(note, source)


def _changes(result: Experiment, trial: Trial) -> Iterator[Sentence]:
    told_in_full = {result.access, EFFICIENCY, INEQUALITY} if trial is result.headline else set()
    for measure, called in MEASURES.items():
        rows = result.of(trial, measure)
        if measure in told_in_full or rows.empty:
            continue
        key = result.key_rows(rows)
        for _, row in key.iterrows():
            node = row["node"]
            where = "the whole network" if pd.isna(node) else result.name(node)
            yield Sentence(f"{called} of {where} {_effect(row)}", ("effects",))
        yield from others(result, rows.drop(index=key.index), in_a_sentence(measure))


def _effect(row: Row) -> str:
    median, low, high = (float(row[name]) for name in ("median", "low", "high"))
    if math.isnan(median):
        return "is not defined before or after."
    several = row["replicates"] > 1
    if median == low == high == row["difference"] == 0:
        return f"stays as it is{' in all placements' * several}."
    change, least, most = per_cent_of([median, low, high], float(row["baseline"]))
    if not several:
        return f"changes by {change}."
    text = f"changes by {change} in the median placement{middle_95(least, most)}."
    if low < 0 < high:
        text += " The sign depends on where the links happen to be placed."
    return text


def explain(result: Experiment) -> Iterator[Sentence]:
    yield Sentence(
        "Changes of a scenario are measured on the places that were there before. The interval is "
        "the middle 95 % of random placements: it shows how much depends on where the links happen "
        "to fall, and is no confidence interval. What more replicates would still change is in the "
        "file (mc_error)."
    )
    yield Sentence(
        "Access (harmonic closeness) of a place is the mean of 1 / distance to the other places; "
        "one out of reach counts 0. Efficiency is the mean of 1 / distance over all pairs: its "
        "change is the exact sum over the kinds of pairs."
    )
    if result.rivals:
        amount = "as much weight" if result.of_volume else "as many links"
        price = "cost as much as the park" if result.prices else f"get {amount}"
        text = f"Rivals {price}, paid for in the same way, and start from the same random numbers, "
        yield Sentence(f"{text}so that each replicate is compared with the one of the same number.")
    effects, tested = result.effects, False
    if "placebo_n" in effects and effects["placebo_n"].any():
        tested = bool(effects["placebo_p"].notna().any())
        text = "Placebos are the same park at other hosts: the rank of the real host among them "
        text += "says whether it is special, not whether enclaves work."
        yield Sentence(text + " A p of the experiment is this rank." * tested)
    why = ["replicates of an experiment are draws of placements, not observations"]
    if result.modelled_layers:
        why.append("modelled links carry no evidence")
    opening = "Beyond that there" if tested else "There"
    text = f"{opening} are no significance tests of the experiment, on purpose: {joined(why)}."
    yield Sentence(text)
