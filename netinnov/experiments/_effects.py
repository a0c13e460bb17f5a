"""What an experiment gives: all measured values, and the statistics that follow from them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from netinnov._statistics import Correction, corrected, two_sided
from netinnov._typing import Floats
from netinnov.experiments._replicates import BASELINE

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
    """

    replicates: pd.DataFrame
    placebos: Mapping[str, str] = field(default_factory=dict)
    sites: Mapping[str, Sequence[str]] = field(default_factory=dict)
    refused: Mapping[tuple[str, str], str] = field(default_factory=dict)

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
            - ``standardised``: ``difference`` / sd of the differences; NaN if that is 0,
            - ``same_sign``: share of the replicates whose difference has the sign of the median,
            - ``replicates``: differences that are defined. 1 if nothing is random,
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

        *What is tested* is whether the place is special among those that could have been chosen.
        Where a placebo is a scenario (`scenarios.MatchedPlacebo`, or a function that gives one),
        the replicates of the same one are averaged, as those of the real one are, and the rank is
        among these places: with five of them p is never below 1/3, however many replicates.
        Where it is a function that gives a network, each replicate is a placebo of its own; as
        ``difference`` is a mean over placements and they are not, p errs on the high side.

        References
        ----------
        Davison and Hinkley (1997), Bootstrap methods and their application.
        """
        groups = self.replicates.groupby(["scenario", "measure"], observed=True, sort=False)
        blocks = {(str(scenario), str(measure)): rows for (scenario, measure), rows in groups}
        against = set(self.placebos.values())
        tables = []
        for (scenario, measure), rows in blocks.items():
            if scenario == BASELINE or scenario in against:
                continue
            before = _by_replicate(blocks[BASELINE, measure])
            change = _change(before, _by_replicate(rows))
            placebo, named = None, False
            if (name := self.placebos.get(scenario)) is not None:
                draws = _change(before, _by_replicate(blocks[name, measure]))
                named = any(self.sites.get(name, ()))
                placebo = _averaged(draws, self.sites[name]) if named else draws
            reason = self.refused.get((scenario, measure), "" if name else "no placebo")
            table = _statistics(before, _by_replicate(rows), change)
            table = table.join(_ranked(table["difference"], placebo, reason, named=named))
            table.insert(0, "scenario", scenario)
            table.insert(1, "measure", measure)
            table.insert(2, "node", rows["node"].array[: len(table)])
            tables.append(table)
        table = pd.concat(tables, ignore_index=True)
        values = corrected(table["placebo_p"], correction)
        table.insert(table.columns.get_loc("why_no_p"), "corrected_p", values)  # type: ignore[arg-type]
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
        return pd.Series([_sentence(row) for row in rows], name="sentence", dtype="str")

    def write(self, folder: str | os.PathLike[str]) -> list[Path]:
        """Write ``replicates`` and ``effects``, each as CSV and as Parquet.

        Parameters
        ----------
        folder : path
            Is made if it is not there; files of the same names are replaced.

        Returns
        -------
        list of Path
            The four files.
        """
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        paths = []
        for name, table in (("effects", self.effects()), ("replicates", self.replicates)):
            paths += [folder / f"{name}.csv", folder / f"{name}.parquet"]
            table.to_csv(paths[-2], index=False)
            table.to_parquet(paths[-1], index=False)
        return paths


def _by_replicate(rows: pd.DataFrame) -> Floats:
    """Give the values of one scenario and measure as a table replicate x node."""
    return rows["value"].to_numpy(np.float64).reshape(rows["replicate"].nunique(), -1)


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


def _sentence(row: Mapping[Any, Any]) -> str:
    where = "" if pd.isna(row["node"]) else f" of {row['node']}"
    text = f"{row['scenario']}: {row['measure']}{where}"
    if pd.isna(row["difference"]):
        return f"{text} is not defined before or after."
    change = row["difference"]
    if row["low"] == row["high"] == 0:
        text += f" stays at {row['baseline']:.4g}"
    else:
        verb = "rises" if change > 0 else "falls" if change < 0 else "keeps its mean"
        text += f" {verb} by {abs(change):.3g} from {row['baseline']:.4g}"
        if row["replicates"] > 1:
            text += (
                f" (Monte Carlo error {row['mc_error']:.1g}; 95 % of {row['replicates']} "
                f"placements from {row['low']:+.3g} to {row['high']:+.3g}, {row['same_sign']:.0%} "
                "with the sign of the median)"
            )
    if not pd.isna(row["why_no_p"]):
        return f"{text}. No test: {row['why_no_p']}."
    return (
        f"{text}. Among {row['placebo_n']} placebos, 95 % of which change it by "
        f"{row['placebo_low']:+.3g} to {row['placebo_high']:+.3g}, it has p = "
        f"{row['placebo_p']:.2g} ({row['corrected_p']:.2g} corrected)."
    )
