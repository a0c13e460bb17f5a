"""Is a region multi-centric? Indices on values and on networks of places, centres, and profiles."""

from netinnov._runtime.public import publish
from netinnov.polycentricity._centre_rules import (
    CorePeripheryFit as CorePeripheryFit,
    core_periphery as core_periphery,
)
from netinnov.polycentricity._centres import (
    ModularityTest as ModularityTest,
    detect_centres as detect_centres,
    modularity_test as modularity_test,
)
from netinnov.polycentricity._evenness import (
    effective_number as effective_number,
    functional as functional,
    gini as gini,
    green as green,
    herfindahl as herfindahl,
    theil as theil,
)
from netinnov.polycentricity._flow_evenness import (
    dominance_index as dominance_index,
    entropy_index as entropy_index,
    link_symmetry as link_symmetry,
    node_symmetry as node_symmetry,
    relative_strength as relative_strength,
)
from netinnov.polycentricity._profile import profile as profile
from netinnov.polycentricity._rank_size import (
    BorrowedSize as BorrowedSize,
    RankSize as RankSize,
    borrowed_size as borrowed_size,
    primacy as primacy,
    rank_size as rank_size,
)
from netinnov.polycentricity._sensitivity import sensitivity as sensitivity
from netinnov.polycentricity._urban_centrality import (
    urban_centrality_index as urban_centrality_index,
)

__dir__ = publish(globals())
