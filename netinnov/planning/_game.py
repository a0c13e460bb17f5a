"""A cooperative game: what each coalition of players achieves."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._runtime.arguments import as_floats, as_list, check_type, examples, shown
from netinnov._typing import Floats
from netinnov.errors import InputError

MOST_PLAYERS = 24  # the tables of all coalitions of more players exceed memory


@dataclass(frozen=True, eq=False, repr=False)
class Game:
    """A cooperative game: a value for each coalition, as `cooperation_game` measures it.

    Parameters
    ----------
    players : sequence
        Distinct names, 1 to 24.
    values : array-like
        Gains (of costs give the negative) of the ``2**n`` coalitions by bit masks: ``players[i]``
        is in that of ``values[mask]`` where bit i of the mask is set; ``values[0]`` is 0.

    Raises
    ------
    InputError
        If a player is there twice, there are more than 24, or values are missing or not finite.

    Examples
    --------
    >>> Game(["home", "host"], [0, 1, 2, 6]).value({"home", "host"})
    6.0
    """

    players: tuple[Any, ...]
    values: Floats

    def __post_init__(self) -> None:
        players = tuple(distinct_players("players", self.players))
        values = as_floats("values", self.values)
        if values.shape != (1 << len(players),):
            size = " x ".join(map(str, values.shape)) or "a single number"
            raise InputError(
                f"`values` must hold one number for each of the 2**{len(players)} = "
                f"{1 << len(players):,} coalitions, the empty one first; found {size}."
            )
        wrong = np.flatnonzero(~np.isfinite(values))
        if wrong.size:
            msg = "the value of each coalition must be a finite number; found "
            some = examples(wrong, lambda mask: f"{named(mask, players)}: {values[mask]}")
            raise InputError(f"{msg}{some}.")
        if values[0] != 0:
            raise InputError(
                f"the empty coalition must have the value 0; found {values[0]:g}. Subtract what "
                "is there without any player from all values."
            )
        values.flags.writeable = False
        object.__setattr__(self, "players", players)
        object.__setattr__(self, "values", values)

    def __repr__(self) -> str:
        n = len(self.players)
        return f"<Game of {n} player{'' if n == 1 else 's'}, {self.values.size:,} coalitions>"

    def value(self, coalition: Iterable[Hashable]) -> float:
        """Value of a coalition.

        Parameters
        ----------
        coalition : iterable
            Players, in any order.

        Returns
        -------
        float
        """
        return float(self.values[mask_of("coalition", coalition, self.players)])


GameLike: TypeAlias = Game | Mapping[frozenset[Any], float]


def as_game(game: GameLike) -> Game:
    check_type("game", game, Game, Mapping, mend="Game(players, values)")
    if isinstance(game, Game):
        return game
    keys: list[object] = list(game)
    if wrong := [key for key in keys if not isinstance(key, frozenset)]:
        raise InputError(
            "the keys of `game` must be frozensets of players, such as frozenset({'a', 'b'}); "
            f"found {examples(wrong, shown)}."
        )
    players = distinct_players("game", sorted(frozenset().union(*game)))
    bit = {player: 1 << i for i, player in enumerate(players)}
    values = np.zeros(1 << len(players))
    missing = np.ones(1 << len(players), bool)
    for coalition, value in game.items():
        mask = sum(bit[player] for player in coalition)
        values[mask] = as_floats(f"game[{named(mask, players)}]", value)
        missing[mask] = False
    if missing.any():
        some = examples(np.flatnonzero(missing), lambda mask: named(mask, players))
        raise InputError(
            f"`game` must have a value for each of the {values.size:,} coalitions of its "
            f"{len(players)} players, the empty one included; {missing.sum():,} are missing: "
            f"{some}; add them."
        )
    return Game(tuple(players), values)


def distinct_players(argument: str, players: object, most: int | None = MOST_PLAYERS) -> list[Any]:
    listed = as_list(argument, players)
    if not all(isinstance(player, Hashable) for player in listed):
        raise InputError(f"`{argument}` must be a sequence of names.")
    if len(set(listed)) < len(listed):
        twice = next(player for player in listed if listed.count(player) > 1)
        raise InputError(f"`{argument}`: each player must be there once; found {twice!r} twice.")
    if not listed:
        raise InputError(f"`{argument}`: a game needs at least one player; found none.")
    if most is not None and len(listed) > most:
        raise InputError(
            f"`{argument}`: a table of all coalitions takes at most {most} players; found "
            f"{len(listed)}; shapley_value() takes a function for more."
        )
    return listed


def as_positions(argument: str, names: object, players: Sequence[Any]) -> list[int]:
    listed = as_list(argument, names, "players")
    at = {player: i for i, player in enumerate(players)}
    if unknown := [name for name in listed if not isinstance(name, Hashable) or name not in at]:
        raise InputError(
            f"`{argument}` must name players of the game, {examples(players)}; found "
            f"{examples(unknown, shown)}."
        )
    return [at[name] for name in listed]


def mask_of(argument: str, names: object, players: Sequence[Any]) -> int:
    return sum(1 << at for at in set(as_positions(argument, names, players)))


def as_allocation(argument: str, allocation: object, players: Sequence[Any]) -> Floats:
    check_type(argument, allocation, pd.Series, Mapping, mend="a Series by player")
    by_name = allocation if isinstance(allocation, pd.Series) else pd.Series(dict(allocation))  # type: ignore[call-overload]
    if not by_name.index.is_unique or set(by_name.index) != set(players):
        raise InputError(
            f"`{argument}` must hold one number for each player, {examples(players)}; found "
            f"{examples(by_name.index)}."
        )
    values = as_floats(argument, by_name.reindex(list(players)))
    if not np.isfinite(values).all():
        raise InputError(f"`{argument}` must hold finite numbers; found {examples(values)}.")
    return values


def by_player(players: Iterable[Any], values: Floats, name: str) -> pd.Series:
    index = pd.Index(list(players), tupleize_cols=False, name="player")
    return pd.Series(values, index, name=name)


def coalition_index(game: Game, masks: Iterable[int]) -> pd.Index:
    members = [coalition_of(mask, game.players) for mask in masks]
    return pd.Index(members, dtype=object, tupleize_cols=False, name="coalition")


def coalition_of(mask: int, players: Sequence[Any]) -> frozenset[Any]:
    return frozenset(player for i, player in enumerate(players) if mask >> i & 1)


def named(mask: int, players: Sequence[Any]) -> str:
    return "{" + ", ".join(str(each) for i, each in enumerate(players) if int(mask) >> i & 1) + "}"


def sums_over_coalitions(numbers: npt.NDArray[Any]) -> npt.NDArray[Any]:
    sums = np.zeros(1 << numbers.size, numbers.dtype)
    for i, number in enumerate(numbers):
        np.add(sums[: 1 << i], number, out=sums[1 << i : 2 << i])
    return sums
