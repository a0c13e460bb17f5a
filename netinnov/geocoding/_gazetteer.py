"""Gazetteers: tables of GeoNames or of units by their code, and an index of cities by name."""

from __future__ import annotations

import io
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from difflib import SequenceMatcher
from os import PathLike
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from netinnov._network.columns import as_floats, as_numbers, as_text, is_blank
from netinnov._network.distances import great_circle
from netinnov._runtime.arguments import as_path, did_you_mean, examples, shown
from netinnov._runtime.opening import check_made, read_text
from netinnov._typing import Floats, Integers, Mask
from netinnov.errors import InputError
from netinnov.geocoding._name_keys import keys, words

Table: TypeAlias = pd.DataFrame | str | PathLike[str]
GazetteerSource: TypeAlias = Table | Sequence[Table]

# How a column is called here, in GeoNames' documentation, and by packages that pass its data on.
COLUMNS = {
    "geonameid": ("geonameid", "geonames_id", "geoname_id"),
    "code": ("code", "adcode", "代码", "区划代码"),
    "name": ("名称", "name"),
    "alt": ("alt", "alternatename", "alternate_name"),
    "lat": ("lat", "latitude"),
    "lon": ("lon", "lng", "long", "longitude"),
    "country": ("country", "countrycode", "country_code"),
    "region": ("region", "admin1code", "admin1_code", "admin1"),
    "population": ("population",),
    "alternates": ("alternates", "alternatenames", "alternate_names"),
    "language": ("language", "isolanguage"),
    "part": ("part",),
}
# GeoNames' own files have no header.
CITY_FILE = [
    "geonameid", "name", "asciiname", "alternatenames", "latitude", "longitude", "class",
    "code", "countrycode", "cc2", "admin1code", "admin2", "admin3", "admin4", "population",
    "elevation", "dem", "timezone", "modified",
]  # fmt: skip
NAME_FILE = [
    "id", "geonameid", "isolanguage", "alternatename", "preferred", "short", "colloquial",
    "historic", "since", "until",
]  # fmt: skip
MOST_UNITS = 100_000_000
TEXT_CELL = 16  # bytes of memory for each cell of a file, beside its text
NO_NAMES = ("post", "link", "wkdt", "iata", "icao", "faac", "unlc")

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
ALTERNATE = 1 / 8
SUBURB = 0.8
AROUND = 20.0
BESIDE = 5.0  # km within which a place is a district of a large city, and of any city
SUBURBS = 15.0  # km from a large city within which its suburbs are
# Inhabitants: most of a suburb, least of a city with suburbs, and with suburbs twice as far away.
SMALL = 15_000
LARGE = 100_000
METROPOLIS = 1_000_000
LONGEST = 300  # letters of an address or a name: matching takes time with the square of it
OTHER_SCRIPT = re.compile("[\u0370-\u1dff\u2c00-\uffff]")
# Where towns that merged go by both names.
JOINED = {"AT", "CH", "DE"}
JOINED_NAME = re.compile(r"\w{5,}-\w{5,}")
BESIDE_THE_NAME = re.compile(r"\s*\([^)]*\)|\s+City$|-sh?i$")

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
        large = self.population >= LARGE
        self._large: dict[Any, Any] = {
            name: rows[large[rows]] for name, rows in self._cities_of.items()
        }
        self._names_of = names.groupby(self._country[names["row"]]).indices
        self._index: dict[tuple[str, bool], dict[str, dict[int, Entry]]] = {}
        self._centres: dict[str, Integers] = {}
        self._longer: dict[str, dict[str, set[int]]] = {}

    def find(self, country: str, key: str) -> list[Entry]:
        """Cities with this key, likeliest first, without their districts; "" is any country."""
        named = self._of(country, key.isascii()).get(key, {}).values()
        likely = list(filter(self._is_likely, named))
        if len(likely) < 2:
            return likely

        def rank(entry: Entry) -> tuple[bool, float, int]:
            return entry.kind == "part", -self.weight(entry, country), entry.row

        first, *others = sorted(likely, key=rank)
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

    def km(self, row: int, others: Sequence[int] | Integers) -> Floats:
        rows = np.asarray(others, np.intp)
        return great_circle(self.lon[row], self.lat[row], self.lon[rows], self.lat[rows])

    def centre(self, row: int) -> int:
        """The large city of which a small place is a suburb, else the place itself."""
        centres = self._centres_of(self._country[row])
        if self.population[row] >= SMALL or not centres.size:
            return row
        km = self.km(row, centres)
        size = self.population[centres]
        reach = np.where(size >= METROPOLIS, 2 * SUBURBS, SUBURBS)
        draw = np.where(km <= reach, size / (1 + km) ** 2, 0.0)
        best = int(draw.argmax())
        return int(centres[best]) if draw[best] > 0 else row

    def _centres_of(self, country: str) -> Integers:
        if country not in self._centres:
            large = self._large[country]
            size = self.population
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
            # "Donostia / San Sebastián", "Halle (Saale)", "New York City"
            name = BESIDE_THE_NAME.sub("", self._own[row])
            merged = self._country[row] in JOINED and JOINED_NAME.fullmatch(name)
            forms = [*name.split("/"), *(name.split("-") if merged else ())]
            for form in (*forms, *self._lists[row].split(",")):
                yield Entry(row, form.strip(), "list")

    def _is_likely(self, entry: Entry) -> bool:
        """Lists of names give small places also those of their province or station."""
        own = self._own[entry.row]
        if entry.kind != "list" or self.population[entry.row] >= SMALL:
            return True
        a, b = ("".join(words(name)) for name in (own, entry.name))
        if a.startswith(b):
            return words(own.partition("-")[0]) != words(entry.name)
        return not b.isascii() or SequenceMatcher(None, a, b).ratio() >= 0.5


