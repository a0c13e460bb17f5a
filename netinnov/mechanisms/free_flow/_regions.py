"""Regions and what lies between them: distances, freeness of trade, borders, enclaves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from netinnov._runtime.arguments import as_floats, check_mapping, check_number
from netinnov._typing import Floats, Positive
from netinnov.errors import InputError
from netinnov.mechanisms._checked_tables import in_order, refuse_asymmetric, refuse_outside

Enclaves: TypeAlias = Mapping[tuple[Any, Any], float] | None


def trade_freeness(distances: Any, *, decay: Positive) -> pd.DataFrame:
    """Freeness of trade that falls exponentially with distance.

    Parameters
    ----------
    distances : DataFrame or array
        Regions x regions, symmetric, at least 0, 0 on the diagonal, in any unit.
    decay : float
        Above 0, for one unit of distance. With iceberg costs T = exp(tau d) it is tau (sigma - 1).

    Returns
    -------
    DataFrame
        exp(-decay d), 1 on the diagonal; labels as in `distances`, or 0, 1, ...

    Examples
    --------
    >>> trade_freeness([[0, 1], [1, 0]], decay=0.5).round(3).to_numpy().tolist()
    [[1.0, 0.607], [0.607, 1.0]]
    """
    values, labels = _symmetric("distances", distances)
    refuse_outside("distances", values, values >= 0, "at least 0")
    off = ~np.eye(len(values), dtype=bool)
    refuse_outside("distances", values, off | (values == 0), "0 with itself")
    return pd.DataFrame(np.exp(-decay * values), index=labels, columns=labels)


def check_freeness_matrix(freeness: Any) -> tuple[Floats, pd.Index[Any]]:
    """A symmetric matrix with 1 on its diagonal; a single number means two regions."""
    if np.ndim(freeness) == 0:
        freeness = np.array([[1.0, freeness], [freeness, 1.0]])
    values, labels = _symmetric("freeness", freeness)
    inside = (values > 0) & (values <= 1)
    refuse_outside("freeness", values, inside, "above 0 (autarky) and at most 1")
    off = ~np.eye(len(values), dtype=bool)
    refuse_outside("freeness", values, off | (values == 1), "1 with itself")
    return values, labels


def check_shares(name: str, shares: Any, labels: pd.Index[Any]) -> Floats:
    values = in_order(name, shares, list(labels) if isinstance(shares, pd.Series) else [])
    if values.shape != (len(labels),):
        msg = f"`{name}` must have one entry for each of {len(labels)} regions; "
        raise InputError(f"{msg}found the shape {values.shape}.")
    refuse_outside(name, values, values >= 0, "at least 0")
    total = float(values.sum())
    if abs(total - 1) > 1e-9:
        raise InputError(f"`{name}` must add up to 1; found {total:g}; divide it by its sum.")
    return values / total


def check_enclaves(enclaves: Any, labels: pd.Index[Any]) -> Floats | None:
    """Shares of the host's elements (column) that the home reaches (row); None without enclaves."""
    if enclaves is None:
        return None
    check_mapping("enclaves", enclaves, "from (home, host) to a share")
    if not enclaves:
        return None
    reach = np.zeros((len(labels), len(labels)))
    for pair, share in enclaves.items():
        places = labels.get_indexer(pd.Index(pair)) if np.size(pair) == 2 else np.array([-1])
        if (places < 0).any() or len(set(places)) != 2:
            msg = f"`enclaves` must join two different regions of {labels[:5].tolist()}; "
            raise InputError(f"{msg}found {pair!r}.")
        check_number(f"enclaves[{pair!r}]", share, low=0, high=1)
        reach[places[0], places[1]] = share
    return reach


def _symmetric(name: str, matrix: Any) -> tuple[Floats, pd.Index[Any]]:
    values = as_floats(name, matrix)
    if values.ndim != 2 or values.shape[0] != values.shape[1] or len(values) < 2:
        msg = f"`{name}` must be a square matrix of at least 2 regions; "
        raise InputError(f"{msg}found the shape {values.shape}.")
    refuse_outside(name, values, np.isfinite(values), "a matrix of finite numbers")
    labels = matrix.index if isinstance(matrix, pd.DataFrame) else pd.RangeIndex(len(values))
    if not labels.is_unique or not getattr(matrix, "columns", labels).equals(labels):
        raise InputError(f"`{name}` must have the same unique labels in its rows and columns.")
    refuse_asymmetric(name, values)
    return values, labels
