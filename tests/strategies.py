"""Random multilayer networks as tables, and the same networks as plain dense matrices."""

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from netinnov.build import build_network

__all__ = [
    "ODD_NAMES", "Tables", "bare", "counted", "dense", "great_circle", "hop_lengths", "networks",
    "supra_matrix", "weights",
]  # fmt: skip

# Names that break careless code: quotes, line ends, markup, formulas, missing-value words, numbers,
# other scripts, two spellings of one accent.
ODD_NAMES = (
    "a", "b", "c", "d", "e", "f", "Quzhou", "衢州", "杭州 未来科技城", "🚀", "👩‍🔬", 'say "hi"',
    "it's", "two\nlines", "tab\tin", "=1+1", "<b>", "<script>alert(1)</script>", "&amp;", "a,b;c",
    "NA", "nan", "None", "null", "7", "07", "7.0", "-1", "é", "e\u0301", "İ", "\\", "%s", "{x}",
)  # fmt: skip

PLACE_NAMES = tuple(name for name in ODD_NAMES if name not in ("nan", "None", "null"))

KINDS = ("talent", "firm", "park", "institute")

EARTH_RADIUS = 6371.0088


class Tables(NamedTuple):
    """What ``build_network(*tables)`` takes."""

    nodes: pd.DataFrame
    links: pd.DataFrame
    places: pd.DataFrame | None
    directed: tuple[str, ...]


# Multiples of a quarter: their sums, halves and doubles are exact in floating point.
weights = st.integers(1, 40).map(lambda quarters: quarters / 4)


@cache
def _names(
    least: int, most: int, names: tuple[str, ...] = ODD_NAMES
) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(names), min_size=least, max_size=most, unique=True)


@cache
def _choices(number: int) -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(0, 59), min_size=number, max_size=number)


@cache
def _rows(least: int) -> st.SearchStrategy[list[tuple[Any, ...]]]:
    """Numbers of a layer and two ends, a weight and a period."""
    number, period = st.integers(0, 59), st.sampled_from([None, 2019, 2020])
    row = st.tuples(number, number, number, weights, period)
    return st.lists(row, min_size=least, max_size=25)


_PLACE = st.tuples(st.integers(-90, 90), st.integers(-90, 90), st.integers(1, 50))


@st.composite
def networks(
    draw: st.DrawFn,
    *,
    min_nodes: int = 1,
    max_nodes: int = 12,
    min_layers: int = 1,
    max_layers: int = 4,
    min_links: int = 0,
    directed: bool | None = None,
    periods: bool = True,
    missing: bool = True,
) -> Tables:
    """Tables of a small multilayer network.

    ``directed``: None = mixed, False = no layer, True = every layer. ``missing``: some nodes have
    no kind, place or jurisdiction of their own.
    """
    ids, layers = draw(_names(min_nodes, max_nodes)), draw(_names(min_layers, max_layers))
    places = draw(_names(1, 4, PLACE_NAMES))
    rows = [
        (layers[x % len(layers)], ids[i % len(ids)], ids[j % len(ids)], weight, when)
        for x, i, j, weight, when in draw(_rows(min_links))
    ]
    if directed is None:
        arrows = [layer for layer in layers if draw(st.booleans())]
    else:
        arrows = layers if directed else []

    def column(values: list[Any]) -> list[Any]:
        choices = [*values, None] if missing else values
        return [choices[k % len(choices)] for k in draw(_choices(len(ids)))]

    nodes = pd.DataFrame(
        {
            "node": ids,
            "kind": column([*KINDS]),
            "place": column(places),
            "jurisdiction": column(places),
        },
        dtype="str",
    )
    layer, source, target, weight, period = zip(*rows, strict=True) if rows else ((),) * 5
    links = pd.DataFrame({"layer": layer, "source": source, "target": target}, dtype="str")
    links["weight"] = np.array(weight, dtype=np.float64)
    if periods:
        links["period"] = pd.array(period, dtype="Int64")
    at = np.array([draw(_PLACE) for _ in places])
    frame = pd.DataFrame(
        {
            "place": places,
            "lon": 2.0 * at[:, 0],
            "lat": 1.0 * at[:, 1],
            "population": 1000.0 * at[:, 2],
        }
    )
    present = set(links["layer"])
    return Tables(nodes, links, frame, tuple(layer for layer in arrows if layer in present))


def bare(layers: dict[str, list[tuple[Any, ...]]], nodes: str | list[str], **more: Any) -> Tables:
    """Tables written by hand: ``{layer: [(source, target, weight=1), ...]}``."""
    rows = [
        (layer, *row, *[1.0][len(row) - 2 :]) for layer, links in layers.items() for row in links
    ]
    links = pd.DataFrame(rows, columns=["layer", "source", "target", "weight"])
    directed = tuple(more.pop("directed", ()))
    places = more.pop("places", None)
    return Tables(pd.DataFrame({"node": list(nodes), **more}), links, places, directed)


