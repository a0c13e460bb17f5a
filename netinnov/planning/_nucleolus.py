"""The nucleolus and the core of a game, by linear programmes.

Largest excesses are made as small as possible, one level after the other. Each level is a linear
programme in its dual form: which weights of coalitions, balanced up to what is settled, have the
largest value? A coalition enters a basis only when its excess is above that of the level; the
kernel finds such a one in one pass over all.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.planning import _core, _game
from netinnov.planning._game import Game, GameLike, as_game, by_player

Settled: TypeAlias = npt.NDArray[np.int8]  # level at which each coalition is settled
Constraints: TypeAlias = npt.NDArray[np.void]  # x(S) + size * excess >= value

_CONSTRAINT = np.dtype([("mask", np.int64), ("size", np.float64), ("value", np.float64)])
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
        A row a player, columns ``low`` and ``high``; NaN if the core is empty. Not all allocations
        inside these ranges are in the core.

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
        empty = least * scale > _core.tolerance(game)
        ends = np.nan if empty else alone_in(game)[:, None] + scale * core_ends(gains)
    index = pd.Index(list(game.players), tupleize_cols=False, name="player")
    return pd.DataFrame(ends, index, ["low", "high"])


def _scaled_least_core(game: Game) -> tuple[Floats, float, float]:
    gains, scale = _scaled_gains(game)
    levels, _ = excess_levels(gains, per_capita=False, rational=False, deepest=1)
    return gains, scale, levels[0].excess


def _scaled_gains(game: Game) -> tuple[Floats, float]:
    """Gains over what the members have alone, divided by the largest."""
    gains: Floats = game.values - _game.sums_over_coalitions(alone_in(game))
    gains[1 << np.arange(len(game.players))] = 0.0
    scale = float(np.abs(gains).max()) or 1.0
    return gains / scale, scale


def nucleolus(game: GameLike) -> pd.Series:
    """The allocation whose most dissatisfied coalitions are as little dissatisfied as possible.

    Of divisions of v(N) that give everybody at least v({i}), that whose largest excess v(S) - x(S)
    is least, then the next largest, and so on; proven by Kohlberg's criterion.

    Parameters
    ----------
    game : Game or mapping
        As in `excess`.

    Returns
    -------
    Series
        A number a player: unique, adding up to the value of all, in the core if there is one.

    Raises
    ------
    InputError, ArithmeticError
        All achieve less together than alone; rounding leaves the allocation unproven.

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
    together = game.values[-1] - alone_in(game).sum()
    return bool(together >= -1e-12 * np.abs(game.values).max())


def alone_in(game: Game) -> Floats:
    return np.asarray(game.values[1 << np.arange(len(game.players))])


def _solved(game: Game, *, per_capita: bool) -> Floats:
    n = len(game.players)
    alone = alone_in(game)
    if not has_imputations(game):
        raise InputError(
            "the game has no nucleolus: no allocation gives every player what they have alone, as "
            f"all together achieve {game.values[-1]:g} and the players alone {alone.sum():g}."
        )
    if n == 1:
        return alone
    gains, scale = _scaled_gains(game)
    gains[-1] = max(gains[-1], 0.0)  # below only by rounding
    levels, settled = excess_levels(gains, per_capita=per_capita, rational=True)
    sums = np.vstack([np.ones((1, n)), *(members(tight["mask"], n) for _, tight, _ in levels)])
    right = [tight["value"] - excess * tight["size"] for excess, tight, _ in levels]
    payoffs = np.linalg.lstsq(sums, np.concatenate([gains[-1:], *right]))[0]
    prove(gains, payoffs, levels, settled, per_capita=per_capita)
    return np.asarray(alone + scale * payoffs)


