"""A backend of networkx: five functions with its arguments, on its graphs.

Whoever imports networkx imports this file, so each function imports what it needs.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from inspect import signature
from itertools import chain
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import networkx as nx

    from netinnov._typing import Codes, Distance
    from netinnov.network import MultilayerNetwork

FUNCTIONS = {
    "constraint": "Self-loops of nodes with neighbours and multigraphs are left to networkx.",
    "core_number": "All graphs that networkx takes.",
    "effective_size": "As `constraint`. Weights are Burt's, also if all nodes are asked for.",
    "global_efficiency": "All graphs that networkx takes.",
    "harmonic_centrality": "Multigraphs with a `distance` are left to networkx.",
}


def info() -> dict[str, Any]:
    """What networkx shows in the docstrings of its functions."""
    return {
        "backend_name": "netinnov",
        "project": "netinnov",
        "package": "netinnov",
        "short_summary": "Compiled, on as many threads as there are processors.",
        "functions": {name: {"additional_docs": text} for name, text in FUNCTIONS.items()},
    }


@dataclass(frozen=True)
class _Graph:
    """Arcs turned round: networkx takes paths that lead to a node, netinnov those away from it."""

    graph: nx.Graph
    position: Mapping[Hashable, int]
    source: Codes
    target: Codes
    weight: Any
    __networkx_backend__ = "netinnov"

    def network(self, weight: str | None = None, length: str | None = None) -> MultilayerNetwork:
        """Without weights if none are asked for: networkx keeps a graph for calls with fewer."""
        import pandas as pd

        from netinnov.network import MultilayerNetwork

        ids = pd.Index([str(at) for at in range(len(self.position))], dtype="str", name="node")
        links = pd.DataFrame({"source": ids.take(self.source), "target": ids.take(self.target)})
        if weight is not None:
            links["weight"] = self.weight
        elif length is not None:
            links["weight"] = 1.0 / self.weight
        directed = self.graph.is_directed() and len(links) > 0
        return MultilayerNetwork(pd.DataFrame(index=ids), links, directed=directed)

    def by_node(self, values: Any, nodes: Iterable[Hashable] | None) -> dict[Hashable, Any]:
        listed = values.tolist()
        asked = self.position if nodes is None else nodes
        return {node: listed[self.position[node]] for node in asked}


def convert_from_nx(
    graph: nx.Graph, *, edge_attrs: Mapping[Any, Any] | None = None, **_: Any
) -> _Graph:
    import numpy as np

    position = {node: at for at, node in enumerate(graph)}
    adjacent = [neighbours for _, neighbours in graph.adjacency()]
    ends = map(position.__getitem__, chain.from_iterable(adjacent))
    source = np.fromiter(ends, np.int32)
    target = np.repeat(np.arange(len(adjacent), dtype=np.int32), [*map(len, adjacent)])
    once = np.ones(source.size, bool) if graph.is_directed() else source <= target
    weight = np.ones(source.size)
    for name, missing in (edge_attrs or {}).items():
        records = chain.from_iterable(neighbours.values() for neighbours in adjacent)
        weight = np.array([record.get(name, missing) for record in records])
        if weight.dtype.kind not in "iuf" or not ((weight > 0) & (weight < np.inf)).all():
            raise NotImplementedError(f"{name!r} of each edge must be a number above 0")
    return _Graph(graph, position, source[once], target[once], weight[once])


def convert_to_nx(result: Any, **_: Any) -> Any:
    return result.graph if isinstance(result, _Graph) else result


def can_run(name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> bool | str:
    if name not in FUNCTIONS:
        return False
    asked = signature(globals()[name]).bind(*args, **kwargs).arguments
    graph = asked["G"]
    attribute = asked.get("weight", asked.get("distance"))
    holes = name in ("constraint", "effective_size")
    if callable(attribute):
        return "weights must be an attribute of the edges"
    if graph.is_multigraph() and (holes or attribute is not None):
        return "parallel edges have no single weight"
    loops = [node for node, near in graph.adjacency() if node in near] if holes else []
    before = graph.pred if graph.is_directed() else graph.adj
    chosen = attribute is not None or asked.get("nodes") is not None
    if loops and name == "constraint" and chosen:
        return "networkx counts self-loops of chosen nodes and those with a weight"
    if any({*graph.adj[node], *before[node]} > {node} for node in loops):
        return "networkx counts self-loops of nodes with neighbours"
    return True


def constraint(
    G: _Graph, nodes: Iterable[Hashable] | None = None, weight: str | None = None
) -> dict[Hashable, float]:
    from netinnov import centrality

    return G.by_node(centrality.constraint(G.network(weight)), nodes)


def effective_size(
    G: _Graph, nodes: Iterable[Hashable] | None = None, weight: str | None = None
) -> dict[Hashable, float]:
    from netinnov import centrality

    return G.by_node(centrality.effective_size(G.network(weight)), nodes)


def global_efficiency(G: _Graph) -> float:
    from netinnov import connectivity

    return connectivity.global_efficiency(G.network()) if len(G.position) > 1 else 0.0


def harmonic_centrality(
    G: _Graph, nbunch: Any = None, distance: str | None = None, sources: Any = None
) -> dict[Hashable, float]:
    import numpy as np

    from netinnov import centrality
    from netinnov._network.paths import PathCosts, distances

    wanted = [*dict.fromkeys(G.graph.nbunch_iter(nbunch))]
    network = G.network(length=distance)
    unit: Distance = "unit" if distance is None else "inverse"
    if sources is None:
        mean = centrality.harmonic_centrality(network, distance=unit)
        return G.by_node(mean.fillna(0.0) * (len(G.position) - 1), wanted)
    score = np.zeros(len(G.position))
    begin = [G.position[node] for node in {*G.graph.nbunch_iter(sources)}]
    chosen = np.array([G.position[node] for node in wanted], np.int32)
    for nodes, lengths in distances(network, chosen, PathCosts(unit)):
        lengths[np.arange(nodes.size), nodes] = np.inf
        score[nodes] = (1.0 / lengths[:, begin]).sum(axis=1)
    return G.by_node(score, wanted)


def core_number(G: _Graph) -> dict[Hashable, int]:
    """Of a directed graph networkx counts a pair that is linked both ways twice."""
    import networkx as nx
    import numpy as np

    from netinnov.kernels.cores import core_numbers

    if (G.source == G.target).any():
        raise nx.NetworkXNotImplemented(
            "Input graph has self loops which is not permitted; "
            "Consider using G.remove_edges_from(nx.selfloop_edges(G))."
        )
    ends = np.concatenate([G.source, G.target]), np.concatenate([G.target, G.source])
    counts = np.bincount(ends[0], minlength=len(G.position))
    indptr = np.append(0, counts.cumsum()).astype(np.int32)
    return G.by_node(core_numbers(indptr, ends[1][ends[0].argsort(kind="stable")]), None)
