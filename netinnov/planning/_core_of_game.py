"""Who would leave: excesses, the core, and rules by which partners may share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from netinnov._runtime.arguments import as_list, examples, shown
from netinnov._runtime.display import Displayed
from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.planning._excess_levels import core_ends, excess_levels
from netinnov.planning._game import (
    Game,
    GameLike,
    as_allocation,
    as_game,
    as_positions,
    coalition_index,
    coalition_of,
    gains_over_alone,
    masks_of_sets,
    sums_over_coalitions,
)
from netinnov.planning._game_values import shapley_value
from netinnov.planning._nucleolus import has_imputations, nucleolus, per_capita_nucleolus


def excess(game: GameLike, allocation: pd.Series) -> pd.Series:
    """What each coalition would gain by leaving: v(S) - x(S).

    Parameters
    ----------
    game, allocation : Game or mapping, Series or mapping
        A value for each coalition (frozensets of players in a mapping), and what each player gets.

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
    gaps = excesses(game, as_allocation("allocation", allocation, game.players))[1:-1]
    order = np.argsort(-gaps, kind="stable")
    return pd.Series(gaps[order], coalition_index(game, 1 + order), name="excess")


def in_core(game: GameLike, allocation: pd.Series) -> bool:
    """Whether nobody would leave: all is divided, and no coalition achieves more by itself.

    Parameters
    ----------
    game, allocation : Game or mapping, Series or mapping
        A value for each coalition (frozensets of players in a mapping), and what each player gets.

    Returns
    -------
    bool
        x(N) = v(N) and x(S) >= v(S) for all S, up to 1e-9 times the largest value of the game.

    References
    ----------
    Gillies (1959), Solutions to general non-zero-sum games, Contributions to the Theory of Games 4.

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
        At most 0 if and only if the core is not empty; a player may get less than alone. 0 below
        1e-12 of the largest value of the game, -inf of one player.

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
    _, scale, least = _scaled_least_core(game)
    return 0.0 if abs(scale * least) <= 1e-12 * np.abs(game.values).max() else scale * least


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


def excesses(game: Game, payoffs: Floats) -> Floats:
    """v(S) - x(S) by bit masks."""
    return np.asarray(game.values - sums_over_coalitions(payoffs))


def tolerance(game: Game) -> float:
    return 1e-9 * float(np.abs(game.values).max())


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
        A value for each coalition; a mapping from frozensets of players to values will do.
    rules : sequence of str or mapping, optional
        Of "equal", "shapley", "nucleolus" and "per_capita_nucleolus"; the first three by default.
        Or a mapping from a name to one of these, to weights (by player, such as investment or where
        taxes are paid: shares are in proportion) or to a function of the `Game` that returns a
        Series by player, such as ``lambda game: owen_value(game, unions=unions)``.

    Returns
    -------
    DataFrame
        A row a rule and player: ``rule, player, share``; for the rule as a whole ``in_core``,
        ``largest_excess`` (NaN for one player) and ``objector``, the coalition that has it, if it
        would be better off by itself, else None. The nucleolus of a game that has none is NaN.

    Raises
    ------
    InputError
        If a rule is not known, weights are negative or all 0, or a player is missing.

    Examples
    --------
    >>> game = Game(["home", "host"], [0, 0, 2, 6])
    >>> table = share_benefits(game, rules={"equal": "equal", "area": {"home": 5, "host": 1}})
    >>> table[["rule", "player", "share", "in_core"]].to_numpy().tolist()
    [['equal', 'home', 3.0, True], ['equal', 'host', 3.0, True],
     ['area', 'home', 5.0, False], ['area', 'host', 1.0, False]]
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
        gaps = excesses(game, shares)
        inside, most = gaps[1:-1], tolerance(game)
        largest = inside.max() if inside.size else np.nan
        # Of coalitions that gain the same but for rounding the first.
        first = 1 + int(np.argmax(inside >= largest - most)) if largest > most else 0
        objector = coalition_of(first, game.players) if first else None
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
            msg = f"`rules` knows {', '.join(map(repr, RULES))}, weights and functions; found "
            raise InputError(f"{msg}{shown(rule)}.")
        if "nucleolus" in rule and not has_imputations(game):
            return np.full(len(game.players), np.nan)
        return RULES[rule](game).to_numpy()
    if callable(rule):
        return as_allocation(f"rules[{name!r}](game)", rule(game), game.players)
    weights = as_allocation(f"rules[{name!r}]", rule, game.players)
    if (weights < 0).any() or not weights.any():
        msg = f"`rules[{name!r}]` must hold weights of at least 0, and one above 0; found "
        raise InputError(f"{msg}{examples(weights)}.")
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
        """The coalitions that object, and in what share of the games.

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
        If there is no game, their players differ, or the allocation adds up to 0.

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
        msg = f"all `games` must have the same players, {examples(first.players)}; found "
        raise InputError(f"{msg}{examples(others[0].players)}.")
    payoffs = as_allocation("allocation", allocation, first.players)
    if not payoffs.sum():
        raise InputError("`allocation` must not add up to 0: it is scaled to the value of all.")
    objects = np.zeros(first.values.size)
    stable = 0
    for game in listed:
        masks = masks_of_sets(1 << np.array(as_positions("games", first.players, game.players)))
        same = Game(first.players, game.values[masks])
        gaps = excesses(same, payoffs * (same.values[-1] / payoffs.sum()))[1:-1]
        leaves = gaps > tolerance(same)
        objects[1:-1] += leaves
        stable += not leaves.any()
    order = np.argsort(-objects, kind="stable")[: np.count_nonzero(objects)]
    often = objects[order] / len(listed)
    shares = pd.Series(often, coalition_index(first, order), name="objections")
    return AllocationStability(stable / len(listed), shares)
