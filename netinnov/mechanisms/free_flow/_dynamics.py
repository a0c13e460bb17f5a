"""How the mobile move between regions, step by step, and where they come to rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import scipy

from netinnov._runtime.arguments import as_whole, check_number
from netinnov._runtime.parallel import run
from netinnov._typing import Floats, Mask
from netinnov.errors import InputError
from netinnov.mechanisms.free_flow._regions import check_shares

Attraction: TypeAlias = Callable[[Floats], Floats]  # shares (starts x regions) to attractions
_STILL = 1e-9  # movement in a step below which a path is at rest
_EMPTY = 1e-5  # share below which a region may be empty at rest; its payoff decides
_SAME = 1e-5  # largest difference between two copies of a rest point
_LEVEL = 1e-9  # an eigenvalue nearer to 0 is inconclusive: the state is at a bifurcation
_FEW = 32  # regions up to which all paths are followed at once
_LONGEST = 5000  # steps of a path
_TRIED = 200  # most starts from which unstable rest points are searched


@dataclass(frozen=True, slots=True)
class Replicator:
    """Shares grow as far as a region is more attractive than the mean of the mobile.

    dx_i/dt = mobility x_i (v_i - sum_j x_j v_j); a step multiplies x_i by exp(mobility v_i) and
    makes the sum 1 again, so that shares stay shares. Empty regions stay empty. The ad hoc dynamics
    of Fujita, Krugman and Venables; with two regions dx/dt = x (1 - x) gap.

    Parameters
    ----------
    mobility : float
        Above 0, per step.

    References
    ----------
    Fujita, Krugman and Venables (1999), The Spatial Economy, MIT Press, chapter 5.

    Examples
    --------
    >>> import numpy as np
    >>> Replicator(mobility=1.0).move(np.array([0.5, 0.5]), np.array([np.log(3), 0.0]))
    array([0.75, 0.25])
    """

    mobility: float = 0.5

    def __post_init__(self) -> None:
        check_number("mobility", self.mobility, low=0, above=True)

    def move(self, shares: Floats, attraction: Floats) -> Floats:
        """Shares after one step.

        Parameters
        ----------
        shares, attraction : array
            Regions along the last axis.

        Returns
        -------
        array
            Of the same shape.
        """
        top = attraction.max(axis=-1, keepdims=True)
        grown = shares * np.exp(self.mobility * (attraction - top))
        return np.asarray(grown / grown.sum(axis=-1, keepdims=True))

    def jacobian(self, shares: Floats, attraction: Floats, slope: Floats) -> Floats:
        """Change of dx/dt with the shares.

        Parameters
        ----------
        shares, attraction : array
            Of one state.
        slope : array
            Change of the attraction of a region (row) with the share of another (column).

        Returns
        -------
        array
            Regions x regions.
        """
        spread = slope - (attraction + shares @ slope)
        change = np.diag(attraction - shares @ attraction) + shares[:, None] * spread
        return np.asarray(self.mobility * change)


@dataclass(frozen=True, slots=True)
class Logit:
    """Each step a share of the mobile choose again, by a logit choice between regions.

    dx_i/dt = mobility (p_i - x_i) with p_i proportional to exp(sensitivity v_i). With a moving
    cost those who live in i count v_j - cost for every other region j.

    Parameters
    ----------
    sensitivity : float
        Above 0.
    mobility : float
        Above 0 and at most 1: the share that chooses again in a step.
    moving_cost : float
        At least 0, in units of attraction.

    Examples
    --------
    >>> import numpy as np
    >>> Logit(sensitivity=1.0, mobility=1.0).move(np.array([0.1, 0.9]), np.array([0.0, 0.0]))
    array([0.5, 0.5])
    """

    sensitivity: float
    mobility: float = 0.5
    moving_cost: float = 0.0

    def __post_init__(self) -> None:
        check_number("sensitivity", self.sensitivity, low=0, above=True)
        check_number("mobility", self.mobility, low=0, high=1, above=True)
        check_number("moving_cost", self.moving_cost, low=0)

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
        pull, stay, leave = self._choice(attraction)
        target = stay * shares + pull * (leave * shares).sum(axis=-1, keepdims=True)
        return np.asarray(shares + self.mobility * (target - shares))

    def jacobian(self, shares: Floats, attraction: Floats, slope: Floats) -> Floats:
        """Change of dx/dt with the shares.

        Parameters
        ----------
        shares, attraction, slope
            As in `Replicator.jacobian`.

        Returns
        -------
        array
            Regions x regions.
        """
        pull, stay, leave = self._choice(attraction)
        moves = np.outer(leave, pull) + np.diag(stay)  # row: from; its sum is 1
        moved = shares @ moves
        to_attraction = np.diag(moved) - moves.T @ (shares[:, None] * moves)
        change = self.sensitivity * to_attraction @ slope + moves.T - np.eye(len(shares))
        return np.asarray(self.mobility * change)

    def _choice(self, attraction: Floats) -> tuple[Floats, Floats, Floats]:
        gap = self.sensitivity * (attraction - attraction.max(axis=-1, keepdims=True))
        cost = self.sensitivity * self.moving_cost
        # The larger of the two terms is 1, so that both cannot vanish.
        most = np.maximum(gap, -cost)
        stay, leave, pull = -np.expm1(-cost) * np.exp(gap - most), np.exp(-cost - most), np.exp(gap)
        total = stay + leave * pull.sum(axis=-1, keepdims=True)
        return pull, stay / total, leave / total


Dynamics: TypeAlias = Replicator | Logit


def trajectory(
    attraction: Attraction, start: Any, labels: pd.Index[Any], steps: int, dynamics: Dynamics
) -> pd.DataFrame:
    """States of one path, the start first: (steps + 1) x regions."""
    x = check_shares("start", start, labels)
    if x.ndim != 1:
        raise InputError(f"`start` must be one state of shares; found the shape {x.shape}.")
    path = [x]
    for _ in range(as_whole("steps", steps, low=1)):
        path.append(dynamics.move(path[-1], attraction(path[-1])))
    return pd.DataFrame(np.array(path), columns=labels).rename_axis("step")


def long_run(
    make: Callable[[], Attraction],
    slope: Callable[[Floats], Floats],
    labels: pd.Index[Any],
    dynamics: Dynamics,
    starts: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Rest points, stability and basins; `make` returns an attraction that may warm-start."""
    if taken := [name for name in ("leading", "stable", "basin", "low", "high") if name in labels]:
        raise InputError(f"regions cannot be called as other columns of rest points: {taken}.")
    n = len(labels)
    first = rng.dirichlet(np.ones(n), size=starts)

    def end(start: Floats) -> Floats:
        return _run_until_still(make(), np.atleast_2d(start), dynamics)

    # Many regions: each path has its own solver, which keeps the factors of its matrix.
    ends = end(first) if n <= _FEW else np.concatenate(run(end, list(first), progress=False))
    attraction = make()

    def one(x: Floats) -> Floats:
        return np.asarray(attraction(x[None, :])[0])

    corners = isinstance(dynamics, Replicator)
    points: list[Floats] = []

    def settle(x: Floats, inside: Mask | None = None) -> None:
        if corners:
            inside = x > _EMPTY if inside is None else inside
            point = _settle_inside(one, slope, x, inside)
        else:
            point = _settle(one, slope, x, dynamics)
        if point is not None and all(np.abs(point - other).max() > _SAME for other in points):
            points.append(point)

    states: list[Floats] = []
    for last in ends:
        if all(np.abs(last - other).max() >= 1e-4 for other in states):
            states.append(last)
            settle(last)
    # Paths never end at what repels: Newton's method from the starts themselves finds that, too.
    settle(np.full(n, 1 / n))
    for start in first[:_TRIED]:
        settle(start)
        if corners:
            settle(start, np.isin(np.arange(n), np.argsort(-start)[: rng.integers(1, n + 1)]))
    rows = []
    for point in points:
        v = one(point)
        # Else somebody would move to an empty region: no equilibrium.
        if not corners or v.max() <= v[point > 0].max() + 1e-9:
            rows.append((point, _leading(dynamics.jacobian(point, v, slope(point)))))
    rows.sort(key=lambda row: (row[1] >= -_LEVEL, *np.round(-row[0], 6)))
    table = pd.DataFrame([point for point, _ in rows], columns=labels, dtype=np.float64)
    table["leading"] = [leading for _, leading in rows]
    table["stable"] = table["leading"] < -_LEVEL
    distance = [np.full(starts, 1e-2), *(np.abs(ends - point).max(axis=1) for point, _ in rows)]
    counts = np.bincount(np.argmin(distance, axis=0), minlength=len(distance))[1:]
    tests = [scipy.stats.binomtest(int(count), starts) for count in counts]
    intervals = [test.proportion_ci(method="wilson") for test in tests]
    table["basin"] = counts / starts
    bounds = np.array([(each.low, each.high) for each in intervals]).reshape(-1, 2)
    table[["low", "high"]] = bounds
    return table


