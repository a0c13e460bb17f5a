"""Values of a game: what each player brings on average."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from netinnov._runtime.arguments import (
    as_list,
    as_whole,
    check_callable,
    check_number,
    check_rng,
    examples,
    shown,
)
from netinnov._typing import Floats, Integers, Rng
from netinnov.errors import InputError
from netinnov.planning._game import (
    MOST_PLAYERS,
    Game,
    GameLike,
    as_game,
    as_positions,
    by_player,
    coalition_of,
    distinct_players,
    masks_of_sets,
)

ORDERS = 1000  # random orders by default


def shapley_value(
    game: GameLike | Callable[[frozenset[Any]], float],
    *,
    players: Sequence[Hashable] | None = None,
    orders: int | None = None,
    rng: Rng = None,
) -> pd.Series:
    """What each player adds to those before them, on average over all orders of the players.

    Sum over S without i of s! (n - s - 1)! / n! (v(S + i) - v(S)).

    Parameters
    ----------
    game : Game, mapping or function
        A value for each coalition; also a mapping from frozensets of players, or a function of one.
    players : sequence, optional
        All players, any number of them; only with a function, which needs them.
    orders : int, optional
        Estimate from so many random orders, at least 2; each asks a function for n coalitions, of
        which none is asked for twice. None: exact for up to 24 players, by all 2^n coalitions, and
        1,000 orders for more.
    rng : None, int, SeedSequence or Generator
        Source of the random orders.

    Returns
    -------
    Series
        A number a player, in the order of ``game.players`` (of a mapping: sorted; of a function: as
        given). They add up to the value of all; who never adds anything gets 0. Estimates have
        their standard error in ``attrs["standard_error"]``, a number for each player.

    Raises
    ------
    InputError
        If the game is not complete, a table has more than 24 players, or players are missing, there
        twice or given beside a game that has its own.

    References
    ----------
    Shapley (1953), A value for n-person games, in Contributions to the Theory of Games II, 307.
    Castro, Gomez and Tejada (2009), Polynomial calculation of the Shapley value based on sampling,
    Computers and Operations Research 36, 1726.

    Examples
    --------
    >>> shapley_value(Game(["home", "host"], [0, 1, 2, 6])).tolist()
    [2.5, 3.5]
    """
    rng = check_rng(rng)
    if callable(game):
        worth, names = _worth_of(game, players)
        if orders is not None or len(names) > MOST_PLAYERS:
            return _sampled(_along(worth, names), names, ORDERS if orders is None else orders, rng)
        coalitions = (coalition_of(mask, names) for mask in range(1, 1 << len(names)))
        game = Game(tuple(names), np.array([0.0, *map(worth, coalitions)]))
    elif players is not None:
        raise InputError("`players` is for a function; this game names its own players.")
    values, names = as_game(game).values, list(as_game(game).players)
    if orders is not None:
        return _sampled(lambda order: values[np.cumsum(1 << order)], names, orders, rng)
    return by_player(names, mean_by_orders(values), "shapley_value")


def banzhaf_value(game: GameLike) -> pd.Series:
    """What each player adds to the others, on average over all coalitions of the others.

    Mean of v(S + i) - v(S) over the 2^(n - 1) coalitions S without i.

    Parameters
    ----------
    game : Game or mapping
        A value for each coalition; a mapping from frozensets of players to values will do.

    Returns
    -------
    Series
        A number a player, as from `shapley_value`; it measures influence, and divides nothing.

    References
    ----------
    Owen (1975), Multilinear extensions and the Banzhaf value, Naval Research Logistics Quarterly
    22, 741.

    Examples
    --------
    >>> majority = Game(["a", "b", "c"], [0, 0, 0, 1, 0, 1, 1, 1])
    >>> banzhaf_value(majority).tolist()
    [0.5, 0.5, 0.5]
    """
    from netinnov.kernels.coalitions import mean_contributions

    game = as_game(game)
    weights = 0.5 ** np.full(len(game.players), len(game.players) - 1.0)
    return by_player(game.players, mean_contributions(game.values, weights), "banzhaf_value")


def mean_by_orders(values: Floats) -> Floats:
    from netinnov.kernels.coalitions import mean_contributions

    means: Floats = mean_contributions(values, _weights(values.size.bit_length() - 1))
    return means


def _weights(n: int) -> Floats:
    """Probability that a given player comes after exactly s given others, by s."""
    return np.array([1.0 / (n * math.comb(n - 1, s)) for s in range(n)])


def _sampled(
    along: Callable[[Integers], Floats], names: list[Any], orders: int, rng: np.random.Generator
) -> pd.Series:
    added = np.empty((as_whole("orders", orders, low=2), len(names)))
    for order in added:
        sequence = rng.permutation(len(names))
        order[sequence] = np.diff(along(sequence), prepend=0.0)
    value = by_player(names, added.mean(axis=0), "shapley_value")
    errors = added.std(axis=0, ddof=1) / math.sqrt(len(added))
    value.attrs["standard_error"] = dict(zip(names, errors.tolist(), strict=True))
    return value


def _along(
    worth: Callable[[frozenset[Any]], float], names: list[Any]
) -> Callable[[Integers], Floats]:
    cached: dict[frozenset[Any], float] = {}

    def along(order: Integers) -> Floats:
        coalitions = [frozenset(names[i] for i in order[:end]) for end in range(1, order.size + 1)]
        cached.update({each: worth(each) for each in coalitions if each not in cached})
        return np.array([cached[each] for each in coalitions])

    return along


def _worth_of(
    game: object, players: Sequence[Hashable] | None
) -> tuple[Callable[[frozenset[Any]], float], list[Any]]:
    check_callable("game", game, "a Game, a mapping or a function of a frozenset of players")
    if players is None:
        raise InputError("`players` must name all players, because `game` is a function.")

    def value(coalition: frozenset[Any]) -> float:
        number = game(coalition)  # type: ignore[operator]
        check_number(f"game({set(coalition)})", number)
        return float(number)

    return value, distinct_players("players", players, most=None)


def owen_value(game: GameLike, *, unions: Sequence[Sequence[Hashable]]) -> pd.Series:
    """What each player adds on average over the orders in which each union comes as one.

    Parameters
    ----------
    game : Game or mapping
        A value for each coalition; a mapping from frozensets of players to values will do.
    unions : sequence of sequences
        Players who negotiate as one, such as the owners of a joint park; each is in one.

    Returns
    -------
    Series
        A number a player, as from `shapley_value`, which it is with unions of one player each, or
        one of all. Those of a union add up to its Shapley value in the game of unions.

    References
    ----------
    Owen (1977), Values of games with a priori unions, Mathematical Economics and Game Theory, 76.

    Examples
    --------
    >>> majority = Game(["a", "b", "c"], [0, 0, 0, 1, 0, 1, 1, 1])
    >>> owen_value(majority, unions=[["a", "b"], ["c"]]).tolist()
    [0.5, 0.5, 0.0]
    """
    game = as_game(game)
    blocks = _blocks(unions, game)
    whole = np.array([sum(1 << at for at in block) for block in blocks], np.int64)
    chances = _weights(len(blocks))[np.bitwise_count(np.arange(1 << (len(blocks) - 1)))]
    shares = np.zeros(len(game.players))
    for k, block in enumerate(blocks):
        before, inside = masks_of_sets(np.delete(whole, k)), masks_of_sets(1 << np.array(block))
        # The game of the union's members, on average over who came before the union.
        shares[block] = mean_by_orders(chances @ game.values[before[:, None] | inside])
    return by_player(game.players, shares, "owen_value")


def myerson_value(game: GameLike, *, links: Sequence[Sequence[Hashable]]) -> pd.Series:
    """The Shapley value where only players who are linked, directly or by others, act together.

    A coalition is worth the sum of the values of its parts that the links inside it connect.

    Parameters
    ----------
    game : Game or mapping
        A value for each coalition; a mapping from frozensets of players to values will do.
    links : sequence of pairs
        Pairs of players who can talk to each other.

    Returns
    -------
    Series
        A number a player, as from `shapley_value`, which it is with all pairs linked. Those of a
        connected part add up to its value; a link gives as much to one end as to the other.

    Raises
    ------
    InputError
        If a link is not a pair of two players, or the game is not complete.

    References
    ----------
    Myerson (1977), Graphs and cooperation in games, Mathematics of Operations Research 2, 225.

    Examples
    --------
    >>> majority = Game(["a", "b", "c"], [0, 0, 0, 1, 0, 1, 1, 1])
    >>> myerson_value(majority, links=[("a", "b"), ("b", "c")]).round(3).tolist()
    [0.167, 0.667, 0.167]
    """
    from netinnov.kernels.coalitions import connected_values

    game = as_game(game)
    neighbours = np.zeros(len(game.players), np.int64)
    for pair in as_list("links", links, "pairs of players"):
        ends = [] if isinstance(pair, str) else as_positions("links", pair, game.players)
        if len(ends) != 2 or ends[0] == ends[1]:
            msg = "`links` must hold pairs of two players, such as [('a', 'b')]; found "
            raise InputError(f"{msg}{shown(pair)}.")
        neighbours[ends[0]] |= 1 << ends[1]
        neighbours[ends[1]] |= 1 << ends[0]
    restricted = connected_values(game.values, neighbours)
    return by_player(game.players, mean_by_orders(restricted), "myerson_value")


def _blocks(unions: object, game: Game) -> list[list[int]]:
    listed = as_list("unions", unions, "sequences of players")
    blocks = [as_positions("unions", union, game.players) for union in listed]
    members = [game.players[at] for block in blocks for at in block]
    twice = [player for player in game.players if members.count(player) > 1]
    missing = [player for player in game.players if player not in members]
    if twice or missing:
        names = f"in more than one: {examples(twice)}" if twice else f"in none: {examples(missing)}"
        raise InputError(f"`unions` must hold each player in one union; {names}.")
    return [block for block in blocks if block]
