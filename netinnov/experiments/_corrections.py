"""P-values of several experiments, corrected together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from netinnov._arguments import as_list
from netinnov._statistics import Correction, corrected
from netinnov.errors import InputError


def corrected_p(
    p: pd.Series | Sequence[float] | np.ndarray, *, correction: Correction = "holm"
) -> pd.Series:
    """Correct p-values for the number of tests in a family.

    Parameters
    ----------
    p : Series or sequence of float
        All p-values of the family, such as ``placebo_p`` of the effects of several experiments
        (`ExperimentResult.effects` corrects those of one). NaN does not count as a test.
    correction : {"holm", "fdr"}
        Holm's, for the chance of any false rejection; or Benjamini and Hochberg's, for the
        expected share of false ones among the rejections.

    Returns
    -------
    Series
        ``corrected_p``, with the index of `p`; at most 1, and NaN where `p` is.

    Raises
    ------
    InputError
        If `p` has more than one dimension, or values that are not between 0 and 1.

    References
    ----------
    Holm (1979), A simple sequentially rejective multiple test procedure, Scandinavian Journal of
    Statistics 6. Benjamini and Hochberg (1995), Controlling the false discovery rate, Journal of
    the Royal Statistical Society B 57.

    Examples
    --------
    >>> corrected_p([0.01, 0.04, 0.03]).tolist()
    [0.03, 0.06, 0.06]
    >>> corrected_p([0.01, 0.04, 0.03], correction="fdr").tolist()
    [0.03, 0.04, 0.04]
    """
    series = p if isinstance(p, pd.Series) else pd.Series(as_list("p", p, "numbers"))
    try:
        values = series.astype("Float64").to_numpy(np.float64, na_value=np.nan)
    except (TypeError, ValueError):
        raise InputError(f"`p` must be a Series or sequence of numbers; found {p!r}.") from None
    outside = values[(values < 0) | (values > 1)]
    if outside.size:
        msg = f"`p` must be between 0 and 1; {outside.size} are not"
        raise InputError(f"{msg}, e.g. {outside[:5].tolist()}.")
    return pd.Series(
        corrected(values, correction), series.index, name="corrected_p", dtype=np.float64
    )
