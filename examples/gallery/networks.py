"""
A network without a map
=======================

Any network, placed by forces or as planes above one another. Sixty cities of Europe that take part
in the same research projects (Horizon 2020, CORDIS, © European Union, CC BY 4.0), with a layer for
each kind of organisation.
"""

import netinnov as ni
from netinnov.plotting import plot_network

research = ni.datasets.load_research_cities()
first = research.places["participations"].nlargest(60).index
cities = research.select(nodes=list(first), layers=["firm", "institute", "university"])
names = cities.places["name"]

# %%
# Colour and dash tell the layers apart, and areas are strengths; the 150 strongest links are drawn.
strength = ni.centrality.overlapping_strength(cities)
ax = plot_network(cities, size=strength, names=names, strongest=150, rng=1)

# %%
# Each layer as a plane, and communities by colour and marker; dotted lines follow the named cities.
groups = ni.community.multiplex_leiden(cities, rng=1)
ax = plot_network(cities, arrange="planes", groups=groups, names=names, strongest=300, rng=1)
