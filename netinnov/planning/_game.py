"""A cooperative game: what each coalition of players achieves, and who would leave.

In the game on a network players are jurisdictions, and a coalition achieves what its links change.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._network.paths import PathCosts, distances, shortest_links
from netinnov._runtime.arguments import (
    as_floats,
    as_list,
    check_callable,
    check_mapping,
    check_names,
    check_number,
    check_rng,
    check_type,
    examples,
    shown,
)
from netinnov._typing import Count, Floats, Integers, Rng
from netinnov.centrality import harmonic_centrality
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.scenarios import Scenario, apply_scenario

MOST_PLAYERS = 24  # the tables of all coalitions of more players exceed memory

Objective: TypeAlias = Callable[[MultilayerNetwork, frozenset[str]], float]
Build: TypeAlias = tuple[int, Scenario]  # (mask of the players needed, scenario)


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
            msg = f"`values` must hold one number for each of the 2**{len(players)} = "
            msg += f"{1 << len(players):,} coalitions, the empty one first; found {size}."
            raise InputError(msg)
        wrong = np.flatnonzero(~np.isfinite(values))
        if wrong.size:
            msg = "the value of each coalition must be a finite number; found "
            some = examples(wrong, lambda mask: f"{named(mask, players)}: {values[mask]}")
            raise InputError(f"{msg}{some}.")
        if values[0] != 0:
            msg = f"the empty coalition must have the value 0; found {values[0]:g}. Subtract what "
            raise InputError(f"{msg}is there without any player from all values.")
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
        msg = "the keys of `game` must be frozensets of players, such as frozenset({'a', 'b'})"
        raise InputError(f"{msg}; found {examples(wrong, shown)}.")
    players = distinct_players("game", sorted(frozenset().union(*game)))
    bit = {player: 1 << i for i, player in enumerate(players)}
    values, missing = np.zeros(1 << len(players)), np.ones(1 << len(players), bool)
    for coalition, value in game.items():
        mask = sum(bit[player] for player in coalition)
        values[mask] = as_floats(f"game[{named(mask, players)}]", value)
        missing[mask] = False
    if missing.any():
        msg = f"`game` must have a value for each of the {values.size:,} coalitions of its "
        msg += f"{len(players)} players, the empty one included; {missing.sum():,} are missing: "
        some = examples(np.flatnonzero(missing), lambda mask: named(mask, players))
        raise InputError(f"{msg}{some}; add them.")
    return Game(tuple(players), values)


def distinct_players(argument: str, players: object, most: int | None = MOST_PLAYERS) -> list[Any]:
    listed = as_list(argument, players)
    if len(set(listed)) < len(listed):
        twice = next(player for player in listed if listed.count(player) > 1)
        raise InputError(f"`{argument}`: each player must be there once; found {twice!r} twice.")
    if not listed:
        raise InputError(f"`{argument}`: a game needs at least one player; found none.")
    if most is not None and len(listed) > most:
        msg = f"`{argument}`: a table of all coalitions takes at most {most} players; found "
        raise InputError(f"{msg}{len(listed)}; shapley_value() takes a function for more.")
    return listed


def as_positions(argument: str, names: object, players: Sequence[Any]) -> list[int]:
    listed = as_list(argument, names, "players")
    at = {player: i for i, player in enumerate(players)}
    if unknown := [name for name in listed if not isinstance(name, Hashable) or name not in at]:
        msg = f"`{argument}` must name players of the game, {examples(players)}; found "
        raise InputError(f"{msg}{examples(unknown, shown)}.")
    return [at[name] for name in listed]


def mask_of(argument: str, names: object, players: Sequence[Any]) -> int:
    return sum(1 << at for at in set(as_positions(argument, names, players)))


def as_allocation(argument: str, allocation: object, players: Sequence[Any]) -> Floats:
    check_type(argument, allocation, pd.Series, Mapping, mend="a Series by player")
    by_name = allocation if isinstance(allocation, pd.Series) else pd.Series(dict(allocation))  # type: ignore[call-overload]
    if not by_name.index.is_unique or set(by_name.index) != set(players):
        msg = f"`{argument}` must hold one number for each player, {examples(players)}; found "
        raise InputError(f"{msg}{examples(by_name.index)}.")
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


def cooperation_game(
    network: MultilayerNetwork,
    *,
    players: Sequence[str],
    links: pd.DataFrame | Mapping[str, Scenario],
    needs: Mapping[str, Sequence[str]] | None = None,
    objective: Objective | None = None,
    replicates: Count = 1,
    rng: Rng = None,
) -> Game:
    """Measure on the network what each group of jurisdictions achieves with links of its own.

    v(S) is the objective of the network with all links whose players are in S, less that without
    any of them. Those outside S build nothing and stop nothing.

    Parameters
    ----------
    network : MultilayerNetwork
        The network without the links in question.
    players : sequence of str
        Jurisdictions of nodes, 1 to 24. All 2^n networks are measured.
    links : DataFrame or mapping
        Additional links, as in `MultilayerNetwork.with_links`. A link needs the jurisdictions of
        both its ends, or the players in its row of a column ``needs`` (a tuple). Or a mapping from
        a name to a scenario, applied in this order.
    needs : mapping, optional
        The players that each scenario needs, by its name; only and always with scenarios.
    objective : callable, optional
        Takes a network and the frozenset S and returns a number, larger is better. Default: the
        sum of `harmonic_centrality` over the baseline's nodes whose jurisdiction is in S.
    replicates : int
        Placements of the scenarios that are averaged, the same in every coalition.
    rng : None, int, SeedSequence or Generator
        Source of the placements.

    Returns
    -------
    Game

    Raises
    ------
    InputError
        A link needs somebody who is not a player, or the objective is not a finite number.

    Examples
    --------
    >>> nodes = pd.DataFrame({"place": list("abc")}, index=list("abc"))
    >>> network = ni.build_network(nodes, pd.DataFrame({"source": ["a"], "target": ["b"]}))
    >>> bridge = pd.DataFrame({"source": ["b"], "target": ["c"]})
    >>> cooperation_game(network, players=["a", "b", "c"], links=bridge).values.tolist()
    [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.25, 1.5]
    """
    names = [str(name) for name in distinct_players("players", players)]
    check_names("players", names, network.storage.nodes["jurisdiction"].dropna().unique().tolist())
    rng = check_rng(rng)
    access = CoalitionAccess(network, names)
    objective = access if objective is None else objective
    check_callable("objective", objective, "a function of a network and a frozenset of players")
    if isinstance(links, pd.DataFrame):
        if needs is not None:
            raise InputError("`needs` is for scenarios; in a table of links it is a column.")
        rows = links.drop(columns="needs", errors="ignore")
        grown = network.with_links(rows)
        masks = _needs_of_links(network, links, names)
        if objective is access:
            values = access.of_all_coalitions(grown, rows, masks)
            if values is not None:
                return Game(tuple(names), values)
        builds: list[Build] = [
            (int(mask), _with_links(rows[masks == mask])) for mask in np.unique(masks)
        ]
        replicates = 1
    else:
        check_mapping("links", links, "from a name to a scenario, or a DataFrame", filled=True)
        needs = {} if needs is None else needs
        check_mapping("needs", needs, "from the name of each scenario to the players it needs")
        if unlike := sorted(links.keys() ^ needs.keys(), key=str):
            msg = "`needs` must name the players of each scenario in `links`; found in one only: "
            raise InputError(f"{msg}{examples(unlike)}.")
        builds = [(_mask(f"needs[{name!r}]", needs[name], names), links[name]) for name in links]
    seeds = rng.integers(2**63, size=(replicates, len(builds)))
    values = np.mean([_measured(network, builds, objective, names, row) for row in seeds], axis=0)
    return Game(tuple(names), values)


def _with_links(links: pd.DataFrame) -> Scenario:
    return lambda network, _: network.with_links(links)


def _needs_of_links(network: MultilayerNetwork, links: pd.DataFrame, names: list[str]) -> Integers:
    if "needs" in links.columns:
        return np.array([_mask("needs", players, names) for players in links["needs"]], np.int64)
    masks = np.zeros(len(links), np.int64)
    owners = network.storage.nodes["jurisdiction"]
    for end in ("source", "target"):
        owner = owners.iloc[network.storage.positions("links", links[end])]
        at = pd.Index(names).get_indexer(pd.Index(owner))
        if (at < 0).any():
            msg = "a link needs the jurisdictions of both its ends, which must be among `players`; "
            msg += f"found {examples(owner[at < 0].unique())}. Add them, or a column `needs` with "
            raise InputError(f"{msg}the players of each link.")
        masks |= 1 << at.astype(np.int64)
    return masks


def _mask(argument: str, players: object, names: list[str]) -> int:
    mask = mask_of(argument, players, names)
    if not mask:
        raise InputError(f"`{argument}` must name at least one player; found none.")
    return mask


def _measured(
    network: MultilayerNetwork,
    builds: list[Build],
    objective: Objective,
    names: list[str],
    seeds: Integers,
) -> Floats:
    def number(measured: MultilayerNetwork, mask: int) -> float:
        value: Any = objective(measured, coalition_of(mask, names))
        check_number(f"objective for {named(mask, names)}", value)
        return float(value)

    values = np.zeros(1 << len(names))
    by_built: dict[tuple[int, ...], list[int]] = {}
    for mask in range(1, values.size):
        built = tuple(k for k, (needs, _) in enumerate(builds) if not needs & ~mask)
        by_built.setdefault(built, []).append(mask)
    by_built.pop((), None)  # nothing is built, nothing is gained
    gaining = [mask for masks in by_built.values() for mask in masks]
    before = {mask: number(network, mask) for mask in gaining}
    for built, masks in by_built.items():
        after = network
        for k in built:
            after = apply_scenario(after, builds[k][1], rng=int(seeds[k]))
        for mask in masks:
            values[mask] = number(after, mask) - before[mask]
    return values


class CoalitionAccess:
    def __init__(self, network: MultilayerNetwork, players: Sequence[str]) -> None:
        self.network = network
        self.players = list(players)
        owners = network.storage.nodes["jurisdiction"]
        # Position of each node's player; -1 for none.
        self.owner = pd.Index(self.players).get_indexer(pd.Index(owners)).astype(np.int32)
        self._nodes = network.storage.node_names.tolist()
        self._measured: MultilayerNetwork | None = None
        self._by_player: dict[str, float] = {}

    def __call__(self, network: MultilayerNetwork, coalition: frozenset[str]) -> float:
        if network is not self._measured:
            scores = harmonic_centrality(network, nodes=self._nodes)
            # The first sum is that of nodes of nobody.
            sums = np.bincount(self.owner + 1, scores.to_numpy()[: self.owner.size])[1:]
            self._by_player = dict(zip(self.players, sums.tolist(), strict=True))
            self._measured = network
        return sum(self._by_player[player] for player in self.players if player in coalition)

    def of_all_coalitions(
        self, grown: MultilayerNetwork, links: pd.DataFrame, needs: Integers
    ) -> Floats | None:
        """Gains by bit mask; None if links of one pair differ in players."""
        from netinnov.kernels.coalitions import access_gains

        n = self.network.n_nodes
        if n < 2 or links.empty:
            return None
        at = self.network.storage.positions
        ends = np.sort([at("links", links["source"]), at("links", links["target"])], axis=0)
        pair = ends[0].astype(np.int64) * n + ends[1]
        pairs, first, pair_of_link = np.unique(pair, return_index=True, return_inverse=True)
        if (needs[first][pair_of_link] != needs).any():
            return None
        low, high = (ends.astype(np.int32) for ends in np.divmod(pairs, n))
        lengths = shortest_links(grown, PathCosts())
        source, target = np.append(low, high), np.append(high, low)
        length = np.asarray(lengths[source, target], np.float64).ravel()
        mask = np.tile(needs[first], 2)
        lowest = np.bitwise_count((mask & -mask) - 1)
        order = np.argsort(lowest, kind="stable")
        order = order[(length[order] > 0) & (source != target)[order]]
        begin = np.searchsorted(lowest[order], np.arange(len(self.players) + 1)).astype(np.int32)
        rows = np.unique(np.concatenate([np.flatnonzero(self.owner >= 0), source, target]))
        rows = rows.astype(np.int32)
        row_of = np.full(n, -1, np.int32)
        row_of[rows] = np.arange(rows.size)
        before = np.concatenate([block for _, block in distances(self.network, rows, PathCosts())])
        source, target, length, mask = (each[order] for each in (source, target, length, mask))
        owner = self.owner[rows]
        return access_gains(before, row_of, owner, source, target, length, mask, begin) / (n - 1)
