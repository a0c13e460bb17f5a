"""Counts of links, weights, and PageRank in the contract test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import networkx as nx
import numpy as np

from contract_measure import (
    Measure,
    Result,
    arcs,
    needs_a_layer,
    needs_a_link,
    needs_two_layers_and_a_link,
    unchanged,
    with_nan,
    with_zeros,
    with_zeros_if_any,
)
from netinnov import centrality


def total_degree(weight: str | None) -> Callable[[nx.DiGraph, bool], dict[str, float]]:
    return lambda graph, directed: dict(arcs(graph, directed).degree(weight=weight))


def page_ranks(graph: nx.DiGraph, directed: bool) -> dict[str, float]:
    return nx.pagerank(graph, tol=1e-13, max_iter=10_000)


def counts(
    function: Callable[..., Result], shape: str, weight: str | None, **options: Any
) -> Measure:
    return Measure(
        function,
        shape,
        isolate=with_zeros,
        options=options,
        scale=0.0 if weight is None else 1.0,
        networkx=total_degree(weight) if options.get("direction", "total") == "total" else None,
    )


def participation(weighted: bool) -> Measure:
    return Measure(
        centrality.participation_coefficient,
        "node",
        isolate=with_nan,
        options={"weighted": weighted},
        defined=needs_two_layers_and_a_link,
        networkx=lambda graph, directed: dict.fromkeys(graph, np.nan),
    )


def pagerank(presence: str, coupling: float) -> Measure:
    return Measure(
        centrality.pagerank,
        "node",
        # The isolate is reached by jumps of its own where it has states.
        isolate=unchanged if presence == "all" else with_zeros_if_any,
        shares=presence == "all",
        options={"presence": presence, "coupling": coupling},
        scaled=lambda factor: {"coupling": factor * coupling},
        defined=needs_a_layer if presence == "all" else needs_a_link,
        networkx=page_ranks if presence == "all" else None,
        tolerance=1e-8,
    )


MEASURES = {
    "degree": [counts(centrality.degree, "node and layer", None),
        counts(centrality.degree, "node and layer", None, direction="in"),
        counts(centrality.degree, "node and layer", None, direction="out")],
    "strength": [counts(centrality.strength, "node and layer", "weight"),
        counts(centrality.strength, "node and layer", "weight", direction="in"),
        counts(centrality.strength, "node and layer", "weight", direction="out")],
    "overlapping_degree": [counts(centrality.overlapping_degree, "node", None)],
    "overlapping_strength": [counts(centrality.overlapping_strength, "node", "weight")],
    "participation_coefficient": [participation(weighted=False), participation(weighted=True)],
    "pagerank": [pagerank("all", 1.0), pagerank("linked", 1.0), pagerank("linked", 5.0),
        pagerank("all", 0.0), pagerank("linked", 0.0)],
}  # fmt: skip
