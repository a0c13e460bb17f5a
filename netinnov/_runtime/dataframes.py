"""Tables of pandas, Polars, PyArrow, DuckDB, Spark and others, which narwhals reads alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa


def as_pandas(table: Any) -> Any:
    if isinstance(table, pd.DataFrame) or table is None:
        return table
    if isinstance(table, Mapping):
        return {name: as_pandas(part) for name, part in table.items()}
    import narwhals as nw  # here, since `import netinnov` loads no other dataframe library

    frame: Any = nw.from_native(table, pass_through=True)
    if isinstance(frame, nw.LazyFrame):
        frame = frame.collect(backend="pyarrow")
    if not isinstance(frame, nw.DataFrame):
        return table
    arrow = frame.to_arrow()
    plain, none = arrow, pa.array(np.zeros(arrow.num_rows, bool))
    coded = [at for at, field in enumerate(arrow.schema) if pa.types.is_dictionary(field.type)]
    for at in coded:
        plain = plain.set_column(at, arrow.column_names[at], none)
    columns = plain.to_pandas()
    known: list[tuple[pa.Array, pd.Index]] = []
    for at in coded:
        columns.isetitem(at, _categories(arrow.column(at), known))
    for field in arrow.schema:  # a missing whole number would make all of them floats
        if pa.types.is_integer(field.type) and arrow[field.name].null_count:
            columns[field.name] = (
                arrow[field.name]
                .cast(pa.int64())
                .to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get)
            )
    return columns


def _categories(column: pa.ChunkedArray, known: list[tuple[pa.Array, pd.Index]]) -> Any:
    """Dictionary codes as categories, without a copy if contiguous; ``known`` are shared."""
    one = column.num_chunks == 1
    whole = column.chunk(0) if one else column.unify_dictionaries().combine_chunks()
    codes = whole.indices
    if codes.null_count:  # Polars has no codes below 0
        codes = codes.cast(pa.int64()).fill_null(-1)
    names = whole.dictionary
    index = next((index for listed, index in known if names.equals(listed)), None)
    if index is None:
        index = pd.Index(names.to_pandas())
        known.append((names, index))
    if index.hasnans or not index.is_unique:  # what pandas does not take as categories
        return column.cast(column.type.value_type).to_pandas()
    return pd.Categorical.from_codes(codes.to_numpy(), index, ordered=whole.type.ordered)
