"""Names that are spelt almost as another one: perhaps a slip, perhaps one place under two names."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from itertools import pairwise

import numpy as np
import pandas as pd

from netinnov._network.columns import as_text, as_written
from netinnov._runtime.arguments import examples
from netinnov._typing import Codes, Mask

ADMINISTRATIVE = "市省县区"  # endings that one table writes and another leaves out
SHORTEST = 4  # letters of a name; of shorter ones one letter changes too much
LONGEST = 80  # letters of a name that is compared with others
MOST_COMPARED = 20_000  # names, each of which is kept once for each letter


def stray_names(nodes: pd.DataFrame, links: pd.DataFrame, places: pd.DataFrame | None) -> list[str]:
    """What is said of blanks around places, and of layers and jurisdictions that may be slips."""
    written = [
        as_written(table[column])[0].dropna()
        for table, column in ((nodes, "place"), (nodes, "jurisdiction"), (places, "place"))
        if table is not None and column in table
    ]
    names = pd.concat(written).unique() if written else []
    padded = [name for name in names if name != name.strip()]
    notes = []
    if padded:
        notes.append(f"names of places are read without the blanks around {examples(padded)}.")
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
            if are_twins(name, near):  # as places of a network they are told of by `twins`
                continue
            msg = f"the jurisdiction {name!r} is the place of no node, and is one letter from "
            notes.append(f"{msg}{near!r}; correct it if it is that.")
    return notes


def twins(places: pd.DataFrame) -> list[str]:
    by_key: dict[str, list[str]] = {}
    for name in places.index:
        by_key.setdefault(_key(name), []).append(name)
    pairs = [pair for names in by_key.values() for pair in pairwise(names)]
    for key, names in by_key.items():
        if key[-1:] in ADMINISTRATIVE:
            pairs += [(short, names[0]) for short in by_key.get(key[:-1], ())]
    parent = places["parent"].dropna().to_dict()
    pairs = [(a, b) for a, b in pairs if not (_inside(a, b, parent) or _inside(b, a, parent))]
    if not pairs:
        return []
    shown = examples(pairs, lambda pair: f"{pair[0]!r} and {pair[1]!r}")
    msg = "pairs of places that differ only by case, blanks or an ending such as 市: "
    return [f"{msg}{len(pairs)} ({shown}). Give a place one name in all tables."]


def are_twins(a: str, b: str) -> bool:
    short, long = sorted((_key(a), _key(b)), key=len)
    return short == long or (long[:-1] == short and long[-1:] in ADMINISTRATIVE)


def twin_pairs(names: pd.Index, one: Codes, other: Codes) -> Mask:
    """Which pairs of positions in `names` are twins: `are_twins` of many pairs."""
    keys = [_key(name) for name in names]
    code = {key: at for at, key in enumerate(keys)}
    own = np.array([code[key] for key in keys], np.int64)
    short = [code.get(key[:-1], -1) if key[-1:] in ADMINISTRATIVE else -1 for key in keys]
    a, b, without = own[one], own[other], np.array(short, np.int64)
    alike: Mask = (a == b) | (without[one] == b) | (a == without[other])
    return alike


def _key(name: str) -> str:
    return "".join(name.casefold().split())


def _inside(place: str, whole: str, parent: dict[Hashable, str]) -> bool:
    above: str | None = place
    while (above := parent.get(above)) is not None:
        if above == whole:
            return True
    return False


def _strays(counts: pd.Series, known: Iterable[str]) -> Iterator[tuple[str, str]]:
    others = [str(name) for name in known]
    if len(others) > MOST_COMPARED:
        return
    alike: dict[str, list[int]] = {}
    for at, other in enumerate(others):
        for part in _without_a_letter(other):
            alike.setdefault(part, []).append(at)
    for name in map(str, counts.index[counts == 1]):
        near = [
            next((at for at in alike.get(part, ()) if one_letter_apart(name, others[at])), None)
            for part in _without_a_letter(name)
        ]
        first = min((at for at in near if at is not None), default=None)
        if first is not None and counts.get(others[first], 2) > 1:
            yield name, others[first]


def _without_a_letter(name: str) -> set[str]:
    """What a name and any other that is one letter from it have in common; none of a long text."""
    letters = name.casefold()
    if len(letters) > LONGEST:
        return set()
    return {letters, *(letters[:at] + letters[at + 1 :] for at in range(len(letters)))}


def one_letter_apart(a: str, b: str) -> bool:
    """By case, or one letter more, less, changed or swapped; a digit makes another name."""
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
