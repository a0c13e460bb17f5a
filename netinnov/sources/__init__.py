"""Readers of public data, which give the tables that `build_network` takes, and `reconcile`."""

from __future__ import annotations

from netinnov._public import public_names
from netinnov.sources._cordis import read_cordis
from netinnov.sources._keep import read_keep
from netinnov.sources._multiplex import read_multiplex
from netinnov.sources._open_tables import open_tables
from netinnov.sources._openalex import read_openalex
from netinnov.sources._origin_destination import read_origin_destination
from netinnov.sources._patentsview import read_patentsview
from netinnov.sources._reader_result import Tables
from netinnov.sources._reconcile import Reconciled, reconcile
from netinnov.sources._user_tables import read_tables

__all__ = [
    "Reconciled",
    "Tables",
    "open_tables",
    "read_cordis",
    "read_keep",
    "read_multiplex",
    "read_openalex",
    "read_origin_destination",
    "read_patentsview",
    "read_tables",
    "reconcile",
]

__dir__ = public_names(globals())
