"""Graphs of igraph, and sparse matrices of scipy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scipy import sparse

from netinnov._runtime.arguments import examples, shown
from netinnov.errors import InputError
from netinnov.io._graph import one_graph
from netinnov.io._networkx import from_networkx
from netinnov.network import MultilayerNetwork

if TYPE_CHECKING:
    import igraph as ig


def to_igraph(network: MultilayerNetwork) -> ig.Graph:
    """One graph of igraph with all layers, nodes and attributes.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network.

    Returns
    -------
    Graph
        Vertices in node order; ``name`` is the id. Directed if any layer is; an undirected link of
        a network with mixed directions is then two arcs (a self-link one). Edges have ``layer``,
        ``weight``, ``period`` if any has one, and their own. Missing: None.

    Notes
    -----
    Attributes of nodes, links and graph are as in `to_networkx`; a column ``name`` of the nodes
    becomes ``name_``.

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


def from_igraph(graph: ig.Graph) -> MultilayerNetwork:
    """A network from any graph of igraph.

    Parameters
    ----------
    graph : Graph
        The ids of nodes are the vertex attribute ``name``, or else the numbers of the vertices.
        Attributes are used as by `from_networkx`: of vertices ``kind``, ``place`` and
        ``jurisdiction``, of edges ``layer`` ("links" where there is none), ``weight`` (1) and
        ``period``.

    Returns
    -------
    MultilayerNetwork
        Nodes in the order of the vertices. An equal network if the graph came from `to_igraph`.

    Raises
    ------
    InputError
        If it is no graph of igraph, two vertices have one name, or what `from_networkx` raises.
    TableError
        If nodes and links do not make a network.

    Examples
    --------
    >>> import igraph as ig
    >>> from_igraph(ig.Graph.Famous("Zachary"))
    MultilayerNetwork: 34 nodes, 78 links in 1 layer (links)
    """
    import igraph as ig
    import networkx as nx

    value: object = graph
    if not isinstance(value, ig.Graph):
        msg = "`graph` must be a graph of igraph; found"
        raise InputError(f"{msg} {shown(graph)}; a table goes to build_network().")
    ids: list[Any] = [*range(graph.vcount())]
    if "name" in graph.vs.attributes():
        ids = graph.vs["name"]
        if None in ids:
            msg = (
                f"each vertex must have a `name`; {ids.count(None)} of {len(ids)} have none, e.g. "
            )
            raise InputError(f"{msg}number {ids.index(None)}.")
        if len(set(ids)) < len(ids):
            twice = [name for name in dict.fromkeys(ids) if ids.count(name) > 1]
            msg = f"{len(twice)} names stand for several vertices: {examples(twice)}"
            raise InputError(f"{msg}; give each vertex a `name` of its own.")
    converted = nx.MultiDiGraph() if graph.is_directed() else nx.MultiGraph()
    converted.graph.update({name: graph[name] for name in graph.attributes()})
    # As mappings: an attribute may have the name of an argument, such as `key`.
    converted.add_nodes_from(zip(ids, map(_without_missing, graph.vs), strict=True))
    for name in ids if "name" in graph.vs.attributes() else ():
        del converted.nodes[name]["name"]
    converted.add_edges_from(
        (ids[edge.source], ids[edge.target], _without_missing(edge)) for edge in graph.es
    )
    return from_networkx(converted)


def _without_missing(element: Any) -> dict[str, Any]:
    return {name: value for name, value in element.attributes().items() if value is not None}


def to_scipy(network: MultilayerNetwork) -> dict[str, sparse.csr_array]:
    """One sparse matrix a layer.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network.

    Returns
    -------
    dict of str to csr_array
        Keys: the layers, sorted. Values: n x n, float64, rows and columns in node order, the
        weights summed over periods, self-links once on the diagonal, symmetric if the layer is
        undirected. Unlike those of `MultilayerNetwork.adjacency` they may be changed.

    See Also
    --------
    netinnov.supra.supra_adjacency : all layers and their coupling in one matrix.

    Examples
    --------
    >>> import pandas as pd
    >>> links = pd.DataFrame({"source": ["a"], "target": ["b"], "weight": [2.0]})
    >>> to_scipy(MultilayerNetwork(pd.DataFrame(index=["a", "b"]), links))["links"].toarray()
    array([[0., 2.],
           [2., 0.]])
    """
    return {layer: network.adjacency(layer).copy() for layer in network.layers}
