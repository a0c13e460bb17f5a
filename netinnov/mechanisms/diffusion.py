"""How an innovation spreads: by contact or by threshold, and how long it takes to reach a place."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Literal

import numpy as np
import pandas as pd
import scipy
from scipy import sparse

from netinnov._network.matrices import layer_matrix
from netinnov._network.paths import union
from netinnov._runtime.arguments import (
    as_floats,
    check_names,
    check_number,
    check_rng,
    check_type,
    did_you_mean,
    examples,
)
from netinnov._runtime.public import publish
from netinnov._runtime.threads import in_threads
from netinnov._typing import Codes, Confidence, Count, Floats, Rng, Whole
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork

__all__ = [
    "complex_contagion",
    "expected_steps",
    "reach_table",
    "simple_contagion",
    "time_to_reach",
]

Of = Literal["first", "half", "all"]
Spread = Callable[[np.random.Generator], Codes]  # draws the step of each node; -1 if not reached

_NEVER = 2**52  # steps; all below are exact numbers
_PARTS = 8  # pieces of work with as many draws each


def simple_contagion(
    network: MultilayerNetwork,
    *,
    seeds: Sequence[str],
    rate: float | Mapping[str, float],
    horizon: Whole | None = None,
    rng: Rng = None,
) -> pd.Series:
    """Step in which each node is reached when every contact can pass it on.

    Nobody recovers (SI). Drawn link by link: the wait of a link is geometric.

    Parameters
    ----------
    network : MultilayerNetwork
        Each link of a layer passes by itself, from source to target if directed; no weights.
    seeds : sequence of str
        Nodes that have it at step 0.
    rate : float or mapping from layer to float
        Chance that a link passes it on in a step, from 0 to 1; layers not named pass nothing.
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
    Pastor-Satorras et al. (2015), Reviews of Modern Physics 87, 925-979.

    Examples
    --------
    >>> links = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"]})
    >>> network = ni.build_network(pd.DataFrame(index=["a", "b", "c", "d"]), links)
    >>> simple_contagion(network, seeds=["a"], rate=1.0).tolist()
    [0.0, 1.0, 2.0, nan]
    """
    rng = check_rng(rng)
    start = network.storage.positions("seeds", seeds)
    steps = _spreading(network, start, rate, horizon)(rng)
    return _steps(network, steps, "simple_contagion")


def complex_contagion(
    network: MultilayerNetwork, *, seeds: Sequence[str], threshold: float | pd.Series
) -> pd.Series:
    """Step in which each node adopts when enough of its neighbours have.

    Parameters
    ----------
    network : MultilayerNetwork
        Layers are taken together, without weights: a neighbour counts once, in however many; in
        directed ones sources count for a node.
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
        A seed is unknown, or a threshold out of its range or missing.

    References
    ----------
    Granovetter (1978), American Journal of Sociology 83, 1420-1443. Watts (2002), Proceedings of
    the National Academy of Sciences 99, 5766-5771.

    Examples
    --------
    >>> network = ni.build_network(pd.DataFrame({"source": list("abc"), "target": list("bcd")}))
    >>> complex_contagion(network, seeds=["a"], threshold=0.5).tolist()
    [0.0, 1.0, 2.0, 3.0]
    """
    from netinnov.kernels.contagion import threshold_spread

    index = network.storage.node_names
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
        raise InputError(f"`threshold` must be above 0 and at most 1 for each node; found {some}.")
    graph = union(network)
    indptr = graph.indptr.astype(np.int32)
    indices = graph.indices.astype(np.int32)
    start = network.storage.positions("seeds", seeds)
    return _steps(network, threshold_spread(indptr, indices, start, least), "complex_contagion")


def _spreading(
    network: MultilayerNetwork,
    start: Codes,
    rate: float | Mapping[str, float],
    horizon: int | None,
    *,
    goal: Codes | None = None,
    needed: int = 0,
) -> Spread:
    """Contagion that ends as soon as so many nodes of the goal are reached."""
    from netinnov.kernels.contagion import simple_spread

    if isinstance(rate, Mapping):
        check_names("rate", rate, network.layers)
        for layer, chance in rate.items():
            check_number(f"rate[{layer!r}]", chance, low=0, high=1)
    else:
        check_number("rate", rate, low=0, high=1)
        rate = dict.fromkeys(network.layers, rate)
    # Chances to miss multiply: logarithms add up; a chance of 1 is as good as sure.
    graph = sparse.csr_array((network.n_nodes,) * 2, dtype=np.float64)
    for layer, chance in rate.items():
        matrix = layer_matrix(network, layer).copy()
        matrix.data = np.full(matrix.nnz, np.log1p(-min(float(chance), 1 - 1e-16)))
        graph = sparse.csr_array(graph + matrix)
    decay = np.where(graph.data < np.log(1e-15), -np.inf, graph.data)
    asked = np.zeros(network.n_nodes, np.bool_)
    asked[[] if goal is None else goal] = True
    indptr = graph.indptr.astype(np.int32)
    indices = graph.indices.astype(np.int32)
    last = _NEVER if horizon is None else int(horizon)
    return partial(simple_spread, indptr, indices, decay, start, last, asked, needed)


def _steps(network: MultilayerNetwork, step: Any, name: str) -> pd.Series:
    value = np.where(step < 0, np.nan, step.astype(np.float64))
    return pd.Series(value, network.storage.node_names, name=name)


def time_to_reach(
    network: MultilayerNetwork,
    *,
    seeds: str | Sequence[str],
    targets: str | Sequence[str],
    rate: float | Mapping[str, float],
    of: Of = "first",
    horizon: Whole | None = None,
    replicates: Count = 1000,
    rng: Rng = None,
) -> pd.Series:
    """Steps that contagion by contact takes from seeds to targets, once each draw.

    Parameters
    ----------
    network : MultilayerNetwork
        As in `simple_contagion`.
    seeds, targets : str or sequence of str
        Nodes, by id; or a place, for the nodes in it or in a place inside it.
    rate : float or mapping from layer to float
        As in `simple_contagion`.
    of : {"first", "half", "all"}
        How many of the targets have to be reached: one, at least half of them, or every one.
    horizon : int, optional
        As in `simple_contagion`.
    replicates : int
        Number of draws, 1 or more.
    rng : None, int, SeedSequence or Generator
        Source of the draws.

    Returns
    -------
    Series
        Steps in each draw, 0 where a target is a seed; NaN where the targets were not reached (by
        the horizon). Never take the mean of the others: see `reach_table`.

    Examples
    --------
    >>> network = ni.build_network(pd.DataFrame({"source": list("ab"), "target": list("bc")}))
    >>> times = time_to_reach(network, seeds=["a"], targets=["c"], rate=0.5, replicates=2000, rng=1)
    >>> bool(3.9 < times.mean() < 4.1)  # two geometric waits of 2 steps each; all draws arrive
    True
    """
    rng = check_rng(rng)
    start = _nodes(network, "seeds", seeds)
    goal = np.unique(_nodes(network, "targets", targets))
    needed = {"first": 1, "half": math.ceil(goal.size / 2), "all": goal.size}[of]
    spread = _spreading(network, start, rate, horizon, goal=goal, needed=needed)

    def times(generators: Sequence[np.random.Generator]) -> Floats:
        steps = [np.sort(spread(generator)[goal]) for generator in generators]
        reached = [each[each >= 0] for each in steps]
        end = -1 if needed > 1 else 0
        return np.array([each[end] if each.size >= needed else np.nan for each in reached])

    drawn = np.concatenate(_in_parts(times, network, rng, replicates))
    return pd.Series(drawn, index=pd.RangeIndex(replicates, name="draw"), name="time_to_reach")


def reach_table(
    times: pd.Series | Mapping[str, pd.Series], *, horizon: Count, confidence: Confidence = 0.95
) -> pd.DataFrame:
    """Share of draws that reach the targets, median time, and mean time up to a horizon.

    The mean over those that arrive misleads: where only the shortest way is fast enough it is
    least. Intervals are those of the draws only.

    Parameters
    ----------
    times : Series or mapping from name to Series
        Steps in each draw, NaN where the targets were not reached, as `time_to_reach` gives them.
    horizon : int
        Step up to which draws are compared, 1 or more; no more than that of the draws.
    confidence : float
        Of the intervals, above 0 and below 1.

    Returns
    -------
    DataFrame
        A row each name: ``draws``; ``reached``, the share by the horizon; ``median``, the step by
        which half of all draws have arrived, else inf; ``mean_within``, the mean of the steps where
        what has not arrived counts as the horizon (restricted mean). Each with ``_low`` and
        ``_high``: Clopper and Pearson's interval, that of order statistics, and that of a mean.

    Raises
    ------
    InputError
        There are no draws, or a time is below 0.

    References
    ----------
    Clopper and Pearson (1934), Biometrika 26. Royston and Parmar (2013), BMC Med Res Methodol 13.

    Examples
    --------
    >>> times = pd.Series([2.0, 4.0, 5.0, None])
    >>> reach_table(times, horizon=10)[["reached", "median", "mean_within"]].values.tolist()
    [[0.75, 4.0, 5.25]]
    """
    named = dict(times) if isinstance(times, Mapping) else {"": times}
    if not named:
        raise InputError("`times` must hold at least one Series of steps; found none.")
    for each in named.values():
        check_type("times", each, pd.Series)
    rows = [_summary(str(name), each, horizon, confidence) for name, each in named.items()]
    return pd.DataFrame(rows, index=pd.Index(list(named)))


def expected_steps(
    network: MultilayerNetwork,
    *,
    seeds: str | Sequence[str],
    rate: float | Mapping[str, float],
    horizon: Count,
    replicates: Count = 1000,
    rng: Rng = None,
) -> pd.Series:
    """Mean step in which contagion by contact reaches each node, up to a horizon.

    Parameters
    ----------
    network, seeds, rate
        As in `time_to_reach`.
    horizon : int
        Last step, 1 or more; a node that is not reached counts as reached then.
    replicates, rng
        As in `time_to_reach`.

    Returns
    -------
    Series
        Mean over draws each node: 0 for the seeds, the horizon for those never reached.

    Examples
    --------
    >>> links = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"]})
    >>> network = ni.build_network(pd.DataFrame(index=["a", "b", "c", "d"]), links)
    >>> expected_steps(network, seeds=["a"], rate=1.0, horizon=9, replicates=1).tolist()
    [0.0, 1.0, 2.0, 9.0]
    """
    rng = check_rng(rng)
    spread = _spreading(network, _nodes(network, "seeds", seeds), rate, horizon)

    def sums(generators: Sequence[np.random.Generator]) -> Floats:
        total: Floats = np.zeros(network.n_nodes)
        for generator in generators:
            steps = spread(generator)
            total += np.where(steps < 0, horizon, steps)
        return total

    total = np.sum(_in_parts(sums, network, rng, replicates), axis=0)
    return pd.Series(total / replicates, network.storage.node_names, name="expected_steps")


def _in_parts(
    task: Callable[[list[np.random.Generator]], Floats],
    network: MultilayerNetwork,
    rng: np.random.Generator,
    replicates: int,
) -> list[Floats]:
    generators = rng.spawn(replicates)
    parts = np.array_split(np.arange(replicates), min(_PARTS, replicates))
    work = [partial(task, [generators[i] for i in part]) for part in parts]
    return in_threads(work, size=20 * network.n_links * replicates)  # work of the draws, roughly


def _nodes(network: MultilayerNetwork, argument: str, names: str | Sequence[str]) -> Codes:
    if not isinstance(names, str):
        codes = network.storage.positions(argument, names)
        if not codes.size:
            raise InputError(f"`{argument}` must name at least one node; found none.")
        return codes
    places = network.storage.places
    if names not in places.index:
        raise InputError(
            f"`{argument}` must be a place or a sequence of nodes; found {names!r}"
            f"{did_you_mean(names, places.index)}."
        )
    nodes = np.flatnonzero(network.storage.inside([names])).astype(np.int32)
    if not nodes.size:
        msg = f"`{argument}` must have nodes in the network; the place {names!r} has none."
        raise InputError(msg)
    return nodes


def _summary(name: str, times: pd.Series, horizon: int, confidence: float) -> dict[str, float]:
    values = np.sort(as_floats("times", times))
    if not values.size or (values < 0).any():
        of_name = f" of {name!r}" if name else ""
        raise InputError(f"`times`{of_name} must hold steps of 0 or more, and at least one draw.")
    n = values.size
    values = np.where(values <= horizon, values, np.inf)  # NaN and later: not by the horizon
    arrived = int(np.isfinite(values).sum())
    share = scipy.stats.binomtest(arrived, n).proportion_ci(confidence, method="exact")
    tails = [(1 - confidence) / 2, (1 + confidence) / 2]
    low, high = np.asarray(scipy.stats.binom.ppf(tails, n, 0.5), np.int64)
    within = np.minimum(values, horizon)
    error = within.std(ddof=1) / math.sqrt(n) if n > 1 else np.nan
    half = scipy.stats.norm.ppf(tails[1]) * error
    return {
        "draws": n,
        "reached": arrived / n,
        "reached_low": share.low,
        "reached_high": share.high,
        "median": values[(n - 1) // 2],
        "median_low": values[max(low - 1, 0)],
        "median_high": values[min(high, n - 1)],
        "mean_within": within.mean(),
        "mean_within_low": within.mean() - half,
        "mean_within_high": within.mean() + half,
    }


__dir__ = publish(globals())
