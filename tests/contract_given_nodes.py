"""Measures of connectivity that are asked about nodes by their ids, in the contract test."""

from collections.abc import Callable, Iterator
from dataclasses import astuple
from typing import Any, NamedTuple

import numpy as np

import netinnov as ni
from netinnov import connectivity


class Asked(NamedTuple):
    """A measure, and its values for some ids in an order that does not depend on the network."""

    values: Callable[..., np.ndarray]
    scale: float = 0.0
    undirected: bool = False


def accessed(distance: Any, switch_cost: float = 0.0, border: float = 0.0) -> Callable[..., Any]:
    def values(network: ni.MultilayerNetwork, ids: list[str], factor: float = 1.0) -> np.ndarray:
        length = 1 / factor if distance == "inverse" else 1.0
        found = connectivity.access(
            network,
            origin=ids[::2],
            distance=distance,
            switch_cost=length * switch_cost,
            frictions=ni.Frictions(border=length * border),
        )
        return found[ids].to_numpy()

    return values


def resisted(network: ni.MultilayerNetwork, ids: list[str], factor: float = 1.0) -> np.ndarray:
    pairs = [(i, j) for i in ids[:4] for j in ids]
    return connectivity.effective_resistance(network, pairs=pairs).to_numpy()


def attacked(network: ni.MultilayerNetwork, ids: list[str], factor: float = 1.0) -> np.ndarray:
    others = [node for node in network.nodes.index if node not in ids]
    return connectivity.robustness_curve(network, order=[*others, *ids]).to_numpy()[len(others) :]


def reached(network: ni.MultilayerNetwork, ids: list[str], factor: float = 1.0) -> np.ndarray:
    found = connectivity.external_reach(network, place=network.places.index[0])
    return np.array(astuple(found)[1:], dtype=float)


MEASURES = {
    "access": Asked(accessed("unit")),
    "access_inverse": Asked(accessed("inverse"), scale=-1.0),
    "access_switch": Asked(accessed("inverse", 0.5, 1.0), scale=-1.0),
    "effective_resistance": Asked(resisted, scale=-1.0, undirected=True),
    "robustness_curve": Asked(attacked),
    "external_reach": Asked(reached),
}


def asked_of(network: ni.MultilayerNetwork) -> Iterator[Asked]:
    return (one for one in MEASURES.values() if not (one.undirected and network.directed))


def agree(found: np.ndarray, expected: np.ndarray) -> None:
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)
