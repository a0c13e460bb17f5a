"""How evenly flows spread over places and pairs of places, and how far they go both ways."""

from __future__ import annotations

import math
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.special import entr, xlog1py

from netinnov._network.layer_table import refuse_shares
from netinnov._network.matrices import flat_matrix
from netinnov._network.paths import pair_index
from netinnov._typing import Direction, Floats
from netinnov.centrality._counts import total_strength
from netinnov.network import MultilayerNetwork

Unit: TypeAlias = Literal["links", "nodes"]


class Flows(NamedTuple):
    """Flows between different places, layers summed."""

    matrix: sparse.csr_array  # both ways, if undirected
    directed: bool

    @classmethod
    def of(cls, network: MultilayerNetwork, subject: str) -> Flows:
        refuse_shares(network.storage.records, subject)
        return cls(flat_matrix(network, subject), bool(network.directed))

    @property
    def links(self) -> sparse.coo_array:
        """An undirected one once."""
        return sparse.coo_array(self.matrix if self.directed else sparse.triu(self.matrix))

    @property
    def possible(self) -> int:
        n = self.matrix.shape[0]
        return n * (n - 1) // (1 if self.directed else 2)


def entropy_index(network: MultilayerNetwork, *, of: Unit = "links") -> float:
    """Entropy of the shares of flows, over that of equal shares: -sum z ln z / ln M.

    Parameters
    ----------
    network : MultilayerNetwork
        Places and the flows between them, no shares of a total; layers are summed.
    of : {"links", "nodes"}
        Shares of the links in all flow, M the number of **possible** links: n(n - 1), or half of
        that if no layer is directed. Or shares of the places in their flows in and out, M = n.

    Returns
    -------
    float
        1 if all flows are there and equal (fully polycentric), 0 if there is one only. NaN
        without flow, and where only one link or place is possible. n counts isolates too.

    References
    ----------
    Limtanakool, Schwanen and Dijst (2007), Urban Studies 44.

    Examples
    --------
    >>> links = pd.DataFrame({"source": ["a", "a", "b"], "target": ["b", "c", "c"]})
    >>> round(entropy_index(ni.build_network(links)), 6)
    1.0
    """
    if of == "links":
        flows = Flows.of(network, "entropy_index")
        return normalised_entropy(flows.links.data, flows.possible)
    return normalised_entropy(total_strength(network), network.n_nodes)


def dominance_index(network: MultilayerNetwork, *, direction: Direction = "total") -> pd.Series:
    """Flow of each place over the mean flow of the others: T_i (n - 1) / sum over j of T_j.

    Parameters
    ----------
    network : MultilayerNetwork
        Places and the flows between them; layers are summed.
    direction : {"total", "in", "out"}
        Flows in and out, in (the DII of the literature), or out.

    Returns
    -------
    Series
        One number a place: 1 for the flow of an average place, infinite if no other place has
        flow, NaN if none has, and for a network of one place.

    Raises
    ------
    InputError
        For a layer of shares of each origin's total, unless ``direction="in"``, or of each
        destination's, unless ``"out"``.

    Notes
    -----
    Some papers divide by the mean over all places.
    Isolates count among the others. Limtanakool et al., see `entropy_index`.

    Examples
    --------
    >>> network = ni.build_network(pd.DataFrame({"source": "a", "target": ["b", "c"]}))
    >>> dominance_index(network).round(6).tolist()  # 2 over the mean of 1 and 1
    [2.0, 0.666667, 0.666667]
    """
    value = dominance(total_strength(network, direction))
    return pd.Series(value, network.storage.node_names, name="dominance_index")


