"""Tables of a study as files: CSV for people, Parquet for programs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from netinnov.io._csv_text import write_csv
from netinnov.study._section import Table


def write_tables(tables: Sequence[Table], folder: Path) -> None:
    """Write each table as CSV and Parquet; a nameless index, a mere count, only gives the order."""
    for table in tables:
        folder.mkdir(parents=True, exist_ok=True)
        frame = table.frame.reset_index() if has_index(table.frame) else table.frame
        write_csv(frame, folder / f"{table.name}.csv")
        _one_type_a_column(frame).to_parquet(folder / f"{table.name}.parquet", index=False)


def has_index(frame: pd.DataFrame) -> bool:
    return any(name is not None for name in frame.index.names)


def _one_type_a_column(frame: pd.DataFrame) -> pd.DataFrame:
    """Mixed objects become text: Parquet has one type a column."""
    mixed = {str(c): frame[c] for c, kind in frame.dtypes.items() if kind == object}
    return frame.assign(
        **{c: values.map(str, na_action="ignore").astype("str") for c, values in mixed.items()}
    )
