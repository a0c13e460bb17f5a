"""Effects at several doses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import isotonic_regression

from netinnov._runtime.display import Displayed
from netinnov._typing import Floats
from netinnov.experiments._experiment_result import ExperimentResult


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

    def _tables(self) -> str:
        return self.result._tables()

    def to_frame(self) -> pd.DataFrame:
        """Give the effects with their dose.

        Returns
        -------
        DataFrame
            As `ExperimentResult.effects`, with ``dose`` in front of the other columns, and
            ``monotone``: the non-decreasing curve that is nearest to the differences of a measure
            and node by least squares (isotonic regression), or the non-increasing one where that
            is nearer. It does not describe an effect that rises and then falls.
        """
        effects = self.result.effects(full=True)
        effects.insert(0, "dose", effects["scenario"].map(self.doses["dose"]))
        effects["monotone"] = np.nan
        for _, rows in effects.groupby(["measure", "node"], observed=True, dropna=False):
            defined = rows.dropna(subset="difference").sort_values("dose")
            if len(defined):
                fit = _monotone(defined["difference"].to_numpy(np.float64))
                effects.loc[defined.index, "monotone"] = fit
        return effects


def _monotone(values: Floats) -> Floats:
    """The nearer of the non-decreasing and the non-increasing fit."""
    curves: list[Floats] = [isotonic_regression(values, increasing=up).x for up in (True, False)]
    return min(curves, key=lambda curve: ((curve - values) ** 2).sum())