def read_gazetteer(gazetteer: object, country: str | None = None) -> Gazetteer:
    kinds = (pd.DataFrame, str, PathLike)
    sources: Any = [gazetteer] if isinstance(gazetteer, kinds) else gazetteer
    listed = isinstance(sources, Sequence) and all(isinstance(each, kinds) for each in sources)
    if not (listed and sources):
        raise InputError(
            "`gazetteer` must be a DataFrame, a path, or a sequence of these; found "
            f"{shown(gazetteer)}."
        )
    tables = [_table(number, source) for number, source in enumerate(sources, start=1)]
    parts = [_cities(label, table, country) for label, table in tables if _has_cities(table)]
    if not parts:
        raise InputError(
            "`gazetteer` must have a table of cities, with the columns geonameid, name, latitude,"
            " longitude and countrycode, or of units with code and name; found only tables of"
            " names."
        )
    cities = pd.concat(parts, ignore_index=True).drop_duplicates("geonameid", ignore_index=True)
    names = [_names(label, table, cities) for label, table in tables if not _has_cities(table)]
    none = pd.DataFrame({"row": [], "name": [], "part": []}).astype({"row": int, "part": bool})
    return Gazetteer(cities, pd.concat([none, *names], ignore_index=True))


def refuse(table: str, must: str, fault: str, wrong: pd.Series | Mask, values: pd.Series) -> None:
    if wrong.any():
        listed = examples(values[wrong].items(), lambda item: f"{item[0]!r}: {item[1]!r}")
        raise InputError(f"{table}: {must}; {wrong.sum()} {fault}, {listed}.")


def _table(number: int, source: Table) -> tuple[str, pd.DataFrame]:
    if isinstance(source, pd.DataFrame):
        label = f"table {number} of the gazetteer"
        table = source
    else:
        path = as_path("gazetteer", source)
        label = path.name
        table = _read(path)
    if table.empty:
        raise InputError(f"{label} has no rows; give the gazetteer as GeoNames publishes it.")
    spelt = {str(column).casefold().replace(" ", "_"): column for column in table.columns}
    held = {
        name: table[next(spelt[other] for other in others if other in spelt)]
        for name, others in COLUMNS.items()
        if not spelt.keys().isdisjoint(others)
    }
    if "geonameid" not in held and "code" in held:
        code, bad, _ = as_text(held["code"])
        must = "code must be text or a whole number"
        refuse(label, must, "rows have neither", bad | is_blank(code), held["code"])
        # Numbers of our own, below 0, tell units apart from cities of GeoNames.
        own = -(number * MOST_UNITS + np.arange(1, len(table) + 1))
        return label, pd.DataFrame(held).assign(code=code, geonameid=own)
    if "geonameid" not in held:
        msg = f"{label} must have a column geonameid, or code for the units of a country; it has "
        near = did_you_mean("geonameid", map(str, table.columns))
        raise InputError(f"{msg}{', '.join(map(repr, table.columns[:8]))}{near}.")
    number_of, bad = as_numbers(pd.to_numeric(held["geonameid"], errors="coerce"))
    wrong = bad | ~(number_of > 0) | (number_of % 1 != 0)
    must = "geonameid must be a whole number above 0"
    refuse(label, must, "rows have another", wrong, held["geonameid"])
    return label, pd.DataFrame(held).assign(geonameid=number_of.astype("int64"))


