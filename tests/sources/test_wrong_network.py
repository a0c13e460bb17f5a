"""Every function of a network, given something else."""

import networkx as nx
import pandas as pd
import pytest

from netinnov.errors import InputError
from public_functions import ALL, OF_ONE, OWNERS, call_with, taking

FUNCTIONS = {
    name: str(parameter.annotation)
    for name, parameter in taking("network").items()
    if "MultilayerNetwork" in str(parameter.annotation)
}

NO_NETWORKS = {
    "nothing": (None, "found None; build_network"),
    "a table": (pd.DataFrame({"source": ["a"], "target": ["b"]}), "found pandas.*build_network"),
    "a graph": (nx.path_graph(3), r"found networkx.*netinnov\.io\.from_networkx"),
}


def test_all_are_found():
    assert len(FUNCTIONS) > 120
    assert taking("network").keys() == FUNCTIONS.keys()
    assert OF_ONE.keys() <= ALL.keys()
    assert OWNERS.keys() <= {name.split(".")[-2] for name in ALL if name.count(".")}


@pytest.mark.parametrize(("name", "annotation"), FUNCTIONS.items())
def test_what_is_no_network_is_refused_in_words(name, annotation):
    for given, (value, message) in NO_NETWORKS.items():
        if given == "nothing" and "None" in annotation:  # it may be left out
            continue
        with pytest.raises(InputError, match=f"`network` must be a MultilayerNetwork; {message}"):
            call_with(name, network=value)
