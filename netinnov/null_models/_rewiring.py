"""The Markov chain of each layer that `rewire` runs: options, constraints, state and proposals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal, NamedTuple, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._network.link_rows import sort_rows
from netinnov._network.place_distances import between, needed
from netinnov._network.rows import Block
from netinnov._runtime.arguments import as_list, check_names, shown
from netinnov._typing import Codes, Floats
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork, check_network

Preserve = Literal["degree", "kind", "place", "distance", "distance_expected", "strength"]
Words = npt.NDArray[np.uint64]
Ends = npt.NDArray[np.integer]

_MOST_SITES = 20_000  # places of a layer whose table of zones (a byte a pair) still fits
STRENGTH_TOLERANCE = 0.01  # relative error of strengths at which annealing stops
_FEW = 64  # links of a layer so small that half of its proposals are of the rarer sort


class State(NamedTuple):
    source: Codes
    target: Codes
    weight: Floats
    accepted: int = 0
    zone_means: Floats | None = None

    @property
    def links(self) -> tuple[Codes, Codes, Floats]:
        return self[:3]

    def followed_by(self, other: State) -> State:
        both = zip(self.links, other.links, strict=True)
        return State(*map(np.append, *zip(*both, strict=True))) if other.source.size else self


class Zones(NamedTuple):
    """Of distance; see `exchange_within`."""

    site: Codes = np.empty(0, np.int32)  # number of each node's place; empty: no distances kept
    zone: npt.NDArray[np.uint8] = np.empty((0, 0), np.uint8)
    level: Floats = np.empty(0, np.float64)
    hard: bool = True


@dataclass(frozen=True, slots=True)
class Chain:
    start: State
    loops: State  # self-links that stay where they are
    n_nodes: int
    directed: bool
    group: Codes  # class of each node; empty if no classes are kept
    strength: bool
    zones: Zones

    @property
    def size(self) -> int:
        return self.start.source.size

    @property
    def ends(self) -> tuple[Codes, Codes]:
        """Nodes that links lead from, and to; of undirected ones all ends, twice."""
        source = np.unique(self.start.source)
        target = np.unique(self.start.target)
        return (source, target) if self.directed else (np.union1d(source, target),) * 2

    @property
    def pace(self) -> int:
        """Proposals between two of the rarer kind; a chain may be read on the way at multiples."""
        if self.size <= _FEW:
            return 2
        return 16 if self.group.size or self.zones.site.size else 8

    def packed(self, state: State) -> Block:
        links = state.followed_by(self.loops).links
        rows = np.arange(links[0].size, dtype=np.uint32)
        return Block(*sort_rows(rows, *links, self.n_nodes, not self.directed))

    def advance(self, state: State, steps: int, words: Words) -> State:
        """Moved links, and their weights: dealt at random over them, or brought near strengths."""
        from netinnov.kernels.exchanges import match_strengths

        moved = self.moved(state, steps, words[0])
        if self.size < 2 or (self.strength and steps == 0):
            return moved
        weight = self._dealt(state, moved, np.random.default_rng(words[1]))
        if self.strength:
            goals = _strengths(self.start, self.n_nodes, self.directed)
            options = self.directed, max(200_000, 200 * self.size), STRENGTH_TOLERANCE
            seed = words[1] | np.array([0, 1], np.uint64)
            weight, _ = match_strengths(*moved.links[:2], weight, *goals, *options, seed)
        return moved._replace(weight=weight)

    def moved(self, state: State, steps: int, words: Words) -> State:
        """Links after so many proposals; each slot keeps its weight."""
        from netinnov.kernels.rewiring import exchange_ends, exchange_within

        if self.size < 2 or steps == 0:
            return state._replace(accepted=0)
        pace = self.pace
        seed = words | np.array([0, 1], np.uint64)
        slots = (state.source, state.target, self.n_nodes)
        if not (self.group.size or self.zones.site.size):
            # First slot of each source: a directed triangle is looked up by it.
            starts = np.searchsorted(state.source, np.arange(self.n_nodes + 1))
            indptr = starts if self.directed else None
            source, target, accepted, _ = exchange_ends(*slots, indptr, steps, pace, seed)
            return State(source, target, state.weight, accepted)
        # Few links: excursions of 8 moves on average, that come back changed; else of 2.
        further = np.uint64(3 if self.size <= _FEW else 1)
        source, target, accepted, total, _ = exchange_within(
            *slots,
            self.directed,
            *self._ends_by_class(state),
            *self.zones,
            steps,
            pace,
            further,
            seed,
        )
        return State(source, target, state.weight, accepted, total / steps)

    def _dealt(self, before: State, after: State, rng: np.random.Generator) -> Floats:
        """Weights in random order, those of each pair of classes among its links."""
        order = rng.permutation(self.size)
        if not self.group.size:
            return before.weight[order]
        old, new = (
            link_keys(self.group[state.source], self.group[state.target], self.directed)
            for state in (before, after)
        )
        weight = np.empty_like(before.weight)
        weight[order[np.argsort(new[order])]] = before.weight[np.argsort(old)]
        return weight

    def _ends_by_class(self, state: State) -> tuple[Codes, Codes, npt.NDArray[np.int64]]:
        """Class of each node; ends of links (2 x slot + side) by class, and where each begins."""
        directed = int(self.directed)
        if not self.group.size:
            every = np.arange(directed, 2 * self.size, 1 + directed, dtype=np.int32)
            return self.group, every, np.array([0, every.size], np.int64)
        n_groups = int(self.group.max()) + 1
        n_classes = n_groups * (1 + directed)
        # Short numbers are sorted by counting, many times as fast.
        ends = np.empty(2 * self.size, np.min_scalar_type(n_classes))
        ends[0::2] = self.group[state.source]
        ends[1::2] = self.group[state.target] + directed * n_groups
        sizes = np.bincount(ends, minlength=n_classes)
        begin = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        return self.group, np.argsort(ends, kind="stable").astype(np.int32), begin


def link_keys(source: Ends, target: Ends, directed: bool) -> npt.NDArray[np.int64]:
    """One number a link, the same for both orders of undirected ends."""
    a = source.astype(np.int64)
    b = target.astype(np.int64)
    return (a << 32) | b if directed else (np.minimum(a, b) << 32) | np.maximum(a, b)


def seed_words(rng: np.random.Generator, size: int) -> Words:
    return rng.integers(0, 2**64, size=(size, 2, 2), dtype=np.uint64)


def proposals(number: float) -> int:
    """A whole number of them, at least one where any are wanted."""
    return round(number) or int(number > 0)


def _strengths(state: State, n: int, directed: bool) -> tuple[Floats, Floats]:
    """Out- and in-strengths; undirected: strengths, and an empty array."""
    ends = (state.source, state.target)
    out, into = (np.bincount(end, state.weight, n).astype(np.float64) for end in ends)
    return (out, into) if directed else (out + into, np.zeros(0))


def chains_of(
    network: MultilayerNetwork,
    layers: Sequence[str] | None,
    rng: np.random.Generator,
    preserve: Iterable[str] = (),
    bins: Any = None,
) -> dict[str, Chain]:
    """Chains by layer from checked options; the weights of soft bins are estimated."""
    check_network(network)
    preserved = set(preserve)
    edges = None if bins is None else np.asarray(bins, np.float64)
    distances = preserved & {"distance", "distance_expected"}
    names = check_names("layers", network.layers if layers is None else layers, network.layers)
    group = _classes(network, preserved)
    chains = {}
    for layer in sorted(set(names)):
        chain = _chain(network, layer, group, strength="strength" in preserved)
        if distances:
            chain = _with_zones(network, layer, chain, edges, hard="distance" in preserved)
            if "distance_expected" in preserved:
                chain = _tuned(chain, rng)
        chains[layer] = chain
    return chains


def checked(
    preserve: Iterable[str], bins: Any, allowed: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[float, ...] | None]:
    listed = [] if isinstance(preserve, str) else as_list("preserve", preserve)
    if isinstance(preserve, str) or any(name not in allowed for name in listed):
        named = ", ".join(map(repr, allowed))
        raise InputError(f"`preserve` must be a sequence of {named}; found {shown(preserve)}.")
    in_order = tuple(name for name in allowed if name in listed)
    distances = {"distance", "distance_expected"}
    if distances <= set(listed):
        raise InputError(
            "`preserve` can hold 'distance' (exact) or 'distance_expected' (on average), not both; "
            "leave one out."
        )
    if bins is None:
        return in_order, None
    if not distances.intersection(listed):
        named = " or ".join(repr(name) for name in allowed if name in distances)
        raise InputError(
            f"`bins` is read only if `preserve` holds {named}; add it, or leave `bins` out."
        )
    try:
        edges = np.asarray(bins, np.float64)
    except (TypeError, ValueError):
        edges = np.empty(0)
    if edges.ndim != 1 or not 2 <= edges.size <= 250 or not (np.diff(edges) > 0).all():
        raise InputError(
            f"`bins` must be 2 to 250 rising edges, such as [0, 50, 200]; found {shown(bins)}."
        )
    return in_order, tuple(edges.tolist())


def _classes(network: MultilayerNetwork, preserved: set[str]) -> Codes:
    """Class of each node; a missing kind or place is a class of its own."""
    columns = {"kind": network.storage.kind_codes, "place": network.storage.place_codes}
    names = [name for name in columns if name in preserved]
    if not names:
        return np.empty(0, np.int32)
    return np.asarray(pd.DataFrame(columns).groupby(names).ngroup(), np.int32)


def _chain(network: MultilayerNetwork, layer: str, group: Codes, *, strength: bool) -> Chain:
    block = network.storage.block(layer)
    directed = layer in network.directed
    links = block.sources, block.indices, block.data
    loop = block.sources == block.indices
    loops = State(*(each[loop] for each in links))
    start = State(*(each[~loop] for each in links) if loop.any() else links)
    return Chain(start, loops, network.n_nodes, directed, group, strength, Zones())


def _with_zones(
    network: MultilayerNetwork, layer: str, chain: Chain, edges: Floats | None, *, hard: bool
) -> Chain:
    """With the distance zone of each pair of sites: 0 outside, then 1, 2, ..."""
    source = chain.start.source
    target = chain.start.target
    storage = network.storage
    ends = np.union1d(*chain.ends)
    places, at = np.unique(storage.place_codes[ends], return_inverse=True)
    if places.size > _MOST_SITES:
        raise InputError(
            f"the nodes of layer {layer!r} stand in {places.size} different places; "
            f"distances are kept for at most {_MOST_SITES}; aggregate places, e.g. to cities."
        )
    site = np.zeros(network.n_nodes, np.int32)
    site[ends] = at
    why = f"keeping distances in layer {layer!r}"
    of_pairs = partial(between, storage, directed=chain.directed)
    rows, columns = (np.unique(site[nodes]) for nodes in chain.ends)
    # All that is unknown is told at once; without a table it is enough to look at each place.
    pairs: Any = (places, np.roll(places, 1))
    if storage.place_table.distances is not None:
        pairs = np.meshgrid(places[rows], places[columns])
    needed(storage, pairs[0], pairs[1], why, chain.directed)
    if edges is None:
        lengths = of_pairs(places[site[source]], places[site[target]])
        edges = np.unique(np.quantile(lengths, np.linspace(0, 1, 11))) if lengths.size else lengths
    zone = np.zeros((places.size, places.size), np.uint8)
    for row in rows:
        beyond = columns if chain.directed else columns[row:]
        zone[row, beyond] = zones_of(of_pairs(places[[row]], places[beyond]), edges)
        if not chain.directed:
            # Both ways round a pair must be of one zone, whatever the last digit of the distance.
            zone[beyond, row] = zone[row, beyond]
    return replace(chain, zones=Zones(site, zone, np.zeros(edges.size + 1, np.float64), hard))


def zones_of(lengths: Floats, edges: Floats) -> npt.NDArray[np.uint8]:
    zones = np.searchsorted(edges, lengths, side="right")
    if edges.size:
        zones[lengths == edges[-1]] = max(edges.size - 1, 1)
        zones[lengths > edges[-1]] = 0
    return zones.astype(np.uint8)


def _tuned(chain: Chain, rng: np.random.Generator) -> Chain:
    """Levels with the observed mean links a zone (Robbins and Monro; Polyak and Ruppert)."""
    if chain.size < 2:
        return chain
    state = chain.start
    (site, zone, level, _) = chain.zones
    zones = zone[site[state.source], site[state.target]]
    observed = np.bincount(zones, minlength=level.size).astype(np.float64)
    possible = np.zeros(level.size, bool)
    rows, columns = (np.unique(site[nodes]) for nodes in chain.ends)
    for row in rows:
        possible[zone[row, columns]] = True
    # Nothing can be expected to be 0 with certainty: an empty zone aims at a tenth of a link.
    goal = np.where(possible, np.maximum(observed, 0.1), 0.0)
    goal *= chain.size / goal.sum()
    spread = goal * (1 - goal / chain.size) + 0.25
    # A large layer shows its expected numbers at one look; a small one needs many.
    rounds, burn, each = (300, 100, 20) if chain.size < 2_000 else (60, 30, 1)
    steps = max(chain.size * each, 2_000)
    mean = np.zeros(level.size)
    for t, words in enumerate(seed_words(rng, rounds)):
        moving = replace(chain, zones=chain.zones._replace(level=level))
        state = moving.moved(state, steps, words[0])
        gain = 0.5 if t < burn else 0.5 / (1 + 0.05 * (t - burn))
        lack = (goal - cast(Floats, state.zone_means)) / spread
        level = np.clip(level + gain * np.clip(lack, -1, 1), -30, 30)
        if t >= burn:
            mean += level / (rounds - burn)
    return replace(chain, zones=chain.zones._replace(level=mean))
