"""Which host for a park of a home: the change at home by each host, over the same random draws."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from contextlib import suppress
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
from netinnov._typing import Confidence, Count, Distance, Floats, Integers, Rng, Several
from netinnov.centrality import harmonic_centrality
from netinnov.errors import InputError
from netinnov.experiments import Measure, compare_scenarios
from netinnov.experiments._compare_scenarios import OF_DATA, on_nodes
from netinnov.experiments._effect_statistics import BASELINE, spawned
from netinnov.network import MultilayerNetwork, with_rows
from netinnov.planning._host_ranks import (
    COLUMNS,
    Changes,
    per_cent,
    table_of_hosts,
    whole_placements,
)
from netinnov.planning._plan_values import with_options
from netinnov.polycentricity._resampled_flows import Change, changed
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
    replicates: Count = 400,
    resample: Change | None = None,
    resamples: Several = 50,
    placements: Several = 20,
    confidence: Confidence = 0.95,
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
    resample : function, optional
        For data uncertainty, as in `compare_scenarios`: `ResampledLinks`, `ResampledEvents`, or a
        function of a network and a Generator that returns a network of the same nodes.
    resamples, placements : int
        Resamples of the data, and placements of the park of each host in each; 2 or more.
    confidence : float
        Of the ranks; `low` and `high` are the quantiles that leave out half of the rest each.
    rng : None, int, SeedSequence or Generator
        Source of the placements.
    executor : Executor, int or None
        As in `compare_scenarios`.

    Returns
    -------
    DataFrame
        Index ``host``, sorted by rank (ties in the order of the hosts), with the columns

        - ``median``: of the change at home over the placements in `network`, in per cent of the
          value before,
        - ``low``, ``high``: quantiles over placements; with `resample` over all placements in all
          resamples, moved so that their median is the printed one,
        - ``regret``: mean over units of the change by the best host of the unit less that by this
          one, in percentage points, 0 or more,
        - ``rank``: of the median, 1 for the largest; ties share the mean rank,
        - ``rank_low``, ``rank_high``: confidence set of the rank (see Notes),
        - ``distance``: between home and host, in ``network.distance_unit``; NaN if unknown.

        A host at an unknown distance is not ranked where `frictions` of the measure read distances:
        it comes last, and all its values are NaN. They are NaN for all where the value before is 0.

    Raises
    ------
    InputError
        A host is inside home, the scenario has another home, the measure is not defined at home, or
        fewer than two resamples are left in which every host can have the park.

    Warns
    -----
    UserWarning
        If placements in resamples are left out, because a host cannot have the park in them.

    Notes
    -----
    Numbers are those of `compare_scenarios` with the same `rng`. A park of open size has a tenth of
    home's links in the layer with the most links, and at least four. They are given up by home
    (reallocated) if it has as many; else they are new. In a layer of flows it has a tenth of home's
    strength, or the smallest volume that makes one link on either side, and nothing is drawn.

    *Units* r of the comparison are placements, or with `resample` the resamples, and x_i the change
    by host i in a unit (in a resample the mean over its placements). All hosts have the same
    network and the same generators in a unit, so that differences are paired.

    *Ranks* [1]_: of host i, let d_j be the mean over units of x_j - x_i, s_j its standard deviation
    and c the `confidence` quantile over units of max_j abs(x_j - x_i - d_j) / s_j. Host j is surely
    better if d_j > c s_j, and surely worse if d_j < -c s_j. The rank of i lies between 1 + the
    number of surely better hosts and the number of hosts less that of surely worse ones. Hosts that
    cannot be told from the best are those with a ``rank_low`` of 1. Differences below 1e-12 of the
    size of the values are 0.

    References
    ----------
    .. [1] Mogstad, M., Romano, J. P., Shaikh, A. M. and Wilhelm, D. (2024). Inference for ranks
       with applications to mobility across neighbourhoods and academic achievement across
       countries. Review of Economic Studies 91, 476-518.

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
    data = _Data(resample, resamples, placements)
    _check_resample(data, replicates)
    at = names.get_indexer(pd.Index([home]))
    to = names.get_indexer(pd.Index(chosen))
    far = pd.Series(between(network.storage, at, to), pd.Index(chosen, dtype="str", name="host"))
    frictions = with_options(measure)[1].get("frictions")
    if isinstance(frictions, Frictions) and frictions.by_distance:
        tried = {host: park for host, park in tried.items() if far.notna()[host]}
    table = pd.DataFrame(columns=COLUMNS, dtype=np.float64)
    if tried:
        changes = _changes(network, at_home, tried, measure, replicates, data, rng, executor)
        table = table_of_hosts([*tried], changes, confidence)
    table = table.reindex([*table.index, *far.index.difference(table.index, sort=False)])
    table["distance"] = far
    return table.rename_axis("host")


class _Data(NamedTuple):
    resample: Change | None
    resamples: int
    placements: int


def _changes(
    network: MultilayerNetwork,
    at_home: Positions,
    tried: dict[str, Any],
    measure: Measure,
    replicates: int,
    data: _Data,
    rng: Rng,
    executor: Executor | int | None,
) -> Changes:
    costs = _costs(measure)
    park = next(iter(tried.values()))
    before: Any
    again: list[tuple[float, Floats]] | None = None
    if costs is not None and isinstance(park, Enclave) and not draws_nothing(park):
        seed = seed_of_run(rng)
        seeds = seed.spawn(replicates)
        parks = [*tried.values()]
        bound = on_nodes(measure, list(network.nodes.index))
        unit = _Unit(network, at_home, costs, bound, parks, seeds, data, spawned(seed, OF_DATA))
        before = unit.before(network)
        access = unit.access(network, seeds)
        after = np.array(run(access.values, parks, executor=executor, progress=False)).T
        if data.resample is not None:
            each = range(data.resamples)
            again = run(unit.resampled, each, executor=executor, progress=False)
    else:
        result = compare_scenarios(
            network,
            scenarios={f"host {host}": each for host, each in tried.items()},
            measures={"measure": measure},
            replicates=replicates,
            resample=data.resample,
            resamples=data.resamples,
            placements=data.placements,
            rng=rng,
            executor=executor,
            progress=False,
        )
        before, after = _measured(result.replicates, network, at_home, len(tried))
        if result.resamples is not None:
            parts = result.resamples.groupby("resample", sort=True)
            again = [_measured(part, network, at_home, len(tried)) for _, part in parts]
    if not np.isfinite(before) or not np.isfinite(after).all():
        bad = [host for host, ok in zip(tried, np.isfinite(after).all(0), strict=True) if not ok]
        raise InputError(
            f"`measure` must be a finite number at home, {park.home!r}, before and with the park; "
            f"in {bad[0] if bad else park.home!r} it is not."
        )
    placed = per_cent(before, after)
    if again is None:
        return Changes(placed, None)
    resampled = np.array([per_cent(*each) for each in again])
    return Changes(placed, whole_placements(resampled) if before else resampled)


def _check_resample(data: _Data, replicates: int) -> None:
    if data.resample is None:
        return
    expected = "a function of a network and a Generator, such as ResampledLinks()"
    check_callable("resample", data.resample, expected, made=True)
    if replicates < data.placements:
        raise InputError(
            f"`replicates` must be at least `placements`, {data.placements}, where data are "
            f"resampled; found {replicates}."
        )


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


class _Unit(NamedTuple):
    """What is measured again in each resample."""

    network: MultilayerNetwork
    home: Positions
    costs: PathCosts
    measure: Measure
    parks: Sequence[Enclave]
    seeds: Sequence[np.random.SeedSequence]
    data: _Data
    data_seed: np.random.SeedSequence

    def before(self, network: MultilayerNetwork) -> float:
        values: Any = self.measure(network)
        return float(values.iloc[self.home].mean())

    def access(
        self, network: MultilayerNetwork, seeds: Sequence[np.random.SeedSequence]
    ) -> ParkAccess:
        arcs = _arcs(network, chosen_layer(network, self.parks[0].layer), self.costs)
        return ParkAccess(network, self.home, self.costs, *arcs, seeds)

    def resampled(self, at: int) -> tuple[float, Floats]:
        """Value before, and those of the placements by host; NaN where it cannot have the park."""
        resample: Any = self.data.resample
        rng = np.random.default_rng(spawned(self.data_seed, at))
        network = changed(self.network, resample, rng, "resample")
        seeds = self.seeds[: self.data.placements]
        after = np.full((len(seeds), len(self.parks)), np.nan)
        with suppress(InputError):  # no link is left in the layer
            access = self.access(network, seeds)
            for column, park in enumerate(self.parks):
                with suppress(InputError):
                    after[:, column] = access.values(park)
        return self.before(network), after


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
