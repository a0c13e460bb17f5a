"""Effects of enclaves on ties: cells of a panel of pairs as dummies of a Poisson regression."""

from __future__ import annotations

import math
import warnings
from dataclasses import asdict, dataclass
from functools import partial
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy

from netinnov._display import Displayed, Tabled
from netinnov._typing import Floats, Integers
from netinnov.errors import InputError
from netinnov.panels._openings import NEVER, Pairs, Treatment
from netinnov.panels._poisson_fixed_effects import Design, jackknife, poisson_fixed_effects

Effects: TypeAlias = Literal["place_period", "period"]
Errors: TypeAlias = Literal["jackknife", "cluster"]
Method: TypeAlias = Literal["cohorts", "two_way"]


@dataclass(frozen=True, slots=True, repr=False)
class TieEffect(Tabled):
    """Change of the logarithm of the expected tie, against what is expected without an enclave.

    Parameters
    ----------
    estimate : float
        0.1 is about 10 % more; exp(estimate) is the factor.
    standard_error : float
        Robust to dependence within a pair of places.
    low, high : float
        Interval of the confidence asked for, by Student's t with one degree of freedom less than
        pairs.
    p : float
        Two-sided, for no change.
    """

    estimate: float
    standard_error: float
    low: float
    high: float
    p: float

    @property
    def factor(self) -> float:
        """Expected tie over that without an enclave."""
        return math.exp(self.estimate)


@dataclass(frozen=True, slots=True, repr=False)
class PairSample(Displayed):
    """Which pairs an estimate rests on, and which it leaves out.

    Parameters
    ----------
    n_pairs : int
        All pairs of nodes (ordered ones in a directed layer).
    n_never_linked : int
        Pairs without a tie in any period: they say nothing about change, and are left out
        (separated by their fixed effect).
    n_treated, n_controls : int
        Pairs with an enclave opened in the panel, and without, that enter the estimate.
    n_before : int
        Pairs left out since their enclave is older than the period that others are compared with.
    n_undated : int
        Pairs left out since the opening of an enclave is not dated.
    n_treated_left_out : int
        Pairs with an enclave opened in the panel that are never linked, or separated.
    n_rows : int
        Pairs times periods in the estimate.
    n_separated : int
        Pairs times periods left out besides, as all ties of their place, or of their cohort, are 0
        in the period.
    n_clusters : int
        Unordered pairs: what standard errors take as independent.
    """

    n_pairs: int
    n_never_linked: int
    n_treated: int
    n_controls: int
    n_before: int
    n_undated: int
    n_treated_left_out: int
    n_rows: int
    n_separated: int
    n_clusters: int


class CellFit(NamedTuple):
    """Coefficients of the cells, NaN where one is separated, with their variance."""

    table: pd.DataFrame
    """Group, cohort, event time, estimate, standard error and treated pairs of each cell."""
    variance: Floats
    sample: PairSample


