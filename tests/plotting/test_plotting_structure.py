"""Figures of structure: what is drawn are the numbers of the tables, and nothing is hidden."""

from types import SimpleNamespace

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection
from matplotlib.patches import Rectangle

import netinnov as ni
from figures import assert_inside, axes, entries, new_figure, notes, texts, ticks
from netinnov import plotting
from netinnov.errors import InputError
from netinnov.plotting import (
    plot_centralities,
    plot_centre_rules,
    plot_centres,
    plot_community_flows,
    plot_layer_similarity,
    plot_profile,
    plot_rank_size,
    plot_robustness,
    plot_roles,
)

MINUS = "\N{MINUS SIGN}"


@pytest.fixture
def cities():
    """Two communities, a-b-c and d-e, and z without links; c and d are joined."""
    names = list("abcdez")
    links = pd.DataFrame({"layer": list("xxyyx"), "source": list("acbda"), "target": list("bdcea")})
    links["weight"] = [4.0, 1.0, 2.0, 3.0, 99.0]
    at = {"lon": [118, 119, 120, 121, 122, None], "lat": [29, 30, 29, 30, 29, None]}
    nodes = pd.DataFrame({"place": names}, index=names)
    return ni.build_network(nodes, links, pd.DataFrame(at, index=names))


MEMBERSHIP = {"a": "left", "b": "left", "c": "left", "d": "right", "e": "right"}


@pytest.fixture
def roles():
    rows = [(3.0, 0.5, "R6"), (-0.5, 0.0, "R1"), (0.0, np.nan, None)]
    return pd.DataFrame(rows, ["hub", "leaf", "alone"], ["z", "participation", "role"])


@pytest.fixture
def profile():
    row = {"of": "strength", "many_centres_if": "low", "value": 0.4, "low": 0.3, "high": 0.5}
    row |= {"low_without_one": 0.2, "high_without_one": 0.6, "z": -9.0, "p": 0.2}
    row |= {"null_mean": 0.9, "null_low": 0.8, "null_high": 1.0}
    rows = {"green": row | {"many_centres_if": "high", "p": 0.002}, "gini": row}
    rows["size_gini"] = {"of": "size", "many_centres_if": "low", "value": 2.0}
    rows["node_symmetry"] = {"of": "links", "many_centres_if": "low"}
    return pd.DataFrame(rows.values(), index=list(rows))


@pytest.fixture
def centres():
    table = {"centre": [False, True, False, True, False, False]}
    table |= {"centrality": [4.0, 6, 3, 4, 3, 0], "community": [0, 0, 0, 1, 1, np.nan]}
    return pd.DataFrame(table | {"support": [0, 1, 0.25, 0.75, 0, 0]}, list("abcdez"))


@pytest.fixture
def tables(cities, roles, profile, centres):
    return SimpleNamespace(cities=cities, roles=roles, profile=profile, centres=centres)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["roles", "profile", "centres"])
def test_all_text_is_inside_the_figure_and_no_input_is_changed(name, tables):
    table = getattr(tables, name)
    before, ax = table.copy(), new_figure(width=89).add_subplot()
    given = [tables.cities, table] if name == "centres" else [table]
    getattr(plotting, f"plot_{name}")(*given, ax=ax)
    assert_inside(ax.figure)
    pd.testing.assert_frame_equal(before, table)


def test_nodes_stand_at_their_z_and_participation_and_those_without_are_counted(roles, ax):
    plot_roles(roles, ax=ax)
    others, hubs = (points.get_offsets().tolist() for points in ax.collections)
    assert (others, hubs) == ([[0.0, -0.5]], [[0.5, 3.0]])
    assert entries(ax) == ["R1 ultra-peripheral: 1", "R6 connector hub: 1"]
    assert "left out: 1." in notes(ax)


