"""Folders of Parquet and CSV files as lazy tables."""

from __future__ import annotations

import sys

import pandas as pd
import pytest

import netinnov as ni
from netinnov.errors import InputError
from netinnov.linkages import co_participation
from netinnov.sources import open_tables

ROWS = pd.DataFrame({"who": list("abcab"), "event": [1, 1, 1, 2, 2], "city": list("xyyxy")})
ENGINES = ["duckdb", "polars"]


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "表"
    (folder / "parts" / "year=2020").mkdir(parents=True)
    ROWS.to_csv(folder / "plain.csv", index=False)
    ROWS.to_csv(folder / "packed.csv.gz", index=False)
    ROWS.to_csv(folder / "tabs.tsv", index=False, sep="\t")
    ROWS.to_csv(folder / "semicolons.csv", index=False, sep=";")
    ROWS.to_parquet(folder / "one.parquet")
    ROWS[:2].to_parquet(folder / "parts" / "a.parquet")
    ROWS[2:].to_parquet(folder / "parts" / "year=2020" / "b.parquet")
    (folder / "notes.txt").write_text("no table")
    return folder


@pytest.mark.parametrize("engine", ENGINES)
def test_every_table_gives_the_links_that_pandas_gives(folder, engine):
    tables = open_tables(folder, engine=engine)
    assert list(tables) == ["one", "packed", "parts", "plain", "semicolons", "tabs"]
    expected = co_participation(ROWS, member="who", event="event", by="city")
    nodes = pd.DataFrame(index=["x", "y"])
    for table in tables.values():
        links = co_participation(table, member="who", event="event", by="city")
        assert ni.build_network(nodes, links).equals(ni.build_network(nodes, expected))


def test_tables_of_duckdb_have_a_limit_and_a_folder_of_their_own(folder, tmp_path):
    table = open_tables(folder, memory="300MB", temp=tmp_path / "spilt")["one"]
    asked = "SELECT current_setting('memory_limit'), current_setting('temp_directory')"
    limit, temp = table.query("one", asked).fetchall()[0]
    assert limit == "286.1 MiB"
    assert temp == str(tmp_path / "spilt")


@pytest.mark.parametrize("engine", ENGINES)
def test_a_truncated_file_is_named(folder, engine):
    whole = (folder / "one.parquet").read_bytes()
    (folder / "one.parquet").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match=r"one\.parquet cannot be read as a table: "):
        open_tables(folder, engine=engine)


def test_folders_without_tables(tmp_path):
    with pytest.raises(InputError, match=r"must be a folder with Parquet or CSV files; .*nowhere"):
        open_tables(tmp_path / "nowhere")
    with pytest.raises(InputError, match="it has nothing"):
        open_tables(tmp_path)
    (tmp_path / "notes.txt").write_text("")
    with pytest.raises(InputError, match=r"it has 'notes\.txt'"):
        open_tables(tmp_path)
    for ending in ("csv", "tsv"):
        ROWS.to_csv(tmp_path / f"same.{ending}", index=False)
    with pytest.raises(InputError, match="two tables are called 'same'"):
        open_tables(tmp_path)


def test_options_that_cannot_be_used(folder, monkeypatch):
    with pytest.raises(InputError, match=r'`memory` must be .* such as "4GB"; found .much'):
        open_tables(folder, memory="much")
    with pytest.raises(InputError, match="'duckdb', 'polars'; found 'spark'"):
        open_tables(folder, engine="spark")
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(ImportError, match=r"pip install 'netinnov\[duckdb\]'"):
        open_tables(folder)
