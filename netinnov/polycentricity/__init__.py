"""Is a region multi-centric? Indices on values and on networks of places, centres, and profiles."""

from netinnov._public import public_names
from netinnov.polycentricity._borrowed_size import BorrowedSize, borrowed_size
from netinnov.polycentricity._centres import detect_centres
from netinnov.polycentricity._core_periphery import CorePeripheryFit, core_periphery
from netinnov.polycentricity._evenness import effective_number, gini, green, herfindahl, theil
from netinnov.polycentricity._flow_evenness import (
    dominance_index,
    entropy_index,
    link_symmetry,
    node_symmetry,
    relative_strength,
)
from netinnov.polycentricity._functional import functional
from netinnov.polycentricity._modularity_test import ModularityTest, modularity_test
from netinnov.polycentricity._profile import profile
from netinnov.polycentricity._rank_size import RankSize, primacy, rank_size
from netinnov.polycentricity._sensitivity import sensitivity
from netinnov.polycentricity._urban_centrality import urban_centrality_index

__all__ = [
    "BorrowedSize",
    "CorePeripheryFit",
    "ModularityTest",
    "RankSize",
    "borrowed_size",
    "core_periphery",
    "detect_centres",
    "dominance_index",
    "effective_number",
    "entropy_index",
    "functional",
    "gini",
    "green",
    "herfindahl",
    "link_symmetry",
    "modularity_test",
    "node_symmetry",
    "primacy",
    "profile",
    "rank_size",
    "relative_strength",
    "sensitivity",
    "theil",
    "urban_centrality_index",
]

__dir__ = public_names(globals())
