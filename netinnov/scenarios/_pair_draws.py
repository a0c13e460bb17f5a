"""Home and host, candidates there for the ends of new links, and draws among them."""

from __future__ import annotations

import math
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from netinnov._arguments import check_name, did_you_mean, shown
from netinnov._typing import Codes, Floats, Mask
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork

Positions: TypeAlias = npt.NDArray[np.intp]


class Pairs(NamedTuple):
    """Linked pairs of one layer, without self-links: arrays of equal length."""

    source: Codes
    target: Codes
    weight: Floats

    def at(self, where: Mask | Positions) -> Pairs:
        """Select by positions or by a mask."""
        return Pairs(self.source[where], self.target[where], self.weight[where])


class Ends(NamedTuple):
    """Candidates for the ends of new links: arrays of equal length."""

    node: Positions
    pull: Floats
    """Proportional to the chance of being drawn; infinite: drawn first."""
    inward: Floats
    """Chance that the link points to the end, in a directed layer."""

    def at(self, where: Mask | Positions) -> Ends:
        """Select by positions or by a mask."""
        return Ends(self.node[where], self.pull[where], self.inward[where])


ROUNDING = 1e-12
"""Relative difference that is only rounding."""

Draws: TypeAlias = list[tuple[Ends, float]]
"""Groups of candidates, and how many ends are drawn from each, or the weight shared among them."""


def chosen_layer(network: MultilayerNetwork, name: str | None) -> str:
    """Find the layer in which a scenario places and takes links."""
    if name is not None:
        return check_name("layer", name, network.layers)
    if not network.layers:
        raise InputError("an enclave needs a network with links; there are none.")
    # Layers are sorted, and `max` gives the first of several that are equal.
    return max(network.layers, key=lambda layer: len(linked_pairs(network, layer).weight))


def layer_with_pairs(network: MultilayerNetwork, name: str | None) -> tuple[str, Pairs]:
    """Give the layer of a scenario and its pairs, at least one.

    In a layer of shares of each origin's total, links can be neither added nor moved: the shares
    that leave a node would no longer sum to 100 %.
    """
    layer = chosen_layer(network, name)
    if network.storage.holds_shares(layer):
        raise InputError(
            f"layer {layer!r} holds shares of each origin's total: with links added "
            "they would no longer sum to 100 %. Choose a `layer` of flows, or make flows of the "
            "shares first (each times what leaves its origin); or, if these are not shares, give "
            "the layer the quantity 'amount' (argument `layers` of build_network)."
        )
    pairs = linked_pairs(network, layer)
    if not len(pairs.weight):
        msg = f"layer {layer!r} has no links between nodes"
        raise InputError(f"{msg}, so a scenario cannot be applied to it.")
    return layer, pairs


def linked_pairs(network: MultilayerNetwork, layer: str) -> Pairs:
    """Give each linked pair of a layer once, periods summed."""
    block = network.storage.csr(layer)
    source, target = block.sources, block.indices
    where = source != target if layer in network.directed else source < target
    return Pairs(source, target, block.data).at(where)


def ends_by_strength(nodes: Positions, pairs: Pairs, n: int, attachment: float) -> Ends:
    """Make nodes candidates, drawn in proportion to strength ** attachment."""
    inward = np.bincount(pairs.target, pairs.weight, n)[nodes]
    strength = inward + np.bincount(pairs.source, pairs.weight, n)[nodes]
    largest = strength.max(initial=0.0) or 1.0
    pull: Floats = (strength / largest) ** attachment
    half = np.full(len(nodes), 0.5)
    return Ends(nodes, pull, np.divide(inward, strength, out=half, where=strength > 0))


def draw(pull: Floats, k: int, rng: np.random.Generator) -> Positions:
    """Draw k positions without replacement, in proportion to their pull, in rounds if k > n."""
    rounds = [np.empty(0, np.intp)]
    for left in range(k, 0, -len(pull)) if k else ():  # with none to draw there may be none
        # Of exponential waiting times with rates `pull`, the order of arrival is that of drawing.
        waiting = np.full(len(pull), np.inf)
        np.divide(rng.standard_exponential(len(pull)), pull, out=waiting, where=pull > 0)
        rounds.append(np.lexsort((rng.random(len(pull)), waiting))[:left])
    return np.concatenate(rounds)


