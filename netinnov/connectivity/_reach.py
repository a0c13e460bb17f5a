"""Connected parts, what is left of them while nodes leave, and whom nodes reach in a few links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from scipy.sparse import csgraph

from netinnov._network.paths import steps_apart, union, union_arcs
from netinnov._runtime.arguments import check_name
from netinnov._runtime.display import Tabled
from netinnov._typing import Count
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork


def components(network: MultilayerNetwork) -> pd.Series:
    """Connected part of each node, all layers together.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network; direction is ignored (weak connection).

    Returns
    -------
    Series
        0, 1, ... from the largest part to the smallest (ties: first node first), one a node.

    Examples
    --------
    >>> network = ni.build_network(pd.DataFrame({"source": ["a", "b"], "target": ["c", "d"]}))
    >>> components(network).to_dict()
    {'a': 0, 'c': 0, 'b': 1, 'd': 1}
    """
    label = csgraph.connected_components(union(network), directed=False)[1]
    order = np.argsort(-np.bincount(label), kind="stable")
    return pd.Series(np.argsort(order)[label], network.storage.node_names, name="components")


def largest_component(network: MultilayerNetwork) -> float:
    """Share of the nodes in the largest connected part, all layers together.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network; direction is ignored (weak connection).

    Returns
    -------
    float
        From 1/n to 1; isolates count in n. NaN without nodes.

    Examples
    --------
    >>> links = pd.DataFrame({"source": ["a"], "target": ["b"]})
    >>> network = ni.build_network(pd.DataFrame(index=["a", "b", "c", "d"]), links)
    >>> largest_component(network)
    0.5
    """
    if network.n_nodes == 0:
        return float("nan")
    from netinnov.kernels.components import joined

    labels = np.arange(network.n_nodes, dtype=np.int32)
    for block in network.storage.blocks:
        labels = joined(labels, block.indptr, block.indices)
    return float(np.bincount(labels).max() / network.n_nodes)


def robustness_curve(network: MultilayerNetwork, *, order: Sequence[str]) -> pd.Series:
    """Share of the nodes in the largest connected part after each removal, all layers together.

    The robustness R of Schneider et al. is the mean of the entries 1 to n: ``curve[1:].mean()``.
    For an attack on hubs: ``order=degrees.sort_values(ascending=False, kind="stable").index``.

    Parameters
    ----------
    network : MultilayerNetwork
        As in `largest_component`.
    order : sequence of str
        All node ids, each once: who leaves first, second, and so on. A node leaves every layer.

    Returns
    -------
    Series
        Index ``removed`` from 0 to n; entry 0 is `largest_component`, entry n is 0. All are shares
        of the n nodes at the start; NaN without nodes.

    Raises
    ------
    InputError
        If the order does not name every node exactly once.

    References
    ----------
    Schneider et al. (2011), Mitigation of malicious attacks on networks, PNAS 108, 3838-3841.

    Examples
    --------
    >>> network = ni.build_network(pd.DataFrame({"source": "a", "target": ["b", "c", "d"]}))
    >>> robustness_curve(network, order=["b", "a", "c", "d"]).tolist()
    [1.0, 0.75, 0.25, 0.25, 0.0]
    """
    names = network.storage.node_names
    removed = network.storage.positions("order", order)
    times = np.bincount(removed, minlength=len(names))
    if (times != 1).any():
        missing, again = (names[mask].tolist() for mask in (times < 1, times > 1))
        raise InputError(
            f"`order` must name each of the {len(names)} nodes once; {len(missing)} are missing, "
            f"e.g. {missing[:5]}, and {len(again)} come twice or more, e.g. {again[:5]}."
        )
    leaves = np.empty(len(names), np.int32)
    leaves[removed] = np.arange(len(names))
    index = pd.RangeIndex(network.n_nodes + 1, name="removed")
    if network.n_nodes == 0:
        return pd.Series(np.nan, index, name="robustness_curve")
    from netinnov.kernels.components import largest_parts

    rows = network.storage.link_rows()
    largest = largest_parts(rows.source, rows.target, leaves)
    return pd.Series(largest / network.n_nodes, index, name="robustness_curve")


@dataclass(frozen=True, slots=True, repr=False)
class ExternalReach(Tabled):
    """How a place reaches the outside: see `external_reach`.

    Attributes
    ----------
    place : str
        The place.
    steps : int
        Length of the longest path that counts.
    nodes, gatekeepers : int
        Nodes of the place, and those of them with a link to the outside.
    reached : int
        Different nodes outside that any node of the place reaches.
    pairs : int
        Number of pairs.
    direct, through_gatekeepers, through_others : float
        Shares of the pairs, which add up to 1.
    """

    place: str
    steps: int
    nodes: int
    gatekeepers: int
    reached: int
    pairs: int
    direct: float
    through_gatekeepers: float
    through_others: float


def reach(network: MultilayerNetwork, *, steps: Count, kind: str | None = None) -> pd.Series:
    """Number of other nodes within so many links of each node, all layers together.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network; a directed link is followed one way only.
    steps : int
        Most links on the way, at least 1.
    kind : str, optional
        Count nodes of this kind only; the others carry paths. Default: all.

    Returns
    -------
    Series
        One whole number a node; 0 for an isolate. A node does not count itself.

    Raises
    ------
    InputError
        If no node is of that kind.

    Examples
    --------
    >>> network = ni.build_network(pd.DataFrame({"source": list("abc"), "target": list("bcd")}))
    >>> reach(network, steps=2).tolist()
    [2, 3, 3, 2]
    """
    wanted = every = np.arange(network.n_nodes, dtype=np.int32)
    if kind is not None:
        kinds = network.storage.nodes["kind"]
        check_name("kind", kind, kinds.dropna().unique().tolist())
        wanted = np.flatnonzero(kinds == kind).astype(np.int32)
    # Searched from those that are counted, against the direction of the links.
    arcs = union_arcs(network, backward=True)
    limit = min(steps, network.n_nodes)
    _, reached, *_ = steps_apart(*arcs, wanted, every, limit=limit)
    return pd.Series(reached, network.nodes.index, name="reach")


def external_reach(network: MultilayerNetwork, *, place: str, steps: Count = 2) -> ExternalReach:
    """How far a place depends on gatekeepers to reach nodes outside it: buzz and pipelines.

    Every pair of a node of the place and a node outside within ``steps`` links of it is one of
    three. *Direct*: they are linked. *Through gatekeepers*: every such path passes another node of
    the place, which has the link that leaves it. *Through others*: not linked, but some path runs
    over nodes outside alone. Weights are not used.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network, all layers together; a directed link is followed one way only.
    place : str
        A place. Its nodes are those at it or at a place inside it (through ``places.parent``),
        whatever their jurisdiction; all others are outside.
    steps : int
        Most links on a path, at least 1.

    Returns
    -------
    ExternalReach
        Counts and shares of pairs. The shares are NaN where the place has no node or reaches
        nobody.

    Raises
    ------
    InputError
        If the place is not known.

    References
    ----------
    Bathelt, Malmberg and Maskell (2004), Clusters and knowledge: local buzz, global pipelines and
    the process of knowledge creation, Progress in Human Geography 28, 31-56.
    Giuliani and Bell (2005), Research Policy 34, 47-68.

    Examples
    --------
    >>> nodes = pd.DataFrame({"place": ["P", "P", "Q"]}, index=["a", "b", "c"])
    >>> links = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"]})
    >>> external = external_reach(ni.build_network(nodes, links), place="P")
    >>> external.direct, external.through_gatekeepers  # b to c by its own link; a to c through b
    (0.5, 0.5)
    """
    check_name("place", place, list(network.storage.place_names))
    at_place = network.storage.inside([place])
    members, others = (np.flatnonzero(mask).astype(np.int32) for mask in (at_place, ~at_place))
    search = partial(steps_apart, *union_arcs(network), members, others)
    limit = min(steps, network.n_nodes)
    counts, reached, *_ = search(limit=limit)
    counts_beyond, *_ = search(limit=limit, carries=~at_place)
    pairs, direct, alone = (int(each.sum()) for each in (counts, counts[:1], counts_beyond))
    counted = pairs or float("nan")
    leaving = union(network)[members][:, ~at_place].sum(axis=1) > 0
    return ExternalReach(
        place=place,
        steps=steps,
        nodes=members.size,
        gatekeepers=int(leaving.sum()),
        reached=int((reached > 0).sum()),
        pairs=pairs,
        direct=direct / counted,
        through_gatekeepers=(pairs - alone) / counted,
        through_others=(alone - direct) / counted,
    )
