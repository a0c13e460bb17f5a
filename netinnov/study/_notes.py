"""Notes of readers as sentences."""

from __future__ import annotations

from collections.abc import Iterable


def in_sentences(notes: Iterable[str]) -> list[str]:
    """Each point of a note becomes a sentence of its own."""
    sentences = []
    for note in notes:
        head, *points = note.split("\n- ")
        for text in [f"{head.rstrip(':')}: {point}" for point in points] or [head]:
            text += "." * (not text.endswith((".", "!", "?")))
            if "." not in text.split(":")[0].rstrip("."):  # it does not begin with a file
                text = text[:1].upper() + text[1:]
            sentences.append(text)
    return sentences
