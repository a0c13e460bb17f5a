"""Regions and what lies between them, how the mobile move, and where two regions rest."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from scipy import optimize
from scipy.optimize import elementwise
from scipy.special import softmax

from netinnov._runtime.arguments import as_floats, as_whole, check_mapping, check_number
from netinnov._typing import Floats, Positive, PositiveShare
from netinnov.errors import InputError
from netinnov.mechanisms._checked_tables import in_order, refuse_asymmetric, refuse_outside

Enclaves: TypeAlias = Mapping[tuple[Any, Any], float] | None
Attraction: TypeAlias = Callable[[Floats], Floats]  # shares of the regions to attractions

_NEAR = 1e-5  # distance from the even split within which no other rest point is searched
_GRID = 1001  # shares at which the sign of an asymmetric gap is sampled
_LEVELS = np.concatenate([np.geomspace(1e-9, 1e-2, 60), np.linspace(0.012, 0.9995, 400)])


def trade_freeness(distances: Any, *, decay: Positive) -> pd.DataFrame:
    """Freeness of trade that falls exponentially with distance.

    Parameters
    ----------
    distances : DataFrame or array
        Regions x regions, symmetric, at least 0, 0 on the diagonal, in any unit.
    decay : float
        Above 0, for one unit of distance. With iceberg costs T = exp(tau d) it is tau (sigma - 1).

    Returns
    -------
    DataFrame
        exp(-decay d), 1 on the diagonal; labels as in `distances`, or 0, 1, ...

    Examples
    --------
    >>> trade_freeness([[0, 1], [1, 0]], decay=0.5).round(3).to_numpy().tolist()
    [[1.0, 0.607], [0.607, 1.0]]
    """
    values, labels = _symmetric("distances", distances)
    refuse_outside("distances", values, values >= 0, "at least 0")
    off = ~np.eye(len(values), dtype=bool)
    refuse_outside("distances", values, off | (values == 0), "0 with itself")
    return pd.DataFrame(np.exp(-decay * values), index=labels, columns=labels)


def check_freeness_matrix(freeness: Any) -> tuple[Floats, pd.Index[Any]]:
    """A symmetric matrix with 1 on its diagonal; a single number means two regions."""
    if np.ndim(freeness) == 0:
        freeness = np.array([[1.0, freeness], [freeness, 1.0]])
    values, labels = _symmetric("freeness", freeness)
    inside = (values > 0) & (values <= 1)
    refuse_outside("freeness", values, inside, "above 0 (autarky) and at most 1")
    off = ~np.eye(len(values), dtype=bool)
    refuse_outside("freeness", values, off | (values == 1), "1 with itself")
    return values, labels


def check_shares(name: str, shares: Any, labels: pd.Index[Any]) -> Floats:
    values = in_order(name, shares, list(labels) if isinstance(shares, pd.Series) else [])
    if values.shape != (len(labels),):
        raise InputError(
            f"`{name}` must have one entry for each of {len(labels)} regions; "
            f"found the shape {values.shape}."
        )
    refuse_outside(name, values, values >= 0, "at least 0")
    total = float(values.sum())
    if abs(total - 1) > 1e-9:
        raise InputError(f"`{name}` must add up to 1; found {total:g}; divide it by its sum.")
    return values / total


def check_enclaves(enclaves: Any, labels: pd.Index[Any]) -> Floats | None:
    """Shares of the host's elements (column) that the home reaches (row); None without enclaves."""
    if enclaves is None:
        return None
    check_mapping("enclaves", enclaves, "from (home, host) to a share")
    if not enclaves:
        return None
    reach = np.zeros((len(labels), len(labels)))
    for pair, share in enclaves.items():
        places = labels.get_indexer(pd.Index(pair)) if np.size(pair) == 2 else np.array([-1])
        if (places < 0).any() or len(set(places)) != 2:
            raise InputError(
                f"`enclaves` must join two different regions of {labels[:5].tolist()}; "
                f"found {pair!r}."
            )
        check_number(f"enclaves[{pair!r}]", share, low=0, high=1)
        reach[places[0], places[1]] = share
    return reach


