"""The chains of `rewire`, built from its options: classes of nodes, bins of distance, weights."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, cast, get_args

import numpy as np
import numpy.typing as npt

from netinnov._network.geography import great_circle
from netinnov._runtime.arguments import as_list, check_names, examples, shown
from netinnov._typing import Codes, Floats
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork, check_network
from netinnov.null_models._rewiring_chains import (
    Chain,
    Plan,
    Preserve,
    State,
    ends_by_class,
    seed_words,
)

_MOST_SITES = 20_000  # coordinates of a layer whose table of zones (a byte a pair) still fits


def plan(
    network: MultilayerNetwork,
    preserve: Iterable[str],
    layers: Sequence[str] | None,
    bins: Any,
    rng: np.random.Generator,
) -> Plan:
    """Build the chains of `rewire` from checked options; estimate the weights of soft bins."""
    check_network(network)
    kept, edges = set(preserve), None if bins is None else np.asarray(bins, np.float64)
    distances = kept & {"distance", "distance_expected"}
    names = check_names("layers", network.layers if layers is None else layers, network.layers)
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


def checked(preserve: Iterable[str], bins: Any) -> tuple[tuple[str, ...], tuple[float, ...] | None]:
    allowed = get_args(Preserve)
    listed = [] if isinstance(preserve, str) else as_list("preserve", preserve)
    if isinstance(preserve, str) or any(name not in allowed for name in listed):
        named = ", ".join(map(repr, allowed))
        raise InputError(f"`preserve` must be a sequence of {named}; found {shown(preserve)}.")
    kept = set(listed)
    in_order = tuple(name for name in allowed if name in kept)
    distances = {"distance", "distance_expected"}
    if distances <= kept:
        msg = "`preserve` can hold 'distance' (exact) or 'distance_expected' (on average), not both"
        raise InputError(f"{msg}; leave one out.")
    if bins is None:
        return in_order, None
    if not kept & distances:
        msg = "`bins` is read only if `preserve` holds 'distance' or 'distance_expected'"
        raise InputError(f"{msg}; add one of them, or leave `bins` out.")
    try:
        edges = np.asarray(bins, np.float64)
    except (TypeError, ValueError):
        edges = np.empty(0)
    if edges.ndim != 1 or not 2 <= edges.size <= 250 or not (np.diff(edges) > 0).all():
        msg = "`bins` must be 2 to 250 rising edges in km, such as [0, 50, 200]"
        raise InputError(f"{msg}; found {shown(bins)}.")
    return in_order, tuple(edges.tolist())


def _classes(network: MultilayerNetwork, kept: set[str]) -> Codes:
    """Class of each node; a missing kind or place is a class of its own."""
    columns: list[Codes] = [
        getattr(network.storage, f"{name}_codes") for name in ("kind", "place") if name in kept
    ]
    if not columns:
        return np.empty(0, np.int32)
    code = np.zeros(network.n_nodes, np.int64)
    for column in columns:
        code = code * (int(column.max(initial=0)) + 2) + column + 1
    return np.unique(code, return_inverse=True)[1].astype(np.int32)


def _chain(
    network: MultilayerNetwork, layer: str, group: Codes, *, strength: bool, classes: bool
) -> Chain:
    block = network.storage.block(layer)
    directed = layer in network.directed
    links = State(block.sources, block.indices, block.data)
    loop = links.source == links.target
    start, loops = (links.at(~loop), links.at(loop)) if loop.any() else (links, links.at(slice(0)))
    if group.size:
        bucket, begin = ends_by_class(start, group, directed)
    else:
        last = 2 * start.source.size if classes else 0
        bucket = np.arange(1 if directed else 0, last, 2 if directed else 1, dtype=np.int32)
        begin = np.array([0, bucket.size], np.int64)
    return Chain(
        start=start,
        loops=loops,
        n_nodes=network.n_nodes,
        directed=directed,
        group=group,
        bucket=bucket,
        begin=begin,
        site=np.empty(0, np.int32),
        zone=np.empty((0, 0), np.uint8),
        level=np.empty(0, np.float64),
        hard=True,
        strength=strength,
    )


def _with_zones(
    network: MultilayerNetwork, layer: str, chain: Chain, edges: Floats | None, *, hard: bool
) -> Chain:
    """With the distance zone of each pair of sites: 0 outside, then 1, 2, ..."""
    ends = np.unique(np.concatenate([chain.start.source, chain.start.target]))
    lon, lat = coordinates(network, layer, ends)
    spots, at = np.unique(np.column_stack([lon[ends], lat[ends]]), axis=0, return_inverse=True)
    if len(spots) > _MOST_SITES:
        raise InputError(
            f"the nodes of layer {layer!r} stand at {len(spots)} different coordinates; "
            f"distances are kept for at most {_MOST_SITES}; aggregate places, e.g. to cities."
        )
    site = np.zeros(network.n_nodes, np.int32)
    site[ends] = at.ravel()
    if edges is None:
        i, j = spots[site[chain.start.source]], spots[site[chain.start.target]]
        lengths = great_circle(i[:, 0], i[:, 1], j[:, 0], j[:, 1])
        edges = np.unique(np.quantile(lengths, np.linspace(0, 1, 11))) if lengths.size else lengths
    zone = np.empty((len(spots), len(spots)), np.uint8)
    for row, (x, y) in enumerate(spots):
        # Both ways round a pair must be of one zone, whatever the last digit of the distance.
        beyond = spots[row:]
        zone[row, row:] = _zones(great_circle(x, y, beyond[:, 0], beyond[:, 1]), edges)
        zone[row:, row] = zone[row, row:]
    level = np.zeros(edges.size + 1, np.float64)
    return replace(chain, site=site, zone=zone, level=level, hard=hard)


def _zones(lengths: Floats, edges: Floats) -> npt.NDArray[np.uint8]:
    zones = np.searchsorted(edges, lengths, side="right")
    if edges.size:
        zones[lengths == edges[-1]] = max(edges.size - 1, 1)
        zones[lengths > edges[-1]] = 0
    return cast("npt.NDArray[np.uint8]", zones.astype(np.uint8))


def coordinates(
    network: MultilayerNetwork, layer: str, ends: Codes, mend: str = ""
) -> tuple[Floats, Floats]:
    values = []
    for column in ("lon", "lat"):
        known = np.full(len(network.storage.places) + 1, np.nan)
        if column in network.storage.places:
            known[:-1] = network.storage.places[column].to_numpy(np.float64, na_value=np.nan)
        values.append(known[network.storage.place_codes])  # a missing place has code -1: the last
    lon, lat = values
    missing = ends[np.isnan(lon[ends]) | np.isnan(lat[ends])]
    if missing.size:
        names = examples(network.storage.nodes.index[missing])
        msg = (
            f"distances need coordinates at both ends of every link; {missing.size} linked nodes "
            f"of layer {layer!r} stand in no place with `lon` and `lat`, e.g. {names}; give them "
            "a place with coordinates, leave them out with select(nodes=...)"
        )
        raise InputError(f"{msg}, or {mend}." if mend else f"{msg}.")
    return lon, lat


def _tuned(chain: Chain, rng: np.random.Generator) -> Chain:
    """Levels with the observed mean links a zone (Robbins and Monro; Polyak and Ruppert)."""
    if chain.size < 2:
        return chain
    start = chain.start
    zones = chain.zone[chain.site[start.source], chain.site[start.target]]
    observed = np.bincount(zones, minlength=chain.level.size).astype(np.float64)
    possible = np.zeros(chain.level.size, bool)
    for row in chain.zone:
        possible[row] = True
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
