"""Effects at several doses: their table, the shapes they may have, and where they bend or peak."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, cast

import numpy as np
import pandas as pd

from netinnov._runtime.arguments import (
    as_whole,
    check_choice,
    check_confidence,
    check_rng,
    examples,
)
from netinnov._runtime.display import Displayed
from netinnov._typing import Floats, Rng
from netinnov.errors import InputError
from netinnov.experiments._dose_shapes import (
    CURVES,
    Shape,
    compared,
    fitted,
    means_of,
    monotone,
    quality,
)
from netinnov.experiments._effect_statistics import changes
from netinnov.experiments._experiment_result import ExperimentResult
from netinnov.experiments._replicates import BASELINE

Asked: TypeAlias = Literal[Shape, "best"]


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
        facts = self.result._facts()
        doses = self.doses["dose"]
        kept = {name: facts[name] for name in ("measures", "replicates")}
        return {"doses": len(doses), "from": doses.min(), "to": doses.max(), **kept}

    def _pictures(self) -> str:
        return self.result._pictures()

    def to_frame(self) -> pd.DataFrame:
        """Give the effects with their dose.

        Returns
        -------
        DataFrame
            As `ExperimentResult.effects`, with ``dose`` in front of the other columns, and
            ``monotone``: the non-decreasing curve that is nearest to the differences of a measure
            and node by least squares (isotonic regression), or the non-increasing one where that
            is nearer. Not for an effect that rises and falls: see ``"peak"`` of `fit`.
        """
        effects = self.result.effects(full=True)
        effects.insert(0, "dose", effects["scenario"].map(self.doses["dose"]))
        effects["monotone"] = np.nan
        for _, rows in effects.groupby(["measure", "node"], observed=True, dropna=False):
            defined = rows.dropna(subset="difference").sort_values("dose")
            if len(defined):
                fit = monotone(defined["difference"].to_numpy(np.float64))
                effects.loc[defined.index, "monotone"] = fit
        return effects

    def shapes(self, measure: str, *, node: str | None = None) -> pd.DataFrame:
        """Compare the shapes that a curve of dose and effect can have.

        Parameters
        ----------
        measure : str
            Which one.
        node : str, optional
            The node, if the measure has one value a node.

        Returns
        -------
        DataFrame
            Index ``shape``, the best first: ``error``, the sum of squares that is left of the mean
            differences at the doses; ``aicc``, Akaike's criterion for small samples; ``weight``,
            the shape's Akaike weight among those tried; ``r_squared``, ``lack_of_fit_p`` and
            ``poor`` as in `fit`. Curves that bend to a plateau are tried if no dose is below 0.

        Raises
        ------
        InputError
            The measure or node is not there, or fewer than six doses have a defined effect.

        Notes
        -----
        The best has the least criterion among the shapes that are not ``poor``; where all are, it
        is the one that leaves the least error. With few doses the criterion favours the straight
        line, which has one parameter less: ten or more tell shapes apart.

        References
        ----------
        Burnham and Anderson (2002), Model selection and multimodel inference.
        """
        dose, change = self._differences(measure, node, least=6)
        error, criterion = compared(means_of(change)[None, :], dose)
        table = pd.DataFrame(
            {name: [error[name][0], criterion[name][0]] for name in error}, ["error", "aicc"]
        ).T.rename_axis("shape")
        weight = np.exp((table["aicc"].min() - table["aicc"]) / 2)
        table["weight"] = weight / weight.sum()
        table = table.join(pd.DataFrame({name: quality(change, dose, name) for name in error}).T)
        order = ["poor", "aicc"] if (table["poor"] == 0).any() else ["error"]
        return table.sort_values(order, kind="stable")

    def fit(
        self,
        measure: str,
        *,
        node: str | None = None,
        shape: Asked = "saturation",
        confidence: float = 0.95,
        resamples: int = 1000,
        rng: Rng = None,
    ) -> pd.Series:
        """Fit where the effect begins, ends to grow, or is largest.

        Parameters
        ----------
        measure : str
            Which one.
        node : str, optional
            The node, if the measure has one value a node.
        shape : str
            ``"saturation"``, a straight line that becomes flat at a dose; ``"threshold"``, one that
            is flat up to it; ``"michaelis_menten"`` and ``"exponential"``, a curve that bends to a
            plateau, as dose / (half + dose) or as 1 - 2 ** (-dose / half); ``"peak"``, a parabola
            that turns at one of the doses or between them; ``"line"``; ``"best"``, the first of
            `shapes`.
        confidence : float
            Of the intervals, above 0 and below 1.
        resamples : int
            Bootstrap samples.
        rng : None, int, SeedSequence or Generator
            Source of the resampling.

        Returns
        -------
        Series
            Its name is the shape. ``break``, the dose at which the line bends or the parabola
            turns, or of a curve the dose ``half`` at half of the way from the effect at 0 to the
            plateau, with ``break_low`` and ``break_high``; ``slope`` of the part that is not flat,
            of a curve at dose 0, or of a parabola at the lowest dose, and ``plateau``, the
            difference on the flat part, or at the peak, each with its interval; ``gain``, the part
            of the squared error of a straight line that the bend takes away: near 0 there is none;
            ``at_edge``, the share of samples with the break at the least or largest dose that the
            data can tell (of a saturation the second and the last, of a threshold the first and the
            last but one, of a peak the first and the last, of a curve a hundredth and ten times the
            range of the doses); ``support``, the share of samples in which this shape is the best
            of those that are not ``poor`` for all replicates (see `shapes`), NaN for fewer than six
            doses. A straight line has neither break nor plateau: NaN.

            How well it fits: ``r_squared``, the part of the variation of the means over doses that
            the shape describes, NaN where they are all alike; ``lack_of_fit_p``, small where the
            means lie farther from the shape than Monte Carlo error explains, NaN where replicates
            are fewer than two or all alike; ``poor``, 1 where the shape describes less than 0.9 of
            the variation and p is below 0.05 or NaN, else 0. Where it is 1 even for ``"best"``,
            none of the shapes is that of the effect: give the means, and no slope or bend.

        Raises
        ------
        InputError
            The measure or node is not there, fewer than four doses have a defined effect (six for
            ``"best"``), or a dose below 0 with a curve that begins there.

        Notes
        -----
        Least squares over the means at the doses. Where only the lowest dose is below a saturation,
        or only the highest above a threshold, any break between it and the next dose fits as well:
        ``break`` is that next dose, ``slope`` the least steep one, and its interval holds both.

        The intervals are percentiles over samples of replicates with replacement, all doses
        together, for the shape as chosen. They hold Monte Carlo error only: where chance moves all
        doses alike, or none, the break has an interval without width.

        The test of lack of fit compares the squared residuals of the means with the variance of
        the replicates, by an F distribution whose degrees of freedom allow for random numbers that
        doses share (Box 1954). A peak at an end (``at_edge``) is no peak.

        References
        ----------
        Muggeo (2003), Estimating regression models with unknown break-points, Statistics in
        Medicine 22. Efron and Tibshirani (1993), An introduction to the bootstrap. Burnham and
        Anderson (2002), Model selection and multimodel inference.
        """
        rng = check_rng(rng)
        check_choice("shape", shape, Asked)
        check_confidence("confidence", confidence)
        resamples = as_whole("resamples", resamples, low=2)
        dose, change = self._differences(measure, node, least=6 if shape == "best" else 4)
        n = change.shape[1]
        draws = [np.arange(n), *rng.integers(n, size=(resamples, n))]
        means = np.stack([means_of(change[:, draw]) for draw in draws])
        means = means[np.isfinite(means).all(axis=1)]
        support = math.nan
        if len(dose) >= 6:
            error, criterion = compared(means, dose)
            fair = [each for each in error if not quality(change, dose, each)["poor"]]
            names = fair or list(error)
            by = criterion if fair else error
            best = np.argmin([by[each] for each in names], axis=0)
            if shape == "best":
                shape = names[best[0]]
            support = float((best[1:] == names.index(shape)).mean()) if shape in names else 0.0
        if shape in CURVES and dose[0] < 0:
            msg = f"the curve {shape!r} begins at dose 0; the lowest is {dose[0]:g}"
            raise InputError(f"{msg}. Count doses from 0, or take another shape.")
        fits = fitted(means, dose, cast(Shape, shape))
        estimates: dict[str, float] = {}
        for name, values, low, high in (
            ("break", fits.bend, fits.low, fits.high),
            ("slope", fits.slope, fits.slope, fits.slope),
            ("plateau", fits.plateau, fits.plateau, fits.plateau),
        ):
            estimates[name] = values[0]
            estimates[f"{name}_low"] = np.quantile(low[1:], (1 - confidence) / 2)
            estimates[f"{name}_high"] = np.quantile(high[1:], (1 + confidence) / 2)
        total, straight = ((means[0] - means[0].mean()) ** 2).sum(), fits.straight[0]
        bent = straight > 1e-12 * max(total, 1e-300)
        estimates["gain"] = 1 - fits.error[0] / straight if bent else 0.0
        estimates["at_edge"] = math.nan if shape == "line" else float(fits.at_edge[1:].mean())
        estimates["support"] = support
        return pd.Series(estimates | quality(change, dose, cast(Shape, shape)), name=shape)

    def _differences(self, measure: str, node: str | None, least: int) -> tuple[Floats, Floats]:
        table = self.result.replicates
        of_measure = table["measure"].eq(measure).to_numpy(bool)
        at = table["node"].isna() if node is None else table["node"].eq(node)
        rows = table[of_measure & at.to_numpy(bool, na_value=False)]
        if not len(rows):
            known = table["measure"].cat.categories.tolist()
            if measure not in known:
                raise InputError(f"there is no measure {measure!r}; measures are {known[:5]}.")
            nodes = table.loc[of_measure, "node"].dropna().unique()
            must = f"be one of {examples(nodes)}" if len(nodes) else "be None: it has one value"
            raise InputError(f"`node` of the measure {measure!r} must {must}; found {node!r}.")
        # What is not random was measured once, and counts in each sample.
        values = {
            str(scenario): each["value"].to_numpy(np.float64)
            for scenario, each in rows.groupby("scenario", observed=True)
        }
        ordered = self.doses.sort_values("dose")
        change = np.zeros((len(ordered), max(map(len, values.values()))))
        for row, name in enumerate(ordered.index):
            start = self.result.baselines.get(name, BASELINE)
            change[row] = changes(values[start], values[name])
        defined = np.isfinite(change).any(axis=1)
        if defined.sum() < least:
            needed = {4: "a bend needs four doses", 6: "to compare shapes needs six doses"}[least]
            raise InputError(f"{needed} with a defined effect; there are {defined.sum()}.")
        return ordered["dose"].to_numpy(np.float64)[defined], change[defined]