def _run_until_still(attraction: Attraction, first: Floats, dynamics: Dynamics) -> Floats:
    ends = first.copy()
    going = np.arange(len(first))
    for step in range(_LONGEST):
        x = ends[going]
        ends[going] = moved = dynamics.move(x, attraction(x))
        # Not every step: a new number of paths makes the solver forget where it was.
        if step % 50 == 49 or len(going) == 1:
            going = going[np.abs(moved - x).max(axis=1) >= _STILL]
            if not len(going):
                break
    return ends


def _settle_inside(
    attraction: Attraction, slope: Callable[[Floats], Floats], x: Floats, inside: Any
) -> Floats | None:
    """Newton's method for equal attraction in the regions `inside`; the others are empty."""
    where = np.flatnonzero(inside)
    x = np.where(inside, x, 0.0)
    x = x / x.sum()
    k = len(where)
    for _ in range(60):
        v = attraction(x)
        if k == 1 or np.ptp(v[where]) < 1e-13:
            return x
        # Unknowns: changes of the shares, and the common attraction.
        system = np.zeros((k + 1, k + 1))
        system[:k, :k] = slope(x)[np.ix_(where, where)]
        system[:k, k], system[k, :k] = -1.0, 1.0
        change = _solved(system, np.append(-v[where], 0.0))[:k]
        if not np.isfinite(change).all():
            return None
        x = x.copy()
        x[where] = _moved(x[where], change)
        x[where] /= x[where].sum()
        if (x[where] < 1e-9).any():
            return None
        if np.abs(change).max() < 1e-14:
            break
    return x if np.ptp(attraction(x)[where]) < 1e-10 else None


