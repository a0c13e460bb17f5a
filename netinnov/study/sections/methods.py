"""Data and limits: what the data are, what was left out, and which layers are modelled."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
from markupsafe import Markup

from netinnov.study._section import Result, Sentence, Table
from netinnov.study._words import are, joined, name, number, phrase

HEADING = "Data and limits"
compute = Result

MODELLED = "What is modelled"


def offer(result: Result) -> Iterator[Sentence]:
    if n := len(result.context.modelled):
        text = phrase(
            "Caution: {} {} modelled, not observed; marked wherever {}, and nothing is tested on "
            "{}.",
            _modelled(result),
            are(n),
            "it enters" if n == 1 else "they enter",
            "it" if n == 1 else "them",
        )
        yield Sentence(text, ("modelled",))


def tell(result: Result) -> Iterator[Sentence]:
    for note in (*result.context.loaded.notes, *result.context.level.notes):
        for text in _sentences(note):
            yield Sentence(text, ("coverage",), topic="The data")
    if result.context.modelled:
        text = phrase(
            "These layers are computed from a model, not observed: {}. Numbers that contain them "
            "repeat the model to that extent, agreement of a result with them is agreement with "
            "the model, and nothing is tested on them.",
            _modelled(result),
        )
        yield Sentence(text, ("modelled",), topic=MODELLED)


def _modelled(result: Result) -> Markup:
    return joined([name(result.context.mark(layer)) for layer in result.context.modelled])


def _sentences(note: str) -> list[str]:
    """A note of a reader, whose points stand in lines of their own, as sentences."""
    head, *points = note.split("\n- ")
    texts = [f"{head.rstrip(':')}: {point}" for point in points] or [head]
    return [
        text[:1].upper() + text[1:] if "." not in text.split(":")[0].rstrip(".") else text
        for text in (text + "." * (not text.endswith((".", "!", "?"))) for text in texts)
    ]


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
        caption = "Parameters of the modelled layers."
        layers = tuple(modelled)
        yield Table("modelled", frame, caption, whole=True, modelled=layers, topic=MODELLED)


def _text(value: object) -> str:
    if isinstance(value, (list, tuple, set, frozenset)):
        return "; ".join(str(part) for part in value)
    return str(value)


def explain(result: Result) -> Iterator[Sentence]:
    context, measures = result.context, result.context.measures
    yield Sentence(
        "Self-links (flows inside a place) are in the network and in no measure. Sums over layers "
        "add weights whatever their unit."
    )
    if context.configuration.measures.distance is None and measures.distance == "inverse":
        yield Sentence(
            "A link is 1 / weight long, as half of the pairs of places or more are linked and "
            'weights differ; distance = "unit" in [measures] makes each link 1 long.'
        )
    if measures.border or measures.kilometres:
        text = (
            f"With frictions a link is longer: by {number(measures.border)} if its ends belong to "
            f"different jurisdictions, and by {number(measures.kilometres)} for each 1,000 km "
            "between their places"
        )
        text += (
            ", where without frictions every link has length 1."
            if measures.distance == "unit"
            else "."
        )
        yield Sentence(text)
