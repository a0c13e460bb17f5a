"""Gains of added links: against recomputation from scratch, and by hand."""

import math
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

import netinnov as ni
from netinnov.connectivity import added_link_gain, global_efficiency, kirchhoff_index
from netinnov.errors import InputError
from strategies import networks

few = settings(max_examples=10)


def ring(n=6, **columns):
    ids = list("abcdefghijkl"[:n])
    links = pd.DataFrame({"source": ids, "target": ids[1:] + ids[:1], **columns})
    return ni.build_network(pd.DataFrame(index=ids), links)


def with_link(network, pair, weight):
    """The network with the link in a layer of its own."""
    link = pd.DataFrame({"source": [pair[0]], "target": [pair[1]], "weight": weight, "layer": "+"})
    return network.with_links(link, directed=["+"] if network.directed else [])


@pytest.mark.slow
@pytest.mark.parametrize("distance", ["unit", "inverse"])
@pytest.mark.parametrize("frictions", [None, ni.Frictions(0.5, 0.25, 0.125)])
@few
@given(tables=networks(missing=False), data=st.data())
def test_efficiency_rises_as_recomputed_from_scratch(distance, frictions, tables, data):
    network = ni.build_network(*tables)
    ids = network.nodes.index.tolist()
    weight = data.draw(st.sampled_from([0.5, 1.0, 3.0]))
    nodes = data.draw(st.sampled_from([None, ids, ids[::2]]))
    every = [(i, j) for i in ids for j in ids]
    pairs = data.draw(st.lists(st.sampled_from(every), min_size=1, max_size=5, unique=True))
    options = {"distance": distance, "frictions": frictions, "nodes": nodes}
    found = added_link_gain(network, pairs=pairs, weight=weight, **options)
    before = global_efficiency(network, **options)
    after = [
        global_efficiency(with_link(network, pair, weight), **options)
        if pair[0] != pair[1]
        else before
        for pair in pairs
    ]
    assert found.index.tolist() == pairs
    np.testing.assert_allclose(found, np.array(after) - before, rtol=1e-9, atol=1e-12)


@pytest.mark.slow
@few
@given(
    tables=networks(missing=False, max_nodes=6, min_links=1),
    weight=st.sampled_from([0.5, 1.0, 3.0]),
)
def test_kirchhoff_index_falls_as_recomputed_from_scratch(tables, weight):
    network = ni.build_network(*tables._replace(directed=()))
    ids = network.nodes.index.tolist()
    # Every other pair, in both orders.
    pairs = [*combinations(ids, 2), *combinations(ids[::-1], 2)][::2]
    found = added_link_gain(network, pairs=pairs, measure="kirchhoff", weight=weight)
    before = kirchhoff_index(network)
    for pair, value in found.items():
        after = kirchhoff_index(with_link(network, pair, weight))
        if math.isinf(after):
            assert np.isnan(value)
        else:
            assert value == pytest.approx(before - after, rel=1e-8, abs=1e-10)


def test_all_pairs_that_are_not_linked_come_in_node_order():
    found = added_link_gain(ring(4))
    # A square gets a diagonal: one distance falls from 2 to 1, of 6 pairs.
    assert found.to_dict() == pytest.approx({("a", "c"): 0.5 / 6, ("b", "d"): 0.5 / 6})
    assert found.index.names == ["source", "target"]
    assert found.name == "added_link_gain"


def test_a_directed_layer_makes_pairs_ordered():
    network = ni.build_network(
        pd.DataFrame(index=list("abc")),
        pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"]}),
        directed=["links"],
    )
    found = added_link_gain(network)
    assert found.index.tolist() == [("a", "c"), ("b", "a"), ("c", "a"), ("c", "b")]
    # a > c shortens one of 6 distances from 2 to 1; c > a adds c > a, c > b and b > a.
    assert found["a", "c"] == pytest.approx(0.5 / 6)
    assert found["c", "a"] == pytest.approx((1 + 0.5 + 0.5) / 6)


def test_parts_that_a_link_joins():
    nodes = pd.DataFrame(index=list("abcd"))
    two = ni.build_network(nodes, pd.DataFrame({"source": ["a", "c"], "target": ["b", "d"]}))
    found = added_link_gain(two, measure="kirchhoff", pairs=[("a", "c"), ("a", "b")])
    assert found["a", "c"] == math.inf
    assert np.isnan(found["a", "b"])
    assert np.isnan(added_link_gain(ring(1).select(nodes=["a"]), pairs=[("a", "a")])["a", "a"])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"pairs": [("a", "x")]}, "not in the network: 'x'"),
        ({"pairs": ["ab"]}, "pairs of node ids"),
        ({"measure": "kirchhoff", "distance": "inverse"}, "leave out"),
        ({"measure": "kirchhoff", "nodes": ["a"]}, "leave out"),
    ],
)
def test_wrong_options_are_refused(options, words):
    with pytest.raises(InputError, match=words):
        added_link_gain(ring(), **options)


def test_all_pairs_of_a_large_network_are_refused(monkeypatch):
    monkeypatch.setattr("netinnov.connectivity._added_links.MANY", 3)
    network = ni.build_network(
        pd.DataFrame(index=["a", "b"]), pd.DataFrame({"source": ["a"], "target": ["b"]})
    )
    with pytest.raises(InputError, match="give the `pairs`"):
        added_link_gain(network)
