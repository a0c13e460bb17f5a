"""Tables of distances between places, and great circles in km."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._network.columns import as_numbers, as_text
from netinnov._network.file_rows import file_headers
from netinnov._network.headers import needed_columns
from netinnov._network.rows import locked
from netinnov._network.synonyms import UNITS, key_of
from netinnov._runtime.arguments import check_type, did_you_mean, examples, shown
from netinnov._typing import Floats
from netinnov.errors import InputError

RADIUS = 6371.0088  # mean radius of the Earth in km (IUGG): a degree of a meridian is 111.195 km
LONG = ["origin", "destination", "distance"]
OR_LEAVE_OUT = ", or leave these places out (a network: select(places=...))."


def great_circle(
    lon1: npt.ArrayLike, lat1: npt.ArrayLike, lon2: npt.ArrayLike, lat2: npt.ArrayLike
) -> Floats:
    """Kilometres between points in degrees, along the shortest way on a sphere; NaN of NaN.

    The haversine formula keeps its digits at short distances, where the law of cosines loses them.
    Rounding can lift its argument above 1 at opposite points, so it is cut there.

    >>> round(float(great_circle(0, 0, 0, 90)), 3)
    10007.557
    """
    x1, y1, x2, y2 = (np.radians(np.asarray(x, np.float64)) for x in (lon1, lat1, lon2, lat2))
    haversine = np.sin((y2 - y1) / 2) ** 2 + np.cos(y1) * np.cos(y2) * np.sin((x2 - x1) / 2) ** 2
    return np.asarray(2 * RADIUS * np.arcsin(np.sqrt(np.minimum(haversine, 1.0))))


class DistanceTable(NamedTuple):
    """Square arrays in the order of the table of places; NaN: unknown; 0 on the diagonal."""

    directed: Floats  # from origin (row) to destination
    mean: Floats  # of both directions; of one, where only one is known
    unit: str


@dataclass(frozen=True, eq=False)  # without slots, so that what is computed once is kept
class PlaceTable:
    """The places of a network, and their distances if great circles are not meant."""

    frame: pd.DataFrame
    distances: DistanceTable | None = None
    # What was warned of: once, and not for each draw of an experiment
    told: list[str] = field(default_factory=list)

    def __reduce__(self) -> tuple[Any, ...]:
        return PlaceTable, (self.frame, self.distances, self.told)

    @cached_property
    def points(self) -> tuple[Floats, Floats]:
        """Longitudes and latitudes, NaN where missing; the last is of code -1."""
        columns = (self.frame[name] for name in ("lon", "lat"))
        lon, lat = (each.to_numpy(np.float64, na_value=np.nan) for each in columns)
        return locked(np.append(lon, np.nan)), locked(np.append(lat, np.nan))

    def with_distances(self, table: object, unit: object) -> PlaceTable:
        if table is not None:
            if not isinstance(unit, str) or not unit.strip():
                raise InputError(
                    f'`distance_unit` must be a text such as "min"; found {shown(unit)}.'
                )
            return PlaceTable(self.frame, distance_table(table, unit, self.frame.index))
        if unit != "km":
            raise InputError(f"a unit ({shown(unit)}) is that of `distances`; there are none.")
        return PlaceTable(self.frame)

    def long_distances(self) -> pd.DataFrame | None:
        if self.distances is None:
            return None
        lengths = self.distances.directed
        names = self.frame.index
        origin, destination = np.nonzero(np.isfinite(lengths) & ~np.eye(len(names), dtype=bool))
        columns = names.take(origin), names.take(destination), lengths[origin, destination]
        return pd.DataFrame(dict(zip(LONG, columns, strict=True)))


def as_long(table: Any, name: str) -> pd.DataFrame | None:
    """Rows of pairs of places; None of a square table."""
    check_type(name, table, pd.DataFrame)
    if not {*as_text(table.index.to_series())[0]}.isdisjoint(map(str, table.columns)):
        return None
    square = " (or source, target and km, or the like), or a row and a column a place"
    long = needed_columns(f"`{name}`", "distances", table, LONG, square)
    if long.empty:
        raise InputError(f"`{name}` must have rows; found an empty table.")
    return long


def distance_table(
    table: object, unit: str, names: pd.Index[str], name: str = "distances"
) -> DistanceTable:
    frame: Any = table
    long = as_long(frame, name)
    if long is not None:
        header = file_headers(long).get("distance", "")
        said = UNITS.get(key_of(header))
        if said and unit and said != UNITS.get(key_of(unit), unit):
            raise InputError(f"`{name}`: its column {header!r} says {said!r}; found unit={unit!r}.")
        origin, destination = (_codes(long[end], names) for end in LONG[:2])
        values = long["distance"]
    else:
        rows = _codes(frame.index, names)
        columns = _codes(frame.columns, names)
        origin = np.repeat(rows, columns.size)
        destination = np.tile(columns, rows.size)
        values = pd.Series(frame.to_numpy().ravel())
    pair = origin * len(names) + destination
    if (twice := (np.bincount(pair)[pair] > 1) & (origin != destination)).any():
        ends = np.unique(np.column_stack([origin, destination])[twice], axis=0)
        listed = examples(_pairs(ends, names), str)
        raise InputError(f"`{name}` has a pair of places more than once: {listed}.")
    number, wrong = as_numbers(values)
    if wrong.any():
        listed = examples(values[wrong].tolist())
        raise InputError(f"distances must be numbers, or empty where unknown; found {listed}.")
    square = np.full((len(names),) * 2, np.nan)
    square[origin, destination] = number
    np.fill_diagonal(square, 0.0)
    bad = np.isinf(square) | (square < 0)
    if bad.any():
        listed = examples(_pairs(np.argwhere(bad), names), str)
        raise InputError(
            f"`{name}` must be finite and at least 0, or missing; {bad.sum():,} are not: {listed}."
        )
    back = square.T
    mean = np.where(np.isnan(square), back, np.where(np.isnan(back), square, (square + back) / 2))
    return DistanceTable(locked(square), locked(mean), unit.strip())


def known_distances(table: object, names: pd.Index[str], why: str) -> Floats:
    """A user's table as a square array, mean of both directions; a missing one is refused."""
    square = distance_table(table, "", names).mean
    origin, destination = np.nonzero(np.isnan(square))
    if origin.size:
        refuse_pairs(origin, destination, names, why)
    return square


def refuse_pairs(a: Any, b: Any, names: pd.Index[str], why: str, *, directed: bool = False) -> None:
    ends = [a, b] if directed else [np.minimum(a, b), np.maximum(a, b)]
    pairs = np.unique(np.column_stack(ends), axis=0)
    raise InputError(
        f"{why} needs distances of pairs of places; {len(pairs):,} are unknown: "
        f"{examples(_pairs(pairs, names), str)}. Complete the table of distances" + OR_LEAVE_OUT
    )


def _pairs(codes: npt.NDArray[np.integer], names: pd.Index[str]) -> list[str]:
    return [f"{names[a]} - {names[b]}" for a, b in codes]


def _codes(ids: Any, names: pd.Index[str]) -> npt.NDArray[np.integer]:
    text, _, _ = as_text(pd.Series(ids).reset_index(drop=True))
    codes = names.get_indexer(pd.Index(text))
    if (codes < 0).any():
        lost = pd.unique(text[codes < 0])
        hint = did_you_mean(lost[0], list(names)) if len(names) else ""
        raise InputError(
            f"`distances` names {len(lost):,} places that are not in the table of places: "
            f"{examples(lost)}{hint}."
        )
    return codes
