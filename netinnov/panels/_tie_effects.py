"""Effects of enclaves on ties: cells of a panel of pairs as dummies of a Poisson regression."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from scipy import linalg, sparse
from scipy.special import stdtr, stdtrit

from netinnov._network.hierarchy import nearest
from netinnov._runtime.arguments import check_name, examples
from netinnov._runtime.display import Displayed, Tabled
from netinnov._runtime.optional import require
from netinnov._typing import Codes, Floats, Integers, Mask
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.panels._measure_panel import asked_periods, check_columns, dated
from netinnov.panels._openings import first_openings

Effects: TypeAlias = Literal["place_period", "period"]

_CELL = ["group", "cohort", "event_time"]
_LIMIT = 6000
_RIDGE = 1e-9  # relative to the largest diagonal entry; identifies collinear effects


@dataclass(frozen=True, slots=True, repr=False)
class TieEffect(Tabled):
    """Change of the logarithm of the expected tie, against what is expected without an enclave.

    Parameters
    ----------
    estimate, standard_error : float
        0.1 is about 10 % more; the error is robust to dependence within a pair of places.
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
        Pairs times periods left out: all ties of their place or cohort are 0 in the period.
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


class Pairs(NamedTuple):
    """Pairs with a link in some period; all others are 0 throughout."""

    nodes: pd.Index
    source: Codes
    target: Codes
    weight: Floats  # pairs x periods
    periods: list[int]
    directed: bool

    def unordered(self, source: Codes | Integers, target: Codes | Integers) -> Integers:
        low = np.minimum(source, target).astype(np.int64)
        return low * self.nodes.size + np.maximum(source, target)


def linked_pairs(network: MultilayerNetwork, layer: str, periods: Sequence[int] | None) -> Pairs:
    layer = check_name("layer", layer, network.layers)
    rows = network.storage.link_rows()
    ends = ["source", "target"]
    inside = (rows.layer == network.layers.index(layer)) & (rows.source != rows.target)
    rows = dated(rows.where(inside), f"layer {layer!r}", stacklevel=5)
    links = pd.DataFrame({name: getattr(rows, name) for name in [*ends, "period", "weight"]})
    asked = asked_periods(periods, links["period"])
    if empty := sorted(set(asked) - set(links["period"])):
        raise InputError(
            f"every period must have links; {len(empty)} of {len(asked)} have none: {empty[:5]}. "
            "If they were not observed, name the others in `periods`."
        )
    links = links[links["period"].isin(asked)]
    wide = links.pivot_table("weight", ends, "period", aggfunc="sum", fill_value=0.0)
    source, target = (wide.index.get_level_values(end).to_numpy(np.int32) for end in ends)
    directed = layer in network.directed
    return Pairs(network.nodes.index, source, target, wide.to_numpy(), asked, directed)


def treatment_of(
    pairs: Pairs, openings: pd.DataFrame, network: MultilayerNetwork, by: str | None
) -> pd.DataFrame:
    """Of each pair: position of the first period with an enclave, group, and if undated."""
    check_columns("openings", openings, ["home", "host", "opened", *([] if by is None else [by])])
    home, host = (_positions(openings[end], end, network) for end in ("home", "host"))
    other = home != host
    size = pairs.nodes.size
    first = first_openings(
        openings[other],
        pairs.unordered(home, host)[other],
        pd.Index(pairs.unordered(pairs.source, pairs.target)),
        by,
        lambda key: " and ".join(repr(pairs.nodes[at]) for at in divmod(key, size)),
    )
    cohort = np.searchsorted(pairs.periods, first["opened"])  # the number of periods: never
    return first.assign(cohort=cohort, group=first["group"].astype("str"))


def _positions(names: pd.Series, column: str, network: MultilayerNetwork) -> Integers:
    """Positions of nodes; a place that is not a node stands for its first ancestor that is."""
    nodes = network.nodes.index
    places = network.storage.place_names
    ids = pd.Index(names)
    node_of = nodes.get_indexer(places)
    place = places.get_indexer(ids).astype(np.int32)
    around = np.append(node_of, -1)[nearest(node_of >= 0, network.storage.parents, place)]
    at = nodes.get_indexer(ids)
    at = np.where(at < 0, around, at)
    if missing := list(dict.fromkeys(names[at < 0].astype("str"))):
        raise InputError(
            f"`openings`: {len(missing)} values of {column!r} are neither nodes of the network "
            f"nor places inside one: {examples(missing)}; see aggregate()."
        )
    return at.astype(np.int64)


class CellFit(NamedTuple):
    table: pd.DataFrame  # group, cohort, event time, estimate, standard error and treated pairs
    variance: Floats
    sample: PairSample
    degrees: int  # of freedom


