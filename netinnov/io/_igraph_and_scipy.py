"""Graphs of igraph and matrices of scipy."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import sparse

from netinnov._network.columns import as_text
from netinnov._runtime.arguments import as_list, examples, shown
from netinnov.build._links_alone import HEADERS, network_of_parts, part_of_matrix
from netinnov.errors import InputError
from netinnov.io._graph import Attributes, one_graph, with_attributes
from netinnov.io._networkx import network_of_graph
from netinnov.network import MultilayerNetwork

if TYPE_CHECKING:
    import igraph as ig


def to_igraph(network: MultilayerNetwork, *, attributes: Attributes = None) -> ig.Graph:
    """One graph of igraph with all layers, nodes and attributes.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network.
    attributes : DataFrame or mapping, optional
        Results for the nodes, as in `write_graphml`.

    Returns
    -------
    Graph
        Vertices in node order; ``name`` is the id, and a column ``name`` of the nodes ``name_``.
        Direction, arcs and attributes are those of `to_networkx`. Missing: None.

    Examples
    --------
    >>> links = pd.DataFrame({"source": ["a", "c"], "target": ["b", "a"], "weight": [2.0, 5.0]})
    >>> to_igraph(ni.build_network(links)).strength(weights="weight")
    [7.0, 2.0, 5.0]
    """
    import igraph as ig

    held = one_graph(with_attributes(network, attributes), node_names={"name"})
    edges = list(zip(held.source, held.target, strict=True))
    vertices = {"name": held.nodes} | {each.name: each.values for each in held.node_columns}
    links = {each.name: each.values for each in held.link_columns}
    attached = {"graph_attrs": held.about, "vertex_attrs": vertices, "edge_attrs": links}
    return ig.Graph(len(held.nodes), edges, directed=held.directed, **attached)


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
        raise InputError(
            f"`graph` must be a graph of igraph; found {shown(graph)}; a table goes to "
            "build_network()."
        )
    named = "name" in graph.vs.attributes()
    ids = pd.Series(graph.vs["name"] if named else range(graph.vcount()), dtype=object)
    if (bad := ids[ids.isna() | ids.duplicated()].unique()).size:
        raise InputError(f"each vertex must have a `name` of its own; not so: {examples(bad)}.")
    converted = nx.MultiDiGraph() if graph.is_directed() else nx.MultiGraph()
    converted.graph.update({name: graph[name] for name in graph.attributes()})
    # As mappings: an attribute may have the name of an argument, such as `key`.
    converted.add_nodes_from(zip(ids, map(_without_missing, graph.vs), strict=True))
    for name in ids if named else ():
        del converted.nodes[name]["name"]
    converted.add_edges_from(
        (ids[edge.source], ids[edge.target], _without_missing(edge)) for edge in graph.es
    )
    return network_of_graph(converted)


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
    >>> links = pd.DataFrame({"source": ["a"], "target": ["b"], "weight": [2.0]})
    >>> to_scipy(ni.build_network(links))["links"].toarray()
    array([[0., 2.],
           [2., 0.]])
    """
    return {layer: network.adjacency(layer).copy() for layer in network.layers}


def from_scipy(
    matrix: Any, *, nodes: Any = None, directed: bool | Collection[str] | None = None
) -> MultilayerNetwork:
    """A network from a square matrix of scipy or numpy, or from one a layer.

    Parameters
    ----------
    matrix : sparse or dense array, or mapping of str to such
        Weights from the nodes of the rows to those of the columns; 0 and NaN are no link. A mapping
        is from layers, as `to_scipy` gives it.
    nodes : sequence of str or DataFrame, optional
        Ids of the rows, or a table as in `build_network`. Default: 0, 1, ...
    directed : bool or sequence of str, optional
        Whether links have a direction, or which layers do. None: a matrix that is not symmetric.

    Returns
    -------
    MultilayerNetwork

    Raises
    ------
    InputError
        If a matrix is not square, has not a row for each node, or holds a number below 0.

    Examples
    --------
    >>> import numpy as np
    >>> from_scipy(np.array([[0, 2], [1, 0]]), nodes=["a", "b"]).links["weight"].tolist()
    [2.0, 1.0]
    """
    table = nodes if isinstance(nodes, pd.DataFrame) else None
    if table is not None:
        nodes = table.get("node", table.index)
    matrices = matrix if isinstance(matrix, Mapping) else {"links": matrix}
    parts = {}
    for layer, each in matrices.items():
        try:
            cells = sparse.coo_array(each).astype(np.float64)
        except (TypeError, ValueError):
            raise InputError(f"`matrix` must be of numbers; found {shown(each)}.") from None
        ids = range(cells.shape[0]) if nodes is None else as_list("nodes", nodes, "ids")
        names = pd.Index(as_text(pd.Series(ids))[0])
        if cells.shape != (len(names), len(names)) or not names.is_unique or names.hasnans:
            raise InputError(
                "`matrix` must be square, and `nodes` one id a row, each once; found "
                f"{len(names)} ids and the shape {cells.shape}."
            )
        if (low := cells.data[(cells.data < 0) | np.isinf(cells.data)]).size:
            raise InputError(f"`matrix` must hold numbers of 0 or more; found {low[0]:g}.")
        flows = pd.DataFrame([names.take(at) for at in cells.coords], HEADERS[:2]).T
        flows = flows.assign(weight=cells.data)[cells.data > 0]
        parts[str(layer)] = part_of_matrix(flows, names, str(layer), directed)
    return network_of_parts(parts, directed, table)
