"""Communities of a two-mode layer, with members from both sides: Barber's modularity."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from netinnov._arguments import check_number, check_rng
from netinnov._matrices import layer_matrix, unit_of
from netinnov._typing import Rng
from netinnov.community._modularity import links_modularity
from netinnov.community._multiplex import ROUNDING
from netinnov.community._partition import Membership, Partition, ranked
from netinnov.community._roles import node_codes
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.null_models._curveball import two_sides

TOLERANCE = 1e-6  # gain of modularity below which the search stops; it computes in single precision


def bipartite_modularity(
    network: MultilayerNetwork,
    membership: Membership,
    *,
    layer: str,
    through: str | Sequence[str] | None = None,
    resolution: float = 1.0,
) -> float:
    """Barber's modularity of communities in a two-mode layer.

    Q = 1/m sum_ij (b_ij - resolution k_i d_j / m) [g_i = g_j] over the nodes i of one side and j of
    the other, with strengths k and d and m the sum of the weights b. `modularity` compares with
    links between any two nodes; here the null model, too, has links between the two sides only.
    Direction is ignored.

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
    Barber (2007), Modularity and community detection in bipartite networks, Physical Review E 76,
    066102.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> nodes = pd.DataFrame({"kind": ["firm"] * 2 + ["park"] * 2}, index=["f", "g", "p", "q"])
    >>> links = pd.DataFrame({"source": ["f", "g"], "target": ["p", "q"]})
    >>> network = ni.build_network(nodes, links)
    >>> bipartite_modularity(network, {"f": 0, "p": 0, "g": 1, "q": 1}, layer="links")
    0.5
    """
    check_number("resolution", resolution, low=0)
    weights, rows, columns = _biadjacency(network, layer, through)
    codes = node_codes(network, membership)
    bare = np.concatenate([rows[codes[rows] < 0], columns[codes[columns] < 0]])
    if bare.size:
        names = network.nodes.index.take(bare[:5]).tolist()
        msg = f"`membership` must have a label for every node with a link in layer {layer!r}; "
        raise InputError(f"{msg}{bare.size} are missing, e.g. {names}.")
    return _quality(weights, codes[rows], codes[columns], float(resolution))


def two_mode_communities(
    network: MultilayerNetwork,
    *,
    layer: str,
    through: str | Sequence[str] | None = None,
    resolution: float = 1.0,
    restarts: int = 10,
    rng: Rng = None,
) -> Partition:
    """Communities of both sides of a two-mode layer with the highest `bipartite_modularity`.

    The search is the Louvain method of scikit-network on the table of one side by the other, so
    that a local optimum is returned; the quality of each restart is computed here, in double
    precision. No projection is needed, which would make every project a clique.

    Parameters
    ----------
    network : MultilayerNetwork
        A network with a two-mode layer, such as organisations and their projects.
    layer, through, resolution
        As in `bipartite_modularity`, such as ``through="project"`` for organisations of several
        kinds in projects. A larger resolution gives more and smaller communities.
    restarts, rng
        As in `leiden`.

    Returns
    -------
    Partition
        `membership`: a Series, one label a node: 0, 1, ... from the largest community to the
        smallest (ties: first node first), NaN for a node without a link in the layer. `quality`:
        the modularity, NaN without a link.

    Raises
    ------
    InputError
        If the layer is not two-mode, or an option is out of range.

    References
    ----------
    Barber (2007), Modularity and community detection in bipartite networks, Physical Review E 76,
    066102. Blondel, Guillaume, Lambiotte and Lefebvre (2008), Fast unfolding of communities in
    large networks, Journal of Statistical Mechanics P10008.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> nodes = pd.DataFrame({"kind": ["firm"] * 2 + ["park"] * 2}, index=["f", "g", "p", "q"])
    >>> links = pd.DataFrame({"source": ["f", "g"], "target": ["p", "q"]})
    >>> partition = two_mode_communities(ni.build_network(nodes, links), layer="links", rng=1)
    >>> partition.membership.tolist(), partition.quality
    ([0.0, 1.0, 0.0, 1.0], 0.5)
    """
    from sknetwork.clustering import Louvain

    check_number("resolution", resolution, low=0)
    check_number("restarts", restarts, low=1, whole=True)
    rng = check_rng(rng)
    weights, rows, columns = _biadjacency(network, layer, through)
    membership = np.full(network.n_nodes, np.nan)
    index = network.nodes.index
    if not weights.nnz:
        return Partition(pd.Series(membership, index, name="community"), float("nan"))
    best, labels = -np.inf, np.empty(0, np.int64)
    for child in rng.spawn(int(restarts)):
        search = Louvain(
            resolution=float(resolution),
            tol_optimization=TOLERANCE,
            tol_aggregation=TOLERANCE,
            shuffle_nodes=True,
            return_probs=False,
            return_aggregate=False,
            random_state=int(child.integers(2**32)),
        )
        search.fit(sparse.csr_matrix(weights), force_bipartite=True)
        quality = _quality(weights, search.labels_row_, search.labels_col_, float(resolution))
        if quality > best + ROUNDING:
            best, labels = quality, np.concatenate([search.labels_row_, search.labels_col_])
    nodes = np.concatenate([rows, columns])
    order = np.argsort(nodes)
    membership[nodes[order]] = ranked(labels[order])
    return Partition(pd.Series(membership, index, name="community"), best)


def _biadjacency(
    network: MultilayerNetwork, layer: str, through: str | Sequence[str] | None
) -> tuple[sparse.csr_array, npt.NDArray[np.integer], npt.NDArray[np.integer]]:
    """Weights by one side (rows) and the other, in units of the largest; codes of both."""
    sides = two_sides(network, layer, through, both_ways=True)
    matrix = layer_matrix(network, layer)
    table = matrix[sides.rows][:, sides.columns]
    if layer in network.directed:
        table = table + matrix[sides.columns][:, sides.rows].T
    return sparse.csr_array(table / unit_of(matrix.data)), sides.rows, sides.columns


def _quality(
    weights: sparse.csr_array,
    rows: npt.NDArray[np.integer],
    columns: npt.NDArray[np.integer],
    resolution: float,
) -> float:
    if not weights.nnz:
        return float("nan")
    table = weights.tocoo()
    return links_modularity(rows[table.row], columns[table.col], table.data, resolution)
