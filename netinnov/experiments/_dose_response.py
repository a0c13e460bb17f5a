"""One experiment for each dose of a policy."""

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
from netinnov.experiments._compare_scenarios import NO_CHANGE, Measure, compare_scenarios
from netinnov.experiments._experiment_result import ExperimentResult
from netinnov.network import MultilayerNetwork
from netinnov.scenarios import Scenario
from netinnov.scenarios._open_size import Settings


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
    baseline: Scenario = NO_CHANGE,
    replicates: Count = Settings.replicates,
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
        Gives the scenario of a dose: ``lambda size: ReverseEnclave(home, host, size, 0.5)``.
    doses : sequence of float
        Different numbers, two or more.
    measures, baseline, replicates
        As in `compare_scenarios`.
    rng, executor, progress, checkpoint
        As in `compare_scenarios`.

    Returns
    -------
    DoseResponse
        All doses have the same random numbers: the curve is smoother than its points are sure.

    Raises
    ------
    InputError
        Doses that are fewer, alike or not numbers; and as in `compare_scenarios`.

    Examples
    --------
    >>> cities = ni.datasets.make_city_system(n_cities=8, rng=1)
    >>> def make(weight):
    ...     return ni.scenarios.NewLinks([cities.nodes.index[:2]], weight)
    >>> options = {"measures": {"n": lambda network: network.n_links}, "replicates": 2}
    >>> response = dose_response(cities, make=make, doses=[1, 2.5], **options)
    >>> response.to_frame()["dose"].tolist()
    [1.0, 2.5]
    """
    listed: list[Any] = as_list("doses", doses, "numbers")
    for dose in listed:
        check_number("doses", dose)
    check_callable("make", make, "a function from a dose to a scenario")
    dose_of = {f"{dose:.12g}": dose for dose in listed}
    if len(dose_of) < max(2, len(listed)):
        raise InputError(
            "`doses` must be two or more different numbers, by their first 12 digits; found "
            f"{listed[:10]}."
        )
    result = compare_scenarios(
        network,
        scenarios={name: make(dose) for name, dose in dose_of.items()},
        measures=measures,
        baseline=baseline,
        replicates=replicates,
        rng=rng,
        executor=executor,
        progress=progress,
        checkpoint=checkpoint,
    )
    table = pd.Series(dose_of, dtype=np.float64).rename_axis("scenario").to_frame("dose")
    return DoseResponse(result, table)
