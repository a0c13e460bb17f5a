"""What the page knows of a network and its enclaves, as plain numbers and texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

import numpy as np
import pandas as pd

from netinnov import centrality
from netinnov._network.columns import as_text, display_names
from netinnov._typing import Direction
from netinnov.centrality._counts import total_strength
from netinnov.connectivity import Frictions
from netinnov.datasets._coast import land_in
from netinnov.errors import InputError
from netinnov.linkages._enclaves import UNKNOWN, Ranking, parks_or_all
from netinnov.network import MultilayerNetwork
from netinnov.scenarios._pair_draws import least_weight, linked_pairs

LIVE = 300  # places up to which the page computes measures itself, and so needs every link
MOST_PAIRS = 60_000  # linked pairs in the page of a larger network
MANY = {"harmonic": 10_000}  # places above which a measure is too slow
FINEST = 700  # points of the coast across the page's map, at most
MOST_PARKS = 500  # sites that the page lists, and partners of each
PARTNERS = 12
# Node columns that the page shows of a site.
SAID = ("name_zh", "type", "opened", "announced", "confidence", "as_of", "source_url", "note")


def tries_enclaves(network: MultilayerNetwork) -> bool:
    """Whether the page of a network of places measures what an enclave changes."""
    return network.n_nodes <= LIVE and bool(network.layers)


def rounded(values: Iterable[float], digits: int = 6) -> list[float | None]:
    return [float(f"{value:.{digits}g}") if np.isfinite(value) else None for value in values]


def places_of(places: pd.DataFrame, n: int) -> dict[str, Any]:
    return {
        "id": places.index.tolist(),
        "name": places["name"].tolist(),
        "name_zh": places["name_zh"].tolist(),
        "lon": [value if np.isfinite(value) else None for value in places["lon"]],
        "lat": [value if np.isfinite(value) else None for value in places["lat"]],
        "population": rounded(places["population"], 12),
        "parent": places["parent"].tolist(),
        "jurisdiction": places["jurisdiction"].tolist()[:n],
    }


def distances_of(network: MultilayerNetwork, places: pd.DataFrame) -> dict[str, Any] | None:
    """The network's own distances between the places of the page, row by row."""
    held = network.storage.place_table.distances
    if held is None or not tries_enclaves(network):
        return None
    at = network.storage.place_names.get_indexer(places.index)
    between = held.directed[np.ix_(at, at)].ravel()
    return {"unit": held.unit, "between": rounded(between, 12)}


def layers_of(network: MultilayerNetwork) -> tuple[list[dict[str, Any]], int]:
    every = [linked_pairs(network, name) for name in network.layers]
    weight = np.concatenate([np.empty(0), *(pairs.weight for pairs in every)])
    kept = np.ones(weight.size, bool)
    if network.n_nodes > LIVE and weight.size > MOST_PAIRS:
        kept[np.argsort(-weight, kind="stable")[MOST_PAIRS:]] = False
    *masks, _ = np.split(kept, np.cumsum([pairs.weight.size for pairs in every]))
    layers = []
    for name, some, mask in zip(network.layers, every, masks, strict=True):
        pairs = some.at(mask)
        record = network.storage.records[name]._asdict()
        layer = {"name": name} | {key: value for key, value in record.items() if value is not None}
        layer["source"] = pairs.source.tolist()
        layer["target"] = pairs.target.tolist()
        if some.weight.size:
            layer["least"] = least_weight(network, name, some)
        whole = ((w, w.is_integer() and abs(w) < 2**53) for w in pairs.weight.tolist())
        layers.append(layer | {"weight": [int(w) if short else w for w, short in whole]})
    return layers, int((~kept).sum())


def settings_of(distance: str, frictions: Frictions) -> dict[str, str]:
    settings = {
        "distance": distance,
        "border": frictions.border,
        "distance_weight": frictions.distance,
        "per": frictions.per,
    }
    return {name: str(value) for name, value in settings.items()}


def centralities(
    network: MultilayerNetwork, direction: Direction, paths: Mapping[str, Any]
) -> dict[str, list[float | None]]:
    def harmonic(network: MultilayerNetwork) -> pd.Series:
        return centrality.harmonic_centrality(network, **paths)

    def strength(network: MultilayerNetwork) -> pd.Series:
        return pd.Series(total_strength(network, direction), network.storage.node_names)

    def degree(network: MultilayerNetwork) -> pd.Series:
        return centrality.degree(network, direction=direction).sum(axis=1)

    values = {}
    measures = {
        "strength": strength,
        "degree": degree,
        "pagerank": centrality.pagerank,
        "harmonic": harmonic,
        "participation": centrality.participation_coefficient,
    }
    for name, measure in measures.items():
        if network.n_nodes <= MANY.get(name, network.n_nodes):
            with suppress(InputError):
                if (scores := measure(network)).notna().any():
                    values[name] = rounded(scores)
    return values


