"""Figures take a result object or its table, with odd columns too, and refuse all else in words."""

import inspect

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

import netinnov as ni
from figures import axes, intervals, texts, ticks
from netinnov import plotting
from netinnov.errors import InputError
from netinnov.experiments import dose_response
from netinnov.plotting import (
    plot_bifurcation,
    plot_centralities,
    plot_centre_rules,
    plot_dose_response,
    plot_effects,
    plot_flow_map,
    plot_layer_similarity,
    plot_link_changes,
    plot_location_quotients,
    plot_profile,
)
from netinnov.scenarios import DirectLinks

# What else a figure must be given before it looks at its data.
PLACES = pd.DataFrame({"lon": [1.0], "lat": [1.0]})
PAIRS = pd.DataFrame({"home": ["a"], "host": ["b"]})
BESIDE = {
    "plot_centres": {"centres": None},
    "plot_cobweb": {"start": 1.0},
    "plot_community_flows": {"membership": None},
    "plot_dose_response": {"measure": "access"},
    "plot_link_changes": {"places": PLACES},
    "plot_park": {"park": "x"},
    "plot_plan_map": {"pairs": PAIRS, "places": PLACES},
    "plot_reach": {"horizon": 5},
    "plot_sites": {"pairs": PAIRS, "places": PLACES},
}
DATA = {
    name: next(iter(inspect.signature(getattr(plotting, name)).parameters))
    for name in plotting.__all__
    if name.startswith("plot_") and name != "plot_stability_map"  # which draws no data
}


@pytest.fixture(scope="module")
def cities():
    return ni.datasets.make_city_system(n_cities=12, rng=1).select(kinds=["place"])


@pytest.fixture(scope="module")
def doses(cities):
    home, host = "synthetic_city_12", "synthetic_city_01"
    return dose_response(
        cities,
        make=lambda dose: DirectLinks(home, host, int(dose)),
        doses=[1, 2],
        measures={"efficiency": ni.connectivity.global_efficiency},
        replicates=4,
        rng=1,
        progress=False,
    )


@pytest.mark.parametrize("value", [None, "text", {}], ids=["None", "text", "mapping"])
@pytest.mark.parametrize("name", DATA)
def test_data_of_a_wrong_type_are_refused_in_words(name, value):
    before, windows = dict(mpl.rcParams), plt.get_fignums()
    with pytest.raises(InputError, match=rf"`{DATA[name].rstrip('s')}s?`.*(must|needs)"):
        getattr(plotting, name)(value, **BESIDE.get(name, {}))
    assert dict(mpl.rcParams) == before
    assert plt.get_fignums() == windows


def test_a_table_of_something_else_says_which_is_meant(doses):
    ax = plot_dose_response(doses, measure="efficiency")
    ((points, _),) = intervals(ax).values()
    assert points[:, 0].tolist() == [1.0, 2.0]
    of_result, of_table = (plot_effects(e) for e in (doses.result, doses.result.effects(full=True)))
    assert ticks(of_result.yaxis) == ticks(of_table.yaxis)
    table = doses.result.effects().drop(columns="low")
    with pytest.raises(InputError, match=r"\['low'\] are missing; see ExperimentResult.effects\("):
        plot_effects(table)
    with pytest.raises(InputError, match="must be of the type ExperimentResult or a DataFrame"):
        plot_effects(doses.result.effects)


EFFECTS = pd.DataFrame({"scenario": ["park", "park", "link"], "node": [None, "x", "x"]})
EFFECTS = EFFECTS.assign(difference=[0.1, np.nan, 0], low=[0, np.nan, -0.1], high=0.2)
EFFECTS = EFFECTS.assign(measure="access", baseline=[0.5, 1, 2], same_sign=[1, np.nan, 0.5])
CHANGES = pd.DataFrame({"source_place": ["a", None], "target_place": "b", "change": [1.0, -2.0]})
CHANGES["source_new"], CHANGES["target_new"] = [False, True], False
PLACES = pd.DataFrame({"lon": [0.0, 1.0], "lat": [0.0, 1.0]}, index=["a", "b"])


