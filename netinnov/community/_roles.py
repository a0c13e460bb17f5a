"""The position of nodes inside and between given communities."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from netinnov._network.matrices import flat_matrix, unit_of
from netinnov._typing import Floats, Integers
from netinnov.community._partition import Membership, labels_of
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork

HUB = 2.5  # z from which a node is a hub of its community
HUB_CUTS = (0.30, 0.75)  # participation up to which a hub is R5 and R6; above: R7
OTHER_CUTS = (0.05, 0.62, 0.80)  # participation up to which others are R1, R2 and R3; above: R4
ROUNDING = 1e-12  # relative difference up to which strengths are equal


def roles(network: MultilayerNetwork, membership: Membership) -> pd.DataFrame:
    """Z-score inside the community, participation across communities, and the role they make.

    z_i = (s_i inside its community - mean) / sd over that community (population sd); participation
    P_i = 1 - sum_c (s_ic / s_i)^2, where s_ic is the weight between i and community c: without the
    factor of `participation_coefficient`, which is over layers. Self-links do not count, nor do
    links with a node that has no label. Guimera and Amaral (2005), Nature 433, 895-900.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network; weights are summed over layers, and links in and out count.
    membership : Series, DataFrame, mapping or Partition
        One label a node. A table node x layer is taken if all copies of a node have the same
        label. Nodes are found by name, in any order.

    Returns
    -------
    DataFrame
        A row a node. `z`: 0 where all members of a community are alike. `participation`: 0 all
        links in one community, 1 - 1/c spread evenly over c; NaN for a node without links.
        `role`: "R1" ultra-peripheral, "R2" peripheral (above 0.05), "R3" connector (0.62), "R4"
        kinless (0.80); hubs (z >= 2.5): "R5" provincial, "R6" connector (above 0.30), "R7" kinless
        (0.75). All three are missing for a node without a label.

    Raises
    ------
    InputError
        If copies of a node have different labels, or no node has a label.

    Examples
    --------
    >>> network = ni.build_network(pd.DataFrame({"source": list("aabc"), "target": list("bccd")}))
    >>> node_roles = roles(network, {"a": 0, "b": 0, "c": 0, "d": 1})
    >>> node_roles["participation"].round(3).tolist(), node_roles["role"].tolist()
    ([0.0, 0.0, 0.444, 0.0], ['R1', 'R1', 'R2', 'R1'])
    """
    codes = node_codes(network, membership)
    weight = _labelled_weights(network, codes)
    n = codes.size
    n_groups = int(codes.max(initial=-1)) + 1
    known = np.flatnonzero(codes >= 0)
    entries = (np.ones(known.size), (known, codes[known]))
    indicator = sparse.csr_array(entries, shape=(n, max(n_groups, 1)))
    by_group = sparse.csr_array(weight @ indicator)
    strength = by_group.sum(axis=1)
    row = np.repeat(np.arange(n), np.diff(by_group.indptr))
    concentration = np.bincount(row, (by_group.data / strength[row]) ** 2, n)
    participation = np.where(strength > 0, np.maximum(0.0, 1 - concentration), np.nan)
    inside = np.asarray(by_group.multiply(indicator).sum(axis=1), np.float64)
    z = np.full(n, np.nan)
    z[known] = _standardised(inside[known], codes[known])
    table = pd.DataFrame({"z": z, "participation": participation}, network.storage.node_names)
    return table.assign(role=pd.Series(_named(z, participation), table.index, dtype="str"))


def ei_index(network: MultilayerNetwork, membership: Membership) -> float:
    """External minus internal links of groups: (E - I) / (E + I).

    Self-links do not count, nor do links with a node that has no label. If a layer is directed, a
    link of an undirected layer counts as two opposite ones. Krackhardt and Stern (1988), Social
    Psychology Quarterly 51.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network; weights are summed over layers.
    membership : Series, DataFrame, mapping or Partition
        One label a node; see `roles`.

    Returns
    -------
    float
        -1: all weight inside groups; 1: all between groups; NaN without a link.

    Examples
    --------
    >>> network = ni.build_network(pd.DataFrame({"source": list("abc"), "target": list("bcd")}))
    >>> round(ei_index(network, {"a": 0, "b": 0, "c": 1, "d": 1}), 3)  # 1 between, 2 inside
    -0.333
    """
    codes = node_codes(network, membership)
    weight = _labelled_weights(network, codes).tocoo()
    source, target = weight.coords
    total = float(weight.data.sum())
    if total == 0:
        return float("nan")
    inside = float(weight.data[codes[source] == codes[target]].sum())
    return (total - 2 * inside) / total


def node_codes(network: MultilayerNetwork, membership: Any) -> Integers:
    """One code from 0 a node in network order, -1 without a label."""
    nodes = network.storage.node_names
    labels = labels_of(membership, "membership")
    if isinstance(labels, pd.DataFrame):
        labels = _one_label(labels)
    if len(labels) and len(nodes) and not nodes.isin(labels.index).any():
        raise InputError(
            "`membership` must have labels of nodes of the network, which are found by their ids "
            f"as text; it has none of them, but e.g. {labels.index[:3].tolist()}."
        )
    return pd.factorize(labels.astype(object).reindex(nodes, fill_value=None))[0]


def _one_label(table: pd.DataFrame) -> pd.Series:
    values = table.to_numpy(dtype=object)
    codes = pd.factorize(values.ravel())[0].reshape(values.shape)
    highest = codes.max(axis=1, initial=-1)
    differ = ((codes != highest[:, None]) & (codes >= 0)).any(axis=1)
    if differ.any():
        raise InputError(
            "`membership` must have one label a node, since weights are summed over layers; "
            f"{differ.sum()} nodes have different labels in different layers, e.g. "
            f"{table.index[differ].tolist()[:5]}. Take the labels of one layer, "
            "membership[layer], or those of multiplex_leiden."
        )
    labels = pd.DataFrame(table.to_numpy(object), table.index).bfill(axis=1)
    return labels.reindex(columns=[0])[0]  # also of a table without layers


def _labelled_weights(network: MultilayerNetwork, codes: Integers) -> sparse.csr_array:
    weight = flat_matrix(network, "a sum over layers")
    if network.directed:
        weight = sparse.csr_array(weight + weight.T)
    keep = sparse.diags_array((codes >= 0).astype(np.float64))
    weight = sparse.csr_array(keep @ weight @ keep)
    weight.eliminate_zeros()
    return sparse.csr_array(weight / unit_of(weight.data))  # neither z nor a share knows the unit


def _standardised(values: Floats, group: Integers) -> Floats:
    """z-score within the group (population sd); 0 where all are equal."""
    # Each group in a power of two near its largest value: squares of small ones would be 0.
    largest = pd.Series(values).groupby(group).transform("max").to_numpy()
    values = np.ldexp(values, -np.frexp(largest)[1])
    grouped = pd.Series(values).groupby(group)
    mean = grouped.transform("mean").to_numpy()
    sd = grouped.transform("std", ddof=0).to_numpy()
    spread = (grouped.transform("max") - grouped.transform("min")).to_numpy()
    varied = spread > ROUNDING * grouped.transform("max").to_numpy()
    z = np.zeros(values.size)
    z[varied] = (values - mean)[varied] / sd[varied]
    return z


def _named(z: Floats, participation: Floats) -> npt.NDArray[np.object_]:
    # Spread evenly over four communities gives 0.75 up to rounding, which is not above 0.75.
    other = np.searchsorted(np.array(OTHER_CUTS) + ROUNDING, participation) + 1
    hub = np.searchsorted(np.array(HUB_CUTS) + ROUNDING, participation) + 5
    number = np.where(z >= HUB, hub, other)
    names = np.array([f"R{k}" for k in range(9)], object)[number]
    names[np.isnan(participation) | np.isnan(z)] = None
    return names
