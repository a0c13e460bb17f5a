"""The nucleolus and the core of a game, by linear programmes.

Largest excesses are made as small as possible, one level after the other. Each level is a linear
programme in its dual form: which weights of coalitions, balanced up to what is settled, have the
largest value? A coalition enters a basis only when its excess is above that of the level; the
kernel finds such a one in one pass over all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.planning._game import Game, GameLike, as_game, by_player, gains_over_alone, tolerance

Masks = npt.NDArray[np.int64]

ABOVE = 1e-11  # excesses that differ by less are equal, for values of at most 1
POSITIVE = 1e-9  # least positive weight: basis weights are fractions with small denominators
SETTLED = 1e-12  # a payoff sum is fixed if it moves by less when payoffs may move by 1
PROVEN = 1e-9  # tolerance of the proof, for gains of at most 1
MOST_PIVOTS = 100_000
UNSETTLED = 127


def least_core(game: GameLike) -> float:
    """The least e for which some division of v(N) gives each coalition at least v(S) - e.

    Parameters
    ----------
    game : Game or mapping
        As in `excess`.

    Returns
    -------
    float
        At most 0 if and only if the core is not empty; a player may get less than alone. 0 below
        1e-12 of the largest value of the game, -inf of one player.

    References
    ----------
    Maschler, Peleg and Shapley (1979), Mathematics of Operations Research 4, 303.

    Examples
    --------
    >>> majority = Game(["a", "b", "c"], [0, 0, 0, 1, 0, 1, 1, 1])
    >>> round(least_core(majority), 9)  # each pair gets 2/3 and could have 1
    0.333333333
    """
    game = as_game(game)
    if len(game.players) == 1:
        return -np.inf
    _, scale, least = _scaled_least_core(game)
    return 0.0 if abs(scale * least) <= 1e-12 * np.abs(game.values).max() else scale * least


def core_range(game: GameLike) -> pd.DataFrame:
    """The least and the most that each player gets in the core.

    Parameters
    ----------
    game : Game or mapping
        As in `excess`.

    Returns
    -------
    DataFrame
        A row a player, columns ``low`` and ``high``; NaN if the core is empty. Not every allocation
        inside all ranges is in the core: see `in_core`.

    Examples
    --------
    >>> core_range(Game(["a", "b"], [0, 1, 2, 6])).to_numpy().tolist()
    [[1.0, 4.0], [2.0, 5.0]]
    """
    game = as_game(game)
    ends: Any = game.values[-1]
    if len(game.players) > 1:
        gains, scale, least = _scaled_least_core(game)
        gains[1:-1] -= max(least, 0.0)  # a core is not empty by rounding
        alone = game.values[1 << np.arange(len(game.players))]
        empty = least * scale > tolerance(game)
        ends = np.nan if empty else alone[:, None] + scale * core_ends(gains)
    index = pd.Index(list(game.players), tupleize_cols=False, name="player")
    return pd.DataFrame(ends, index, ["low", "high"])


def _scaled_least_core(game: Game) -> tuple[Floats, float, float]:
    gains = gains_over_alone(game)
    scale = float(np.abs(gains).max()) or 1.0
    gains /= scale
    levels = excess_levels(gains, per_capita=False, rational=False, deepest=1).levels
    return gains, scale, levels[0].excess


def nucleolus(game: GameLike) -> pd.Series:
    """The allocation whose most dissatisfied coalitions are as little dissatisfied as possible.

    Among all ways to divide v(N) that give everybody at least v({i}), the one whose largest excess
    v(S) - x(S) is least, then the next largest, and so on; proven by Kohlberg's criterion.

    Parameters
    ----------
    game : Game or mapping
        As in `excess`.

    Returns
    -------
    Series
        A number a player, as from `shapley_value`. It is unique, adds up to the value of all, and
        lies in the core if there is one.

    Raises
    ------
    InputError
        All achieve less together than alone, or the game is not complete.
    ArithmeticError
        Rounding leaves the allocation unproven.

    References
    ----------
    Schmeidler (1969), SIAM Journal on Applied Mathematics 17, 1163. Kohlberg (1971), 20, 62.

    Examples
    --------
    >>> debts = Game(["a", "b", "c"], [0, 0, 0, 0, 0, 0, 100, 200])  # 100, 200, 300 of 200
    >>> nucleolus(debts).round(9).tolist()
    [50.0, 75.0, 75.0]
    """
    game = as_game(game)
    return by_player(game.players, _solved(game, per_capita=False), "nucleolus")


def per_capita_nucleolus(game: GameLike) -> pd.Series:
    """The nucleolus of excesses per member, ``(v(S) - x(S)) / |S|``.

    Parameters
    ----------
    game : Game or mapping
        As in `nucleolus`.

    Returns
    -------
    Series
        As from `nucleolus`.

    References
    ----------
    Grotte (1970), Computation of and observations on the nucleolus, Cornell University.

    Examples
    --------
    >>> debts = Game(["a", "b", "c"], [0, 0, 0, 0, 0, 0, 100, 200])
    >>> per_capita_nucleolus(debts).round(2).tolist()
    [33.33, 83.33, 83.33]
    """
    game = as_game(game)
    return by_player(game.players, _solved(game, per_capita=True), "per_capita_nucleolus")


def has_imputations(game: Game) -> bool:
    alone = game.values[1 << np.arange(len(game.players))]
    return bool(game.values[-1] - alone.sum() >= -1e-12 * np.abs(game.values).max())


def _solved(game: Game, *, per_capita: bool) -> Floats:
    n = len(game.players)
    alone: Floats = game.values[1 << np.arange(n)]
    gains = gains_over_alone(game)
    if not has_imputations(game):
        msg = "the game has no nucleolus: no allocation gives every player what they have alone, as"
        msg += f" all together achieve {game.values[-1]:g} and the players alone {alone.sum():g}."
        raise InputError(msg)
    if n == 1:
        return alone
    gains[-1] = max(gains[-1], 0.0)
    scale = np.abs(gains).max() or 1.0
    gains /= scale
    solution = excess_levels(gains, per_capita=per_capita, rational=True)
    levels = solution.levels
    sums = np.vstack([np.ones((1, n)), *(members(level.masks, n) for level in levels)])
    right = [np.where(e.sizes > 0, gains[e.masks] - e.excess * e.sizes, 0.0) for e in levels]
    payoffs = np.linalg.lstsq(sums, np.concatenate([gains[-1:], *right]))[0]
    prove(gains, payoffs, solution, per_capita=per_capita)
    return np.asarray(alone + scale * payoffs)


def prove(gains: Floats, payoffs: Floats, solution: Levels, *, per_capita: bool) -> None:
    """Refuse an allocation that does not fulfil Kohlberg's conditions for the nucleolus."""
    from netinnov.kernels.coalitions import largest_by_level

    n = payoffs.size
    largest = largest_by_level(
        gains, payoffs, solution.settled, within_blocks(n), len(solution.levels), per_capita
    )
    largest = np.maximum.accumulate(largest[::-1])[::-1]
    missing = [abs(payoffs.sum() - gains[-1]), -payoffs.min()]
    rows, weights = np.zeros((0, n)), np.zeros(0)
    for level, most in zip(solution.levels, largest, strict=True):
        new = members(level.masks, n)
        off = np.where(level.sizes > 0, gains[level.masks], 0.0) - new @ payoffs
        missing += [most - level.excess, np.abs(off - level.sizes * level.excess).max()]
        if rows.size:
            moved = np.linalg.lstsq(rows.T, level.weights @ new)[0]
            falls = moved > 0
            step = 0.5 * min(1.0, (weights[falls] / moved[falls]).min(initial=2.0))
            weights = np.append(weights - step * moved, step * level.weights)
        else:
            weights = level.weights * n / (level.weights @ new).sum()
        rows = np.vstack([rows, new])
        missing.append(np.abs(weights @ rows - 1.0).max())
        missing.append(0.0 if (weights > 0).all() else np.inf)
    if max(missing) > PROVEN or np.linalg.matrix_rank(rows) < n:
        msg = "rounding leaves the nucleolus of this game unproven: the values of some coalitions "
        raise ArithmeticError(f"{msg}are too near each other, or too far apart.")