def fit_cells(
    pairs: Pairs,
    treatment: Treatment,
    event_time: Integers,
    in_cell: npt.NDArray[np.bool_],
    *,
    usable: npt.NDArray[np.bool_],
    method: Method,
    effects: Effects,
    errors: Errors,
    function: str,
) -> CellFit:
    """Fit ln E(tie) = fixed effects + cells; ``usable`` are the pairs that may take part."""
    cohort, group = treatment.cohort, treatment.group
    treated = (cohort < NEVER) & usable
    if not (usable & ~treated).any():
        msg = "there must be pairs without an enclave to compare with; all linked pairs have one."
        raise InputError(msg)
    rows, period = np.nonzero(np.broadcast_to(usable[:, None], pairs.weight.shape))
    inside = in_cell[rows, period] & treated[rows]
    if not inside.any():
        msg = (
            "no linked pair has an enclave that opened inside the panel with periods before and "
            f"after; {int(treated.sum())} pairs are treated in periods {pairs.periods[0]} to "
            f"{pairs.periods[-1]}."
        )
        raise InputError(msg)
    label = np.column_stack([group[rows], cohort[rows], event_time[rows, period]])
    if method == "two_way":
        label[:, 1] = 0
    cells, code = np.unique(label[inside], axis=0, return_inverse=True)
    cell = np.full(rows.size, -1, np.int64)
    cell[inside] = code
    # What each cell is compared with: the rows outside cells of the same pairs.
    owner = np.where(treated[rows], label[:, 0] * (len(pairs.periods) + 1) + label[:, 1], -1)
    y = pairs.weight[rows, period]
    kept, cells_left = _unseparated(pairs, rows, period, y, cell, owner, len(cells), effects)
    if not cells_left.any():
        raise InputError("every tie of the pairs with an enclave is 0 before, or after, it opens.")
    estimate = np.full(len(cells), np.nan)
    variance = np.full((len(cells), len(cells)), np.nan)
    columns = np.flatnonzero(cells_left)
    beta, spread, n_clusters = _estimate(
        pairs, rows[kept], period[kept], y[kept], cell[kept], columns, effects, errors, function
    )
    estimate[columns] = beta
    variance[np.ix_(columns, columns)] = spread
    if lost := len(cells) - columns.size:
        msg = (
            f"{function}: in {lost} of {len(cells)} cells all ties are 0, or all of those they are "
            "compared with, so that they have no finite estimate (NaN), nor have the means they "
            "enter. Longer periods make this rarer."
        )
        warnings.warn(msg, UserWarning, stacklevel=4)
    counted = np.bincount(code, minlength=len(cells))
    table = pd.DataFrame(
        {
            "group": pd.Index(treatment.groups).take(cells[:, 0]),
            "cohort": pd.Index(pairs.periods).take(cells[:, 1]),
            "event_time": cells[:, 2],
            "estimate": estimate,
            "standard_error": np.sqrt(np.diag(variance)),
            "n_treated": counted,
        }
    )
    if method == "two_way":
        table["cohort"] = pd.Series(pd.NA, table.index, dtype="Int64")
    present = np.unique(rows[kept])
    n_treated = int(treated[present].sum())
    n_before = int(((cohort < NEVER) & ~usable & ~treatment.undated).sum())
    sample = PairSample(
        n_pairs=pairs.n_pairs,
        n_never_linked=pairs.n_pairs - pairs.source.size,
        n_treated=n_treated,
        n_controls=int(present.size) - n_treated,
        n_before=n_before,
        n_undated=int(treatment.undated.sum()),
        n_treated_left_out=treatment.n_pairs - n_treated - n_before,
        n_rows=int(kept.sum()),
        n_separated=int(kept.size - kept.sum()),
        n_clusters=n_clusters,
    )
    return CellFit(table, variance, sample)


def summary(fit: CellFit, weights: Floats, confidence: float) -> TieEffect:
    """A weighted mean, or difference of means, of cells; NaN if a cell of it is."""
    used = weights != 0
    if not used.any():
        return TieEffect(*[math.nan] * 5)
    w = weights[used]
    estimate = float(w @ fit.table["estimate"].to_numpy()[used])
    error = float(np.sqrt(max(w @ fit.variance[np.ix_(used, used)] @ w, 0.0)))
    law = scipy.stats.t(max(fit.sample.n_clusters - 1, 1))
    reach = float(law.ppf((1 + confidence) / 2)) * error
    p = float(2 * law.sf(abs(estimate) / error)) if error > 0 else math.nan
    return TieEffect(estimate, error, estimate - reach, estimate + reach, p)


def contrasts(
    fit: CellFit, after: npt.NDArray[np.bool_], *, confidence: float
) -> tuple[TieEffect, pd.DataFrame]:
    """The mean effect after the opening: of all, of each group, and between each two of them."""
    name = fit.table["group"].to_numpy()
    effect = partial(summary, fit, confidence=confidence)
    groups = list(dict.fromkeys(name))
    means = {group: weights_of(fit.table, after & (name == group)) for group in groups}
    rows = {str(group): effect(weights) for group, weights in means.items()}
    for i, first in enumerate(groups):
        for second in groups[i + 1 :]:
            rows[f"{first} - {second}"] = effect(means[first] - means[second])
    table = pd.DataFrame([asdict(row) for row in rows.values()], index=pd.Index(rows, name="group"))
    return effect(weights_of(fit.table, after)), table


