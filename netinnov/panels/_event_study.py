"""Ties of two places before and after an enclave opens between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Annotated, Any

import numpy as np
import pandas as pd
import scipy

from netinnov._network.layer_table import why_untested
from netinnov._runtime.display import Tabled
from netinnov._typing import Confidence, Floats, Is
from netinnov.network import MultilayerNetwork
from netinnov.panels import _tie_effects as ties
from netinnov.panels._tie_effects import CellFit, Effects, PairSample, TieEffect

_DRAWS = 20_000  # of the largest t: a simulation error of 0.002 at p = 0.05


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class DifferenceInDifferences(Tabled):
    """Ties after the opening of an enclave compared with those before and of other pairs.

    Attributes
    ----------
    average : TieEffect
        Mean over all treated pairs and periods from the opening on.
    groups : DataFrame
        The same for each group and, as ``"a - b"``, for the difference of two.
    cells : DataFrame
        The averaged cells: ``group, cohort, event_time, estimate, standard_error, n_treated``.
    confidence : float
        Of the intervals.
    sample : PairSample
        Numbers of pairs used and left out.
    """

    _main = "groups"

    average: TieEffect
    groups: pd.DataFrame
    cells: pd.DataFrame
    confidence: float
    sample: PairSample


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class EventStudy(DifferenceInDifferences):
    """Ties in the periods around the opening of an enclave, against the reference period.

    Attributes
    ----------
    average, groups, cells, confidence, sample
        As in DifferenceInDifferences.
    estimates : DataFrame
        ``event_time`` (periods since the opening), ``estimate, standard_error, low, high``,
        ``n_treated`` (pairs), after ``group`` if `by` is given. 0 and NaN in the reference period.
    pre_trend_p : float
        Joint test that all estimates before the reference period are 0: the largest t against a
        multivariate t with the same correlations (sup-t; Montiel Olea and Plagborg-Moller 2019,
        Journal of Applied Econometrics 34). NaN if there are none.
    """

    _main = "estimates"

    estimates: pd.DataFrame
    pre_trend_p: float


def event_study(
    network: MultilayerNetwork,
    *,
    layer: str,
    openings: pd.DataFrame,
    periods: Sequence[int] | None = None,
    reference: Annotated[int, Is(high=-1, whole=True)] = -1,
    by: str | None = None,
    effects: Effects = "place_period",
    confidence: Confidence = 0.95,
) -> EventStudy:
    """Follow the ties of pairs of places through the opening of an enclave between them.

    Parameters
    ----------
    network : MultilayerNetwork
        A network of places whose links have periods, as `aggregate` makes it.
    layer : str
        The ties, weighted; of a modelled layer p tests no observations, as a warning says.
    openings : DataFrame
        Columns ``home``, ``host`` and ``opened``, one row an enclave, as from `enclave_openings`. A
        place that is not a node counts as the node that contains it. Of several enclaves of a pair
        the first counts; in a directed layer both directions are treated.
    periods : sequence of int, optional
        The periods of the panel, one step of event time each; default as in `measure_panel`.
    reference : int
        Event time of the reference period; below -1 if ties may respond before the opening.
    by : str, optional
        A column of `openings`, such as ``direction``, whose groups have effects of their own.
    effects : {"place_period", "period"}
        Fixed effects besides those of pairs: of either place in each period, or of periods only.
    confidence : float
        Of the intervals.

    Returns
    -------
    EventStudy
        Differences in the logarithm of the expected tie; NaN and a warning if all of a cell are 0.

    Raises
    ------
    InputError
        Periods without a link, `openings` that cannot be matched, no pair that is treated inside
        the panel or none that is a control, or effects that the fixed effects absorb.
    ImportError
        The package pyfixest is not installed.

    Notes
    -----
    E(y_ijt) = exp(a_it + b_jt + m_ij + d_ge), with d for each cohort g (the pairs of one opening
    period) and event time e, by Poisson pseudo maximum likelihood over all pairs: the extended
    two-way estimator of Wooldridge (2023, Econometrics Journal 26) and Nagengast and Yotov (2025,
    AEJ: Applied Economics 17), with cells before the opening. Estimates are means of d over
    cohorts, weighted by pairs: see ``n_treated``. Controls are pairs without an enclave in the
    panel; pairs with an older one are left out.

    d is the effect of the enclave *if*, without it, the ties of the pair would have grown from the
    reference period on by the factor that a and b give (parallel trends in ratios), if ties did not
    respond before that, and if the enclave did not change the ties of other pairs. ``pre_trend_p``
    can reject the first two, not confirm them.

    Standard errors leave out one pair at a time (CR3; MacKinnon, Nielsen and Webb 2023, Journal of
    Applied Econometrics 38); that of a cell of one pair is too small. Fixed effects leave a bias
    that vanishes as places grow in number.

    Examples
    --------
    >>> rows = [("a", "b", 10, 2), ("a", "b", 40, 3), ("a", "c", 10, 2), ("a", "c", 20, 3)]
    >>> links = pd.DataFrame(rows, columns=["source", "target", "weight", "period"])
    >>> parks = pd.DataFrame({"home": ["a"], "host": ["b"], "opened": [3]})
    >>> options = {"layer": "links", "openings": parks, "effects": "period"}
    >>> round(event_study(ni.build_network(links), **options).average.factor, 6)  # 40/10 / (20/10)
    2.0
    """
    pairs = ties.linked_pairs(network, layer, periods)
    why_untested(network.storage.records, [layer])
    fit = ties.fit(pairs, ties.treatment_of(pairs, openings, network, by), reference, effects)
    estimates, weights = _by_event_time(fit, reference, confidence)
    before = (estimates["event_time"] < reference).to_numpy()
    variance = weights[before] @ np.nan_to_num(fit.variance) @ weights[before].T
    p = _joint_p(estimates["estimate"].to_numpy()[before], variance, fit.degrees)
    estimates = estimates if by else estimates.drop(columns="group")
    return EventStudy(*_results(fit, confidence), estimates, p)


def difference_in_differences(
    network: MultilayerNetwork,
    *,
    layer: str,
    openings: pd.DataFrame,
    periods: Sequence[int] | None = None,
    by: str | None = None,
    effects: Effects = "place_period",
    confidence: Confidence = 0.95,
) -> DifferenceInDifferences:
    """Compare the change of ties at the opening of enclaves with the change of other ties.

    The model of `event_study` with all periods before the opening as the reference: more precise,
    and it assumes parallel trends in all of them. Pairs are controls until their enclave opens.

    Parameters
    ----------
    network, layer, openings, periods, by, effects, confidence
        As in `event_study`, errors and warnings too.

    Returns
    -------
    DifferenceInDifferences
        Effects are differences in the logarithm of the expected tie.

    Examples
    --------
    >>> rows = [("a", "b", 10, 2), ("a", "b", 40, 3), ("a", "c", 10, 2), ("a", "c", 20, 3)]
    >>> links = pd.DataFrame(rows, columns=["source", "target", "weight", "period"])
    >>> parks = pd.DataFrame({"home": ["a"], "host": ["b"], "opened": [3]})
    >>> options = {"layer": "links", "openings": parks, "effects": "period"}
    >>> round(difference_in_differences(ni.build_network(links), **options).average.factor, 6)
    2.0
    """
    pairs = ties.linked_pairs(network, layer, periods)
    why_untested(network.storage.records, [layer])
    fit = ties.fit(pairs, ties.treatment_of(pairs, openings, network, by), None, effects)
    return DifferenceInDifferences(*_results(fit, confidence))


def _results(fit: CellFit, confidence: float) -> tuple[TieEffect, Any, Any, float, PairSample]:
    """Among them the mean effect after the opening: of all, each group, and between two of them."""
    group = fit.table["group"].to_numpy()
    after = fit.table["event_time"].to_numpy() >= 0
    names = pd.unique(group)
    weights = dict(zip(names, ties.shares(fit, after & (group == names[:, None])), strict=True))
    for one, two in combinations(names, 2):
        weights[f"{one} - {two}"] = weights[one] - weights[two]
    groups = ties.means(fit, np.array([*weights.values()]), confidence)
    groups.index = pd.Index(weights, name="group")
    average = TieEffect(*ties.means(fit, ties.shares(fit, after[None]), confidence).iloc[0])
    return average, groups, fit.table, float(confidence), fit.sample


def _by_event_time(fit: CellFit, reference: int, confidence: float) -> tuple[pd.DataFrame, Floats]:
    table = fit.table
    key = ["group", "event_time"]
    times = table.groupby(key, as_index=False)["n_treated"].sum()
    # All have the reference period, and that of the opening.
    zero = times[times["event_time"] == 0].assign(event_time=reference)
    times = pd.concat([times, zero]).sort_values(key, ignore_index=True)
    same = (times[key].to_numpy()[:, None] == table[key].to_numpy()).all(axis=2)
    weights = ties.shares(fit, same)
    numbers = ties.means(fit, weights, confidence).drop(columns="p")
    numbers.loc[times["event_time"] == reference, "estimate"] = 0.0
    return pd.concat([times[key], numbers, times["n_treated"]], axis=1), weights


def _joint_p(mean: Floats, variance: Floats, degrees: int) -> float:
    """Sup-t p-value that all means are 0, given their correlations."""
    error = np.sqrt(np.maximum(np.diag(variance), 0.0))
    if not mean.size or np.isnan(mean).any() or not (error > 0).all():
        return np.nan
    shape = variance / np.outer(error, error)
    law = scipy.stats.multivariate_t(None, shape, degrees, allow_singular=True)
    drawn = law.rvs(_DRAWS, np.random.default_rng(0)).reshape(_DRAWS, -1)
    k = int((np.abs(drawn).max(axis=1) >= np.abs(mean / error).max()).sum())
    return (k + 1) / (_DRAWS + 1)
