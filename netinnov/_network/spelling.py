"""Names that are spelt almost as another one: perhaps a slip, perhaps one place under two names."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, combinations

import numpy as np
import pandas as pd

from netinnov._network.columns import as_text, as_written
from netinnov._network.distances import great_circle
from netinnov._network.hierarchy import parents, within
from netinnov._network.tables import codes_of
from netinnov._runtime.arguments import examples

ADMINISTRATIVE = "市省县区"  # endings that one table writes and another leaves out
SHORTEST = 4  # letters of a name; of shorter ones one letter changes too much
LONGEST = 80  # letters of a name that is compared with others
FAR = 25.0  # kilometres beyond which two places are not one
SERIES = 5  # names that differ in the same letter; of more it is their number
WORD = re.compile(r"[^\W\d_\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]{5,}")
ANY = re.compile(".+", re.DOTALL)
# Two syllables of Chinese or more, in any of which a letter makes another place.
CHINESE = re.compile(
    r"(?:(?:[zcs]h|[b-df-hj-np-tw-z])?(?:[iu]?a(?:ng|[ino])?|[iu]?e(?:ng|[inr])?"
    r"|i(?:ng|n|u|ong)?|o(?:ng|u)|[uüv][ino]?)|[bpmfw]o){2,}+"
)


def stray_names(nodes: pd.DataFrame, links: pd.DataFrame, places: pd.DataFrame | None) -> list[str]:
    """What is said of blanks around places, and of layers that may be slips."""
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
        strays = dict[str, str]()
        for one, other, _ in _slips([*counts.index], ANY):
            if counts[one] > counts[other] == 1:
                strays.setdefault(other, one)
        for name, near in strays.items():
            notes.append(
                f"the layer {name!r} has one row of links, and is one letter from {near!r}, "
                f"which has {counts[near]:,}; correct it if it is that."
            )
    return notes


def twins(places: pd.DataFrame) -> list[str]:
    if not (pairs := near_twins(places)):
        return []
    shown = examples(pairs, lambda pair: f"{pair[0]!r} and {pair[1]!r}")
    return [
        "pairs of places that differ only by case, blanks or an ending such as 市: "
        f"{len(pairs)} ({shown}). Give a place one name in all tables."
    ]


def near_twins(
    places: pd.DataFrame,
    uses: Mapping[str, int] | None = None,
    cities: Mapping[str, tuple[object, str]] | None = None,
) -> list[tuple[str, str]]:
    """Pairs of a name and the one to keep, which is used more, that may be of one place.

    They differ by case, blanks or an ending; with `cities` (the city of a name, and what stands
    behind it) they may be names of one, or differ by one letter: not of two cities, nor where both
    are Chinese in Latin letters and have `uses`. One that contains the other, or is more than `FAR`
    km away, is another place. The likeliest come first.
    """
    uses = uses or {}
    known_city = cities or {}
    names = sorted(map(str, places.index), key=lambda name: -uses.get(name, 0))
    rank = {name: at for at, name in enumerate(names)}
    groups = defaultdict[object, list[str]](list)
    pairs = dict[tuple[str, str], float]()
    for name in names:
        for key in {_key(name), _base(name), known_city.get(name, _key(name))}:
            groups[key].append(name)
    for group in groups.values():
        first = min(group, key=lambda name: len(_key(name)))
        # Two units, such as 江阴市 and 澄江市, once a name of the same, are two places.
        alike = (each for each in group if each != first and not _are_units(each, first))
        pairs |= {(name, first): np.inf for name in alike}
    for one, other, words in () if cities is None else _slips(names, WORD):
        known = {known_city[name] for name in (one, other) if name in known_city}
        stray = 0 in (uses.get(one), uses.get(other))
        if len(known) < 2 and (stray or not all(map(CHINESE.fullmatch, words))):
            pairs.setdefault((other, one), uses.get(one, 1) / max(uses.get(other, 1), 1))
    ordered = [(a, b) if rank[a] > rank[b] else (b, a) for a, b in pairs]
    dropped, kept = codes_of([*chain(*ordered)], places.index).reshape(-1, 2).T
    lon, lat = (places[name].to_numpy(np.float64, na_value=np.nan) for name in ("lon", "lat"))
    parent = parents(places)
    different = within(parent, dropped, kept) | within(parent, kept, dropped)
    different |= great_circle(lon[dropped], lat[dropped], lon[kept], lat[kept]) > FAR
    held: dict[tuple[str, str], float] = {}
    for pair, more, two in zip(ordered, pairs.values(), different, strict=True):
        if not two:
            held.setdefault(pair, more)
    return sorted(held, key=lambda pair: -held[pair])


def _are_units(one: str, other: str) -> bool:
    return _key(one) != _key(other) and all(_key(each) != _base(each) for each in (one, other))


def _key(name: str) -> str:
    return "".join(name.casefold().split())


def _base(name: str) -> str:
    key = _key(name)
    return key[:-1] if key.endswith((*ADMINISTRATIVE,)) else key


def _slips(
    names: Sequence[str], word: re.Pattern[str]
) -> Iterator[tuple[str, str, tuple[str, str]]]:
    """Names that differ by a letter of such a word, and these words; no long names.

    More than `SERIES` that are alike without a letter are numbered by it.
    """
    groups = defaultdict[int, dict[int, str]](dict)  # of names, with the word that is changed
    for at, name in enumerate(map(str.casefold, names)):
        for each in word.finditer(name) if len(name) <= LONGEST else ():
            for k in range(*each.span()):
                groups[hash(name[:k] + name[k + 1 :])].setdefault(at, each[0])
            groups[hash(name)].setdefault(at, each[0])
    numbered = {at for group in groups.values() if len(group) > SERIES for at in group}
    pairs = dict[tuple[int, int], tuple[str, str]]()
    for group in groups.values():
        for (one, a), (other, b) in combinations(group.items(), 2) if len(group) <= SERIES else ():
            pairs.setdefault((one, other), (a, b))
    for (one, other), words in sorted(pairs.items()):
        pair = names[one], names[other]
        if not numbered.issuperset((one, other)) and one_letter_apart(*pair):
            yield *pair, words


def one_letter_apart(a: str, b: str) -> bool:
    """By case, or one letter more, less, changed or swapped; a digit makes another name."""
    short, long = sorted((a.casefold(), b.casefold()), key=len)
    if a == b or len(short) < SHORTEST:
        return False
    at = next((k for k, letter in enumerate(short) if letter != long[k]), len(short))
    one = short[at:]
    other = long[at:]
    swapped = one[:2] == other[1::-1] and one[2:] == other[2:]
    changed = other[:1] + (one[:1] if len(one) == len(other) else "")
    fits = short == long or other[1:] in (one, one[1:]) or swapped
    return fits and not any(letter.isdigit() for letter in changed)
