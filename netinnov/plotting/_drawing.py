"""What every figure begins with: the table that it draws, and axes in the package's style."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from netinnov._arguments import shown
from netinnov.errors import InputError
from netinnov.plotting._style import axes_or_new, figure_style


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


def by_name(argument: str, value: Any, of: str) -> dict[str, Any]:
    """What is drawn together, by name; one alone has an empty one."""
    named = dict(value) if isinstance(value, Mapping) else {"": value}
    if not named:
        raise InputError(f"`{argument}` must hold at least one {of}; found none.")
    return {str(name): each for name, each in named.items()}


@contextmanager
def drawing(ax: Axes | None, width: float, height: float) -> Iterator[Axes]:
    """The axes given, or those of a new figure of so many millimetres, in the package's style."""
    with figure_style():
        yield axes_or_new(ax, width=width, height=height)


def without_edges(ax: Axes) -> None:
    """Hide the spines and the marks of the ticks, whose labels stay."""
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
