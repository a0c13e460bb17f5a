"""From tables to a network: checking, cleaning, building, and coarser views of what was built."""

from netinnov._runtime.public import publish
from netinnov.build._build_network import (
    CleanTables as CleanTables,
    build_network as build_network,
    check_tables as check_tables,
    clean_tables as clean_tables,
)
from netinnov.build._views import (
    aggregate as aggregate,
    flatten as flatten,
    symmetrize as symmetrize,
)

__dir__ = publish(globals())
