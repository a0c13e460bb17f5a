"""Sentences of a study are true and of good English where places tie, or there is one of a kind."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from netinnov.plotting import plot_rank_size
from netinnov.plotting._drawing import caption_notes
from netinnov.study._loaded_data import DataPart, load
from netinnov.study._places import PlacesPart, aggregate_to_places
from netinnov.study._section import Table
from netinnov.study._table_views import view_of
from netinnov.study.sections import (
    built,
    enclaves,
)
from study_cases import context_of, network_of, text_of

OFF = {"mechanisms": False}
STAR = [("a", leaf) for leaf in "bcdefgh"]
RING = [(f"p{i:02}", f"p{(i + 1) % 12:02}") for i in range(12)]
PARK = {"home": "b", "host": "a", "size": 1, "replicates": 5, "placebos": 0}
NODES = pd.DataFrame(
    {
        "place": [*"PQR", "Q", "R"],
        "jurisdiction": [*"PQR", "P", "Q"],
        "kind": [*["firm"] * 3, "park", "park"],
    },
    index=["p", "q", "r", "park_1", "park_2"],
)
"""A park of P in Q, and one of Q in R."""
LINKS = [("p", "park_1"), ("park_1", "q"), ("q", "r"), ("park_2", "r")]


def test_most_frequent_hosts_that_tie_are_counted():
    ids = [f"h{i}" for i in range(5)]
    nodes = pd.DataFrame({"place": [*ids, *ids], "kind": ["firm"] * 5 + ["park"] * 5})
    nodes["jurisdiction"] = [*ids, *ids[1:], ids[0]]
    nodes.index = [*ids, *(f"park_{each}" for each in ids)]
    context = context_of(network_of([("h0", "h1")], nodes=nodes), **OFF)
    text = text_of(enclaves.tell(enclaves.compute(context)))
    assert "Most frequent hosts: h0 (1), h1 (1), h2 (1) and 2 more as often." in text


def test_a_cell_that_all_rows_leave_empty_is_not_told():
    frame = pd.DataFrame({"node": ["a", "b"], "lost": "", "kind": "firm"})
    assert view_of(Table("t", frame, "")).alike.endswith(
        "In all rows shown: kind \u2068firm\u2069."
    )
    assert view_of(Table("t", frame.drop(columns="kind"), "")).alike == ""


@pytest.mark.parametrize("kind", ["int64", "Int64", "float64"])
def test_years_on_the_page_have_no_separators(kind):
    frame = pd.DataFrame({"links": [1234, 5]}, pd.Index([2010, 2020], name="period", dtype=kind))
    assert view_of(Table("t", frame, "")).rows == [["2010", "1,234"], ["2020", "5"]]


def test_nodes_without_places_lend_them_their_names(tmp_path):
    nodes = pd.DataFrame({"node": [1, 2], "name": ["Quzhou", "Hangzhou"]})
    nodes.to_csv(tmp_path / "nodes.csv", index=False)
    pd.DataFrame({"source": [1], "target": [2]}).to_csv(tmp_path / "links.csv", index=False)
    loaded = load(DataPart(source="tables", path=tmp_path))
    cities = aggregate_to_places(loaded.network, PlacesPart()).cities
    assert cities.places["name"].to_dict() == {"1": "Quzhou", "2": "Hangzhou"}
    assert "each node is taken as a place of its own" in " ".join(loaded.notes)


def test_a_small_standard_error_has_digits():
    sizes = pd.Series(1000 / np.arange(1.0, 51) ** 0.9 * (1 + 0.001 * (-1.0) ** np.arange(50)))
    assert "standard error 0.0" in (note := " ".join(caption_notes(plot_rank_size(sizes))))
    assert "standard error 0.00," not in note


def test_links_of_a_directed_layer_are_no_pairs():
    links = [("a", "b"), ("b", "a"), ("b", "c")]
    result = built.compute(context_of(network_of(links, directed=["links"]), **OFF))
    assert "3 linked pairs (each direction counted) in 1 layer" in text_of(built.offer(result))
