"""Multislice modularity of a given partition."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from netinnov._network.matrices import unit_of
from netinnov._typing import Amount, Codes, Floats, Presence
from netinnov.community._partition import Membership, codes_at, labels_of
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork

Labels: TypeAlias = npt.NDArray[np.integer]
NOTHING = 1e-280  # a layer below this weight is negligible where the heaviest link weighs about 1


def modularity(
    network: MultilayerNetwork,
    membership: Membership,
    *,
    resolution: Amount = 1.0,
    coupling: Amount = 1.0,
    presence: Presence = "linked",
) -> float:
    """Multislice modularity Q of a partition of the state nodes.

    Q = 1/(2 mu) sum [(a_ij^x - resolution k_i^x k_j^x / (2 m_x)) [x = y] + coupling [i = j, x other
    than y]] [g_ix = g_jy], where 2 mu is the sum of all weights (a link of an undirected layer from
    both ends) and all coupling. In a directed layer the null model is k_out_i k_in_j / m_x. The
    terms i = j are kept; self-links are left out. Layers weigh by their total weight: a layer with
    heavier links counts more.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network.
    membership : Series, DataFrame, mapping or Partition
        One label a node, used in each layer, or node x layer. Labels are anything hashable; nodes
        and layers are found by name, in any order, and those that the network lacks are ignored.
    resolution : float
        Weight of the null model, at least 0; the larger, the smaller are communities that score.
    coupling : float
        Weight between every two copies of a node, at least 0.
    presence : {"linked", "all"}
        "linked": a node is in a layer only if it has a link there other than a self-link. "all":
        every node is in every layer; empty copies add coupling. The choice changes Q: report it.

    Returns
    -------
    float
        At most 1; NaN where neither weight nor coupling exists.

    Raises
    ------
    InputError
        If a node that is present has no label, or a node or layer stands in `membership` twice.

    References
    ----------
    Mucha et al. (2010), Community structure in time-dependent, multiscale, and multiplex networks,
    Science 328, 876-878.

    Examples
    --------
    >>> network = ni.build_network(pd.DataFrame({"source": ["a", "c"], "target": ["b", "d"]}))
    >>> modularity(network, {"a": 0, "b": 0, "c": 1, "d": 1})
    0.5
    """
    numbers = state_numbers(network, presence)
    labels = _state_labels(network, membership, numbers)
    return quality_of(network, numbers, labels, float(resolution), float(coupling))


def state_numbers(network: MultilayerNetwork, presence: Presence) -> Codes:
    """Layers x nodes: number of each state node, by node and then by layer; -1 where absent."""
    present = network.storage.presence(presence).T
    numbers = np.full(present.shape, -1, np.int32)
    numbers[present] = np.arange(present.sum(), dtype=np.int32)
    return numbers.T


def in_units(network: MultilayerNetwork, coupling: float) -> tuple[float, float]:
    unit = max((unit_of(block.data) for block in network.storage.blocks), default=1.0)
    return unit, min(coupling, 1e200 * unit) / unit


def with_null(
    matrix: sparse.csr_array, directed: bool
) -> tuple[sparse.csr_array, list[tuple[float, Floats]]]:
    out_of, into = (np.asarray(matrix.sum(axis=axis), np.float64) for axis in (1, 0))
    if not directed:
        return matrix, [(1.0, out_of)]
    both = sparse.csr_array((matrix + matrix.T) / 2)
    return both, [(1.0, (out_of + into) / 2), (-1.0, (out_of - into) / 2)]


def quality_of(
    network: MultilayerNetwork, numbers: Codes, labels: Labels, resolution: float, coupling: float
) -> float:
    unit, coupling = in_units(network, coupling)
    gained = total = 0.0
    for x, layer in enumerate(network.layers):
        block = network.storage.simple_csr(layer)
        source = block.sources
        target = block.indices
        weight = block.data
        weight = weight / unit
        if (weight_of_layer := float(weight.sum())) < NOTHING:
            continue
        ends = labels[numbers[x, source]], labels[numbers[x, target]]
        gained += weight_of_layer * links_modularity(*ends, weight, resolution)
        total += weight_of_layer
    if coupling > 0:
        node, _ = np.nonzero(numbers.T >= 0)
        copies = np.bincount(node).astype(np.float64)
        # How often each pair (node, label) occurs; pairs of copies are never listed.
        n_labels = int(labels.max(initial=-1)) + 1  # absent states may have labels of their own
        _, same = np.unique(node * np.int64(n_labels) + labels, return_counts=True)
        gained += coupling * float((same * (same - 1.0)).sum())
        total += coupling * float((copies * (copies - 1.0)).sum())
    return gained / total if total > 0 else float("nan")


def links_modularity(source: Labels, target: Labels, weight: Floats, resolution: float) -> float:
    n_labels = int(max(source.max(), target.max())) + 1
    total = float(weight.sum())
    out_of = np.bincount(source, weight, n_labels) / total
    into = np.bincount(target, weight, n_labels) / total
    inside = float(weight[source == target].sum()) / total
    return inside - resolution * float(out_of @ into)


def _state_labels(network: MultilayerNetwork, membership: Any, numbers: Codes) -> Codes:
    table = labels_of(membership, "membership")
    nodes = network.storage.node_names
    layers = list(network.layers)
    labels = codes_at(table, nodes, pd.Index(layers, dtype=object))
    missing = (numbers.T >= 0) & (labels < 0)
    if missing.any():
        where = [f"{nodes[i]!r} in {layers[x]!r}" for i, x in np.argwhere(missing)[:5]]
        raise InputError(
            "`membership` must have a label for every node in each layer where it is present; "
            f"{int(missing.sum())} are missing: {', '.join(where)}. Labels are found by the ids "
            "of nodes, which are text, and the names of layers."
        )
    return labels[numbers.T >= 0]
