"""Scores on the coupled network, layer similarity, and the table, in the contract test."""

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
import pandas as pd

import netinnov as ni
from contract_measure import (
    Measure,
    Result,
    is_undirected,
    needs_a_link,
    unchanged,
    with_nan,
    with_zeros_if_any,
)
from netinnov import centrality

ALPHA = 1e-3  # below 1 / lambda_1 of every network drawn: weights are at most 10, links 25


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


MEASURES = {
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
}  # fmt: skip
