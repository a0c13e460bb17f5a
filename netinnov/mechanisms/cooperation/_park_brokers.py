"""Who brokers between home and host."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from netinnov._network.paths import union
from netinnov._typing import Mask
from netinnov.centrality import brokerage
from netinnov.mechanisms.cooperation._park_partners import (
    park_network,
    park_sides,
    without_direction,
)
from netinnov.network import MultilayerNetwork

ParkSide = Literal["own", "home", "host"]


def brokerage_table(
    network: MultilayerNetwork,
    park: str,
    *,
    park_side: ParkSide = "own",
    directed: bool = True,
    by_layer: bool = False,
) -> pd.DataFrame:
    """Roles of a park and its partners between the jurisdictions of home and host.

    Parameters
    ----------
    network : MultilayerNetwork
        Actors and flows; only the park and its direct partners are looked at (`park_network`).
    park : str
        A node with a place (its host) and a jurisdiction (its home).
    park_side : {"own", "home", "host"}
        The group of the park itself: one of its own, or that of its jurisdiction, or that of its
        place. It determines the *name* of the role, not the counts: a pair of actors from
        host to home by way of the park makes it a liaison, a gatekeeper of home, or a
        representative of host.
    directed : bool
        Follow links from source to target; False: both ways, so each pair counts twice.
    by_layer : bool
        Count two-paths inside each layer, rather than through all layers taken together.

    Returns
    -------
    DataFrame
        A row each actor (with `by_layer` each layer and actor): ``kind``, ``side`` (see
        `park_sides`; for the park the one asked for), the five counts of
        `netinnov.centrality.brokerage` by side, and the pairs without a direct link that the actor
        joins from host to home (``homeward``) and from home to host (``outward``), which do not
        depend on its own group. Missing for an actor without a known jurisdiction, which enters no
        count.

    Raises
    ------
    InputError
        If there is no such park, or an option is unknown.

    Notes
    -----
    A liaison links two groups and belongs to neither, so a park that counts with its
    home or its host can never be one between these. Parks mostly receive: where a table of facts
    points from giver to receiver, few two-paths lead through them. Weights do not count.

    References
    ----------
    Gould and Fernandez (1989), Structures of mediation: a formal approach to brokerage in
    transaction networks, Sociological Methodology 19.

    Examples
    --------
    >>> from netinnov.datasets import load_quzhou
    >>> network, park = load_quzhou(), "quzhou_haichuang"
    >>> roles = ["gatekeeper", "representative", "liaison", "homeward"]
    >>> brokerage_table(network, park).loc[park, roles].tolist()
    [0, 0, 6, 6]
    >>> brokerage_table(network, park, park_side="home").loc[park, roles].tolist()
    [6, 0, 0, 6]
    """
    around = park_network(network, park)
    side = park_sides(around, park)
    side[park] = "park" if park_side == "own" else park_side
    kinds = around.storage.nodes["kind"]
    known = around.select(nodes=list(side.index[side.notna()]))
    if not directed:
        known = without_direction(known)
    if not by_layer:
        return _roles(known, side, kinds)
    tables = {layer: _roles(known.select(layers=[layer]), side, kinds) for layer in known.layers}
    return pd.concat(tables, names=["layer"])


def _roles(network: MultilayerNetwork, side: pd.Series, kinds: pd.Series) -> pd.DataFrame:
    nodes = network.storage.nodes.index
    counts = brokerage(network, groups=side.loc[nodes])
    linked = _linked(network)
    labels = side.loc[nodes].to_numpy(str)
    home, host = labels == "home", labels == "host"
    for column, start, end in (("homeward", host, home), ("outward", home, host)):
        counts[column] = [
            int(_open_pairs(linked, node)[np.ix_(start, end)].sum()) for node in range(len(nodes))
        ]
    table = counts.reindex(side.index).astype("Int64")
    table.insert(0, "kind", kinds)
    table.insert(1, "side", side)
    return table


def _linked(network: MultilayerNetwork) -> Mask:
    linked: Mask = union(network).toarray() > 0
    return linked


def _open_pairs(linked: Mask, node: int) -> Mask:
    """Pairs a, b with links a > node > b and none a > b."""
    pairs: Mask = np.outer(linked[:, node], linked[node]) & ~linked
    np.fill_diagonal(pairs, False)
    return pairs
