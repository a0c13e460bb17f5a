"""Doors out of netinnov and back: folders of tables, and the formats of other programs."""

from __future__ import annotations

from netinnov._public import public_names
from netinnov.io.folder import read_network, write_network
from netinnov.io.formulas import escape_formulas
from netinnov.io.geo import write_geo
from netinnov.io.gexf import write_gexf
from netinnov.io.graphml import write_graphml
from netinnov.io.igraph import from_igraph, to_igraph
from netinnov.io.infomap import write_infomap
from netinnov.io.muxviz import write_muxviz
from netinnov.io.networkx import from_networkx, to_networkx
from netinnov.io.pajek import write_pajek
from netinnov.io.rsiena import write_rsiena
from netinnov.io.scipy import to_scipy
from netinnov.io.statnet import write_statnet

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
