"""Linked pairs of a layer, candidates for the ends of new links, and draws among them."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from netinnov._arguments import check_name
from netinnov._typing import Codes, Floats
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork, check_network

Mask: TypeAlias = npt.NDArray[np.bool_]
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


Draws: TypeAlias = list[tuple[Ends, float]]
"""Groups of candidates, and how many ends are drawn from each, or the weight shared among them."""


def chosen_layer(network: MultilayerNetwork, name: str | None) -> str:
    """Find the layer in which a scenario places and takes links.

    Parameters
    ----------
    network : MultilayerNetwork
        Any network with links.
    name : str or None
        Name of a layer. None: the layer with the most links (the first by name in a tie).

    Returns
    -------
    str

    Raises
    ------
    InputError
        If there is no such layer, or no link at all.
    """
    check_network(network)
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
        raise InputError(
            f"layer {layer!r} has no links between nodes, so a scenario cannot be applied to it."
        )
    return layer, pairs


def linked_pairs(network: MultilayerNetwork, layer: str) -> Pairs:
    """Give each linked pair of a layer once, periods summed."""
    block = network.storage.csr(layer)
    source, target = block.sources, block.indices
    all_pairs = Pairs(source, target, block.data)
    return all_pairs.at(source != target if layer in network.directed else source < target)


def ends_by_strength(nodes: Positions, pairs: Pairs, n: int, attachment: float) -> Ends:
    """Make nodes candidates, drawn in proportion to strength ** attachment."""
    inward = np.bincount(pairs.target, pairs.weight, n)[nodes]
    strength = inward + np.bincount(pairs.source, pairs.weight, n)[nodes]
    largest = strength.max(initial=0.0) or 1.0
    pull: Floats = (strength / largest) ** attachment
    half = np.full(len(nodes), 0.5)
    return Ends(nodes, pull, np.divide(inward, strength, out=half, where=strength > 0))


def anywhere(pairs: Pairs, n: int) -> Ends:
    """Make all nodes candidates, drawn uniformly."""
    return ends_by_strength(np.arange(n), pairs, n, 0.0)


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


def ends_of_volume(draws: Draws) -> tuple[Ends, Floats]:
    """Share volumes among all candidates; gives those that get some, and how much."""
    weight = np.concatenate([volume * shares(ends.pull) for ends, volume in draws])
    every = Ends(*(np.concatenate(columns) for columns in zip(*(e for e, _ in draws), strict=True)))
    return every.at(weight > 0), weight[weight > 0]


def points_to_end(inward: Floats, directed: bool, rng: np.random.Generator) -> Mask:
    """Draw which new links point to their end; in an undirected layer none does."""
    return rng.random(len(inward)) < inward if directed else np.zeros(len(inward), bool)
