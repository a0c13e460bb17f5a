"""Networks for the rows: classic ones, and those that a formula is about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd

import netinnov as ni

__all__ = [
    "arcs",
    "couples",
    "crossed",
    "crown",
    "florence",
    "folded_cube",
    "gear",
    "graph",
    "half",
    "kite",
    "poisson",
    "ring_and_clique",
    "two_mode",
    "unweighted",
]

KITE = ["Andre", "Beverly", "Carol", "Diane", "Ed", "Fernando", "Garth", "Heather", "Ike", "Jane"]
BUSINESS = (
    "Barbadori-Castellani Barbadori-Ginori Barbadori-Medici Barbadori-Peruzzi Bischeri-Guadagni "
    "Bischeri-Lamberteschi Bischeri-Peruzzi Castellani-Lamberteschi Castellani-Peruzzi "
    "Ginori-Medici Guadagni-Lamberteschi Lamberteschi-Peruzzi Medici-Pazzi Medici-Salviati "
    "Medici-Tornabuoni"
)
# Couples in San Francisco by the group of the man (row) and of the woman, per thousand.
COUPLES = [[258, 16, 35, 13], [12, 157, 58, 19], [13, 23, 306, 35], [5, 7, 24, 16]]


def unweighted(graph: nx.Graph) -> ni.MultilayerNetwork:
    """A graph of networkx without its weights and attributes."""
    bare = nx.Graph()
    bare.add_nodes_from(f"{node}" for node in graph)
    bare.add_edges_from((f"{a}", f"{b}") for a, b in graph.edges)
    return ni.io.from_networkx(bare)


def kite() -> ni.MultilayerNetwork:
    """Krackhardt's ten people."""
    names = dict(enumerate(KITE))
    return unweighted(nx.relabel_nodes(nx.krackhardt_kite_graph(), names))


def arcs(text: str) -> ni.MultilayerNetwork:
    """Directed links written as "1>2 1>3"."""
    pairs = [pair.split(">") for pair in text.split()]
    return ni.build_network(pd.DataFrame(pairs, columns=["source", "target"]), directed=["links"])


def florence(*, isolate: bool) -> ni.MultilayerNetwork:
    """Marriages and business of Florentine families; the Pucci have neither."""
    marriages = pd.DataFrame(nx.florentine_families_graph().edges, columns=["source", "target"])
    pairs = [pair.split("-") for pair in BUSINESS.split()]
    links = {"marriage": marriages, "business": pd.DataFrame(pairs, columns=["source", "target"])}
    ends = set(marriages["source"]) | set(marriages["target"])
    names = sorted(ends | ({"Pucci"} if isolate else set()))
    return ni.build_network(pd.DataFrame({"node": names}), links)


def couples() -> tuple[ni.MultilayerNetwork, pd.Series]:
    """A directed link for each of the couples, and the group of each person."""
    groups = ["black", "hispanic", "white", "other"]
    both = [
        (men, women)
        for men, row in zip(groups, COUPLES, strict=True)
        for women, n in zip(groups, row, strict=True)
        for _ in range(n)
    ]
    ends = [(f"m{k}", f"w{k}") for k in range(len(both))]
    network = ni.build_network(pd.DataFrame(ends, columns=["source", "target"]), directed=["links"])
    named = zip(ends, both, strict=True)
    group = {end: one for pair, ones in named for end, one in zip(pair, ones, strict=True)}
    return network, pd.Series(group)


def crossed(table: Sequence[Sequence[int]]) -> tuple[pd.Series, pd.Series]:
    """Two partitions of which so many objects are in each pair of groups."""
    cells = [(i, j) for i, row in enumerate(table) for j, n in enumerate(row) for _ in range(n)]
    first, second = zip(*cells, strict=True)
    return pd.Series(first), pd.Series(second)


def two_mode() -> ni.MultilayerNetwork:
    """Eighteen women and the fourteen events that they attended."""
    graph = nx.davis_southern_women_graph()
    kinds = ["event" if data["bipartite"] else "woman" for _, data in graph.nodes(data=True)]
    nodes = pd.DataFrame({"node": list(graph), "kind": kinds})
    return ni.build_network(nodes, pd.DataFrame(graph.edges, columns=["source", "target"]))


def poisson(mean_degree: float, n: int = 100_000) -> ni.MultilayerNetwork:
    """A random graph with so many links on the average node, the same at each call."""
    ends = np.random.default_rng(1).integers(n, size=(int(n * mean_degree / 2), 2))
    nodes = pd.DataFrame({"node": [f"{k}" for k in range(n)]})
    links = pd.DataFrame(ends, columns=["source", "target"]).drop_duplicates().astype(str)
    return ni.build_network(nodes, links)


def half(network: ni.MultilayerNetwork) -> ni.MultilayerNetwork:
    """The first half of the nodes of a network whose nodes are in no order."""
    nodes = list(network.nodes.index)
    return network.select(nodes=nodes[: len(nodes) // 2])


def gear(n: int) -> nx.Graph:
    """A hub that is linked to every other node of a ring of 2 n."""
    ring = nx.cycle_graph(2 * n)
    ring.add_edges_from((2 * n, 2 * k) for k in range(n))
    return ring


def folded_cube(n: int) -> nx.Graph:
    """A cube of n - 1 dimensions with links between opposite corners."""
    cube = nx.hypercube_graph(n - 1)
    cube.add_edges_from((corner, tuple(1 - x for x in corner)) for corner in list(cube))
    return cube


def ring_and_clique(n: int) -> ni.MultilayerNetwork:
    """Two layers on the same nodes."""
    pair = {"ring": nx.cycle_graph(n), "clique": nx.complete_graph(n)}
    links = {
        name: pd.DataFrame(graph.edges, columns=["source", "target"]).astype(str)
        for name, graph in pair.items()
    }
    return ni.build_network(pd.DataFrame({"node": [f"{k}" for k in range(n)]}), links)


def crown(n: int) -> nx.Graph:
    graph = nx.complete_bipartite_graph(n, n)
    graph.remove_edges_from((k, n + k) for k in range(n))
    return graph


def graph(make: Callable[..., nx.Graph], *arguments: Any) -> ni.MultilayerNetwork:
    """A graph of networkx with names for its nodes."""
    return unweighted(nx.convert_node_labels_to_integers(make(*arguments)))
