"""The table that a figure draws, of a result object or as given."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from netinnov._arguments import shown
from netinnov.errors import InputError


def table_of(
    name: str,
    value: object,
    columns: Sequence[str] = (),
    *,
    of: str,
    method: str = "",
    **options: object,
) -> pd.DataFrame:
    """Give the table of a result (by a method of it), or the table itself; check its columns.

    ``of`` says in a message what gives such a table, such as ``"ExperimentResult.effects()"``.
    """
    if not isinstance(value, (pd.DataFrame, pd.Series)) and not isinstance(value, type):
        give = getattr(value, method, None) if method else None
        value = give(**options) if callable(give) else value
    if not isinstance(value, pd.DataFrame):
        result = f"of the type {of.split('.')[0]} or a" if method else "a"
        msg = f"`{name}` must be {result} DataFrame as {of} gives it; found {shown(value)}."
        raise InputError(msg)
    if missing := [column for column in columns if column not in value]:
        msg = f"`{name}` must have the columns {list(columns)}; {missing} are missing; see {of}."
        raise InputError(msg)
    return value