def _symmetric(name: str, matrix: Any) -> tuple[Floats, pd.Index[Any]]:
    values = as_floats(name, matrix)
    if values.ndim != 2 or values.shape[0] != values.shape[1] or len(values) < 2:
        raise InputError(
            f"`{name}` must be a square matrix of at least 2 regions; "
            f"found the shape {values.shape}."
        )
    refuse_outside(name, values, np.isfinite(values), "a matrix of finite numbers")
    labels = matrix.index if isinstance(matrix, pd.DataFrame) else pd.RangeIndex(len(values))
    if not labels.is_unique or not getattr(matrix, "columns", labels).equals(labels):
        raise InputError(f"`{name}` must have the same unique labels in its rows and columns.")
    refuse_asymmetric(name, values)
    return values, labels


@dataclass(frozen=True, slots=True)
class Replicator:
    """Shares grow as far as a region is more attractive than the mean of the mobile.

    dx_i/dt = mobility x_i (v_i - sum_j x_j v_j); a step multiplies x_i by exp(mobility v_i) and
    makes the sum 1 again. Empty regions stay empty; with two regions dx/dt = x (1 - x) gap.

    Parameters
    ----------
    mobility : float
        Above 0, per step.

    References
    ----------
    Fujita, Krugman and Venables (1999), The Spatial Economy, MIT Press, chapter 5.

    Examples
    --------
    >>> Replicator(mobility=1.0).move(np.array([0.5, 0.5]), np.array([np.log(3), 0.0]))
    array([0.75, 0.25])
    """

    mobility: Positive = 0.5

    def move(self, shares: Floats, attraction: Floats) -> Floats:
        """Shares after one step.

        Parameters
        ----------
        shares, attraction : array
            A number a region.

        Returns
        -------
        array
            Of the same shape.
        """
        grown = shares * np.exp(self.mobility * (attraction - attraction.max()))
        return np.asarray(grown / grown.sum())


@dataclass(frozen=True, slots=True)
class Logit:
    """Each step a share of the mobile choose again, by a logit choice between regions.

    dx_i/dt = mobility (p_i - x_i) with p_i proportional to exp(sensitivity v_i).

    Parameters
    ----------
    sensitivity : float
        Above 0.
    mobility : float
        Above 0 and at most 1: the share that chooses again in a step.

    Examples
    --------
    >>> Logit(sensitivity=1.0, mobility=1.0).move(np.array([0.1, 0.9]), np.array([0.0, 0.0]))
    array([0.5, 0.5])
    """

    sensitivity: Positive
    mobility: PositiveShare = 0.5

    def move(self, shares: Floats, attraction: Floats) -> Floats:
        """Shares after one step.

        Parameters
        ----------
        shares, attraction
            As in `Replicator.move`.

        Returns
        -------
        array
        """
        choice = softmax(self.sensitivity * attraction)
        return np.asarray(shares + self.mobility * (choice - shares))


Dynamics: TypeAlias = Replicator | Logit


def trajectory(
    attraction: Attraction, start: Any, labels: pd.Index[Any], steps: int, dynamics: Dynamics
) -> pd.DataFrame:
    path = [check_shares("start", start, labels)]
    for _ in range(as_whole("steps", steps, low=1)):
        path.append(dynamics.move(path[-1], attraction(path[-1])))
    return pd.DataFrame(np.array(path), columns=labels).rename_axis("step")


def root_of(function: Callable[[float], float], low: float, high: float) -> float:
    return float(optimize.brentq(function, low, high, xtol=1e-15, rtol=8.9e-16))


