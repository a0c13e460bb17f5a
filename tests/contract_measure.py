"""What a measure states about itself, for the contract test: its shape and its invariances."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd

import netinnov as ni
from netinnov import centrality

Result = Any


def unchanged(result: Result, network: ni.MultilayerNetwork) -> Result:
    """Also for results over nodes where only the others are compared."""
    return result


def with_zeros(result: Result, network: ni.MultilayerNetwork) -> Result:
    return result.reindex(network.nodes.index, fill_value=0)


def with_zeros_if_any(result: Result, network: ni.MultilayerNetwork) -> Result:
    return with_nan(result, network) if result.isna().all() else with_zeros(result, network)


def with_nan(result: Result, network: ni.MultilayerNetwork) -> Result:
    return result.reindex(network.nodes.index)


def over_more_pairs(result: float, network: ni.MultilayerNetwork) -> float:
    # A mean over n (n - 1) pairs becomes one over (n + 1) n, and the new pairs add nothing.
    n = network.n_nodes - 1
    return result * (n - 1) / (n + 1) if n > 1 else 0.0


def over_more_others(result: pd.Series, network: ni.MultilayerNetwork) -> pd.Series:
    n = network.n_nodes - 1
    return (result * (n - 1) / n).reindex(network.nodes.index).fillna(0.0)


def over_more_nodes(result: float, network: ni.MultilayerNetwork) -> float:
    return result * (network.n_nodes - 1) / network.n_nodes


def never(result: Result, network: ni.MultilayerNetwork) -> Result:
    return result.notna() if isinstance(result, pd.DataFrame | pd.Series) else True


def needs_two_layers_and_a_link(result: Result, network: ni.MultilayerNetwork) -> Result:
    linked = centrality.overlapping_degree(network) > 0
    return linked & (len(network.layers) > 1)


def needs_a_layer(result: Result, network: ni.MultilayerNetwork) -> Result:
    return pd.Series(bool(network.layers), network.nodes.index)


def needs_a_link(result: Result, network: ni.MultilayerNetwork) -> Result:
    return pd.Series(centrality.degree(network).to_numpy().any(), network.nodes.index)


def needs_two_nodes(result: Result, network: ni.MultilayerNetwork) -> Result:
    return np.full(np.shape(result), network.n_nodes > 1)


@dataclass(frozen=True)
class Measure:
    """One measure with fixed options, and what must hold for it.

    ``shape``: "number", "node" (Series over nodes), "node and layer", "node and column" (DataFrame
    node x fixed columns), "pair" (Series over linked pairs), "layers" (layer x layer), "layer"
    (Series over layers), "curve" (Series over whole numbers; nodes and layers do not name it).
    ``scale``: power of the factor by which the result grows when all weights grow, with the
    options that ``scaled`` gives (others on the scale of a weight grow, of a length shrink).
    ``isolate``: the result after a node without links is added, from the result before; where it
    lacks that node, only the others are compared.
    ``shares``: the isolate takes a part of a total; the others keep their proportions.
    ``defined``: True exactly where the value exists; None: not checked here, but in its own test.
    ``infinite``: an infinite value is one of its values.
    ``applies``: whether the measure takes this network at all (one without directed layers...).
    ``networkx``: the same on one layer, from a DiGraph with edge attributes weight, unit, inverse.
    """

    function: Callable[..., Result]
    shape: str
    isolate: Callable[[Result, ni.MultilayerNetwork], Result]
    options: dict[str, Any] = field(default_factory=dict)
    scale: float = 0.0
    scaled: Callable[[float], dict[str, Any]] = lambda factor: {}
    shares: bool = False
    defined: Callable[[Result, ni.MultilayerNetwork], Result] | None = never
    infinite: bool = False
    applies: Callable[[ni.MultilayerNetwork], bool] = lambda network: True
    networkx: Callable[[nx.DiGraph, bool], Any] | None = None
    tolerance: float = 1e-12

    def __call__(self, network: ni.MultilayerNetwork, **more: Any) -> Result:
        return self.function(network, **{**self.options, **more})


def is_undirected(network: ni.MultilayerNetwork) -> bool:
    return not network.directed


def arcs(graph: nx.DiGraph, directed: bool) -> nx.Graph:
    return graph if directed else graph.to_undirected()


FRICTIONS: tuple[tuple[str, float, tuple[float, float, float] | None], ...] = (
    ("unit", 0.0, None), ("inverse", 0.0, None), ("unit", 1.5, None), ("inverse", 0.5, None),
    ("unit", 0.0, (0.5, 0.25, 0.125)), ("inverse", 1.0, (2.0, 0.0, 0.5)),
)  # fmt: skip
"""Lengths of links, costs of a change of layer, and frictions."""


def path_measures(
    function: Callable[..., Result],
    shape: str,
    oracle: Callable[[str], Callable[[nx.DiGraph, bool], Any]],
    *,
    scale: float,
    **about: Any,
) -> list[Measure]:
    """A measure of paths with each kind of lengths; ``scale`` is that of inverse lengths."""
    return [
        Measure(
            function,
            shape,
            options={"distance": distance, **_costs(distance, switch_cost, frictions)},
            scale=scale if distance == "inverse" else 0.0,
            scaled=partial(_costs, distance, switch_cost, frictions),
            networkx=oracle(distance) if frictions is None else None,
            **about,
        )
        for distance, switch_cost, frictions in FRICTIONS
    ]


def _costs(
    distance: str,
    switch_cost: float,
    frictions: tuple[float, float, float] | None,
    factor: float = 1.0,
) -> dict[str, Any]:
    length = 1 / factor if distance == "inverse" else 1.0
    parts = None if frictions is None else ni.Frictions(*(length * f for f in frictions))
    return {"switch_cost": length * switch_cost, "frictions": parts}
