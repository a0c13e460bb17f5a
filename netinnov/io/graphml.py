"""GraphML, which networkx, igraph, Gephi, Cytoscape and yEd read."""

from __future__ import annotations

import os
from collections.abc import Iterator

from netinnov._atomic import new_file
from netinnov.io._attributes import Column
from netinnov.io._graph import KEYWORDS_OF_LINKS, KEYWORDS_OF_NODES, Graph, one_graph, with_twins
from netinnov.io._legible import XML
from netinnov.io._xml import XML_OF, escaped
from netinnov.network import MultilayerNetwork

__all__ = ["write_graphml"]

HEAD = """\
<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns \
http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
"""
NODE_NAMES = KEYWORDS_OF_NODES | {"id"}
LINK_NAMES = KEYWORDS_OF_LINKS | {"id"}
TYPES = {"boolean": "boolean", "integer": "long", "number": "double", "text": "string"}


def write_graphml(network: MultilayerNetwork, path: str | os.PathLike[str]) -> None:
    """Write one graph with all layers, nodes and attributes as GraphML.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network.
    path : path
        File to write, usually ``.graphml``; an older one is replaced when the new one is complete.

    Raises
    ------
    InputError
        If the file cannot be written, or two ids differ only in characters that XML cannot hold.

    Warns
    -----
    UserWarning
        If XML cannot hold a character (control characters, U+FFFE, U+FFFF): its picture (U+2400
        to U+241F, as ␀) or U+FFFD stands for it.

    Notes
    -----
    Direction, arcs and attributes are those of `to_networkx`. ``from_networkx(networkx.read_graphml
    (path))`` gives back an equal network. Attributes called ``id`` (and ``key``, of links) would
    confuse igraph and networkx and are written as ``id_`` and ``key_``. igraph reads ``&`` in an
    id as ``&#38;``.

    Examples
    --------
    >>> import tempfile, networkx as nx, pandas as pd
    >>> from netinnov.io import from_networkx
    >>> links = pd.DataFrame({"source": ["a"], "target": ["b"], "weight": [2.0]})
    >>> network = MultilayerNetwork(pd.DataFrame(index=["a", "b"]), links)
    >>> path = tempfile.mkdtemp() + "/two.graphml"
    >>> write_graphml(network, path)
    >>> from_networkx(nx.read_graphml(path)).equals(network)
    True
    """
    graph = one_graph(network, node_names=NODE_NAMES, link_names=LINK_NAMES)
    graph = with_twins(graph, XML, "GraphML")
    with new_file(path) as stream:
        stream.writelines(_lines(graph))


def _lines(graph: Graph) -> Iterator[str]:
    yield HEAD
    about = [Column(name, "text", [text], {}) for name, text in graph.about.items()]
    scopes = {"graph": about, "node": graph.node_columns, "edge": graph.link_columns}
    for scope, columns in scopes.items():
        for x, column in enumerate(columns):
            name, kind = escaped(column.name), TYPES[column.kind]
            yield f'  <key id="{scope}{x}" for="{scope}" attr.name="{name}" attr.type="{kind}"/>\n'
    yield f'  <graph edgedefault="{"directed" if graph.directed else "undirected"}">\n'
    yield from (f"    {data}\n" for data in _data("graph", about))
    nodes = [escaped(node) for node in graph.nodes]
    for node, data in zip(nodes, _data("node", graph.node_columns), strict=True):
        yield f'    <node id="{node}">{data}</node>\n'
    ends = zip(graph.source, graph.target, _data("edge", graph.link_columns), strict=True)
    for source, target, data in ends:
        yield f'    <edge source="{nodes[source]}" target="{nodes[target]}">{data}</edge>\n'
    yield "  </graph>\n</graphml>\n"


def _data(scope: str, columns: list[Column]) -> Iterator[str]:
    """The elements of each row, for what is not missing."""
    cells = []
    for x, column in enumerate(columns):
        head, form = f'<data key="{scope}{x}">', XML_OF[column.kind]
        cells.append(["" if v is None else f"{head}{form(v)}</data>" for v in column.values])
    return map("".join, zip(*cells, strict=True))
