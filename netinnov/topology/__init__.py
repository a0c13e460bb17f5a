"""What a paper reports of a network first: density, clustering, reciprocity, assortativity."""

from netinnov._runtime.public import publish
from netinnov.topology._clustering import (
    clustering as clustering,
    local_efficiency as local_efficiency,
    mean_clustering as mean_clustering,
    multiplex_clustering as multiplex_clustering,
    transitivity as transitivity,
)
from netinnov.topology._describe import describe as describe
from netinnov.topology._layer_graphs import (
    assortativity as assortativity,
    density as density,
    reciprocity as reciprocity,
)

__dir__ = publish(globals())
