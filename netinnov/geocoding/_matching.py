"""From the text of a place to the cities it can mean: rules from the strictest to the loosest."""

from __future__ import annotations

from itertools import accumulate
from string import ascii_uppercase as LETTERS
from typing import Literal, NamedTuple

import numpy as np

from netinnov._network.distances import great_circle
from netinnov.geocoding._gazetteer import LARGE, LONGEST, METROPOLIS, Entry, Gazetteer
from netinnov.geocoding._name_keys import Address, mended, read_address, words

Method = Literal["exact", "alternate", "normalised", "part", "fuzzy", "none"]
Words = tuple[str, ...]

FAR = 100.0  # kilometres from the known coordinates of a place beyond which a city cannot be meant
REGION = 150.0  # kilometres from the capital of a province within which its cities are
NEARBY = 50.0  # kilometres within which a longer name is that of a district
RIVAL = 3.0  # population ratio to the next city of the same name that makes a loose match safe
SHORTEST_TYPO = 7
LONG = 11  # letters for one typo within a country; anywhere
# Countries whose addresses end with a province (or county) that is named after its capital:
# Caspe, Zaragoza is 90 km from Zaragoza.
PROVINCE_LAST = {"ES", "IE", "IT", "PT"}
# Where a letter makes another place, as in romanised Chinese; or where that is not known.
NO_SLIPS = {"CN", "HK", "MO", "TW", ""}
# Where a second word makes it another place: Massa Lombarda is far from Massa.
TWO_WORDS = {"IT"}
# A name goes on after these: Châlons-en-Champagne is no part of Châlons.
JOINING = {
    "A", "AAN", "AD", "AL", "AM", "AN", "AU", "AUX", "D", "DA", "DAS", "DE", "DEI", "DEL",
    "DELL", "DELLA", "DEN", "DER", "DES", "DI", "DO", "DOS", "DU", "E", "EL", "EN", "ET", "I",
    "IM", "IN", "L", "LA", "LAS", "LE", "LES", "LO", "LOS", "NA", "NAD", "OB", "OF", "ON", "OP",
    "POD", "SOUS", "SUL", "SULL", "SULLA", "SUR", "UND", "UNDER", "UPON", "V", "VAN", "VOR",
    "Y",
}  # fmt: skip
# These before the name of a city make it another one, as New York and Santa Oliva.
BEFORE_A_NAME = JOINING | {
    "AGIA", "AGIOS", "BAD", "EAST", "GREAT", "GREATER", "LITTLE", "LOWER", "N", "NEA", "NEO",
    "NEW", "NORTH", "NOVA", "NUEVA", "OLD", "OUD", "S", "SAN", "SANT", "SANTA", "SANTO", "SAO",
    "SOUTH", "ST", "STE", "UPPER", "WEST",
}  # fmt: skip
NEAR = {"B", "BEI", "NEAR", "NR", "PRES"}


class Query(NamedTuple):
    text: str
    country: str
    region: str
    lon: float | None
    lat: float | None


class Match(NamedTuple):
    entries: tuple[Entry, ...]
    method: Method
    score: float

    @property
    def row(self) -> int:
        """Row of the city; -1 without a match, or with several indistinguishable ones."""
        return -1 if self.method == "none" else self.entries[0].row


NO_MATCH = Match((), "none", float("nan"))


class Fit(NamedTuple):
    gazetteer: Gazetteer
    query: Query
    codes: Words

    def find(self, key: str) -> tuple[Entry, ...]:
        entries = self.gazetteer.find(self.query.country, key)
        known = self.gazetteer.regions.get(self.query.country, frozenset())
        wanted = {code for code in self.codes if code in known} or {self.query.region}
        if wanted != {""}:
            entries = [each for each in entries if self.gazetteer.region[each.row] in wanted]
        if self.query.lon is None or self.query.lat is None:
            return tuple(entries)
        rows = [entry.row for entry in entries]
        lon = self.gazetteer.lon[rows]
        lat = self.gazetteer.lat[rows]
        km = great_circle(self.query.lon, self.query.lat, lon, lat)
        return tuple(entries[i] for i in np.argsort(km, kind="stable") if not km[i] > FAR)

    def city(self, name: Words) -> Entry | None:
        key = "".join(name)
        entries = self.gazetteer.find(self.query.country, key) if len(key) > 3 else []
        return entries[0] if entries else None

    def around(self, entries: tuple[Entry, ...], name: Words, size: float) -> tuple[Entry, ...]:
        """Entries in the region of this name, nearest to its capital first."""
        capital = self.city(name)
        if capital is None or self.gazetteer.population[capital.row] < size:
            return entries
        km = self.gazetteer.km(capital.row, [entry.row for entry in entries])
        region = self.gazetteer.region
        near = np.argsort(km, kind="stable")
        home = region[capital.row]
        return tuple(entries[i] for i in near if km[i] <= REGION or region[entries[i].row] == home)

    def common(self, entry: Entry, key: str) -> bool:
        """Whether cities elsewhere start with this name: Sutton, Sutton Coldfield."""
        longer = self.gazetteer.longer(self.query.country, key)
        return entry.row in longer or bool((self.gazetteer.km(entry.row, [*longer]) > NEARBY).any())

    def shortens_others(self, entry: Entry) -> bool:
        """Whether equally large cities elsewhere shorten to this name, such as Nykøbing."""
        if entry.kind == "own":
            return False
        key = "".join(words(entry.name))
        others = [*self.gazetteer.longer(self.query.country, key) - {entry.row}]
        size = self.gazetteer.population
        far = self.gazetteer.km(entry.row, others) > NEARBY
        return bool((far & (RIVAL * size[others] > size[entry.row])).any())

    def sure(self, entries: tuple[Entry, ...]) -> bool:
        located = entries and not np.isnan(self.gazetteer.lon[entries[0].row])
        if self.query.lon is not None and located:
            return True
        size = [self.gazetteer.weight(entry, self.query.country) for entry in entries[:2]]
        return bool(size) and (len(size) < 2 or size[0] > RIVAL * size[1])


