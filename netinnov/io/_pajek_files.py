"""Pajek's networks and projects."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np

from netinnov._runtime.arguments import as_path
from netinnov._runtime.atomic import new_file
from netinnov.errors import InputError
from netinnov.io._attributes import Column, Kind
from netinnov.io._graph import (
    KEYWORDS_OF_LINKS,
    KEYWORDS_OF_NODES,
    Attributes,
    Graph,
    one_graph,
    relations,
    with_attributes,
    with_twins,
)
from netinnov.io._legible import LABEL
from netinnov.network import MultilayerNetwork

# What readers make of the fixed part of a line.
NODE_NAMES = KEYWORDS_OF_NODES | {"id", "name", "x", "y", "z", "shape", "color"}
LINK_NAMES = KEYWORDS_OF_LINKS | {"color", "label"}
LABELS = ("boolean", "text")
TEXT_OF: dict[Kind, Callable[[Any], str]] = {"integer": str, "number": repr, "text": str}
TEXT_OF["boolean"] = lambda value: str(value).lower()
UNKNOWN = 999999998  # Pajek's number for a missing value of a vector


def write_pajek(
    network: MultilayerNetwork, path: str | os.PathLike[str], *, attributes: Attributes = None
) -> None:
    """Write all layers as relations of a Pajek network, or of a Pajek project.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network.
    path : path
        File to write; an older one is replaced when the new one is complete. ``.net``: one
        network; attributes follow on the lines of vertices and links as pairs of name and value,
        all text, as networkx and igraph write and read them. ``.paj``: a project, in which the
        attributes of the nodes are partitions (text, truth values) and vectors (numbers), as
        Pajek itself uses them; those of the links are left out.
    attributes : DataFrame or mapping, optional
        Results as further columns of the nodes, as in `write_graphml`.

    Raises
    ------
    InputError
        If the file cannot be written or ends otherwise, `attributes` do not fit the nodes, or two
        names differ only in characters that Pajek cannot hold.

    Warns
    -----
    UserWarning
        If Pajek cannot hold a character: pictures (as ␊) stand for control characters, ``＂`` and
        ``＼`` for quotation marks and backslashes.

    Notes
    -----
    Each layer is a relation, of arcs if it is directed and of edges otherwise; with periods, each
    layer and period is one, as in "papers 2015". A network of one relation has no number of it in
    the file, since networkx and igraph cannot read that (nor several relations). Vertices stand
    on a circle. What is missing is left out, or of class 0 in a partition. Nodes have ``lon`` and
    ``lat`` of their place as attributes. A name that the format uses itself gets an underscore.

    References
    ----------
    Mrvar and Batagelj, Programs for Analysis and Visualization of Very Large Networks: Reference
    Manual.

    Examples
    --------
    >>> import tempfile, networkx as nx, pandas as pd
    >>> links = pd.DataFrame({"source": ["衢州"], "target": ["杭州"], "weight": [2.0]})
    >>> path = tempfile.mkdtemp() + "/two.net"
    >>> write_pajek(MultilayerNetwork(pd.DataFrame(index=["衢州", "杭州"]), links), path)
    >>> nx.read_pajek(path)["衢州"]["杭州"][0]
    {'weight': 2.0, 'layer': 'links'}
    """
    ending = as_path("path", path).suffix.lower()
    if ending not in (".net", ".paj"):
        msg = f"`path` must end in .net (a network) or .paj (a project); found {str(path)!r}."
        raise InputError(msg)
    network = with_attributes(network, attributes)
    graph = one_graph(
        network, node_names=NODE_NAMES, link_names=LINK_NAMES, coordinates=True, two_arcs=False
    )
    graph = with_twins(graph, LABEL, "Pajek")
    # By its byte order mark Pajek knows UTF-8; networkx takes a first line that begins with one
    # only if it can do without that line.
    with new_file(path, newline="\r\n") as stream:
        stream.write(f"\ufeff*Network {Path(path).stem.translate(LABEL)}\n")
        stream.writelines(_vertices(graph, in_project=ending == ".paj"))
        stream.writelines(_relations(network, graph, in_project=ending == ".paj"))
        if ending == ".paj":
            for column in graph.node_columns:
                stream.writelines(_partition(column) if column.kind in LABELS else _vector(column))


def _vertices(graph: Graph, *, in_project: bool) -> Iterator[str]:
    yield f"*Vertices {len(graph.nodes)}\n"
    angle = np.linspace(0, 2 * np.pi, len(graph.nodes), endpoint=False)
    places = (0.5 + 0.4 * np.column_stack([np.cos(angle), np.sin(angle)])).tolist()
    pairs = repeat("") if in_project else _pairs(graph.node_columns)
    rows = enumerate(zip(graph.nodes, places, pairs, strict=False), start=1)
    for number, (node, (x, y), more) in rows:
        yield f'{number} "{node}" {x:.4f} {y:.4f} ellipse{more}\n'


def _relations(network: MultilayerNetwork, graph: Graph, *, in_project: bool) -> Iterator[str]:
    rows = network.storage.link_rows()
    periods = repeat(0) if rows.period is None else rows.period.tolist()
    members: dict[tuple[int, int], list[int]] = {}
    for at, relation in enumerate(zip(rows.layer.tolist(), periods, strict=False)):
        members.setdefault(relation, []).append(at)
    names = relations(graph)
    column = {column.name: column for column in graph.link_columns}
    weight = column.pop("weight").values
    pairs = list(_pairs(list(column.values()))) if not in_project else [""] * len(weight)
    alone = len(members) <= 1 and not in_project
    if not members:
        yield "*Edges\n"
    for number, (relation, links) in enumerate(sorted(members.items()), start=1):
        kind = "*Arcs" if network.layers[relation[0]] in network.directed else "*Edges"
        yield f"{kind}\n" if alone else f'{kind} :{number} "{names[links[0]]}"\n'
        for at in links:
            ends = f"{graph.source[at] + 1} {graph.target[at] + 1}"
            yield f"{ends} {weight[at]!r}{pairs[at]}\n"


def _pairs(columns: list[Column]) -> Iterator[str]:
    cells = []
    for column in columns:
        form = TEXT_OF[column.kind]
        cells.append(["" if v is None else f' "{column.name}" "{form(v)}"' for v in column.values])
    return map("".join, zip(*cells, strict=True))


def _partition(column: Column) -> Iterator[str]:
    form = TEXT_OF[column.kind]
    values = [None if value is None else form(value) for value in column.values]
    labels = sorted({value for value in values if value is not None})
    classes = {label: x for x, label in enumerate(labels, start=1)}
    yield f"*Partition {column.name}\n"
    yield from (f"% {x} {value}\n" for value, x in classes.items())
    yield f"*Vertices {len(values)}\n"
    yield from (f"{0 if value is None else classes[value]}\n" for value in values)


def _vector(column: Column) -> Iterator[str]:
    yield f"*Vector {column.name}\n% {UNKNOWN} is unknown\n*Vertices {len(column.values)}\n"
    yield from (f"{UNKNOWN if value is None else value!r}\n" for value in column.values)
