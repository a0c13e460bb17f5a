"""One scenario against its rivals, replicate by replicate."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from netinnov._runtime.arguments import check_names
from netinnov.errors import InputError
from netinnov.experiments import _effect_statistics as statistics
from netinnov.experiments._experiment_result import ExperimentResult

_COLUMNS = [
    *("scenario", "rival", "measure", "node", "difference", "median", "low", "high"),
    *("mc_error", "higher", "replicates"),
]


def contrasts(
    result: ExperimentResult, *, of: str, against: Sequence[str] | str | None = None
) -> pd.DataFrame:
    """Compare a scenario with its rivals, each replicate with the one of the same number.

    Parameters
    ----------
    result : ExperimentResult
        An experiment in which all of them were tried.
    of : str
        The scenario in question.
    against : sequence of str, optional
        Its rivals; by default all other scenarios. Placebos have to be named.

    Returns
    -------
    DataFrame
        A row for each rival, measure and node: ``scenario``, ``rival``, ``measure``, ``node``
        (missing if the measure is one number), ``difference`` (mean of scenario minus rival),
        ``median``, ``low``, ``high`` (2.5 and 97.5 % of the differences), ``mc_error`` (standard
        error of the mean), ``higher`` (share of the replicates in which the scenario has the
        larger value; equal values count half) and ``replicates``. NaN where nothing is defined.

    Raises
    ------
    InputError
        If a name is not a scenario of the experiment, or there is no rival.

    Notes
    -----
    Replicates of one number have the same random numbers. ``higher`` is not a p-value.

    Examples
    --------
    >>> import netinnov as ni
    >>> cities = ni.datasets.make_city_system(n_cities=12, n_enclaves=0, rng=1)
    >>> ends = "synthetic_city_12", "synthetic_city_01"
    >>> park, direct = ni.ReverseEnclave(*ends, 3, 0.5), ni.scenarios.DirectLinks(*ends, 3)
    >>> options = {"measures": {"efficiency": ni.connectivity.global_efficiency}, "rng": 1}
    >>> result = ni.compare_scenarios(
    ...     cities, scenarios={"park": park, "direct": direct}, replicates=5, **options
    ... )
    >>> contrasts(result, of="park")[["scenario", "rival", "measure"]].values.tolist()
    [['park', 'direct', 'efficiency']]
    """
    columns, values = statistics.columns_and_values(result.replicates)
    check_names("of", [of], list(values), of="the experiment")
    if against is None:
        rivals = [name for name in result._scenarios() if name != of]
    else:
        named = [against] if isinstance(against, str) else against
        rivals = check_names("against", named, list(values), of="the experiment")
    if not rivals:
        raise InputError(f"`against` must name a rival of {of!r}; the experiment has {[*values]}.")
    parts = []
    for rival in rivals:
        change = statistics.changes(values[rival], values[of])
        part = statistics.placement_statistics(values[rival], values[of], change)
        higher = (change > 0).sum(axis=0) + 0.5 * (change == 0).sum(axis=0)
        part["higher"] = higher / part["replicates"].where(part["replicates"] > 0)
        parts.append(part.assign(scenario=of, rival=rival).join(columns)[_COLUMNS])
    table = pd.concat(parts).sort_values("measure", kind="stable", ignore_index=True)
    return table.astype({"measure": "str"})
