"""Whether nodes link to nodes that are like them."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from netinnov._runtime.arguments import check_names, check_type
from netinnov._typing import Codes, Floats
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.topology._layer_graphs import Layer, by_layer


def assortativity(network: MultilayerNetwork, *, by: str | pd.Series = "degree") -> pd.Series:
    """Correlation between the two ends of a link, in each layer.

    Degree correlations are limited by the degrees themselves: compare them with
    `null_models.Rewire`.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network.
    by : str or Series
        ``"degree"``: numbers of links; in a directed layer links out of the source and into the
        target. The name of a column of the nodes, or a Series with a value a node: numbers are
        correlated, and of anything else (text, categories, truth values) it is compared how
        often both ends have the same.

    Returns
    -------
    Series
        One number a layer. 1: links join like nodes only; 0: as if ends were drawn at random; below
        0: unlike nodes. Numbers: Pearson's correlation over the links, each undirected link both
        ways. Categories: (sum_c e_cc - sum_c a_c b_c) / (1 - sum_c a_c b_c) with e_cd the share of
        the links from category c to d, and a and b its row and column sums. NaN without links, and
        where all ends are alike. Weights and self-links do not count; links at a node without a
        value are left out.

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
    source, target = source[known], target[known]
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
        msg = f"`by` must have one value a node; {len(missing)} nodes have none"
        raise InputError(f"{msg}, e.g. {missing[:5]}, or some have several.")
    return by.reindex(nodes.index)