def test_regions_are_those_in_which_roles_puts_a_node(ax):
    # Cuts of Guimera and Amaral 2005; the measure itself is the oracle for what lies inside.
    links = [("h", f"l{k}") for k in range(12)] + [("l0", "m0"), ("l1", "m1"), ("m0", "m1")]
    table = pd.DataFrame(links, columns=["source", "target"])
    network = ni.build_network(pd.DataFrame(index=pd.unique(table.to_numpy().ravel())), table)
    found = ni.community.roles(network, {node: node[0] != "m" for node in network.nodes.index})
    plot_roles(found, ax=ax)
    regions = {patch.get_gid(): patch for patch in ax.patches if isinstance(patch, Rectangle)}
    assert sorted(regions) == ["R1", "R2", "R3", "R4", "R5", "R6", "R7"]
    assert set(found["role"]) == {"R1", "R2", "R5"}
    for z, participation, role in found.itertuples(index=False):
        (x, y), box = regions[role].get_xy(), regions[role]
        assert x <= participation <= x + box.get_width()
        assert y <= z <= y + box.get_height()


def test_cells_are_shares_of_all_weight_and_add_up(cities, ax):
    plot_community_flows(cities, MEMBERSHIP, ax=ax)
    # Left a-b 4 + b-c 2, right d-e 3, between c-d 1, of 10; the self-link of a does not count.
    assert texts(ax) == ["60.0", "10.0", "30.0"]
    assert ax.collections[0].get_array().sum() == pytest.approx(100)
    # b has 6 of the left, d 4 of the right.
    assert ticks(ax.yaxis) == ["b (3)", "d (2)"]
    assert "90 % of the weight" in notes(ax)
    assert "Nodes without a label, left out: 1." in notes(ax)  # it has no weight


def test_directed_flows_go_from_row_to_column(ax):
    links = pd.DataFrame({"source": [*"abc"], "target": [*"bcb"], "weight": [1, 2, 1]})
    nodes = pd.DataFrame({"name": ["Alpha", "Beta", None]}, index=[*"abc"])
    groups = {"a": 1, "b": 1, "c": 2}
    plot_community_flows(ni.build_network(nodes, links, directed=["links"]), groups, ax=ax)
    assert ax.collections[0].get_array().tolist() == [[25.0, 50.0], [25.0, 0.0]]
    assert (ax.get_ylabel(), ax.get_xlabel()) == ("from", "to")
    assert ticks(ax.yaxis) == ["Beta (2)", "c (1)"]


