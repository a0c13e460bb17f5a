"""Positions of nodes in a plane: each component by forces, then packed side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from netinnov._runtime.arguments import check_choice, examples, shown
from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork

Layout = Literal["fruchterman_reingold", "kamada_kawai", "circle", "map"]

_SMALL = 80  # nodes up to which the default is Kamada and Kawai's layout
_FEW, _MANY = 500, 2000  # nodes; from there on forces reach only the neighbourhood
_ASPECT = 1.5  # of the packed whole, width to height
_GAP, _ALONE = 0.6, 0.5  # between two components; side of the square of an isolated node
_WEIGHTS = (0.2, 3.0)  # bounds of an attraction whose mean is 1


def node_positions(
    network: MultilayerNetwork,
    layers: Sequence[str],
    layout: Layout | pd.DataFrame | None,
    rng: np.random.Generator,
) -> Floats:
    if layout is not None and not isinstance(layout, str):
        return _as_given(network, layout)
    if layout is not None:
        check_choice("layout", layout, Layout)
    if layout == "map":
        return _on_map(network)
    if layout == "circle":
        angle = 2 * np.pi * np.arange(network.n_nodes) / max(network.n_nodes, 1)
        return np.column_stack([np.cos(angle), np.sin(angle)])
    return _by_forces(_attraction(network, layers), layout, rng)


def _as_given(network: MultilayerNetwork, layout: object) -> Floats:
    if not isinstance(layout, pd.DataFrame) or not {"x", "y"} <= set(layout.columns):
        msg = "`layout` must be the name of a layout, or a DataFrame with columns x and y and a "
        raise InputError(f"{msg}row for each node; found {shown(layout)}.")
    at = layout[["x", "y"]].reindex(network.storage.nodes.index).to_numpy(dtype=np.float64)
    unknown = np.flatnonzero(~np.isfinite(at).all(axis=1))
    if unknown.size:
        nodes = network.storage.nodes.index[unknown].tolist()
        msg = f"`layout` must place all nodes; {len(nodes)} have no x or y: {examples(nodes)}."
        raise InputError(msg)
    return at


def _on_map(network: MultilayerNetwork) -> Floats:
    table = network.storage.places[["lon", "lat"]].to_numpy(dtype=np.float64)
    at = np.vstack([table, [np.nan, np.nan]])[network.storage.place_codes]
    known = np.isfinite(at).all(axis=1)
    if not known.any():
        msg = "`layout` 'map' needs places with `lon` and `lat`; no node has one. Leave `layout` "
        raise InputError(f"{msg}out for a layout by forces.")
    middle = np.deg2rad((at[known, 1].min() + at[known, 1].max()) / 2)
    return np.asarray(at * [np.cos(middle), 1.0])


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
    n = attraction.shape[0]
    start = rng.standard_normal((n, 2))
    if not n:
        return start
    _, label = connected_components(attraction, directed=False)
    sizes = np.bincount(label)
    order = np.argsort(-sizes, kind="stable")
    members = np.split(np.argsort(label, kind="stable"), np.cumsum(sizes)[:-1])
    members = [members[number] for number in order]
    boxes = [_component(attraction, nodes, layout, start[nodes]) for nodes in members]
    rooms = [1 if len(box) > 1 else _ALONE for box in boxes]
    corners = _packed([np.ptp(box, axis=0) + room for box, room in zip(boxes, rooms, strict=True)])
    at = np.empty((n, 2))
    for nodes, box, room, corner in zip(members, boxes, rooms, corners, strict=True):
        at[nodes] = box - box.min(axis=0) + room / 2 + corner
    return at


def _component(
    attraction: sparse.coo_array, nodes: np.ndarray, layout: Layout | None, start: Floats
) -> Floats:
    n = len(nodes)
    if n <= 2:
        return np.array([[0.0, 0.0], [1.0, 0.0]])[:n]
    import igraph

    position = np.full(attraction.shape[0], -1)
    position[nodes] = np.arange(n)
    one, other = (position[side] for side in attraction.coords)
    inside = one >= 0
    graph = igraph.Graph(n=n, edges=np.column_stack([one[inside], other[inside]]).tolist())
    # With positions to start from, igraph draws no random numbers of its own.
    if layout == "kamada_kawai" or (layout is None and n <= _SMALL):
        drawn = graph.layout_kamada_kawai(seed=start.tolist())
    else:
        steps = 1000 if n <= _FEW else 200  # more hardly change larger ones
        forces = {"weights": attraction.data[inside].tolist(), "niter": steps, "grid": n > _MANY}
        seed = (start * np.sqrt(n) / 2).tolist()
        drawn = graph.layout_fruchterman_reingold(seed=seed, **forces)
    at = np.array(drawn.coords)
    at -= at.mean(axis=0)
    _, _, axes = np.linalg.svd(at, full_matrices=False)
    at = at @ axes.T
    # Singular vectors have no sign: the first node lies to the upper right of the middle.
    at *= np.where(at[0] < 0, -1.0, 1.0)
    extent = np.ptp(at, axis=0)
    return np.asarray(at * np.sqrt(n / max(extent[0] * extent[1], extent[0] ** 2 / n)))


def _packed(sides: list[Floats]) -> list[Floats]:
    gap = [_GAP if side.max() > _ALONE else 0.0 for side in sides]
    area = sum(float(np.prod(side + more)) for side, more in zip(sides, gap, strict=True))
    height = max(float(sides[0][1]), np.sqrt(area / _ASPECT))
    corners = []
    left, width, used = 0.0, 0.0, 0.0
    for side, more in zip(sides, gap, strict=True):
        if used and used + side[1] > height + 1e-9:
            left, width, used = left + width + more, 0.0, 0.0
        corners.append(np.array([left, height - used - side[1]]))
        width, used = max(width, float(side[0])), used + float(side[1]) + more
    return corners
