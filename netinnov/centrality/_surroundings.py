"""Structural holes: how far the neighbours of a node are linked among themselves."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy import sparse

from netinnov._arguments import check_flag
from netinnov._matrices import flat_matrix
from netinnov._parallel import in_threads
from netinnov._paths import union
from netinnov._typing import Floats
from netinnov.network import MultilayerNetwork

PARTS = 16  # pieces of work with as many links each


def constraint(network: MultilayerNetwork, *, weighted: bool = True) -> pd.Series:
    """How much the links of a node lead, directly and by way of each other, to the same nodes.

    c_i = sum_j (p_ij + sum_q p_iq p_qj)^2 over the neighbours j of i, q other than i and j, with
    p_ij = (a_ij + a_ji) / sum_k (a_ik + a_ki).

    Parameters
    ----------
    network : MultilayerNetwork
        Any network. Layers are flattened: weights are summed, and each pair is linked once.
    weighted : bool
        Take weights; False: 1 for each link.

    Returns
    -------
    Series
        Low: many neighbours who do not know each other. 1 for a node with one neighbour, more in
        small closed groups (a triangle: 1.125). NaN for an isolate.

    Raises
    ------
    InputError
        If weights would be summed over layers of which one holds shares of each origin's total.

    Notes
    -----
    Links in and out are added, so without weights a reciprocated pair of a directed layer counts
    2. Self-links do not count.

    References
    ----------
    Burt (1992), Structural Holes: The Social Structure of Competition.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> links = pd.DataFrame({"source": ["a", "b", "a"], "target": ["b", "c", "c"]})
    >>> network = ni.build_network(pd.DataFrame(index=["a", "b", "c"]), links)
    >>> constraint(network).tolist()
    [1.125, 1.125, 1.125]
    """
    from netinnov.kernels.brokerage import constraints

    ties = _ties(network, weighted, "constraint")
    values = _by_node(partial(constraints, ties.indptr, ties.indices, _shares(ties)), ties)
    return pd.Series(values, network.storage.nodes.index, name="constraint")


def effective_size(network: MultilayerNetwork, *, weighted: bool = True) -> pd.Series:
    """Number of neighbours less what they repeat of each other.

    sum_j (1 - sum_q p_iq m_jq) over the neighbours j of i, q other than i and j, with p as in
    `constraint` and m_jq = (a_jq + a_qj) / max_k (a_jk + a_kj). Undirected and without weights
    this is n - 2 t / n, n the number of neighbours and t that of links between them.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network. Layers are flattened: weights are summed, and each pair is linked once.
    weighted : bool
        Take weights; False: 1 for each link.

    Returns
    -------
    Series
        From 1 (all neighbours know each other) to their number (none does) without weights. NaN
        for an isolate.

    Raises
    ------
    InputError
        If weights would be summed over layers of which one holds shares of each origin's total.

    Notes
    -----
    Links in and out are added, as in `constraint`. Self-links do not count.

    References
    ----------
    Burt (1992), Structural Holes: The Social Structure of Competition.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> links = pd.DataFrame({"source": "a", "target": ["b", "c"]})
    >>> network = ni.build_network(pd.DataFrame(index=["a", "b", "c"]), links)
    >>> effective_size(network).tolist()
    [2.0, 1.0, 1.0]
    """
    from netinnov.kernels.brokerage import redundancies

    ties = _ties(network, weighted, "effective_size")
    size = np.diff(ties.indptr)
    search = partial(redundancies, ties.indptr, ties.indices, _shares(ties), _relative(ties))
    return pd.Series(
        size - _by_node(search, ties), network.storage.nodes.index, name="effective_size"
    )


def _ties(network: MultilayerNetwork, weighted: bool, measure: str) -> sparse.csr_array:
    """Weights of the links between two nodes, both directions added."""
    check_flag("weighted", weighted)
    graph = flat_matrix(network, measure) if weighted else union(network)
    if not weighted:
        graph.data = np.ones(graph.nnz)
    ties = graph + graph.T
    ties = sparse.csr_array(ties)
    ties.sort_indices()
    ties.indptr, ties.indices = ties.indptr.astype(np.int32), ties.indices.astype(np.int32)
    return ties


def _shares(ties: sparse.csr_array) -> Floats:
    """Each entry over the sum of its row."""
    row = np.repeat(np.arange(ties.shape[0]), np.diff(ties.indptr))
    return np.asarray(ties.data / np.bincount(row, ties.data)[row])


def _relative(ties: sparse.csr_array) -> Floats:
    """Each entry over the largest of its row."""
    sizes = np.diff(ties.indptr)
    largest = np.maximum.reduceat(ties.data, ties.indptr[:-1][sizes > 0]) if ties.nnz else ties.data
    return np.asarray(ties.data / np.repeat(largest, sizes[sizes > 0]))


def _by_node(search: Callable[[int, int], Floats], ties: sparse.csr_array) -> Floats:
    """Results of a kernel for all nodes, made in pieces."""
    inner = np.searchsorted(ties.indptr, np.linspace(0, ties.nnz, PARTS + 1)[1:-1])
    bounds = [0, *inner, ties.shape[0]]
    work = [partial(search, int(i), int(j)) for i, j in pairwise(bounds)]
    return np.concatenate(in_threads(work, size=10 * ties.nnz))
