"""What a community search returns, and how alike two of these partitions are."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from scipy.sparse import csgraph
from scipy.special import gammaln, xlogy

from netinnov._runtime.arguments import as_whole
from netinnov._runtime.display import Displayed, Tabled
from netinnov._typing import Codes, Integers
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Partition(Displayed):
    """A label for each node, or for each node in each layer, and how good the labels are.

    Attributes
    ----------
    membership : DataFrame or Series
        Node x layer, or one label a node: 0, 1, ... from the largest community to the smallest
        (ties: first node first), NaN where a node is absent.
    quality : float
        What the search maximised, or minimised in the case of `infomap`.
    """

    membership: pd.DataFrame | pd.Series
    quality: float

    @property
    def n_communities(self) -> int:
        """Number of different labels."""
        return int(self._long().nunique())

    def __len__(self) -> int:
        return self.n_communities

    def __iter__(self) -> Iterator[set[Any]]:
        """Sets of nodes, or of nodes in layers, from the largest."""
        long = self._long().dropna()
        if long.index.nlevels > 1 and np.shape(self.membership)[1] == 1:
            long = long.droplevel("layer")
        return (set(part) for part in long.groupby(long).groups.values())

    def to_frame(self) -> pd.DataFrame:
        """Give one row a state: columns node, layer (if labels differ by layer), community.

        Returns
        -------
        DataFrame
            Without the states that are absent.
        """
        return self._long().dropna().astype(int).rename("community").reset_index()

    def _facts(self) -> dict[str, Any]:
        return {
            "quality": self.quality,
            "n_communities": self.n_communities,
            "nodes": len(self.membership),
            "sizes": self._long().value_counts().tolist(),
        }

    def _long(self) -> pd.Series:
        if isinstance(self.membership, pd.Series):
            return self.membership.rename_axis("node")
        index = pd.MultiIndex.from_product(
            [self.membership.index, self.membership.columns], names=["node", "layer"]
        )
        return pd.Series(self.membership.to_numpy().ravel(), index)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Dendrogram(Tabled):
    """A tree of communities, from single nodes to whole connected parts.

    Attributes
    ----------
    merges : DataFrame
        Columns first, second, height, n_nodes, as in `scipy.cluster.hierarchy.linkage`, for the n
        nodes with a link, in node order; infinite heights join connected parts.
    network : MultilayerNetwork
        Whose nodes were merged.
    """

    _main: ClassVar[str] = "merges"
    merges: pd.DataFrame
    network: MultilayerNetwork

    def cut(self, n_communities: int) -> pd.Series:
        """Cut the tree where it has so many branches.

        Parameters
        ----------
        n_communities : int
            From the number of connected parts to the number of nodes with a link.

        Returns
        -------
        Series
            One label a node, from the largest community to the smallest; NaN without a link.

        Raises
        ------
        InputError
            If there is no such cut.
        """
        leaves = np.flatnonzero(self.network.storage.presence("linked").any(axis=0))
        n = leaves.size
        parts = int(np.isinf(self.merges["height"]).sum()) + 1
        if not parts <= as_whole("n_communities", n_communities, low=1) <= n:
            raise InputError(
                f"`n_communities` must be from {parts} (the connected parts) to {n} (the nodes "
                f"with a link); found {n_communities}."
            )
        pairs = self.merges.iloc[: n - int(n_communities), :2].to_numpy(np.int64)
        above = np.repeat(np.arange(n, n + len(pairs)), 2)
        tree = sparse.coo_array((np.ones(above.size), (pairs.ravel(), above)), (2 * n, 2 * n))
        return labels_at(self.network, leaves, csgraph.connected_components(tree)[1][:n])


Membership: TypeAlias = pd.Series | pd.DataFrame | Mapping[str, Hashable] | Partition


def labels_of(membership: Any, name: str) -> pd.Series | pd.DataFrame:
    if isinstance(membership, Partition):
        membership = membership.membership
    if isinstance(membership, pd.DataFrame):
        labels: pd.Series | pd.DataFrame = membership
        axes = {"node": membership.index, "layer": membership.columns}
    elif isinstance(membership, (pd.Series, Mapping)):
        labels = pd.Series(membership, dtype=object)
        axes = {"node": labels.index}
    else:
        raise InputError(
            f"`{name}` must be a Series, mapping or Partition (one label a node) or a DataFrame "
            f"(node x layer); found {type(membership).__name__}."
        )
    for axis, index in axes.items():
        if not index.is_unique:
            twice = index[index.duplicated()].unique().tolist()[:5]
            raise InputError(f"`{name}` must name each {axis} once; found twice: {twice}.")
    return labels


def ranked(codes: npt.NDArray[np.integer]) -> Integers:
    _, first, code, size = np.unique(
        codes, return_index=True, return_inverse=True, return_counts=True
    )
    rank = np.empty(first.size, np.int64)
    rank[np.lexsort((first, -size))] = np.arange(first.size)
    return rank[code]


def labels_at(
    network: MultilayerNetwork, at: npt.NDArray[np.integer], codes: npt.NDArray[np.integer]
) -> pd.Series:
    labels = np.full(network.n_nodes, np.nan)
    order = np.argsort(at)
    labels[at[order]] = ranked(codes[order])
    return pd.Series(labels, network.storage.node_names, name="community")


@dataclass(frozen=True, slots=True, repr=False)
class PartitionComparison(Tabled):
    """Similarity of two partitions; each number is NaN where they have no labelled node in common.

    Attributes
    ----------
    nmi : float
        Mutual information over the mean of the two entropies: 0 independent, 1 equal.
    ami : float
        The same adjusted for chance: 0 expected of random partitions with these sizes, 1 equal.
    ari : float
        Rand index adjusted for chance: 0 expected, 1 equal.
    vi : float
        Variation of information, in nats: 0 equal, at most ln n.
    n : int
        Number of nodes, or states, that both label.
    """

    nmi: float
    ami: float
    ari: float
    vi: float
    n: int


def compare_partitions(a: Membership, b: Membership) -> PartitionComparison:
    """Mutual information, Rand index and variation of information of two partitions.

    Nodes, or states, without a label in one of the two are left out of both. The mean of the
    entropies is the arithmetic one. The expected mutual information is that of the permutation
    model, exactly.

    Parameters
    ----------
    a, b : Series, DataFrame, mapping or Partition
        One label a node, or node x layer, over the same nodes (and layers) in any order. Labels
        are anything hashable. One label a node beside a table node x layer stands for the node in
        each layer.

    Returns
    -------
    PartitionComparison
        Two partitions into one group each, or into single nodes each, are equal: 1, 1, 1 and 0.

    Raises
    ------
    InputError
        If the two do not have the same nodes and layers, or name one twice.

    References
    ----------
    Vinh, Epps and Bailey (2010), Journal of Machine Learning Research 11, 2837-2854. Hubert and
    Arabie (1985), Journal of Classification 2. Meila (2007), Journal of Multivariate Analysis 98.

    Examples
    --------
    >>> comparison = compare_partitions({"a": 0, "b": 0, "c": 1}, {"a": "x", "b": "x", "c": "y"})
    >>> comparison.nmi, comparison.ami, comparison.ari, comparison.vi
    (1.0, 1.0, 1.0, 0.0)
    """
    (one, other), _, _ = aligned([labels_of(a, "a"), labels_of(b, "b")])
    return compare_codes(one, other)


def compare_codes(a: Codes, b: Codes) -> PartitionComparison:
    """Compare labels as codes from 0, negative where missing."""
    known = (a >= 0) & (b >= 0)
    n = int(known.sum())
    if n == 0:
        nan = float("nan")
        return PartitionComparison(nan, nan, nan, nan, 0)
    rows, row_size = np.unique(a[known], return_inverse=True, return_counts=True)[1:]
    columns, column_size = np.unique(b[known], return_inverse=True, return_counts=True)[1:]
    cell, count = np.unique(rows * np.int64(column_size.size) + columns, return_counts=True)
    if cell.size == row_size.size == column_size.size:
        return PartitionComparison(1.0, 1.0, 1.0, 0.0, n)
    in_a = _entropy(row_size, n)
    in_b = _entropy(column_size, n)
    shared = max(0.0, in_a + in_b - _entropy(count, n))
    mean = (in_a + in_b) / 2
    if min(row_size.size, column_size.size) == 1:
        shared = expected = 0.0
    else:
        expected = _expected_information(row_size, column_size, n)
    pairs, in_rows, in_columns = (_pairs(sizes) for sizes in (count, row_size, column_size))
    by_chance = in_rows * in_columns / _pairs(np.array([n]))
    return PartitionComparison(
        nmi=shared / mean,
        ami=(shared - expected) / (mean - expected),
        ari=(pairs - by_chance) / ((in_rows + in_columns) / 2 - by_chance),
        vi=max(0.0, in_a + in_b - 2 * shared),
        n=n,
    )


def _entropy(sizes: Integers, n: int) -> float:
    share = sizes / n
    return float(-xlogy(share, share).sum())


def _pairs(sizes: Integers) -> float:
    return float((sizes * (sizes - 1) // 2).sum())


def _expected_information(a: Integers, b: Integers, n: int) -> float:
    size_a, times_a = np.unique(a, return_counts=True)
    size_b, times_b = np.unique(b, return_counts=True)
    f = gammaln(np.arange(n + 1) + 1.0)  # logarithms of factorials
    expected = 0.0
    for size, times in zip(size_a, times_a, strict=True):
        # All counts that a cell of the table can have, for each size in b one after another.
        low = np.maximum(1, size + size_b - n)
        steps = np.minimum(size, size_b) - low + 1
        which = np.repeat(np.arange(size_b.size), steps)
        first = np.cumsum(steps) - steps
        count = np.arange(which.size) - first[which] + low[which]
        other = size_b[which]
        log_chance = f[size] + f[n - size] + (f[size_b] + f[n - size_b])[which] - f[n]
        log_chance -= f[count] + f[size - count] + f[other - count] + f[n - size - other + count]
        term = count / n * np.log(n * count / (float(size) * other)) * np.exp(log_chance)
        expected += float(times * (term @ times_b[which]))
    return expected


def aligned(
    memberships: Sequence[pd.Series | pd.DataFrame],
) -> tuple[list[Codes], pd.Index, pd.Index | None]:
    """Codes in the order of the first membership (-1 where missing), nodes, and layers if any."""
    nodes = memberships[0].index
    tables = [labels for labels in memberships if isinstance(labels, pd.DataFrame)]
    layers = tables[0].columns if tables else None
    for labels in memberships:
        _check_same("nodes", nodes, labels.index)
    for table in tables[1:]:
        _check_same("layers", tables[0].columns, table.columns)
    slots = pd.RangeIndex(1) if layers is None else layers
    return [codes_at(labels, nodes, slots).ravel() for labels in memberships], nodes, layers


def codes_at(labels: pd.Series | pd.DataFrame, nodes: pd.Index, layers: pd.Index) -> Codes:
    """Codes of nodes x layers, -1 where missing; a Series holds for every layer."""
    table = labels
    columns = np.zeros(len(layers), np.intp)
    if isinstance(labels, pd.DataFrame):
        columns = labels.columns.get_indexer(layers)
    else:
        table = labels.to_frame()
    # What is missing is read at position -1, the padding.
    values = np.pad(table.to_numpy(object), (0, 1), constant_values=np.nan)
    values = values[np.ix_(table.index.get_indexer(nodes), columns)]
    return pd.factorize(values.ravel())[0].astype(np.int32).reshape(values.shape)


def _check_same(noun: str, a: pd.Index, b: pd.Index) -> None:
    if a is b or a.equals(b):
        return
    lone = [*a.difference(b, sort=False), *b.difference(a, sort=False)]
    if lone:
        raise InputError(
            f"the partitions must be over the same {noun}; {len(lone)} are in one but not in "
            f"another: {lone[:5]}. Select the common {noun} first."
        )
