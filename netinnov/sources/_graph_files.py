"""Graphs in files of other programs, read by networkx."""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pandas as pd

from netinnov._network.headers import check_columns, rename
from netinnov._runtime.opening import check_file, damage_refused, ending_of, opened
from netinnov.errors import InputError
from netinnov.io._networkx import network_of_graph
from netinnov.sources import Tables
from netinnov.sources._complete_rows import note
from netinnov.sources._user_tables import located

GRAPHS = {".graphml": "read_graphml", ".gexf": "read_gexf", ".gml": "read_gml"}
GRAPHML = "{http://graphml.graphdrawing.org/xmlns"


def read_graph(path: Path, *, columns: Mapping[str, str] | None = None) -> Tables:
    import networkx as nx

    asked = check_columns(columns)
    if (ending := ending_of(check_file(path))) not in GRAPHS:
        raise InputError(f"{path} must be a graph in a file {' or '.join(GRAPHS)}.")
    read, options = getattr(nx, GRAPHS[ending]), {}
    # Each format has errors of its own, and some have those of Python.
    with damage_refused(str(path), Exception), opened(path) as stream:
        if ending == ".graphml":
            stream = _with_namespace(path, stream.read())
        elif ending == ".gml":
            stream = BytesIO(stream.read())
            if not re.search(rb"\blabel\s", stream.getvalue()):
                options = {"label": "id"}  # igraph writes numbers alone
        graph = read(stream, **options)
    ours = "column_types" in graph.graph
    if not ours:
        _name_layer(graph)
    network = network_of_graph(graph)
    nodes = network.nodes.reset_index()
    places: pd.DataFrame | None = network.places.reset_index()
    if not ours:
        empty = [name for name in ("kind", "place", "jurisdiction") if nodes[name].isna().all()]
        asked = {"node": "node"} | asked  # an attribute such as `node_` is not the id
        nodes, renamed = rename(path.name, "nodes", nodes.drop(columns=empty), asked)
        note(renamed)
        nodes, own = located(nodes)
        places = own if own is not None or network.places.empty else places
    table = network.layer_table
    directed = tuple(layer for layer in network.layers if layer in network.directed)
    return Tables(nodes, network.links, places, directed, table)


def _with_namespace(path: Path, data: bytes) -> BytesIO:
    """Add the GraphML namespace, without which networkx sees no elements."""
    root = ET.fromstring(data)
    space, _, name = root.tag.rpartition("}")
    if name != "graphml":
        raise InputError(f"{path} must be GraphML, in a <graphml>; it begins with <{name}>.")
    if space == GRAPHML:
        return BytesIO(data)
    for element in root.iter():
        element.tag = GRAPHML + "}" + element.tag.rpartition("}")[2]
    return BytesIO(ET.tostring(root))


def _name_layer(graph: Any) -> None:
    """Keys of parallel links are ids in such files, not names of layers."""
    if not graph.is_multigraph():
        return
    links = list(graph.edges(keys=True, data=True))
    if len({key for *_, key, _ in links}) == len(links) > 1:
        for *_, attributes in links:
            attributes.setdefault("layer", "links")