def fit(pairs: Pairs, treatment: pd.DataFrame, reference: int | None, effects: Effects) -> CellFit:
    """Fit ln E(tie) = fixed effects + cells, a cell a group, cohort and event time."""
    cohort, undated = (treatment[name].to_numpy() for name in ("cohort", "undated"))
    never = cohort == len(pairs.periods)
    usable = (never | (cohort + (-1 if reference is None else reference) >= 0)) & ~undated
    treated = ~never & usable
    if not (usable & never).any():
        raise InputError("there must be pairs without an enclave; all linked pairs have one.")
    pair, period = np.nonzero(np.broadcast_to(usable[:, None], pairs.weight.shape))
    time = period - np.where(treated, cohort, 0)[pair]
    inside = (time >= 0 if reference is None else time != reference) & treated[pair]
    if not inside.any():
        msg = "no linked pair has an enclave that opened inside the panel with periods before and "
        span = f"{pairs.periods[0]} to {pairs.periods[-1]}"
        raise InputError(f"{msg}after; {treated.sum()} pairs are treated in periods {span}.")
    ties = pd.DataFrame({"pair": pair, "first": period, "tie": pairs.weight[pair, period]})
    ties["unordered"] = pairs.unordered(pairs.source, pairs.target)[pair]
    fixed = ["first"]
    if effects == "place_period":
        t = len(pairs.periods)
        shift = pairs.nodes.size * pairs.directed
        ties["first"] += pairs.source[pair].astype(np.int64) * t
        ties["second"] = (pairs.target[pair].astype(np.int64) + shift) * t + period
        fixed.append("second")
    ties["group"] = treatment["group"].to_numpy()[pair]
    ties[_CELL[1:]] = np.column_stack([cohort[pair], time])
    by_cell = ties[inside].groupby(_CELL)
    table = by_cell["tie"].agg(ties="sum", n_treated="size").reset_index()
    ties["cell"] = by_cell.ngroup().reindex(ties.index, fill_value=-1)
    # A cell without a tie has no finite estimate, nor one without a tie to compare it with.
    base = ties[treated[pair] & ~inside].groupby(_CELL[:2])["tie"].sum().rename("base")
    finite = ((table["ties"] > 0) & (table.join(base, on=_CELL[:2])["base"] > 0)).to_numpy()
    if not finite.any():
        raise InputError("every tie of the pairs with an enclave is 0 before, or after, it opens.")
    fitted = ties[(ties["cell"] < 0) | finite[ties["cell"]]]
    cells = np.flatnonzero(finite)
    estimate, fitted = _poisson(fitted, cells, fixed, pairs.directed)
    variance = np.full((finite.size, finite.size), np.nan)
    variance[np.ix_(cells, cells)] = _leave_one_out(fitted, cells, fixed)
    if lost := finite.size - cells.size:
        warnings.warn(
            f"in {lost} of {finite.size} cells all ties are 0, or all of those they are compared "
            "with, so that they, and the means they enter, have no finite estimate (NaN). Longer "
            "periods make this rarer.",
            UserWarning,
            stacklevel=4,
        )
    table["cohort"] = pd.Index(pairs.periods).take(table["cohort"].to_numpy())
    table["estimate"] = pd.Series(estimate, cells)
    table["standard_error"] = np.sqrt(np.diag(variance))
    table = table[[*_CELL, "estimate", "standard_error", "n_treated"]]
    present = fitted["pair"].unique()
    n_treated = int(treated[present].sum())
    n_pairs = pairs.nodes.size * (pairs.nodes.size - 1) // (1 if pairs.directed else 2)
    sample = PairSample(
        n_pairs=n_pairs,
        n_never_linked=n_pairs - pairs.source.size,
        n_treated=n_treated,
        n_controls=present.size - n_treated,
        n_before=int((~never & ~usable & ~undated).sum()),
        n_undated=int(undated.sum()),
        n_separated=len(ties) - len(fitted),
        n_clusters=fitted["unordered"].nunique(),
    )
    return CellFit(table, variance, sample, max(sample.n_clusters - 1, 1))


def shares(fit: CellFit, masks: Mask) -> Floats:
    """Weights by treated pairs of the cells in each of several masks."""
    n = fit.table["n_treated"].to_numpy() * masks
    return n / np.maximum(n.sum(axis=1, keepdims=True), 1)


def means(fit: CellFit, weights: Floats, confidence: float) -> pd.DataFrame:
    """Means of cells, a row for each row of weights; NaN where a cell has no estimate."""
    used = weights != 0
    known = used.any(axis=1) & ~used[:, fit.table["estimate"].isna()].any(axis=1)
    mean = weights @ fit.table["estimate"].fillna(0.0).to_numpy()
    variance = np.einsum("ij,jk,ik->i", weights, np.nan_to_num(fit.variance), weights)
    error = np.sqrt(np.maximum(variance, 0.0))
    reach = stdtrit(fit.degrees, (1 + confidence) / 2) * error
    t = np.divide(mean, error, out=np.full(mean.size, np.nan), where=error > 0)
    p = 2 * stdtr(fit.degrees, -np.abs(t))
    numbers = np.column_stack([mean, error, mean - reach, mean + reach, p])
    numbers[~known] = np.nan
    return pd.DataFrame(numbers, columns=["estimate", "standard_error", "low", "high", "p"])