def _settle(
    attraction: Attraction, slope: Callable[[Floats], Floats], x: Floats, dynamics: Dynamics
) -> Floats | None:
    for _ in range(60):
        v = attraction(x)
        off = dynamics.move(x, v) - x
        if np.abs(off).max() < 1e-15:
            return x
        # The sum of the shares must not change: it takes the place of what the rows share.
        change = _solved(dynamics.jacobian(x, v, slope(x)) - 1.0 / len(x), -off)
        if not np.isfinite(change).all():
            return None
        change -= change.mean()
        x = _moved(x, change)
        if np.abs(change).max() < 1e-15:
            break
    return x if np.abs(dynamics.move(x, attraction(x)) - x).max() < 1e-12 else None


def _solved(system: Floats, right: Floats) -> Floats:
    try:
        return np.asarray(np.linalg.solve(system, right))
    except np.linalg.LinAlgError:
        return np.full(right.shape, np.nan)


def _moved(x: Floats, change: Floats) -> Floats:
    falling = change < 0
    room = np.min(-x[falling] / change[falling], initial=np.inf)
    return x + min(1.0, 0.9 * room) * change


def _leading(jacobian: Floats) -> float:
    """Largest real part of the eigenvalues on the subspace of constant total share."""
    basis = scipy.linalg.null_space(np.ones((1, len(jacobian))))
    return float(np.linalg.eigvals(basis.T @ jacobian @ basis).real.max())
