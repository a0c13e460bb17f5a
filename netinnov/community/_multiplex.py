"""Leiden with one community a node, where every layer has the same say."""

from __future__ import annotations

from functools import partial

import numpy as np
from scipy import sparse

from netinnov._network.matrices import layer_matrix
from netinnov._runtime.arguments import check_number, check_rng
from netinnov._runtime.parallel import in_threads
from netinnov._typing import Codes, Floats, Rng
from netinnov.community._modularity import links_modularity, with_null
from netinnov.community._partition import Partition, labels_at
from netinnov.network import MultilayerNetwork

LARGE = 2_000_000  # link entries (both ends, all layers) up to which a search is thorough
ENOUGH = 3e-5  # least gain in mean modularity for which another iteration runs
ENOUGH_OF_MOVES = 1e-4  # the same after the last node moves in larger networks
FINE = 8.0  # initial resolution factor in larger networks: early merges are hard to undo
ROUNDING = 1e-12  # smaller differences in quality are ties


def multiplex_leiden(
    network: MultilayerNetwork, *, resolution: float = 1.0, restarts: int = 10, rng: Rng = None
) -> Partition:
    """Communities, one a node, with the highest modularity summed over layers.

    Q = sum_x 1/(2 m_x) sum_ij (a_ij^x - resolution k_i^x k_j^x / (2 m_x)) [g_i = g_j]: the
    modularity of each layer on its own, added up.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network; layers may be directed.
    resolution : float
        Weight of the null model, at least 0. A larger one gives more and smaller communities.
    restarts, rng
        As in `leiden`.

    Returns
    -------
    Partition
        `membership`: a Series, one label a node: 0, 1, ... from the largest community to the
        smallest (ties: first node first), NaN for a node that has no link in any layer.
        `quality`: the sum above, at most the number of layers; NaN without a link.

    Raises
    ------
    InputError
        If an option is out of range.

    Notes
    -----
    Every layer counts the same, however many or heavy its links are. In `leiden` and `modularity`
    layers weigh by their total weight, and a node may belong to another community in each layer.
    In a directed layer the null model is k_out_i k_in_j / m_x. The terms i = j are kept; self-links
    are left out. Each community is connected in the layers together. The result is a local optimum:
    no move of one node raises the quality, but another partition may be better (see `stability`).

    The search is that of Traag et al. on the sum, until an iteration raises the mean over layers by
    less than 0.00003; then nodes alone move. Above 2,000,000 entries of links (two for each pair of
    linked nodes) it starts otherwise: at eight times the resolution each node moves at most once,
    communities are merged whole, and so on; then, at the resolution asked for, nodes and whole
    communities move. Iterations of the usual kind follow until moves of nodes raise the mean by
    less than 0.0001. Say so in a methods section.

    References
    ----------
    Traag, Waltman and van Eck (2019), From Louvain to Leiden: guaranteeing well-connected
    communities, Scientific Reports 9, 5233.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> links = pd.DataFrame({"source": list("aca"), "target": list("bdb"), "layer": list("xxy")})
    >>> network = ni.build_network(pd.DataFrame(index=["a", "b", "c", "d"]), links)
    >>> partition = multiplex_leiden(network, rng=1)
    >>> partition.membership.tolist(), partition.quality  # 1/2 in x, 0 in y
    ([0.0, 0.0, 1.0, 1.0], 0.5)
    """
    from netinnov.kernels.multiplex import one_community_a_node

    check_number("resolution", resolution, low=0)
    check_number("restarts", restarts, low=1, whole=True)
    rng = check_rng(rng)
    n = network.n_nodes
    linked = np.flatnonzero(network.storage.presence("linked").any(axis=0))
    if not linked.size:
        return Partition(labels_at(network, linked, linked), float("nan"))
    weight, strength, sign = _summed(network, float(resolution))
    large = weight.nnz > LARGE
    enough = (ENOUGH_OF_MOVES if large else ENOUGH) * len(network.layers)
    fine, alone = FINE if large else 0.0, np.arange(n, dtype=np.int32)
    arrays = (*_arrays(weight), *_arrays(strength), sign, enough, fine, alone)
    seeds = [int(child.integers(2**63)) for child in rng.spawn(int(restarts))]
    work = [partial(one_community_a_node, *arrays, seed) for seed in seeds]
    searches = in_threads(work, weight.nnz * len(work))
    best = max(quality for _, quality in searches)
    codes = next(labels for labels, quality in searches if quality >= best - ROUNDING)
    blocks = [network.storage.simple_csr(layer) for layer in network.layers]
    quality = sum(
        links_modularity(codes[block.sources], codes[block.indices], block.data, float(resolution))
        for block in blocks
        if block.indices.size
    )
    return Partition(labels_at(network, linked, codes[linked]), quality)


def _summed(
    network: MultilayerNetwork, resolution: float
) -> tuple[sparse.csr_array, sparse.csr_array, Floats]:
    n = network.n_nodes
    weight = sparse.csr_array((n, n), dtype=np.float64)
    columns: list[Floats] = []
    signs: list[float] = []
    for layer in network.layers:
        matrix = layer_matrix(network, layer)
        if not matrix.nnz:  # a layer of self-links
            continue
        share = sparse.csr_array(matrix * (1.0 / matrix.sum()))
        share, sides = with_null(share, layer in network.directed)
        columns += [side for _, side in sides]
        signs += [sign * resolution for sign, _ in sides]
        weight = sparse.csr_array(weight + share)
    strength = sparse.hstack([sparse.csc_array(column[:, None]) for column in columns])
    return weight, sparse.csr_array(strength), np.array(signs)


def _arrays(matrix: sparse.csr_array) -> tuple[Codes, Codes, Floats]:
    return matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32), matrix.data
