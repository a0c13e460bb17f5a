"""Figures take a result object itself or its table, and refuse all else in words."""

from __future__ import annotations

import inspect

import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib import pyplot as plt

import netinnov as ni
from netinnov import plotting
from netinnov.errors import InputError
from netinnov.experiments import dose_response
from netinnov.plotting import plot_dose_response, plot_effects
from netinnov.plotting._style import new_figure
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


@pytest.fixture
def ax():
    return new_figure(height=90).add_subplot()


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


@pytest.mark.parametrize(
    "value",
    [None, 3, "text", object(), [1, "a"], {}],
    ids=["None", "number", "text", "object", "list", "mapping"],
)
@pytest.mark.parametrize("name", DATA)
def test_data_of_a_wrong_type_are_refused_in_words(name, value):
    before, windows = dict(mpl.rcParams), plt.get_fignums()
    with pytest.raises(InputError, match=rf"`{DATA[name].rstrip('s')}s?`.*(must|needs)"):
        getattr(plotting, name)(value, **BESIDE.get(name, {}))
    assert dict(mpl.rcParams) == before
    assert plt.get_fignums() == windows


def test_effects_are_drawn_of_the_result_itself(doses, ax):
    plot_effects(doses.result, ax=ax)
    labels = [text.get_text() for text in ax.get_yticklabels()]
    for table in (doses.result.effects(), doses.result.effects(full=True)):
        other = plot_effects(table, ax=new_figure().add_subplot())
        assert labels == [text.get_text() for text in other.get_yticklabels()]


def test_doses_are_drawn_of_the_result_itself(doses, ax):
    plot_dose_response(doses, measure="efficiency", ax=ax)
    assert [1.0, 2.0] in [list(line.get_xdata()) for line in ax.lines]


def test_a_table_of_something_else_says_which_is_meant(doses):
    table = doses.result.effects().drop(columns="low")
    with pytest.raises(InputError, match=r"\['low'\] are missing; see ExperimentResult.effects\("):
        plot_effects(table)
    with pytest.raises(InputError, match="must be of the type ExperimentResult or a DataFrame"):
        plot_effects(doses.result.effects)
