"""The observed value of a measure against its distribution, p-values and their corrections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from netinnov._runtime.arguments import check_choice
from netinnov._runtime.display import Displayed, short, table
from netinnov._typing import Floats

Value: TypeAlias = float | pd.Series
Correction = Literal["holm", "fdr"]

CONSTANT = 1e-9  # relative spread of random draws up to which they differ by rounding only

_NUMBERS = ("observed", "mean", "sd", "z", "p", "low", "high")

ENDS = (0.025, 0.975)  # quantiles of the replicates at the ends of the interval


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class NullComparison(Displayed):
    """The observed value of a measure compared with its distribution under a null model.

    Attributes
    ----------
    observed, mean, sd, z, p, low, high : float or Series
        The value of the network; mean and standard deviation (n - 1) over the replicates; z =
        (observed - mean) / sd, NaN where sd is 0 up to a relative 1e-9; two-sided p; the interval
        from 2.5 to 97.5 % of the replicates. Where replicates are infinite the mean is infinite
        (NaN if of both signs), sd and z are NaN, and low and high are the nearest replicates.
    draws : Series or DataFrame
        The values of the replicates: a row each; a column a node.
    moved : float
        Mean share of the links of a replicate that are not in the network (same pair; for null
        models that draw weights, and for functions, same weight too), over the layers that are
        drawn, without self-links; NaN without links. Under `Relocate`: mean share of the nodes that
        may move whose place differs.
    """

    observed: Any
    mean: Any
    sd: Any
    z: Any
    p: Any
    low: Any
    high: Any
    draws: Any
    moved: float

    def _facts(self) -> dict[str, Any]:
        if isinstance(self.observed, pd.Series):
            small = int((self.corrected() < 0.05).sum())
            numbers = {"values": len(self.observed), "corrected_p_below_0.05": small}
        else:
            numbers = {name: getattr(self, name) for name in _NUMBERS}
        return {**numbers, "replicates": len(self.draws), "moved": self.moved}

    def _shown_rows(self) -> str:
        if not isinstance(self.observed, pd.Series):
            return ""
        largest = self.z.abs().nlargest(5).index
        rows = self.to_frame().loc[largest, ["observed", "mean", "z", "p"]]
        return table(
            [(short(name), *map(short, row)) for name, *row in rows.itertuples()],
            ["largest |z|", *rows.columns],
        )

    def corrected(self, correction: Correction = "fdr") -> Any:
        """P-values corrected for the number of nodes.

        Parameters
        ----------
        correction : {"fdr", "holm"}
            Benjamini and Hochberg's false discovery rate, or Holm's family-wise error.

        Returns
        -------
        float or Series
            As `p`; one number needs no correction.
        """
        values = corrected(np.atleast_1d(self.p), correction)
        if isinstance(self.p, pd.Series):
            return pd.Series(values, self.p.index, name="p_corrected")
        return float(values[0])

    def to_frame(self) -> pd.DataFrame:
        """Table of observed, mean, sd, z, p, low and high.

        Returns
        -------
        DataFrame
            One row a node, or a single row.
        """
        columns = {name: getattr(self, name) for name in _NUMBERS}
        return pd.DataFrame(columns, None if isinstance(self.observed, pd.Series) else [0])


def compared(observed: Value, draws: Floats, moved: float) -> NullComparison:
    value = np.atleast_1d(np.asarray(observed, np.float64))
    table = pd.DataFrame(draws.reshape(len(draws), value.size))
    with np.errstate(invalid="ignore"):
        mean, sd = (np.array(each, np.float64) for each in (table.mean(), table.std()))
        low, high = table.quantile(ENDS).to_numpy(np.float64, copy=True)
    # Between infinite values nothing can be interpolated.
    infinite = np.isinf(table.to_numpy()).any(axis=0)
    low[infinite], high[infinite] = (
        table.loc[:, infinite].quantile(ENDS, interpolation="nearest").to_numpy()
    )
    # Draws that differ by rounding only have no spread.
    sd[sd <= CONSTANT * np.abs(mean)] = 0.0
    p = two_sided(value, table)
    with np.errstate(invalid="ignore"):
        difference = value - mean
        p[(sd == 0) & (np.abs(difference) <= CONSTANT * np.abs(mean))] = 1.0
    z = np.divide(difference, sd, out=np.full(value.size, np.nan), where=sd > 0)
    columns = {"mean": mean, "sd": sd, "z": z, "p": p, "low": low, "high": high}
    replicate = pd.RangeIndex(len(draws), name="replicate")
    if isinstance(observed, pd.Series):
        index = observed.index
        series = {name: pd.Series(column, index, name=name) for name, column in columns.items()}
        frame = pd.DataFrame(draws, replicate, index)
        return NullComparison(observed, **series, draws=frame, moved=moved)
    numbers = {name: float(column[0]) for name, column in columns.items()}
    values = pd.Series(draws, replicate, name="value")
    return NullComparison(observed, **numbers, draws=values, moved=moved)


def corrected(p: npt.ArrayLike, correction: Correction, *, size: int | None = None) -> Floats:
    """P-values corrected for the number of tests (``size``; the others have p = 1); NaN stays.

    Holm (1979): the chance of any false rejection. Benjamini and Hochberg (1995): the expected
    share of false ones among the rejections.
    """
    check_choice("correction", correction, Correction)
    values = np.asarray(p, np.float64)
    result = np.full(values.shape, np.nan)
    tested = np.flatnonzero(~np.isnan(values))
    n = tested.size if size is None else size
    order = tested[np.argsort(values[tested], kind="stable")]
    rank = np.arange(order.size)
    if correction == "holm":
        adjusted = np.maximum.accumulate((n - rank) * values[order])
    else:
        # The tests left out have p = 1, so they bind nothing but by their number.
        scaled = n / (rank + 1) * values[order]
        adjusted = np.minimum.accumulate(scaled[::-1])[::-1]
    result[order] = np.minimum(adjusted, 1.0)
    return result


def two_sided(observed: npt.ArrayLike, draws: npt.ArrayLike, size: npt.ArrayLike = 0.0) -> Any:
    """Twice the smaller tail, each (k + 1) / (n + 1), at most 1; draws along the first axis.

    Ties up to a relative 1e-12 (of ``size``, if that is larger) count in both tails.
    """
    value = np.asarray(observed, np.float64)
    null = np.asarray(draws, np.float64)
    count = (~np.isnan(null)).sum(axis=0)
    with np.errstate(invalid="ignore"):
        margin = 1e-12 * np.maximum(np.maximum(np.abs(value), np.abs(null)), size)
        margin = np.where(np.isfinite(margin), margin, 0.0)
        low = (null <= value + margin).sum(axis=0)
        high = (null >= value - margin).sum(axis=0)
    p = np.minimum(1.0, 2 * (np.minimum(low, high) + 1) / (count + 1))
    return np.where(np.isnan(value) | (count == 0), np.nan, p)
