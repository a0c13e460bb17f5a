"""Values of a game, and rules by which partners may share."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from netinnov._runtime.arguments import as_list, as_whole, check_number, check_rng, examples, shown
from netinnov._runtime.display import Displayed
from netinnov._typing import Floats, Rng
from netinnov.errors import InputError
from netinnov.planning import _core, _game
from netinnov.planning._game import Game, GameLike, as_game, by_player
from netinnov.planning._nucleolus import has_imputations, nucleolus, per_capita_nucleolus

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
        Estimate from so many random orders, at least 2; a function is asked once for a coalition.
        None: exact for up to 24 players, by all 2^n coalitions, and 1,000 orders for more.
    rng : None, int, SeedSequence or Generator
        Source of the random orders.

    Returns
    -------
    Series
        A number a player, in the order of ``game.players`` (of a mapping: sorted), which add up to
        the value of all. Estimates have standard errors by player in ``attrs["standard_error"]``.

    Raises
    ------
    InputError
        The game is not complete, or `players` are missing or given beside a game of its own.

    References
    ----------
    Shapley (1953). Castro, Gomez and Tejada (2009), Computers and Operations Research 36, 1726.

    Examples
    --------
    >>> shapley_value(Game(["home", "host"], [0, 1, 2, 6])).tolist()
    [2.5, 3.5]
    """
    rng = check_rng(rng)
    if callable(game):
        if players is None:
            raise InputError("`players` must name all players, because `game` is a function.")
        names = _game.distinct_players("players", players, most=None)
    elif players is not None:
        raise InputError("`players` is for a function; this game names its own players.")
    else:
        game = as_game(game)
        names = list(game.players)

    @cache
    def worth(mask: int) -> float:
        if isinstance(game, Game):
            return float(game.values[mask])
        number: Any = game(_game.coalition_of(mask, names))  # type: ignore[operator]
        check_number(f"game({set(_game.coalition_of(mask, names))})", number)
        return float(number)

    if orders is not None or len(names) > _game.MOST_PLAYERS:
        return _sampled(worth, names, ORDERS if orders is None else orders, rng)
    if not isinstance(game, Game):
        game = Game(tuple(names), np.array([0.0, *map(worth, range(1, 1 << len(names)))]))
    return by_player(names, mean_by_orders(game.values), "shapley_value")


def banzhaf_value(game: GameLike) -> pd.Series:
    """Mean of what each player adds, v(S + i) - v(S), over all coalitions S of the others.

    Parameters
    ----------
    game : Game or mapping
        As in `excess`.

    Returns
    -------
    Series
        A number a player, as from `shapley_value`; it measures influence, and divides nothing.

    References
    ----------
    Owen (1975), Naval Research Logistics Quarterly 22, 741.

    Examples
    --------
    >>> banzhaf_value(Game(["a", "b", "c"], [0, 0, 0, 1, 0, 1, 1, 1])).tolist()
    [0.5, 0.5, 0.5]
    """
    from netinnov.kernels.coalitions import mean_contributions

    game = as_game(game)
    weights = 0.5 ** np.full(len(game.players), len(game.players) - 1.0)
    return by_player(game.players, mean_contributions(game.values, weights), "banzhaf_value")


def mean_by_orders(values: Floats) -> Floats:
    from netinnov.kernels.coalitions import mean_contributions

    return mean_contributions(values, _weights(values.size.bit_length() - 1))


def _weights(n: int) -> Floats:
    """Probability that a given player comes after exactly s given others, by s."""
    return np.array([1.0 / (n * math.comb(n - 1, s)) for s in range(n)])


def _sampled(
    worth: Callable[[int], float], names: list[Any], orders: int, rng: np.random.Generator
) -> pd.Series:
    added = np.empty((as_whole("orders", orders, low=2), len(names)))
    for row in added:
        order = rng.permutation(len(names))
        masks = accumulate(1 << at for at in order.tolist())
        row[order] = np.diff([worth(mask) for mask in masks], prepend=0.0)
    value = by_player(names, added.mean(axis=0), "shapley_value")
    errors = added.std(axis=0, ddof=1) / math.sqrt(len(added))
    value.attrs["standard_error"] = dict(zip(names, errors.tolist(), strict=True))
    return value