def drawn_ends(draws: Draws, rng: np.random.Generator) -> Ends:
    """Draw ends from each group of candidates in turn."""
    parts = [ends.at(draw(ends.pull, int(k), rng)) for ends, k in draws]
    return Ends(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def shares(pull: Floats) -> Floats:
    """Give the shares of candidates in a volume, in proportion to pull; alike if all have none."""
    total = pull.sum()
    return pull / total if total > 0 else np.full(len(pull), 1 / len(pull))


def concentrated(parts: Floats, volume: float, least: float) -> Floats:
    """Share a volume in proportion to parts, among as many of the largest as get `least` each."""
    order = np.argsort(-parts, kind="stable")
    sums = np.cumsum(parts[order])
    kept = order[volume * parts[order] >= least * (1 - ROUNDING) * sums]
    weight = np.zeros(len(parts))
    if len(kept) and volume > 0:
        weight[kept] = volume * (parts[kept] / sums[len(kept) - 1])
    return weight


def ends_of_volume(draws: Draws, scene: Scene) -> tuple[Ends, Floats]:
    """Share volumes among candidates; gives those that get some, and how much."""
    for _, volume in draws:
        scene.check_volume(volume)
    # The expected amounts rounded, not drawn: one replicate says all, and each placebo is one.
    weight = np.concatenate(
        [concentrated(shares(ends.pull), volume, scene.least) for ends, volume in draws]
    )
    every = Ends(*(np.concatenate(columns) for columns in zip(*(e for e, _ in draws), strict=True)))
    return every.at(weight > 0), weight[weight > 0]


def points_to_end(inward: Floats, directed: bool, rng: np.random.Generator) -> Mask:
    """Draw which new links point to their end; in an undirected layer none does."""
    return rng.random(len(inward)) < inward if directed else np.zeros(len(inward), bool)


class Side(NamedTuple):
    """A place, and the nodes located in it or in a place inside it."""

    place: str
    nodes: Mask


class Scene(NamedTuple):
    """What a scenario between two places looks at."""

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

    def at_home(self) -> Mask:
        return np.asarray(self.home.nodes[self.pairs.source] | self.home.nodes[self.pairs.target])

    @property
    def least(self) -> float:
        """The least weight of a link that a volume makes: one event, or the smallest weight."""
        return least_weight(self.network, self.layer, self.pairs)

    def check_volume(self, volume: float) -> None:
        """Refuse a volume that is less than one link."""
        if 0 < volume < self.least * (1 - ROUNDING):
            event = self.network.storage.weight_of_event(self.layer) is not None
            unit = "the weight of one event" if event else "the smallest weight"
            raise InputError(
                f"a volume must be at least {self.least:.4g}, {unit} in layer {self.layer!r}, as "
                f"no smaller link is made; found {volume:.4g} for one part of the new links. "
                "Choose a larger volume, or `size`, a number of links."
            )


def least_weight(network: MultilayerNetwork, layer: str, pairs: Pairs) -> float:
    """The weight of one event, or the smallest of a layer whose events are not known."""
    return network.storage.weight_of_event(layer) or float(pairs.weight.min())


def scene_of(network: MultilayerNetwork, layer: str | None, home: str, host: str) -> Scene:
    """Find the layer, its pairs and the nodes of home and host."""
    return Scene(network, *layer_with_pairs(network, layer), *sides(network, home, host))


def sides(network: MultilayerNetwork, home: str, host: str) -> tuple[Side, Side]:
    """Find the nodes located in home, and those in host but not in home; each must have some."""
    places = network.storage.place_names
    for role, place in (("home", home), ("host", host)):
        value: object = place
        if not isinstance(value, str) or value not in places:
            msg = f"`{role}` must be a place of the network; {shown(value)} is not one"
            raise InputError(f"{msg}{did_you_mean(place, places)}.")
    if inside(network, home)[places.get_loc(host)]:
        msg = f"`host` must lie outside `home`; {host!r} is inside {home!r}"
        raise InputError(f"{msg}: a park there would be at home.")
    code = network.storage.place_codes
    at_home = network.storage.inside([home])
    at_host = network.storage.inside([host]) & ~at_home
    for role, place, nodes in (("home", home, at_home), ("host", host, at_host)):
        if not nodes.any():
            used = places.take(np.unique(code[code >= 0]))
            msg = f"`{role}` must have nodes in the network; {place!r} has none"
            raise InputError(f"{msg}{did_you_mean(place, used)}.")
    return Side(home, at_home), Side(host, at_host)


def inside(network: MultilayerNetwork, place: str) -> Mask:
    """Mark `place` and the places inside it."""
    parent = network.storage.parents
    inner = np.zeros(len(parent), bool)
    inner[network.storage.place_names.get_loc(place)] = True
    while True:
        wider = inner | (inner[parent] & (parent >= 0))
        if (wider == inner).all():
            return inner
        inner = wider


def belongs_to(network: MultilayerNetwork, side: Side, place: str) -> Mask:
    """Mark the nodes of a side whose jurisdiction is a place or one inside it."""
    code = network.storage.jurisdiction_codes
    return side.nodes & inside(network, place)[code] & (code >= 0)


def own(network: MultilayerNetwork, side: Side) -> Positions:
    """Give the one node of the place's own jurisdiction if it has exactly one, else all nodes."""
    native = belongs_to(network, side, side.place)
    return np.flatnonzero(native if native.sum() == 1 else side.nodes)


def embedding(
    scene: Scene, side: Side, outside: Side, attachment: float, *, volume: bool = False
) -> Ends:
    """Give the candidates for the local links of a park.

    The nodes of the place; if it has a single one of its own, that one first, then its
    neighbours that are not `outside`, in proportion to (weight of the tie) ** attachment. Of a
    `volume` that node has a share in proportion to the sum of these ties.
    """
    pairs, n = scene.pairs, scene.network.n_nodes
    centre = own(scene.network, side)
    ends = scene.by_strength(centre, attachment)
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