def rest_points(gap: Callable[[Any], Any], *, rises: bool) -> pd.DataFrame:
    """Rest points of dx/dt = x (1 - x) gap(x), gap odd about 1/2, at most one root above."""
    at_corner = float(gap(1.0))
    points = [(0.5, not rises)]
    above = 0.5 + _NEAR
    if (at_corner > 0) != rises and np.sign(gap(above)) != np.sign(at_corner) and at_corner != 0:
        root = root_of(gap, above, 1.0)
        # The slopes at neighbouring rest points have opposite signs.
        points += [(root, rises), (1 - root, rises)]
    if at_corner >= 0:
        points += [(0.0, at_corner > 0), (1.0, at_corner > 0)]
    return pd.DataFrame(sorted(points), columns=["share", "stable"])


def rest_points_of_any(gap: Callable[[Any], Any]) -> pd.DataFrame:
    # Denser at both ends, where roots of agglomerated states crowd.
    grid = cosines = (1 - np.cos(np.linspace(0, np.pi, _GRID))) / 2
    values = np.asarray(gap(grid))
    # A root may hide between two shares, as a hill or a valley that just crosses zero.
    before = values[:-2]
    inner = values[1:-1]
    after = values[2:]
    turns = (inner - before) * (after - inner) < 0
    towards = np.sign(inner) * (after - 2 * inner + before) > 0
    same = (np.sign(before) == np.sign(inner)) & (np.sign(after) == np.sign(inner))
    for at in np.flatnonzero(turns & towards & same) + 1:
        sign = float(np.sign(inner[at - 1]))
        bounds = (cosines[at - 1], cosines[at + 1])
        best = optimize.minimize_scalar(
            lambda x, sign=sign: sign * float(gap(x)), bounds=bounds, options={"xatol": 1e-12}
        )
        if best.fun < 0:
            grid = np.append(grid, best.x)
            values = np.append(values, -sign)
    order = np.argsort(grid)
    grid = grid[order]
    values = values[order]
    points = []
    for at in np.flatnonzero(values[:-1] * values[1:] < 0):
        root = root_of(gap, grid[at], grid[at + 1])
        if 0 < root < 1:
            points.append((root, bool(values[at] > values[at + 1])))
    # A grid point may be a root itself: the even split above all.
    roots = np.flatnonzero(values[1:-1] == 0) + 1
    points += [(float(grid[at]), bool(values[at - 1] > values[at + 1])) for at in roots]
    ends = ((0.0, -float(values[0])), (1.0, float(values[-1])))
    points += [(end, stays > 0) for end, stays in ends if stays >= 0]
    return pd.DataFrame(sorted(points), columns=["share", "stable"])


def sustain_root(premium: Callable[[float], float], high: float) -> float:
    """Root in log freeness, up to `high`, of the falling gain of the first to leave a core."""
    low = high - 1.0
    while premium(low) < 0:
        low = 2 * low - high
    return float(np.exp(root_of(premium, low, high)))


def fold(gap: Callable[[Floats, Floats], Floats]) -> float:
    """Largest freeness with a spread state that leans to region 1; NaN if it has no fold."""
    low = 0.5
    high = 1.0
    best = float("nan")
    for _ in range(6):
        shares = np.linspace(low, high, 65)
        levels = _first_root(gap, shares)
        if np.isnan(levels).all():
            return float("nan")
        at = int(np.nanargmax(levels))
        best = float(levels[at])
        low = shares[max(at - 1, 0)]
        high = shares[min(at + 1, 64)]
    return best if low < 1.0 - 1e-6 else float("nan")


def _first_root(gap: Callable[[Floats, Floats], Floats], shares: Floats) -> Floats:
    values = gap(*np.broadcast_arrays(shares[:, None], _LEVELS[None, :]))
    rising = (values[:, :-1] < 0) & (values[:, 1:] >= 0)
    has = rising.any(axis=1)
    at = rising.argmax(axis=1)[has]
    roots = np.full(len(shares), np.nan)
    ends = _LEVELS[at], _LEVELS[at + 1]
    find_root: Any = elementwise.find_root
    with np.errstate(divide="ignore", invalid="ignore"):  # scipy divides by differences of 0
        roots[has] = find_root(lambda level, x: gap(x, level), ends, args=(shares[has],)).x
    return roots
