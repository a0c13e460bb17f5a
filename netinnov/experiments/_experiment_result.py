"""The result of an experiment: all measured values, their statistics, and contrasts."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from netinnov._runtime.arguments import check_names
from netinnov._runtime.atomic import make_folder, write_bytes, write_csv
from netinnov._runtime.display import ROWS, Displayed, short, table
from netinnov.errors import InputError
from netinnov.experiments import _effect_statistics as statistics
from netinnov.experiments._effect_statistics import BASELINE

_KEYS = ["scenario", "measure", "node"]
# The statistics that are read first
_FIRST = ["baseline", "difference", "percent", "median", "low", "high", "mc_error"]
_OF_CONTRASTS = [
    "scenario",
    "rival",
    "measure",
    "node",
    "difference",
    "median",
    "low",
    "high",
    "mc_error",
    "higher",
    "replicates",
]


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class ExperimentResult(Displayed):
    """All measured values of an experiment, and their statistics.

    Attributes
    ----------
    replicates : DataFrame
        One row a value: ``scenario`` (``"baseline"`` too), ``replicate`` (from 0),
        ``measure``, ``node`` (missing if the measure is one number) and ``value``, in the order of
        scenario, measure, replicate and node. Names are categories.
    resamples : DataFrame, optional
        As `replicates`, with a column ``resample``, its number. None: no data were resampled.
    """

    replicates: pd.DataFrame
    resamples: pd.DataFrame | None = None

    def _scenarios(self) -> list[str]:
        return [str(name) for name in self.replicates["scenario"].unique() if name != BASELINE]

    def _facts(self) -> dict[str, Any]:
        return {
            "scenarios": self._scenarios(),
            "measures": [str(name) for name in self.replicates["measure"].unique()],
            "replicates": self.replicates["replicate"].nunique(),
            "resamples": 0 if self.resamples is None else self.resamples["resample"].nunique(),
        }

    def _shown_rows(self) -> str:
        columns = [*_KEYS, "difference", "low", "high"]
        rows = self.effects()[columns][:ROWS].itertuples(index=False)
        return table([tuple(map(short, row)) for row in rows], columns)

    def effects(self, *, full: bool = False) -> pd.DataFrame:
        """Compare each scenario with the baseline.

        Parameters
        ----------
        full : bool
            Give all columns and not only ``scenario, measure, node, baseline, difference,
            percent, median, low, high, mc_error``.

        Returns
        -------
        DataFrame
            One row for each scenario, measure and node. All columns are

            - ``baseline``, ``mean``: mean value in the baseline and in the scenario,
            - ``difference``: mean over replicates of scenario minus baseline, and ``percent`` of
              ``baseline`` (NaN if that is 0),
            - ``median``, ``low``, ``high``: median (the headline), 2.5 and 97.5 % of these
              differences: how much depends on the placement of the links. No confidence interval,
            - ``mc_error``, ``mc_low``, ``mc_high``: standard error of ``difference`` and its 95 %
              confidence interval (Student's t),
            - ``spread``: sd of the differences, 0 if only rounding; ``standardised``:
              ``difference`` / ``spread``, NaN if that is 0,
            - ``same_sign``: share of replicates with the sign of the median; NaN where that is 0,
            - ``replicates``: number of defined differences, 1 if nothing is random,
            - ``data_error``: sd of the mean effect over resamples of the data, less the part that
              interaction with placements has in it (two-way random effects: Searle, Casella and
              McCulloch 1992), at least 0; NaN without `resample`,
            - ``data_low``, ``data_high``: ``difference`` plus the 2.5 and 97.5 % quantiles of the
              deviations of this effect in resampled data from its mean over them,
            - ``resamples``: number of resamples in which the effect is defined.

            NaN where a value is undefined in all replicates; others leave undefined ones out. A
            difference of less than 1e-12 of the values is rounding and counts as 0.

        Notes
        -----
        Nothing is tested: replicates are draws of placements, not observations. Hosts are compared
        by `planning.rank_hosts`.
        """
        # All measures are columns of one array, which is much faster.
        columns, values = statistics.columns_and_values(self.replicates)
        columns = columns.astype({"measure": "str"})
        before = values[BASELINE]
        in_data = {} if self.resamples is None else statistics.columns_and_values(self.resamples)[1]
        tables = []
        for scenario in self._scenarios():
            after = values[scenario]
            change = statistics.changes(before, after)
            again = statistics.changes(in_data[BASELINE], in_data[scenario]) if in_data else None
            table = {
                "scenario": scenario,
                **columns,
                **statistics.placement_statistics(before, after, change),
                **statistics.data_statistics(again, change),
            }
            tables.append(pd.DataFrame(table))
        effects: pd.DataFrame = pd.concat(tables, ignore_index=True)
        return effects[[*_KEYS, *(statistics.STATISTICS if full else _FIRST)]]

    def write(self, folder: str | os.PathLike[str]) -> list[Path]:
        """Write all tables, each as CSV and as Parquet.

        Parameters
        ----------
        folder : path
            Made if it is not there; a file is replaced when the new one is complete.

        Returns
        -------
        list of Path
            The files: ``effects``, ``replicates`` and, where data were resampled, ``resamples``.
        """
        out = make_folder(folder)
        tables = {
            "effects": self.effects(full=True),
            "replicates": self.replicates,
            "resamples": self.resamples,
        }
        paths = []
        for name, each in tables.items():
            if each is not None:
                paths += [out / f"{name}.csv", out / f"{name}.parquet"]
                write_csv(each, paths[-2])
                write_bytes(paths[-1], each.to_parquet(index=False))
        return paths


def contrasts(
    result: ExperimentResult, *, of: str, against: Sequence[str] | str | None = None
) -> pd.DataFrame:
    """Compare a scenario with its rivals, each replicate with that of the same random numbers.

    Parameters
    ----------
    result : ExperimentResult
        An experiment with all of them.
    of : str
        The scenario.
    against : sequence of str, optional
        Its rivals; by default all other scenarios.

    Returns
    -------
    DataFrame
        A row for each rival, measure and node: ``scenario, rival, measure, node``, ``difference``
        (mean of scenario minus rival), ``median, low, high, mc_error`` as in
        `ExperimentResult.effects`, ``higher`` (share of the replicates in which the scenario has
        the larger value, equal ones counting half; not a test) and ``replicates``.

    Raises
    ------
    InputError
        If a name is not a scenario of the experiment, or there is no rival.

    Examples
    --------
    >>> cities = ni.datasets.make_city_system(n_cities=12, n_enclaves=0, rng=1)
    >>> ends = "synthetic_city_12", "synthetic_city_01"
    >>> park, direct = ni.ReverseEnclave(*ends, 3, 0.5), ni.scenarios.DirectLinks(*ends, 3)
    >>> options = {"measures": {"efficiency": ni.connectivity.global_efficiency}, "replicates": 2}
    >>> result = ni.compare_scenarios(cities, scenarios={"park": park, "links": direct}, **options)
    >>> contrasts(result, of="park")[["scenario", "rival", "measure"]].values.tolist()
    [['park', 'links', 'efficiency']]
    """
    columns, values = statistics.columns_and_values(result.replicates)
    check_names("of", [of], list(values), of="the experiment")
    if against is None:
        rivals = [name for name in result._scenarios() if name != of]
    else:
        named = [against] if isinstance(against, str) else against
        rivals = check_names("against", named, list(values), of="the experiment")
    if not rivals or of in rivals:
        raise InputError(f"`against` must name rivals of {of!r}; the experiment has {[*values]}.")
    parts = []
    for rival in dict.fromkeys(rivals):
        change = statistics.changes(values[rival], values[of])
        part = statistics.placement_statistics(values[rival], values[of], change)
        table = pd.DataFrame({"scenario": of, "rival": rival, **columns, **part})
        parts.append(table[_OF_CONTRASTS])
    table = pd.concat(parts).sort_values("measure", kind="stable", ignore_index=True)
    return table.astype({"measure": "str"})
