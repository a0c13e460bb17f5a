"""GEXF, the format of Gephi."""

from __future__ import annotations

import os
from collections.abc import Iterator

from netinnov._arguments import did_you_mean
from netinnov._atomic import new_file
from netinnov._version import __version__
from netinnov.errors import InputError
from netinnov.io._attributes import Column
from netinnov.io._graph import (
    KEYWORDS_OF_LINKS,
    KEYWORDS_OF_NODES,
    Graph,
    one_graph,
    relations,
    with_twins,
)
from netinnov.io._legible import XML
from netinnov.io._xml import XML_OF, escaped
from netinnov.network import MultilayerNetwork, check_network

__all__ = ["write_gexf"]

HEAD = """\
<?xml version="1.0" encoding="UTF-8"?>
<gexf xmlns="http://gexf.net/1.3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xsi:schemaLocation="http://gexf.net/1.3 http://gexf.net/1.3/gexf.xsd" version="1.3">
"""
TYPES = {"boolean": "boolean", "integer": "long", "number": "double", "text": "string"}
# Columns that Gephi makes itself.
NODE_NAMES = KEYWORDS_OF_NODES | {"id", "label"}
LINK_NAMES = KEYWORDS_OF_LINKS | {"id", "label", "source", "target", "type", "kind"}


def write_gexf(
    network: MultilayerNetwork, path: str | os.PathLike[str], *, label: str | None = None
) -> None:
    """Write one graph with all layers, nodes and attributes as GEXF 1.3.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network.
    path : path
        File to write, usually ``.gexf``; an older one is replaced when the new one is complete.
    label : str, optional
        Column of the nodes that Gephi shows as their name; the id where it is missing. Default:
        the id.

    Raises
    ------
    InputError
        If the file cannot be written, there is no such column, or two ids differ only in
        characters that XML cannot hold.

    Warns
    -----
    UserWarning
        If XML cannot hold a character, as in `write_graphml`.

    Notes
    -----
    Direction, arcs and attributes are those of `to_networkx`. The ``kind`` of an edge is its
    layer (and period, as in "papers 2015"), so that Gephi keeps parallel edges apart. Nodes carry
    ``lon`` and ``lat`` of their place, which Gephi's plugins for maps use. A column whose name
    Gephi uses itself gets an underscore, as ``label_``. The description of the file names the
    directed layers.

    Examples
    --------
    >>> import tempfile, networkx as nx, pandas as pd
    >>> links = pd.DataFrame({"source": ["a"], "target": ["b"], "weight": [2.0]})
    >>> path = tempfile.mkdtemp() + "/two.gexf"
    >>> write_gexf(MultilayerNetwork(pd.DataFrame(index=["a", "b"]), links), path)
    >>> nx.read_gexf(path)["a"]["b"]["weight"]
    2.0
    """
    check_network(network)
    columns = network._nodes.columns
    if label is not None and label not in columns:
        msg = (
            f"`label` must be a column of the nodes; found {label!r}{did_you_mean(label, columns)}."
        )
        raise InputError(msg)
    graph = one_graph(network, node_names=NODE_NAMES, link_names=LINK_NAMES, coordinates=True)
    graph = with_twins(graph, XML, "GEXF")
    at = None if label is None else columns.tolist().index(label)
    with new_file(path) as stream:
        stream.writelines(_lines(graph, at))


def _lines(graph: Graph, label: int | None) -> Iterator[str]:
    yield HEAD
    yield f"  <meta>\n    <creator>netinnov {__version__}</creator>\n"
    yield f"    <description>directed layers: {escaped(graph.about['directed_layers'])}"
    yield "</description>\n  </meta>\n"
    direction = "directed" if graph.directed else "undirected"
    yield f'  <graph mode="static" idtype="string" defaultedgetype="{direction}">\n'
    weight = next(column for column in graph.link_columns if column.name == "weight")
    link_columns = [column for column in graph.link_columns if column is not weight]
    for scope, columns in (("node", graph.node_columns), ("edge", link_columns)):
        yield f'    <attributes class="{scope}" mode="static">\n'
        for x, column in enumerate(columns):
            title, kind = escaped(column.name), TYPES[column.kind]
            yield f'      <attribute id="{x}" title="{title}" type="{kind}"/>\n'
        yield "    </attributes>\n"
    nodes = [escaped(node) for node in graph.nodes]
    labels = nodes
    if label is not None:
        form = XML_OF[graph.node_columns[label].kind]
        shown = zip(graph.node_columns[label].values, nodes, strict=True)
        labels = [node if value is None else form(value) for value, node in shown]
    yield f'    <nodes count="{len(nodes)}">\n'
    for node, name, values in zip(nodes, labels, _values(graph.node_columns), strict=True):
        yield f'      <node id="{node}" label="{name}">{values}</node>\n'
    yield f'    </nodes>\n    <edges count="{len(graph.source)}">\n'
    parts = (graph.source, graph.target, weight.values, relations(graph), _values(link_columns))
    for source, target, value, kind, values in zip(*parts, strict=True):
        yield (
            f'      <edge source="{nodes[source]}" target="{nodes[target]}" '
            f'weight="{XML_OF["number"](value)}" kind="{escaped(kind)}">{values}</edge>\n'
        )
    yield "    </edges>\n  </graph>\n</gexf>\n"


def _values(columns: list[Column]) -> Iterator[str]:
    """The element of each row with what is not missing."""
    cells = []
    for x, column in enumerate(columns):
        form = XML_OF[column.kind]
        cells.append(
            ["" if v is None else f'<attvalue for="{x}" value="{form(v)}"/>' for v in column.values]
        )
    rows = map("".join, zip(*cells, strict=True))
    return (f"<attvalues>{row}</attvalues>" if row else "" for row in rows)
