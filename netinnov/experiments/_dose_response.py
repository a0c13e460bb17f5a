"""How much is enough: effects at several doses, with a fitted threshold or saturation."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any, Literal, cast

import numpy as np
import pandas as pd
from scipy.optimize import isotonic_regression

from netinnov._arguments import check_choice, check_number
from netinnov._typing import Floats, Rng
from netinnov.errors import InputError
from netinnov.experiments._comparison import compare_scenarios
from netinnov.experiments._effects import ExperimentResult
from netinnov.experiments._replicates import BASELINE, Measure
from netinnov.network import MultilayerNetwork
from netinnov.scenarios import NoChange, Scenario

__all__ = ["DoseResponse", "dose_response"]

Shape = Literal["threshold", "saturation"]

_NO_CHANGE = NoChange()
_BREAKS = 200
"""Candidate breaks: a grid over the doses, besides the doses themselves."""


@dataclass(frozen=True, eq=False, slots=True)
class DoseResponse:
    """Effects at several doses.

    Attributes
    ----------
    result : ExperimentResult
        The experiment: each dose is a scenario, named by its number.
    doses : DataFrame
        Index ``scenario``, column ``dose``.
    """

    result: ExperimentResult
    doses: pd.DataFrame

    def table(self) -> pd.DataFrame:
        """Give the effects with their dose.

        Returns
        -------
        DataFrame
            As `ExperimentResult.effects`, with ``dose`` in front of the other columns, and
            ``monotone``: the non-decreasing curve that is nearest to the differences of a measure
            and node by least squares (isotonic regression), or the non-increasing one where that
            is nearer.
        """
        effects = self.result.effects()
        effects.insert(0, "dose", effects["scenario"].map(self.doses["dose"]))
        effects["monotone"] = np.nan
        for _, rows in effects.groupby(["measure", "node"], observed=True, dropna=False):
            defined = rows.dropna(subset="difference").sort_values("dose")
            if len(defined):
                fit = _monotone(defined["difference"].to_numpy(np.float64))
                effects.loc[defined.index, "monotone"] = fit
        return effects

    def fit(
        self,
        measure: str,
        *,
        node: str | None = None,
        shape: Shape = "saturation",
        level: float = 0.95,
        resamples: int = 1000,
        rng: Rng = None,
    ) -> pd.Series:
        """Fit where the effect begins, or ends to grow.

        Parameters
        ----------
        measure : str
            Which one.
        node : str, optional
            Of which node, if the measure gives one value a node.
        shape : {"saturation", "threshold"}
            A straight line that becomes flat at a dose, or one that is flat up to it.
        level : float
            Of the intervals, above 0 and below 1.
        resamples : int
            Bootstrap samples.
        rng : None, int, SeedSequence or Generator
            Source of the resampling.

        Returns
        -------
        Series
            ``break``, the dose at which the line bends, with ``break_low`` and ``break_high``;
            ``slope`` of the part that is not flat, and ``plateau``, the difference on the flat
            one, each with its interval; ``gain``, the part of the squared error of a straight line
            through all doses that the bend takes away: near 0 there is none, and the interval
            is wide; ``at_edge``, the share of samples with the break at the first or last dose,
            where the data say no more than "not inside".

        Raises
        ------
        InputError
            The measure or node is not there, or fewer than four doses have a defined effect.

        Notes
        -----
        Least squares over the means at the doses; the break is sought on a grid of 200 doses from
        the lowest to the highest, and at the doses. The intervals are percentiles over samples
        of replicates with replacement. Replicates with one number share their random numbers, so
        whole replicates are drawn, all doses together. They hold Monte Carlo error only, as the
        doses are what they are.

        References
        ----------
        Muggeo (2003), Estimating regression models with unknown break-points, Statistics in
        Medicine 22. Efron and Tibshirani (1993), An introduction to the bootstrap.
        """
        rng = np.random.default_rng(rng)
        check_choice("shape", shape, Shape)
        check_number("level", level, low=0, high=1, above=True)
        check_number("resamples", resamples, low=2)
        dose, change = self._differences(measure, node)
        grid = np.union1d(dose, np.linspace(dose[0], dose[-1], _BREAKS))
        bend = np.minimum if shape == "saturation" else np.maximum
        basis = bend(dose, grid[:, None])
        n = change.shape[1]
        draws = [np.arange(n), *rng.integers(n, size=(resamples, n))]
        means = np.stack([_means(change[:, draw]) for draw in draws])
        fits = _segmented(means[np.isfinite(means).all(axis=1)], dose, basis, grid)
        low, high = np.quantile(fits[1:], [(1 - level) / 2, (1 + level) / 2], axis=0)
        found: dict[str, float] = {}
        for at, name in enumerate(("break", "slope", "plateau")):
            found |= {name: fits[0, at], f"{name}_low": low[at], f"{name}_high": high[at]}
        found["gain"] = fits[0, 3]
        found["at_edge"] = float(np.isin(fits[1:, 0], grid[[0, -1]]).mean())
        return pd.Series(found, name=shape)

    def _differences(self, measure: str, node: str | None) -> tuple[Floats, Floats]:
        """Doses in ascending order and the differences, dose x replicate."""
        table = self.result.replicates
        here = table["measure"].eq(measure).to_numpy(bool)
        at = table["node"].isna() if node is None else table["node"].eq(node)
        rows = table[here & at.to_numpy(bool, na_value=False)]
        if not len(rows):
            known = table["measure"].cat.categories.tolist()
            msg = f"there is no measure {measure!r} of node {node!r}; measures are {known[:5]}"
            raise InputError(f"{msg}, and `node` is for those with a value a node only.")
        by = rows.pivot_table(
            index="scenario", columns="replicate", values="value", observed=True, dropna=False
        )
        by.index = by.index.astype("str")
        before = by.loc[BASELINE].to_numpy(np.float64)
        start = before if np.isfinite(before).sum() > 1 else before[0]
        ordered = self.doses.sort_values("dose")
        change = by.loc[ordered.index].to_numpy(np.float64) - start
        defined = np.isfinite(change).any(axis=1)
        if defined.sum() < 4:
            msg = f"a bend needs four doses with a defined effect; there are {defined.sum()}"
            raise InputError(f"{msg}.")
        # Where nothing is random a dose was measured once, and counts in each sample.
        once = rows.groupby("scenario", observed=True)["replicate"].size()
        once.index = once.index.astype("str")
        single = (once.loc[ordered.index] == 1).to_numpy() & (np.isfinite(before).sum() == 1)
        change[single] = change[single, :1]
        return ordered["dose"].to_numpy(np.float64)[defined], change[defined]


def dose_response(
    network: MultilayerNetwork,
    *,
    make: Callable[[float], Scenario],
    doses: Sequence[float],
    measures: Mapping[str, Measure],
    baseline: Scenario = _NO_CHANGE,
    replicates: int = 200,
    rng: Rng = None,
    executor: Executor | int | None = None,
    progress: bool = True,
    checkpoint: str | os.PathLike[str] | None = None,
) -> DoseResponse:
    """Measure the effects of more and more of a policy.

    Parameters
    ----------
    network : MultilayerNetwork
        Where all scenarios start.
    make : function
        Gives the scenario of a dose, such as ``lambda size: ReverseEnclave(home, host, size,
        0.5)``: of a number of parks, their size, a share of pipelines, openness.
    doses : sequence of float
        Different numbers, two or more; `fit` needs four.
    measures, baseline, replicates, rng, executor, progress, checkpoint
        As in `compare_scenarios`.

    Returns
    -------
    DoseResponse
        ``.table()`` and ``.fit(measure, shape=...)``.

    Raises
    ------
    InputError
        Doses that are fewer, alike or no numbers; and as in `compare_scenarios`.

    Notes
    -----
    Replicate number r of all doses starts from the same generator, so the curve is smoother than
    its points are sure: compare doses within replicates.

    Examples
    --------
    >>> import netinnov as ni
    >>> cities = ni.datasets.make_city_system(n_cities=8, rng=1)
    >>> home, host = cities.places.index[[-1, 0]]
    >>> found = dose_response(
    ...     cities,
    ...     make=lambda size: ni.scenarios.DirectLinks(home, host, int(size), funding="new"),
    ...     doses=[1, 2, 3, 4],
    ...     measures={"strength": ni.centrality.overlapping_strength},
    ...     replicates=2,
    ...     rng=1,
    ...     progress=False,
    ... )
    >>> found.table().query("node == @home")["difference"].is_monotonic_increasing
    True
    """
    given = list(doses)
    for dose in given:
        check_number("doses", dose)
    if len(given) < 2 or len(set(given)) < len(given):
        raise InputError(f"`doses` must be two or more different numbers; found {given[:10]}.")
    if not callable(make):
        raise InputError(f"`make` must be a function from a dose to a scenario; found {make!r}.")
    names = [f"{cast(Any, dose):.12g}" for dose in given]
    if len(set(names)) < len(names):
        raise InputError(f"`doses` must differ in their first 12 digits; found {given[:10]}.")
    result = compare_scenarios(
        network,
        scenarios={name: make(dose) for name, dose in zip(names, given, strict=True)},
        measures=measures,
        baseline=baseline,
        replicates=replicates,
        rng=rng,
        executor=executor,
        progress=progress,
        checkpoint=checkpoint,
    )
    index = pd.Index(names, name="scenario")
    return DoseResponse(result, pd.DataFrame({"dose": np.asarray(given, np.float64)}, index=index))


def _means(change: Floats) -> Floats:
    """Mean of each row without what is undefined; NaN if all of it is."""
    known = np.isfinite(change)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(known, change, 0.0).sum(axis=1) / known.sum(axis=1), np.float64)


def _monotone(values: Floats) -> Floats:
    """Give the nearer of the non-decreasing and the non-increasing curve."""
    curves = [
        np.asarray(isotonic_regression(values, increasing=up).x, np.float64) for up in (True, False)
    ]
    errors = [((curve - values) ** 2).sum() for curve in curves]
    return curves[int(errors[1] < errors[0])]


def _segmented(means: Floats, dose: Floats, basis: Floats, grid: Floats) -> Floats:
    """Break, slope, plateau and gain of each row of means, by least squares over the grid."""
    centred = means - means.mean(axis=1, keepdims=True)
    bent = basis - basis.mean(axis=1, keepdims=True)
    scale = (bent**2).sum(axis=1)
    # A line that is flat at all doses has no slope.
    usable = scale > 1e-12 * ((dose - dose.mean()) ** 2).sum()
    with np.errstate(invalid="ignore", divide="ignore"):
        slope = np.where(usable, centred @ bent.T / scale, 0.0)
    total = (centred**2).sum(axis=1, keepdims=True)
    error = total - slope**2 * scale
    best = error.argmin(axis=1)
    rows = np.arange(len(means))
    best_slope = slope[rows, best]
    plateau = means.mean(axis=1) + best_slope * (grid[best] - basis.mean(axis=1)[best])
    line = dose - dose.mean()
    straight = total[:, 0] - (centred @ line) ** 2 / (line @ line)
    left = error[rows, best]
    small = straight <= 1e-12 * np.maximum(total[:, 0], 1e-300)
    gain = np.where(small, 0.0, 1 - left / np.where(small, 1.0, straight))
    return np.column_stack([grid[best], best_slope, plateau, gain])