def prove(
    gains: Floats, payoffs: Floats, levels: list[Level], settled: Settled, *, per_capita: bool
) -> None:
    """Refuse an allocation that does not fulfil Kohlberg's conditions for the nucleolus."""
    from netinnov.kernels.coalitions import largest_by_level

    n = payoffs.size
    blocks = within_blocks(n)
    largest = largest_by_level(gains, payoffs, settled, blocks, len(levels), per_capita)
    largest = np.maximum.accumulate(largest[::-1])[::-1]
    missing = [abs(payoffs.sum() - gains[-1]), -payoffs.min()]
    rows = np.zeros((0, n))
    weights = np.zeros(0)
    for (excess, tight, share), most in zip(levels, largest, strict=True):
        new = members(tight["mask"], n)
        off = tight["value"] - new @ payoffs
        missing += [most - excess, np.abs(off - tight["size"] * excess).max()]
        if rows.size:
            moved = np.linalg.lstsq(rows.T, share @ new)[0]
            falls = moved > 0
            step = 0.5 * min(1.0, (weights[falls] / moved[falls]).min(initial=2.0))
            weights = np.append(weights - step * moved, step * share)
        else:
            weights = share * n / (share @ new).sum()
        rows = np.vstack([rows, new])
        missing.append(np.abs(weights @ rows - 1.0).max())
        missing.append(0.0 if (weights > 0).all() else np.inf)
    if max(missing) > PROVEN or np.linalg.matrix_rank(rows) < n:
        raise ArithmeticError(
            "rounding leaves the nucleolus of this game unproven: the values of some coalitions "
            "are too near each other, or too far apart."
        )


class Level(NamedTuple):
    """Coalitions that have the largest excess at every solution of one linear programme."""

    excess: float
    tight: Constraints
    weights: Floats


def members(masks: npt.NDArray[np.int64], n: int) -> Floats:
    """Coalitions x players: 1 for members, else 0."""
    return (masks[:, None] >> np.arange(n) & 1).astype(np.float64)


def within_blocks(n: int) -> int:
    return max(n - 6, 1)


def constraints(masks: npt.ArrayLike, sizes: npt.ArrayLike, values: npt.ArrayLike) -> Constraints:
    """Of size 0: ``x_i >= 0``, or settled."""
    rows = np.empty(np.size(masks), _CONSTRAINT)
    rows["mask"] = masks
    rows["size"] = sizes
    rows["value"] = values
    return rows


def excess_levels(
    values: Floats, *, per_capita: bool, rational: bool, deepest: int | None = None
) -> tuple[list[Level], Settled]:
    """Solve levels until payoffs are settled; `values` by bit mask, scaled to at most 1."""
    from netinnov.kernels.coalitions import settled_by

    n = values.size.bit_length() - 1
    solver = _Solver(values, per_capita, rational)
    everybody = values.size - 1
    fixed = constraints(everybody, 0, values[-1])
    basis = solver.coalitions(1 << np.arange(n))
    settled = np.full(values.size, UNSETTLED, np.int8)
    levels: list[Level] = []
    rng = np.random.default_rng(0)
    while True:
        basis, point, weights = solver.minimum(fixed, basis, np.eye(n + 1)[n], rng)
        excess = float(point[n])
        is_tight = weights > POSITIVE
        tight = basis[is_tight]
        rest = basis[~is_tight]
        levels.append(Level(excess, tight, weights[is_tight]))
        if not rest.size or len(levels) == deepest:
            return levels, settled
        # One constraint follows from the others.
        new = constraints(tight["mask"], 0, tight["value"] - excess * tight["size"])[1:]
        fixed = np.append(fixed, new)
        orthogonal, _ = np.linalg.qr(members(fixed["mask"], n).T, mode="complete")
        direction = orthogonal[:, fixed.size :] @ rng.normal(size=rest.size)
        direction /= np.abs(direction).max()
        solver.left, settled = settled_by(
            solver.left, settled, direction, within_blocks(n), len(levels) - 1, SETTLED
        )
        # A coalition and the others are balanced: of these pairs the one of the largest excess.
        others = solver.coalitions(everybody ^ rest["mask"])
        pairs = (rest["value"] + others["value"] - values[-1]) / (rest["size"] + others["size"])
        basis = np.append(rest, others[pairs.argmax()])


