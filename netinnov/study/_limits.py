"""What a report leaves out and takes for granted: the page and `netinnov check` say the same."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pandas as pd

from netinnov._inputs import Reading
from netinnov.study._loaded_data import Loaded, load
from netinnov.study._places import PlaceLevel, aggregate_to_places
from netinnov.study._words import joined, name, plain

if TYPE_CHECKING:
    from netinnov.study._configuration import Configuration

REASONS = 5  # for which rows were set aside, that are named


def limits(loaded: Loaded, level: PlaceLevel) -> list[str]:
    """Sentences on what was left out of the data, and on what was not said of them."""
    sentences = in_sentences((*loaded.notes, *level.notes))
    return sentences + ([] if loaded.rejected is None else [_set_aside(loaded.rejected)])


def in_sentences(notes: Iterable[str]) -> list[str]:
    sentences = []
    for note in notes:
        # The points of a note of a reader stand in lines of their own.
        head, *points = note.split("\n- ")
        for text in [f"{head.rstrip(':')}: {point}" for point in points] or [head]:
            text += "." * (not text.endswith((".", "!", "?")))
            if "." not in text.split(":")[0].rstrip("."):
                text = text[:1].upper() + text[1:]
            sentences.append(text)
    return sentences


def limits_of(configuration: Configuration, reading: Reading | None = None) -> list[str]:
    loaded = load(configuration.data, configuration.layers, configuration.columns, reading)
    level = aggregate_to_places(loaded.network, configuration.places)
    return [plain(text) for text in limits(loaded, level)]


def _set_aside(rejected: pd.DataFrame) -> str:
    if rejected.empty:
        return "No row was set aside."
    counts = rejected["problem"].astype("str").value_counts()
    listed = [f"{name(problem)} ({n:,})" for problem, n in counts.head(REASONS).items()]
    if rest := int(counts.iloc[REASONS:].sum()):
        listed.append(f"others ({rest:,})")
    return f"Rows set aside: {len(rejected):,}, by reason: {joined(listed)}."
