"""How much is enough: an experiment with more and more of a policy."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd

from netinnov._runtime.arguments import as_list, check_callable, check_mapping, check_number
from netinnov._runtime.checkpoint import seed_of_run
from netinnov._typing import Rng
from netinnov.errors import InputError
from netinnov.experiments._compare_scenarios import compare_scenarios
from netinnov.experiments._doses import DoseResponse
from netinnov.experiments._experiment_result import ExperimentResult
from netinnov.experiments._placebo_tests import Placebo, spawned
from netinnov.experiments._replicates import BASELINE, Measure
from netinnov.network import MultilayerNetwork
from netinnov.scenarios import NoChange, Scenario
from netinnov.scenarios._settings import Settings

_NO_CHANGE = NoChange()


def dose_response(
    network: MultilayerNetwork,
    *,
    make: Callable[[float], Scenario],
    doses: Sequence[float],
    measures: Mapping[str, Measure] | Callable[[float], Mapping[str, Measure]],
    baseline: Scenario = _NO_CHANGE,
    replicates: int = Settings.replicates,
    placebo: Callable[[float], Placebo] | None = None,
    monotone: Sequence[str] | None = None,
    rng: Rng = None,
    executor: Executor | int | None = None,
    progress: bool = True,
    checkpoint: str | os.PathLike[str] | None = None,
) -> DoseResponse:
    """Measure the effects of more and more of a policy.

    Parameters
    ----------
    network : MultilayerNetwork
        Where all scenarios start.
    make : function
        Gives the scenario of a dose, such as ``lambda size: ReverseEnclave(home, host, size,
        0.5)``: of a number of parks (`scenarios.Combined`), or their openness.
    doses : sequence of float
        Different numbers, two or more.
    measures : mapping of str to function, or function
        As in `compare_scenarios`; or a function of the dose that gives such a mapping, with the
        same names, if the dose is a part of the measure: the openness of borders, 1 - ``border``
        of the frictions. Each dose then has its own baseline.
    baseline, replicates
        As in `compare_scenarios`.
    placebo : function, optional
        Gives the placebo of a dose, such as ``lambda size: MatchedPlacebo(make(size))``: the table
        then has a placebo band at each dose.
    monotone, rng, executor, progress, checkpoint
        As in `compare_scenarios`. Where measures depend on the dose a checkpoint needs `rng`.

    Returns
    -------
    DoseResponse
        ``.to_frame()`` has the effects by dose.

    Raises
    ------
    InputError
        Doses that are fewer, alike or not numbers; and as in `compare_scenarios`.

    Notes
    -----
    Replicate number r of all doses starts from the same generator, so the curve is smoother than
    its points are sure: compare doses within replicates.

    Examples
    --------
    >>> import netinnov as ni
    >>> cities = ni.datasets.make_city_system(n_cities=8, rng=1)
    >>> home, host = cities.places.index[[-1, 0]]
    >>> def make(size):
    ...     return ni.scenarios.DirectLinks(home, host, int(size), funding="new")
    >>> options = {"measures": {"strength": ni.centrality.overlapping_strength}, "rng": 1}
    >>> response = dose_response(cities, make=make, doses=[1, 2, 3], replicates=2, **options)
    >>> response.to_frame().query("node == @home")["difference"].is_monotonic_increasing
    True
    """
    listed = as_list("doses", doses, "numbers")
    for dose in listed:
        check_number("doses", dose)
    if len(listed) < 2 or len(set(listed)) < len(listed):
        raise InputError(f"`doses` must be two or more different numbers; found {listed[:10]}.")
    check_callable("make", make, "a function from a dose to a scenario")
    if placebo is not None:
        check_callable("placebo", placebo, "a function from a dose to a scenario")
    names = [f"{cast(Any, dose):.12g}" for dose in listed]
    if len(set(names)) < len(names):
        raise InputError(f"`doses` must differ in their first 12 digits; found {listed[:10]}.")
    options: dict[str, Any] = {"executor": executor, "progress": progress, "monotone": monotone}
    compare: Callable[..., ExperimentResult] = partial(
        compare_scenarios, network, baseline=baseline, replicates=replicates, **options
    )
    index = pd.Index(names, name="scenario")
    table = pd.DataFrame({"dose": np.asarray(listed, np.float64)}, index)
    dose_of = dict(zip(names, listed, strict=True))
    scenarios = {name: make(dose) for name, dose in dose_of.items()}
    against = placebo and {name: placebo(dose) for name, dose in dose_of.items()}
    if not callable(measures):
        result = compare(
            scenarios=scenarios, measures=measures, placebo=against, rng=rng, checkpoint=checkpoint
        )
        return DoseResponse(result, table)
    if checkpoint is not None and rng is None:
        raise InputError("`rng` must be given with a checkpoint of several experiments.")
    by_dose = {name: measures(dose) for name, dose in dose_of.items()}
    for each in by_dose.values():
        check_mapping("measures", each, "from names to measures", filled=True)
    if len({tuple(each) for each in by_dose.values()}) > 1:
        raise InputError("`measures` must give the same names for all doses.")
    (seed,) = seed_of_run(rng)[1].spawn(1)
    results = {
        name: compare(
            scenarios={name: scenarios[name]},
            measures=by_dose[name],
            placebo=None if against is None else {name: against[name]},
            rng=spawned(seed),
            checkpoint=None if checkpoint is None else Path(checkpoint) / name,
        )
        for name in dose_of
    }
    return DoseResponse(_together(results), table)


def _together(results: Mapping[str, ExperimentResult]) -> ExperimentResult:
    baselines = {name: f"{BASELINE} of {name}" for name in results}
    tables = []
    for name, result in results.items():
        table = result.replicates.astype({"scenario": "str", "measure": "str", "node": "str"})
        table["scenario"] = table["scenario"].replace({BASELINE: baselines[name]})
        tables.append(table)
    together = pd.concat(tables, ignore_index=True)
    for column in ("scenario", "measure", "node"):
        order = together[column].dropna().unique()
        together[column] = pd.Categorical(together[column], order)
    parts = list(results.values())
    return ExperimentResult(
        together,
        placebos={key: value for part in parts for key, value in part.placebos.items()},
        sites={key: value for part in parts for key, value in part.sites.items()},
        refused={key: value for part in parts for key, value in part.refused.items()},
        baselines=baselines,
    )
