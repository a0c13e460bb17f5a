"""Openings at different times evaluated on places: ATT(g, t) of Callaway and Sant'Anna (2021)."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.special import chdtrc, ndtr, ndtri

from netinnov._runtime.arguments import check_rng
from netinnov._runtime.display import Tabled
from netinnov._typing import Confidence, Floats, Integers, Mask, Rng, Share, Whole
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.panels._measure_panel import read_panel
from netinnov.panels._openings import read_openings, shares_of_links

Controls = Literal["not_yet", "never"]

_STATISTICS = ["estimate", "standard_error", "low", "high"]
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


def evaluate_openings(
    panel: pd.DataFrame,
    *,
    outcome: str,
    openings: pd.DataFrame,
    controls: Controls = "not_yet",
    anticipation: Whole = 0,
    by: str | None = None,
    network: MultilayerNetwork | None = None,
    clean: Share = 0.0,
    confidence: Confidence = 0.95,
    permutations: Whole = 0,
    match: str | None = None,
    rng: Rng = None,
) -> Evaluation:
    """Compare places before and after an opening with places that have none (yet).

    Staggered difference in differences after Callaway and Sant'Anna (2021, Journal of Econometrics
    225). Read as effects only under its assumptions: without the opening the places would have
    changed as the controls did (parallel trends), nobody acts on an opening earlier than
    `anticipation` says, and openings touch only places that `network` takes out of the controls.

    Parameters
    ----------
    panel : DataFrame
        One row a place and period, every place in every period: ``place``, ``period`` (whole
        numbers) and the outcome. Or what `measure_panel` gives, whose nodes are the places.
    outcome : str
        Its column, or measure; numbers, none missing.
    openings : DataFrame
        ``place``, ``opened`` (a period; missing: never), and any columns; of several openings of a
        place the earliest counts. Or what `enclave_openings` gives, whose homes are the places:
        those with an enclave that is not dated are left out.
    controls : {"not_yet", "never"}
        Places that have not opened by then (with `anticipation`), or those that never do.
    anticipation : int
        Periods before the opening in which it may be felt already.
    by : str, optional
        A column of `openings`, such as ``direction`` or classes of a dose: effects of each group
        against the same controls, and their differences.
    network : MultilayerNetwork, optional
        Links between the places. A place without an opening is *exposed* once more than `clean`
        of its link weight leads to places that have opened; exposed places are no controls (see
        ``spillover``). Effects of openings on other opened places are not removed.
    clean : float
        From 0 to 1, of weights added over observed layers, periods and directions, between places.
    confidence : float
        Of the intervals.
    permutations : int
        Draws of randomisation inference: opening dates exchanged among the places.
    match : str, optional
        A column of the panel: dates are exchanged within the quartiles of its first values.
    rng : None, int, SeedSequence or Generator
        Source of randomness, of permutations and simultaneous bands.

    Returns
    -------
    Evaluation

    Raises
    ------
    InputError
        Not one outcome for each place and period, no place that opens in the panel or is in the
        network, a first opening of two groups, or no controls left at this `clean`.

    Notes
    -----
    ATT(g, t) is the mean of Y_t - Y_b over the places that open in g, minus that over the controls;
    b is the last period before g - `anticipation`, and for t < g the period before t. Standard
    errors are of the influence function, clustered by place, with the influence of estimated
    weights and no small-sample correction; intervals are normal.

    Examples
    --------
    >>> columns = {"place": list("aabbcc"), "period": [1, 2] * 3, "firms": [1, 4, 2, 3, 0, 1]}
    >>> panel = pd.DataFrame(columns)
    >>> openings = pd.DataFrame({"place": ["a"], "opened": [2]})
    >>> found = evaluate_openings(panel, outcome="firms", openings=openings)
    >>> found.average["estimate"].tolist()  # 3 less 1
    [2.0]
    """
    for_bands, for_dates = check_rng(rng).spawn(2)
    wide, strata = read_panel(panel, outcome, match)
    opened, group, elsewhere = read_openings(openings, by, wide)
    periods = wide.columns.to_numpy(np.int64)
    shares = shares_of_links(network, wide.index)
    whole = _Panel(periods, wide.to_numpy(), opened, _exposed(shares, opened, periods, clean))
    kept = opened > periods[0]  # places that opened at once still expose others
    data = whole.of(kept)
    rules = _Rules(controls, anticipation, confidence, clean)
    cells = _cells_of(data, rules)
    more: dict[str, Any] = {"left_out": int((~kept).sum()), "elsewhere": elsewhere}
    result = _evaluation_of(cells, rules, for_bands)
    if permutations:
        drawn = _permuted(whole, kept, strata, rules, shares, for_dates.spawn(permutations))
        larger = np.abs(drawn) >= abs(result.average["estimate"].iloc[0]) - 1e-12
        more["permutation_p"] = (1 + int(larger.sum())) / (1 + drawn.size)
    if network is not None:
        more["spillover"] = _spillover(data, rules, for_bands)
    if by is not None:
        if by in {*result.average, *result.cells, *result.dynamic}:
            raise InputError(f"`by` must not be the name of a column of the result; rename {by!r}.")
        more |= _by_group(data, rules, group[kept], for_bands)
    return replace(result, **more)


def _exposed(shares: sparse.csr_array, opened: Floats, periods: Integers, clean: float) -> Mask:
    return np.asarray(shares @ (opened[:, None] <= periods) > clean + 1e-12)


def _permuted(
    whole: _Panel,
    kept: Mask,
    strata: Integers,
    rules: _Rules,
    shares: sparse.csr_array,
    rngs: Sequence[np.random.Generator],
) -> Floats:
    drawn = [np.empty(0)]
    places = [np.flatnonzero(kept & (strata == each)) for each in np.unique(strata)]
    for rng in rngs:
        opened = whole.opened.copy()
        for at in places:
            opened[at] = whole.opened[rng.permutation(at)]
        exposed = _exposed(shares, opened, whole.periods, rules.clean)
        panel = whole._replace(opened=opened, exposed=exposed).of(kept)
        with suppress(InputError):  # dates that leave no controls: no estimate, and no draw
            drawn.append(_average(_cells_of(panel, rules)).estimate)
    return np.concatenate(drawn)


def _average(cells: _Cells) -> _Effects:
    cohort, period, effects = cells
    return _mean(effects.where(period >= cohort))


def _spillover(data: _Panel, rules: _Rules, rng: np.random.Generator) -> Evaluation | None:
    """Exposure as an opening, of places that never open, against those never exposed."""
    exposed = data.exposed
    never = np.isinf(data.opened)
    first = np.where(exposed.any(axis=1), data.periods[exposed.argmax(axis=1)], np.inf)
    kept = never & ~exposed[:, 0]
    part = data._replace(opened=first, exposed=np.zeros_like(exposed)).of(kept)
    if np.isinf(part.opened).all() or np.isfinite(part.opened).all():
        return None
    plain = rules._replace(controls="never", anticipation=0)
    result = _evaluation_of(_cells_of(part, plain), plain, rng)
    return replace(result, left_out=int((never & ~kept).sum()))


def _by_group(
    data: _Panel, rules: _Rules, group: pd.Series[Any], rng: np.random.Generator
) -> dict[str, pd.DataFrame]:
    """Tables of each group, against the same controls, and differences of the averages."""
    parts: dict[Any, Evaluation] = {}
    means: dict[Any, _Effects] = {}
    code, names = pd.factorize(group.where(np.isfinite(data.opened)), sort=True)
    for at, name in enumerate(names):
        try:
            cells = _cells_of(data, rules, of=code == at)
        except InputError as error:
            raise InputError(f"of {group.name} {name!r}: {error}") from None
        parts[name] = _evaluation_of(cells, rules, rng)
        means[name] = _average(cells)
    tables = {}
    for key in ("average", "cells", "dynamic", "groups", "calendar"):
        of_groups = {name: getattr(part, key) for name, part in parts.items()}
        tables[key] = pd.concat(of_groups, names=[group.name]).reset_index(0).reset_index(drop=True)
    rows = []
    for one, two in combinations(means, 2):
        a = means[one]
        b = means[two]
        both = a._replace(estimate=a.estimate - b.estimate, influence=a.influence - b.influence)
        rows.append([one, two, *_average_of(both, rules.confidence).iloc[0]])
    columns = ["first", "second", *_STATISTICS, "p"]
    return tables | {"difference": pd.DataFrame(rows, columns=columns)}


class _Panel(NamedTuple):
    periods: Integers
    outcome: Floats  # places x periods
    opened: Floats  # period of the opening; inf: never
    exposed: Mask  # places x periods: whether links lead to places that have opened by then

    def of(self, kept: Mask) -> _Panel:
        return _Panel._make([self.periods, *(each[kept] for each in self[1:])])


class _Effects(NamedTuple):
    """Estimates and their influence functions, a row an estimate and a column a place."""

    estimate: Floats
    influence: Floats
    treated: Mask
    controls: Mask

    def where(self, mask: Mask) -> _Effects:
        return _Effects._make(each[mask] for each in self)

    @property
    def error(self) -> Floats:
        return np.asarray(np.linalg.norm(self.influence, axis=1) / self.influence.shape[1])


_Cells: TypeAlias = tuple[Integers, Integers, _Effects]  # cohort g and period t of each ATT(g, t)


class _Rules(NamedTuple):
    controls: Controls
    anticipation: int
    confidence: float
    clean: float


def _cells_of(data: _Panel, rules: _Rules, *, of: Mask | None = None) -> _Cells:
    """All ATT(g, t) that have a base and controls, of the openings of all places or of some."""
    periods, outcome, opened, exposed = data
    n = opened.size
    evaluated = np.isfinite(opened) if of is None else np.isfinite(opened) & of
    keys = []
    rows = []
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
            first = change[treated].mean()
            second = change[others].mean()
            influence = np.where(treated, (change - first) * n / treated.sum(), 0.0)
            influence -= np.where(others, (change - second) * n / others.sum(), 0.0)
            keys.append((int(cohort), periods[at]))
            rows.append((first - second, influence, treated, others))
    cohort, period = np.array(keys, np.int64).reshape(-1, 2).T
    if not (period >= cohort).any():
        never = np.isinf(opened)
        clean = int((never & ~exposed.any(axis=1)).sum())
        raise InputError(
            f"no controls are left in any period after an opening: of {never.sum():,} places "
            f"that never open {clean:,} are never exposed (`clean`={rules.clean:g}); take a "
            "larger `clean`, or more places that never open."
        )
    return cohort, period, _Effects._make(map(np.array, zip(*rows, strict=True)))


def _mean(effects: _Effects, by: Integers | int = 0, *, plain: bool = False) -> _Effects:
    """Mean of the rows of each key: plain, or by treated places, whose share is estimated."""
    key = np.broadcast_to(by, effects.estimate.shape)
    rows = key == np.unique(key)[:, None]
    share = np.ones(key.size) if plain else effects.treated.mean(axis=1)
    total = rows @ share
    weight = rows * share / total[:, None]
    mean = weight @ effects.estimate
    influence = weight @ effects.influence
    if not plain:
        slope = rows * (effects.estimate - mean[:, None]) / total[:, None]
        influence += slope @ (effects.treated - share[:, None])
    return _Effects(mean, influence, rows @ effects.treated, rows @ effects.controls)


def _table_of(effects: _Effects, confidence: float, **keys: Integers) -> pd.DataFrame:
    estimate = effects.estimate
    error = effects.error
    half = ndtri((1 + confidence) / 2) * error
    numbers = zip(_STATISTICS, (estimate, error, estimate - half, estimate + half), strict=True)
    n_treated = effects.treated.sum(axis=1)
    n_controls = effects.controls.sum(axis=1)
    return pd.DataFrame({**keys, **dict(numbers), "n_treated": n_treated, "n_controls": n_controls})


def _evaluation_of(cells: _Cells, rules: _Rules, rng: np.random.Generator) -> Evaluation:
    cohort, period, effects = cells
    since = period >= cohort
    event = period - cohort
    after = effects.where(since)
    by_event = _mean(effects, event)
    by_cohort = _mean(after, cohort[since], plain=True)
    by_period = _mean(after, period[since])
    table = partial(_table_of, confidence=rules.confidence)
    dynamic = table(by_event, event_time=np.unique(event))
    dynamic[["band_low", "band_high"]] = _band(by_event, rules, rng)
    means = {
        "dynamic": _mean(by_event.where(np.unique(event) >= 0), plain=True),
        "groups": _mean(by_cohort),
        "calendar": _mean(by_period, plain=True),
    }
    overall = pd.concat({name: table(mean) for name, mean in means.items()}).droplevel(1)
    return Evaluation(
        average=_average_of(_mean(after), rules.confidence),
        cells=table(effects, cohort=cohort, period=period),
        dynamic=dynamic,
        groups=table(by_cohort, cohort=np.unique(cohort[since])),
        calendar=table(by_period, period=np.unique(period[since])),
        overall=overall[_STATISTICS],
        pre_trend_p=_pre_trend(effects.where(period < cohort - rules.anticipation)),
        breakdown=_breakdown(dynamic, overall.iloc[0], rules.anticipation),
        confidence=rules.confidence,
    )


def _average_of(effect: _Effects, confidence: float) -> pd.DataFrame:
    table = _table_of(effect, confidence)[_STATISTICS]
    with np.errstate(divide="ignore", invalid="ignore"):
        return table.assign(p=2 * ndtr(-np.abs(table["estimate"] / table["standard_error"])))


def _band(effects: _Effects, rules: _Rules, rng: np.random.Generator) -> Floats:
    """Simultaneous over all rows, by Rademacher multipliers of the influence functions."""
    error = effects.error
    n = effects.influence.shape[1]
    sound = error > 0
    signs = rng.choice([-1.0, 1.0], (_MULTIPLIERS, n))
    scaled = effects.influence[sound] / n / error[sound, None]
    half = np.quantile(np.abs(signs @ scaled.T).max(axis=1, initial=0.0), rules.confidence) * error
    return np.column_stack([effects.estimate - half, effects.estimate + half])


def _pre_trend(before: _Effects) -> float:
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
