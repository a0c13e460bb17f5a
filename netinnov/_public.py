"""What `dir()` lists of a module, and what a name that it does not have suggests instead."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import Any

__all__ = ["missing_name", "public_names"]

OTHER_NAMES = {
    "adjacency_matrix": "io.to_scipy",
    "average_shortest_path_length": "connectivity.average_path_length",
    "betweenness": "centrality.betweenness_centrality",
    "bipartite_projection": "linkages.project",
    "closeness": "centrality.closeness_centrality",
    "community_infomap": "community.infomap",
    "community_leiden": "community.leiden",
    "community_louvain": "community.leiden",
    "configuration_model": "null_models.Rewire",
    "coreness": "centrality.core_number",
    "degree_centrality": "centrality.degree",
    "degree_sequence": "centrality.degree",
    "double_edge_swap": "null_models.rewire",
    "draw": "plotting.plot_flow_map",
    "efficiency": "connectivity.global_efficiency",
    "eigenvector": "centrality.eigenvector_centrality",
    "entropy": "polycentricity.entropy_index",
    "from_pandas_edgelist": "build.build_network",
    "gini_coefficient": "polycentricity.gini",
    "gravity_model": "linkages.gravity",
    "Graph": "network.MultilayerNetwork",
    "harmonic": "centrality.harmonic_centrality",
    "hhi": "polycentricity.herfindahl",
    "katz": "centrality.katz_centrality",
    "largest_connected_component": "connectivity.largest_component",
    "Leiden": "community.leiden",
    "louvain": "community.leiden",
    "Louvain": "community.leiden",
    "louvain_communities": "community.leiden",
    "PageRank": "centrality.pagerank",
    "participation": "centrality.participation_coefficient",
    "projected_graph": "linkages.project",
    "rich_club_coefficient": "centrality.rich_club",
    "shortest_path_length": "connectivity.average_path_length",
    "weighted_degree": "centrality.strength",
    "zipf": "polycentricity.rank_size",
}
"""Names that networkx, igraph, scikit-network and EconGeo give to what this package has."""


def public_names(module: dict[str, Any]) -> Callable[[], list[str]]:
    """Make the function `__dir__` of a module from its `globals()`.

    A module without a `__getattr__` also gets one, which suggests the right name for a wrong one.
    """

    def listed() -> list[str]:
        special = (name for name in module if name.startswith("__") and name.endswith("__"))
        return sorted({*module["__all__"], *special})

    def refuse(name: str) -> object:
        raise missing_name(module["__name__"], name, module["__all__"])

    module.setdefault("__getattr__", refuse)
    return listed


def missing_name(module: str, name: str, known: Iterable[str]) -> AttributeError:
    """Make the error for a name that a module does not have, with a suggestion if there is one."""
    msg = f"module {module!r} has no attribute {name!r}"
    if name in OTHER_NAMES:
        return AttributeError(f"{msg}; use netinnov.{OTHER_NAMES[name]}.")
    if name.startswith("_"):  # asked by programs, not typed by people
        return AttributeError(msg)
    near = get_close_matches(name, list(known), n=1)
    return AttributeError(f"{msg} (did you mean {near[0]!r}?)" if near else msg)
