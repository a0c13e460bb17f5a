"""Tables as CSV: a reader takes them apart as they were."""

from __future__ import annotations

import csv

import pandas as pd

from netinnov.study._report_page import write_tables
from netinnov.study._section import Table


def test_a_carriage_return_in_a_name_does_not_end_its_row(tmp_path):
    frame = pd.DataFrame({"name": ["a\rb", "c"], "value": [1.5, None]})
    write_tables([Table("names", frame, "")], tmp_path)
    with (tmp_path / "names.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [["name", "value"], ["a\rb", "1.5"], ["c", ""]]
