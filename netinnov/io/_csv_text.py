"""Tables as CSV that every reader takes apart as it was put together."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd

from netinnov._atomic import write_bytes


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV in UTF-8 without its index; the file appears when it is complete.

    Before version 3.13 Python leaves text with a carriage return without quotation marks, which
    readers take for the end of a row; then all text stands in quotation marks.
    """
    text = table.to_csv(index=False, lineterminator="\n")
    if "\r" in text:
        text = table.to_csv(index=False, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    write_bytes(path, text.encode())
