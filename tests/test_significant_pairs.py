"""Significant pairs of a table: those of the projection of a network, in every library."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, strategies as st

import netinnov as ni
from netinnov._statistics import corrected
from netinnov.linkages import _blocks, _significant_pairs, validated_co_participation
from netinnov.linkages._significant_pairs import LARGEST_ERROR, _log_factorial
from netinnov.null_models import validated_projection

LIBRARIES = {
    "pandas": lambda frame: frame,
    "polars": pl.from_pandas,
    "pyarrow": pa.Table.from_pandas,
    "duckdb": duckdb.from_df,
    "polars_lazy": lambda frame: pl.from_pandas(frame).lazy(),
}


def teams(seed: int, n_members: int = 60, n_events: int = 300) -> pd.DataFrame:
    """Members at random, and teams of three that often meet."""
    rng = np.random.default_rng(seed)
    meets = rng.random((n_members, n_events)) < rng.beta(1, 12, n_members)[:, None]
    for team in range(0, 12, 3):
        meets[team : team + 3] |= rng.random(n_events) < 0.05
    who, event = np.nonzero(meets)
    return pd.DataFrame({"who": np.char.add("m", who.astype(str)), "event": event})


def as_network(rows: pd.DataFrame) -> ni.MultilayerNetwork:
    event = "e" + rows["event"].astype(str)
    members, events = np.unique(rows["who"]), np.unique(event)
    kind = ["m"] * members.size + ["e"] * events.size
    nodes = pd.DataFrame({"kind": kind}, index=np.concatenate([members, events]))
    return ni.build_network(nodes, pd.DataFrame({"source": rows["who"], "target": event}))


def projected(rows: pd.DataFrame, **options: Any) -> pd.DataFrame:
    return validated_projection(as_network(rows), layer="links", onto="m", **options)


@cache
def projected_teams(**options: Any) -> pd.DataFrame:
    """The pairs that all libraries must find."""
    return projected(teams(0), **options)


def check(
    make: Any, rows: pd.DataFrame, expected: pd.DataFrame | None = None, **options: Any
) -> int:
    if expected is None:
        expected = projected(rows, **options)
    pairs = validated_co_participation(
        make(rows), member="who", event="event", progress=False, **options
    )
    chance = pairs.pop("expected")
    pd.testing.assert_frame_equal(pairs, expected, rtol=1e-9)
    degree, n_events = rows["who"].value_counts(), rows["event"].nunique()
    picked, marked = degree[pairs["source"]].to_numpy(), degree[pairs["target"]].to_numpy()
    np.testing.assert_allclose(chance, picked * marked / n_events)
    return len(pairs)


@pytest.mark.parametrize(
    ("library", "correction"),
    [
        *((library, "fdr") for library in LIBRARIES),
        ("polars", "holm"),
        *(
            pytest.param(library, "holm", marks=pytest.mark.slow)
            for library in LIBRARIES
            if library != "polars"
        ),
    ],
)
def test_pairs_are_those_of_the_projection(library, correction):
    make = LIBRARIES[library]
    for alpha, at_least in ((0, 0), (0.05, 8), (1, 300)):
        options = {"alpha": alpha, "correction": correction}
        assert check(make, teams(0), projected_teams(**options), **options) >= at_least


@given(
    st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 5)), min_size=1, unique=True),
    st.sampled_from([0.01, 0.05, 0.3, 0.5, 1]),
    st.sampled_from(["fdr", "holm"]),
)
def test_pairs_of_small_tables_are_those_of_the_projection(rows, alpha, correction):
    table = pd.DataFrame(sorted(rows), columns=["who", "event"])
    check(pl.from_pandas, table, alpha=alpha, correction=correction)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Dask support is moving:FutureWarning")
def test_dask_finds_the_same_pairs():
    dask = pytest.importorskip("dask.dataframe", reason="pip install 'netinnov[dask]'")
    assert check(lambda rows: dask.from_pandas(rows, npartitions=3), teams(1)) > 8


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas:FutureWarning")
def test_spark_finds_the_same_pairs(spark):
    assert check(spark.createDataFrame, teams(1)) > 8


def test_blocks_find_the_same_pairs(monkeypatch):
    monkeypatch.setattr(_blocks, "BYTES_A_PAIR", 10**8)
    assert check(LIBRARIES["polars"], teams(1)) > 8


def test_few_candidates_come_into_memory(monkeypatch):
    sizes = []

    def noting(p, *args, **kwargs):
        sizes.append(p.size)
        return corrected(p, *args, **kwargs)

    monkeypatch.setattr(_significant_pairs, "corrected", noting)
    rows = teams(1, n_members=200)
    pairs = validated_co_participation(rows, member="who", event="event", alpha=0.01)
    n_met = len(validated_co_participation(rows, member="who", event="event", alpha=1))
    assert len(pairs) <= sizes[0] < n_met / 20


def test_the_logarithm_of_a_factorial_is_near_enough():
    n = np.concatenate([np.arange(1000), np.logspace(3, 10, 20).round()])
    logs = _log_factorial(pl.Series(n)).to_numpy()
    error = np.abs(logs - [math.lgamma(each + 1) for each in n])
    assert 9 * error.max() < LARGEST_ERROR
