"""What readers share: their result, options, places and warnings."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

import numpy as np
import pandas as pd

from netinnov._runtime.arguments import examples
from netinnov.errors import InputError, shortened
from netinnov.linkages._from_records import Weighting


class Tables(NamedTuple):
    """Tables of a network, in the order of the arguments of `build_network`.

    Attributes
    ----------
    nodes : DataFrame
        Index ``node``; columns ``kind``, ``place`` and attributes.
    links : DataFrame
        Columns ``layer, source, target, weight``, perhaps ``period``, and attributes.
    places : DataFrame or None
        Index ``place``; columns ``lon, lat, population, parent`` and attributes.
    directed : tuple of str
        The layers whose links have a direction.
    layers : DataFrame or None
        Index ``layer``; the columns of `MultilayerNetwork.layer_table` that are known.
    distances : DataFrame or None
        Columns ``origin, destination, distance``.
    distance_unit : str
        Of the distances.
    """

    nodes: pd.DataFrame
    links: pd.DataFrame
    places: pd.DataFrame | None = None
    directed: tuple[str, ...] = ()
    layers: pd.DataFrame | None = None
    distances: pd.DataFrame | None = None
    distance_unit: str = "km"


class ReadingNote(UserWarning):
    """What a reader took for granted, such as an encoding that it found: no fault of the data."""


def check_events(name: str, events: str, weighting: Weighting) -> None:
    if events == "nodes" and weighting != "count":
        raise InputError(
            f"`weighting` is for pairs; leave it out with {name}='nodes' (found {weighting!r})."
        )


def most_frequent(values: pd.Series, by: pd.Series) -> pd.Series:
    """Most frequent value of each group that is not missing; the first of ties."""
    counts = values.groupby([by.rename("group"), values.rename("value")], sort=False).size()
    first = counts.sort_values(ascending=False, kind="stable").reset_index()
    return first.drop_duplicates("group").set_index("group")["value"]


def places_of_cities(rows: pd.DataFrame, countries: pd.Series) -> pd.DataFrame:
    """Cities at the median of their rows (place, city, country, lon, lat), and the countries."""
    points = rows.groupby("place", sort=False)[["lon", "lat"]].median()
    first = rows.dropna(subset="place").drop_duplicates("place").set_index("place")
    places = points.assign(population=np.nan, parent=first["country"], name=first["city"])
    return with_countries(places.assign(country=first["country"]), countries)


def with_countries(places: pd.DataFrame, countries: pd.Series) -> pd.DataFrame:
    codes = pd.Index(countries.dropna().unique(), dtype="str")
    if (both := places.index.intersection(codes)).size:
        raise InputError(
            f"a place must not be called as a country is; {examples(both, str)} is both: get "
            "the files again, or mend the id or the country of that place."
        )
    above = pd.DataFrame({"name": codes, "country": codes, "level": "country"}, codes)
    places = places if "level" in places else places.assign(level="city")
    text = {name: "str" for name in places if name not in ("lon", "lat", "population")}
    return pd.concat([places, above]).rename_axis("place").astype(text)


def warn_of(faults: Sequence[str]) -> None:
    """One warning of all faults, at the line that called the reader."""
    if faults:
        message = "\n- ".join(["some rows or values could not be used as they are:", *faults])
        warnings.warn(shortened(message), UserWarning, stacklevel=4)


def say(notes: Sequence[str], *, stacklevel: int = 4) -> None:
    """One warning of what was found, at the line that called the reader."""
    if notes:
        warnings.warn(shortened("\n".join(notes)), ReadingNote, stacklevel=stacklevel)


class Unread(str):
    """A sheet that no table is read from, in place of a note."""


_NOTED: ContextVar[list[str] | None] = ContextVar("noted", default=None)


def say_unlisted(name: str, ends: Iterable[str], listed: Collection[str]) -> None:
    """Nodes that only links name are kept, if others are listed."""
    unlisted = [end for end in dict.fromkeys(ends) if end not in listed] if listed else []
    if unlisted:
        say([f"{name}: nodes that links alone name: {len(unlisted):,} ({examples(unlisted)})."])


def note(texts: Sequence[str]) -> None:
    if (noted := _NOTED.get()) is not None:
        noted += texts


@contextmanager
def noted() -> Iterator[list[str]]:
    texts: list[str] = []
    token = _NOTED.set(texts)
    try:
        yield texts
    finally:
        _NOTED.reset(token)
