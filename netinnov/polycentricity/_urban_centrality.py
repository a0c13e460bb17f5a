"""The urban centrality index: how unevenly a quantity is spread, times how close together it is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import optimize

from netinnov._runtime.arguments import as_floats, one_column
from netinnov._typing import Floats, Positive
from netinnov.errors import InputError
from netinnov.polycentricity._evenness import scaled

if TYPE_CHECKING:
    from netinnov.polycentricity._evenness import Values

_CURVATURE = 1e-9  # part of the largest distance below which a positive eigenvalue is rounding
_MADE = 1e-5  # curvature added where there is none
_ROUNDS = 200  # one is enough where all directions bend
_GAP = 1e-10  # relative distance from the maximum at which the search ends; an exact bound


def urban_centrality_index(
    values: Values, distances: npt.ArrayLike, *, maximum: Positive | None = None
) -> float:
    """Multiply concentration by proximity: LC (1 - V/V_max).

    ``LC = 1/2 sum |s_i - 1/n|`` and ``V = s'Ds``, s the shares of the places, D their distances.

    Parameters
    ----------
    values : sequence of float
        One value a place, such as jobs, in any unit.
    distances : array_like
        n x n, at least 0, in any unit and in the order (and with the labels) of the values. The
        diagonal is 0, or a distance inside each place. Of two directions the mean counts.
    maximum : float, optional
        V_max. None: the largest s'Ds over all shares, found exactly where D allows it.

    Returns
    -------
    float
        0 (spread evenly, or as far apart as can be) to below 1 (all in one place). NaN if all
        values are zero, for one place, and if all distances are zero.

    Raises
    ------
    InputError
        Without `maximum`, distances that are not conditionally negative definite.

    Notes
    -----
    Only then s'Ds is concave over the shares, so that its maximum can be told from lesser peaks.
    Straight-line and great-circle distances are; distances along roads often are not: give
    `maximum`, such as V of shares spread over the border of the region, as the R package uci does.

    References
    ----------
    Pereira et al. (2013), Urban centrality: a simple index, Geographical Analysis 45.

    Examples
    --------
    >>> line = [[0, 1, 2], [1, 0, 1], [2, 1, 0]]
    >>> urban_centrality_index([1, 0, 1], line)  # at both ends: V = V_max
    0.0
    >>> round(urban_centrality_index([0, 1, 0], line), 6)
    0.666667
    """
    x = scaled(values)
    matrix = _distances(distances, one_column("values", values))
    if x.size == 0:
        return math.nan
    return centrality_of(x, matrix, widest_spread(matrix)[0] if maximum is None else maximum)


def centrality_of(values: Floats, distances: Floats, maximum: float) -> float:
    n = values.size
    total = values.sum()
    if n < 2 or not maximum > 0 or not total > 0:
        return math.nan
    share = values / total
    concentration = float(np.abs(share - 1 / n).sum()) / 2
    separation = float(share @ distances @ share)
    index = concentration * (1 - separation / maximum)
    # At the maximum itself, rounding may leave less than zero.
    return 0.0 if abs(index) <= _GAP else index


def widest_spread(distances: Floats) -> tuple[float, Floats]:
    """Largest s'Ds over shares s >= 0 with sum 1, D conditionally negative definite; these shares.

    Equivalent to nonnegative least squares on points that are eigenvectors of the centred D.
    Directions without curvature get some around the last shares (proximal point method).
    """
    n = len(distances)
    scale = float(distances.max(initial=0.0))
    if n == 0 or scale == 0:
        return 0.0, np.full(n, 1 / max(n, 1))
    matrix = distances / scale
    level = matrix.mean(axis=0) - matrix.mean()
    bend, axes = np.linalg.eigh(level + matrix.mean(axis=0)[:, None] - matrix)
    if bend[0] < -_CURVATURE * n:
        raise InputError(
            "the largest s'Ds can be found only for `distances` that are conditionally negative "
            "definite, as straight-line and great-circle distances are; these are not (along "
            "roads or links they seldom are). Give V_max as `maximum`, or straight-line distances."
        )
    made = np.where(bend < _CURVATURE, _MADE, 0.0)
    root = np.sqrt(np.where(made > 0, made, bend))
    share = np.full(n, 1 / n)
    for _ in range(_ROUNDS):
        target = (level @ axes + made * (share @ axes)) / root
        unit = np.abs(target).max(initial=1.0)
        system = np.vstack([(axes * root - target).T, np.full(n, unit)])
        share, _ = optimize.nnls(system, np.append(np.zeros(n), unit))
        share /= share.sum()
        slope = matrix @ share
        value = float(share @ slope)
        # By concavity no shares reach more than value + 2 (largest slope - value).
        if slope.max() - value <= _GAP / 10 * value:
            return value * scale, share
    raise InputError("the largest s'Ds could not be found to 1e-10; give it as `maximum`.")


def _distances(distances: Any, values: Any) -> Floats:
    n = len(values)
    matrix = as_floats("distances", distances)
    if matrix.shape != (n, n):
        raise InputError(
            f"`distances` must have a row and a column for each of the {n} values; found shape "
            f"{matrix.shape}."
        )
    bad = np.argwhere(~(np.isfinite(matrix) & (matrix >= 0)))
    if len(bad):
        i, j = bad[0]
        raise InputError(
            f"`distances` must be finite and 0 or more; {len(bad)} are not, e.g. "
            f"{matrix[i, j]} at row {i}, column {j}."
        )
    # Two labelled tables in different orders are a mistake that no number would show.
    if isinstance(values, pd.Series) and isinstance(distances, pd.DataFrame):
        for axis, labels in (("rows", distances.index), ("columns", distances.columns)):
            if not labels.equals(values.index):
                raise InputError(
                    f"the {axis} of `distances` must have the labels of `values`, in their order; "
                    "write distances.loc[values.index, values.index]."
                )
    return np.asarray((matrix + matrix.T) / 2)
