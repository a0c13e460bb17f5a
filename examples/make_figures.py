"""Draw the figures of README and documentation from the bundled case.

Run ``python examples/make_figures.py docs/figures`` to renew those in the repository; without an
argument they go to ``figures`` below the folder you are in.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import pandas as pd

import netinnov as ni
from netinnov.plotting import (
    SINGLE,
    dense_frame,
    figure_style,
    frame_of,
    map_height,
    new_figure,
    place_names,
    plot_centralities,
    plot_flow_map,
    plot_rank_size,
)

DELTA = ("Shanghai", "Jiangsu", "Zhejiang", "Anhui")
folder = Path(sys.argv[1] if len(sys.argv) > 1 else "figures")
folder.mkdir(parents=True, exist_ok=True)


def save(figure, name):
    """Write a figure as PNG; `netinnov.plotting.save_figure` writes a PDF for print as well."""
    path = folder / f"{name}.png"
    with figure_style():
        figure.savefig(path, dpi=200)
    print(path)


# The parks that stand outside their jurisdiction; districts are added up to their city.
network = ni.datasets.load_yrd_enclaves()
parks = network.nodes.index[network.nodes["kind"] == "park"]
census = network.places.query("parent.isna()")["population"]  # of cities, not of districts
enclaves = ni.linkages.find_enclaves(network, rank=census)
enclaves = enclaves[enclaves["node"].isin(parks)]
with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message="aggregate: .* have no place")
    china = ni.aggregate(network, level=1)
about = china.places.loc[china.nodes["place"]]
cities = about["province"].isin(DELTA) & (about["level"] != "province")
delta = china.select(nodes=list(about.index[cities]))
names = place_names(china.places)

# Parks alone, where most of them are: each arrow joins a home with its host.
frame = dense_frame(about) or frame_of(about)
figure = new_figure(height=map_height(frame))
ax = figure.add_subplot()
plot_flow_map(china, layers=(), enclaves=enclaves, extent=frame, ax=ax)
save(figure, "yrd_flow_map")

# All layers between the cities of the delta. The modelled one is grey and says so.
figure = new_figure(height=map_height(frame_of(about[cities])))
ax = figure.add_subplot()
plot_flow_map(delta, enclaves=enclaves, ax=ax)
save(figure, "yrd_layers")

# What sources state, without the modelled layer.
stated = delta.select(layers=list(delta.layer_table.query("not modelled").index))
strength = ni.centrality.overlapping_strength(stated).rename(names)
figure = new_figure(width=SINGLE, height=75)
ax = plot_rank_size(strength, label="links stated by sources", ax=figure.add_subplot())
ax.set_ylabel("strength")
save(figure, "yrd_rank_size")

table = pd.DataFrame(
    {
        "name": names.reindex(stated.nodes.index),
        "overlapping_degree": ni.centrality.overlapping_degree(stated),
        "overlapping_strength": ni.centrality.overlapping_strength(stated),
        "participation_coefficient": ni.centrality.participation_coefficient(stated),
        "pagerank": ni.centrality.pagerank(stated),
    }
)
figure = new_figure(height=65)
table = table.sort_values("pagerank", ascending=False)
plot_centralities(table, top=8, ax=figure.add_subplot())
save(figure, "yrd_centralities")
