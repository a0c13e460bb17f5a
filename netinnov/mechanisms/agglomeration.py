"""Agglomeration: which regions are specialised in what, and which fields are near each other."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from netinnov._runtime.arguments import as_floats
from netinnov._runtime.public import publish
from netinnov._typing import Floats, Mask, Share
from netinnov.errors import InputError
from netinnov.mechanisms._checked_tables import numbers_of, refuse_asymmetric

__all__ = [
    "ellison_glaeser",
    "krugman_index",
    "location_quotient",
    "relatedness",
    "relatedness_density",
]

_table = partial(
    numbers_of,
    of="with names in rows and columns",
    must_be="finite and 0 or more",
    inside=lambda x: np.isfinite(x) & (x >= 0),
)

Method: TypeAlias = Literal[
    "association", "cosine", "jaccard", "probability", "minimum", "proximity"
]


def location_quotient(values: pd.DataFrame) -> pd.DataFrame:
    """Share of a field in a region over its share in all regions.

    Parameters
    ----------
    values : DataFrame
        Regions x fields, such as counts of patents or jobs; none negative or missing.

    Returns
    -------
    DataFrame
        ``(x_rc / x_r.) / (x_.c / x_..)``: 1 where it has as much as by its size; NaN if empty.

    References
    ----------
    Balassa (1965), The Manchester School 33, 99-123.

    Examples
    --------
    >>> jobs = pd.DataFrame({"solar": [8, 2], "tea": [2, 8]}, index=["hangzhou", "quzhou"])
    >>> location_quotient(jobs)["solar"].tolist()
    [1.6, 0.4]
    """
    x = _table("values", values)
    region = x.sum(axis=1)
    field = x.sum(axis=0)
    total = x.sum()
    expected = np.outer(region, field)
    quotient = x * total / np.where(expected > 0, expected, np.nan)
    return pd.DataFrame(quotient, values.index, values.columns)


def krugman_index(values: pd.DataFrame) -> pd.Series:
    """Difference between the mix of fields in a region and that of all regions.

    Parameters
    ----------
    values : DataFrame
        Regions x fields; none negative or missing.

    Returns
    -------
    Series
        ``sum_c |s_rc - s_.c|``, from 0 (the mix of all regions) to 2; NaN for an empty region.

    References
    ----------
    Krugman (1991), Geography and Trade, MIT Press.

    Examples
    --------
    >>> jobs = pd.DataFrame({"solar": [8, 2], "tea": [2, 8]}, index=["hangzhou", "quzhou"])
    >>> krugman_index(jobs).round(12).tolist()  # |0.8 - 0.5| + |0.2 - 0.5|
    [0.6, 0.6]
    """
    x = _table("values", values)
    reference = _shares(x.sum(axis=0))
    gap = np.abs(_shares(x) - reference).sum(axis=1)
    return pd.Series(gap, values.index, name="krugman_index")


def ellison_glaeser(
    shares: Sequence[float] | pd.Series,
    *,
    reference: Sequence[float] | pd.Series,
    herfindahl: Share,
) -> float:
    """How much an industry is concentrated beyond what the size of its plants makes by chance.

    Parameters
    ----------
    shares, reference : sequence of float
        s and x: parts of the industry, and of all activity, in the same regions, total 1.
    herfindahl : float
        H: sum of squared parts of the plants in the industry, from 0 to below 1.

    Returns
    -------
    float
        (G - (1 - X) H) / ((1 - X) (1 - H)) with G = sum (s - x)^2 and X = sum x^2: 0 if plants
        choose at random by size, negative if they spread more evenly. NaN if one region has all.

    Raises
    ------
    InputError
        Parts do not add up to 1, or the regions of the two differ.

    References
    ----------
    Ellison and Glaeser (1997), Journal of Political Economy 105, 889-927.

    Examples
    --------
    >>> round(ellison_glaeser([0.8, 0.2], reference=[0.5, 0.5], herfindahl=0.1), 4)
    0.2889
    """
    s = _parts("shares", shares)
    x = _parts("reference", reference)
    if s.size != x.size:
        msg = f"`shares` and `reference` must be of the same regions; found {s.size} and {x.size}."
        raise InputError(msg)
    named = [table.index for table in (shares, reference) if isinstance(table, pd.Series)]
    if len(named) == 2 and not named[0].equals(named[1]):
        raise InputError("`shares` and `reference` must have the same index, in one order.")
    if herfindahl == 1:
        raise InputError("`herfindahl` must be below 1; found 1: one plant is no concentration.")
    spread = 1 - (x**2).sum()
    if spread <= 0:
        return float("nan")
    gross = ((s - x) ** 2).sum()
    return float((gross - spread * herfindahl) / (spread * (1 - herfindahl)))


def relatedness(
    cooccurrence: pd.DataFrame | None = None,
    *,
    method: Method = "association",
    values: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """How much more often two fields meet than their frequencies make by chance.

    Parameters
    ----------
    cooccurrence : DataFrame, optional
        Symmetric, fields x fields: how often two meet; for all methods but "proximity".
    method : {"association", "cosine", "jaccard", "probability", "minimum", "proximity"}
        With S_i the row sums without the diagonal and T their total: "association" (C_ij / T) /
        ((S_i / T) (S_j / T)); "cosine" C_ij / sqrt(S_i S_j); "jaccard" C_ij / (S_i + S_j - C_ij);
        "probability" C_ij over the number expected without replacement; "minimum" the smaller of
        C_ij / S_i and C_ij / S_j. "proximity": regions with a `location_quotient` of 1 or more in
        both fields, over the larger of the numbers with one in either.
    values : DataFrame, optional
        Regions x fields, for "proximity" in place of ``cooccurrence``.

    Returns
    -------
    DataFrame
        Symmetric; diagonal 0. NaN in the rows and columns of fields that meet none ("proximity":
        in which no region is specialised).

    Raises
    ------
    InputError
        The table is not that which the method takes, is not symmetric, or has a negative value.

    References
    ----------
    van Eck and Waltman (2009), How to normalize cooccurrence data? Steijn (2021), Quantitative
    Science Studies 2, 778-794. Hidalgo et al. (2007), Science 317, 482-487.

    Examples
    --------
    >>> fields = ["solar", "glass", "tea"]
    >>> meet = pd.DataFrame([[0, 4, 1], [4, 0, 1], [1, 1, 0]], fields, fields)
    >>> relatedness(meet, method="minimum").loc["solar"].round(2).tolist()
    [0.0, 0.8, 0.2]
    """
    wanted, other = (values, cooccurrence) if method == "proximity" else (cooccurrence, values)
    if wanted is None or other is not None:
        raise InputError(
            "method='proximity' takes `values` (regions x fields), and the other methods take "
            f"`cooccurrence` (fields x fields); found method={method!r}."
        )
    if method == "proximity":
        return _proximity(wanted)
    c = _table("cooccurrence", wanted)
    labels = wanted.index
    if not labels.equals(wanted.columns):
        raise InputError(
            "`cooccurrence` must have the same fields in rows and columns, in one order; found "
            f"a table of {c.shape[0]} x {c.shape[1]}."
        )
    refuse_asymmetric("cooccurrence", c)
    np.fill_diagonal(c, 0.0)
    s = c.sum(axis=1)
    total = s.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        i = s[:, None]
        j = s[None, :]
        if method == "association":
            near = c * total / (i * j)
        elif method == "cosine":
            near = c / np.sqrt(i * j)
        elif method == "jaccard":
            near = c / (i + j - c)
        elif method == "minimum":
            near = c / np.maximum(i, j)
        else:
            near = c / (total / 2 * (i / total * j / (total - i) + j / total * i / (total - j)))
    return _without_empty(near, s == 0, wanted.columns)


def _proximity(values: pd.DataFrame) -> pd.DataFrame:
    special = location_quotient(values).ge(1).to_numpy(np.float64)
    count = special.sum(axis=0)
    with np.errstate(invalid="ignore"):
        near = special.T @ special / np.maximum(count[:, None], count)
    return _without_empty(near, count == 0, values.columns)


def _without_empty(near: Floats, empty: Mask, fields: pd.Index) -> pd.DataFrame:
    near[empty, :] = near[:, empty] = np.nan
    np.fill_diagonal(near, np.where(empty, np.nan, 0.0))
    return pd.DataFrame(near, fields, fields)


def relatedness_density(values: pd.DataFrame, near: pd.DataFrame) -> pd.DataFrame:
    """How near each field is to those that a region is specialised in.

    Parameters
    ----------
    values : DataFrame
        Regions x fields, 1 where a region is specialised; or how much it is.
    near : DataFrame
        Fields x fields, as from `relatedness`; the diagonal does not count.

    Returns
    -------
    DataFrame
        Regions x fields: mean specialisation in the other fields, weighted by proximity; with 0 and
        1, from 0 (none of the related fields is there) to 1 (all). NaN for a field related to none.

    Raises
    ------
    InputError
        The fields of the two tables differ, or a value is negative or missing.

    References
    ----------
    Boschma, Balland and Kogler (2015), Industrial and Corporate Change 24, 223-250.

    Examples
    --------
    >>> fields = ["solar", "glass", "tea"]
    >>> near = pd.DataFrame([[0, 4, 1], [4, 0, 1], [1, 1, 0]], fields, fields)
    >>> has = pd.DataFrame([[0, 1, 0]], ["quzhou"], fields)
    >>> relatedness_density(has, near).loc["quzhou"].tolist()
    [0.8, 0.0, 0.5]
    """
    x = _table("values", values)
    weight = _table("near", near, missing=0.0)  # a field that meets none is near to none
    if not (near.index.equals(values.columns) and near.columns.equals(values.columns)):
        raise InputError("`near` must have the fields of `values` in rows and columns, in order.")
    np.fill_diagonal(weight, 0.0)
    total = weight.sum(axis=0)
    density = x @ weight / np.where(total > 0, total, np.nan)
    return pd.DataFrame(density, values.index, values.columns)


def _parts(name: str, values: Any) -> Floats:
    x = as_floats(name, values)
    if x.ndim != 1 or not (np.isfinite(x) & (x >= 0)).all() or abs(x.sum() - 1) > 1e-6:
        msg = f"`{name}` must be parts of 0 or more that add up to 1; their sum is {x.sum():g}."
        raise InputError(msg)
    return x


def _shares(x: Floats) -> Floats:
    """Shares along the last axis; NaN where the total is 0."""
    total = x.sum(axis=-1, keepdims=True)
    return np.asarray(x / np.where(total > 0, total, np.nan))


__dir__ = publish(globals())
