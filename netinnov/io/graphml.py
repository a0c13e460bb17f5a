"""GraphML, which networkx, igraph, Gephi, Cytoscape and yEd read."""

from __future__ import annotations

import os

from netinnov._atomic import new_file
from netinnov._public import public_names
from netinnov.io._graph import KEYWORDS_OF_LINKS, KEYWORDS_OF_NODES, one_graph, with_twins
from netinnov.io._legible import XML, xml_lines
from netinnov.io._result_columns import Attributes, with_attributes
from netinnov.io.networkx import multigraph
from netinnov.network import MultilayerNetwork

__all__ = ["write_graphml"]

NODE_NAMES = KEYWORDS_OF_NODES | {"id"}
LINK_NAMES = KEYWORDS_OF_LINKS | {"id"}


def write_graphml(
    network: MultilayerNetwork,
    path: str | os.PathLike[str],
    *,
    attributes: Attributes = None,
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
        If the file cannot be written, `attributes` do not fit the nodes, or two ids differ only in
        characters that XML cannot hold.

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
    id as ``&#38;``. networkx writes the file: links stand in the order of its edges, truth values
    are ``True`` and ``False``, infinity is ``inf``.

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

    graph = one_graph(network, node_names=NODE_NAMES, link_names=LINK_NAMES)
    writer = nx.GraphMLWriter(multigraph(with_twins(graph, XML, "GraphML")))
    for edge in writer.xml.iter("edge"):  # the id would be its key, which many edges share
        del edge.attrib["id"]
    writer.indent(writer.xml)
    with new_file(path) as stream:
        stream.writelines(xml_lines(writer.xml))


__dir__ = public_names(globals())
