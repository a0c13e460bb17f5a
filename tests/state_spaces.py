"""Small networks whose null models are enumerated: all graphs that a chain may reach."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pandas as pd

from netinnov import MultilayerNetwork
from netinnov.null_models import curveball
from realisations import Graph, Link, as_network, graphs_alike, visits
from strategies import great_circle

__all__ = ["EDGES", "SITES", "SPACES", "TABLES", "Space", "Table", "mixing_label", "zone_label"]

# Places on a line: P 0, Q 111 km, R 445 km, S 556 km.
SITES = pd.DataFrame({"place": list("PQRS"), "lon": [0.0, 1.0, 4.0, 5.0], "lat": 0.0})
EDGES = [0.0, 50.0, 200.0, 400.0]


def mixing_label(kinds: str | list[str], directed: bool) -> Callable[[Link], Hashable]:
    def label(link: Link) -> Hashable:
        a, b = kinds[link[0]], kinds[link[1]]
        return (a, b) if directed or a <= b else (b, a)

    return label


def zone_label(places: str) -> Callable[[Link], Hashable]:
    where = dict(zip(SITES["place"], SITES["lon"], strict=True))

    @cache
    def label(link: Link) -> Hashable:
        km = great_circle((where[places[link[0]]], 0), (where[places[link[1]]], 0))
        return sum(km >= edge for edge in EDGES) if km <= EDGES[-1] else 0

    return label


@dataclass(frozen=True)
class Space:
    """Graphs with the degrees of these links, and what else `rewire` is told to preserve."""

    n: int
    links: list[Link]
    directed: bool = False
    preserve: tuple[str, ...] = ("degree",)
    kinds: str | None = None
    places: str | None = None
    trials: int = 100
    draws: int = 1000

    def graphs(self) -> set[Graph]:
        """All of them, by brute force."""
        alike = [
            graphs_alike(self.n, self.links, directed=self.directed, label=label)
            for label in self.labels()
        ]
        return set.intersection(*alike)

    def labels(self) -> list[Callable[[Link], Hashable] | None]:
        """Kinds and places are kept as pairs, bins of distance by themselves."""
        columns = {"kind": self.kinds, "place": self.places}
        kept = [columns[name] or "" for name in self.preserve if name in columns]
        labels: list[Callable[[Link], Hashable] | None] = []
        if kept:
            classes = ["".join(both) for both in zip(*kept, strict=True)]
            labels.append(mixing_label(classes, self.directed))
        if "distance" in self.preserve:
            labels.append(zone_label(self.places or ""))
        return labels or [None]

    def network(self) -> MultilayerNetwork:
        columns = {"kind": self.kinds, "place": self.places}
        held = {name: list(values) for name, values in columns.items() if values}
        sites = SITES if "distance" in self.preserve else None
        return as_network(self.n, self.links, directed=self.directed, places=sites, **held)

    def visits(self, seed: int) -> Counter[Graph]:
        options = {"preserve": self.preserve, "trials": self.trials, "draws": self.draws}
        bins = EDGES if "distance" in self.preserve else None
        return visits(self.network(), seed=seed, bins=bins, **options)


@dataclass(frozen=True)
class Table:
    """Two-mode tables with the margins of this one: pairs of a row and a column."""

    sizes: tuple[int, int]
    links: list[Link]
    draws: int = 700

    def graphs(self) -> set[Graph]:
        def margins(table):
            return [Counter(a for a, _ in table), Counter(b for _, b in table)]

        cells = itertools.product(*map(range, self.sizes))
        tables = itertools.combinations(cells, len(self.links))
        return {frozenset(each) for each in tables if margins(each) == margins(self.links)}

    def network(self) -> MultilayerNetwork:
        rows, columns = self.sizes
        links = [(a, rows + b) for a, b in self.links]
        return as_network(rows + columns, links, kind=["firm"] * rows + ["park"] * columns)

    def visits(self, seed: int) -> Counter[Graph]:
        network, rng = self.network(), np.random.default_rng(seed)
        found: Counter[Graph] = Counter()
        for _ in range(self.draws):
            drawn = curveball(network, rng=rng).adjacency("links").tocoo()
            pairs = zip(drawn.row.tolist(), drawn.col.tolist(), strict=True)
            found[frozenset((a, b - self.sizes[0]) for a, b in pairs if a < b)] += 1
        return found


RING = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (0, 5)]
CIRCLE = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 0)]

UNDIRECTED = {
    # The degrees 3, 2, 2, 2, 3 on which a count of successes only gives 6:4:4:4:4:4:4.
    "32223": Space(5, [(0, 1), (0, 2), (0, 4), (1, 4), (2, 3), (3, 4)]),
    "two separate links": Space(4, [(0, 1), (2, 3)]),
    "path": Space(5, [(0, 1), (1, 2), (2, 3), (3, 4)]),
    "cycle of six": Space(6, RING),
    "star: nothing can move": Space(4, [(0, 1), (0, 2), (0, 3)]),
}
DIRECTED = {
    "cycle of three": Space(3, [(0, 1), (1, 2), (2, 0)], directed=True),
    # In- and out-degrees {1, 1, 1, 3} and {2, 2, 2, 0}: igraph issue 1456.
    "igraph 1456": Space(4, [(2, 3), (2, 0), (0, 3), (0, 1), (1, 3), (1, 2)], directed=True),
    "regular on four": Space(4, [(0, 1), (1, 2), (2, 3), (3, 0)], directed=True),
    "mixed": Space(
        5, [(0, 1), (1, 0), (1, 2), (2, 3), (3, 4), (4, 1), (0, 3)], directed=True
    ),
}  # fmt: skip
# Exchanges that keep the mixing of kinds do not reach all of these; excursions do.
HIDDEN = {
    "3 AABB": Space(4, [(0, 1), (1, 2), (2, 0)], True, ("kind",), "AABB", trials=300),
    "4 AABB": Space(4, [(0, 1), (0, 2), (1, 3), (2, 0)], True, ("kind",), "AABB", trials=300),
    "4 AABC": Space(4, [(0, 1), (0, 2), (1, 3), (2, 0)], True, ("kind",), "AABC", trials=300),
    # Of the two graphs neither has two links whose ends of one kind can be exchanged.
    "6 AABBCC": Space(
        6, [(0, 2), (0, 3), (0, 4), (1, 4), (2, 4), (2, 5)], False, ("kind",), "AABBCC",
        trials=1500, draws=500,
    ),
}  # fmt: skip
_CLASSED = {
    "undirected": (6, RING, "AABABB", False),
    "three kinds": (6, [(0, 1), (0, 2), (1, 3), (2, 4), (3, 5), (1, 4)], "ABCABC", False),
    "directed": (5, [*CIRCLE, (0, 2)], "ABABA", True),
    "directed, three kinds": (5, [(0, 1), (1, 2), (2, 0), (3, 4), (4, 1), (0, 3)], "ABCAB", True),
}
CLASSED = {
    f"{name}, {column}": Space(
        n, links, directed, (column,), **{f"{column}s": classes}, draws=2000
    )
    for name, (n, links, classes, directed) in _CLASSED.items()
    for column in ("kind", "place")
}  # fmt: skip
NESTED = {
    "kind and place": Space(6, RING, False, ("kind", "place"), "AABABB", "PQPQPQ"),
    "distance": Space(6, RING, False, ("distance",), places="PPQQRS"),
    "distance, directed": Space(5, CIRCLE, True, ("distance",), places="PQQRS"),
    "distance and kind": Space(6, RING, False, ("kind", "distance"), "AABABB", "PPQQRS"),
}

SPACES = {
    **{name: replace(space, trials=20, draws=3000) for name, space in UNDIRECTED.items()},
    **{name: replace(space, trials=60, draws=3000) for name, space in DIRECTED.items()},
    **HIDDEN,
    **CLASSED,
    **NESTED,
}
_ROWS = [(0, 0), (0, 1), (1, 1), (1, 2), (2, 0), (2, 2), (2, 3)]
TABLES = {
    "two-mode": Table((3, 4), _ROWS),
    "two-mode, transposed": Table((4, 3), [(b, a) for a, b in _ROWS]),
}
