"""Matrices: what is drawn are the numbers of the network."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov.errors import InputError
from netinnov.plotting import new_figure, plot_adjacency


@pytest.fixture
def network() -> ni.MultilayerNetwork:
    nodes = pd.DataFrame({"place": ["q", "h", "q", None]}, index=["a", "b", "c", "d"])
    links = pd.DataFrame(
        {
            "source": ["a", "b", "c", "d", "a"],
            "target": ["b", "c", "d", "d", "b"],
            "layer": ["x", "x", "y", "y", "y"],
            "weight": [1.0, 2.0, 4.0, 8.0, 16.0],
        }
    )
    return ni.build_network(nodes, links, directed=["y"])


def test_matrix_is_ordered_by_place(network):
    ax = new_figure().add_subplot()
    assert plot_adjacency(network, ax=ax) is ax
    shown = np.ma.filled(ax.images[0].get_array(), 0)
    # Order a, c (q), b (h), d (no place). x counts both ways, y (directed) one: a-b 1 + 16.
    assert shown.tolist() == [[0, 0, 17, 0], [0, 0, 2, 4], [1, 2, 0, 0], [0, 0, 0, 8]]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["q", "h", "no place"]


def test_matrix_of_one_layer(network):
    ax = plot_adjacency(network, layer="x", ax=new_figure().add_subplot())
    assert np.ma.filled(ax.images[0].get_array(), 0).sum() == 2 * (1 + 2)


def test_weakest_link_differs_from_none(network):
    ax = plot_adjacency(network, ax=new_figure().add_subplot())
    image = ax.images[0]
    assert image.norm(1.0) > 0.15  # the least weight is well off the white end of the shades


def test_bad_input(network):
    empty = ni.build_network(pd.DataFrame(index=["a"]), pd.DataFrame({"source": [], "target": []}))
    with pytest.raises(InputError, match="there are none"):
        plot_adjacency(empty)
