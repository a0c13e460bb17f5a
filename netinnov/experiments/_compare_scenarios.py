"""Comparison of scenarios over many random placements, on the nodes of the baseline."""

from __future__ import annotations

import inspect
import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from copy import copy
from functools import partial
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from netinnov._network.measured import check_alike, long_table, numbers_of
from netinnov._runtime.arguments import check_callable, check_mapping, shown
from netinnov._runtime.checkpoint import Like, Row, run_kept, seed_of_run, seed_state
from netinnov._typing import Count, Floats, Rng, Several
from netinnov.errors import InputError, note_on_error
from netinnov.experiments._decomposition import PairSums
from netinnov.experiments._effect_statistics import BASELINE, spawned
from netinnov.experiments._experiment_result import ExperimentResult
from netinnov.network import MultilayerNetwork
from netinnov.null_models._identity import checkpoint_of
from netinnov.polycentricity._resampled_flows import Change, changed
from netinnov.scenarios import NoChange, Scenario, apply_scenario
from netinnov.scenarios._open_size import Settings
from netinnov.scenarios._prices import check_scenario, draws_nothing

Measure: TypeAlias = Callable[..., float | pd.Series]

NO_CHANGE = NoChange()

OF_DATA = 2**64 - 1  # spawn key that is no replicate: sets of data


def compare_scenarios(
    network: MultilayerNetwork,
    *,
    scenarios: Mapping[str, Scenario],
    measures: Mapping[str, Measure],
    baseline: Scenario = NO_CHANGE,
    replicates: Count = Settings.replicates,
    resample: Change | None = None,
    resamples: Several = 100,
    placements: Several = 5,
    rng: Rng = None,
    executor: Executor | int | None = None,
    progress: bool = True,
    checkpoint: str | os.PathLike[str] | None = None,
) -> ExperimentResult:
    """Measure the effects of scenarios on the nodes of the baseline.

    Parameters
    ----------
    network : MultilayerNetwork
        Where all scenarios start.
    scenarios : mapping of str to scenario
        By name: a ReverseEnclave, NoChange, or a function of a network and a Generator.
    measures : mapping of str to function
        By name: functions of a network that return a number or a Series over nodes and do not draw
        (bind a fixed ``rng`` to one that does).
    baseline : scenario
        What the others are compared with.
    replicates : int
        Random placements of each scenario; one where nothing is drawn (NoChange, a volume).
    resample : function, optional
        For data uncertainty: `ResampledLinks`, `ResampledEvents`, or a function of a network and a
        Generator that returns a network of the same nodes.
    resamples, placements : int
        Resamples of the data, and random placements of each scenario in each; 2 or more.
    rng : None, int, SeedSequence or Generator
        Source of the random choices.
    executor : Executor, int or None
        None: a thread for each processor, if they help; a number: so many threads; or any executor
        with the interface of ``concurrent.futures``: a process pool, a cluster.
    progress : bool
        Show a bar in a terminal or notebook.
    checkpoint : path, optional
        A folder from which a killed run goes on, called again alike, to the same numbers.

    Returns
    -------
    ExperimentResult

    Raises
    ------
    InputError
        No scenarios or measures; a scenario that drops nodes of the baseline; a measure that
        returns something else; a checkpoint of another experiment.

    Warns
    -----
    UserWarning
        If a measure counts nodes that a scenario added.

    Notes
    -----
    *Nodes.* New nodes carry paths and enter no mean: a Series is cut to the nodes of `network` that
    the baseline keeps; a measure with a keyword ``nodes`` gets their ids, unless that is bound.

    *Random numbers.* Replicate r of every scenario, and of a random baseline, starts from the same
    generator (common random numbers): values depend neither on the executor nor on other
    scenarios, and the first stay if more are asked for.

    *Data uncertainty.* Scenarios and baseline are measured again in each resample, at the first
    `placements` of the replicates. A resample in which a scenario cannot be carried
    out (home has fewer links left than are reallocated) is left out.

    *Checkpoints* belong to one network, entropy and version of netinnov, and to scenarios and
    measures by their names and parameters, not their code; ``rng=None`` takes up the stored
    entropy, and more replicates may be asked for.

    Examples
    --------
    >>> nodes = pd.DataFrame({"place": ["home", "host", "far"]}, index=["home", "host", "far"])
    >>> links = pd.DataFrame({"source": ["home", "host"], "target": ["far", "far"]})
    >>> scenarios = {"enclave": ni.ReverseEnclave("home", "host", 2, 0.5, funding="new")}
    >>> options = {"scenarios": scenarios, "measures": {"degree": ni.centrality.overlapping_degree}}
    >>> result = compare_scenarios(ni.build_network(nodes, links), **options)
    >>> result.effects().set_index("node")["difference"].to_dict()
    {'home': 1.0, 'host': 1.0, 'far': 0.0}
    """
    _check(scenarios, measures, baseline)
    if resample is not None:
        expected = "a function of a network and a Generator, such as ResampledLinks()"
        check_callable("resample", resample, expected, made=True)
        if replicates < 2:
            raise InputError("`replicates` must be 2 or more where data are resampled; found 1.")
    seed = seed_of_run(rng, checkpoint)
    changes = {BASELINE: baseline, **scenarios}
    named = {"scenarios": changes, "measures": measures, "resample": resample}
    store = checkpoint_of(checkpoint, "compare_scenarios", seed_state(seed), network, **named)
    seeds = seed.spawn(replicates)
    start = apply_scenario(network, baseline, rng=spawned(seeds[0]))
    nodes = network.storage.node_names
    at_start = start.storage.node_names
    nodes = nodes[at_start.get_indexer(nodes) >= 0]
    bound = _bound(measures, start, nodes)
    measure_of = {column: each.measure for each in bound for column in each.columns}
    names = list(measure_of)
    options: dict[str, Any] = {"executor": executor, "progress": progress}
    data_seed = spawned(seed, OF_DATA)
    experiment = _Experiment(network, changes, bound, nodes, seeds, resample, data_seed)
    n_of = {name: 1 if draws_nothing(each) else replicates for name, each in changes.items()}
    items = [_Item(name, None, at) for name in changes for at in range(n_of[name])]
    alone = [[item] for item in items]
    like = _like(1, len(nodes), len(names))
    rows = run_kept(experiment.rows, alone, store, like=like, label="replicates", **options)
    grown, *values = _joined(names, rows)
    if grown.any():
        _warn_of_grown(measure_of, values)
    in_data = None
    if resample is not None:
        nothing = [grown[0], *(each[0] * np.nan for each in values)]
        again = [item for item in items if item.replicate < placements]
        in_each = [[item._replace(resample=at) for item in again] for at in range(resamples)]
        task = partial(experiment.rows, undefined=nothing)
        like = _like(len(again), len(nodes), len(names))
        rows = run_kept(task, in_each, store, like=like, label="resamples", **options)
        in_data = _table(in_each, _joined(names, rows)[1:], names, nodes)
    return ExperimentResult(_table(alone, values, names, nodes), resamples=in_data)


