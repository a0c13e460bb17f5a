"""Which nodes stand in home and in host, and where the ends of a park's links can be."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pandas as pd

from netinnov._arguments import did_you_mean
from netinnov._hierarchy import parents
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork
from netinnov.scenarios._pair_draws import Ends, Mask, Pairs, Positions, ends_by_strength

__all__ = ["Sides", "belongs_to", "embedding", "inside", "own", "sides"]


class Sides(NamedTuple):
    """Nodes that stand in home, and those that stand in host but not in home."""

    home: Mask
    host: Mask


def sides(network: MultilayerNetwork, home: str, host: str) -> Sides:
    """Tell which nodes stand in home, and which in host; each must have some."""
    places = network._places
    _check_places(places, home, host)
    inside_home, inside_host = inside(places, home), inside(places, host)
    if inside_home[places.index.get_loc(host)]:
        msg = f"`host` must lie outside `home`; {host!r} is inside {home!r}"
        raise InputError(f"{msg}: a park there would be at home.")
    code = network._place_codes
    at_home = inside_home[code] & (code >= 0)
    at_host = inside_host[code] & (code >= 0) & ~at_home
    for role, place, nodes in (("home", home, at_home), ("host", host, at_host)):
        if not nodes.any():
            used = places.index.take(np.unique(code[code >= 0]))
            msg = f"`{role}` must have nodes in the network; {place!r} has none"
            raise InputError(f"{msg}{did_you_mean(place, used)}.")
    return Sides(at_home, at_host)


def inside(places: pd.DataFrame, place: str) -> Mask:
    """Tell which places are `place` or inside it."""
    parent = parents(places)
    found = np.asarray(places.index == place)
    while True:
        wider = found | (found[parent] & (parent >= 0))
        if (wider == found).all():
            return found
        found = wider


def belongs_to(network: MultilayerNetwork, nodes: Mask, place: str) -> Mask:
    """Tell which of some nodes belong to a place or one inside it."""
    code = network._jurisdiction_codes
    return nodes & inside(network._places, place)[code] & (code >= 0)


def own(network: MultilayerNetwork, nodes: Mask, place: str) -> Positions:
    """Give the place's one node of its own, if it has one only, else all nodes that stand there."""
    native = belongs_to(network, nodes, place)
    return np.flatnonzero(native if native.sum() == 1 else nodes)


def embedding(
    network: MultilayerNetwork,
    nodes: Mask,
    place: str,
    outside: Mask,
    pairs: Pairs,
    attachment: float,
) -> Ends:
    """Give the ends that a park in `place` can have there.

    The nodes of the place; if it has a single one of its own, that one first, then its
    neighbours that are not `outside`, in proportion to (weight of the tie) ** attachment.
    """
    centre = own(network, nodes, place)
    ends = ends_by_strength(centre, pairs, len(nodes), attachment)
    if len(centre) > 1:
        return ends
    ties = pairs.at((pairs.source == centre[0]) | (pairs.target == centre[0]))
    near = np.zeros(len(nodes), bool)
    near[ties.source] = near[ties.target] = True
    near[centre[0]] = False
    shared = ends_by_strength(np.flatnonzero(near & ~outside), ties, len(nodes), attachment)
    return Ends(
        np.append(centre, shared.node),
        np.append(math.inf, shared.pull),
        np.append(ends.inward, shared.inward),
    )


def _check_places(places: pd.DataFrame, home: str, host: str) -> None:
    for role, place in (("home", home), ("host", host)):
        if place not in places.index:
            near = did_you_mean(place, places.index)
            raise InputError(f"`{role}` must be a place of the network; {place!r} is none{near}.")
