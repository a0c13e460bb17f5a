"""How large a park is whose size is left open, who pays for it, and what home gives up.

1. L links of home in the layer (self-links aside) have the strength S; no link is lighter than w.
2. Flows (half of all pairs of nodes with links in the layer are linked, and weights differ): the
   share max(0.1, w / (S min(p, 1 - p))) of S, p the share of links that lead home, if at most 1.
3. Otherwise links: the least n from max(1, L / 10, rounded) on of which one leads home, that is
   round(p n) >= 1, halves rounded to even; no such condition if p is 0.
4. Home pays, "reallocated", if it has the n links to give up; else they are "new".
5. It gives up n of its L links, or the share of its strength; with "new" nothing.
"""

from __future__ import annotations

from itertools import count
from typing import Any, NamedTuple

import numpy as np

from netinnov.network import MultilayerNetwork
from netinnov.scenarios._between_places import LinksOrVolume
from netinnov.scenarios._pair_draws import chosen_layer, least_weight, linked_pairs
from netinnov.scenarios._prices import Funding

TENTH = 0.1  # of home's strength or links
FLOWS = 0.5  # share of linked pairs from which on a layer of different weights holds flows


class GivenUp(NamedTuple):
    """What home gives up for a park, of what it has in the layer: links, or their weight."""

    amount: float
    of: float
    links: bool

    def __str__(self) -> str:
        if not self.amount:
            return "none of its links"
        if self.links:
            return f"{self.amount:,.0f} of its {self.of:,.0f} link{'s' * (self.of != 1)}"
        return f"{100 * self.amount / self.of:.2g} % of its strength"


class OpenSize(NamedTuple):
    """The size of a park: links, or a share of home's strength; and why."""

    size: int | None
    volume_share: float | None
    funding: Funding
    n_links: int
    strength: float
    flows: bool  # else links are counted, as the layer holds ties or home has too little

    @property
    def amount(self) -> dict[str, Any]:
        return {"size": self.size, "volume_share": self.volume_share}

    @property
    def given_up(self) -> GivenUp:
        if self.size is None:
            return GivenUp(float(self.volume_share or 0) * self.strength, self.strength, False)
        taken = self.size if self.funding == "reallocated" else 0
        return GivenUp(taken, self.n_links, True)


def movable_layer(network: MultilayerNetwork, asked: str | None) -> str:
    """The one asked for, or that of most links among those whose links can be moved."""
    amounts = [layer for layer in network.layers if not network.storage.holds_shares(layer)]
    if asked is not None or not amounts or len(amounts) == len(network.layers):
        return chosen_layer(network, asked)
    return max(amounts, key=lambda layer: len(linked_pairs(network, layer).weight))


def open_size(
    network: MultilayerNetwork, home: str, *, layer: str, pipeline_share: float
) -> OpenSize:
    pairs, nodes = linked_pairs(network, layer), network.storage.inside([home])
    own = pairs.weight[nodes[pairs.source] | nodes[pairs.target]]
    n_links, strength = len(own), float(own.sum())
    if flows := _holds_flows(network, layer):
        # The smaller part, at home or at the host, must be worth one link.
        smaller = min(part for part in (pipeline_share, 1 - pipeline_share) if part)
        enough = least_weight(network, layer, pairs) / smaller
        if enough <= strength:
            share = max(TENTH, enough / strength)
            return OpenSize(None, share, "reallocated", n_links, strength, flows)
    tenth = max(1, round(TENTH * n_links))
    # A park of which no link leads home would be none of home's.
    size = next(n for n in count(tenth) if round(pipeline_share * n) or pipeline_share == 0)
    funding: Funding = "reallocated" if size <= n_links else "new"
    return OpenSize(size, None, funding, n_links, strength, flows)


def given_up(network: MultilayerNetwork, scenario: LinksOrVolume) -> GivenUp:
    """What home gives up for a park of any size."""
    scene = scenario._scene(network)
    own = scene.pairs.weight[scene.at_home()]
    of = float(len(own) if scenario.size is not None else own.sum())
    amount = scenario._total(scene) if scenario.funding == "reallocated" else 0.0
    return GivenUp(amount, of, scenario.size is not None)


def _holds_flows(network: MultilayerNetwork, layer: str) -> bool:
    pairs = linked_pairs(network, layer)
    n = np.unique(np.concatenate([pairs.source, pairs.target])).size
    possible = n * (n - 1) if layer in network.directed else n * (n - 1) / 2
    differ = np.unique(pairs.weight).size > 1
    return bool(differ and len(pairs.weight) >= FLOWS * possible)
