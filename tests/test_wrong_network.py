"""Every function of a network, given something else."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import networkx as nx
import pandas as pd
import pytest

import netinnov as ni
from netinnov.errors import InputError
from netinnov.mechanisms import cooperation, diffusion

MODULES = [
    ni.build,
    ni.centrality,
    ni.community,
    ni.connectivity,
    ni.io,
    ni.linkages,
    ni.network,
    ni.panels,
    ni.polycentricity,
    ni.supra,
    cooperation,
    diffusion,
]

SOUND = {
    "dates": pd.Series({"a": 1.0, "b": 2.0}),
    "folder": Path("never_written"),
    "horizon": 3,
    "layer": "links",
    "measures": {"links": lambda network: network.n_links},
    "membership": {"a": 0, "b": 1},
    "openings": pd.DataFrame({"home": ["p"], "host": ["q"], "opened": [2000]}),
    "order": ["a", "b"],
    "origin": ["a"],
    "pairs": [("a", "b")],
    "park": "a",
    "path": Path("never_written.net"),
    "place": "p",
    "rank": pd.Series({"p": 1.0, "q": 2.0}),
    "rate": 0.5,
    "seeds": ["a"],
    "steps": 2,
    "targets": ["b"],
    "threshold": 0.5,
    "values": pd.Series({"a": 1.0, "b": 2.0}),
}
"""Arguments that functions ask for besides the network."""

NO_NETWORKS = {
    "nothing": (None, "found None; build_network"),
    "a table": (pd.DataFrame({"source": ["a"], "target": ["b"]}), "found pandas.*build_network"),
    "a graph": (nx.path_graph(3), r"found networkx.*netinnov\.io\.from_networkx"),
}


def functions() -> Iterator[tuple[str, Callable[..., Any]]]:
    for module in MODULES:
        for name in module.__all__:
            value = getattr(module, name)
            if inspect.isfunction(value) and [*inspect.signature(value).parameters][:1] == [
                "network"
            ]:
                yield f"{module.__name__.removeprefix('netinnov.')}.{name}", value


FUNCTIONS = dict(functions())


def test_all_are_found():
    assert len(FUNCTIONS) > 80


@pytest.mark.parametrize("given", NO_NETWORKS)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_is_no_network_is_refused_in_words(name, given):
    function = FUNCTIONS[name]
    _, *others = inspect.signature(function).parameters.values()
    asked = [parameter.name for parameter in others if parameter.default is parameter.empty]
    value, message = NO_NETWORKS[given]
    with pytest.raises(InputError, match=f"`network` must be a MultilayerNetwork; {message}"):
        function(value, **{name: SOUND[name] for name in asked})
