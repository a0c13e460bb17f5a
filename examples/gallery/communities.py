"""
Layers, communities and roles
=============================

What layers have in common, how much weight lies inside communities, and who holds them together.
Cities whose organisations share research projects (Horizon 2020, CORDIS, © European Union, CC BY
4.0).
"""

import netinnov as ni
from netinnov.plotting import plot_community_flows, plot_layer_similarity, plot_roles

research = ni.datasets.load_research_cities()
large = research.places["participations"].nlargest(300).index
cities = research.select(nodes=list(large))

# %%
# Links that each pair of layers has in common. In ``mixed`` the two partners are of two kinds.
overlap = ni.centrality.layer_overlap(cities)
ax = plot_layer_similarity(overlap, label="Jaccard index of links")

# %%
# Weight inside and between communities; a community is named after its strongest member.
groups = ni.community.multiplex_leiden(cities, rng=1)
names = cities.places["name"]
ax = plot_community_flows(cities, groups, names=names)

# %%
# Weight inside the own community, and spread of the links over communities, with the regions of
# Guimerà and Amaral (2005).
roles = ni.community.roles(cities, groups)
ax = plot_roles(roles, names=names)
