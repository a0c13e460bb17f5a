"""The layers as matrices of weights, how dense they are, and who links with whom in each."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

from netinnov._network.matrices import layer_matrix
from netinnov._runtime.arguments import check_names, check_type
from netinnov._typing import Codes, Floats
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork

if TYPE_CHECKING:
    import igraph as ig


class Layer(NamedTuple):
    matrix: sparse.csr_array
    directed: bool

    def pairs(self) -> sparse.csr_array:
        return sparse.csr_array(self.matrix + self.matrix.T) if self.directed else self.matrix


def layers_of(network: MultilayerNetwork) -> dict[str, Layer]:
    names = network.layers
    return {name: Layer(layer_matrix(network, name), name in network.directed) for name in names}


def by_layer(network: MultilayerNetwork, measure: Callable[[Layer], float], name: str) -> pd.Series:
    values = [measure(layer) for layer in layers_of(network).values()]
    index = pd.Index(network.layers, name="layer", dtype="str")
    return pd.Series(values, index, dtype=np.float64, name=name)


def by_node(network: MultilayerNetwork, measure: Callable[[Layer], Floats]) -> pd.DataFrame:
    values = {name: measure(layer) for name, layer in layers_of(network).items()}
    table = pd.DataFrame(values, network.storage.node_names, dtype=np.float64)
    table.columns = pd.Index(network.layers, name="layer", dtype="str")
    return table


def pair_graph(layer: Layer) -> ig.Graph:
    import igraph as ig

    pairs = sparse.triu(layer.pairs(), k=1).tocoo()
    graph = ig.Graph(n=pairs.shape[0], edges=np.column_stack(pairs.coords))
    graph.es["weight"] = pairs.data.tolist()
    return graph


def density(network: MultilayerNetwork) -> pd.Series:
    """Share of the pairs of nodes that are linked, in each layer (ordered pairs if directed).

    Parameters
    ----------
    network : MultilayerNetwork
        Any network.

    Returns
    -------
    Series
        One number a layer, from 0 to 1. All nodes of the network count, also those without a link
        in that layer; `select` others. NaN with fewer than two nodes. Self-links do not count.

    Examples
    --------
    >>> links = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"]})
    >>> network = ni.build_network(pd.DataFrame(index=["a", "b", "c", "d"]), links)
    >>> density(network).round(4).to_dict()  # 2 of 6 pairs
    {'links': 0.3333}
    """
    return by_layer(network, density_of, "density")


def density_of(layer: Layer) -> float:
    n = layer.matrix.shape[0]
    return layer.matrix.nnz / (n * (n - 1)) if n > 1 else math.nan


def reciprocity(network: MultilayerNetwork, *, weighted: bool = False) -> pd.Series:
    """Share of the links of each directed layer that have a link back.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network.
    weighted : bool
        The share of the weight that is returned, sum_ij min(w_ij, w_ji) / sum_ij w_ij.

    Returns
    -------
    Series
        One number a layer, from 0 to 1. NaN for undirected layers, whose links have no way back of
        their own (igraph gives 1), and without links. Self-links do not count.

    References
    ----------
    Squartini et al. (2013), Reciprocity of weighted networks, Scientific Reports 3, 2729.

    Examples
    --------
    >>> links = pd.DataFrame({"source": ["a", "b", "b"], "target": ["b", "a", "c"]})
    >>> network = ni.build_network(links, directed=True)
    >>> reciprocity(network).round(4).to_dict()  # two of three
    {'links': 0.6667}
    """
    return by_layer(network, lambda layer: reciprocity_of(layer, weighted), "reciprocity")


def reciprocity_of(layer: Layer, weighted: bool = False) -> float:
    forth = layer.matrix
    if not layer.directed or forth.nnz == 0:
        return math.nan
    if not weighted:
        forth = forth.astype(bool).astype(float)
    return float(forth.minimum(forth.T).sum() / forth.sum())


def assortativity(network: MultilayerNetwork, *, by: str | pd.Series = "degree") -> pd.Series:
    """Correlation between the two ends of a link, in each layer.

    Those of degrees are limited by the degrees themselves: compare with `null_models.Rewire`.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network.
    by : str or Series
        ``"degree"``: numbers of links; in a directed layer links out of the source and into the
        target. The name of a column of the nodes, or a Series with a value a node: numbers are
        correlated, and of all else (text, categories, truth values) it counts if ends are alike.

    Returns
    -------
    Series
        One number a layer. 1: links join like nodes only; 0: as if ends were drawn at random; below
        0: unlike nodes. Numbers: Pearson's correlation over the links, each undirected link both
        ways. Categories: (sum_c e_cc - sum_c a_c b_c) / (1 - sum_c a_c b_c) with e_cd the share of
        the links from category c to d, and a and b its row and column sums. NaN without links, and
        where all ends are alike. Weights, self-links and links at a missing value do not count.

    Raises
    ------
    InputError
        If the Series does not have one value for each node.

    References
    ----------
    Newman (2003), Mixing patterns in networks, Physical Review E 67, 026126.

    Examples
    --------
    >>> nodes = pd.DataFrame({"kind": ["firm", "firm", "park"]}, index=["a", "b", "c"])
    >>> links = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"]})
    >>> network = ni.build_network(nodes, links)
    >>> assortativity(network).round(3).to_dict()  # a path: ends have 1 link, the middle 2
    {'links': -1.0}
    >>> assortativity(network, by="kind").round(4).to_dict()
    {'links': -0.3333}
    """
    if isinstance(by, str) and by == "degree":
        return by_layer(network, degree_assortativity_of, "assortativity")
    values = _values(network, by)
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        number = values.to_numpy(np.float64, na_value=np.nan)

        def of_numbers(layer: Layer) -> float:
            source, target = (number[end] for end in layer.matrix.tocoo().coords)
            known = np.isfinite(source) & np.isfinite(target)
            return _correlation(source[known], target[known])

        return by_layer(network, of_numbers, "assortativity")
    codes = pd.factorize(values)[0].astype(np.int32)
    return by_layer(network, lambda layer: _of_categories(layer, codes), "assortativity")


def degree_assortativity_of(layer: Layer) -> float:
    source, target = layer.matrix.tocoo().coords
    n = layer.matrix.shape[0]
    out, into = (np.bincount(end, minlength=n).astype(np.float64) for end in (source, target))
    return _correlation(out[source], into[target])


def _of_categories(layer: Layer, codes: Codes) -> float:
    source, target = (codes[end] for end in layer.matrix.tocoo().coords)
    known = (source >= 0) & (target >= 0)
    source = source[known]
    target = target[known]
    if not source.size or np.unique([source, target]).size == 1:
        return math.nan
    size = int(codes.max()) + 1
    out, into = (np.bincount(end, minlength=size) / source.size for end in (source, target))
    expected = float(out @ into)
    return (float(np.mean(source == target)) - expected) / (1 - expected)


def _correlation(one: Floats, other: Floats) -> float:
    if one.size == 0 or np.ptp(one) == 0 or np.ptp(other) == 0:
        return math.nan
    # In units of the spread, so that squares of very large or small numbers exist.
    one, other = ((end - end.mean()) / np.ptp(end) for end in (one, other))
    value = float(one @ other) / math.sqrt(float(one @ one) * float(other @ other))
    return min(max(value, -1.0), 1.0)


def _values(network: MultilayerNetwork, by: str | pd.Series) -> pd.Series:
    nodes = network.storage.nodes
    if isinstance(by, str):
        check_names("by", [by], [*nodes], of="the columns of the nodes, or 'degree'")
        return nodes[by]
    check_type("by", by, pd.Series, mend="'degree' or a column of the nodes")
    if not by.index.is_unique or not nodes.index.isin(by.index).all():
        missing = nodes.index[~nodes.index.isin(by.index)].tolist()
        raise InputError(
            f"`by` must have one value a node; {len(missing)} nodes have none, "
            f"e.g. {missing[:5]}, or some have several."
        )
    return by.reindex(nodes.index)
