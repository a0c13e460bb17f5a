"""The one table of a network's basic numbers."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy.sparse import csgraph

from netinnov._network.paths import steps_apart, union
from netinnov._typing import Integers
from netinnov.network import MultilayerNetwork
from netinnov.topology._clustering import clustering_of, local_efficiency_of, transitivity_of
from netinnov.topology._layer_graphs import (
    Layer,
    degree_assortativity_of,
    density_of,
    layers_of,
    reciprocity_of,
)


def describe(network: MultilayerNetwork, *, paths: bool = True) -> pd.DataFrame:
    """The numbers that a paper reports first, for each layer and for all of them as one.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network. Weights and self-links do not count.
    paths : bool
        Measure paths too, which takes long beyond many thousand nodes; False: columns of NaN.

    Returns
    -------
    DataFrame
        A row a layer and, if there are several, a last row ``all``, in which a pair is linked if
        it is in any layer; where a layer has a direction, an undirected link of another counts
        as two, one each way. Columns: ``nodes`` (with a link; all others count below too),
        ``links`` (linked pairs), ``density``, ``mean_degree`` (over all nodes; in a directed layer
        links in and out), ``reciprocity`` (NaN for undirected layers), ``clustering`` (mean over
        the nodes with two neighbours or more), ``transitivity``, ``assortativity`` (by degree),
        ``largest_component`` (share of the nodes), and of paths ``path_length`` (mean over
        connected pairs, in the direction of the links), ``efficiency`` (see
        `connectivity.global_efficiency`) and ``local_efficiency`` (mean as of ``clustering``).

    Examples
    --------
    >>> network = ni.build_network(pd.DataFrame({"source": list("abac"), "target": list("bccd")}))
    >>> describe(network)[["nodes", "links", "mean_degree", "transitivity"]].round(3)
           nodes  links  mean_degree  transitivity
    layer
    links      4      4          2.0           0.6
    """
    layers = layers_of(network)
    if len(layers) > 1:
        layers["all"] = Layer(union(network), bool(network.directed))
    rows = [_numbers(layer, paths) for layer in layers.values()]
    return pd.DataFrame(rows, pd.Index(layers, name="layer", dtype="str"))


def _numbers(layer: Layer, paths: bool) -> dict[str, float]:
    matrix = layer.matrix
    n = layer.matrix.shape[0]
    parts = csgraph.connected_components(matrix, directed=True, connection="weak")[1]
    pairs: Integers = np.empty(0, np.int64)
    if paths:
        arcs = matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32)
        pairs, *_ = steps_apart(*arcs, np.arange(n, dtype=np.int32))
    length = np.arange(1, pairs.size + 1)
    return {
        "nodes": int(np.count_nonzero(np.diff(layer.pairs().indptr))),
        "links": matrix.nnz if layer.directed else matrix.nnz // 2,
        "density": density_of(layer),
        "mean_degree": matrix.nnz * (2 if layer.directed else 1) / n if n else math.nan,
        "reciprocity": reciprocity_of(layer),
        "clustering": _mean(clustering_of(layer)),
        "transitivity": transitivity_of(layer),
        "assortativity": degree_assortativity_of(layer),
        "largest_component": np.bincount(parts).max() / n if n else math.nan,
        "path_length": pairs @ length / pairs.sum() if pairs.any() else math.nan,
        "efficiency": (pairs / length).sum() / (n * (n - 1)) if paths and n > 1 else math.nan,
        "local_efficiency": _mean(local_efficiency_of(layer) if paths else np.empty(0)),
    }


def _mean(values: np.ndarray) -> float:
    defined = values[np.isfinite(values)]
    return float(defined.mean()) if defined.size else math.nan
