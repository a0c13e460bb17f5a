"""Linkages between places and organisations, from tables of records to tables of links."""

from netinnov._runtime.public import publish
from netinnov.linkages._enclaves import (
    count_enclaves as count_enclaves,
    enclaves as enclaves,
    find_enclaves as find_enclaves,
)
from netinnov.linkages._from_records import (
    branches as branches,
    co_participation as co_participation,
    mobility as mobility,
)
from netinnov.linkages._gravity_model import gravity as gravity, travel_times as travel_times
from netinnov.linkages._outposts import add_outposts as add_outposts
from netinnov.linkages._project import project as project
from netinnov.linkages._residuals import (
    GravityFit as GravityFit,
    gravity_residuals as gravity_residuals,
)

__dir__ = publish(globals())
