"""Effects of enclaves on ties: cells of a panel of pairs as dummies of a Poisson regression."""

from __future__ import annotations

import math
import warnings
from dataclasses import asdict, dataclass
from functools import partial
from itertools import combinations
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
import scipy
from scipy import linalg, sparse

from netinnov._runtime.arguments import examples
from netinnov._runtime.display import Displayed, Tabled
from netinnov._runtime.optional import require
from netinnov._typing import Floats, Integers, Mask
from netinnov.errors import InputError
from netinnov.panels._openings import NEVER, Pairs, Treatment

Effects: TypeAlias = Literal["place_period", "period"]

_STEPS = 200
_LIMIT = 6000
_RIDGE = 1e-9  # relative to the largest diagonal entry; identifies collinear effects


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
        Interval by Student's t with one degree of freedom less than pairs.
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
        Pairs without a tie in any period, which say nothing about change: left out.
    n_treated, n_controls : int
        Pairs with an enclave opened in the panel, and without, that enter the estimate.
    n_before, n_undated : int
        Pairs left out: their enclave is older than the period of reference, or not dated.
    n_separated : int
        Pairs times periods left out besides: all ties of their place or cohort are 0 in the period.
    n_clusters : int
        Unordered pairs: what standard errors take as independent.
    """

    n_pairs: int
    n_never_linked: int
    n_treated: int
    n_controls: int
    n_before: int
    n_undated: int
    n_separated: int
    n_clusters: int


class CellFit(NamedTuple):
    # Group, cohort, event time, estimate, standard error and treated pairs of each cell.
    table: pd.DataFrame
    variance: Floats
    sample: PairSample


def fit_cells(
    pairs: Pairs, treatment: Treatment, reference: int | None, effects: Effects, function: str
) -> CellFit:
    """Fit ln E(tie) = fixed effects + cells, a cell a group, cohort and event time."""
    cohort, t = treatment.cohort, len(pairs.periods)
    usable = (cohort + (-1 if reference is None else reference) >= 0) & ~treatment.undated
    treated = (cohort < NEVER) & usable
    if not (usable & ~treated).any():
        msg = "there must be pairs without an enclave to compare with; all linked pairs have one."
        raise InputError(msg)
    rows, period = np.nonzero(np.broadcast_to(usable[:, None], pairs.weight.shape))
    time = period - np.where(treated, cohort, 0)[rows]
    inside = (time >= 0 if reference is None else time != reference) & treated[rows]
    if not inside.any():
        msg = "no linked pair has an enclave that opened inside the panel with periods before and "
        span = f"{pairs.periods[0]} to {pairs.periods[-1]}"
        raise InputError(f"{msg}after; {treated.sum()} pairs are treated in periods {span}.")
    label = np.column_stack([treatment.group[rows], cohort[rows], time])
    cells, code = np.unique(label[inside], axis=0, return_inverse=True)
    cell = np.full(rows.size, -1, np.int64)
    cell[inside] = code
    # What each cell is compared with: the rows outside cells of the same pairs.
    owner = np.where(treated[rows], label[:, 0] * (t + 1) + label[:, 1], -1)
    # Fixed effects besides that of the pair: of the period, or of both places in it.
    place = period[None, :].astype(np.int64)
    if effects == "place_period":
        shift = pairs.nodes.size * t if pairs.directed else 0
        ends = pairs.source[rows] * np.int64(t), pairs.target[rows] * np.int64(t) + shift
        place = np.stack(ends) + period
    y = pairs.weight[rows, period]
    kept, cells_left = _unseparated(rows, place, y, cell, owner, len(cells))
    if not cells_left.any():
        raise InputError("every tie of the pairs with an enclave is 0 before, or after, it opens.")
    estimate = np.full(len(cells), np.nan)
    variance = np.full((len(cells), len(cells)), np.nan)
    columns = np.flatnonzero(cells_left)
    present, pair = np.unique(rows[kept], return_inverse=True)
    _, cluster = np.unique(pairs.unordered[rows[kept]], return_inverse=True)
    # In an undirected layer each pair stands there either way: the two effects of a place are then
    # the same by symmetry.
    copies = 1 if pairs.directed or len(place) == 1 else 2
    place, y, cell = place[:, kept], y[kept], cell[kept]
    both = np.concatenate([place, place[::-1]][:copies], axis=1)
    fixed = {"pair": np.tile(pair, copies), **{f"place{at}": each for at, each in enumerate(both)}}
    dummies = {f"cell {at}": np.tile(cell == at, copies).astype(np.float64) for at in columns}
    estimate[columns], expected = poisson_fixed_effects(
        np.tile(y, copies), dummies, fixed, function=function
    )
    first = int(place.max()) + 1
    codes = np.vstack([place, np.where(cell >= 0, first + cell, -1)]).T
    spread = jackknife(codes, first + columns, pair, cluster, y, expected[: y.size])
    variance[np.ix_(columns, columns)] = spread
    if lost := len(cells) - columns.size:
        msg = (
            f"{function}: in {lost} of {len(cells)} cells all ties are 0, or all of those they are "
            "compared with, so that they have no finite estimate (NaN), nor have the means they "
            "enter. Longer periods make this rarer."
        )
        warnings.warn(msg, UserWarning, stacklevel=4)
    table = pd.DataFrame(
        {
            "group": pd.Index(treatment.groups).take(cells[:, 0]),
            "cohort": pd.Index(pairs.periods).take(cells[:, 1]),
            "event_time": cells[:, 2],
            "estimate": estimate,
            "standard_error": np.sqrt(np.diag(variance)),
            "n_treated": np.bincount(code, minlength=len(cells)),
        }
    )
    n_treated = int(treated[present].sum())
    n_before = int(((cohort < NEVER) & ~usable & ~treatment.undated).sum())
    sample = PairSample(
        n_pairs=pairs.n_pairs,
        n_never_linked=pairs.n_pairs - pairs.source.size,
        n_treated=n_treated,
        n_controls=int(present.size) - n_treated,
        n_before=n_before,
        n_undated=int(treatment.undated.sum()),
        n_separated=int(kept.size - kept.sum()),
        n_clusters=int(cluster.max()) + 1,
    )
    return CellFit(table, variance, sample)


def summary(fit: CellFit, weights: Floats, confidence: float) -> TieEffect:
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


def contrasts(fit: CellFit, *, confidence: float) -> tuple[TieEffect, pd.DataFrame]:
    """The mean effect after the opening: of all, of each group, and between each two of them."""
    name, after = fit.table["group"].to_numpy(), fit.table["event_time"].to_numpy() >= 0
    effect = partial(summary, fit, confidence=confidence)
    means = {group: weights_of(fit.table, after & (name == group)) for group in pd.unique(name)}
    rows = {str(group): effect(weights) for group, weights in means.items()}
    for first, second in combinations(means, 2):
        rows[f"{first} - {second}"] = effect(means[first] - means[second])
    table = pd.DataFrame([asdict(row) for row in rows.values()], index=pd.Index(rows, name="group"))
    return effect(weights_of(fit.table, after)), table


def _unseparated(
    rows: Integers, place: Integers, y: Floats, cell: Integers, owner: Integers, n_cells: int
) -> tuple[Mask, Mask]:
    """Masks of the rows and cells left when those fitted exactly to 0 are dropped."""
    kept, cells = np.ones(rows.size, np.bool_), np.ones(n_cells, np.bool_)
    within, outside = cell >= 0, (owner >= 0) & (cell < 0)
    while True:
        live = np.where(kept, y, 0.0)
        by_place = np.bincount(place.ravel(), np.tile(live, len(place)))
        good = (np.bincount(rows, live)[rows] > 0) & (by_place[place] > 0).all(axis=0)
        cells &= np.bincount(cell[within], live[within], n_cells) > 0
        good &= ~within | cells[cell]
        # A cohort without a tie outside its cells has nothing to be compared with.
        before = np.bincount(owner[outside], live[outside], int(owner.max()) + 2)
        lost = (owner >= 0) & (before[owner] == 0)
        cells[cell[lost & within]] = False
        good &= ~lost
        if (good | ~kept).all():
            return kept, cells
        kept &= good


def weights_of(table: pd.DataFrame, mask: Mask) -> Floats:
    n: Floats = table["n_treated"].to_numpy(np.float64) * mask
    total = n.sum()
    return n / total if total else n


def poisson_fixed_effects(
    y: Floats,
    covariates: dict[str, Floats],
    fixed: dict[str, Integers],
    *,
    function: str,
) -> tuple[Floats, Floats]:
    pyfixest = require("pyfixest", extra="econometrics", needed_by=function)
    names = [f"x{i}" for i in range(len(covariates))]
    data = pd.DataFrame({"y": y, **dict(zip(names, covariates.values(), strict=True)), **fixed})
    with warnings.catch_warnings():
        # pyfixest 0.60 calls pandas by ways that pandas 3.1 announces the end of.
        warnings.filterwarnings("ignore", category=pd.errors.Pandas4Warning)
        warnings.filterwarnings("ignore", message=r"\s*\d+ variables dropped")
        # Its own standard errors are not used: no factor for small samples (0 / 0 where the
        # fixed effects leave no degree of freedom), and no warning of their root.
        warnings.filterwarnings("ignore", message="invalid value.* sqrt", category=RuntimeWarning)
        try:
            model = pyfixest.fepois(
                f"y ~ {' + '.join(names)} | {' + '.join(fixed)}",
                data,
                vcov="iid",
                ssc=pyfixest.ssc(k_adj=False, G_adj=False),
                fixef_rm="none",
                separation_check=[],
                iwls_tol=1e-10,
                iwls_maxiter=_STEPS,
                demeaner=pyfixest.MapDemeaner(fixef_tol=1e-9, fixef_maxiter=100_000),
            )
        except ValueError as error:
            if "Demeaning failed" in str(error):
                msg = (
                    f"{function}: the fixed effects have not converged, since next to no ties are "
                )
                msg += "left beside them. Take fewer effects, or longer periods."
                raise InputError(msg) from error
            if "collinear" not in str(error):
                raise
            kept = pd.Series(dtype=np.float64)
        else:
            kept = model.coef()
        lost = [term for term, name in zip(covariates, names, strict=True) if name not in kept]
        if lost:
            msg = (
                f"{function}: {examples(lost, str)} cannot be told apart from the fixed "
                "effects and the other terms. With effects of place and period there must be "
                "pairs without an enclave at both ends of those that have one."
            )
            raise InputError(msg)
        if not model.convergence:
            msg = f"{function}: the Poisson regression has not converged in {_STEPS} steps."
            raise InputError(msg)
        expected: Floats = np.asarray(model.predict(type="response"), np.float64)
    return kept[names].to_numpy(np.float64), expected


def jackknife(
    codes: Integers,
    cells: Integers,
    pair: Integers,
    cluster: Integers,
    observed: Floats,
    expected: Floats,
) -> Floats:
    """Cluster jackknife: coefficients move by -(X'X)^-1 X_g' (I - H_g)^-1 e_g."""
    levels = np.unique(codes[codes >= 0])
    n, size = observed.size, levels.size
    if size > _LIMIT:
        msg = f"standard errors take up to {_LIMIT:,} effects and cells; found {size:,}. Use fewer "
        raise InputError(f"{msg}places or periods, or effects='period'.")
    columns = np.where(codes >= 0, np.searchsorted(levels, codes), size)
    cells = np.searchsorted(levels, cells)
    root = np.sqrt(expected)
    residual = (observed - expected) / root
    per_row = np.arange(0, columns.size + 1, columns.shape[1])
    entries = np.ones(columns.size), columns.ravel(), per_row
    dummies = sparse.csr_array(entries, shape=(n, size + 1))[:, :size]
    total = np.bincount(pair, expected)
    weighted = sparse.diags_array(expected) @ dummies
    by_pair = sparse.csr_array((np.ones(n), (pair, np.arange(n)))) @ weighted
    gram = (dummies.T @ weighted).toarray()
    gram -= (by_pair.T @ sparse.diags_array(1 / total) @ by_pair).toarray()
    gram[np.diag_indices(size)] += _RIDGE * gram.diagonal().max()
    inverse = np.zeros((size + 1, size + 1))  # no dummy: a row and column of zeros
    inverse[:size, :size] = linalg.solve(gram, np.eye(size), check_finite=False, assume_a="pos")

    # Rows by cluster, filled up to one length with rows of weight 0.
    order = np.argsort(cluster, kind="stable")
    counts = np.bincount(cluster)
    n_clusters, length = counts.size, int(counts.max())
    slot = np.arange(n) - np.repeat(np.cumsum(counts) - counts, counts)
    at = np.full((n_clusters, length), n)
    at[cluster[order], slot] = order

    unit = np.append(root / np.sqrt(total[pair]), 0.0)
    pair = np.append(pair, -1)
    columns = np.vstack([columns, np.full(columns.shape[1], size)])
    root, residual = np.append(root, 0.0), np.append(residual, 0.0)
    influence = np.zeros((n_clusters, cells.size))
    step = max(1, 4_000_000 // length**2)
    for start in range(0, n_clusters, step):
        rows = at[start : start + step]
        # What remains of a row when its pair's effect is taken out.
        same = pair[rows][:, :, None] == pair[rows][:, None, :]
        out = np.eye(length) - same * unit[rows][:, :, None] * unit[rows][:, None, :]
        column = columns[rows]
        hat = np.zeros(out.shape)
        for a in range(column.shape[2]):
            for b in range(column.shape[2]):
                hat += inverse[column[:, :, a, None], column[:, None, :, b]]
        hat *= root[rows][:, :, None] * root[rows][:, None, :]
        hat = out @ hat @ out
        left = np.linalg.pinv(np.eye(length) - hat, rcond=1e-6, hermitian=True)
        moved = np.einsum("gab,gb->ga", out, np.einsum("gab,gb->ga", left, residual[rows]))
        moved *= root[rows]
        for a in range(column.shape[2]):
            part = inverse[cells][:, column[:, :, a]]
            influence[start : start + step] += np.einsum("kga,ga->gk", part, moved)
    return (n_clusters - 1) / n_clusters * (influence.T @ influence)
