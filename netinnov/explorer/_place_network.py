"""The places of the page: one node each, containment of places and their coordinates."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.linalg import eigsh

from netinnov._network.columns import as_text, display_names, is_blank
from netinnov._network.paths import linked, union
from netinnov._typing import Floats
from netinnov.build import aggregate, build_network
from netinnov.io import to_igraph
from netinnov.network import MultilayerNetwork

FEW = 400  # places up to which a spring layout is fast enough
GOLDEN = np.pi * (3 - np.sqrt(5))


def network_of_places(network: MultilayerNetwork) -> MultilayerNetwork:
    """Network of places; nodes without a place are their own."""
    storage = network.storage
    if (storage.place_codes < 0).all():
        return _nodes_as_places(network)
    names = storage.places.index.append(pd.Index([""])).take(storage.place_codes)
    if names.equals(storage.node_names.rename(names.name)):
        return network
    return aggregate(network, by="place")


def _nodes_as_places(network: MultilayerNetwork) -> MultilayerNetwork:
    nodes = network.nodes
    nodes["place"] = nodes.index.astype("str")
    nodes["jurisdiction"] = nodes["jurisdiction"].fillna(nodes["place"])
    places = nodes.filter(["lon", "lat", "population", "name", "name_en", "name_zh"])
    owners = pd.Index(nodes["jurisdiction"]).unique().difference(nodes.index)
    places = pd.concat([places, pd.DataFrame(index=owners)]).rename_axis("place")
    links = network.links if network.n_links else pd.DataFrame({"source": [], "target": []})
    return build_network(nodes, links, places, layers=network.layer_table)


def gazetteer(network: MultilayerNetwork) -> pd.DataFrame:
    """Places with a node, then places around them; parents and owners by position, or -1."""
    storage = network.storage
    parents = network.storage.parents
    owners = storage.jurisdiction_codes[storage.jurisdiction_codes >= 0]
    codes = dict.fromkeys(map(int, [*storage.place_codes, *owners]))
    for code in list(codes):
        around = int(parents[code])
        while around >= 0 and around not in codes:
            codes[around] = None
            around = int(parents[around])
    order = np.array(list(codes), dtype=np.intp)
    position = np.full(len(parents) + 1, -1, np.int32)
    position[order] = np.arange(order.size, dtype=np.int32)
    places = storage.places.iloc[order]
    names = display_names(places)
    chinese = as_text(places.get("name_zh", names))[0]
    own = position[storage.jurisdiction_codes]
    return places[["lon", "lat", "population"]].assign(
        name=names,
        name_zh=chinese.where(~is_blank(chinese), names),
        parent=position[parents[order]],
        jurisdiction=np.pad(own, (0, order.size - own.size), constant_values=-1),
    )


def layout_of(network: MultilayerNetwork) -> Floats:
    """Deterministic positions (n, 2) in [0, 1]; places without links are in rows below."""
    n = network.n_nodes
    at = np.zeros((n, 2))
    joined = linked(network)
    if joined.any():
        linked_places = network.select(nodes=list(network.storage.node_names[joined]))
        at[joined] = (_by_springs if joined.sum() <= FEW else _by_spectrum)(linked_places)
    alone = np.flatnonzero(~joined)
    if alone.size:
        columns = int(np.ceil(np.sqrt(alone.size * 4)))
        rows = -(-alone.size // columns)
        row, column = np.divmod(np.arange(alone.size), columns)
        room = min(0.3, 0.05 * rows) if joined.any() else 0.0
        at[:, 1] *= 1 - room - 0.04
        at[alone, 0] = (column + 0.5) / columns
        at[alone, 1] = 1 - (room or 1.0) * (1 - (row + 0.5) / rows)
    return at


def _by_springs(network: MultilayerNetwork) -> Floats:
    k = np.arange(network.n_nodes)
    spiral = np.sqrt(k + 0.5)[:, None] * np.column_stack([np.cos(k * GOLDEN), np.sin(k * GOLDEN)])
    drawn = to_igraph(network).simplify().as_undirected()
    points = np.array(drawn.layout_kamada_kawai(seed=spiral.tolist()).coords)
    low = points.min(axis=0)
    high = points.max(axis=0)
    return np.asarray((points - low) / np.where(high > low, high - low, 1.0))


def _by_spectrum(network: MultilayerNetwork) -> Floats:
    links = union(network)
    n = network.n_nodes
    links = sparse.csr_array(links + links.T)
    root = 1 / np.sqrt(np.asarray(links.sum(axis=0)))
    walk = sparse.diags_array(root) @ links @ sparse.diags_array(root)
    _, vectors = eigsh(walk, k=3, which="LA", v0=np.cos(np.arange(n)), tol=1e-8)
    ranks = [np.argsort(np.argsort(vectors[:, k] * root, kind="stable")) for k in (1, 0)]
    return np.column_stack(ranks) / max(n - 1, 1)
