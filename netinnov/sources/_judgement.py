"""What is wrong with the rows of a file, which may come in pieces, as one message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from netinnov._runtime.arguments import examples
from netinnov._typing import Integers, Mask
from netinnov.errors import InputError

if TYPE_CHECKING:
    from netinnov.sources._text_tables import TextTable

N_EXAMPLES = 5


class Completeness:
    def __init__(self, name: str, ids: Sequence[str]) -> None:
        self._name, self._ids = name, list(ids)
        self._uneven: list[int] = []
        self._n_rows, self._n_blank = 0, 0
        self._shown: list[int] = []

    def keep(self, piece: TextTable) -> TextTable:
        blank = piece.frame[self._ids].isna().any(axis=1).to_numpy()
        self._uneven += piece.uneven
        self._n_rows += blank.size
        self._n_blank += int(blank.sum())
        self._shown += piece.lines[blank][: N_EXAMPLES - len(self._shown)].tolist()
        return piece.keep(~blank)

    def tell(self, faults: list[str], *, may_be_empty: bool = False) -> None:
        """Report what was left out; refuse a file of which nothing is left."""
        if self._uneven:
            where = f"{len(self._uneven)} ({some_lines(self._uneven)})"
            faults.append(f"{self._name}: rows left out, not as wide as the header: {where}")
        if self._n_blank == self._n_rows and not may_be_empty:
            ids = " and ".join(self._ids)
            raise InputError(f"{self._name} must have rows with {ids}; none of {self._n_rows} has.")
        if self._n_blank:
            where = f"{self._n_blank} ({some_lines(self._shown, self._n_blank)})"
            ids = " or ".join(self._ids)
            faults.append(f"{self._name}: rows left out, without {ids}: {where}")


class Judgement:
    """Unreadable values of a column, whose rows may come in pieces."""

    def __init__(self, name: str, column: str, must_be: str) -> None:
        self._name, self._column, self._must_be = name, column, must_be
        self._n_bad, self._n_filled = 0, 0
        self._shown: list[str] = []

    def add(self, piece: TextTable, bad: Mask, n_filled: int) -> None:
        self._n_filled += n_filled
        self._n_bad += int(bad.sum())
        rows = np.flatnonzero(bad)[: N_EXAMPLES - len(self._shown)]
        values = piece.frame[self._column].iloc[rows]
        self._shown += [
            f"{line} ({value!r})" for line, value in zip(piece.lines[rows], values, strict=True)
        ]

    def tell(self, faults: list[str]) -> None:
        """Report what is unreadable; refuse a file in which nothing can be read."""
        if not self._n_bad:
            return
        where = some_lines(self._shown, self._n_bad)
        if self._n_bad == self._n_filled:
            msg = f"{self._name}, column {self._column!r} must hold {self._must_be} in each row; "
            raise InputError(f"{msg}not one does: {where}.")
        about = f"{self._name}, {self._column}: values left out, no {self._must_be}"
        faults.append(f"{about}: {self._n_bad} ({where})")


def some_lines(lines: Sequence[object] | Integers, n: int | None = None) -> str:
    n = len(lines) if n is None else n
    more = f", ... and {n - N_EXAMPLES:,} more" if n > N_EXAMPLES else ""
    return f"{'line' if n == 1 else 'lines'} {examples(lines[:N_EXAMPLES], str)}{more}"
