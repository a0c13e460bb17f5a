"""Pictures of networks without coordinates: what is drawn are their nodes and links."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection, PathCollection

import netinnov as ni
from figures import axes, entries, notes, texts
from netinnov.community import Partition
from netinnov.errors import InputError
from netinnov.plotting import plot_network, save_figure


@pytest.fixture
def network():
    """Layer x: a - b - c; y, directed: c -> d, a -> b and a self-link; e is isolated."""
    nodes = pd.DataFrame({"value": [4.0, 1.0, 0.0, 1.0, 1.0]}, index=list("abcde"))
    rows = [("a", "b", "x", 1), ("b", "c", "x", 2), ("c", "d", "y", 4), ("d", "d", "y", 8)]
    rows.append(("a", "b", "y", 16))
    links = pd.DataFrame(rows, columns=["source", "target", "layer", "weight"])
    return ni.build_network(nodes, links, directed=["y"])


def curves(ax):
    """Curves of links, by colour."""
    drawn = [c for c in ax.collections if isinstance(c, LineCollection) and len(c.get_segments())]
    return {tuple(c.get_color()[0][:3].round(3)): c.get_segments() for c in drawn}


def markers(ax):
    return [c for c in ax.collections if isinstance(c, PathCollection) and c.get_zorder() == 3]


def test_links_of_each_layer_have_its_colour(network):
    ax = plot_network(network, rng=1, ax=axes())
    assert entries(ax) == ["x", "y"]
    # x has two links; y has two without the self-link.
    assert [len(segments) for segments in curves(ax).values()] == [2, 2]
    assert sum(len(c.get_offsets()) for c in markers(ax)) == 5


def test_links_join_their_nodes(network):
    layout = pd.DataFrame({"x": [0.0, 1, 2, 3, 4], "y": [0.0, 1, 0, 1, 0]}, index=list("abcde"))
    ax = plot_network(network, layout=layout, layers=["x"], ax=axes())
    (segments,) = curves(ax).values()
    ends = {tuple(np.round(4 * segment[k], 6)) for segment in segments for k in (0, -1)}
    assert ends == {(0, 0), (1, 1), (2, 0)}  # a, b, c: the width of the picture is 1


def test_heads_of_directed_links_stand_in_the_middle_left_of_the_chord(network):
    layout = pd.DataFrame({"x": [0.0, 4, 4, 0, 2], "y": [0.0, 0, 2, 2, 1]}, index=list("abcde"))
    ax = plot_network(network, layout=layout, layers=["y"], ax=axes())
    heads = next(c for c in ax.collections if c.get_zorder() == 1.6)
    # a -> b goes right at the bottom, c -> d left at the top: left of both is the middle of the
    # picture; the curve rises by 0.12 of its length of 1.
    assert np.allclose(sorted(heads.get_offsets().tolist()), [[0.5, 0.12], [0.5, 0.5 - 0.12]])


@pytest.mark.parametrize("layout", ["fruchterman_reingold", "kamada_kawai", None])
def test_nodes_do_not_coincide_and_the_same_rng_gives_the_same_picture(layout, network):
    def positions(seed):  # a-b-c, d and e alone; the width of the picture is 1
        ax = plot_network(network, layers=["x"], layout=layout, rng=seed, ax=axes())
        return np.concatenate([part.get_offsets() for part in markers(ax)])

    at = positions(0)
    apart = np.hypot(*(at[:, None] - at[None]).T)
    assert (apart[~np.eye(5, dtype=bool)] > 0.2).all()
    assert np.array_equal(at, positions(0))
    assert not np.array_equal(at, positions(4))


def test_a_path_is_drawn_as_a_line_by_kamada_and_kawai():
    # Distances 1, 2 and 3 along a path fit on a line exactly: the least energy.
    links = pd.DataFrame({"source": list("abc"), "target": list("bcd")})
    path = ni.build_network(pd.DataFrame(index=list("abcd")), links)
    (drawn,) = markers(plot_network(path, layout="kamada_kawai", rng=5, ax=axes()))
    steps = np.diff(drawn.get_offsets(), axis=0)  # of 1/3 each
    assert np.allclose(steps, steps[0], atol=0.05 / 3)
    assert abs(steps[0, 1]) < 0.05 / 3  # its long axis is horizontal


def test_communities_have_colours_and_markers(network):
    membership = pd.Series([0.0, 0, 1, 1, np.nan], index=list("abcde"))
    ax = plot_network(network, layers=["x"], groups=Partition(membership, 0.5), rng=1, ax=axes())
    assert entries(ax) == ["community 0", "community 1", "none"]
    drawn = [c for c in markers(ax) if len(c.get_offsets())]
    assert [len(c.get_offsets()) for c in drawn] == [2, 2, 1]
    assert len({len(c.get_paths()[0].vertices) for c in drawn[:2]}) == 2


def test_groups_by_layer_need_a_picture_for_each(network):
    membership = pd.DataFrame({"x": [0.0, 0, 1, 1, 1], "y": [1.0, 0, 1, 1, 1]}, list("abcde"))
    with pytest.raises(InputError, match="choose `arrange` 'planes'"):
        plot_network(network, groups=membership, ax=axes())
    ax = plot_network(network, groups=membership, arrange="planes", rng=1, ax=axes())
    # Label 1 comes first, it is the larger one. Panel x: c in 1, a and b in 0, d and e have no
    # link there; panel y: a, c and d in 1, b in 0.
    assert [len(c.get_offsets()) for c in markers(ax) if len(c.get_offsets())] == [1, 2, 3, 1]


def test_many_groups_share_a_marker_and_kinds_are_told_apart_by_default():
    nodes = pd.DataFrame({"kind": ["project", "firm", *["project"] * 8]}, index=map(str, range(10)))
    network = ni.build_network(nodes, pd.DataFrame({"source": ["0"], "target": ["1"]}))
    assert entries(plot_network(network, rng=1)) == ["project", "firm"]
    groups = pd.Series([*(f"g{k}" for k in range(9)), "g0"], index=nodes.index)
    ax = plot_network(network, groups=groups, rng=1)
    assert (entries(ax)[0], entries(ax)[-1]) == ("g0", "3 other groups")


def test_areas_are_in_proportion_to_values(network):
    ax = plot_network(network, size=network.nodes["value"], rng=1, ax=axes())
    (drawn,) = [c for c in markers(ax) if len(c.get_offsets())]
    areas = drawn.get_sizes()
    assert areas[0] == pytest.approx(4 * areas[1])
    assert 0 < areas[2] < areas[1]  # 0 can still be seen
    assert "Area of a node: value." in notes(ax)


def test_named_are_the_largest(network):
    ax = plot_network(network, size=network.nodes["value"], labels=1, rng=1, ax=axes())
    assert [text.get_text() for text in ax.texts if text.get_text()] == ["a"]
    names = {"a": "Quzhou", "b": None}
    ax = plot_network(network, layers=["x"], labels=2, names=names, rng=1, ax=axes())
    assert {text.get_text() for text in ax.texts if text.get_text()} == {"b", "Quzhou"}


def test_planes_show_each_layer_once_and_lines_follow_named_nodes(network):
    ax = plot_network(network, arrange="planes", labels=0, rng=1, ax=axes())
    assert texts(ax) == ["x", "y"]
    drawn = [len(c.get_offsets()) for c in markers(ax) if len(c.get_offsets())]
    assert drawn == [3, 4]  # a, b, c have links in x; a, b, c, d in y
    ax = plot_network(network, arrange="planes", labels=5, rng=1, ax=axes())
    dotted = next(c for c in ax.collections if c.get_zorder() == 1)
    assert len(dotted.get_segments()) == 3  # a, b and c are in both
    for upper, lower in dotted.get_segments():
        assert upper[0] == pytest.approx(lower[0])
        assert upper[1] > lower[1]


def test_modelled_layers_are_grey_and_say_so(network):
    records = {"y": {"modelled": True, "directed": True}}
    marked = network.select(layers=[]).with_links(network.links, layers=records)
    ax = plot_network(marked, rng=1, ax=axes())
    assert entries(ax) == ["x", "y (modelled)"]
    red, green, blue = list(curves(ax))[1]
    assert red == green == blue


def test_what_is_left_out_is_in_the_caption(network):
    ax = plot_network(network, strongest=1, rng=1, ax=axes())
    assert "Links left out, the lightest: 2." in notes(ax)
    rows = [{"source": "a", "target": "b", "layer": f"layer {k}"} for k in range(8)]
    many = ni.build_network(pd.DataFrame(index=["a", "b"]), pd.DataFrame(rows))
    said = notes(plot_network(many, rng=1, ax=axes()))
    assert said == "Layers left out, those of fewest links: 1."


@pytest.mark.parametrize("arrange", ["planes", pytest.param("colours", marks=pytest.mark.slow)])
def test_labels_of_real_networks_do_not_overlap(shared, arrange):
    network = ni.read_network(shared / "data/multiplex_benchmarks/Lazega-Law-Firm.paj")
    ax = plot_network(network, arrange=arrange, groups=network.nodes["office"], rng=1, ax=axes())
    ax.figure.draw_without_rendering()
    boxes = [t.get_window_extent() for t in ax.texts if t.get_text()]
    assert len(boxes) > 8
    assert not any(one.overlaps(other) for k, one in enumerate(boxes) for other in boxes[:k])


def test_files_of_a_network_without_links(tmp_path):
    nodes = pd.DataFrame({"kind": ["firm", "fund"]}, index=["a", "b"])
    empty = ni.build_network(nodes, pd.DataFrame({"source": [], "target": []}))
    ax = plot_network(empty, rng=1)
    assert all(path.stat().st_size for path in save_figure(ax.figure, tmp_path, "empty"))
    with pytest.raises(InputError, match="found none"):
        plot_network(empty, arrange="planes")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"layers": ["z"]}, "`layers`: 1 of 1 names are not in the network: 'z'"),
        ({"layers": []}, "found none"),
        ({"arrange": "rows"}, "`arrange` must be one of 'colours', 'planes'"),
        ({"layout": "spring"}, "`layout` must be one of 'fruchterman_reingold'"),
        ({"layout": [1, 2]}, "`layout` must be the name of a layout, or a table"),
        ({"layout": pd.DataFrame({"x": [1.0], "y": [1.0]}, ["a"])}, r"4 have no x or y: \['b'"),
        ({"groups": 3}, "`groups` must be a Partition"),
        ({"groups": pd.Series({"z": 1})}, "all are missing"),
        ({"size": pd.Series(["p"])}, "`size` must be a Series of numbers"),
        ({"size": pd.Series({"a": -1.0})}, "finite and at least 0"),
    ],
)
def test_bad_input(network, options, message):
    with pytest.raises(InputError, match=message):
        plot_network(network, **options)
