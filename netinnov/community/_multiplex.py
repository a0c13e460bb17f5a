"""Leiden with one community a node, where every layer has the same say."""

from __future__ import annotations

from functools import partial

import numpy as np
from scipy import sparse

from netinnov._network.matrices import layer_matrix
from netinnov._runtime.arguments import check_rng
from netinnov._runtime.threads import in_threads
from netinnov._typing import Amount, Count, Floats, Rng
from netinnov.community._leiden_search import iterate, perturb, problem_of_nodes, score
from netinnov.community._modularity import links_modularity, with_null
from netinnov.community._partition import Partition, labels_at
from netinnov.network import MultilayerNetwork

ENOUGH = 3e-5  # least gain, as a share of the weight, for which another iteration runs
ROUNDING = 1e-12  # smaller differences in quality are ties


def multiplex_leiden(
    network: MultilayerNetwork, *, resolution: Amount = 1.0, restarts: Count = 10, rng: Rng = None
) -> Partition:
    """Communities, one a node, with the highest modularity summed over layers.

    Q = sum_x 1/(2 m_x) sum_ij (a_ij^x - resolution k_i^x k_j^x / (2 m_x)) [g_i = g_j]: every layer
    counts the same, however many or heavy its links are. In a directed layer the null model is
    k_out_i k_in_j / m_x. The terms i = j are kept; self-links are left out.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network; layers may be directed.
    resolution, restarts, rng
        As in `leiden`.

    Returns
    -------
    Partition
        `membership`: a Series, one label a node, as in `leiden`; NaN for a node that has no link in
        any layer. `quality`: the sum above, at most the number of layers; NaN without a link.

    Notes
    -----
    Each community is connected in the layers together. The result is a local optimum: no move of
    one node raises the quality, but another partition may be better (see `stability`).

    Each restart is a search of Traag et al. on the sum, until an iteration raises the mean over
    layers by less than 0.00003; then nodes alone move. The best one is perturbed: a random share of
    its nodes starts alone, up to ten times without a gain, less often above 60,000 entries of links
    (two for each pair of linked nodes), not at all above 600,000.

    References
    ----------
    Traag, Waltman and van Eck (2019), From Louvain to Leiden, Scientific Reports 9, 5233.

    Examples
    --------
    >>> links = pd.DataFrame({"source": list("aca"), "target": list("bdb"), "layer": list("xxy")})
    >>> network = ni.build_network(pd.DataFrame(index=["a", "b", "c", "d"]), links)
    >>> partition = multiplex_leiden(network, rng=1)
    >>> partition.membership.tolist(), partition.quality  # 1/2 in x, 0 in y
    ([0.0, 0.0, 1.0, 1.0], 0.5)
    """
    rng = check_rng(rng)
    linked = np.flatnonzero(network.storage.presence("linked").any(axis=0))
    if not linked.size:
        return Partition(labels_at(network, linked, linked), float("nan"))
    problem = problem_of_nodes(*_summed(network, float(resolution)))
    searches = rng.spawn(int(restarts) + 1)
    seeds = [int(child.integers(2**63)) for child in searches[:-1]]
    work = [partial(iterate, problem, ENOUGH, seed) for seed in seeds]
    labellings = in_threads(work, problem.level.indices.size * len(work))
    scores = [score(problem, labels) for labels in labellings]
    best = next(k for k, one in enumerate(scores) if one >= max(scores) - ROUNDING)
    codes = perturb(problem, labellings[best], searches[-1])
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
