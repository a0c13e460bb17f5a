"""Who brokers between home and host, and whether chance labels would broker as much."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations
from typing import Any, Literal

import numpy as np
import pandas as pd

from netinnov._arguments import as_whole, check_rng
from netinnov._paths import union
from netinnov._significance import why_untested
from netinnov._typing import Mask, Rng
from netinnov.centrality import brokerage
from netinnov.mechanisms.cooperation._park_partners import (
    park_network,
    park_sides,
    without_direction,
)
from netinnov.network import MultilayerNetwork

ParkSide = Literal["own", "home", "host"]

LARGEST_COUNT = 20_000  # labellings that are all looked at


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


def liaison_test(
    network: MultilayerNetwork,
    park: str,
    *,
    directed: bool = True,
    permutations: int = 9999,
    rng: Rng = None,
) -> pd.Series:
    """Pairs that a park joins across the border, against permutations of its partners' sides.

    Parameters
    ----------
    network : MultilayerNetwork
        Actors and flows; only the park and its direct partners are looked at (`park_network`).
    park : str
        A node with a place (its host) and a jurisdiction (its home).
    directed : bool
        Follow links from source to target; False: both ways, each pair counted once.
    permutations : int
        Random labellings, 1 or more, where there are more than 20,000 different ones; otherwise
        each is looked at once and the p-value is exact.
    rng : int, SeedSequence, Generator or None
        Source of randomness.

    Returns
    -------
    Series
        ``joined``: pairs of a home and a host actor, not linked directly, joined by the park in
        two steps; ``mean`` and ``most`` over labellings; ``p``: share of labellings that join at
        least as many; ``least_p``: the smallest p that any observation could have had here, so
        that a test with a large one has no power; ``labellings`` and ``exact``.

    Warns
    -----
    UserWarning
        A layer that is tested is modelled (`MultilayerNetwork.layer_table`): p says nothing of what
        was observed.

    Notes
    -----
    Links stay as they are, and so does the number of partners on each side; only who is on which
    side is random. Actors without a known jurisdiction stay out. In a star of partners around
    the park every labelling joins the same number of pairs when direction does not count, up to
    direct links between partners: then the test only asks whether home and host are linked past
    the park less often than chance labels would be. Degree-preserving rewiring is not suitable: it
    can hardly move the links of a node that is linked with all.

    Examples
    --------
    >>> from netinnov.datasets import load_quzhou
    >>> test = liaison_test(load_quzhou(), "quzhou_haichuang")
    >>> test["joined"], test["labellings"], test["exact"]
    (6, 1716, True)
    """
    permutations = as_whole("permutations", permutations, low=1)
    rng = check_rng(rng)
    around = park_network(network, park)
    side = park_sides(around, park)
    side[park] = "park"
    around = around.select(nodes=list(side.index[side.notna()]))
    why_untested(around)
    side = side.dropna()
    if not directed:
        around = without_direction(around)
    open_pairs = _open_pairs(_linked(around), int(np.flatnonzero(side.index == park)[0]))
    labels = side.to_numpy(str)
    home, host, others = (
        np.flatnonzero(each) for each in (labels == "home", labels == "host", labels != "park")
    )
    half = 1 if directed else 2

    def joined(home: Any, host: Any) -> int:
        across = open_pairs[np.ix_(host, home)].sum() + open_pairs[np.ix_(home, host)].sum()
        return int(across) // half

    n_joined, n = joined(home, host), others.size
    total = math.comb(n, home.size) * math.comb(n - home.size, host.size)
    exact = total <= LARGEST_COUNT
    if exact:
        null = np.array(
            [joined(*each) for each in _all_labellings(others.tolist(), home.size, host.size)]
        )
    else:
        ends = [home.size, home.size + host.size]
        orders = (rng.permutation(others) for _ in range(permutations))
        drawn = [joined(*np.split(order, ends)[:2]) for order in orders]
        null = np.array([*drawn, n_joined])  # the observed one is a labelling, too
    return pd.Series(
        {
            "joined": n_joined,
            "mean": float(null.mean()),
            "most": int(null.max()),
            "p": float((null >= n_joined).mean()),
            "least_p": float((null == null.max()).mean()),
            "labellings": null.size,
            "exact": exact,
        },
        dtype=object,
        name=park,
    )


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


def _all_labellings(
    others: list[int], n_home: int, n_host: int
) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    for home in combinations(others, n_home):
        for host in combinations([each for each in others if each not in home], n_host):
            yield home, host