def counted(layers: dict[str, list[tuple[Any, ...]]], nodes: str | list[str], **more: Any) -> Any:
    """A network of `bare` tables whose weights count trips, so that they can be resampled."""
    units = {layer: {"unit": "trips"} for layer in layers}
    return build_network(*bare(layers, nodes, **more), units)


def dense(tables: Tables) -> dict[str, np.ndarray]:
    """One dense matrix a layer, in node order: parallel rows summed, self-links once."""
    position = {node: i for i, node in enumerate(tables.nodes["node"])}
    n = len(position)
    matrices: dict[str, np.ndarray] = {layer: np.zeros((n, n)) for layer in tables.links["layer"]}
    columns = ("layer", "source", "target", "weight")
    for layer, source, target, weight in zip(*(tables.links[c] for c in columns), strict=True):
        i, j = position[source], position[target]
        matrices[layer][i, j] += weight
        if layer not in tables.directed and i != j:
            matrices[layer][j, i] += weight
    return {layer: matrices[layer] for layer in sorted(matrices)}


def supra_matrix(
    matrices: dict[str, np.ndarray], coupling: float, presence: str
) -> tuple[np.ndarray, list[tuple[int, int]]]:
    """Dense supra-adjacency matrix without self-links, and its states (layer, node)."""
    blocks = [matrix * (1 - np.eye(len(matrix))) for matrix in matrices.values()]
    states = [
        (x, i)
        for x, block in enumerate(blocks)
        for i in range(len(block))
        if presence == "all" or block[i].any() or block[:, i].any()
    ]
    matrix = np.zeros((len(states), len(states)))
    for row, (x, i) in enumerate(states):
        for column, (y, j) in enumerate(states):
            if x == y:
                matrix[row, column] = blocks[x][i, j]
            elif i == j:
                matrix[row, column] = coupling
    return matrix, states


def great_circle(a: Sequence[Any], b: Sequence[Any]) -> Any:
    """Kilometres between (lon, lat) in degrees, or arrays of such, from the angle between units."""

    def unit(lon: Any, lat: Any) -> np.ndarray:
        lon, lat = np.radians(lon), np.radians(lat)
        return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], -1)

    u, v = unit(*a), unit(*b)
    return EARTH_RADIUS * np.arctan2(np.linalg.norm(np.cross(u, v), axis=-1), (u * v).sum(-1))


def hop_lengths(
    tables: Tables,
    *,
    distance: str = "unit",
    switch_cost: float = 0.0,
    frictions: Sequence[float] = (0.0, 0.0, 0.0),
) -> np.ndarray:
    """Least path costs between all nodes: Floyd and Warshall on the state nodes, no cleverness.

    ``frictions``: of a border, of 1,000 km, and of both together.
    """
    border, per_thousand_km, border_by_distance = frictions
    matrices = dense(tables)
    n = len(tables.nodes)
    weight, states = supra_matrix(matrices, 0.0, "linked")
    nodes = tables.nodes
    place = nodes["place"].tolist() if "place" in nodes else [None] * n
    home = nodes["jurisdiction"].tolist() if "jurisdiction" in nodes else place
    home = [p if pd.isna(j) else j for j, p in zip(home, place, strict=True)]
    where = {}
    if tables.places is not None:
        columns = (tables.places[c] for c in ("place", "lon", "lat"))
        where = {p: (lon, lat) for p, lon, lat in zip(*columns, strict=True)}

    def length(i: int, j: int, value: float) -> float:
        crossing = float(home[i] != home[j])
        total = (1.0 if distance == "unit" else 1.0 / value) + border * crossing
        if per_thousand_km or border_by_distance:
            km = great_circle(where[place[i]], where[place[j]])
            total += km / 1000 * (per_thousand_km + border_by_distance * crossing)
        return total

    cost = np.full((len(states), len(states)), np.inf)
    for row, (x, i) in enumerate(states):
        for column, (y, j) in enumerate(states):
            if row == column:
                cost[row, column] = 0.0
            elif i == j:
                cost[row, column] = switch_cost
            elif x == y and weight[row, column] > 0:
                cost[row, column] = length(i, j, weight[row, column])
    for via in range(len(states)):
        cost = np.minimum(cost, cost[:, via, None] + cost[None, via, :])
    best = np.full((n, n), np.inf)
    for row, (_, i) in enumerate(states):
        for column, (_, j) in enumerate(states):
            best[i, j] = min(best[i, j], cost[row, column])
    np.fill_diagonal(best, 0.0)
    return best
