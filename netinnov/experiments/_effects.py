"""What an experiment gives: all measured values, and the statistics that follow from them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from netinnov._statistics import Correction, corrected, two_sided
from netinnov._typing import Floats
from netinnov.experiments._replicates import BASELINE
from netinnov.experiments._tables import decomposition_table, sentence, sites_table
from netinnov.experiments._uncertainty import data_statistics

__all__ = ["ExperimentResult"]


@dataclass(frozen=True, eq=False, slots=True)
class ExperimentResult:
    """All measured values of an experiment, and the statistics that follow from them.

    Attributes
    ----------
    replicates : DataFrame
        One row a value: ``scenario`` (the baseline's is ``"baseline"``), ``replicate`` (from 0),
        ``measure``, ``node`` (missing if the measure is one number) and ``value``. In the order of
        scenario, measure, replicate and node; names are categories, in the order given. Placebos
        are scenarios too.
    placebos : mapping of str to str
        The name of each scenario's placebo.
    sites : mapping of str to sequence of str
        For each placebo what it was in each replicate, such as the park at another host; empty
        text where a function gave a network.
    refused : mapping of (str, str) to str
        Why there is no p-value for a scenario and a measure.
    resamples : DataFrame, optional
        What was measured in data drawn again: as `replicates`, with a column ``resample``, the
        number of the set of data. None: no data were drawn.
    baselines : mapping of str to str
        The name of the baseline of those scenarios that have one of their own.
    """

    replicates: pd.DataFrame
    placebos: Mapping[str, str] = field(default_factory=dict)
    sites: Mapping[str, Sequence[str]] = field(default_factory=dict)
    refused: Mapping[tuple[str, str], str] = field(default_factory=dict)
    resamples: pd.DataFrame | None = None
    baselines: Mapping[str, str] = field(default_factory=dict)

    def effects(self, *, correction: Correction = "holm") -> pd.DataFrame:
        """Compare each scenario with the baseline, and with its placebos.

        Parameters
        ----------
        correction : {"holm", "fdr"}
            How p-values are corrected over the family of all tests of the table: Holm's
            family-wise error, or Benjamini and Hochberg's false discovery rate.

        Returns
        -------
        DataFrame
            One row for each scenario, measure and node, with columns

            - ``baseline``, ``mean``: mean value in the baseline and in the scenario,
            - ``difference``: mean over replicates of scenario minus baseline,
            - ``median``, ``low``, ``high``: median, 2.5 and 97.5 % of these differences: how much
              depends on where the links happen to be placed. No confidence interval,
            - ``mc_error``, ``mc_low``, ``mc_high``: standard error of ``difference``, sd /
              sqrt(replicates), and its 95 % confidence interval (Student's t): what more replicates
              would still change,
            - ``spread``: sd of the differences over placements,
            - ``standardised``: ``difference`` / ``spread``; NaN if that is 0,
            - ``same_sign``: share of the replicates whose difference has the sign of the median,
            - ``replicates``: differences that are defined. 1 if nothing is random,
            - ``data_error``: sd of the effect, as a mean over all placements, over data drawn
              again: data uncertainty. 0 where its estimate is negative, NaN without `resample`,
            - ``data_error_high``: its upper limit (97.5 %): with few sets, or placements that turn
              out differently in each, little is known of it, and a ``data_error`` of 0 is none of
              certainty,
            - ``data_low``, ``data_high``: ``difference`` and the 2.5 and 97.5 % of how far this
              effect deviates in data drawn again from its mean over them,
            - ``data_shift``: that mean less the effect in the data as observed, at the same
              placements. If it is not small, drawing changes the data in kind (links are lost),
              and the interval says less,
            - ``data_share``: part of data in the variance of an effect at one placement in one set
              of data; placements have the rest,
            - ``resamples``: sets of data in which the effect is defined,
            - ``placebo_median``, ``placebo_low``, ``placebo_high``: median, 2.5 and 97.5 % of the
              differences of the placebos from the baseline,
            - ``placebo_n``: how many placebos they are,
            - ``placebo_p``: two-sided rank of ``difference`` among the placebos: twice the smaller
              tail, each (k + 1) / (n + 1), at most 1,
            - ``corrected_p``: the same, corrected over all tests of the table,
            - ``why_no_p``: why there is none; else missing.

            NaN where a value is undefined in all replicates; others leave undefined ones out.

        Notes
        -----
        There are no p-values against the baseline, on purpose. Against no change a measure that
        cannot fall when links are added (efficiency, strength) would be "significant" by
        construction, and more replicates would make any p as small as one likes: replicates are
        draws of placements, not observations. A test needs rivals that could have done as well,
        such as a placebo host. Nor is there one on a modelled layer: it would repeat the model.

        *Three errors, apart.* Monte Carlo error goes away with more replicates. The spread over
        placements does not: it is how the same policy turns out here or there. Nor does data
        uncertainty: how far the finding hangs on the sample of flows or events. Its variance is
        that of the means of the sets of data, less what the luck of their placements has in it
        (random effects of sets and of placements, which may stand in several sets); luck that a
        placement also has in the data as observed is taken out before, as a control variate. From
        100 sets the root is known to 7 % or worse.

        *What is tested* is whether the place is special among those that could have been chosen.
        Where a placebo is a scenario (`scenarios.MatchedPlacebo`, or a function that gives one),
        the replicates of the same one are averaged, as those of the real one are, and the rank is
        among these places: with five of them p is never below 1/3, however many replicates. Those
        of a `scenarios.MatchedPlacebo` are taken in turn: as many replicates as places visit all.
        Where it is a function that gives a network, each replicate is a placebo of its own; as
        ``difference`` is a mean over placements and they are not, p errs on the high side.

        References
        ----------
        Davison and Hinkley (1997), Bootstrap methods and their application. Searle, Casella and
        McCulloch (1992), Variance components.
        """
        groups = self.replicates.groupby(["scenario", "measure"], observed=True, sort=False)
        blocks = {(str(scenario), str(measure)): rows for (scenario, measure), rows in groups}
        against = {BASELINE, *self.placebos.values(), *self.baselines.values()}
        drawn = {} if self.resamples is None else _by_set(self.resamples)
        tables = []
        for (scenario, measure), rows in blocks.items():
            if scenario in against:
                continue
            start = self.baselines.get(scenario, BASELINE)
            before = _by_replicate(blocks[start, measure])
            change = _change(before, _by_replicate(rows))
            placebo, named = None, False
            if (name := self.placebos.get(scenario)) is not None:
                draws = _change(before, _by_replicate(blocks[name, measure]))
                named = any(self.sites.get(name, ()))
                placebo = _averaged(draws, self.sites[name]) if named else draws
            reason = self.refused.get((scenario, measure), "" if name else "no placebo")
            again, placed, number = None, change, None
            if drawn:
                first, values = drawn[start, measure], drawn[scenario, measure]
                again = _change(first.values, values.values)
                wider = max(first, values, key=lambda each: each.number.shape[1])
                number = wider.number
                placed = change[number if len(change) > 1 else np.zeros_like(number)]
            table = _statistics(before, _by_replicate(rows), change)
            table = table.join(data_statistics(again, change, placed, number))
            table = table.join(_ranked(table["difference"], placebo, reason, named=named))
            table.insert(0, "scenario", scenario)
            table.insert(1, "measure", measure)
            table.insert(2, "node", rows["node"].array[: len(table)])
            tables.append(table)
        table = pd.concat(tables, ignore_index=True)
        family = corrected(table["placebo_p"], correction)
        table.insert(table.columns.get_loc("why_no_p"), "corrected_p", family)  # type: ignore[arg-type]
        return table

    def sentences(self, *, correction: Correction = "holm") -> pd.Series:
        """Say each effect in a plain sentence.

        Parameters
        ----------
        correction : {"holm", "fdr"}
            As in `effects`.

        Returns
        -------
        Series
            One text for each row of `effects`, in the same order.
        """
        rows = self.effects(correction=correction).to_dict("records")
        return pd.Series([sentence(row) for row in rows], name="sentence", dtype="str")

    def write(
        self,
        folder: str | os.PathLike[str],
        *,
        decomposition: pd.DataFrame | Mapping[str, pd.DataFrame] | None = None,
    ) -> list[Path]:
        """Write all tables, each as CSV and as Parquet.

        Parameters
        ----------
        folder : path
            Is made if it is not there; files of the same names are replaced.
        decomposition : DataFrame or mapping of str to DataFrame, optional
            Of `decompose`; several by the name of their scenario.

        Returns
        -------
        list of Path
            The files: ``effects`` and ``replicates``; and where there is something to say
            ``sites`` (what each placebo was in each replicate, and its home and host),
            ``refused`` (why there is no p-value), ``resamples`` and ``decomposition``.
        """
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        tables = {
            "effects": self.effects(),
            "replicates": self.replicates,
            "sites": sites_table(self.sites),
            "refused": pd.DataFrame(
                [(*which, reason) for which, reason in self.refused.items()],
                columns=["scenario", "measure", "reason"],
            ),
            "resamples": self.resamples,
            "decomposition": decomposition_table(decomposition),
        }
        paths = []
        for name, table in tables.items():
            if table is None or not len(table):
                continue
            paths += [folder / f"{name}.csv", folder / f"{name}.parquet"]
            table.to_csv(paths[-2], index=False)
            table.to_parquet(paths[-1], index=False)
        return paths


def _by_replicate(rows: pd.DataFrame) -> Floats:
    """Give the values of one scenario and measure as a table replicate x node."""
    return rows["value"].to_numpy(np.float64).reshape(rows["replicate"].nunique(), -1)


class _Sets(NamedTuple):
    """Values in data drawn again, and which placements they are of."""

    values: Floats  # set of data x placement x node
    number: npt.NDArray[np.intp]  # set of data x placement


def _by_set(resamples: pd.DataFrame) -> dict[tuple[str, str], _Sets]:
    """Give the values in data drawn again by scenario and measure."""
    groups = resamples.groupby(["scenario", "measure"], observed=True, sort=False)
    found = {}
    for (scenario, measure), rows in groups:
        sets = rows["resample"].to_numpy()
        n = rows["replicate"].to_numpy()[sets == sets[0]]
        shape = (len(np.unique(sets)), len(np.unique(n)), -1)
        values = rows["value"].to_numpy(np.float64).reshape(shape)
        number = rows["replicate"].to_numpy(np.intp).reshape(shape)[:, :, 0]
        found[str(scenario), str(measure)] = _Sets(values, number)
    return found


def _change(baseline: Floats, values: Floats) -> Floats:
    """Differences of replicates (rows) of nodes (columns); one row is set against all."""
    with np.errstate(invalid="ignore"):  # infinite in both: the difference is undefined
        return np.asarray(values - baseline, np.float64)


def _averaged(draws: Floats, labels: Sequence[str]) -> Floats:
    """Means over the replicates of the same placebo; those without a name stand for themselves."""
    keys = [label or str(at) for at, label in enumerate(labels[: len(draws)])]
    return pd.DataFrame(draws).groupby(keys, sort=False).mean().to_numpy(np.float64)


def _statistics(baseline: Floats, values: Floats, differences: Floats) -> pd.DataFrame:
    """Statistics over replicates (rows) for each node (column)."""
    change = pd.DataFrame(differences)
    n = change.count()
    spread = change.std().mask((n > 1) & (change.nunique() == 1), 0.0)
    mean, median = change.mean(), change.median()
    error = spread / n.pow(0.5)
    # Half the width of the interval; no spread has none.
    half = error.mul(stats.t.ppf(0.975, np.maximum(n - 1, 1))).mask(spread == 0, 0.0)
    return pd.DataFrame(
        {
            "baseline": pd.DataFrame(baseline).mean(),
            "mean": pd.DataFrame(values).mean(),
            "difference": mean,
            "median": median,
            "low": change.quantile(0.025),
            "high": change.quantile(0.975),
            "mc_error": error,
            "mc_low": mean - half,
            "mc_high": mean + half,
            "spread": spread,
            "standardised": mean / spread.where(spread > 0),
            "same_sign": (np.sign(change) == np.sign(median)).sum() / n,
            "replicates": n,
        }
    )


def _ranked(effect: pd.Series, placebo: Floats | None, reason: str, *, named: bool) -> pd.DataFrame:
    """Set the effects among those of the placebos."""
    draws = pd.DataFrame(np.full((1, len(effect)), np.nan) if placebo is None else placebo)
    n = draws.count().to_numpy()
    p = np.asarray(two_sided(effect, draws.to_numpy()), np.float64)
    why = np.full(len(effect), reason or pd.NA, object)
    if not reason:
        # Different placebos may have the same effect; of those without a name nobody knows.
        alone = np.where(named, n, draws.nunique()) < 2
        why[alone] = "the placebo is always the same: a rank needs several"
        why[effect.isna().to_numpy() | (n == 0)] = "undefined"
    return pd.DataFrame(
        {
            "placebo_median": draws.median(),
            "placebo_low": draws.quantile(0.025),
            "placebo_high": draws.quantile(0.975),
            "placebo_n": n,
            "placebo_p": np.where(pd.isna(why), p, np.nan),
            "why_no_p": pd.array(why, "str"),
        }
    )
