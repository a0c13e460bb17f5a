"""What a change does: to links, and to efficiency as a sum over pairs of home, host and others."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from netinnov._network import paths
from netinnov._network.paths import Frictions, PathCosts
from netinnov._runtime.arguments import as_list, check_names, check_rng
from netinnov._typing import Codes, Distance, Rng, SwitchCost
from netinnov.errors import InputError
from netinnov.network import MultilayerNetwork, check_network
from netinnov.scenarios import Scenario, apply_scenario

# Kinds of pairs, both directions together
PARTS = pd.Index(
    ["home-host", "home-others", "host-others", "others-others", "home-home", "host-host"]
)
_SAME = 1e-9  # relative: sums in another order

_OTHERS = 0
_HOME = 1
_HOST = 2
# Positions in PARTS, by the groups of the two ends.
_PART = np.array([[3, 1, 2], [1, 4, 0], [2, 0, 5]])


@dataclass(frozen=True, slots=True)
class PairSums:
    """Global efficiency as a measure of experiments that also gives its parts.

    Parameters
    ----------
    home, host : str or sequence of str
        A place, with all places inside it, or the ids of nodes. Nodes in both count as home.
    distance, switch_cost, frictions
        As in `connectivity.global_efficiency`.

    Notes
    -----
    Called with a network, and ``nodes`` if only the pairs of some count, it gives a Series over
    the kinds of pairs: the sum of 1 / distance over the ordered pairs of each kind, divided by the
    number of all ordered pairs. The parts add up to `connectivity.global_efficiency`. In
    `compare_scenarios` home and host are those of the baseline, and a measure ``efficiency`` gives
    this sum, and one measure for each kind that has pairs, such as ``efficiency: home-host``.

    Examples
    --------
    >>> parts = PairSums(["a"], ["c"])(ni.build_network([("a", "b"), ("b", "c")]))
    >>> parts.head(3).round(3).to_dict()  # a and c are two links apart
    {'home-host': 0.167, 'home-others': 0.333, 'host-others': 0.333}
    """

    home: str | Sequence[str]
    host: str | Sequence[str]
    distance: Distance = "unit"
    switch_cost: SwitchCost = 0.0
    frictions: Frictions | None = None

    def __post_init__(self) -> None:
        for name in ("home", "host"):
            if not isinstance(value := getattr(self, name), str):
                ids = tuple(map(str, as_list(name, value, "ids of nodes")))
                object.__setattr__(self, name, ids)

    def __call__(
        self, network: MultilayerNetwork, *, nodes: Sequence[str] | None = None
    ) -> pd.Series:
        group = _groups(network, self.home, self.host)
        chosen = paths.positions(network, nodes)
        if (n := chosen.size) < 2:
            return pd.Series(np.nan, index=PARTS)
        costs = PathCosts(self.distance, self.switch_cost, self.frictions)
        sums = np.zeros(len(PARTS))
        sides = group[chosen]
        if costs.hops:  # 70 times as fast
            arcs = paths.union_arcs(network)
            for side in range(3):
                *_, near = paths.steps_apart(*arcs, chosen[sides == side], chosen)
                sums += np.bincount(_PART[side, sides], near[chosen], len(PARTS))
        else:
            for sources, lengths in paths.distances(network, chosen, costs):
                lengths[np.arange(sources.size), sources] = np.inf
                part = _PART[np.ix_(group[sources], sides)]
                sums += np.bincount(part.ravel(), (1.0 / lengths[:, chosen]).ravel(), len(PARTS))
        return pd.Series(sums / (n * (n - 1)), index=PARTS)

    def _fixed(self, network: MultilayerNetwork) -> tuple[PairSums, pd.Series]:
        """With home and host as the nodes that they are in this network, and pairs by part."""
        group = _groups(network, self.home, self.host)
        home, host = (tuple(network.storage.node_names[group == side]) for side in (_HOME, _HOST))
        n = np.bincount(group, minlength=3)
        pairs = np.zeros(len(PARTS), np.int64)
        np.add.at(pairs, _PART, np.outer(n, n) - np.diag(n))
        return dataclasses.replace(self, home=home, host=host), pd.Series(pairs, PARTS)


def decompose(
    network: MultilayerNetwork,
    changed: Scenario | MultilayerNetwork,
    *,
    home: str | Sequence[str],
    host: str | Sequence[str],
    distance: Distance = "unit",
    switch_cost: SwitchCost = 0.0,
    frictions: Frictions | None = None,
    rng: Rng = None,
) -> pd.DataFrame:
    """Split the change of global efficiency into home, host and all others.

    Parameters
    ----------
    network : MultilayerNetwork
        Before the change; the pairs of its nodes count.
    changed : scenario or MultilayerNetwork
        The scenario to apply, or the network after the change.
    home, host, distance, switch_cost, frictions
        As in `PairSums`, by membership before the change.
    rng : None, int, SeedSequence or Generator
        Source of the random choices of a scenario.

    Returns
    -------
    DataFrame
        Index ``part``: ``home-host``, ``home-others``, ``host-others``, ``others-others``,
        ``home-home`` and ``host-host``. Columns ``pairs`` (ordered ones), ``before``, ``after`` and
        ``contribution`` (difference): parts of efficiency and its change. NaN below two nodes.

    Raises
    ------
    InputError
        Home or host is unknown or has no nodes; the change drops nodes.

    Examples
    --------
    >>> network = ni.build_network([("a", "b"), ("b", "c")])
    >>> more = ni.scenarios.NewLinks([("a", "c")])
    >>> table = decompose(network, more, home=["a"], host=["c"])
    >>> table.loc["home-host", ["pairs", "contribution"]].round(3).to_dict()
    {'pairs': 2.0, 'contribution': 0.167}
    """
    rng = check_rng(rng)
    measure, pairs = PairSums(home, host, distance, switch_cost, frictions)._fixed(network)
    if not isinstance(changed, MultilayerNetwork):
        changed = apply_scenario(network, changed, rng=rng)
    index = network.storage.node_names
    if len(lost := index[~index.isin(changed.storage.node_names)]):
        raise InputError(
            f"the change must keep all nodes; it drops {len(lost)}, e.g. {list(lost[:5])}. "
            "Take the smaller network as the one before."
        )
    before, after = (measure(each, nodes=list(index)) for each in (network, changed))
    columns = {"pairs": pairs, "before": before, "after": after, "contribution": after - before}
    return pd.DataFrame(columns).rename_axis("part")


def _groups(
    network: MultilayerNetwork, home: str | Sequence[str], host: str | Sequence[str]
) -> Codes:
    check_network(network)
    group = np.zeros(network.n_nodes, np.int32)
    for side, where, name in ((_HOST, host, "host"), (_HOME, home, "home")):
        if isinstance(where, str):
            check_names(name, [where], [*network.storage.place_names], of="the network's places")
            group[network.storage.inside([where])] = side
        else:
            group[network.storage.positions(name, where)] = side
    if not np.bincount(group, minlength=3)[[_HOME, _HOST]].all():
        raise InputError(
            "`home` must have nodes in the network, and `host` some that are not in `home`; "
            f"found home={home!r}, host={host!r}."
        )
    return group


def link_changes(
    network: MultilayerNetwork, after: MultilayerNetwork | Sequence[MultilayerNetwork]
) -> pd.DataFrame:
    """List the pairs whose links differ before and after a change.

    Parameters
    ----------
    network : MultilayerNetwork
        Before.
    after : MultilayerNetwork or sequence of them
        Of one placement, or of several, whose mean is taken.

    Returns
    -------
    DataFrame
        A row for each pair of nodes whose weight differs, the largest change first: ``source``,
        ``target``, ``directed`` (the directed layers, a row for each direction; or the others, ends
        in the order of their ids), ``source_place, target_place, source_new, target_new`` (whether
        `network` does not have this end, such as a park), ``before``, ``after`` (mean over
        placements), ``change`` and ``placements`` (share with another weight). Weights are summed
        over layers and periods; self-links are left out.

    Raises
    ------
    InputError
        If `after` is empty, or holds a value that is not a network.

    Examples
    --------
    >>> network = ni.build_network([("a", "b"), ("b", "c")])
    >>> after = network.with_links(pd.DataFrame({"source": ["a"], "target": ["c"]}))
    >>> link_changes(network, after)[["source", "target", "before", "after"]].values.tolist()
    [['a', 'c', 0.0, 1.0]]
    """
    one_network = isinstance(after, MultilayerNetwork)
    networks = [after] if one_network else as_list("after", after, "networks")
    if not networks or not all(isinstance(one, MultilayerNetwork) for one in networks):
        raise InputError(
            "`after` must be a network or a sequence of networks; found "
            f"{[type(one).__name__ for one in networks][:3]}."
        )
    names = network.storage.node_names
    nodes = pd.concat([one.storage.nodes["place"] for one in (network, *networks)])
    place = nodes[~nodes.index.duplicated()]
    weights = pd.concat(map(_weights, (network, *networks)), axis=1).sort_index().fillna(0.0)
    before = weights.iloc[:, 0]
    after_each = weights.iloc[:, 1:]
    change = after_each.sub(before, axis=0)
    differs = change.abs().gt(_SAME * weights.max(axis=1), axis=0)
    table = weights.index.to_frame()
    ends = {end: table[end] for end in ("source", "target")}
    table = table.assign(
        **{f"{end}_place": place.reindex(ids).array for end, ids in ends.items()},
        **{f"{end}_new": ~ids.isin(names) for end, ids in ends.items()},
        before=before,
        after=after_each.mean(axis=1),
        change=change.where(differs, 0.0).mean(axis=1),
        placements=differs.mean(axis=1),
    )[differs.any(axis=1)]
    return table.sort_values("change", key=abs, ascending=False, kind="stable", ignore_index=True)


def _weights(network: MultilayerNetwork) -> pd.Series:
    """Weight of each pair, those of directed layers apart; undirected ends in the order of ids."""
    links = network.links.query("source != target")
    source = links["source"]
    target = links["target"]
    directed = links["layer"].isin(network.directed)
    swapped = ~directed & (source > target)
    by = [source.mask(swapped, target), target.mask(swapped, source), directed.rename("directed")]
    return links["weight"].groupby(by).sum()