@dataclass(frozen=True, slots=True)
class Level:
    """Coalitions that have the largest excess at every solution of one linear programme."""

    excess: float
    masks: Masks
    sizes: Floats
    weights: Floats


class Levels(NamedTuple):
    levels: list[Level]
    settled: npt.NDArray[np.int8]


@dataclass(slots=True)
class _Columns:
    """Constraints ``x(S) + size * excess >= value``; of size 0: ``x_i >= 0``, or settled."""

    masks: Masks
    sizes: Floats
    values: Floats

    def __add__(self, other: _Columns) -> _Columns:
        masks, sizes = np.append(self.masks, other.masks), np.append(self.sizes, other.sizes)
        return _Columns(masks, sizes, np.append(self.values, other.values))

    def __getitem__(self, chosen: npt.NDArray[np.bool_] | slice | list[int]) -> _Columns:
        return _Columns(self.masks[chosen], self.sizes[chosen], self.values[chosen])


def members(masks: Masks, n: int) -> Floats:
    """Coalitions x players: 1 for members, else 0."""
    return (masks[:, None] >> np.arange(n) & 1).astype(np.float64)


def within_blocks(n: int) -> int:
    return max(n - 6, 1)


def excess_levels(
    values: Floats, *, per_capita: bool, rational: bool, deepest: int | None = None
) -> Levels:
    """Solve levels until payoffs are settled; `values` by bit mask, scaled to at most 1."""
    from netinnov.kernels.coalitions import settled_by

    n = values.size.bit_length() - 1
    solver = _Solver(values, per_capita, rational)
    everybody = values.size - 1
    fixed = _Columns(np.array([everybody]), np.zeros(1), values[[-1]])
    basis = solver.coalitions(1 << np.arange(n, dtype=np.int64))
    settled = np.full(values.size, UNSETTLED, np.int8)
    levels: list[Level] = []
    rng = np.random.default_rng(0)
    while True:
        basis, point, weights = solver.minimum(fixed, basis, np.eye(n + 1)[n], rng)
        excess = float(point[n])
        is_tight = weights > POSITIVE
        tight, rest = basis[is_tight], basis[~is_tight]
        levels.append(Level(excess, tight.masks, tight.sizes, weights[is_tight]))
        if not rest.masks.size or len(levels) == deepest:
            return Levels(levels, settled)
        # One constraint follows from the others.
        fixed += _Columns(tight.masks, 0 * tight.sizes, tight.values - excess * tight.sizes)[1:]
        orthogonal, _ = np.linalg.qr(members(fixed.masks, n).T, mode="complete")
        direction = orthogonal[:, fixed.masks.size :] @ rng.normal(size=rest.masks.size)
        direction /= np.abs(direction).max()
        solver.left, settled = settled_by(
            solver.left, settled, direction, within_blocks(n), len(levels) - 1, SETTLED
        )
        # A coalition and the others are balanced: of these pairs the one of the largest excess.
        others = solver.coalitions(everybody ^ rest.masks)
        pairs = (rest.values + others.values - values[-1]) / (rest.sizes + others.sizes)
        basis = rest + others[[int(pairs.argmax())]]


