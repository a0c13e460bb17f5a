"""The result of an experiment: all measured values, and their statistics."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import stdtrit

from netinnov._arguments import check_flag
from netinnov._atomic import write_bytes
from netinnov._display import Displayed
from netinnov._statistics import Correction, corrected
from netinnov._typing import Floats
from netinnov.experiments._effect_statistics import (
    by_replicate,
    changes,
    data_statistics,
    placebo_statistics,
    size_of,
    spread_of,
)
from netinnov.experiments._replicates import BASELINE
from netinnov.experiments._result_tables import (
    decomposition_table,
    effects_html,
    sentence,
    sites_table,
)

COLUMNS = [
    *("scenario", "measure", "node", "baseline", "difference", "relative", "low", "high"),
    *("mc_error", "placebo_p", "corrected_p", "why_no_p"),
]
"""Of the table of effects, those that are read first."""


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class ExperimentResult(Displayed):
    """All measured values of an experiment, and their statistics.

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
        Values in resampled data: as `replicates`, with a column ``resample``, the number of the
        resample. None: no data were resampled.
    baselines : mapping of str to str
        The name of the baseline of those scenarios that have one of their own.
    beyond : mapping of str to str
        The values in which the real place of a scenario lies beyond all its placebos: see
        `scenarios.MatchedPlacebo.beyond`.
    """

    replicates: pd.DataFrame
    placebos: Mapping[str, str] = field(default_factory=dict)
    sites: Mapping[str, Sequence[str]] = field(default_factory=dict)
    refused: Mapping[tuple[str, str], str] = field(default_factory=dict)
    resamples: pd.DataFrame | None = None
    baselines: Mapping[str, str] = field(default_factory=dict)
    beyond: Mapping[str, str] = field(default_factory=dict)

    def _facts(self) -> dict[str, Any]:
        names = self.replicates["scenario"].drop_duplicates().astype(str)
        others = {BASELINE, *self.placebos.values(), *self.baselines.values()}
        return {
            "scenarios": [name for name in names if name not in others],
            "measures": [str(name) for name in self.replicates["measure"].drop_duplicates()],
            "replicates": self.replicates["replicate"].nunique(),
            "placebos": len(self.placebos),
            "resamples": 0 if self.resamples is None else self.resamples["resample"].nunique(),
        }

    def _pictures(self) -> str:
        return effects_html(self.effects())

    def effects(self, *, correction: Correction = "holm", full: bool = False) -> pd.DataFrame:
        """Compare each scenario with the baseline, and with its placebos.

        Parameters
        ----------
        correction : {"holm", "fdr"}
            How p-values are corrected over the family of all tests of the table: Holm's
            family-wise error, or Benjamini and Hochberg's false discovery rate.
        full : bool
            Give all columns. By default twelve: ``scenario, measure, node, baseline, difference,
            relative, low, high, mc_error, placebo_p, corrected_p, why_no_p``.

        Returns
        -------
        DataFrame
            One row for each scenario, measure and node. All columns are

            - ``baseline``, ``mean``: mean value in the baseline and in the scenario,
            - ``difference``: mean over replicates of scenario minus baseline,
            - ``relative``: ``difference`` in per cent of ``baseline``; NaN if that is 0,
            - ``median``, ``low``, ``high``: median, 2.5 and 97.5 % of these differences: how much
              depends on the placement of the links. Not a confidence interval,
            - ``mc_error``, ``mc_low``, ``mc_high``: standard error of ``difference``, sd /
              sqrt(replicates), and its 95 % confidence interval (Student's t), which narrows with
              more replicates,
            - ``spread``: sd of the differences over placements; 0 if only rounding,
            - ``standardised``: ``difference`` / ``spread``; NaN if that is 0,
            - ``same_sign``: share of the replicates whose difference has the sign of the median;
              NaN where that is 0,
            - ``replicates``: number of defined differences. 1 if nothing is random,
            - ``data_error``: sd of the mean effect over resamples of the data: data uncertainty. 0
              where its estimate is negative, NaN without `resample`,
            - ``data_error_high``: its upper limit (97.5 %): with few resamples, or placements that
              differ much between them, the estimate is imprecise, and a ``data_error`` of 0 does
              not mean certainty,
            - ``data_low``, ``data_high``: ``difference`` plus the 2.5 and 97.5 % quantiles of the
              deviations of this effect in resampled data from its mean over them,
            - ``data_shift``: that mean less the effect in the data as observed, at the same
              placements. If it is not small, resampling changes the data systematically (links are
              lost), and the interval is less reliable,
            - ``data_share``: share of data in the variance of an effect at one placement in one
              resample; the rest is due to placements,
            - ``resamples``: number of resamples in which the effect is defined, which are used,
            - ``placebo_median``, ``placebo_low``, ``placebo_high``: median, 2.5 and 97.5 % of the
              differences of the placebos from the baseline, with the same placement variance as
              ``difference``,
            - ``placebo_n``: number of placebos,
            - ``placebo_placements``: number of placements of each that are ranked,
            - ``ranked``: the real effect over as many placements,
            - ``placebo_p``: two-sided rank of ``ranked`` among the placebos: twice the smaller
              tail, each (k + 1) / (n + 1), at most 1,
            - ``corrected_p``: the same, corrected over all tests of the table,
            - ``beyond``: the matched numbers in which the real place lies beyond all its placebos,
              such as a host larger than any: then p reflects this gap as much as the place;
              else missing,
            - ``why_no_p``: reason for a missing p; else missing.

            NaN where a value is undefined in all replicates; others leave undefined ones out. A
            difference of less than 1e-12 of the values is rounding and counts as 0.

        Notes
        -----
        There are no p-values against the baseline, on purpose. Against no change a measure that
        cannot fall when links are added (efficiency, strength) would be "significant" by
        construction, and more replicates would make any p as small as one likes: replicates are
        draws of placements, not observations. A test needs alternatives that could have
        done as well, such as a placebo host. There is none on a modelled layer either: it would
        test the model.

        *Three errors* are reported separately. Monte Carlo error vanishes with more replicates. The
        spread over placements does not: the same policy has different effects at different
        placements. Nor does data uncertainty: how much the effect depends on the sample of flows
        or events. Its variance is that of the means of resamples, less the part due to their
        placements (random effects of resamples and of placements, which may be in several
        resamples); the effects of the same placements in the observed data serve as a control
        variate. With 100 resamples the relative error of its root is at least 7 %.

        With few replicates of a skewed effect ``mc_low`` to ``mc_high`` covers less than 95 %.

        *What is tested* is whether the place is special among those that could have been chosen.
        Where a placebo is a scenario (`scenarios.MatchedPlacebo`, or a function that gives one),
        the replicates of the same one are averaged, and the rank is among these places: with five
        of them p is never below 1/3, however many replicates. A mean over many placements varies
        less than one over few, and would be in the middle of the others too often. So the
        ranks compare as many placements of the real place as of each placebo, with no random
        number in two of them. If nothing is special about the real place, all of these means are
        alike, each rank is as likely as another, and p is uniform on its steps. The rest of the
        placements of the real place cannot be used without losing that: they enter
        ``difference`` and its Monte Carlo error, which take all.

        The real place is one of those that could have been chosen only if it is like them. A core
        host that is larger than all its placebos (``beyond``) is not: match on what it shares with
        them, take a `caliper`, or read p as a comparison with smaller places.

        *How many replicates.* The places of a `scenarios.MatchedPlacebo` are taken in turn, so
        that R replicates rank R // (K + 1) placements of each of K places and of the real one,
        and the least p is 2 / (K + 1). With K + 1 replicates there is one of each; with fewer only
        R - 1 places are ranked, and the least p is 2 / R. More replicates give no smaller p, but
        more power, as the ranked means have less placement variance. A
        function that gives scenarios by chance gives some more often than others; of each as many
        placements are ranked as there are of the rarest.

        *The band.* The means of placebos differ by place and by placement; the placement variance
        is estimated within places. ``placebo_low`` and ``placebo_high`` are shrunk towards the
        median, to the variance over places plus the placement variance of ``difference``. With one
        placement of each place the two cannot be separated, and the band is not shrunk.

        Where a placebo is a function that gives a network (`scenarios.RandomEnds` too), each
        replicate is a placebo of its own; as ``difference`` is a mean over placements and they
        are not, p errs on the high side.

        References
        ----------
        Davison and Hinkley (1997), Bootstrap methods and their application. Searle, Casella and
        McCulloch (1992), Variance components.
        """
        check_flag("full", full)
        numbered = self.replicates.reset_index(drop=True)
        groups = numbered.groupby(["scenario", "measure"], observed=True, sort=False)
        blocks = {(str(scenario), str(measure)): rows for (scenario, measure), rows in groups}
        against = {BASELINE, *self.placebos.values(), *self.baselines.values()}
        drawn = {} if self.resamples is None else _by_set(self.resamples)
        alike: dict[tuple[object, ...], list[_Block]] = {}
        for (scenario, measure), rows in blocks.items():
            if scenario in against:
                continue
            start = self.baselines.get(scenario, BASELINE)
            before = by_replicate(blocks[start, measure])
            values = by_replicate(rows)
            change, size = changes(before, values), size_of(before, values)
            placebo = None
            if (name := self.placebos.get(scenario)) is not None:
                placebo = changes(before, by_replicate(blocks[name, measure]))
            reason = self.refused.get((scenario, measure), "" if name else "no placebo")
            named = rows.iloc[: size.size][["scenario", "measure", "node"]].assign(reason=reason)
            block = _Block(named, before, values, change, placebo, size)
            lengths = tuple(None if each is None else len(each) for each in block[1:5])
            # Measures of as many replicates are columns of one table, which is much faster.
            key = (scenario, *lengths, measure if drawn else "")
            alike.setdefault(key, []).append(block)
        tables = []
        for several in alike.values():
            block = _side_by_side(several)
            scenario = str(block.rows["scenario"].iloc[0])
            again, placed, number = None, block.change, None
            if drawn:
                measure = str(block.rows["measure"].iloc[0])
                start = self.baselines.get(scenario, BASELINE)
                first, other = drawn[start, measure], drawn[scenario, measure]
                again = changes(first.values, other.values)
                wider = max(first, other, key=lambda each: each.number.shape[1])
                number = wider.number
                placed = block.change[number if len(block.change) > 1 else np.zeros_like(number)]
            labels = self.sites.get(self.placebos.get(scenario, ""), ())
            reasons = block.rows.pop("reason").tolist()
            parts = [
                block.rows.astype({"scenario": "str", "measure": "str"}),
                _statistics(block.before, block.values, block.change, block.size),
                data_statistics(again, block.change, placed, number),
                placebo_statistics(block.change, block.placebo, labels, reasons, block.size),
            ]
            tables.append(pd.concat([part.set_axis(block.rows.index) for part in parts], axis=1))
        # In the order of the replicates.
        table = pd.concat(tables).sort_index().reset_index(drop=True)
        family = corrected(table["placebo_p"], correction)
        at = table.columns.tolist().index("why_no_p")
        far = table["scenario"].map(self.beyond).where(table["placebo_p"].notna())
        table.insert(at, "corrected_p", family)
        table.insert(at + 1, "beyond", far.astype("str").where(far.notna()))
        return table if full else table[COLUMNS]

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
        rows = self.effects(correction=correction, full=True).to_dict("records")
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
            Is made if it is not there; files of the same names are replaced, each when the new one
            is complete.
        decomposition : DataFrame or mapping of str to DataFrame, optional
            From `decompose`; several by the name of their scenario.

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
            "effects": self.effects(full=True),
            "replicates": self.replicates,
            "sites": sites_table(self.sites),
            "refused": pd.DataFrame(
                [(*pair, reason) for pair, reason in self.refused.items()],
                columns=["scenario", "measure", "reason"],
            ),
            "resamples": self.resamples,
            "decomposition": decomposition_table(decomposition),
        }
        from netinnov.io._csv_text import write_csv  # with all that io loads

        paths = []
        for name, table in tables.items():
            if table is None or not len(table):
                continue
            paths += [folder / f"{name}.csv", folder / f"{name}.parquet"]
            write_csv(table, paths[-2])
            write_bytes(paths[-1], table.to_parquet(index=False))
        return paths


class _Block(NamedTuple):
    """A scenario and measures: the names of nodes, and values, replicate x node."""

    rows: pd.DataFrame
    before: Floats
    values: Floats
    change: Floats
    placebo: Floats | None
    size: Floats


def _side_by_side(blocks: list[_Block]) -> _Block:
    """The blocks as one, with the nodes of one after those of another."""
    rows = pd.concat([block.rows for block in blocks])
    before, values, change = (
        np.hstack([block[k] for block in blocks])  # type: ignore[misc]
        for k in (1, 2, 3)
    )
    placebos = [block.placebo for block in blocks if block.placebo is not None]
    size = np.concatenate([block.size for block in blocks])
    placebo = np.hstack(placebos) if placebos else None
    return _Block(rows, before, values, change, placebo, size)


class _Sets(NamedTuple):
    """Values in resampled data, and the numbers of their placements."""

    values: Floats  # set of data x placement x node
    number: npt.NDArray[np.intp]  # set of data x placement


def _by_set(resamples: pd.DataFrame) -> dict[tuple[str, str], _Sets]:
    """Give the values in resampled data by scenario and measure."""
    groups = resamples.groupby(["scenario", "measure"], observed=True, sort=False)
    by_pair = {}
    for (scenario, measure), rows in groups:
        sets = rows["resample"].to_numpy()
        n = rows["replicate"].to_numpy()[sets == sets[0]]
        shape = (len(np.unique(sets)), len(np.unique(n)), -1)
        values = rows["value"].to_numpy(np.float64).reshape(shape)
        number = rows["replicate"].to_numpy(np.intp).reshape(shape)[:, :, 0]
        by_pair[str(scenario), str(measure)] = _Sets(values, number)
    return by_pair


def _statistics(
    baseline: Floats, values: Floats, differences: Floats, size: Floats
) -> pd.DataFrame:
    """Statistics over replicates (rows) for each node (column)."""
    change = pd.DataFrame(differences)
    n = change.count()
    spread = spread_of(change, size)
    mean = change.mean()
    quantiles = change.quantile([0.025, 0.5, 0.975])
    low, median, high = (quantiles.loc[q] for q in (0.025, 0.5, 0.975))
    start = pd.DataFrame(baseline).mean()
    error = spread / n.pow(0.5)
    # Half the width of the interval; no spread has none.
    half = error.mul(stdtrit(np.maximum(n - 1, 1), 0.975)).mask(spread == 0, 0.0)
    return pd.DataFrame(
        {
            "baseline": start,
            "mean": pd.DataFrame(values).mean(),
            "difference": mean,
            "relative": 100 * mean / start.abs().where(start != 0),
            "median": median,
            "low": low,
            "high": high,
            "mc_error": error,
            "mc_low": mean - half,
            "mc_high": mean + half,
            "spread": spread,
            "standardised": mean / spread.where(spread > 0),
            "same_sign": ((np.sign(change) == np.sign(median)).sum() / n).where(median != 0),
            "replicates": n,
        }
    )