def core_ends(values: Floats) -> Floats:
    """Least and largest core payoff of each player; the core must not be empty."""
    n = values.size.bit_length() - 1
    solver = _Solver(values, per_capita=False, rational=False)
    # Efficiency, with an excess of 0.
    fixed = constraints([values.size - 1, 0], [0, 1], values[[-1, 0]])
    rng = np.random.default_rng(0)
    ends = np.zeros((n, 2))
    for player in range(n):
        for column, sign in enumerate((1.0, -1.0)):
            # What the player gets alone bounds it below, what all others get alone above.
            left_out = (player + 1) % n if sign > 0 else player
            basis = solver.coalitions(np.delete(1 << np.arange(n), left_out))
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

    def coalitions(self, masks: npt.NDArray[np.int64]) -> Constraints:
        return constraints(
            masks, np.bitwise_count(masks) if self.per_capita else 1, self.values[masks]
        )

    def minimum(
        self, fixed: Constraints, basis: Constraints, cost: Floats, rng: np.random.Generator
    ) -> tuple[Constraints, Floats, Floats]:
        n = self.n
        first = fixed.size
        columns = np.append(fixed, basis)
        matrix = np.vstack([members(columns["mask"], n).T, columns["size"]])
        # Weights of 0 tie. A small change of the right side in a random direction inside the cone
        # of the first basis breaks all ties, so that no basis comes back.
        change = matrix[:, first:] @ rng.uniform(0.5, 1.0, basis.size)
        self.seen = self.seen[np.isfinite(self.left[self.seen["mask"]])]
        for _ in range(MOST_PIVOTS):
            inverse = np.linalg.inv(matrix)
            point = columns["value"] @ inverse
            weights = inverse @ cost
            entering = self._entering(point[:n], float(point[n]))
            if entering is None:
                return columns[first:], point, weights[first:]
            column = np.append(members(entering["mask"], n), entering["size"])
            rise = inverse @ column
            rise[:first] = 0.0
            # The first weight to fall to 0 leaves; of a tie, as the change says.
            ends = np.full((2, weights.size), np.inf)
            np.divide([weights, inverse @ change], rise, out=ends, where=rise > POSITIVE)
            tied = ends[0] <= ends[0].min() + ABOVE
            at = int(np.where(tied, ends[1], np.inf).argmin())
            matrix[:, at] = column
            columns[at] = entering[0]
        raise ArithmeticError(f"a linear programme did not end in {MOST_PIVOTS:,} steps.")

    def _entering(self, payoffs: Floats, excess: float) -> Constraints | None:
        from netinnov.kernels.coalitions import largest_by_block

        poorest = int(payoffs.argmin())
        missing = -payoffs[poorest] if self.rational else 0.0
        above = self._above(payoffs, excess)
        if max(above.max(initial=0.0), missing) <= ABOVE:
            # |S| excess is a sum over S as the payoffs are.
            each, once = (excess, 0.0) if self.per_capita else (0.0, excess)
            largest, masks = largest_by_block(self.left, payoffs + each, within_blocks(self.n))
            self.seen = np.append(self.seen, self.coalitions(masks[largest - once > ABOVE]))
            above = self._above(payoffs, excess)
        if missing > above.max(initial=ABOVE):
            return constraints(1 << poorest, 0, 0)
        best = int(above.argmax()) if above.size else 0
        return self.seen[[best]] if above.max(initial=0.0) > ABOVE else None

    def _above(self, payoffs: Floats, excess: float) -> Floats:
        sums = members(self.seen["mask"], self.n) @ payoffs
        return np.asarray(self.seen["value"] - sums - self.seen["size"] * excess)
