"""Readers of public data, which give the tables that `build_network` takes."""

from netinnov._runtime.public import publish
from netinnov.sources._complete_rows import Tables as Tables
from netinnov.sources._cordis import read_cordis as read_cordis
from netinnov.sources._multiplex import read_multiplex as read_multiplex
from netinnov.sources._openalex import read_openalex as read_openalex
from netinnov.sources._origin_destination import read_origin_destination as read_origin_destination
from netinnov.sources._patentsview import read_patentsview as read_patentsview
from netinnov.sources._user_tables import read_tables as read_tables

__dir__ = publish(globals())
