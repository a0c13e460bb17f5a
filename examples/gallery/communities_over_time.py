"""
Communities over time
=====================

Communities of the 100 cities with most participations in Horizon 2020 by year, and who goes where
(CORDIS, © European Union, CC BY 4.0).
"""

import netinnov as ni
from netinnov.network import split_periods
from netinnov.plotting import plot_alluvial

research = ni.datasets.load_research_cities()
large = research.places.index[research.places["group"] == "100 most participations"]
cities = research.select(nodes=list(large))
memberships = {}
for year, part in split_periods(ni.flatten(cities)).items():
    communities = ni.community.leiden(part, restarts=10, rng=1).membership
    memberships[year] = communities.squeeze().dropna()
importance = ni.centrality.overlapping_strength(cities)
ax = plot_alluvial(memberships, importance=importance, names=cities.places["name"])
