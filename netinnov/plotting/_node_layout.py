"""Positions of nodes in a plane: as given, or by forces."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
from scipy import sparse

from netinnov._runtime.arguments import check_choice, examples, shown
from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork

Layout = Literal["fruchterman_reingold", "kamada_kawai"]

_SMALL = 80  # nodes of a connected network up to which the default is Kamada and Kawai's layout
_FEW, _MANY = 500, 2000  # nodes; from there on forces reach only the neighbourhood
_WEIGHTS = (0.2, 3.0)  # bounds of an attraction whose mean is 1


def node_positions(
    network: MultilayerNetwork,
    layers: Sequence[str],
    layout: Layout | pd.DataFrame | None,
    rng: np.random.Generator,
) -> Floats:
    if isinstance(layout, str):
        check_choice("layout", layout, Layout)
    elif layout is not None:
        return _as_given(network, layout)
    return _by_forces(_attraction(network, layers), layout, rng)


def _as_given(network: MultilayerNetwork, layout: object) -> Floats:
    if not isinstance(layout, pd.DataFrame) or not {"x", "y"} <= set(layout.columns):
        msg = "`layout` must be the name of a layout, or a DataFrame with columns x and y and a "
        raise InputError(f"{msg}row for each node; found {shown(layout)}.")
    table = layout[["x", "y"]].reindex(network.storage.nodes.index).astype(float)
    if unknown := table.index[~np.isfinite(table.to_numpy()).all(axis=1)].tolist():
        msg = f"`layout` must place all nodes; {len(unknown)} have no x or y: {examples(unknown)}."
        raise InputError(msg)
    return table.to_numpy()


def _attraction(network: MultilayerNetwork, layers: Sequence[str]) -> sparse.coo_array:
    n = network.n_nodes
    total = sparse.csr_array((n, n))
    for layer in layers:
        indptr, indices, weight = network.storage.simple_csr(layer)
        if weight.size:
            # Scaled, since layers differ in units; square roots, since weights are skewed.
            strength = np.sqrt(weight / weight.max())
            matrix = sparse.csr_array((strength / strength.mean(), indices, indptr), shape=(n, n))
            total = total + matrix + matrix.T
    upper = sparse.coo_array(sparse.triu(total, k=1))
    if upper.nnz:
        upper.data = np.clip(upper.data / upper.data.mean(), *_WEIGHTS)
    return upper


def _by_forces(
    attraction: sparse.coo_array, layout: Layout | None, rng: np.random.Generator
) -> Floats:
    import igraph

    n = int(attraction.shape[0])
    start = rng.standard_normal((n, 2)) * np.sqrt(n) / 2
    if n < 2:
        return np.asarray(start)
    graph = igraph.Graph(n=n, edges=np.column_stack(attraction.coords).tolist())
    small = n <= _SMALL and graph.is_connected()
    if layout == "kamada_kawai" or (layout is None and small):
        drawn = graph.layout_kamada_kawai(seed=start.tolist())
    else:
        steps = 1000 if n <= _FEW else 200  # more hardly change larger ones
        forces = {"weights": attraction.data.tolist(), "niter": steps, "grid": n > _MANY}
        igraph.set_random_number_generator(random.Random(int(rng.integers(2**32))))
        try:
            drawn = graph.layout_fruchterman_reingold(seed=start.tolist(), **forces)
        finally:
            igraph.set_random_number_generator(random)
    at = np.array(drawn.coords)
    at -= at.mean(axis=0)
    _, _, axes = np.linalg.svd(at, full_matrices=False)
    at = at @ axes.T
    # Singular vectors have no sign: the first node lies to the upper right of the middle.
    upper_right: Floats = at * np.where(at[0] < 0, -1.0, 1.0)
    return upper_right
