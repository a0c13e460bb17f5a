"""The effective number of places with added links, from the strengths before them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from netinnov._typing import Floats
from netinnov.centrality import strength
from netinnov.network import MultilayerNetwork
from netinnov.planning._placements import Placement, with_placements
from netinnov.polycentricity import effective_number


class ByStrength:
    """The effective number of the strengths of the nodes of the baseline, over all layers.

    What a candidate adds to each strength does not depend on the others.
    """

    rounding = 1e-12

    def __init__(
        self, network: MultilayerNetwork, placements: Sequence[Placement], order: float
    ) -> None:
        self.start, self.placements, self.order = network, placements, order
        self.before = strength(network).sum(axis=1).to_numpy(np.float64)
        self.added = np.zeros((len(placements), network.n_nodes))
        for row, placement in zip(self.added, placements, strict=True):
            for end in (placement.source, placement.target):
                old = end < network.n_nodes
                np.add.at(row, end[old], placement.weight[old])

    def network(self, plan: tuple[int, ...]) -> MultilayerNetwork:
        return with_placements(self.start, [self.placements[at] for at in plan])

    def values(self, plan: tuple[int, ...], more: npt.NDArray[np.int64]) -> Floats:
        together = self.before + self.added[list(plan)].sum(axis=0)
        rows = together + self.added[more]
        return np.array([effective_number(row, order=self.order) for row in rows])
