"""Graphs in files of other programs, read by networkx."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pandas as pd

from netinnov._network.headers import check_columns, rename, unused_columns
from netinnov._runtime.opening import TREE, check_file, damage_refused, ending_of, opened
from netinnov.errors import InputError
from netinnov.io._graph import XML
from netinnov.io._networkx import network_of_graph
from netinnov.sources import Tables
from netinnov.sources._complete_rows import note
from netinnov.sources._graph_checks import check_gml, checked_xml, name_attributes
from netinnov.sources._user_tables import located

GRAPHS = {".graphml": "read_graphml", ".gexf": "read_gexf", ".gml": "read_gml"}
DESCRIBED = {"directed_layers", "layers", "places", "column_types"}
REPEATED = {"label", "lon", "lat", "start", "end"}


def read_graph(path: Path, *, columns: Mapping[str, str] | None = None) -> Tables:
    import networkx as nx

    asked = check_columns(columns)
    if (ending := ending_of(check_file(path))) not in GRAPHS:
        raise InputError(f"{path} must be a graph in a file {' or '.join(GRAPHS)}.")
    read = getattr(nx, GRAPHS[ending])
    options = {}
    # Each format has errors of its own, and some have those of Python.
    with damage_refused(str(path), Exception), opened(path, times=TREE) as stream:
        data = stream.read()
        if ending == ".gml":
            # igraph writes numbers alone
            options = {} if re.search(rb"\blabel\s", data) else {"label": "id"}
        else:
            data = checked_xml(path, data)
        graph = read(BytesIO(data), **options)
        if ending == ".gexf":
            _take_up_description(graph, data)
        elif ending == ".gml":
            check_gml(path, graph, data)
    ours = "column_types" in graph.graph
    if not ours:
        _name_layer(graph)
        names = name_attributes(path.name, graph, asked)
    with damage_refused(str(path)):  # GML may name halves of characters
        network = network_of_graph(graph, path.name)
    nodes = network.nodes.reset_index()
    places: pd.DataFrame | None = network.places.reset_index()
    if not ours:
        empty = [name for name in ("kind", "place", "jurisdiction") if nodes[name].isna().all()]
        unused_columns(asked, {"nodes": map(str, nodes), "links": names})
        asked = {"node": "node"} | asked  # an attribute such as `node_` is not the id
        nodes, renamed = rename(path.name, "nodes", nodes.drop(columns=empty), asked)
        note(renamed)
        nodes, own = located(nodes)
        places = own if own is not None or network.places.empty else places
    directed = tuple(layer for layer in network.layers if layer in network.directed)
    far = network.distances, network.distance_unit
    return Tables(nodes, network.links, places, directed, network.layer_table, *far)


def _take_up_description(graph: Any, file: bytes) -> None:
    """The graph's attributes that `write_gexf` wrote; what it repeats for Gephi is no attribute."""
    texts = (each.text for each in ET.fromstring(file).iter() if each.tag.endswith("}description"))
    lines = (line.strip().partition(": ") for line in (next(texts, "") or "").split("\n"))
    if not (about := {name: text for name, _, text in lines if name}).keys() >= DESCRIBED:
        return
    graph.graph.update((name, json.loads(text)) for name, text in about.items())
    records = {name.translate(XML): record for name, record in graph.graph["layers"].items()}
    graph.graph["layers"] = records
    graph.graph["directed_layers"] = [name for name, each in records.items() if each["directed"]]
    for table, rows in (("nodes", graph.nodes), ("links", graph.edges)):
        repeated = REPEATED - graph.graph["column_types"][table].keys()
        for *_, data in rows(data=True):
            for name in repeated:
                data.pop(name, None)


def _name_layer(graph: Any) -> None:
    """Keys of parallel links are ids in such files, not names of layers."""
    links = list(graph.edges(keys=True, data=True)) if graph.is_multigraph() else []
    if len({key for *_, key, _ in links}) == len(links) > 1:
        for *_, attributes in links:
            attributes.setdefault("layer", "links")
