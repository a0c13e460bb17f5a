"""Measures of `netinnov.connectivity` in the contract test."""

import math
from collections.abc import Callable

import networkx as nx
import numpy as np

import netinnov as ni
from contract_centrality import inverse_lengths
from contract_measure import (
    Measure,
    is_undirected,
    needs_two_nodes,
    over_more_nodes,
    over_more_pairs,
    path_measures,
    unchanged,
    with_zeros,
)
from netinnov import centrality, connectivity


def mean_inverse_length(weight: str) -> Callable[[nx.DiGraph, bool], float]:
    return lambda graph, directed: np.mean(list(inverse_lengths(weight)(graph, directed).values()))


def largest_part(graph: nx.DiGraph, directed: bool) -> float:
    return max(map(len, nx.weakly_connected_components(graph))) / len(graph)


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
    "average_path_length": path_measures(connectivity.average_path_length, "number", mean_length,
        scale=-1.0, isolate=unchanged, defined=has_a_link),
    "global_efficiency": path_measures(connectivity.global_efficiency, "number",
        mean_inverse_length, scale=1.0, isolate=over_more_pairs, defined=needs_two_nodes),
    "largest_component": [Measure(connectivity.largest_component, "number", isolate=over_more_nodes,
        networkx=largest_part)],
    "algebraic_connectivity": [Measure(connectivity.algebraic_connectivity, "number",
        isolate=lambda result, network: 0.0, scale=1.0, defined=needs_two_nodes,
        applies=is_undirected, networkx=second_smallest, tolerance=1e-9)],
    "kirchhoff_index": [Measure(connectivity.kirchhoff_index, "number", isolate=lambda result,
        network: math.inf, scale=-1.0, infinite=True, applies=is_undirected,
        networkx=sum_of_inverses, tolerance=1e-9)],
    "reach": [reach(1), reach(2), reach(20)],
}  # fmt: skip
