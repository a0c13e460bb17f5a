"""
Against random networks
=======================

Clustering of the firms of 300 cities against networks in which each city has as many partners, but
chance says who they are. Cities whose firms share research projects (Horizon 2020, CORDIS, ©
European Union, CC BY 4.0). With 199 networks no p is below 0.01, and the legend says so.
"""

import netinnov as ni
from netinnov.null_models import compare_with_null
from netinnov.plotting import plot_null_distribution

research = ni.datasets.load_research_cities()
first = research.places["participations"].nlargest(300).index
firms = research.select(nodes=list(first), layers=["firm"])


def clustering(network):
    """Share of paths over two links that a third one closes."""
    return float(ni.topology.transitivity(network)["firm"])


comparison = compare_with_null(firms, measure=clustering, replicates=199, rng=1, progress=False)
ax = plot_null_distribution(comparison, label="transitivity")
