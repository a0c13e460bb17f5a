"""The five functions of the backend of networkx, conversion included, against networkx itself."""

from __future__ import annotations

import networkx as nx
import pytest

# Times as fast: half of what was measured, or less.
PROMISES = {
    "constraint": 2,
    "core_number": 1.5,
    "effective_size": 2,
    "global_efficiency": 25,
    "harmonic_centrality": 25,
}


@pytest.mark.parametrize("name", PROMISES)
def test_backend(in_turns, monkeypatch, name):
    monkeypatch.setattr(nx.config, "cache_converted_graphs", False)  # each call converts
    paths = name in ("global_efficiency", "harmonic_centrality")
    graph = nx.barabasi_albert_graph(1000 if paths else 5000, 6, seed=1)
    function = getattr(nx, name)
    ours, theirs = (function(graph, backend=one) for one in ("netinnov", "networkx"))
    assert ours == pytest.approx(theirs)
    calls = {
        "netinnov": lambda: function(graph, backend="netinnov"),
        "networkx": lambda: function(graph, backend="networkx"),
    }
    in_turns(calls, 5, floors={"networkx": PROMISES[name]})
