"""All measures of nodes side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import numpy as np
import pandas as pd

from netinnov._runtime.arguments import check_callable, check_names
from netinnov.centrality import _counts, _distances
from netinnov.centrality._brokerage import brokerage, constraint, effective_size
from netinnov.centrality._pagerank import pagerank
from netinnov.centrality._spectral import eigenvector_centrality, hits, katz_centrality
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork

Measure: TypeAlias = Callable[[MultilayerNetwork], "pd.Series | pd.DataFrame"]

DEFAULT: dict[str, Measure] = {
    measure.__name__: measure
    for measure in (
        _counts.overlapping_degree,
        _counts.overlapping_strength,
        _counts.participation_coefficient,
        pagerank,
        eigenvector_centrality,
        katz_centrality,
        hits,
        _distances.closeness_centrality,
        _distances.harmonic_centrality,
        constraint,
        effective_size,
        _counts.core_number,
    )
}
MORE = (_distances.betweenness_centrality, brokerage, _counts.degree, _counts.strength)
BY_NAME: dict[str, Measure] = DEFAULT | {measure.__name__: measure for measure in MORE}
SEVERAL: dict[str, list[str]] = {"hits": ["hub", "authority"]}  # measures with more than one column


def centrality_table(
    network: MultilayerNetwork, *, measures: Sequence[str] | Mapping[str, Measure] | None = None
) -> pd.DataFrame:
    """Centralities side by side, one row a node.

    With ``measures=None`` the columns are the same for every network: what a measure refuses to
    work out, as a sum of shares of one total, is NaN. Name the measure to read why.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network.
    measures : sequence of str or mapping of str to function, optional
        Names of measures of this module that give values of nodes, with their defaults; or names
        of columns and functions of the network, for other options and measures of your own. None:
        all but `betweenness_centrality`, which takes long on a large network, `brokerage`, which
        needs groups, and the counts by layer.

    Returns
    -------
    DataFrame
        Node x measure, in the order given. A measure with several columns gives one each, named
        ``measure_column``, as ``hits_hub``. NaN as each measure defines it.

    Raises
    ------
    InputError
        An unknown name, a function that gives no values over the nodes, or what a named measure
        raises.

    Examples
    --------
    >>> network = ni.build_network(pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"]}))
    >>> centrality_table(network, measures=["overlapping_degree", "hits"]).columns.tolist()
    ['overlapping_degree', 'hits_hub', 'hits_authority']
    """
    nodes = network.storage.node_names
    parts: list[pd.Series | pd.DataFrame] = []
    for name, measure in _named(measures).items():
        try:
            values: object = measure(network)
        except InputError:
            if measures is not None:
                raise
            columns = SEVERAL.get(name)
            values = pd.DataFrame(np.nan, nodes, columns) if columns else pd.Series(np.nan, nodes)
        parts.append(_labelled(nodes, name, values))
    return pd.concat(parts, axis=1) if parts else pd.DataFrame(index=nodes)


def _named(measures: Sequence[str] | Mapping[str, Measure] | None) -> dict[str, Measure]:
    if measures is None:
        return dict(DEFAULT)
    if isinstance(measures, Mapping):
        for name, measure in measures.items():
            check_callable(f"measures[{name!r}]", measure, "a function of a network")
        return {str(name): measure for name, measure in measures.items()}
    known = f"the measures of nodes ({', '.join(BY_NAME)}; or give a mapping to functions)"
    return {name: BY_NAME[name] for name in check_names("measures", measures, [*BY_NAME], of=known)}


def _labelled(nodes: pd.Index, name: str, values: object) -> pd.Series | pd.DataFrame:
    if not isinstance(values, (pd.Series, pd.DataFrame)):
        raise InputError(
            f"measure {name!r} must give a Series or DataFrame over the nodes; it gave "
            f"{type(values).__name__}."
        )
    if not values.index.equals(nodes):
        raise InputError(
            f"measure {name!r} must give one value a node, in node order; it gave "
            f"{len(values)} values, e.g. for {list(values.index[:5])}."
        )
    if isinstance(values, pd.Series):
        return values.rename(name)
    return values.set_axis([f"{name}_{column}" for column in values.columns], axis=1)
