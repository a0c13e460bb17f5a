"""Infomap's multilayer format and the files of muxViz: nodes and layers by their numbers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from netinnov._runtime.atomic import new_file, new_folder
from netinnov.io._graph import LABEL, LINE, is_mixed, legible
from netinnov.network import MultilayerNetwork


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
        If the file cannot be written, or two ids differ only in characters that it cannot hold.

    Warns
    -----
    UserWarning
        If the file cannot hold a character of an id: pictures (as ␊) stand for control characters.

    Notes
    -----
    Nodes and layers are numbered from 1, in the network's order; the names of the layers are in
    comments. Weights are summed over periods; attributes and places are left out. There are no
    links between layers: Infomap couples them by its relax rate. If any layer is directed, an
    undirected link is two arcs, and Infomap must know it when it reads the file: ``infomap
    --directed`` or ``infomap.run(path, directed=True)``.

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


def _lines(network: MultilayerNetwork, names: dict[str | None, str | None]) -> Iterator[str]:
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
        If the folder is not empty or cannot be made, or two names differ only in characters that
        the files cannot hold.

    Warns
    -----
    UserWarning
        If the files cannot hold a character of a name: pictures (as ␊) stand for control
        characters, ``＂`` and ``＼`` for quotation marks and backslashes.

    Notes
    -----
    Nodes and layers are numbered from 1, in the network's order. Weights are summed over periods;
    attributes are left out. muxViz takes all layers to be directed or none: if any is, so are
    all, and an undirected link is two arcs. The names of files in ``config.txt`` are relative:
    set R's working directory to the folder.

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
