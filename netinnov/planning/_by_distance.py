"""Access with added links from the distances before them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._parallel import in_threads, workers, worth_threads
from netinnov._paths import distances, link_lengths
from netinnov._rows import Rows
from netinnov._tables import NodeTable
from netinnov._typing import Codes, Floats
from netinnov.network import MultilayerNetwork, network_of_rows
from netinnov.planning._objectives import ByAccess
from netinnov.planning._placements import HeldPlans, Placement

_BLOCK = 2**22
"""Entries of a block of gains: 32 MiB."""

Plan = tuple[int, ...]
Positions = npt.NDArray[np.int64]


class ByDistance(HeldPlans):
    """Objectives of access, exact and without a search for paths.

    Of each plan the distances between all nodes are held; those with a further candidate follow
    link by link, d(s, t) = min(d(s, t), d(s, i) + l + d(j, t)).
    """

    def __init__(
        self, network: MultilayerNetwork, placements: Sequence[Placement], by_access: ByAccess
    ) -> None:
        super().__init__(network, placements)
        self.by_access = by_access
        n_new = np.array([placement.n_nodes for placement in placements], np.int64)
        self.n_new = n_new.astype(np.int32)
        self.first_new = self.n + np.concatenate([[0], np.cumsum(n_new)])
        sizes = [placement.source.size for placement in placements]
        self.first = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        self._links()
        everyone = np.arange(self.n, dtype=np.int32)
        distance_between = np.empty((self.n, self.n))
        for sources, block in distances(network, everyone, by_access.costs):
            distance_between[sources] = block
        self.kept = {(): distance_between}

    def _links(self) -> None:
        """Ends of all links, numbered over all new nodes, and what their lengths are made of."""
        storage, n, placements = self.start.storage, self.n, self.placements
        records = dict(storage.records)
        for placement in placements:
            records |= {k: v for k, v in placement.records.items() if k not in records}
        layers = tuple(sorted(records))
        code = {layer: at for at, layer in enumerate(layers)}
        shift = np.repeat(self.first_new[:-1] - n, np.diff(self.first))
        source, target = (
            np.concatenate([np.empty(0, np.int32), *ends]).astype(np.int64)
            for ends in (
                [placement.source for placement in placements],
                [placement.target for placement in placements],
            )
        )
        self.source = np.where(source >= n, source + shift, source)
        self.target = np.where(target >= n, target + shift, target)
        self.weight = np.concatenate([np.empty(0), *(placement.weight for placement in placements)])
        layer = np.array(
            [code[name] for placement in placements for name in placement.layer], np.int64
        )
        directed = np.array([records[name].directed for name in layers], bool)
        self.both_ways = ~directed[layer]
        total = int(self.first_new[-1])
        pair, at, self.slot = np.unique(
            (layer * total + self.source) * total + self.target,
            return_index=True,
            return_inverse=True,
        )
        before = np.zeros(pair.size)
        for name in storage.layers:
            mine = np.flatnonzero(layer[at] == code[name])
            mine = mine[(self.source[at[mine]] < n) & (self.target[at[mine]] < n)]
            if mine.size:
                lengths_of_pairs = self.start.adjacency(name)[
                    self.source[at[mine]], self.target[at[mine]]
                ]
                before[mine] = np.asarray(lengths_of_pairs).ravel()
        self.before = before
        self.friction = np.zeros(pair.size)
        if self.by_access.costs.frictions:
            rows = Rows(
                np.zeros(pair.size, np.int32),
                self.source[at].astype(np.int32),
                self.target[at].astype(np.int32),
                np.ones(pair.size),
            )
            one = {"new": next(iter(records.values()))._replace(directed=True)}
            ends = network_of_rows(self._every_node(), storage.places, ("new",), rows, one)
            lengths = link_lengths(ends, "new", "unit", self.by_access.costs.frictions)
            lengths_of_pairs = lengths.tocsr()[self.source[at], self.target[at]]
            self.friction = np.asarray(lengths_of_pairs).ravel() - 1.0

    def _every_node(self) -> NodeTable:
        """Where the nodes of the baseline and of all candidates are, without names."""
        table = self.start.storage.node_table()
        parts = [
            table,
            *(placement.nodes for placement in self.placements if placement.nodes is not None),
        ]
        place, jurisdiction = (
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("place", "jurisdiction")
        )
        return NodeTable(pd.DataFrame(index=pd.RangeIndex(place.size)), place, jurisdiction)

    def values(self, plan: Plan, more: Positions) -> Floats:
        from netinnov.kernels.added_links import access_gains

        distance_between, where = self._held(plan), self._numbers_of_nodes(plan)
        nodes = self.by_access.nodes
        chosen = np.zeros(len(distance_between), bool)
        chosen[nodes] = True
        with np.errstate(divide="ignore"):
            inverse = 1.0 / distance_between[np.ix_(nodes, nodes)]
        np.fill_diagonal(inverse, 0.0)
        now = inverse.sum(axis=1)
        steps = more.size * self.n**2
        shared = min(more.size, 4 * workers(None)) if worth_threads(steps) else 1
        pieces = max(-(-more.size * len(distance_between) // _BLOCK), shared)
        cuts = np.linspace(0, more.size, pieces + 1).astype(int)
        links = [self._of(more[i:j], len(distance_between), where, plan) for i, j in pairwise(cuts)]
        work = [
            partial(self._reduced, access_gains, distance_between, chosen, now, *each)
            for each in links
        ]
        return np.concatenate(in_threads(work, size=steps))

    def _reduced(
        self,
        gains: Callable[..., Floats],
        distances: Floats,
        chosen: npt.NDArray[np.bool_],
        now: Floats,
        *links: Any,
    ) -> Floats:
        more = gains(distances, chosen, *links)[:, self.by_access.nodes]
        return self.by_access.reduce((now + more) / (now.size - 1))

    def _of(
        self, candidates: Positions, size: int, where: Positions, plan: Plan
    ) -> tuple[Any, ...]:
        """Links of some candidates after a plan, with their own new nodes numbered from `size`."""
        first = self.first[candidates]
        count = self.first[candidates + 1] - first
        cuts = np.concatenate([[0], np.cumsum(count)])
        rows = np.arange(cuts[-1]) - np.repeat(cuts[:-1] - first, count)
        own = np.repeat(self.first_new[candidates] - size, count)

        def numbered(ends: Positions) -> Codes:
            return np.where(where[ends] >= 0, where[ends], ends - own).astype(np.int32)

        length = self._lengths(rows, self._added(plan))
        source, target = numbered(self.source[rows]), numbered(self.target[rows])
        return cuts, self.n_new[candidates], source, target, length, self.both_ways[rows]

    def _added(self, plan: Plan) -> Floats:
        """Weight that a plan adds to each linked pair that some candidate links."""
        rows = self._rows(plan)
        added = np.bincount(self.slot[rows], self.weight[rows], self.before.size)
        return added.astype(np.float64)

    def _lengths(self, rows: Positions, added: Floats) -> Floats:
        slot = self.slot[rows]
        if self.by_access.costs.distance == "unit":
            return 1.0 + self.friction[slot]
        length: Floats = 1.0 / (self.before[slot] + added[slot] + self.weight[rows])
        return length + self.friction[slot]

    def _rows(self, plan: Plan) -> Positions:
        parts = [np.arange(self.first[at], self.first[at + 1]) for at in plan]
        return np.concatenate([np.empty(0, np.int64), *parts])

    def _numbers_of_nodes(self, plan: Plan) -> Positions:
        """Number of each node in the distances of a plan; -1 for nodes that are not in it."""
        where = np.full(int(self.first_new[-1]), -1, np.int64)
        where[: self.n] = np.arange(self.n)
        new = [np.arange(self.first_new[at], self.first_new[at + 1]) for at in plan]
        own = np.concatenate([np.empty(0, np.int64), *new])
        where[own] = self.n + np.arange(own.size)
        return where

    def _with_last(self, before: Floats, plan: Plan) -> Floats:
        from netinnov.kernels.added_links import distances_with_links

        size = len(before) + int(self.n_new[plan[-1]])
        distance_between = np.full((size, size), np.inf)
        distance_between[: len(before), : len(before)] = before
        np.fill_diagonal(distance_between, 0.0)
        last = np.array(plan[-1:], np.int64)
        links = self._of(last, len(before), self._numbers_of_nodes(plan[:-1]), plan[:-1])
        return np.asarray(distances_with_links(distance_between, *links[2:]))
