"""One table of records in several dataframe libraries gives one table of links."""

from typing import Any

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, strategies as st

import netinnov as ni
from netinnov.errors import InputError
from netinnov.linkages import branches, co_participation, mobility

IN_MEMORY = {"polars": pl.from_pandas, "pyarrow": pa.Table.from_pandas}
LAZY = {"duckdb": duckdb.from_df, "polars_lazy": lambda frame: pl.from_pandas(frame).lazy()}
LIBRARIES = IN_MEMORY | LAZY


def as_records(rows: list[tuple[str, int, int | None, int]]) -> pd.DataFrame:
    types = {"who": "str", "event": "int64", "year": "Int64", "value": "int64"}
    return pd.DataFrame(rows, columns=list(types)).astype(types)


records = st.lists(
    st.tuples(
        st.sampled_from(["衢州", "b", "B", "10", "9", "é"]),
        st.integers(0, 4),
        st.sampled_from([2019, 2020, None]),
        st.integers(0, 5),
    ),
    max_size=25,
).map(as_records)
CITY = {"衢州": "q", "b": "h", "B": "h", "10": "h", "9": "q", "é": "s"}


def as_links(table: Any) -> pd.DataFrame:
    """The rows in one order, as one type each."""
    frame = nw.from_native(table).lazy().collect("pyarrow").to_native().to_pandas()
    order = [*(["period"] if "period" in frame else []), "source", "target"]
    types = {"source": "str", "target": "str"} | ({"period": "Int64"} if "period" in frame else {})
    return frame.astype(types).sort_values(order, ignore_index=True)


FUNCTIONS = {
    "count": lambda table: co_participation(table, member="who", event="event"),
    "newman": lambda table: co_participation(table, member="who", event="event", weighting="newman",
        period="year"),
    "full": lambda table: co_participation(table, member="who", event="event", weighting="full",
        by="city"),
    "of groups": lambda table: co_participation(table, member="who", event="event", by="city",
        period="year"),
    "mobility": lambda table: mobility(table, origin="who", destination="city", period="year"),
    "branches": lambda table: branches(table, firm="event", place="who", value="value"),
}  # fmt: skip


def check_libraries(rows: pd.DataFrame, libraries: dict[str, Any]) -> None:
    if "city" not in rows:
        rows = rows.assign(city=rows["who"].map(CITY).astype("str"))
    for function in FUNCTIONS.values():
        expected = as_links(function(rows))
        for make in libraries.values():
            links = as_links(function(make(rows)))
            pd.testing.assert_frame_equal(links, expected, rtol=1e-9)


def many_tables() -> pd.DataFrame:
    """60 random tables in one: no event of one table is in another, and neither is a member."""
    rng = np.random.default_rng(1)
    table = rng.integers(0, 60, 900)
    rows = pd.DataFrame(
        {
            "who": rng.choice(list(CITY), table.size),
            "event": rng.integers(0, 5, table.size) + 10 * table,
            "year": pd.array(rng.choice([2019, 2020], table.size), dtype="Int64"),
            "value": rng.integers(0, 6, table.size),
        }
    )
    rows.loc[rng.random(table.size) < 0.3, "year"] = pd.NA
    text = table.astype(str)
    return rows.assign(city=rows["who"].map(CITY) + text, who=rows["who"] + text)


@pytest.mark.slow
def test_all_libraries_give_the_same_links():
    check_libraries(many_tables(), LIBRARIES)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Dask support is moving:FutureWarning")
def test_dask_gives_the_same_links():
    dask = pytest.importorskip("dask.dataframe", reason="pip install 'netinnov[dask]'")
    check_libraries(many_tables(), {"dask": lambda rows: dask.from_pandas(rows, npartitions=3)})


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning")
def test_spark_gives_the_same_links(spark):
    check_libraries(many_tables(), {"spark": spark.createDataFrame})


@pytest.mark.slow
@given(records, st.sampled_from(["count", "newman", "full"]))
def test_links_of_groups_are_the_aggregated_links_of_members(rows, weighting):
    rows = rows.assign(city=rows["who"].map(CITY).astype("str"))
    members = co_participation(rows, member="who", event="event", weighting=weighting)
    nodes = pd.DataFrame({"place": pd.Series(CITY)})
    cities = ni.aggregate(ni.build_network(nodes, members.assign(layer="co")), by="place").links
    groups = co_participation(rows, member="who", event="event", weighting=weighting, by="city")
    cities[["source", "target"]] = np.sort(cities[["source", "target"]].astype(object), axis=1)
    pd.testing.assert_frame_equal(groups, as_links(cities[["source", "target", "weight"]]))