def core_ends(values: Floats) -> Floats:
    """Least and largest core payoff of each player; the core must not be empty."""
    n = values.size.bit_length() - 1
    solver = _Solver(values, per_capita=False, rational=False)
    # Efficiency, with an excess of 0.
    fixed = _Columns(np.array([values.size - 1, 0]), np.array([0.0, 1.0]), values[[-1, 0]])
    rng = np.random.default_rng(0)
    ends = np.zeros((n, 2))
    for player in range(n):
        for column, sign in enumerate((1.0, -1.0)):
            # What the player gets alone bounds it below, what all others get alone above.
            left_out = (player + 1) % n if sign > 0 else player
            basis = solver.coalitions(np.delete(1 << np.arange(n, dtype=np.int64), left_out))
            cost = sign * np.eye(n + 1)[player]
            ends[player, column] = solver.minimum(fixed, basis, cost, rng)[1][player]
    return ends


class _Solver:
    def __init__(self, values: Floats, per_capita: bool, rational: bool) -> None:
        self.n = values.size.bit_length() - 1
        self.values = values
        self.per_capita = per_capita
        self.rational = rational
        self.left = values.copy()  # values of unsettled coalitions; -inf for the others
        self.left[[0, -1]] = -np.inf
        # Coalitions that were once the best of their block.
        self.seen = self.coalitions(np.zeros(0, np.int64))

    def coalitions(self, masks: Masks) -> _Columns:
        sizes = np.bitwise_count(masks) if self.per_capita else np.ones(masks.size)
        return _Columns(masks, sizes.astype(np.float64), self.values[masks])

    def minimum(
        self, fixed: _Columns, basis: _Columns, cost: Floats, rng: np.random.Generator
    ) -> tuple[_Columns, Floats, Floats]:
        n, first = self.n, fixed.masks.size
        columns = fixed + basis
        matrix = np.vstack([members(columns.masks, n).T, columns.sizes])
        # Weights of 0 tie. A small change of the right side in a random direction inside the cone
        # of the first basis breaks all ties, so that no basis comes back.
        change = matrix[:, first:] @ rng.uniform(0.5, 1.0, basis.masks.size)
        self.seen = self.seen[np.isfinite(self.left[self.seen.masks])]
        for _ in range(MOST_PIVOTS):
            inverse = np.linalg.inv(matrix)
            point = columns.values @ inverse
            weights = inverse @ cost
            entering = self._entering(point[:n], float(point[n]))
            if entering is None:
                return columns[first:], point, weights[first:]
            column = np.append(members(entering.masks, n), entering.sizes)
            rise = inverse @ column
            rise[:first] = 0.0
            # The first weight to fall to 0 leaves; of a tie, as the change says.
            ends = np.full((2, weights.size), np.inf)
            np.divide([weights, inverse @ change], rise, out=ends, where=rise > POSITIVE)
            tied = ends[0] <= ends[0].min() + ABOVE
            at = int(np.where(tied, ends[1], np.inf).argmin())
            matrix[:, at] = column
            columns.masks[at], columns.sizes[at] = entering.masks[0], entering.sizes[0]
            columns.values[at] = entering.values[0]
        raise ArithmeticError(f"a linear programme did not end in {MOST_PIVOTS:,} steps.")

    def _entering(self, payoffs: Floats, excess: float) -> _Columns | None:
        from netinnov.kernels.coalitions import largest_by_block

        poorest = int(payoffs.argmin())
        missing = -payoffs[poorest] if self.rational else 0.0
        above = self._above(payoffs, excess)
        if max(above.max(initial=0.0), missing) <= ABOVE:
            # |S| excess is a sum over S as the payoffs are.
            each, once = (excess, 0.0) if self.per_capita else (0.0, excess)
            largest, masks = largest_by_block(self.left, payoffs + each, within_blocks(self.n))
            self.seen += self.coalitions(masks[largest - once > ABOVE])
            above = self._above(payoffs, excess)
        if missing > above.max(initial=ABOVE):
            return _Columns(np.array([1 << poorest]), np.zeros(1), np.zeros(1))
        best = int(above.argmax()) if above.size else 0
        return self.seen[[best]] if above.max(initial=0.0) > ABOVE else None

    def _above(self, payoffs: Floats, excess: float) -> Floats:
        seen = self.seen
        above: Floats = seen.values - members(seen.masks, self.n) @ payoffs - seen.sizes * excess
        return above
