"""By what a checkpoint knows an experiment: words for a configuration, a number for a network."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest

import netinnov as ni
from netinnov.null_models._identity import digest, identity
from netinnov.scenarios import NoChange, ReverseEnclave


@dataclass(frozen=True)
class Weights:
    values: Any
    name: str = "w"


class Model:
    """Without a `repr` of its own."""

    def measure(self, network: ni.MultilayerNetwork) -> float:
        return float(network.n_nodes)


def total(network: ni.MultilayerNetwork, w: Any = None) -> float:
    return float(network.adjacency("links").sum())


def path(weight: float = 1.0) -> ni.MultilayerNetwork:
    nodes = pd.DataFrame({"place": list("abc")}, index=list("abc"))
    links = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"], "weight": weight})
    return ni.build_network(nodes, links)


TABLE = pd.DataFrame({"x": np.arange(1_600.0), "y": 1.0}, [f"n{at}" for at in range(1_600)])

FAR = pd.DataFrame({"origin": ["a"], "destination": ["b"], "distance": [9.0]})

# Each pair differs in one thing only.
PAIRS = [
    (total, path),
    (NoChange(), ReverseEnclave("a", "b", 1, 0.5)),
    (ReverseEnclave("a", "b", 1, 0.5), ReverseEnclave("a", "b", 2, 0.5)),
    (Weights((1.0,)), Weights((2.0,))),
    (Weights(1), Weights("1")),
    (Weights("x" * 1_600), Weights("x" * 1_599 + "y")),
    (path(), path(weight=2.0)),
    ([1, "a"], [1, "b"]),
    (np.arange(1_600.0), np.where(np.arange(1_600) == 800, 0, np.arange(1_600.0))),
    (np.array([0.1]), np.array([0.1 + 1e-15])),
    (Weights(TABLE), Weights(TABLE.replace(800.0, 0.0))),
    (TABLE["x"], TABLE["x"] + 1e-12),
    (TABLE.index, TABLE.index.insert(800, "new").delete(0)),
]


@pytest.mark.slow
@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_what_differs_has_other_words(one, other) -> None:
    for wrap in (lambda x: x, lambda x: partial(total, w=x), lambda x: partial(total, x)):
        assert identity(wrap(one)) == identity(wrap(one))
        assert identity(wrap(one)) != identity(wrap(other))
        assert len(identity(wrap(one))) < 1_500


def test_words_are_plain() -> None:
    assert identity(total) == "total"
    assert identity(Model().measure) == "Model.measure"
    assert identity(partial(total, [1, "a"], key=2)) == "partial(total, [1, 'a'], key=2)"
    assert identity(Weights(1)) == "Weights(values=1, name='w')"
    assert identity(NoChange()) == "NoChange()"


def test_the_digest_is_that_of_the_content() -> None:
    network = path()
    again = ni.build_network(network.nodes, network.links)
    assert digest(again) == digest(network)
    for other in (
        network.replace_links(network.links.assign(weight=[1.0, 2])),
        network.replace_links(network.links.assign(layer="other")),
        network.replace_links(network.links.assign(year=3)),
        network.with_nodes(pd.DataFrame({"place": ["c"]}, index=["e"])),
        ni.build_network(network.nodes, network.links, directed=["links"]),
        ni.build_network(network.nodes, network.links, distances=FAR, distance_unit="h"),
    ):
        assert digest(other) != digest(network)
