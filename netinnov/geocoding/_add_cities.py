"""Cities as parents of the places that they are made of, in a table of places."""

from __future__ import annotations

import pandas as pd

from netinnov._network.columns import as_text
from netinnov._runtime.arguments import check_type, examples
from netinnov.errors import InputError
from netinnov.geocoding._gazetteer_tables import GazetteerSource, read_gazetteer
from netinnov.geocoding._geocode import city_ids


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
        msg = "`geocoded` must be what geocode(places, ...) gives for these places, row by row; "
        raise InputError(f"{msg}it has {len(geocoded)} rows, and `places` has {len(places)}.")
    if (twice := places.index[places.index.duplicated()]).size:
        shown = examples(twice)
        raise InputError(f"the index of `places` must have each id once; twice are {shown}.")
    old = places["parent"] if "parent" in places else pd.Series(pd.NA, places.index, dtype="str")
    if isinstance(old.dtype, (pd.ArrowDtype, pd.CategoricalDtype)):
        old = as_text(old)[0]
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
        msg = f"`places` must not have the ids of cities yet; it has {examples(taken)}; "
        raise InputError(f"{msg}give it as it was before.")
    added = cities.reindex(new)
    for column in places.columns.intersection(["name", "country"]):
        attribute = places[column].groupby(city).first().reindex(new)
        added[column] = added[column].where(added[column].notna() & (column == "name"), attribute)
    added["parent"] = old.groupby(city).first().reindex(new)
    result = places.assign(parent=city.where(city.notna(), old))
    if "name" not in result:
        result["name"] = pd.Series(pd.NA, places.index, dtype="str")
    for column in ("lon", "lat", "population"):
        own = places[column] if column in places else pd.Series(float("nan"), places.index)
        known = geocoded[column].mask((geocoded["method"] == "part") & (column == "population"))
        result[column] = own.where(own.notna(), known)
    whole = pd.concat([result, added.reindex(columns=result.columns)])
    whole.index.name = places.index.name
    return whole
