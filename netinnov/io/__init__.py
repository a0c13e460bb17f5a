"""Doors out of netinnov and back: folders of tables, and the formats of other programs."""

from __future__ import annotations

from netinnov._public import public_names
from netinnov.io._formulas import escape_formulas
from netinnov.io._geo import write_geo
from netinnov.io._igraph import from_igraph, to_igraph
from netinnov.io._network_folder import read_network, write_network
from netinnov.io._networkx import from_networkx, to_networkx
from netinnov.io._numbered_files import write_infomap, write_muxviz
from netinnov.io._pajek_files import write_pajek
from netinnov.io._r_scripts import write_rsiena, write_statnet
from netinnov.io._scipy import to_scipy
from netinnov.io._xml_graphs import write_gexf, write_graphml

__all__ = [
    "escape_formulas",
    "from_igraph",
    "from_networkx",
    "read_network",
    "to_igraph",
    "to_networkx",
    "to_scipy",
    "write_geo",
    "write_gexf",
    "write_graphml",
    "write_infomap",
    "write_muxviz",
    "write_network",
    "write_pajek",
    "write_rsiena",
    "write_statnet",
]

__dir__ = public_names(globals())
