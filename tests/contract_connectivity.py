"""Path lengths, resistance and reach in the contract test."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import networkx as nx
import numpy as np

import netinnov as ni
from contract_measure import Measure, is_undirected, needs_two_nodes, unchanged, with_zeros
from netinnov import centrality, connectivity


def has_a_link(result: float, network: ni.MultilayerNetwork) -> bool:
    return bool(centrality.degree(network).to_numpy().any())


def mean_length(weight: str) -> Callable[[nx.DiGraph, bool], float]:
    def of_reachable_pairs(graph: nx.DiGraph, directed: bool) -> float:
        found = [
            length
            for i, reached in nx.all_pairs_dijkstra_path_length(graph, weight=weight)
            for j, length in reached.items()
            if i != j
        ]
        return float(np.mean(found)) if found else math.nan

    return of_reachable_pairs


def lengths(
    distance: str, switch_cost: float = 0.0, frictions: tuple[float, float, float] | None = None
) -> Measure:
    def options(factor: float = 1.0) -> dict[str, Any]:
        length = 1 / factor if distance == "inverse" else 1.0
        parts = None if frictions is None else ni.Frictions(*(length * f for f in frictions))
        return {"switch_cost": length * switch_cost, "frictions": parts}

    return Measure(
        connectivity.average_path_length,
        "number",
        isolate=unchanged,
        options={"distance": distance, **options()},
        scale=-1.0 if distance == "inverse" else 0.0,
        scaled=options,
        defined=has_a_link,
        networkx=mean_length(distance) if frictions is None else None,
    )


def eigenvalues(graph: nx.DiGraph, directed: bool) -> np.ndarray:
    return np.linalg.eigvalsh(nx.laplacian_matrix(graph.to_undirected()).toarray().astype(float))


def second_smallest(graph: nx.DiGraph, directed: bool) -> float:
    if directed:
        return math.nan
    return float(eigenvalues(graph, directed)[1]) if len(graph) > 1 else math.nan


def sum_of_inverses(graph: nx.DiGraph, directed: bool) -> float:
    if not nx.is_connected(graph.to_undirected()):
        return math.inf
    return float(len(graph) * (1 / eigenvalues(graph, directed)[1:]).sum())


def within(steps: int) -> Callable[[nx.DiGraph, bool], dict[str, float]]:
    return lambda graph, directed: {
        i: len(nx.single_source_shortest_path_length(graph, i, cutoff=steps)) - 1 for i in graph
    }


def reach(steps: int) -> Measure:
    return Measure(
        connectivity.reach,
        "node",
        isolate=with_zeros,
        options={"steps": steps},
        networkx=within(steps),
    )


MEASURES = {
    "average_path_length": [lengths("unit"), lengths("inverse"), lengths("unit", switch_cost=1.5),
        lengths("inverse", switch_cost=0.5), lengths("unit", 0.0, (0.5, 0.25, 0.125)),
        lengths("inverse", 1.0, (2.0, 0.0, 0.5))],
    "algebraic_connectivity": [Measure(connectivity.algebraic_connectivity, "number",
        isolate=lambda result, network: 0.0, scale=1.0, defined=needs_two_nodes,
        applies=is_undirected, networkx=second_smallest, tolerance=1e-9)],
    "kirchhoff_index": [Measure(connectivity.kirchhoff_index, "number", isolate=lambda result,
        network: math.inf, scale=-1.0, infinite=True, applies=is_undirected,
        networkx=sum_of_inverses, tolerance=1e-9)],
    "reach": [reach(1), reach(2), reach(20)],
}  # fmt: skip
