"""Data and limits: what the data are, what was left out, and which layers are modelled."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from netinnov.study._limits import limits
from netinnov.study._section import Result, Sentence, Table
from netinnov.study._words import are, joined, name, number

HEADING = "Data and limits"
compute = Result
MODELLED = "What is modelled"


def offer(result: Result) -> Iterator[Sentence]:
    if n := len(result.context.modelled):
        it, enters = ("it", "it enters") if n == 1 else ("them", "they enter")
        text = f"Caution: {_modelled(result)} {are(n)} computed from a model, not observed; marked "
        yield Sentence(f"{text}wherever {enters}, and nothing is tested on {it}.", ("modelled",))


def tell(result: Result) -> Iterator[Sentence]:
    for text in limits(result.context.loaded, result.context.level):
        yield Sentence(text, ("coverage",), topic="The data")
    if result.context.modelled:
        text = f"These layers are computed from a model, not observed: {_modelled(result)}. "
        text += "Numbers that contain them repeat the model to that extent, agreement of a result "
        text += "with them is agreement with the model, and nothing is tested on them."
        yield Sentence(text, ("modelled",), topic=MODELLED)


def _modelled(result: Result) -> str:
    return joined([name(result.context.mark(layer)) for layer in result.context.modelled])


def tables(result: Result) -> Iterator[Table]:
    caption = "How many nodes and linked pairs are left at each step."
    yield Table("coverage", result.context.level.coverage, caption, topic="The data")
    if modelled := result.context.modelled:
        rows = [
            (result.context.mark(layer), str(key), _text(value))
            for layer, values in modelled.items()
            for key, value in (values or {"parameters": "none given"}).items()
        ]
        frame = pd.DataFrame(rows, columns=["layer", "parameter", "value"], dtype="str")
        caption, layers = "Parameters of the modelled layers.", tuple(modelled)
        yield Table("modelled", frame, caption, whole=True, modelled=layers, topic=MODELLED)


def _text(value: object) -> str:
    if isinstance(value, (list, tuple, set, frozenset)):
        return "; ".join(map(str, value))
    return str(value)


def explain(result: Result) -> Iterator[Sentence]:
    context, measures = result.context, result.context.measures
    text = "Self-links (flows inside a place) are in the network and in no measure. Sums over "
    text += "layers add weights whatever their unit."
    directed = {layer in context.cities.directed for layer in context.cities.layers}
    if len(directed) == 2:
        text += " Where directed and undirected layers are added up, an undirected link counts as "
        text += "two opposite ones, so that the strength of its ends is higher by its weight."
    yield Sentence(text)
    if context.configuration.measures.distance is None and measures.distance == "inverse":
        text = "A link is 1 / weight long, as half of the pairs of places or more are linked and "
        yield Sentence(
            f'{text}weights differ; distance = "unit" in [measures] makes each link 1 long.'
        )
    if measures.border or measures.kilometres:
        text = f"With frictions a link is longer: by {number(measures.border)} if its ends belong "
        text += f"to different jurisdictions, and by {number(measures.kilometres)} for each 1,000 "
        text += "km between their places"
        if measures.distance == "unit":
            text += ", where without frictions every link has length 1"
        yield Sentence(f"{text}.")
