"""Link rows to CSR blocks: by numpy, and by kernels where there are many rows.

Kernels take seconds to compile on their first call; below `MANY` rows numpy is ready sooner.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from netinnov._typing import Codes, Floats, Integers

Positions = npt.NDArray[np.uint32]

MANY = 100_000  # rows from which on kernels are worth compiling


def rows_by_layer(layer: Codes, n_layers: int) -> tuple[Positions, Integers]:
    """Positions of rows grouped by layer, in their order, and offsets of the layers."""
    if layer.size >= MANY:
        from netinnov.kernels import links

        return links.rows_by_layer(layer, n_layers)
    rows = np.argsort(layer, kind="stable").astype(np.uint32)
    return rows, _offsets(layer, n_layers)


def sort_rows(
    rows: Positions, source: Codes, target: Codes, weight: Floats, n_nodes: int, symmetric: bool
) -> tuple[Codes, Codes, Floats]:
    """CSR of the links at some rows, columns ascending; parallel rows are summed in their order.

    With ``symmetric`` a row is stored once, at its smaller end. A single ``weight`` is that of all
    rows.
    """
    if rows.size >= MANY:
        from netinnov.kernels import links

        return links.sort_rows(rows, source, target, weight, n_nodes, symmetric)
    row = source[rows]
    column = target[rows]
    if symmetric:
        row, column = np.minimum(row, column), np.maximum(row, column)
    order = np.lexsort((column, row))  # stable
    row = row[order]
    column = column[order]
    first = np.ones(rows.size, np.bool_)
    first[1:] = (np.diff(row) != 0) | (np.diff(column) != 0)
    values = np.full(rows.size, weight[0]) if weight.size == 1 else weight[rows[order]]
    sums = np.bincount(np.cumsum(first) - 1, values, int(first.sum()))
    # No rows at all have whole sums.
    data = sums.astype(np.float64, copy=False)
    return _offsets(row[first], n_nodes).astype(np.int32), column[first].astype(np.int32), data


def mirror(
    indptr: Codes, indices: Codes, data: Floats, n_nodes: int
) -> tuple[Codes, Codes, Floats]:
    """Symmetric CSR of an upper triangle with ascending columns; the diagonal stands once."""
    if indices.size >= MANY:
        from netinnov.kernels import links

        return links.mirror(indptr, indices, data, n_nodes)
    row = np.repeat(np.arange(n_nodes, dtype=np.int32), np.diff(indptr))
    off = row != indices
    rows = np.concatenate([row, indices[off]])
    columns = np.concatenate([indices, row[off]])
    order = np.lexsort((columns, rows))
    weights: Floats = np.concatenate([data, data[off]])[order]
    return _offsets(rows, n_nodes).astype(np.int32), columns[order].astype(np.int32), weights


def _offsets(codes: Codes, n: int) -> Integers:
    return np.concatenate([[0], np.cumsum(np.bincount(codes, minlength=n))])