def _unseparated(
    pairs: Pairs,
    rows: Integers,
    period: Integers,
    y: Floats,
    cell: Integers,
    owner: Integers,
    n_cells: int,
    effects: Effects,
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Rows left without those that a fixed effect or a cell makes 0, and the cells left."""
    n, t = pairs.nodes.size, len(pairs.periods)
    places = [pairs.source[rows] * np.int64(t) + period, pairs.target[rows] * np.int64(t) + period]
    kept = np.ones(rows.size, np.bool_)
    cells = np.ones(n_cells, np.bool_)
    size = int(owner.max()) + 2
    while True:
        live = np.where(kept, y, 0.0)
        good = np.bincount(rows, live, pairs.source.size)[rows] > 0
        if effects == "place_period":
            out, into = (np.bincount(place, live, n * t) for place in places)
            if not pairs.directed:
                out = into = out + into
            good &= (out[places[0]] > 0) & (into[places[1]] > 0)
        else:
            good &= np.bincount(period, live, t)[period] > 0
        within = cell >= 0
        total = np.bincount(cell[within], live[within], n_cells)
        cells &= total > 0
        good &= ~within | cells[cell]
        # A cohort without a tie outside its cells has nothing to be compared with.
        outside = (owner >= 0) & ~within
        before = np.bincount(owner[outside], live[outside], size)
        lost = (owner >= 0) & (before[owner] == 0)
        cells[np.unique(cell[lost & within])] = False
        good &= ~lost
        if (good | ~kept).all():
            return kept, cells
        kept &= good


def _estimate(
    pairs: Pairs,
    rows: Integers,
    period: Integers,
    y: Floats,
    cell: Integers,
    columns: Integers,
    effects: Effects,
    errors: Errors,
    function: str,
) -> tuple[Floats, Floats, int]:
    covariates = {f"cell {column}": (cell == column).astype(np.float64) for column in columns}
    _, cluster = np.unique(pairs.unordered[rows], return_inverse=True)
    t = len(pairs.periods)
    fixed: dict[str, Integers] = {"pair": rows.astype(np.int64)}
    if effects == "place_period":
        fixed["origin"] = pairs.source[rows] * np.int64(t) + period
        fixed["destination"] = pairs.target[rows] * np.int64(t) + period
        if not pairs.directed:
            # Each pair once either way: the two effects of a place are then the same by symmetry,
            # and clusters by pair keep the standard errors.
            swapped = {"origin": fixed["destination"], "destination": fixed["origin"]}
            fixed = {
                name: np.concatenate([values, swapped.get(name, values)])
                for name, values in fixed.items()
            }
            covariates = {name: np.tile(values, 2) for name, values in covariates.items()}
            y, cluster = np.tile(y, 2), np.tile(cluster, 2)
    else:
        fixed["period"] = period.astype(np.int64)
    beta, variance, expected = poisson_fixed_effects(
        y, covariates, fixed, {"cluster": cluster.astype(np.int64)}, function=function
    )
    n = rows.size
    if errors == "jackknife":
        dummies = np.full((n, 3), -1, np.int64)
        dummies[:, 0] = fixed["origin" if effects == "place_period" else "period"][:n]
        if effects == "place_period":
            shift = pairs.nodes.size * t if pairs.directed else 0
            dummies[:, 1] = fixed["destination"][:n] + shift
        dummies[:, 2] = np.where(np.isin(cell, columns), cell, -1)
        dummies[:, 2] += np.where(dummies[:, 2] >= 0, 2 * pairs.nodes.size * t, 0)
        codes, code = np.unique(dummies, return_inverse=True)
        # The first is none, -1, if there is one.
        none = int(codes[0] == -1)
        code = code.reshape(dummies.shape) - none
        code[code < 0] = codes.size - none
        variance = jackknife(
            Design(
                code,
                codes.size - none,
                np.searchsorted(codes, columns + 2 * pairs.nodes.size * t) - none,
                np.unique(rows, return_inverse=True)[1],
                cluster[:n],
            ),
            y[:n],
            expected[:n],
        )
    return beta, variance, int(cluster.max()) + 1


def event_times(pairs: Pairs, treatment: Treatment) -> Integers:
    """Periods since the opening, pairs x periods; 0 for pairs without an enclave."""
    start = np.where(treatment.cohort < NEVER, treatment.cohort, 0)
    return np.arange(len(pairs.periods))[None, :] - start[:, None]


def weights_of(table: pd.DataFrame, mask: npt.NDArray[np.bool_]) -> Floats:
    """Parts of the treated pairs among the cells of a mask; 0 elsewhere."""
    n: Floats = table["n_treated"].to_numpy(np.float64) * mask
    total = n.sum()
    return n / total if total else n
