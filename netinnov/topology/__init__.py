"""What a paper reports of a network first: density, clustering, reciprocity, assortativity."""

from netinnov._public import public_names
from netinnov.topology._assortativity import assortativity
from netinnov.topology._clustering import (
    clustering,
    mean_clustering,
    multiplex_clustering,
    transitivity,
)
from netinnov.topology._density import density, reciprocity
from netinnov.topology._describe import describe
from netinnov.topology._local_efficiency import local_efficiency
from netinnov.topology._small_world import small_world

__all__ = [
    "assortativity",
    "clustering",
    "density",
    "describe",
    "local_efficiency",
    "mean_clustering",
    "multiplex_clustering",
    "reciprocity",
    "small_world",
    "transitivity",
]

__dir__ = public_names(globals())
