"""The participation coefficient in py3plex: ``pip install py3plex`` (run with 2.0.8)."""

from __future__ import annotations

from py3plex.algorithms.multicentrality import multiplex_participation_coefficient
from py3plex.algorithms.multilayer_algorithms.centrality import MultilayerCentrality
from py3plex.core import multinet

LINKS = [("a", "b", "x"), ("b", "c", "x"), ("a", "c", "x"), ("a", "b", "y"), ("c", "d", "y")]

network = multinet.multi_layer_network(directed=False, verbose=False)
rows = [[source, layer, target, layer, 1] for source, target, layer in LINKS]
network.add_edges(rows, input_type="list")

method = MultilayerCentrality(network).participation_coefficient()
print("method:  ", {node: round(float(method[node]), 4) for node in sorted(method)})
function = multiplex_participation_coefficient(network, check_multiplex=False)
print("function:", {node: round(float(function[node]), 4) for node in sorted(function)})
