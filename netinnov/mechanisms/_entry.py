"""New specialisations of regions against how near they are to the old ones."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from netinnov._arguments import as_whole, check_rng
from netinnov._statistics import two_sided
from netinnov._typing import Floats, Rng
from netinnov.errors import InputError

Within: TypeAlias = Literal["region", "field"]


def entry_rates(
    before: pd.DataFrame,
    after: pd.DataFrame,
    density: pd.DataFrame,
    *,
    within: Within = "region",
    bins: int = 10,
    replicates: int = 999,
    rng: Rng = None,
) -> pd.DataFrame:
    """How often regions become specialised in a field, by its relatedness density.

    Parameters
    ----------
    before, after : DataFrame
        Regions x fields at two times, 1 where a region is specialised and 0 elsewhere.
    density : DataFrame
        Regions x fields at the first time, as from `relatedness_density`; candidates without a
        value are left out.
    within : {"region", "field"}
        The null model reassigns the entries of each region at random among its candidates, or those
        of each field among the regions that lack it.
    bins : int
        Parts of equal size, by density, into which the candidates fall; parts with the same limits
        become one.
    replicates : int
        Draws of the null model.
    rng : None, int, SeedSequence or Generator
        Source of the draws.

    Returns
    -------
    DataFrame
        One row a bin: ``density_low, density_high, density`` (mean), ``n_candidates`` (pairs of
        a region and a field that it is not specialised in before), ``n_entries`` (of these, the
        ones it is specialised in after), ``rate``, and ``null_mean`` (exact), ``null_low,
        null_high`` (95 % of the draws) and ``p`` (two-sided, not corrected for the number of bins).

    Raises
    ------
    InputError
        If tables differ in their labels, hold something else than 0 and 1, or there is no
        candidate.

    Notes
    -----
    Descriptive: a field near to what a region has may be entered for a third reason, such as its
    growth everywhere. The null model within regions keeps how many entries a region has (large
    regions enter more and lie denser), the one within fields how many regions enter a field; no
    one of them keeps both.

    References
    ----------
    Boschma, Balland and Kogler (2015), Relatedness and technological change in cities, Industrial
    and Corporate Change 24, 223-250.

    Examples
    --------
    >>> import pandas as pd
    >>> none = pd.DataFrame([[0, 0, 0, 0]], ["quzhou"])
    >>> new = pd.DataFrame([[0, 0, 1, 1]], ["quzhou"])
    >>> near = pd.DataFrame([[0.1, 0.2, 0.7, 0.8]], ["quzhou"])
    >>> entry_rates(none, new, near, bins=2, rng=1)[["rate", "null_mean"]].to_numpy().tolist()
    [[0.0, 0.5], [1.0, 0.5]]
    """
    bins, replicates = as_whole("bins", bins, low=1), as_whole("replicates", replicates, low=1)
    rng = check_rng(rng)
    first, last = binary("before", before), binary("after", after)
    values: Any = density
    if not isinstance(values, pd.DataFrame):
        msg = f"`density` must be a DataFrame, regions x fields; found {type(values).__name__}."
        raise InputError(msg)
    near = values.to_numpy(np.float64, na_value=np.nan)
    for name, table in (("after", after), ("density", values)):
        if not (table.index.equals(before.index) and table.columns.equals(before.columns)):
            msg = f"`{name}` must have the regions and fields of `before`, in their order."
            raise InputError(msg)
    row, column = np.nonzero((first == 0) & ~np.isnan(near))
    if not row.size:
        raise InputError("no region lacks a field whose density is known: there is no candidate.")
    x, entered = near[row, column], last[row, column].astype(np.int64)
    limits = np.unique(np.quantile(x, np.linspace(0, 1, bins + 1)))
    part = np.clip(np.searchsorted(limits, x, side="right") - 1, 0, max(limits.size - 2, 0))
    _, part = np.unique(part, return_inverse=True)  # without empty ones
    n = int(part.max()) + 1
    owner = np.unique(row if within == "region" else column, return_inverse=True)[1]
    counted = np.zeros((int(owner.max()) + 1, n), np.int64)
    np.add.at(counted, (owner, part), 1)
    entries = np.bincount(owner, entered).astype(np.int64)
    drawn = np.zeros((replicates, n), np.int64)
    for candidates, number in zip(counted, entries, strict=True):
        if number:
            drawn += rng.multivariate_hypergeometric(
                candidates, number, size=replicates, method="marginals"
            )
    size = np.bincount(part)
    observed = np.bincount(part, entered)
    expected: Floats = counted.T @ (entries / counted.sum(axis=1))
    low, high = np.quantile(drawn / size, [0.025, 0.975], axis=0)
    groups = pd.Series(x).groupby(part)
    return pd.DataFrame(
        {
            "density_low": groups.min().to_numpy(),
            "density_high": groups.max().to_numpy(),
            "density": groups.mean().to_numpy(),
            "n_candidates": size,
            "n_entries": observed.astype(np.int64),
            "rate": observed / size,
            "null_mean": expected / size,
            "null_low": low,
            "null_high": high,
            "p": two_sided(observed, drawn),
        }
    )


def binary(name: str, values: Any) -> Floats:
    """A table of 0 and 1 as an array."""
    if not isinstance(values, pd.DataFrame):
        msg = f"`{name}` must be a DataFrame, regions x fields; found {type(values).__name__}."
        raise InputError(msg)
    try:
        numbers: Floats = values.to_numpy(np.float64, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise InputError(f"`{name}` must hold 0 and 1: {error}.") from None
    if not np.isin(numbers, (0.0, 1.0)).all():
        msg = f"`{name}` must be 0 or 1, such as location_quotient(values) >= 1."
        raise InputError(msg)
    return numbers