def owen_value(game: GameLike, *, unions: Sequence[Sequence[Hashable]]) -> pd.Series:
    """What each player adds on average over the orders in which each union comes as one.

    Parameters
    ----------
    game : Game or mapping
        As in `excess`.
    unions : sequence of sequences
        Players who negotiate as one, such as the owners of a joint park; each is in one.

    Returns
    -------
    Series
        A number a player. Those of a union add up to its Shapley value in the game of unions.

    References
    ----------
    Owen (1977), Values of games with a priori unions.

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
        others = np.delete(whole, k)
        own = 1 << np.array(block)
        before = _game.sums_over_coalitions(others)
        inside = _game.sums_over_coalitions(own)
        # The game of the union's members, on average over who came before the union.
        shares[block] = mean_by_orders(chances @ game.values[before[:, None] | inside])
    return by_player(game.players, shares, "owen_value")


def myerson_value(game: GameLike, *, links: Sequence[Sequence[Hashable]]) -> pd.Series:
    """The Shapley value where a coalition is worth the sum of its parts that links connect.

    Parameters
    ----------
    game : Game or mapping
        As in `excess`.
    links : sequence of pairs
        Pairs of players who can talk to each other.

    Returns
    -------
    Series
        A number a player. Those of a connected part add up to its value.

    Raises
    ------
    InputError
        A link is not a pair of two players.

    References
    ----------
    Myerson (1977), Mathematics of Operations Research 2, 225.

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
        ends = [] if isinstance(pair, str) else _game.as_positions("links", pair, game.players)
        if len(ends) != 2 or ends[0] == ends[1]:
            raise InputError(
                "`links` must hold pairs of two players, such as [('a', 'b')]; found "
                f"{shown(pair)}."
            )
        neighbours[ends[0]] |= 1 << ends[1]
        neighbours[ends[1]] |= 1 << ends[0]
    restricted = connected_values(game.values, neighbours)
    return by_player(game.players, mean_by_orders(restricted), "myerson_value")


def _blocks(unions: object, game: Game) -> list[list[int]]:
    listed = as_list("unions", unions, "sequences of players")
    blocks = [_game.as_positions("unions", union, game.players) for union in listed]
    members = [game.players[at] for block in blocks for at in block]
    twice = [player for player in game.players if members.count(player) > 1]
    missing = [player for player in game.players if player not in members]
    if twice or missing:
        names = f"in more than one: {examples(twice)}" if twice else f"in none: {examples(missing)}"
        raise InputError(f"`unions` must hold each player in one union; {names}.")
    return [block for block in blocks if block]


Rule: TypeAlias = str | pd.Series | Mapping[Any, float] | Callable[[Game], pd.Series]

RULES: dict[str, Callable[[Game], pd.Series]] = {
    "equal": lambda game: pd.Series(game.values[-1] / len(game.players), list(game.players)),
    "shapley": shapley_value,
    "nucleolus": nucleolus,
    "per_capita_nucleolus": per_capita_nucleolus,
}


def share_benefits(
    game: GameLike, *, rules: Sequence[str] | Mapping[str, Rule] | None = None
) -> pd.DataFrame:
    """Share the value of all by several rules, and see who would leave under each.

    Parameters
    ----------
    game : Game or mapping
        As in `excess`.
    rules : sequence of str or mapping, optional
        Of "equal", "shapley", "nucleolus" and "per_capita_nucleolus"; the first three by default.
        Or a mapping from a name to one of these, to weights (by player: shares are in proportion)
        or to a function, such as ``lambda game: owen_value(game, unions=unions)``.

    Returns
    -------
    DataFrame
        A row a rule and player: ``rule, player, share``; of the rule ``in_core``,
        ``largest_excess`` (NaN for one player) and ``objector``, the coalition that would gain it
        by leaving, or None. The nucleolus of a game that has none is NaN.

    Raises
    ------
    InputError
        A rule is not known, weights are negative or all 0, or a player is missing.

    Examples
    --------
    >>> game = Game(["home", "host"], [0, 0, 2, 6])
    >>> table = share_benefits(game, rules={"area": {"home": 5, "host": 1}})
    >>> table[["rule", "player", "share", "in_core"]].to_numpy().tolist()
    [['area', 'home', 5.0, False], ['area', 'host', 1.0, False]]
    """
    game = as_game(game)
    rules = ["equal", "shapley", "nucleolus"] if rules is None else rules
    if not isinstance(rules, Mapping):
        rules = {str(rule): rule for rule in as_list("rules", rules)}
    if not rules:
        raise InputError("`rules` must hold at least one rule; found none.")
    parts = []
    for name, rule in rules.items():
        shares = _shares(game, str(name), rule)
        gaps = _core.excesses(game, shares)
        inside = gaps[1:-1]
        most = _core.tolerance(game)
        largest = inside.max() if inside.size else np.nan
        # Of coalitions that gain the same but for rounding the first.
        first = 1 + int(np.argmax(inside >= largest - most)) if largest > most else 0
        objector = _game.coalition_of(first, game.players) if first else None
        columns = {
            "rule": str(name),
            "player": pd.Series(list(game.players), dtype=object),
            "share": shares,
            "in_core": bool(max(abs(gaps[-1]), gaps.max()) <= most),
            "largest_excess": largest,
            "objector": pd.Series([objector] * shares.size, dtype=object),
        }
        parts.append(pd.DataFrame(columns))
    return pd.concat(parts, ignore_index=True)


