"""Exceptions of the package: what was wrong with the input, in one message."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["InputError", "TableError"]

# Characters of a message; of a longer one, those kept at its start and end
MOST = 6_000
HEAD = 4_500
TAIL = 1_200

LONG_WORD = re.compile(r"\S{300,}")  # a name or value of which the start and the end are enough


def shortened(message: str) -> str:
    """Cut names, values and whole messages of any length to what a person reads."""
    message = LONG_WORD.sub(lambda word: f"{word[0][:160]} ... {word[0][-80:]}", message)
    return message if len(message) <= MOST else f"{message[:HEAD]} ... {message[-TAIL:]}"


@contextmanager
def note_on_error(where: str) -> Iterator[None]:
    """Add a note on where it was raised to an exception."""
    try:
        yield
    except Exception as error:
        error.add_note(where)
        raise


class InputError(ValueError):
    """A file, configuration or argument from outside that cannot be used as it is."""

    def __init__(self, message: str = "") -> None:
        super().__init__(shortened(message))


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


def __dir__() -> list[str]:
    return __all__
