"""Draw the figures of structure: layers, communities, roles, robustness, rank and size.

Run ``python examples/structure_figures.py FOLDER DATA``. FOLDER (by default ``figures``) takes the
figures; DATA is the folder with the public data sets described in the documentation (by default
``../shared/data`` beside the repository). Where a data set is missing its figures are left out.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from _pages import save

import netinnov as ni
from netinnov.network import split_periods
from netinnov.plotting import (
    SINGLE,
    new_figure,
    plot_alluvial,
    plot_community_flows,
    plot_layer_similarity,
    plot_network,
    plot_rank_size,
    plot_robustness,
    plot_roles,
)

folder = Path(sys.argv[1] if len(sys.argv) > 1 else "figures")
data = Path(sys.argv[2] if len(sys.argv) > 2 else Path(__file__).parents[1] / "../shared/data")


def there(name):
    """Whether a data set is there; a word if not."""
    found = (data / name).exists()
    if not found:
        print(f"{data / name} is missing: its figures are left out")
    return found


# Five kinds of ties between 61 employees of a university department (AUCS, Rossi and Magnani 2015).
if there("multiplex_benchmarks/aucs.mpx"):
    aucs = ni.build_network(*ni.sources.read_multiplex(data / "multiplex_benchmarks/aucs.mpx"))
    figure = new_figure(width=SINGLE, height=80)
    overlap = ni.centrality.layer_overlap(aucs)
    plot_layer_similarity(overlap, label="Jaccard index of links", ax=figure.add_subplot())
    save(figure, folder, "aucs_layers")

    groups = ni.community.multiplex_leiden(aucs, rng=1)
    figure = new_figure(width=SINGLE, height=88)
    plot_community_flows(aucs, groups, ax=figure.add_subplot())
    save(figure, folder, "aucs_communities")

    degree = ni.centrality.overlapping_degree(aucs).rename("links in all layers")
    figure = new_figure(height=125)
    chosen = ["coauthor", "facebook", "leisure"]
    plot_network(aucs, layers=chosen, size=degree, rng=1, ax=figure.add_subplot())
    save(figure, folder, "aucs_network", dpi=115)

    figure = new_figure(height=205)
    plot_network(aucs, arrange="planes", groups=groups, rng=1, ax=figure.add_subplot())
    save(figure, folder, "aucs_planes", dpi=115)

# Routes of 37 airlines between airports of Europe (Cardillo et al. 2013).
if there("multiplex_benchmarks/AirEu2013Ext.json"):
    air = ni.build_network(
        *ni.sources.read_multiplex(data / "multiplex_benchmarks/AirEu2013Ext.json")
    )
    groups = ni.community.multiplex_leiden(air, rng=1)
    figure = new_figure(height=100)
    plot_roles(ni.community.roles(air, groups), ax=figure.add_subplot())
    save(figure, folder, "air_roles")

    degree = ni.centrality.overlapping_degree(air).sort_values(ascending=False, kind="stable")
    rng = np.random.default_rng(1)
    at_random = {
        k: ni.connectivity.robustness_curve(air, order=rng.permutation(air.nodes.index).tolist())
        for k in range(100)
    }
    curves = {
        "most linked first": ni.connectivity.robustness_curve(air, order=degree.index),
        "at random": pd.DataFrame(at_random),
        "least linked first": ni.connectivity.robustness_curve(air, order=degree.index[::-1]),
    }
    figure = new_figure(width=SINGLE, height=75)
    plot_robustness(curves, ax=figure.add_subplot())
    save(figure, folder, "air_robustness")

# The 100 cities with most participations in Horizon 2020, by the year in which projects started.
research = ni.datasets.load_research_cities()
large = research.places.index[research.places["group"] == "100 most participations"]
cities = research.select(nodes=list(large))
memberships = {}
for year, part in split_periods(ni.flatten(cities)).items():
    communities = ni.community.leiden(part, restarts=10, rng=1).membership
    memberships[year] = communities.iloc[:, 0].dropna()
figure = new_figure(height=100)
plot_alluvial(
    memberships,
    importance=ni.centrality.overlapping_strength(cities),
    names=cities.places["name"],
    ax=figure.add_subplot(),
)
save(figure, folder, "cordis_communities")

# Population of 41 cities of the Yangtze River Delta. Their centres, and the profile, are drawn from
# flows by yangtze_delta.py.
if there("china_cities"):
    cities = pd.read_csv(data / "china_cities/cityinfo.csv", dtype={"dzcode": str})
    cities = cities[cities["dzcode"].str[:2].isin(["31", "32", "33", "34"])]
    # Two cities are called Suzhou; the larger is the one in Jiangsu.
    names = cities["cityname_eng"].replace({"Suzhou1": "Suzhou", "Suzhou4": "Suzhou (Anhui)"})
    people = pd.Series(cities["cpop2010"].to_numpy(), names)
    figure = new_figure(width=SINGLE, height=80)
    ax = plot_rank_size(people, label="2010", method="gabaix", ax=figure.add_subplot())
    ax.set_ylabel("population (10,000)")
    save(figure, folder, "delta_rank_size")
