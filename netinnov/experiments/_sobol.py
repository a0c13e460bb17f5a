"""Which parameter drives the effect: Sobol indices over their ranges, with the noise apart."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from numbers import Real
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from netinnov._arguments import (
    as_whole,
    check_callable,
    check_confidence,
    check_mapping,
    check_number,
    shown,
)
from netinnov._checkpoint import Checkpoint, PathLike, run_numbered, seed_of_run, seed_state
from netinnov._display import Tabled
from netinnov._identity import digest, identity
from netinnov._optional import require
from netinnov._typing import Floats, Rng
from netinnov.errors import InputError
from netinnov.experiments._effect_statistics import changes
from netinnov.experiments._placebo_tests import spawned
from netinnov.experiments._replicates import BASELINE, Item, bound_measures, measured
from netinnov.experiments._specifications import Specification, as_specification, plain
from netinnov.network import MultilayerNetwork
from netinnov.scenarios import NoChange

Range: TypeAlias = tuple[float, float] | Sequence[Any]

_EFFECT = "effect"


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class SobolIndices(Tabled):
    """Sobol indices: shares of the variance of an effect that are due to its parameters.

    Attributes
    ----------
    indices : DataFrame
        Index ``parameter``. ``first``: the share explained by the parameter alone; ``total``:
        including its interactions; each with ``_low`` and ``_high``, its interval; and
        ``first_corrected`` and ``total_corrected``, without the noise of placements.
    pairs : DataFrame, optional
        ``second``: the share of the interaction of two parameters, with ``second_low`` and
        ``second_high``; index ``parameter``, ``other``. None if not asked for.
    points : DataFrame
        Where it was measured: a column a parameter, the mean ``difference`` and ``mc_error``.
    mean, variance : float
        Of the differences over the ranges; the variance with the noise.
    noise : float
        Share of the variance that is due to placements, after averaging. NaN for one replicate.
    """

    _main = "indices"

    indices: pd.DataFrame
    pairs: pd.DataFrame | None
    points: pd.DataFrame
    mean: float
    variance: float
    noise: float


def sobol_indices(
    network: MultilayerNetwork,
    *,
    make: Callable[..., Specification],
    ranges: Mapping[str, Range],
    samples: int = 64,
    replicates: int = 10,
    second_order: bool = False,
    confidence: float = 0.95,
    resamples: int = 200,
    rng: Rng = None,
    executor: Executor | int | None = None,
    progress: bool = True,
    checkpoint: PathLike | None = None,
) -> SobolIndices:
    """Split the variance of an effect over the ranges of its parameters.

    Parameters
    ----------
    network : MultilayerNetwork
        The network to which the scenarios are applied.
    make : function
        Takes a value of each parameter by keyword and gives a `Specification`: the scenario, and
        the measure, of which frictions and others may be parameters.
    ranges : mapping of str to tuple or sequence
        For each parameter a tuple of two numbers, ``(0, 1.5)``: all between them; or its
        alternatives, each as likely as another: ``range(2, 21)`` for whole numbers,
        ``["new", "reallocated"]``.
    samples : int
        A power of 2. The effect is measured at samples x (parameters + 2) points, for the second
        order at samples x (2 parameters + 2).
    replicates : int
        Random placements at each point, drawn for it alone.
    second_order : bool
        Also estimate the interactions of pairs of parameters.
    confidence : float
        Of the intervals, above 0 and below 1.
    resamples : int
        Bootstrap samples of the points, for the intervals.
    rng, executor, progress
        As in `compare_scenarios`; the points are drawn from `rng` too.
    checkpoint : path, optional
        As in `compare_scenarios`. Another network, other points or replicates are refused;
        `confidence` and `resamples` may be others.

    Returns
    -------
    SobolIndices
        ``.to_frame()`` has a row a parameter. NaN if the effect is the same everywhere.

    Raises
    ------
    InputError
        An invalid range, samples that are not a power of 2, an effect that is undefined at some
        point or has several values, a checkpoint of another analysis; and as in
        `compare_scenarios`.
    ImportError
        SALib is not installed: ``pip install 'netinnov[sensitivity]'``.

    Notes
    -----
    The effect is the mean over replicates of scenario minus no change, on the nodes of the network.
    Parameters are independent and uniform in their ranges. Points are those of a scrambled Sobol
    sequence in the scheme of Saltelli; total indices are Jansen's.

    *Noise.* Placements are drawn independently at each point, as one more, random, parameter.
    Averaging over R replicates leaves sd^2 / R of it, a share `noise` of the variance. That makes
    each first index smaller by the factor 1 - noise, and each total index T (1 - noise) + noise:
    without any influence it is `noise`. ``_corrected`` removes this, with sd^2 from the replicates.
    Intervals are of the uncorrected indices and can reach below 0 or above 1 by chance. If they are
    too wide to distinguish parameters, double the samples; if `noise` is large, the replicates.

    References
    ----------
    Sobol (2001), Global sensitivity indices for nonlinear mathematical models and their Monte
    Carlo estimates, Mathematics and Computers in Simulation 55. Saltelli et al. (2010), Variance
    based sensitivity analysis of model output, Computer Physics Communications 181.

    Examples
    --------
    >>> import netinnov as ni
    >>> cities = ni.datasets.make_city_system(n_cities=8, rng=1)
    >>> home, host = cities.places.index[[-1, 0]]
    >>> def make(size, funding):
    ...     links = ni.scenarios.DirectLinks(home, host, size, funding=funding)
    ...     return Specification(links, ni.connectivity.global_efficiency)
    >>> ranges = {"size": range(1, 4), "funding": ["new", "reallocated"]}
    >>> result = sobol_indices(cities, make=make, ranges=ranges, samples=4, replicates=2, rng=1)
    >>> result.to_frame().index.tolist(), len(result.points)
    (['size', 'funding'], 16)
    """
    sampling = require("SALib.sample.sobol", extra="sensitivity", needed_by="sobol_indices")
    analysis = require("SALib.analyze.sobol", extra="sensitivity", needed_by="sobol_indices")
    check_callable("make", make, "a function that gives a Specification")
    _check_ranges(ranges)
    samples = as_whole("samples", samples, low=2)
    if samples & (samples - 1):
        near = 2 ** round(math.log2(samples))
        raise InputError(f"`samples` must be a power of 2, such as {near}; found {samples}.")
    replicates = as_whole("replicates", replicates, low=1)
    resamples = as_whole("resamples", resamples, low=2)
    check_confidence("confidence", confidence)
    generator, source = seed_of_run(rng, checkpoint)
    begun = seed_state(source)
    (seed,) = source.spawn(1)
    names = list(ranges)
    problem = {"num_vars": len(names), "names": names, "bounds": [[0, 1]] * len(names)}
    unit = sampling.sample(problem, samples, calc_second_order=second_order, seed=generator)
    chosen = [
        {name: _value(ranges[name], float(at)) for name, at in zip(names, row, strict=True)}
        for row in unit
    ]
    specified = [as_specification(make(**values), values, "for all values") for values in chosen]
    task = partial(_differences, network=network, replicates=replicates)
    items = list(zip(specified, seed.spawn(len(specified)), strict=True))
    store = None
    if checkpoint is not None:
        parts: dict[str, str | Mapping[str, str]] = {
            "function": "sobol_indices",
            "network": digest(network),
            "ranges": {name: identity(each) for name, each in ranges.items()},
            "samples": identity(samples),
            "replicates": identity(replicates),
            "second_order": identity(second_order),
            "specifications": identity(specified),
        }
        store = Checkpoint(checkpoint, parts, begun)
    measured = run_numbered(
        task,
        items,
        sizes=[(replicates,)],
        checkpoint=store,
        executor=executor,
        progress=progress,
        label="points",
    )
    change = np.stack([differences for (differences,) in measured])
    undefined = np.isnan(change).any(axis=1)
    if undefined.any():
        where = chosen[int(np.flatnonzero(undefined)[0])]
        msg = f"the effect must be defined everywhere; it is not at {undefined.sum()} of "
        raise InputError(f"{msg}{len(chosen)} points, e.g. {where}. Make the ranges narrower.")
    mean = change.mean(axis=1)
    # The first and last of each block are independent draws; the others mix them.
    block = mean.reshape(samples, -1)
    variance = float(block[:, [0, -1]].var())
    error = math.nan
    if replicates > 1:
        error = float(change.var(axis=1, ddof=1).mean()) / replicates
    still = variance <= 1e-24 * float((mean**2).mean()) or variance == 0
    noise = math.nan if still else error / variance
    points = pd.DataFrame([{name: plain(value) for name, value in row.items()} for row in chosen])
    deviation = pd.DataFrame(change).std(axis=1)  # NaN for one replicate
    points = points.assign(difference=mean, mc_error=deviation / math.sqrt(replicates))
    nothing = np.full((len(names),) * 2, np.nan)
    estimates: dict[str, Floats] = dict.fromkeys(("S2", "S2_conf"), nothing)
    estimates |= dict.fromkeys(("S1", "S1_conf", "ST", "ST_conf"), nothing[0])
    if not still:
        estimates = analysis.analyze(
            problem,
            mean,
            calc_second_order=second_order,
            num_resamples=resamples,
            conf_level=confidence,
            seed=int(generator.integers(1, 2**31)),
        )
    return SobolIndices(
        _indices(names, estimates, noise),
        _pairs(names, estimates) if second_order else None,
        points,
        float(mean.mean()),
        variance,
        noise,
    )


def _check_ranges(ranges: Mapping[str, Range]) -> None:
    check_mapping("ranges", ranges, "from parameters to ranges", filled=True)
    if taken := [name for name in ("difference", "mc_error") if name in ranges]:
        raise InputError(f"parameters cannot be called as columns of the points: {taken}.")
    values: dict[str, Any] = dict(ranges)
    for name, each in values.items():
        if _is_interval(each):
            low, high = each
            check_number(f"ranges[{name!r}]", low)
            check_number(f"ranges[{name!r}]", high, low=low, above=True)
        elif isinstance(each, str) or not isinstance(each, Sequence) or not len(each):
            msg = f"the range of {name!r} must be a tuple of two numbers, or a list of alternatives"
            raise InputError(f"{msg}; found {shown(each)}.")


def _is_interval(value: object) -> bool:
    """Tell a tuple of two numbers from alternatives."""
    if not isinstance(value, tuple) or len(value) != 2:
        return False
    return all(isinstance(end, Real) and not isinstance(end, bool) for end in value)


def _value(values: Range, at: float) -> Any:
    """Give the value of a parameter at a place of the unit interval."""
    if _is_interval(values):
        return values[0] + at * (values[1] - values[0])
    return values[min(int(at * len(values)), len(values) - 1)]


def _differences(
    item: tuple[Specification, np.random.SeedSequence],
    *,
    network: MultilayerNetwork,
    replicates: int,
) -> list[Floats]:
    """Measure scenario minus no change of one specification, for each replicate."""
    asked, seed = item
    start = network if asked.network is None else asked.network(network)
    nodes = start.nodes.index
    done = measured(
        [Item(BASELINE, 0), *(Item(_EFFECT, at) for at in range(replicates))],
        network=start,
        scenarios={BASELINE: NoChange(), _EFFECT: asked.scenario},
        measures=bound_measures({_EFFECT: asked.measure}, start, nodes),
        nodes=nodes,
        seeds=spawned(seed).spawn(replicates),
    )
    before, *after = (values.by_measure[0] for values in done)
    if (before.ndim == 0) != (asked.node is None) or (
        asked.node is not None and asked.node not in nodes
    ):
        msg = "a specification must have one effect. Give a `node` of the network for a measure"
        raise InputError(f"{msg} with a value a node, and only then.")
    at = () if asked.node is None else int(nodes.get_indexer(pd.Index([asked.node]))[0])
    return [changes(before[at], [each[at] for each in after])]


def _interval(name: str, value: Floats, half: Floats) -> dict[str, Floats]:
    return {name: value, f"{name}_low": value - half, f"{name}_high": value + half}


def _indices(names: Sequence[str], estimates: Mapping[str, Floats], noise: float) -> pd.DataFrame:
    columns = _interval("first", estimates["S1"], estimates["S1_conf"])
    columns |= _interval("total", estimates["ST"], estimates["ST_conf"])
    rest = 1 - noise if noise < 1 else math.nan
    columns["first_corrected"] = columns["first"] / rest
    columns["total_corrected"] = (columns["total"] - noise) / rest
    return pd.DataFrame(columns, index=pd.Index(list(names), name="parameter", dtype="str"))


def _pairs(names: Sequence[str], estimates: Mapping[str, Floats]) -> pd.DataFrame:
    pairs = combinations(names, 2)
    index = pd.MultiIndex.from_tuples(pairs, names=["parameter", "other"])
    at = np.triu_indices(len(names), 1)
    return pd.DataFrame(_interval("second", estimates["S2"][at], estimates["S2_conf"][at]), index)
