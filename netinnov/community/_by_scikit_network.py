"""Communities by scikit-network: of two-mode layers, with Barber's modularity, and as a tree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from netinnov._network.matrices import flat_matrix, layer_matrix, unit_of
from netinnov._runtime.arguments import check_rng
from netinnov._runtime.optional import require
from netinnov._typing import Amount, Count, Rng
from netinnov.community._modularity import links_modularity
from netinnov.community._partition import Dendrogram, Membership, Partition, labels_at
from netinnov.community._roles import node_codes
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.null_models._two_mode import two_sides

Through: TypeAlias = str | Sequence[str] | None
Positions: TypeAlias = npt.NDArray[np.integer]

_DOOR = {
    "needed_by": "two_mode_communities or hierarchical_communities",
    "mend": "It has no wheels for Python 3.14: use Python 3.13, or pip install scikit-network",
}


def bipartite_modularity(
    network: MultilayerNetwork,
    membership: Membership,
    *,
    layer: str,
    through: Through = None,
    resolution: Amount = 1.0,
) -> float:
    """Barber's modularity of communities in a two-mode layer.

    Q = 1/m sum_ij (b_ij - resolution k_i d_j / m) [g_i = g_j] over the nodes i of one side and j of
    the other, with strengths k and d and m the sum of the weights b: the null model has links
    between the two sides only. Direction is ignored. Barber (2007), Physical Review E 76, 066102.

    Parameters
    ----------
    network : MultilayerNetwork
        A network with a two-mode layer.
    membership : Series, mapping or Partition
        One label a node, found by name; nodes without a link in the layer need none.
    layer : str
        Name of a layer whose links each join a node of one side with one of the other.
    through : str or sequence of str, optional
        The kinds of one side, if there are more than two kinds.
    resolution : float
        Weight of the null model, at least 0.

    Returns
    -------
    float
        At most 1; NaN for a layer without links.

    Raises
    ------
    InputError
        If the layer is not two-mode, or a node with a link in it has no label.

    Examples
    --------
    >>> nodes = pd.DataFrame({"kind": ["firm"] * 2 + ["park"] * 2}, index=["f", "g", "p", "q"])
    >>> links = pd.DataFrame({"source": ["f", "g"], "target": ["p", "q"]})
    >>> network = ni.build_network(nodes, links)
    >>> bipartite_modularity(network, {"f": 0, "p": 0, "g": 1, "q": 1}, layer="links")
    0.5
    """
    weights, rows, columns = biadjacency(network, layer, through)
    codes = node_codes(network, membership)
    nodes = network.storage.node_names
    linked = np.concatenate([rows, columns])
    if (bare := linked[codes[linked] < 0]).size:
        msg = f"`membership` must have a label for every node with a link in layer {layer!r}; "
        names = nodes.take(bare[:5]).tolist()
        raise InputError(f"{msg}{bare.size} are missing, e.g. {names}.")
    return quality_of(weights, codes[rows], codes[columns], float(resolution))


def two_mode_communities(
    network: MultilayerNetwork, *, layer: str, through: Through = None, resolution: Amount = 1.0,
    restarts: Count = 10, rng: Rng = None,
) -> Partition:  # fmt: skip
    """Communities of both sides of a two-mode layer, by the Louvain method of scikit-network.

    Parameters
    ----------
    network, layer, through, resolution
        As in `bipartite_modularity`; a larger resolution gives more and smaller communities.
    restarts, rng
        As in `leiden`.

    Returns
    -------
    Partition
        One label a node, from the largest community to the smallest; NaN without a link in the
        layer. Its quality is the highest `bipartite_modularity` of the restarts.

    Examples
    --------
    >>> nodes = pd.DataFrame({"kind": ["firm"] * 2 + ["park"] * 2}, index=["f", "g", "p", "q"])
    >>> links = pd.DataFrame({"source": ["f", "g"], "target": ["p", "q"]})
    >>> partition = two_mode_communities(ni.build_network(nodes, links), layer="links", rng=1)
    >>> partition.membership.tolist(), partition.quality
    ([0.0, 1.0, 0.0, 1.0], 0.5)
    """
    streams = check_rng(rng).spawn(restarts)
    weights, *sides = biadjacency(network, layer, through)
    best = float("nan")
    codes = np.full(sum(map(len, sides)), 0)
    for stream in streams if weights.nnz else []:
        options = {
            "tol_optimization": 1e-6,
            "tol_aggregation": 1e-6,
            "shuffle_nodes": True,
            "resolution": resolution,
            "random_state": int(stream.integers(2**32)),
        }
        search = require("sknetwork.clustering", **_DOOR).Louvain(**options)
        search.fit(sparse.csr_matrix(weights), force_bipartite=True)
        labels = search.labels_row_, search.labels_col_
        quality = quality_of(weights, *labels, resolution)
        if not quality <= best + 1e-12:
            best = quality
            codes = np.concatenate(labels)
    return Partition(labels_at(network, np.concatenate(sides), codes), best)


def hierarchical_communities(network: MultilayerNetwork) -> Dendrogram:
    """Merge nodes and then communities, nearest first, into one tree: Paris of scikit-network.

    The distance of two communities is d_ab = p_a p_b / p_ab, with p_ab the chance that a link drawn
    by its weight joins them (either way), and p_a that one of its ends, drawn at random, is in a.
    Bonald et al. (2018), Hierarchical graph clustering using node pair sampling.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network. Weights are summed over layers; direction and self-links are ignored.

    Returns
    -------
    Dendrogram
        Its method `cut` gives a number of communities.

    Raises
    ------
    InputError
        If weights differ too much for single precision.

    Examples
    --------
    >>> links = pd.DataFrame({"source": list("abcdea"), "target": list("bcaefd")})
    >>> links.loc[6] = ["f", "d"]  # two triangles and the link a-d
    >>> tree = hierarchical_communities(ni.build_network(pd.DataFrame(index=list("abcdef")), links))
    >>> tree.cut(2).tolist()
    [0.0, 0.0, 0.0, 1.0, 1.0, 1.0]
    """
    weights = flat_matrix(network, "hierarchical_communities")
    table = np.empty((0, 4))
    both = sparse.csr_matrix(weights + weights.T if network.directed else weights)
    linked = np.flatnonzero(np.diff(both.indptr))
    if linked.size:
        if both.data.min() < 1e-15 * both.data.sum():
            raise InputError(
                "hierarchical_communities computes in single precision: every weight must be at "
                "least 1e-15 of their sum. Leave out the smallest."
            )
        inner = both[linked][:, linked] / unit_of(both.data)
        table = require("sknetwork.hierarchy", **_DOOR).Paris().fit_predict(inner)
    columns = ["first", "second", "height", "n_nodes"]
    return Dendrogram(pd.DataFrame(table, columns=columns, dtype=np.float64), network)


def biadjacency(
    network: MultilayerNetwork, layer: str, through: Through
) -> tuple[sparse.csr_array, Positions, Positions]:
    sides = two_sides(network, layer, through, both_ways=True)
    matrix = layer_matrix(network, layer)
    table = matrix[sides.rows][:, sides.columns]
    if layer in network.directed:
        table = table + matrix[sides.columns][:, sides.rows].T
    return sparse.csr_array(table / unit_of(matrix.data)), sides.rows, sides.columns


def quality_of(
    weights: sparse.csr_array, rows: Positions, columns: Positions, resolution: float
) -> float:
    if not weights.nnz:
        return float("nan")
    table = weights.tocoo()
    return links_modularity(rows[table.row], columns[table.col], table.data, resolution)
