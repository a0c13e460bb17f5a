"""What a measure of a network gives, a number or numbers of its nodes, and tables of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from netinnov._runtime.arguments import one_column
from netinnov._typing import Floats, Integers
from netinnov.errors import InputError


def numbers_of(name: str, value: Any, index: pd.Index, nodes: pd.Index) -> Floats:
    """A number, or one for each of the `nodes`; `index` are all nodes of the network."""
    value = one_column(name, value)
    try:
        if np.ndim(value) == 0 and not isinstance(value, str):
            return np.array(float(value))
        if isinstance(value, pd.Series) and value.index.is_(index):
            numbers: Floats = value.to_numpy(np.float64, na_value=math.nan)
            # New nodes come last, as a rule.
            if nodes.is_(index) or nodes.equals(index[: len(nodes)]):
                return numbers[: len(nodes)]
            return numbers[index.get_indexer(nodes)]
        known = isinstance(value, pd.Series) and (
            value.index.is_(nodes) or value.index.isin(index).all()
        )
        if not known or not value.index.is_unique:
            raise TypeError
        return value.reindex(nodes).to_numpy(np.float64, na_value=math.nan)
    except (TypeError, ValueError):
        shape = f" with index {list(value.index[:3])}" if isinstance(value, pd.Series) else ""
        raise InputError(
            f"measure {name!r} must return a number or a Series of numbers over nodes; found "
            f"{type(value).__name__}{shape}."
        ) from None


def check_alike(name: str, values: Sequence[Floats]) -> None:
    if len({each.ndim for each in values}) > 1:
        raise InputError(
            f"measure {name!r} must return a number always, or a Series always; it does both."
        )


def long_table(
    keys: pd.DataFrame,
    values: Sequence[Floats],
    measures: Sequence[str],
    node: Integers,
    ids: pd.Index,
) -> pd.DataFrame:
    """A row a measure, row of `keys` and node; `values`, by measure, have the rows of `keys`."""
    tables = []
    for at, numbers in enumerate(values):
        nodes = node if numbers.ndim > 1 else np.array([-1])
        table = keys.loc[keys.index.repeat(nodes.size)].reset_index(drop=True)
        table["measure"] = pd.Categorical.from_codes(np.full(len(table), at), pd.Index(measures))
        table["node"] = pd.Categorical.from_codes(np.tile(nodes, len(keys)), ids.rename(None))
        tables.append(table.assign(value=numbers.ravel()))
    return pd.concat(tables, ignore_index=True)
