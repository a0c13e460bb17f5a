"""Barber's modularity: communities of a two-mode layer, with members from both sides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse

from netinnov._network.matrices import layer_matrix, unit_of
from netinnov._typing import Amount
from netinnov.community._modularity import links_modularity
from netinnov.community._partition import Membership
from netinnov.community._roles import node_codes
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.null_models._curveball import two_sides

Through: TypeAlias = str | Sequence[str] | None
Positions: TypeAlias = npt.NDArray[np.integer]


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
    the other, with strengths k and d and m the sum of the weights b: the null model of `modularity`
    has links between any two nodes, this one between the two sides only. Direction is ignored.

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

    References
    ----------
    Barber (2007), Physical Review E 76, 066102.

    Examples
    --------
    >>> nodes = pd.DataFrame({"kind": ["firm"] * 2 + ["park"] * 2}, index=["f", "g", "p", "q"])
    >>> links = pd.DataFrame({"source": ["f", "g"], "target": ["p", "q"]})
    >>> network = ni.build_network(nodes, links)
    >>> bipartite_modularity(network, {"f": 0, "p": 0, "g": 1, "q": 1}, layer="links")
    0.5
    """
    weights, rows, columns = biadjacency(network, layer, through)
    codes, nodes = node_codes(network, membership), network.storage.nodes.index
    linked = np.concatenate([rows, columns])
    if (bare := linked[codes[linked] < 0]).size:
        msg = f"`membership` must have a label for every node with a link in layer {layer!r}; "
        names = nodes.take(bare[:5]).tolist()
        raise InputError(f"{msg}{bare.size} are missing, e.g. {names}.")
    return quality_of(weights, codes[rows], codes[columns], float(resolution))


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
