"""Who is central: in each layer, over all layers, and on the coupled network."""

from netinnov._public import public_names
from netinnov.centrality._betweenness import betweenness_centrality
from netinnov.centrality._brokerage import brokerage
from netinnov.centrality._centrality_table import centrality_table
from netinnov.centrality._cores import core_number, rich_club
from netinnov.centrality._counts import (
    degree,
    overlapping_degree,
    overlapping_strength,
    participation_coefficient,
    strength,
)
from netinnov.centrality._distances import closeness_centrality, harmonic_centrality
from netinnov.centrality._layers import edge_overlap, layer_correlation, layer_overlap
from netinnov.centrality._pagerank import pagerank
from netinnov.centrality._spectral import eigenvector_centrality, hits, katz_centrality
from netinnov.centrality._surroundings import constraint, effective_size

__all__ = [
    "betweenness_centrality",
    "brokerage",
    "centrality_table",
    "closeness_centrality",
    "constraint",
    "core_number",
    "degree",
    "edge_overlap",
    "effective_size",
    "eigenvector_centrality",
    "harmonic_centrality",
    "hits",
    "katz_centrality",
    "layer_correlation",
    "layer_overlap",
    "overlapping_degree",
    "overlapping_strength",
    "pagerank",
    "participation_coefficient",
    "rich_club",
    "strength",
]

__dir__ = public_names(globals())
