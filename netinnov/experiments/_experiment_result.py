"""The result of an experiment: all measured values, and their statistics."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from netinnov._runtime.arguments import check_flag
from netinnov._runtime.atomic import write_bytes, write_csv
from netinnov._runtime.display import ROWS, Displayed, short, table
from netinnov._typing import Floats
from netinnov.experiments import _effect_statistics as statistics
from netinnov.experiments._replicates import BASELINE
from netinnov.null_models._null_statistics import Correction, corrected

# The columns of the table of effects that are read first
COLUMNS = [
    *("scenario", "measure", "node", "baseline", "difference", "percent"),
    *("median", "low", "high"),
    *("mc_error", "placebo_p", "corrected_p", "why_no_p"),
]


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class ExperimentResult(Displayed):
    """All measured values of an experiment, and their statistics.

    Attributes
    ----------
    replicates : DataFrame
        One row a value: ``scenario`` (the baseline's is ``"baseline"``), ``replicate`` (from 0),
        ``measure``, ``node`` (missing if the measure is one number) and ``value``. In the order of
        scenario, measure, replicate and node; names are categories; placebos are scenarios too.
    placebos : mapping of str to str
        The name of each scenario's placebo.
    sites : mapping of str to sequence of str
        For each placebo what it was in each replicate, such as the park at another host; empty
        text where a function gave a network.
    refused : mapping of (str, str) to str
        Why there is no p-value for a scenario and a measure.
    resamples : DataFrame, optional
        Values in resampled data: as `replicates`, with a column ``resample``, the number of the
        resample. None: no data were resampled.
    """

    replicates: pd.DataFrame
    placebos: Mapping[str, str] = field(default_factory=dict)
    sites: Mapping[str, Sequence[str]] = field(default_factory=dict)
    refused: Mapping[tuple[str, str], str] = field(default_factory=dict)
    resamples: pd.DataFrame | None = None

    def _facts(self) -> dict[str, Any]:
        names = self.replicates["scenario"].drop_duplicates().astype(str)
        others = {BASELINE, *self.placebos.values()}
        return {
            "scenarios": [name for name in names if name not in others],
            "measures": [str(name) for name in self.replicates["measure"].drop_duplicates()],
            "replicates": self.replicates["replicate"].nunique(),
            "placebos": len(self.placebos),
            "resamples": 0 if self.resamples is None else self.resamples["resample"].nunique(),
        }

    def _shown_rows(self) -> str:
        columns = ["scenario", "measure", "node", "difference", "low", "high"]
        rows = self.effects()[columns][:ROWS].itertuples(index=False)
        return table([tuple(map(short, row)) for row in rows], columns)

    def effects(self, *, correction: Correction = "holm", full: bool = False) -> pd.DataFrame:
        """Compare each scenario with the baseline, and with its placebos.

        Parameters
        ----------
        correction : {"holm", "fdr"}
            How p-values are corrected over the family of all tests of the table: Holm's
            family-wise error, or Benjamini and Hochberg's false discovery rate.
        full : bool
            Give all columns and not only ``scenario, measure, node, baseline, difference,
            percent, median, low, high, mc_error, placebo_p, corrected_p, why_no_p``.

        Returns
        -------
        DataFrame
            One row for each scenario, measure and node. All columns are

            - ``baseline``, ``mean``: mean value in the baseline and in the scenario,
            - ``difference``: mean over replicates of scenario minus baseline,
            - ``percent``: ``difference`` in per cent of ``baseline``; NaN if that is 0,
            - ``median``, ``low``, ``high``: median, 2.5 and 97.5 % of these differences: how much
              depends on the placement of the links. Not a confidence interval. The median is the
              headline of a change,
            - ``mc_error``, ``mc_low``, ``mc_high``: standard error of ``difference``, sd /
              sqrt(replicates), and its 95 % confidence interval (Student's t),
            - ``spread``: sd of the differences over placements; 0 if only rounding,
            - ``standardised``: ``difference`` / ``spread``; NaN if that is 0,
            - ``same_sign``: share of replicates with the sign of the median; NaN where that is 0,
            - ``replicates``: number of defined differences. 1 if nothing is random,
            - ``data_error``: sd of the mean effect over resamples of the data: data uncertainty. 0
              where its estimate is negative, NaN without `resample`,
            - ``data_low``, ``data_high``: ``difference`` plus the 2.5 and 97.5 % quantiles of the
              deviations of this effect in resampled data from its mean over them,
            - ``resamples``: number of resamples in which the effect is defined,
            - ``placebo_median``, ``placebo_low``, ``placebo_high``: median, 2.5 and 97.5 % of the
              differences of the placebos from the baseline, with its placement variance,
            - ``placebo_n``, ``placebo_placements``: number of placebos, and of placements of each
              that are ranked; ``ranked``: the real effect over as many placements,
            - ``placebo_p``: two-sided rank of ``ranked`` among the placebos: twice the smaller
              tail, each (k + 1) / (n + 1), at most 1; ``corrected_p``: corrected over the table,
            - ``why_no_p``: reason for a missing p.

            NaN where a value is undefined in all replicates; others leave undefined ones out. A
            difference of less than 1e-12 of the values is rounding and counts as 0.

        Notes
        -----
        There are no p-values against the baseline: a measure that cannot fall when links are added
        would be "significant" by construction, and replicates are draws of placements, not
        observations. So are measures of netinnov that new links can move one way only, where the
        scenario adds more links or weight than its placebo, or less. There is none on a modelled
        layer either: it would test the model.

        *Data uncertainty* is the variance of the means of resamples, less the part that interaction
        with placements has in it (two-way random effects).

        *What is tested* is whether the place is special among those that could have been chosen.
        Where a placebo is a scenario (`scenarios.MatchedPlacebo`, or a function that gives one),
        the replicates of the same one are averaged, and the rank is among these places. Ranks
        compare as many placements of the real place as of each placebo, with no random number in
        two of them, so that p is uniform on its steps if nothing is special about the real place.
        Of K places, taken in turn, R replicates rank R // (K + 1) placements each, and the least p
        is 2 / (K + 1); with fewer than K + 1 replicates it is 2 / R. Where a placebo is a function
        that gives a network (`scenarios.RandomEnds` too), each replicate is a placebo of its own;
        as ``difference`` is a mean and they are not, p errs on the high side. The band is shrunk
        towards the median, to the variance over places plus the placement variance of
        ``difference``.

        References
        ----------
        Davison and Hinkley (1997), Bootstrap methods and their application. Searle, Casella and
        McCulloch (1992), Variance components.
        """
        check_flag("full", full)
        rows_of = _by_scenario(self.replicates)
        drawn = {} if self.resamples is None else _by_scenario(self.resamples)
        tables = []
        others = {BASELINE, *self.placebos.values()}
        for scenario, rows in rows_of.items():
            if scenario in others:
                continue
            name = self.placebos.get(scenario)
            # All measures are columns of one table, which is much faster.
            before, values = _replicate_by_column(rows_of[BASELINE]), _replicate_by_column(rows)
            change = statistics.changes(before, values)
            size = statistics.size_of(before, values)
            placebo, again = None, None
            if name is not None:
                placebo = statistics.changes(before, _replicate_by_column(rows_of[name]))
            if drawn:
                again = statistics.changes(_by_set(drawn[BASELINE]), _by_set(drawn[scenario]))
            columns = rows[rows["replicate"] == rows["replicate"].iloc[0]]
            untested = "" if name else "no placebo"
            reasons = [self.refused.get((scenario, each), untested) for each in columns["measure"]]
            labels = self.sites.get(name or "", ())
            parts = [
                columns[["scenario", "measure", "node"]].astype(
                    {"scenario": "str", "measure": "str"}
                ),
                statistics.placement_statistics(before, values, change, size),
                statistics.data_statistics(again, change),
                statistics.placebo_statistics(change, placebo, labels, reasons, size),
            ]
            tables.append(pd.concat([part.reset_index(drop=True) for part in parts], axis=1))
        table: pd.DataFrame = pd.concat(tables, ignore_index=True)
        family = corrected(table["placebo_p"], correction)
        at = table.columns.tolist().index("why_no_p")
        table.insert(at, "corrected_p", family)
        return table if full else table[COLUMNS]

    def write(self, folder: str | os.PathLike[str]) -> list[Path]:
        """Write all tables, each as CSV and as Parquet.

        Parameters
        ----------
        folder : path
            Made if it is not there; a file is replaced when the new one is complete.

        Returns
        -------
        list of Path
            The files: ``effects`` and ``replicates``; and where there is something to say
            ``sites`` (what each placebo was in each replicate), ``refused`` (why there is no
            p-value) and ``resamples``.
        """
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        tables = {
            "effects": self.effects(full=True),
            "replicates": self.replicates,
            "sites": pd.DataFrame(
                [
                    (placebo, number, site)
                    for placebo, sites in self.sites.items()
                    for number, site in enumerate(sites)
                    if site
                ],
                columns=["placebo", "replicate", "site"],
            ),
            "refused": pd.DataFrame(
                [(*pair, reason) for pair, reason in self.refused.items()],
                columns=["scenario", "measure", "reason"],
            ),
            "resamples": self.resamples,
        }
        paths = []
        for name, each in tables.items():
            if each is None or each.empty:
                continue
            paths += [folder / f"{name}.csv", folder / f"{name}.parquet"]
            write_csv(each, paths[-2])
            write_bytes(paths[-1], each.to_parquet(index=False))
        return paths


def _by_scenario(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    groups = table.groupby("scenario", observed=True, sort=False)
    return {str(scenario): rows for scenario, rows in groups}


def _measures(rows: pd.DataFrame) -> list[pd.DataFrame]:
    return [part for _, part in rows.groupby("measure", observed=True, sort=False)]


def _replicate_by_column(rows: pd.DataFrame) -> Floats:
    return np.hstack([statistics.by_replicate(part) for part in _measures(rows)])


def _by_set(rows: pd.DataFrame) -> Floats:
    """Values, set of data x placement x node of each measure."""
    shape = (rows["resample"].nunique(), rows["replicate"].nunique(), -1)
    parts = [part["value"].to_numpy(np.float64).reshape(shape) for part in _measures(rows)]
    return np.concatenate(parts, axis=2)
