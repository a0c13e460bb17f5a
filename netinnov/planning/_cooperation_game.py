"""The game on a network: players are jurisdictions, a coalition achieves what its links change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from netinnov._network.paths import PathCosts, distances, shortest_links
from netinnov._runtime.arguments import (
    check_callable,
    check_mapping,
    check_names,
    check_number,
    check_rng,
    examples,
)
from netinnov._typing import Count, Floats, Integers, Rng
from netinnov.centrality import harmonic_centrality
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.planning._game import Game, coalition_of, distinct_players, mask_of, named
from netinnov.scenarios import Scenario, apply_scenario

Objective: TypeAlias = Callable[[MultilayerNetwork, frozenset[str]], float]
Build: TypeAlias = tuple[int, Scenario]  # (mask of the players needed, scenario)


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
            raise InputError(
                "`needs` must name the players of each scenario in `links`; found in one only: "
                f"{examples(unlike)}."
            )
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
            raise InputError(
                "a link needs the jurisdictions of both its ends, which must be among `players`; "
                f"found {examples(owner[at < 0].unique())}. Add them, or a column `needs` with "
                "the players of each link."
            )
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
        source = np.append(low, high)
        target = np.append(high, low)
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
