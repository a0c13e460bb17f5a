"""Links written block by block are those of the whole table."""

from __future__ import annotations

import warnings

import duckdb
import numpy as np
import pandas as pd
import pytest

from netinnov.errors import InputError
from netinnov.linkages import _blocks, co_participation, write_co_participation
from netinnov.sources import open_tables


def records(n=600, seed=1):
    rng = np.random.default_rng(seed)
    who = np.floor(40 * rng.random(n) ** 2).astype(int).astype(str)
    rows = pd.DataFrame({"who": who, "event": rng.integers(0, 150, n)})
    rows["city"] = "c" + rows["who"].str[-1]
    rows["year"] = pd.array(rng.choice([2019, 2020], n), dtype="Int64")
    return rows.mask((rng.random(n) < 0.2)[:, None] & (rows.columns == "year"))


def in_order(links):
    order = [name for name in ("period", "source", "target") if name in links]
    return links.sort_values(order, ignore_index=True)


@pytest.fixture
def table(tmp_path):
    (tmp_path / "in").mkdir()
    records().to_parquet(tmp_path / "in" / "rows.parquet")
    return open_tables(tmp_path / "in", memory="1GB", temp=tmp_path / "it's temporary")["rows"]


OPTIONS = [
    {},
    {"weighting": "newman", "period": "year", "expected": True},
    {"weighting": "full", "by": "city"},
    {"by": "city", "period": "year", "max_members": 4, "expected": True},
    {"weighting": "newman", "max_members": 3, "large_events": "sample", "rng": 1},
    {
        "by": "city",
        "period": "year",
        "max_members": 2,
        "large_events": "sample",
        "rng": 2,
        "expected": True,
    },
]


# One block, some blocks, and a block for each unit.
@pytest.mark.parametrize(
    ("bytes_a_pair", "options"),
    [
        pytest.param(size, options, marks=() if size == 10**7 or k in {0, 3} else pytest.mark.slow)
        for size in (200, 10**7, 10**9)
        for k, options in enumerate(OPTIONS)
    ],
)
def test_blocks_add_up_to_the_links_of_the_whole(
    table, options, bytes_a_pair, tmp_path, monkeypatch
):
    monkeypatch.setattr(_blocks, "BYTES_A_PAIR", bytes_a_pair)
    options = {"member": "who", "event": "event"} | options
    path = tmp_path / "out" / "it's links"
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*`max_members` =", UserWarning)
        expected = co_participation(records(), **options)
        written = write_co_participation(table, path, progress=False, **options)
    links = in_order(written.df())
    assert list(links) == list(expected)
    pd.testing.assert_frame_equal(links, expected, rtol=1e-9, check_dtype=False)
    files = sorted(path.iterdir())
    assert (len(files) > 1) == (bytes_a_pair > 200)
    again = open_tables(tmp_path / "out")["it's links"]
    pd.testing.assert_frame_equal(in_order(again.df()), links)
    sources = [pd.read_parquet(file)["source"] for file in files]
    assert pd.concat([part.drop_duplicates() for part in sources]).is_unique
    assert not list((tmp_path / "it's temporary").glob("netinnov*"))


def test_blocks_have_about_as_many_pairs(table, tmp_path, monkeypatch):
    monkeypatch.setattr(_blocks, "BYTES_A_PAIR", 10**7)
    write_co_participation(table, tmp_path / "out", member="who", event="event", progress=False)
    met = [pd.read_parquet(file)["weight"].sum() for file in (tmp_path / "out").iterdir()]
    assert len(met) > 3
    assert max(met) < 3 * np.mean(met)


def test_a_table_without_pairs(tmp_path):
    rows = duckdb.sql("SELECT 'a' AS who, 1 AS event")
    links = write_co_participation(
        rows, tmp_path / "out", member="who", event="event", progress=False
    )
    assert links.columns == ["source", "target", "weight"]
    assert links.fetchall() == []


def test_large_events_are_named_at_the_line_of_the_user(tmp_path):
    rows = duckdb.sql("SELECT unnest(['a', 'b', 'c', 'a', 'b']) who, unnest([1, 1, 1, 2, 2]) event")
    with pytest.warns(UserWarning, match=r"leaves out 1 larger .*1 \(3 members\)") as caught:
        links = write_co_participation(
            rows, tmp_path / "out", member="who", event="event", max_members=2, progress=False
        )
    assert caught[0].filename == __file__
    assert links.fetchall() == [("a", "b", 1.0)]


def test_what_fails_leaves_nothing(table, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "kept").touch()
    options = {"member": "who", "event": "event", "progress": False}
    with pytest.raises(InputError, match="full is there already and not empty"):
        write_co_participation(table, tmp_path / "full", **options)
    with pytest.raises(
        InputError, match=r"must be a table of DuckDB, .* co_participation\(\) takes"
    ):
        write_co_participation(records(), tmp_path / "out", **options)
    monkeypatch.setattr(_blocks, "_bytes", lambda memory: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_co_participation(table, tmp_path / "out", **options)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["full", "in"]
