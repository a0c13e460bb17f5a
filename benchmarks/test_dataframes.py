"""Links of 300 places from many participations: ours on DuckDB against SQL written by hand."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest
from large_tables import BY_HAND

from netinnov._runtime.dataframes import as_pandas
from netinnov.linkages import co_participation


@pytest.fixture(scope="module")
def participations(tmp_path_factory, request):
    tried = request.config.getoption("--benchmark-disable")
    n = 10_000 if tried else 5_000_000
    rng = np.random.default_rng(1)
    who = rng.integers(n // 10, size=n)
    table = pd.DataFrame(
        {
            "who": who,
            "event": rng.integers(n * 2 // 5, size=n),
            "city": np.char.add("c", (who % 300).astype("U3")),
        }
    )
    folder = tmp_path_factory.mktemp("tables")
    table.to_parquet(folder / "participations.parquet")
    return folder


def sorted_links(relation):
    return relation.df().sort_values(["source", "target"], ignore_index=True)


def test_places_on_duckdb(in_turns, participations):
    table = duckdb.connect().read_parquet(str(participations / "participations.parquet"))

    def ours():
        return sorted_links(
            co_participation(table, member="who", event="event", by="city", weighting="newman")
        )

    def by_hand():
        return sorted_links(table.query("participations", BY_HAND))

    pd.testing.assert_frame_equal(ours(), by_hand())
    calls = {"netinnov": ours, "SQL by hand": by_hand}
    in_turns(calls, rounds=5, floors={"SQL by hand": 1 / 1.1})


@pytest.mark.parametrize("by", [None, "city"])
def test_pandas_and_polars(in_turns, participations, by):
    file = participations / "participations.parquet"
    options = {"member": "who", "event": "event", "by": by}
    tables = {"pandas": pd.read_parquet(file), "polars": pl.read_parquet(file)}
    links = [as_pandas(co_participation(table, **options)) for table in tables.values()]
    pd.testing.assert_frame_equal(*links)
    in_turns(
        {
            name: lambda table=table: co_participation(table, **options)
            for name, table in tables.items()
        },
        rounds=1,
    )
