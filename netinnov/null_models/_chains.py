"""What a Markov chain of `rewire` needs of a layer: its slots, classes, zones and strengths."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal, cast, get_args

import numpy as np
import numpy.typing as npt

from netinnov._arguments import check_names
from netinnov._geography import great_circle
from netinnov._parallel import in_threads
from netinnov._rows import NO_PERIOD, Block, Rows
from netinnov._typing import Codes, Floats
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork

__all__ = ["STRENGTH_TOLERANCE", "Chain", "Plan", "Preserve", "State", "plan", "seed_words"]

Preserve = Literal["degree", "kind", "place", "distance", "distance_expected", "strength"]
Words = npt.NDArray[np.uint64]

STRENGTH_TOLERANCE = 0.01
"""Sum of the errors of strengths, over the sum of strengths, at which annealing stops."""

_FEW = 64
"""Links of a layer so small that half of its proposals are triangles or excursions."""

_MOST_SITES = 20_000
"""Different coordinates of a layer whose table of zones still fits (a byte a pair)."""


@dataclass(frozen=True, slots=True)
class State:
    """Links of a layer on the way: source, target and weight of each slot."""

    source: Codes
    target: Codes
    weight: Floats
    accepted: int = 0
    zone_means: Floats | None = None
    strength_error: float = math.nan


@dataclass(frozen=True, slots=True)
class Chain:
    """A layer without its self-links, and what the chain keeps in it."""

    start: State
    loops: State
    n_nodes: int
    directed: bool
    group: Codes
    """Class of each node; empty if no classes are kept."""
    bucket: npt.NDArray[np.int64]
    run: Codes
    begin: npt.NDArray[np.int64]
    site: Codes
    """Coordinates of each node, as a code; empty if no distances are kept."""
    zone: npt.NDArray[np.uint8]
    level: Floats
    hard: bool
    strength: bool

    @property
    def size(self) -> int:
        """Number of links that move."""
        return self.start.source.size

    def draw(self, steps: int, words: Words) -> tuple[State, Block]:
        """The state so many proposals from the start, and its links as a block."""
        state = self.advance(self.start, steps, words)
        return state, self.packed(state)

    def packed(self, state: State) -> Block:
        """The links of a state and the self-links, sorted."""
        from netinnov.kernels.links import sort_rows

        source, target, weight = state.source, state.target, state.weight
        if self.loops.source.size:
            source = np.concatenate([source, self.loops.source])
            target = np.concatenate([target, self.loops.target])
            weight = np.concatenate([weight, self.loops.weight])
        return Block(*sort_rows(source, target, weight, self.n_nodes, not self.directed))

    def advance(self, state: State, steps: int, words: Words) -> State:
        """The state after so many proposals; with strengths, matched."""
        from netinnov.kernels.annealing import match_strengths
        from netinnov.kernels.rewiring import exchange_ends, exchange_within

        if self.size < 2 or steps == 0:
            return replace(state, accepted=0)
        constrained = self.group.size or self.site.size
        pace = 2 if self.size <= _FEW else 16 if constrained else 8
        mixed = bool((state.weight != state.weight[0]).any())
        slots = (state.source, state.target, state.weight, self.n_nodes, self.directed, mixed)
        words = words | np.array([0, 1], np.uint64)
        if constrained:
            # Few links: excursions of 8 moves on average, that come back changed; else of 2.
            further = np.uint64(3 if self.size <= _FEW else 1)
            classes = (self.group, self.bucket, self.run, self.begin)
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
        ends = (state.source, state.target)
        weight, error = match_strengths(
            *ends, state.weight, *goals, self.directed, budget, STRENGTH_TOLERANCE, words[1]
        )
        return replace(state, weight=weight, strength_error=error)


@dataclass(frozen=True, slots=True)
class Plan:
    """The chains of some layers of a network, ready to draw from many times."""

    network: MultilayerNetwork
    chains: dict[str, Chain]

    def draw(
        self, trials: float, rng: np.random.Generator, *, threads: bool = True
    ) -> MultilayerNetwork:
        """A network whose layers have gone ``trials`` proposals a link from the observed ones."""
        chains = list(self.chains.values())
        words = seed_words(rng, len(chains))
        steps = [round(trials * chain.size) for chain in chains]
        work = [
            partial(chain.draw, many, seeds)
            for chain, many, seeds in zip(chains, steps, words, strict=True)
        ]
        found = in_threads(work, sum(steps)) if threads else [piece() for piece in work]
        return self._network(found)

    def assemble(self, states: Sequence[State]) -> MultilayerNetwork:
        """The network with these links in the layers of the chains."""
        work = [
            partial(chain.packed, state)
            for chain, state in zip(self.chains.values(), states, strict=True)
        ]
        blocks = in_threads(work, sum(state.source.size for state in states))
        return self._network(list(zip(states, blocks, strict=True)))

    def _network(self, found: Sequence[tuple[State, Block]]) -> MultilayerNetwork:
        network = self.network
        if network._rows is not None and len(self.chains) < len(network.layers):
            # Layers that stay may have periods and attributes.
            return self._with_rows([state for state, _ in found])
        blocks = dict(zip(network.layers, network._blocks, strict=True))
        blocks.update(zip(self.chains, (block for _, block in found), strict=True))
        return network._from_blocks(
            network._node_table(), network._places, blocks, network.directed
        )

    def _with_rows(self, states: Sequence[State]) -> MultilayerNetwork:
        network = self.network
        parts = []
        for (layer, chain), state in zip(self.chains.items(), states, strict=True):
            x = np.int32(network.layers.index(layer))
            for links in (state, chain.loops) if chain.loops.source.size else (state,):
                at = np.full(links.source.size, x, np.int32)
                parts.append(Rows(at, links.source, links.target, links.weight))
        rows = network._link_rows()
        codes = [x for x, layer in enumerate(network.layers) if layer not in self.chains]
        rows = rows.where(np.isin(rows.layer, codes))
        for part in parts:
            rows = rows.followed_by(part)
        if rows.period is not None and (rows.period == NO_PERIOD).all():
            rows = rows._replace(period=None)
        return network._assemble(
            network._node_table(), network._places, network.layers, rows, network.directed
        )


def seed_words(rng: np.random.Generator, size: int) -> Words:
    """Two seeds of two words for each chain."""
    return rng.integers(0, 2**64, size=(size, 2, 2), dtype=np.uint64)


def plan(
    network: MultilayerNetwork,
    preserve: Iterable[str],
    layers: Sequence[str] | None,
    bins: Any,
    rng: np.random.Generator,
) -> Plan:
    """Check the options of `rewire` and prepare its chains; tunes them where that is asked for."""
    kept = _check_preserve(preserve)
    names = (
        list(network.layers) if layers is None else check_names("layers", layers, network.layers)
    )
    distances = kept & {"distance", "distance_expected"}
    edges = _check_bins(bins, bool(distances))
    group = _classes(network, kept)
    chains = {}
    for layer in sorted(set(names)):
        drawn = bool(group.size or distances)
        chain = _chain(network, layer, group, strength="strength" in kept, classes=drawn)
        if distances:
            chain = _with_zones(network, layer, chain, edges, hard="distance" in kept)
            if "distance_expected" in kept:
                chain = _tuned(chain, rng)
        chains[layer] = chain
    return Plan(network, chains)


def _check_preserve(preserve: Iterable[str]) -> set[str]:
    allowed = get_args(Preserve)
    listed = [preserve] if isinstance(preserve, str) else list(preserve)
    unknown = [name for name in listed if name not in allowed]
    if unknown or isinstance(preserve, str):
        msg = (
            f"`preserve` must be a sequence of {', '.join(map(repr, allowed))}; found {preserve!r}."
        )
        raise InputError(msg)
    if {"distance", "distance_expected"} <= set(listed):
        msg = "`preserve` can hold 'distance' (exact) or 'distance_expected' (on average), not both"
        raise InputError(f"{msg}; leave one out.")
    return set(listed)


def _check_bins(bins: Any, wanted: bool) -> Floats | None:
    if bins is None:
        return None
    if not wanted:
        msg = "`bins` is read only if `preserve` holds 'distance' or 'distance_expected'"
        raise InputError(f"{msg}; add one of them, or leave `bins` out.")
    edges = np.asarray(bins, np.float64)
    if edges.ndim != 1 or not 2 <= edges.size <= 250 or not (np.diff(edges) > 0).all():
        msg = f"`bins` must be 2 to 250 rising edges in km, such as [0, 50, 200]; found {bins!r}."
        raise InputError(msg)
    return edges


def _classes(network: MultilayerNetwork, kept: set[str]) -> Codes:
    """Class of each node; a missing kind or place is a class of its own."""
    columns = []
    if "kind" in kept:
        columns.append(network._kind_codes)
    if "place" in kept:
        columns.append(network._place_codes)
    if not columns:
        return np.empty(0, np.int32)
    code = columns[0].astype(np.int64)
    if len(columns) == 2:
        code = (code + 1) * (int(columns[1].max(initial=0)) + 2) + columns[1]
    return np.unique(code, return_inverse=True)[1].astype(np.int32)


def _chain(
    network: MultilayerNetwork, layer: str, group: Codes, *, strength: bool, classes: bool
) -> Chain:
    """The chain of a layer; ``classes``: its proposals draw ends class by class."""
    block = network._blocks[network.layers.index(layer)]
    n = network.n_nodes
    directed = layer in network.directed
    source = np.repeat(np.arange(n, dtype=np.int32), np.diff(block.indptr))
    loop = source == block.indices
    if loop.any():
        stay = ~loop
        start = State(source[stay], block.indices[stay], block.data[stay])
        loops = State(source[loop], block.indices[loop], block.data[loop])
    else:
        start = State(source, block.indices, block.data)
        loops = State(source[:0], source[:0], block.data[:0])
    m = start.source.size
    if group.size:
        n_groups = int(group.max(initial=0)) + 1
        ends = np.empty(2 * m, np.int64)
        ends[0::2] = group[start.source]
        ends[1::2] = group[start.target] + (n_groups if directed else 0)
        bucket = np.argsort(ends, kind="stable")
        sizes = np.bincount(ends, minlength=1)
        sizes = sizes[sizes > 0]
    else:
        last = 2 * m if classes else 0
        bucket = np.arange(1 if directed else 0, last, 2 if directed else 1, dtype=np.int64)
        sizes = np.array([bucket.size], np.int64)
    return Chain(
        start=start,
        loops=loops,
        n_nodes=n,
        directed=directed,
        group=group,
        bucket=bucket,
        run=np.repeat(np.arange(sizes.size, dtype=np.int32), sizes),
        begin=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        site=np.empty(0, np.int32),
        zone=np.empty((0, 0), np.uint8),
        level=np.empty(0, np.float64),
        hard=True,
        strength=strength,
    )


def _with_zones(
    network: MultilayerNetwork, layer: str, chain: Chain, edges: Floats | None, *, hard: bool
) -> Chain:
    """The chain with the zone of distance of each pair of sites: 0 outside, then 1, 2, ..."""
    lon, lat = _coordinates(network)
    ends = np.unique(np.concatenate([chain.start.source, chain.start.target]))
    missing = ends[np.isnan(lon[ends]) | np.isnan(lat[ends])]
    if missing.size:
        shown = ", ".join(repr(name) for name in network._nodes.index[missing[:5]])
        msg = (
            f"distances need coordinates at both ends of every link; {missing.size} linked nodes "
            f"of layer {layer!r} stand in no place with `lon` and `lat`, e.g. {shown}; give them "
            "a place with coordinates, or leave them out with select(nodes=...)."
        )
        raise InputError(msg)
    spots, at = np.unique(np.column_stack([lon[ends], lat[ends]]), axis=0, return_inverse=True)
    if len(spots) > _MOST_SITES:
        msg = (
            f"the nodes of layer {layer!r} stand at {len(spots)} different coordinates; "
            f"distances are kept for at most {_MOST_SITES}; aggregate places, e.g. to cities."
        )
        raise InputError(msg)
    site = np.zeros(network.n_nodes, np.int32)
    site[ends] = at.ravel()
    if edges is None:
        i, j = spots[site[chain.start.source]], spots[site[chain.start.target]]
        lengths = great_circle(i[:, 0], i[:, 1], j[:, 0], j[:, 1])
        edges = np.unique(np.quantile(lengths, np.linspace(0, 1, 11))) if lengths.size else lengths
    zone = np.empty((len(spots), len(spots)), np.uint8)
    for row, (x, y) in enumerate(spots):
        zone[row] = _zones(great_circle(x, y, spots[:, 0], spots[:, 1]), edges)
    # Both ways round a pair must be of one zone, whatever the last digit of the distance.
    upper = np.triu_indices(len(spots), 1)
    zone.T[upper] = zone[upper]
    level = np.zeros(edges.size + 1, np.float64)
    return replace(chain, site=site, zone=zone, level=level, hard=hard)


def _zones(lengths: Floats, edges: Floats) -> npt.NDArray[np.uint8]:
    found = np.searchsorted(edges, lengths, side="right")
    if edges.size:
        found[lengths == edges[-1]] = max(edges.size - 1, 1)
        found[lengths > edges[-1]] = 0
    return cast("npt.NDArray[np.uint8]", found.astype(np.uint8))


def _coordinates(network: MultilayerNetwork) -> tuple[Floats, Floats]:
    """Longitude and latitude of each node, NaN where unknown."""
    found = []
    for column in ("lon", "lat"):
        values = np.full(len(network._places) + 1, np.nan)
        if column in network._places:
            values[:-1] = network._places[column].to_numpy(np.float64, na_value=np.nan)
        found.append(values[network._place_codes])  # a missing place has code -1: the last
    return found[0], found[1]


def _tuned(chain: Chain, rng: np.random.Generator) -> Chain:
    """The chain with one level a zone so that the expected number of links in each is observed.

    Stochastic approximation: levels rise where links are missing, by less and less; the mean of
    the later ones is taken (Robbins and Monro; Polyak and Ruppert).
    """
    if chain.size < 2:
        return chain
    start = chain.start
    zones = chain.zone[chain.site[start.source], chain.site[start.target]]
    observed = np.bincount(zones, minlength=chain.level.size).astype(np.float64)
    possible = np.zeros(chain.level.size, bool)
    possible[np.unique(chain.zone)] = True
    # Nothing can be expected to be 0 with certainty: an empty zone aims at a tenth of a link.
    goal = np.where(possible, np.maximum(observed, 0.1), 0.0)
    goal *= chain.size / goal.sum()
    spread = goal * (1 - goal / chain.size) + 0.25
    # A large layer shows its expected numbers at one look; a small one needs many.
    rounds, burn, each = (300, 100, 20) if chain.size < 2_000 else (60, 30, 1)
    steps = max(chain.size * each, 2_000)
    level = np.zeros(chain.level.size)
    mean = np.zeros(chain.level.size)
    state = start
    for t, words in enumerate(seed_words(rng, rounds)):
        moving = replace(chain, level=level, strength=False)
        state = moving.advance(state, steps, words)
        gain = 0.5 if t < burn else 0.5 / (1 + 0.05 * (t - burn))
        lack = (goal - cast(Floats, state.zone_means)) / spread
        level = np.clip(level + gain * np.clip(lack, -1, 1), -30, 30)
        if t >= burn:
            mean += level / (rounds - burn)
    return replace(chain, level=mean)


def _strengths(state: State, n: int, directed: bool) -> tuple[Floats, Floats]:
    """Out- and in-strengths; undirected: strengths, and nothing."""
    out: Floats = np.bincount(state.source, state.weight, n).astype(np.float64)
    into: Floats = np.bincount(state.target, state.weight, n).astype(np.float64)
    return (out, into) if directed else (out + into, np.zeros(0))
