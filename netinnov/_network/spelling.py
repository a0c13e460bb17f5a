"""Names that are spelt almost as another one: perhaps a slip, perhaps one place under two names."""

from __future__ import annotations

import re
from array import array
from collections.abc import Hashable, Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from netinnov._network.columns import as_text, as_written
from netinnov._network.geography import great_circle
from netinnov._runtime.arguments import examples
from netinnov._typing import Codes, Mask

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
        for name, near in _strays(counts).items():
            msg = f"the layer {name!r} has one row of links, and is one letter from {near!r}, "
            notes.append(f"{msg}which has {counts[near]:,}; correct it if it is that.")
    return notes


def twins(places: pd.DataFrame) -> list[str]:
    if not (pairs := near_twins(places)):
        return []
    shown = examples(pairs, lambda pair: f"{pair[0]!r} and {pair[1]!r}")
    msg = "pairs of places that differ only by case, blanks or an ending such as 市: "
    return [f"{msg}{len(pairs)} ({shown}). Give a place one name in all tables."]


def near_twins(
    places: pd.DataFrame,
    uses: Mapping[str, int] | None = None,
    cities: Mapping[str, tuple[object, str]] | None = None,
) -> list[tuple[str, str]]:
    """Pairs of a name and the one to keep, which is used more, that may be of one place.

    They differ by case, blanks or an ending. With `cities` (the city that a name is of, and what
    stands behind it) they may also be names of one city, or differ by one letter: not where they
    are two cities, or both Chinese in Latin letters, unless one is used by jurisdictions only
    (0 `uses`). One that contains the other is another place, and so is one more than `FAR`
    kilometres away. The likeliest come first.
    """
    uses, known_city = uses or {}, cities or {}
    names = sorted(map(str, places.index), key=lambda name: -uses.get(name, 0))
    rank = {name: at for at, name in enumerate(names)}
    by_key: dict[object, list[str]] = {}
    for name in names:
        by_key.setdefault(_key(name), []).append(name)
        if name in known_city:
            by_key.setdefault(known_city[name], []).append(name)
    pairs = {(other, group[0]): np.inf for group in by_key.values() for other in group[1:]}
    for key, group in by_key.items():
        if isinstance(key, str) and key[-1:] in ADMINISTRATIVE and key[:-1] in by_key:
            pairs[group[0], by_key[key[:-1]][0]] = np.inf
    pairs = {pair: more for pair, more in pairs.items() if not _are_units(*pair)}
    for one, other, letters in () if cities is None else _slips(names):
        known = {known_city[name] for name in (one, other) if name in known_city}
        stray = 0 in (uses.get(one), uses.get(other))
        if len(known) < 2 and (stray or not all(map(CHINESE.fullmatch, letters))):
            pairs.setdefault((other, one), uses.get(one, 1) / max(uses.get(other, 1), 1))
    parent, at = places["parent"].dropna().to_dict(), places[["lon", "lat"]].astype("float64")
    held: dict[tuple[str, str], float] = {}
    for pair, more in pairs.items():
        other, kept = sorted(pair, key=rank.__getitem__, reverse=True)
        inside = _inside(other, kept, parent) or _inside(kept, other, parent)
        if not inside and not great_circle(*at.loc[other], *at.loc[kept]) > FAR:
            held.setdefault((other, kept), more)
    return sorted(held, key=lambda pair: -held[pair])


def twin_pairs(names: pd.Index, one: Codes, other: Codes) -> Mask:
    """Which pairs of positions in `names` are alike but for case, blanks or an ending."""
    keys = [_key(name) for name in names]
    code = {key: at for at, key in enumerate(keys)}
    own = np.array([code[key] for key in keys], np.int64)
    short = [code.get(key[:-1], -1) if key[-1:] in ADMINISTRATIVE else -1 for key in keys]
    a, b, without = own[one], own[other], np.array(short, np.int64)
    alike: Mask = (a == b) | (without[one] == b) | (a == without[other])
    return alike


def _are_units(*names: str) -> bool:
    """Such as 江阴市 and 澄江市, once a name of the same: two units are two places."""
    return len({*map(_key, names)}) > 1 and all(name[-1:] in (*ADMINISTRATIVE,) for name in names)


def _key(name: str) -> str:
    return "".join(name.casefold().split())


def _inside(place: str, whole: str, parent: dict[Hashable, str]) -> bool:
    above: str | None = place
    while (above := parent.get(above)) is not None:
        if above == whole:
            return True
    return False


def _strays(counts: pd.Series) -> dict[str, str]:
    """Names used once, and the most used that each is one letter from."""
    near = dict[str, str]()
    for one, other in _near([*counts.index], ANY):
        if counts[one] > 1 and counts[other] == 1 and one_letter_apart(one, other):
            near.setdefault(other, one)
    return near


def _slips(names: Sequence[str]) -> Iterator[tuple[str, str, list[str]]]:
    """Names that differ by a letter, no hanzi or digit, in a word of five or more; these words."""
    for one, other in _near(names, WORD):
        pair = one.casefold(), other.casefold()
        same = [a == b for a, b in zip(*pair, strict=False)]
        at = [*same, False].index(False)
        every = [each for name in pair for each in WORD.finditer(name)]
        words = [each[0] for each in every if each.start() <= at <= each.end()]
        if len(words) == 2 and one_letter_apart(*pair):
            yield one, other, words


def _near(names: Sequence[str], word: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """Names that are alike without a letter of such a word; none of long ones.

    Each is kept as a number for each of its letters; more than `SERIES` that are alike without one
    are numbered by it.
    """
    codes, sizes = array("q"), []
    for name in map(str.casefold, names):
        spans = [each.span() for each in word.finditer(name)] if len(name) <= LONGEST else []
        keys = {name, *(name[:at] + name[at + 1 :] for span in spans for at in range(*span))}
        codes.extend(map(hash, keys))
        sizes.append(len(keys))
    code, owner = np.array(codes, np.int64), np.repeat(np.arange(len(names)), sizes)
    order = np.argsort(code, kind="stable")
    ends = np.r_[0, np.flatnonzero(np.diff(code[order])) + 1, order.size]
    pairs, numbered = set[tuple[int, int]](), set[int]()
    for at in np.flatnonzero(np.diff(ends) > 1):
        group = owner[order[ends[at] : ends[at + 1]]].tolist()
        if len(group) > SERIES:
            numbered.update(group)
        else:
            pairs.update(combinations(group, 2))
    for one, other in sorted(pairs):
        if not numbered.issuperset((one, other)):
            yield names[one], names[other]


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
