"""Names that are used once and spelt almost as another one: perhaps a slip."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pandas as pd

from netinnov._columns import as_text

SHORTEST = 4  # letters of a name; of shorter ones one letter changes too much


def stray_names(nodes: pd.DataFrame, links: pd.DataFrame, places: pd.DataFrame | None) -> list[str]:
    """What is said of layers, and of jurisdictions no table of places knows, that may be slips."""
    notes = []
    if "layer" in links:
        counts = as_text(links["layer"])[0].value_counts()
        for name, near in _strays(counts, counts.index):
            msg = f"the layer {name!r} has one row of links, and is one letter from {near!r}, "
            notes.append(f"{msg}which has {counts[near]:,}; correct it if it is that.")
    if places is None and {"place", "jurisdiction"} <= set(nodes.columns):
        known = set(as_text(nodes["place"])[0].dropna())
        counts = as_text(nodes["jurisdiction"])[0].value_counts()
        strange = counts[[name not in known for name in counts.index]]
        for name, near in _strays(strange, sorted(known)):
            msg = f"the jurisdiction {name!r} is the place of no node, and is one letter from "
            notes.append(f"{msg}{near!r}; correct it if it is that.")
    return notes


def _strays(counts: pd.Series, known: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Names that occur once, with another one that is one letter from it."""
    others = [str(name) for name in known]
    for name in counts.index[counts == 1]:
        near = next((other for other in others if one_letter_apart(str(name), other)), None)
        if near is not None and counts.get(near, 2) > 1:
            yield str(name), near


def one_letter_apart(a: str, b: str) -> bool:
    """Whether two names differ by case, or by one letter more, less, changed or two swapped.

    A digit makes another name: `wave1` and `wave2` are two.
    """
    if a == b or min(len(a), len(b)) < SHORTEST:
        return False
    short, long = sorted((a.casefold(), b.casefold()), key=len)
    if short == long:
        return True
    at = next((k for k, letter in enumerate(short) if letter != long[k]), len(short))
    rest = short[at:], long[at:]
    if len(short) == len(long):
        fits = rest[0][1:] == rest[1][1:]
        if not fits:
            fits = rest[0][:2] == rest[1][1::-1] and rest[0][2:] == rest[1][2:]
        changed = rest[0][:1] + rest[1][:1]
    else:
        fits = len(long) == len(short) + 1 and rest[0] == rest[1][1:]
        changed = rest[1][:1]
    return fits and not any(letter.isdigit() for letter in changed)
