"""Which communities exist: in each layer, across layers, and how sure they are."""

from netinnov._public import public_names
from netinnov.community._consensus import PartitionStability, consensus, stability
from netinnov.community._dendrogram import Dendrogram, hierarchical_communities
from netinnov.community._infomap import infomap
from netinnov.community._leiden import leiden
from netinnov.community._modularity import modularity
from netinnov.community._multiplex import multiplex_leiden
from netinnov.community._partition import Partition
from netinnov.community._partition_comparison import PartitionComparison, compare_partitions
from netinnov.community._roles import ei_index, roles
from netinnov.community._two_mode import bipartite_modularity, two_mode_communities

__all__ = [
    "Dendrogram",
    "Partition",
    "PartitionComparison",
    "PartitionStability",
    "bipartite_modularity",
    "compare_partitions",
    "consensus",
    "ei_index",
    "hierarchical_communities",
    "infomap",
    "leiden",
    "modularity",
    "multiplex_leiden",
    "roles",
    "stability",
    "two_mode_communities",
]

__dir__ = public_names(globals())
