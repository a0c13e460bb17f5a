"""Directed layers become undirected, as a matrix and its transpose say."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

import netinnov as ni
from netinnov.build import symmetrize
from netinnov.errors import InputError
from strategies import Tables, bare, networks

WAYS = {"sum": np.add, "mean": lambda a, b: (a + b) / 2, "max": np.maximum, "min": np.minimum}


@given(networks(periods=False), st.sampled_from([*WAYS]))
def test_weights_are_those_of_the_matrix_and_its_transpose(tables: Tables, how: str) -> None:
    network = ni.build_network(*tables)
    result = symmetrize(network, how=how)
    assert not result.directed
    for layer in network.layers:
        matrix = network.adjacency(layer).toarray()
        expected = WAYS[how](matrix, matrix.T)
        np.fill_diagonal(expected, matrix.diagonal())
        if layer not in network.directed:
            expected = matrix
        if not expected.any():
            assert layer not in result.layers
        else:
            np.testing.assert_allclose(result.adjacency(layer).toarray(), expected)


def test_periods_stay_apart() -> None:
    links = pd.DataFrame(
        {"source": list("aba"), "target": list("bab"), "period": [1, 1, 2], "weight": [3.0, 1, 5]}
    )
    network = ni.build_network(pd.DataFrame(index=["a", "b"]), links, directed=["links"])
    for how, weights in {"sum": [4, 5], "mean": [2, 2.5], "max": [3, 5], "min": [1]}.items():
        table = symmetrize(network, how=how).links
        assert table["weight"].tolist() == weights
        assert table["period"].tolist() == [1, 2][: len(weights)]


def test_layers_are_chosen_and_records_stay() -> None:
    layers = {"x": [("a", "b")], "y": [("b", "a"), ("a", "b")], "z": [("a", "b")]}
    records = {
        "x": {"directed": True},
        "y": {"directed": True, "modelled": True, "unit": "people", "events": 9},
    }
    network = ni.build_network(*bare(layers, "ab")[:2], layers=records)
    result = symmetrize(network, layers=["y", "z"])
    assert result.directed == {"x"}
    row = result.layer_table.loc["y"]
    assert (row["modelled"], row["unit"], row["events"]) == (True, "people", 9)
    assert symmetrize(network, how="max").layer_table["events"].isna().all()
    assert symmetrize(result, layers=["z"]).equals(result)


def test_what_has_no_sum_is_refused() -> None:
    shares = {"x": {"directed": True, "quantity": "share_of_origin"}}
    network = ni.build_network(*bare({"x": [("a", "b")]}, "ab")[:2], layers=shares)
    with pytest.raises(InputError, match="symmetrize has no meaning for 'x'"):
        symmetrize(network)
    with pytest.raises(InputError, match="did you mean 'x'"):
        symmetrize(network, layers=["X"])
