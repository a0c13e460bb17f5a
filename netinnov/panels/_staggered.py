"""ATT(g, t) of Callaway and Sant'Anna (2021): sums, influence functions, intervals."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from scipy.special import chdtrc, ndtr, ndtri

from netinnov._runtime.display import Tabled
from netinnov._typing import Floats, Integers, Mask
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
        One row (one a group with ``by``): ``estimate, standard_error, low, high, p``: mean over
        all cohorts and periods since their opening, by the size of the cohort.
    cells : DataFrame
        ATT(g, t): ``cohort``, ``period``, the same but p, ``n_treated``, ``n_controls``.
    dynamic, groups, calendar : DataFrame
        The same by ``event_time`` (periods since the opening), ``cohort`` and ``period``;
        ``dynamic`` also has the simultaneous band ``band_low``, ``band_high``.
    overall : DataFrame
        Rows ``dynamic`` (plain mean over event times from 0 on), ``groups`` (over cohorts by their
        size) and ``calendar`` (plain mean over periods).
    pre_trend_p : float
        Wald test that all effects before the opening are zero; NaN where there are none, or too
        many for the number of places. It rejects far too often where few places open at a time.
    breakdown : float
        Largest multiple of the worst change before the opening, repeated in every period since, at
        which the interval of the mean over event times is on one side of 0 (after Rambachan and
        Roth 2023, Review of Economic Studies 90); 0 at none, NaN without effects before.
    confidence : float
        Of the intervals and bands.
    left_out : int
        Places that opened in the first period or before, or at a date that is not known.
    elsewhere : int
        Places of the openings that are not in the panel: other places, or other names.
    permutation_p : float
        Two-sided p of the average among opening dates drawn again that leave controls, or NaN.
    difference : DataFrame or None
        With ``by``: ``first``, ``second``, and the difference of their averages.
    spillover : Evaluation or None
        With ``network``: the effect of exposure on places that never opened, if any is exposed.
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
    confidence: float
    left_out: int = 0
    elsewhere: int = 0
    permutation_p: float = np.nan
    difference: pd.DataFrame | None = None
    spillover: Evaluation | None = None


class Panel(NamedTuple):
    periods: Integers
    outcome: Floats  # places x periods
    opened: Floats  # period of the opening; inf: never
    exposed: Mask  # places x periods: whether links lead to places that have opened by then

    def of(self, kept: Mask) -> Panel:
        return Panel._make([self.periods, *(each[kept] for each in self[1:])])


class Effects(NamedTuple):
    """Estimates and their influence functions, a row an estimate and a column a place."""

    estimate: Floats
    influence: Floats
    treated: Mask
    controls: Mask

    def where(self, mask: Mask) -> Effects:
        return Effects._make(each[mask] for each in self)

    @property
    def error(self) -> Floats:
        return np.asarray(np.linalg.norm(self.influence, axis=1) / self.influence.shape[1])


Cells: TypeAlias = tuple[Integers, Integers, Effects]  # cohort g and period t of each ATT(g, t)


class Rules(NamedTuple):
    controls: Controls
    anticipation: int
    confidence: float
    clean: float


def cells_of(data: Panel, rules: Rules, *, of: Mask | None = None) -> Cells:
    """All ATT(g, t) that have a base and controls, of the openings of all places or of some."""
    periods, outcome, opened, exposed = data
    n = opened.size
    evaluated = np.isfinite(opened) if of is None else np.isfinite(opened) & of
    keys, rows = [], []
    cohorts = np.unique(opened[evaluated])
    bases = np.searchsorted(periods, cohorts - rules.anticipation) - 1  # the last period before
    if (bases < 0).all():
        wait = f" + {rules.anticipation} (`anticipation`)" if rules.anticipation else ""
        msg = f"a place must open after {periods[0]}{wait} and by {periods[-1]}; none does."
        raise InputError(msg)
    for cohort, base in zip(cohorts[bases >= 0], bases[bases >= 0], strict=True):
        treated = evaluated & (opened == cohort)
        for at in range(1, periods.size):
            start = np.inf if rules.controls == "never" else periods[at] + rules.anticipation + 1
            others = (opened >= start) & (opened != cohort) & ~exposed[:, at]
            if not others.any():
                continue
            change = outcome[:, at] - outcome[:, base if periods[at] >= cohort else at - 1]
            first, second = change[treated].mean(), change[others].mean()
            influence = np.where(treated, (change - first) * n / treated.sum(), 0.0)
            influence -= np.where(others, (change - second) * n / others.sum(), 0.0)
            keys.append((int(cohort), periods[at]))
            rows.append((first - second, influence, treated, others))
    cohort, period = np.array(keys, np.int64).reshape(-1, 2).T
    if not (period >= cohort).any():
        never = np.isinf(opened)
        clean = int((never & ~exposed.any(axis=1)).sum())
        msg = f"no controls are left in any period after an opening: of {never.sum():,} places "
        msg += f"that never open {clean:,} are never exposed (`clean`={rules.clean:g}); take a "
        raise InputError(f"{msg}larger `clean`, or more places that never open.")
    return cohort, period, Effects._make(map(np.array, zip(*rows, strict=True)))


def mean_by(key: Integers, effects: Effects, *, plain: bool = False) -> Effects:
    """Mean of the rows of each key: plain, or by treated places, whose share is estimated."""
    rows = key == np.unique(key)[:, None]
    share = np.ones(key.size) if plain else effects.treated.mean(axis=1)
    total = rows @ share
    weight = rows * share / total[:, None]
    mean, influence = weight @ effects.estimate, weight @ effects.influence
    if not plain:
        slope = rows * (effects.estimate - mean[:, None]) / total[:, None]
        influence += slope @ (effects.treated - share[:, None])
    return Effects(mean, influence, rows @ effects.treated, rows @ effects.controls)


def mean_of(effects: Effects, *, plain: bool = False) -> Effects:
    return mean_by(np.zeros(effects.estimate.size, np.int64), effects, plain=plain)


def table_of(effects: Effects, confidence: float, **keys: Integers) -> pd.DataFrame:
    estimate, error = effects.estimate, effects.error
    half = ndtri((1 + confidence) / 2) * error
    ends = estimate, error, estimate - half, estimate + half
    numbers = dict(zip(STATISTICS, ends, strict=True))
    n_treated, n_controls = effects.treated.sum(axis=1), effects.controls.sum(axis=1)
    return pd.DataFrame({**keys, **numbers, "n_treated": n_treated, "n_controls": n_controls})


def evaluation_of(cells: Cells, rules: Rules, rng: np.random.Generator) -> Evaluation:
    cohort, period, effects = cells
    since, event = period >= cohort, period - cohort
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
        confidence=rules.confidence,
    )


def average_of(effect: Effects, confidence: float) -> pd.DataFrame:
    table = table_of(effect, confidence)[STATISTICS]
    with np.errstate(divide="ignore", invalid="ignore"):
        return table.assign(p=2 * ndtr(-np.abs(table["estimate"] / table["standard_error"])))


def _band(effects: Effects, rules: Rules, rng: np.random.Generator) -> Floats:
    """Simultaneous over all rows, by Rademacher multipliers of the influence functions."""
    error, n = effects.error, effects.influence.shape[1]
    sound = error > 0
    signs = rng.choice([-1.0, 1.0], (_MULTIPLIERS, n))
    scaled = effects.influence[sound] / n / error[sound, None]
    half = np.quantile(np.abs(signs @ scaled.T).max(axis=1, initial=0.0), rules.confidence) * error
    return np.column_stack([effects.estimate - half, effects.estimate + half])


def _pre_trend(before: Effects) -> float:
    if not before.estimate.size:
        return np.nan
    variance = before.influence @ before.influence.T / before.influence.shape[1] ** 2
    if np.linalg.matrix_rank(variance) < len(variance):
        return np.nan
    statistic = float(before.estimate @ np.linalg.solve(variance, before.estimate))
    return float(chdtrc(before.estimate.size, statistic))


def _breakdown(dynamic: pd.DataFrame, overall: pd.Series[float], anticipation: int) -> float:
    before = dynamic.loc[dynamic["event_time"] < -anticipation, "estimate"].abs().max()
    if not before > 0:
        return np.nan
    bound = max(overall["low"], -overall["high"], 0.0)
    steps = dynamic.loc[dynamic["event_time"] >= 0, "event_time"] + 1 + anticipation
    return float(bound / (before * steps.mean()))
