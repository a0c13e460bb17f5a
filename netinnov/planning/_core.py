"""Excesses of coalitions, and whether an allocation is in the core."""

from __future__ import annotations

import numpy as np
import pandas as pd

from netinnov._typing import Floats
from netinnov.planning._game import (
    Game,
    GameLike,
    as_allocation,
    as_game,
    coalition_index,
    sums_over_coalitions,
)


def excess(game: GameLike, allocation: pd.Series) -> pd.Series:
    """What each coalition would gain by leaving: v(S) - x(S).

    Parameters
    ----------
    game : Game or mapping
        A value for each coalition; in a mapping these are frozensets of players.
    allocation : Series or mapping
        What each player gets.

    Returns
    -------
    Series
        By coalition (frozensets; not of nobody or all), the largest first. Above 0: it would leave.

    Examples
    --------
    >>> excess(Game(["a", "b"], [0, 1, 2, 6]), {"a": 5, "b": 1}).to_dict()
    {frozenset({'b'}): 1.0, frozenset({'a'}): -4.0}
    """
    game = as_game(game)
    gaps = excesses(game, as_allocation("allocation", allocation, game.players))
    order = 1 + np.argsort(-gaps[1:-1], kind="stable")
    return pd.Series(gaps[order], coalition_index(game, order), name="excess")


def in_core(game: GameLike, allocation: pd.Series) -> bool:
    """Whether nobody would leave: all is divided, and no coalition achieves more by itself.

    Parameters
    ----------
    game, allocation
        As in `excess`.

    Returns
    -------
    bool
        x(N) = v(N) and x(S) >= v(S) for all S, up to 1e-9 times the largest value of the game.

    References
    ----------
    Gillies (1959), Solutions to general non-zero-sum games.

    Examples
    --------
    >>> in_core(Game(["a", "b"], [0, 1, 2, 6]), {"a": 3, "b": 3})
    True
    """
    game = as_game(game)
    gaps = excesses(game, as_allocation("allocation", allocation, game.players))
    return bool(gaps.max() <= tolerance(game) and abs(gaps[-1]) <= tolerance(game))


def excesses(game: Game, payoffs: Floats) -> Floats:
    """v(S) - x(S) by bit masks."""
    return np.asarray(game.values - sums_over_coalitions(payoffs))


def tolerance(game: Game) -> float:
    return 1e-9 * float(np.abs(game.values).max())
