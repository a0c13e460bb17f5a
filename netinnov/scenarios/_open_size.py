"""Defaults of a park; how large one of open size is, and who pays for it.

1. L links of home in the layer (self-links aside) have the strength S; no link is lighter than w.
   Of p and 1 - p, p the share of links that lead home, m is the smaller one that is not 0.
2. Flows (half of all pairs of nodes with links in the layer are linked, and weights differ): the
   share max(0.1, w / (S m)) of S, if at most 1.
3. Otherwise links: max(L / 10, 1 / m), the first rounded, halves to even, the second rounded up.
4. Home pays, "reallocated", if it has the n links to give up; else they are "new".
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from netinnov._typing import Floats
from netinnov.network import MultilayerNetwork
from netinnov.scenarios._pair_draws import chosen_layer, least_weight, linked_pairs
from netinnov.scenarios._prices import Funding

TENTH = 0.1  # of home's strength or links
ROUNDING = 1e-9
FLOWS = 0.5  # share of linked pairs from which on a layer of different weights holds flows


@dataclass(frozen=True)  # without slots, so that defaults can be read from the class
class Settings:
    """The only place of the defaults of an experiment with a reverse enclave."""

    pipeline_share: float = 0.25
    funding: Funding = "reallocated"
    attachment: float = 1.0
    replicates: int = 100
    seed: int = 1


def movable_layer(network: MultilayerNetwork, asked: str | None) -> str:
    """The one asked for, or that of most links among those whose links can be moved."""
    amounts = [layer for layer in network.layers if not network.storage.holds_shares(layer)]
    if asked is not None or not amounts:
        return chosen_layer(network, asked)
    return max(amounts, key=lambda layer: len(linked_pairs(network, layer).weight))


def open_size(
    network: MultilayerNetwork, home: str, *, layer: str, pipeline_share: float
) -> dict[str, Any]:
    """Size (a number of links) or volume_share (of home's strength), and funding."""
    own = weights_at(network, home, layer)
    # The smaller part, at home or at the host, must be worth one link.
    smaller = min(part for part in (pipeline_share, 1 - pipeline_share) if part)
    if _holds_flows(network, layer):
        enough = least_weight(network, layer, linked_pairs(network, layer)) / smaller
        if enough <= own.sum():
            share = max(TENTH, float(enough / own.sum()))
            return {"size": None, "volume_share": share, "funding": "reallocated"}
    size = max(round(TENTH * len(own)), math.ceil(1 / smaller - ROUNDING))
    funding = "reallocated" if size <= len(own) else "new"
    return {"size": size, "volume_share": None, "funding": funding}


def weights_at(network: MultilayerNetwork, home: str, layer: str) -> Floats:
    pairs = linked_pairs(network, layer)
    nodes = network.storage.inside([home])
    return pairs.weight[nodes[pairs.source] | nodes[pairs.target]]


def _holds_flows(network: MultilayerNetwork, layer: str) -> bool:
    pairs = linked_pairs(network, layer)
    n = np.unique(np.concatenate([pairs.source, pairs.target])).size
    possible = n * (n - 1) if layer in network.directed else n * (n - 1) / 2
    differ = np.unique(pairs.weight).size > 1
    return bool(differ and len(pairs.weight) >= FLOWS * possible)