def match(gazetteer: Gazetteer, query: Query) -> Match:
    text = mended(query.text)
    whole = "".join(words(text))
    if not whole or whole == query.country or len(text) > LONGEST:
        return NO_MATCH
    address = read_address(text)
    fit = Fit(gazetteer, query, address.codes)
    best = _as_written(fit, text, whole)
    if best is None and address.segments:
        best = (
            # ``PARIS CEDEX 07``, ``WIEN 1010``, ``AARHUS C``, ``OAKLAND CA``
            _by_name(fit, fit.find("".join(address.words)), "normalised")
            or _in_its_region(fit, address)
            or _misspelt(fit, address.words)
            or _in_front(fit, address)
            or _at_the_end(fit, address)
            or _misspelt(fit, address.segments[0])
        )
    return best or NO_MATCH


def _as_written(fit: Fit, text: str, whole: str) -> Match | None:
    entries = fit._replace(codes=()).find(whole)
    if not entries:
        return None
    first = entries[0]
    method: Method = "normalised"
    if first.name.casefold() == text.strip().casefold():
        method = "exact" if first.kind == "own" else "alternate"
    return _by_name(fit, entries, method)


def _in_its_region(fit: Fit, address: Address) -> Match | None:
    """``GETAFE (MADRID)``: a city, then a larger one that names its province."""
    for head, tail, separated in reversed(_splits(address)):
        if entries := fit.find("".join(head)):
            if fit.city(tail) is None or (tail[0] in JOINING and not separated):
                return None
            size = fit.gazetteer.population[entries[0].row]
            return _called(fit.around(entries, tail, size), "normalised")
    return None


def _misspelt(fit: Fit, segment: Words) -> Match | None:
    """One typo, in long names or large cities only: Ehningen is not a misspelt Ehingen."""
    key = "".join(segment)
    if len(key) < SHORTEST_TYPO or fit.query.country in NO_SLIPS:
        return None
    near = fit.gazetteer.keys(fit.query.country) & _edits(key)
    slips = {entry.row: entry for other in near for entry in fit.find(other)}
    size = fit.gazetteer.population
    entries = tuple(sorted(slips.values(), key=lambda entry: (-size[entry.row], entry.row)))
    if not fit.sure(entries) or (len(key) < LONG and size[entries[0].row] < LARGE):
        return None
    return _called(entries, "fuzzy", 1 - 1 / len(key))


def _in_front(fit: Fit, address: Address) -> Match | None:
    """``OSTRAVA PORUBA``, ``POOLE, DORSET``: a city, then a part of it or the region around it."""
    for head, tail, separated in reversed(_splits(address)):
        key = "".join(head)
        if not (entries := fit.find(key)):
            continue
        named = separated or not (
            len(key) < (4 if entries[0].kind == "own" else 5)
            or tail[0] in JOINING
            or fit.query.country in TWO_WORDS
            or fit.common(entries[0], key)
        )
        for start in range(len(tail)):
            entries = fit.around(entries, tail[start:], LARGE)
        score = len(key) / len("".join(address.words))
        return _called(entries, "part", score) if named and fit.sure(entries) else None
    return None


def _at_the_end(fit: Fit, address: Address) -> Match | None:
    """``THERMI THESSALONIKI``: a district, suburb or campus and its city."""
    for head, tail, separated in _splits(address):
        key = "".join(tail)
        if len(key) > 3 and (entries := fit.find(key)):
            size = fit.gazetteer.population[entries[0].row]
            sure = separated or size >= LARGE or head[-1] in NEAR
            if fit.query.country in PROVINCE_LAST:
                sure = size >= METROPOLIS
            sure &= head[-1] not in BEFORE_A_NAME
            score = len(key) / len("".join(address.words))
            return _called(entries, "part", score) if sure else None
    return None


def _by_name(fit: Fit, entries: tuple[Entry, ...], method: Method) -> Match | None:
    town = bool(entries) and fit.gazetteer.population[entries[0].row] < LARGE
    if town and (not fit.sure(entries) or fit.shortens_others(entries[0])):
        return NO_MATCH._replace(entries=entries)
    return _called(entries, method)


def _called(entries: tuple[Entry, ...], method: Method, score: float = 1.0) -> Match | None:
    if not entries:
        return None
    return Match(entries, "part" if entries[0].kind == "part" else method, score)


def _splits(address: Address) -> list[tuple[Words, Words, bool]]:
    """The words in two parts, the shorter head first, and whether the cut is at a comma."""
    everything = address.words
    borders = {*accumulate(len(segment) for segment in address.segments)}
    ends = range(1, len(everything))
    return [(everything[:end], everything[end:], end in borders) for end in ends]


def _edits(key: str) -> set[str]:
    """All keys at edit distance 1 with the same first letter (Norvig)."""
    cuts = [(key[:at], key[at:]) for at in range(1, len(key) + 1)]
    return {
        *(before + letter + after for before, after in cuts for letter in LETTERS),
        *(before + letter + after[1:] for before, after in cuts if after for letter in LETTERS),
        *(before + after[1:] for before, after in cuts if after),
        *(before + after[1] + after[0] + after[2:] for before, after in cuts if len(after) > 1),
    } - {key}
