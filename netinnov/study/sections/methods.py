"""Data and limits: what the data are, what was left out, and which layers are modelled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from netinnov.study._context import Context
from netinnov.study._section import Section, Sentence, Table
from netinnov.study._words import are, joined, name, number, phrase

MODELLED = "What is modelled"


@dataclass(frozen=True, slots=True, eq=False)
class Methods:
    """Notes on the data, coverage, the modelled layers with their parameters, and frictions."""

    notes: tuple[str, ...]
    coverage: pd.DataFrame
    modelled: dict[str, dict[str, object]]
    marks: dict[str, str]
    border: float
    kilometres: float
    unit_lengths: bool
    chosen_lengths: bool = False


def compute(context: Context) -> Methods:
    measures = context.measures
    return Methods(
        (*context.loaded.notes, *context.level.notes),
        context.level.coverage,
        {layer: dict(values) for layer, values in context.modelled.items()},
        {layer: context.mark(layer) for layer in context.modelled},
        measures.border,
        measures.kilometres,
        measures.distance == "unit",
        context.configuration.measures.distance is None and measures.distance == "inverse",
    )


def offer(result: Methods) -> Iterator[Sentence]:
    n = len(result.modelled)
    if n:
        text = phrase(
            "Caution: {} {} modelled, not observed; marked wherever {}, and nothing is tested on "
            "{}.",
            joined([name(mark) for mark in result.marks.values()]),
            are(n),
            "it enters" if n == 1 else "they enter",
            "it" if n == 1 else "them",
        )
        yield Sentence(text, ("modelled",))


def tell(result: Methods) -> Iterator[Sentence]:
    for note in result.notes:
        for text in _sentences(note):
            yield Sentence(text, ("coverage",), topic="The data")
    if result.modelled:
        text = phrase(
            "These layers are computed from a model, not observed: {}. Numbers that contain them "
            "repeat the model to that extent, agreement of a result with them is agreement with "
            "the model, and nothing is tested on them.",
            joined([name(mark) for mark in result.marks.values()]),
        )
        yield Sentence(text, ("modelled",), topic=MODELLED)


def _sentences(note: str) -> list[str]:
    """A note of a reader, whose points stand in lines of their own, as sentences."""
    head, *points = note.split("\n- ")
    texts = [f"{head.rstrip(':')}: {point}" for point in points] or [head]
    return [
        text[:1].upper() + text[1:] if "." not in text.split(":")[0].rstrip(".") else text
        for text in (text + "." * (not text.endswith((".", "!", "?"))) for text in texts)
    ]


def tables(result: Methods) -> Iterator[Table]:
    caption = "How many nodes and linked pairs are left at each step."
    yield Table("coverage", result.coverage, caption, topic="The data")
    if result.modelled:
        rows = [
            (result.marks[layer], str(key), _text(value))
            for layer, values in result.modelled.items()
            for key, value in (values or {"parameters": "none given"}).items()
        ]
        frame = pd.DataFrame(rows, columns=["layer", "parameter", "value"], dtype="str")
        caption = "Parameters of the modelled layers."
        layers = tuple(result.modelled)
        yield Table("modelled", frame, caption, whole=True, modelled=layers, topic=MODELLED)


def _text(value: object) -> str:
    if isinstance(value, (list, tuple, set, frozenset)):
        return "; ".join(str(part) for part in value)
    return str(value)


def explain(result: Methods) -> Iterator[Sentence]:
    yield Sentence(
        "Self-links (flows inside a place) are in the network and in no measure. Sums over layers "
        "add weights whatever their unit."
    )
    if result.chosen_lengths:
        yield Sentence(
            "A link is 1 / weight long, as half of the pairs of places or more are linked and "
            'weights differ; distance = "unit" in [measures] makes each link 1 long.'
        )
    if result.border or result.kilometres:
        text = (
            f"With frictions a link is longer: by {number(result.border)} if its ends belong to "
            f"different jurisdictions, and by {number(result.kilometres)} for each 1,000 km between"
            " their places"
        )
        text += ", where without frictions every link has length 1." if result.unit_lengths else "."
        yield Sentence(text)


METHODS = Section("methods", "Data and limits", compute, tell, tables, offer=offer, explain=explain)
