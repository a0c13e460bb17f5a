"""Brokers and structural holes: whose neighbours are not linked among themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from netinnov._network.matrices import flat_matrix
from netinnov._network.paths import union, union_arcs
from netinnov._runtime.arguments import check_names
from netinnov._runtime.threads import in_threads
from netinnov._typing import Codes, Floats, Integers
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork

KINDS = ("coordinator", "itinerant", "gatekeeper", "representative", "liaison")
MANY_PATHS = 200_000  # two-paths from which on kernels are worth compiling
PARTS = 16  # pieces of work with as many links each


def brokerage(
    network: MultilayerNetwork, *, groups: str | Mapping[str, object] | pd.Series = "place"
) -> pd.DataFrame:
    """Pairs of nodes that are linked by way of a node and not directly, by their groups.

    Counts the two-paths a > v > b without a link a > b. An undirected link goes both ways: each
    pair counts twice, and gatekeeper equals representative. Self-links do not count. The R package
    sna calls the five w_I, w_O, b_OI, b_IO and b_O, and prints b_IO before b_OI.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network. Layers are flattened, weights do not count.
    groups : str, mapping or Series
        A column of the nodes, such as "place" or "kind", or the group of each node by its id.

    Returns
    -------
    DataFrame
        A row each node v, 0 for an isolate, and whole numbers by the groups of a, v, b:
        ``coordinator`` A A A; ``itinerant`` A B A; ``gatekeeper`` A B B (v lets in what comes from
        outside its group); ``representative`` A A B (v speaks for its group to outside);
        ``liaison`` A B C.

    Raises
    ------
    InputError
        If there is no such column, or a node that has a link has no group.

    References
    ----------
    Gould and Fernandez (1989), Structures of mediation, Sociological Methodology 19.

    Examples
    --------
    >>> links = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"]})
    >>> nodes = pd.DataFrame({"place": ["quzhou", "hangzhou", "hangzhou"]}, index=["a", "b", "c"])
    >>> brokerage(ni.build_network(nodes, links, directed=["links"])).loc["b"].tolist()
    [0, 0, 1, 0, 0]
    """
    (indptr, indices) = union_arcs(network)
    into = union_arcs(network, backward=True)
    group = _groups(network, groups, np.diff(indptr) + np.diff(into[0]) > 0)
    if _are_few(indptr, indices):
        counts = _brokered_pairs(union(network), group)
    else:
        from netinnov.kernels.brokerage import brokered_pairs

        arrays = (indptr, indices, *into, group, int(group.max(initial=0)) + 1)
        counts = np.sum(_in_pieces(partial(brokered_pairs, *arrays), indptr), axis=0)
    return pd.DataFrame(counts, network.storage.node_names, pd.Index(KINDS, dtype="str"))


def _are_few(indptr: Codes, indices: Codes) -> bool:
    """Whether sparse products are ready before a kernel is compiled: by the two-paths."""
    return int(np.diff(indptr)[indices].sum()) < MANY_PATHS


def _brokered_pairs(links: sparse.csr_array, group: Codes) -> Integers:
    one, other = sparse.coo_array(links).coords
    inside = group[one] == group[other]
    within = _ones(one[inside], other[inside], links.shape)
    between = _ones(one[~inside], other[~inside], links.shape)
    by_group = links.shape[0], int(group.max(initial=0)) + 1
    targets = _ones(one, group[other], by_group)
    sources = _ones(other, group[one], by_group)
    n_coordinated = within.sum(axis=0) * within.sum(axis=1)
    n_returned = targets.multiply(sources).sum(axis=1) - n_coordinated
    from_outside = between.sum(axis=0)
    to_outside = between.sum(axis=1)

    def closed(first: Any, second: Any, direct: Any) -> Integers:
        """Two-paths by a link of `first` and one of `second` whose ends have a `direct` one."""
        return np.asarray(second.multiply(first.T @ direct).sum(axis=1))

    def there_and_back(arcs: Any) -> Integers:
        return np.asarray(arcs.multiply(arcs.T).sum(axis=1))

    kinds = (
        n_coordinated - there_and_back(within) - closed(within, within, within),
        n_returned - there_and_back(between) - closed(between, between, within),
        from_outside * within.sum(axis=1) - closed(between, within, between),
        within.sum(axis=0) * to_outside - closed(within, between, between),
        from_outside * to_outside - n_returned - closed(between, between, between),
    )
    return np.column_stack(kinds)


def _ones(row: Codes, column: Codes, shape: tuple[int, int]) -> sparse.csr_array:
    return sparse.csr_array((np.ones(row.size, np.int64), (row, column)), shape=shape)


def _groups(
    network: MultilayerNetwork, groups: object, linked: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> Codes:
    nodes = network.storage.nodes
    if isinstance(groups, (Mapping, pd.Series)):
        labels = pd.Series(groups, dtype=object)
        labels.index = labels.index.map(str)
        if twice := labels.index[labels.index.duplicated()].unique()[:5].tolist():
            raise InputError(f"`groups` must name each node once; found twice: {twice}.")
        values = labels.reindex(nodes.index)
    elif isinstance(groups, str):
        check_names("groups", [groups], [*nodes], of="the columns of the nodes")
        values = nodes[groups]
    else:
        raise InputError(
            "`groups` must be a column of the nodes or a mapping from node to group; found "
            f"{type(groups).__name__}."
        )
    code = pd.factorize(values)[0].astype(np.int32)
    lost = nodes.index[linked & (code < 0)]
    if lost.size:
        raise InputError(
            f"every linked node must have a group; {lost.size} have none in `groups`, e.g. "
            f"{lost[:5].tolist()}; give them one, or select() those that have."
        )
    return np.maximum(code, 0)


def constraint(network: MultilayerNetwork, *, weighted: bool = True) -> pd.Series:
    """How much the links of a node lead, directly and by way of each other, to the same nodes.

    c_i = sum_j (p_ij + sum_q p_iq p_qj)^2 over the neighbours j of i, q other than i and j, with
    p_ij = (a_ij + a_ji) / sum_k (a_ik + a_ki): without weights a reciprocated pair of a directed
    layer counts 2. Self-links do not count. Burt (1992), Structural Holes.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network. Layers are flattened: weights are summed, and each pair is linked once.
    weighted : bool
        Take weights; False: 1 for each link.

    Returns
    -------
    Series
        Low: many neighbours who do not know each other; 1: one neighbour; more in small closed
        groups (a triangle: 1.125). NaN for an isolate.

    Examples
    --------
    >>> network = ni.build_network(pd.DataFrame({"source": list("aba"), "target": list("bcc")}))
    >>> constraint(network).tolist()
    [1.125, 1.125, 1.125]
    """
    ties = _ties(network, weighted, "constraint")
    share = _shares(ties)
    values = _sums(ties, _through_neighbours(ties, share, share, share) ** 2)
    return pd.Series(values, network.storage.node_names, name="constraint")


def effective_size(network: MultilayerNetwork, *, weighted: bool = True) -> pd.Series:
    """Number of neighbours less what they repeat of each other.

    sum_j (1 - sum_q p_iq m_jq) over the neighbours j of i, q other than i and j, with p as in
    `constraint` and m_jq = (a_jq + a_qj) / max_k (a_jk + a_kj). Undirected and without weights this
    is n - 2 t / n, n the number of neighbours and t that of links between them.

    Parameters
    ----------
    network, weighted
        As in `constraint`.

    Returns
    -------
    Series
        Without weights from 1 (all neighbours know each other) to their number. NaN for an isolate.

    Examples
    --------
    >>> network = ni.build_network(pd.DataFrame({"source": "a", "target": ["b", "c"]}))
    >>> effective_size(network).tolist()
    [2.0, 1.0, 1.0]
    """
    ties = _ties(network, weighted, "effective_size")
    none = np.zeros(ties.nnz)
    each = np.ones(ties.nnz)
    repeated = _sums(ties, _shares(ties) * _through_neighbours(ties, none, each, _relative(ties)))
    values = np.diff(ties.indptr) - repeated
    return pd.Series(values, network.storage.node_names, name="effective_size")


def _through_neighbours(
    ties: sparse.csr_array, direct: Floats, first: Floats, second: Floats
) -> Floats:
    if _are_few(ties.indptr, ties.indices):
        to_broker, from_broker = (
            sparse.csr_array((data, ties.indices, ties.indptr), shape=ties.shape)
            for data in (first, second)
        )
        rows = np.repeat(np.arange(ties.shape[0]), np.diff(ties.indptr))
        return direct + np.asarray((to_broker @ from_broker)[rows, ties.indices]).ravel()
    from netinnov.kernels.brokerage import through_neighbours

    search = partial(through_neighbours, ties.indptr, ties.indices, direct, first, second)
    return np.concatenate(_in_pieces(search, ties.indptr))


def _sums(ties: sparse.csr_array, values: Floats) -> Floats:
    """Sum over the links of each node; NaN for an isolate."""
    sizes = np.diff(ties.indptr)
    rows = np.repeat(np.arange(sizes.size), sizes)
    return np.where(sizes > 0, np.bincount(rows, values, sizes.size), np.nan)


def _ties(network: MultilayerNetwork, weighted: bool, measure: str) -> sparse.csr_array:
    """Weights between two nodes, both directions added."""
    graph = flat_matrix(network, measure) if weighted else union(network).astype(bool).astype(float)
    ties = sparse.csr_array(graph + graph.T)
    ties.sort_indices()
    ties.indptr = ties.indptr.astype(np.int32)
    ties.indices = ties.indices.astype(np.int32)
    return ties


def _shares(ties: sparse.csr_array) -> Floats:
    return np.asarray(ties.data / np.repeat(ties.sum(axis=1), np.diff(ties.indptr)))


def _relative(ties: sparse.csr_array) -> Floats:
    largest = ties.max(axis=1).toarray().ravel() if ties.nnz else np.zeros(ties.shape[0])
    return np.asarray(ties.data / np.repeat(largest, np.diff(ties.indptr)))


def _in_pieces(search: Callable[[int, int], Floats], indptr: Codes) -> list[Floats]:
    size = int(indptr[-1])
    inner = np.searchsorted(indptr, np.linspace(0, size, PARTS + 1)[1:-1])
    ranges = pairwise([0, *map(int, inner), indptr.size - 1])
    return in_threads([partial(search, i, j) for i, j in ranges], size=10 * size)
