"""ATT(g, t) of Callaway and Sant'Anna (2021): sums, influence functions, intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
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
        many for the number of places.
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
        Places that opened in the first period or before, of which nothing is known before.
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
    difference: pd.DataFrame | None = None
    spillover: Evaluation | None = None


class Panel(NamedTuple):
    places: pd.Index[str]
    periods: npt.NDArray[np.int64]
    outcome: Floats  # places x periods
    opened: Floats  # period of the opening; inf: never


class Cells(NamedTuple):
    """ATT(g, t) and their influence functions (cells x places)."""

    cohort: Floats
    period: npt.NDArray[np.int64]
    estimate: Floats
    influence: Floats
    treated: Mask  # cells x places
    controls: Mask

    def where(self, mask: Mask) -> Cells:
        arrays: tuple[Any, ...] = self
        return Cells._make(each[mask] for each in arrays)


@dataclass(frozen=True, slots=True)
class Rules:
    controls: Controls
    anticipation: int
    confidence: float
    clean: float
    ties: Floats | None  # weights between the places, or None
    around: Floats | None  # all link weight of each place, also to places outside the panel
    quantile: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        object.__setattr__(self, "quantile", float(norm.ppf((1 + self.confidence) / 2)))

    def exposed(self, data: Panel, opened: Floats) -> Mask:
        """Places x periods: whether links lead to places that have opened by then."""
        periods = data.periods
        shape = (data.opened.size, periods.size)
        if self.ties is None or self.around is None:
            return np.zeros(shape, bool)
        led = self.ties @ (opened[:, None] <= periods)
        share = np.divide(led, self.around[:, None], out=np.zeros(shape), where=led > 0)
        return share > self.clean + 1e-12


def cells_of(
    data: Panel, exposed: Mask, rules: Rules, *, of: Mask | None = None, since: bool = False
) -> Cells:
    """All ATT(g, t) that have a base and controls.

    `of`: the places whose openings are evaluated; `since`: only periods from the opening on.
    """
    periods, opened, n = data.periods, data.opened, data.opened.size
    evaluated = np.isfinite(opened) if of is None else np.isfinite(opened) & of
    rows: list[tuple[Any, ...]] = []
    lacking = 0
    for cohort in np.unique(opened[evaluated]):
        before = np.flatnonzero(periods < cohort - rules.anticipation)
        if not before.size:
            continue
        treated = evaluated & (opened == cohort)
        for at in range(1, periods.size):
            if periods[at] < cohort and since:
                continue
            base = before[-1] if periods[at] >= cohort else at - 1
            if rules.controls == "never":
                others = np.isinf(opened)
            else:
                others = (opened > periods[at] + rules.anticipation) & (opened != cohort)
            others = others & ~exposed[:, at]
            if not others.any():
                lacking += periods[at] >= cohort
                continue
            change = data.outcome[:, at] - data.outcome[:, base]
            first, second = change[treated].mean(), change[others].mean()
            influence = np.where(treated, (change - first) * n / treated.sum(), 0.0)
            influence -= np.where(others, (change - second) * n / others.sum(), 0.0)
            rows.append((cohort, periods[at], first - second, influence, treated, others))
    if not any(row[1] >= row[0] for row in rows):
        _refuse(data, exposed, rules, lacking)
    return Cells._make(np.array(column) for column in zip(*rows, strict=True))


def _refuse(data: Panel, exposed: Mask, rules: Rules, lacking: int) -> None:
    if not np.isfinite(data.opened).any() or not lacking:
        first, last = data.periods[[0, -1]]
        msg = f"a place must open after {first + rules.anticipation} and by {last}, with a period "
        raise InputError(f"{msg}of the panel before; none does.")
    never = np.isinf(data.opened)
    left = int((never & ~exposed.any(axis=1)).sum())
    msg = f"no controls are left in any period after an opening: of {never.sum():,} places that "
    msg += f"never open {left:,} are never exposed (`clean`={rules.clean:g})"
    raise InputError(f"{msg}; take a larger `clean`, or controls='not_yet'.")


class Sum(NamedTuple):
    """A weighted mean of cells, and its influence function."""

    estimate: float
    influence: Floats
    treated: Mask
    controls: Mask


def mean_of(cells: Cells) -> Sum:
    """Mean over cells weighted by the size of their cohort, which is estimated too."""
    share = cells.treated.mean(axis=1)
    weight = share / share.sum()
    by_weight = (cells.treated - share[:, None]) / share.sum()
    by_weight -= weight[:, None] * by_weight.sum(axis=0)
    influence = weight @ cells.influence + cells.estimate @ by_weight
    return Sum(float(weight @ cells.estimate), influence, _any(cells.treated), _any(cells.controls))


def _any(rows: Sequence[Mask] | Mask) -> Mask:
    some: Mask = np.logical_or.reduce(rows)
    return some


def _plain_mean(sums: list[Sum]) -> Sum:
    estimate = float(np.mean([each.estimate for each in sums]))
    influence = np.mean([each.influence for each in sums], axis=0)
    treated = _any([each.treated for each in sums])
    return Sum(estimate, influence, treated, _any([each.controls for each in sums]))


def _statistics(each: Sum, rules: Rules) -> list[float]:
    error = math.sqrt(float((each.influence**2).sum())) / each.influence.size
    half = rules.quantile * error
    return [each.estimate, error, each.estimate - half, each.estimate + half]


def _table(key: str, sums: dict[Any, Sum], rules: Rules) -> pd.DataFrame:
    counts = [[int(each.treated.sum()), int(each.controls.sum())] for each in sums.values()]
    numbers = [_statistics(each, rules) for each in sums.values()]
    table = pd.DataFrame(numbers, columns=STATISTICS)
    table[["n_treated", "n_controls"]] = np.array(counts, np.int64).reshape(-1, 2)
    table.insert(0, key, np.array(list(sums), np.int64))
    return table


def evaluation_of(
    cells: Cells, rules: Rules, rng: np.random.Generator, *, left_out: int = 0
) -> Evaluation:
    since, every = cells.period >= cells.cohort, np.arange(cells.estimate.size)
    of_cell = {k: mean_of(cells.where(every == k)) for k in every}
    each = _table("cohort", of_cell, rules)
    each["cohort"] = cells.cohort.astype(np.int64)
    each.insert(1, "period", cells.period)
    event = cells.period - cells.cohort
    dynamic = {e: mean_of(cells.where(event == e)) for e in np.unique(event)}
    calendar = {
        t: mean_of(cells.where(since & (cells.period == t))) for t in np.unique(cells.period[since])
    }
    groups = {
        g: _plain_mean([of_cell[k] for k in np.flatnonzero(since & (cells.cohort == g))])
        for g in np.unique(cells.cohort[since])
    }
    after = {e: part for e, part in dynamic.items() if e >= 0}
    cohorts = Cells(
        np.array(list(groups)),
        np.zeros(len(groups), np.int64),
        np.array([part.estimate for part in groups.values()]),
        np.array([part.influence for part in groups.values()]),
        np.array([part.treated for part in groups.values()]),
        np.array([part.controls for part in groups.values()]),
    )
    overall = {
        "dynamic": _plain_mean(list(after.values())),
        "groups": mean_of(cohorts),
        "calendar": _plain_mean(list(calendar.values())),
    }
    average = mean_of(cells.where(since))
    by_event = _table("event_time", dynamic, rules)
    by_event[["band_low", "band_high"]] = _band(list(dynamic.values()), rules, rng)
    return Evaluation(
        average=average_of(average, rules),
        cells=each,
        dynamic=by_event,
        groups=_table("cohort", groups, rules),
        calendar=_table("period", calendar, rules),
        overall=pd.DataFrame(
            [_statistics(part, rules) for part in overall.values()], list(overall), STATISTICS
        ),
        pre_trend_p=_pre_trend(cells.where(cells.period < cells.cohort - rules.anticipation)),
        breakdown=_breakdown(by_event, overall["dynamic"], rules),
        permutation_p=math.nan,
        confidence=rules.confidence,
        left_out=left_out,
    )


def average_of(each: Sum, rules: Rules) -> pd.DataFrame:
    numbers = _statistics(each, rules)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = float(2 * norm.sf(abs(np.divide(numbers[0], numbers[1]))))
    return pd.DataFrame([[*numbers, p]], columns=[*STATISTICS, "p"])


def _band(sums: list[Sum], rules: Rules, rng: np.random.Generator) -> Floats:
    """Simultaneous over event times, by Rademacher multipliers of the influence functions."""
    influence = np.array([each.influence for each in sums])
    estimate, n = np.array([each.estimate for each in sums]), influence.shape[1]
    error = np.sqrt((influence**2).sum(axis=1)) / n
    sound = error > 0
    signs = rng.choice([-1.0, 1.0], (_MULTIPLIERS, n))
    most = np.abs(signs @ (influence[sound] / n / error[sound, None]).T).max(axis=1, initial=0.0)
    half = np.quantile(most, rules.confidence) * error
    return np.column_stack([estimate - half, estimate + half])


def _pre_trend(before: Cells) -> float:
    if not before.estimate.size:
        return math.nan
    n = before.influence.shape[1]
    variance = before.influence @ before.influence.T / n**2
    if np.linalg.matrix_rank(variance) < len(variance):
        return math.nan
    statistic = float(before.estimate @ np.linalg.solve(variance, before.estimate))
    return float(chi2.sf(statistic, before.estimate.size))


def _breakdown(by_event: pd.DataFrame, overall: Sum, rules: Rules) -> float:
    before = by_event.loc[by_event["event_time"] < -rules.anticipation, "estimate"].abs().max()
    if not before > 0:
        return math.nan
    _, _, low, high = _statistics(overall, rules)
    bound = max(low, -high, 0.0)
    steps = by_event.loc[by_event["event_time"] >= 0, "event_time"] + 1 + rules.anticipation
    return float(bound / (before * steps.mean()))