def _check(
    scenarios: Mapping[str, Scenario], measures: Mapping[str, Measure], baseline: Scenario
) -> None:
    for argument, mapping in (("scenarios", scenarios), ("measures", measures)):
        check_mapping(argument, mapping, f"from names to {argument}", filled=True)
        names: list[object] = [*mapping]
        if odd := [name for name in names if not isinstance(name, str)]:
            raise InputError(f"names of `{argument}` must be text; found {shown(odd[0])}.")
    if BASELINE in scenarios:
        raise InputError(
            f"a scenario cannot be called {BASELINE!r}"
            ": that is the name of what it is compared with."
        )
    check_scenario("baseline", baseline)
    for name, scenario in scenarios.items():
        check_scenario(f"scenarios[{name!r}]", scenario)
    for name, measure in measures.items():
        check_callable(f"measures[{name!r}]", measure, "a function of a network")


class _Bound(NamedTuple):
    measure: Callable[..., Any]
    parts: list[str]
    columns: list[str]  # the name, and those of the parts


def _bound(
    measures: Mapping[str, Measure], start: MultilayerNetwork, nodes: pd.Index
) -> list[_Bound]:
    bound = []
    ids = nodes.tolist()
    for name, measure in measures.items():
        parts = list[str]()
        if isinstance(measure, PairSums):
            inside = start.select(nodes=ids) if len(nodes) < start.n_nodes else start
            measure, pairs = measure._fixed(inside)
            parts = list(pairs.index[pairs > 0])
        columns = [name, *(f"{name}: {part}" for part in parts)]
        bound.append(_Bound(on_nodes(measure, ids), parts, columns))
    names = pd.Index([column for each in bound for column in each.columns])
    if twice := sorted(names[names.duplicated()]):
        raise InputError(f"names of measures must not be those of parts of others; found {twice}.")
    return bound


class _Item(NamedTuple):
    scenario: str
    resample: int | None  # None: the data as observed
    replicate: int