def node_symmetry(network: MultilayerNetwork) -> pd.Series:
    """Balance of each place, (in - out) / (in + out): Limtanakool et al., see `entropy_index`.

    Parameters
    ----------
    network : MultilayerNetwork
        Places and flows, no shares of a total; layers are summed, undirected links
        count both ways.

    Returns
    -------
    Series
        One number a place: -1 sends only, 1 receives only; 0 if undirected, NaN without flow.

    Examples
    --------
    >>> links = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"]})
    >>> node_symmetry(ni.build_network(links, directed=True)).tolist()
    [-1.0, 0.0, 1.0]
    """
    value = symmetry(Flows.of(network, "node_symmetry"))
    return pd.Series(value, network.storage.node_names, name="node_symmetry")


def relative_strength(network: MultilayerNetwork) -> pd.Series:
    """Share of each link in all flow, t_ij / sum of t: Limtanakool et al., see `entropy_index`.

    Parameters
    ----------
    network
        As in `node_symmetry`. If any layer is directed, an undirected link counts as two.

    Returns
    -------
    Series
        One number a pair with flow (index ``source, target``), in node order; the sum is 1. Empty
        without flow. Undirected: each pair once.

    Examples
    --------
    >>> links = pd.DataFrame({"source": "a", "target": ["b", "c"], "weight": [3.0, 1.0]})
    >>> relative_strength(ni.build_network(links)).tolist()
    [0.75, 0.25]
    """
    links = Flows.of(network, "relative_strength").links
    share = links.data / links.data.sum() if links.nnz else links.data
    return pd.Series(share, pair_index(network, *links.coords), name="relative_strength")


def link_symmetry(network: MultilayerNetwork) -> pd.Series:
    """Balance of the two directions of each pair, as the entropy of their shares in bits.

    -(f ln f + (1 - f) ln(1 - f)) / ln 2 with f = t_ij / (t_ij + t_ji); see `entropy_index`.

    Parameters
    ----------
    network
        As in `node_symmetry`.

    Returns
    -------
    Series
        One number an unordered pair with flow (index ``source, target``, the earlier node
        first): 1 balanced (all without a directed layer), 0 one way. Empty without flow.

    Examples
    --------
    >>> links = pd.DataFrame({"source": ["a", "b"], "target": ["b", "a"], "weight": [3, 1]})
    >>> link_symmetry(ni.build_network(links, directed=True)).round(6).tolist()
    [0.811278]
    """
    balance, both = link_balance(Flows.of(network, "link_symmetry"))
    return pd.Series(balance, pair_index(network, *both.coords), name="link_symmetry")


def dominance(value: Floats) -> Floats:
    n = value.size
    if n < 2 or not value.any():
        return np.full(n, math.nan)
    # Sums of what lies before and after, since a difference from the sum would leave its rounding.
    before = np.cumsum(value)
    after = np.cumsum(value[::-1])[::-1]
    others = np.append(0.0, before[:-1]) + np.append(after[1:], 0.0)
    ratio = np.full(n, math.inf)
    with np.errstate(over="ignore"):  # infinite as well where the ratio is too large for a number
        np.divide(value * (n - 1), others, out=ratio, where=others > 0)
    return ratio


def normalised_entropy(value: Floats, possible: int) -> float:
    """Entropy of the shares over that of `possible` equal ones."""
    if possible < 2 or not value.any():
        return math.nan
    share = value / value.max()  # first by the largest: no sum overflows
    return float(entr(share / share.sum()).sum()) / math.log(possible)


def symmetry(flows: Flows) -> Floats:
    inward, outward = (np.asarray(flows.matrix.sum(axis=axis), np.float64) for axis in (0, 1))
    both = inward + outward
    difference = inward - outward if flows.directed else np.zeros(both.size)
    return difference / np.where(both > 0, both, math.nan)


def link_balance(flows: Flows) -> tuple[Floats, sparse.coo_array]:
    """Entropy in bits of the two directions of each unordered pair, and its flow."""
    both = sparse.coo_array(sparse.triu(flows.matrix + flows.matrix.T))
    i, j = both.coords
    share = flows.matrix[i, j] / both.data if both.nnz else both.data
    return (entr(share) - xlog1py(1 - share, -share)) / math.log(2), both
