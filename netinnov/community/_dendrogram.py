"""Communities inside communities: a tree of all nodes, by Paris."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from netinnov._arguments import as_whole
from netinnov._display import Displayed
from netinnov._matrices import flat_matrix, unit_of
from netinnov._typing import Floats
from netinnov.community._partition import ranked
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork

LEAST_SHARE = 1e-15
"""Products of two chances at least as large are normal numbers in single precision."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Dendrogram(Displayed):
    """A tree of communities, from single nodes to whole connected parts.

    Attributes
    ----------
    linkage : array of shape (n - 1, 4)
        One merge a row, in the layout of `scipy.cluster.hierarchy.linkage`, for the n nodes with a
        link: the two communities merged (a number below n is a node of `leaves`, n + k is what
        row k made), the height, and the number of nodes. Heights never fall; infinite ones join
        parts without a link between them. Read-only.
    leaves : Index
        The nodes with a link, in node order: number 0, 1, ... of `linkage`.
    nodes : Index
        All nodes of the network.
    """

    linkage: Floats
    leaves: pd.Index
    nodes: pd.Index

    @property
    def n_parts(self) -> int:
        """Number of connected parts among the nodes with a link."""
        return int(np.isinf(self.linkage[:, 2]).sum()) + (len(self.leaves) > 0)

    def cut(self, n_communities: int) -> pd.Series:
        """Cut the tree where it has so many branches.

        Parameters
        ----------
        n_communities : int
            From the number of connected parts to the number of nodes with a link.

        Returns
        -------
        Series
            One label a node: 0, 1, ... from the largest community to the smallest (ties: first
            node first), NaN for a node without a link.

        Raises
        ------
        InputError
            If there is no such cut.
        """
        n = len(self.leaves)
        n_communities = as_whole("n_communities", n_communities, low=1)
        if not self.n_parts <= n_communities <= n:
            msg = f"`n_communities` must be from {self.n_parts} (the connected parts) to {n} (the "
            raise InputError(f"{msg}nodes with a link); found {n_communities}.")
        merges = self.linkage[: n - n_communities, :2].astype(np.int64)
        above = np.arange(n + len(merges))
        above[merges] = np.arange(n, n + len(merges))[:, None]
        for community in range(len(above) - 1, -1, -1):  # from the top, so that each is final
            above[community] = above[above[community]]
        labels = pd.Series(np.nan, self.nodes, name="community")
        labels[self.leaves] = ranked(above[:n]).astype(np.float64)
        return labels

    def to_frame(self) -> pd.DataFrame:
        """Give one row a merge.

        Returns
        -------
        DataFrame
            Columns first, second (numbers as in `linkage`), height, n_nodes.
        """
        table = pd.DataFrame(self.linkage, columns=["first", "second", "height", "n_nodes"])
        return table.astype({"first": int, "second": int, "n_nodes": int})


def hierarchical_communities(network: MultilayerNetwork) -> Dendrogram:
    """Merge nodes and then communities, nearest first, into one tree.

    The distance of two communities is d_ab = p_a p_b / p_ab, with p_ab the chance that a link drawn
    by its weight joins them (either way), and p_a that one of its ends, drawn at random, is in a.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network. Weights are summed over layers; direction is ignored.

    Returns
    -------
    Dendrogram
        Its method `cut` gives a number of communities, one a node.

    Raises
    ------
    InputError
        If several layers are summed of which one holds shares, or weights differ too much for
        single precision.

    Notes
    -----
    scikit-network finds the tree, with heights in single precision, in about O(m log n). The result
    is always the same; of equal distances the earlier node's goes first. Self-links are left out,
    and nodes without another link are in no community. No resolution has to be chosen: large
    heights between two merges mark a good cut. For one partition of highest modularity see
    `leiden`.

    References
    ----------
    Bonald, Charpentier, Galland and Hollocou (2018), Hierarchical graph clustering using node pair
    sampling, Workshop on Mining and Learning with Graphs.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> links = pd.DataFrame({"source": list("abcdea"), "target": list("bcaefd")})
    >>> links.loc[6] = ["f", "d"]  # two triangles and the link a-d
    >>> tree = hierarchical_communities(ni.build_network(pd.DataFrame(index=list("abcdef")), links))
    >>> tree.cut(2).tolist()
    [0.0, 0.0, 0.0, 1.0, 1.0, 1.0]
    """
    from sknetwork.hierarchy import Paris

    weights = flat_matrix(network, "hierarchical_communities")
    nodes = network.nodes.index
    if network.directed:
        weights = sparse.csr_array(weights + weights.T)
    linked = np.flatnonzero(np.diff(weights.indptr))
    if linked.size == 0:
        return Dendrogram(np.empty((0, 4)), nodes.take(linked), nodes)
    low, total = float(weights.data.min()), float(weights.data.sum())
    if low < LEAST_SHARE * total:
        msg = "hierarchical_communities computes in single precision, for which every weight must "
        msg += f"be at least {LEAST_SHARE:g} of their sum; found {low:.3g} of {total:.3g}. Leave "
        raise InputError(f"{msg}out the smallest, or take logarithms or ranks.")
    inner = weights[linked][:, linked] / unit_of(weights.data)
    linkage = np.asarray(Paris().fit_predict(sparse.csr_matrix(inner)), np.float64)
    linkage.flags.writeable = False
    return Dendrogram(linkage, nodes.take(linked), nodes)