def land_of(places: pd.DataFrame, n: int) -> dict[str, Any] | None:
    """Land around the places with a node; None if fewer than two are located.

    Outlines are integers in `unit` degrees: a first point, then differences.
    """
    located = places[["lon", "lat"]].iloc[:n].dropna()
    if len(located) < 2 or (located.abs().max() > [360, 89]).any():
        return None
    low = located.min()
    high = located.max()
    margin = max(0.04 * float((high - low).max()), 0.02)
    west, south = (low - margin).tolist()
    east, north = (high + margin).tolist()
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


def enclaves_of(
    network: MultilayerNetwork, places: pd.DataFrame, ranked: Ranking
) -> tuple[pd.DataFrame, int]:
    """Enclaves with home and host among the places, by their positions; the number of all."""
    table = parks_or_all(network, ranked.find(network))
    at = {end: places.index.get_indexer(pd.Index(table[end])) for end in ("home", "host")}
    return table.assign(**at)[(at["home"] >= 0) & (at["host"] >= 0)], len(table)


def parks_of(network: MultilayerNetwork, table: pd.DataFrame) -> list[dict[str, Any]]:
    nodes = network.storage.nodes
    table = table.head(MOST_PARKS)
    names = display_names(nodes)
    about = nodes.filter(SAID).reindex(table["node"])
    texts = {str(column): as_text(about[column])[0] for column in about}
    partners = _partners(network, table["node"], names)
    parks: list[dict[str, Any]] = []
    ends = (table[column].tolist() for column in ("node", "home", "host", "direction"))
    for row, (node, home, host, direction) in enumerate(zip(*ends, strict=True)):
        park: dict[str, Any] = {"name": names.loc[node], "home": home, "host": host}
        park["direction"] = None if direction == UNKNOWN else direction
        park["partners"] = partners.get(node, [])
        said = ((name, text.iloc[row]) for name, text in texts.items())
        park.update((name, text) for name, text in said if isinstance(text, str) and text.strip())
        parks.append(park)
    return parks


def _partners(network: MultilayerNetwork, parks: pd.Series, names: pd.Series) -> dict[str, Any]:
    links = network.links[["layer", "source", "target"]]
    both = pd.concat([links, links.rename(columns={"source": "target", "target": "source"})])
    both = both[both["source"].isin(parks) & (both["source"] != both["target"])].drop_duplicates()
    both = both.assign(name=both["target"].map(names))
    parts = both.groupby("source", sort=False)[["name", "layer"]]
    return {str(park): part.head(PARTNERS).to_numpy().tolist() for park, part in parts}


def arrows_of(
    table: pd.DataFrame, places: pd.DataFrame, n: int, *, located: bool
) -> list[dict[str, int]]:
    """Pairs of home and host that the map can draw: places on it, or that contain such."""
    known = places[["lon", "lat"]].iloc[:n].notna().all(axis=1).to_numpy(bool) | (not located)
    parent = places["parent"].tolist()
    drawn = set[int]()
    for place in np.flatnonzero(known).tolist():
        while place >= 0 and place not in drawn:
            drawn.add(place)
            place = parent[place]
    ends = table.loc[table[["home", "host"]].isin(drawn).all(axis=1), ["home", "host"]]
    pairs = ends.value_counts(sort=False).reset_index(name="count")
    pairs = pairs.sort_values(["count", "home", "host"], ascending=[False, True, True])
    return [{str(name): int(n) for name, n in row.items()} for row in pairs.to_dict("records")]


def suggested_pairs(table: pd.DataFrame, places: pd.DataFrame, n: int) -> list[list[int]]:
    parent = places["parent"].tolist()

    def largest(position: int) -> int:
        around = position
        best = position
        while around >= 0:
            best = around if around < n else best
            around = parent[around]
        return best

    ends = (map(largest, table[end].tolist()) for end in ("home", "host"))
    counts = Counter((home, host) for home, host in zip(*ends, strict=True) if home != host)
    suggested: dict[int, list[int]] = {}
    for (home, host), _ in counts.most_common():
        suggested.setdefault(home, [home, host])
    return list(suggested.values())
