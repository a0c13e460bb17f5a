"""Which communities exist: in each layer, across layers, and how sure they are."""

from netinnov._runtime.public import publish
from netinnov.community._by_scikit_network import (
    bipartite_modularity as bipartite_modularity,
    hierarchical_communities as hierarchical_communities,
    two_mode_communities as two_mode_communities,
)
from netinnov.community._consensus import (
    PartitionStability as PartitionStability,
    consensus as consensus,
    stability as stability,
)
from netinnov.community._infomap import infomap as infomap
from netinnov.community._leiden import leiden as leiden
from netinnov.community._modularity import modularity as modularity
from netinnov.community._multiplex import multiplex_leiden as multiplex_leiden
from netinnov.community._partition import (
    Dendrogram as Dendrogram,
    Partition as Partition,
    PartitionComparison as PartitionComparison,
    compare_partitions as compare_partitions,
)
from netinnov.community._roles import ei_index as ei_index, roles as roles

__dir__ = publish(globals())
