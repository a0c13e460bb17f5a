"""Tables as CSV that every reader takes apart as it was."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd

from netinnov._runtime.atomic import write_bytes


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Without the index; before Python 3.13, carriage returns need quotation marks."""
    text = table.to_csv(index=False, lineterminator="\n")
    if "\r" in text:
        text = table.to_csv(index=False, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    write_bytes(path, text.encode())
