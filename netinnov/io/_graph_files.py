"""Files that other programs open: GraphML, GEXF (Gephi), Pajek, Infomap and muxViz."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import SubElement, tostring

import numpy as np
import pandas as pd

from netinnov._runtime.atomic import new_file, new_folder
from netinnov._version import __version__
from netinnov.io import _graph
from netinnov.io._graph import LABEL, LINE, XML, Attributes, Column, Graph
from netinnov.io._networkx import multigraph
from netinnov.network import MultilayerNetwork

# Readers of networkx hand attributes on as keywords, which these names are already.
OF_NODES = {"self", "node_for_adding"}
OF_LINKS = {"self", "u_for_edge", "v_for_edge", "key"}
# Columns that Gephi makes itself, and what GEXF and its writer in networkx take for something else.
GEXF_NAMES = {"id", "label", "start", "end", "spells", "viz"}
GEXF_NODES = OF_NODES | GEXF_NAMES | {"pid", "parents"}
GEXF_LINKS = OF_LINKS | GEXF_NAMES | {"source", "target", "type", "kind", "networkx_key"}
# What readers of Pajek make of the fixed part of a line.
PAJEK_NODES = OF_NODES | {"id", "name", "x", "y", "z", "shape", "color"}
PAJEK_LINKS = OF_LINKS | {"color", "label"}


def write_graphml(
    network: MultilayerNetwork, path: str | os.PathLike[str], *, attributes: Attributes = None
) -> None:
    """Write one graph with all layers, nodes and attributes as GraphML.

    networkx, igraph, Gephi, Cytoscape and yEd read it.

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
    >>> import tempfile, networkx
    >>> path = tempfile.mkdtemp() + "/quzhou.graphml"
    >>> write_graphml(ni.datasets.load_quzhou(), path)
    >>> ni.io.from_networkx(networkx.read_graphml(path)).equals(ni.datasets.load_quzhou())
    True
    """
    import networkx as nx

    network = _graph.with_attributes(network, attributes)
    taken = {"id"}
    graph = _graph.one_graph(network, node_names=OF_NODES | taken, link_names=OF_LINKS | taken)
    _graph.check_legible([*graph.nodes, *network.layers], XML, "GraphML", graph)
    writer = nx.GraphMLWriter(multigraph(graph))
    for edge in writer.xml.iter("edge"):  # the id would be its key, which many edges share
        del edge.attrib["id"]
    _write_xml(writer, path)


def write_gexf(
    network: MultilayerNetwork, path: str | os.PathLike[str], *, attributes: Attributes = None
) -> None:
    """Write one graph with all layers, nodes and attributes as GEXF 1.3, the format of Gephi.

    Parameters
    ----------
    network, path, attributes
        As in `write_graphml`, which also raises and warns of the same.

    Notes
    -----
    Direction, arcs and attributes are those of `to_networkx`. The ``kind`` of an edge is its layer
    (and period, as in "papers 2015"), so that Gephi keeps parallel edges apart. Nodes carry ``lon``
    and ``lat`` of their place. A column whose name GEXF uses itself gets an underscore, as
    ``label_``. For Gephi's timeline links begin and end with their period; links without one are
    always there. The description of the file holds the graph's own attributes, one a line; by them
    `netinnov.read_network` gives back an equal network, with directions and records of layers.

    Examples
    --------
    >>> import tempfile, networkx
    >>> path = tempfile.mkdtemp() + "/quzhou.gexf"
    >>> write_gexf(ni.datasets.load_quzhou(), path)
    >>> networkx.read_gexf(path).number_of_nodes()
    14
    """
    from networkx.readwrite.gexf import GEXFWriter

    network = _graph.with_attributes(network, attributes)
    held = _graph.one_graph(network, node_names=GEXF_NODES, link_names=GEXF_LINKS, coordinates=True)
    _graph.check_legible([*held.nodes, *network.layers], XML, "GEXF", held)
    graph = multigraph(held)
    for *_, link in graph.edges(data=True):
        if "period" in link:
            link["start"] = link["end"] = float(link["period"])
    writer = GEXFWriter(graph, version="1.3")
    meta = writer.xml.find("meta")
    meta.attrib.clear()  # the date, which would make two files of one network differ
    meta.find("creator").text = f"netinnov {__version__}"
    about = (f"{name}: {text}" for name, text in held.about.items())
    SubElement(meta, "description").text = "\n".join(about)
    del writer.graph_element.attrib["name"]
    edges = zip(writer.xml.iter("edge"), graph.edges(keys=True), strict=True)
    for element, (_, _, relation) in edges:
        element.set("kind", relation)
        del element.attrib["id"]
    _write_xml(writer, path)


def _write_xml(writer: Any, path: str | os.PathLike[str]) -> None:
    writer.indent(writer.xml)
    text = tostring(writer.xml, encoding="unicode")
    text = re.sub(f"[{''.join(map(chr, XML))}]", lambda match: match[0].translate(XML), text)
    with new_file(path) as stream:
        stream.write('<?xml version="1.0" encoding="UTF-8"?>\n')
        stream.write(text.replace("\r", "&#13;"))  # of which readers would make a line feed


def write_pajek(
    network: MultilayerNetwork, path: str | os.PathLike[str], *, attributes: Attributes = None
) -> None:
    """Write all layers as relations of a Pajek network.

    Parameters
    ----------
    network, path, attributes
        As in `write_graphml`, which raises the same; the path is usually ``.net``.

    Warns
    -----
    UserWarning
        If Pajek cannot hold a character, as `write_muxviz`.

    Notes
    -----
    Each layer, with periods each layer and period ("papers 2015"), is a relation, of arcs if it is
    directed and of edges otherwise. Vertices stand on a circle and have ``lon`` and ``lat`` of
    their place. Attributes are pairs of name and value, all text, without what is missing. A name
    that the format uses itself gets an underscore.

    References
    ----------
    Mrvar and Batagelj, Programs for Analysis and Visualization of Very Large Networks: Reference
    Manual.

    Examples
    --------
    >>> import tempfile, networkx
    >>> path = tempfile.mkdtemp() + "/two.net"
    >>> write_pajek(ni.build_network(pd.DataFrame({"from": ["衢州"], "to": ["杭州"]})), path)
    >>> networkx.read_pajek(path)["衢州"]["杭州"][0]
    {'weight': 1.0, 'layer': 'links'}
    """
    network = _graph.with_attributes(network, attributes)
    graph = _graph.one_graph(
        network, node_names=PAJEK_NODES, link_names=PAJEK_LINKS, coordinates=True, two_arcs=False
    )
    _graph.check_legible([*graph.nodes, *network.layers], LABEL, "Pajek", graph)
    # By its byte order mark Pajek knows UTF-8; networkx skips a first line that begins with one.
    with new_file(path, newline="\r\n") as stream:
        stream.write(f"\ufeff*Network {Path(path).stem.translate(LABEL)}\n")
        stream.writelines(_vertices(graph))
        stream.writelines(_relations(network, graph))


def _vertices(graph: Graph) -> Iterator[str]:
    yield f"*Vertices {len(graph.nodes)}\n"
    angle = np.linspace(0, 2 * np.pi, len(graph.nodes), endpoint=False)
    places = (0.5 + 0.4 * np.column_stack([np.cos(angle), np.sin(angle)])).tolist()
    rows = enumerate(zip(graph.nodes, places, _pairs(graph.node_columns), strict=True), start=1)
    for number, (node, (x, y), more) in rows:
        yield f'{number} "{node.translate(LABEL)}" {x:.4f} {y:.4f} ellipse{more}\n'


def _relations(network: MultilayerNetwork, graph: Graph) -> Iterator[str]:
    rows = network.storage.link_rows()
    period = 0 if rows.period is None else rows.period
    table = pd.DataFrame({"layer": rows.layer, "period": period})
    members: Any = sorted(table.groupby(["layer", "period"]).indices.items())
    names = _graph.relations(graph)
    column = {column.name: column for column in graph.link_columns}
    weight = column.pop("weight").values
    pairs = list(_pairs(list(column.values())))
    if not members:
        yield "*Edges\n"
    for number, ((layer, _), links) in enumerate(members, start=1):
        kind = "*Arcs" if network.layers[layer] in network.directed else "*Edges"
        alone = len(members) == 1  # networkx and igraph read no number then
        yield f"{kind}\n" if alone else f'{kind} :{number} "{names[links[0]].translate(LABEL)}"\n'
        for at in links:
            yield f"{graph.source[at] + 1} {graph.target[at] + 1} {weight[at]!r}{pairs[at]}\n"


def _pairs(columns: list[Column]) -> Iterator[str]:
    cells = []
    for column in columns:
        pair = f' "{column.name.translate(LABEL)}" '
        values = [str(v).lower() if isinstance(v, bool) else v for v in column.values]
        texts = ["" if v is None else f'{pair}"{str(v).translate(LABEL)}"' for v in values]
        cells.append(texts)
    return map("".join, zip(*cells, strict=True))


def write_infomap(network: MultilayerNetwork, path: str | os.PathLike[str]) -> None:
    """Write the links inside the layers for Infomap.

    Parameters
    ----------
    network, path
        As in `write_graphml`, which raises the same; the path is usually ``.net``.

    Warns
    -----
    UserWarning
        If the file cannot hold a character of an id, as `write_muxviz`.

    Notes
    -----
    Nodes and layers are numbered from 1, in the network's order. Weights are summed over periods.
    There are no links between layers: Infomap couples them by its relax rate. If any layer is
    directed, an undirected link is two arcs; then ``infomap.run(path, directed=True)``.

    References
    ----------
    Edler, Holmgren and Rosvall, The MapEquation software package, mapequation.org.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp(), "two.net")
    >>> write_infomap(ni.build_network(pd.DataFrame({"from": ["a"], "to": ["b"]})), path)
    >>> path.read_text().splitlines()[-2:]
    ['# layer node node weight', '1 1 2 1.0']
    """
    nodes = network.storage.node_names
    _graph.check_legible([*nodes, *network.layers], LINE, "Infomap")
    modelled = network.layer_table["modelled"]
    direction = "directed: run with --directed" if network.directed else "undirected"
    two_arcs = ", an undirected link is two arcs" if _graph.is_mixed(network) else ""
    with new_file(path) as stream:
        for number, layer in enumerate(network.layers, start=1):
            told = ", modelled" if modelled[layer] else ""
            stream.write(f'# layer {number} "{layer.translate(LINE)}"{told}\n')
        stream.write(f"# {direction}{two_arcs}\n*Vertices {network.n_nodes}\n")
        labels = enumerate(nodes.map(lambda node: node.translate(LINE)), start=1)
        stream.writelines(f'{number} "{label}"\n' for number, label in labels)
        stream.write("*Intra\n# layer node node weight\n")
        for number, lines in _edges(network):
            stream.writelines(f"{number} {line}" for line in lines)


def _edges(network: MultilayerNetwork) -> Iterator[tuple[int, list[str]]]:
    """Number and lines (node, node, weight) of each layer; arcs as in `one_graph`."""
    links_of = network.storage.csr if _graph.is_mixed(network) else network.storage.block
    for number, layer in enumerate(network.layers, start=1):
        block = links_of(layer)
        sides = (side.tolist() for side in (block.sources, block.indices, block.data))
        rows = zip(*sides, strict=True)
        yield number, [f"{one + 1} {other + 1} {weight!r}\n" for one, other, weight in rows]


def write_muxviz(network: MultilayerNetwork, folder: str | os.PathLike[str]) -> None:
    """Write the folder of files that muxViz opens.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network.
    folder : path
        Folder to make; it appears when everything is in it. Holds ``config.txt``, which muxViz
        opens (format edge-colored), ``network_layers.txt``, ``network_nodes.txt`` (with
        ``nodeLong`` and ``nodeLat`` if all places are known), one ``.edges`` a layer (node node
        weight) and ``network_multiplex.edges`` with all of them (layer node node weight).

    Raises
    ------
    InputError
        If the folder is not empty or cannot be made, or the files would make two names one.

    Warns
    -----
    UserWarning
        If the files cannot hold a character of a name: pictures (as ␊) stand for control
        characters, ``＂`` and ``＼`` for quotation marks and backslashes.

    Notes
    -----
    Numbers, weights and arcs are those of `write_infomap`, as muxViz takes all layers to be
    directed or none; attributes are left out. Set R's working directory to the folder: the names of
    files in ``config.txt`` are relative.

    References
    ----------
    De Domenico, Porter and Arenas, MuxViz, Journal of Complex Networks 3 (2015) 159-176.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> folder = pathlib.Path(tempfile.mkdtemp(), "two")
    >>> write_muxviz(ni.build_network(pd.DataFrame({"from": ["a"], "to": ["b"]})), folder)
    >>> (folder / "network_multiplex.edges").read_text()
    '1 1 2 1.0\\n'
    """
    nodes = network.storage.node_names
    _graph.check_legible([*nodes, *network.layers], LABEL, "muxViz")
    layers = [f'"{layer.translate(LABEL)}"' for layer in network.layers]
    files: dict[str, list[str]] = {"config.txt": [], "network_multiplex.edges": []}
    for number, lines in _edges(network):
        file = f"network_layer{number}.edges"
        files[file] = lines
        files["network_multiplex.edges"] += [f"{number} {line}" for line in lines]
        files["config.txt"].append(f"{file};{layers[number - 1]};network_nodes.txt\n")
    numbered = [f"{number} {label}\n" for number, label in enumerate(layers, start=1)]
    files["network_layers.txt"] = ["layerID layerLabel\n", *numbered]
    where = network.places[["lon", "lat"]].reindex(network.nodes["place"]).to_numpy()
    located = not np.isnan(where).any()
    head = " nodeLong nodeLat" if located else ""
    spots = [f" {lon!r} {lat!r}" if located else "" for lon, lat in where.tolist()]
    rows = enumerate(zip(nodes, spots, strict=True), start=1)
    labelled = [f'{k} "{node.translate(LABEL)}"{spot}\n' for k, (node, spot) in rows]
    files["network_nodes.txt"] = [f"nodeID nodeLabel{head}\n", *labelled]
    with new_folder(folder) as new:
        for file, lines in files.items():
            (new / file).write_text("".join(lines), encoding="utf-8", newline="\n")
