"""Who is central: in each layer, over all layers, and on the coupled network."""

from netinnov._runtime.public import publish
from netinnov.centrality._brokerage import (
    brokerage as brokerage,
    constraint as constraint,
    effective_size as effective_size,
)
from netinnov.centrality._centrality_table import centrality_table as centrality_table
from netinnov.centrality._counts import (
    core_number as core_number,
    degree as degree,
    overlapping_degree as overlapping_degree,
    overlapping_strength as overlapping_strength,
    participation_coefficient as participation_coefficient,
    rich_club as rich_club,
    strength as strength,
)
from netinnov.centrality._distances import (
    betweenness_centrality as betweenness_centrality,
    closeness_centrality as closeness_centrality,
    harmonic_centrality as harmonic_centrality,
)
from netinnov.centrality._layers import (
    edge_overlap as edge_overlap,
    layer_correlation as layer_correlation,
    layer_overlap as layer_overlap,
)
from netinnov.centrality._pagerank import pagerank as pagerank
from netinnov.centrality._spectral import (
    eigenvector_centrality as eigenvector_centrality,
    hits as hits,
    katz_centrality as katz_centrality,
)

__dir__ = publish(globals())
