"""The nodes located in home and in host, and the candidates for a park's links there."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from netinnov._arguments import did_you_mean
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.scenarios._pair_draws import Ends, Mask, Pairs, Positions, ends_by_strength


class Side(NamedTuple):
    """A place, and the nodes located in it or in a place inside it."""

    place: str
    nodes: Mask


def sides(network: MultilayerNetwork, home: str, host: str) -> tuple[Side, Side]:
    """Find the nodes located in home, and those in host but not in home; each must have some."""
    places = network.storage.places
    for role, place in (("home", home), ("host", host)):
        if place not in places.index:
            near = did_you_mean(place, places.index)
            raise InputError(
                f"`{role}` must be a place of the network; {place!r} is not one{near}."
            )
    if inside(network, home)[places.index.get_loc(host)]:
        msg = f"`host` must lie outside `home`; {host!r} is inside {home!r}"
        raise InputError(f"{msg}: a park there would be at home.")
    code = network.storage.place_codes
    at_home = network.storage.inside([home])
    at_host = network.storage.inside([host]) & ~at_home
    for role, place, nodes in (("home", home, at_home), ("host", host, at_host)):
        if not nodes.any():
            used = places.index.take(np.unique(code[code >= 0]))
            msg = f"`{role}` must have nodes in the network; {place!r} has none"
            raise InputError(f"{msg}{did_you_mean(place, used)}.")
    return Side(home, at_home), Side(host, at_host)


def inside(network: MultilayerNetwork, place: str) -> Mask:
    """Mark `place` and the places inside it."""
    parent = network.storage.parents
    inner = np.zeros(len(parent), bool)
    inner[network.storage.places.index.get_loc(place)] = True
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
    network: MultilayerNetwork,
    side: Side,
    outside: Side,
    pairs: Pairs,
    attachment: float,
    *,
    volume: bool = False,
) -> Ends:
    """Give the candidates for the local links of a park.

    The nodes of the place; if it has a single one of its own, that one first, then its
    neighbours that are not `outside`, in proportion to (weight of the tie) ** attachment. Of a
    `volume` that node has a share in proportion to the sum of these ties.
    """
    n = network.n_nodes
    centre = own(network, side)
    ends = ends_by_strength(centre, pairs, n, attachment)
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
    return Ends(
        np.append(centre, shared.node),
        np.append(own_pull, shared.pull),
        np.append(ends.inward, shared.inward),
    )
