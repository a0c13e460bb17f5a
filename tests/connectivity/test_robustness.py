"""Robustness curves against hand values and components recomputed after each removal."""

import math
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, strategies as st

import netinnov as ni
from netinnov import connectivity
from strategies import Tables, bare, networks


@pytest.mark.slow
def test_a_star_that_loses_a_leaf_and_then_its_hub() -> None:
    # All 4; without b: 3; without the hub a: singles; then one, then none.
    network = ni.build_network(*bare({"l": [("a", "b"), ("a", "c"), ("a", "d")]}, "abcd"))
    curve = connectivity.robustness_curve(network, order=["b", "a", "c", "d"])
    expected = pd.Series(
        [1.0, 0.75, 0.25, 0.25, 0.0], pd.RangeIndex(5, name="removed"), name="robustness_curve"
    )
    pd.testing.assert_series_equal(curve, expected)
    # R of Schneider et al.: (0.75 + 0.25 + 0.25 + 0) / 4.
    assert curve.iloc[1:].mean() == pytest.approx(1.25 / 4)


def test_a_node_leaves_every_layer_and_directions_are_left_aside() -> None:
    # A: b > a, B: b-c. Without b nothing is left in either layer.
    network = ni.build_network(*bare({"A": [("b", "a")], "B": [("b", "c")]}, "abc", directed=["A"]))
    curve = connectivity.robustness_curve(network, order=["b", "a", "c"])
    np.testing.assert_allclose(curve, [1, 1 / 3, 1 / 3, 0])


def test_no_node_and_no_link() -> None:
    empty = connectivity.robustness_curve(ni.build_network(*bare({"l": []}, "")), order=[])
    assert len(empty) == 1
    assert math.isnan(empty[0])
    alone = connectivity.robustness_curve(
        ni.build_network(*bare({"l": []}, "ab")), order=["b", "a"]
    )
    assert alone.tolist() == [0.5, 0.5, 0.0]


@pytest.mark.parametrize(
    ("order", "words"),
    [
        (["a", "b"], "1 are missing, e.g. .'c'"),
        (["a", "b", "b", "c"], "1 come twice or more, e.g. .'b'"),
        (["a", "b", "x"], "order.*'x'"),
        (["a", "b", None], "order.*None"),
        ("abc", "sequence"),
    ],
)
def test_an_order_names_every_node_once(order: Any, words: str) -> None:
    network = ni.build_network(*bare({"l": [("a", "b")]}, "abc"))
    with pytest.raises(ValueError, match=words):
        connectivity.robustness_curve(network, order=order)


@given(networks(), st.data())
def test_the_curve_agrees_with_components_found_anew(tables: Tables, data: st.DataObject) -> None:
    network = ni.build_network(*tables)
    order = data.draw(st.permutations(tables.nodes["node"].tolist()))
    graph = nx.Graph()
    graph.add_nodes_from(order)
    graph.add_edges_from(zip(tables.links["source"], tables.links["target"], strict=True))
    expected = [max(map(len, nx.connected_components(graph))) / len(order)]
    for node in order:
        graph.remove_node(node)
        expected.append(max(map(len, nx.connected_components(graph)), default=0) / len(order))
    curve = connectivity.robustness_curve(network, order=order)
    np.testing.assert_allclose(curve, expected, rtol=1e-15)
    assert curve[0] == pytest.approx(connectivity.largest_component(network))
    assert (curve.diff().iloc[1:] <= 0).all()
