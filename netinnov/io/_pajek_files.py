"""Pajek's networks."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np

from netinnov._runtime.atomic import new_file
from netinnov.io._attributes import Column, Kind
from netinnov.io._graph import (
    KEYWORDS_OF_LINKS,
    KEYWORDS_OF_NODES,
    LABEL,
    Attributes,
    Graph,
    one_graph,
    relations,
    with_attributes,
    with_twins,
)
from netinnov.network import MultilayerNetwork

# What readers make of the fixed part of a line.
NODE_NAMES = KEYWORDS_OF_NODES | {"id", "name", "x", "y", "z", "shape", "color"}
LINK_NAMES = KEYWORDS_OF_LINKS | {"color", "label"}
TEXT_OF: dict[Kind, Callable[[Any], str]] = {"integer": str, "number": repr, "text": str}
TEXT_OF["boolean"] = lambda value: str(value).lower()


def write_pajek(
    network: MultilayerNetwork, path: str | os.PathLike[str], *, attributes: Attributes = None
) -> None:
    """Write all layers as relations of a Pajek network.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network.
    path : path
        File to write, usually ``.net``; an older one is replaced when the new one is complete.
    attributes : DataFrame or mapping, optional
        Results as further columns of the nodes, as in `write_graphml`.

    Raises
    ------
    InputError
        If the file cannot be written, `attributes` do not fit the nodes, or two names differ only
        in characters that Pajek cannot hold.

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
    on a circle. Attributes follow on the lines of vertices and links as pairs of name and value,
    all text, as networkx and igraph write and read them; what is missing is left out. Nodes have
    ``lon`` and ``lat`` of their place. A name that the format uses itself gets an underscore.

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
    network = with_attributes(network, attributes)
    graph = one_graph(
        network, node_names=NODE_NAMES, link_names=LINK_NAMES, coordinates=True, two_arcs=False
    )
    graph = with_twins(graph, LABEL, "Pajek")
    # By its byte order mark Pajek knows UTF-8; networkx takes a first line that begins with one
    # only if it can do without that line.
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
        yield f'{number} "{node}" {x:.4f} {y:.4f} ellipse{more}\n'


def _relations(network: MultilayerNetwork, graph: Graph) -> Iterator[str]:
    rows = network.storage.link_rows()
    periods = repeat(0) if rows.period is None else rows.period.tolist()
    members: dict[tuple[int, int], list[int]] = {}
    for at, relation in enumerate(zip(rows.layer.tolist(), periods, strict=False)):
        members.setdefault(relation, []).append(at)
    names = relations(graph)
    column = {column.name: column for column in graph.link_columns}
    weight = column.pop("weight").values
    pairs = list(_pairs(list(column.values())))
    alone = len(members) <= 1
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
