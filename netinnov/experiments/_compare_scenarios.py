"""Comparison of scenarios over many random placements, on the nodes of the baseline."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import Executor
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from netinnov._runtime.arguments import check_callable, check_mapping, shown
from netinnov._runtime.checkpoint import run_kept, seed_of_run, seed_state
from netinnov._typing import Count, Rng, Several
from netinnov.errors import InputError
from netinnov.experiments import _placebo_tests as tests, _replicates as parts
from netinnov.experiments._experiment_result import ExperimentResult
from netinnov.experiments._placebo_tests import Placebo, spawned
from netinnov.experiments._replicates import BASELINE, Item, Measure, Replication
from netinnov.network import MultilayerNetwork
from netinnov.null_models._identity import checkpoint_of
from netinnov.polycentricity._resampled_flows import Change
from netinnov.scenarios import NoChange, Scenario, apply_scenario
from netinnov.scenarios._open_size import Settings
from netinnov.scenarios._prices import check_scenario

_NO_CHANGE = NoChange()

# Spawn keys that are no replicate: sets of data, order of placebos
_DATA, _PLACEBOS = 2**64 - 1, 2**64 - 2


def compare_scenarios(
    network: MultilayerNetwork,
    *,
    scenarios: Mapping[str, Scenario],
    measures: Mapping[str, Measure],
    baseline: Scenario = _NO_CHANGE,
    replicates: Count = Settings.replicates,
    placebo: Placebo | Mapping[str, Placebo] | None = None,
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
    placebo : scenario, function or mapping, optional
        Drawn in each replicate: one for all scenarios, such as `scenarios.RandomEnds`, or a mapping
        from their names. A function of a network and a Generator may return the changed network or
        the scenario to apply. The places of a `scenarios.MatchedPlacebo` are used in turn.
    resample : function, optional
        For data uncertainty: `ResampledLinks`, `ResampledEvents`, or a function of a network and a
        Generator that returns a network of the same nodes.
    resamples, placements : int
        Resamples of the data, and random placements of each scenario in each; 2 or more.
    rng : None, int, SeedSequence or Generator
        Source of the random choices.
    executor : Executor, int or None
        None: a thread for each processor; a number: so many threads; or any executor with the
        interface of ``concurrent.futures``: a process pool, a cluster.
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
    the baseline keeps, and a measure with a keyword ``nodes`` gets their ids, unless
    `functools.partial` has set it.

    *Random numbers.* Replicate r of every scenario, and of a random baseline, starts from the same
    generator (common random numbers): values depend neither on the executor nor on other
    scenarios, and the first stay if more are asked for.

    *Data uncertainty.* Scenarios and baseline, not placebos, are measured again in each resample,
    at the first `placements` of the replicates. A resample in which a scenario cannot be carried
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
    order = spawned(seed, _PLACEBOS)
    placebos, placebo_of = tests.placebo_draws(placebo, scenarios, network, order)
    changes: dict[str, Any] = {BASELINE: baseline, **scenarios, **placebos}
    named = {"scenarios": changes, "measures": measures, "resample": resample}
    store = checkpoint_of(checkpoint, "compare_scenarios", seed_state(seed), network, **named)
    # Of their own, so that neither resamples nor replicates depend on the number of the other.
    data_seeds = spawned(seed, _DATA).spawn(resamples if resample else 0)
    number_of = {name: tests.n_replicates(each, replicates) for name, each in changes.items()}
    seeds = seed.spawn(max(replicates, *number_of.values()))
    start = apply_scenario(network, baseline, rng=spawned(seeds[0]))
    nodes = network.nodes.index[network.nodes.index.isin(start.nodes.index)]
    bound = parts.bound_measures(measures, start, nodes)
    measure_of = {column: each.measure for each in bound for column in each.columns}
    columns = list(measure_of)
    width = parts.N_BEFORE + len(columns)
    options: dict[str, Any] = {"width": width, "executor": executor, "progress": progress}
    task = Replication(network, changes, bound, nodes, seeds)
    items = [Item(name, number) for name in changes for number in range(number_of[name])]
    rows = run_kept(task.observed, items, store, label="replicates", **options)
    table = parts.table_of(pd.DataFrame(items), rows, columns, nodes)
    if any(row[0] for row in rows):
        parts.warn_of_grown(measure_of, rows[0])
    of = pd.DataFrame(items).groupby("scenario").indices
    totals = {name: np.array([rows[at][2] for at in of[name]]) for name in changes}
    start_totals = totals.pop(BASELINE)
    again = None
    if resample is not None:
        real = [item for item in items if item.scenario not in placebos]
        each = [item for item in real if item.replicate < placements]
        before, values = rows[0][: parts.N_BEFORE], rows[0][parts.N_BEFORE :]
        undefined = [*before, *(np.full_like(value, np.nan) for value in values)]
        in_data = partial(
            task.in_resample, items=each, resample=resample, seeds=data_seeds, undefined=undefined
        )
        keys = [(number, len(each)) for number in range(resamples)]
        drawn = run_kept(in_data, keys, store, label="resamples", **options)
        in_each = [(name, number, placed) for number, _ in keys for name, placed in each]
        again = parts.table_of(
            pd.DataFrame(in_each, columns=["scenario", "resample", "replicate"]),
            [row for stacked in drawn for row in zip(*stacked, strict=True)],
            columns,
            nodes,
        )
    return ExperimentResult(
        table,
        placebos=placebo_of,
        sites={name: tuple(str(rows[at][1]) for at in of[name]) for name in placebos},
        refused=tests.refusals(
            network, scenarios, measure_of, placebos, placebo_of, totals, start_totals
        ),
        resamples=again,
    )


def _check(
    scenarios: Mapping[str, Scenario], measures: Mapping[str, Measure], baseline: Scenario
) -> None:
    for argument, mapping in (("scenarios", scenarios), ("measures", measures)):
        check_mapping(argument, mapping, f"from names to {argument}", filled=True)
        names: list[object] = [*mapping]
        if odd := [name for name in names if not isinstance(name, str)]:
            raise InputError(f"names of `{argument}` must be text; found {shown(odd[0])}.")
    if BASELINE in scenarios:
        msg = f"a scenario cannot be called {BASELINE!r}"
        raise InputError(f"{msg}: that is the name of what it is compared with.")
    check_scenario("baseline", baseline)
    for name, scenario in scenarios.items():
        check_scenario(f"scenarios[{name!r}]", scenario)
    for name, measure in measures.items():
        check_callable(f"measures[{name!r}]", measure, "a function of a network")
