"""Candidates at home and host for the ends of new links, draws among them, and their amounts."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
from numpy.random import Generator

from netinnov._network.place_distances import between
from netinnov._network.rows import locked
from netinnov._runtime.arguments import check_name, did_you_mean, shown
from netinnov._typing import Codes, Floats, Mask
from netinnov.errors import InputError
from netinnov.kernels.weighted_draws import arrivals_among_first
from netinnov.network import MultilayerNetwork

Positions: TypeAlias = npt.NDArray[np.intp]


class Pairs(NamedTuple):
    source: Codes
    target: Codes
    weight: Floats

    def at(self, where: Mask | Positions) -> Pairs:
        return Pairs(self.source[where], self.target[where], self.weight[where])


class Ends(NamedTuple):
    node: Positions
    pull: Floats  # proportional to the probability; infinite values are drawn first
    inward: Floats  # probability that a link of a directed layer points to this end

    def at(self, where: Mask | Positions) -> Ends:
        return Ends(self.node[where], self.pull[where], self.inward[where])


KEPT = 2**18  # rows, of nodes, that are kept with a network for further replicates
ROUNDING = 1e-12  # relative rounding error
_NODES = 16  # of the Gauss-Legendre rule in each panel of log time
_PANEL = 2.0  # widest panel of log time
_PANEL_BY_DRAWS = 4.0  # the same, times 1 / sqrt(number of draws)
_NEVER = 1e-18  # probability cut off at both ends of the integral
# Candidates, with the number of ends drawn or the weight shared among them.
Draws: TypeAlias = list[tuple[Ends, float]]


def keep(network: MultilayerNetwork, name: str, key: Any, make: Callable[[], Any]) -> Any:
    table: dict[Any, Any] = network.storage.memo.setdefault(name, {})
    if (value := table.get(key)) is None:  # another thread may clear the table meanwhile
        if len(table) * network.n_nodes > KEPT:
            table.clear()
        value = table[key] = make()
    return value


def chosen_layer(network: MultilayerNetwork, name: str | None) -> str:
    if name is not None:
        return check_name("layer", name, network.layers)
    if not network.layers:
        raise InputError("an enclave needs a network with links; there are none.")
    return max(network.layers, key=lambda layer: len(linked_pairs(network, layer).weight))


def layer_with_pairs(network: MultilayerNetwork, name: str | None) -> tuple[str, Pairs]:
    """The layer and its pairs; not a layer of shares, whose links must sum to 100 %."""
    layer = chosen_layer(network, name)
    if network.storage.holds_shares(layer):
        whole = network.storage.records[layer].whole
        raise InputError(
            f"layer {layer!r} holds shares of each {whole}'s total: with links added they would no "
            "longer sum to 100 %. Choose a `layer` of flows, or make flows of the shares (each "
            "times that total); or, if they are none, give it the quantity 'amount'."
        )
    pairs = linked_pairs(network, layer)
    if not len(pairs.weight):
        raise InputError(
            f"layer {layer!r} has no links between nodes, so a scenario cannot be applied to it."
        )
    return layer, pairs


def linked_pairs(network: MultilayerNetwork, layer: str) -> Pairs:
    pairs_of: dict[str, Pairs] = network.storage.memo.setdefault("linked pairs", {})
    if layer not in pairs_of:
        block = network.storage.block(layer)
        pairs = Pairs(block.sources, block.indices, block.data)
        pairs_of[layer] = Pairs(*map(locked, pairs.at(pairs.source != pairs.target)))
    return pairs_of[layer]


def ends_by_strength(nodes: Positions, pairs: Pairs, n: int, attachment: float) -> Ends:
    inward = np.bincount(pairs.target, pairs.weight, n)[nodes]
    strength = inward + np.bincount(pairs.source, pairs.weight, n)[nodes]
    largest = strength.max(initial=0.0) or 1.0
    pull: Floats = (strength / largest) ** attachment
    half = np.full(len(nodes), 0.5)
    return Ends(nodes, pull, np.divide(inward, strength, out=half, where=strength > 0))


def draw(pull: Floats, k: int, rng: Generator) -> Positions:
    rounds = [np.empty(0, np.intp)]
    for left in range(k, 0, -len(pull)) if k else ():  # with none to draw there may be none
        # Of exponential waiting times with rates `pull`, the order of arrival is that of drawing.
        waiting = np.full(len(pull), np.inf)
        np.divide(rng.standard_exponential(len(pull)), pull, out=waiting, where=pull > 0)
        rounds.append(np.lexsort((rng.random(len(pull)), waiting))[:left])
    return np.concatenate(rounds)


def drawn_ends(draws: Draws, rng: Generator) -> Ends:
    return joined([ends.at(draw(ends.pull, int(k), rng)) for ends, k in draws])


def joined(parts: list[Ends]) -> Ends:
    return Ends(*map(np.concatenate, zip(*parts, strict=True)))


def shares(pull: Floats) -> Floats:
    """Shares in proportion to pull; equal if every pull is 0."""
    total = pull.sum()
    return pull / total if total > 0 else np.full(len(pull), 1 / len(pull))


def concentrated(parts: Floats, volume: float, least: float) -> Floats:
    """Share a volume in proportion to parts, among as many of the largest as get `least` each.

    Of equal parts that cannot all have it none does, so that no order of the data decides, unless
    there are no larger ones.
    """
    some = largest(parts, volume, least)
    weight = np.zeros(len(parts))
    if len(some) and volume > 0:
        weakest = parts[some[-1]]
        larger = np.flatnonzero(parts > weakest * (1 + ROUNDING))
        if len(larger) and (parts >= weakest * (1 - ROUNDING)).sum() > len(some):
            some = larger
        weight[some] = volume * (parts[some] / parts[some].sum())
    return weight


def largest(parts: Floats, volume: float, least: float) -> Positions:
    """As many of the largest parts as get `least` each of the volume."""
    order = np.argsort(-parts, kind="stable")
    return order[volume * parts[order] >= least * (1 - ROUNDING) * np.cumsum(parts[order])]


def ends_of_volume(draws: Draws, scene: Scene) -> tuple[Ends, Floats]:
    for _, volume in draws:
        scene.check_volume(volume)
    # Volumes are deterministic, so one replicate suffices.
    weight = np.concatenate(
        [concentrated(shares(ends.pull), volume, scene.least) for ends, volume in draws]
    )
    return joined([ends for ends, _ in draws]).at(weight > 0), weight[weight > 0]


def points_to_end(inward: Floats, directed: bool, rng: Generator) -> Mask:
    return rng.random(len(inward)) < inward if directed else np.zeros(len(inward), bool)


class Side(NamedTuple):
    place: str
    nodes: Mask
    native: Positions  # the place's own node if there is exactly one, else all of its nodes


class Scene(NamedTuple):
    network: MultilayerNetwork
    layer: str
    pairs: Pairs
    home: Side
    host: Side

    @property
    def directed(self) -> bool:
        return self.layer in self.network.directed

    def by_strength(self, nodes: Positions, attachment: float) -> Ends:
        return ends_by_strength(nodes, self.pairs, self.network.n_nodes, attachment)

    def anywhere(self) -> Ends:
        return self.by_strength(np.arange(self.network.n_nodes), 0.0)

    def natives(self, side: Side, attachment: float) -> Ends:
        return self.by_strength(side.native, attachment)

    def at_home(self) -> Mask:
        return np.asarray(self.home.nodes[self.pairs.source] | self.home.nodes[self.pairs.target])

    @property
    def least(self) -> float:
        return least_weight(self.network, self.layer, self.pairs)

    def check_volume(self, volume: float) -> None:
        if 0 < volume < self.least * (1 - ROUNDING):
            event = self.network.storage.weight_of_event(self.layer) is not None
            unit = "the weight of one event" if event else "the smallest weight"
            raise InputError(
                f"a volume must be at least {self.least:.4g}, {unit} in layer {self.layer!r}, as "
                f"no smaller link is made; found {volume:.4g} for one part of the new links. "
                "Choose a larger volume, or `size`, a number of links."
            )


def least_weight(network: MultilayerNetwork, layer: str, pairs: Pairs) -> float:
    return network.storage.weight_of_event(layer) or float(pairs.weight.min())


def sides(network: MultilayerNetwork, home: str, host: str) -> tuple[Side, Side]:
    places = network.storage.place_names
    named = dict[str, Any](home=home, host=host)
    for role, place in named.items():
        if not isinstance(place, str) or place not in places:
            raise InputError(
                f"`{role}` must be a place of the network; {shown(place)} is not one"
                f"{did_you_mean(place, places)}."
            )
    return keep(network, "sides", (home, host), partial(_sides, network, home, host))


def _sides(network: MultilayerNetwork, home: str, host: str) -> tuple[Side, Side]:
    storage = network.storage
    places = network.storage.place_names
    if storage.inside([home], np.array([places.get_loc(host)]))[0]:
        raise InputError(
            f"`host` must lie outside `home`; {host!r} is inside {home!r}: "
            "a park there would be at home."
        )
    at_home = storage.inside([home])
    pair = list[Side]()
    at_host = storage.inside([host]) & ~at_home
    for role, place, nodes in (("home", home, at_home), ("host", host, at_host)):
        if not nodes.any():
            used = places.take(np.unique(storage.place_codes[storage.place_codes >= 0]))
            raise InputError(
                f"`{role}` must have nodes in the network; {place!r} has none"
                f"{did_you_mean(place, used)}."
            )
        own = nodes & storage.inside([place], storage.jurisdiction_codes)
        native = np.flatnonzero(own if own.sum() == 1 else nodes)
        pair.append(Side(place, locked(nodes), locked(native)))
    return pair[0], pair[1]


def embedding(
    scene: Scene, side: Side, outside: Side, attachment: float, *, volume: bool = False
) -> Ends:
    """Local partners of a park: its place's nodes, or its single node and that one's neighbours."""
    pairs = scene.pairs
    n = scene.network.n_nodes
    ends = scene.natives(side, attachment)
    centre = ends.node
    if len(centre) > 1:
        return ends
    ties = pairs.at((pairs.source == centre[0]) | (pairs.target == centre[0]))
    near = np.zeros(n, bool)
    near[ties.source] = near[ties.target] = True
    near[centre[0]] = False
    shared = ends_by_strength(np.flatnonzero(near & ~outside.nodes), ties, n, attachment)
    own_pull = math.inf
    if volume:
        ties_at_all = ends_by_strength(shared.node, ties, n, 1.0).pull.sum()
        own_pull = ties_at_all**attachment if ties_at_all > 0 else 1.0
    pull = np.append(own_pull, shared.pull)
    return Ends(np.append(centre, shared.node), pull, np.append(ends.inward, shared.inward))


def expected_links(
    network: MultilayerNetwork, start: Side, other: Side, draws: Draws, *, volume: bool = False
) -> tuple[float, float]:
    """Expected number (or weight) of local links, and length of all others (or NaN)."""
    origin, across = network.storage.place_names.get_indexer(pd.Index([start.place, other.place]))
    place = np.where(other.nodes, across, network.storage.place_codes)
    local = far = 0.0
    sums_of = _shared_sums if volume else expected_sums
    for (node, pull, _), count in draws:
        if not count:
            continue
        inside = start.nodes[node]
        destination = place[node]
        length = np.where(inside, 0.0, between(network.storage, origin, destination))
        sums = sums_of(pull, np.stack([inside, length]), count)
        local = local + float(sums[0])
        far = far + float(sums[1])
    return local, far


def _shared_sums(pull: Floats, values: Floats, volume: float) -> Floats:
    weight = volume * shares(pull)
    return np.where(weight > 0, values * weight, 0.0).sum(axis=1)


def expected_sums(pull: Floats, values: Floats, count: float) -> Floats:
    """Expected row sums of `values` over `count` draws of candidates (columns), exactly."""
    values = np.asarray(values, np.float64)
    rounds, left = divmod(int(count), len(pull))
    sums = np.zeros(len(values))
    if rounds:
        sums += rounds * values.sum(axis=1)
    for group in (np.isinf(pull), (pull > 0) & np.isfinite(pull), pull == 0):  # in this order
        n = int(group.sum())
        k = min(left, n)
        left -= k
        if not k:
            continue
        weight = pull[group]
        some = values[:, group]
        if k == n or (weight == weight[0]).all():
            sums += k / n * some.sum(axis=1)
        else:
            sums += _in_turn(weight, some, k)
    return sums


def _in_turn(pull: Floats, values: Floats, k: int) -> Floats:
    """Integral over exponential waiting times: i is drawn if fewer than k others come before it."""
    rate = pull / pull.max()
    last = np.sort(rate)[-k]  # by then k have come
    width = min(_PANEL, _PANEL_BY_DRAWS / k**0.5)
    start = np.log(_NEVER / len(rate))
    end = np.log(-np.log(_NEVER) / last)
    edges = np.arange(start, end + width, width)
    come = np.array([-np.expm1(-rate * time).sum() for time in np.exp(edges)])  # expected number
    tail = k - come + k * np.log(come / k)  # Chernoff's bound, on both sides
    all_wait = np.flatnonzero((come < k) & (tail + np.log(come) < np.log(_NEVER)))[-1]
    none_waits = np.append(np.flatnonzero((come > k) & (tail < np.log(_NEVER))), len(edges) - 1)[0]
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    middles = edges[all_wait:none_waits] + width / 2
    time = np.exp(np.add.outer(middles, width / 2 * nodes)).ravel()
    step = np.tile(width / 2 * weights, len(middles)) * time
    before = values @ -np.expm1(-rate * np.exp(edges[all_wait]))
    rates = arrivals_among_first(rate, np.ascontiguousarray(values), time, k)
    return before + rates @ step