def test_small_communities_are_added_up(ax):
    # Thirteen pairs of weights 13 to 1: ten rows, and 3 + 2 + 1 of 91 in the last.
    ids = [f"n{k:02}" for k in range(26)]
    links = pd.DataFrame({"source": ids[::2], "target": ids[1::2], "weight": range(13, 0, -1)})
    network = ni.build_network(pd.DataFrame(index=ids), links)
    plot_community_flows(network, {node: k // 2 for k, node in enumerate(ids)}, ax=ax)
    labels = ticks(ax.yaxis)
    assert labels[::10] == ["n00 (2)", "3 others (6)"]
    assert len(labels) == 11


def test_labels_may_come_as_a_partition_or_a_table(cities):
    series = pd.Series(MEMBERSHIP)
    table = pd.DataFrame({"x": series.where(series.index != "e"), "y": series})
    for given in (series, table, ni.community.Partition(series, 0.0)):
        assert texts(plot_community_flows(cities, given)) == ["60.0", "10.0", "30.0"]
    table.loc["a", "x"] = "right"
    with pytest.raises(InputError, match=r"1 nodes have different labels .* e.g. \['a'\]"):
        plot_community_flows(cities, table)


@pytest.mark.slow
def test_symmetric_tables_show_the_lower_half_and_others_all(ax):
    table = pd.DataFrame([[1, 0.25], [0.25, np.nan]], index=["x", "y"], columns=["x", "y"])
    assert texts(plot_layer_similarity(table, ax=ax)) == ["1", ".25"]
    table.loc["x", "y"] = -0.5
    other = plot_layer_similarity(table, ax=axes())
    assert texts(other) == ["1", f"{MINUS}.50", ".25"]
    assert other.collections[0].get_clim() == (-1, 1)
    assert texts(plot_layer_similarity(pd.DataFrame(np.full((37, 37), 0.25)))) == []  # no room


def test_curves_run_over_shares_with_r_of_schneider(ax):
    star = pd.Series([1.0, 0.25, 0.25, 0.25, 0.0])
    plot_robustness({"hub first": star, "some": pd.Series([1.0, 0.5], index=[0, 4])}, ax=ax)
    line = ax.lines[0]
    assert line.get_xydata().T.tolist() == [[0, 0.25, 0.5, 0.75, 1], star.tolist()]
    # R = (0.25 + 0.25 + 0.25 + 0) / 4; the second has gaps.
    assert entries(ax) == ["hub first: R = 0.188", "some"]
    assert ax.lines[0].get_linestyle() != ax.lines[1].get_linestyle()


def test_repeats_are_a_mean_and_a_band(ax):
    repeats = pd.DataFrame({0: [1.0, 0.2, 0.0], 1: [1.0, 0.6, 0.0]})
    plot_robustness({"random": repeats}, ax=ax)
    assert np.asarray(ax.lines[0].get_ydata()) == pytest.approx([1, 0.4, 0])
    assert entries(ax) == ["random (2 repeats): R = 0.200"]
    corners = ax.collections[0].get_paths()[0].vertices
    middle = corners[corners[:, 0] == 0.5, 1]
    assert (middle.min(), middle.max()) == pytest.approx((0.21, 0.59))  # 2.5 % inside the two


def test_rows_are_scaled_to_their_numbers_and_turned_where_low_means_many(profile, ax):
    plot_profile(profile, ax=ax)
    points = [line for line in ax.lines if line.get_marker() == "o"]
    # From 0.2 (without one) to 1.0 (null): 0.4 lies at a quarter, turned at three quarters; one
    # number alone stands in the middle.
    assert [point.get_xdata()[0] for point in points] == pytest.approx([0.25, 0.75, 0.5])
    faces = [point.get_markerfacecolor() for point in points]
    assert faces == ["#222222", "white", "white"]  # p 0.002, 0.2 and none
    bands = [(band.get_x(), band.get_width()) for band in ax.patches]
    assert np.ravel(bands) == pytest.approx([0.75, 0.25, 0.0, 0.25])


def test_numbers_stand_beside_the_rows(profile, ax):
    plot_profile(profile, ax=ax)
    said = texts(ax)
    assert [said.count(text) for text in ("0.400", "0.300 to 0.500", "0.800 to 1")] == [2, 2, 2]
    assert {f"{MINUS}9.0", ".002", ".200", "–", "of strength", "of size", "of links"} <= set(said)
    labels = ticks(ax.yaxis)
    assert labels == ["green", "gini", "gini", "node symmetry"]
    other = texts(plot_profile(profile.assign(value=-1234.5, z=-1e-9), ax=axes()))
    assert {f"{MINUS}1,234", "+0.0"} <= {*other}  # no zero has a minus


def test_area_is_centrality_and_shade_is_support(cities, centres, ax):
    plot_centres(cities, centres, ax=ax)
    drawn = {c.get_gid(): c for c in ax.collections}
    # By support, the first on top: b (6, 1.0), d (4, 0.75); then c, a, e.
    assert drawn["centres"].get_offsets().tolist() == [[121, 30], [119, 30]]
    assert drawn["other places"].get_offsets().tolist() == [[122, 29], [118, 29], [120, 29]]
    d, b = drawn["centres"].get_sizes()
    _, a, c = drawn["other places"].get_sizes()
    assert a == d  # both 4
    assert (b - d) / (d - c) == pytest.approx(2)  # 6 - 4 and 4 - 3
    shades = mpl.colormaps["Blues"]([0.75, 1.0])
    assert drawn["centres"].get_facecolors() == pytest.approx(shades)
    assert {"b 1.00", "d 0.75", "c"} <= set(texts(ax))
    assert "no coordinates: 1 of 6." in notes(ax)
    assert entries(ax)[:2] == ["centre: 2", "other place: 3"]


@pytest.mark.slow
def test_spokes_join_places_with_the_main_centre_of_their_community(cities, centres):
    ax = plot_centres(cities, centres, ax=axes())
    (spokes,) = [c for c in ax.collections if isinstance(c, LineCollection) and c.get_gid()]
    ends = {tuple(map(tuple, line)) for line in spokes.get_segments()}
    assert ends == {((120, 29), (119, 30)), ((118, 29), (119, 30)), ((122, 29), (121, 30))}
    unknown = centres.drop(columns="community").assign(support=np.nan)
    for table, on in ((centres, False), (unknown, True)):
        other = plot_centres(cities, table, spokes=on, ax=axes())
        assert not [c for c in other.collections if c.get_gid() == "spokes"]
    assert "no support known" in entries(other)
    assert {"b", "d"} <= set(texts(other))


def test_sizes_and_the_interval_of_their_slope_are_those_of_student(ax):
    # statsmodels' OLS of ln(9, 5, 2, 1) on ln(1, 2, 3, 4) takes t(2; 0.975) = 4.302653.
    values = pd.Series({"b": 5.0, "a": 9.0, "none": 0.0, "d": 1.0, "c": 2.0})
    x, y = np.log([1, 2, 3, 4]), np.log([9.0, 5.0, 2.0, 1.0])
    slope, height = np.polyfit(x, y, 1)
    error = np.sqrt(((y - height - slope * x) ** 2).sum() / 2 / ((x - x.mean()) ** 2).sum())
    low, high = slope - 4.302653 * error, slope + 4.302653 * error
    plot_rank_size(values, label="size", ax=ax)
    points, line = ax.lines
    assert points.get_xydata().tolist() == [[1, 9], [2, 5], [3, 2], [4, 1]]
    assert np.polyfit(*np.log(line.get_data()), 1) == pytest.approx([slope, height])
    assert entries(ax) == [f"size\nn = 4, slope {slope:.2f}".replace("-", MINUS)]
    said = notes(ax)
    assert f"95 % interval of the slope {low:.2f} to {high:.2f}".replace("-", MINUS) in said
    assert "too narrow as by OLS" in said
    assert texts(ax) == ["a", "b", "c", "d"]
    # The shade lies between the lines of both ends through the centre of the points.
    corners = np.log(ax.collections[0].get_paths()[0].vertices)
    at_one = corners[corners[:, 0] == 0, 1]
    ends = y.mean() - np.array([low, high]) * x.mean()
    assert [at_one.max(), at_one.min()] == pytest.approx(ends.tolist())


def test_gabaix_turns_the_regression_round(ax):
    values = 1000 / np.arange(1.0, 41) ** 0.8
    plot_rank_size(values, method="gabaix", ax=ax)
    fit = ni.polycentricity.rank_size(values, method="gabaix")
    rank, size = (np.log(np.asarray(data)) for data in ax.lines[1].get_data())
    ln_half = np.log(np.exp(rank) - 0.5)
    assert np.polyfit(size, ln_half, 1) == pytest.approx([fit.slope, fit.intercept])
    reach = 1.96 * abs(fit.slope) * np.sqrt(2 / 40)
    said = notes(ax)
    ends = f"of the slope {fit.slope - reach:.2f} to {fit.slope + reach:.2f}".replace("-", MINUS)
    assert ends in said
    assert "narrow" not in said
    # No shade where the slope may rise: 1.96 sqrt(2/3) is more than 1.
    assert not plot_rank_size([3.0, 2.0, 1.0], method="gabaix", ax=axes()).collections
    with pytest.raises(InputError, match="`method` must be one of 'ols', 'gabaix'"):
        plot_rank_size([2.0, 1.0], method="lad")


@pytest.mark.parametrize("values", [[], [0.0, 0.0], [5.0], [3.0, 3.0]])
def test_sizes_without_a_fit_say_how_many_there_are(values, ax):
    plot_rank_size(values, ax=ax)
    assert entries(ax)[0].startswith(f"n = {sum(v > 0 for v in values)}")
    assert "nan" not in " ".join([*entries(ax), notes(ax)])
    ax.figure.canvas.figure.draw_without_rendering()
    plot_rank_size([30.0, 10.0, 1.0], ax=ax)  # on the same axes, which reach as far as both
    assert ax.get_ylim()[0] < 1 < 30 < ax.get_ylim()[1]
    assert len({line.get_marker() for line in ax.lines[::2]}) == 2
    assert len({line.get_linestyle() for line in ax.lines[1::2]}) == 2


def test_centralities_shade_by_the_standard_score_over_all_rows(ax):
    table = pd.DataFrame({"name": list("ABC"), "degree": [5.0, 2, 2], "same": 1.0}, list("abc"))
    table = table.assign(rank=[0.5, np.nan, 0.1], far=[np.inf, 3.0, 1.0])
    plot_centralities(table, ax=ax, top=2)
    shades = np.ma.filled(ax.collections[0].get_array().reshape(2, 4), np.nan)
    # degree: mean 3, population variance 2; rank: mean 0.3, deviation 0.2 over two values.
    assert shades[0] == pytest.approx([2 / 2**0.5, 0.0, 1.0, np.nan], nan_ok=True)
    assert shades[1] == pytest.approx([-1 / 2**0.5, 0.0, np.nan, 1.0], nan_ok=True)
    assert ticks(ax.yaxis) == ["A", "B"]
    assert texts(ax) == ["5", "1", "0.5", "2", "1", "3"]


def test_rules_for_centres_are_squares_where_a_place_is_one():
    rules = pd.DataFrame(
        {"outliers": [0, 1, 1], "head_tail": [0, 1, 0], "core": [0, 1, 0]}, index=list("abc")
    )
    ax = plot_centre_rules(rules, names={"b": "Bern"}, top=2)
    assert ticks(ax.yaxis) == ["Bern", "c"]
    assert texts(ax) == ["3 of 3", "1 of 3"]
    (squares,) = [line for line in ax.lines if line.get_marker() == "s"]
    assert squares.get_xydata().tolist() == [[0, 0], [1, 0], [2, 0], [0, 1]]
    with pytest.raises(InputError, match="true or false"):
        plot_centre_rules(rules + 1)


def matrix(*rows, **options):
    return lambda t: plot_layer_similarity(pd.DataFrame([*rows], **options))


def of_roles(**columns):
    return lambda t: plot_roles(t.roles.assign(**columns))


def of_centres(**columns):
    return lambda t: plot_centres(t.cities, t.centres.assign(**columns))


def curve(*values, index=None):
    return lambda t: plot_robustness(pd.Series([*values], index=index))


@pytest.mark.parametrize(
    ("plot", "words"),
    [
        (of_roles(participation=np.nan), "none of 3 has"),
        (of_roles(participation=2.0), "numbers from 0 to 1"),
        (of_roles(role="R9"), r"R1 to R7; found \['R9'\]"),
        (of_roles(z="high"), "column .z. must hold numbers"),
        (matrix([1.0, 0.0]), r"must be square.*found \(1, 2\)"),
        (matrix([1.0, 0.0], [0.0, 1.0], index=["y", "x"], columns=["x", "y"]), "one order"),
        (matrix([3.0]), "between -1 and 1"),
        (matrix(["a"]), "must hold numbers"),
        (matrix(), "must have a row for each layer"),
        (curve(1.0, 0.5, index=[1, 2]), "rising from 0"),
        (curve(1.0, 1.5), "from 0 to 1"),
        (curve("a", "b"), "from 0 to 1"),
        (lambda t: plot_profile(t.profile.drop(columns="value")), r"\['value'\] are missing"),
        (lambda t: plot_profile(t.profile.iloc[:0]), "must have a row for each index"),
        (lambda t: plot_profile(t.profile.assign(p="small")), "column 'p' must hold numbers"),
        (of_centres(support=2.0), "support. must hold numbers from 0 to 1"),
        (of_centres(centrality=-1.0), "centrality. must hold numbers from 0"),
        (of_centres(centre="yes"), "true or false"),
        (lambda t: plot_centres(t.cities, t.centres.rename({"a": "q"})), r"e.g. \['q'\]"),
        (lambda t: plot_centres(t.cities, t.centres, extent=(3, 2, 1, 4)), "west < east"),
        (lambda t: plot_community_flows(t.cities, {"a": 0}), "weight between labelled nodes"),
        (lambda t: plot_community_flows(t.cities, pd.Series([1, 2], ["a", "a"])), "found twice"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(plot, words, tables):
    with pytest.raises(InputError, match=words):
        plot(tables)
