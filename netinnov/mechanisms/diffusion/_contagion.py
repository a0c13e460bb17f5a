"""Diffusion of an innovation over a network: by contact, or when enough neighbours have it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from netinnov._arguments import check_names, check_number
from netinnov._matrices import layer_matrix
from netinnov._paths import union
from netinnov._typing import Codes, Floats, Rng
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork

__all__ = ["complex_contagion", "simple_contagion"]


def simple_contagion(
    network: MultilayerNetwork,
    *,
    seeds: Sequence[str],
    rate: float | Mapping[str, float],
    recovery: float = 0.0,
    rng: Rng = None,
) -> pd.Series:
    """Step in which each node is reached when every contact can pass it on.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network. A link of each layer passes by itself, from source to target in directed
        layers; weights do not count.
    seeds : sequence of str
        Nodes that have it at step 0.
    rate : float or mapping from layer to float
        Chance that a link passes it on in a step, from 0 to 1; layers not named pass nothing.
    recovery : float
        Chance that a node that has it stops passing it on, at the end of each step after the one in
        which it was reached; 0: never (SI), otherwise SIR.
    rng : int, SeedSequence, Generator or None
        Source of randomness.

    Returns
    -------
    Series
        Step of each node, the seeds 0; NaN for those that are never reached.

    Raises
    ------
    InputError
        If a seed or layer is not in the network, or a chance is out of its range.

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
    from netinnov.kernels.contagion import simple_spread

    rng = np.random.default_rng(rng)
    check_number("recovery", recovery, low=0, high=1)
    missed = sparse.csr_array((network.n_nodes,) * 2, dtype=np.float64)
    for layer, chance in _rates(network, rate).items():
        # Chances to miss multiply: logarithms add up; a chance of 1 is as good as sure.
        matrix = layer_matrix(network, layer).copy()
        matrix.data = np.full(matrix.nnz, np.log1p(-min(chance, 1 - 1e-16)))
        missed = missed + matrix
    missed = sparse.csr_array(missed)
    chances: Floats = -np.expm1(missed.data)
    reached, _ = simple_spread(
        missed.indptr.astype(np.int32),
        missed.indices.astype(np.int32),
        np.where(chances > 1 - 1e-15, 1.0, chances),
        _positions(network, seeds),
        float(recovery),
        rng,
    )
    return _steps(network, reached, "simple_contagion")


def complex_contagion(
    network: MultilayerNetwork,
    *,
    seeds: Sequence[str],
    threshold: float | pd.Series,
) -> pd.Series:
    """Step in which each node adopts when enough of its neighbours have.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network; layers are taken together, a pair that is linked in several counts once, and
        weights do not count. In directed layers a node looks at those that point to it.
    seeds : sequence of str
        Nodes that have adopted at step 0.
    threshold : float or Series over nodes
        Share of the neighbours from which a node adopts, above 0 and at most 1.

    Returns
    -------
    Series
        Step of each node, the seeds 0, all at once in each step; NaN for those that never adopt.

    Raises
    ------
    InputError
        If a seed is not in the network, or a threshold is out of its range or missing.

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
    >>> complex_contagion(network, seeds=["a"], threshold=0.6).tolist()
    [0.0, nan, nan, nan]
    """
    from netinnov.kernels.contagion import threshold_spread

    least = _thresholds(network, threshold)
    graph = union(network)
    into = np.bincount(graph.indices, minlength=network.n_nodes).astype(np.int32)
    adopted = threshold_spread(
        graph.indptr.astype(np.int32),
        graph.indices.astype(np.int32),
        into,
        _positions(network, seeds),
        least,
    )
    return _steps(network, adopted, "complex_contagion")


def _rates(network: MultilayerNetwork, rate: Any) -> dict[str, float]:
    if isinstance(rate, Mapping):
        check_names("rate", rate, network.layers)
        for layer, chance in rate.items():
            check_number(f"rate[{layer!r}]", chance, low=0, high=1)
        return {layer: float(chance) for layer, chance in rate.items()}
    check_number("rate", rate, low=0, high=1)
    return dict.fromkeys(network.layers, float(rate))


def _thresholds(network: MultilayerNetwork, threshold: Any) -> Floats:
    index = network._nodes.index
    if isinstance(threshold, pd.Series):
        least = threshold.reindex(index).to_numpy(np.float64, na_value=np.nan)
        outside = ~((least > 0) & (least <= 1))
        if outside.any():
            shown = {name: float(least[i]) for i, name in enumerate(index) if outside[i]}
            msg = "`threshold` must be above 0 and at most 1 for each node; found "
            raise InputError(f"{msg}{dict(list(shown.items())[:5])}.")
        return least
    check_number("threshold", threshold, low=0, high=1, above=True)
    return np.full(len(index), float(threshold))


def _positions(network: MultilayerNetwork, seeds: Sequence[str]) -> Codes:
    index = network._nodes.index
    names = seeds if isinstance(seeds, str) else map(str, seeds)
    known = check_names("seeds", names, list(index))
    return index.get_indexer(pd.Index(known, dtype="str")).astype(np.int32)


def _steps(network: MultilayerNetwork, step: Any, name: str) -> pd.Series:
    value = np.where(step < 0, np.nan, step.astype(np.float64))
    return pd.Series(value, network._nodes.index, name=name)