class _Experiment(NamedTuple):
    network: MultilayerNetwork
    scenarios: Mapping[str, Scenario]
    measures: Sequence[_Bound]
    nodes: pd.Index
    seeds: Sequence[np.random.SeedSequence]
    resample: Any  # a Change, or None
    data_seed: np.random.SeedSequence  # of its own: replicates and resamples draw apart

    def rows(self, items: Sequence[_Item], undefined: Row = ()) -> Row:
        """Of items in the same data, stacked; undefined where a scenario cannot be carried out."""
        resample = items[0].resample
        network = self.network
        try:
            if resample is not None:
                rng = np.random.default_rng(spawned(self.data_seed, resample))
                network = changed(network, self.resample, rng, "resample")
            rows = [self._row(item, network, undefined) for item in items]
            return [np.stack(values) for values in zip(*rows, strict=True)]
        except Exception as error:
            if resample is not None:
                error.add_note(f"In resample {resample} of the data.")
            raise

    def _row(self, item: _Item, network: MultilayerNetwork, undefined: Row) -> Row:
        with note_on_error(f"In scenario {item.scenario!r}, replicate {item.replicate}."):
            # A copy, because a scenario that spawns from its generator changes the seed itself.
            rng = np.random.default_rng(spawned(self.seeds[item.replicate]))
            try:
                after = apply_scenario(network, self.scenarios[item.scenario], rng=rng)
            except InputError:
                if not undefined:
                    raise
                return undefined
            return self._measured(item.scenario, after)

    def _measured(self, scenario: str, network: MultilayerNetwork) -> Row:
        nodes = self.nodes
        after = network.storage.node_names
        # New nodes come last, as a rule.
        if not nodes.equals(after[: len(nodes)]) and len(lost := nodes[~nodes.isin(after)]):
            raise InputError(
                f"scenario {scenario!r} drops {len(lost)} nodes of the baseline, e.g. "
                f"{list(lost[:5])}. Take the smaller network as the baseline, or drop links "
                "instead of nodes."
            )
        row = [np.array(len(after) > len(nodes))]
        for measure, parts, (name, *_) in self.measures:
            value = measure(network, **_bound_nodes(measure))
            if parts:
                values = value[parts].to_numpy(np.float64)
                row += [np.array(values.sum()), *map(np.array, values)]
            else:
                row.append(numbers_of(name, value, network.storage.node_names, nodes))
        return row


def _like(n_items: int, n_nodes: int, n_measures: int) -> list[Like]:
    """Of the rows of `_Experiment.rows`; a measure gives one number, or one a node."""
    of_measure: Like = ("f", [(n_items,), (n_items, n_nodes)])
    return [("b", [(n_items,)]), *[of_measure] * n_measures]  # were nodes added?


def on_nodes(measure: Measure, nodes: list[str]) -> Callable[..., Any]:
    """Bound to these nodes, if it takes any and is not bound to others."""
    try:
        taken = "nodes" in inspect.signature(measure).parameters
    except (TypeError, ValueError):  # some compiled functions have no signature
        return measure
    return partial(measure, nodes=nodes) if taken and not _bound_nodes(measure) else measure


def _bound_nodes(measure: Measure) -> dict[str, Any]:
    bound = measure.keywords if isinstance(measure, partial) else {}
    return {"nodes": copy(bound["nodes"])} if "nodes" in bound else {}  # a measure may change it


def _warn_of_grown(measures: Mapping[str, Measure], values: Sequence[np.ndarray]) -> None:
    for (name, measure), value in zip(measures.items(), values, strict=True):
        if value.ndim == 1 and not _bound_nodes(measure):
            warnings.warn(
                f"measure {name!r} gives one number for the whole network, so nodes that a "
                "scenario adds count in it. Give the function a keyword `nodes` (it gets the "
                "ids of the baseline's) and count only these, or return a Series over nodes.",
                UserWarning,
                stacklevel=4,
            )


def _joined(names: Sequence[str], rows: Sequence[Row]) -> list[np.ndarray]:
    arrays = [*zip(*rows, strict=True)]
    for name, values in zip(names, arrays[1:], strict=True):
        check_alike(name, values)
    return [*map(np.concatenate, arrays)]


def _table(
    units: Sequence[list[_Item]], values: Sequence[Floats], names: Sequence[str], nodes: pd.Index
) -> pd.DataFrame:
    keys = pd.DataFrame(item for items in units for item in items).dropna(axis="columns")
    keys["scenario"] = pd.Categorical(keys["scenario"], keys["scenario"].unique())
    table = long_table(keys, values, names, np.arange(len(nodes)), nodes)
    return table.sort_values("scenario", kind="stable", ignore_index=True)