def _has_cities(table: pd.DataFrame) -> bool:
    units = table["geonameid"].lt(0).all() and "name" in table and "alt" not in table
    return bool({"lat", "lon"} & {*table}) or bool(units)


def _cities(label: str, table: pd.DataFrame, country: str | None) -> pd.DataFrame:
    units = bool(table["geonameid"].lt(0).all())
    if units and "country" not in table:
        if not country:
            msg = f"{label} must have a column countrycode, or `country` must say which it is of."
            raise InputError(msg)
        table = table.assign(country=country)
    needed = ("name", "country") if units else ("name", "lat", "lon", "country")
    if lacking := [COLUMNS[name][-1] for name in needed if name not in table]:
        raise InputError(f"{label} has coordinates but lacks the columns {', '.join(lacking)}.")
    table = table.reindex(columns=[*COLUMNS])
    if not units:
        table["code"] = None  # GeoNames' is that of the kind of place
    cities = table[["geonameid"]].copy()
    for name, must, largest in (
        ("lat", "a number of degrees up to 90", 90.0),
        ("lon", "a number of degrees up to 180", 180.0),
        ("population", "a number", float("inf")),
    ):
        value = as_floats(table[name])
        optional = units or name == "population"
        wrong = ~(value.abs() <= largest) & (table[name].notna() | (not optional))
        refuse(label, f"{name} must be {must}", "rows have none", wrong, table[name])
        cities[name] = value.astype("float64")
    for name in ("code", "name", "country", "region", "alternates"):
        cities[name] = _text(label, table, name)
    cities["country"] = cities["country"].str.upper()
    for name in ("name", "country"):
        blank = is_blank(cities[name])
        refuse(label, f"{name} must not be empty", "rows have none", blank, cities["geonameid"])
    for name in ("geonameid", "code") if units else ("geonameid",):
        twice = cities[name].duplicated()
        refuse(label, f"{name} must be unique", "stand there again", twice, cities[name])
    return cities


def _names(label: str, table: pd.DataFrame, cities: pd.DataFrame) -> pd.DataFrame:
    column = "alt" if "alt" in table else "name"
    if column not in table:
        raise InputError(
            f"{label} must have latitude and longitude, or alternate names (alt); it has "
            f"{', '.join(table.columns)}."
        )
    key = "code" if bool(table["geonameid"].lt(0).all()) else "geonameid"
    known = pd.Series(cities.index, pd.Index(cities[key]))
    known = known[known.index.notna() & ~known.index.duplicated()]
    if "language" in table:
        table = table[~table["language"].isin(NO_NAMES)]
    parts = table["part"].isin([True, 1, "1", "True", "true"]) if "part" in table else False
    rows = known.reindex(table[key]).fillna(-1).astype(int).array
    names = pd.DataFrame({"row": rows, "name": _text(label, table, column), "part": parts})
    belongs = names["row"] >= 0
    if not belongs.any():
        raise InputError(f"{label}: no name belongs to a city of the gazetteer, by its {key}.")
    return names[belongs & ~is_blank(names["name"])]


def _text(label: str, table: pd.DataFrame, name: str) -> pd.Series:
    column = table[name]
    if any(isinstance(value, list) for value in column):
        joined = [",".join(map(str, x)) if isinstance(x, list) else x for x in column]
        column = pd.Series(joined, column.index)
    text, bad, _ = as_text(column)
    refuse(label, f"{name} must be text", "rows have something else", bad, column)
    return text


def _read(path: Path) -> pd.DataFrame:
    """A file as text; an empty field is missing, but "NA" is Namibia."""
    text = read_text(path)
    first = text.partition("\n")[0]
    mark = max("\t;,", key=first.count)
    check_made(path, TEXT_CELL * text.count(mark))
    header = None
    bare = first.split("\t")[0].isdigit()
    if bare:
        header = CITY_FILE if first.count("\t") == len(CITY_FILE) - 1 else NAME_FILE
    try:
        return pd.read_csv(
            io.StringIO(text),
            sep=mark,
            names=header,
            dtype="str",
            keep_default_na=False,
            na_values=[""],
            quoting=3 if bare else 0,
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError, ValueError) as error:
        raise InputError(f"{path.name} cannot be read as a table: {error}.") from None
