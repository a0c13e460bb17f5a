"""How much is enough: an experiment with more and more of a policy."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from netinnov._runtime.arguments import as_list, check_callable, check_number
from netinnov._runtime.display import Displayed
from netinnov._typing import Count, Rng
from netinnov.errors import InputError
from netinnov.experiments._compare_scenarios import compare_scenarios
from netinnov.experiments._experiment_result import ExperimentResult
from netinnov.experiments._placebo_tests import Placebo
from netinnov.experiments._replicates import Measure
from netinnov.network import MultilayerNetwork
from netinnov.scenarios import NoChange, Scenario
from netinnov.scenarios._settings import Settings

_NO_CHANGE = NoChange()


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class DoseResponse(Displayed):
    """Effects at several doses.

    Attributes
    ----------
    result : ExperimentResult
        The experiment: each dose is a scenario, named by its number.
    doses : DataFrame
        Index ``scenario``, column ``dose``.
    """

    result: ExperimentResult
    doses: pd.DataFrame

    def _facts(self) -> dict[str, Any]:
        facts, doses = self.result._facts(), self.doses["dose"]
        shared = {name: facts[name] for name in ("measures", "replicates")}
        return {"doses": len(doses), "from": doses.min(), "to": doses.max(), **shared}

    def _shown_rows(self) -> str:
        return self.result._shown_rows()

    def to_frame(self) -> pd.DataFrame:
        """Give the effects with their dose.

        Returns
        -------
        DataFrame
            As `ExperimentResult.effects`, with ``dose`` in front of the other columns.
        """
        effects = self.result.effects(full=True)
        effects.insert(0, "dose", effects["scenario"].map(self.doses["dose"]))
        return effects


def dose_response(
    network: MultilayerNetwork,
    *,
    make: Callable[[float], Scenario],
    doses: Sequence[float],
    measures: Mapping[str, Measure],
    baseline: Scenario = _NO_CHANGE,
    replicates: Count = Settings.replicates,
    placebo: Callable[[float], Placebo] | None = None,
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
    measures, baseline, replicates
        As in `compare_scenarios`.
    placebo : function, optional
        Gives the placebo of a dose, such as ``lambda size: MatchedPlacebo(make(size))``: the table
        then has a placebo band at each dose.
    rng, executor, progress, checkpoint
        As in `compare_scenarios`.

    Returns
    -------
    DoseResponse
        ``.to_frame()`` has the effects by dose. All doses have the same random numbers, so that
        the curve is smoother than its points are sure.

    Raises
    ------
    InputError
        Doses that are fewer, alike or not numbers; and as in `compare_scenarios`.

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
    listed: list[Any] = as_list("doses", doses, "numbers")
    for dose in listed:
        check_number("doses", dose)
    for name, function in (("make", make), ("placebo", placebo)):
        if name == "make" or function is not None:
            check_callable(name, function, "a function from a dose to a scenario")
    dose_of = {f"{dose:.12g}": dose for dose in listed}
    if len(dose_of) < max(2, len(listed)):
        msg = "`doses` must be two or more different numbers, by their first 12 digits; found "
        raise InputError(f"{msg}{listed[:10]}.")
    result = compare_scenarios(
        network,
        scenarios={name: make(dose) for name, dose in dose_of.items()},
        measures=measures,
        baseline=baseline,
        replicates=replicates,
        placebo=placebo and {name: placebo(dose) for name, dose in dose_of.items()},
        rng=rng,
        executor=executor,
        progress=progress,
        checkpoint=checkpoint,
    )
    table = pd.Series(dose_of, dtype=np.float64).rename_axis("scenario").to_frame("dose")
    return DoseResponse(result, table)
