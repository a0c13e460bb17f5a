"""Tables of pandas, Polars, PyArrow, DuckDB, Spark and others, which narwhals reads alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import pyarrow as pa

__all__ = ["as_pandas"]


def as_pandas(table: Any) -> Any:
    """Convert a table to a DataFrame of pandas; a lazy one is computed.

    A dict of tables is converted table by table; anything else is returned as it is.
    """
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
    columns = arrow.to_pandas()
    for field in arrow.schema:  # a missing whole number would make all of them floats
        if pa.types.is_integer(field.type) and arrow[field.name].null_count:
            columns[field.name] = (
                arrow[field.name]
                .cast(pa.int64())
                .to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get)
            )
    return columns
