"""What the page knows of a network, as plain numbers and texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import numpy as np
import pandas as pd

from netinnov import centrality
from netinnov.datasets._coast import land_in
from netinnov.errors import InputError
from netinnov.explorer._place_network import Gazetteer
from netinnov.network import MultilayerNetwork
from netinnov.scenarios._pair_draws import least_weight, linked_pairs

MEASURES: dict[str, Callable[[MultilayerNetwork], pd.Series]] = {
    "strength": centrality.overlapping_strength,
    "degree": centrality.overlapping_degree,
    "pagerank": centrality.pagerank,
    "harmonic": centrality.harmonic_centrality,
    "participation": centrality.participation_coefficient,
}

LIVE = 300  # places up to which the page computes measures itself, and so needs every link
MOST_PAIRS = 60_000  # linked pairs in the page of a larger network
MANY = {"harmonic": 10_000}  # places above which a measure is too slow
FINEST = 700  # points of the coast across the page's map, at most


def tries_enclaves(network: MultilayerNetwork) -> bool:
    """Whether the page of a network of places measures what an enclave changes."""
    return network.n_nodes <= LIVE and bool(network.layers)


def rounded(values: Iterable[float], digits: int = 6) -> list[float | None]:
    return [float(f"{value:.{digits}g}") if np.isfinite(value) else None for value in values]


def places_of(places: Gazetteer) -> dict[str, Any]:
    return {
        "id": places.ids,
        "name": places.names,
        "name_zh": places.chinese,
        "lon": [value if np.isfinite(value) else None for value in places.lon.tolist()],
        "lat": [value if np.isfinite(value) else None for value in places.lat.tolist()],
        "population": rounded(places.population, 12),
        "parent": places.parent.tolist(),
        "jurisdiction": places.jurisdiction.tolist(),
    }


def distances_of(network: MultilayerNetwork, places: Gazetteer) -> dict[str, Any] | None:
    """The network's own distances between the places of the page, row by row."""
    held = network.storage.place_table.distances
    if held is None or not tries_enclaves(network):
        return None
    at = network.storage.place_names.get_indexer(pd.Index(places.ids, dtype="str"))
    between = held.directed[np.ix_(at, at)].ravel()
    return {"unit": held.unit, "between": rounded(between, 12)}


def layers_of(network: MultilayerNetwork) -> tuple[list[dict[str, Any]], int]:
    every = [linked_pairs(network, name) for name in network.layers]
    weight = np.concatenate([pairs.weight for pairs in every]) if every else np.empty(0)
    kept = np.ones(weight.size, bool)
    if network.n_nodes > LIVE and weight.size > MOST_PAIRS:
        kept[np.argsort(-weight, kind="stable")[MOST_PAIRS:]] = False
    ends = np.cumsum([pairs.weight.size for pairs in every])[:-1]
    layers = []
    for name, some, mask in zip(network.layers, every, np.split(kept, ends), strict=True):
        pairs = some.at(mask)
        record = network.storage.records[name]._asdict()
        layer = {"name": name} | {key: value for key, value in record.items() if value is not None}
        layer |= {"source": pairs.source.tolist(), "target": pairs.target.tolist()}
        if some.weight.size:
            layer["least"] = least_weight(network, name, some)
        whole = ((w, w.is_integer() and abs(w) < 2**53) for w in pairs.weight.tolist())
        layers.append(layer | {"weight": [int(w) if short else w for w, short in whole]})
    return layers, int((~kept).sum())


def centralities(network: MultilayerNetwork) -> dict[str, list[float | None]]:
    values = {}
    for name, measure in MEASURES.items():
        if network.n_nodes <= MANY.get(name, network.n_nodes):
            with suppress(InputError):
                if (scores := measure(network)).notna().any():
                    values[name] = rounded(scores)
    return values


def land_of(places: Gazetteer, n: int) -> dict[str, Any] | None:
    """Land around the places with a node; None if fewer than two are located.

    Outlines are integers in `unit` degrees: a first point, then differences.
    """
    known = np.isfinite(places.lon[:n]) & np.isfinite(places.lat[:n])
    if known.sum() < 2:
        return None
    lon, lat = places.lon[:n][known], places.lat[:n][known]
    if np.abs(lon).max() > 360 or np.abs(lat).max() > 89:
        return None
    margin = max(0.04 * float(max(np.ptp(lon), np.ptp(lat))), 0.02)
    west, south = float(lon.min()) - margin, float(lat.min()) - margin
    east, north = float(lon.max()) + margin, float(lat.max()) + margin
    more = max(east - west, north - south)  # beyond the places, so that the map can be moved
    unit = float(10.0 ** np.floor(np.log10(more / FINEST)))
    wide = (west - more, east + more, max(south - more, -85.0), min(north + more, 85.0))
    outlines = []
    for outline in land_in(wide, finest=FINEST):
        points = np.rint(outline / unit).astype(np.int64)
        width, height = np.ptp(points, axis=0).tolist()
        # Too small to see, or an island across the date line, drawn as a line around the world.
        if max(width, height) >= 4 and not width > 200 * height:
            steps = np.diff(points, axis=0, prepend=np.zeros((1, 2), np.int64))
            outlines.append(steps.ravel().tolist())
    return {"unit": unit, "outlines": outlines, "frame": [west, east, south, north]}