def _poisson(
    ties: pd.DataFrame, cells: Integers, fixed: list[str], directed: bool
) -> tuple[Floats, pd.DataFrame]:
    """Estimates of the cells, and the rows that are not separated, with the column `expected`."""
    pyfixest = require("pyfixest", extra="econometrics", needed_by="event_study")
    dummies = {f"cell{at}": (ties["cell"] == at).astype(np.float64) for at in cells}
    data = ties.drop(columns=["group", "cell"]).assign(**dummies)
    if "second" in fixed and not directed:
        # Each pair stands there either way: the two effects of a place are the same by symmetry.
        data = pd.concat([data, data.rename(columns={"first": "second", "second": "first"})])
    data = data.reset_index(names="row")
    with warnings.catch_warnings():
        # Of rows and columns dropped, which are counted here, and of its standard errors, not used.
        warnings.simplefilter("ignore")
        try:
            model = pyfixest.fepois(
                f"tie ~ {' + '.join(dummies)} | {' + '.join(['pair', *fixed])}",
                data,
                vcov="iid",
                ssc=pyfixest.ssc(k_adj=False, G_adj=False),
                fixef_rm="none",
                separation_check=["fe"],
                iwls_tol=1e-10,
                iwls_maxiter=200,
                demeaner=pyfixest.MapDemeaner(fixef_tol=1e-9, fixef_maxiter=100_000),
            )
            estimate = model.coef()
        except ValueError as error:
            if not re.search("collinear|Demeaning failed", str(error)):
                raise
            estimate = pd.Series(dtype=np.float64)
        if lost := [name for name in dummies if name not in estimate]:
            raise InputError(
                f"{len(lost)} of {cells.size} cells cannot be told apart from the fixed effects "
                "and the others, or next to no ties are left beside these. Take fewer effects, "
                "or longer periods; with effects of place and period there must be pairs "
                "without an enclave at both ends of those with one."
            )
        if not model.convergence:
            raise InputError("the Poisson regression has not converged.")
        data = data.drop(index=model.na_index).assign(expected=model.predict(type="response"))
    rows = data.drop_duplicates("row").set_index("row")
    expected = ties.loc[rows.index].assign(expected=rows["expected"])
    return estimate[list(dummies)].to_numpy(np.float64), expected


def _leave_one_out(ties: pd.DataFrame, cells: Integers, fixed: list[str]) -> Floats:
    """Variance by the jackknife over pairs (CR3), linearized.

    Without pair g estimates move by -(X'X)^-1 X_g' (I - X_g (X'X)^-1 X_g')^-1 e_g. Of pyfixest
    CRV1 is too small for many effects and few treated pairs, and CRV3 fits once a pair.
    """
    n = len(ties)
    expected = ties["expected"].to_numpy()
    level, levels = pd.factorize(np.concatenate([ties[each] for each in fixed]))
    if (size := cells.size + len(levels)) > _LIMIT:
        raise InputError(
            f"standard errors take up to {_LIMIT:,} effects and cells; found {size:,}. Use fewer "
            "places or periods, or effects='period'."
        )
    cell = pd.Index(cells).get_indexer(pd.Index(ties["cell"]))
    row = np.append(np.tile(np.arange(n), len(fixed)), np.flatnonzero(cell >= 0))
    column = np.append(cells.size + level, cell[cell >= 0])
    dummies = sparse.csr_array((np.ones(row.size), (row, column)), shape=(n, size))
    pair, pairs = pd.factorize(ties["pair"])
    weight = sparse.csr_array((expected, (pair, np.arange(n))), shape=(len(pairs), n))
    mean = sparse.diags_array(1 / weight.sum(axis=1)) @ weight @ dummies
    root = np.sqrt(expected)
    x = sparse.csr_array(sparse.diags_array(root) @ (dummies - mean[pair]))
    gram = (x.T @ x).toarray()
    gram[np.diag_indices(size)] += _RIDGE * gram.diagonal().max()
    inverse = linalg.solve(gram, np.eye(size), check_finite=False, assume_a="pos")
    residual = (ties["tie"].to_numpy() - expected) / root
    clusters = ties.groupby("unordered").indices.values()
    moved = np.empty((len(clusters), cells.size))
    for at, rows in enumerate(clusters):
        some = x[rows]
        used = np.unique(some.indices)
        part = some.toarray()[:, used]
        left = np.eye(len(rows)) - part @ inverse[np.ix_(used, used)] @ part.T
        value, vector = np.linalg.eigh(left)  # for its pseudoinverse
        value[value <= 1e-6 * value[-1]] = np.inf
        error = vector.T @ residual[rows] / value
        moved[at] = inverse[: cells.size, used] @ (part.T @ (vector @ error))
    return (1 - 1 / len(clusters)) * (moved.T @ moved)
