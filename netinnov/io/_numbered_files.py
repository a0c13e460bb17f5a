"""Pajek, Infomap's multilayer format and muxViz: nodes and layers by their numbers."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np

from netinnov._runtime.atomic import new_file, new_folder
from netinnov.io._attributes import Column, Kind
from netinnov.io._graph import (
    KEYWORDS_OF_LINKS,
    KEYWORDS_OF_NODES,
    LABEL,
    LINE,
    Attributes,
    Graph,
    is_mixed,
    legible,
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
        If the file cannot be written, `attributes` do not fit the nodes, or Pajek would make two
        names one.

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
    alone = len(members) <= 1  # networkx and igraph read no number then
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


def write_infomap(network: MultilayerNetwork, path: str | os.PathLike[str]) -> None:
    """Write the links inside the layers for Infomap.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network.
    path : path
        File to write, usually ``.net``; an older one is replaced when the new one is complete.

    Raises
    ------
    InputError
        If the file cannot be written, or would make two ids one.

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
    >>> import tempfile, pandas as pd
    >>> from pathlib import Path
    >>> links = pd.DataFrame({"source": ["a"], "target": ["b"], "weight": [2.0]})
    >>> path = Path(tempfile.mkdtemp(), "two.net")
    >>> write_infomap(MultilayerNetwork(pd.DataFrame(index=["a", "b"]), links), path)
    >>> path.read_text().splitlines()[-2:]
    ['# layer node node weight', '1 1 2 2.0']
    """
    nodes = network.storage.nodes.index.tolist()
    names = legible([*nodes, *network.layers], LINE, "Infomap", nodes=nodes)
    with new_file(path) as stream:
        stream.writelines(_lines(network, names))


def _lines(network: MultilayerNetwork, names: dict[str | None, str]) -> Iterator[str]:
    for number, layer in enumerate(network.layers, start=1):
        modelled = ", modelled" if network.storage.records[layer].modelled else ""
        yield f'# layer {number} "{names[layer]}"{modelled}\n'
    direction = "directed: run with --directed" if network.directed else "undirected"
    two_arcs = ", an undirected link is two arcs" if is_mixed(network) else ""
    yield f"# {direction}{two_arcs}\n*Vertices {network.n_nodes}\n"
    for number, node in enumerate(network.storage.nodes.index, start=1):
        yield f'{number} "{names[node]}"\n'
    yield "*Intra\n# layer node node weight\n"
    for number, lines in _edges(network):
        yield from (f"{number} {line}" for line in lines)


def _edges(network: MultilayerNetwork) -> Iterator[tuple[int, list[str]]]:
    """Number and lines (node, node, weight) of each layer; arcs as in `one_graph`."""
    links_of = network.storage.csr if is_mixed(network) else network.storage.block
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
    Nodes and layers are numbered from 1, in the network's order. Weights are summed over periods;
    attributes are left out. If any layer is directed, an undirected link is two arcs, as muxViz
    takes all layers to be directed or none. Set R's working directory to the folder: the names of
    files in ``config.txt`` are relative.

    References
    ----------
    De Domenico, Porter and Arenas, MuxViz, Journal of Complex Networks 3 (2015) 159-176.

    Examples
    --------
    >>> import tempfile, pandas as pd
    >>> from pathlib import Path
    >>> links = pd.DataFrame({"source": ["a"], "target": ["b"], "weight": [2.0]})
    >>> folder = Path(tempfile.mkdtemp(), "two")
    >>> write_muxviz(MultilayerNetwork(pd.DataFrame(index=["a", "b"]), links), folder)
    >>> (folder / "network_multiplex.edges").read_text()
    '1 1 2 2.0\\n'
    """
    nodes = network.storage.nodes.index.tolist()
    names = legible([*nodes, *network.layers], LABEL, "muxViz", nodes=nodes, layers=network.layers)
    layers = [f'"{names[layer]}"' for layer in network.layers]
    config, multiplex = [], []
    with new_folder(folder) as new:
        for number, lines in _edges(network):
            _write(new / f"network_layer{number}.edges", lines)
            multiplex += [f"{number} {line}" for line in lines]
            config.append(f"network_layer{number}.edges;{layers[number - 1]};network_nodes.txt\n")
        _write(new / "config.txt", config)
        _write(new / "network_multiplex.edges", multiplex)
        numbered = [f"{number} {label}\n" for number, label in enumerate(layers, start=1)]
        _write(new / "network_layers.txt", ["layerID layerLabel\n", *numbered])
        head, where = _coordinates(network)
        rows = enumerate(zip(nodes, where, strict=True), start=1)
        labelled = [f'{number} "{names[node]}"{at}\n' for number, (node, at) in rows]
        _write(new / "network_nodes.txt", [f"nodeID nodeLabel{head}\n", *labelled])


def _coordinates(network: MultilayerNetwork) -> tuple[str, list[str]]:
    code, places = network.storage.place_codes, network.places
    where = places[["lon", "lat"]].to_numpy()[code[code >= 0]]
    if where.shape[0] < network.n_nodes or np.isnan(where).any():
        return "", [""] * network.n_nodes
    return " nodeLong nodeLat", [f" {lon!r} {lat!r}" for lon, lat in where.tolist()]


def _write(path: Path, lines: list[str]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(lines)
