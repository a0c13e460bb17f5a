"""Distances between the places of a network: those of its own table, or great circles in km."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from netinnov._network.distances import OR_LEAVE_OUT, great_circle, refuse_pairs
from netinnov._network.storage import Storage
from netinnov._runtime.arguments import examples
from netinnov._typing import Codes, Floats
from netinnov.errors import InputError


def between(
    storage: Storage,
    origin: npt.ArrayLike,
    destination: npt.ArrayLike,
    *,
    directed: npt.ArrayLike = False,
) -> Floats:
    """Distances between places by code; NaN where unknown, and of no place (code -1)."""
    a = np.asarray(origin)
    b = np.asarray(destination)
    table = storage.place_table.distances
    if table is None:
        lon, lat = storage.place_table.points
        lengths = great_circle(lon[a], lat[a], lon[b], lat[b])
        return np.where((a == b) & (a >= 0), 0.0, lengths)
    lengths = np.where(directed, table.directed[a, b], table.mean[a, b])
    return np.where((a < 0) | (b < 0), np.nan, lengths)


def needed(
    storage: Storage, origin: Codes, destination: Codes, why: str, directed: bool = False
) -> Floats:
    """Distances between places by code, none unknown: else an InputError that says `why`."""
    lengths = between(storage, origin, destination, directed=directed)
    unknown = np.isnan(lengths)
    if not unknown.any():
        return lengths
    a, b = (each[unknown] for each in np.broadcast_arrays(origin, destination))
    if storage.place_table.distances is None or (np.minimum(a, b) < 0).any():
        ends = np.unique(np.append(a, b))
        lon, lat = storage.place_table.points
        bare = ends[(ends < 0) | np.isnan(lon[ends] + lat[ends])]
        listed = examples(storage.place_names.take(bare[bare >= 0])) or "a node without a place"
        raise InputError(
            f"{why} needs `lon` and `lat` of places; {bare.size} have none, e.g. {listed}. "
            f"Complete the table of places{OR_LEAVE_OUT}"
        )
    refuse_pairs(a, b, storage.place_names, why, directed=directed)
    return lengths
