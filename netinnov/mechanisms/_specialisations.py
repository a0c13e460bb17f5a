"""Complexity of regions and fields, and new specialisations by what is near the old ones."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse import linalg

from netinnov._arguments import as_whole, check_rng
from netinnov._statistics import two_sided
from netinnov._typing import Floats, Rng
from netinnov.errors import InputError
from netinnov.mechanisms._checked_tables import numbers_of

Within: TypeAlias = Literal["region", "field"]
_OF = "regions x fields"


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

    Descriptive: a field near to what a region has may be entered for a third reason, such as its
    growth everywhere. The null model within regions keeps how many fields a region enters, the one
    within fields how many regions enter a field; neither keeps both.

    Parameters
    ----------
    before, after : DataFrame
        Regions x fields at two times, 1 where a region is specialised and 0 elsewhere.
    density : DataFrame
        Regions x fields at the first time, as from `relatedness_density`; NaN: no candidate.
    within : {"region", "field"}
        The null model reassigns the entries of each region at random among its candidates, or those
        of each field among the regions that lack it.
    bins : int
        Parts of equal size, by density, of the candidates; those with the same limits become one.
    replicates, rng : int, Generator or seed
        Draws of the null model, and their source.

    Returns
    -------
    DataFrame
        A row a bin: ``density_low, density_high, density`` (mean), ``n_candidates`` (pairs of a
        region and a field that it is not specialised in before), ``n_entries`` (in which it is
        after), ``rate``, ``null_mean`` (exact), ``null_low, null_high`` (95 % of the draws) and
        ``p`` (two-sided, not corrected for the number of bins).

    Raises
    ------
    InputError
        If tables differ in their labels, hold more than 0 and 1, or there is no candidate.

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
    near = numbers_of(
        "density", density, _OF, must_be="finite or missing", inside=lambda x: ~np.isinf(x)
    )
    for name, table in (("after", after), ("density", density)):
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
    counted = pd.crosstab(owner, part).to_numpy(np.int64)
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
    groups: Any = pd.Series(x).groupby(part)
    rates: pd.DataFrame = groups.agg(density_low="min", density_high="max", density="mean")
    return rates.assign(
        n_candidates=size,
        n_entries=observed.astype(np.int64),
        rate=observed / size,
        null_mean=expected / size,
        null_low=low,
        null_high=high,
        p=two_sided(observed, drawn),
    )


def binary(name: str, values: Any) -> Floats:
    """A table of 0 and 1 as an array."""
    must_be = "0 or 1, such as location_quotient(values) >= 1"
    return numbers_of(name, values, _OF, must_be=must_be, inside=lambda x: np.isin(x, (0.0, 1.0)))


def complexity(
    specialised: pd.DataFrame, *, towards: pd.Series | None = None
) -> tuple[pd.Series, pd.Series]:
    """Economic complexity: regions that have what few others have, and fields that only they have.

    An eigenvector has no sign of its own: where it hardly goes with the number of fields, two years
    can get opposite signs. Give ``towards`` then.

    Parameters
    ----------
    specialised : DataFrame
        Regions x fields, 1 where a region is specialised (location quotient >= 1, say), else 0.
    towards : Series, optional
        A number for each region, such as income or complexity at another time, that complexity
        shall rise with: it chooses the sign. Default: the number of fields of a region.

    Returns
    -------
    tuple of Series
        Of the regions (the economic complexity index): eigenvector of the second eigenvalue of the
        random walk region-field-region, mean 0 and standard deviation 1 (population), rising with
        ``towards``; of the fields: mean over their regions. NaN for an empty region or field, and
        for all if the second eigenvalue is not single (two parts that share no field).

    Raises
    ------
    InputError
        If a value is neither 0 nor 1, or ``towards`` has no number for two regions or more.

    References
    ----------
    Hidalgo and Hausmann (2009), The building blocks of economic complexity, Proceedings of the
    National Academy of Sciences 106, 10570-10575. Mealy, Farmer and Teytelboym (2019), Interpreting
    economic complexity, Science Advances 5, eaau1705.

    Examples
    --------
    >>> import pandas as pd
    >>> has = pd.DataFrame([[1, 1, 1], [1, 1, 0], [1, 0, 0]], ["a", "b", "c"], ["x", "y", "z"])
    >>> regions, fields = complexity(has)
    >>> regions.round(3).tolist()
    [1.225, 0.0, -1.225]
    """
    m = binary("specialised", specialised)
    rows, columns = m.sum(axis=1) > 0, m.sum(axis=0) > 0
    regions = pd.Series(np.nan, specialised.index, name="complexity")
    fields = pd.Series(np.nan, specialised.columns, name="complexity")
    part = m[np.ix_(rows, columns)]
    vector = _second(part)
    if vector is not None:
        reference: Any = m.sum(axis=1)[rows] if towards is None else towards
        if towards is not None:
            if not isinstance(reference, pd.Series) or not reference.index.is_unique:
                raise InputError("`towards` must be a Series with one number for each region.")
            reference = reference.reindex(specialised.index[rows]).to_numpy(
                np.float64, na_value=np.nan
            )
        known = np.isfinite(reference)
        if known.sum() < 2:
            msg = "`towards` must have a finite number for two regions or more"
            raise InputError(f"{msg}; found {known.sum()}.")
        if vector[known] @ (reference[known] - reference[known].mean()) < 0:
            vector = -vector
        regions[rows] = vector
        fields[columns] = part.T @ vector / part.sum(axis=0)
    return regions, fields


def _second(m: Floats) -> Floats | None:
    """Standardised eigenvector of the second eigenvalue of the walk; None if it is not single."""
    if min(m.shape) < 2:
        return None
    diversity, ubiquity = m.sum(axis=1), m.sum(axis=0)
    # The walk is similar to a symmetric matrix, whose leading singular vectors are asked for.
    scaled = sparse.csr_array(m / np.sqrt(diversity)[:, None] / np.sqrt(ubiquity))
    if min(m.shape) <= 400:
        left, size, _ = np.linalg.svd(scaled.toarray(), full_matrices=False)
    else:
        left, size, _ = linalg.svds(scaled, k=3, v0=np.ones(min(m.shape)))
        order = np.argsort(-size)
        left, size = left[:, order], size[order]
    third = size[2] if size.size > 2 else 0.0
    if size[1] - third < 1e-9 or 1 - size[1] < 1e-9:
        return None
    vector = left[:, 1] / np.sqrt(diversity)
    return np.asarray((vector - vector.mean()) / vector.std())
