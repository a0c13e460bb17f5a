"""The one table of a network's basic numbers."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from netinnov.connectivity import average_path_length, global_efficiency, largest_component
from netinnov.network import MultilayerNetwork
from netinnov.topology._assortativity import degree_assortativity_of
from netinnov.topology._clustering import clustering_of, local_efficiency_of, transitivity_of
from netinnov.topology._layer_graphs import Layer, density_of, layers_of, reciprocity_of, together


def describe(network: MultilayerNetwork, *, paths: bool = True) -> pd.DataFrame:
    """The numbers that a paper reports first, for each layer and for all of them as one.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network. Weights and self-links do not count.
    paths : bool
        Measure paths too, which takes long in networks of many thousand nodes. False: the columns
        ``path_length``, ``efficiency`` and ``local_efficiency`` are NaN.

    Returns
    -------
    DataFrame
        A row a layer and, if there are several, a last row ``all``, in which a pair is linked if
        it is in any layer; where a layer has a direction, an undirected link of another counts
        as two, one each way. Columns:

        - ``nodes``: nodes with a link; all others, which count below, have none in this layer,
        - ``links``: linked pairs,
        - ``density``: see `density`,
        - ``mean_degree``: over all nodes; in a directed layer links in and out,
        - ``reciprocity``: see `reciprocity`; NaN for undirected layers,
        - ``clustering``: mean over the nodes with two neighbours or more, see `mean_clustering`,
        - ``transitivity``: see `transitivity`,
        - ``assortativity``: by degree, see `assortativity`,
        - ``largest_component``: share of the nodes in the largest connected part,
        - ``path_length``: mean over connected pairs, in the direction of the links,
        - ``efficiency``: see `connectivity.global_efficiency`,
        - ``local_efficiency``: mean over the nodes with two neighbours or more.

    See Also
    --------
    small_world : clustering and path lengths against random networks.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> links = pd.DataFrame({"source": ["a", "b", "a", "c"], "target": ["b", "c", "c", "d"]})
    >>> network = ni.build_network(pd.DataFrame(index=["a", "b", "c", "d"]), links)
    >>> describe(network)[["nodes", "links", "mean_degree", "transitivity"]].round(3)
           nodes  links  mean_degree  transitivity
    layer
    links      4      4          2.0           0.6
    """
    rows = [
        _numbers(layer, network.select(layers=[name]), paths)
        for name, layer in layers_of(network).items()
    ]
    names = [*network.layers]
    if len(names) > 1:
        names.append("all")
        rows.append(_numbers(together(network), network, paths))
    return pd.DataFrame(rows, pd.Index(names, name="layer", dtype="str"))


def _numbers(layer: Layer, network: MultilayerNetwork, paths: bool) -> dict[str, float]:
    pairs, n = layer.pairs(), network.n_nodes
    local = local_efficiency_of(layer) if paths else np.empty(0)
    return {
        "nodes": int(np.count_nonzero(np.diff(pairs.indptr))),
        "links": layer.matrix.nnz if layer.directed else layer.matrix.nnz // 2,
        "density": density_of(layer),
        "mean_degree": layer.matrix.nnz * (2 if layer.directed else 1) / n if n else math.nan,
        "reciprocity": reciprocity_of(layer),
        "clustering": _mean(clustering_of(layer)),
        "transitivity": transitivity_of(layer),
        "assortativity": degree_assortativity_of(layer),
        "largest_component": largest_component(network),
        "path_length": average_path_length(network) if paths else math.nan,
        "efficiency": global_efficiency(network) if paths else math.nan,
        "local_efficiency": _mean(local),
    }


def _mean(values: np.ndarray) -> float:
    defined = values[np.isfinite(values)]
    return float(defined.mean()) if defined.size else math.nan
