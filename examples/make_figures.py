"""Draw the figure of README from the bundled case.

Run ``python examples/make_figures.py docs/figures`` to renew it in the repository; without an
argument it goes to ``figures`` below the folder you are in.
"""

from __future__ import annotations

import sys
import warnings

from _pages import save

import netinnov as ni
from netinnov.plotting import plot_flow_map, print_style

# The parks that stand outside their jurisdiction; districts are added up to their city.
network = ni.datasets.load_yrd_enclaves()
parks = network.nodes.index[network.nodes["kind"] == "park"]
census = network.places.query("parent.isna()")["population"]  # of cities, not of districts
enclaves = ni.linkages.find_enclaves(network, rank=census)
enclaves = enclaves[enclaves["node"].isin(parks)]
with warnings.catch_warnings():
    warnings.filterwarnings("ignore", message="aggregate: .* have no place")
    china = ni.aggregate(network, level=1)

# Each arrow joins a home with its host; the frame is the Yangtze River Delta.
delta = (115.44, 122.54, 27.67, 34.93)  # west, east, south, north
with print_style():
    figure = plot_flow_map(china, layers=(), enclaves=enclaves, extent=delta).figure
save(figure, sys.argv[1] if len(sys.argv) > 1 else "figures", "yrd_flow_map", dpi=200)
