"""The Markov chain of each layer that `rewire` runs: its state, constraints and proposals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import numpy as np
import numpy.typing as npt

from netinnov._network.rows import NO_PERIOD, Block, Rows
from netinnov._runtime.parallel import in_threads
from netinnov._typing import Codes, Floats, Mask
from netinnov.network import MultilayerNetwork, network_of_storage, with_rows

Preserve = Literal["degree", "kind", "place", "distance", "distance_expected", "strength"]
Words = npt.NDArray[np.uint64]

STRENGTH_TOLERANCE = 0.01  # relative error of strengths at which annealing stops
_FEW = 64  # links of a layer so small that half of its proposals are of the rarer sort


@dataclass(frozen=True, slots=True)
class State:
    source: Codes
    target: Codes
    weight: Floats
    accepted: int = 0
    zone_means: Floats | None = None
    strength_error: float = math.nan

    @property
    def links(self) -> tuple[Codes, Codes, Floats]:
        return self.source, self.target, self.weight

    def at(self, where: Mask | slice) -> State:
        return State(self.source[where], self.target[where], self.weight[where])

    def followed_by(self, other: State) -> State:
        if not other.source.size:
            return self
        source, target = np.append(self.source, other.source), np.append(self.target, other.target)
        return State(source, target, np.append(self.weight, other.weight))


@dataclass(frozen=True, slots=True)
class Chain:
    start: State
    loops: State  # self-links that stay where they are
    n_nodes: int
    directed: bool
    group: Codes  # class of each node; empty if no classes are kept
    # Ends of links (2 x slot + side) at the start, by class; see `exchange_within`
    bucket: Codes
    begin: npt.NDArray[np.int64]
    site: Codes  # code of each node's coordinates; empty if no distances are kept
    zone: npt.NDArray[np.uint8]
    level: Floats
    hard: bool
    strength: bool

    @property
    def size(self) -> int:
        return self.start.source.size

    @property
    def pace(self) -> int:
        """Proposals between two of the rarer kind; a chain may be read on the way at multiples."""
        if self.size <= _FEW:
            return 2
        return 16 if self.group.size or self.site.size else 8

    def draw(self, steps: int, words: Words) -> tuple[State, Block]:
        state = self.advance(self.start, steps, words)
        return state, self.packed(state)

    def packed(self, state: State) -> Block:
        from netinnov.kernels.links import sort_rows

        links = state.followed_by(self.loops).links
        rows = np.arange(links[0].size, dtype=np.uint32)
        return Block(*sort_rows(rows, *links, self.n_nodes, not self.directed))

    def advance(self, state: State, steps: int, words: Words) -> State:
        from netinnov.kernels.exchanges import match_strengths
        from netinnov.kernels.rewiring import exchange_ends, exchange_within

        if self.size < 2 or steps == 0:
            return replace(state, accepted=0)
        pace, few = self.pace, self.size <= _FEW
        mixed = bool((state.weight != state.weight[0]).any())
        words = words | np.array([0, 1], np.uint64)
        slots = (*state.links, self.n_nodes, self.directed, mixed)
        if self.group.size or self.site.size:
            # Few links: excursions of 8 moves on average, that come back changed; else of 2.
            further = np.uint64(3 if few else 1)
            bucket = self.bucket
            if self.group.size and state is not self.start:  # on the way ends change their slots
                bucket, _ = ends_by_class(state, self.group, self.directed)
            classes = (self.group, bucket, self.begin)
            zones = (self.site, self.zone, self.level, self.hard)
            source, target, weight, accepted, total, _ = exchange_within(
                *slots, *classes, *zones, steps, pace, further, words[0]
            )
            state = State(source, target, weight, accepted, total / steps)
        else:
            source, target, weight, accepted, _ = exchange_ends(*slots, steps, pace, words[0])
            state = State(source, target, weight, accepted)
        if not self.strength:
            return state
        goals = _strengths(self.start, self.n_nodes, self.directed)
        budget = max(200_000, 200 * self.size)
        weight, error = match_strengths(
            *state.links, *goals, self.directed, budget, STRENGTH_TOLERANCE, words[1]
        )
        return replace(state, weight=weight, strength_error=error)


@dataclass(frozen=True, slots=True)
class Plan:
    network: MultilayerNetwork
    chains: dict[str, Chain]

    def draw(self, trials: float, rng: np.random.Generator) -> MultilayerNetwork:
        chains = list(self.chains.values())
        words = seed_words(rng, len(chains))
        steps = [round(trials * chain.size) for chain in chains]
        each = zip(chains, steps, words, strict=True)
        work = [partial(chain.draw, many, seeds) for chain, many, seeds in each]
        return self._network(in_threads(work, sum(steps)))

    def advance_reversibly(
        self, states: Sequence[State], trials: float, rng: np.random.Generator
    ) -> list[State]:
        """Steps as probable backwards: one proposal less than a multiple of the pace."""
        moved = []
        words = seed_words(rng, len(self.chains))
        for chain, state, seeds in zip(self.chains.values(), states, words, strict=True):
            steps = round(trials * chain.size) or math.ceil(min(trials, 1.0))
            more = (-steps - 1) % chain.pace if steps else 0
            moved.append(chain.advance(state, steps + more, seeds))
        return moved

    def assemble(self, states: Sequence[State]) -> MultilayerNetwork:
        chains = zip(self.chains.values(), states, strict=True)
        work = [partial(chain.packed, state) for chain, state in chains]
        blocks = in_threads(work, sum(state.source.size for state in states))
        return self._network(list(zip(states, blocks, strict=True)))

    def _network(self, drawn: Sequence[tuple[State, Block]]) -> MultilayerNetwork:
        network = self.network
        if network.storage.kept_rows is None or len(self.chains) == len(network.layers):
            blocks = dict(zip(network.layers, network.storage.blocks, strict=True))
            blocks.update(zip(self.chains, (block for _, block in drawn), strict=True))
            return network_of_storage(network.storage.with_blocks(blocks))
        # Layers that stay may have periods and attributes.
        rows = network.storage.link_rows()
        codes = [x for x, layer in enumerate(network.layers) if layer not in self.chains]
        rows = rows.where(np.isin(rows.layer, codes))
        for (layer, chain), (state, _) in zip(self.chains.items(), drawn, strict=True):
            links = state.followed_by(chain.loops).links
            at = np.full(links[0].size, network.layers.index(layer), np.int32)
            rows = rows.followed_by(Rows(at, *links))
        if rows.period is not None and (rows.period == NO_PERIOD).all():
            rows = rows._replace(period=None)
        return with_rows(network, rows)


def ends_by_class(
    state: State, group: Codes, directed: bool
) -> tuple[Codes, npt.NDArray[np.int64]]:
    n_groups = int(group.max(initial=0)) + 1
    n_classes = n_groups * (2 if directed else 1)
    # Short numbers are sorted by counting, many times as fast.
    ends = np.empty(2 * state.source.size, np.min_scalar_type(n_classes))
    ends[0::2] = group[state.source]
    ends[1::2] = group[state.target] + (n_groups if directed else 0)
    sizes = np.bincount(ends, minlength=n_classes)
    begin = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    return np.argsort(ends, kind="stable").astype(np.int32), begin


def seed_words(rng: np.random.Generator, size: int) -> Words:
    return rng.integers(0, 2**64, size=(size, 2, 2), dtype=np.uint64)


def _strengths(state: State, n: int, directed: bool) -> tuple[Floats, Floats]:
    """Out- and in-strengths; undirected: strengths, and an empty array."""
    out: Floats = np.bincount(state.source, state.weight, n).astype(np.float64)
    into: Floats = np.bincount(state.target, state.weight, n).astype(np.float64)
    return (out, into) if directed else (out + into, np.zeros(0))
