"""Infomap's multilayer format."""

from __future__ import annotations

import os
from collections.abc import Iterator

from netinnov._atomic import new_file
from netinnov._public import public_names
from netinnov.io._graph import is_mixed, layer_links
from netinnov.io._legible import LINE, legible
from netinnov.network import MultilayerNetwork, check_network

__all__ = ["write_infomap"]


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
    check_network(network)
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
    for number, (source, target, weight) in enumerate(layer_links(network), start=1):
        ends = zip((source + 1).tolist(), (target + 1).tolist(), weight.tolist(), strict=True)
        for one, other, value in ends:
            yield f"{number} {one} {other} {value!r}\n"


__dir__ = public_names(globals())