def _shares(game: Game, name: str, rule: object) -> Floats:
    if isinstance(rule, str):
        if rule not in RULES:
            raise InputError(
                f"`rules` knows {', '.join(map(repr, RULES))}, weights and functions; found "
                f"{shown(rule)}."
            )
        if "nucleolus" in rule and not has_imputations(game):
            return np.full(len(game.players), np.nan)
        return RULES[rule](game).to_numpy()
    if callable(rule):
        return _game.as_allocation(f"rules[{name!r}](game)", rule(game), game.players)
    weights = _game.as_allocation(f"rules[{name!r}]", rule, game.players)
    if (weights < 0).any() or not weights.any():
        raise InputError(
            f"`rules[{name!r}]` must hold weights of at least 0, and one above 0; found "
            f"{examples(weights)}."
        )
    return np.asarray(game.values[-1] * weights / weights.sum())


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class AllocationStability(Displayed):
    """How often nobody would leave, over several games of the same players.

    Parameters
    ----------
    share : float
        Share of the games in whose core the allocation lies.
    objections : Series
        Share of games in which a coalition (frozenset) would leave, if ever; the largest first.
    """

    share: float
    objections: pd.Series

    def to_frame(self) -> pd.DataFrame:
        """Give the coalitions that object, and in what share of the games.

        Returns
        -------
        DataFrame
            Columns coalition and share.
        """
        return self.objections.rename("share").reset_index()


def allocation_stability(games: Iterable[GameLike], allocation: pd.Series) -> AllocationStability:
    """Whether an allocation would last if the network had been measured again.

    Parameters
    ----------
    games : iterable of Game or mapping
        Games of the same players, such as from resampled links.
    allocation : Series or mapping
        What each player gets; in each game it is scaled to the value of all.

    Returns
    -------
    AllocationStability
        Share of the games in whose core it lies, and how often each coalition objects.

    Raises
    ------
    InputError
        There is no game, their players differ, or the allocation adds up to 0.

    Examples
    --------
    >>> games = [Game(["a", "b"], [0, 1, 2, 6]), Game(["a", "b"], [0, 1, 5, 6])]
    >>> stability = allocation_stability(games, {"a": 3, "b": 3})
    >>> stability.share, stability.objections.to_dict()
    (0.5, {frozenset({'b'}): 0.5})
    """
    listed = [as_game(game) for game in as_list("games", games, "games")]
    if not listed:
        raise InputError("`games` must hold at least one game; found none.")
    first = listed[0]
    others = [game for game in listed if set(game.players) != set(first.players)]
    if others:
        raise InputError(
            f"all `games` must have the same players, {examples(first.players)}; found "
            f"{examples(others[0].players)}."
        )
    payoffs = _game.as_allocation("allocation", allocation, first.players)
    if not payoffs.sum():
        raise InputError("`allocation` must not add up to 0: it is scaled to the value of all.")
    objects = np.zeros(first.values.size)
    stable = 0
    for game in listed:
        own = 1 << np.array(_game.as_positions("games", first.players, game.players))
        same = Game(first.players, game.values[_game.sums_over_coalitions(own)])
        gaps = _core.excesses(same, payoffs * (same.values[-1] / payoffs.sum()))[1:-1]
        leaves = gaps > _core.tolerance(same)
        objects[1:-1] += leaves
        stable += not leaves.any()
    order = np.argsort(-objects, kind="stable")[: np.count_nonzero(objects)]
    often = objects[order] / len(listed)
    shares = pd.Series(often, _game.coalition_index(first, order), name="objections")
    return AllocationStability(stable / len(listed), shares)
