"""Text of figures follows the settings in force, and axes that are given keep what they have."""

import doctest
import inspect
from contextlib import nullcontext

import matplotlib as mpl
import pandas as pd
import pytest
import seaborn as sns
from matplotlib import pyplot as plt
from matplotlib.collections import QuadMesh
from matplotlib.colors import to_hex, to_rgba_array
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text

import netinnov as ni
from figures import assert_inside, entries
from netinnov import plotting

PLOTS = sorted(name for name in plotting.__all__ if name.startswith("plot_"))
SIZES = ["font.size", "axes.labelsize", "axes.titlesize", "legend.fontsize"]
SIZES += ["legend.title_fontsize", "xtick.labelsize", "ytick.labelsize"]
SLIDES = {"font.size": 14.0, "font.family": "serif", "figure.facecolor": "black"}
SLIDES |= {"axes.facecolor": "black"} | dict.fromkeys(["xtick.color", "ytick.color"], "#eeffee")
SLIDES |= dict.fromkeys(["text.color", "axes.labelcolor"], "#eeffee")


def example(name, **more):
    """Axes of the example in the docstring of a plot."""
    function, axes = getattr(plotting, name), []

    def kept(*args, **kwargs):
        axes.append(function(*args, **kwargs | more))
        return axes[-1]

    (test,) = doctest.DocTestFinder(recurse=False).find(function, name, globs={})
    exec("".join(each.source for each in test.examples), {name: kept, "pd": pd, "ni": ni})
    return axes[-1]


def written(figure):
    """Texts that are seen, but for the numbers in cells, whose colour is that of contrast."""
    figure.draw_without_rendering()
    cells = {
        text
        for ax in figure.axes
        if any(isinstance(each, QuadMesh) for each in ax.collections)
        for text in ax.texts
    }
    unseen = {
        label
        for ax in figure.axes
        for axis, limits in ((ax.xaxis, ax.get_xlim()), (ax.yaxis, ax.get_ylim()))
        for label, at in zip(axis.get_ticklabels(), axis.get_ticklocs(), strict=False)
        if not min(limits) <= at <= max(limits)
    }
    every = [text for text in figure.findobj(Text) if text.get_text().strip()]
    return [text for text in every if text.get_visible() and text not in cells | unseen]


def sizes_in_force():
    given = [mpl.rcParams[key] or mpl.rcParams["font.size"] for key in SIZES]
    return {FontProperties(size=size).get_size_in_points() for size in given}


@pytest.mark.slow
@pytest.mark.parametrize("name", PLOTS)
def test_size_font_and_colours_of_text_are_those_of_the_settings(name):
    with mpl.rc_context(mpl.rcParamsDefault | SLIDES):
        figure = example(name).figure
        sizes = sizes_in_force()
    assert {text.get_fontsize() for text in written(figure)} <= sizes
    assert {text.get_fontfamily()[0] for text in written(figure)} == {"serif"}
    assert {to_hex(text.get_color()) for text in written(figure)} == {"#eeffee"}


@pytest.mark.slow
@pytest.mark.parametrize("name", PLOTS)
def test_axes_that_are_given_keep_their_size_and_their_type(name):
    with mpl.rc_context(mpl.rcParamsDefault):
        figure, ax = plt.subplots(figsize=(8, 6))
        ax.tick_params(labelsize=11, labelcolor="purple")
        ax.xaxis.label.set(fontsize=13, color="green")
        ax.title.set_fontfamily(["cursive"])
        drawn = example(name, ax=ax)
        sizes = sizes_in_force() | {11, 13}
    assert drawn is ax
    assert figure.get_size_inches().tolist() == [8, 6]
    labels = [each for each in ax.xaxis.get_ticklabels() if each.get_text()]
    assert {(each.get_fontsize(), each.get_color()) for each in labels} <= {(11, "purple")}
    assert (ax.xaxis.label.get_fontsize(), ax.xaxis.label.get_color()) == (13, "green")
    assert ax.title.get_fontfamily()[0] == "cursive"
    assert {text.get_fontsize() for text in written(figure)} <= sizes


@pytest.mark.slow
@pytest.mark.parametrize("name", PLOTS)
def test_in_the_style_of_print_a_figure_is_as_wide_as_a_column_and_type_is_7_or_8_points(name):
    figure = example(name).figure
    assert round(figure.get_figwidth() * 25.4, 3) in (89, 183)
    assert {text.get_fontsize() for text in written(figure)} <= {7.0, 8.0}
    assert_inside(figure)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["plot_reach", "plot_flow_map"])
