"""Cities and their names as an index: which cities of a country have a name of this key."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from difflib import SequenceMatcher
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._network.geography import great_circle
from netinnov._typing import Floats
from netinnov.geocoding._name_keys import keys, words

# GeoNames counts these as countries; addresses are written with the country they belong to.
TERRITORIES = {
    "CN": {"HK", "MO"},
    "DK": {"FO", "GL"},
    "FI": {"AX"},
    "FR": {"BL", "GF", "GP", "MF", "MQ", "NC", "PF", "PM", "RE", "WF", "YT"},
    "GB": {"GG", "GI", "IM", "JE"},
    "NL": {"AW", "BQ", "CW", "SX"},
    "NO": {"SJ"},
    "US": {"AS", "GU", "MP", "PR", "VI"},
}
# Weight of an alternate name or a territory, and of the suburb of a larger city.
ALTERNATE, SUBURB = 1 / 8, 0.8
AROUND, BESIDE = 20.0, 5.0  # km within which a place is a district of a large city, and of any city
SUBURBS = 15.0  # km from a large city within which its suburbs are
# Inhabitants: most of a suburb, least of a city with suburbs, and with suburbs twice as far away.
SMALL, LARGE, METROPOLIS = 15_000, 100_000, 1_000_000
LONGEST = 300  # letters of an address or a name: matching takes time with the square of it
OTHER_SCRIPT = re.compile("[\u0370-\u1dff\u2c00-\uffff]")
# Where towns that merged go by both names.
JOINED, JOINED_NAME = {"AT", "CH", "DE"}, re.compile(r"\w{5,}-\w{5,}")
BESIDE_THE_NAME = re.compile(r"\s*\([^)]*\)|\s+City$|-sh?i$")

Positions: TypeAlias = npt.NDArray[np.intp]
Kind = Literal["own", "table", "part", "list"]


class Entry(NamedTuple):
    row: int  # position in the table of cities
    name: str
    kind: Kind  # own name, name from a table, name of a part, or name from a list


class Gazetteer:
    """Cities by name key; the index of a country is built on first use."""

    def __init__(self, cities: pd.DataFrame, names: pd.DataFrame) -> None:
        self.cities = cities
        self.population = cities["population"].fillna(0.0).to_numpy(np.float64)
        self.lon, self.lat = (cities[name].to_numpy(np.float64) for name in ("lon", "lat"))
        self.region = cities["region"].to_numpy(object, na_value="")
        by_country = cities.groupby("country")
        self.regions = {str(name): frozenset(group) for name, group in by_country["region"]}
        self._country = cities["country"].to_numpy(object)
        self._own = cities["name"].to_numpy(object)
        self._lists = cities["alternates"].to_numpy(object, na_value="")
        self._names = names[["row", "name", "part"]].to_numpy(object)
        self._cities_of = by_country.indices
        self._large: dict[str, Any] = {
            str(name): rows[self.population[rows] >= LARGE]
            for name, rows in self._cities_of.items()
        }
        self._names_of = names.groupby(self._country[names["row"]]).indices
        self._index: dict[tuple[str, bool], dict[str, dict[int, Entry]]] = {}
        self._centres: dict[str, Positions] = {}
        self._longer: dict[str, dict[str, set[int]]] = {}

    def find(self, country: str, key: str) -> list[Entry]:
        """Cities with this key, likeliest first, without their districts; "" is any country."""
        named = self._of(country, key.isascii()).get(key, {}).values()
        candidates = list(filter(self._is_likely, named))
        if len(candidates) < 2:
            return candidates

        def rank(entry: Entry) -> tuple[bool, float, int]:
            return entry.kind == "part", -self.weight(entry, country), entry.row

        first, *others = sorted(candidates, key=rank)
        reach = AROUND if self.population[first.row] >= LARGE else BESIDE
        # Units without coordinates are nowhere: they are other ones.
        far = ~(self.km(first.row, [entry.row for entry in others]) <= reach)
        return [first, *(entry for entry, other in zip(others, far, strict=True) if other)]

    def weight(self, entry: Entry, country: str) -> float:
        size = float(self.population[entry.row])
        size *= 1 if entry.kind == "own" else ALTERNATE
        size *= SUBURB if self._is_suburb(entry.row) else 1
        return size * (ALTERNATE if self._country[entry.row] in TERRITORIES.get(country, ()) else 1)

    def keys(self, country: str) -> Set[str]:
        return self._of(country, True).keys()

    def longer(self, country: str, key: str) -> Set[int]:
        if country not in self._longer:
            longer: dict[str, set[int]] = defaultdict(set)
            for row in self._rows(country):
                name = words(self._own[row])
                for end in range(1, len(name)):
                    longer["".join(name[:end])].add(row)
            self._longer[country] = dict(longer)
        return self._longer[country].get(key, frozenset())

    def km(self, row: int, others: Sequence[int] | Positions) -> Floats:
        rows = np.asarray(others, np.intp)
        return great_circle(self.lon[row], self.lat[row], self.lon[rows], self.lat[rows])

    def centre(self, row: int) -> int:
        """The large city of which a small place is a suburb, else the place itself."""
        centres = self._centres_of(self._country[row])
        if self.population[row] >= SMALL or not centres.size:
            return row
        km, size = self.km(row, centres), self.population[centres]
        reach = np.where(size >= METROPOLIS, 2 * SUBURBS, SUBURBS)
        draw = np.where(km <= reach, size / (1 + km) ** 2, 0.0)
        best = int(draw.argmax())
        return int(centres[best]) if draw[best] > 0 else row

    def _centres_of(self, country: str) -> Positions:
        if country not in self._centres:
            large, size = self._large[country], self.population
            beside = [
                ((self.km(row, large) <= AROUND) & (size[large] > size[row])).any() for row in large
            ]
            self._centres[country] = large[~np.array(beside, bool)]
        return self._centres[country]

    def _is_suburb(self, row: int) -> bool:
        large = self._large[self._country[row]]
        near = self.km(row, large) <= AROUND
        return bool((near & (self.population[large] >= 10 * self.population[row])).any())

    def _of(self, country: str, latin: bool) -> dict[str, dict[int, Entry]]:
        """Entries by key and city; non-Latin names only where such a key is looked up."""
        if (country, latin) not in self._index:
            index: dict[str, dict[int, Entry]] = defaultdict(dict)
            for entry in self._entries(country):
                if latin and OTHER_SCRIPT.search(entry.name):
                    continue
                for key in keys(entry.name):
                    index[key].setdefault(entry.row, entry)
            index.pop("", None)
            self._index[country, latin] = dict(index)
        return self._index[country, latin]

    def _rows(self, country: str) -> list[int]:
        return [row for each in self._countries(country) for row in self._cities_of.get(each, ())]

    def _countries(self, country: str) -> list[str]:
        own = [country, *sorted(TERRITORIES.get(country, ()))]
        return own if country else list(self.regions)

    def _entries(self, country: str) -> Iterator[Entry]:
        rows = self._rows(country)
        for row in rows:
            yield Entry(row, self._own[row], "own")
        for each in self._countries(country):
            for position in self._names_of.get(each, ()):
                row, name, part = self._names[position]
                yield Entry(row, name, "part" if part else "table")
        for row in rows:
            for name in (*self._forms(row), *self._lists[row].split(",")):
                yield Entry(row, name.strip(), "list")

    def _forms(self, row: int) -> Iterator[str]:
        """Variants: "Donostia / San Sebastián", "Halle (Saale)", "New York City", merged towns."""
        name = BESIDE_THE_NAME.sub("", self._own[row])
        yield from name.split("/")
        if self._country[row] in JOINED and JOINED_NAME.fullmatch(name):
            yield from name.split("-")

    def _is_likely(self, entry: Entry) -> bool:
        """Lists of names give small places also those of their province or station."""
        own = self._own[entry.row]
        if entry.kind != "list" or self.population[entry.row] >= SMALL:
            return True
        a, b = ("".join(words(name)) for name in (own, entry.name))
        if a.startswith(b):
            return words(own.partition("-")[0]) != words(entry.name)
        return not b.isascii() or SequenceMatcher(None, a, b).ratio() >= 0.5
