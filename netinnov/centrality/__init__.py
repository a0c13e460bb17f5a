"""Who is central: in each layer, over all layers, and on the coupled network."""

from netinnov.centrality._counts import (
    degree,
    overlapping_degree,
    overlapping_strength,
    participation_coefficient,
    strength,
)
from netinnov.centrality._distances import harmonic_centrality
from netinnov.centrality._pagerank import pagerank

__all__ = [
    "degree",
    "harmonic_centrality",
    "overlapping_degree",
    "overlapping_strength",
    "pagerank",
    "participation_coefficient",
    "strength",
]
