"""Where places without coordinates are drawn: linked ones near to each other."""

from __future__ import annotations

import numpy as np

from netinnov._paths import linked
from netinnov._typing import Floats
from netinnov.io import to_igraph
from netinnov.network import MultilayerNetwork

__all__ = ["layout_of"]

ROUNDS = 300
GOLDEN = np.pi * (3 - np.sqrt(5))


def layout_of(network: MultilayerNetwork) -> Floats:
    """Positions (n, 2) between 0 and 1: a force layout, with places without links in rows below.

    Starts from a spiral in node order, so that the same network is drawn the same way.
    """
    n = network.n_nodes
    at = np.zeros((n, 2))
    joined = linked(network)
    if joined.any():
        ids = network.storage.nodes.index
        graph = to_igraph(network.select(nodes=list(ids[joined]))).simplify()
        k = np.arange(int(joined.sum()))
        spiral = np.sqrt(k + 0.5)[:, None] * np.column_stack(
            [np.cos(k * GOLDEN), np.sin(k * GOLDEN)]
        )
        forces = graph.layout_fruchterman_reingold(seed=spiral.tolist(), niter=ROUNDS)
        points = np.array(forces.coords)
        low, high = points.min(axis=0), points.max(axis=0)
        at[joined] = (points - low) / np.where(high > low, high - low, 1.0)
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