def test_each_library_gets_its_own_back():
    rows = pd.DataFrame({"who": ["a", "b"], "event": ["p", "p"]})
    for name, kind in {
        "polars": pl.DataFrame,
        "pyarrow": pa.Table,
        "duckdb": duckdb.DuckDBPyRelation,
        "polars_lazy": pl.LazyFrame,
    }.items():
        table = LIBRARIES[name](rows)
        assert isinstance(co_participation(table, member="who", event="event"), kind)
        assert isinstance(mobility(table, origin="who", destination="event"), kind)
        assert isinstance(branches(table, firm="event", place="who"), kind)


def test_missing_ids_are_refused_in_memory_and_a_group_in_a_lazy_table():
    rows = pd.DataFrame(
        {"who": ["a", None, "b", "c"], "event": ["p", "p", "p", None], "to": ["x", "x", "y", None]}
    )
    for make in IN_MEMORY.values():
        with pytest.raises(InputError, match=r"'event' must have an id in every row; 1 have none"):
            co_participation(make(rows), member="who", event="event")
        with pytest.raises(InputError, match=r"'who' must have an id in every row; 1 have none"):
            mobility(make(rows), origin="who", destination="event")
    for make in LAZY.values():
        met = as_links(co_participation(make(rows), member="who", event="event"))
        pairs = [("<missing>", "a"), ("<missing>", "b"), ("a", "b")]  # c has no event
        assert list(zip(met["source"], met["target"], strict=True)) == pairs
        moves = as_links(mobility(make(rows), origin="who", destination="to"))
        assert moves["weight"].tolist() == [1.0] * 4
        assert moves.iloc[-1].tolist() == ["c", "<missing>", 1.0]


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_column_that_is_not_there(library):
    table = LIBRARIES[library](pd.DataFrame({"member": ["a"], "event": [1]}))
    with pytest.raises(InputError, match=r"column 'membre' .did you mean 'member'.*it has"):
        co_participation(table, member="membre", event="event")


def test_events_with_too_many_pairs_are_named():
    rows = pd.DataFrame({"who": [*range(9_001), 1, 2], "event": ["fair"] * 9_001 + ["p"] * 2})
    told = r"have 40,504,501\. Largest events: 'fair' \(9,?001 members\)"
    with pytest.raises(InputError, match=told):
        co_participation(rows, member="who", event="event")


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_network_is_built_from_tables_of_any_library(library):
    make = LIBRARIES[library]
    nodes = pd.DataFrame({"node": ["a", "b", "10"], "place": ["x", "y", "x"], "size": [1, 2, 3]})
    links = pd.DataFrame(
        {"source": ["a", "10"], "target": ["b", "a"], "weight": [1.5, 2.0], "period": [1, 2]}
    )
    places = pd.DataFrame({"place": ["x", "y"], "lon": [118.9, 120.2], "lat": [28.9, 30.3]})
    expected = ni.build_network(nodes, links, places)
    assert ni.build_network(make(nodes), make(links), make(places)).equals(expected)
    by_layer = ni.build_network({"firm": make(nodes)}, {"one": make(links)}, make(places))
    assert by_layer.equals(ni.build_network({"firm": nodes}, {"one": links}, places))
    more = pd.DataFrame({"source": ["b"], "target": ["10"], "layer": ["links"]})
    assert expected.with_links(make(more)).equals(expected.with_links(more))


def test_a_column_that_stands_there_twice_is_refused():
    rows = pd.DataFrame([["a", 1, 2], ["b", 1, 2]], columns=["who", "event", "event"])
    with pytest.raises(InputError, match="each column once; twice or more: 'event'"):
        co_participation(rows, member="who", event="event")
    with pytest.raises(InputError, match="each column once; twice or more: 'event'"):
        ni.linkages.enclaves(rows, home="who", host="event")
    layers = pd.DataFrame([[True, False]], ["links"], ["directed", "directed"])
    with pytest.raises(InputError, match="`layers` must have each column once"):
        ni.build_network(
            pd.DataFrame(index=["a", "b"]),
            pd.DataFrame({"source": ["a"], "target": ["b"]}),
            layers=layers,
        )
