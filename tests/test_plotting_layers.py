"""Stacked layers and matrices: what is drawn are the numbers of the network."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov.errors import InputError
from netinnov.plotting import new_figure, plot_adjacency, plot_layers


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


def test_planes_hold_the_links_of_their_layer(network):
    ax = new_figure().add_subplot()
    assert plot_layers(network, ax=ax) is ax
    assert [text.get_text() for text in ax.texts] == ["x (2)", "y (3)"]
    # Segments: 2 of x, 2 of y (the self-link of d is left out), 3 nodes a, b, c in both planes.
    assert sorted(
        len(lines.get_segments()) for lines in ax.collections if hasattr(lines, "get_segments")
    ) == [2, 2, 3]


def test_modelled_layers_say_so(network):
    links = network.links
    marked = network.select(layers=[]).with_links(links, layers={"y": {"modelled": True}})
    ax = plot_layers(marked, ax=new_figure().add_subplot())
    assert "y (modelled) (3)" in [text.get_text() for text in ax.texts]


def test_bad_input(network):
    with pytest.raises(InputError, match="`layers`: 1 of 1 names are not in the network: 'z'"):
        plot_layers(network, layers=["z"])
    with pytest.raises(InputError, match="found none"):
        plot_layers(network, layers=[])
    empty = ni.build_network(pd.DataFrame(index=["a"]), pd.DataFrame({"source": [], "target": []}))
    with pytest.raises(InputError, match="there are none"):
        plot_adjacency(empty)
