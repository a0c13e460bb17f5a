"""Shapley values of players who stand in unions, or who need links to act together."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence

import numpy as np
import pandas as pd

from netinnov._arguments import as_list, examples, shown
from netinnov.errors import InputError
from netinnov.planning._game import Game, GameLike, as_game, as_positions, by_player, masks_of_sets
from netinnov.planning._game_values import mean_by_orders


def owen_value(game: GameLike, *, unions: Sequence[Sequence[Hashable]]) -> pd.Series:
    """What each player adds on average over the orders in which each union comes as one.

    Parameters
    ----------
    game : Game or mapping
        A value for each coalition; a mapping from frozensets of players to values will do.
    unions : sequence of sequences
        Players who negotiate as one, such as the owners of a joint park; each player is in one.

    Returns
    -------
    Series
        A number a player, in the order of ``game.players`` (of a mapping: sorted). They add up to
        the value of all, and those of a union to its Shapley value in the game of unions. With
        unions of one player each, or one union of all, it is `shapley_value`.

    Raises
    ------
    InputError
        If a player is in no union or in two, or the game is not complete.

    References
    ----------
    Owen (1977), Values of games with a priori unions, in Mathematical Economics and Game Theory,
    76.

    Examples
    --------
    >>> majority = Game(["a", "b", "c"], [0, 0, 0, 1, 0, 1, 1, 1])
    >>> owen_value(majority, unions=[["a", "b"], ["c"]]).tolist()
    [0.5, 0.5, 0.0]
    """
    game = as_game(game)
    blocks = _blocks(unions, game)
    bits = [1 << np.array(block) for block in blocks]
    others = len(blocks) - 1
    weights = np.array([1.0 / (len(blocks) * math.comb(others, s)) for s in range(others + 1)])
    chances = weights[np.bitwise_count(np.arange(1 << others))]
    shares = np.zeros(len(game.players))
    for k, block in enumerate(blocks):
        before = masks_of_sets(
            np.array([each.sum() for j, each in enumerate(bits) if j != k], np.int64)
        )
        inside = masks_of_sets(bits[k])
        # The game of the union's members, on average over who came before the union.
        shares[block] = mean_by_orders(chances @ game.values[before[:, None] | inside])
    return by_player(game, shares, "owen_value")


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
        A number a player, in the order of ``game.players`` (of a mapping: sorted). Those of a
        connected part add up to its value; a link gives as much to one of its ends as to the other.
        With all pairs linked it is `shapley_value`.

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
    return by_player(game, mean_by_orders(restricted), "myerson_value")


def _blocks(unions: object, game: Game) -> list[list[int]]:
    """Positions of the members of each union: every player in exactly one."""
    blocks = [
        as_positions("unions", union, game.players)
        for union in as_list("unions", unions, "sequences of players")
    ]
    members = [at for block in blocks for at in block]
    twice = sorted({at for at in members if members.count(at) > 1})
    missing = [at for at in range(len(game.players)) if at not in members]
    if twice or missing:
        number, fault = ("more than one", twice) if twice else ("none", missing)
        names = examples(game.players[at] for at in fault)
        raise InputError(f"`unions` must hold each player in one union; in {number}: {names}.")
    return [block for block in blocks if block]
