"""Who is central: in each layer, over all layers, and on the coupled network."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse import linalg

from netinnov._arguments import check_choice, check_number
from netinnov._paths import Frictions, check_path_arguments, distances, positions
from netinnov._shares import refuse_shares
from netinnov._typing import Direction, Distance, Floats, Presence
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork

__all__ = [
    "degree",
    "harmonic_centrality",
    "overlapping_degree",
    "overlapping_strength",
    "pagerank",
    "participation_coefficient",
    "strength",
]

PRECISION = 1e-12  # of PageRank scores, whose total is 1


def degree(network: MultilayerNetwork, *, direction: Direction = "total") -> pd.DataFrame:
    """Number of links at each node, in each layer.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network.
    direction : {"total", "in", "out"}
        In directed layers: links into a node, out of it, or both (a reciprocated pair counts 2).
        Undirected layers have one degree.

    Returns
    -------
    DataFrame
        Node x layer, whole numbers; 0 where a node has no link. Self-links do not count.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> links = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"]})
    >>> network = ni.build_network(pd.DataFrame(index=["a", "b", "c"]), links)
    >>> degree(network)["links"].tolist()
    [1, 2, 1]
    """
    return _per_layer(network, direction, weighted=False).astype(np.int64)


def strength(network: MultilayerNetwork, *, direction: Direction = "total") -> pd.DataFrame:
    """Sum of the weights of the links at each node, in each layer.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network.
    direction : {"total", "in", "out"}
        See `degree`.

    Returns
    -------
    DataFrame
        Node x layer, in the unit of the weights; 0 where a node has no link. Self-links do not
        count.

    Raises
    ------
    InputError
        If a layer holds shares of each origin's total, as `read_origin_destination` marks them,
        and links out of a node would be added up.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> links = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"], "weight": [2.0, 0.5]})
    >>> network = ni.build_network(pd.DataFrame(index=["a", "b", "c"]), links)
    >>> strength(network)["links"].tolist()
    [2.0, 2.5, 0.5]
    """
    return _per_layer(network, direction, weighted=True)


def overlapping_degree(network: MultilayerNetwork) -> pd.Series:
    """Number of links at each node, over all layers: o_i = sum_x k_i^x.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network; in directed layers links in and out count.

    Returns
    -------
    Series
        One whole number a node; 0 for an isolate.

    References
    ----------
    Battiston, Nicosia and Latora (2014), Structural measures for multiplex networks, Physical
    Review E 89, 032804.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> links = pd.DataFrame({"source": "a", "target": ["b", "c"], "layer": ["x", "y"]})
    >>> network = ni.build_network(pd.DataFrame(index=["a", "b", "c"]), links)
    >>> overlapping_degree(network).tolist()
    [2, 1, 1]
    """
    return degree(network).sum(axis=1).rename("overlapping_degree")


def overlapping_strength(network: MultilayerNetwork) -> pd.Series:
    """Sum of the weights of the links at each node, over all layers: sum_x s_i^x.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network; in directed layers links in and out count.

    Returns
    -------
    Series
        One number a node; 0 for an isolate. Layers whose weights have different units should not
        be added: see `flatten` for factors.

    References
    ----------
    Battiston, Nicosia and Latora (2014), Structural measures for multiplex networks, Physical
    Review E 89, 032804.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> links = pd.DataFrame({"source": "a", "target": "b", "layer": ["x", "y"], "weight": 2.5})
    >>> network = ni.build_network(pd.DataFrame(index=["a", "b"]), links)
    >>> overlapping_strength(network).tolist()
    [5.0, 5.0]
    """
    return strength(network).sum(axis=1).rename("overlapping_strength")


def participation_coefficient(network: MultilayerNetwork, *, weighted: bool = False) -> pd.Series:
    """How evenly the links of a node spread over the layers.

    P_i = L / (L - 1) (1 - sum_x (k_i^x / o_i)^2) for L layers.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network; in directed layers links in and out count.
    weighted : bool
        Take strengths in place of degrees.

    Returns
    -------
    Series
        0: all links in one layer; 1: as many in each. NaN for a node without links, and for all
        nodes of a network of one layer.

    References
    ----------
    Battiston, Nicosia and Latora (2014), Structural measures for multiplex networks, Physical
    Review E 89, 032804.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> links = pd.DataFrame({"source": "a", "target": ["b", "c"], "layer": ["x", "y"]})
    >>> network = ni.build_network(pd.DataFrame(index=["a", "b", "c"]), links)
    >>> participation_coefficient(network).tolist()
    [1.0, 0.0, 0.0]
    """
    by_layer = strength(network) if weighted else degree(network)
    n_layers = by_layer.shape[1]
    total = by_layer.sum(axis=1)
    if n_layers < 2:
        unevenness = pd.Series(np.nan, by_layer.index)
    else:
        share = by_layer.div(total.where(total > 0), axis=0)
        unevenness = 1 - share.pow(2).sum(axis=1, min_count=1)
        # A sum of squares of one share of 1 may miss 1 by a rounding error.
        unevenness = unevenness.clip(lower=0) * (n_layers / (n_layers - 1))
    return unevenness.rename("participation_coefficient")


def pagerank(
    network: MultilayerNetwork,
    *,
    coupling: float = 1.0,
    damping: float = 0.85,
    presence: Presence = "all",
) -> pd.Series:
    """PageRank versatility: the scores of a node's copies on the coupled network, summed.

    On N state nodes r = d P' r + (1 - d) / N, P the row-normalised supra-adjacency; a state that
    leads nowhere jumps to all states alike.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network; in directed layers being pointed at counts.
    coupling : float
        Weight between every two copies of a node, at least 0.
    damping : float
        Chance d to go along a link, from 0 to below 1.
    presence : {"all", "linked"}
        "all": every node is in every layer. "linked": only where it has a link; jumps are uniform
        over states, so a node in many layers is then reached by more of them.

    Returns
    -------
    Series
        Total 1. With "linked", 0 for a node without links. NaN if there is no state at all.

    Raises
    ------
    InputError
        If an option is out of its range, or the scores cannot be solved for so near to damping 1.

    Notes
    -----
    muxViz divides by the largest value; its tables are those of ``coupling=0``. Self-links do not
    count. The linear system is solved to 1e-12 of the total: by conjugate gradients, or
    their stabilised bi-conjugate form if a layer is directed.

    References
    ----------
    De Domenico et al. (2015), Ranking in interconnected multilayer networks reveals versatile
    nodes, Nature Communications 6, 6868.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> links = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"]})
    >>> network = ni.build_network(pd.DataFrame(index=["a", "b", "c"]), links)
    >>> pagerank(network).round(4).tolist()
    [0.2568, 0.4865, 0.2568]
    """
    check_choice("presence", presence, Presence)
    check_number("coupling", coupling, low=0)
    check_number("damping", damping, low=0, high=np.nextafter(1, 0))
    present = network._presence(presence)
    n_states = int(present.sum())
    if n_states == 0:
        score = np.full(network.n_nodes, np.nan)
    else:
        score = _versatility(network, present, coupling, damping)
    return pd.Series(score, network._nodes.index, name="pagerank")


def harmonic_centrality(
    network: MultilayerNetwork,
    *,
    distance: Distance = "unit",
    switch_cost: float = 0.0,
    frictions: Frictions | None = None,
    nodes: Sequence[str] | None = None,
) -> pd.Series:
    """Mean of one over the distance to each other node: sum_j 1 / d_ij / (n - 1).

    Parameters
    ----------
    network : MultilayerNetwork
        Any network. Paths walk links of any layer; a directed link one way only.
    distance : {"unit", "inverse"}
        Length of a link: 1, or 1 / weight. Of parallel links of several layers the shortest
        counts.
    switch_cost : float
        Length of a change of layer on the way, at least 0; the first and the last layer are free.
    frictions : Frictions, optional
        What borders and kilometres add to the length of a link.
    nodes : sequence of str, optional
        Take distances from and to these nodes only; the others only carry paths and are NaN.
        Default: all.

    Returns
    -------
    Series
        From 0 (reaches nobody; an unreachable node adds 0). NaN if there is nobody to reach. The
        mean over nodes is `global_efficiency`.

    Raises
    ------
    InputError
        If frictions need coordinates or jurisdictions that are not known, or a node is not there.

    Notes
    -----
    Paths lead away from the node; networkx sums over paths to it, and does not divide.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> links = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"]})
    >>> network = ni.build_network(pd.DataFrame(index=["a", "b", "c"]), links)
    >>> harmonic_centrality(network).tolist()
    [0.75, 1.0, 0.75]
    """
    check_path_arguments(distance, switch_cost, frictions)
    chosen = positions(network, nodes)
    score = np.full(network.n_nodes, np.nan)
    if chosen.size > 1:
        blocks = distances(
            network, chosen, distance=distance, switch_cost=switch_cost, frictions=frictions
        )
        for sources, found in blocks:
            found[np.arange(sources.size), sources] = np.inf
            score[sources] = (1.0 / found[:, chosen]).sum(axis=1) / (chosen.size - 1)
    return pd.Series(score, network._nodes.index, name="harmonic_centrality")


def _versatility(
    network: MultilayerNetwork, present: np.ndarray, coupling: float, damping: float
) -> Floats:
    """Scores up to 1e-12, jumps from states that lead nowhere included.

    With D the out-strengths and S the supra-adjacency, y = D^(-1/2) r solves
    (I - d D^(-1/2) S' D^(-1/2)) y = D^(-1/2) (1 - d) / N, which is symmetric and positive definite
    without directed layers. Those jumps add the same to every state: they scale the solution.
    """
    matrices = [_matrix(network, layer) for layer in network.layers]
    copies = present.sum(axis=0)
    out = np.array([matrix.sum(axis=1) for matrix in matrices]) + coupling * (copies - 1)
    # A state that leads nowhere, or is absent, hands nothing on: any scale will do.
    out[~present | (out <= 0)] = 1.0
    scale = np.sqrt(out)
    into = [
        matrix.T.tocsr() if layer in network.directed else matrix
        for layer, matrix in zip(network.layers, matrices, strict=True)
    ]

    def apply(vector: Floats) -> Floats:
        flow = vector.reshape(out.shape) / scale
        inflow = coupling * present * (flow.sum(axis=0) - flow)
        for x, matrix in enumerate(into):
            inflow[x] += matrix @ flow[x]
        inflow *= damping / scale
        return np.asarray(vector - inflow.ravel())

    system = linalg.LinearOperator((out.size, out.size), matvec=apply, dtype=np.float64)
    base = present * ((1 - damping) / present.sum() / scale)
    start = present * (scale / out.sum(where=present))  # the solution for d = 1 and no direction
    solve = linalg.bicgstab if network.directed else linalg.cg
    found, failed = solve(system, base.ravel(), start.ravel(), rtol=PRECISION)
    if failed:
        msg = f"pagerank does not converge at damping {damping:g} and coupling {coupling:g}; "
        raise InputError(msg + "take a damping farther from 1.")
    score = (scale * found.reshape(out.shape)).sum(axis=0)
    return np.asarray(score / score.sum())


def _matrix(network: MultilayerNetwork, layer: str) -> sparse.csr_array:
    indptr, indices, data = network._simple_csr(layer)
    return sparse.csr_array((data, indices, indptr), shape=(network.n_nodes,) * 2)


def _per_layer(network: MultilayerNetwork, direction: Direction, *, weighted: bool) -> pd.DataFrame:
    check_choice("direction", direction, Direction)
    if weighted and direction != "in":
        refuse_shares(network.layers, f"strength with direction={direction!r}")
    columns = {}
    for layer in network.layers:
        matrix = _matrix(network, layer)
        if not weighted:
            matrix.data = np.ones(matrix.nnz)
        value = np.zeros(network.n_nodes)
        if direction != "in" or layer not in network.directed:
            value += matrix.sum(axis=1)
        if direction != "out" and layer in network.directed:
            value += matrix.sum(axis=0)
        columns[layer] = value
    frame = pd.DataFrame(columns, index=network._nodes.index, dtype=np.float64)
    frame.columns = pd.Index(network.layers, name="layer", dtype="str")
    return frame
