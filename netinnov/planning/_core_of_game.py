"""Who would leave: excesses of coalitions, the core and the least core."""

from __future__ import annotations

import numpy as np
import pandas as pd

from netinnov._typing import Floats
from netinnov.planning._excess_levels import core_ends, excess_levels
from netinnov.planning._game import (
    Game,
    GameLike,
    as_allocation,
    as_game,
    coalition_index,
    gains_over_alone,
    sums_over_coalitions,
)


def excess(game: GameLike, allocation: pd.Series) -> pd.Series:
    """What each coalition would gain by leaving: v(S) - x(S).

    Parameters
    ----------
    game : Game or mapping
        A value for each coalition; a mapping from frozensets of players to values will do.
    allocation : Series or mapping
        What each player gets.

    Returns
    -------
    Series
        A number for each coalition but that of nobody and that of all, the largest first; index
        frozensets of players. Above 0: it would be better off by itself.

    Raises
    ------
    InputError
        If a player has no number, or the game is not complete.

    Examples
    --------
    >>> excess(Game(["a", "b"], [0, 1, 2, 6]), {"a": 5, "b": 1}).to_dict()
    {frozenset({'b'}): 1.0, frozenset({'a'}): -4.0}
    """
    game = as_game(game)
    gaps = excesses(game, as_allocation("allocation", allocation, game.players))[1:-1]
    order = np.argsort(-gaps, kind="stable")
    return pd.Series(gaps[order], coalition_index(game, 1 + order), name="excess")


def in_core(game: GameLike, allocation: pd.Series) -> bool:
    """Whether nobody would leave: all is divided, and no coalition achieves more by itself.

    Parameters
    ----------
    game : Game or mapping
        A value for each coalition; a mapping from frozensets of players to values will do.
    allocation : Series or mapping
        What each player gets.

    Returns
    -------
    bool
        x(N) = v(N) and x(S) >= v(S) for all S, up to 1e-9 times the largest value of the game.

    Raises
    ------
    InputError
        If a player has no number, or the game is not complete.

    References
    ----------
    Gillies (1959), Solutions to general non-zero-sum games, in Contributions to the Theory of Games
    IV, 47.

    Examples
    --------
    >>> in_core(Game(["a", "b"], [0, 1, 2, 6]), {"a": 3, "b": 3})
    True
    """
    game = as_game(game)
    gaps = excesses(game, as_allocation("allocation", allocation, game.players))
    return bool(gaps.max() <= tolerance(game) and abs(gaps[-1]) <= tolerance(game))


def least_core(game: GameLike) -> float:
    """The least e for which some division of v(N) gives each coalition at least v(S) - e.

    Parameters
    ----------
    game : Game or mapping
        A value for each coalition; a mapping from frozensets of players to values will do.

    Returns
    -------
    float
        At most 0 if and only if the core is not empty. A player may get less than alone. What is
        below 1e-12 of the largest value of the game is 0; of one player it is -inf.

    Raises
    ------
    InputError
        If the game is not complete or has more than 24 players.

    References
    ----------
    Maschler, Peleg and Shapley (1979), Geometric properties of the kernel, nucleolus, and related
    solution concepts, Mathematics of Operations Research 4, 303.

    Examples
    --------
    >>> majority = Game(["a", "b", "c"], [0, 0, 0, 1, 0, 1, 1, 1])
    >>> round(least_core(majority), 9)  # each pair gets 2/3 and could have 1
    0.333333333
    """
    game = as_game(game)
    if len(game.players) == 1:
        return -np.inf
    _, scale, excess_of_gains = _scaled_least_core(game)
    least = scale * excess_of_gains
    return 0.0 if abs(least) <= 1e-12 * np.abs(game.values).max() else least


def core_range(game: GameLike) -> pd.DataFrame:
    """The least and the most that each player gets in the core.

    Parameters
    ----------
    game : Game or mapping
        A value for each coalition; a mapping from frozensets of players to values will do.

    Returns
    -------
    DataFrame
        A row a player, columns ``low`` and ``high``; NaN if the core is empty. Not every allocation
        inside all ranges is in the core: see `in_core`.

    Raises
    ------
    InputError
        If the game is not complete or has more than 24 players.

    Notes
    -----
    Two linear programmes a player, solved as those of `nucleolus` are.

    Examples
    --------
    >>> core_range(Game(["a", "b"], [0, 1, 2, 6])).to_numpy().tolist()
    [[1.0, 4.0], [2.0, 5.0]]
    """
    game = as_game(game)
    index = pd.Index(list(game.players), tupleize_cols=False, name="player")
    if len(game.players) == 1:
        return pd.DataFrame(game.values[-1], index, ["low", "high"])
    gains, scale, least = _scaled_least_core(game)
    if least * scale > tolerance(game):
        return pd.DataFrame(np.nan, index, ["low", "high"])
    gains[1:-1] -= max(least, 0.0)  # a core is not empty by rounding
    alone = game.values[1 << np.arange(len(game.players))]
    return pd.DataFrame(alone[:, None] + scale * core_ends(gains), index, ["low", "high"])


def _scaled_least_core(game: Game) -> tuple[Floats, float, float]:
    """Gains of at most 1 over what players have alone, their scale, and the least core of them."""
    gains = gains_over_alone(game)
    scale = float(np.abs(gains).max()) or 1.0
    gains /= scale
    levels = excess_levels(gains, per_capita=False, rational=False, deepest=1).levels
    return gains, scale, levels[0].excess


def excesses(game: Game, payoffs: Floats) -> Floats:
    """v(S) - x(S) by bit masks."""
    gaps: Floats = game.values - sums_over_coalitions(payoffs)
    return gaps


def tolerance(game: Game) -> float:
    """What an allocation may miss."""
    return 1e-9 * float(np.abs(game.values).max())
