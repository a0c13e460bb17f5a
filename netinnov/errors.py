"""Exceptions of the package: what was wrong with the input, in one message."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["InputError", "TableError"]


class InputError(ValueError):
    """A file, configuration or argument from outside that cannot be used as it is."""


class TableError(InputError):
    """Tables that do not make a network.

    Parameters
    ----------
    message : str
        Counts the problems by type, shows the first rows of each and says how to mend them.
    problems : DataFrame
        All problems, one row each: ``table, row, column, problem, value``.
    """

    def __init__(self, message: str, problems: pd.DataFrame) -> None:
        super().__init__(message)
        self.problems = problems

    def __reduce__(self) -> tuple[type[TableError], tuple[str, pd.DataFrame]]:
        return type(self), (str(self), self.problems)
