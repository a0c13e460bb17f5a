"""The allocation whose largest excesses are least, one after the other, and what proves it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.planning._excess_levels import Level, Levels, excess_levels, members, within_blocks
from netinnov.planning._game import (
    Game,
    GameLike,
    as_game,
    by_player,
    gains_over_alone,
)

PROVEN = 1e-9  # tolerance of the proof, for gains of at most 1


def nucleolus(game: GameLike) -> pd.Series:
    """The allocation whose most dissatisfied coalitions are as little dissatisfied as possible.

    Among all ways to divide v(N) that give everybody at least v({i}), the one whose largest excess
    v(S) - x(S) is least, then the next largest, and so on. One linear programme a level, by the
    simplex method on weights of coalitions, whose columns are made as they are needed. It is proven
    before it is returned by Kohlberg's criterion: at each level the coalitions with the largest
    excesses are balanced. 2^n numbers are held; 20 players take well under a second.

    Parameters
    ----------
    game : Game or mapping
        A value for each coalition; a mapping from frozensets of players to values will do.

    Returns
    -------
    Series
        A number a player, in the order of ``game.players`` (of a mapping: sorted). It is unique,
        adds up to the value of all, and lies in the core if there is one.

    Raises
    ------
    InputError
        If all achieve less together than alone, so that no division gives everybody what they have
        alone; or the game is not complete or has more than 24 players.
    ArithmeticError
        If rounding leaves the allocation unproven.

    References
    ----------
    Schmeidler (1969), The nucleolus of a characteristic function game, SIAM Journal on Applied
    Mathematics 17, 1163. Maschler, Peleg and Shapley (1979), Geometric properties of the kernel,
    nucleolus, and related solution concepts, Mathematics of Operations Research 4, 303. Kohlberg
    (1971), On the nucleolus of a characteristic function game, SIAM Journal on Applied Mathematics
    20, 62.

    Examples
    --------
    >>> debts = Game(["a", "b", "c"], [0, 0, 0, 0, 0, 0, 100, 200])  # 100, 200, 300 of 200
    >>> nucleolus(debts).round(9).tolist()
    [50.0, 75.0, 75.0]
    """
    game = as_game(game)
    return by_player(game.players, _solved(game, per_capita=False)[0], "nucleolus")


def per_capita_nucleolus(game: GameLike) -> pd.Series:
    """The nucleolus of excesses that a coalition shares among its members.

    As `nucleolus`, with ``(v(S) - x(S)) / |S|``: what each member would gain by leaving together.

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
    Grotte (1970), Computation of and observations on the nucleolus, the normalized nucleolus and
    the central games, Cornell University.

    Examples
    --------
    >>> debts = Game(["a", "b", "c"], [0, 0, 0, 0, 0, 0, 100, 200])
    >>> per_capita_nucleolus(debts).round(2).tolist()
    [33.33, 83.33, 83.33]
    """
    game = as_game(game)
    return by_player(game.players, _solved(game, per_capita=True)[0], "per_capita_nucleolus")


def has_imputations(game: Game) -> bool:
    alone = game.values[1 << np.arange(len(game.players))]
    return bool(game.values[-1] - alone.sum() >= -1e-12 * np.abs(game.values).max())


def _solved(game: Game, *, per_capita: bool) -> tuple[Floats, list[Level], list[Floats]]:
    n = len(game.players)
    alone = game.values[1 << np.arange(n)]
    gains = gains_over_alone(game)
    if not has_imputations(game):
        msg = (
            "the game has no nucleolus: no allocation gives every player what they have alone, as "
            f"all together achieve {game.values[-1]:g} and the players alone {alone.sum():g}."
        )
        raise InputError(msg)
    if n == 1:
        return alone, [], []
    gains[-1] = max(gains[-1], 0.0)
    scale = np.abs(gains).max() or 1.0
    gains /= scale
    solution = excess_levels(gains, per_capita=per_capita, rational=True)
    levels = solution.levels
    sums = np.vstack([np.ones((1, n)), *(members(level.masks, n) for level in levels)])
    right = [np.where(e.sizes > 0, gains[e.masks] - e.excess * e.sizes, 0.0) for e in levels]
    payoffs = np.linalg.lstsq(sums, np.concatenate([gains[-1:], *right]))[0]
    weights = proof(gains, payoffs, solution, per_capita=per_capita)
    return alone + scale * payoffs, levels, weights


def proof(gains: Floats, payoffs: Floats, solution: Levels, *, per_capita: bool) -> list[Floats]:
    """Balancing weights, level by level, after checking Kohlberg's conditions for the nucleolus."""
    from netinnov.kernels.coalitions import largest_by_level

    n = payoffs.size
    largest = largest_by_level(
        gains, payoffs, solution.settled, within_blocks(n), len(solution.levels), per_capita
    )
    largest = np.maximum.accumulate(largest[::-1])[::-1]
    missing = [abs(payoffs.sum() - gains[-1]), -payoffs.min()]
    rows, weights = np.zeros((0, n)), np.zeros(0)
    balanced: list[Floats] = []
    for level, most in zip(solution.levels, largest, strict=True):
        new = members(level.masks, n)
        off = np.where(level.sizes > 0, gains[level.masks], 0.0) - new @ payoffs
        missing += [most - level.excess, np.abs(off - level.sizes * level.excess).max()]
        if balanced:
            moved = np.linalg.lstsq(rows.T, level.weights @ new)[0]
            falls = moved > 0
            step = 0.5 * min(1.0, (weights[falls] / moved[falls]).min(initial=2.0))
            weights = np.append(weights - step * moved, step * level.weights)
        else:
            weights = level.weights * n / (level.weights @ new).sum()
        rows = np.vstack([rows, new])
        missing.append(np.abs(weights @ rows - 1.0).max())
        if not (weights > 0).all() or max(missing) > PROVEN:
            break
        balanced.append(weights)
    if len(balanced) < len(solution.levels) or np.linalg.matrix_rank(rows) < n:
        msg = "rounding leaves the nucleolus of this game unproven: the values of some coalitions "
        raise ArithmeticError(f"{msg}are too near each other, or too far apart.")
    return balanced
