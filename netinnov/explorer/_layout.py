"""Where places without coordinates are drawn: linked ones near to each other."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import eigsh

from netinnov._network.paths import linked, union
from netinnov._typing import Floats
from netinnov.io import to_igraph
from netinnov.network import MultilayerNetwork

FEW = 400  # places up to which a spring layout is fast enough

GOLDEN = np.pi * (3 - np.sqrt(5))


def layout_of(network: MultilayerNetwork) -> Floats:
    """Deterministic positions (n, 2) in [0, 1]; places without links are in rows below."""
    n = network.n_nodes
    at = np.zeros((n, 2))
    joined = linked(network)
    if joined.any():
        linked_places = network.select(nodes=list(network.storage.nodes.index[joined]))
        at[joined] = (_by_springs if joined.sum() <= FEW else _by_spectrum)(linked_places)
    alone = np.flatnonzero(~joined)
    if alone.size:
        columns = max(int(np.ceil(np.sqrt(alone.size * 4))), 1)
        k = np.arange(alone.size)
        rows = -(-alone.size // columns)
        room = 0.0 if not joined.any() else min(0.3, 0.05 * rows)
        at[:, 1] *= 1 - room - 0.04
        at[alone, 0] = (k % columns + 0.5) / columns
        at[alone, 1] = 1 - (room or 1.0) * (1 - (k // columns + 0.5) / rows)
    return at


def _by_springs(network: MultilayerNetwork) -> Floats:
    k = np.arange(network.n_nodes)
    spiral = np.sqrt(k + 0.5)[:, None] * np.column_stack([np.cos(k * GOLDEN), np.sin(k * GOLDEN)])
    drawn = to_igraph(network).simplify().as_undirected()
    points = np.array(drawn.layout_kamada_kawai(seed=spiral.tolist()).coords)
    low, high = points.min(axis=0), points.max(axis=0)
    return np.asarray((points - low) / np.where(high > low, high - low, 1.0))


def _by_spectrum(network: MultilayerNetwork) -> Floats:
    links = union(network)
    links = sparse.csr_array(links + links.T)
    n = network.n_nodes
    root = 1 / np.sqrt(np.asarray(links.sum(axis=0)))
    walk = sparse.diags_array(root) @ links @ sparse.diags_array(root)
    _, vectors = eigsh(walk, k=3, which="LA", v0=np.cos(np.arange(n)), tol=1e-8)
    ranks = [np.argsort(np.argsort(vectors[:, k] * root, kind="stable")) for k in (1, 0)]
    return np.column_stack(ranks) / max(n - 1, 1)
