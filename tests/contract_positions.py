"""Closeness, betweenness, structural holes, brokerage and cores in the contract test."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd

import netinnov as ni
from contract_measure import (
    Measure,
    Result,
    arcs,
    over_more_others,
    unchanged,
    with_nan,
    with_zeros,
)
from netinnov import centrality


def everywhere(result: Result, network: ni.MultilayerNetwork) -> Result:
    return np.full(np.shape(result), True)


def needs_a_neighbour(result: pd.Series, network: ni.MultilayerNetwork) -> pd.Series:
    return centrality.overlapping_degree(network) > 0


def needs_three_nodes(result: pd.Series, network: ni.MultilayerNetwork) -> Result:
    return np.full(network.n_nodes, network.n_nodes > 2)


def over_more_pairs_of_others(result: pd.Series, network: ni.MultilayerNetwork) -> pd.Series:
    # A mean over (n - 1) (n - 2) ordered pairs becomes one over n (n - 1).
    n = network.n_nodes - 1
    if n < 3:
        return pd.Series(0.0 if n == 2 else np.nan, network.nodes.index, name=result.name)
    return with_zeros(result * ((n - 2) / n), network)


def closeness(distance: str) -> Callable[[nx.DiGraph, bool], dict[str, float]]:
    # networkx takes paths to a node.
    return lambda graph, directed: nx.closeness_centrality(graph.reverse(), distance=distance)


def betweenness(distance: str) -> Callable[[nx.DiGraph, bool], dict[str, float]]:
    def of_each_node(graph: nx.DiGraph, directed: bool) -> dict[str, float]:
        if len(graph) < 3:
            return dict.fromkeys(graph, np.nan)
        # networkx knows no tolerance, so it gets lengths that are exact.
        exact = graph.copy()
        for i, j, link in graph.edges(data=True):
            exact.edges[i, j]["length"] = 1 if distance == "unit" else 1 / Fraction(link["weight"])
        return nx.betweenness_centrality(arcs(exact, directed), weight="length")

    return of_each_node


def tied(graph: nx.DiGraph, weight: str) -> nx.Graph:
    """Both directions added: networkx takes a node without links out of it for an isolate."""
    ties = nx.Graph()
    ties.add_nodes_from(graph)
    for i, j, link in graph.edges(data=True):
        before = ties.get_edge_data(i, j, {"tie": 0.0})["tie"]
        ties.add_edge(i, j, tie=before + link[weight])
    return ties


def constraints(weight: str) -> Callable[[nx.DiGraph, bool], dict[str, float]]:
    return lambda graph, directed: nx.constraint(tied(graph, weight), weight="tie")


def effective_sizes(weight: str) -> Callable[[nx.DiGraph, bool], dict[str, float]]:
    # For all nodes at once networkx 3.6 divides by the strongest link of the wrong end.
    return lambda graph, directed: nx.effective_size(
        tied(graph, weight), nodes=list(graph), weight="tie"
    )


def core_numbers(graph: nx.DiGraph, directed: bool) -> dict[str, float]:
    return nx.core_number(graph.to_undirected())


def rich_clubs(graph: nx.DiGraph, directed: bool) -> dict[int, float]:
    if not graph.edges:
        return {}
    return nx.rich_club_coefficient(graph.to_undirected(), normalized=False)


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

    is_share = function is centrality.betweenness_centrality
    oracle = betweenness if is_share else closeness
    return Measure(
        function,
        "node",
        isolate=over_more_pairs_of_others if is_share else over_more_others,
        options={"distance": distance, **options()},
        scale=1.0 if distance == "inverse" and not is_share else 0.0,
        scaled=options,
        defined=needs_three_nodes if is_share else everywhere,
        networkx=oracle(distance) if frictions is None else None,
    )


def all_paths(function: Callable[..., Result]) -> list[Measure]:
    return [
        paths(function, "unit"),
        paths(function, "inverse"),
        paths(function, "unit", switch_cost=1.0),
        paths(function, "inverse", switch_cost=0.5),
        paths(function, "unit", 0.0, (0.5, 0.25, 0.125)),
        paths(function, "inverse", 1.0, (2.0, 0.0, 0.5)),
    ]


def holes(
    function: Callable[..., Result],
    oracle: Callable[[str], Callable[[nx.DiGraph, bool], dict[str, float]]],
) -> list[Measure]:
    return [
        Measure(
            function,
            "node",
            isolate=with_nan,
            options={"weighted": weighted},
            defined=needs_a_neighbour,
            networkx=oracle("weight" if weighted else "unit"),
        )
        for weighted in (True, False)
    ]


MEASURES = {
    "closeness_centrality": all_paths(centrality.closeness_centrality),
    "betweenness_centrality": all_paths(centrality.betweenness_centrality),
    "constraint": holes(centrality.constraint, constraints),
    "effective_size": holes(centrality.effective_size, effective_sizes),
    "brokerage": [Measure(centrality.brokerage, "node and column", isolate=with_zeros,
        options={"groups": groups}, defined=everywhere) for groups in ("place", "jurisdiction",
        "kind")],
    "core_number": [Measure(centrality.core_number, "node", isolate=with_zeros, defined=everywhere,
        networkx=core_numbers)],
    "rich_club": [Measure(centrality.rich_club, "curve", isolate=unchanged, defined=everywhere,
        networkx=rich_clubs)],
}  # fmt: skip
