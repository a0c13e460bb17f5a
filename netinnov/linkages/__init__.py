"""Linkages between places and organisations, from tables of records to tables of links."""

from __future__ import annotations

from netinnov._public import public_names
from netinnov.linkages._co_participation import co_participation
from netinnov.linkages._enclaves import enclaves, find_enclaves
from netinnov.linkages._gravity_model import gravity
from netinnov.linkages._mobility import branches, mobility
from netinnov.linkages._outposts import add_outposts
from netinnov.linkages._pairs_sql import Weighting as Weighting
from netinnov.linkages._project import project
from netinnov.linkages._residuals import GravityFit, gravity_residuals
from netinnov.linkages._significant_pairs import validated_co_participation
from netinnov.linkages._write_co_participation import write_co_participation

__all__ = [
    "GravityFit",
    "add_outposts",
    "branches",
    "co_participation",
    "enclaves",
    "find_enclaves",
    "gravity",
    "gravity_residuals",
    "mobility",
    "project",
    "validated_co_participation",
    "write_co_participation",
]

__dir__ = public_names(globals())
