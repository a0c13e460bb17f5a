"""Which host for a park of a home: the change at home by each host, over the same random draws."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse import csgraph

from netinnov._network.paths import Frictions, PathCosts, lengths_of_links, shortest_links
from netinnov._network.place_distances import between
from netinnov._runtime.arguments import check_callable, check_name, check_names, shown
from netinnov._runtime.checkpoint import seed_of_run
from netinnov._runtime.parallel import run
from netinnov._typing import Count, Distance, Floats, Integers, Rng
from netinnov.centrality import harmonic_centrality
from netinnov.errors import InputError
from netinnov.experiments import Measure, compare_scenarios
from netinnov.experiments._compare_scenarios import on_nodes
from netinnov.experiments._effect_statistics import BASELINE
from netinnov.network import MultilayerNetwork, with_rows
from netinnov.planning._plan_values import ROUNDING, with_options
from netinnov.scenarios import ReverseEnclave
from netinnov.scenarios._between_places import NewNode, added_node
from netinnov.scenarios._enclave import Enclave
from netinnov.scenarios._open_size import Settings, movable_layer, open_size
from netinnov.scenarios._pair_draws import Pairs, Positions, Scene, chosen_layer
from netinnov.scenarios._prices import draws_nothing
from netinnov.scenarios._rivals import Between

_BLOCK = 2**21  # links of the copies that are searched together


def rank_hosts(
    network: MultilayerNetwork,
    *,
    home: str,
    hosts: Sequence[str] | None = None,
    scenario: Between | None = None,
    measure: Measure | None = None,
    replicates: Count = Settings.replicates,
    rng: Rng = None,
    executor: Executor | int | None = None,
) -> pd.DataFrame:
    """Compare hosts for a park of one home by what each would change there.

    Parameters
    ----------
    network : MultilayerNetwork
        The network before the park, best of places (`aggregate`); it is not changed.
    home : str
        The place that the park belongs to.
    hosts : sequence of str, optional
        The places to compare. None: every other place with a link, in any layer.
    scenario : ReverseEnclave or another scenario between two places, optional
        What is tried, with each of the hosts in turn in place of its own. None: a `ReverseEnclave`
        of open size, of which a quarter of the links leads home (see Notes).
    measure : function, optional
        What changes at home: a function of a network that returns a number, or a Series over
        nodes, of which the mean over the nodes in home is taken. Larger is better. None: access,
        `harmonic_centrality`, with lengths 1, or 1 / weight where the scenario moves a volume.
    replicates : int
        Random placements of the park in each host; one where nothing is drawn.
    rng : None, int, SeedSequence or Generator
        Source of the placements.
    executor : Executor, int or None
        As in `compare_scenarios`.

    Returns
    -------
    DataFrame
        Index ``host``, best first (ties in the order of the hosts), with the columns

        - ``median``, ``low``, ``high``: change of the measure at home, in per cent of its value
          before: median, 2.5 and 97.5 % over placements. NaN where the value before is 0,
        - ``best``: share of the placements in which no other host does better; equals share it,
        - ``distance``: between home and host, in ``network.distance_unit``; NaN if unknown,
        - ``rank``: 1 for the largest median; ties share the least rank.

        A host at an unknown distance is not ranked where `frictions` of the measure read distances:
        it comes last, and all its values are NaN.

    Raises
    ------
    InputError
        A host is inside home, the scenario has another home, or the measure is not defined at home.

    Notes
    -----
    Numbers are those of `compare_scenarios` with the same `rng`. A park of open size has a tenth of
    home's links in the layer with the most links, and at least four. They are given up by home
    (reallocated) if it has as many; else they are new. In a layer of flows it has a tenth of home's
    strength, or the smallest volume that makes one link on either side, and nothing is drawn.

    Examples
    --------
    >>> nodes = pd.DataFrame({"place": list("habcd")}, index=list("habcd"))
    >>> links = pd.DataFrame({"source": list("habb"), "target": list("abcd")})
    >>> network = ni.build_network(nodes, links)
    >>> park = ni.ReverseEnclave("h", "a", size=2, pipeline_share=0.5, funding="new")
    >>> rank_hosts(network, home="h", scenario=park, rng=1)["median"].round(1).to_dict()
    {'c': 7.7, 'd': 7.7, 'a': 0.0, 'b': 0.0}
    """
    names = network.storage.place_names
    check_name("home", home, list(names))
    at_home = np.flatnonzero(network.storage.inside([home]))
    if not at_home.size:
        raise InputError(f"`home` must have nodes in the network; {home!r} has none.")
    chosen = _hosts(network, home, hosts)
    if scenario is None:
        layer = movable_layer(network, None)
        share = Settings.pipeline_share
        size = open_size(network, home, layer=layer, pipeline_share=share)
        scenario = ReverseEnclave(home, chosen[0], pipeline_share=share, layer=layer, **size)
    if scenario.home != home:
        raise InputError(
            f"`scenario` must have the home of the ranking, {home!r}; its own is {scenario.home!r}."
        )
    tried = {host: replace(scenario, host=host) for host in chosen}
    if measure is None:
        lengths: Distance = "inverse" if draws_nothing(scenario) else "unit"
        measure = partial(harmonic_centrality, distance=lengths)
    check_callable("measure", measure, "a function of a network")
    at = names.get_indexer(pd.Index([home]))
    to = names.get_indexer(pd.Index(chosen))
    far = pd.Series(between(network.storage, at, to), pd.Index(chosen, dtype="str", name="host"))
    frictions = with_options(measure)[1].get("frictions")
    if isinstance(frictions, Frictions) and frictions.by_distance:
        tried = {host: park for host, park in tried.items() if far.notna()[host]}
    table = pd.DataFrame(columns=["median", "low", "high", "best", "rank"], dtype=np.float64)
    if tried:
        table = _ranking(network, at_home, tried, measure, replicates, rng, executor)
    table = table.reindex([*table.index, *far.index.difference(table.index, sort=False)])
    table.insert(4, "distance", far)
    return table.rename_axis("host")


def _ranking(
    network: MultilayerNetwork,
    at_home: Positions,
    tried: dict[str, Any],
    measure: Measure,
    replicates: int,
    rng: Rng,
    executor: Executor | int | None,
) -> pd.DataFrame:
    """Of parks by their hosts: changes in per cent, the share in which each is best, and ranks."""
    costs = _costs(measure)
    park = next(iter(tried.values()))
    if costs is not None and isinstance(park, Enclave) and not draws_nothing(park):
        before = float(on_nodes(measure, list(network.nodes.index))(network).iloc[at_home].mean())
        arcs = _arcs(network, chosen_layer(network, park.layer), costs)
        access = ParkAccess(network, at_home, costs, *arcs, seed_of_run(rng).spawn(replicates))
        parks = [*tried.values()]
        after = np.array(run(access.values, parks, executor=executor, progress=False)).T
    else:
        result = compare_scenarios(
            network,
            scenarios={f"host {host}": each for host, each in tried.items()},
            measures={"measure": measure},
            replicates=replicates,
            rng=rng,
            executor=executor,
            progress=False,
        )
        before, after = _measured(result.replicates, network, at_home, len(tried))
    if not np.isfinite(before) or not np.isfinite(after).all():
        bad = [host for host, ok in zip(tried, np.isfinite(after).all(0), strict=True) if not ok]
        raise InputError(
            f"`measure` must be a finite number at home, {park.home!r}, before and with the park; "
            f"in {bad[0] if bad else park.home!r} it is not."
        )
    return _table([*tried], before, after)


def _hosts(network: MultilayerNetwork, home: str, hosts: Sequence[str] | None) -> list[str]:
    names = network.storage.place_names
    code = network.storage.place_codes
    if hosts is None:
        linked = network.storage.presence("linked").any(axis=0)
        linked &= (code >= 0) & ~network.storage.inside([home])
        listed = names.take(np.unique(code[linked])).tolist()
        if not listed:
            raise InputError("`hosts` are the other places with a link; there are none.")
        return listed
    listed = check_names("hosts", hosts, list(names))
    if not listed or len({*listed}) < len(listed):
        raise InputError(f"`hosts` must be places, each named once; found {shown(hosts)}.")
    return listed


def _costs(measure: Measure) -> PathCosts | None:
    """Of the paths of access, where the parks of all placements can be searched at once."""
    function, options = with_options(measure)
    if function is not harmonic_centrality or not options.keys() <= {"distance", "frictions"}:
        return None
    return PathCosts(options.get("distance", "unit"), 0.0, options.get("frictions"))


def _measured(
    table: pd.DataFrame, network: MultilayerNetwork, at_home: np.ndarray, n_hosts: int
) -> tuple[float, Floats]:
    own = table["node"].isna() | table["node"].isin(network.nodes.index[at_home])
    by = ["scenario", "replicate"]
    values = table[own].groupby(by, observed=True, sort=False)["value"].mean()
    before = float(values.loc[BASELINE].iloc[0])
    after = values.drop(index=BASELINE, level=0).to_numpy(np.float64).reshape(n_hosts, -1).T
    return before, after


def _table(hosts: list[str], before: float, after: Floats) -> pd.DataFrame:
    change = after - before
    change[np.abs(change) < ROUNDING * max(abs(before), 1e-300)] = 0.0
    per_cent = 100 * change / abs(before) if before else np.full(change.shape, np.nan)
    low, high = np.quantile(per_cent, [0.025, 0.975], axis=0)
    equal = after >= after.max(axis=1, keepdims=True) - ROUNDING * np.abs(after).max()
    best = (equal / equal.sum(axis=1, keepdims=True)).mean(axis=0)
    middle = np.median(change, axis=0)
    steps = np.round(middle / (ROUNDING * (np.abs(after).max() or 1.0)))  # equal ones tie
    table = pd.DataFrame(
        {
            "median": np.median(per_cent, axis=0),
            "low": low,
            "high": high,
            "best": best,
            "rank": pd.Series(-steps).rank(method="min").astype(int).to_numpy(),
        },
        index=pd.Index(hosts, dtype="str"),
    )
    return table.sort_values("rank", kind="stable")


def _arcs(
    network: MultilayerNetwork, layer: str, costs: PathCosts
) -> tuple[Integers, Floats, Floats]:
    n = network.n_nodes
    others = [name for name in network.layers if name != layer]
    every, rest = (
        shortest_links(each, costs).tocoo() for each in (network, network.select(layers=others))
    )
    key, at = (graph.row.astype(np.int64) * n + graph.col for graph in (every, rest))
    without = np.full(key.size, np.inf)
    without[np.searchsorted(key, at)] = rest.data
    return key, every.data, without


class ParkAccess(NamedTuple):
    """Mean harmonic closeness of the nodes of home, over the nodes that were there before."""

    network: MultilayerNetwork
    home: Positions
    costs: PathCosts
    key: Integers  # of each arc: source * n + target, ascending
    length: Floats
    without: Floats  # the same where the layer of the park has no link
    seeds: Sequence[np.random.SeedSequence]

    def values(self, park: Enclave) -> Floats:
        """Of a park that counts links: a value for each seed, one placement of it."""
        node, scene, draw = park._draws_of_links(self.network)
        drawn = [draw(np.random.default_rng(seed)) for seed in self.seeds]
        step = max(1, _BLOCK // self.key.size)
        parts = [drawn[at : at + step] for at in range(0, len(drawn), step)]
        return np.concatenate([self._searched(part, node, scene) for part in parts])

    def _searched(
        self, drawn: Sequence[tuple[Pairs, Pairs]], node: NewNode, scene: Scene
    ) -> Floats:
        n = self.network.n_nodes
        copies = len(drawn)
        size = n + 1
        length = np.tile(self.length, (copies, 1))
        copy, key, _ = _stacked([removed for removed, _ in drawn], n, not scene.directed)
        at = np.searchsorted(self.key, key)
        length[copy, at] = self.without[at]
        row, column, values = self._of_park([new for _, new in drawn], node, scene)
        first = (size * np.arange(copies))[:, None]
        source, target = np.divmod(self.key, n)
        rows = np.append((first + source).ravel(), row)
        columns = np.append((first + target).ravel(), column)
        entries = np.append(length.ravel(), values), (rows, columns)
        graph = sparse.coo_array(entries, shape=(copies * size,) * 2).tocsr()
        total = np.zeros(copies)
        for home in self.home:
            starts = first.ravel() + home
            # Copies are not linked, so that the nearest start is the home of the same copy.
            steps = csgraph.dijkstra(graph, directed=True, indices=starts, min_only=True)
            steps[starts] = np.inf
            total += (1.0 / steps.reshape(copies, size)[:, :n]).sum(axis=1)
        return np.asarray(total / self.home.size / (n - 1))

    def _of_park(
        self, new: Sequence[Pairs], node: NewNode, scene: Scene
    ) -> tuple[Integers, Integers, Floats]:
        size = self.network.n_nodes + 1
        copy, key, weight = _stacked(new, size, not scene.directed)
        # Parallel links of a park are one, of the summed weight.
        key, at = np.unique(copy * size**2 + key, return_inverse=True)
        copy = key // size**2
        (row, column) = np.divmod(key % size**2, size)
        nodes = added_node(self.network, node)
        beside = with_rows(self.network, self.network.storage.link_rows(), nodes)
        summed = np.bincount(at, weight).astype(np.float64)
        length = lengths_of_links(beside, row, column, summed, self.costs, scene.directed)
        return copy * size + row, copy * size + column, length


def _stacked(pairs: Sequence[Pairs], n: int, both_ways: bool) -> tuple[Integers, Integers, Floats]:
    """Number of the copy, key of the pair and weight; undirected pairs in both directions."""
    copy = np.repeat(np.arange(len(pairs)), [each.weight.size for each in pairs])
    source, target, weight = map(np.concatenate, zip(*pairs, strict=True))
    key = source.astype(np.int64) * n + target
    if not both_ways:
        return copy, key, weight
    back = target.astype(np.int64) * n + source
    return np.tile(copy, 2), np.append(key, back), np.tile(weight, 2)
