"""The flow diagram of a park: every actor and link is there, nothing covers another."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from matplotlib.patches import FancyBboxPatch, Polygon, Rectangle

import netinnov as ni
from netinnov.datasets import load_quzhou, load_yrd_enclaves
from netinnov.mechanisms.cooperation import park_network
from netinnov.plotting import plot_park


@pytest.fixture(scope="module")
def delta():
    return load_yrd_enclaves()


def boxes(ax):
    return [
        each for each in ax.patches if isinstance(each, FancyBboxPatch) and each.get_width() > 5
    ]


def heads(ax):
    return [patch for patch in ax.patches if isinstance(patch, Polygon)]


def badges(ax):
    return [text for text in ax.texts if text.get_bbox_patch() is not None]


@pytest.mark.parametrize("park", ["quzhou_haichuang", "zhongan_songjiang"])
def test_each_actor_has_a_box_and_each_link_an_arrow(delta, park):
    around = park_network(delta, park)
    ax = plot_park(delta, park)
    assert len(boxes(ax)) == around.n_nodes - 1
    # Each layer has one more arrow in the legend.
    assert len(heads(ax)) == around.n_links + len(around.layers)
    hollow = sum(np.allclose(head.get_facecolor(), (1, 1, 1, 1)) for head in heads(ax))
    assert hollow == (around.links["status"] != "stated").sum()


@pytest.mark.parametrize("park", ["quzhou_haichuang", "yancheng_shanghai"])
def test_nothing_covers_another_or_leaves_the_page(delta, park):
    ax = plot_park(delta, park)
    ax.figure.draw_without_rendering()
    page = ax.figure.bbox
    frames = [patch.get_window_extent() for patch in boxes(ax)]
    letters = [text.get_window_extent() for text in badges(ax)]
    for some in (frames, letters):
        assert not any(one.overlaps(other) for one, other in combinations(some, 2))
    for text in ax.texts:
        extent = text.get_window_extent()
        assert page.x0 <= extent.x0 < extent.x1 <= page.x1
        assert page.y0 <= extent.y0 < extent.y1 <= page.y1
        # Names stay inside their boxes.
        for frame in frames:
            inside = frame.y0 < (extent.y0 + extent.y1) / 2 < frame.y1
            if inside and abs(extent.x0 + extent.x1 - frame.x0 - frame.x1) < 2:
                assert frame.x0 - 1 <= extent.x0 < extent.x1 <= frame.x1 + 1


def test_home_is_left_and_host_is_right_on_a_page():
    ax = plot_park(load_quzhou(), "quzhou_haichuang")
    at = {text.get_text(): text.get_position()[0] for text in ax.texts}
    assert at["Government of Quzhou"] < 91 < at["Government of Yuhang"]
    assert {"HOME: Quzhou", "HOST: Yuhang, Hangzhou"} <= at.keys()
    width, height = ax.figure.get_size_inches() * 25.4
    assert width == pytest.approx(183)
    assert 100 < height < 150


def test_bare_networks_can_be_drawn():
    nodes = pd.DataFrame({"kind": ["park", None, "firm"]}, index=["p", "$x_1$", "y"])
    nodes["place"], nodes["jurisdiction"] = ["host", "host", "home"], ["home", "host", "home"]
    links = pd.DataFrame({"source": ["$x_1$", "p", "p"], "target": ["p", "y", "p"]})
    ax = plot_park(ni.build_network(nodes, links), "p")
    ax.figure.draw_without_rendering()
    assert len(boxes(ax)) == 2
    alone = ni.build_network(nodes, links.iloc[[2]])
    assert len(boxes(plot_park(alone, "p"))) == 0


def test_undirected_links_have_no_heads_and_the_park_stands_on_its_ground():
    nodes = pd.DataFrame({"kind": ["talent", "park", "firm"]}, index=["ann", "lab", "works"])
    nodes["place"] = ["hangzhou", "hangzhou", "quzhou"]
    nodes["jurisdiction"] = ["hangzhou", "quzhou", "quzhou"]
    links = pd.DataFrame({"source": ["ann", "lab"], "target": ["lab", "works"]})
    links["layer"] = ["employment", "production"]

    def drawn(**options):
        ax = plot_park(ni.build_network(nodes, links, **options), "lab")
        return ax, " ".join(text.get_text() for text in ax.texts)

    ax, words = drawn()
    assert heads(ax) == []
    assert "Arrows" not in words
    grounds = [patch for patch in ax.patches if isinstance(patch, Rectangle)]
    assert len(grounds) == 3  # home, host and the park
    bottom = [patch.get_y() + patch.get_height() for patch in grounds]
    assert bottom[2] < bottom[0] == bottom[1]

    ax, words = drawn(directed=["production"])
    assert len(heads(ax)) == 2  # one of them in the legend
    assert "Arrows lead from giver to receiver" in words
    assert "Lines without a head have no direction" in words


def crowded(n=12):
    """A park with `n` partners at home and `n` at the host, every two of whom are linked."""
    ids = [f"{side}{i}" for side in ("home", "host") for i in range(n)]
    nodes = pd.DataFrame({"place": [each[:4] for each in ids], "kind": "firm"}, index=ids)
    nodes.loc["park"] = ["host", "park"]
    nodes["jurisdiction"] = nodes["place"].where(nodes.index != "park", "home")
    pairs = [("park", each) for each in ids] + list(combinations(ids, 2))
    links = pd.DataFrame(pairs, columns=["source", "target"])
    return ni.build_network(nodes, links.assign(weight=range(1, len(links) + 1)))


@pytest.mark.parametrize("n", [1, 2, 6])
def test_links_among_many_partners_stay_on_the_page_and_beside_the_park(n):
    ax = plot_park(crowded(n), "park")
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    grounds = [each for each in ax.patches if isinstance(each, Rectangle)]
    (bar,) = [each for each in grounds if each.get_linewidth() == pytest.approx(1.6)]
    start, end = bar.get_x(), bar.get_x() + bar.get_width()
    ways = [line.get_xydata() for line in ax.lines]
    assert len(ways) == n * 2 * (n * 2 + 1) / 2 + 1  # and one in the legend
    downs = []
    for way in ways:
        assert ((left + 0.5 <= way[:, 0]) & (way[:, 0] <= right - 0.5)).all()
        assert ((top <= way[:, 1]) & (way[:, 1] <= bottom)).all()
        # No line runs down inside of the park.
        down = np.flatnonzero(np.diff(way[:, 0]) == 0)
        assert not ((start < way[down, 0]) & (way[down, 0] < end)).any()
        if len(way) == 4:  # out of a box and back into the column
            downs.append((way[1, 0], *sorted(way[1:3, 1])))
    assert len(downs) == n * (n - 1)
    for (x, low, high), (other, least, most) in combinations(downs, 2):
        assert x != other or high < least or most < low
    ax.figure.draw_without_rendering()
    page = ax.figure.bbox
    extents = [badge.get_window_extent() for badge in badges(ax)]
    assert all(page.x0 <= extent.x0 and extent.x1 <= page.x1 for extent in extents)


def test_of_many_actors_those_of_most_weight_are_drawn():
    ids = [f"a{number:02}" for number in range(30)]
    nodes = pd.DataFrame({"place": ["host"] * 16 + ["home"] * 15}, index=["park", *ids])
    nodes["jurisdiction"] = ["home", *nodes["place"].iloc[1:]]
    links = pd.DataFrame({"source": "park", "target": ids, "weight": range(1, 31)})
    ax = plot_park(ni.build_network(nodes, links), "park", actors=4)
    assert len(boxes(ax)) == 4
    said = " ".join(text.get_text() for text in ax.texts)
    assert all(name in said for name in ids[-4:])
    assert "a00" not in said
    assert "26 more actors of less weight with the park are not drawn." in said
    # Layers whose first two letters are alike, or cannot be drawn, have numbers.
    coloured = links.head(3).assign(layer=["trade", "travel", "talent"])
    ax = plot_park(ni.build_network(nodes, coloured), "park")
    assert {text.get_text() for text in badges(ax)} == {"1", "2", "3"}
