"""Measures of `netinnov.centrality` in the contract test."""

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
    is_undirected,
    needs_a_layer,
    needs_a_link,
    needs_two_layers_and_a_link,
    needs_two_nodes,
    over_more_others,
    path_measures,
    unchanged,
    with_nan,
    with_zeros,
    with_zeros_if_any,
)
from netinnov import centrality

ALPHA = 1e-3  # below 1 / lambda_1 of every network drawn: weights are at most 10, links 25


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


def as_before(result: Result, network: ni.MultilayerNetwork) -> Result:
    return result


def zeros_added(result: Result, network: ni.MultilayerNetwork) -> Result:
    if isinstance(result, pd.DataFrame):
        return result.apply(with_zeros_if_any, args=(network,))
    return with_zeros_if_any(result, network)


def zeros_beside_links(result: Result, network: ni.MultilayerNetwork) -> Result:
    # Where nothing is linked but the copies of each node, the new node is as good as the others.
    if centrality.degree(network).to_numpy().any():
        return zeros_added(result, network)
    return result


def coupled_or_linked(result: Result, network: ni.MultilayerNetwork) -> Result:
    defined = len(network.layers) > 1 or centrality.degree(network).to_numpy().any()
    return np.full(np.shape(result), bool(defined))


def linked(result: Result, network: ni.MultilayerNetwork) -> Result:
    return np.full(np.shape(result), bool(centrality.degree(network).to_numpy().any()))


def spectral(function: Any, shape: str, presence: str) -> Measure:
    # With a directed layer the value may be 0, or shared by sets of which one leads to another:
    # `test_spectral` has those, and leaves out what is ill-conditioned.
    return Measure(
        function,
        shape,
        isolate=zeros_beside_links if presence == "all" else zeros_added,
        options={"presence": presence},
        scaled=lambda factor: {"coupling": factor},
        defined=coupled_or_linked if presence == "all" else linked,
        applies=is_undirected,
        tolerance=1e-6,
    )


def katz(presence: str, alpha: float | None, coupling: float) -> Measure:
    def scaled(factor: float) -> dict[str, float]:
        options = {"coupling": factor * coupling}
        return options if alpha is None else {**options, "alpha": alpha / factor}

    def by_networkx(graph: nx.DiGraph, directed: bool) -> dict[str, float]:
        if len(graph) == 1:
            return dict.fromkeys(graph, 1.0)  # networkx fails on a single node
        found = nx.katz_centrality_numpy(graph, alpha, normalized=False, weight="weight")
        return {node: value / max(found.values()) for node, value in found.items()}

    with_alpha = unchanged if presence == "all" else with_zeros_if_any
    return Measure(
        centrality.katz_centrality,
        "node",
        isolate=with_alpha,
        options={"presence": presence, "alpha": alpha, "coupling": coupling},
        scaled=scaled,
        defined=None if alpha is None or presence == "all" else needs_a_link,
        networkx=by_networkx if alpha is not None and presence == "all" else None,
        tolerance=1e-8,
    )


def overlap(of: str, method: str) -> Measure:
    return Measure(
        centrality.layer_overlap,
        "layers",
        isolate=as_before,
        options={"of": of, "method": method},
        defined=None,
    )


def correlation(method: str) -> Measure:
    return Measure(
        centrality.layer_correlation,
        "layers",
        isolate=as_before,
        options={"method": method},
        defined=None,
        tolerance=1e-10,
    )


def inverse_lengths(weight: str) -> Callable[[nx.DiGraph, bool], dict[str, float]]:
    def of_each_node(graph: nx.DiGraph, directed: bool) -> dict[str, float]:
        others = len(graph) - 1
        lengths = nx.all_pairs_dijkstra_path_length(graph, weight=weight)
        return {
            i: sum(1 / d for j, d in reached.items() if j != i) / others if others else np.nan
            for i, reached in lengths
        }

    return of_each_node


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
    "eigenvector_centrality": [spectral(centrality.eigenvector_centrality, "node", "all"),
        spectral(centrality.eigenvector_centrality, "node", "linked")],
    "katz_centrality": [katz("all", ALPHA, 1.0), katz("linked", ALPHA, 0.0), katz("all", None, 1.0),
        katz("linked", None, 2.0)],
    "hits": [spectral(centrality.hits, "node and column", "all"),
        spectral(centrality.hits, "node and column", "linked")],
    "layer_overlap": [overlap(of, method) for of in ("links", "nodes") for method in ("jaccard",
        "coverage")],
    "layer_correlation": [correlation(method) for method in ("pearson", "spearman")],
    "edge_overlap": [Measure(centrality.edge_overlap, "pair", isolate=as_before)],
    "centrality_table": [Measure(centrality.centrality_table, "node and column", isolate=with_nan,
        options={"measures": ["participation_coefficient"]}, defined=None)],
    "harmonic_centrality": path_measures(centrality.harmonic_centrality, "node", inverse_lengths,
        scale=1.0, isolate=over_more_others, defined=needs_two_nodes),
    "closeness_centrality": path_measures(centrality.closeness_centrality, "node", closeness,
        scale=1.0, isolate=over_more_others, defined=everywhere),
    "betweenness_centrality": path_measures(centrality.betweenness_centrality, "node", betweenness,
        scale=0.0, isolate=over_more_pairs_of_others, defined=needs_three_nodes),
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
