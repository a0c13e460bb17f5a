"""
Robustness
==========

What is left of the largest part of a network when nodes fail, by three orders; R is the mean of a
curve. Cities whose firms share research projects (Horizon 2020, CORDIS, © European Union, CC BY
4.0).
"""

import numpy as np
import pandas as pd

import netinnov as ni
from netinnov.connectivity import robustness_curve
from netinnov.plotting import plot_robustness

research = ni.datasets.load_research_cities()
first = research.places["participations"].nlargest(300).index
firms = research.select(nodes=list(first), layers=["firm"])
degree = ni.centrality.overlapping_degree(firms).sort_values(ascending=False, kind="stable")
rng = np.random.default_rng(1)
at_random = {
    draw: robustness_curve(firms, order=rng.permutation(firms.nodes.index).tolist())
    for draw in range(100)
}
curves = {
    "most linked first": robustness_curve(firms, order=degree.index),
    "at random": pd.DataFrame(at_random),
    "least linked first": robustness_curve(firms, order=degree.index[::-1]),
}
ax = plot_robustness(curves)
