"""What the page knows of a network, as plain numbers and texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import numpy as np
import pandas as pd

from netinnov._coast import land_in
from netinnov.centrality import (
    betweenness_centrality,
    harmonic_centrality,
    overlapping_degree,
    overlapping_strength,
    pagerank,
    participation_coefficient,
)
from netinnov.errors import InputError
from netinnov.explorer._place_network import Gazetteer
from netinnov.network import MultilayerNetwork
from netinnov.scenarios._pair_draws import least_weight, linked_pairs

Frame = tuple[float, float, float, float]

MEASURES: dict[str, Callable[[MultilayerNetwork], pd.Series]] = {
    "strength": overlapping_strength,
    "degree": overlapping_degree,
    "pagerank": pagerank,
    "harmonic": harmonic_centrality,
    "betweenness": betweenness_centrality,
    "participation": participation_coefficient,
}
"""Measures by which places can be sized and sorted; the texts of the page name them."""

LIVE = 300
"""Places up to which the page measures by itself, and so needs every link."""

MOST_PAIRS = 60_000
"""Linked pairs in the page of a larger network."""

MANY = {"betweenness": 1_000, "harmonic": 10_000}
"""Places above which a measure is left out: a search from each takes long."""

FINEST = 700
"""Points of the coast across the page's map, at most."""

BEYOND = 1.0
"""How far land reaches beyond the places, so that the map can be moved."""


def tries_enclaves(network: MultilayerNetwork) -> bool:
    """Whether the page of a network of places measures what an enclave changes."""
    return network.n_nodes <= LIVE and bool(network.layers)


def rounded(values: Iterable[float], digits: int = 6) -> list[float | None]:
    """Numbers rounded to some significant digits; None in place of NaN and infinity."""
    return [float(f"{value:.{digits}g}") if np.isfinite(value) else None for value in values]


def places_of(places: Gazetteer) -> dict[str, Any]:
    """Names, coordinates and who lies inside whom."""
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


def layers_of(network: MultilayerNetwork) -> tuple[list[dict[str, Any]], int]:
    """The record of each layer and its pairs, periods summed, without self-links.

    Of a large network only the strongest pairs are listed, the second result counts the others.
    """
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
        layers.append(layer | {"weight": [_short(weight) for weight in pairs.weight.tolist()]})
    return layers, int((~kept).sum())


def _short(weight: float) -> float | int:
    """A whole number without its decimal point."""
    return int(weight) if weight.is_integer() and abs(weight) < 2**53 else weight


def centralities(network: MultilayerNetwork) -> dict[str, list[float | None]]:
    """The centralities that a network has: sums of shares, for one, have no strength."""
    values = {}
    for name, measure in MEASURES.items():
        if network.n_nodes <= MANY.get(name, network.n_nodes):
            with suppress(InputError):
                if (scores := measure(network)).notna().any():
                    values[name] = rounded(scores)
    return values


def frame_of(places: Gazetteer, n: int) -> Frame | None:
    """West, east, south and north of the places with a node; None if fewer than two are located."""
    known = np.isfinite(places.lon[:n]) & np.isfinite(places.lat[:n])
    if known.sum() < 2:
        return None
    lon, lat = places.lon[:n][known], places.lat[:n][known]
    if not (np.abs(lon) <= 360).all() or not (np.abs(lat) <= 89).all():
        return None
    margin = max(0.04 * float(max(np.ptp(lon), np.ptp(lat))), 0.02)
    (west, east), (south, north) = ((float(x.min()), float(x.max())) for x in (lon, lat))
    return west - margin, east + margin, south - margin, north + margin


def land_of(frame: Frame) -> list[list[int]]:
    """Outlines of land in hundredths of a degree or finer: a first point, then steps."""
    west, east, south, north = frame
    more = BEYOND * max(east - west, north - south)
    wide = (west - more, east + more, max(south - more, -85.0), min(north + more, 85.0))
    unit = land_unit(frame)
    outlines = []
    for outline in land_in(wide, finest=FINEST):
        points = np.rint(outline / unit).astype(np.int64)
        wide, high = np.ptp(points, axis=0).tolist()
        # Too small to see, or an island across the date line, drawn as a line around the world.
        if max(wide, high) >= 4 and not wide > 200 * high:
            steps = np.diff(points, axis=0, prepend=np.zeros((1, 2), np.int64))
            outlines.append(steps.ravel().tolist())
    return outlines


def land_unit(frame: Frame) -> float:
    """Degrees of a step of the coast, a power of ten."""
    west, east, south, north = frame
    return float(10.0 ** np.floor(np.log10(max(east - west, north - south) / FINEST)))