def test_new_figures_grow_with_their_type_but_for_a_size_of_your_own(name):
    printed = example(name).figure.get_size_inches()
    with sns.plotting_context("talk"):
        larger = example(name).figure.get_size_inches()
    assert larger.tolist() == pytest.approx((18 / 7 * printed).tolist())
    with mpl.rc_context(mpl.rcParamsDefault | {"figure.figsize": (5, 3)}):
        assert example(name).figure.get_size_inches().tolist() == [5, 3]


def test_ticks_made_after_the_settings_ended_look_as_those_before():
    with mpl.rc_context({"xtick.labelsize": 5, "ytick.labelsize": 5, "xtick.major.size": 9}):
        ax = plotting.plot_robustness(pd.Series([1.0, 0.5, 0.0]))
    ax.set_xticks([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8])
    assert {label.get_fontsize() for label in ax.get_xticklabels()} == {5.0}
    assert {tick.tick1line.get_markersize() for tick in ax.xaxis.get_major_ticks()} == {9}


def test_titles_have_a_font_for_chinese_behind_that_of_the_user():
    with mpl.rc_context({"font.family": ["serif"]}):
        ax = example("plot_reach")
    assert ax.title.get_fontfamily() == ["serif", *plotting._fonts.print_families()]


WITH_NODES = [
    name for name in PLOTS if "node_kws" in inspect.signature(getattr(plotting, name)).parameters
]


@pytest.mark.slow
@pytest.mark.parametrize("name", WITH_NODES)
def test_nodes_and_links_take_settings_of_matplotlib_which_the_legend_shows(name):
    settings = {"node_kws": {"edgecolor": "#654321"}, "edge_kws": {"color": "#123456"}}
    taken = settings.keys() & inspect.signature(getattr(plotting, name)).parameters.keys()
    ax = example(name, **{each: settings[each] for each in taken})
    drawn = [*ax.collections, *ax.patches, *ax.lines]
    colours = [getattr(each, "get_edgecolor", getattr(each, "get_color", None))() for each in drawn]
    known = {to_hex(colour) for each in colours for colour in to_rgba_array(each)}
    asked = {value for each in taken for value in settings[each].values()}
    assert asked <= known
    if name not in ("plot_roles", "plot_park"):  # whose keys are no nodes, or none
        keys = ax.get_legend().legend_handles
        colours = [getattr(key, "get_edgecolor", getattr(key, "get_color", None))() for key in keys]
        known = {to_hex(colour) for each in colours for colour in to_rgba_array(each)}
        assert known & asked


@pytest.mark.parametrize("own", [[], [3.0, 2.0]])
def test_figures_of_pyplot_in_print_are_as_wide_as_a_page_or_as_the_user_has_set(own):
    with mpl.rc_context({"figure.figsize": own} if own else {}):
        before = mpl.rcParams["figure.figsize"]
        with plotting.print_style():
            width = plt.subplots()[0].get_figwidth()
            assert width == pytest.approx(own[0] if own else 183 / 25.4)
            narrow = plotting.plot_rank_size([3.0, 2.0, 1.0]).figure.get_figwidth()
            assert narrow == pytest.approx(own[0] if own else 89 / 25.4)
        assert mpl.rcParams["figure.figsize"] == before


def assert_legend_inside(ax):
    ax.figure.draw_without_rendering()
    box, page, area = ax.get_legend().get_window_extent(), ax.figure.bbox, ax.get_window_extent()
    assert 0 <= box.x0 <= box.x1 <= page.x1
    assert 0 <= box.y0 <= box.y1 <= page.y1
    assert area.y1 <= box.y0 or area.x1 <= box.x0  # and beside what is drawn


def without_layout(width):
    return plt.subplots(figsize=(width / 25.4, 0.75 * width / 25.4))[1]


@pytest.mark.parametrize("style", [plotting.print_style, nullcontext])
@pytest.mark.parametrize("name", PLOTS)
def test_a_legend_stays_inside_a_figure_that_makes_no_room_for_it(name, style):
    with style():
        ax = example(name, ax=without_layout(89))
        if ax.get_legend() is not None:
            assert_legend_inside(ax)


@pytest.mark.parametrize("width", [89, 183])
def test_all_of_many_groups_are_in_the_legend(width):
    cities = ni.datasets.make_city_system(n_cities=27, rng=1)
    groups = pd.Series([f"community {k % 9}" for k in range(cities.n_nodes)], cities.nodes.index)
    ax = plotting.plot_network(cities, groups=groups, rng=1, ax=without_layout(width))
    assert_legend_inside(ax)
    assert entries(ax)[-7:-1] == [f"community {k}" for k in range(6)]
