"""Connected parts: all of them, the largest, and that while nodes leave one by one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.sparse import csgraph

from netinnov._network.paths import union
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
    return pd.Series(np.argsort(order)[label], network.storage.nodes.index, name="components")


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
    names = network.storage.nodes.index
    removed = network.storage.positions("order", order)
    times = np.bincount(removed, minlength=len(names))
    if (times != 1).any():
        missing, again = (names[mask].tolist() for mask in (times < 1, times > 1))
        msg = f"`order` must name each of the {len(names)} nodes once; {len(missing)} are missing, "
        msg += f"e.g. {missing[:5]}, and {len(again)} come twice or more, e.g. {again[:5]}."
        raise InputError(msg)
    leaves = np.empty(len(names), np.int32)
    leaves[removed] = np.arange(len(names))
    index = pd.RangeIndex(network.n_nodes + 1, name="removed")
    if network.n_nodes == 0:
        return pd.Series(np.nan, index, name="robustness_curve")
    from netinnov.kernels.components import largest_parts

    rows = network.storage.link_rows()
    largest = largest_parts(rows.source, rows.target, leaves)
    return pd.Series(largest / network.n_nodes, index, name="robustness_curve")
