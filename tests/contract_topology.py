"""Density, clustering, reciprocity and assortativity in the contract test."""

import math
from collections.abc import Callable
from typing import Any

import networkx as nx

import netinnov as ni
from contract_measure import Measure, Result, unchanged, with_nan
from netinnov import topology


def pairs(graph: nx.DiGraph) -> nx.Graph:
    """The linked pairs, whatever the direction."""
    return nx.Graph(graph.to_undirected())


def local(measure: Callable[[nx.Graph], dict[str, float]]) -> Callable[[nx.DiGraph, bool], Any]:
    """Where networkx gives 0 for fewer than two neighbours, NaN."""

    def of_nodes(graph: nx.DiGraph, directed: bool) -> dict[str, float]:
        values, degree = measure(pairs(graph)), dict(pairs(graph).degree())
        return {node: values[node] if degree[node] > 1 else math.nan for node in graph}

    return of_nodes


def efficiencies(graph: nx.Graph) -> dict[str, float]:
    return {node: nx.global_efficiency(graph.subgraph(graph[node])) for node in graph}


def barrat(graph: nx.Graph) -> dict[str, float]:
    """The sum of the formula, pair by pair of neighbours."""
    values = {}
    for i in graph:
        weight = {j: graph[i][j]["weight"] for j in graph[i]}
        closed = sum(
            (weight[j] + weight[h]) / 2
            for j in weight
            for h in weight
            if j != h and graph.has_edge(j, h)
        )
        possible = sum(weight.values()) * (len(weight) - 1)
        values[i] = closed / possible if possible else math.nan
    return values


def summed(graph: nx.DiGraph, directed: bool) -> dict[str, float]:
    both = nx.Graph()
    both.add_nodes_from(graph)
    for i, j, data in graph.edges(data=True):
        before = both.get_edge_data(i, j, {"weight": 0.0})["weight"]
        # An undirected link is two arcs here, of one weight.
        both.add_edge(i, j, weight=before + data["weight"] if directed else data["weight"])
    return barrat(both)


def with_one_more(result: Result, network: ni.MultilayerNetwork) -> Result:
    n = network.n_nodes - 1
    return result * (n - 1) / (n + 1) if n > 1 else result.fillna(0.0)


def with_one_more_zero(result: Result, network: ni.MultilayerNetwork) -> Result:
    n = network.n_nodes
    return result * (n - 1) / n


def of_layers(function: Callable[..., Result], **more: Any) -> Measure:
    return Measure(function, "layer", isolate=more.pop("isolate", unchanged), defined=None, **more)


MEASURES = {
    "assortativity": [of_layers(topology.assortativity),
        of_layers(topology.assortativity, options={"by": "place"})],
    "clustering": [Measure(topology.clustering, "node and layer", isolate=with_nan, defined=None,
        networkx=local(nx.clustering)), Measure(topology.clustering, "node and layer",
        isolate=with_nan, options={"weighted": True}, defined=None, networkx=summed,
        tolerance=1e-9)],
    "density": [of_layers(topology.density, isolate=with_one_more)],
    "local_efficiency": [Measure(topology.local_efficiency, "node and layer", isolate=with_nan,
        defined=None, networkx=local(efficiencies))],
    "mean_clustering": [of_layers(topology.mean_clustering), of_layers(topology.mean_clustering,
        options={"weighted": True}, tolerance=1e-9), of_layers(topology.mean_clustering,
        options={"undefined": "zero"}, isolate=with_one_more_zero)],
    "multiplex_clustering": [Measure(topology.multiplex_clustering, "node", isolate=with_nan,
        defined=None)],
    "reciprocity": [of_layers(topology.reciprocity),
        of_layers(topology.reciprocity, options={"weighted": True})],
    "transitivity": [of_layers(topology.transitivity)],
}  # fmt: skip
