"""The result of an experiment: all measured values, their statistics, and contrasts."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from netinnov._runtime.arguments import check_names
from netinnov._runtime.atomic import make_folder, write_bytes, write_csv
from netinnov._runtime.display import ROWS, Displayed, short, table
from netinnov.errors import InputError
from netinnov.experiments import _effect_statistics as statistics
from netinnov.experiments._effect_statistics import BASELINE
from netinnov.null_models._null_statistics import Correction, corrected

_KEYS = ["scenario", "measure", "node"]
# The statistics that are read first
_FIRST = [
    *("baseline", "difference", "percent", "median", "low", "high"),
    *("mc_error", "placebo_p", "corrected_p", "why_no_p"),
]
_OF_CONTRASTS = [
    *("scenario", "rival", "measure", "node", "difference", "median", "low", "high"),
    *("mc_error", "higher", "replicates"),
]


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class ExperimentResult(Displayed):
    """All measured values of an experiment, and their statistics.

    Attributes
    ----------
    replicates : DataFrame
        One row a value: ``scenario`` (placebos and ``"baseline"`` too), ``replicate`` (from 0),
        ``measure``, ``node`` (missing if the measure is one number) and ``value``, in the order of
        scenario, measure, replicate and node. Names are categories.
    placebos : mapping of str to str
        The name of each scenario's placebo.
    sites : mapping of str to sequence of str
        For each placebo what it was in each replicate, such as the park at another host; empty
        text where a function gave a network.
    refused : mapping of (str, str) to str
        Why there is no p-value for a scenario and a measure.
    resamples : DataFrame, optional
        As `replicates`, with a column ``resample``, its number. None: no data were resampled.
    """

    replicates: pd.DataFrame
    placebos: Mapping[str, str] = field(default_factory=dict)
    sites: Mapping[str, Sequence[str]] = field(default_factory=dict)
    refused: Mapping[tuple[str, str], str] = field(default_factory=dict)
    resamples: pd.DataFrame | None = None

    def _scenarios(self) -> list[str]:
        others = {BASELINE, *self.placebos.values()}
        names = self.replicates["scenario"].unique()
        return [str(name) for name in names if name not in others]

    def _facts(self) -> dict[str, Any]:
        return {
            "scenarios": self._scenarios(),
            "measures": [str(name) for name in self.replicates["measure"].unique()],
            "replicates": self.replicates["replicate"].nunique(),
            "placebos": len(self.placebos),
            "resamples": 0 if self.resamples is None else self.resamples["resample"].nunique(),
        }

    def _shown_rows(self) -> str:
        columns = [*_KEYS, "difference", "low", "high"]
        rows = self.effects()[columns][:ROWS].itertuples(index=False)
        return table([tuple(map(short, row)) for row in rows], columns)

    def effects(self, *, correction: Correction = "holm", full: bool = False) -> pd.DataFrame:
        """Compare each scenario with the baseline, and with its placebos.

        Parameters
        ----------
        correction : {"holm", "fdr"}
            How p-values are corrected over the table: as in `null_models.NullComparison.corrected`.
        full : bool
            Give all columns and not only ``scenario, measure, node, baseline, difference,
            percent, median, low, high, mc_error, placebo_p, corrected_p, why_no_p``.

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
            - ``resamples``: number of resamples in which the effect is defined,
            - ``placebo_median``, ``placebo_low``, ``placebo_high``: median, 2.5 and 97.5 % of the
              differences of the placebos from the baseline, with its placement variance,
            - ``placebo_n``, ``placebo_placements``: number of placebos, and of placements of each
              that are ranked; ``ranked``: the real effect over as many placements,
            - ``placebo_p``: two-sided rank of ``ranked`` among the placebos: twice the smaller
              tail, each (k + 1) / (n + 1), at most 1 (Davison and Hinkley 1997); ``corrected_p``;
              ``why_no_p``: reason for a missing one.

            NaN where a value is undefined in all replicates; others leave undefined ones out. A
            difference of less than 1e-12 of the values is rounding and counts as 0.

        Notes
        -----
        There is no p-value against the baseline: replicates are draws of placements, not
        observations. Nor is there one for a measure of netinnov that new links can move one way
        only, where scenario and placebo do not add as many links or weight; nor on a modelled
        layer: it would test the model.

        *What is tested* is whether the place is special among those that could have been chosen.
        Of a placebo that is a scenario (`scenarios.MatchedPlacebo`, or a function that gives one)
        the rank is among places, of means of as many placements of the real place as of each
        placebo, with no random number in two of them: p is uniform on its steps if nothing is
        special. Of K places, taken in turn, R replicates rank R // (K + 1) placements each, and the
        least p is 2 / (K + 1), or 2 / R with fewer replicates. Of a function that gives a network
        (`scenarios.RandomEnds` too) each replicate is a placebo of its own; as ``difference`` is a
        mean and they are not, p errs on the high side. The band is shrunk towards the median, to
        the variance over places plus the placement variance of ``difference``.
        """
        # All measures are columns of one array, which is much faster.
        columns, values = statistics.columns_and_values(self.replicates)
        columns, before = columns.astype({"measure": "str"}), values[BASELINE]
        in_data = {} if self.resamples is None else statistics.columns_and_values(self.resamples)[1]
        tables = []
        for scenario in self._scenarios():
            after, name = values[scenario], self.placebos.get(scenario)
            change = statistics.changes(before, after)
            placebo = None if name is None else statistics.changes(before, values[name])
            again = statistics.changes(in_data[BASELINE], in_data[scenario]) if in_data else None
            untested = "" if name else "no placebo"
            reasons = [self.refused.get((scenario, each), untested) for each in columns["measure"]]
            labels, size = self.sites.get(name or "", ()), statistics.size_of(before, after)
            table = {
                "scenario": scenario,
                **columns,
                **statistics.placement_statistics(before, after, change),
                **statistics.data_statistics(again, change),
                **statistics.placebo_statistics(change, placebo, labels, reasons, size),
            }
            tables.append(pd.DataFrame(table))
        effects: pd.DataFrame = pd.concat(tables, ignore_index=True)
        effects["corrected_p"] = corrected(effects["placebo_p"], correction)
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
            The files: ``effects`` and ``replicates``; and unless empty ``sites`` (what each placebo
            was in each replicate), ``refused`` (why there is no p-value) and ``resamples``.
        """
        out = make_folder(folder)
        numbered = {name: enumerate(sites) for name, sites in self.sites.items()}
        sites = [(name, *each) for name, sites in numbered.items() for each in sites if each[1]]
        refused = [(*pair, reason) for pair, reason in self.refused.items()]
        tables = {
            "effects": self.effects(full=True),
            "replicates": self.replicates,
            "sites": pd.DataFrame(sites, columns=["placebo", "replicate", "site"]),
            "refused": pd.DataFrame(refused, columns=["scenario", "measure", "reason"]),
            "resamples": self.resamples,
        }
        paths = []
        for name, each in tables.items():
            if each is not None and not each.empty:
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
        Its rivals; by default all other scenarios. Placebos have to be named.

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
        If a name is not a scenario of the experiment, there is no rival, or it is a placebo of
        volumes, one case a place, which has no pairs with random placements.

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
        one, other = len(values[of]), len(values[rival])
        if 1 < one != other > 1:
            msg = f"{of!r} has {one} placements and {rival!r} {other} cases, one a place; they "
            raise InputError(f"{msg}make no pairs: effects() compares a scenario with its placebo.")
        change = statistics.changes(values[rival], values[of])
        part = statistics.placement_statistics(values[rival], values[of], change)
        table = pd.DataFrame({"scenario": of, "rival": rival, **columns, **part})
        parts.append(table[_OF_CONTRASTS])
    table = pd.concat(parts).sort_values("measure", kind="stable", ignore_index=True)
    return table.astype({"measure": "str"})
