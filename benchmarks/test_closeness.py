"""Closeness in hops, from all nodes at once, against igraph's searches one after another."""

from __future__ import annotations

import igraph
import networkx as nx
import numpy as np
import pandas as pd

from netinnov import build_network
from netinnov.centrality import closeness_centrality


def test_closeness_in_hops(in_turns):
    pairs = nx.gnm_random_graph(2000, 12_000, seed=1)
    links = pd.DataFrame(list(pairs.edges), columns=["source", "target"]).astype(str)
    network = build_network(pd.DataFrame({"node": [str(i) for i in pairs]}), links)
    graph = igraph.Graph(n=len(pairs), edges=list(pairs.edges))
    # igraph leaves out the share of the nodes that are reached; here it reaches all.
    np.testing.assert_allclose(closeness_centrality(network), graph.closeness(), rtol=1e-9)
    calls = {"closeness": lambda: closeness_centrality(network), "igraph": graph.closeness}
    in_turns(calls, 5, floors={"igraph": 10})
