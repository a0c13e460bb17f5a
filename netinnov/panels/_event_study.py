"""Ties of two places before and after an enclave opens between them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Annotated, TypeAlias

import numpy as np
import pandas as pd

from netinnov._network.significance import why_untested
from netinnov._runtime.display import Displayed, Tabled
from netinnov._typing import Confidence, Floats, Is
from netinnov.network import MultilayerNetwork
from netinnov.panels._openings import linked_pairs, treatment_of
from netinnov.panels._tie_effects import (
    CellFit,
    Effects,
    PairSample,
    TieEffect,
    fit_cells,
    means,
    shares,
)

Before: TypeAlias = Annotated[int, Is(high=-1, whole=True)]

_DRAWS = 20_000  # of the largest t: a simulation error of 0.002 at p = 0.05


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class DifferenceInDifferences(Displayed):
    """Ties after the opening of an enclave compared with those before and of other pairs.

    Attributes
    ----------
    average : TieEffect
        Mean over all treated pairs and periods from the opening on.
    groups : DataFrame
        The same for each group and, as ``"a - b"``, for the difference of two.
    cells : DataFrame
        The averaged cells: ``group, cohort, event_time, estimate, standard_error, n_treated``.
    confidence, effects : float, str
        As asked for.
    sample : PairSample
        Numbers of pairs used and left out.
    """

    average: TieEffect
    groups: pd.DataFrame
    cells: pd.DataFrame
    confidence: float
    effects: Effects
    sample: PairSample

    def to_frame(self) -> pd.DataFrame:
        """Give the average with its interval and the sample as one row.

        Returns
        -------
        DataFrame
        """
        return pd.DataFrame([{**asdict(self.average), **asdict(self.sample)}])


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class EventStudy(Tabled, DifferenceInDifferences):
    """Ties in the periods around the opening of an enclave, against the reference period.

    Attributes
    ----------
    average, groups, cells, confidence, effects, sample
        As in DifferenceInDifferences.
    estimates : DataFrame
        ``event_time`` (periods since the opening), ``estimate, standard_error, low, high``,
        ``n_treated`` (pairs), after ``group`` if `by` is given. 0 and NaN in the reference period.
    pre_trend_p : float
        P of the joint test that all estimates before the reference period are 0 (sup-t); NaN if
        there are none. A large value does not prove equal trends (Roth 2022).
    reference : int
        Event time of the reference period.
    """

    _main = "estimates"

    estimates: pd.DataFrame
    pre_trend_p: float
    reference: int


def event_study(
    network: MultilayerNetwork,
    *,
    layer: str,
    openings: pd.DataFrame,
    periods: Sequence[int] | None = None,
    reference: Before = -1,
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
        The ties, weighted; weights need not be whole numbers.
    openings : DataFrame
        Columns ``home``, ``host`` and ``opened``, one row an enclave, as from `enclave_openings`. A
        place that is not a node counts as the node that contains it. Of several enclaves of a pair
        the first counts; in a directed layer both directions are treated.
    periods : sequence of int, optional
        The periods of the panel. Default: every whole number from the first with a link to the
        last. Event times count these periods, so that 5 years is 1 where they lie 5 years apart.
    reference : int
        The event time of the reference period, below 0: -1 is the period before the opening;
        choose an earlier one if ties may respond before it.
    by : str, optional
        A column of ``openings`` whose values define groups with separate effects, such as
        ``"direction"`` (forward and reverse enclaves).
    effects : {"place_period", "period"}
        Fixed effects besides those of pairs: of either place in each period, or of periods only.
    confidence : float
        Of the intervals.

    Returns
    -------
    EventStudy
        Differences in the logarithm of the expected tie; NaN where all ties of a cell are 0.

    Raises
    ------
    InputError
        Periods without a link, ``openings`` that cannot be matched, no pair that is treated inside
        the panel or none that is a control, or effects that the fixed effects absorb.
    ImportError
        The package pyfixest is not installed.

    Warns
    -----
    UserWarning
        Cells without a finite estimate, links without a period, or a modelled layer
        (`MultilayerNetwork.layer_table`), whose p does not test observations.

    See Also
    --------
    difference_in_differences : One number, against all periods before.

    Notes
    -----
    E(y_ijt) = exp(a_it + b_jt + m_ij + sum over g, e of d_ge [i and j have an enclave since g and t
    - g = e]) by Poisson pseudo maximum likelihood over all pairs, also those with a tie of 0: the
    extended two-way estimator of Wooldridge (2023) and Nagengast and Yotov (2025), with the periods
    before the opening as further cells: an effect for each cohort (the pairs of one opening period)
    at each event time, then means over cohorts weighted by pairs. a and b (the same in an
    undirected layer) absorb what makes a place better linked in a period, m what is constant
    between two places. Controls are pairs that have no enclave in the panel; enclaves that opened
    earlier are none. A pair is treated to the end. Means over event times far from 0 are of other
    cohorts than those near it: see ``n_treated``.

    d is the effect of the enclave *if*, without it, the ties of the pair would have grown from the
    reference period on by the factor that a and b give (parallel trends in ratios, not in
    differences), if ties did not respond before the reference period, and if the enclave did not
    change the ties of other pairs. The data can reject the first two (``pre_trend_p``), not confirm
    them. That test compares the largest t before the reference period with draws (of a fixed seed)
    of a multivariate t with the same correlations (Montiel Olea and Plagborg-Moller 2019).

    Standard errors take pairs as independent: they leave out one pair at a time (CR3; MacKinnon,
    Nielsen and Webb 2023). A cell of one pair has no estimate without it, so that its error is too
    small. Three sets of fixed effects leave a bias that vanishes as places grow in number.

    References
    ----------
    MacKinnon, Nielsen and Webb (2023), Journal of Applied Econometrics 38, 671. Montiel Olea and
    Plagborg-Moller (2019), Journal of Applied Econometrics 34, 1. Nagengast and Yotov (2025),
    American Economic Journal: Applied Economics 17(1), 271. Roth (2022), American Economic Review:
    Insights 4, 305. Wooldridge (2023), The Econometrics Journal 26, C31.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [("a", "b", 10, 2), ("a", "b", 40, 3), ("a", "c", 10, 2), ("a", "c", 20, 3)]
    >>> links = pd.DataFrame(rows, columns=["source", "target", "weight", "period"])
    >>> network = MultilayerNetwork(pd.DataFrame(index=list("abc")), links)
    >>> parks = pd.DataFrame({"home": ["a"], "host": ["b"], "opened": [3]})
    >>> study = event_study(network, layer="links", openings=parks, effects="period")
    >>> round(study.average.factor, 6)  # (40 / 10) / (20 / 10)
    2.0
    """
    pairs = linked_pairs(network, layer, periods, "event_study")
    why_untested(network, [layer])
    treatment = treatment_of(pairs, openings, network, by=by)
    fit = fit_cells(pairs, treatment, reference, effects, "event_study")
    estimates, weights = _by_event_time(fit, reference, confidence)
    p = _joint_p(fit, weights[estimates["event_time"].to_numpy() < reference])
    estimates = estimates if by else estimates.drop(columns="group")
    return EventStudy(*_results(fit, confidence, effects), estimates, p, reference)


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
        As in `event_study`.

    Returns
    -------
    DifferenceInDifferences
        Effects are differences in the logarithm of the expected tie.

    Raises
    ------
    InputError, ImportError
        As `event_study`, which warns of the same, too.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [("a", "b", 10, 2), ("a", "b", 40, 3), ("a", "c", 10, 2), ("a", "c", 20, 3)]
    >>> links = pd.DataFrame(rows, columns=["source", "target", "weight", "period"])
    >>> network = MultilayerNetwork(pd.DataFrame(index=list("abc")), links)
    >>> parks = pd.DataFrame({"home": ["a"], "host": ["b"], "opened": [3]})
    >>> did = difference_in_differences(network, layer="links", openings=parks, effects="period")
    >>> round(did.average.factor, 6)
    2.0
    """
    function = "difference_in_differences"
    pairs = linked_pairs(network, layer, periods, function)
    why_untested(network, [layer])
    treatment = treatment_of(pairs, openings, network, by=by)
    fit = fit_cells(pairs, treatment, None, effects, function)
    return DifferenceInDifferences(*_results(fit, confidence, effects))


def _results(
    fit: CellFit, confidence: float, effects: Effects
) -> tuple[TieEffect, pd.DataFrame, pd.DataFrame, float, Effects, PairSample]:
    """Among them the mean effect after the opening: of all, each group, and between two of them."""
    group, after = fit.table["group"].to_numpy(), fit.table["event_time"].to_numpy() >= 0
    names = pd.unique(group)
    weights = dict(zip(names, shares(fit, after & (group == names[:, None])), strict=True))
    for one, two in combinations(names, 2):
        weights[f"{one} - {two}"] = weights[one] - weights[two]
    groups = means(fit, np.array([*weights.values()]), confidence)
    groups.index = pd.Index(weights, name="group")
    average = TieEffect(*means(fit, shares(fit, after[None]), confidence).iloc[0])
    return average, groups, fit.table, float(confidence), effects, fit.sample


def _by_event_time(fit: CellFit, reference: int, confidence: float) -> tuple[pd.DataFrame, Floats]:
    table, key = fit.table, ["group", "event_time"]
    times = table.groupby(key, as_index=False)["n_treated"].sum()
    # All have the reference period, and that of the opening.
    zero = times[times["event_time"] == 0].assign(event_time=reference)
    times = pd.concat([times, zero]).sort_values(key, ignore_index=True)
    same = (times[key].to_numpy()[:, None] == table[key].to_numpy()).all(axis=2)
    weights = shares(fit, same)
    numbers = means(fit, weights, confidence).drop(columns="p")
    numbers.loc[times["event_time"] == reference, "estimate"] = 0.0
    return pd.concat([times[key], numbers, times["n_treated"]], axis=1), weights


def _joint_p(fit: CellFit, weights: Floats) -> float:
    """Sup-t p-value that all means are 0, given their correlations."""
    if not len(weights):
        return math.nan
    estimate, used = fit.table["estimate"].to_numpy(), (weights != 0).any(axis=0)
    w = weights[:, used]
    mean = w @ estimate[used]
    variance = w @ fit.variance[np.ix_(used, used)] @ w.T
    error = np.sqrt(np.maximum(np.diag(variance), 0.0))
    if np.isnan(mean).any() or not (error > 0).all():
        return math.nan
    rng = np.random.default_rng(0)  # the same data give the same p
    law = np.zeros(mean.size), variance / np.outer(error, error)
    normal = rng.multivariate_normal(*law, _DRAWS, method="eigh", check_valid="ignore")
    free = max(fit.sample.n_clusters - 1, 1)
    scale = np.sqrt(rng.chisquare(free, _DRAWS) / free)
    largest = np.abs(normal).max(axis=1) / scale
    k = int((largest >= np.abs(mean / error).max()).sum())
    return (k + 1) / (_DRAWS + 1)
