"""GraphML, which networkx, igraph, Gephi, Cytoscape and yEd read, and GEXF, the format of Gephi."""

from __future__ import annotations

import os
from typing import Any
from xml.etree.ElementTree import SubElement, tostring

from netinnov._runtime.atomic import new_file
from netinnov._version import __version__
from netinnov.io._graph import (
    KEYWORDS_OF_LINKS,
    KEYWORDS_OF_NODES,
    XML,
    Attributes,
    one_graph,
    with_attributes,
    with_twins,
)
from netinnov.io._networkx import multigraph
from netinnov.network import MultilayerNetwork

# Columns that Gephi makes itself, and what GEXF and its writer in networkx take for something else.
GEXF_NAMES = {"id", "label", "start", "end", "spells", "viz"}
GEXF_NODES = KEYWORDS_OF_NODES | GEXF_NAMES | {"pid", "parents"}
GEXF_LINKS = KEYWORDS_OF_LINKS | GEXF_NAMES | {"source", "target", "type", "kind", "networkx_key"}


def write_graphml(
    network: MultilayerNetwork, path: str | os.PathLike[str], *, attributes: Attributes = None
) -> None:
    """Write one graph with all layers, nodes and attributes as GraphML.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network.
    path : path
        File to write, usually ``.graphml``; an older one is replaced when the new one is complete.
    attributes : DataFrame or mapping, optional
        Results as further columns of the nodes: a DataFrame with a row for each node, or a mapping
        from names to Series over the nodes, to DataFrames nodes x layers (a column a layer), or to
        a `Partition`. Nodes that a result does not name have no value.

    Raises
    ------
    InputError
        If the file cannot be written, `attributes` do not fit, or XML would make two ids one.

    Warns
    -----
    UserWarning
        If XML cannot hold a character (control characters, U+FFFE, U+FFFF): its picture (U+2400
        to U+241F, as ␀) or U+FFFD stands for it.

    Notes
    -----
    Direction, arcs and attributes are those of `to_networkx`. ``from_networkx(networkx.read_graphml
    (path))`` gives back an equal network. Attributes called ``id`` (and ``key``, of links) are
    written as ``id_`` and ``key_``. igraph reads ``&`` in an id as ``&#38;``.

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
    network = with_attributes(network, attributes)
    import networkx as nx

    graph = one_graph(
        network, node_names=KEYWORDS_OF_NODES | {"id"}, link_names=KEYWORDS_OF_LINKS | {"id"}
    )
    writer = nx.GraphMLWriter(multigraph(with_twins(graph, XML, "GraphML")))
    for edge in writer.xml.iter("edge"):  # the id would be its key, which many edges share
        del edge.attrib["id"]
    _write(writer, path)


def write_gexf(
    network: MultilayerNetwork, path: str | os.PathLike[str], *, attributes: Attributes = None
) -> None:
    """Write one graph with all layers, nodes and attributes as GEXF 1.3.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network.
    path : path
        File to write, usually ``.gexf``; an older one is replaced when the new one is complete.
    attributes : DataFrame or mapping, optional
        Results as further columns of the nodes, as in `write_graphml`.

    Raises
    ------
    InputError
        As `write_graphml`, which also warns of the same.

    Notes
    -----
    Direction, arcs and attributes are those of `to_networkx`. The ``kind`` of an edge is its layer
    (and period, as in "papers 2015"), so that Gephi keeps parallel edges apart. Nodes carry ``lon``
    and ``lat`` of their place. A column whose name GEXF uses itself gets an underscore, as
    ``label_``. The description of the file is the table of layers as JSON. For Gephi's timeline
    links begin and end with their period; links without one are always there.

    Examples
    --------
    >>> import tempfile, networkx as nx, pandas as pd
    >>> links = pd.DataFrame({"source": ["a"], "target": ["b"], "weight": [2.0]})
    >>> path = tempfile.mkdtemp() + "/two.gexf"
    >>> write_gexf(MultilayerNetwork(pd.DataFrame(index=["a", "b"]), links), path)
    >>> nx.read_gexf(path)["a"]["b"]["weight"]
    2.0
    """
    network = with_attributes(network, attributes)
    from networkx.readwrite.gexf import GEXFWriter

    held = one_graph(network, node_names=GEXF_NODES, link_names=GEXF_LINKS, coordinates=True)
    held = with_twins(held, XML, "GEXF")
    graph = multigraph(held)
    for *_, link in graph.edges(data=True):
        if "period" in link:
            link["start"] = link["end"] = float(link["period"])
    writer = GEXFWriter(graph, version="1.3")
    meta = writer.xml.find("meta")
    meta.attrib.clear()  # the date, which would make two files of one network differ
    meta.find("creator").text = f"netinnov {__version__}"
    SubElement(meta, "description").text = f"layers: {held.about['layers']}"
    del writer.graph_element.attrib["name"]
    edges = zip(writer.xml.iter("edge"), graph.edges(keys=True), strict=True)
    for element, (_, _, relation) in edges:
        element.set("kind", relation)
        del element.attrib["id"]
    _write(writer, path)


def _write(writer: Any, path: str | os.PathLike[str]) -> None:
    writer.indent(writer.xml)
    with new_file(path) as stream:
        stream.write('<?xml version="1.0" encoding="UTF-8"?>\n')
        # As numbers: of a carriage return readers make a line feed
        stream.write(tostring(writer.xml, encoding="unicode").replace("\r", "&#13;"))
