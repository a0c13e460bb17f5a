"""Volumes from shares: what a platform publishes of out- and inflows, put together again."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import spsolve

from netinnov._arguments import check_type, examples
from netinnov._columns import as_numbers, as_text
from netinnov._display import Displayed
from netinnov._typing import Floats
from netinnov.errors import InputError

ROUNDING = 1.005
"""Shares are rounded, so those of a place may add up to a little more than the whole."""

Weights = Literal["equal", "shares"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Reconciled(Displayed):
    """Volumes that shares give, up to one constant.

    Attributes
    ----------
    flows : DataFrame
        Origins x destinations, as shares of all that leaves the origins; NaN where no share is
        given or the total of neither end is known.
    outflow, inflow : Series
        Total of each origin and of each destination, on the same scale: the outflows add up to 1.
        NaN where no pair says it.
    residuals : DataFrame
        Logarithm of the volume by the share of the outflow over that by the share of the inflow:
        0.1 says that the first is 10 % larger. NaN where one of the two is missing.
    r_squared : float
        Share of the variance of the logarithms of the ratios of the two shares that the totals
        explain. NaN where there is no variance.
    n_pairs : int
        Pairs with both shares, on which the fit rests.
    """

    flows: pd.DataFrame
    outflow: pd.Series
    inflow: pd.Series
    residuals: pd.DataFrame
    r_squared: float
    n_pairs: int

    def to_frame(self) -> pd.DataFrame:
        """One row a flow: origin, destination, flow, residual; `read_origin_destination` reads it.

        Returns
        -------
        DataFrame
        """
        row, column = np.nonzero(self.flows.notna().to_numpy())
        return pd.DataFrame(
            {
                "origin": self.flows.index.take(row),
                "destination": self.flows.columns.take(column),
                "flow": self.flows.to_numpy()[row, column],
                "residual": self.residuals.to_numpy()[row, column],
            }
        )


def reconcile(
    out_shares: pd.DataFrame, in_shares: pd.DataFrame, *, weights: Weights = "equal"
) -> Reconciled:
    """Bring two matrices of shares back to volumes, up to one constant.

    Parameters
    ----------
    out_shares : DataFrame
        Origins x destinations: share of each origin's outflow that goes to each destination; a
        row adds up to 1 (or 100, for per cent) or to less, where small shares are left out.
    in_shares : DataFrame
        Origins x destinations too: share of each destination's inflow that comes from each
        origin; a column adds up to 1 (or 100) or to less. Missing shares and zeros say nothing.
    weights : {"equal", "shares"}
        What a pair counts in the fit: all the same, or by the square of its shares, which is best
        where the error of a share is that of its rounding.

    Returns
    -------
    Reconciled
        ``.flows``, ``.outflow``, ``.inflow``, ``.residuals``, ``.r_squared``, ``.n_pairs`` and
        ``.to_frame()``.

    Raises
    ------
    InputError
        One of the two is not a table of shares, a label is repeated, the rows of ``out_shares`` or
        the columns of ``in_shares`` add up to more than the whole, or no pair has both shares.
    ValueError
        ``weights`` is not one of the choices.

    Warns
    -----
    UserWarning
        Places whose total cannot be told, because no pair with both shares connects them with the
        others; their flows are missing.

    See Also
    --------
    read_origin_destination : Flows as a network, also from ``.to_frame()``.
    gravity_residuals : Flows against a gravity model.

    Notes
    -----
    The volume of a pair is O_i p_ij by the share of the outflow and D_j q_ij by that of the inflow.
    So log p_ij - log q_ij = log D_j - log O_i, and the totals follow by (weighted) least squares
    over all pairs with both shares, up to one constant in each connected part; only the largest
    part is kept. The volume of a pair is the geometric mean of the two, or the one there is.
    A total is that of what the shares are of, also where a platform publishes a part of them.

    The residuals tell whether the two matrices are of one flow. They say nothing on an error that
    both share, such as users who are not like others, and with ``r_squared`` near 1 the volumes
    are still those of the platform's users.

    Examples
    --------
    >>> volumes = pd.DataFrame([[0, 30, 10], [60, 0, 40], [15, 45, 0]], list("abc"), list("abc"))
    >>> out_shares = volumes.div(volumes.sum(axis=1), axis=0)
    >>> in_shares = volumes / volumes.sum()
    >>> (200 * reconcile(out_shares, in_shares).flows).round(6).loc["b"].to_list()
    [60.0, nan, 40.0]
    """
    out, into = _shares("out_shares", out_shares, axis=1), _shares("in_shares", in_shares, axis=0)
    origins = out.index.union(into.index, sort=False)
    destinations = out.columns.union(into.columns, sort=False)
    p = out.reindex(origins, columns=destinations).to_numpy()
    q = into.reindex(origins, columns=destinations).to_numpy()
    row, column = np.nonzero(~np.isnan(p) & ~np.isnan(q))
    if not row.size:
        msg = "no pair of places has both a share of the outflow and one of the inflow; the labels "
        msg += f"of `out_shares` begin with {examples(out.index)}, those of `in_shares` with "
        raise InputError(f"{msg}{examples(into.index)}, and both must be origins x destinations.")
    ratio = np.log(p[row, column]) - np.log(q[row, column])
    weight = np.ones(row.size)
    if weights == "shares":
        weight = 1 / (p[row, column] ** -2 + q[row, column] ** -2)
    leaves, arrives = _totals(row, column, ratio, weight, p.shape)
    left_out = [*origins[np.isnan(leaves)], *destinations[np.isnan(arrives)]]
    if left_out:
        known = sorted(set(map(str, left_out)))
        msg = f"the totals of {len(known)} places cannot be told from pairs with both shares: "
        warnings.warn(f"{msg}{examples(known)}.", UserWarning, stacklevel=3)

    scale = np.log(np.nansum(np.exp(leaves)))
    leaves, arrives = leaves - scale, arrives - scale
    by_out, by_in = np.log(p) + leaves[:, None], np.log(q) + arrives
    residuals = by_out - by_in
    both = np.where(
        np.isnan(by_out), by_in, np.where(np.isnan(by_in), by_out, by_out - residuals / 2)
    )
    inside = ~np.isnan(residuals[row, column])
    ratio, weight, residual = (x[inside] for x in (ratio, weight, residuals[row, column]))
    spread = float(weight @ (ratio - np.average(ratio, weights=weight)) ** 2)
    r_squared = 1 - float(weight @ residual**2) / spread if spread > 0 else float("nan")
    return Reconciled(
        pd.DataFrame(np.exp(both), origins, destinations),
        pd.Series(np.exp(leaves), origins, name="outflow"),
        pd.Series(np.exp(arrives), destinations, name="inflow"),
        pd.DataFrame(residuals, origins, destinations),
        r_squared,
        int(inside.sum()),
    )


def _shares(name: str, table: pd.DataFrame, *, axis: int) -> pd.DataFrame:
    """Shares as fractions, NaN where there are none."""
    check_type(name, table, pd.DataFrame, mend="a table of origins x destinations")
    if table.empty:
        raise InputError(f"`{name}` must have origins as rows and destinations as columns.")
    labels = {
        "rows": as_text(pd.Series(table.index))[0],
        "columns": as_text(pd.Series(table.columns))[0],
    }
    for where, label in labels.items():
        if (twice := label[label.duplicated() | label.isna()]).size:
            msg = f"`{name}`: its {where} must have each place once; found again "
            raise InputError(f"{msg}{examples(twice)}.")
    columns = [as_numbers(table.iloc[:, at]) for at in range(table.shape[1])]
    values = np.column_stack([value for value, _ in columns])
    wrong = np.column_stack([bad for _, bad in columns]) | (values < 0) | np.isinf(values)
    if wrong.any():
        at, to = np.argwhere(wrong)[0]
        msg = f"`{name}` must hold shares of at least 0; {wrong.sum()} are none, such as "
        raise InputError(f"{msg}{table.iat[at, to]!r} from {labels['rows'][at]!r}.")
    totals = np.nansum(values, axis=axis)
    whole = 1.0 if np.median(totals) <= 2 * ROUNDING else 100.0
    if (more := totals > whole * ROUNDING).any():
        side, other = ("rows", "columns") if axis == 1 else ("columns", "rows")
        msg = f"`{name}`: its {side} must add up to 1 or 100 at most; {more.sum()} add up to more, "
        msg += f"such as {totals.max():.6g} of {labels[side][int(totals.argmax())]!r}"
        fits = np.nansum(values, axis=1 - axis).max() <= whole * ROUNDING
        mend = f": its {other} do, so transpose it (origins are rows)" if fits else ""
        raise InputError(f"{msg}{mend}.")
    values[values == 0] = np.nan
    return pd.DataFrame(values / whole, pd.Index(labels["rows"]), pd.Index(labels["columns"]))


def _totals(
    row: npt.NDArray[np.intp],
    column: npt.NDArray[np.intp],
    ratio: Floats,
    weight: Floats,
    shape: tuple[int, int],
) -> tuple[Floats, Floats]:
    """Logarithms of the totals of origins and destinations in the largest connected part.

    Normal equations of ratio = log D - log O: the Laplacian of the pairs, one total being 0.
    """
    n, size = shape[0], shape[0] + shape[1]
    pair = np.arange(row.size)
    signs = np.concatenate([-np.ones(row.size), np.ones(row.size)])
    ends = np.concatenate([row, n + column])
    incidence = csr_array(coo_array((signs, (np.tile(pair, 2), ends)), shape=(row.size, size)))
    _, part = connected_components(abs(incidence.T) @ abs(incidence), directed=False)
    largest = np.bincount(part[row]).argmax()
    inside = np.flatnonzero(part == largest)
    free = inside[1:]
    normal = (incidence.T * weight) @ incidence
    value = np.full(size, np.nan)
    value[inside[0]] = 0.0
    right = (incidence.T * weight) @ ratio
    value[free] = spsolve(normal[free][:, free].tocsc(), right[free])
    return value[:n], value[n:]
