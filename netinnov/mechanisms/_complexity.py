"""Economic complexity of regions and fields."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse import linalg

from netinnov._typing import Floats
from netinnov.errors import InputError
from netinnov.mechanisms._entry import binary


def complexity(
    specialised: pd.DataFrame, *, towards: pd.Series | None = None
) -> tuple[pd.Series, pd.Series]:
    """Economic complexity: regions that have what few others have, and fields that only they have.

    Parameters
    ----------
    specialised : DataFrame
        Regions x fields, 1 where a region is specialised (location quotient of at least 1, say)
        and 0 elsewhere.
    towards : Series, optional
        A number for each region, such as income or complexity at another time, that complexity
        shall rise with: it chooses the sign. Default: the number of fields of a region.

    Returns
    -------
    tuple of Series
        Of the regions (the economic complexity index) and of the fields: eigenvector of the second
        largest eigenvalue of the random walk region-field-region, mean 0 and standard deviation 1
        (population), with the sign that makes it rise with ``towards``; for fields the mean over
        their regions, in the same scale. NaN for an empty region or field, and for all if the
        second eigenvalue is not single (two parts that share no field).

    Raises
    ------
    InputError
        If a value is neither 0 nor 1, or ``towards`` has no number for two regions or more.

    Notes
    -----
    An eigenvector has no sign of its own. Where it hardly goes with the number of fields, the
    default says little: two years can get opposite signs. Give ``towards`` then.

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
        if towards is not None:
            vector = vector * _sign(vector, towards, specialised.index[rows])
        regions[rows] = vector
        fields[columns] = part.T @ vector / part.sum(axis=0)
    return regions, fields


def _sign(vector: Floats, towards: Any, regions: pd.Index) -> float:
    """The sign with which a vector goes with given numbers."""
    if not isinstance(towards, pd.Series) or not towards.index.is_unique:
        raise InputError("`towards` must be a Series with one number for each region.")
    reference = towards.reindex(regions).to_numpy(np.float64, na_value=np.nan)
    known = np.isfinite(reference)
    if known.sum() < 2:
        msg = "`towards` must have a finite number for two regions or more"
        raise InputError(f"{msg}; found {known.sum()}.")
    return 1.0 if vector[known] @ (reference[known] - reference[known].mean()) >= 0 else -1.0


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
    vector = (vector - vector.mean()) / vector.std()
    sign = 1.0 if vector @ (diversity - diversity.mean()) >= 0 else -1.0
    return np.asarray(sign * vector, dtype=np.float64)
