"""ATT(g, t) of Callaway and Sant'Anna (2021): sums, influence functions, intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from scipy.stats import chi2, norm

from netinnov._runtime.display import Tabled
from netinnov._typing import Floats, Mask
from netinnov.errors import InputError

Controls = Literal["not_yet", "never"]

STATISTICS = ["estimate", "standard_error", "low", "high"]
_MULTIPLIERS = 999  # draws for simultaneous bands


@dataclass(frozen=True, slots=True, repr=False)
class Evaluation(Tabled):
    """Effects of openings on places: see `evaluate_openings`.

    Attributes
    ----------
    average : DataFrame
        One row (one a group with ``by``): ``estimate``, ``standard_error``, ``low``, ``high``,
        ``p``: the mean effect over all cohorts and periods since their opening, weighted by the
        number of places of the cohort.
    cells : DataFrame
        ``cohort``, ``period``, the same but p, ``n_treated``, ``n_controls``: ATT(g, t).
    dynamic, groups, calendar : DataFrame
        The same by ``event_time`` (periods since the opening), ``cohort`` and ``period``;
        ``dynamic`` also has the simultaneous band ``band_low``, ``band_high``.
    overall : DataFrame
        Rows ``dynamic``, ``groups``, ``calendar``: the mean of each (see Notes there).
    pre_trend_p : float
        Wald test that all effects before the opening are zero; NaN where there are none, or too
        many for the number of places. It rejects far too often where few places open at a time:
        there the bands of `dynamic` before the opening say more.
    breakdown : float
        Largest multiple of the worst change before the opening, repeated in every period since,
        at which the interval of the mean over event times is still on one side of 0; 0 where it
        is on none, NaN without effects before the opening.
    permutation_p : float
        Two-sided p of the average among opening dates drawn again, without those that leave no
        controls; NaN without permutations.
    confidence : float
        Of the intervals and bands.
    left_out : int
        Places that opened in the first period or before, or at a date that is not known.
    elsewhere : int
        Places of the openings that are not in the panel: other places, or other names.
    difference : DataFrame or None
        With ``by``: ``first``, ``second``, and the difference of their averages.
    spillover : Evaluation or None
        With ``network``: the effect of exposure on places that never opened; None where none of
        them is exposed.
    """

    _main = "dynamic"

    average: pd.DataFrame
    cells: pd.DataFrame
    dynamic: pd.DataFrame
    groups: pd.DataFrame
    calendar: pd.DataFrame
    overall: pd.DataFrame
    pre_trend_p: float
    breakdown: float
    permutation_p: float
    confidence: float
    left_out: int
    elsewhere: int = 0
    difference: pd.DataFrame | None = None
    spillover: Evaluation | None = None


class Panel(NamedTuple):
    places: pd.Index[str]
    periods: npt.NDArray[np.int64]
    outcome: Floats  # places x periods
    opened: Floats  # period of the opening; inf: never

    def of(self, kept: Mask) -> Panel:
        return Panel(self.places[kept], self.periods, self.outcome[kept], self.opened[kept])


class Effects(NamedTuple):
    """Estimates and their influence functions, a row an estimate and a column a place."""

    estimate: Floats
    influence: Floats
    treated: Mask
    controls: Mask

    def where(self, mask: Mask) -> Effects:
        return Effects._make(each[mask] for each in self)


class Cells(NamedTuple):
    """ATT(g, t) for each cohort g and period t that have a base and controls."""

    cohort: npt.NDArray[np.int64]
    period: npt.NDArray[np.int64]
    effects: Effects

    @property
    def since(self) -> Mask:
        return self.period >= self.cohort


@dataclass(frozen=True, slots=True)
class Rules:
    controls: Controls
    anticipation: int
    confidence: float
    clean: float
    shares: sparse.csr_array | None  # of the link weight of each place that leads to each other

    def exposed(self, data: Panel, opened: Floats) -> Mask:
        """Places x periods: whether links lead to places that have opened by then."""
        if self.shares is None:
            return np.zeros(data.outcome.shape, bool)
        led: Floats = self.shares @ (opened[:, None] <= data.periods).astype(np.float64)
        return led > self.clean + 1e-12


def cells_of(
    data: Panel, exposed: Mask, rules: Rules, *, of: Mask | None = None, since: bool = False
) -> Cells:
    """All ATT(g, t) that have a base and controls.

    `of`: the places whose openings are evaluated; `since`: only periods from the opening on.
    """
    periods, opened, n = data.periods, data.opened, data.opened.size
    evaluated = np.isfinite(opened) if of is None else np.isfinite(opened) & of
    keys, rows = [], []
    bases = {
        cohort: before[-1]
        for cohort in np.unique(opened[evaluated])
        if (before := np.flatnonzero(periods < cohort - rules.anticipation)).size
    }
    if not bases:
        wait = f" + {rules.anticipation} (`anticipation`)" if rules.anticipation else ""
        msg = f"a place must open after {periods[0]}{wait} and by {periods[-1]}; none does."
        raise InputError(msg)
    for cohort, base in bases.items():
        treated = evaluated & (opened == cohort)
        for at in range(1, periods.size):
            if periods[at] < cohort and since:
                continue
            if rules.controls == "never":
                others = np.isinf(opened)
            else:
                others = (opened > periods[at] + rules.anticipation) & (opened != cohort)
            others = others & ~exposed[:, at]
            if not others.any():
                continue
            change = (
                data.outcome[:, at] - data.outcome[:, base if periods[at] >= cohort else at - 1]
            )
            first, second = change[treated].mean(), change[others].mean()
            influence = np.where(treated, (change - first) * n / treated.sum(), 0.0)
            influence -= np.where(others, (change - second) * n / others.sum(), 0.0)
            keys.append((int(cohort), periods[at]))
            rows.append((first - second, influence, treated, others))
    if not any(period >= cohort for cohort, period in keys):
        never = np.isinf(opened)
        clean = int((never & ~exposed.any(axis=1)).sum())
        msg = f"no controls are left in any period after an opening: of {never.sum():,} places "
        msg += f"that never open {clean:,} are never exposed (`clean`={rules.clean:g}); take a "
        raise InputError(f"{msg}larger `clean`, or more places that never open.")
    cohort, period = np.array(keys).T
    return Cells(cohort, period, Effects(*map(np.array, zip(*rows, strict=True))))


def mean_by(key: npt.NDArray[np.int64], effects: Effects, *, plain: bool = False) -> Effects:
    """Mean of the rows of each key, sorted: weighted by treated places, whose share is estimated.

    Or `plain`, without weights.
    """
    means = []
    for each in np.unique(key):
        estimate, influence, treated, controls = effects.where(key == each)
        share = np.ones(estimate.size) if plain else treated.mean(axis=1)
        weight = share / share.sum()
        total = weight @ influence
        if not plain:
            slope = (treated - share[:, None]) / share.sum()
            total += estimate @ (slope - weight[:, None] * slope.sum(axis=0))
        means.append((weight @ estimate, total, treated.any(axis=0), controls.any(axis=0)))
    return Effects(*map(np.array, zip(*means, strict=True)))


def mean_of(effects: Effects, *, plain: bool = False) -> Effects:
    return mean_by(np.zeros(effects.estimate.size, np.int64), effects, plain=plain)


def table_of(effects: Effects, confidence: float, **keys: npt.NDArray[np.int64]) -> pd.DataFrame:
    error = np.sqrt((effects.influence**2).sum(axis=1)) / effects.influence.shape[1]
    half = norm.ppf((1 + confidence) / 2) * error
    estimate = effects.estimate
    ends = estimate, error, estimate - half, estimate + half
    numbers = dict(zip(STATISTICS, ends, strict=True))
    n_treated, n_controls = effects.treated.sum(axis=1), effects.controls.sum(axis=1)
    return pd.DataFrame({**keys, **numbers, "n_treated": n_treated, "n_controls": n_controls})


def evaluation_of(
    cells: Cells, rules: Rules, rng: np.random.Generator, *, left_out: int = 0
) -> Evaluation:
    cohort, period, effects = cells
    since, event = cells.since, period - cohort
    after = effects.where(since)
    by_event = mean_by(event, effects)
    by_cohort = mean_by(cohort[since], after, plain=True)
    by_period = mean_by(period[since], after)
    table = partial(table_of, confidence=rules.confidence)
    dynamic = table(by_event, event_time=np.unique(event))
    dynamic[["band_low", "band_high"]] = _band(by_event, rules, rng)
    means = {
        "dynamic": mean_of(by_event.where(np.unique(event) >= 0), plain=True),
        "groups": mean_of(by_cohort),
        "calendar": mean_of(by_period, plain=True),
    }
    overall = table(Effects(*map(np.concatenate, zip(*means.values(), strict=True))))
    overall = overall.set_axis(list(means))[STATISTICS]
    return Evaluation(
        average=average_of(mean_of(after), rules.confidence),
        cells=table(effects, cohort=cohort, period=period),
        dynamic=dynamic,
        groups=table(by_cohort, cohort=np.unique(cohort[since])),
        calendar=table(by_period, period=np.unique(period[since])),
        overall=overall,
        pre_trend_p=_pre_trend(effects.where(period < cohort - rules.anticipation)),
        breakdown=_breakdown(dynamic, overall.iloc[0], rules.anticipation),
        permutation_p=math.nan,
        confidence=rules.confidence,
        left_out=left_out,
    )


def average_of(effect: Effects, confidence: float) -> pd.DataFrame:
    table = table_of(effect, confidence)[STATISTICS]
    with np.errstate(divide="ignore", invalid="ignore"):
        return table.assign(p=2 * norm.sf(np.abs(table["estimate"] / table["standard_error"])))


def _band(effects: Effects, rules: Rules, rng: np.random.Generator) -> Floats:
    """Simultaneous over all rows, by Rademacher multipliers of the influence functions."""
    influence, n = effects.influence, effects.influence.shape[1]
    error = np.sqrt((influence**2).sum(axis=1)) / n
    sound = error > 0
    signs = rng.choice([-1.0, 1.0], (_MULTIPLIERS, n))
    most = np.abs(signs @ (influence[sound] / n / error[sound, None]).T).max(axis=1, initial=0.0)
    half = np.quantile(most, rules.confidence) * error
    return np.column_stack([effects.estimate - half, effects.estimate + half])


def _pre_trend(before: Effects) -> float:
    if not before.estimate.size:
        return math.nan
    variance = before.influence @ before.influence.T / before.influence.shape[1] ** 2
    if np.linalg.matrix_rank(variance) < len(variance):
        return math.nan
    statistic = float(before.estimate @ np.linalg.solve(variance, before.estimate))
    return float(chi2.sf(statistic, before.estimate.size))


def _breakdown(dynamic: pd.DataFrame, overall: pd.Series[float], anticipation: int) -> float:
    before = dynamic.loc[dynamic["event_time"] < -anticipation, "estimate"].abs().max()
    if not before > 0:
        return math.nan
    bound = max(overall["low"], -overall["high"], 0.0)
    steps = dynamic.loc[dynamic["event_time"] >= 0, "event_time"] + 1 + anticipation
    return float(bound / (before * steps.mean()))
