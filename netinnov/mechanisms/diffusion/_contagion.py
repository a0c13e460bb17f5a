"""Diffusion of an innovation over a network: by contact, or when enough neighbours have it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from netinnov._network.matrices import layer_matrix
from netinnov._network.paths import union
from netinnov._runtime.arguments import (
    check_mapping,
    check_names,
    check_number,
    check_rng,
    examples,
)
from netinnov._typing import Codes, Rng
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork

NEVER = 2**52  # steps; all below are exact numbers


def simple_contagion(
    network: MultilayerNetwork,
    *,
    seeds: Sequence[str],
    rate: float | Mapping[str, float],
    recovery: float = 0.0,
    horizon: int | None = None,
    rng: Rng = None,
) -> pd.Series:
    """Step in which each node is reached when every contact can pass it on.

    Equal to steps in which all links of the active are tried, but drawn link by link: the wait
    of a link is geometric, and so is the time until a node recovers. `time_to_reach` draws often.

    Parameters
    ----------
    network : MultilayerNetwork
        Each link of a layer passes by itself, from source to target if directed; no weights.
    seeds : sequence of str
        Nodes that have it at step 0.
    rate : float or mapping from layer to float
        Chance that a link passes it on in a step, from 0 to 1; layers not named pass nothing.
    recovery : float
        Chance that a node that has it stops passing it on, at the end of each step after the one in
        which it was reached; 0: never (SI), otherwise SIR.
    horizon : int, optional
        Last step that is looked at, 0 or more; None: until nobody is left to reach.
    rng : int, SeedSequence, Generator or None
        Source of randomness.

    Returns
    -------
    Series
        Step of each node, the seeds 0; NaN for those that are not reached (by the horizon).

    References
    ----------
    Pastor-Satorras et al. (2015), Epidemic processes in complex networks, Reviews of Modern
    Physics 87, 925-979.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> links = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"]})
    >>> network = ni.build_network(pd.DataFrame(index=["a", "b", "c", "d"]), links)
    >>> simple_contagion(network, seeds=["a"], rate=1.0).tolist()
    [0.0, 1.0, 2.0, nan]
    """
    rng = check_rng(rng)
    start = network.storage.positions("seeds", seeds)
    steps = spreading(network, start, rate, recovery, horizon)(rng)
    return _steps(network, steps, "simple_contagion")


def complex_contagion(
    network: MultilayerNetwork,
    *,
    seeds: Sequence[str],
    threshold: float | pd.Series,
    layer_weights: Mapping[str, float] | None = None,
) -> pd.Series:
    """Step in which each node adopts when enough of its neighbours have.

    Parameters
    ----------
    network : MultilayerNetwork
        Layers are taken together, without weights; in directed ones sources count for a node.
    seeds : sequence of str
        Nodes that have adopted at step 0.
    threshold : float or Series over nodes
        Share of the neighbours from which a node adopts, above 0 and at most 1.
    layer_weights : mapping from layer to float, optional
        What a link of each layer counts, 0 or more; layers not named count nothing. A neighbour in
        several layers counts their sum. None: a neighbour counts once, in how many layers ever.

    Returns
    -------
    Series
        Step of each node, the seeds 0, all at once in each step; NaN for those that never adopt.

    Raises
    ------
    InputError
        If a seed or layer is unknown, a threshold out of its range or missing, or a weight below 0.

    References
    ----------
    Granovetter (1978), Threshold models of collective behavior, American Journal of Sociology 83,
    1420-1443. Watts (2002), A simple model of global cascades on random networks, Proceedings of
    the National Academy of Sciences 99, 5766-5771.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> links = pd.DataFrame({"source": ["a", "b", "c"], "target": ["b", "c", "d"]})
    >>> network = ni.build_network(pd.DataFrame(index=["a", "b", "c", "d"]), links)
    >>> complex_contagion(network, seeds=["a"], threshold=0.5).tolist()
    [0.0, 1.0, 2.0, 3.0]
    """
    from netinnov.kernels.contagion import threshold_spread

    index = network.storage.nodes.index
    if isinstance(threshold, pd.Series):
        named = threshold.set_axis(threshold.index.map(str))  # ids may be numbers
        if not named.index.is_unique:
            twice = examples(named.index[named.index.duplicated()].unique())
            raise InputError(f"`threshold` must have one value a node; found several for {twice}.")
        least = named.reindex(index.map(str)).to_numpy(np.float64, na_value=np.nan)
    else:
        check_number("threshold", threshold, low=0, high=1, above=True)
        least = np.full(len(index), float(threshold))
    if (outside := ~((least > 0) & (least <= 1))).any():
        some = dict(zip(index[outside][:5], least[outside][:5].tolist(), strict=True))
        msg = f"`threshold` must be above 0 and at most 1 for each node; found {some}."
        raise InputError(msg)
    if layer_weights is None:
        graph = union(network)
        weight = np.ones(graph.nnz)
    else:
        check_mapping("layer_weights", layer_weights, "from layers to weights")
        weights = _by_layer(network, "layer_weights", layer_weights)
        graph = _sum_of_layers(network, {name: each for name, each in weights.items() if each > 0})
        weight = graph.data
    into = np.bincount(graph.indices, weights=weight, minlength=network.n_nodes)
    # Without links it is of whole numbers, for which the kernel would compile once more.
    into = into.astype(np.float64)
    start = network.storage.positions("seeds", seeds)
    indptr, indices = graph.indptr.astype(np.int32), graph.indices.astype(np.int32)
    adopted = threshold_spread(indptr, indices, weight, into, start, least)
    return _steps(network, adopted, "complex_contagion")


def spreading(
    network: MultilayerNetwork,
    start: Codes,
    rate: float | Mapping[str, float],
    recovery: float,
    horizon: int | None,
    *,
    goal: Codes | None = None,
    needed: int = 0,
) -> Callable[[np.random.Generator], Any]:
    """Function that draws a contagion: step of each node; -1 if not reached before the goal."""
    from netinnov.kernels.contagion import simple_spread

    check_number("recovery", recovery, low=0, high=1)
    if horizon is not None:
        check_number("horizon", horizon, low=0, whole=True)
    if not isinstance(rate, Mapping):
        check_number("rate", rate, low=0, high=1)
        rate = dict.fromkeys(network.layers, rate)
    chances = _by_layer(network, "rate", rate, high=1)
    # Chances to miss multiply: logarithms add up; a chance of 1 is as good as sure.
    missed = {name: np.log1p(-min(chance, 1 - 1e-16)) for name, chance in chances.items()}
    graph = _sum_of_layers(network, missed)
    decay = np.where(graph.data < np.log(1e-15), -np.inf, graph.data)
    asked = np.zeros(network.n_nodes, np.bool_)
    asked[[] if goal is None else goal] = True
    indptr, indices = graph.indptr.astype(np.int32), graph.indices.astype(np.int32)
    last = NEVER if horizon is None else int(horizon)
    return partial(
        simple_spread, indptr, indices, decay, start, float(recovery), last, asked, needed
    )


def _by_layer(
    network: MultilayerNetwork, name: str, values: Mapping[str, Any], high: float = np.inf
) -> dict[str, float]:
    check_names(name, values, network.layers)
    for layer, value in values.items():
        check_number(f"{name}[{layer!r}]", value, low=0, high=high)
    return {layer: float(value) for layer, value in values.items()}


def _sum_of_layers(network: MultilayerNetwork, values: Mapping[str, float]) -> sparse.csr_array:
    joined = sparse.csr_array((network.n_nodes,) * 2, dtype=np.float64)
    for layer, value in values.items():
        matrix = layer_matrix(network, layer).copy()
        matrix.data = np.full(matrix.nnz, value)
        joined = joined + matrix
    return sparse.csr_array(joined)


def _steps(network: MultilayerNetwork, step: Any, name: str) -> pd.Series:
    value = np.where(step < 0, np.nan, step.astype(np.float64))
    return pd.Series(value, network.storage.nodes.index, name=name)
