"""A measure of the network against the same measure of networks at random."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any, overload

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._arguments import check_number
from netinnov._parallel import run
from netinnov._statistics import Correction, corrected, two_sided
from netinnov._typing import Rng
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.null_models._chains import Labelled, Plan, Preserve, Space
from netinnov.null_models._plan import plan

__all__ = ["NullComparison", "compare_with_null"]

Value = float | pd.Series
Measure = Callable[[MultilayerNetwork], Any]
Null = Callable[[MultilayerNetwork, np.random.Generator], MultilayerNetwork]


@dataclass(frozen=True, slots=True, eq=False)
class NullComparison:
    """Where a measure stands among its values on networks at random.

    Attributes
    ----------
    observed, mean, sd, z, p, low, high : float or Series
        The value of the network; mean and standard deviation (n - 1) over the replicates;
        z = (observed - mean) / sd, NaN where sd is 0; two-sided p; the interval from 2.5 to 97.5 %
        of the replicates. Series where the measure gives one.
    draws : Series or DataFrame
        The values of the replicates: a row each; a column a node.
    """

    observed: Any
    mean: Any
    sd: Any
    z: Any
    p: Any
    low: Any
    high: Any
    draws: Any

    def corrected(self, method: Correction = "fdr") -> Any:
        """P-values corrected for the number of nodes.

        Parameters
        ----------
        method : {"fdr", "holm"}
            Benjamini and Hochberg's false discovery rate, or Holm's family-wise error.

        Returns
        -------
        float or Series
            As `p`; one number needs no correction.
        """
        values = corrected(np.atleast_1d(self.p), method)
        if isinstance(self.p, pd.Series):
            return pd.Series(values, self.p.index, name="p_corrected")
        return float(values[0])

    def to_frame(self) -> pd.DataFrame:
        """Table of observed, mean, sd, z, p, low and high.

        Returns
        -------
        DataFrame
            One row a node, or a single row.
        """
        names = ("observed", "mean", "sd", "z", "p", "low", "high")
        columns = {name: getattr(self, name) for name in names}
        if isinstance(self.observed, pd.Series):
            return pd.DataFrame(columns)
        return pd.DataFrame({name: [value] for name, value in columns.items()})


@overload
def compare_with_null(
    network: MultilayerNetwork,
    *,
    measure: Measure,
    replicates: int = ...,
    preserve: Sequence[Preserve] = ...,
    trials: float = ...,
    null: Null | None = ...,
    layers: Sequence[str] | None = ...,
    bins: npt.ArrayLike | None = ...,
    space: Space = ...,
    labelled: Labelled = ...,
    rng: Rng = ...,
    executor: Executor | int | None = ...,
    progress: bool = ...,
) -> NullComparison: ...
@overload
def compare_with_null(
    network: MultilayerNetwork,
    *,
    measure: Mapping[str, Measure],
    replicates: int = ...,
    preserve: Sequence[Preserve] = ...,
    trials: float = ...,
    null: Null | None = ...,
    layers: Sequence[str] | None = ...,
    bins: npt.ArrayLike | None = ...,
    space: Space = ...,
    labelled: Labelled = ...,
    rng: Rng = ...,
    executor: Executor | int | None = ...,
    progress: bool = ...,
) -> dict[str, NullComparison]: ...
def compare_with_null(
    network: MultilayerNetwork,
    *,
    measure: Measure | Mapping[str, Measure],
    replicates: int = 999,
    preserve: Sequence[Preserve] = ("degree",),
    trials: float = 20,
    null: Null | None = None,
    layers: Sequence[str] | None = None,
    bins: npt.ArrayLike | None = None,
    space: Space = "simple",
    labelled: Labelled = "node",
    rng: Rng = None,
    executor: Executor | int | None = None,
    progress: bool = True,
) -> NullComparison | dict[str, NullComparison]:
    """Compare any measure with its values on networks at random.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network.
    measure : callable, or mapping of str to callable
        Takes a network, gives a number or a Series (over nodes, pairs, layers). Several under
        their names: each network at random is drawn once and measured by all of them.
    replicates : int
        Number of networks at random.
    preserve, trials, layers, bins, space, labelled
        How they are drawn: see `rewire`. Each is an independent chain from the network.
    null : callable, optional
        Another null model instead: takes the network and a Generator, gives a network;
        such as ``lambda network, rng: curveball(network, rng=rng)``.
    rng : None, int, SeedSequence or Generator
        Source of randomness: a stream for each replicate, so that the numbers do not depend on
        the executor.
    executor : Executor, int or None
        Where the replicates run: None, a thread for each processor; a number of threads; or any
        executor of ``concurrent.futures``. Other processes need functions that can be pickled.
    progress : bool
        Show a bar on a terminal.

    Returns
    -------
    NullComparison, or dict of str to NullComparison
        One for each name of `measure`, if that is a mapping. Numbers or Series: ``.observed .mean
        .sd .z .p .low .high .draws``, and
        ``.corrected(method)`` for p-values over many nodes. NaN where the measure is NaN on the
        network; replicates on which it is NaN are left out.

    Raises
    ------
    InputError
        `measure` gives something else than a number or a Series, or Series whose entries are not
        those of the observed one; `measure` is an empty mapping.

    Notes
    -----
    p = min(1, 2 min(p_low, p_high)), each (k + 1) / (n + 1) with k the replicates at least as low
    (high) as the observed value and n all replicates. So p is never below 2 / (n + 1): many nodes
    need many replicates before a correction leaves anything. The chains are long, not exact: the
    test is as good as their `mixing`. A measure finds the same numbers alone and among others, if
    `rng` is the same.

    References
    ----------
    Davison and Hinkley (1997), Bootstrap methods and their application.

    Examples
    --------
    >>> import pandas as pd, netinnov as ni
    >>> links = pd.DataFrame({"source": ["a", "b", "c", "a"], "target": ["b", "c", "d", "d"]})
    >>> network = ni.build_network(pd.DataFrame(index=list("abcd")), links)
    >>> found = compare_with_null(
    ...     network, measure=ni.connectivity.largest_component, replicates=19, rng=1, progress=False
    ... )
    >>> found.observed, found.p
    (1.0, 1.0)
    """
    rng = np.random.default_rng(rng)
    check_number("replicates", replicates, low=1)
    check_number("trials", trials, low=0)
    measures = dict(measure) if isinstance(measure, Mapping) else {"value": measure}
    if not measures:
        raise InputError("`measure` must hold at least one function; found an empty mapping.")
    observed = {name: _checked(of(network), None) for name, of in measures.items()}
    # The seeds come first: preparing a chain may draw numbers of its own.
    seeds = rng.bit_generator.seed_seq.spawn(int(replicates))  # type: ignore[attr-defined]
    ready = None
    if null is None:
        ready = plan(network, preserve, layers, bins, rng, space=space, labelled=labelled)
    task = _Replicate(network, ready, null, trials, measures, observed)
    values = run(task, seeds, executor=executor, progress=progress)
    found = {
        name: _compared(value, np.array([row[k] for row in values], np.float64))
        for k, (name, value) in enumerate(observed.items())
    }
    return found if isinstance(measure, Mapping) else found["value"]


@dataclass(frozen=True, slots=True)
class _Replicate:
    """Draws one network and measures it."""

    network: MultilayerNetwork
    plan: Plan | None
    null: Null | None
    trials: float
    measures: dict[str, Measure]
    observed: dict[str, Value]

    def __call__(self, seed: np.random.SeedSequence) -> list[Any]:
        rng = np.random.default_rng(seed)
        if self.plan is not None:
            drawn = self.plan.draw(self.trials, rng, threads=False)
        elif self.null is not None:
            drawn = self.null(self.network, rng)
        found = []
        for name, measure in self.measures.items():
            value = _checked(measure(drawn), self.observed[name])
            found.append(value.to_numpy() if isinstance(value, pd.Series) else value)
        return found


def _checked(value: Any, like: Value | None) -> Value:
    """The value of a measure as a float or a Series of floats, in the order of the observed one."""
    if isinstance(value, pd.Series):
        values = value.astype(np.float64)
        if like is None or (isinstance(like, pd.Series) and values.index.equals(like.index)):
            return values
        same = isinstance(like, pd.Series) and values.index.symmetric_difference(like.index).empty
        if isinstance(like, pd.Series) and same and values.index.is_unique:
            return values.reindex(like.index)
        msg = (
            "`measure` must give the same entries on every network; on a network at random it gave "
            f"{len(value)} that differ from the {np.size(like)} observed. Measure nodes, or "
            "reindex inside the function."
        )
        raise InputError(msg)
    if isinstance(value, pd.DataFrame) or np.ndim(value) != 0 or isinstance(like, pd.Series):
        msg = f"`measure` must give a number or a Series; found {type(value).__name__}"
        raise InputError(f"{msg}. Pick one column, or stack the table into a Series.")
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        msg = f"`measure` must give a number or a Series; found {value!r}."
        raise InputError(msg) from error


def _compared(observed: Value, draws: npt.NDArray[np.float64]) -> NullComparison:
    value = np.asarray(observed, np.float64)
    table = draws.reshape(len(draws), -1)
    n_valid = (~np.isnan(table)).sum(axis=0)
    # Columns without a number would warn; they stay NaN.
    some, two = n_valid > 0, n_valid > 1
    mean, sd = np.full(table.shape[1], np.nan), np.full(table.shape[1], np.nan)
    low, high = mean.copy(), mean.copy()
    with np.errstate(invalid="ignore"):
        mean[some] = np.nanmean(table[:, some], axis=0)
        sd[two] = np.nanstd(table[:, two], axis=0, ddof=1)
        low[some], high[some] = np.nanquantile(table[:, some], [0.025, 0.975], axis=0)
    # Equal draws differ by rounding: their spread is nothing.
    sd[sd <= 1e-12 * np.abs(mean)] = 0.0
    z = np.full(table.shape[1], np.nan)
    moves = sd > 0
    z[moves] = (np.atleast_1d(value)[moves] - mean[moves]) / sd[moves]
    p = np.atleast_1d(two_sided(value, draws))
    columns = {"mean": mean, "sd": sd, "z": z, "p": p, "low": low, "high": high}
    replicate = pd.RangeIndex(len(draws), name="replicate")
    if isinstance(observed, pd.Series):
        index = observed.index
        series = {name: pd.Series(column, index, name=name) for name, column in columns.items()}
        frame = pd.DataFrame(draws, replicate, index)
        return NullComparison(observed=observed, draws=frame, **series)
    numbers = {name: float(column[0]) for name, column in columns.items()}
    whole = pd.Series(draws, replicate, name="value")
    return NullComparison(observed=observed, draws=whole, **numbers)
