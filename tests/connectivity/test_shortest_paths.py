"""A path between two nodes, and the connected parts, as scipy and networkx have them."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given

import netinnov as ni
from netinnov.connectivity import Frictions, components, shortest_path
from strategies import networks

NODES = pd.DataFrame(
    {"place": ["p", "p", "q", "q", "p"], "jurisdiction": ["p", "p", "p", "q", "p"]},
    index=list("abcde"),
)


def two_layers() -> ni.MultilayerNetwork:
    # a - b - c in x, weight 4 each; a - d - c in y, weight 1; e alone
    links = pd.DataFrame(
        {
            "layer": list("xxyy"),
            "source": list("abad"),
            "target": list("bcdc"),
            "weight": [4.0, 4.0, 1.0, 1.0],
        }
    )
    return ni.build_network(NODES, links)


def test_weights_choose_the_path():
    path = shortest_path(two_layers(), "a", "c", distance="inverse")
    assert path.to_dict() == {"a": 0.0, "b": 0.25, "c": 0.5}  # 1/4 + 1/4, against 1 + 1


def test_a_border_turns_the_path_away():
    path = shortest_path(two_layers(), "a", "c", frictions=Frictions(border=1.0))
    assert list(path.index) == ["a", "b", "c"]  # d is of q


def test_a_change_of_layer_costs_what_it_costs():
    links = pd.DataFrame(
        {"layer": ["x", "y", "x", "x"], "source": list("abae"), "target": list("bcec")}
    )
    path = shortest_path(ni.build_network(NODES, links[:2]), "a", "c", switch_cost=0.5)
    # x to b, change, y to c
    assert path.to_dict() == {"a": 0.0, "b": 1.0, "c": 2.5}
    # e keeps to x
    around = shortest_path(ni.build_network(NODES, links), "a", "c", switch_cost=0.5)
    assert around.to_dict() == {"a": 0.0, "e": 1.0, "c": 2.0}


def test_no_path_is_empty_and_a_node_reaches_itself():
    assert shortest_path(two_layers(), "a", "e").empty
    assert shortest_path(two_layers(), "e", "e").to_dict() == {"e": 0.0}


def test_direction_counts_in_paths_and_not_in_parts():
    links = pd.DataFrame({"source": ["a"], "target": ["b"]})
    network = ni.build_network(NODES, links, directed=["links"])
    assert shortest_path(network, "b", "a").empty
    assert components(network).to_list() == [0, 0, 1, 2, 3]


def test_an_unknown_end_is_named():
    with pytest.raises(ni.errors.InputError, match="`target`: 1 of 1 names are not in the network"):
        shortest_path(two_layers(), "a", "z")


@given(networks())
def test_parts_are_those_of_networkx(tables):
    network = ni.build_network(*tables)
    graph = nx.Graph(ni.io.to_networkx(network))
    parts = components(network)
    sizes = parts.value_counts().sort_index()
    assert sizes.is_monotonic_decreasing
    assert list(sizes.index) == list(range(len(sizes)))
    ours = {frozenset(names) for names in parts.groupby(parts).groups.values()}
    assert ours == {frozenset(part) for part in nx.connected_components(graph)}


@given(networks())
def test_lengths_are_those_of_networkx(tables):
    network = ni.build_network(*tables)
    graph = ni.io.to_networkx(network)
    names = list(network)[:4]
    for source in names:
        lengths = nx.single_source_shortest_path_length(graph, source)
        for target in names:
            path = shortest_path(network, source, target)
            if target not in lengths:
                assert path.empty
                continue
            assert path.iloc[-1] == lengths[target]
            steps = zip(path.index[:-1], path.index[1:], strict=True)
            assert all(graph.has_edge(*step) for step in steps)
            assert np.array_equal(path, np.arange(len(path)))