def drawn(ax):
    """Texts, and where points and lines are."""
    lines = [np.asarray(line.get_xydata()).tolist() for line in ax.lines]
    points = [np.asarray(part.get_offsets()).tolist() for part in ax.collections]
    return str((texts(ax), ticks(ax.yaxis), lines, points))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("draw", "table"),
    [
        (lambda table, ax: plot_effects(table, percent=True, ax=ax), EFFECTS),
        (lambda table, ax: plot_link_changes(table, places=PLACES, ax=ax), CHANGES),
        (plot_centralities, pd.DataFrame({"degree": [1.0, np.nan], "rank": [1.0, 2.0]})),
        (plot_profile, pd.DataFrame({"value": [1.0, np.nan], "low": [0.5, 1]}, index=["a", "b"])),
        (plot_layer_similarity, pd.DataFrame([[1, np.nan], [np.nan, 1]], [*"xy"], [*"xy"])),
        (plot_location_quotients, pd.DataFrame({"x": [1.0, np.nan], "y": [0.5, 2.0]})),
    ],
)
def test_nullable_columns_are_drawn_like_those_of_numpy(draw, table, ax):
    expected = drawn(draw(table, ax=ax))
    assert drawn(draw(table.convert_dtypes(), ax=axes())) == expected


def test_names_that_occur_twice_label_a_row_each(ax):
    plot_centre_rules(pd.DataFrame({"head_tail": [1, 0], "core": [1, 1]}, index=["a", "a"]), ax=ax)
    assert texts(ax) == ["2 of 2", "1 of 2"]
    ax.clear()
    table = pd.DataFrame({"name": ["Anyang", "Suzhou"], "degree": [1.0, 2.0]}, index=["a", "a"])
    plot_centralities(table, ax=ax)
    assert ticks(ax.yaxis) == ["Anyang", "Suzhou"]


def test_a_rest_point_that_is_missing_ends_its_branch(ax):
    table = pd.DataFrame({"k": [1.0, 2.0, 3.0], "share": [0.5, 0.5, np.nan], "stable": True})
    (line, *_) = plot_bifurcation(table, ax=ax).lines
    assert line.get_xdata().tolist() == [1.0, 2.0]
    with pytest.raises(InputError, match="must have rows"):
        plot_bifurcation(table.assign(share=np.nan), ax=ax)


@pytest.mark.slow
@pytest.mark.parametrize("columns", [5, 13])
def test_neither_heads_nor_figures_of_many_measures_overlap(columns):
    values = np.geomspace(0.0001234, 56789, 8 * columns).reshape(8, columns)
    table = pd.DataFrame(values, columns=[f"participation_coefficient_{k}" for k in range(columns)])
    ax = plot_centralities(table)
    ax.figure.draw_without_rendering()
    assert len(ax.texts) == values.size
    room = ax.get_window_extent().width / columns
    for text in (*ax.texts, *ax.get_xticklabels()):
        assert text.get_window_extent().width <= room


@pytest.mark.slow
def test_a_frame_ends_at_the_poles_and_so_do_its_degrees():
    at = pd.DataFrame({"lon": [-170.0, 170.0], "lat": [-85.0, 88.0]}, index=["a", "b"])
    nodes = pd.DataFrame({"place": ["a", "b"]}, index=["a", "b"])
    links = pd.DataFrame({"source": ["a"], "target": ["b"]})
    ax = plot_flow_map(ni.build_network(nodes, links, at))
    assert ax.get_ylim() == pytest.approx((-90 - 0.07 * 180, 90))  # the scale is below the frame
    ax.figure.canvas.draw()
    labels = ticks(ax.yaxis)
    assert {"80°S", "0°N", "80°N"} <= {*labels}
    assert all(int(label[:-2]) <= 90 for label in labels if label)
