"""Measures of path lengths and components in the contract test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import networkx as nx
import numpy as np

import netinnov as ni
from contract_measure import (
    Measure,
    Result,
    needs_two_nodes,
    over_more_nodes,
    over_more_others,
    over_more_pairs,
)
from netinnov import centrality, connectivity


def inverse_lengths(weight: str) -> Callable[[nx.DiGraph, bool], dict[str, float]]:
    def of_each_node(graph: nx.DiGraph, directed: bool) -> dict[str, float]:
        others = len(graph) - 1
        lengths = nx.all_pairs_dijkstra_path_length(graph, weight=weight)
        return {
            i: sum(1 / d for j, d in reached.items() if j != i) / others if others else np.nan
            for i, reached in lengths
        }

    return of_each_node


def mean_inverse_length(weight: str) -> Callable[[nx.DiGraph, bool], float]:
    return lambda graph, directed: np.mean(list(inverse_lengths(weight)(graph, directed).values()))


def largest_part(graph: nx.DiGraph, directed: bool) -> float:
    return max(map(len, nx.weakly_connected_components(graph))) / len(graph)


def paths(
    function: Callable[..., Result],
    distance: str,
    switch_cost: float = 0.0,
    frictions: tuple[float, float, float] | None = None,
) -> Measure:
    def options(factor: float = 1.0) -> dict[str, Any]:
        length = 1 / factor if distance == "inverse" else 1.0
        parts = None if frictions is None else ni.Frictions(*(length * f for f in frictions))
        return {"switch_cost": length * switch_cost, "frictions": parts}

    is_number = function is connectivity.global_efficiency
    oracle = mean_inverse_length if is_number else inverse_lengths
    return Measure(
        function,
        "number" if is_number else "node",
        isolate=over_more_pairs if is_number else over_more_others,
        options={"distance": distance, **options()},
        scale=1.0 if distance == "inverse" else 0.0,
        scaled=options,
        defined=needs_two_nodes,
        networkx=oracle(distance) if frictions is None else None,
    )


def all_paths(function: Callable[..., Result]) -> list[Measure]:
    return [
        paths(function, "unit"),
        paths(function, "inverse"),
        paths(function, "unit", switch_cost=1.5),
        paths(function, "inverse", switch_cost=0.5),
        paths(function, "unit", 0.0, (0.5, 0.25, 0.125)),
        paths(function, "inverse", 1.0, (2.0, 0.0, 0.5)),
    ]


MEASURES = {
    "harmonic_centrality": all_paths(centrality.harmonic_centrality),
    "global_efficiency": all_paths(connectivity.global_efficiency),
    "largest_component": [Measure(connectivity.largest_component, "number", isolate=over_more_nodes,
        networkx=largest_part)],
}  # fmt: skip
