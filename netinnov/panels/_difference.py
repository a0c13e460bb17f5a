"""Ties of two places after an enclave opens between them, against all periods before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from netinnov._arguments import check_number
from netinnov._display import Displayed
from netinnov._significance import why_untested
from netinnov.network import MultilayerNetwork
from netinnov.panels._openings import NEVER, Pairs, Treatment, linked_pairs, treatment_of
from netinnov.panels._tie_effects import (
    Effects,
    Errors,
    Method,
    PairSample,
    TieEffect,
    contrasts,
    fit_cells,
)


@dataclass(frozen=True, eq=False, slots=True, repr=False)
class DifferenceInDifferences(Displayed):
    """Ties after the opening of an enclave compared with those before and of other pairs.

    Attributes
    ----------
    average : TieEffect
        Mean over all treated pairs and periods from the opening on.
    groups : DataFrame
        The same for each group and, as ``"a - b"``, for the difference of two: ``estimate,
        standard_error, low, high, p``.
    cells : DataFrame
        ``group, cohort, event_time, estimate, standard_error, n_treated``: the averaged cells.
    means : DataFrame
        Mean ties without a model, a row for each group and cohort: ``before`` and ``after`` the
        opening, ``others_before, others_after`` of pairs without an enclave, ``n_treated``, and
        ``change``, ``others_change``: the logarithm of after over before (NaN where one is 0).
        Without pairs that are never linked.
    confidence, method, effects : float, str, str
        As asked for.
    sample : PairSample
        Numbers of pairs used and left out.
    """

    average: TieEffect
    groups: pd.DataFrame
    cells: pd.DataFrame
    means: pd.DataFrame
    confidence: float
    method: Method
    effects: Effects
    sample: PairSample

    def to_frame(self) -> pd.DataFrame:
        """Give the average with its interval and the sample as one row.

        Returns
        -------
        DataFrame
        """
        return pd.DataFrame([{**asdict(self.average), **asdict(self.sample)}])


def difference_in_differences(
    network: MultilayerNetwork,
    *,
    layer: str,
    openings: pd.DataFrame,
    periods: Sequence[int] | None = None,
    by: str | None = None,
    method: Method = "cohorts",
    effects: Effects = "place_period",
    errors: Errors = "jackknife",
    confidence: float = 0.95,
) -> DifferenceInDifferences:
    """Compare the change of ties at the opening of enclaves with the change of other ties.

    Parameters
    ----------
    network : MultilayerNetwork
        A network of places whose links have periods, as `aggregate` makes it.
    layer : str
        The ties, weighted; weights need not be whole numbers.
    openings, periods, by
        As in `event_study`.
    method : {"cohorts", "two_way"}
        ``"cohorts"``: an effect for each cohort in each period from its opening on, then their
        mean weighted by pairs. ``"two_way"``: one effect for all, for comparison: it is biased if
        effects differ between cohorts or change with time.
    effects, errors, confidence
        As in `event_study`.

    Returns
    -------
    DifferenceInDifferences
        Effects are differences in the logarithm of the expected tie.

    Raises
    ------
    InputError, ImportError
        As `event_study`, which warns of the same, too.

    See Also
    --------
    event_study : Period by period, with the model, its assumptions and the references.

    Notes
    -----
    The model of `event_study` with all periods before the opening as the reference: more precise,
    and it assumes parallel trends in all of them. Pairs are controls until their enclave opens.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [("a", "b", 10, 2), ("a", "b", 40, 3), ("a", "c", 10, 2), ("a", "c", 20, 3)]
    >>> links = pd.DataFrame(rows, columns=["source", "target", "weight", "period"])
    >>> network = MultilayerNetwork(pd.DataFrame(index=list("abc")), links)
    >>> parks = pd.DataFrame({"home": ["a"], "host": ["b"], "opened": [3]})
    >>> did = difference_in_differences(network, layer="links", openings=parks, effects="period")
    >>> round(did.average.factor, 6)
    2.0
    """
    check_number("confidence", confidence, low=0.0, high=0.9999, above=True)
    pairs = linked_pairs(network, layer, periods, "difference_in_differences")
    why_untested(network, [layer])
    treatment = treatment_of(pairs, openings, network, by=by)
    fit = fit_cells(
        pairs,
        treatment,
        None,
        method=method,
        effects=effects,
        errors=errors,
        function="difference_in_differences",
    )
    average, groups = contrasts(fit, confidence=confidence)
    cells = fit.table
    if method == "two_way":
        cells = cells.assign(event_time=pd.Series(pd.NA, cells.index, dtype="Int64"))
    return DifferenceInDifferences(
        average=average,
        groups=groups,
        cells=cells,
        means=_means(pairs, treatment),
        confidence=float(confidence),
        method=method,
        effects=effects,
        sample=fit.sample,
    )


def _means(pairs: Pairs, treatment: Treatment) -> pd.DataFrame:
    """Mean ties before and after, of each group and cohort and of pairs without an enclave."""
    usable = (treatment.cohort >= 1) & ~treatment.undated
    treated = usable & (treatment.cohort != NEVER)
    others = pairs.weight[usable & ~treated].mean(axis=0)
    rows = []
    for group, start in np.unique(
        np.stack([treatment.group, treatment.cohort])[:, treated].T, axis=0
    ):
        own = treated & (treatment.group == group) & (treatment.cohort == start)
        tie = pairs.weight[own].mean(axis=0)
        ties = [part.mean() for series in (tie, others) for part in np.split(series, [start])]
        rows.append((treatment.groups[group], pairs.periods[start], int(own.sum()), *ties))
    columns = ["group", "cohort", "n_treated", "before", "after", "others_before", "others_after"]
    table = pd.DataFrame(rows, columns=columns)
    for whose in ("", "others_"):
        first, last = table[f"{whose}before"], table[f"{whose}after"]
        both = (first > 0) & (last > 0)
        table[f"{whose}change"] = np.log(last.where(both) / first.where(both))
    return table
