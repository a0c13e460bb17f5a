"""Tables and files of a gazetteer: GeoNames, with or without a header, or units by their code."""

from __future__ import annotations

import io
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from netinnov._network.columns import as_floats, as_numbers, as_text, is_blank
from netinnov._runtime.arguments import did_you_mean, examples, shown
from netinnov._runtime.opening import read_text
from netinnov._typing import Mask
from netinnov.errors import InputError
from netinnov.geocoding._gazetteer import Gazetteer

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
NO_NAMES = ("post", "link", "wkdt", "iata", "icao", "faac", "unlc")


def read_gazetteer(gazetteer: object, country: str | None = None) -> Gazetteer:
    kinds = (pd.DataFrame, str, PathLike)
    sources: Any = [gazetteer] if isinstance(gazetteer, kinds) else gazetteer
    listed = isinstance(sources, Sequence) and all(isinstance(each, kinds) for each in sources)
    if not (listed and sources):
        msg = "`gazetteer` must be a DataFrame, a path, or a sequence of these; found "
        raise InputError(f"{msg}{shown(gazetteer)}.")
    tables = [_table(number, source) for number, source in enumerate(sources, start=1)]
    parts = [_cities(label, table, country) for label, table in tables if _has_cities(table)]
    if not parts:
        msg = "`gazetteer` must have a table of cities, with the columns geonameid, name, latitude,"
        msg += " longitude and countrycode, or of units with code and name; found only tables of"
        raise InputError(f"{msg} names.")
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
        label, table = f"table {number} of the gazetteer", source
    else:
        label, table = Path(source).name, _read(Path(source))
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
    if units:
        if "country" not in table and not country:
            msg = f"{label} must have a column countrycode, or `country` must say which it is of."
            raise InputError(msg)
        defaults = {"lat": float("nan"), "lon": float("nan"), "country": country}
        table = table.assign(**{name: x for name, x in defaults.items() if name not in table})
    if lacking := [name for name in ("name", "lat", "lon", "country") if name not in table]:
        names = ", ".join(COLUMNS[name][-1] for name in lacking)
        raise InputError(f"{label} has coordinates but lacks the columns {names}.")
    cities = table[["geonameid"]].copy()
    for name, must, largest in (
        ("lat", "a number of degrees up to 90", 90.0),
        ("lon", "a number of degrees up to 180", 180.0),
        ("population", "a number", float("inf")),
    ):
        values = table[name] if name in table else pd.Series(float("nan"), table.index)
        value = as_floats(values)
        optional = units or name == "population"
        wrong = ~(value.abs() <= largest) & (values.notna() | (not optional))
        refuse(label, f"{name} must be {must}", "rows have none", wrong, values)
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
    return cities if units else cities.assign(code=pd.Series(pd.NA, cities.index, dtype="str"))


def _names(label: str, table: pd.DataFrame, cities: pd.DataFrame) -> pd.DataFrame:
    column = "alt" if "alt" in table else "name"
    if column not in table:
        msg = f"{label} must have latitude and longitude, or alternate names (alt); it has "
        raise InputError(f"{msg}{', '.join(table.columns)}.")
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
    if name not in table:
        return pd.Series(pd.NA, table.index, dtype="str")
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
    header, bare = None, first.split("\t")[0].isdigit()
    if bare:
        header = CITY_FILE if first.count("\t") == len(CITY_FILE) - 1 else NAME_FILE
    try:
        return pd.read_csv(
            io.StringIO(text),
            sep=max("\t;,", key=first.count),
            names=header,
            dtype="str",
            keep_default_na=False,
            na_values=[""],
            quoting=3 if bare else 0,
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError, ValueError) as error:
        raise InputError(f"{path.name} cannot be read as a table: {error}.") from None
