"""Tables as CSV that every reader takes apart as it was, and cells that a spreadsheet would run."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pandas as pd

from netinnov._atomic import write_bytes

FORMULA = re.compile(r"[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
NUMBER = re.compile(r"[+-](\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Without the index; before Python 3.13, carriage returns need quotation marks."""
    text = table.to_csv(index=False, lineterminator="\n")
    if "\r" in text:
        text = table.to_csv(index=False, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    write_bytes(path, text.encode())


def escape_formulas(table: pd.DataFrame) -> pd.DataFrame:
    """Put an apostrophe before text that a spreadsheet would run as a formula."""
    escaped = table.copy()
    for at in range(table.shape[1]):
        column = table.iloc[:, at]
        if not (pd.api.types.is_numeric_dtype(column) or pd.api.types.is_datetime64_dtype(column)):
            values = [_escaped(value) for value in column.astype(object)]
            escaped.isetitem(at, pd.array(values, dtype=object))
    for axis in (0, 1):
        labels = table.axes[axis]
        if not isinstance(labels, pd.RangeIndex):
            renamed = labels.map(_all_escaped) if len(labels) else labels
            escaped = escaped.set_axis(
                renamed.set_names([_escaped(name) for name in labels.names]), axis=axis
            )
    return escaped


def _all_escaped(label: Any) -> Any:
    return tuple(map(_escaped, label)) if isinstance(label, tuple) else _escaped(label)


def _escaped(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    # Python 3.11 writes a carriage return without quotation marks: what follows would be a cell.
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    return f"'{text}" if FORMULA.match(value) and not NUMBER.fullmatch(value) else text
