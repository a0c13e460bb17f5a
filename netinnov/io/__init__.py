"""Doors out of netinnov and back: folders of tables, and the formats of other programs."""

from netinnov._runtime.public import publish
from netinnov.io._geo import write_geo as write_geo
from netinnov.io._graph_files import (
    write_gexf as write_gexf,
    write_graphml as write_graphml,
    write_infomap as write_infomap,
    write_muxviz as write_muxviz,
    write_pajek as write_pajek,
)
from netinnov.io._igraph_and_scipy import (
    from_igraph as from_igraph,
    from_scipy as from_scipy,
    to_igraph as to_igraph,
    to_scipy as to_scipy,
)
from netinnov.io._network_folder import read_network as read_network, write_network as write_network
from netinnov.io._networkx import from_networkx as from_networkx, to_networkx as to_networkx

__dir__ = publish(globals())
