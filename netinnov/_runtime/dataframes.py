"""Tables of pandas, Polars, PyArrow, DuckDB, Spark and others, which narwhals reads alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
    for at, field in enumerate(arrow.schema):
        if pa.types.is_dictionary(field.type) and not _gives_categories(arrow.column(at)):
            arrow = arrow.set_column(at, field.name, arrow.column(at).cast(field.type.value_type))
    columns = arrow.to_pandas()
    for field in arrow.schema:  # a missing whole number would make all of them floats
        if pa.types.is_integer(field.type) and arrow[field.name].null_count:
            whole = arrow[field.name].cast(pa.int64())
            columns[field.name] = whole.to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get)
    return columns


def _gives_categories(column: pa.ChunkedArray) -> bool:
    """Whether the values of a dictionary are what pandas takes: none twice, none missing."""
    named = (chunk.dictionary for chunk in column.unify_dictionaries().chunks[:1])  # of all
    return all(not names.null_count and len(names) == len(names.unique()) for names in named)
