"""Graphs of igraph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netinnov._public import public_names
from netinnov.io._graph import one_graph
from netinnov.network import MultilayerNetwork

if TYPE_CHECKING:
    import igraph as ig

__all__ = ["to_igraph"]

__dir__ = public_names(globals())


def to_igraph(network: MultilayerNetwork) -> ig.Graph:
    """One graph of igraph with all layers, nodes and attributes.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network.

    Returns
    -------
    Graph
        Vertices in node order; ``name`` is the id. Directed if any layer is; an undirected link
        of a network with mixed directions is then two arcs (a self-link one). Edges have the
        attributes ``layer``, ``weight``, ``period`` if any link has one, and their own. What is
        missing is None.

    Notes
    -----
    Attributes are text, numbers or truth values, as in `to_networkx`; a column ``name`` of the
    nodes becomes ``name_``. The graph's attribute ``directed_layers`` is the JSON list of the
    layers with a direction, ``layers`` the JSON mapping from each to its record.

    Examples
    --------
    >>> import pandas as pd
    >>> links = pd.DataFrame({"source": ["a", "c"], "target": ["b", "a"], "weight": [2.0, 5.0]})
    >>> graph = to_igraph(MultilayerNetwork(pd.DataFrame(index=["a", "b", "c"]), links))
    >>> graph.strength(weights="weight")
    [7.0, 2.0, 5.0]
    """
    import igraph as ig

    held = one_graph(network, node_names={"name"})
    edges = list(zip(held.source, held.target, strict=True))
    graph = ig.Graph(len(held.nodes), edges, directed=held.directed, graph_attrs=held.about)
    graph.vs["name"] = held.nodes
    for column in held.node_columns:
        graph.vs[column.name] = column.values
    for column in held.link_columns:
        graph.es[column.name] = column.values
    return graph
