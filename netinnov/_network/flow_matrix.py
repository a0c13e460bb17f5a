"""Flows as rows from a square matrix, whether they have a direction, and totals among them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Literal

import numpy as np
import pandas as pd
from scipy import sparse

from netinnov._network.columns import as_floats, as_numbers, as_text, is_blank, refuse_repeated
from netinnov._network.file_rows import GivenTable, is_bare
from netinnov._network.numeric_columns import Decimal, decimal_of, plain
from netinnov._network.synonyms import FLOWS, is_total, key_of
from netinnov._runtime.arguments import examples
from netinnov._typing import Floats
from netinnov.errors import InputError

Rows = Literal["origin", "destination"]
SAME = 1e-9  # relative difference of two cells that are one number
FEWEST_PAIRS = 3  # of a matrix with an empty half; fewer flows may lie in one half by chance
NO_NUMBER = ("", "na", "nan", "null")
TOLERANCE = 0.005  # relative; published totals are of numbers before they were rounded
FEWEST = 3  # other places whose sums must agree: of fewer they may by chance


def as_matrix(table: GivenTable) -> tuple[pd.Series, pd.DataFrame] | None:
    """Names of the rows and the cells, if at least half of the rows are called as columns are."""
    frame = table.frame
    parts = [(frame.iloc[:, 0], 1)] if frame.shape[1] else []
    if not is_bare(frame):
        parts.insert(0, (frame.index.to_series(), 0))
    for first_column, first in parts:
        names = as_text(first_column)[0].str.strip()
        if 2 * names.isin(frame.columns[first:]).sum() >= len(names) > 0:
            return names, frame.iloc[:, first:]
    return None


def flows_of_matrix(
    table: GivenTable,
    rows: pd.Series,
    cells: pd.DataFrame,
    meaning: Rows | None,
    decimal: Decimal | None = None,
) -> tuple[pd.DataFrame, pd.Index]:
    """Positive cells by row, and column names; rows are origins unless the corner differs."""
    if meaning is None and key_of(rows.name) in {"target", *chain(*FLOWS["target"])}:
        raise InputError(
            f"{table.name}: the corner of the matrix, {str(rows.name)!r}, may say that its "
            "rows are destinations; say which they are, rows='destination' or rows='origin' "
            "(a DataFrame: matrix.T or rename_axis(None); a study: [data] rows)."
        )
    columns = cells.columns
    for axis, names in (("row", pd.Index(rows)), ("column", columns)):
        blank = is_blank(names.to_series())
        if blank.any():
            at = int(np.flatnonzero(blank)[0])
            where = table.where([at]) if axis == "row" else f"column {at + 2}"
            raise InputError(f"{table.name} must name each {axis} of the matrix; {where} has none.")
        refuse_repeated(table.name, names, axis)
    no_row = columns.difference(pd.Index(rows), sort=False)
    no_column = pd.Index(rows).difference(columns, sort=False)
    if len(columns) == 0 or len(no_row) or len(no_column):
        missing = [f"no row for {examples(no_row, str)}"] * (len(no_row) > 0)
        missing += [f"no column for {examples(no_column, str)}"] * (len(no_column) > 0)
        totals = any(map(is_total, [*no_row, *no_column]))
        raise InputError(
            f"{table.name} must be a square matrix, with a row for each of its {len(columns)} "
            f"columns; it has {'; '.join(missing)}; its last row is "
            f"{table.where([len(rows) - 1])}.{' Totals are no places: delete them.' * totals}"
        )
    n, m = cells.shape
    number = numbers_of(
        pd.concat([cells[column] for column in columns], ignore_index=True),
        table,
        [str(name) for name in columns],
        decimal,
        lambda at: f"{table.where([at % n])}, column {columns[at // n]!r}",
    )
    row, column = np.divmod(np.arange(n * m), m)
    number = number.reshape(m, n).T.ravel()
    ends = {"source": pd.Index(rows).take(row), "target": columns.take(column)}
    if meaning == "destination":
        ends = {"source": ends["target"], "target": ends["source"]}
    flows = pd.DataFrame({**ends, "weight": number}).astype({"source": "str", "target": "str"})
    return flows[number > 0].reset_index(drop=True), columns


def undirected(flows: pd.DataFrame, names: pd.Index) -> tuple[pd.DataFrame, str]:
    """Each pair once if the matrix has no direction, and how that shows."""
    at = [names.get_indexer(pd.Index(flows[end])) for end in ("source", "target")]
    cells = sparse.csr_array((flows["weight"].to_numpy(), tuple(at)), (len(names), len(names)))
    upper = sparse.triu(cells, 1, "csr")
    lower = sparse.tril(cells, -1, "csr").T
    if 0 in (upper.nnz, lower.nnz):
        few = upper.nnz + lower.nnz < FEWEST_PAIRS
        return flows, "" if few else "one half of the matrix is empty"
    if (abs(upper - lower) - SAME * upper).max() > 0:
        return flows, ""
    return flows[at[0] <= at[1]].reset_index(drop=True), "the matrix is symmetric"


def numbers_of(
    values: pd.Series,
    table: GivenTable,
    columns: Sequence[str],
    asked: Decimal | None,
    where: Callable[[int], str],
) -> Floats:
    frame = table.frame.set_axis(table.rows, axis=0)
    decimal = asked or decimal_of(table.name, frame, columns, table.delimiter)
    number, other = as_numbers(values)
    bad = other.copy()
    if other.any():
        text = values[other].astype("str").str.strip()
        parsed = as_floats(plain(text, decimal) if decimal == "," or asked else text)
        number[other] = parsed
        bad[other] = (parsed.isna() & ~text.str.casefold().isin(NO_NUMBER)).to_numpy()
    bad |= (number < 0) | np.isinf(number)
    if bad.any():
        at = np.flatnonzero(bad)
        shown = examples(at, lambda k: f"{where(int(k))} ({values.iloc[k]!r})")
        raise InputError(
            f"{table.name} must hold numbers of 0 or more, with {decimal!r} before decimals "
            f"(see `decimal`); {at.size} are none: {shown}."
        )
    return number


def without_totals(flows: pd.DataFrame, ids: pd.Series, table: str) -> pd.DataFrame:
    """Drop totals that are not read; refuse those that are."""
    names = ids.index
    sums = _sums_of_others(flows, names)
    named = pd.Series([is_total(name) for name in names], names)
    totals = named | sums
    called = ids.map(is_total) | (sums & ids.notna())
    if called.any():
        shown = examples(names[called.to_numpy(bool)])
        why = ", which sends and receives the sums of the others" * bool((sums & called).any())
        raise InputError(
            f"{table} must hold flows between places, without totals; it has {shown}{why}. "
            "Delete its rows and columns, or give a table of places without it (`places`). A "
            "place that is really called so needs another name, such as 'Total (place)'."
        )
    if not totals.any():
        return flows
    sound = ~(flows["source"].map(totals) | flows["target"].map(totals)).to_numpy(bool)
    return flows[sound].reset_index(drop=True)


def _sums_of_others(flows: pd.DataFrame, names: pd.Index) -> pd.Series:
    """Names that send and receive as much as all others together, for each of them."""
    n = len(names)
    ends = [names.get_indexer(pd.Index(flows[end])) for end in ("source", "target")]
    weight = sparse.csr_array((flows["weight"].to_numpy(), tuple(ends)), shape=(n, n))
    loops = weight.diagonal()
    sent, received = (np.asarray(weight.sum(axis=axis)) for axis in (1, 0))
    total = np.zeros(n, bool)
    for inside in (loops, np.zeros(n)):  # sums without the flows inside a place, and with them
        half = [(sums - inside).sum() - (sums - inside) for sums in (sent, received)]
        to_it = received - loops
        from_it = sent - loops
        near = (to_it > 0) & np.isclose(2 * to_it, half[0], rtol=TOLERANCE)  # of three at most
        for at in np.flatnonzero(near & np.isclose(2 * from_it, half[1], rtol=TOLERANCE)):
            others = np.arange(n) != at
            column = weight[:, [at]].toarray().ravel()
            row = weight[[at], :].toarray().ravel()
            total[at] |= _agree(column[others], (sent - inside - column)[others]) and _agree(
                row[others], (received - inside - row)[others]
            )
    return pd.Series(total, names)


def _agree(sums: Floats, parts: Floats) -> bool:
    enough = np.count_nonzero(parts) >= FEWEST
    return bool(enough and np.allclose(sums, parts, rtol=TOLERANCE))
