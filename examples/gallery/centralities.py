"""
Centralities, rank and size
===========================

Which cities come first, and how unequal they are. Cities whose organisations share research
projects (Horizon 2020, CORDIS, © European Union, CC BY 4.0).
"""

import pandas as pd

import netinnov as ni
from netinnov.plotting import plot_centralities, plot_rank_size

research = ni.datasets.load_research_cities()
large = research.places.index[research.places["group"] == "100 most participations"]
cities = research.select(nodes=list(large))
names = cities.places["name"].reindex(large)

# %%
# The first places by PageRank and their other measures; the shade is the standard score over all.
table = pd.DataFrame(
    {
        "name": names,
        "overlapping_degree": ni.centrality.overlapping_degree(cities),
        "overlapping_strength": ni.centrality.overlapping_strength(cities),
        "participation_coefficient": ni.centrality.participation_coefficient(cities),
        "pagerank": ni.centrality.pagerank(cities),
    }
)
table = table.sort_values("pagerank", ascending=False)
ax = plot_centralities(table, top=10)

# %%
# Population against rank. The regression of Gabaix and Ibragimov has an honest interval;
# ordinary least squares, the default, has one that is too narrow.
people = cities.places["population"].reindex(large).rename(names)
ax = plot_rank_size(people, label="residents", labelled=3, method="gabaix")
