"""Tables for a spreadsheet: text that it would run is marked, all else stays."""

from __future__ import annotations

import csv
import io

import pandas as pd
import pytest

from netinnov.io._csv_text import escape_formulas
from netinnov.study._section import Table
from netinnov.study._table_files import write_tables

HOSTILE = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1+1"]


def first_letters(table):
    """What each cell of the written file begins with."""
    read = pd.read_csv(io.StringIO(table.to_csv(), newline=""), dtype=str, header=None)
    return {text[0] for text in read.stack().dropna()}


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("dtype", ["str", "object", "category"])
def test_text_that_would_run_is_marked_wherever_it_stands(text, dtype):
    table = pd.DataFrame({text: pd.Series([text, "lab"], dtype=dtype), "x": [1, 2]})
    table.index = pd.Index([text, "b"], name=text)
    before = table.copy(deep=True)
    escaped = escape_formulas(table)
    marked = "'" + text.replace("\r", "\n")
    assert escaped.iloc[:, 0].tolist() == [marked, "lab"]
    assert escaped.index.tolist() == [marked, "b"]
    assert (escaped.columns[0], escaped.index.name) == (marked, marked)
    assert not first_letters(escaped) & set("=+-@\t\r＝")
    pd.testing.assert_frame_equal(table, before)


def test_numbers_and_other_text_stay():
    table = pd.DataFrame(
        {"n": [-1.5, 2.0], "text": ["-1.5e-3", "+4"], "name": ["a-b", "杭州"], "gone": ["x", None]}
    )
    pd.testing.assert_frame_equal(escape_formulas(table), table.astype(object), check_dtype=False)


def test_what_follows_a_carriage_return_does_not_become_a_cell():
    escaped = escape_formulas(pd.DataFrame({"name": ["lab\r=1+1"]}))
    assert not first_letters(escaped) & set("=")


def test_labels_of_several_levels_are_marked():
    table = pd.DataFrame({"x": [1]}, index=pd.MultiIndex.from_tuples([("=a", "b")]))
    assert escape_formulas(table).index.tolist() == [("'=a", "b")]


def test_a_study_marks_its_csv_on_request_and_never_its_parquet(tmp_path):
    frame = pd.DataFrame({"name": ["=1+1", "lab"], "lost\r=2": ["-2+3", "+4"]})
    write_tables([Table("names", frame, "")], tmp_path, neutralise_formulas=True)
    written = pd.read_csv(tmp_path / "names.csv", dtype=str)
    assert written.to_numpy().tolist() == [["'=1+1", "'-2+3"], ["lab", "+4"]]
    pd.testing.assert_frame_equal(
        pd.read_parquet(tmp_path / "names.parquet"), frame, check_dtype=False
    )


def test_a_carriage_return_in_a_name_does_not_end_its_row(tmp_path):
    frame = pd.DataFrame({"name": ["a\rb", "c"], "value": [1.5, None]})
    write_tables([Table("names", frame, "")], tmp_path, neutralise_formulas=False)
    with (tmp_path / "names.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [["name", "value"], ["a\rb", "1.5"], ["c", ""]]
